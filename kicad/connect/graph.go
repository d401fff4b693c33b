package connect

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// A Graph is what is connected to what in a schematic.
type Graph struct {
	Sheets [][]*Group // by Sheet.Index
	Nets   []*Net     // sorted by name as in a netlist; buses are among them

	s        *Schematic
	aliases  map[string][]string
	budget   int // members that buses may still have
	clusters []*cluster
	chains   []int32   // union-find over clusters that are connected without buses
	atoms    []int32   // union-find over nets: clusters, and the leaves of buses
	leaves   []busLeaf // by atom, from firstLeaf on
	shadows  []int32   // atoms of leaves that no net of their sheet is named after
	byName   map[string]*Net
	memberOf map[int32]*Net // by root atom
}

// A Net is a set of groups that are connected, on all sheets.
type Net struct {
	Name   string
	Bus    bool
	Groups []*Group
	Code   int // 1-based, as in a netlist
	Class  string

	labelled []string // net classes that labels give
}

// A cluster is the groups of one sheet that share a name there. Until the
// clusters of all sheets are joined it is the unit of connection.
type cluster struct {
	sheet   *Sheet
	groups  []*Group
	drivers []driver
	chosen  int
	name    string // of the net, as this cluster alone would have it
	self    int32  // its own atom
	atom    int32  // of a net, self; of a bus, the first of its leaves
	tapped  int32  // of a net: the atom of the bus leaf of its sheet that it is; -1: none
	net     *Net
}

func (c *cluster) driver() *driver { return &c.drivers[c.chosen] }

func (c *cluster) bus() *bus { return c.driver().bus }

// A busLeaf is a member of the bus of a cluster.
type busLeaf struct {
	cluster *cluster
	n       int
}

// freeMembers and membersPerByte bound what the names of buses may expand to.
const (
	freeMembers  = 1 << 16
	membersPerKB = 64
)

// Graph returns the connections of the schematic. It is worked out once; an
// error says that buses are too wide for the size of the files.
func (s *Schematic) Graph() (*Graph, error) {
	s.once.Do(func() { s.graph, s.graphErr = s.connect() })
	return s.graph, s.graphErr
}

func (s *Schematic) connect() (*Graph, error) {
	gr := &Graph{s: s, aliases: map[string][]string{}, budget: freeMembers + s.size/1024*membersPerKB}
	for _, d := range s.Drawings {
		for _, a := range d.Aliases {
			gr.aliases[a.Name] = a.Members
		}
	}
	gr.group()
	for i, groups := range gr.Sheets {
		for _, g := range groups {
			if err := gr.choose(g); err != nil {
				return nil, fmt.Errorf("%s: sheet %s: %w", s.File, s.Sheets[i].Name, err)
			}
		}
	}
	gr.makeDistinct()
	gr.joinOnSheets()
	gr.joinBuses()
	gr.joinSheets()
	gr.joinGlobals()
	gr.name()
	gr.classify()
	return gr, nil
}

// group forms the groups of all sheets and finds what can name them, several
// sheets at a time.
func (gr *Graph) group() {
	gr.Sheets = make([][]*Group, len(gr.s.Sheets))
	var wait sync.WaitGroup
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), len(gr.s.Sheets)) {
		wait.Go(func() {
			var g grouper
			for i := int(next.Add(1)) - 1; i < len(gr.Sheets); i = int(next.Add(1)) - 1 {
				gr.Sheets[i] = g.groups(gr.s.Sheets[i])
				for _, group := range gr.Sheets[i] {
					gr.s.drive(group)
				}
			}
		})
	}
	wait.Wait()
}

// all calls visit with each group that something names.
func (gr *Graph) all(visit func(g *Group)) {
	for _, groups := range gr.Sheets {
		for _, g := range groups {
			if g.chosen >= 0 {
				visit(g)
			}
		}
	}
}

