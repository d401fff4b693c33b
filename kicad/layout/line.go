package layout

import (
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/route"
	"starboard/kicad/wire"
)

// stacks reports whether two terminals are of transistors that could stand above
// each other, or of one that switches a relay.
func stacks(a, b termRef) bool {
	return a.u.prefix() == "Q" && (b.u.prefix() == "Q" || b.u.prefix() == "K") && vertical(a.u.terms[a.i].Side)
}

// stack puts a transistor above or below another, or a relay above one, joined by
// a straight wire, and goes on from its middle.
func (bl *block) stack(h *head) bool {
	for _, r := range h.net.terms {
		if r.u.placed || r.u.fixed || r.u.chain != nil || !stacks(h.ref, r) || !bl.admits(r.u) {
			continue
		}
		r.u.turn(bl.upright(r.u))
		if r.u.terms[r.i].Side != h.dir.Opposite() {
			continue
		}
		s, heads := bl.seat(r.u, r.i)
		for n := int64(6); n <= 24; n += 2 {
			end := step(h.at, h.dir, n)
			middle := step(h.at, h.dir, n/2)
			w := &sketch{}
			w.wire(h.at, end, h.net, h.ref.key())
			anchor := end.Sub(r.u.terms[r.i].At)
			if !bl.cv.Fits(&w.Items, geom.Point{}, h.own) || !bl.cv.Fits(&s.Items, anchor, 0) || !bl.roomy(heads, anchor) {
				continue
			}
			bl.commit(w, geom.Point{})
			for i := range heads {
				heads[i].far = h.far
			}
			bl.place(s, r.u, anchor, heads)
			h.at, h.dir, h.own = middle, geom.Right, 0
			if r.u.prefix() == "K" {
				h.dir = geom.Left // its contacts are on the right
			}
			return true
		}
	}
	return false
}

// corner turns a vertical head to the right, or to the left, where its net is called
// an input and comes from a connector: if it can, so that it is not in the way of
// others that leave the symbol beside it.
func (bl *block) corner(h *head) {
	dirs := []geom.Side{geom.Right, geom.Left}
	if wire.Says(h.net.Name()) == wire.In && slices.ContainsFunc(h.net.terms, func(r termRef) bool { return isEnd(r.u) && !r.u.placed }) {
		slices.Reverse(dirs)
	}
	for _, clear := range []bool{true, false} {
		for _, room := range []int64{16, 4} {
			for _, dir := range dirs {
				if (!clear || !bl.blocks(h, dir)) && bl.turn(h, dir, room) {
					return
				}
			}
		}
	}
}

// blocks reports whether a head that turns to a side would run before another one.
func (bl *block) blocks(h *head, dir geom.Side) bool {
	return slices.ContainsFunc(bl.heads, func(o head) bool {
		return o.ref.u == h.ref.u && o.dir == h.dir && (o.at.X > h.at.X) == (dir == geom.Right)
	})
}

// turn turns a vertical head to a side where there is so much room.
func (bl *block) turn(h *head, dir geom.Side, room int64) bool {
	for n := int64(1); n <= 8; n++ {
		s := &sketch{}
		at := step(h.at, h.dir, n)
		s.wire(h.at, at, h.net, h.ref.key())
		s.wire(at, step(at, dir, room), h.net, h.ref.key())
		// It runs along the edge of nothing either.
		beside := geom.BoxOf(step(at, dir, 1), step(at, dir, room))
		if bl.cv.Fits(&s.Items, geom.Point{}, h.own) && bl.cv.FreeBox(beside) {
			s.Wires = s.Wires[:1]
			bl.commit(s, geom.Point{})
			// What hangs that way hangs from the corner.
			h.bridged, h.turned = true, h.dir
			h.at, h.dir, h.own = at, dir, 0
			return true
		}
	}
	return false
}

// onWire writes the name of a net on its wire before something in line. It
// returns the length that the wire then needs.
func (bl *block) onWire(h *head) int64 {
	if !h.net.named() || h.net.power || flag(h.net) == 1 || vertical(h.dir) || bl.labelled(h.net, h.at) {
		return 0
	}
	length := labelSteps(h.net)
	for n := int64(1); n <= 4; n++ {
		at := step(h.at, h.dir, n)
		box := wire.LabelBox(h.net.Net, h.dir).Add(at)
		if bl.cv.FreeLabel(box, at, true) && bl.cv.StandsOut(box) && bl.cv.FreeWire(route.Wire{A: h.at, B: step(at, h.dir, length), Net: h.net.id}, h.own) {
			s := &sketch{}
			s.wire(h.at, at, h.net, h.ref.key()) // lest nothing follows
			bl.mark(s, h.net, at, h.dir, h.ref.key())
			bl.commit(s, geom.Point{})
			return n + length + 1
		}
	}
	return 0
}

// jogs are the distances by which a wire may leave its line before something
// in line with it.
var jogs = []int64{0, 2, -2, 4, -4, 6, -6, 8, -8, 10, -10, 12, -12, 16, -16, 20, -20}

