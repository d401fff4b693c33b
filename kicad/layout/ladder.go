package layout

import (
	"cmp"
	"slices"

	"starboard/kicad/geom"
)

// ladders leads pairs of wires on that run side by side: through equal chains, and to
// the connector at which both end. What is to hang from them hangs before that.
func (bl *block) ladders() {
	for again := true; again; {
		again = false
		for i := 0; i < len(bl.heads) && !again; i++ {
			for k := 0; k < len(bl.heads) && !again; k++ {
				again = bl.ladder(i, k)
			}
		}
		if again {
			bl.bridges()
		}
	}
}

// ladder leads a pair of wires on, where two heads are one.
func (bl *block) ladder(i, k int) bool {
	a, b := bl.heads[i], bl.heads[k]
	if a.from() != b.from() || a.dir != b.dir || vertical(a.dir) || a.at.Y >= b.at.Y || a.net == b.net || a.passive || b.passive || a.lone || b.lone || a.net.power || b.net.power {
		return false
	}
	if slices.ContainsFunc(bl.heads, func(h head) bool {
		return h.from() == a.from() && h.dir == a.dir && !h.passive && h.at.Y > a.at.Y && h.at.Y < b.at.Y
	}) {
		return false // it would be between the two
	}
	bl.free(&a)
	bl.free(&b)
	if bl.lyingPair(&a, &b) {
		bl.dropPair(i, k)
		return true
	}
	for _, h := range []*head{&a, &b} {
		bl.keepAgain(h)
	}
	u, p, q := bl.mate(&a, &b)
	var c, d *chain
	if u == nil {
		if c, d = bl.twins(&a, &b); c == nil {
			return false
		}
	}
	bl.dropPair(i, k)
	bl.staggered(&a, &b)
	if u != nil && !bl.attachPair(&a, &b, u, p, q) || u == nil && !bl.seriesPair(&a, &b, c, d) {
		for _, h := range []head{a, b} { // there was no room for both beside each other
			h.lone = true
			bl.keepFree(&h)
			bl.heads = append(bl.heads, h)
		}
		return true
	}
	bl.finish(a)
	bl.finish(b)
	return true
}

// dropPair takes two heads away, and what was kept free for them.
func (bl *block) dropPair(i, k int) {
	for _, j := range []int{max(i, k), min(i, k)} {
		bl.free(&bl.heads[j])
		bl.heads = slices.Delete(bl.heads, j, j+1)
	}
}

// from returns the unit that the wire of a head comes from, be it through chains of
// a pair.
func (h *head) from() *unit { return cmp.Or(h.pair, h.ref.u) }

// mate returns the connector that two wires lead to, and its terminals, where all
// else on the two nets hangs from them.
func (bl *block) mate(a, b *head) (u *unit, p, q int) {
	for _, r := range a.net.terms {
		if r.u.placed || r.u.fixed || !isConnector(r.u) || !bl.admits(r.u) {
			continue
		}
		k := slices.IndexFunc(r.u.terms, func(t terminal) bool { return t.net == b.net })
		if k >= 0 && bl.hangsAll(a, b, r.u, nil) && bl.hangsAll(b, a, r.u, nil) && bl.face(r, a.dir.Opposite()) && r.u.terms[k].Side == r.u.terms[r.i].Side {
			return r.u, r.i, k
		}
	}
	return nil, 0, 0
}

// twins returns the equal chains through which two wires lead on, where all else on
// the two nets hangs from them.
func (bl *block) twins(a, b *head) (c, d *chain) {
	c, d = bl.onlySeries(a, b), bl.onlySeries(b, a)
	if c == nil || d == nil || c == d {
		return nil, nil
	}
	if !equal(c, a.net, d, b.net) {
		return nil, nil
	}
	if m, n := c.other(a.net), d.other(b.net); m == n || m == b.net || bl.here(m) || bl.here(n) {
		return nil, nil
	}
	return c, d
}

