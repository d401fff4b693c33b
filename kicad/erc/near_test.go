package erc_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"starboard/kicad/connect"
	"starboard/kicad/erc"
	"starboard/kicad/sexpr"
)

// foundNear asks kicad-cli again for a finding of ours on a sheet of which only
// what stands near the finding is left: there KiCad has few findings to lose.
// Whether it is to be there, our own check of that sheet says.
func foundNear(t *testing.T, file string, opts erc.Options, f finding) bool {
	t.Helper()
	s, err := connect.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(s.Sheets, func(sh *connect.Sheet) bool { return sh.Name == f.sheet })
	sheet := s.Sheets[i].Drawing.File
	text, err := os.ReadFile(sheet)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.WriteFile(sheet, text, 0o666); err != nil {
			t.Error(err)
		}
	}()
	same := func(o finding) bool {
		return o.key == f.key && o.severity == f.severity && o.excluded == f.excluded && sameItems(o.items, f)
	}
	for _, window := range []int64{50_800_000, 12_700_000, 2_540_000} {
		if err := os.WriteFile(sheet, near(t, filepath.Base(sheet), string(text), f.items[0], window), 0o666); err != nil {
			t.Fatal(err)
		}
		r := check(t, file, opts)
		if !slices.ContainsFunc(r.Findings, func(x erc.Finding) bool { return same(ours(&x, false)) }) {
			return false // it is about the whole net
		}
		if slices.ContainsFunc(kicadFindings(t, file), same) {
			return true
		}
	}
	return false
}

// near returns a schematic without the items that are further away from one of
// them. Sheets stay, for what is below them.
func near(t *testing.T, name, text string, item foundItem, window int64) []byte {
	t.Helper()
	tree, err := sexpr.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	close := func(n sexpr.Node) bool {
		x, errX := n.Arg(1).Nanometres()
		y, errY := n.Arg(2).Nanometres()
		return errX == nil && errY == nil && max(x-item.x*100, item.x*100-x) < window && max(y-item.y*100, item.y*100-y) < window
	}
	var b strings.Builder
	b.WriteString("(kicad_sch\n")
	for n := range tree.Root().All() {
		if !n.IsList() {
			continue
		}
		keep := true
		switch n.Head() {
		case "symbol", "label", "global_label", "hierarchical_label", "junction", "no_connect", "bus_entry", "text", "netclass_flag":
			keep = close(n.Child("at"))
		case "wire", "bus", "polyline":
			keep = false
			for p := range n.Child("pts").Lists("xy") {
				keep = keep || close(p)
			}
		}
		if keep || n.Child("uuid").Arg(1).Text() == item.uuid {
			b.WriteString(n.Source() + "\n")
		}
	}
	b.WriteString(")\n")
	return []byte(b.String())
}
