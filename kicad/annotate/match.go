package annotate

import (
	"hash/fnv"
	"io"
	"slices"

	"starboard/kicad/circuit"
)

// A matcher finds which old entry each part is. It proceeds from what is
// certain to what is likely, and pairs in the order of the script what it
// cannot tell apart.
//
// What a part is connected to is told by colours, as in the refinement of
// Weisfeiler and Lehman: a named net has its name for a colour, any other the
// colours of its pins, and a part its kind and the colours of its nets. Each
// round looks one part further. Named nets are never refined, or a part more
// on GND would change the colour of every part there.
type matcher struct {
	fresh, old graph
	match      []int // of a part: its entry, or -1
	taken      []int // of an entry: its part, or -1
}

const rounds = 3

// A graph is a circuit as both sides know it.
type graph struct {
	items []item
	nets  [][]terminal // of nets without name
}

type item struct {
	name, fixed             string
	gone                    bool
	sheet, symbol           string
	value, footprint        string
	pins                    []connection
	colors                  [rounds + 1]uint64
	kind, anywhere, network uint64
}

type connection struct {
	pin  string
	name string // of a named net
	net  int    // of any other, an index of graph.nets, or -1
}

type terminal struct {
	item int
	pin  string
}

func newMatcher(parts []*circuit.Part, entries []Entry) *matcher {
	m := &matcher{match: make([]int, len(parts)), taken: make([]int, len(entries))}
	for i := range m.match {
		m.match[i] = -1
	}
	for i := range m.taken {
		m.taken[i] = -1
	}
	anonymous := map[*circuit.Net]int{}
	for i, p := range parts {
		it := item{name: p.Name, fixed: p.FixedRef, sheet: p.Sheet().Path(), symbol: p.Symbol.LibID(), value: p.Value, footprint: p.Footprint}
		for _, pin := range p.Pins() {
			n := pin.Net()
			if n == nil || n.Name() == "" && n.Alone() {
				continue
			}
			if n.Name() != "" {
				it.pins = append(it.pins, connection{pin.Number, n.Name(), -1})
				continue
			}
			k, ok := anonymous[n]
			if !ok {
				k = len(m.fresh.nets)
				anonymous[n] = k
				m.fresh.nets = append(m.fresh.nets, nil)
			}
			m.fresh.nets[k] = append(m.fresh.nets[k], terminal{i, pin.Number})
			it.pins = append(it.pins, connection{pin.Number, "", k})
		}
		m.fresh.items = append(m.fresh.items, it)
	}
	labels := map[[2]string]int{}
	for i, e := range entries {
		it := item{name: e.Name, fixed: e.Ref, gone: e.Gone, sheet: e.Sheet, symbol: e.Symbol, value: e.Value, footprint: e.Footprint}
		for _, con := range e.Pins {
			if con.Named {
				it.pins = append(it.pins, connection{con.Pin, con.Net, -1})
				continue
			}
			key := [2]string{e.Sheet, con.Net}
			k, ok := labels[key]
			if !ok {
				k = len(m.old.nets)
				labels[key] = k
				m.old.nets = append(m.old.nets, nil)
			}
			m.old.nets[k] = append(m.old.nets[k], terminal{i, con.Pin})
			it.pins = append(it.pins, connection{con.Pin, "", k})
		}
		m.old.items = append(m.old.items, it)
	}
	m.fresh.paint()
	m.old.paint()
	return m
}

// hash returns a colour for a list of texts and colours.
func hash(texts []string, colors ...uint64) uint64 {
	h := fnv.New64a()
	for _, s := range texts {
		io.WriteString(h, s)
		h.Write([]byte{0})
	}
	var b [8]byte
	for _, c := range colors {
		for i := range b {
			b[i] = byte(c >> (8 * i))
		}
		h.Write(b[:])
	}
	return h.Sum64()
}

func (g *graph) paint() {
	for i := range g.items {
		it := &g.items[i]
		it.kind = hash([]string{it.sheet, it.symbol})
		texts := []string{it.sheet, it.symbol}
		for _, con := range it.pins {
			texts = append(texts, con.pin, con.name)
		}
		it.network = hash(texts)
		it.anywhere = hash(append(texts[1:], it.value, it.footprint))
		it.colors[0] = hash(append(texts, it.value, it.footprint))
	}
	nets := make([]uint64, len(g.nets))
	for r := range rounds {
		for i, terminals := range g.nets {
			ends := make([]uint64, len(terminals))
			for j, t := range terminals {
				ends[j] = hash([]string{t.pin}, g.items[t.item].colors[r])
			}
			slices.Sort(ends)
			nets[i] = hash(nil, ends...)
		}
		for i := range g.items {
			it := &g.items[i]
			colors := []uint64{it.colors[r]}
			for _, con := range it.pins {
				if con.net >= 0 {
					colors = append(colors, nets[con.net])
				}
			}
			it.colors[r+1] = hash(nil, colors...)
		}
	}
}

