package netlist

import (
	"cmp"
	"slices"
	"strings"
)

// A pinID is a pin of a part.
type pinID struct{ ref, pin string }

func (p pinID) String() string { return p.ref + "." + p.pin }

func (p pinID) compare(q pinID) int {
	return cmp.Or(NaturalCompare(p.ref, q.ref, true), NaturalCompare(p.pin, q.pin, true), strings.Compare(p.ref, q.ref), strings.Compare(p.pin, q.pin))
}

// pinsOf returns the pins of a net, sorted.
func pinsOf(n *Net) []pinID {
	pins := make([]pinID, len(n.Nodes))
	for i, d := range n.Nodes {
		pins[i] = pinID{d.Ref, d.Pin}
	}
	slices.SortFunc(pins, pinID.compare)
	return pins
}

func pinNames(pins []pinID) string {
	names := make([]string, len(pins))
	for i, p := range pins {
		names[i] = p.String()
	}
	return strings.Join(names, ", ")
}

// nets compares the nets: first it finds for each net of want the one of got
// that is meant, then what differs.
func (c *comparison) nets(got, want []Net) {
	partner := match(got, want)
	used := make([]bool, len(got))
	for i := range want {
		w := &want[i]
		if partner[i] < 0 {
			c.net(w.Name, "net "+shown(w.Name)+" is missing"+pinList(w))
			continue
		}
		used[partner[i]] = true
		c.oneNet(&got[partner[i]], w)
	}
	for i := range got {
		if !used[i] {
			c.net(got[i].Name, "net "+shown(got[i].Name)+" is not wanted"+pinList(&got[i]))
		}
	}
}

// pinList returns the pins of a net in brackets.
func pinList(n *Net) string {
	if len(n.Nodes) == 0 {
		return ""
	}
	return " (" + pinNames(pinsOf(n)) + ")"
}

// match returns for each net of want the index of its partner in got, or -1.
// Nets of the same pins are partners; of these, ones of the same name first.
// Then those that share a pin and have the same name, then those that share
// the most pins, and at last those that have only the name in common.
func match(got, want []Net) []int {
	partner := make([]int, len(want))
	used := make([]bool, len(got))
	for i := range partner {
		partner[i] = -1
	}
	join := func(i, k int) {
		partner[i] = k
		used[k] = true
	}
	// by joins the nets that have the same key.
	by := func(key func(*Net) string) {
		byKey := make(map[string][]int)
		for k := range got {
			if !used[k] {
				s := key(&got[k])
				byKey[s] = append(byKey[s], k)
			}
		}
		for i := range want {
			if partner[i] >= 0 {
				continue
			}
			s := key(&want[i])
			if list := byKey[s]; len(list) > 0 {
				byKey[s] = list[1:]
				join(i, list[0])
			}
		}
	}
	name := func(n *Net) string { return n.Name }
	pins := func(n *Net) string {
		var b strings.Builder
		for _, p := range pinsOf(n) {
			b.WriteString(p.ref)
			b.WriteByte(0)
			b.WriteString(p.pin)
			b.WriteByte(0)
		}
		return b.String()
	}
	by(func(n *Net) string { return n.Name + "\x00" + pins(n) })
	by(pins)
	for _, p := range overlaps(got, want, partner, used) {
		if partner[p.want] < 0 && !used[p.got] {
			join(p.want, p.got)
		}
	}
	by(name)
	return partner
}

// An overlap is a pair of nets that share pins.
type overlap struct {
	want, got int
	sameName  bool
	shared    int
}

// overlaps returns the pairs of nets without a partner that share a pin, the
// best first.
func overlaps(got, want []Net, partner []int, used []bool) []overlap {
	onNet := make(map[pinID][]int)
	for k := range got {
		if used[k] {
			continue
		}
		for _, d := range got[k].Nodes {
			p := pinID{d.Ref, d.Pin}
			onNet[p] = append(onNet[p], k)
		}
	}
	var pairs []overlap
	for i := range want {
		if partner[i] >= 0 {
			continue
		}
		at := make(map[int]int) // index in pairs of the pair with a net of got
		for _, d := range want[i].Nodes {
			for _, k := range onNet[pinID{d.Ref, d.Pin}] {
				if _, ok := at[k]; !ok {
					at[k] = len(pairs)
					pairs = append(pairs, overlap{i, k, want[i].Name == got[k].Name, 0})
				}
				pairs[at[k]].shared++
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b overlap) int {
		if a.sameName != b.sameName {
			if a.sameName {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.shared, a.shared)
	})
	return pairs
}

func (c *comparison) oneNet(got, want *Net) {
	name := shown(want.Name)
	if !c.anyNetName {
		if d := differ("net name", got.Name, want.Name); d != "" {
			c.net(want.Name, d)
		}
		if d := differ("class", got.Class, want.Class); d != "" {
			c.net(want.Name, "net "+name+": "+d)
		}
	}
	left := make(map[pinID][]Node, len(got.Nodes))
	for _, d := range got.Nodes {
		p := pinID{d.Ref, d.Pin}
		left[p] = append(left[p], d)
	}
	for _, w := range want.Nodes {
		p := pinID{w.Ref, w.Pin}
		list := left[p]
		if len(list) == 0 {
			c.net(want.Name, "net "+name+": "+p.String()+" is missing")
			continue
		}
		left[p] = list[1:]
		if c.connectionsOnly {
			continue
		}
		for _, d := range []string{differ("function", list[0].Function, w.Function), differ("type", list[0].Type, w.Type)} {
			if d != "" {
				c.net(want.Name, "net "+name+": "+p.String()+": "+d)
			}
		}
	}
	for _, g := range got.Nodes {
		p := pinID{g.Ref, g.Pin}
		if len(left[p]) > 0 {
			left[p] = left[p][1:]
			c.net(want.Name, "net "+name+": "+p.String()+" is not wanted")
		}
	}
}
