package erc

import (
	"cmp"
	"fmt"
	"slices"

	"starboard/kicad/connect"
	"starboard/kicad/geom"
)

// checkSubgraphs applies the rules that look at one subgraph at a time. A
// drawing that several sheets use is checked on the last of them by page,
// subgraph by subgraph: they are known by what drives them.
func (c *checker) checkSubgraphs() {
	seen := map[any]bool{}
	for _, sub := range slices.Backward(c.subs) {
		if sub.Chosen >= 0 {
			d := driverOf(&sub.Drivers[sub.Chosen])
			if seen[d] {
				continue
			}
			seen[d] = true
		}
		e := c.endsOf(sub.Sheet)
		c.checkNames(sub)
		c.checkBusAndNet(sub)
		c.checkBusEntries(sub, e)
		c.checkFloating(sub)
		c.checkWireEnds(sub, e)
		c.checkOpenPins(sub, e)
		c.checkLabels(sub, e)
	}
}

// driverOf returns what a driver is in the file.
func driverOf(d *connect.Driver) any {
	switch {
	case d.Label != nil:
		return d.Label
	case d.SheetPin != nil:
		return d.SheetPin
	}
	return pinKey{d.Terminal.Symbol, d.Terminal.Lib}
}

// A pinKey is a pin in the file: a symbol on several sheets is one.
type pinKey struct {
	symbol *connect.Symbol
	pin    *connect.LibPin
}

// checkNames finds nets that have more than one name. It shows one item for
// each: of several the one with the least uuid.
func (c *checker) checkNames(sub *connect.Subgraph) {
	if !c.on(multipleNetNames) || sub.Chosen < 0 {
		return
	}
	chosen := &sub.Drivers[sub.Chosen]
	var mains, others []*connect.Driver
	for i := range sub.Drivers {
		d := &sub.Drivers[i]
		switch {
		case d == chosen:
			mains = append(mains, d)
		case d.Label == nil && (d.Terminal == nil || !d.Global):
		case d.Name != chosen.Name:
			others = append(others, d)
		case (d.Label == nil) == (chosen.Label == nil) && (d.Label == nil || d.Label.Kind == chosen.Label.Kind):
			mains = append(mains, d)
		}
	}
	if len(others) == 0 {
		return
	}
	byUUID := func(a, b *connect.Driver) int { return cmp.Compare(uuidOf(a), uuidOf(b)) }
	slices.SortStableFunc(mains, byUUID)
	slices.SortStableFunc(others, byUUID)
	names, items := []string{chosen.Name}, []Item{c.driverItem(sub.Sheet, mains[0])}
	var same [2][]alike
	for _, d := range mains[1:] {
		same[0] = append(same[0], alike{Item: c.driverItem(sub.Sheet, d)})
	}
	for _, d := range others {
		item := c.driverItem(sub.Sheet, d)
		same[1] = append(same[1], alike{Item: item, mark: true})
		if !slices.Contains(names, d.Name) {
			names, items = append(names, d.Name), append(items, item)
		}
	}
	f := c.add(multipleNetNames, items[1].At, fmt.Sprintf("%s name the same net: it is called %s", quoted(names), chosen.Name), items...)
	f.onSheet(sub.Sheet)
	f.alike = same
}

func uuidOf(d *connect.Driver) string {
	switch {
	case d.Label != nil:
		return d.Label.UUID
	case d.SheetPin != nil:
		return d.SheetPin.UUID
	}
	return d.Terminal.UUID
}

// checkBusAndNet finds buses that are connected with ordinary wires or names.
func (c *checker) checkBusAndNet(sub *connect.Subgraph) {
	if !c.on(busToNetConflict) {
		return
	}
	var net, bus *Item
	put := func(isBus bool, item Item) {
		switch {
		case isBus && bus == nil:
			bus = &item
		case !isBus && net == nil:
			net = &item
		}
	}
	for _, g := range sub.Groups {
		for _, p := range g.SheetPins {
			_, isBus := c.graph.BusMembers(c.s.LabelText(sub.Sheet, p.Name))
			put(isBus, c.sheetPinItem(sub.Sheet, p))
		}
		for _, w := range g.Wires {
			if w.Bus && bus == nil || !w.Bus && net == nil {
				put(w.Bus, wireItem(sub.Sheet, w))
			}
		}
		for _, l := range g.Labels {
			if l.Kind != connect.Directive {
				_, isBus := c.graph.BusMembers(c.s.LabelText(sub.Sheet, l.Text))
				put(isBus, c.labelItem(sub.Sheet, l))
			}
		}
	}
	if net != nil && bus != nil {
		c.add(busToNetConflict, net.At, "a bus is connected with a single net", *net, *bus)
	}
}

