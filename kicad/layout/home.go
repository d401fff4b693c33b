package layout

import (
	"slices"
	"strings"

	"starboard/kicad/geom"
	"starboard/kicad/symbol"
)

// findHomes finds for every chain between a supply, which may be negative, and a
// ground the symbol that it serves: of those on the supply the nearest in the order of the
// parts, where what stands before it counts as nearer. Where the supply comes
// through a diode, a fuse or an inductor, that is one of them. Where each has
// capacitors that were named after it, these are its own. Else a symbol that has a
// capacitor for each of its supply pins, and one more, takes others only where
// nobody else wants them.
func (b *builder) findHomes() {
	for _, n := range b.nets {
		if !n.power || n.ground() {
			continue
		}
		hosts := b.hosts(n)
		makers := slices.DeleteFunc(slices.Clone(hosts), func(h host) bool { return !b.makes(h.ref.u, n) && h.wants < endless })
		var chains []*chain
		for _, c := range b.chains {
			if c.rail() && (c.ends[0] == n || c.ends[1] == n) && !c.other(n).up() && (n.up() || c.other(n).ground()) {
				chains = append(chains, c)
			}
		}
		tidy := followed(hosts, chains)
		for _, c := range chains {
			var best *host
			least := 0
			hosts := hosts
			switch {
			case !decouples(c):
				if hosts = makers; len(hosts) == 0 {
					continue
				}
			case tidy:
				if u := before(hosts, c); u != nil {
					hosts = slices.DeleteFunc(slices.Clone(hosts), func(h host) bool { return h.ref.u != u })
				}
			}
			for i := range hosts {
				h := &hosts[i]
				if d := h.distance(c); best == nil || !best.eager(c) && h.eager(c) || best.eager(c) == h.eager(c) && d < least {
					best, least = h, d
				}
			}
			if best == nil {
				continue
			}
			c.home, c.via = best.ref.u, best.ref.i
			if !n.up() {
				c.via = -1 // ground is above a negative supply: it cannot hang from its wire
			}
			for i := range hosts {
				if len(c.links) == 1 && hosts[i].ref.u == c.home {
					hosts[i].wants--
				}
			}
		}
	}
}

// before returns the host that was known last before a chain, nil if there is none.
func before(hosts []host, c *chain) *unit {
	var last *host
	for i := range hosts {
		if h := &hosts[i]; h.order <= c.order && (last == nil || h.order > last.order) {
			last = h
		}
	}
	if last == nil {
		return nil
	}
	return last.ref.u
}

// followed reports whether every symbol has been followed by capacitors of its own:
// then the order of the parts tells whose each is.
func followed(hosts []host, chains []*chain) bool {
	has := map[*unit]bool{}
	for _, c := range chains {
		if u := before(hosts, c); u != nil && decouples(c) {
			has[u] = true
		}
	}
	return !slices.ContainsFunc(hosts, func(h host) bool { return h.wants < endless && !has[h.ref.u] })
}

// decouples reports whether a chain is what hangs beside the supply pin of a
// symbol: any single part, but no lamp with its resistor, which belongs where the
// supply comes from.
func decouples(c *chain) bool {
	return !slices.ContainsFunc(c.links, func(l link) bool { return strings.Contains(l.u.part.Symbol.Name, "LED") })
}

// A host is a symbol with capacitors of its own on a supply, by one of its
// terminals.
type host struct {
	ref   termRef
	order int
	wants int // capacitors
}

// endless is how many capacitors may hang where a supply comes in.
const endless = 1 << 20

// hosts returns those on a supply.
func (b *builder) hosts(n *net) []host {
	var list []host
	for _, r := range n.terms {
		switch c := r.u.chain; {
		case c == nil && n.up() && plug(r.u) && b.leadsIn(r.u) && !vertical(r.u.terms[r.i].Side):
			list = append(list, host{r, r.u.part.Order, endless})
		case c == nil && serviced(r.u) && takesSupply(r):
			list = append(list, host{r, r.u.part.Order, supplyPins(r.u, n) + 1})
		case c == nil && b.source(r):
			list = append(list, host{r, r.u.part.Order, endless})
		case c != nil && (c.feeds == n || b.bringsIn(c, n)) && !c.rail():
			list = append(list, host{r, r.u.part.Order, endless})
		case c != nil && c.rail() && c.feed() && c.other(n).up() && len(c.other(n).terms) > len(n.terms):
			list = append(list, host{r, r.u.part.Order, endless})
		}
	}
	return list
}

