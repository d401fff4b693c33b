package layout

import (
	"math"
	"slices"

	"starboard/kicad/geom"
)

// Transistors as switches: a resistor from the gate to the source of one stands at its
// pins, and one that pulls a wire down stands below it.

// inLine returns the terminals of a transistor of the P type that passes a supply on
// which has no symbol of its own, such as a load switch or a protection against wrong
// polarity: from a connector that was known before it, or else from its source.
func inLine(u *unit) (in, out, gate int, ok bool) {
	if !u.ofTypeP() || len(u.terms) != 3 {
		return 0, 0, 0, false
	}
	index := map[string]int{}
	for i, t := range u.terms {
		if t.net == nil || t.net.ground() {
			return 0, 0, 0, false
		}
		index[u.part.Pin(t.Key).Name] = i
	}
	s, isFET := index["S"]
	d, hasDrain := index["D"]
	gate, hasGate := index["G"]
	if !isFET || !hasDrain || !hasGate || u.terms[s].net.power || u.terms[gate].net.power {
		return 0, 0, 0, false
	}
	in, out = s, d
	if a, b := plugOrder(u.terms[d].net), plugOrder(u.terms[s].net); a < min(b, u.part.Order) && !u.terms[d].net.power {
		in, out = d, s
	}
	return in, out, gate, true
}

// plugOrder returns when the first connector became known that is on a net or behind
// one part.
func plugOrder(n *net) int {
	first := math.MaxInt
	look := func(n *net) {
		for _, r := range n.terms {
			if isConnector(r.u) {
				first = min(first, r.u.part.Order)
			}
		}
	}
	look(n)
	for _, c := range n.chains {
		if o := c.other(n); !o.power {
			look(o)
		}
	}
	return first
}

// atPins draws a chain between a wire to a side and one up or down of the same symbol,
// as the resistor from a gate to its source: upright from the first, its end led over
// to the second.
func (bl *block) atPins(h, v *head) bool {
	where := rightOf
	if h.dir == geom.Left {
		where = leftOf
	}
	for _, c := range bl.between(h.net, v.net) {
		s, end, ok := bl.row(c, h.net, v.dir, 0, where, false)
		if !ok {
			return false
		}
		links := c.from(h.net)
		for n := int64(firstStep); n <= 8; n++ {
			p := step(h.at, h.dir, n)
			far := p.Add(end)
			joint := step(geom.Point{X: v.at.X, Y: far.Y}, v.dir, 1)
			if least := step(v.at, v.dir, 2); (joint.Y > least.Y) == (v.dir == geom.Up) {
				joint = least
			}
			corner := geom.Point{X: far.X, Y: joint.Y}
			t := &sketch{}
			t.wire(h.at, p, h.net, h.ref.key())
			t.wire(far, corner, v.net, links[len(links)-1].after().key())
			t.wire(corner, joint, v.net, links[len(links)-1].after().key())
			t.wire(v.at, joint, v.net, v.ref.key())
			if !bl.cv.Fits(&t.Items, geom.Point{}, h.own) || !bl.cv.Fits(&s.Items, p, 0) || !apart(s, p, t, 0) {
				continue
			}
			bl.commit(t, geom.Point{})
			bl.commit(s, p)
			bl.use(c)
			h.at, h.own, h.far = p, 0, h.far-n
			v.at, v.own = joint, 0
			return true
		}
	}
	return false
}

// pullsDown reports whether a terminal is one by which a transistor pulls a wire to
// ground, and none stands above it.
func (bl *block) pullsDown(r termRef) bool {
	u := r.u
	if u.prefix() != "Q" || u.fixed || u.placed || u.chain != nil || len(u.terms) != 3 {
		return false
	}
	u.turn(bl.upright(u))
	if u.terms[r.i].Side != geom.Up {
		return false
	}
	for _, o := range r.net().terms {
		if o.u.prefix() != "Q" || o.u == u {
			continue
		}
		if !o.u.placed && !o.u.fixed {
			o.u.turn(bl.upright(o.u))
		}
		if o.u.terms[o.i].Side == geom.Down {
			return false
		}
	}
	return slices.ContainsFunc(u.terms, func(t terminal) bool { return t.Side == geom.Down && t.net != nil && t.net.ground() })
}

// dropTo puts a transistor that pulls the wire of a head down below its end.
func (bl *block) dropTo(h *head) bool {
	if vertical(h.dir) || h.far < 16 {
		return false
	}
	for _, r := range h.net.terms {
		if !bl.pullsDown(r) || !bl.admits(r.u) {
			continue
		}
		s, heads := bl.seat(r.u, r.i)
		least := max(bl.onWire(h), 2)
		for n := least; n <= least+16; n++ {
			for down := int64(2); down <= 6; down += 2 {
				corner := step(h.at, h.dir, n)
				pin := step(corner, geom.Down, down)
				anchor := pin.Sub(r.u.terms[r.i].At)
				w := &sketch{}
				w.wire(h.at, corner, h.net, h.ref.key())
				w.wire(corner, pin, h.net, r.key())
				if !bl.cv.Fits(&w.Items, geom.Point{}, h.own) || !bl.settles(s, r.u, anchor, heads, w) {
					continue
				}
				bl.settle(s, r.u, anchor, heads, w, h.far-n)
				h.at, h.own = corner, 0
				return true
			}
		}
	}
	return false
}