// checkBusEntries finds wires that reach a bus which does not have them.
func (c *checker) checkBusEntries(sub *connect.Subgraph, e *ends) {
	if !c.on(netNotBusMember) || sub.Chosen < 0 || sub.Drivers[sub.Chosen].Global {
		return
	}
	var entry *connect.BusEntry
	for _, g := range sub.Groups {
		if len(g.Entries) > 0 {
			entry = g.Entries[0]
			break
		}
	}
	if entry == nil {
		return
	}
	var wires []*connect.Wire
	for _, p := range []geom.Point{entry.Start, entry.End} {
		e.through(p, func(w *connect.Wire) {
			if w.Bus && !slices.Contains(wires, w) {
				wires = append(wires, w)
			}
		})
	}
	if len(wires) == 0 {
		return
	}
	bus := c.subgraphOf(sub.Sheet, wires[0])
	if bus == nil || slices.Contains(sub.Buses, bus) {
		return
	}
	name := "it has no name"
	if bus.Net != nil {
		name = connect.UnescapeName(bus.Net.Name)
	}
	items := []Item{entryItem(sub.Sheet, entry)}
	for _, w := range wires {
		items = append(items, wireItem(sub.Sheet, w))
	}
	c.add(netNotBusMember, entry.Start,
		fmt.Sprintf("net %s reaches a bus which has no such member: %s", connect.UnescapeName(sub.Net.Name), name),
		items...)
}

// subgraphOf returns the subgraph of a bus.
func (c *checker) subgraphOf(sh *connect.Sheet, w *connect.Wire) *connect.Subgraph {
	if c.busOf == nil {
		c.busOf = map[busKey]*connect.Subgraph{}
		for _, sub := range c.subs {
			for _, g := range sub.Groups {
				for _, w := range g.Wires {
					if w.Bus {
						c.busOf[busKey{sub.Sheet, w}] = sub
					}
				}
			}
		}
	}
	return c.busOf[busKey{sh, w}]
}

type busKey struct {
	sheet *connect.Sheet
	wire  *connect.Wire
}

// checkFloating finds wires that no pin and no label is connected to.
func (c *checker) checkFloating(sub *connect.Subgraph) {
	if !c.on(wireDangling) || sub.Chosen >= 0 {
		return
	}
	var items []Item
	for _, g := range sub.Groups {
		for _, w := range g.Wires {
			if !w.Bus {
				items = append(items, wireItem(sub.Sheet, w))
			}
		}
		for _, e := range g.Entries {
			items = append(items, entryItem(sub.Sheet, e))
		}
	}
	if len(items) > 0 {
		c.add(wireDangling, items[0].At, "the wire connects nothing", items[:min(len(items), 4)]...)
	}
}

// checkWireEnds finds ends of wires and bus entries that touch nothing.
func (c *checker) checkWireEnds(sub *connect.Subgraph, e *ends) {
	if !c.on(unconnectedWireEnd) {
		return
	}
	for _, g := range sub.Groups {
		for _, w := range g.Wires {
			if w.Bus {
				continue
			}
			if e.wireOpen(w, w.Start) {
				c.add(unconnectedWireEnd, w.Start, "the start of the wire touches nothing", wireItem(sub.Sheet, w)).specific = sub.Sheet
			}
			if end := e.end(w); e.wireOpen(w, end) {
				c.add(unconnectedWireEnd, end, "the end of the wire touches nothing", wireItem(sub.Sheet, w)).specific = sub.Sheet
			}
		}
		for _, b := range g.Entries {
			start, finish := e.entryOpen(b)
			if start {
				c.add(unconnectedWireEnd, b.Start, "the bus entry touches neither wire nor bus", entryItem(sub.Sheet, b)).specific = sub.Sheet
			}
			if finish {
				c.add(unconnectedWireEnd, b.End, "the bus entry touches neither wire nor bus", entryItem(sub.Sheet, b)).specific = sub.Sheet
			}
		}
	}
}

