package layout

import (
	"slices"
	"strconv"
	"strings"

	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/route"
	"starboard/kicad/symbol"
	"starboard/kicad/wire"
)

// A unit is what is drawn as one symbol.
type unit struct {
	id    int // above 0
	part  *circuit.Part
	no    int
	o     geom.Orientation
	fixed bool // o was given
	lib   geom.Box
	parts []geom.Box // what it consists of, where one box around it would not do
	terms []terminal
	chain *chain // that it is a link of

	repeat *repeat   // of which it is one
	hubOf  []*repeat // that share it
	group  int       // that rules want it to stand in, 0 for none
	placed bool
	alone  bool        // a rule says how it stands, and it is no link
	place  *geom.Point // where a rule has put it; then terms are on the page
}

type terminal struct {
	wire.Terminal
	net   *net // nil where nothing needs to be drawn
	still bool // nothing grows from it
}

// A net is one of the sheet's nets that is drawn.
type net struct {
	*circuit.Net
	id     int
	power  bool
	toward geom.Side // of a power net: where its symbols point
	terms  []termRef
	chains []*chain // that end on it
	public bool     // reaches other sheets
	right  int      // labels in blocks that read to the right, less those to the left
}

type termRef struct {
	u *unit
	i int
}

// up reports whether the symbol of a power net points up: it is a supply.
func (n *net) up() bool { return n.power && n.toward == geom.Up }

// ground reports whether a power net is a ground, and no negative supply.
func (n *net) ground() bool {
	return n.power && strings.Contains(strings.ToUpper(n.Name()), "GND")
}

// named reports whether the script named the net, which is then written on
// the sheet in any case.
func (n *net) named() bool { return n.Name() != "" }

// A chain is a row of parts with two pins each, joined by nets that join
// nothing else. Its ends are on different nets.
type chain struct {
	links []link
	ends  [2]*net
	order int
	home  *unit // of a chain between power nets: the unit that it serves
	via   int   // the terminal of home, negative where it is not to hang there
	loop  *unit // of a chain that leads back: the unit over which,
	back  *net  // and to which net of it

	feeds        *net   // of a chain through which a converter feeds a supply: that,
	feeder       *unit  // and the converter
	lower, upper *chain // of a divider that stands where its supply comes from
	rung         bool   // it joins two wires that run side by side
	used         bool
	stuck        bool // it found no room
}

// A link is a part of a chain: the terminals by which it is entered and left.
type link struct {
	u       *unit
	in, out int
}

// maxChain keeps chains short enough to hang from a wire.
const maxChain = 3

// turn sets how a unit stands.
func (u *unit) turn(o geom.Orientation) {
	if u.o == o {
		return
	}
	u.o = o
	for i, t := range wire.Terminals(u.part, u.no, o) {
		u.terms[i].Terminal = t
	}
}

// box returns the extents of the symbol around its anchor.
func (u *unit) box() geom.Box { return u.o.ApplyBox(u.lib) }

// cover adds what the symbol covers, its anchor at a place.
func (u *unit) cover(s *sketch, at geom.Point) {
	if len(u.parts) == 0 {
		s.box(u.box().Add(at), u.id)
	}
	for _, b := range u.parts {
		s.box(u.o.ApplyBox(b).Add(at), u.id)
	}
}

// divide finds the parts of a symbol with pins behind its edges: one box around
// it would cover the way out of them.
func (u *unit) divide() {
	box := u.o.ApplyBox(u.part.Symbol.BodyBox(u.no, 1))
	for _, t := range u.terms {
		box = box.Union(geom.BoxOf(t.At))
	}
	for _, t := range u.terms {
		v := t.Side.Vector()
		edge := geom.Point{X: box.Max.X, Y: box.Max.Y}
		if v.X < 0 || v.Y < 0 {
			edge = box.Min
		}
		if d := edge.Sub(t.At); d.X*v.X+d.Y*v.Y > 0 {
			u.parts = u.part.Symbol.Pieces(u.no, 1)
			return
		}
	}
}

