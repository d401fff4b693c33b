package layout

import (
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/route"
)

// unused returns the chains that may be drawn at a wire of a net.
func (bl *block) unused(h *head) []*chain {
	var list []*chain
	for _, c := range h.net.chains {
		if c.used || h.net.power && c.rail() && !bl.serves(c, h) && !bl.feedsIn(c, h.ref) || !bl.admitsAll(c) {
			continue
		}
		list = append(list, c)
	}
	if h.dir == geom.Left {
		slices.Reverse(list) // which reads from the left in the order of the parts
	}
	return list
}

// serves reports whether a chain between power nets belongs on the wire of a
// head: it serves the symbol there, or one that the wire will lead to.
func (bl *block) serves(c *chain, h *head) bool {
	switch {
	case bl.rails:
		return c.home == bl.home || bl.home == nil
	case c.home == nil:
		return false
	}
	if r, ok := bl.follower(h); ok && c.home == r.u && c.via == r.i {
		return true
	}
	if bl.plugsIn(h) && plug(c.home) && !c.home.placed {
		return true
	}
	return c.home == h.ref.u || c.home.chain != nil && !c.home.chain.used && !c.home.chain.rail()
}

// shunt returns the direction in which a chain hangs from a net, if it does.
func shunt(c *chain, n *net) (geom.Side, bool) {
	o := c.other(n)
	if !o.power || n.power && o.up() {
		return 0, false
	}
	return o.toward, true
}

// onward reports whether a chain leads from the wire of a net on to a supply.
func (bl *block) onward(c *chain, n *net) bool {
	return c.feeds != nil && c.feeds != n || bl.passes(c, n)
}

// passes reports whether a chain passes a supply on from the wire of a net
// that only brings it in.
func (bl *block) passes(c *chain, n *net) bool {
	if !c.feed() || c.rail() || !c.other(n).up() {
		return false
	}
	for _, r := range n.terms {
		if r.u.chain == nil && !isConnector(r.u) {
			return false
		}
		if r.u.chain != nil && r.u.chain != c && r.u.chain.feed() {
			return false
		}
	}
	return true
}

// straight draws a chain that goes on from a vertical pin to a power symbol.
func (bl *block) straight(h *head) bool {
	for _, c := range bl.unused(h) {
		if side, ok := shunt(c, h.net); !ok || side != h.dir || !bl.allBut(h, c) {
			continue
		}
		for lead := int64(1); lead <= maxLead; lead++ {
			for _, where := range []textPlace{rightOf, leftOf} {
				s, _, ok := bl.row(c, h.net, h.dir, lead, where, true)
				if ok && bl.cv.Fits(&s.Items, h.at, h.own) {
					bl.commit(s, h.at)
					bl.use(c)
					return true
				}
			}
		}
	}
	return false
}

// shunts hangs chains to power nets up and down from the wire.
func (bl *block) shunts(h *head) {
	if vertical(h.dir) {
		return
	}
	least := int64(firstStep)
	var last geom.Side // on which the last one hangs
	hung := false
	for _, c := range bl.unused(h) {
		side, ok := shunt(c, h.net)
		if !ok || bl.onward(c, h.net) {
			continue
		}
		if h.far < least {
			return
		}
		first := least
		if h.bridged && side == h.turned || hung && side == last.Opposite() && bl.ends(h, c) {
			first = 0
		}
		if s, n, ok := bl.hang(h, first, side, func(where textPlace) *sketch {
			s, _, ok := bl.row(c, h.net, side, 2, where, true)
			if !ok {
				return nil
			}
			return s
		}); ok {
			if n > farHung && bl.lying(h, c, false) {
				return
			}
			bl.extend(h, n, s)
			bl.use(c)
			least, last, hung = 3, side, true
			if n > 0 {
				h.bridged = false
			}
		} else if bl.rails {
			return // the row is full
		} else if bl.lying(h, c, false) || bl.lying(h, c, true) {
			return
		}
	}
	if h.net.power {
		return
	}
	for _, r := range h.net.terms {
		if r.u.placed || r.u.chain != nil || r.u.fixed || !clamp(r) || !bl.admits(r.u) {
			continue
		}
		for _, side := range []geom.Side{geom.Up, geom.Down} {
			if s, n, ok := bl.hang(h, least, side, func(where textPlace) *sketch { return bl.hung(r, side, where) }); ok {
				bl.extend(h, n, s)
				r.u.placed = true
				least = 3
				break
			}
		}
	}
}

// ends reports whether the wire of a net ends with a chain: it has its name, and
// nothing else is to come.
func (bl *block) ends(h *head, c *chain) bool {
	if h.net.power || !bl.labelled(h.net, h.at) || len(bl.unused(h)) > 1 {
		return false
	}
	return !slices.ContainsFunc(h.net.terms, func(r termRef) bool { return !r.u.placed && r.u.chain != c })
}

// clamp reports whether a unit has nothing but power nets and open pins
// besides one terminal.
func clamp(r termRef) bool {
	if len(r.u.terms) > 4 || isEnd(r.u) {
		return false
	}
	for i, t := range r.u.terms {
		if i != r.i && t.net != nil && !t.net.power {
			return false
		}
	}
	return true
}

