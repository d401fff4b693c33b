package layout

import (
	"slices"

	"starboard/kicad/geom"
)

// What leads to a power net may lie in line with its wire, where to hang it would be
// in the way of others.

// farHung is how far from the beginning of its wire a chain may hang where it could
// lie close to it.
const farHung = 14

// lying draws the last chain on a net, which leads to a power net, in line with the
// wire, where it could only hang far away, or nowhere; its power symbol lies too where
// flat is set.
func (bl *block) lying(h *head, c *chain, flat bool) bool {
	if h.net.power || h.net.public || len(bl.unused(h)) != 1 || !bl.allBut(h, c) {
		return false
	}
	s := &sketch{}
	lead := int64(firstStep)
	if h.net.named() && !bl.labelled(h.net, h.at) {
		lead = bl.builder.between(s, h.net, geom.Point{}, h.dir, above, h.ref.key())
	}
	links := c.from(h.net)
	last := links[len(links)-1].after()
	for n := lead; n <= farHung; n++ {
		for _, where := range []textPlace{above, below} {
			t, end, ok := bl.row(c, h.net, h.dir, n, where, !flat)
			if !ok {
				return false
			}
			if flat {
				t.wire(end, step(end, h.dir, 1), last.net(), last.key())
				bl.mark(t, last.net(), step(end, h.dir, 1), h.dir, last.key())
			}
			t.add(s, geom.Point{})
			if bl.cv.Fits(&t.Items, h.at, h.own) {
				bl.commit(t, h.at)
				bl.use(c)
				return true
			}
		}
	}
	return false
}

// lyingPair draws the chains of a pair of wires, which lead to one power net, in line
// with them, their far ends joined: the capacitors of a crystal, or two resistors at
// pins that have others in the way of what would hang.
func (bl *block) lyingPair(a, b *head) bool {
	c, d := bl.lastShunt(a), bl.lastShunt(b)
	if c == nil || d == nil || !equal(c, a.net, d, b.net) || c.other(a.net) != d.other(b.net) {
		return false
	}
	out := c.other(a.net)
	if !(a.bridged && b.bridged) && !bl.inTheWay(a, b, out.toward) {
		return false
	}
	lead := int64(firstStep)
	names := &sketch{}
	for _, h := range []*head{a, b} {
		if h.net.named() && !bl.labelled(h.net, h.at) {
			bl.mark(names, h.net, step(h.at, h.dir, 1), h.dir, h.ref.key())
			lead = max(lead, labelSteps(h.net)+2)
		}
	}
	upper, end, ok := bl.row(c, a.net, a.dir, 0, above, false)
	lower, low, fine := bl.row(d, b.net, b.dir, 0, below, false)
	if !ok || !fine || a.at.X != b.at.X {
		return false
	}
	first, last := c.from(a.net), d.from(b.net)
	for n := lead; n <= lead+farHung; n++ {
		p, q := step(a.at, a.dir, n), step(b.at, b.dir, n)
		s, t := &sketch{}, &sketch{}
		s.add(upper, p)
		t.add(lower, q)
		if s.overlaps(t) {
			return false
		}
		s.add(t, geom.Point{})
		s.add(names, geom.Point{})
		s.wire(a.at, p, a.net, a.ref.key())
		s.wire(b.at, q, b.net, b.ref.key())
		top, bottom := step(p.Add(end), a.dir, 1), step(q.Add(low), b.dir, 1)
		s.wire(p.Add(end), top, out, first[len(first)-1].after().key())
		s.wire(q.Add(low), bottom, out, last[len(last)-1].after().key())
		s.wire(top, bottom, out, "pair "+first[len(first)-1].after().key())
		at := bottom
		if out.toward == geom.Up {
			at = top
		}
		bl.mark(s, out, at, out.toward, "pair "+first[len(first)-1].after().key())
		if bl.cv.Fits(&s.Items, geom.Point{}, a.own) {
			bl.commit(s, geom.Point{})
			bl.use(c)
			bl.use(d)
			return true
		}
	}
	return false
}

// lastShunt returns the chain from the net of a head to a power net, if that is all
// that is still to be drawn of the net.
func (bl *block) lastShunt(h *head) *chain {
	list := bl.unused(h)
	if len(list) != 1 || h.net.public || !bl.allBut(h, list[0]) {
		return nil
	}
	if _, ok := shunt(list[0], h.net); !ok || bl.onward(list[0], h.net) {
		return nil
	}
	return list[0]
}

// allBut reports whether wires join all pins of the net of a head but that of a chain.
func (bl *block) allBut(h *head, c *chain) bool {
	pins, _ := bl.cv.Joined(h.net.id, h.at)
	return len(pins)+1 == len(h.net.terms) && !c.used
}

// wayDown is how far a chain with its power symbol reaches from its wire.
const wayDown = 14 * geom.Grid

// inTheWay reports whether the unit of a pair has other pins that chains would hang
// before.
func (bl *block) inTheWay(a, b *head, side geom.Side) bool {
	u := a.ref.u
	if u != b.ref.u || u.chain != nil {
		return false
	}
	k := slices.IndexFunc(bl.sk.units, func(v standing) bool { return v.u == u })
	if k < 0 {
		return false
	}
	return slices.ContainsFunc(u.terms, func(t terminal) bool {
		y := t.At.Y + bl.sk.units[k].at.Y
		if t.Side != a.dir || t.net == nil || t.net == a.net || t.net == b.net {
			return false
		}
		if side == geom.Up {
			return y < a.at.Y && y > a.at.Y-wayDown
		}
		return y > b.at.Y && y < b.at.Y+wayDown
	})
}