// enters reports whether a wire that begins at a pin of the unit, with its
// anchor at a place, runs through the symbol: through what it begins in, as the
// pins of a triangle do, it may leave.
func (u *unit) enters(w route.Wire, at geom.Point) bool {
	parts := u.parts
	if len(parts) == 0 {
		parts = u.part.Symbol.Pieces(u.no, 1)
	}
	for _, b := range parts {
		b = u.o.ApplyBox(b).Add(at)
		if b = b.Grow(textGap); b.Overlaps(geom.BoxOf(w.A, w.B)) && (!b.Contains(w.A) || b.Contains(w.B)) {
			return true
		}
	}
	return false
}

// own returns the owner of the boxes that wires from the unit's pins may begin
// in: none where these lie apart.
func (u *unit) own() int {
	if len(u.parts) > 0 {
		return 0
	}
	return u.id
}

// turnTo turns a unit, without mirroring it, so that a terminal is on a side.
func (u *unit) turnTo(i int, side geom.Side) bool {
	if u.terms[i].Side == side {
		return true
	}
	if u.fixed {
		return false
	}
	for _, angle := range []int{0, 90, 180, 270} {
		u.turn(geom.Orientation{Angle: angle})
		if u.terms[i].Side == side {
			return true
		}
	}
	return false
}

// twoEnded reports whether a unit can be a link: two pins in one line, on
// opposite sides, on two nets. What has an input stands so that signals run to the
// right, and is none.
func (u *unit) twoEnded() bool {
	if len(u.terms) != 2 || u.alone || u.takesIn() {
		return false
	}
	a, b := u.terms[0], u.terms[1]
	return a.net != nil && b.net != nil && a.net != b.net && a.Side == b.Side.Opposite() &&
		a.At.OnGrid() && b.At.OnGrid() && (a.At.X == b.At.X || a.At.Y == b.At.Y) && !isConnector(u)
}

// takesIn reports whether one of the unit's pins is an input.
func (u *unit) takesIn() bool {
	return slices.ContainsFunc(u.terms, func(t terminal) bool { return u.part.Pin(t.Key).Type == symbol.Input })
}

func (u *unit) prefix() string { return u.part.Prefix }

func isConnector(u *unit) bool {
	switch u.prefix() {
	case "J", "P", "X", "CN":
		return true
	}
	return false
}

// ofTypeP reports whether a transistor is one of the P type, by what its symbol says.
func (u *unit) ofTypeP() bool {
	text := strings.ToUpper(u.part.Symbol.Description + " " + u.part.Symbol.Keywords)
	return u.prefix() == "Q" && (strings.Contains(text, "PNP") || strings.Contains(text, "P-CH") || strings.Contains(text, "PMOS") || strings.Contains(text, "P-MOS"))
}

// isEnd reports whether a signal comes in or goes out by a unit: a connector, or what
// makes sound of it or a signal of sound.
func isEnd(u *unit) bool {
	switch u.prefix() {
	case "LS", "MK", "BZ":
		return true
	}
	return isConnector(u)
}

// feeds reports whether a part passes a supply on: a diode, a fuse or an
// inductor.
func feeds(u *unit) bool {
	switch u.prefix() {
	case "D", "F", "L", "FB":
		return true
	}
	return false
}

