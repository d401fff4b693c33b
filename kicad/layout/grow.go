package layout

import (
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/route"
	"starboard/kicad/wire"
)

// A block is a unit with what was grown from it, or what hangs on a wire of
// its own.
type block struct {
	*builder
	cv     route.Canvas
	sk     sketch
	heads  []head
	rails  bool        // it is a row of chains between power nets,
	home   *unit       // which serve this unit
	at     *geom.Point // near which it is to stand
	last   bool        // nothing comes after it but its like
	stages bool        // it is of alike stages below each other
	limits []limit

	children []child
}

// Lengths in steps of the grid.
const (
	reach     = 100 // how far a block grows from its root
	maxLead   = 40  // the longest wire to the next thing
	firstStep = 2   // from a pin to the first thing
)

// dense is how many signals on a side of a symbol are too many for anything
// but labels.
const dense = 7

// maxJoined is how many pins of a net a wire may join; more are labels.
const maxJoined = 12

func (bl *block) commit(s *sketch, at geom.Point) {
	for _, m := range s.marks {
		switch {
		case m.power:
		case m.toward == geom.Right:
			m.net.right++
		case m.toward == geom.Left:
			m.net.right--
		}
	}
	bl.cv.Add(&s.Items, at)
	first := len(bl.sk.marks)
	bl.sk.add(s, at)
	// Two labels of a net at one place are none: KiCad joins neither with the wire.
	for i := len(bl.sk.marks) - 1; i >= first; i-- {
		m := bl.sk.marks[i]
		if !m.power && slices.ContainsFunc(bl.sk.marks[:first], func(o mark) bool { return !o.power && o.net == m.net && o.at == m.at }) {
			removeLabels(bl, []face{{m.net, m.at, m.toward}})
			bl.sk.dropMark(i)
		}
	}
}

// grows reports whether something may grow from a terminal.
func (b *builder) grows(u *unit, i int) bool {
	t := &u.terms[i]
	if b.still || t.still {
		return false
	}
	if t.net.power {
		if !vertical(t.Side) && b.converts(u) && (supplied(u, i) || b.source(termRef{u, i})) && slices.ContainsFunc(t.net.terms, func(r termRef) bool { return plug(r.u) && !r.u.placed && !r.u.fixed }) {
			return true
		}
		return !vertical(t.Side) && slices.ContainsFunc(t.net.chains, func(c *chain) bool {
			return !c.used && (c.home == u && c.via == i || b.feedsIn(c, termRef{u, i}) || supplied(u, i) && !c.rail() && b.bringsIn(c, t.net))
		})
	}
	count := 0
	for _, o := range u.terms {
		if o.Side == t.Side && o.net != nil && !o.net.power {
			count++
		}
	}
	if count > dense && !private(t.net, u) || len(t.net.terms) > maxJoined {
		return false
	}
	for _, c := range t.net.chains {
		if !c.used && c.lower == nil && c.upper == nil {
			return true
		}
	}
	for _, r := range t.net.terms {
		if r.u != u && r.u.chain == nil && !r.u.placed && (b.joinable(r) || stacks(termRef{u, i}, r)) {
			return true
		}
	}
	return false
}

// joinable reports whether a unit may be drawn in line with a wire to one of
// its terminals: a connector, or another with nothing of its own.
func (b *builder) joinable(r termRef) bool {
	signals := 0
	for i, t := range r.u.terms {
		if t.net == nil || t.net.power {
			continue
		}
		signals++
		if i != r.i && !isConnector(r.u) && slices.ContainsFunc(t.net.chains, func(c *chain) bool { return !c.used }) {
			return false
		}
	}
	return signals <= 4 && len(r.net().terms) <= 4 && !r.u.fixed
}

// place puts a unit and what grows from it onto the block, its anchor at a
// place.
func (bl *block) place(s *sketch, u *unit, at geom.Point, heads []head) {
	bl.commit(s, at)
	u.placed = true
	for _, h := range heads {
		h.at = h.at.Add(at)
		h.room = -1
		if !h.passive {
			bl.keepFree(&h)
		}
		bl.heads = append(bl.heads, h)
	}
	bl.neighbours()
}

// corridor is what is kept free for a head until it grows: room for a short
// wire and a label.
func corridor(h *head) geom.Box {
	if vertical(h.dir) {
		return geom.BoxOf(step(h.at, h.dir, 1), step(h.at, h.dir, 4)).Grow(geom.Grid / 2)
	}
	b := geom.BoxOf(step(h.at, h.dir, 1), step(h.at, h.dir, 4))
	if !h.net.power {
		b = b.Union(wire.LabelBox(h.net.Net, h.dir).Add(step(h.at, h.dir, firstStep)))
	}
	return b
}

// keepFree keeps a corridor free for a head.
func (bl *block) keepFree(h *head) {
	h.room = bl.cv.Add(&route.Items{Boxes: []route.Box{{Box: corridor(h)}}}, geom.Point{})
}

// free gives up what was kept free for a head.
func (bl *block) free(h *head) {
	if h.room >= 0 {
		bl.cv.Remove(h.room)
	}
}

// keepAgain takes that back.
func (bl *block) keepAgain(h *head) {
	if h.room >= 0 {
		bl.cv.Restore(h.room)
	}
}

