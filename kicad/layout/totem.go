package layout

import (
	"starboard/kicad/geom"
)

// A totem is two transistors of which each drives a common net through a part of its
// own, such as the resistor at its emitter.
type totem struct {
	upper, lower *chain // from the transistors
	middle       *net
	below        termRef // by which the lower transistor is on its chain
}

// totemAt returns the totem whose upper transistor is on a vertical pin, if there is one.
func (b *builder) totemAt(r termRef) (totem, bool) {
	n := r.net()
	if r.u.prefix() != "Q" || r.u.terms[r.i].Side != geom.Down || n == nil || n.power || n.public || len(n.terms) != 2 || len(n.chains) != 1 {
		return totem{}, false
	}
	c := n.chains[0]
	m := c.other(n)
	if c.used || m.power || len(c.links) != 1 {
		return totem{}, false
	}
	for _, d := range m.chains {
		o := d.other(m)
		if d == c || d.used || len(d.links) != 1 || o.power || o.public || len(o.terms) != 2 || d.links[0].u.part.Symbol != c.links[0].u.part.Symbol {
			continue
		}
		for _, q := range o.terms {
			if q.u == r.u || q.u.chain != nil || q.u.placed || q.u.fixed || q.u.prefix() != "Q" {
				continue
			}
			q.u.turn(b.upright(q.u))
			if q.u.terms[q.i].Side == geom.Up {
				return totem{c, d, m, q}, true
			}
		}
	}
	return totem{}, false
}

// totem draws the lower transistor of a totem below the upper one, and the two parts
// between, from the middle of which the common net goes on.
func (bl *block) totem(h *head) bool {
	t, ok := bl.totemAt(h.ref)
	if !ok || !bl.admits(t.below.u) || !bl.admitsAll(t.upper) || !bl.admitsAll(t.lower) {
		return false
	}
	const gap = 2
	s := &sketch{}
	down := func(c *chain, from *net, at geom.Point, named bool) (geom.Point, bool) {
		lead := int64(gap)
		if named && from.named() {
			lead = bl.builder.between(s, from, at, geom.Down, rightOf, c.from(from)[0].before().key())
		}
		row, end, ok := bl.row(c, from, geom.Down, lead, rightOf, false)
		if ok {
			s.add(row, at)
		}
		return at.Add(end), ok
	}
	low := t.lower.other(t.middle)
	at, ok := down(t.upper, h.net, h.at, true)
	if !ok {
		return false
	}
	middle := step(at, geom.Down, gap)
	s.wire(at, middle, t.middle, "totem "+t.upper.from(t.middle)[0].before().key())
	if at, ok = down(t.lower, t.middle, middle, false); !ok {
		return false
	}
	lead := int64(gap)
	if low.named() {
		lead = bl.builder.between(s, low, at, geom.Down, rightOf, t.below.key())
	}
	end := step(at, geom.Down, lead)
	s.wire(at, end, low, t.below.key())
	anchor := end.Sub(t.below.u.terms[t.below.i].At)
	q, heads := bl.seat(t.below.u, t.below.i)
	if !bl.cv.Fits(&s.Items, geom.Point{}, h.own) || !bl.cv.Fits(&q.Items, anchor, 0) {
		return false
	}
	bl.commit(s, geom.Point{})
	bl.use(t.upper)
	bl.use(t.lower)
	for i := range heads {
		heads[i].far, heads[i].pair = h.far, h.ref.u
	}
	bl.place(q, t.below.u, anchor, heads)
	out := head{at: middle, dir: geom.Right, net: t.middle, ref: t.upper.from(t.middle)[0].before(), far: h.far, room: -1}
	bl.keepFree(&out)
	bl.heads = append(bl.heads, out)
	return true
}

// isTotem reports whether a head leads to the lower half of a totem.
func (bl *block) isTotem(h *head) bool {
	_, ok := bl.totemAt(h.ref)
	return ok && vertical(h.dir)
}

// beginsTotem reports whether a unit is the upper transistor of a totem.
func (b *builder) beginsTotem(u *unit) bool {
	if u.prefix() != "Q" || u.fixed {
		return false
	}
	u.turn(b.upright(u))
	for i := range u.terms {
		if _, ok := b.totemAt(termRef{u, i}); ok {
			return true
		}
	}
	return false
}
