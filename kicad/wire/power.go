package wire

import (
	"strings"

	"starboard/kicad/circuit"
	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/netlist"
	"starboard/kicad/schematic"
	"starboard/kicad/symbol"
)

// Direction returns where the symbol of a power net points: grounds and
// negative supplies down, other supplies up. What the name leaves open, the
// library's symbol says.
func Direction(n *circuit.Net) geom.Side {
	name := strings.ToUpper(n.Name())
	switch {
	case strings.HasPrefix(name, "-"), strings.HasSuffix(name, "-"), strings.HasPrefix(name, "VEE"):
		return geom.Down
	case strings.HasPrefix(name, "+"), strings.HasPrefix(name, "VCC"), strings.HasPrefix(name, "VDD"), volts(name):
		return geom.Up
	}
	if drawn := pointing(n.Symbol()); drawn == geom.Up || drawn == geom.Down {
		return drawn
	}
	if strings.Contains(name, "GND") || strings.HasPrefix(name, "VSS") || name == "0" {
		return geom.Down
	}
	return geom.Up
}

// volts reports whether a name has a voltage other than 0 in it, such as 3V3.
func volts(name string) bool {
	for i := 1; i < len(name); i++ {
		if name[i] == 'V' && name[i-1] >= '0' && name[i-1] <= '9' && name != "0V" {
			return true
		}
	}
	return false
}

// pointing returns where a one-pin symbol points in its library: from the pin
// to what is drawn. Pins of old symbols have no length, and say nothing.
func pointing(s *symbol.Symbol) geom.Side {
	var upright geom.Orientation
	pin := upright.Apply(s.Pins[0].At)
	body := upright.ApplyBox(s.BodyBox(1, 1)).Add(geom.Point{}.Sub(pin))
	d := geom.Point{X: body.Min.X + body.Max.X, Y: body.Min.Y + body.Max.Y}
	if max(d.X, -d.X) == max(d.Y, -d.Y) {
		return s.Pins[0].Side.Opposite()
	}
	return geom.SideOf(d)
}

// turned returns the orientation that lets a one-pin symbol point to a side.
func turned(s *symbol.Symbol, toward geom.Side) geom.Orientation {
	from := pointing(s).Vector()
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

// PowerFlag draws what tells KiCad's electrical rules check that a net is driven:
// its power symbol or label and a PWR_FLAG, joined by a wire.
func (d *Drafter) PowerFlag(n *circuit.Net) *Cluster {
	c := &Cluster{}
	name := []string{"flag", n.Name()}
	if !n.IsPower() {
		return d.labelFlag(c, n, name)
	}
	toward := Direction(n)
	far := geom.Point{Y: 2 * geom.Grid}
	if toward == geom.Down {
		far.Y = -far.Y
	}
	for _, e := range []struct {
		ending
		at geom.Point
	}{
		{d.powerAt(n, toward, name), geom.Point{}},
		{d.onePin(d.Flag, d.Flag.Value, toward.Opposite(), "#FLG", "flag", name), far},
	} {
		for _, b := range e.boxes {
			c.cover(b.Add(e.at))
		}
		e.draw(c, e.at)
	}
	c.Wires = append(c.Wires, schematic.Wire{From: geom.Point{}, To: far, UUID: d.IDs.UUID("wire", name...)})
	c.cover(geom.BoxOf(geom.Point{}, far).Grow(gap)) // nothing crosses it
	return c
}

// labelFlag draws the flag of a net that has labels.
func (d *Drafter) labelFlag(c *Cluster, n *circuit.Net, name []string) *Cluster {
	far := geom.Point{X: 2 * geom.Grid}
	label := d.labelAt(n, geom.Left, name)
	flag := d.onePin(d.Flag, d.Flag.Value, geom.Up, "#FLG", "flag", name)
	c.cover(label.boxes[0].Grow(gap / 2)) // nothing crosses it
	for _, b := range flag.boxes {
		c.cover(b.Add(far))
	}
	label.draw(c, geom.Point{})
	flag.draw(c, far)
	c.Wires = append(c.Wires, schematic.Wire{From: geom.Point{}, To: far, UUID: d.IDs.UUID("wire", name...)})
	c.cover(geom.BoxOf(geom.Point{}, far).Grow(gap))
	return c
}

// Driven reports whether a net needs no flag: some pin drives it.
func Driven(n *circuit.Net) bool {
	for _, pin := range n.AllPins() {
		if pin.Type == symbol.PowerOut || pin.Type == symbol.Output {
			return true
		}
	}
	return false
}