// hung draws a small unit that hangs by one terminal.
func (bl *block) hung(r termRef, side geom.Side, where textPlace) *sketch {
	if where != rightOf {
		return nil
	}
	best, most := geom.Orientation{}, -1
	for _, o := range geom.Orientations {
		if serviced(r.u) && (o.Angle != 0 || o.Mirror == geom.MirrorX) {
			continue // what has a reading direction keeps it
		}
		r.u.turn(o)
		if r.u.terms[r.i].Side != side.Opposite() {
			continue
		}
		good := 0
		for i, t := range r.u.terms {
			if i != r.i && t.net != nil && t.net.power && (t.Side == geom.Right) == t.net.up() {
				good++
			}
		}
		if o.Mirror == geom.None {
			good = good*2 + 1
		} else {
			good *= 2
		}
		if good > most {
			best, most = o, good
		}
	}
	if most < 0 {
		return nil
	}
	r.u.turn(best)
	bl.still = true
	s, heads := bl.seat(r.u, r.i)
	bl.still = false
	if len(heads) > 0 {
		return nil
	}
	out := &sketch{}
	end := step(geom.Point{}, side, 2)
	out.wire(geom.Point{}, end, r.net(), r.key())
	out.add(s, end.Sub(r.u.terms[r.i].At))
	return out
}

// hang finds the nearest place on the wire where a sketch fits.
func (bl *block) hang(h *head, least int64, side geom.Side, draw func(textPlace) *sketch) (*sketch, int64, bool) {
	var drawn []*sketch
	for _, where := range []textPlace{rightOf, leftOf} {
		if s := draw(where); s != nil {
			drawn = append(drawn, s)
		}
	}
	var found *sketch // the nearest
	var first int64
	for n := least; n <= min(maxLead, h.far); n++ {
		at := step(h.at, h.dir, n)
		if !bl.cv.FreeWire(route.Wire{A: h.at, B: at, Net: h.net.id}, h.own) {
			break
		}
		w := &sketch{}
		w.wire(h.at, at, h.net, h.ref.key())
		for _, s := range drawn {
			if !bl.cv.Fits(&s.Items, at, 0) || !apart(s, at, w, 0) {
				continue
			}
			// A few steps farther names may stand apart.
			if bl.cv.FreeBox(spread(s).Add(at)) {
				return s, n, true
			}
			if found == nil {
				found, first = s, n
			}
		}
		if found != nil && n >= first+spreadSteps {
			break
		}
	}
	return found, first, found != nil
}

// spreadSteps is how much farther something may hang so that its name stands apart.
const spreadSteps = 3

// extend draws the wire on and something at its end.
func (bl *block) extend(h *head, n int64, s *sketch) {
	at := step(h.at, h.dir, n)
	w := &sketch{}
	w.wire(h.at, at, h.net, h.ref.key())
	bl.commit(w, geom.Point{})
	if s != nil {
		bl.commit(s, at)
	}
	h.at, h.own = at, 0
	h.far -= n
}

// endPower draws the power symbol of a wire on a power net.
func (bl *block) endPower(h *head) {
	toward := h.net.toward
	s := &sketch{}
	bl.mark(s, h.net, geom.Point{}, toward, h.ref.key())
	for n := int64(1); n <= maxLead; n++ {
		at := step(h.at, h.dir, n)
		if !bl.cv.FreeWire(route.Wire{A: h.at, B: at, Net: h.net.id}, h.own) {
			break
		}
		if bl.cv.Fits(&s.Items, at, 0) {
			bl.extend(h, n, s)
			return
		}
	}
	// Where that has no room, elsewhere, even over pins of the symbol; in the end
	// at the wire itself.
	for _, over := range []bool{false, true} {
		for n := int64(0); n <= maxLead; n++ {
			for _, dir := range []geom.Side{h.dir, toward, toward.Opposite(), h.dir.Opposite()} {
				for _, side := range []geom.Side{toward, dir} {
					if bl.powerOff(h, step(h.at, dir, n), side, over) {
						return
					}
				}
			}
		}
	}
	if !bl.elbow(h.net, h.at, h.ref.key(), h.ref.u.id, []geom.Side{toward, toward.Opposite(), geom.Right, geom.Left}) {
		bl.commit(s, h.at)
	}
}

// powerOff draws a power symbol that points to a side, and a straight wire to
// it, where that fits.
func (bl *block) powerOff(h *head, at geom.Point, side geom.Side, over bool) bool {
	s := &sketch{}
	s.wire(h.at, at, h.net, h.ref.key())
	bl.mark(s, h.net, at, side, h.ref.key())
	own := h.own
	if at != h.at && geom.SideOf(at.Sub(h.at)) != h.dir {
		own = 0 // it would run through the symbol
	}
	if over {
		own = h.ref.u.id
		if len(s.Wires) > 0 && bl.enters(own, s.Wires[0]) {
			return false
		}
	}
	if !bl.cv.Fits(&s.Items, geom.Point{}, own) {
		return false
	}
	bl.commit(s, geom.Point{})
	return true
}