// neighbours returns the subgraphs of the net of sub, on all sheets: sub too.
func (c *checker) neighbours(sub *connect.Subgraph) []*connect.Subgraph {
	if sub.Net == nil {
		return []*connect.Subgraph{sub}
	}
	return c.byNet[sub.Net]
}

func terminals(sub *connect.Subgraph) []connect.Terminal {
	if len(sub.Groups) == 1 {
		return sub.Groups[0].Terminals
	}
	var list []connect.Terminal
	for _, g := range sub.Groups {
		list = append(list, g.Terminals...)
	}
	return list
}

// stacked reports whether two pins of one symbol are drawn as one.
func stacked(a, b connect.Terminal) bool {
	return a.Symbol == b.Symbol && a.At == b.At && a.Name == b.Name
}

// noConnectOf returns a no-connect flag of the subgraph, and whether it has
// one or a pin that is never connected.
func noConnectOf(sub *connect.Subgraph) (*connect.NoConnect, bool) {
	marked := false
	for _, g := range sub.Groups {
		if len(g.NoConnects) > 0 {
			return g.NoConnects[0], true
		}
		for _, t := range g.Terminals {
			marked = marked || typeOf(t.Pin) == noConnect
		}
	}
	return nil, marked
}

// checkOpenPins finds pins that are connected to nothing, and no-connect
// flags that are wrong.
func (c *checker) checkOpenPins(sub *connect.Subgraph, e *ends) {
	if flag, marked := noConnectOf(sub); marked {
		if flag != nil && !e.onOpenPin(flag) {
			c.checkFlag(sub, flag)
		}
		return
	}
	if !c.on(pinNotConnected) {
		return
	}
	pins := terminals(sub)
	if len(pins) == 0 {
		return
	}
	pin := pins[0]
	open := !c.connected(sub, pins, &pin)
	if open {
		if t := typeOf(pin.Pin); t != noConnect && t != free {
			f := c.add(pinNotConnected, pin.At, c.pinName(pin)+" is not connected", c.pinItem(pin))
			f.onSheet(sub.Sheet)
			for _, other := range pins {
				if other.Pin != pin.Pin && stacked(other, pin) && typeOf(other.Pin) == t {
					f.alike[0] = append(f.alike[0], alike{Item: c.pinItem(other)})
				}
			}
		}
	}
	if len(pins) == 1 {
		return
	}
	// A power symbol has partners by its name, and should touch something all
	// the same.
	for _, g := range sub.Groups {
		alone := len(g.Terminals) == 1 && len(g.Wires)+len(g.Entries)+len(g.Junctions)+len(g.Labels) == 0
		if !alone || g.Terminals[0].Part.Power() == connect.NoPower {
			continue
		}
		if t := g.Terminals[0]; !open || t != pin {
			c.add(pinNotConnected, t.At, c.pinName(t)+" is not connected", c.pinItem(t)).onSheet(sub.Sheet)
		}
	}
}

// connected reports whether the pins of a subgraph are connected with
// anything else than pins that are drawn as one with them. Power symbols and
// flags alone do not count. It sets pin to the one to blame.
func (c *checker) connected(sub *connect.Subgraph, pins []connect.Terminal, pin *connect.Terminal) bool {
	for _, g := range sub.Groups {
		if len(g.SheetPins) > 0 || slices.ContainsFunc(g.Labels, func(l *connect.Label) bool { return l.Kind != connect.Directive }) {
			return true
		}
	}
	found := false // a pin of a part
	for i, t := range pins {
		switch {
		case t.Part.Power() != connect.NoPower:
		case !found && i > 0:
			return true // KiCad minds the order
		case !found:
			*pin, found = t, true
		case !stacked(t, *pin):
			return true
		case typeOf(t.Pin) == powerIn && typeOf(pin.Pin) != powerIn:
			*pin = t
		}
	}
	if !found || isPower(*pin) && !c.labelled(sub) {
		return false
	}
	return sub.Chosen >= 0 && sub.Drivers[sub.Chosen].Global || c.labelled(sub)
}