// equal reports whether two chains are of the same symbols, each from a net.
func equal(c *chain, m *net, d *chain, n *net) bool {
	return slices.EqualFunc(c.from(m), d.from(n), func(x, y link) bool {
		return x.u.part.Symbol == y.u.part.Symbol && x.in == y.in && !x.u.fixed && !y.u.fixed
	})
}

// onlySeries returns the chain that leads on from a wire of a pair to another net, if it
// is the only one and all else hangs.
func (bl *block) onlySeries(h, other *head) *chain {
	var c *chain
	for _, o := range bl.unused(h) {
		if _, ok := shunt(o, h.net); ok && !bl.onward(o, h.net) {
			continue
		}
		if c != nil || o.other(h.net).power || o.loop != nil {
			return nil
		}
		c = o
	}
	if c == nil || bl.awaits(c.other(h.net)) || !bl.hangsAll(h, other, nil, c) {
		return nil
	}
	return c
}

// hangsAll reports whether all that is to be drawn of a net but a unit and a chain
// hangs from its wire, or from both wires of a pair.
func (bl *block) hangsAll(h, other *head, u *unit, but *chain) bool {
	for _, c := range h.net.chains {
		if _, ok := shunt(c, h.net); !c.used && c != but && (!ok || bl.onward(c, h.net)) {
			return false
		}
	}
	return !slices.ContainsFunc(h.net.terms, func(r termRef) bool {
		return r.u.chain == nil && r.u != u && r.u != h.ref.u && !r.u.placed && !clamp(r) && bl.saddle(r, other.net) < 0
	})
}

// staggered hangs what is to hang from two wires, a above b: also what crosses the
// other one.
func (bl *block) staggered(a, b *head) {
	a.bridged, b.bridged = false, false // where a rung ends, four wires must not meet
	bl.saddles(a, b)
	bl.hangAcross(a, b, geom.Down)
	bl.hangAcross(b, a, geom.Up)
	bl.shunts(a)
	bl.shunts(b)
}

// saddle returns the terminal by which a small unit is on another net, where it has
// nothing else but power nets and its pins on the two are on one side; else -1.
func (bl *block) saddle(r termRef, n *net) int {
	u := r.u
	if u.placed || u.chain != nil || u.fixed || u.alone || len(u.terms) > 4 || isConnector(u) || serviced(u) || !bl.admits(u) {
		return -1
	}
	k := slices.IndexFunc(u.terms, func(t terminal) bool { return t.net == n })
	if k < 0 || u.terms[k].Side != u.terms[r.i].Side {
		return -1
	}
	for i, t := range u.terms {
		if i != k && i != r.i && t.net != nil && !t.net.power {
			return -1
		}
	}
	return k
}

// saddles hangs the units that are on both nets of a pair below it: the wire from the
// upper one crosses the lower one.
func (bl *block) saddles(a, b *head) {
	for _, r := range a.net.terms {
		if k := bl.saddle(r, b.net); k >= 0 && bl.hangSaddle(a, b, r, termRef{r.u, k}) {
			r.u.placed = true
		}
	}
}

