package project

import (
	"cmp"
	"slices"
	"strings"

	"starboard/kicad/circuit"
	"starboard/kicad/netlist"
	"starboard/kicad/symbol"
)

// wiredName returns the name that KiCad gives a net of several pins that is
// drawn by wires alone: from the pin whose name says most, and among equals
// the first in plain order. Parts that netlists have come before others.
func wiredName(n *circuit.Net) string {
	if name := wiredNameOf(n, true); name != "" {
		return name
	}
	return wiredNameOf(n, false)
}

func wiredNameOf(n *circuit.Net, inNetlist bool) string {
	best := ""
	for _, pin := range n.Pins() {
		if listed(pin.Part) != inNetlist {
			continue
		}
		sym := pin.Part.Symbol
		for unit := 1; unit <= sym.Units; unit++ {
			pins := sym.UnitPins(unit, 1)
			for i := range pins {
				if pins[i].Number != pin.Number {
					continue
				}
				name := wiredPinName(pin.Part, unit, pins, &pins[i])
				padded := strings.Contains(name, "-Pad")
				if best == "" || padded == strings.Contains(best, "-Pad") && cmp.Compare(name, best) < 0 || !padded && strings.Contains(best, "-Pad") {
					best = name
				}
			}
		}
	}
	return best
}

// wiredPinName returns the name that KiCad makes from one of the pins of a
// unit.
func wiredPinName(p *circuit.Part, unit int, pins []symbol.Pin, pin *symbol.Pin) string {
	ref := p.Ref
	if pin.Name == "" || pin.Name == pin.Number {
		return "Net-(" + ref + "-Pad" + netlist.Escape(pin.Number) + ")"
	}
	if p.Symbol.Units > 1 {
		ref += circuit.UnitName(unit)
	}
	name := "Net-(" + ref + "-" + netlist.Escape(pin.Name)
	if slices.ContainsFunc(pins, func(other symbol.Pin) bool {
		return other.Name == pin.Name && other.Number != pin.Number && other.Type != symbol.NoConnect
	}) {
		name += "-Pad" + netlist.Escape(pin.Number)
	}
	return name + ")"
}