// labelled reports whether a label gives the net of sub its name.
func (c *checker) labelled(sub *connect.Subgraph) bool {
	if sub.Net == nil {
		return false
	}
	for _, n := range c.neighbours(sub) {
		for i := range n.Drivers {
			d := &n.Drivers[i]
			if d.Label != nil && (d.Label.Kind == connect.Global || n.Sheet == sub.Sheet) && d.FullName == sub.Net.Name {
				return true
			}
		}
	}
	return false
}

// checkFlag finds no-connect flags on nets that are connected, and on none.
func (c *checker) checkFlag(sub *connect.Subgraph, flag *connect.NoConnect) {
	for _, g := range sub.Groups {
		for _, p := range g.SheetPins {
			if p.At == flag.At {
				return
			}
		}
		for _, l := range g.Labels {
			if l.Kind == connect.Hierarchical && l.At == flag.At {
				return
			}
		}
	}
	var unique []connect.Terminal
	labels := 0
	for _, n := range c.neighbours(sub) {
	pins:
		for _, t := range terminals(n) {
			for _, u := range unique {
				if stacked(t, u) {
					continue pins
				}
			}
			unique = append(unique, t)
		}
		for _, g := range n.Groups {
			for _, l := range g.Labels {
				if l.Kind != connect.Directive {
					labels++
				}
			}
		}
	}
	if len(unique) > 1 && c.on(noConnectConnected) {
		at, items := flag.At, []Item{noConnectItem(sub.Sheet, flag)}
		message := "the no-connect flag is on a net that connects pins"
		if own := terminals(sub); len(own) > 0 {
			pin := own[len(own)-1]
			at, items = pin.At, []Item{c.pinItem(pin), items[0]}
			message = c.pinName(pin) + " is connected although its net has a no-connect flag"
		}
		c.add(noConnectConnected, at, message, items...).onSheet(sub.Sheet)
	}
	if len(unique) == 0 && labels == 0 && c.on(noConnectDangling) {
		c.add(noConnectDangling, flag.At, "the no-connect flag is on nothing", noConnectItem(sub.Sheet, flag)).onSheet(sub.Sheet)
	}
}

// checkLabels finds labels that connect no pins.
func (c *checker) checkLabels(sub *connect.Subgraph, e *ends) {
	if !c.on(labelDangling) && !c.on(globalLabelDangling) || sub.Chosen < 0 || sub.Drivers[sub.Chosen].Members != nil {
		return
	}
	var labels []*connect.Label
	for _, g := range sub.Groups {
		for _, l := range g.Labels {
			if l.Kind == connect.Directive {
				continue
			}
			labels = append(labels, l)
			if e.labelOpen(l, l.At) {
				c.reportLabel(labelRule(l), sub, l, "touches nothing")
				return
			}
		}
	}
	if len(labels) == 0 || len(terminals(sub)) > 1 {
		return
	}
	pins := 0
	_, open := noConnectOf(sub)
	for _, n := range c.neighbours(sub) {
		_, marked := noConnectOf(n)
		open = open || marked
		pins += len(terminals(n))
	}
	for _, b := range sub.Buses {
		for _, n := range c.neighbours(b) {
			_, marked := noConnectOf(n)
			open = open || marked
		}
	}
	if pins > 1 || pins == 1 && open {
		return
	}
	for _, l := range labels {
		what := "leads to no pin"
		if pins == 1 {
			what = "leads to one pin only"
		}
		c.reportLabel(labelRule(l), sub, l, what)
	}
}

func labelRule(l *connect.Label) *Rule {
	if l.Kind == connect.Global {
		return globalLabelDangling
	}
	return labelDangling
}

func (c *checker) reportLabel(r *Rule, sub *connect.Subgraph, l *connect.Label, what string) {
	if c.on(r) {
		item := c.labelItem(sub.Sheet, l)
		c.add(r, l.At, item.Description+" "+what, item).specific = sub.Sheet
	}
}
