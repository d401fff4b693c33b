package project

import (
	"cmp"
	"slices"
	"strings"

	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/netlist"
	"starboard/kicad/symbol"
)

// A looseNet is what KiCad makes of pins that stand at one place and on no
// label. A pin that its symbol draws in several places is in several of them.
type looseNet struct {
	part    *circuit.Part
	unit    int
	pins    []*symbol.Pin
	flagged bool // with a no-connect flag
}

// looseNets returns the nets of the places of a part that have no label. A pin
// of the type no_connect is never on a net with another.
func looseNets(p *circuit.Part) []looseNet {
	var nets []looseNet
	for unit := 1; unit <= p.Symbol.Units; unit++ {
		at := map[geom.Point]int{}
		pins := p.Symbol.UnitPins(unit, 1)
		for i := range pins {
			sp := &pins[i]
			pin := p.Pin(sp.Number)
			if n := pin.Net(); n != nil && n.Label() != "" {
				continue
			}
			k, known := at[sp.At]
			if !known || sp.Type == symbol.NoConnect {
				k = len(nets)
				nets = append(nets, looseNet{part: p, unit: unit, flagged: pin.NoConnect()})
				if sp.Type != symbol.NoConnect {
					at[sp.At] = k
				}
			}
			l := &nets[k]
			if !slices.ContainsFunc(l.pins, func(other *symbol.Pin) bool { return other.Number == sp.Number }) {
				l.pins = append(l.pins, sp)
			}
		}
	}
	return nets
}

// nodes returns the pins as netlists have them.
func (l looseNet) nodes() []netlist.Node {
	if !listed(l.part) {
		return nil
	}
	// A flag counts for pins of one name only.
	flagged := l.flagged && !slices.ContainsFunc(l.pins, func(sp *symbol.Pin) bool { return sp.Name != l.pins[0].Name || sp.Type == symbol.NoConnect })
	var list []netlist.Node
	for _, sp := range l.pins {
		n := node(l.part, sp.Number, sp.Name, sp.Type)
		if flagged {
			n.Type += "+no_connect"
		}
		list = append(list, n)
	}
	sortNodes(list)
	return list
}

// name returns the name that KiCad gives the net: from the pin whose name says
// most, and among equals the first in plain order.
func (l looseNet) name() string {
	best := ""
	for _, sp := range l.pins {
		name := l.pinName(sp)
		if best == "" || cmp.Or(compareBool(strings.Contains(name, "-Pad"), strings.Contains(best, "-Pad")), cmp.Compare(name, best)) < 0 {
			best = name
		}
	}
	return best
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// pinName returns the name that KiCad makes from one of the pins.
func (l looseNet) pinName(sp *symbol.Pin) string {
	open := len(l.pins) == 1 || l.flagged
	prefix := "Net-("
	if open {
		prefix = "unconnected-("
	}
	ref := l.part.Ref
	if sp.Name == "" || sp.Name == sp.Number {
		return prefix + ref + "-Pad" + netlist.Escape(sp.Number) + ")"
	}
	if l.part.Symbol.Units > 1 {
		ref += circuit.UnitName(l.unit)
	}
	name := prefix + ref + "-" + netlist.Escape(sp.Name)
	if open || slices.ContainsFunc(l.part.Symbol.UnitPins(l.unit, 1), func(other symbol.Pin) bool {
		return other.Name == sp.Name && other.Number != sp.Number && other.Type != symbol.NoConnect
	}) {
		name += "-Pad" + netlist.Escape(sp.Number)
	}
	return name + ")"
}
