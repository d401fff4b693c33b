package wire

import (
	"maps"
	"strconv"

	"starboard/kicad/circuit"
	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/ident"
	"starboard/kicad/netlist"
	"starboard/kicad/schematic"
	"starboard/kicad/symbol"
)

// A Drafter draws the clusters of one sheet.
type Drafter struct {
	IDs     ident.Space // of the sheet
	Path    string      // of the sheet's instance: "/" and the UUIDs from the root's down
	Numbers *Numbers    // of the project
	Flag    *symbol.Symbol
}

// Numbers gives power symbols their references, which KiCad wants and nobody
// sees. They derive from the identity of the symbol, so that one more of them
// changes no other.
type Numbers struct{ taken map[uint64]bool }

// Clone returns numbers that have given what n has given so far.
func (n *Numbers) Clone() Numbers { return Numbers{maps.Clone(n.taken)} }

// maxNumber keeps references below the 32 bits that KiCad counts in.
const maxNumber = 1_000_000_000

func (n *Numbers) reference(prefix string, ids ident.Space, role string, identity ...string) string {
	if n.taken == nil {
		n.taken = map[uint64]bool{}
	}
	v := ids.Number(maxNumber, role, identity...)
	for v == 0 || n.taken[v] {
		v = (v + 1) % maxNumber
	}
	n.taken[v] = true
	return prefix + strconv.FormatUint(v, 10)
}

// A terminal is a place where one or more pins of a symbol connect.
type terminal struct {
	at    geom.Point
	side  geom.Side // away from the body
	net   *circuit.Net
	open  bool   // marked as not connected
	key   string // number of its first pin: its identity in the unit
	drawn bool   // one of its pins is visible
	joins bool   // one of its pins can be connected
}

// terminals returns the places of the pins of a unit, in the order of the symbol.
func terminals(p *circuit.Part, unit int, o geom.Orientation) []terminal {
	pins := p.Symbol.UnitPins(unit, 1)
	list := make([]terminal, 0, len(pins))
	var index map[geom.Point]int
	if len(pins) > 8 {
		index = make(map[geom.Point]int, len(pins))
	}
	find := func(at geom.Point) int {
		if index != nil {
			if i, ok := index[at]; ok {
				return i
			}
			return -1
		}
		for i := range list {
			if list[i].at == at {
				return i
			}
		}
		return -1
	}
	for i := range pins {
		pin := &pins[i]
		at := o.Apply(pin.At)
		side := geom.SideOf(o.Turn(pin.Side.Vector()))
		k := find(at)
		if k < 0 {
			k = len(list)
			list = append(list, terminal{at: at, side: side, key: pin.Number})
			if index != nil {
				index[at] = k
			}
		}
		// A pin of the type no_connect counts only where it stands alone.
		m := p.Pin(pin.Number)
		if t := &list[k]; m.Global() {
			continue // KiCad has it on its net already, and takes a wire amiss
		} else if m.Type != symbol.NoConnect {
			t.net, t.open, t.joins = m.Net(), m.NoConnect(), true
		} else if !t.joins {
			t.open = t.open || m.NoConnect()
		}
		if t := &list[k]; !pin.Hidden && !t.drawn {
			t.drawn, t.side = true, side
		}
	}
	return list
}

// Unit draws one unit of a part.
func (d *Drafter) Unit(p *circuit.Part, unit int, o geom.Orientation) *Cluster {
	c := &Cluster{}
	body := o.ApplyBox(p.Symbol.Box(unit, 1))
	c.cover(body)
	list := terminals(p, unit, o)
	count := [4]int{}
	for _, t := range list {
		count[t.side]++
		if t.open {
			c.cover(geom.BoxOf(t.at).Grow(700_000))
			c.NoConnects = append(c.NoConnects, schematic.NoConnect{At: t.at, UUID: d.IDs.UUID("no_connect", p.ID, strconv.Itoa(unit), t.key)})
		}
	}
	// Power symbols stand close to their pins; labels, which are longer, give way.
	for _, power := range []bool{true, false} {
		for i, t := range list {
			if t.net == nil || t.open || t.net.Label() == "" || t.net.IsPower() != power {
				continue
			}
			name := []string{p.ID, strconv.Itoa(unit), t.key}
			if power {
				d.reach(c, list, i, name, d.powerAt(t.net, t.side, name))
				continue
			}
			toward := t.side
			if count[t.side] == 1 && (toward == geom.Up || toward == geom.Down) {
				toward = geom.Right
			}
			d.reach(c, list, i, name, d.labelAt(t.net, toward, name))
		}
	}
	c.Symbols = append(c.Symbols, d.symbol(c, p, unit, o, body, count))
	return c
}

