package layout

import (
	"slices"

	"starboard/kicad/geom"
)

// A loop is a chain that leads back over a symbol: from a pin of it to a net that
// other parts join to another of its pins, as the capacitor of a Sallen-Key filter
// does. In line it would look like a part of the signal's way.

// findLoops finds the chains that lead back, and the unit over which.
func (b *builder) findLoops() {
	for _, c := range b.chains {
		for i, n := range c.ends {
			if n.power || c.other(n).power || !chained(n) {
				continue
			}
			for _, r := range c.other(n).terms {
				if r.u.chain == nil && !vertical(r.u.terms[r.i].Side) && len(r.u.terms) <= 5 && b.reaches(n, r, c) {
					c.loop, c.back = r.u, c.ends[1-i]
				}
			}
		}
	}
}

// chained reports whether only parts with two pins are on a net.
func chained(n *net) bool {
	return !slices.ContainsFunc(n.terms, func(r termRef) bool { return r.u.chain == nil })
}

// reaches reports whether a chain other than c leads from a net to a pin on the
// other side of the unit that a terminal belongs to.
func (b *builder) reaches(n *net, r termRef, c *chain) bool {
	for _, d := range n.chains {
		if d == c {
			continue
		}
		for _, o := range d.other(n).terms {
			if o.u == r.u && o.u.terms[o.i].Side == r.u.terms[r.i].Side.Opposite() {
				return true
			}
		}
	}
	return false
}

// leadsBack reports whether a loop waits for a head: the net of the pin that it
// leads back to.
func (bl *block) leadsBack(h *head) bool {
	return slices.ContainsFunc(h.net.chains, func(c *chain) bool { return !c.used && c.loop == h.ref.u && c.back == h.net })
}

// loops draws the chains that lead from the net of a head back to another head.
func (bl *block) loops(h *head) {
	for _, c := range h.net.chains {
		if c.used || c.loop == nil || c.back == h.net || !bl.admitsAll(c) {
			continue
		}
		k := slices.IndexFunc(bl.heads, func(o head) bool { return o.ref.u == c.loop && o.net == c.back && o.dir == h.dir.Opposite() })
		if k < 0 {
			continue
		}
		b := &bl.heads[k]
		bl.free(b)
		if !bl.over(h, b, c) && b.room >= 0 {
			bl.cv.Restore(b.room)
			continue
		}
		bl.keepFree(b)
	}
}

// over draws a chain from a head to another one that runs the other way, over
// what stands between them, or below it.
func (bl *block) over(a, b *head, c *chain) bool {
	body := geom.BoxOf(a.at, b.at)
	for _, v := range bl.sk.units {
		if v.u == b.ref.u {
			body = body.Union(v.u.box().Add(v.at))
		}
	}
	dirs := []geom.Side{geom.Up, geom.Down}
	if a.at.Y > b.at.Y {
		slices.Reverse(dirs)
	}
	from, to := a, b // from the left to the right
	if a.dir == geom.Right {
		from, to = b, a
	}
	const mostAway = 24
	for _, dir := range dirs {
		for n := int64(2); n <= mostAway; n++ {
			y, where := geom.SnapDown(body.Min.Y)-n*geom.Grid, above
			if dir == geom.Down {
				y, where = geom.SnapUp(body.Max.Y)+n*geom.Grid, below
			}
			s, end, ok := bl.row(c, from.net, geom.Right, 0, where, false)
			if !ok {
				return false
			}
			for w := int64(2); w <= 6; w++ {
				meet := step(b.at, b.dir, w)
				left, right := a.at, meet
				if from == b {
					left, right = meet, a.at
				}
				slack := (right.X - left.X - end.X) / geom.Grid
				if slack < 0 {
					continue
				}
				start := geom.Point{X: left.X + slack/2*geom.Grid, Y: y}
				cornerL, cornerR := geom.Point{X: left.X, Y: y}, geom.Point{X: right.X, Y: y}
				first, last := c.from(from.net)[0].before(), c.from(from.net)[len(c.links)-1].after()
				t := &sketch{}
				t.wire(b.at, meet, b.net, b.ref.key())
				t.wire(left, cornerL, from.net, from.ref.key())
				t.wire(right, cornerR, to.net, to.ref.key())
				t.wire(cornerL, start, from.net, first.key())
				t.wire(start.Add(end), cornerR, to.net, last.key())
				// Close to other things it would not stand out.
				if !bl.cv.FreeBox(geom.BoxOf(cornerL, cornerR).Grow(geom.Grid / 2)) {
					continue
				}
				if !bl.cv.Fits(&t.Items, geom.Point{}, b.own) || !bl.cv.Fits(&s.Items, start, 0) || !apart(s, start, t, 0) {
					continue
				}
				bl.commit(t, geom.Point{})
				bl.commit(s, start)
				bl.use(c)
				b.at, b.own = meet, 0
				return true
			}
		}
	}
	return false
}