func (m *matcher) run() []int {
	same := func(key func(*item) (uint64, bool)) {
		m.pair(key, equal)
		m.pair(key, gaps)
		m.pair(key, order)
	}
	// What the script names.
	m.pair(func(it *item) (uint64, bool) { return hash([]string{it.sheet, it.name}), it.name != "" }, equal)
	m.pair(func(it *item) (uint64, bool) { return hash([]string{it.name}), it.name != "" }, equal)
	m.pairFixed(func(a, b *item) bool { return a.colors[0] == b.colors[0] })
	// What is the same, seen from far to near.
	for r := rounds; r >= 0; r-- {
		same(func(it *item) (uint64, bool) { return it.colors[r], true })
	}
	m.pairFixed(func(a, b *item) bool { return a.sheet == b.sheet })
	// What has another value, another place, or other nets. A part that was gone
	// in the last run already comes back only as what it was.
	same(func(it *item) (uint64, bool) { return it.network, !it.gone })
	same(func(it *item) (uint64, bool) { return it.anywhere, !it.gone })
	m.pairRelated()
	m.pair(func(it *item) (uint64, bool) { return hash([]string{it.value}, it.kind), !it.gone }, equal)
	return m.match
}

func (m *matcher) join(part, entry int) {
	m.match[part], m.taken[entry] = entry, part
}

// mayPair refuses to give what the script named to a part of another name.
func (m *matcher) mayPair(part, entry int) bool {
	a, b := &m.fresh.items[part], &m.old.items[entry]
	return a.name == "" || b.name == "" || a.name == b.name
}

// A mode says which groups pair joins.
type mode int

const (
	equal mode = iota // only groups of as many parts as entries
	gaps              // only within the gap between two parts that are matched already
	order             // all, in order
)

// A groupKey is a colour and, for gaps, the entry of the last part before
// that is matched.
type groupKey struct {
	color uint64
	after int
}

// A grouping has the unmatched items of one side by their key, and the keys
// in the order in which they first appear.
type grouping struct {
	keys    []groupKey
	members map[groupKey][]int
}

func group(items []item, matched func(i int) (entry int, ok bool), key func(*item) (uint64, bool), how mode) grouping {
	g := grouping{members: map[groupKey][]int{}}
	after := -1
	for i := range items {
		if entry, ok := matched(i); ok {
			after = entry
			continue
		}
		color, ok := key(&items[i])
		if !ok {
			continue
		}
		k := groupKey{color: color}
		if how == gaps {
			k.after = after
		}
		if _, known := g.members[k]; !known {
			g.keys = append(g.keys, k)
		}
		g.members[k] = append(g.members[k], i)
	}
	return g
}

// pair joins the parts and entries that have the same key, in their order.
func (m *matcher) pair(key func(*item) (uint64, bool), how mode) {
	fresh := group(m.fresh.items, func(i int) (int, bool) { return m.match[i], m.match[i] >= 0 }, key, how)
	old := group(m.old.items, func(i int) (int, bool) { return i, m.taken[i] >= 0 }, key, how)
	for _, k := range fresh.keys {
		parts, entries := fresh.members[k], old.members[k]
		if how == equal && len(parts) != len(entries) {
			continue
		}
		for i := range min(len(parts), len(entries)) {
			if m.mayPair(parts[i], entries[i]) {
				m.join(parts[i], entries[i])
			}
		}
	}
}

// pairFixed joins parts whose full reference the script gives with the entry
// of that reference, where the two are alike.
func (m *matcher) pairFixed(alike func(a, b *item) bool) {
	byRef := make(map[string]int, len(m.old.items))
	for i := range m.old.items {
		if m.taken[i] < 0 {
			byRef[m.old.items[i].fixed] = i
		}
	}
	for i := range m.fresh.items {
		it := &m.fresh.items[i]
		if e, ok := byRef[it.fixed]; ok && it.fixed != "" && m.match[i] < 0 && alike(it, &m.old.items[e]) && m.mayPair(i, e) {
			m.join(i, e)
		}
	}
}

// pairRelated joins parts and entries of one symbol on one sheet that have
// connections in common: at least half of those of the part, or one and the
// same value. Those with the most go first.
func (m *matcher) pairRelated() {
	kind := func(it *item) (uint64, bool) { return it.kind, !it.gone }
	fresh := group(m.fresh.items, func(i int) (int, bool) { return m.match[i], m.match[i] >= 0 }, kind, order)
	old := group(m.old.items, func(i int) (int, bool) { return i, m.taken[i] >= 0 }, kind, order)
	type candidate struct{ part, entry, common int }
	const most = 1 << 20 // pairs that are looked at for one symbol
	for _, k := range fresh.keys {
		parts, entries := fresh.members[k], old.members[k]
		if len(parts)*len(entries) > most {
			continue
		}
		var list []candidate
		for _, p := range parts {
			for _, e := range entries {
				a, b := &m.fresh.items[p], &m.old.items[e]
				common := a.common(b)
				if common > 0 && (2*common >= len(a.pins) || a.value == b.value) && m.mayPair(p, e) {
					list = append(list, candidate{p, e, common})
				}
			}
		}
		slices.SortStableFunc(list, func(a, b candidate) int { return b.common - a.common })
		for _, c := range list {
			if m.match[c.part] < 0 && m.taken[c.entry] < 0 {
				m.join(c.part, c.entry)
			}
		}
	}
}

// common returns the number of pins that are on the same named net in both.
func (it *item) common(other *item) int {
	count := 0
	for _, con := range it.pins {
		if con.name != "" && slices.Contains(other.pins, connection{con.pin, con.name, -1}) {
			count++
		}
	}
	return count
}