// An ending is what stands at the end of a wire: its extents relative to that
// end, and how to draw it there.
type ending struct {
	boxes []geom.Box
	draw  func(c *Cluster, at geom.Point)
}

// The length of the wire at a pin, in steps of the grid: usual, and the
// longest that is tried.
const (
	usualStub = 2
	maxStub   = 400
)

// reach draws a wire from terminal i, straight away from the body, just so
// long that what stands at its end covers nothing. Where there is no such
// length, the ending stands at the pin itself, which connects as well.
func (d *Drafter) reach(c *Cluster, list []terminal, i int, name []string, e ending) {
	t := list[i]
	for n := int64(usualStub); n <= maxStub; n++ {
		v := t.side.Vector()
		end := t.at.Add(geom.Point{X: v.X * n * geom.Grid, Y: v.Y * n * geom.Grid})
		if !d.clear(c, list, i, end) {
			break
		}
		fits := true
		for _, b := range e.boxes {
			fits = fits && c.free(b.Add(end))
		}
		if !fits {
			continue
		}
		c.Wires = append(c.Wires, schematic.Wire{From: t.at, To: end, UUID: d.IDs.UUID("wire", name...)})
		c.cover(geom.BoxOf(t.at, end).Grow(gap / 2))
		for _, b := range e.boxes {
			c.cover(b.Add(end))
		}
		e.draw(c, end)
		return
	}
	for _, b := range e.boxes {
		c.cover(b.Add(t.at))
	}
	e.draw(c, t.at)
}

// clear reports whether a wire from terminal i to end meets no other pin and
// nothing that is drawn already, the symbol itself excepted.
func (d *Drafter) clear(c *Cluster, list []terminal, i int, end geom.Point) bool {
	line := geom.BoxOf(list[i].at, end)
	for k := range list {
		if k != i && line.Contains(list[k].at) {
			return false
		}
	}
	line = line.Grow(gap / 2)
	for _, b := range c.taken[1:] {
		if b.Overlaps(line) {
			return false
		}
	}
	return true
}

// labelAt returns a label that reads towards a side: hierarchical where the
// net enters the sheet, else local.
func (d *Drafter) labelAt(n *circuit.Net, toward geom.Side, name []string) ending {
	l := schematic.Label{Text: netlist.LabelText(n.Label()), Towards: toward, UUID: d.IDs.UUID("label", name...)}
	box := font.Label(l.Text, schematic.TextSize, toward)
	if p := n.Port(); p != nil {
		l.Kind, l.Shape = schematic.Hierarchical, Shape(p)
		box = font.HierLabel(l.Text, schematic.TextSize, toward)
	}
	return ending{
		boxes: []geom.Box{box},
		draw: func(c *Cluster, at geom.Point) {
			l.At = at
			c.Labels = append(c.Labels, l)
		},
	}
}

// Shape returns the direction of the signal at a port, seen from outside: what
// the pins inside do.
func Shape(p *circuit.Port) schematic.Shape {
	var in, out, drives, both, tri bool
	pending := []*circuit.Net{p.Inside()}
	for len(pending) > 0 {
		n := pending[0]
		pending = pending[1:]
		for _, pin := range n.Pins() {
			switch pin.Type {
			case symbol.Input, symbol.PowerIn:
				in = true
			case symbol.Output, symbol.PowerOut:
				drives = true
			case symbol.OpenCollector, symbol.OpenEmitter:
				out = true
			case symbol.Bidirectional:
				both = true
			case symbol.TriState:
				tri = true
			}
		}
		for _, child := range n.ChildPorts() {
			pending = append(pending, child.Inside())
		}
	}
	switch {
	case both, in && out:
		return schematic.Bidirectional
	case out, drives: // what drives the net may do so for inputs here, too
		return schematic.Output
	case tri:
		return schematic.TriState
	case in:
		return schematic.Input
	}
	return schematic.Passive
}
