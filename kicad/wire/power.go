package wire

import (
	"starboard/kicad/circuit"
	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/netlist"
	"starboard/kicad/schematic"
	"starboard/kicad/symbol"
)

// Direction returns where a power symbol points in its library: a ground
// symbol down, a supply up.
func Direction(s *symbol.Symbol) geom.Side { return s.Pins[0].Side.Opposite() }

// turned returns the orientation that lets a one-pin symbol point to a side.
func turned(s *symbol.Symbol, toward geom.Side) geom.Orientation {
	from := Direction(s).Vector()
	for _, angle := range []int{90, 180, 270} {
		o := geom.Orientation{Angle: angle}
		if o.Turn(from) == toward.Vector() {
			return o
		}
	}
	return geom.Orientation{}
}

// powerAt returns the power symbol of a net, pointing to a side.
func (d *Drafter) powerAt(n *circuit.Net, toward geom.Side, name []string) ending {
	return d.onePin(n.Symbol(), netlist.LabelText(n.Name()), toward, "#PWR", "power", name)
}

// onePin returns a symbol whose only pin stands at the end of a wire, with its
// value beyond it.
func (d *Drafter) onePin(sym *symbol.Symbol, value string, toward geom.Side, prefix, role string, name []string) ending {
	o := turned(sym, toward)
	pin := o.Apply(sym.Pins[0].At)
	anchor := geom.Point{}.Sub(pin)
	body := o.ApplyBox(sym.Box(1, 1)).Add(anchor)
	text := font.Field(value, schematic.TextSize, font.Center, font.Center, false)
	center := geom.Point{X: (body.Min.X + body.Max.X) / 2, Y: (body.Min.Y + body.Max.Y) / 2}
	switch toward {
	case geom.Right:
		center.X = body.Max.X + text.Width()/2 + 2*gap
	case geom.Left:
		center.X = body.Min.X - text.Width()/2 - 2*gap
	case geom.Up:
		center.Y = body.Min.Y - text.Height()/2 - 2*gap
	case geom.Down:
		center.Y = body.Max.Y + text.Height()/2 + 2*gap
	}
	center = fine(center)
	return ending{
		boxes: []geom.Box{body, text.Add(center)},
		draw: func(c *Cluster, at geom.Point) {
			ref := d.Numbers.reference(prefix, d.IDs, role, name...)
			s := schematic.Symbol{
				Symbol: sym, At: anchor, Orientation: o, Unit: 1, InBOM: true, OnBoard: true, UUID: d.IDs.UUID(role, name...),
				Fields: []schematic.Field{
					{Name: "Reference", Value: ref, Hidden: true},
					{Name: "Value", Value: value, At: center},
					{Name: "Footprint", Hidden: true},
					{Name: "Datasheet", Value: sym.Datasheet, Hidden: true},
					{Name: "Description", Value: sym.Description, Hidden: true},
				},
				PinUUIDs:  d.pinUUIDs(sym, role, name),
				Instances: []schematic.Instance{{Path: d.Path, Reference: ref}},
			}
			s.At = s.At.Add(at)
			for i := range s.Fields {
				if s.Fields[i].Hidden {
					s.Fields[i].At = anchor
				}
				s.Fields[i].At = s.Fields[i].At.Add(at)
			}
			c.Symbols = append(c.Symbols, s)
		},
	}
}

// fine rounds a place of a text to 5 mil, so that files have short numbers.
func fine(p geom.Point) geom.Point {
	const step = 5 * geom.Mil
	round := func(v int64) int64 {
		r := ((v % step) + step) % step
		if 2*r >= step {
			return v - r + step
		}
		return v - r
	}
	return geom.Point{X: round(p.X), Y: round(p.Y)}
}

// PowerFlag draws what tells KiCad's electrical rules check that a power net
// is driven: its symbol and a PWR_FLAG, pin to pin.
func (d *Drafter) PowerFlag(n *circuit.Net) *Cluster {
	c := &Cluster{}
	name := []string{"flag", n.Name()}
	toward := Direction(n.Symbol())
	for _, e := range []ending{
		d.powerAt(n, toward, name),
		d.onePin(d.Flag, d.Flag.Value, toward.Opposite(), "#FLG", "flag", name),
	} {
		for _, b := range e.boxes {
			c.cover(b)
		}
		e.draw(c, geom.Point{})
	}
	return c
}

// Driven reports whether a power net needs no flag: some pin drives it.
func Driven(n *circuit.Net) bool {
	for _, pin := range n.Pins() {
		if pin.Type == symbol.PowerOut || pin.Type == symbol.Output {
			return true
		}
	}
	return false
}
