package layout

import (
	"cmp"
	"slices"
	"strconv"

	"starboard/kicad/geom"
	"starboard/kicad/route"
)

// Ways between pins of symbols that have places: straight ones first, then
// those around other things.

// straightest is the longest wire between two pins that face each other, in
// steps of the grid, before anything else is drawn.
const straightest = 24

// facing joins pins that face each other on one line, those in named excepted.
func (bl *block) facing(units []*unit, named []termRef) {
	type pair struct {
		a, b termRef
		far  int64
	}
	var pairs []pair
	for _, n := range bl.nets {
		if n.power {
			continue
		}
		refs := without(placedTerms(n), named)
		if len(refs) > maxWays {
			continue
		}
		for i, r := range refs {
			for _, q := range refs[i+1:] {
				a, b := &r.u.terms[r.i], &q.u.terms[q.i]
				d := b.At.Sub(a.At)
				if a.Side != b.Side.Opposite() || d == (geom.Point{}) || d.X != 0 && d.Y != 0 || geom.SideOf(d) != a.Side {
					continue
				}
				if far := (abs(d.X) + abs(d.Y)) / geom.Grid; far <= straightest {
					pairs = append(pairs, pair{r, q, far})
				}
			}
		}
	}
	slices.SortStableFunc(pairs, func(p, q pair) int { return cmp.Compare(p.far, q.far) })
	for _, p := range pairs {
		a, b := &p.a.u.terms[p.a.i], &p.b.u.terms[p.b.i]
		s := &sketch{}
		s.wire(a.At, b.At, a.net, p.a.key())
		if bl.cv.FreeWire(s.Wires[0], p.a.u.own()) && !bl.connected(a.net, a.At, b.At) && !bl.crowds(s, a.net) {
			bl.commit(s, geom.Point{})
		}
	}
}

// placedTerms returns the terminals of a net that have a place on the page.
func placedTerms(n *net) []termRef {
	var list []termRef
	for _, r := range n.terms {
		if r.u.place != nil {
			list = append(list, r)
		}
	}
	return list
}

// without returns a list without some of its terminals.
func without(list, some []termRef) []termRef {
	return slices.DeleteFunc(list, func(r termRef) bool { return slices.Contains(some, r) })
}

// connected reports whether the wires of a net join two places already.
func (bl *block) connected(n *net, a, b geom.Point) bool {
	if a == b {
		return true
	}
	pins, wires := bl.cv.Joined(n.id, a)
	for _, i := range pins {
		if bl.cv.Pins[i].At == b {
			return true
		}
	}
	for _, i := range wires {
		if geom.BoxOf(bl.cv.Wires[i].A, bl.cv.Wires[i].B).Contains(b) {
			return true
		}
	}
	return false
}

// What a way between pins may be, lest labels are better: how far its ends are
// apart, in steps of the grid, how much longer it may be than that, its bends
// and crossings; and how many pins of a net are joined at all.
const (
	longestWay   = 56
	wayDetour    = 12
	wayBends     = 4
	wayCrossings = 2
	maxWays      = 40
	mostFailed   = 4 // after so many ways that were not found a net has labels
)

// ways joins the pins of a net that have places, the nearest first, but not
// those in named.
func (bl *block) ways(n *net, named []termRef) {
	refs := without(placedTerms(n), named)
	if n.power || len(refs) < 2 || len(refs) > maxWays {
		return
	}
	type pair struct {
		i, k int
		far  int64
	}
	var pairs []pair
	for i := range refs {
		for k := i + 1; k < len(refs); k++ {
			d := refs[i].u.terms[refs[i].i].At.Sub(refs[k].u.terms[refs[k].i].At)
			if far := (abs(d.X) + abs(d.Y)) / geom.Grid; far <= longestWay {
				pairs = append(pairs, pair{i, k, far})
			}
		}
	}
	slices.SortStableFunc(pairs, func(p, q pair) int { return cmp.Compare(p.far, q.far) })
	failed := 0
	for _, p := range pairs {
		a, b := refs[p.i], refs[p.k]
		if bl.connected(n, a.u.terms[a.i].At, b.u.terms[b.i].At) {
			continue
		}
		if !bl.way(a, b, p.far) {
			if failed++; failed == mostFailed {
				return
			}
		}
	}
}

// way draws a way from a terminal to another one: each end is at the pin, or on
// a wire that this is on already.
func (bl *block) way(from, to termRef, far int64) bool {
	n := from.net()
	goal, _ := bl.exit(to)
	begin := bl.landings(from, goal)
	for _, start := range begin[:min(len(begin), 2)] {
		for _, end := range bl.landings(to, start.at) {
			points := []geom.Point{start.at}
			if start.at != end.at {
				way, ok := bl.cv.Route(start.at, end.at, n.id)
				if !ok || way.Length > far+wayDetour || way.Bends > wayBends || way.Crossings > wayCrossings {
					continue
				}
				if points = way.Points; points[0] != start.at {
					slices.Reverse(points)
				}
			}
			if start.stub != start.at {
				points = append([]geom.Point{start.stub}, points...)
			}
			if end.stub != end.at {
				points = append(points, end.stub)
			}
			if turnsBack(points) {
				continue
			}
			s := &sketch{}
			for i := 1; i < len(points); i++ {
				s.wire(points[i-1], points[i], n, "way "+from.key()+" "+to.key()+" "+strconv.Itoa(i))
			}
			if bl.crowds(s, n) {
				continue
			}
			bl.commit(s, geom.Point{})
			return true
		}
	}
	return false
}

