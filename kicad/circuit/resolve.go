package circuit

import (
	"fmt"
	"strings"

	"starboard/kicad/netlist"
)

// Resolve finds the label of every net, once the parts have their references.
//
// A named net keeps its name. Any other that must be drawn with labels takes
// the name of its net on the parent sheet where it has one, or else that of
// one of its pins: that of the part with the most pins, then of the first
// reference; by function where the part has one pin of that name, as U1_OUT,
// or by number, as R5_1. A net of one pin, or of pins that the symbol joins by
// itself, needs no label.
func (c *Circuit) Resolve() {
	for _, p := range c.PowerNets() {
		p.label = p.name
	}
	for _, s := range c.Sheets() {
		taken := map[string]bool{}
		for _, p := range c.power {
			taken[p.name] = true
		}
		nets := s.Nets()
		for _, n := range nets {
			if n.name != "" {
				n.label = n.name
				taken[n.name] = true
			}
		}
		for _, n := range nets {
			if n.name != "" || n.Alone() {
				continue
			}
			want := ""
			if n.port != nil {
				want = n.port.Outside().label
			}
			if want == "" {
				want = n.derivedName()
			}
			n.label = want
			for i := 2; taken[n.label]; i++ {
				n.label = fmt.Sprintf("%s_%d", want, i)
			}
			taken[n.label] = true
		}
		for _, p := range s.ports {
			p.Name = p.Inside().label
		}
	}
}

// Alone reports whether n joins nothing: it has at most one pin, or pins that
// the symbol joins by itself, and reaches no other sheet.
func (n *Net) Alone() bool {
	return n.port == nil && len(n.ChildPorts()) == 0 && (len(n.pins) == 0 || len(n.pins) == len(n.pins[0].stack.pins))
}

func (n *Net) derivedName() string {
	for len(n.pins) == 0 {
		ports := n.ChildPorts()
		if len(ports) == 0 {
			break
		}
		n = ports[0].Inside()
	}
	if n.name != "" || len(n.pins) == 0 {
		return n.name
	}
	best := n.pins[0]
	for _, pin := range n.pins[1:] {
		if pin.before(best) {
			best = pin
		}
	}
	return best.netName()
}

// before reports whether pin names a net better than other.
func (pin *Pin) before(other *Pin) bool {
	a, b := pin.Part, other.Part
	if a == b {
		return pin.index < other.index
	}
	if len(a.pins) != len(b.pins) {
		return len(a.pins) > len(b.pins)
	}
	return netlist.NaturalCompare(a.Ref, b.Ref, true) < 0
}

// netName returns the reference of the pin's part, with the letter of the unit
// where others have a pin of the same name, and the name of the pin without KiCad's
// markup and without the second functions that follow a slash, or its number where
// that name says nothing.
func (pin *Pin) netName() string {
	ref, number := pin.Part.Ref, pin.Part.Ref+"_"+pin.Number
	name := strings.NewReplacer("~{", "", "_{", "", "^{", "", "{", "", "}", "", "(", "", ")", "").Replace(pin.Name)
	if first, _, ok := strings.Cut(name, "/"); ok && first != "" {
		name = first
	}
	name = strings.Map(func(r rune) rune {
		if r <= ' ' || strings.ContainsRune("/[]<>\"'$", r) {
			return '_'
		}
		return r
	}, name)
	switch rest, _ := strings.CutPrefix(name, "Pin_"); {
	case strings.Trim(rest, "0123456789") == "":
		return number
	case name == "+" || name == "-":
		name = "IN" + name
	}
	for _, other := range pin.Part.pins {
		switch {
		case other == pin || other.Name != pin.Name:
		case other.unit == pin.unit || pin.unit == 0:
			return number
		default:
			ref = pin.Part.Ref + UnitName(pin.unit)
		}
	}
	return ref + "_" + name
}