// makeDistinct gives groups that are named after a pin or a sheet pin a name
// of their own, with a number where others have the same. A sheet pin that
// alone has its name connects, like a label, to what else has it.
func (gr *Graph) makeDistinct() {
	count := 0
	for _, groups := range gr.Sheets {
		count += len(groups)
	}
	taken := make(map[string]int, count)        // groups by full name
	last := map[string]int{}                    // number given to a full name
	bySheet := make(map[string][]*Sheet, count) // sheets that have the name
	gr.all(func(g *Group) {
		d := &g.drivers[g.chosen]
		full := d.fullName(g.Sheet)
		taken[full]++
		bySheet[full] = append(bySheet[full], g.Sheet)
		if d.bus != nil && d.bus.vector {
			stem := full[:len(full)-len(d.bus.text)] + d.bus.stem
			taken[stem]++
			bySheet[stem] = append(bySheet[stem], g.Sheet)
		}
	})
	gr.all(func(g *Group) {
		if d := &g.drivers[g.chosen]; d.bus != nil && d.label != nil {
			for i := range d.bus.leaves {
				if l := &d.bus.leaves[i]; !l.nested {
					taken[l.full]++
					bySheet[l.full] = append(bySheet[l.full], g.Sheet)
				}
			}
		}
	})
	gr.all(func(g *Group) {
		if g.strong {
			return
		}
		d := &g.drivers[g.chosen]
		full := d.fullName(g.Sheet)
		key := full
		if taken[full] <= 1 && d.bus != nil && d.bus.vector {
			key = full[:len(full)-len(d.bus.text)] + d.bus.stem
		}
		if taken[key] <= 1 {
			g.unique = d.priority == bySheetPin && !slices.Contains(bySheet[d.name], g.Sheet)
			return
		}
		n := last[full] + 1 // numbers are never given back
		for taken[full+"_"+itoa(n)] > 0 {
			n++
		}
		last[full] = n
		if key == full {
			taken[full]--
		}
		d.suffix = "_" + itoa(n)
		d.name += d.suffix
		taken[d.fullName(g.Sheet)]++
	})
}

// joinOnSheets makes clusters of the groups of each sheet that share a name.
func (gr *Graph) joinOnSheets() {
	type key struct {
		bus, vector bool
		name        string
	}
	keyOf := func(d *driver) key { return key{d.bus != nil, d.bus != nil && d.bus.vector, d.name} }
	for i, groups := range gr.Sheets {
		parent := make([]int32, len(groups))
		for k := range parent {
			parent[k] = int32(k)
		}
		first := map[key]int32{}
		for k, g := range groups {
			if g.chosen < 0 || !g.strong && !g.unique {
				continue
			}
			main := &g.drivers[g.chosen]
			for n := range g.drivers {
				d := &g.drivers[n]
				if n != g.chosen && (d.priority < byHierarchicalLabel || (d.bus != nil) != (main.bus != nil)) {
					continue
				}
				id := keyOf(d)
				if f, ok := first[id]; ok {
					unite(parent, f, int32(k))
				} else {
					first[id] = int32(k)
				}
			}
		}
		made := make([]*cluster, len(groups))
		for k, g := range groups {
			if g.chosen < 0 {
				continue
			}
			first := root(parent, int32(k))
			c := made[first]
			if c == nil {
				c = &cluster{sheet: gr.s.Sheets[i], tapped: -1}
				made[first] = c
				gr.clusters = append(gr.clusters, c)
			}
			c.groups = append(c.groups, g)
			if c.drivers == nil {
				c.drivers = slices.Clip(g.drivers) // which no longer change
			} else {
				c.drivers = append(c.drivers, g.drivers...)
			}
			g.cluster = c
		}
	}
	gr.byName = make(map[string]*Net, len(gr.clusters))
	gr.memberOf = make(map[int32]*Net, len(gr.clusters))
	for _, c := range gr.clusters {
		if len(c.groups) > 1 {
			c.chosen = choose(c.drivers)
		} else {
			c.chosen = c.groups[0].chosen
		}
		c.name = c.driver().fullName(c.sheet)
	}
}

// root returns the representative of a in a union-find.
func root(sets []int32, a int32) int32 {
	for sets[a] != a {
		sets[a] = sets[sets[a]]
		a = sets[a]
	}
	return a
}

// unite makes one set of two; the smaller member represents it.
func unite(sets []int32, a, b int32) {
	a, b = root(sets, a), root(sets, b)
	if a != b {
		sets[max(a, b)] = min(a, b)
	}
}

func (gr *Graph) find(a int32) int32 { return root(gr.atoms, a) }

func (gr *Graph) join(a, b int32) { unite(gr.atoms, a, b) }