// findUnits lists the units of the sheet in the order in which their parts
// became known, and its nets.
func (b *builder) findUnits(parts []*circuit.Part) {
	index := map[*circuit.Net]*net{}
	for _, p := range parts {
		for no := 1; no <= p.Symbol.Units; no++ {
			u := &unit{id: len(b.units) + 1, part: p, no: no, lib: p.Symbol.Box(no, 1)}
			if b.in.Orient != nil {
				u.o, u.fixed = b.in.Orient(p, no), true
			}
			for i, t := range wire.Terminals(p, no, u.o) {
				var n *net
				if t.Net != nil && !t.Open && t.Net.Label() != "" {
					if n = index[t.Net]; n == nil {
						n = &net{Net: t.Net, id: len(b.nets) + 1, power: t.Net.IsPower(), public: t.Net.Port() != nil || len(t.Net.ChildPorts()) > 0}
						if n.power {
							n.toward = wire.Direction(t.Net)
						}
						index[t.Net] = n
						b.nets = append(b.nets, n)
					}
					n.terms = append(n.terms, termRef{u, i})
				}
				u.terms = append(u.terms, terminal{Terminal: t, net: n})
			}
			b.units = append(b.units, u)
		}
	}
	b.index = index
}

// findChains makes every unit with two ends part of a chain.
func (b *builder) findChains() {
	for _, u := range b.units {
		if u.chain != nil || !u.twoEnded() {
			continue
		}
		c := &chain{links: []link{{u, 0, 1}}}
		u.chain = c
		for {
			l, ok := c.next(c.links[len(c.links)-1].after())
			if !ok {
				break
			}
			c.links = append(c.links, l)
		}
		for {
			l, ok := c.next(c.links[0].before())
			if !ok {
				break
			}
			c.links = slices.Insert(c.links, 0, link{l.u, l.out, l.in})
		}
		c.ends = [2]*net{c.links[0].before().net(), c.links[len(c.links)-1].after().net()}
		c.order = u.part.Order
		for _, l := range c.links {
			c.order = min(c.order, l.u.part.Order)
		}
		b.chains = append(b.chains, c)
		for _, n := range c.ends {
			n.chains = append(n.chains, c)
		}
	}
}

func (r termRef) net() *net    { return r.u.terms[r.i].net }
func (l link) before() termRef { return termRef{l.u, l.in} }
func (l link) after() termRef  { return termRef{l.u, l.out} }

// next returns the link behind an end of the chain, entered there.
func (c *chain) next(end termRef) (link, bool) {
	n := end.net()
	if n.power || n.public || len(n.terms) != 2 || len(c.links) == maxChain {
		return link{}, false
	}
	other := n.terms[0]
	if other == end {
		other = n.terms[1]
	}
	v := other.u
	if v.chain != nil || v == end.u || !v.twoEnded() {
		return link{}, false
	}
	// A ring has no ends.
	for _, l := range c.links {
		if l.before().net() == v.terms[1-other.i].net || l.after().net() == v.terms[1-other.i].net {
			return link{}, false
		}
	}
	v.chain = c
	return link{v, other.i, 1 - other.i}, true
}

// backwards reports whether the current through a diode of the chain runs to n.
func (c *chain) backwards(n *net) bool {
	for _, l := range c.from(n) {
		if l.u.prefix() == "D" {
			return l.u.part.Pin(l.u.terms[l.in].Key).Name == "K"
		}
	}
	return false
}

// other returns the net at the other end.
func (c *chain) other(n *net) *net {
	if c.ends[0] == n {
		return c.ends[1]
	}
	return c.ends[0]
}

// rail reports whether the chain joins two power nets.
func (c *chain) rail() bool { return c.ends[0].power && c.ends[1].power }

// from returns the links in the order from n.
func (c *chain) from(n *net) []link {
	if c.ends[0] == n {
		return c.links
	}
	var links []link
	for _, l := range slices.Backward(c.links) {
		links = append(links, link{l.u, l.out, l.in})
	}
	return links
}

// feed reports whether the chain passes a supply on.
func (c *chain) feed() bool {
	for _, l := range c.links {
		if !feeds(l.u) {
			return false
		}
	}
	return true
}

// key names a terminal in identities.
func (r termRef) key() string {
	return r.u.part.ID + "/" + strconv.Itoa(r.u.no) + "/" + r.u.terms[r.i].Key
}