// neighbours joins heads that leave a symbol side by side on one net.
func (bl *block) neighbours() {
	for i := 0; i < len(bl.heads); i++ {
		for k := i + 1; k < len(bl.heads); k++ {
			a, b := &bl.heads[i], &bl.heads[k]
			if a.ref.u != b.ref.u || a.net != b.net || a.dir != b.dir || vertical(a.dir) || a.own == 0 || b.own == 0 {
				continue
			}
			if d := a.at.Y - b.at.Y; a.at.X != b.at.X || d > 8*geom.Grid || d < -8*geom.Grid {
				continue
			}
			bl.free(a)
			bl.free(b)
			for n := int64(2); n <= 4; n++ {
				s := &sketch{}
				s.wire(a.at, step(a.at, a.dir, n), a.net, a.ref.key())
				s.wire(step(a.at, a.dir, n), step(b.at, a.dir, n), a.net, b.ref.key())
				s.wire(b.at, step(b.at, a.dir, n), b.net, b.ref.key())
				if !bl.cv.Fits(&s.Items, geom.Point{}, a.own) {
					continue
				}
				bl.commit(s, geom.Point{})
				a.at = step(a.at, a.dir, n)
				h := *a
				bl.keepFree(&h)
				h.passive = a.passive && b.passive
				bl.heads[i] = h
				bl.heads = slices.Delete(bl.heads, k, k+1)
				k--
				break
			}
			if k < len(bl.heads) && a.room >= 0 {
				bl.cv.Restore(a.room)
			}
			if k > i && k < len(bl.heads) && bl.heads[k].room >= 0 {
				bl.cv.Restore(bl.heads[k].room)
			}
		}
	}
}

// run grows until nothing more fits.
func (bl *block) run() {
	bl.combs()
	bl.pulls()
	if k := slices.IndexFunc(bl.heads, func(h head) bool { return bl.isTotem(&h) }); k >= 0 {
		h := bl.heads[k]
		bl.heads = slices.Delete(bl.heads, k, k+1)
		bl.grow(h)
	}
	for len(bl.heads) > 0 {
		bl.bridges()
		bl.ladders()
		if len(bl.heads) == 0 {
			break
		}
		k := bl.first()
		h := bl.heads[k]
		bl.heads = slices.Delete(bl.heads, k, k+1)
		bl.grow(h)
	}
}

// first returns the head that is next to grow. First come those that a chain joins
// already. Of the terminals of one symbol
// those come first that have nothing but chains to hang, and of these the ones
// that hang clear of the others: the lowest with chains that hang down.
func (bl *block) first() int {
	best, least := 0, 1<<62
	u := bl.heads[0].ref.u
	for i := range bl.heads {
		h := &bl.heads[i]
		if h.ref.u != u {
			continue
		}
		var ups, downs, others int
		for _, c := range bl.unused(h) {
			switch side, ok := shunt(c, h.net); {
			case !ok:
				others++
			case side == geom.Up:
				ups++
			default:
				downs++
			}
		}
		y := int(h.at.Y / geom.Grid)
		key := 1 << 40 // in the order of the symbol
		switch {
		case bl.leadsBack(h):
			key = 1 << 41
		case slices.ContainsFunc(h.net.chains, func(c *chain) bool { return !c.used && c.feeder == u && c.feeds != h.net }):
			key = -1 << 39 // what a converter makes is the main thing
		case h.bridged: // what hangs there belongs to what joins the two
			key = -1 << 40
		case vertical(h.dir) || ups > 0 && downs > 0:
		case downs > 0 || others > 0 && ups == 0:
			key = -y
		case ups > 0:
			key = y
		}
		// Of those that turn, the rightmost comes first: others turn over it.
		if o := &bl.heads[best]; key < least || key == least && vertical(h.dir) && vertical(o.dir) && (h.dir == geom.Up || o.dir == geom.Up) && h.at.X > o.at.X {
			best, least = i, key
		}
	}
	return best
}

// grow draws a wire away from a pin, with all that hangs on it.
func (bl *block) grow(h head) {
	bl.free(&h)
	if h.passive {
		return
	}
	// What goes on in the direction of a vertical pin.
	if vertical(h.dir) {
		if bl.totem(&h) {
			return
		}
		if bl.straight(&h) {
			bl.finish(h)
			return
		}
		if !bl.stack(&h) {
			bl.corner(&h)
		}
	}
	bl.loops(&h)
	bl.shunts(&h)
	if h.net.power {
		bl.dividers(&h)
		bl.endPower(&h)
		bl.outlet(&h)
	}
	for bl.series(&h) {
	}
	if !h.net.power {
		bl.inline(&h)
	}
	bl.finish(h)
}

func (bl *block) use(c *chain) {
	c.used = true
	for _, l := range c.links {
		l.u.placed = true
	}
}

// private reports whether a net serves one unit alone, and joins it to a few
// parts with two pins.
func private(n *net, u *unit) bool {
	if len(n.terms) > 5 || n.public {
		return false
	}
	for _, r := range n.terms {
		if r.u != u && r.u.chain == nil {
			return false
		}
	}
	return true
}