// joinBuses numbers the atoms, and joins the leaves of buses with the nets of
// their sheet that are named after them.
func (gr *Graph) joinBuses() {
	for i := range gr.clusters {
		gr.chains = append(gr.chains, int32(i))
		gr.atoms = append(gr.atoms, int32(i))
		gr.leaves = append(gr.leaves, busLeaf{})
	}
	type key struct {
		sheet int
		name  string
	}
	nets := map[key]*cluster{}
	for i, c := range gr.clusters {
		c.self, c.atom = int32(i), int32(i)
		if c.bus() != nil {
			c.atom = int32(len(gr.atoms))
			for n := range c.bus().leaves {
				gr.atoms = append(gr.atoms, int32(len(gr.atoms)))
				gr.leaves = append(gr.leaves, busLeaf{c, n})
			}
			continue
		}
		if g := c.groups[0]; !g.strong && !g.unique {
			continue
		}
		for n := range c.drivers {
			d := &c.drivers[n]
			if n != c.chosen && d.priority < byHierarchicalLabel {
				continue
			}
			if k := (key{c.sheet.Index, d.name}); nets[k] == nil {
				nets[k] = c
			}
		}
	}
	// A member that no net of its sheet is named after still joins the buses
	// that have it.
	shadows := map[key]int32{}
	for _, c := range gr.clusters {
		if c.bus() == nil {
			continue
		}
		for _, g := range c.groups {
			d := &g.drivers[g.chosen]
			if d.label == nil || d.bus == nil {
				continue
			}
			for n := range d.bus.leaves {
				l := &d.bus.leaves[n]
				k := key{c.sheet.Index, l.full}
				own := c.bus().match(l)
				if l.nested || nets[k] != nil || own < 0 {
					continue
				}
				if _, ok := shadows[k]; !ok {
					shadows[k] = c.atom + int32(own)
					gr.shadows = append(gr.shadows, c.atom+int32(own))
				}
			}
		}
	}
	for _, c := range gr.clusters {
		if c.bus() == nil || !c.groups[0].strong && !c.groups[0].unique {
			continue
		}
		for n := range c.drivers {
			d := &c.drivers[n]
			if d.bus == nil || n != c.chosen && d.priority < byHierarchicalLabel {
				continue
			}
			for i := range d.bus.leaves {
				l := &d.bus.leaves[i]
				own := c.bus().match(l)
				if own < 0 {
					continue
				}
				k := key{c.sheet.Index, l.full}
				atom := c.atom + int32(own)
				if net := nets[k]; net != nil {
					gr.join(net.atom, atom)
					if net.tapped < 0 {
						net.tapped = atom
					}
				} else if shadow, ok := shadows[k]; ok {
					gr.join(shadow, atom)
				}
			}
		}
	}
}

// joinSheets joins sheet pins with the labels of their names inside.
func (gr *Graph) joinSheets() {
	type key struct {
		sheet int
		name  string
	}
	ports := map[key][]*cluster{}
	for _, c := range gr.clusters {
		for i := range c.drivers {
			if d := &c.drivers[i]; d.label != nil && d.label.Kind == Hierarchical {
				k := key{c.sheet.Index, d.name}
				if list := ports[k]; len(list) == 0 || list[len(list)-1] != c {
					ports[k] = append(list, c)
				}
			}
		}
	}
	for _, c := range gr.clusters {
		for _, g := range c.groups {
			for _, pin := range g.SheetPins {
				for _, child := range c.sheet.Children {
					if child.Symbol != pin.Sheet {
						continue
					}
					name := escapeName(gr.s.expandLabel(c.sheet, pin.Name))
					for _, inside := range ports[key{child.Index, name}] {
						gr.joinClusters(c, inside)
					}
				}
			}
		}
	}
}

// joinClusters joins two clusters on different sheets: two nets, or two buses
// of one form leaf by leaf.
func (gr *Graph) joinClusters(a, b *cluster) {
	switch {
	case a.bus() == nil && b.bus() == nil:
		gr.join(a.atom, b.atom)
		unite(gr.chains, a.self, b.self)
	case a.bus() != nil && b.bus() != nil && a.bus().vector == b.bus().vector:
		gr.join(a.self, b.self)
		for i := range b.bus().leaves {
			if own := a.bus().match(&b.bus().leaves[i]); own >= 0 {
				gr.join(a.atom+int32(own), b.atom+int32(i))
			}
		}
	}
}

// joinGlobals joins the clusters that share a global name.
func (gr *Graph) joinGlobals() {
	first := map[string]*cluster{}
	for _, c := range gr.clusters {
		for i := range c.drivers {
			d := &c.drivers[i]
			if d.priority < byGlobalPower {
				continue
			}
			if f, ok := first[d.name]; ok {
				gr.joinClusters(f, c)
			} else {
				first[d.name] = c
			}
		}
	}
}