// series goes on with a part in line, and with the wire behind it.
func (bl *block) series(h *head) bool {
	return bl.seriesTo(h, false) || bl.seriesTo(h, true)
}

// seriesTo does so with parts that lead back to a net in the block, or with
// the others.
func (bl *block) seriesTo(h *head, back bool) bool {
	if !h.net.power && hosted(h.net) && bl.loose() && (!h.root || h.forked) {
		return false // what goes on from there is another row
	}
	for _, c := range bl.unused(h) {
		_, isShunt := shunt(c, h.net)
		if isShunt && !bl.onward(c, h.net) {
			continue
		}
		o := c.other(h.net)
		if !o.power && bl.awaits(o) || !h.net.power && bl.here(o) != back {
			continue
		}
		if c.rung = c.rung || bl.across(c, h); c.rung {
			continue // in line it would look like a part of one of them
		}
		if h.net.power && (o.power || !bl.bringsIn(c, h.net)) && !bl.feedsIn(c, h.ref) {
			continue
		}
		if h.far < 16 {
			return false
		}
		least := int64(0)
		if !h.forked {
			least = max(bl.onWire(h), 2)
		}
		if bl.inRow(h, c, o, least) {
			return true
		}
	}
	return false
}

// across reports whether a chain leads to where another head is about to lead: to
// the wire beside its own, as a terminator does.
func (bl *block) across(c *chain, h *head) bool {
	o := c.other(h.net)
	if o.power || h.net.power {
		return false
	}
	return slices.ContainsFunc(bl.heads, func(g head) bool {
		return g.dir == h.dir && g.net != h.net && g.net != o && !g.net.power && slices.ContainsFunc(g.net.chains, func(d *chain) bool {
			return d != c && !d.used && d.other(g.net) == o
		})
	})
}

// hosted reports whether a net leads to a symbol that is drawn already.
func hosted(n *net) bool {
	return slices.ContainsFunc(n.terms, func(r termRef) bool { return r.u.chain == nil && r.u.placed })
}

// here reports whether a net has pins in the block already: what joins it to
// another there is drawn by bridges.
func (bl *block) here(n *net) bool {
	return slices.ContainsFunc(bl.cv.Pins, func(p route.Pin) bool { return p.Net == n.id })
}

// awaits reports whether an anchor that is not drawn yet, and will want its own
// parts, is on a net.
func (bl *block) awaits(n *net) bool {
	return slices.ContainsFunc(n.terms, func(r termRef) bool {
		return r.u.chain == nil && !r.u.placed && !isEnd(r.u) && !clamp(r)
	})
}

func (bl *block) inRow(h *head, c *chain, o *net, least int64) bool {
	tries, places := jogs, []textPlace{above, below}
	if vertical(h.dir) {
		tries, places = jogs[:1], []textPlace{rightOf}
	}
	var rows []*sketch
	var end geom.Point
	for _, where := range places {
		s, e, ok := bl.row(c, h.net, h.dir, 1, where, false)
		if !ok {
			return false
		}
		rows, end = append(rows, s), e
	}
	for _, jog := range tries {
		for n := least; n <= least+8; n++ {
			if n < 2 && jog == 0 {
				continue
			}
			// Four wires must not meet.
			if h.forked && (jog == 0 || h.side != 0 && (jog > 0) != (h.side > 0)) {
				break
			}
			w := &sketch{}
			corner := step(h.at, h.dir, n)
			at := step(corner, geom.Down, jog)
			w.wire(h.at, corner, h.net, h.ref.key())
			w.wire(corner, at, h.net, h.ref.key())
			if !bl.cv.Fits(&w.Items, geom.Point{}, h.own) {
				break
			}
			for _, s := range rows {
				if !bl.cv.Fits(&s.Items, at, 0) || !apart(s, at, w, 0) || h.forked && bl.tight(s, at) {
					continue
				}
				// Behind the part there must be room to go on.
				far := at.Add(end)
				if !bl.cv.FreeWire(route.Wire{A: far, B: step(far, h.dir, 3), Net: o.id}, 0) {
					continue
				}
				bl.commit(w, geom.Point{})
				bl.commit(s, at)
				bl.use(c)
				last := c.from(h.net)[len(c.links)-1]
				bl.grow(head{at: far, dir: h.dir, net: o, ref: last.after(), far: h.far - n - int64(len(c.links))*8, room: -1})
				if h.forked {
					h.side = jog
				}
				h.at, h.own, h.forked = corner, 0, true
				return true
			}
		}
	}
	return false
}

// tight reports whether the symbols of a sketch would stand close to something at their
// sides.
func (bl *block) tight(s *sketch, at geom.Point) bool {
	return slices.ContainsFunc(s.units, func(v standing) bool {
		return !bl.cv.FreeBox(v.o.ApplyBox(v.u.part.Symbol.BodyBox(v.u.no, 1)).Grow(geom.Grid * 2 / 3).Add(v.at.Add(at)))
	})
}

