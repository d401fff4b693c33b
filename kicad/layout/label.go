package layout

import (
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/route"
	"starboard/kicad/wire"
)

// labelled reports whether the wires at a place have a label or a power symbol.
func (bl *block) labelled(n *net, at geom.Point) bool {
	_, wires := bl.cv.Joined(n.id, at)
	for _, m := range bl.sk.marks {
		if m.net != n {
			continue
		}
		if m.at == at {
			return true
		}
		for _, i := range wires {
			if geom.BoxOf(bl.cv.Wires[i].A, bl.cv.Wires[i].B).Contains(m.at) {
				return true
			}
		}
	}
	return false
}

// finish writes the name of the net at the end of its wire, if it must be
// there.
func (bl *block) finish(h head) {
	if h.net.power {
		if !bl.labelled(h.net, h.at) {
			bl.endPower(&h)
		}
		return
	}
	if bl.labelled(h.net, h.at) {
		return
	}
	if bl.whole(&h) && !h.net.named() {
		return
	}
	bl.label(h)
}

// whole reports whether wires join all pins of the net of a head: nothing else is to
// come but its name.
func (bl *block) whole(h *head) bool {
	pins, _ := bl.cv.Joined(h.net.id, h.at)
	return len(pins) == len(h.net.terms) && !h.net.public
}

// nameWire writes the name of a net on one of the wires that reach a place, where it
// fits and stands out.
func (bl *block) nameWire(n *net, at geom.Point, key string) bool {
	_, wires := bl.cv.Joined(n.id, at)
	for _, i := range wires {
		w := bl.cv.Wires[i]
		line := geom.BoxOf(w.A, w.B)
		if line.Width() < labelSteps(n)*geom.Grid {
			continue
		}
		for p := line.Min; p.X <= line.Max.X; p.X += geom.Grid {
			if box := wire.LabelBox(n.Net, geom.Right).Add(p); bl.cv.StandsOut(box) && bl.tryLabel(n, p, geom.Right, key) {
				return true
			}
		}
	}
	return false
}

// label draws the wire on to a label, or puts it elsewhere on the wires there.
func (bl *block) label(h head) {
	tries := []head{h}
	if vertical(h.dir) {
		for _, dir := range []geom.Side{geom.Right, geom.Left} {
			t := h
			t.dir = dir
			tries = append(tries, t)
		}
	}
	const least int64 = firstStep
	for _, t := range tries {
		for n := least; n <= maxLead; n++ {
			at := step(t.at, t.dir, n)
			s := &sketch{}
			s.wire(t.at, at, t.net, t.ref.key())
			if bl.reachesPin(s.Wires[0]) {
				break
			}
			if bl.crosses(s.Wires[0]) { // one name is enough, and two at one place are none
				if bl.labelled(t.net, at) && bl.cv.FreeWire(s.Wires[0], t.own) {
					bl.commit(s, geom.Point{})
					return
				}
				continue
			}
			bl.mark(s, t.net, at, t.dir, t.ref.key())
			if bl.cv.Fits(&s.Items, geom.Point{}, t.own) {
				bl.commit(s, geom.Point{})
				return
			}
			if !bl.cv.FreeWire(s.Wires[0], t.own) {
				break
			}
		}
	}
	bl.labelOn(h.net, h.at, h.ref.key(), h.ref.u.id)
}

// labelOn puts a label of a net on one of the wires that reach a place, where
// it fits; where it fits nowhere, at the place itself. Wires may begin in the
// boxes of own.
func (bl *block) labelOn(n *net, at geom.Point, key string, own int) {
	_, wires := bl.cv.Joined(n.id, at)
	for _, i := range wires {
		w := bl.cv.Wires[i]
		line := geom.BoxOf(w.A, w.B)
		for p := line.Min; line.Contains(p); {
			for _, toward := range []geom.Side{geom.Right, geom.Left} {
				if bl.tryLabel(n, p, toward, key) {
					return
				}
			}
			if line.Width() > 0 {
				p.X += geom.Grid
			} else {
				p.Y += geom.Grid
			}
		}
	}
	// As a last resort the wire runs over pins of its own symbol.
	for _, owner := range []int{0, own} {
		if bl.lead(n, at, key, owner) {
			return
		}
	}
	if bl.elbow(n, at, key, own, []geom.Side{geom.Right, geom.Left}) {
		return
	}
	s := &sketch{}
	bl.mark(s, n, at, geom.Right, key)
	bl.commit(s, geom.Point{})
}

// elbowReach bounds both legs of an elbow, in steps of the grid.
const elbowReach = 16