// eager reports whether the symbol wants a chain: what was known before a connector
// is for others.
func (h *host) eager(c *chain) bool {
	return h.wants > 0 && !(isConnector(h.ref.u) && c.order < h.order)
}

// distance returns how far a chain is from the symbol in the order of the parts.
func (h *host) distance(c *chain) int {
	d := 2 * (c.order - h.order)
	if d < 0 {
		d = -3*d + 1
	}
	// A terminal at the side of a symbol can carry a wire.
	if vertical(h.ref.u.terms[h.ref.i].Side) && h.ref.u.chain == nil {
		d++
	}
	return d
}

// supplyPins counts the pins by which a unit takes in a supply, or gives it out,
// also those that are drawn on each other.
func supplyPins(u *unit, n *net) int {
	count := 0
	pins := u.part.Symbol.UnitPins(u.no, 1)
	for i := range pins {
		m := u.part.Pin(pins[i].Number)
		if m.Net() != nil && m.Net().Root() == n.Root() && (m.Type == symbol.PowerIn || m.Type == symbol.PowerOut) {
			count++
		}
	}
	return count
}

// takesSupply reports whether a terminal is one at which a unit wants its
// capacitors: no input that is tied to the supply, where it has others.
func takesSupply(r termRef) bool {
	if r.u.part.Pin(r.u.terms[r.i].Key).Type != symbol.Input {
		return true
	}
	for i, t := range r.u.terms {
		if t.net == r.net() && supplied(r.u, i) {
			return false
		}
	}
	return true
}

// bringsIn reports whether a chain passes a supply on to n from a net that
// comes from a connector.
func (b *builder) bringsIn(c *chain, n *net) bool {
	o := c.other(n)
	if o.power {
		return false
	}
	return slices.ContainsFunc(o.terms, func(r termRef) bool { return isConnector(r.u) }) && (&block{builder: b}).passes(c, o)
}

// railBlocks draws the chains between power nets that serve a unit, or those
// that serve none, each supply's on a wire of its own.
func (b *builder) railBlocks(u *unit) {
	for {
		var first *chain
		for _, c := range b.chains {
			if !c.used && !c.stuck && c.rail() && (c.home == u || u == nil) {
				first = c
				break
			}
		}
		if first == nil {
			return
		}
		b.railBlock(first)
		if !first.used {
			first.stuck = true // it will stand alone
		}
	}
}

func (b *builder) railBlock(c *chain) {
	bl := b.newBlock()
	n := c.ends[0]
	if !n.up() {
		n = c.ends[1]
	}
	if !n.up() && c.other(n).ground() { // between ground and a negative supply, ground is above
		n = c.other(n)
	}
	// A part between two supplies stands in line, and what it feeds behind it.
	if o := c.other(n); o.up() && c.feed() {
		if len(o.terms) > len(n.terms) {
			n, o = o, n
		}
		s := &sketch{}
		ref := c.from(n)[0].before()
		b.mark(s, n, geom.Point{}, geom.Up, ref.key())
		bl.commit(s, geom.Point{})
		h := head{dir: geom.Right, net: n, far: reach, room: -1, ref: ref}
		if bl.inRow(&h, c, o, 1) {
			return
		}
	} else {
		h := head{dir: geom.Right, net: n, far: reach, room: -1, ref: c.from(n)[0].before(), bridged: true, turned: geom.Down}
		s := &sketch{}
		b.mark(s, n, geom.Point{}, n.toward, h.ref.key())
		bl.commit(s, geom.Point{})
		bl.rails, bl.home = true, c.home
		bl.shunts(&h)
	}
	if len(bl.sk.units) == 0 {
		b.blocks = b.blocks[:len(b.blocks)-1]
	}
}

// serviced reports whether a unit is one that has capacitors of its own.
func serviced(u *unit) bool {
	switch u.prefix() {
	case "U", "IC", "VR", "A":
		return true
	}
	return len(u.terms) > 4 && !isConnector(u) && u.prefix() != "K"
}

// supplied reports whether a terminal is where a unit takes in its supply.
func supplied(u *unit, i int) bool {
	return serviced(u) && u.part.Pin(u.terms[i].Key).Type == symbol.PowerIn
}
