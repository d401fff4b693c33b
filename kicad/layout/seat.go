package layout

import (
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/route"
)

// A head is the open end of a wire that grows away from a pin.
type head struct {
	at  geom.Point
	dir geom.Side
	net *net
	own int // symbol that the wire begins at
	ref termRef
	far int64 // how much farther it may reach, in steps of the grid
	// Where a wire of the net leaves at the end already, the direction in which
	// a chain may hang from the same place.
	bridged bool
	turned  geom.Side
	passive bool  // it is drawn already, and only serves for bridges
	side    int64 // where the forks are: below if above 0
	forked  bool  // something stands in line behind it already
	root    bool  // its block begins there, and not at a symbol
	pair    *unit // of a wire that runs beside another one: what both come from
	lone    bool  // it found no room beside another one
	room    int   // number of the box that keeps its way free, -1 for none
}

// seat draws a unit at the origin with what stands directly at its pins: flags
// of open pins, power symbols, labels of nets that have nothing to grow there.
// The terminals via are left alone. It returns the ends from which to grow.
func (b *builder) seat(u *unit, via ...int) (*sketch, []head) {
	s := &sketch{}
	var cv route.Canvas
	body := u.box()
	var first sketch
	u.cover(&first, geom.Point{})
	for _, t := range u.terms {
		first.pin(t.At, t.net)
	}
	commit := func(t *sketch) {
		cv.Add(&t.Items, geom.Point{})
		s.add(t, geom.Point{})
	}
	for i, t := range u.terms {
		if t.Open {
			first.box(geom.BoxOf(t.At).Grow(700_000), u.id)
			first.flags = append(first.flags, flagged{t.At, termRef{u, i}})
		}
	}
	commit(&first)

	var heads []head
	// later leaves a terminal to be led to where there is room.
	later := func(i int) {
		heads = append(heads, head{at: u.terms[i].At, dir: u.terms[i].Side, net: u.terms[i].net, own: u.own(), ref: termRef{u, i}, room: -1})
	}
	var labels []int
	done := make([]bool, len(u.terms))
	for i, t := range u.terms {
		switch {
		case t.net == nil || slices.Contains(via, i):
			done[i] = true
		case b.grows(u, i) || b.growsWith(u, i):
			heads = append(heads, head{at: t.At, dir: t.Side, net: t.net, own: u.own(), ref: termRef{u, i}, far: reach, room: -1})
			done[i] = true
		case !t.net.power:
			labels = append(labels, i)
			done[i] = true
		}
	}
	for i := range heads {
		cv.Add(&route.Items{Boxes: []route.Box{{Box: corridor(&heads[i])}}}, geom.Point{})
	}
	power := func(i int) {
		if t := b.powerAt(u, i, &cv, done); t != nil {
			commit(t)
		} else {
			later(i)
		}
	}
	// Power symbols stand close to their pins, unless they point to a label.
	for i := range u.terms {
		if !done[i] && !b.crowded(u, i) {
			power(i)
		}
	}
	v := standing{u: u, o: u.o}
	var sides [4]int
	for i, t := range u.terms {
		if t.net != nil || slices.Contains(via, i) {
			sides[t.Side]++
		}
	}
	b.seatTexts(&v, &cv, s, body, sides)
	// A hierarchical label is taller than the distance of two pins.
	slices.SortStableFunc(labels, func(i, k int) int { return flag(u.terms[i].net) - flag(u.terms[k].net) })
	named := slices.Clone(done)
	for _, i := range labels {
		named[i] = false
	}
	for _, i := range labels {
		if named[i] {
			continue
		}
		if t := b.sharedLabel(u, i, &cv, named); t != nil {
			commit(t)
			continue
		}
		if t := b.labelAt(u, i, &cv, sides); t != nil {
			commit(t)
			continue
		}
		later(i)
	}
	for i := range u.terms {
		if !done[i] {
			power(i)
		}
	}
	return s, heads
}

// flag is 1 for a net whose labels are hierarchical.
func flag(n *net) int {
	if n.Port() != nil {
		return 1
	}
	return 0
}

// seatTexts finds room for the texts of a symbol: above or below it where
// pins are at its sides, from the left to the right, else beside it.
func (b *builder) seatTexts(v *standing, cv *route.Canvas, s *sketch, body geom.Box, sides [4]int) {
	type try struct {
		where textPlace
		body  geom.Box
	}
	along := func(where textPlace) (list []try) {
		for x := geom.SnapUp(body.Min.X); x < body.Max.X; x += geom.Grid {
			at := body
			at.Min.X = x
			list = append(list, try{where, at})
		}
		if len(list) == 0 { // nothing is drawn that is wider than a step
			list = append(list, try{where, body})
		}
		return list
	}
	tries := along(aboveLeft)
	if sides[geom.Up] == 0 {
		tries = tries[:1]
	}
	tries = append(tries, along(belowLeft)...)
	beside := sides[geom.Up] > 0 || isConnector(v.u) || sides[geom.Left]+sides[geom.Right] == 0
	switch {
	case sides[geom.Right] == 0 && (beside || sides[geom.Left] == 0):
		tries = append([]try{{rightOf, body}}, tries...)
	case sides[geom.Left] == 0 && beside:
		tries = append([]try{{leftOf, body}}, tries...)
	}
	all := cv.Bounds()
	tries = append(tries, try{aboveLeft, geom.Box{Min: geom.Point{X: body.Min.X, Y: all.Min.Y}, Max: body.Max}})
	for k, t := range tries {
		boxes := putTexts(v, t.body, t.where)
		fits := true
		for _, box := range boxes {
			fits = fits && cv.FreeBox(box)
		}
		if fits || k == len(tries)-1 {
			var t sketch
			for _, box := range boxes {
				t.box(box, 0)
			}
			t.units = append(t.units, *v)
			cv.Add(&t.Items, geom.Point{})
			s.add(&t, geom.Point{})
			return
		}
	}
}