// elbow draws a wire with one bend from a place to where a mark that points to
// one of some sides has room. It may run over pins of the unit own, but not
// through its body.
func (bl *block) elbow(n *net, at geom.Point, key string, own int, towards []geom.Side) bool {
	for far := int64(2); far <= 2*elbowReach; far++ {
		for first := max(1, far-elbowReach); first <= min(elbowReach, far-1); first++ {
			for dir := range geom.Side(4) {
				corner := step(at, dir, first)
				leg := route.Wire{A: at, B: corner, Net: n.id}
				if !bl.cv.FreeWire(leg, own) || bl.enters(own, leg) {
					continue
				}
				for _, turn := range []geom.Side{(dir + 1) % 4, (dir + 3) % 4} {
					end := step(corner, turn, far-first)
					if last := (route.Wire{A: corner, B: end, Net: n.id}); bl.enters(own, last) || bl.crosses(last) {
						continue
					}
					for _, toward := range towards {
						s := &sketch{}
						s.wire(at, corner, n, key)
						s.wire(corner, end, n, key)
						bl.mark(s, n, end, toward, key)
						if toward != turn.Opposite() && bl.cv.Fits(&s.Items, geom.Point{}, own) && !bl.crowds(s, n) {
							bl.commit(s, geom.Point{})
							return true
						}
					}
				}
			}
		}
	}
	return false
}

// lead draws a wire from a place, or from the wires that reach it, to where a
// label has room: straight if that will do, else through the maze to the edge
// of the block.
func (bl *block) lead(n *net, at geom.Point, key string, own int) bool {
	_, wires := bl.cv.Joined(n.id, at)
	from := []geom.Point{at}
	for _, i := range wires {
		w := bl.cv.Wires[i]
		from = append(from, w.A, w.B)
	}
	for _, p := range from {
		for dir := range geom.Side(4) {
			for k := int64(1); k <= maxLead; k++ {
				end := step(p, dir, k)
				s := &sketch{}
				s.wire(p, end, n, key)
				if !bl.cv.FreeWire(s.Wires[0], own) {
					break
				}
				if own != 0 && bl.enters(own, s.Wires[0]) {
					continue
				}
				for _, toward := range []geom.Side{geom.Right, geom.Left} {
					if dir == toward.Opposite() || bl.crosses(s.Wires[0]) {
						continue
					}
					t := *s
					bl.mark(&t, n, end, toward, key)
					if bl.cv.Fits(&t.Items, geom.Point{}, own) {
						bl.commit(&t, geom.Point{})
						return true
					}
				}
			}
		}
	}
	if bl == bl.fixed {
		return false // beyond its edge is the edge of the page
	}
	all := bl.cv.Bounds()
	for k := range int64(24) {
		for _, toward := range []geom.Side{geom.Right, geom.Left} {
			y := at.Y + (k+1)/2*geom.Grid*(1-2*(k%2))
			end := geom.Point{X: geom.SnapUp(all.Max.X) + 2*geom.Grid, Y: y}
			if toward == geom.Left {
				end.X = geom.SnapDown(all.Min.X) - 2*geom.Grid
			}
			way, ok := bl.cv.Route(at, end, n.id)
			if !ok {
				continue
			}
			s := &sketch{}
			for i := 1; i < len(way.Points); i++ {
				s.wire(way.Points[i-1], way.Points[i], n, key)
			}
			bl.mark(s, n, end, toward, key)
			bl.commit(s, geom.Point{})
			return true
		}
	}
	return false
}

// enters reports whether a wire that begins at a pin of a symbol, given by its
// number, runs through it.
func (bl *block) enters(own int, w route.Wire) bool {
	for _, u := range bl.builder.units { // those with places are drawn later
		if u.id == own && u.place != nil && bl == bl.fixed {
			return u.enters(w, *u.place)
		}
	}
	return slices.ContainsFunc(bl.sk.units, func(v standing) bool { return v.u.id == own && v.u.enters(w, v.at) })
}

// crosses reports whether a wire meets others of its net but at its beginning.
func (bl *block) crosses(w route.Wire) bool {
	_, wires := bl.cv.Joined(w.Net, w.B)
	return len(wires) > 0
}

// reachesPin reports whether a wire runs to or over a pin but at its beginning.
func (bl *block) reachesPin(w route.Wire) bool {
	line := geom.BoxOf(w.A, w.B)
	return slices.ContainsFunc(bl.cv.Pins, func(p route.Pin) bool { return p.At != w.A && line.Contains(p.At) })
}

func (bl *block) tryLabel(n *net, at geom.Point, toward geom.Side, key string) bool {
	if flag(n) == 1 {
		return false
	}
	if !bl.cv.FreeLabel(wire.LabelBox(n.Net, toward).Add(at), at, true) || !bl.cv.FreeWire(route.Wire{A: at, B: at, Net: n.id}, 0) {
		return false // something is there, or another net crosses
	}
	s := &sketch{}
	bl.mark(s, n, at, toward, key)
	bl.commit(s, geom.Point{})
	return true
}
