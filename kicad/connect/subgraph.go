package connect

import (
	"cmp"
	"io/fs"
	"slices"
)

// A Subgraph is what KiCad's rules check at a time: the groups of one sheet
// that share a name there. A group that nothing names is a subgraph alone.
type Subgraph struct {
	Sheet   *Sheet
	Net     *Net // nil where nothing names the groups
	Groups  []*Group
	Drivers []Driver
	Chosen  int // the driver after which the subgraph is named, or -1

	// The buses of the sheet that the net of the subgraph is a member of.
	Buses []*Subgraph
}

// A Driver is what can name a subgraph: a label, a sheet pin or a pin.
type Driver struct {
	Name     string // as it is written, without the sheet's path
	FullName string // of the net that it alone would make

	// Strong says that it is a label or a power pin, and Global that it names
	// a net across sheets: a global label, or the pin of a global power symbol.
	Strong, Global bool

	Label    *Label // one of these is set
	SheetPin *SheetPin
	Terminal *Terminal

	Members []string // full names, where Name is that of a bus; else nil
}

// Subgraphs returns all subgraphs, sheet by sheet in the order of
// Schematic.Sheets, and in the order of their first groups there.
func (gr *Graph) Subgraphs() []*Subgraph {
	var list []*Subgraph
	of := map[*cluster]*Subgraph{}
	for i, groups := range gr.Sheets {
		for _, g := range groups {
			c := g.cluster
			if c == nil {
				list = append(list, &Subgraph{Sheet: gr.s.Sheets[i], Groups: []*Group{g}, Chosen: -1})
				continue
			}
			if of[c] != nil {
				continue
			}
			s := &Subgraph{Sheet: c.sheet, Net: c.net, Groups: c.groups, Chosen: c.chosen}
			s.Drivers = make([]Driver, len(c.drivers))
			for k := range c.drivers {
				s.Drivers[k] = c.drivers[k].export(c.sheet)
			}
			of[c] = s
			list = append(list, s)
		}
	}
	buses := map[int32][]*cluster{} // by the root of each leaf
	for _, c := range gr.clusters {
		if c.bus() == nil {
			continue
		}
		for n := range c.bus().leaves {
			root := gr.find(c.atom + int32(n))
			if l := buses[root]; len(l) == 0 || l[len(l)-1] != c {
				buses[root] = append(l, c)
			}
		}
	}
	for _, c := range gr.clusters {
		if c.bus() != nil {
			continue
		}
		for _, b := range buses[gr.find(c.atom)] {
			if b.sheet == c.sheet {
				of[c].Buses = append(of[c].Buses, of[b])
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *Subgraph) int { return cmp.Compare(a.Sheet.Index, b.Sheet.Index) })
	return list
}

func (d *driver) export(sh *Sheet) Driver {
	e := Driver{
		Name: d.name, FullName: d.fullName(sh),
		Strong: d.priority >= byHierarchicalLabel, Global: d.priority >= byGlobalPower,
		Label: d.label, SheetPin: d.sheetPin, Terminal: d.terminal,
	}
	if d.bus != nil {
		prefix := ""
		if d.path() {
			prefix = sh.Name
		}
		e.Members = []string{}
		for _, name := range d.bus.names() {
			e.Members = append(e.Members, prefix+name)
		}
	}
	return e
}

// BusMembers returns the names of the nets of the bus that a label's text
// stands for, and whether it is a bus at all. Members carry the path of the
// sheet where the label's net would.
func (gr *Graph) BusMembers(text string) ([]string, bool) {
	budget := freeMembers
	b, err := parseBus(escapeName(text), gr.aliases, &budget)
	if err != nil || b == nil {
		return nil, false
	}
	return b.names(), true
}

// Text returns the text of a field of a part as KiCad shows it. Variables
// that nothing defines stay as they are written.
func (s *Schematic) Text(p *Part, f *Field) string { return s.text(p, f) }

// LabelText returns the text of a label, of a field of one or of free text on
// a sheet as KiCad shows it.
func (s *Schematic) LabelText(sh *Sheet, text string) string { return s.expandLabel(sh, text) }

// SheetText returns the text of a field of a sheet symbol on its parent.
func (s *Schematic) SheetText(parent *Sheet, sym *SheetSymbol, text string) string {
	return s.expandSheetField(parent, sym, text)
}

// RefWithUnit returns the reference of a part, with the name of the unit
// where the symbol has several.
func (s *Schematic) RefWithUnit(p *Part) string { return s.refWithUnit(p) }

// UnitName returns what follows the reference of a unit: B, or .2.
func (p *Project) UnitName(unit int) string { return p.unitName(unit) }

// Power returns how far the nets of a power symbol reach.
func (p *Part) Power() Scope { return p.power() }

// ReadFile reads a file from where the schematic came from: the disk, or the
// file system that was given to [ReadFS].
func (p *Project) ReadFile(name string) (string, error) { return p.from.read(name) }

// Stat describes a file from where the schematic came from.
func (p *Project) Stat(name string) (fs.FileInfo, error) { return p.from.stat(name) }

// HasNetClass reports whether the project defines the net class.
func (p *Project) HasNetClass(name string) bool {
	return name == defaultClass || slices.ContainsFunc(p.Classes, func(c NetClass) bool { return c.Name == name })
}

// UnescapeName resolves KiCad's escapes in a name, such as {slash}.
func UnescapeName(s string) string { return unescapeName(s) }
