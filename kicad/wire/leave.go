package wire

import (
	"starboard/kicad/circuit"
	"starboard/kicad/schematic"
	"starboard/kicad/symbol"
)

// Leaves reports whether the signal of a port goes on to the right of the symbol of
// its sheet: it is an output. Where both sides may drive it, it does if this is the
// first of several sheets on the net, or if what is outside takes it in. A name that
// says so decides before these. What the types of pins leave open, the part says that
// most child sheets here are on: what they have to do with others goes on from it by
// way of them.
func Leaves(p *circuit.Port) bool {
	switch Shape(p) {
	case schematic.Output:
		return true
	case schematic.Input:
		return false
	}
	if says := Says(p.Name); says != 0 {
		return says == Out
	}
	out := p.Outside()
	if ports := out.ChildPorts(); ports[len(ports)-1].Sheet != ports[0].Sheet {
		return ports[0] == p
	}
	takes := false
	for _, pin := range out.Pins() {
		switch pin.Type {
		case symbol.Output, symbol.PowerOut, symbol.TriState:
			return false
		case symbol.Input:
			takes = true
		}
	}
	if takes {
		return true
	}
	h := hub(p.Sheet.Parent())
	return h != nil && len(out.Pins()) > 0 && !isOn(out, h) && joins(p.Sheet, h)
}

// hub returns the part that most ports of the child sheets of a sheet lead to, if
// there are several; of two of them the one that became known first.
func hub(s *circuit.Sheet) *circuit.Part {
	count := map[*circuit.Part]int{}
	var best *circuit.Part
	for _, child := range s.Sheets() {
		for _, p := range child.Ports() {
			seen := map[*circuit.Part]bool{}
			for _, pin := range p.Outside().Pins() {
				part := pin.Part
				if seen[part] || len(part.Symbol.Pins) < 3 {
					continue
				}
				seen[part] = true
				count[part]++
				if best == nil || count[part] > count[best] || count[part] == count[best] && part.Order < best.Order {
					best = part
				}
			}
		}
	}
	if count[best] < 2 {
		return nil
	}
	return best
}

func isOn(n *circuit.Net, part *circuit.Part) bool {
	for _, pin := range n.Pins() {
		if pin.Part == part {
			return true
		}
	}
	return false
}

// joins reports whether a net of a child sheet is on a part.
func joins(s *circuit.Sheet, part *circuit.Part) bool {
	for _, p := range s.Ports() {
		if isOn(p.Outside(), part) {
			return true
		}
	}
	return false
}
