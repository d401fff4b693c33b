package wire

import (
	"strconv"

	"starboard/kicad/circuit"
	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/netlist"
	"starboard/kicad/schematic"
)

// A Terminal is a place where one or more pins of a symbol connect, relative
// to the symbol's anchor.
type Terminal struct {
	At   geom.Point
	Side geom.Side    // away from the body
	Net  *circuit.Net // nil if none
	Open bool         // marked as not connected
	Key  string       // number of its first pin: its identity in the unit
}

// Terminals returns where the pins of a unit connect, in the order of the
// symbol.
func Terminals(p *circuit.Part, unit int, o geom.Orientation) []Terminal {
	list := terminals(p, unit, o)
	out := make([]Terminal, len(list))
	for i, t := range list {
		out[i] = Terminal{t.at, t.side, t.net, t.open, t.key}
	}
	return out
}

// Instance returns the symbol of a unit at the origin. The places of its
// reference and value, which are its first two fields, are left to the caller.
func (d *Drafter) Instance(p *circuit.Part, unit int, o geom.Orientation) schematic.Symbol {
	name := []string{p.ID, strconv.Itoa(unit)}
	return schematic.Symbol{
		Symbol: p.Symbol, Orientation: o.Canonical(), Unit: unit, DNP: p.DNP, InBOM: p.InBOM, OnBoard: p.OnBoard,
		UUID:      d.IDs.UUID("symbol", name...),
		Fields:    fields(p),
		PinUUIDs:  d.pinUUIDs(p.Symbol, "symbol", name),
		Instances: []schematic.Instance{{Path: d.Path, Reference: p.Ref}},
	}
}

// Texts returns what is written at the symbol of a unit: reference and value.
func Texts(p *circuit.Part, unit int) [2]string {
	ref := p.Ref
	if p.Symbol.Units > 1 {
		ref += circuit.UnitName(unit)
	}
	return [2]string{ref, p.Value}
}

// Fine rounds a place of a text to 5 mil, so that files have short numbers.
func Fine(p geom.Point) geom.Point { return fine(p) }

// A Piece is something that stands at the end of a wire: a power symbol or a
// label. Boxes are what it covers, relative to that end.
type Piece struct {
	Boxes  []geom.Box
	Symbol *schematic.Symbol // with its pin at the origin, or
	Label  *schematic.Label  // at the origin
}

func (d *Drafter) piece(e ending) Piece {
	var c Cluster
	e.draw(&c, geom.Point{})
	p := Piece{Boxes: e.boxes}
	if len(c.Symbols) > 0 {
		p.Symbol = &c.Symbols[0]
	} else {
		p.Label = &c.Labels[0]
	}
	return p
}

// Power returns the symbol of a power net, pointing to a side. The key is its
// identity on the sheet.
func (d *Drafter) Power(n *circuit.Net, toward geom.Side, key ...string) Piece {
	return d.piece(d.powerAt(n, toward, key))
}

// PowerBoxes returns what the symbol of a power net covers, as a Piece has it,
// without drawing it.
func (d *Drafter) PowerBoxes(n *circuit.Net, toward geom.Side) []geom.Box {
	return d.powerAt(n, toward, nil).boxes
}

// Label returns the label of a net, reading towards a side: hierarchical where
// the net enters the sheet, else local.
func (d *Drafter) Label(n *circuit.Net, toward geom.Side, key ...string) Piece {
	return d.piece(d.labelAt(n, toward, key))
}

// LabelBox returns the extents of the label of a net.
func LabelBox(n *circuit.Net, toward geom.Side) geom.Box {
	text := netlist.LabelText(n.Label())
	if n.Port() != nil {
		return font.HierLabel(text, schematic.TextSize, toward)
	}
	return font.Label(text, schematic.TextSize, toward)
}

// Covered returns what a cluster covers, relative to its anchor, without its
// labels and wires.
func (c *Cluster) Covered() []geom.Box {
	skip := map[geom.Box]bool{}
	for _, l := range c.Labels {
		skip[font.Label(l.Text, schematic.TextSize, l.Towards).Add(l.At)] = true
		skip[font.HierLabel(l.Text, schematic.TextSize, l.Towards).Add(l.At)] = true
	}
	for _, w := range c.Wires {
		skip[geom.BoxOf(w.From, w.To).Grow(gap/2)] = true
	}
	var boxes []geom.Box
	for _, b := range c.taken {
		if !skip[b] {
			boxes = append(boxes, b)
		}
	}
	return boxes
}
