package diff

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"starboard/kicad/connect"
	"starboard/kicad/netlist"
)

// A sheet is what is compared of one.
type sheet struct {
	netlist.Sheet
	id    string // its UUIDs, with a number where a broken file gives them to several
	own   string // its name without that of its parent
	file  string
	drawn *connect.Sheet // nil where there is only a netlist
}

// A numberer tells apart what has the same UUIDs, in the order of asking.
type numberer map[string]int

func (n numberer) id(uuids string) string {
	n[uuids]++
	if k := n[uuids]; k > 1 {
		return fmt.Sprintf("%s %d", uuids, k)
	}
	return uuids
}

// sheets returns the sheets in their order, and by their ids.
func (d *design) sheets() ([]*sheet, map[string]*sheet) {
	var list []*sheet
	by := map[string]*sheet{}
	drawn := map[string]*connect.Sheet{}
	if d.s != nil {
		ids := numberer{}
		for _, sh := range d.s.Sheets {
			drawn[ids.id(sh.UUIDs)] = sh
		}
	}
	ids := numberer{}
	for _, n := range d.n.Sheets {
		s := &sheet{Sheet: n, id: ids.id(n.Tstamps), own: filepath.Base(n.Name), file: n.Source}
		s.drawn = drawn[s.id]
		if s.drawn != nil {
			if sym := s.drawn.Symbol; sym != nil {
				s.own = strings.TrimSuffix(strings.TrimPrefix(n.Name, s.drawn.Parent.Name), "/")
				s.file = sym.File
			}
		}
		list = append(list, s)
		by[s.id] = s
	}
	return list, by
}

// sheets compares the sheets other than the root.
func (c *Changes) sheets(a, b *design) {
	before, old := a.sheets()
	after, now := b.sheets()
	for _, s := range after {
		o := old[s.id]
		switch {
		case s.Tstamps == "/":
		case o == nil:
			c.Sheets = append(c.Sheets, SheetChange{Kind: Added, Path: s.Name, File: s.file, Values: []Value{}})
		default:
			var v values
			v.differ("name", o.own, s.own)
			v.differ("file", o.file, s.file)
			if o.drawn != nil && s.drawn != nil {
				v.differ("page", o.drawn.Page, s.drawn.Page)
				v.sheetPins(o.drawn.Symbol.Pins, s.drawn.Symbol.Pins)
			}
			if len(v) > 0 {
				c.Sheets = append(c.Sheets, SheetChange{Kind: Changed, Path: s.Name, File: s.file, Values: v})
			}
		}
	}
	for _, s := range before {
		if now[s.id] == nil && s.Tstamps != "/" {
			c.Sheets = append(c.Sheets, SheetChange{Kind: Removed, Path: s.Name, File: s.file, Values: []Value{}})
		}
	}
	slices.SortStableFunc(c.Sheets, func(x, y SheetChange) int {
		return cmp.Or(netlist.NaturalCompare(x.Path, y.Path, false), cmp.Compare(x.Path, y.Path))
	})
}

// sheetPins compares the pins of a sheet, which are known by their names: it is
// by these that they connect.
func (v *values) sheetPins(before, after []*connect.SheetPin) {
	shapes := func(pins []*connect.SheetPin) (names []string, shape map[string]string) {
		shape = map[string]string{}
		for _, p := range pins {
			name := netlist.Unescape(p.Name)
			if _, twice := shape[name]; !twice {
				names = append(names, name)
			}
			shape[name] = p.Shape
		}
		return names, shape
	}
	was, old := shapes(before)
	is, now := shapes(after)
	names := slices.Concat(was, is)
	slices.SortFunc(names, func(x, y string) int { return cmp.Or(netlist.NaturalCompare(x, y, false), cmp.Compare(x, y)) })
	for _, name := range slices.Compact(names) {
		v.differ("pin "+name, old[name], now[name])
	}
}

// titles compares the title blocks, once for each file.
func (c *Changes) titles(a, b *design) {
	_, old := a.sheets()
	after, _ := b.sheets()
	done := map[string]bool{}
	for _, s := range after {
		o := old[s.id]
		if o == nil || done[s.Source] {
			continue
		}
		done[s.Source] = true
		var v values
		v.differ("title", o.Title, s.Title)
		v.differ("date", o.Date, s.Date)
		v.differ("revision", o.Rev, s.Rev)
		v.differ("company", o.Company, s.Company)
		for i := range s.Comments {
			v.differ(fmt.Sprintf("comment %d", i+1), o.Comments[i], s.Comments[i])
		}
		if len(v) > 0 {
			c.TitleBlocks = append(c.TitleBlocks, TitleChange{File: s.Source, Values: v})
		}
	}
}