// crowded reports whether the power symbol of a terminal would point to the
// label of another.
func (b *builder) crowded(u *unit, i int) bool {
	t := &u.terms[i]
	if vertical(t.Side) {
		return false
	}
	up := t.net.toward == geom.Up
	for k, o := range u.terms {
		if k == i || o.Side != t.Side || o.net == nil || o.net.power {
			continue
		}
		if d := t.At.Y - o.At.Y; up && d > 0 && d <= 4*geom.Grid || !up && d < 0 && d >= -4*geom.Grid {
			return true
		}
	}
	return false
}

// hemmed reports whether the power symbol of a terminal would stand in the way
// of another power net.
func (b *builder) hemmed(u *unit, i int) bool {
	t := &u.terms[i]
	for k, o := range u.terms {
		if k == i || o.Side != t.Side || o.net == nil || !o.net.power || o.net == t.net {
			continue
		}
		if d := o.At.Y - t.At.Y; t.net.toward == geom.Up && d < 0 && d >= -2*geom.Grid || t.net.toward == geom.Down && d > 0 && d <= 2*geom.Grid {
			return true
		}
	}
	return false
}

// powerAt draws the power symbol of a terminal, or returns nil where there is
// no room straight ahead. Terminals beside it on the same net share it.
func (b *builder) powerAt(u *unit, i int, cv *route.Canvas, done []bool) *sketch {
	done[i] = true
	if s := b.sharedPower(u, i, cv, done); s != nil {
		return s
	}
	for _, wide := range []bool{true, false} {
		if s := b.aheadPower(u, i, cv, wide); s != nil {
			return s
		}
	}
	return b.asidePower(u, i, cv)
}

// wideStub is the longest wire for which the name of a power symbol stands apart
// from other texts.
const wideStub = 10

// aheadPower draws the power symbol of a terminal straight ahead of it, where wide
// is set so that no other text stands close to its name.
func (b *builder) aheadPower(u *unit, i int, cv *route.Canvas, wide bool) *sketch {
	t := &u.terms[i]
	key := termRef{u, i}.key()
	hemmed := !vertical(t.Side) && (b.crowded(u, i) || b.hemmed(u, i))
	longest := int64(maxStub)
	if wide {
		longest = wideStub
	}
	for n := int64(1); n <= longest; n++ {
		end := step(t.At, t.Side, n)
		if !cv.FreeWire(route.Wire{A: t.At, B: end, Net: t.net.id}, u.own()) {
			break
		}
		sides := []geom.Side{t.Side}
		if !vertical(t.Side) {
			sides = []geom.Side{t.net.toward}
			if n >= 8 {
				sides = append(sides, t.Side)
			} else if hemmed {
				sides = []geom.Side{t.Side, t.net.toward}
			}
		}
		for _, side := range sides {
			s := &sketch{}
			b.mark(s, t.net, end, side, key)
			s.wire(t.At, end, t.net, key)
			if cv.Fits(&s.Items, geom.Point{}, u.own()) && (!wide || cv.FreeBox(spread(s))) {
				return s
			}
		}
	}
	return nil
}

// spread returns what is kept free around the name of a power symbol, which a
// sketch has last: beside it stands nothing that could be read as a part of it.
func spread(s *sketch) geom.Box {
	text := s.Boxes[len(s.Boxes)-1].Box
	text.Min.X, text.Max.X = text.Min.X-textSpace, text.Max.X+textSpace
	return text
}

// asidePower draws the power symbol of a terminal that has no room straight
// ahead: the wire turns to a side.
func (b *builder) asidePower(u *unit, i int, cv *route.Canvas) *sketch {
	t := &u.terms[i]
	key := termRef{u, i}.key()
	for n := int64(1); n <= 6; n++ {
		corner := step(t.At, t.Side, n)
		for m := int64(1); m <= 16; m++ {
			for _, dir := range []geom.Side{(t.Side + 1) % 4, (t.Side + 3) % 4} {
				toward := t.net.toward
				if vertical(t.Side) {
					toward = t.Side
				}
				if dir == toward.Opposite() {
					break // it would hang back over its wire
				}
				end := step(corner, dir, m)
				s := &sketch{}
				b.mark(s, t.net, end, toward, key)
				s.wire(t.At, corner, t.net, key)
				s.wire(corner, end, t.net, key)
				if cv.Fits(&s.Items, geom.Point{}, u.own()) {
					return s
				}
			}
		}
	}
	return nil
}

// maxStub is the longest wire from a pin to its label, in steps of the grid.
const maxStub = 400

// labelAt draws the label of a terminal, or returns nil where there is no room
// straight ahead.
func (b *builder) labelAt(u *unit, i int, cv *route.Canvas, sides [4]int) *sketch {
	t := &u.terms[i]
	key := termRef{u, i}.key()
	towards := []geom.Side{t.Side}
	if vertical(t.Side) && sides[t.Side] == 1 {
		towards = []geom.Side{geom.Right, t.Side}
	}
	for n := int64(2); n <= maxStub; n++ {
		end := step(t.At, t.Side, n)
		blocked := false
		for _, toward := range towards {
			s := &sketch{}
			b.mark(s, t.net, end, toward, key)
			s.wire(t.At, end, t.net, key)
			if cv.Fits(&s.Items, geom.Point{}, u.own()) {
				return s
			}
			blocked = !cv.FreeWire(s.Wires[0], u.own())
		}
		if blocked {
			break
		}
	}
	return nil
}
