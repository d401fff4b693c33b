package circuit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"starboard/kicad/symbol"
)

// A Net joins pins. Nets can be merged; every method speaks of the net that a
// merged one has become.
type Net struct {
	sheet  *Sheet         // nil for a power net
	name   string         // "" until one is given or found
	symbol *symbol.Symbol // of a power net
	driven bool
	pins   []*Pin
	port   *Port // where the net enters its sheet from the parent
	outer  []*Port
	into   *Net

	label string // see Resolve
}

// A Port is where a net passes the edge of a sheet: a sheet pin on the parent
// and a hierarchical label inside.
type Port struct {
	Name   string // of the sheet pin; found by Resolve where the net has no name
	Sheet  *Sheet
	given  string // the name that the net brought along, "" if it had none
	inside *Net
	beyond *Net
}

// Inside returns the net on the port's sheet.
func (p *Port) Inside() *Net { return p.inside.root() }

// Outside returns the net on the parent of the port's sheet.
func (p *Port) Outside() *Net { return p.beyond.root() }

// used reports whether p leads to a pin.
func (p *Port) used() bool { return p.Inside().Used() }

// usedPorts returns those that lead to a pin.
func usedPorts(ports []*Port) []*Port {
	used := make([]*Port, 0, len(ports))
	for _, p := range ports {
		if p.used() {
			used = append(used, p)
		}
	}
	return used
}

func (n *Net) root() *Net {
	for n.into != nil {
		n = n.into
	}
	return n
}

