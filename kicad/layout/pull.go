package layout

import (
	"slices"

	"starboard/kicad/geom"
)

// Pull-ups of neighbouring pins, such as those of a bus, stand side by side on one wire
// of their supply. The wires that they pull go on below them: that of one pin crosses
// the others on its way up.

// mostPulled is how many neighbouring pins are pulled that way: more have labels.
const mostPulled = 3

// pulled reports whether terminals of a unit, which are neighbours on one side from the
// top, each have just one part to the same power net on them, beside what they lead to,
// and nothing of the unit is where these stand.
func (b *builder) pulled(u *unit, list []int) bool {
	if len(list) < 2 || len(list) > mostPulled {
		return false
	}
	first := u.terms[list[0]].net
	for _, i := range list {
		n := u.terms[i].net
		if n.power || len(n.chains) != 1 || len(n.terms) < 3 {
			return false
		}
		c := n.chains[0]
		if _, ok := shunt(c, n); !ok || c.used || c.other(n) != first.chains[0].other(first) || !equal(c, n, first.chains[0], first) {
			return false
		}
	}
	side, _ := shunt(first.chains[0], first)
	top, bottom := u.terms[list[0]].At.Y, u.terms[list[len(list)-1]].At.Y
	for i, t := range u.terms {
		if t.net == nil || t.Side != u.terms[list[0]].Side || slices.Contains(list, i) {
			continue
		}
		switch y := t.At.Y; {
		case y > top && y < bottom, side == geom.Up && y < top && y > top-wayDown, side == geom.Down && y > bottom && y < bottom+wayDown:
			return false
		}
	}
	return true
}

// pulls draws the pull-ups of the symbol that has just been placed.
func (bl *block) pulls() {
	order := bl.inOrder()
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && to-from < mostPulled && bl.pulledWith(&order[to-1], &order[to]) {
			to++
		}
		for to-from > 1 && !bl.pull(order[from:to]) {
			to--
		}
		from = to
	}
}

// pulledWith reports whether two heads may be of one row of pull-ups.
func (bl *block) pulledWith(a, b *head) bool {
	return a.ref.u == b.ref.u && a.dir == b.dir && !vertical(a.dir) && a.at.X == b.at.X && a.own != 0 && b.own != 0 &&
		!a.passive && !b.passive && b.at.Y-a.at.Y <= alikePitch && a.net != b.net
}

// pull draws the pull-ups of neighbouring heads.
func (bl *block) pull(run []head) bool {
	var list []int
	for i := range run {
		list = append(list, run[i].ref.i)
	}
	if !bl.pulled(run[0].ref.u, list) {
		return false
	}
	c := run[0].net.chains[0]
	side, out := c.other(run[0].net).toward, c.other(run[0].net)
	edge := run[0].at.Y // of the row beyond which they stand
	if side == geom.Down {
		edge = run[len(run)-1].at.Y
	}
	var rows []*sketch
	var tails []geom.Point
	var reach geom.Box
	for i := range run {
		h := &run[i]
		if !bl.admitsAll(h.net.chains[0]) {
			return false
		}
		s, end, ok := bl.row(h.net.chains[0], h.net, side, max(edge-h.at.Y, h.at.Y-edge)/geom.Grid+2, rightOf, false)
		if !ok {
			return false
		}
		rows, tails, reach = append(rows, s), append(tails, end), reach.Union(s.Bounds())
	}
	for i := range run {
		bl.free(&run[i])
	}
	pitch := geom.SnapUp(reach.Width()+geom.Grid) / geom.Grid
	for n := int64(firstStep + 1); n <= maxLead/2; n++ {
		s := &sketch{}
		var ends []geom.Point
		far := geom.Point{}
		for i := range run {
			h := &run[i]
			at := step(h.at, h.dir, n+int64(i)*pitch)
			s.wire(h.at, at, h.net, h.ref.key())
			s.add(rows[i], at)
			ends = append(ends, at.Add(tails[i]))
			far = step(at, h.dir, 2)
			links := h.net.chains[0].from(h.net)
			if i > 0 {
				s.wire(ends[i-1], ends[i], out, "pull "+links[len(links)-1].after().key())
			}
		}
		links := c.from(run[0].net)
		bl.mark(s, out, ends[0], out.toward, "pull "+links[len(links)-1].after().key())
		for i := range run {
			h := &run[i]
			s.wire(h.at, geom.Point{X: far.X, Y: h.at.Y}, h.net, h.ref.key())
		}
		if !bl.cv.Fits(&s.Items, geom.Point{}, run[0].own) {
			continue
		}
		bl.commit(s, geom.Point{})
		bl.drawn(run)
		for i := range run {
			h := run[i]
			bl.use(h.net.chains[0])
			h.far -= max(far.X-h.at.X, h.at.X-far.X) / geom.Grid
			h.at.X, h.own = far.X, 0
			bl.keepFree(&h)
			bl.heads = append(bl.heads, h)
		}
		return true
	}
	for i := range run {
		bl.keepAgain(&run[i])
	}
	return false
}
