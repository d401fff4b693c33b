package erc

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"starboard/kicad/connect"
	"starboard/kicad/netlist"
)

// A netPins is a net and its pins on all sheets.
type netPins struct {
	net   *connect.Net
	pins  []connect.Terminal
	open  bool // marked as left open on purpose
	power bool // has a power input
}

// checkPins applies the rules for the pins of a net among one another.
func (c *checker) checkPins() {
	for _, net := range c.graph.Nets {
		if net.Bus {
			continue
		}
		n := netPins{net: net}
		for _, sub := range c.byNet[net] {
			_, marked := noConnectOf(sub)
			n.open = n.open || marked
			n.pins = append(n.pins, terminals(sub)...)
		}
		if len(n.pins) == 0 {
			continue
		}
		slices.SortStableFunc(n.pins, func(a, b connect.Terminal) int {
			return cmp.Or(
				netlist.NaturalCompare(a.Part.Ref, b.Part.Ref, false), netlist.NaturalCompare(a.Number, b.Number, false),
				cmp.Compare(a.Part.Sheet.Index, b.Part.Sheet.Index),
			)
		})
		for _, t := range n.pins {
			n.power = n.power || typeOf(t.Pin) == powerIn
		}
		if c.on(pinToPin) {
			c.checkConflicts(&n)
		}
		c.checkDriven(&n)
	}
	c.checkSharedPins()
	c.checkEqualNumbers()
}

// A conflict is a pair of pins, by index, that the pin map forbids.
type conflict struct {
	a, b     int
	severity Severity
}

// weights say which of the pins in conflicts is reported first: the heaviest.
var weights = [pinTypes]int{
	powerOut: 0, powerIn: 1, output: 2, bidirectional: 3, triState: 4, input: 5,
	openEmitter: 6, openCollector: 7, passive: 8, unspecified: 9, free: 10, noConnect: 11,
}

// checkConflicts reports pins that must not be connected. Each conflict is
// reported once, and each pin with the nearest of those that it is in
// conflict with.
func (c *checker) checkConflicts(n *netPins) {
	if !c.mayConflict(n) {
		return
	}
	var conflicts []conflict
	involved := map[int]bool{}
	for i, a := range n.pins {
		row := &c.set.pinMap[typeOf(a.Pin)]
		for j := i + 1; j < len(n.pins); j++ {
			b := n.pins[j]
			severity := row[typeOf(b.Pin)]
			if severity == Ignore || stacked(a, b) && a.Part.Sheet == b.Part.Sheet {
				continue
			}
			conflicts = append(conflicts, conflict{i, j, severity})
			involved[i], involved[j] = true, true
		}
	}
	if len(conflicts) == 0 {
		return
	}
	var order descending
	for i := range n.pins {
		if involved[i] {
			order.insert(weights[typeOf(n.pins[i].Pin)], i)
		}
	}
	for _, e := range order.entries {
		pin := n.pins[e.index]
		nearest, severity := -1, Ignore
		least := math.Inf(1)
		left := conflicts[:0:0]
		for _, k := range conflicts {
			other := k.b
			switch e.index {
			case k.a:
			case k.b:
				other = k.a
			default:
				left = append(left, k)
				continue
			}
			o := n.pins[other]
			if o.Part.Sheet != pin.Part.Sheet {
				if math.IsInf(least, 1) {
					nearest, severity = other, k.severity
				}
				continue
			}
			if d := math.Hypot(float64(o.At.X-pin.At.X), float64(o.At.Y-pin.At.Y)); d < least {
				least, nearest, severity = d, other, k.severity
			}
		}
		conflicts = left
		if nearest < 0 {
			continue
		}
		other := n.pins[nearest]
		f := c.add(pinToPin, pin.At,
			fmt.Sprintf("%s is connected with %s: %s with %s", c.pinName(pin), c.pinName(other), pin.Type, other.Type),
			c.pinItem(pin), c.pinItem(other))
		f.Severity = severity
		f.onSheet(pin.Part.Sheet)
		f.paths[1] = other.Part.Sheet
	}
}

// mayConflict reports whether the pin map forbids any two types of the net's
// pins. Most nets are of many pins and few types.
func (c *checker) mayConflict(n *netPins) bool {
	var count [pinTypes]int
	for _, t := range n.pins {
		count[typeOf(t.Pin)]++
	}
	for a := range count {
		for b := range count {
			if c.set.pinMap[a][b] != Ignore && count[a] > 0 && count[b] > 0 && (a != b || count[a] > 1) {
				return true
			}
		}
	}
	return false
}

// descending is an ordered multimap by weight, the heaviest first. Where
// weights are equal, the order is that in which KiCad's container leaves
// them, whose inserts take a hint.
type descending struct {
	entries []struct{ weight, index int }
	hint    int
}