// roots returns the nets that the given ones have become, without doubles.
func roots(nets []*Net) []*Net {
	seen := make(map[*Net]bool, len(nets))
	out := make([]*Net, 0, len(nets))
	for _, n := range nets {
		if n = n.root(); !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}

// Root returns the net that n has become by merging; two nets are the same if
// their roots are.
func (n *Net) Root() *Net { return n.root() }

// Name returns the name that the script gave, "" for a net without one.
func (n *Net) Name() string { return n.root().name }

// IsPower reports whether n is global and drawn with power symbols.
func (n *Net) IsPower() bool { return n.root().symbol != nil }

// Symbol returns the power symbol that a power net is drawn with, nil for any
// other net.
func (n *Net) Symbol() *symbol.Symbol { return n.root().symbol }

// Driven reports whether a net gets a flag where no pin drives it: a power net
// unless it was said not to, another one where that was said, see [Net.Drive].
func (n *Net) Driven() bool { return n.root().driven }

// Drive says of a net that is no power net that it is driven, by what the rules
// check cannot see: a fuse, a switch, a connector. It gets a flag, unless a pin
// drives it.
func (n *Net) Drive() { n.root().driven = true }

// Sheet returns the sheet of n, nil for a power net.
func (n *Net) Sheet() *Sheet { return n.root().sheet }

// Pins returns the pins that are on n, on the sheet of n only unless n is a
// power net, in the order in which they were connected.
func (n *Net) Pins() []*Pin { return n.root().pins }

// Port returns where n enters its sheet, or nil.
func (n *Net) Port() *Port { return n.root().port }

// ChildPorts returns where n enters sheets that are drawn on the sheet of n,
// without those that lead to no pin.
func (n *Net) ChildPorts() []*Port { return usedPorts(n.root().outer) }

// Used reports whether n has a pin on its sheet or below it.
func (n *Net) Used() bool {
	n = n.root()
	return len(n.pins) > 0 || slices.ContainsFunc(n.outer, (*Port).used)
}

// Label returns the text of the labels that the net is drawn with, or the name
// of the power symbol; see [Circuit.Resolve].
func (n *Net) Label() string { return n.root().label }

// String names n for messages.
func (n *Net) String() string {
	n = n.root()
	switch {
	case n.name != "":
		return "net " + n.name
	case len(n.pins) > 0:
		return "the net of " + n.pins[0].String()
	}
	return "a net without name"
}

// busVector is what KiCad takes for a bus of several nets.
var busVector = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\[[0-9]*\.\.[0-9]*\]`) })

// isBusGroup reports whether KiCad takes a name for a bus as in MEM{CE WE}.
// A brace after one of ~ ^ and _ opens markup instead, as in ~{CE}.
func isBusGroup(name string) bool {
	open := -1
	for i := range len(name) {
		switch c := name[i]; {
		case c == '{' && (i == 0 || !strings.ContainsRune("~^_", rune(name[i-1]))):
			if open >= 0 || strings.ContainsAny(name[:i], " []") {
				return false
			}
			open = i
		case c == '}' && open >= 0:
			return true
		}
	}
	return false
}

func checkNetName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("a net needs a name")
	case strings.TrimSpace(name) != name:
		return fmt.Errorf("net name %q begins or ends with a space", name)
	case hasControl(name):
		return fmt.Errorf("net name %q has a control character", name)
	case name == "~":
		return fmt.Errorf("net name %q is to KiCad no name at all", name)
	case strings.Contains(name, "${"):
		return fmt.Errorf("net name %q has a text variable, which KiCad would replace", name)
	case busVector().MatchString(name), isBusGroup(name):
		return fmt.Errorf("net name %q is a bus to KiCad: make one net for each of its members", name)
	}
	return nil
}

// Net returns the net with that name on s, which it makes where there is none
// yet. Where the circuit has a power net of that name, it is that.
func (s *Sheet) Net(name string) (*Net, error) {
	if err := checkNetName(name); err != nil {
		return nil, err
	}
	if n, ok := s.byName[name]; ok {
		return n.root(), nil
	}
	for _, p := range s.circuit.power {
		if p.name == name {
			return p.root(), nil
		}
	}
	return s.newNet(name), nil
}

func (s *Sheet) newNet(name string) *Net {
	n := &Net{sheet: s, name: name}
	s.nets = append(s.nets, n)
	if name != "" {
		s.byName[name] = n
	}
	return n
}

// Power returns the power net with that name. It is the same on every sheet;
// nets of that name that exist already on some sheet become part of it.
// Sym is the power symbol that it is drawn with; the first call's counts.
// Driven is false as soon as one call says so.
func (c *Circuit) Power(name string, sym *symbol.Symbol, driven bool) (*Net, error) {
	if err := checkNetName(name); err != nil {
		return nil, err
	}
	for _, p := range c.power {
		if p.name == name {
			p.driven = p.driven && driven
			return p, nil
		}
	}
	if !sym.Power || len(sym.Pins) == 0 {
		return nil, fmt.Errorf("%s is no power symbol", sym.LibID())
	}
	for _, s := range c.Sheets() {
		if n, ok := s.byName[name]; ok && n.root().outermost().name != name {
			return nil, fmt.Errorf("sheet %s has %s already, which is %s outside of it: two different nets cannot have the name of a power net", s.path, n, n.root().outermost())
		}
	}
	p := &Net{name: name, symbol: sym, driven: driven}
	c.power = append(c.power, p)
	for _, s := range c.Sheets() {
		if n, ok := s.byName[name]; ok {
			if err := merge(p, n); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

// merge makes b part of a, whatever their names; the rank of the names is the
// caller's business. Both are on one sheet, or one is a power net. A net that
// becomes a power net is one on the other side of its ports as well.
func merge(a, b *Net) error {
	type pair struct{ a, b *Net }
	pending := []pair{{a, b}}
	for len(pending) > 0 {
		a, b := pending[0].a.root(), pending[0].b.root()
		pending = pending[1:]
		if a == b {
			continue
		}
		if a.symbol != nil && b.symbol != nil {
			return fmt.Errorf("%s and %s are two power nets; a part such as Device:NetTie_2 can join them", a, b)
		}
		if b.symbol != nil {
			a, b = b, a
		}
		b.into = a
		a.pins = append(a.pins, b.pins...)
		if a.name == "" {
			a.name = b.name
		}
		if a.symbol == nil {
			a.driven = a.driven || b.driven
		}
		a.outer = append(a.outer, b.outer...)
		switch {
		case a.symbol != nil:
			for _, p := range slices.Clone(a.outer) {
				pending = append(pending, pair{a, p.inside})
				p.Sheet.dropPort(p)
			}
			if b.port != nil {
				pending = append(pending, pair{a, b.port.beyond})
				b.port.Sheet.dropPort(b.port)
			}
		case a.port == nil:
			a.port = b.port
		case b.port != nil: // two ports of one net: one is enough, and its two sides are one
			pending = append(pending, pair{a.port.beyond, b.port.beyond})
			b.port.Sheet.dropPort(b.port)
		}
		if a.port != nil && a.port.given != "" {
			a.name = a.port.given
		}
		b.pins, b.outer, b.port = nil, nil, nil
	}
	return nil
}

// dropPort removes a port from its sheet and from the net outside.
func (s *Sheet) dropPort(p *Port) {
	s.ports = slices.DeleteFunc(s.ports, func(q *Port) bool { return q == p })
	beyond := p.beyond.root()
	beyond.outer = slices.DeleteFunc(beyond.outer, func(q *Port) bool { return q == p })
	if in := p.inside.root(); in.port == p {
		in.port = nil
	}
}

// AddPort brings a net of the parent into s under a name. A power net needs
// no port and is returned as it is.
func (s *Sheet) AddPort(name string, outside *Net) (*Net, error) {
	outside = outside.root()
	if outside.symbol != nil {
		return outside, nil
	}
	if s.parent == nil {
		return nil, fmt.Errorf("the root sheet has no ports")
	}
	if err := checkNetName(name); err != nil {
		return nil, err
	}
	if _, taken := s.byName[name]; taken {
		return nil, fmt.Errorf("sheet %q has a net %s already", s.Name, name)
	}
	if s.circuit.isPower(name) {
		return nil, fmt.Errorf("%s cannot be called %s in sheet %q: that is the name of a power net", outside, name, s.Name)
	}
	outside, err := s.parent.segment(outside)
	if err != nil {
		return nil, err
	}
	inside := s.newNet(name)
	s.join(name, inside, outside)
	return inside, nil
}

func (s *Sheet) join(name string, inside, outside *Net) {
	p := &Port{Name: name, Sheet: s, given: name, inside: inside, beyond: outside}
	s.ports = append(s.ports, p)
	inside.port = p
	outside.outer = append(outside.outer, p)
}

// segment returns what n is on s: n itself where it belongs to s or is global,
// otherwise a net of s that ports on the way between the two sheets join to n.
func (s *Sheet) segment(n *Net) (*Net, error) {
	n = n.root()
	if n.symbol != nil || n.sheet == s {
		return n, nil
	}
	if n.sheet.circuit != s.circuit {
		return nil, fmt.Errorf("%s belongs to circuit %q, not to %q", n, n.sheet.circuit.Name, s.circuit.Name)
	}
	// Up from n to the sheet that contains both, then down to s.
	var down []*Sheet
	for t := s; !n.sheet.within(t); t = t.parent {
		down = append(down, t)
	}
	top := s
	if len(down) > 0 {
		top = down[len(down)-1].parent
	}
	for n.sheet != top {
		n = n.export()
	}
	for _, t := range slices.Backward(down) {
		n = t.entry(n)
	}
	return n, nil
}

// outermost returns what n is on the highest sheet that it reaches.
func (n *Net) outermost() *Net {
	for n.port != nil {
		n = n.port.Outside()
	}
	return n
}

// within reports whether t is s or above it.
func (s *Sheet) within(t *Sheet) bool {
	for s != nil && s != t {
		s = s.parent
	}
	return s == t
}

// export returns the net outside the port of n, which it makes where there is
// none. The new net takes the name of n where that is free.
func (n *Net) export() *Net {
	if n.port != nil {
		return n.port.Outside()
	}
	parent := n.sheet.parent
	name := n.name
	if _, taken := parent.byName[name]; taken || parent.circuit.isPower(name) {
		name = ""
	}
	outside := parent.newNet(name)
	n.sheet.join(n.name, n, outside)
	return outside
}

// entry returns the net of s that a port joins to a net of the parent of s.
func (s *Sheet) entry(outside *Net) *Net {
	for _, p := range outside.outer {
		if p.Sheet == s {
			return p.Inside()
		}
	}
	name := outside.name
	if _, taken := s.byName[name]; taken || s.circuit.isPower(name) {
		name = ""
	}
	inside := s.newNet(name)
	s.join(name, inside, outside)
	return inside
}

func (c *Circuit) isPower(name string) bool {
	return slices.ContainsFunc(c.power, func(p *Net) bool { return p.name == name })
}

// AllPins returns the pins that n joins on all sheets, its own sheet's first.
func (n *Net) AllPins() []*Pin {
	n = n.root()
	seen := map[*Net]bool{n: true}
	pending := []*Net{n}
	var pins []*Pin
	for len(pending) > 0 {
		n := pending[0]
		pending = pending[1:]
		pins = append(pins, n.pins...)
		var next []*Net
		if n.port != nil {
			next = append(next, n.port.Outside())
		}
		for _, p := range n.outer {
			next = append(next, p.Inside())
		}
		for _, m := range next {
			if !seen[m] {
				seen[m] = true
				pending = append(pending, m)
			}
		}
	}
	return pins
}
