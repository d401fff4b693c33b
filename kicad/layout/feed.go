package layout

import (
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/symbol"
)

// A converter makes a supply from another one. What it makes leaves it through an
// inductor or a diode, which stands in line; behind it hang the capacitors of the
// new supply and the divider that tells the converter its voltage, and at the end
// stands the connector that leads it out. Before it stands the one that leads in.

// findFeeds finds the chains through which converters feed supplies, and the
// dividers of these.
func (b *builder) findFeeds() {
	for _, c := range b.chains {
		for _, n := range c.ends {
			if u := b.feeder(c, n); u != nil {
				c.feeds, c.feeder = n, u
			}
		}
	}
	for _, n := range b.nets {
		if n.power || n.public || len(n.terms) != len(n.chains)+1 {
			continue
		}
		k := slices.IndexFunc(n.terms, func(r termRef) bool { return r.u.chain == nil })
		if k < 0 {
			continue
		}
		var top, bottom *chain
		for _, c := range n.chains {
			switch {
			case !resistive(c): // beside the upper half
			case c.other(n).up():
				top = c
			default:
				bottom = c
			}
		}
		if top == nil || bottom == nil || !besides(n, top, bottom) {
			continue
		}
		if resistive(top) && resistive(bottom) && top.other(n).up() && bottom.other(n).ground() && b.makes(n.terms[k].u, top.other(n)) {
			top.lower, bottom.upper = bottom, top
		}
	}
}

// besides reports whether nothing is on a net but the halves of a divider and
// capacitors beside the upper one.
func besides(n *net, top, bottom *chain) bool {
	return !slices.ContainsFunc(n.chains, func(c *chain) bool {
		return c != top && c != bottom && (resistive(c) || c.other(n) != top.other(n) || len(c.links) != 1 || c.links[0].u.prefix() != "C")
	})
}

// resistive reports whether a chain is of resistors.
func resistive(c *chain) bool {
	return !slices.ContainsFunc(c.links, func(l link) bool { return l.u.prefix() != "R" })
}

// feeder returns the unit that feeds a supply through a chain, nil if there is
// none. Through an inductor it may switch either end, but what it switches has
// nothing else to do than that: else the inductor brings the supply to the unit.
// Through a diode, the current goes to the supply.
func (b *builder) feeder(c *chain, n *net) *unit {
	from := c.other(n)
	if !n.up() || from.power || from.public || len(c.links) != 1 {
		return nil
	}
	u := onlyAnchor(from)
	if u == nil || !serviced(u) {
		return nil
	}
	l := c.from(from)[0]
	switch l.u.prefix() {
	case "L":
		for _, d := range from.chains {
			if d != c && !d.other(from).ground() && onlyAnchor(d.other(from)) != u {
				return nil
			}
		}
	case "D":
		if l.u.part.Pin(l.u.terms[l.out].Key).Name != "K" {
			return nil
		}
		if !slices.ContainsFunc(from.chains, func(d *chain) bool { return d.links[0].u.prefix() == "L" }) {
			return nil
		}
	default:
		return nil
	}
	for _, r := range from.terms {
		if r.u == u && u.part.Pin(u.terms[r.i].Key).Type == symbol.Input {
			return nil
		}
	}
	return u
}

// onlyAnchor returns the unit that is on a net beside chains, if it is the only
// one.
func onlyAnchor(n *net) *unit {
	var u *unit
	for _, r := range n.terms {
		if r.u.chain != nil || r.u == u {
			continue
		}
		if u != nil {
			return nil
		}
		u = r.u
	}
	return u
}

// makes reports whether a unit is the source of a supply.
func (b *builder) makes(u *unit, n *net) bool {
	if slices.ContainsFunc(n.chains, func(c *chain) bool { return c.feeds == n && c.feeder == u }) {
		return true
	}
	return slices.ContainsFunc(n.terms, func(r termRef) bool { return r.u == u && b.source(r) })
}

// source reports whether a supply comes out of a terminal.
func (b *builder) source(r termRef) bool {
	if r.u.chain != nil || !r.net().up() {
		return false
	}
	if _, out, _, ok := inLine(r.u); ok {
		return r.i == out
	}
	return r.u.part.Pin(r.u.terms[r.i].Key).Type == symbol.PowerOut
}

