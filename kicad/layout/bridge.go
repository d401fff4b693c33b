package layout

import (
	"cmp"
	"slices"

	"starboard/kicad/geom"
)

// bridges draws the chains between two terminals of one symbol, see also atPins: upright
// between two on one side, those closest together first, around the body between
// two on opposite sides, and a plain wire around the body where both are on one net.
func (bl *block) bridges() {
	for bl.nearestBridge() {
	}
}

// nearestBridge draws the first bridge that can be drawn, if there is one.
func (bl *block) nearestBridge() bool {
	type pair struct {
		i, k int
		far  int64
	}
	var pairs []pair
	for i := range bl.heads {
		for k := i + 1; k < len(bl.heads); k++ {
			if a, b := &bl.heads[i], &bl.heads[k]; a.from() == b.from() {
				pairs = append(pairs, pair{i, k, max(a.at.Y-b.at.Y, b.at.Y-a.at.Y)})
			}
		}
	}
	slices.SortStableFunc(pairs, func(p, q pair) int { return cmp.Compare(p.far, q.far) })
	return slices.ContainsFunc(pairs, func(p pair) bool { return bl.bridge(p.i, p.k) })
}

func (bl *block) bridge(i, k int) bool {
	a, b := &bl.heads[i], &bl.heads[k]
	if a.from() != b.from() || a.dir != b.dir && a.ref.u != b.ref.u || a.net.power || b.net.power || vertical(a.dir) && vertical(b.dir) {
		return false
	}
	bl.free(a)
	bl.free(b)
	done := bl.tryBridge(a, b)
	if !done {
		for _, h := range []*head{a, b} {
			bl.keepAgain(h)
		}
	}
	for i := range bl.heads {
		if h := &bl.heads[i]; h.room >= 0 && bl.cv.Removed(h.room) {
			bl.keepFree(h)
		}
	}
	return done
}

func (bl *block) tryBridge(a, b *head) bool {
	switch {
	case vertical(a.dir):
		return bl.atPins(b, a)
	case vertical(b.dir):
		return bl.atPins(a, b)
	}
	if a.dir != b.dir {
		if a.dir == geom.Right {
			a, b = b, a
		}
		if a.net == b.net {
			return bl.around(a, b, nil)
		}
		for _, c := range bl.between(a.net, b.net) {
			if bl.around(a, b, c) {
				return true
			}
		}
		return false
	}
	if b.at.Y < a.at.Y {
		a, b = b, a
	}
	if a.net == b.net {
		return false
	}
	return slices.ContainsFunc(bl.rungs(a, b), func(r rung) bool { return bl.pillar(a, b, r) })
}

// between returns the unused chains between two nets.
func (bl *block) between(m, n *net) []*chain {
	var list []*chain
	for _, c := range m.chains {
		if !c.used && c.other(m) == n && bl.admitsAll(c) {
			list = append(list, c)
		}
	}
	return list
}

// pillar draws a rung upright between the wires of two heads that run to one
// side, a above b. The wires spread where it needs room.
func (bl *block) pillar(a, b *head, r rung) bool {
	const most, mostOfTwins = 16 * geom.Grid, 48 * geom.Grid
	room := b.at.Y - a.at.Y
	if room > most && (a.ref.u == b.ref.u || room > mostOfTwins) {
		return false
	}
	// One of the two may have been led on already.
	out := max(a.at.X, b.at.X)
	if a.dir == geom.Left {
		out = min(a.at.X, b.at.X)
	}
	ahead := func(h *head, n int64) geom.Point { return step(geom.Point{X: out, Y: h.at.Y}, h.dir, n) }
	for _, where := range []textPlace{rightOf, leftOf} {
		s, end, ok := r.draw(where)
		if !ok {
			continue
		}
		extra := max(0, end.Y-room) / geom.Grid
		lead := max(3, reaches(s, a.dir.Opposite())+1)
		type spread struct{ up, down, n, lead int64 }
		var tries []spread
		for _, up := range []int64{extra / 2, extra, 0} {
			for n := int64(firstStep); n <= maxLead; n++ {
				tries = append(tries, spread{up, extra - up, n, lead})
			}
		}
		// Past what stands between the two already, they spread more.
		for far := lead; far <= maxLead; far++ {
			tries = append(tries, spread{extra/2 + 2, extra - extra/2 + 2, 2, far})
		}
		for _, y := range tries {
			n := y.n
			top, bottom := ahead(a, n), ahead(b, n)
			t := &sketch{}
			if y.up+y.down > 0 {
				ca, cb := ahead(a, n-1), ahead(b, n-1)
				t.wire(a.at, ca, a.net, a.ref.key())
				t.wire(b.at, cb, b.net, b.ref.key())
				top, bottom = step(ca, geom.Up, y.up), step(cb, geom.Down, y.down)
				t.wire(ca, top, a.net, a.ref.key())
				t.wire(cb, bottom, b.net, b.ref.key())
				ca, cb = top, bottom
				top, bottom = step(top, a.dir, y.lead), step(bottom, b.dir, y.lead)
				t.wire(ca, top, a.net, a.ref.key())
				t.wire(cb, bottom, b.net, b.ref.key())
			} else {
				t.wire(a.at, top, a.net, a.ref.key())
				t.wire(b.at, bottom, b.net, b.ref.key())
			}
			// What the wires are longer than the rung is split at both ends.
			slack := (bottom.Y - top.Y - end.Y) / geom.Grid
			from := step(top, geom.Down, slack/2)
			t.wire(top, from, a.net, r.first)
			t.wire(from.Add(end), bottom, b.net, r.last)
			if !bl.cv.Fits(&t.Items, geom.Point{}, a.own) {
				continue
			}
			if !bl.cv.Fits(&s.Items, from, 0) || !apart(s, from, t, 0) {
				continue
			}
			bl.commit(t, geom.Point{})
			bl.commit(s, from)
			r.use()
			a.at, a.own, a.far, a.turned = top, 0, a.far-n, geom.Up
			b.at, b.own, b.far, b.turned = bottom, 0, b.far-n, geom.Down
			a.bridged, b.bridged = true, true
			for _, h := range []*head{a, b} {
				if bl.whole(h) && (!h.net.named() || bl.nameWire(h.net, h.at, h.ref.key())) {
					h.passive, h.room = true, -1
				}
			}
			if r.tap != nil {
				h := *r.tap
				h.at, h.far = from.Add(h.at), a.far
				bl.keepFree(&h)
				bl.heads = append(bl.heads, h)
			}
			return true
		}
	}
	return false
}

