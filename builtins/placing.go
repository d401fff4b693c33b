package builtins

import (
	"slices"

	"go.starlark.net/starlark"

	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/rule"
)

// What parts, pins and nets know of a placement, see Part and Pin.

// stand returns how a unit stands at the moment, and where, if it has a place.
func (p *Part) stand() (u rule.Unit, at *geom.Point, o geom.Orientation) {
	u = rule.Unit{Part: p.part, No: max(p.no(), 1)}
	if p.sheet != nil {
		if pl, ok := p.sheet.plan.Find(u); ok {
			at := pl.At.Sub(p.sheet.origin)
			return u, &at, pl.O
		}
	}
	return u, nil, geom.Orientation{}
}

// placing returns an attribute of a part that is about its place.
func (p *Part) placing(name string) (starlark.Value, bool) {
	u, at, o := p.stand()
	switch name {
	case "unit":
		return starlark.MakeInt(p.no()), true
	case "box":
		return boxValue(u.Box(o)), true
	case "outline":
		return boxValue(u.Outline(o)), true
	case "room":
		return boxValue(u.Room(o)), true
	case "at":
		if at == nil {
			return starlark.None, true
		}
		return pairValue(*at), true
	case "angle":
		return starlark.MakeInt(o.Angle), true
	case "mirror":
		return starlark.String(o.Mirror), true
	}
	return nil, false
}

// placing returns an attribute of a pin that is about its place.
func (p *Pin) placing(name string) starlark.Value {
	part := &Part{p.pin.Part, p.state, p.sheet, p.drawnBy()}
	u, at, o := part.stand()
	end, side, _ := u.PinAt(p.pin.Number, o)
	switch name {
	case "side":
		return starlark.String(side.String())
	case "offset":
		return pairValue(end)
	}
	if at == nil {
		return starlark.None
	}
	return pairValue(at.Add(end))
}

// drawnBy returns the unit that draws the pin: the one that was asked for it,
// or the first.
func (p *Pin) drawnBy() int {
	units := unitsOf(p.pin)
	if len(units) == 0 || slices.Contains(units, p.unit) {
		return p.unit
	}
	return units[0]
}

// bind returns the value of a pin of a net, which knows the sheet that a rule
// places if it is on that.
func (n *Net) bind(pin *circuit.Pin) starlark.Value {
	if n.sheet == nil || pin.Part.Sheet() != n.sheet.plan.Sheet {
		return &Pin{pin, n.state, nil, 0}
	}
	p := &Pin{pin, n.state, n.sheet, 0}
	if pin.Part.Symbol.Units > 1 {
		p.unit = p.drawnBy()
	}
	return p
}