// inline ends the wire at another unit.
func (bl *block) inline(h *head) bool {
	if bl.dropTo(h) {
		return true
	}
	for _, r := range h.net.terms {
		if r.u.placed || r.u.chain != nil || !bl.joinable(r) || clamp(r) || h.far < 16 || !bl.admits(r.u) || h.against(r.u) || bl.elsewhere(r.u, h.net) {
			continue
		}
		if !bl.face(r, h.dir.Opposite()) {
			continue
		}
		if bl.attach(h, r) {
			return true
		}
	}
	return false
}

// against reports whether a unit at the end of a wire would stand on the wrong side of
// what the wire comes from, by its value or the name of the net: an input is on the
// left.
func (h *head) against(u *unit) bool {
	if isEnd(u) && wire.Says(u.part.Value) == wire.Out && h.dir == geom.Left {
		return true
	}
	if h.ref.u.chain == nil && !vertical(h.ref.u.terms[h.ref.i].Side) || !isEnd(u) {
		return false
	}
	switch wire.Says(h.net.Name()) {
	case wire.In:
		return h.dir == geom.Right && h.ref.u.chain == nil
	case wire.Out:
		return h.dir == geom.Left
	}
	return false
}

// elsewhere reports whether most of what a connector leads to is not in the block: it
// stands there rather than where one of its pins leads.
func (bl *block) elsewhere(u *unit, n *net) bool {
	if !isConnector(u) {
		return false
	}
	others := 0
	for _, t := range u.terms {
		if t.net == nil || t.net.power || t.net == n {
			continue
		}
		if bl.here(t.net) {
			return false
		}
		if slices.ContainsFunc(t.net.terms, func(r termRef) bool { return r.u.chain == nil && r.u != u }) {
			others++
		}
	}
	return others > 1
}

// attach puts a unit at the end of a wire, by a terminal that faces it.
func (bl *block) attach(h *head, r termRef) bool {
	least := max(bl.onWire(h), 3)
	s, heads := bl.seat(r.u, r.i)
	tries := jogs
	if vertical(h.dir) {
		tries = jogs[:1]
	}
	for _, jog := range tries {
		for n := least; n <= least+16; n++ {
			w := &sketch{}
			corner := step(h.at, h.dir, n)
			at := step(corner, geom.Down, jog)
			end := step(at, h.dir, 1)
			w.wire(h.at, corner, h.net, h.ref.key())
			w.wire(corner, at, h.net, h.ref.key())
			w.wire(at, end, h.net, h.ref.key())
			if !bl.cv.Fits(&w.Items, geom.Point{}, h.own) {
				break
			}
			anchor := end.Sub(r.u.terms[r.i].At)
			if !bl.settles(s, r.u, anchor, heads, w) {
				continue
			}
			heads = append(heads, head{at: r.u.terms[r.i].At, dir: h.dir.Opposite(), net: h.net, own: r.u.own(), ref: r, passive: true, room: -1})
			bl.settle(s, r.u, anchor, heads, w, h.far-n)
			h.at, h.own = end, 0
			return true
		}
	}
	return false
}

// settles reports whether a unit fits at the end of the wires that lead to it, with
// room for what grows from it.
func (bl *block) settles(s *sketch, u *unit, anchor geom.Point, heads []head, w *sketch) bool {
	return bl.cv.Fits(&s.Items, anchor, 0) && bl.roomy(heads, anchor) && apart(s, anchor, w, u.own())
}

// settle draws a unit at the end of wires. What grows from it may reach so much less
// far as it is itself away from where these begin.
func (bl *block) settle(s *sketch, u *unit, anchor geom.Point, heads []head, w *sketch, far int64) {
	bl.commit(w, geom.Point{})
	for i := range heads {
		heads[i].far = min(heads[i].far, far-10)
	}
	bl.place(s, u, anchor, heads)
}

// apart reports whether a wire that leads to a sketch touches nothing of it but
// its end and the box of own, which may reach beyond a pin.
func apart(s *sketch, at geom.Point, w *sketch, own int) bool {
	var cv route.Canvas
	cv.Add(&s.Items, at)
	return cv.Fits(&w.Items, geom.Point{}, own)
}

// roomy reports whether every head has room to grow.
func (bl *block) roomy(heads []head, at geom.Point) bool {
	for _, h := range heads {
		p := h.at.Add(at)
		if !bl.cv.FreeWire(route.Wire{A: p, B: step(p, h.dir, 6), Net: h.net.id}, 0) {
			return false
		}
	}
	return true
}

// face turns a unit so that a terminal is on a side: a connector may be
// mirrored, anything else may stand as it is or be turned if it is small.
func (bl *block) face(r termRef, side geom.Side) bool {
	u := r.u
	if u.fixed {
		return u.terms[r.i].Side == side
	}
	u.turn(bl.upright(u))
	if u.terms[r.i].Side == side {
		return true
	}
	if u.terms[r.i].Side == side.Opposite() && !vertical(side) && isEnd(u) {
		u.turn(geom.Orientation{Mirror: geom.MirrorY})
		return u.terms[r.i].Side == side
	}
	return false
}
