package project

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"starboard/kicad/symbol"
)

// symbols returns every symbol that is drawn, by library and name.
func (b *builder) symbols() []*symbol.Symbol {
	used := map[string]*symbol.Symbol{}
	for _, p := range b.pages {
		for _, s := range p.drawn.Library {
			used[s.LibID()] = s
		}
	}
	return slices.SortedFunc(maps.Values(used), func(a, b *symbol.Symbol) int {
		return cmp.Or(cmp.Compare(a.Lib, b.Lib), cmp.Compare(a.Name, b.Name))
	})
}

// uri returns where KiCad finds a symbol library, and whether that is a file
// of the project. A library of which any symbol is not an installed one is in
// the project.
func (b *builder) uris() (uri map[string]string, inside map[string][]*symbol.Symbol) {
	uri, inside = map[string]string{}, map[string][]*symbol.Symbol{}
	own := map[string]bool{}
	all := b.symbols()
	for _, s := range all {
		own[s.Lib] = own[s.Lib] || b.o.Kind(s) != symbol.Installed
	}
	for _, s := range all {
		if own[s.Lib] {
			inside[s.Lib] = append(inside[s.Lib], s)
			uri[s.Lib] = "${KIPRJMOD}/" + libraryFile(s.Lib)
		} else {
			uri[s.Lib] = "${KICAD9_SYMBOL_DIR}/" + s.Lib + ".kicad_sym"
		}
	}
	return uri, inside
}

func libraryFile(lib string) string { return "symbols/" + lib + ".kicad_sym" }

// libraries adds the library tables and the project's own symbol files.
func (b *builder) libraries(files map[string][]byte) {
	uri, inside := b.uris()
	var rows []row
	for _, lib := range slices.Sorted(maps.Keys(uri)) {
		rows = append(rows, row{lib, uri[lib]})
		if inside[lib] != nil {
			files[libraryFile(lib)] = symbol.WriteLibrary(inside[lib])
		}
	}
	files["sym-lib-table"] = table("sym", rows)

	footprints := map[string]bool{}
	for _, p := range b.c.Parts() {
		if lib, _, ok := strings.Cut(p.Footprint, ":"); ok {
			footprints[lib] = true
		}
	}
	rows = nil
	for _, lib := range slices.Sorted(maps.Keys(footprints)) {
		rows = append(rows, row{lib, "${KICAD9_FOOTPRINT_DIR}/" + lib + ".pretty"})
	}
	if len(rows) > 0 {
		files["fp-lib-table"] = table("fp", rows)
	}
}
