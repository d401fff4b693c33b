package project

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"starboard/kicad/sexpr"
)

// kicadPro returns the .kicad_pro file. KiCad takes its own defaults for what
// is left out. Pages are pairs of a sheet's UUID and its name, the root first.
func kicadPro(name string, pages [][2]string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(map[string]any{
		"meta":   map[string]any{"filename": name + ".kicad_pro", "version": 3},
		"sheets": pages,
	})
	return b.Bytes(), err
}

// A row is a line of a library table.
type row struct{ name, uri string }

// table returns a library table: kind is sym or fp.
func table(kind string, rows []row) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "(%s_lib_table\n  (version 7)\n", kind)
	for _, r := range rows {
		fmt.Fprintf(&b, "  (lib (name %s)(type \"KiCad\")(uri %s)(options \"\")(descr \"\"))\n", sexpr.Quote(r.name), sexpr.Quote(r.uri))
	}
	b.WriteString(")\n")
	return []byte(b.String())
}