// crowds reports whether more than three lines of a net would meet somewhere
// with the wires of a sketch: two that are both free to end at one place are not
// always so together.
func (bl *block) crowds(s *sketch, n *net) bool {
	var near route.Items
	near.Wires = append(near.Wires, s.Wires...)
	seenPin, seenWire := map[int]bool{}, map[int]bool{}
	for _, w := range s.Wires {
		for _, end := range []geom.Point{w.A, w.B} {
			pins, wires := bl.cv.Joined(n.id, end)
			for _, i := range pins {
				if !seenPin[i] {
					seenPin[i] = true
					near.Pins = append(near.Pins, bl.cv.Pins[i])
				}
			}
			for _, i := range wires {
				if !seenWire[i] {
					seenWire[i] = true
					near.Wires = append(near.Wires, bl.cv.Wires[i])
				}
			}
		}
	}
	var cv route.Canvas
	cv.Add(&near, geom.Point{})
	return !cv.Sound()
}

// namedOn reports whether a way of a net runs through the place of a label of
// another one, which stands on its wire.
func namedOn(marks []mark, n *net, points []geom.Point) bool {
	return slices.ContainsFunc(marks, func(m mark) bool {
		for i := 1; m.net != n && i < len(points); i++ {
			if geom.BoxOf(points[i-1], points[i]).Contains(m.at) {
				return true
			}
		}
		return false
	})
}

// turnsBack reports whether a way runs over itself.
func turnsBack(points []geom.Point) bool {
	for i := 2; i < len(points); i++ {
		a, b := points[i-1].Sub(points[i-2]), points[i].Sub(points[i-1])
		if a.X*b.X < 0 && a.Y == 0 && b.Y == 0 || a.Y*b.Y < 0 && a.X == 0 && b.X == 0 {
			return true
		}
	}
	return false
}

// exit returns where a way may begin: one step ahead of the pin, so that it
// does not run along the symbol, or else at the pin.
func (bl *block) exit(r termRef) (geom.Point, bool) {
	t := &r.u.terms[r.i]
	end := step(t.At, t.Side, 1)
	if bl.cv.FreeWire(route.Wire{A: t.At, B: end, Net: t.net.id}, r.u.own()) && bl.cv.FreeBox(geom.BoxOf(end)) {
		return end, true
	}
	return t.At, false
}

// A landing is where a way may end, and where that is led on to.
type landing struct{ at, stub geom.Point }

// mostLandings bounds the places that are tried for the end of a way.
const mostLandings = 4

// landings returns where a way from a place may end: at the pin, or on a wire
// that the pin is on, the nearest first.
func (bl *block) landings(r termRef, from geom.Point) []landing {
	t := &r.u.terms[r.i]
	pins, wires := bl.cv.Joined(t.net.id, t.At)
	if len(wires) == 0 {
		at, _ := bl.exit(r)
		return []landing{{at, t.At}}
	}
	lines := map[geom.Point]int{}
	for _, i := range pins {
		lines[bl.cv.Pins[i].At]++
	}
	for _, i := range wires {
		w := bl.cv.Wires[i]
		for p := geom.BoxOf(w.A, w.B); ; {
			lines[p.Min]++
			if p.Min != w.A && p.Min != w.B {
				lines[p.Min]++
			}
			if p.Min == p.Max {
				break
			}
			if p.Min.X < p.Max.X {
				p.Min.X += geom.Grid
			} else {
				p.Min.Y += geom.Grid
			}
		}
	}
	var list []geom.Point
	for p, k := range lines {
		if k <= 2 {
			list = append(list, p)
		}
	}
	dist := func(p geom.Point) int64 { return abs(p.X-from.X) + abs(p.Y-from.Y) }
	slices.SortFunc(list, func(p, q geom.Point) int { return cmp.Or(cmp.Compare(dist(p), dist(q)), p.Compare(q)) })
	var out []landing
	for _, p := range list {
		if slices.ContainsFunc(pins, func(i int) bool { return bl.cv.Pins[i].At == p }) {
			continue // a pin has its wire already
		}
		if !bl.cv.FreeWire(route.Wire{A: p, B: p, Net: t.net.id}, 0) {
			continue // another net crosses here
		}
		if out = append(out, landing{p, p}); len(out) == mostLandings {
			break
		}
	}
	return out
}

func abs(v int64) int64 { return max(v, -v) }
