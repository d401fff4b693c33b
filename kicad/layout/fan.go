package layout

import (
	"cmp"
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/route"
)

// A fan is how a unit is drawn on which things stand too close for any nicer
// way: pins half a step apart, a row of supplies with long names. Every pin gets
// a row of its own for its label or power symbol, as high as that needs. Rows of
// pins at the left and the right are in line with the pins where they can be and
// else below, the wires to them nested so that none meets another; pins at the
// top and the bottom have theirs above and below all of that, those in the left
// half to the left and the others to the right, nested as well.

// fanRow is what a terminal needs of its row.
type fanRow struct {
	i          int // of the terminal
	above, low int64
}

// fan draws a unit at the origin with marks at all its terminals, and returns
// the ends of those that it finds no way for.
func (b *builder) fan(u *unit) (*sketch, []head) {
	s := &sketch{}
	body := u.box()
	u.cover(s, geom.Point{})
	for i, t := range u.terms {
		s.pin(t.At, t.net)
		body = body.Union(geom.BoxOf(t.At))
		if t.Open {
			s.box(geom.BoxOf(t.At).Grow(700_000), u.id)
			s.flags = append(s.flags, flagged{t.At, termRef{u, i}})
		}
	}
	var heads []head
	b.fanSide(u, s, body, geom.Left, &heads)
	b.fanSide(u, s, body, geom.Right, &heads)
	all := s.Bounds().Union(body)
	b.fanTop(u, s, all, geom.Up, &heads)
	b.fanTop(u, s, all, geom.Down, &heads)

	v := standing{u: u, o: u.o}
	for _, box := range putTexts(&v, geom.Box{Min: geom.Point{X: body.Min.X, Y: s.Bounds().Min.Y}, Max: body.Max}, aboveLeft) {
		s.box(box, 0)
	}
	s.units = append(s.units, v)
	return s, heads
}

// fanRows returns the terminals of a side that need a row which reads to a
// direction, in the order of a coordinate.
func (b *builder) fanRows(u *unit, side geom.Side, toward func(i int) geom.Side, along func(geom.Point) int64) []fanRow {
	var rows []fanRow
	for i, t := range u.terms {
		if t.net == nil || t.Side != side {
			continue
		}
		r := fanRow{i: i}
		for _, box := range b.markBoxes(t.net, toward(i)) {
			r.above, r.low = min(r.above, box.Min.Y), max(r.low, box.Max.Y)
		}
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(p, q fanRow) int { return cmp.Compare(along(u.terms[p.i].At), along(u.terms[q.i].At)) })
	return rows
}

// fanGap is kept free between the marks of two rows.
const fanGap = 400_000

// fanSide draws the rows of the pins at the left or the right.
func (b *builder) fanSide(u *unit, s *sketch, body geom.Box, side geom.Side, heads *[]head) {
	rows := b.fanRows(u, side, func(int) geom.Side { return side }, func(p geom.Point) int64 { return p.Y })
	at := make([]int64, len(rows)) // of the row of each
	for k, r := range rows {
		at[k] = u.terms[r.i].At.Y
		if k == 0 {
			continue
		}
		if least := at[k-1] + rows[k-1].low - r.above + fanGap; at[k] < least {
			at[k] = geom.SnapUp(least)
		}
	}
	// The first of a run that moves turns farthest out.
	out := make([]int64, len(rows))
	deepest := int64(0)
	for k := len(rows) - 1; k >= 0; k-- {
		if at[k] == u.terms[rows[k].i].At.Y {
			continue
		}
		out[k] = 2
		for j := k + 1; j < len(rows) && u.terms[rows[j].i].At.Y <= at[k]; j++ {
			out[k] = max(out[k], out[j]+1)
		}
		deepest = max(deepest, out[k])
	}
	edge := geom.SnapDown(body.Min.X)
	if side == geom.Right {
		edge = geom.SnapUp(body.Max.X)
	}
	for k, r := range rows {
		t := &u.terms[r.i]
		turn := step(geom.Point{X: edge, Y: t.At.Y}, side, out[k])
		end := step(geom.Point{X: edge, Y: at[k]}, side, deepest+2)
		points := []geom.Point{t.At, turn, {X: turn.X, Y: at[k]}, end}
		if t.At.Y == at[k] {
			points = []geom.Point{t.At, end}
		}
		b.fanTo(u, s, r.i, points, side, heads)
	}
}

// fanTop draws the rows of the pins at the top or the bottom, beyond a box.
func (b *builder) fanTop(u *unit, s *sketch, box geom.Box, side geom.Side, heads *[]head) {
	half := map[int]geom.Side{}
	rows := b.fanRows(u, side, func(int) geom.Side { return geom.Left }, func(p geom.Point) int64 { return p.X })
	for k, r := range rows {
		half[r.i] = geom.Left
		if 2*k >= len(rows) {
			half[r.i] = geom.Right
		}
	}
	for _, dir := range []geom.Side{geom.Left, geom.Right} {
		rows := b.fanRows(u, side, func(i int) geom.Side { return half[i] }, func(p geom.Point) int64 { return p.X })
		rows = slices.DeleteFunc(rows, func(r fanRow) bool { return half[r.i] != dir })
		if dir == geom.Right {
			slices.Reverse(rows) // from the outside inwards
		}
		y := box.Min.Y
		if side == geom.Down {
			y = box.Max.Y
		}
		for _, r := range rows {
			t := &u.terms[r.i]
			if side == geom.Up {
				y = geom.SnapDown(y - r.low - fanGap)
			} else {
				y = geom.SnapUp(y - r.above + fanGap)
			}
			corner := geom.Point{X: t.At.X, Y: y}
			b.fanTo(u, s, r.i, []geom.Point{t.At, corner, step(corner, dir, 2)}, dir, heads)
			if side == geom.Up {
				y += r.above
			} else {
				y += r.low
			}
		}
	}
}

// fanTo draws the wire of a terminal along some places, with its mark at the
// end, unless it would meet another.
func (b *builder) fanTo(u *unit, s *sketch, i int, points []geom.Point, toward geom.Side, heads *[]head) {
	t := &u.terms[i]
	r := termRef{u, i}
	var w sketch
	for k := 1; k < len(points); k++ {
		w.wire(points[k-1], points[k], t.net, r.key())
	}
	b.mark(&w, t.net, points[len(points)-1], toward, r.key())
	var cv route.Canvas
	cv.Add(&s.Items, geom.Point{})
	clear := cv.Fits(&w.Items, geom.Point{}, 0)
	if !clear && cv.Fits(&w.Items, geom.Point{}, u.id) {
		clear = !slices.ContainsFunc(w.Wires, func(w route.Wire) bool { return u.enters(w, geom.Point{}) })
	}
	if !clear {
		*heads = append(*heads, head{at: t.At, dir: t.Side, net: t.net, own: u.own(), ref: r, room: -1})
		return
	}
	s.add(&w, geom.Point{})
}
