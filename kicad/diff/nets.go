package diff

import (
	"cmp"
	"slices"
	"strings"

	"starboard/kicad/netlist"
)

// A pinKey is a pin, the same in both designs.
type pinKey struct {
	part int
	pin  string
}

// A net is a net of one design.
type net struct {
	*netlist.Net
	pins  map[pinKey]netlist.Node
	other *net
}

// automatic reports whether KiCad has made the name from a pin.
func automatic(name string) bool {
	return strings.HasPrefix(name, "Net-(") || unconnected(name)
}

func unconnected(name string) bool { return strings.HasPrefix(name, "unconnected-(") }

// nets returns the nets of a design, and where each pin is. A pin that is
// connected to nothing is on none.
func (d *design) nets() (list []*net, of map[pinKey]*net, all map[pinKey]netlist.Node) {
	of, all = map[pinKey]*net{}, map[pinKey]netlist.Node{}
	for i := range d.n.Nets {
		n := &net{Net: &d.n.Nets[i], pins: map[pinKey]netlist.Node{}}
		for _, node := range n.Nodes {
			p := d.byRef[node.Ref]
			if p == nil {
				continue // a netlist that is not in order with itself
			}
			k := pinKey{p.key, node.Pin}
			p.numbers = append(p.numbers, node.Pin)
			n.pins[k], all[k] = node, node
		}
		if unconnected(n.Name) || automatic(n.Name) && len(n.pins) < 2 {
			continue
		}
		for k := range n.pins {
			of[k] = n
		}
		list = append(list, n)
	}
	return list, of, all
}

// A pairing says how well two nets go together.
type pairing struct {
	a, b   *net
	shared int
}

// matchNets pairs nets by the pins that they share, the best pairs first, and
// then by name.
func matchNets(before []*net, after map[pinKey]*net, rest []*net) {
	var pairs []pairing
	for _, a := range before {
		shared := map[*net]int{}
		for k := range a.pins {
			if b := after[k]; b != nil {
				shared[b]++
			}
		}
		for b, n := range shared { // sorted below
			pairs = append(pairs, pairing{a, b, n})
		}
	}
	slices.SortFunc(pairs, func(p, q pairing) int {
		return cmp.Or(
			// Shared pins of all pins, and a quarter more for the same name.
			cmp.Compare(q.score(), p.score()),
			cmp.Compare(p.a.Name, q.a.Name), cmp.Compare(p.b.Name, q.b.Name),
			cmp.Compare(p.a.Code, q.a.Code), cmp.Compare(p.b.Code, q.b.Code))
	})
	for _, p := range pairs {
		if p.a.other == nil && p.b.other == nil {
			p.a.other, p.b.other = p.b, p.a
		}
	}
	named := map[string]*net{}
	for _, b := range rest {
		if b.other == nil {
			named[b.Name] = b
		}
	}
	for _, a := range before {
		if b := named[a.Name]; a.other == nil && b != nil {
			a.other, b.other = b, a
			delete(named, a.Name)
		}
	}
}

// score is from 0 to 125000.
func (p pairing) score() int {
	s := 2 * 100_000 * p.shared / (len(p.a.pins) + len(p.b.pins))
	if p.a.Name == p.b.Name {
		s += 25_000
	}
	return s
}

// nets compares the nets, and the pins that are in both designs.
func (c *Changes) nets(a, b *design) {
	before, _, oldPins := a.nets()
	after, now, newPins := b.nets()
	matchNets(before, now, after)
	refs := map[int]string{}
	for _, p := range b.parts {
		refs[p.key] = p.Ref
	}
	for _, n := range after {
		if n.other == nil {
			c.Nets = append(c.Nets, NetChange{Kind: Added, Name: n.Name, Gained: pinsOf(n.pins, nil, refs), Lost: []Pin{}})
			continue
		}
		o := n.other
		ch := NetChange{Kind: Changed, Name: n.Name, Gained: pinsOf(n.pins, o.pins, refs), Lost: pinsOf(o.pins, n.pins, refs)}
		if n.Name != o.Name && !(automatic(n.Name) && automatic(o.Name)) {
			ch.OldName = o.Name
		}
		if n.Class != o.Class {
			ch.OldClass, ch.Class = o.Class, n.Class
		}
		if ch.OldName != "" || ch.OldClass != ch.Class || len(ch.Gained)+len(ch.Lost) > 0 {
			c.Nets = append(c.Nets, ch)
		}
	}
	for _, n := range before {
		if n.other == nil {
			c.Nets = append(c.Nets, NetChange{Kind: Removed, Name: n.Name, Gained: []Pin{}, Lost: pinsOf(n.pins, nil, refs)})
		}
	}
	slices.SortStableFunc(c.Nets, func(x, y NetChange) int { return netlist.NaturalCompare(x.Name, y.Name, false) })
	for _, p := range b.parts {
		if p.other != nil {
			c.Pins = append(c.Pins, comparePins(p, oldPins, newPins)...)
		}
	}
}

// pinsOf returns the pins that are in one net and not in another. Parts that
// are in the new design have their references there.
func pinsOf(pins, without map[pinKey]netlist.Node, refs map[int]string) []Pin {
	list := []Pin{}
	for k, node := range pins { // sorted below
		if _, both := without[k]; !both {
			list = append(list, Pin{cmp.Or(refs[k.part], node.Ref), node.Pin, node.Function})
		}
	}
	slices.SortFunc(list, func(x, y Pin) int {
		return cmp.Or(netlist.NaturalCompare(x.Ref, y.Ref, true), netlist.NaturalCompare(x.Number, y.Number, true), cmp.Compare(x.Ref, y.Ref), cmp.Compare(x.Number, y.Number))
	})
	return list
}

const flagged = "+no_connect"

// comparePins compares the pins of a part, in natural order.
func comparePins(p *part, before, after map[pinKey]netlist.Node) []PinChange {
	slices.SortFunc(p.numbers, func(x, y string) int { return cmp.Or(netlist.NaturalCompare(x, y, true), cmp.Compare(x, y)) })
	var list []PinChange
	for _, number := range slices.Compact(p.numbers) {
		now, ok := after[pinKey{p.key, number}]
		was, both := before[pinKey{p.key, number}]
		if !ok || !both {
			continue
		}
		var v values
		v.differ("function", was.Function, now.Function)
		v.differ("type", strings.TrimSuffix(was.Type, flagged), strings.TrimSuffix(now.Type, flagged))
		v.flag("no-connect", strings.HasSuffix(was.Type, flagged), strings.HasSuffix(now.Type, flagged))
		for _, value := range v {
			list = append(list, PinChange{Pin{p.Ref, number, now.Function}, value})
		}
	}
	return list
}
