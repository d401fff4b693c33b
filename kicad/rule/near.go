package rule

import (
	"fmt"

	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/wire"
)

// A Target is what others are placed near: a unit that has a place, or one of
// its pins.
type Target struct {
	Unit Unit
	Pin  string // its number; "" for the symbol as a whole
	Side *geom.Side
}

// PinAt returns where a pin of a unit is, relative to its anchor, and to which
// side it points. ok is false if the unit does not draw the pin.
func (u Unit) PinAt(number string, o geom.Orientation) (at geom.Point, side geom.Side, ok bool) {
	for _, pin := range u.Part.Symbol.UnitPins(u.No, 1) {
		if pin.Number == number {
			return o.Apply(pin.At), geom.SideOf(o.Turn(pin.Side.Vector())), true
		}
	}
	return at, side, false
}

// mostAway is how far from its target Near looks for room, in steps of the
// grid.
const mostAway = 96

// Near places units beside a target, each at the nearest place that is free:
// straight ahead of the pin first, then further out and aside. Where a unit
// has a pin on the net of the target's, that pin lies on the target's line, so
// that a straight wire can join them.
func (p *Plan) Near(j Job, to Target) (geom.Box, error) {
	home, ok := p.Find(to.Unit)
	if !ok {
		return geom.Box{}, fmt.Errorf("%s has no place yet, near which others could stand: place it first", to.Unit)
	}
	box := home.box()
	side := geom.Right
	end := geom.Point{X: box.Max.X, Y: geom.SnapUp((box.Min.Y + box.Max.Y) / 2)}
	var net *circuit.Net
	if to.Pin != "" {
		at, s, ok := to.Unit.PinAt(to.Pin, home.O)
		if !ok {
			return geom.Box{}, fmt.Errorf("%s does not draw pin %s", to.Unit, to.Pin)
		}
		end, side = home.At.Add(at), s
		net = to.Unit.Part.Pin(to.Pin).Net()
	}
	// What a pin that points up or down takes its supply by stands beside the
	// symbol: straight ahead is the place of the power symbol.
	if to.Side == nil && net != nil && net.IsPower() && (side == geom.Up || side == geom.Down) {
		side, end.X = geom.Right, box.Max.X
	}
	if to.Side != nil {
		side = *to.Side
		if to.Pin == "" {
			end = edge(box, side)
		}
	}
	p.Forget(j.Units...)
	all, some := geom.Box{}, false
	for _, u := range j.Units {
		o := j.stand(u)
		at, ok := p.nearest(u, o, j, end, side, net)
		if !ok {
			return all, &Conflict{Unit: u, Other: to.Unit, Msg: fmt.Sprintf("%s finds no room near %s at %s", u, to.Unit, At(end))}
		}
		if err := p.Place(u, at, o, j.Pos); err != nil {
			return all, err
		}
		if b := u.Extents(o, j.Space).Add(at); some {
			all = all.Union(b)
		} else {
			all, some = b, true
		}
	}
	return all, nil
}

// edge returns the middle of an edge of a box, on the grid.
func edge(b geom.Box, s geom.Side) geom.Point {
	x, y := geom.SnapUp((b.Min.X+b.Max.X)/2), geom.SnapUp((b.Min.Y+b.Max.Y)/2)
	switch s {
	case geom.Right:
		return geom.Point{X: b.Max.X, Y: y}
	case geom.Left:
		return geom.Point{X: b.Min.X, Y: y}
	case geom.Up:
		return geom.Point{X: x, Y: b.Min.Y}
	}
	return geom.Point{X: x, Y: b.Max.Y}
}

// nearest finds the place of one unit.
func (p *Plan) nearest(u Unit, o geom.Orientation, j Job, end geom.Point, side geom.Side, net *circuit.Net) (geom.Point, bool) {
	ext := u.Extents(o, j.Space)
	// The point of the unit that lies on the target's line.
	var hook geom.Point
	for _, t := range wire.Terminals(u.Part, u.No, o) {
		if net != nil && t.Net != nil && t.Net.Root() == net.Root() {
			hook = t.At
			break
		}
	}
	out := side.Vector()
	var first geom.Point
	switch side {
	case geom.Right:
		first = geom.Point{X: geom.SnapUp(end.X + j.Gap - ext.Min.X), Y: geom.SnapUp(end.Y) - hook.Y}
	case geom.Left:
		first = geom.Point{X: geom.SnapDown(end.X - j.Gap - ext.Max.X), Y: geom.SnapUp(end.Y) - hook.Y}
	case geom.Up:
		first = geom.Point{X: geom.SnapUp(end.X) - hook.X, Y: geom.SnapDown(end.Y - j.Gap - ext.Max.Y)}
	case geom.Down:
		first = geom.Point{X: geom.SnapUp(end.X) - hook.X, Y: geom.SnapUp(end.Y + j.Gap - ext.Min.Y)}
	}
	room := ext.Grow(j.Gap / 2)
	aside := geom.Point{X: out.Y, Y: out.X}
	aside.X, aside.Y = max(aside.X, -aside.X), max(aside.Y, -aside.Y)
	for far := int64(0); far <= mostAway; far++ {
		for off := int64(0); off <= far/2; off++ {
			d := far - 2*off // aside counts twice
			for _, sign := range []int64{1, -1} {
				at := first.Add(geom.Point{X: (out.X*d + sign*aside.X*off) * geom.Grid, Y: (out.Y*d + sign*aside.Y*off) * geom.Grid})
				if p.fits(u, at, o, room) {
					return at, true
				}
				if off == 0 {
					break
				}
			}
		}
	}
	return geom.Point{}, false
}
