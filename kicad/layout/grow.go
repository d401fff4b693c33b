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
	cv    route.Canvas
	sk    sketch
	heads []head
	rails bool  // it is a row of chains between power nets,
	home  *unit // which serve this unit
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
	bl.cv.Add(&s.Items, at)
	bl.sk.add(s, at)
}

// grows reports whether something may grow from a terminal.
func (b *builder) grows(u *unit, i int) bool {
	t := &u.terms[i]
	if b.still {
		return false
	}
	if t.net.power {
		return !vertical(t.Side) && slices.ContainsFunc(t.net.chains, func(c *chain) bool {
			return !c.used && (c.home == u && c.via == i || supplied(u, i) && !c.rail() && b.bringsIn(c, t.net))
		})
	}
	count := 0
	for _, o := range u.terms {
		if o.Side == t.Side && o.net != nil && !o.net.power {
			count++
		}
	}
	if count > dense || len(t.net.terms) > maxJoined {
		return false
	}
	for _, c := range t.net.chains {
		if !c.used {
			return true
		}
	}
	for _, r := range t.net.terms {
		if r.u != u && r.u.chain == nil && !r.u.placed && b.joinable(r) {
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
			h.room = bl.cv.Add(&route.Items{Boxes: []route.Box{{Box: corridor(&h)}}}, geom.Point{})
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

// free gives up what was kept free for a head.
func (bl *block) free(h *head) {
	if h.room >= 0 {
		bl.cv.Remove(h.room)
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
				h.room = bl.cv.Add(&route.Items{Boxes: []route.Box{{Box: corridor(&h)}}}, geom.Point{})
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
	for len(bl.heads) > 0 {
		bl.bridges()
		if len(bl.heads) == 0 {
			break
		}
		k := bl.first()
		h := bl.heads[k]
		bl.heads = slices.Delete(bl.heads, k, k+1)
		bl.grow(h)
	}
}

// first returns the head that is next to grow. Of the terminals of one symbol
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
		case vertical(h.dir) || others > 0 || ups > 0 && downs > 0:
		case downs > 0:
			key = -y
		case ups > 0:
			key = y
		}
		if key < least {
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
		if bl.straight(&h) {
			bl.finish(h)
			return
		}
		if !bl.stack(&h) {
			bl.corner(&h)
		}
	}
	bl.shunts(&h)
	if h.net.power {
		bl.endPower(&h)
	}
	for bl.series(&h) {
	}
	if !h.net.power {
		bl.inline(&h)
	}
	bl.finish(h)
}

// unused returns the chains that may be drawn at a wire of a net.
func (bl *block) unused(h *head) []*chain {
	var list []*chain
	for _, c := range h.net.chains {
		if c.used || h.net.power && c.rail() && !bl.serves(c, h) {
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
	return c.home == h.ref.u || c.home.chain != nil && !c.home.chain.used && !c.home.chain.rail()
}

// shunt returns the direction in which a chain hangs from a net, if it does.
func shunt(c *chain, n *net) (geom.Side, bool) {
	o := c.other(n)
	if !o.power || n.power && o.up() {
		return 0, false
	}
	return wire.Direction(o.Symbol()), true
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
	if len(h.net.terms) != 2 {
		return false
	}
	for _, c := range bl.unused(h) {
		if side, ok := shunt(c, h.net); !ok || side != h.dir {
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

// stack puts a transistor above or below another, joined by a straight wire,
// and goes on from its middle.
func (bl *block) stack(h *head) bool {
	for _, r := range h.net.terms {
		if r.u.placed || r.u.fixed || r.u.prefix() != "Q" || h.ref.u.prefix() != "Q" {
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
			return true
		}
	}
	return false
}

// corner turns a vertical head to the right, or to the left.
func (bl *block) corner(h *head) {
	for _, room := range []int64{16, 4} {
		for _, dir := range []geom.Side{geom.Right, geom.Left} {
			for n := int64(1); n <= 8; n++ {
				s := &sketch{}
				at := step(h.at, h.dir, n)
				s.wire(h.at, at, h.net, h.ref.key())
				s.wire(at, step(at, dir, room), h.net, h.ref.key())
				if bl.cv.Fits(&s.Items, geom.Point{}, h.own) {
					s.Wires = s.Wires[:1]
					bl.commit(s, geom.Point{})
					h.at, h.dir = at, dir
					return
				}
			}
		}
	}
}

// shunts hangs chains to power nets up and down from the wire.
func (bl *block) shunts(h *head) {
	if vertical(h.dir) {
		return
	}
	least := int64(firstStep)
	for _, c := range bl.unused(h) {
		side, ok := shunt(c, h.net)
		if !ok || bl.passes(c, h.net) {
			continue
		}
		if h.far < least {
			return
		}
		first := least
		if h.bridged && side == h.turned {
			first = 0
		}
		if s, n, ok := bl.hang(h, first, side, func(where textPlace) *sketch {
			s, _, ok := bl.row(c, h.net, side, 2, where, true)
			if !ok {
				return nil
			}
			return s
		}); ok {
			bl.extend(h, n, s)
			bl.use(c)
			least = 3
			if n > 0 {
				h.bridged = false
			}
		} else if bl.rails {
			return // the row is full
		}
	}
	if h.net.power {
		return
	}
	for _, r := range h.net.terms {
		if r.u.placed || r.u.chain != nil || r.u.fixed || !clamp(r) {
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

// clamp reports whether a unit has nothing but power nets and open pins
// besides one terminal.
func clamp(r termRef) bool {
	if len(r.u.terms) > 4 || isConnector(r.u) {
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
	s, _ := bl.seat(r.u, r.i)
	bl.still = false
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
	for n := least; n <= min(maxLead, h.far); n++ {
		at := step(h.at, h.dir, n)
		if !bl.cv.FreeWire(route.Wire{A: h.at, B: at, Net: h.net.id}, h.own) {
			return nil, 0, false
		}
		for _, s := range drawn {
			if bl.cv.Fits(&s.Items, at, 0) {
				return s, n, true
			}
		}
	}
	return nil, 0, false
}

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
	toward := wire.Direction(h.net.Symbol())
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
	// Where that has no room, elsewhere, in the end at the wire itself.
	for n := int64(0); n <= maxLead; n++ {
		for _, dir := range []geom.Side{h.dir, toward, toward.Opposite(), h.dir.Opposite()} {
			for _, side := range []geom.Side{toward, dir} {
				t := &sketch{}
				end := step(h.at, dir, n)
				t.wire(h.at, end, h.net, h.ref.key())
				bl.mark(t, h.net, end, side, h.ref.key())
				if bl.cv.Fits(&t.Items, geom.Point{}, h.own) {
					bl.commit(t, geom.Point{})
					return
				}
			}
		}
	}
	bl.commit(s, h.at)
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
		if bl.cv.FreeLabel(box, at, true) && bl.cv.FreeWire(route.Wire{A: h.at, B: step(at, h.dir, length), Net: h.net.id}, h.own) {
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
	for _, c := range bl.unused(h) {
		_, isShunt := shunt(c, h.net)
		if isShunt && !bl.passes(c, h.net) {
			continue
		}
		o := c.other(h.net)
		if bl.awaits(o) || !h.net.power && bl.here(o) != back {
			continue
		}
		if h.net.power && (o.power || !bl.bringsIn(c, h.net)) {
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

// here reports whether a net has pins in the block already: what joins it to
// another there is drawn by bridges.
func (bl *block) here(n *net) bool {
	return slices.ContainsFunc(bl.cv.Pins, func(p route.Pin) bool { return p.Net == n.id })
}

// awaits reports whether an anchor that is not drawn yet, and will want its own
// parts, is on a net.
func (bl *block) awaits(n *net) bool {
	return slices.ContainsFunc(n.terms, func(r termRef) bool {
		return r.u.chain == nil && !r.u.placed && !isConnector(r.u) && !clamp(r)
	})
}

func (bl *block) inRow(h *head, c *chain, o *net, least int64) bool {
	tries := []int64{0}
	if !vertical(h.dir) {
		tries = jogs
	}
	for _, where := range []textPlace{above, below} {
		if vertical(h.dir) {
			where = rightOf
		}
		s, end, ok := bl.row(c, h.net, h.dir, 1, where, false)
		if !ok {
			return false
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
				if !bl.cv.Fits(&s.Items, at, 0) || !apart(s, at, w) {
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
				next := head{at: far, dir: h.dir, net: o, ref: last.after(), far: h.far - n - int64(len(c.links))*8, room: -1}
				bl.grow(next)
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

// inline ends the wire at another unit.
func (bl *block) inline(h *head) bool {
	for _, r := range h.net.terms {
		if r.u.placed || r.u.chain != nil || !bl.joinable(r) || clamp(r) && !isConnector(r.u) || h.far < 16 {
			continue
		}
		if !bl.face(r, h.dir.Opposite()) {
			continue
		}
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
				if !bl.cv.Fits(&s.Items, anchor, 0) || !bl.roomy(heads, anchor) || !apart(s, anchor, w) {
					continue
				}
				bl.commit(w, geom.Point{})
				heads = append(heads, head{at: r.u.terms[r.i].At, dir: h.dir.Opposite(), net: h.net, own: r.u.id, ref: r, passive: true, room: -1})
				for i := range heads {
					heads[i].far = min(heads[i].far, h.far-n-10)
				}
				bl.place(s, r.u, anchor, heads)
				h.at, h.own = end, 0
				return true
			}
		}
	}
	return false
}

// apart reports whether a wire that leads to a sketch touches nothing of it but
// its end.
func apart(s *sketch, at geom.Point, w *sketch) bool {
	var cv route.Canvas
	cv.Add(&s.Items, at)
	return cv.Fits(&w.Items, geom.Point{}, 0)
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
	if u.terms[r.i].Side == side.Opposite() && !vertical(side) && isConnector(u) {
		u.turn(geom.Orientation{Mirror: geom.MirrorY})
		return u.terms[r.i].Side == side
	}
	return false
}

func (bl *block) use(c *chain) {
	c.used = true
	for _, l := range c.links {
		l.u.placed = true
	}
}

// labelled reports whether the wires at a place have a label or a power symbol.
func (bl *block) labelled(n *net, at geom.Point) bool {
	_, wires := bl.cv.Joined(n.id, at)
	for _, m := range bl.sk.marks {
		if m.net != n {
			continue
		}
		if m.at == at {
			return true
		}
		for _, i := range wires {
			if geom.BoxOf(bl.cv.Wires[i].A, bl.cv.Wires[i].B).Contains(m.at) {
				return true
			}
		}
	}
	return false
}

// finish writes the name of the net at the end of its wire, if it must be
// there.
func (bl *block) finish(h head) {
	if h.net.power {
		if !bl.labelled(h.net, h.at) {
			bl.endPower(&h)
		}
		return
	}
	if bl.labelled(h.net, h.at) {
		return
	}
	pins, _ := bl.cv.Joined(h.net.id, h.at)
	if len(pins) == len(h.net.terms) && !h.net.public && !h.net.named() {
		return
	}
	bl.label(h)
}

// label draws the wire on to a label, or puts it elsewhere on the wires there.
func (bl *block) label(h head) {
	tries := []head{h}
	if vertical(h.dir) {
		for _, dir := range []geom.Side{geom.Right, geom.Left} {
			t := h
			t.dir = dir
			tries = append(tries, t)
		}
	}
	const least int64 = firstStep
	for _, t := range tries {
		for n := least; n <= maxLead; n++ {
			at := step(t.at, t.dir, n)
			s := &sketch{}
			s.wire(t.at, at, t.net, t.ref.key())
			bl.mark(s, t.net, at, t.dir, t.ref.key())
			if bl.cv.Fits(&s.Items, geom.Point{}, t.own) {
				bl.commit(s, geom.Point{})
				return
			}
			if !bl.cv.FreeWire(s.Wires[0], t.own) {
				break
			}
		}
	}
	bl.labelOn(h.net, h.at, h.ref.key())
}

// labelOn puts a label of a net on one of the wires that reach a place, where
// it fits; where it fits nowhere, at the place itself.
func (bl *block) labelOn(n *net, at geom.Point, key string) {
	_, wires := bl.cv.Joined(n.id, at)
	for _, i := range wires {
		w := bl.cv.Wires[i]
		line := geom.BoxOf(w.A, w.B)
		for p := line.Min; line.Contains(p); {
			for _, toward := range []geom.Side{geom.Right, geom.Left} {
				if bl.tryLabel(n, p, toward, key) {
					return
				}
			}
			if line.Width() > 0 {
				p.X += geom.Grid
			} else {
				p.Y += geom.Grid
			}
		}
	}
	if bl.lead(n, at, key) {
		return
	}
	s := &sketch{}
	bl.mark(s, n, at, geom.Right, key)
	bl.commit(s, geom.Point{})
}

// lead draws a wire from a place, or from the wires that reach it, to where a
// label has room: straight if that will do, else through the maze to the edge
// of the block.
func (bl *block) lead(n *net, at geom.Point, key string) bool {
	_, wires := bl.cv.Joined(n.id, at)
	from := []geom.Point{at}
	for _, i := range wires {
		w := bl.cv.Wires[i]
		from = append(from, w.A, w.B)
	}
	for _, p := range from {
		for dir := range geom.Side(4) {
			for k := int64(1); k <= maxLead; k++ {
				end := step(p, dir, k)
				s := &sketch{}
				s.wire(p, end, n, key)
				if !bl.cv.FreeWire(s.Wires[0], 0) {
					break
				}
				for _, toward := range []geom.Side{geom.Right, geom.Left} {
					if dir == toward.Opposite() || bl.crosses(s.Wires[0]) {
						continue
					}
					t := *s
					bl.mark(&t, n, end, toward, key)
					if bl.cv.Fits(&t.Items, geom.Point{}, 0) {
						bl.commit(&t, geom.Point{})
						return true
					}
				}
			}
		}
	}
	all := bl.cv.Bounds()
	for k := range int64(24) {
		for _, toward := range []geom.Side{geom.Right, geom.Left} {
			y := at.Y + (k+1)/2*geom.Grid*(1-2*(k%2))
			end := geom.Point{X: geom.SnapUp(all.Max.X) + 2*geom.Grid, Y: y}
			if toward == geom.Left {
				end.X = geom.SnapDown(all.Min.X) - 2*geom.Grid
			}
			way, ok := bl.cv.Route(at, end, n.id)
			if !ok {
				continue
			}
			s := &sketch{}
			for i := 1; i < len(way.Points); i++ {
				s.wire(way.Points[i-1], way.Points[i], n, key)
			}
			bl.mark(s, n, end, toward, key)
			bl.commit(s, geom.Point{})
			return true
		}
	}
	return false
}

// crosses reports whether a wire meets others of its net but at its beginning.
func (bl *block) crosses(w route.Wire) bool {
	_, wires := bl.cv.Joined(w.Net, w.B)
	return len(wires) > 0
}

func (bl *block) tryLabel(n *net, at geom.Point, toward geom.Side, key string) bool {
	if flag(n) == 1 {
		return false
	}
	if !bl.cv.FreeLabel(wire.LabelBox(n.Net, toward).Add(at), at, true) {
		return false
	}
	s := &sketch{}
	bl.mark(s, n, at, toward, key)
	bl.commit(s, geom.Point{})
	return true
}