// reaches returns how far a sketch reaches from its origin to a side, in steps of the
// grid.
func reaches(s *sketch, side geom.Side) int64 {
	box := s.Bounds()
	v := side.Vector()
	far := max(v.X*box.Min.X, v.X*box.Max.X) + max(v.Y*box.Min.Y, v.Y*box.Max.Y)
	return geom.SnapUp(far) / geom.Grid
}

// around draws a chain, or a wire, around the body of a symbol: from a on its
// left to b on its right, below where a is in the lower half.
func (bl *block) around(a, b *head, c *chain) bool {
	u := a.ref.u
	var body geom.Box
	for _, v := range bl.sk.units {
		if v.u == u {
			body = u.box().Add(v.at)
		}
	}
	under := 2*a.at.Y >= body.Min.Y+body.Max.Y
	var s *sketch
	var end geom.Point
	if c != nil {
		where := above
		if under {
			where = below
		}
		var ok bool
		if s, end, ok = bl.row(c, a.net, geom.Right, 0, where, false); !ok {
			return false
		}
	}
	const mostAway = 24
	for n := int64(2); n <= mostAway; n++ {
		y, dir := geom.SnapDown(body.Min.Y)-n*geom.Grid, geom.Up
		if under {
			y, dir = geom.SnapUp(body.Max.Y)+n*geom.Grid, geom.Down
		}
		for w := int64(1); w <= 4; w++ {
			left, right := step(a.at, a.dir, w), step(b.at, b.dir, w)
			slack := (right.X - left.X - end.X) / geom.Grid
			if slack < 0 {
				continue
			}
			t := &sketch{}
			from := geom.Point{X: left.X + slack/2*geom.Grid, Y: y}
			cornerL, cornerR := geom.Point{X: left.X, Y: y}, geom.Point{X: right.X, Y: y}
			t.wire(a.at, left, a.net, a.ref.key())
			t.wire(left, cornerL, a.net, a.ref.key())
			t.wire(b.at, right, b.net, b.ref.key())
			t.wire(right, cornerR, b.net, b.ref.key())
			if c == nil {
				t.wire(cornerL, cornerR, a.net, a.ref.key())
			} else {
				last := c.from(a.net)[len(c.links)-1].after()
				t.wire(cornerL, from, a.net, c.from(a.net)[0].before().key())
				t.wire(from.Add(end), cornerR, b.net, last.key())
			}
			// Between a power symbol and its name it would look joined with that.
			if !bl.cv.Fits(&t.Items, geom.Point{}, a.ref.u.own()) || !bl.cv.FreeBox(geom.BoxOf(cornerL, cornerR).Grow(geom.Grid/4)) {
				continue
			}
			if c != nil {
				if !bl.cv.Fits(&s.Items, from, 0) || !apart(s, from, t, 0) {
					continue
				}
				bl.commit(s, from)
				bl.use(c)
			}
			bl.commit(t, geom.Point{})
			a.at, b.at = left, right
			a.own, b.own = 0, 0
			a.turned, b.turned = dir.Opposite(), dir.Opposite()
			if c == nil {
				// The left end has been led to the right one, which goes on.
				bl.drop(a)
			}
			return true
		}
	}
	return false
}

// drop takes a head away.
func (bl *block) drop(h *head) {
	for i := range bl.heads {
		if &bl.heads[i] == h {
			bl.heads = append(bl.heads[:i], bl.heads[i+1:]...)
			return
		}
	}
}