func (bl *block) hangSaddle(a, b *head, p, q termRef) bool {
	u := p.u
	k := slices.IndexFunc(geom.Orientations[:], func(o geom.Orientation) bool {
		u.turn(o)
		return u.terms[p.i].Side == geom.Up && u.terms[q.i].Side == geom.Up && u.terms[p.i].At.Y == u.terms[q.i].At.Y
	})
	if k < 0 {
		return false
	}
	s := bl.seatStill(u, p.i, q.i)
	if s == nil {
		return false
	}
	pa, pb := u.terms[p.i].At, u.terms[q.i].At
	near, far := min(pa.X, pb.X), max(pa.X, pb.X) // as the wires run
	out := max(a.at.X, b.at.X)
	if a.dir == geom.Left {
		near, far = far, near
		out = min(a.at.X, b.at.X)
	}
	for n := int64(firstStep); n <= min(maxLead, a.far); n++ {
		for lead := int64(2); lead <= 4; lead++ {
			first := step(geom.Point{X: out, Y: b.at.Y}, b.dir, n)
			anchor := geom.Point{X: first.X - near, Y: first.Y + lead*geom.Grid - pb.Y}
			end := step(geom.Point{X: anchor.X + far}, a.dir, 1).X
			w := &sketch{}
			w.wire(a.at, geom.Point{X: end, Y: a.at.Y}, a.net, a.ref.key())
			w.wire(b.at, geom.Point{X: end, Y: b.at.Y}, b.net, b.ref.key())
			w.wire(geom.Point{X: anchor.X + pa.X, Y: a.at.Y}, anchor.Add(pa), a.net, p.key())
			w.wire(geom.Point{X: anchor.X + pb.X, Y: b.at.Y}, anchor.Add(pb), b.net, q.key())
			if !bl.cv.Fits(&w.Items, geom.Point{}, a.own) || !bl.cv.Fits(&s.Items, anchor, 0) || !apart(s, anchor, w, u.own()) {
				continue
			}
			bl.commit(w, geom.Point{})
			bl.commit(s, anchor)
			long := max(end-out, out-end) / geom.Grid
			for _, h := range []*head{a, b} {
				h.at, h.own, h.far = geom.Point{X: end, Y: h.at.Y}, 0, h.far-long
			}
			return true
		}
	}
	return false
}

// hangAcross hangs the chains to power nets that hang from one wire over another one.
func (bl *block) hangAcross(h, over *head, side geom.Side) {
	apart := over.at.Y - h.at.Y
	lead := 2 + max(apart, -apart)/geom.Grid
	for _, c := range bl.unused(h) {
		if toward, ok := shunt(c, h.net); !ok || toward != side || bl.onward(c, h.net) {
			continue
		}
		for _, where := range []textPlace{rightOf, leftOf} {
			s, _, ok := bl.row(c, h.net, side, lead, where, true)
			if ok && !c.used && bl.hangOver(h, over, s) {
				bl.use(c)
			}
		}
	}
}

// hangOver leads two wires on to where a sketch hangs from one and crosses the other.
func (bl *block) hangOver(h, over *head, s *sketch) bool {
	out := max(h.at.X, over.at.X)
	if h.dir == geom.Left {
		out = min(h.at.X, over.at.X)
	}
	for n := int64(firstStep); n <= min(maxLead, h.far); n++ {
		at := step(geom.Point{X: out, Y: h.at.Y}, h.dir, n)
		beyond := step(geom.Point{X: at.X, Y: over.at.Y}, h.dir, 1)
		w := &sketch{}
		w.wire(h.at, at, h.net, h.ref.key())
		w.wire(over.at, beyond, over.net, over.ref.key())
		if !bl.cv.Fits(&w.Items, geom.Point{}, h.own) {
			return false
		}
		if !bl.cv.Fits(&s.Items, at, 0) {
			continue
		}
		bl.commit(w, geom.Point{})
		bl.commit(s, at)
		h.at, h.own, h.bridged = at, 0, false
		over.at, over.own, over.bridged = beyond, 0, false
		h.far, over.far = h.far-n, over.far-n
		return true
	}
	return false
}

