package connect

import (
	"slices"
	"strings"
)

// A priority says which of several names of a net wins.
type priority int

const (
	byNothing priority = iota // a pin of a part that is in no netlist
	byPin                     // a name made from a pin
	bySheetPin
	byHierarchicalLabel
	byLocalLabel
	byLocalPower
	byGlobalPower
	byGlobalLabel
)

// A driver is what can name a group: a label, a sheet pin or a pin.
type driver struct {
	priority priority
	name     string // without the sheet's path
	suffix   string // what makes the name distinct, a part of it
	power    Scope  // of a pin: what its symbol is
	output   bool   // of a sheet pin
	bus      *bus   // where the name is that of a bus
	label    *Label
	sheetPin *SheetPin
	terminal *Terminal
}

// path reports whether the name of the net begins with the sheet's path.
func (d *driver) path() bool {
	return d.priority >= bySheetPin && d.priority <= byLocalPower
}

// fullName returns the name of the net that d names on a sheet.
func (d *driver) fullName(sh *Sheet) string {
	if d.path() {
		return sh.Name + d.name
	}
	return d.name
}

// better compares drivers of one priority: whether a names before b.
func better(a, b *driver) bool {
	if a.power != b.power && a.terminal != nil && b.terminal != nil {
		if (a.power == GlobalPower) != (b.power == GlobalPower) {
			return a.power == GlobalPower
		}
		return a.power == LocalPower
	}
	if a.output != b.output {
		return a.output
	}
	if lowA, lowB := strings.Contains(a.name, "-Pad"), strings.Contains(b.name, "-Pad"); lowA != lowB {
		return lowB
	}
	return a.name < b.name
}

// choose returns the index of the driver that names, or -1.
func choose(drivers []driver) int {
	best := -1
	for i := range drivers {
		d := &drivers[i]
		if best < 0 || d.priority > drivers[best].priority ||
			d.priority == drivers[best].priority && better(d, &drivers[best]) {
			best = i
		}
	}
	return best
}

// priority returns what the pin counts as a name, and whether it counts.
func (t *Terminal) priority() (priority, bool) {
	switch power := t.Part.power(); {
	case t.Type == "power_in" && (power == GlobalPower || power == NoPower && t.Lib.Hidden):
		return byGlobalPower, true
	case t.Type == "power_in" && power == LocalPower:
		return byLocalPower, true
	case !t.Part.Annotated:
		return byNothing, false
	case t.Part.Symbol.OffBoard || t.Part.Symbol.Lib.isVirtual():
		return byNothing, true
	}
	return byPin, true
}

// drive finds the drivers of a group. Labels and power pins leave no place for
// names made from pins.
func (s *Schematic) drive(g *Group) {
	open := g.open()
	g.strong = slices.ContainsFunc(g.Labels, func(l *Label) bool { return l.Kind != Directive })
	for i := range g.Terminals {
		p, _ := g.Terminals[i].priority()
		g.strong = g.strong || p >= byLocalPower
	}
	most := len(g.SheetPins) + len(g.Labels)
	if !g.strong || most == 0 {
		most += len(g.Terminals)
	}
	g.drivers = make([]driver, 0, most)
	for i := range g.Terminals {
		t := &g.Terminals[i]
		p, ok := t.priority()
		if !ok || g.strong && p < byLocalPower {
			continue
		}
		d := driver{priority: p, terminal: t, power: t.Part.power()}
		switch {
		case p < byLocalPower:
			d.name = s.pinNetName(t, open)
		case d.power == NoPower:
			d.name = escapeName(t.Name)
		default:
			d.name = escapeName(s.value(t.Part))
		}
		g.drivers = append(g.drivers, d)
	}
	for _, p := range g.SheetPins {
		text := escapeName(s.expandLabel(g.Sheet, p.Name))
		g.drivers = append(g.drivers, driver{priority: bySheetPin, name: text, output: p.Shape == "output", sheetPin: p})
	}
	for _, l := range g.Labels {
		var p priority
		switch l.Kind {
		case Local:
			p = byLocalLabel
		case Global:
			p = byGlobalLabel
		case Hierarchical:
			p = byHierarchicalLabel
		default:
			continue
		}
		g.drivers = append(g.drivers, driver{priority: p, name: escapeName(s.expandLabel(g.Sheet, l.Text)), label: l})
	}
}

// choose finds the buses among the drivers of a group, and the driver that
// names it. Labels and power pins leave no place for sheet pins either.
func (gr *Graph) choose(g *Group) error {
	for i := range g.drivers {
		d := &g.drivers[i]
		if d.priority == byPin || d.priority == byNothing {
			continue
		}
		b, err := parseBus(d.name, gr.aliases, &gr.budget)
		if err != nil {
			return err
		}
		d.bus = b
	}
	if g.strong {
		g.drivers = slices.DeleteFunc(g.drivers, func(d driver) bool { return d.priority < byHierarchicalLabel })
	}
	g.chosen = choose(g.drivers)
	return nil
}

// isVirtual reports whether the symbol stands for no part: power symbols and
// flags, whose references begin with #.
func (l *LibSymbol) isVirtual() bool {
	return strings.HasPrefix(l.Fields[fieldReference].Value, "#")
}

// pinNetName returns the name that a net has from one of its pins.
func (s *Schematic) pinNetName(t *Terminal, open bool) string {
	open = open || t.Type == "no_connect"
	var b strings.Builder
	if open {
		b.WriteString("unconnected-(")
	} else {
		b.WriteString("Net-(")
	}
	switch {
	case strings.HasSuffix(t.Part.Ref, "?"):
		b.WriteString(t.Part.Symbol.UUID + "-Pad" + t.Number)
	case t.Lib.Name != "" && t.Lib.Name != t.Number:
		// The name is that of the library even where another function of the
		// pin is chosen. Units may share names: the reference has the letter.
		b.WriteString(s.refWithUnit(t.Part) + "-" + escapeName(t.Lib.Name))
		if open || s.sharesName(t, open) {
			b.WriteString("-Pad" + escapeName(t.Number))
		}
	default:
		b.WriteString(t.Part.Ref + "-Pad" + escapeName(t.Number))
	}
	b.WriteByte(')')
	return b.String()
}

// sharesName reports whether another pin of the unit has the name of t.
func (s *Schematic) sharesName(t *Terminal, open bool) bool {
	return slices.ContainsFunc(t.Part.Pins(), func(p *Pin) bool {
		return p.Name == t.Name && p.Number != t.Number && open == (p.Type == "no_connect")
	})
}
