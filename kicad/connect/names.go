package connect

import (
	"slices"
	"strings"

	"starboard/kicad/netlist"
)

// A candidate is a name that a net may get.
type candidate struct {
	priority priority
	depth    int
	name     string
}

// beats says which name a net gets that spans several sheets: the highest
// priority, then the sheet nearest to the root, then the alphabet.
func (c candidate) beats(o candidate) bool {
	if c.priority != o.priority {
		return c.priority > o.priority
	}
	if c.priority < byGlobalPower && c.depth != o.depth {
		return c.depth < o.depth
	}
	return c.name < o.name
}

func (c *cluster) candidate() candidate {
	return candidate{c.driver().priority, c.sheet.Depth, c.name}
}

// name gives each net its name, and gathers the clusters of each.
func (gr *Graph) name() {
	gr.forcePinNames()
	busOf := gr.busNames()

	// The leaves of each net vote with the name that their whole bus has.
	type vote struct {
		candidate
		leaf string
		set  bool
	}
	leaf := make([]vote, len(gr.atoms))
	for a := len(gr.clusters); a < len(gr.atoms); a++ {
		l := gr.leaves[a]
		v := vote{l.cluster.candidate(), l.cluster.leafName(l.n), true}
		root := gr.find(int32(a))
		if !leaf[root].set || v.beats(leaf[root].candidate) {
			leaf[root] = v
		}
	}
	// A chain of nets through the sheets has the best name in it. A net that
	// is the member of a bus on its sheet stands there for the name of the
	// leaf; any other name that wins in its chain wins over the bus.
	type choice struct {
		candidate
		leaf, set bool
	}
	chain := make([]choice, len(gr.clusters))
	for _, c := range gr.clusters {
		if c.bus() != nil {
			continue
		}
		v := choice{c.candidate(), false, true}
		if atom := gr.find(c.atom); c.tapped >= 0 && v.priority < byGlobalPower && leaf[atom].set {
			v.name, v.leaf = leaf[atom].leaf, true
		}
		if k := root(gr.chains, c.self); !chain[k].set || v.beats(chain[k].candidate) {
			chain[k] = v
		}
	}
	best := make([]candidate, len(gr.atoms))
	has := make([]bool, len(gr.atoms))
	own := make([]bool, len(gr.atoms)) // best is not the name of a leaf
	for _, c := range gr.clusters {
		if c.bus() != nil || root(gr.chains, c.self) != c.self {
			continue
		}
		atom, v := gr.find(c.atom), chain[c.self]
		if !has[atom] || !v.leaf && !own[atom] || v.leaf != own[atom] && v.beats(best[atom]) {
			best[atom], has[atom], own[atom] = v.candidate, true, !v.leaf
		}
	}
	for _, c := range gr.clusters {
		if c.bus() != nil {
			gr.net(busOf[c], true, c)
		} else {
			root := gr.find(c.atom)
			gr.net(best[root].name, false, c)
			gr.memberOf[root] = c.net
		}
	}
	// KiCad's list of nets has a nameless one for each leaf that no net of
	// its sheet is named after; they count in the codes.
	hidden := map[string]bool{}
	for _, a := range gr.shadows {
		root := gr.find(a)
		switch {
		case has[root]:
			hidden[best[root].name] = true
		default:
			hidden[leaf[root].leaf] = true
		}
	}
	slices.SortStableFunc(gr.Nets, func(a, b *Net) int {
		if c := netlist.NaturalCompare(a.Name, b.Name, false); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	for i, n := range gr.Nets {
		n.Code = len(hidden) + i + 1
	}
}

// net adds a cluster to the net of that name.
func (gr *Graph) net(name string, bus bool, c *cluster) {
	n := gr.byName[name]
	if n == nil {
		n = &Net{Name: name, Bus: bus}
		gr.byName[name] = n
		gr.Nets = append(gr.Nets, n)
	}
	c.net = n
	for _, g := range c.groups {
		g.Net = n
		n.Groups = append(n.Groups, g)
	}
}

// leafName returns the full name of leaf n of the bus of c.
func (c *cluster) leafName(n int) string {
	d := c.driver()
	if d.path() {
		return c.sheet.Name + d.bus.leaves[n].full
	}
	return d.bus.leaves[n].full
}

// forcePinNames names the nets that have but one pin, and nothing else that
// could name them, as unconnected.
func (gr *Graph) forcePinNames() {
	for _, c := range gr.clusters {
		d := c.driver()
		if len(c.drivers) == 1 && d.terminal != nil && d.priority <= byPin {
			c.name = gr.s.pinNetName(d.terminal, true) + d.suffix
		}
	}
}

// busNames returns the name that each bus has across the hierarchy.
func (gr *Graph) busNames() map[*cluster]string {
	best := map[int32]candidate{}
	for _, c := range gr.clusters {
		if c.bus() == nil {
			continue
		}
		root := gr.find(c.self)
		if b, ok := best[root]; !ok || c.candidate().beats(b) {
			best[root] = c.candidate()
		}
	}
	names := map[*cluster]string{}
	for _, c := range gr.clusters {
		if c.bus() != nil {
			names[c] = best[gr.find(c.self)].name
		}
	}
	return names
}