// attachPair puts a connector at the end of two wires, a above b, by its terminals p
// and q: in line with one of them, or between. Where q is above p, one wire crosses the
// other, which is straight.
func (bl *block) attachPair(a, b *head, u *unit, p, q int) bool {
	least := max(bl.onWire(a), bl.onWire(b), 3)
	ra, rb := termRef{u, p}, termRef{u, q}
	s, heads := bl.seat(u, p, q)
	out := max(a.at.X, b.at.X)
	if a.dir == geom.Left {
		out = min(a.at.X, b.at.X)
	}
	wider := b.at.Y - a.at.Y - (u.terms[q].At.Y - u.terms[p].At.Y)
	offsets := []int64{0, wider, geom.SnapDown(wider / 2)}
	if u.terms[q].At.Y < u.terms[p].At.Y {
		offsets = offsets[:2]
	}
	for n := least; n <= least+16; n++ {
		for _, off := range offsets {
			w := &sketch{}
			ends := [2]geom.Point{}
			for i, h := range []*head{a, b} {
				corner := geom.Point{X: step(geom.Point{X: out}, h.dir, n).X, Y: h.at.Y}
				pin := geom.Point{X: corner.X, Y: a.at.Y + off}
				if i == 1 {
					pin.Y += u.terms[q].At.Y - u.terms[p].At.Y
				}
				ends[i] = step(pin, h.dir, 1)
				w.wire(h.at, corner, h.net, h.ref.key())
				w.wire(corner, pin, h.net, h.ref.key())
				w.wire(pin, ends[i], h.net, h.ref.key())
			}
			anchor := ends[0].Sub(u.terms[p].At)
			if !bl.cv.Fits(&w.Items, geom.Point{}, a.own) || !bl.settles(s, u, anchor, heads, w) {
				continue
			}
			for i, r := range []termRef{ra, rb} {
				heads = append(heads, head{at: u.terms[r.i].At, dir: a.dir.Opposite(), net: r.net(), own: u.own(), ref: r, passive: true, room: -1})
				[]*head{a, b}[i].at = ends[i]
			}
			bl.settle(s, u, anchor, heads, w, a.far-n)
			a.own, b.own = 0, 0
			return true
		}
	}
	return false
}

// seriesPair draws equal chains in line with two wires, beside each other, a above b:
// the texts of the upper one above it, and those of the lower one below.
func (bl *block) seriesPair(a, b *head, c, d *chain) bool {
	least := max(bl.onWire(a), bl.onWire(b), 2)
	upper, end, ok := bl.row(c, a.net, a.dir, 0, above, false)
	lower, low, fine := bl.row(d, b.net, b.dir, 0, below, false)
	if !ok || !fine {
		return false
	}
	out := max(a.at.X, b.at.X)
	if a.dir == geom.Left {
		out = min(a.at.X, b.at.X)
	}
	for _, spread := range []int64{0, 2, 4, 6} {
		for n := least; n <= least+16; n++ {
			ca, cb := step(geom.Point{X: out, Y: a.at.Y}, a.dir, n), step(geom.Point{X: out, Y: b.at.Y}, b.dir, n)
			p, q := step(ca, geom.Up, spread/2), step(cb, geom.Down, spread/2)
			w := &sketch{}
			w.wire(a.at, ca, a.net, a.ref.key())
			w.wire(ca, p, a.net, a.ref.key())
			w.wire(b.at, cb, b.net, b.ref.key())
			w.wire(cb, q, b.net, b.ref.key())
			both, under := &sketch{}, &sketch{}
			both.add(upper, p)
			under.add(lower, q)
			if both.overlaps(under) {
				break
			}
			both.add(under, geom.Point{})
			if !bl.cv.Fits(&w.Items, geom.Point{}, a.own) || !bl.cv.Fits(&both.Items, geom.Point{}, 0) || !apart(both, geom.Point{}, w, 0) {
				continue
			}
			bl.commit(w, geom.Point{})
			bl.commit(both, geom.Point{})
			bl.use(c)
			bl.use(d)
			x, y := c.from(a.net), d.from(b.net)
			for _, h := range []head{
				{at: p.Add(end), net: c.other(a.net), ref: x[len(x)-1].after()},
				{at: q.Add(low), net: d.other(b.net), ref: y[len(y)-1].after()},
			} {
				h.dir, h.far, h.pair = a.dir, a.far-n-int64(len(x))*8, a.from()
				bl.keepFree(&h)
				bl.heads = append(bl.heads, h)
			}
			a.at, b.at, a.own, b.own = p, q, 0, 0
			return true
		}
	}
	return false
}