func (d *descending) insert(weight, index int) {
	e := d.entries
	before := func(a, b int) bool { return a > b }
	upper := func() int {
		i := 0
		for i < len(e) && !before(weight, e[i].weight) {
			i++
		}
		return i
	}
	at := 0
	switch h := d.hint; {
	case h == len(e):
		at = upper()
	case !before(e[h].weight, weight):
		at = h
		if h > 0 && before(weight, e[h-1].weight) {
			at = upper()
		}
	case h == len(e)-1:
		at = len(e)
	case !before(e[h+1].weight, weight):
		at = h + 1
	default:
		for at < len(e) && before(e[at].weight, weight) {
			at++
		}
	}
	d.entries = slices.Insert(e, at, struct{ weight, index int }{weight, index})
	d.hint = at + 1
}

// drives reports whether a pin of that type drives ordinary inputs.
func drives(t pinType) bool {
	switch t {
	case output, powerOut, passive, triState, bidirectional:
		return true
	}
	return false
}

// checkDriven finds nets whose inputs nothing drives.
func (c *checker) checkDriven(n *netPins) {
	if n.open {
		return
	}
	var needs []connect.Terminal
	for _, t := range n.pins {
		switch typ := typeOf(t.Pin); {
		case typ == input || typ == powerIn:
			needs = append(needs, t)
		case typ == powerOut || !n.power && drives(typ):
			return
		}
	}
	if len(needs) == 0 {
		return
	}
	pin := c.neediest(n, needs)
	rule, message := pinNotDriven, "nothing drives "+c.pinName(pin)
	if n.power {
		rule, message = powerPinNotDriven, fmt.Sprintf("nothing feeds net %s at %s", connect.UnescapeName(n.net.Name), c.pinName(pin))
	}
	if !c.on(rule) {
		return
	}
	f := c.add(rule, pin.At, message, c.pinItem(pin))
	f.onSheet(pin.Part.Sheet)
	// Several units may share the pin.
	for _, t := range needs {
		if t != pin && t.Part.Ref == pin.Part.Ref && t.Number == pin.Number && t.Part.Sheet == pin.Part.Sheet && t.Lib.Hidden == pin.Lib.Hidden && t.Type == pin.Type {
			f.alike[0] = append(f.alike[0], alike{Item: c.pinItem(t), mark: true})
		}
	}
}

// neediest chooses the pin to report: the first that needs a driver, or else
// one that is visible, or one that makes the net a supply.
func (c *checker) neediest(n *netPins, needs []connect.Terminal) connect.Terminal {
	best := needs[0]
	for _, t := range needs[1:] {
		isSupply, bestIsSupply := typeOf(t.Pin) == powerIn, typeOf(best.Pin) == powerIn
		if best.Lib.Hidden && !t.Lib.Hidden || n.power != bestIsSupply && n.power == isSupply {
			best = t
		}
	}
	return best
}

// isPower reports whether the pin names its net: of a power symbol, or a
// hidden supply pin.
func isPower(t connect.Terminal) bool {
	return typeOf(t.Pin) == powerIn && (t.Part.Power() != connect.NoPower || t.Lib.Hidden)
}

// checkSharedPins finds pins that several units of a part share and that are
// on different nets.
func (c *checker) checkSharedPins() {
	if !c.on(differentUnitNet) {
		return
	}
	type place struct {
		net *connect.Net
		pin connect.Terminal
	}
	first := map[string]place{}
	for _, net := range c.graph.Nets {
		for _, sub := range c.byNet[net] {
			for _, t := range terminals(sub) {
				if t.Symbol.Lib == nil || t.Symbol.Lib.Units < 2 {
					continue
				}
				key := t.Part.Ref + ":" + t.Number
				p, ok := first[key]
				if !ok {
					first[key] = place{net, t}
				} else if p.net != net {
					f := c.add(differentUnitNet, t.At,
						fmt.Sprintf("pin %s of %s is on %s and on %s", t.Number, t.Part.Ref, connect.UnescapeName(net.Name), connect.UnescapeName(p.net.Name)),
						c.pinItem(t), c.pinItem(p.pin))
					f.onSheet(t.Part.Sheet)
					f.paths[1] = t.Part.Sheet
				}
			}
		}
	}
}

// checkEqualNumbers finds pins of one unit that share a number and are on
// different nets.
func (c *checker) checkEqualNumbers() {
	nets := map[*connect.Pin]*connect.Net{}
	for _, sub := range c.subs {
		for _, t := range terminals(sub) {
			nets[t.Pin] = sub.Net
		}
	}
	for _, sh := range c.s.Sheets {
		for _, p := range sh.Parts {
			first := map[string]*connect.Pin{}
			for _, pin := range p.Pins() {
				o := first[pin.Number]
				if o == nil {
					first[pin.Number] = pin
				} else if nets[o] != nets[pin] {
					a, b := connect.Terminal{Pin: o, Part: p}, connect.Terminal{Pin: pin, Part: p}
					c.add(duplicatePins, o.At, fmt.Sprintf("%s has pin %s twice, on different nets", p.Ref, pin.Number),
						c.pinItem(a), c.pinItem(b)).onSheet(sh)
				}
			}
		}
	}
}