// converts reports whether a unit makes a supply.
func (b *builder) converts(u *unit) bool {
	for i, t := range u.terms {
		if t.net == nil {
			continue
		}
		if b.source(termRef{u, i}) || slices.ContainsFunc(t.net.chains, func(c *chain) bool { return c.feeder == u && c.other(t.net) == c.feeds }) {
			return true
		}
	}
	return false
}

// dividers hangs those of a supply from the wire on which it comes.
func (bl *block) dividers(h *head) {
	if vertical(h.dir) || !bl.brings(h) {
		return
	}
	for _, c := range h.net.chains {
		if c.lower == nil || c.used || !bl.admitsAll(c) || !bl.admitsAll(c.lower) {
			continue
		}
		if s, n, ok := bl.hang(h, 3, geom.Down, func(where textPlace) *sketch { return bl.divider(c, h.net, where) }); ok {
			bl.extend(h, n, s)
			bl.use(c)
			bl.use(c.lower)
		}
	}
}

// brings reports whether the wire of a head brings a supply out of a converter.
func (bl *block) brings(h *head) bool {
	if c := h.ref.u.chain; c != nil {
		return c.feeds == h.net
	}
	return bl.source(h.ref)
}

// divider draws a chain and the one below it, with the name of the net between.
func (bl *block) divider(c *chain, from *net, where textPlace) *sketch {
	middle := c.other(from)
	s, at, ok := bl.row(c, from, geom.Down, 2, where, false)
	if !ok {
		return nil
	}
	gap := bl.builder.between(s, middle, at, geom.Down, where, "divider "+c.from(from)[0].before().key())
	t, _, ok := bl.row(c.lower, middle, geom.Down, gap, where, true)
	if !ok {
		return nil
	}
	s.add(t, at)
	return s
}

// outlet ends the wire of a supply, at a converter, at the connector that leads
// it in or out.
func (bl *block) outlet(h *head) {
	if vertical(h.dir) || h.far < 16 {
		return
	}
	if !bl.plugsIn(h) {
		return
	}
	for _, r := range h.net.terms {
		if !r.u.placed && !r.u.fixed && plug(r.u) && bl.admits(r.u) && bl.face(r, h.dir.Opposite()) && bl.attach(h, r) {
			return
		}
	}
	if r, ok := bl.follower(h); ok {
		bl.attach(h, r)
	}
}

// plugsIn reports whether the connector of a supply ends the wire of a head, at a
// converter.
func (bl *block) plugsIn(h *head) bool {
	u := h.ref.u
	return bl.brings(h) || u.chain == nil && bl.converts(u) && supplied(u, h.ref.i)
}

// follower returns the terminal by which another converter takes in the supply
// that a wire brings out of one, if it is not drawn yet: it stands behind.
func (bl *block) follower(h *head) (termRef, bool) {
	if h.dir != geom.Right || !h.net.power || !bl.brings(h) {
		return termRef{}, false
	}
	for _, r := range h.net.terms {
		if r.u.chain == nil && !r.u.placed && !r.u.fixed && supplied(r.u, r.i) && bl.converts(r.u) && bl.admits(r.u) && bl.face(r, geom.Left) {
			return r, true
		}
	}
	return termRef{}, false
}

// feedsIn reports whether a chain passes another supply on to the one that a
// converter takes in by the terminal of a head: a fuse or a filter before it.
func (b *builder) feedsIn(c *chain, r termRef) bool {
	n := r.net()
	return c.rail() && c.feed() && c.other(n).up() && n.up() && r.u.chain == nil && supplied(r.u, r.i) && b.converts(r.u) && !b.made(n)
}

// made reports whether a supply comes out of a converter.
func (b *builder) made(n *net) bool {
	return slices.ContainsFunc(n.terms, b.source) || slices.ContainsFunc(n.chains, func(c *chain) bool { return c.feeds == n })
}

// leadsIn reports whether a supply of a plug is made by nothing on the sheet: it comes
// in by it.
func (b *builder) leadsIn(u *unit) bool {
	return slices.ContainsFunc(u.terms, func(t terminal) bool { return t.net != nil && !t.net.ground() && !b.made(t.net) }) &&
		!slices.ContainsFunc(u.terms, func(t terminal) bool { return t.net != nil && b.made(t.net) })
}

// plug reports whether a unit is a connector for supplies and nothing else.
func plug(u *unit) bool {
	return isConnector(u) && len(u.terms) <= 4 && !slices.ContainsFunc(u.terms, func(t terminal) bool { return t.net != nil && !t.net.power })
}
