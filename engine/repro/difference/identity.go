package difference

import "slices"

// identities pairs free items by what identifies them: the reference, the
// name, the first atom, an attribute. Which of an item's values that is shows
// from the items: it is unique on each side, and the sides have most of it in
// common. A UUID that is drawn anew for each run is therefore none.
func (c *comparer) identities(al *alignment, as, bs []int) {
	byLabel := map[uint32][2][]int{} // indices of free items
	var order []uint32
	gather := func(d *doc, kids, partner []int, side int) {
		for i, k := range kids {
			if partner[i] >= 0 || d.nodes[k].shape == scalar {
				continue
			}
			l := d.nodes[k].label
			g, ok := byLabel[l]
			if !ok {
				order = append(order, l)
			}
			g[side] = append(g[side], i)
			byLabel[l] = g
		}
	}
	gather(c.da, as, al.to, 0)
	gather(c.db, bs, al.from, 1)
	for _, l := range order {
		g := byLabel[l]
		if len(g[0]) == 0 || len(g[1]) == 0 || len(g[0]) == 1 && len(g[1]) == 1 {
			continue
		}
		c.identify(al, as, bs, g[0], g[1])
	}
}

// A handle is a way to take the identity of an item: the value of the child
// with a label, the property Reference, or the atom of a number.
type handle struct {
	label    uint32
	property bool
	atom     bool
	rank     int
}

// identify pairs the free items xs and ys, which have one label.
func (c *comparer) identify(al *alignment, as, bs, xs, ys []int) {
	handles := c.da.handles(as[xs[0]])
	for _, h := range c.db.handles(bs[ys[0]]) {
		if !slices.Contains(handles, h) {
			handles = append(handles, h)
		}
	}
	slices.SortStableFunc(handles, func(x, y handle) int { return x.rank - y.rank })
	if len(handles) > 16 {
		handles = handles[:16]
	}
	for range 2 {
		best, bestKeys := 0, [2][]uint64{}
		for _, h := range handles {
			ka, kb := c.da.identityKeys(as, xs, al.to, h), c.db.identityKeys(bs, ys, al.from, h)
			n := shared(ka, kb)
			if n > best {
				best, bestKeys = n, [2][]uint64{ka, kb}
			}
		}
		if best == 0 || best*3 < min(len(xs), len(ys)) {
			return
		}
		al.unique(bestKeys[0], bestKeys[1])
	}
}

// handles lists the ways to identify item i.
func (d *doc) handles(i int) []handle {
	var all []handle
	add := func(h handle) {
		if !slices.Contains(all, h) {
			all = append(all, h)
		}
	}
	if d.format == sexprFormat {
		if d.property(i, "Reference") != "" {
			add(handle{property: true})
		}
		if k := i + 1; k < int(d.nodes[i].next) && d.nodes[k].shape == scalar {
			add(handle{atom: true, rank: 1})
		}
	}
	for k := i + 1; k < int(d.nodes[i].next); k = int(d.nodes[k].next) {
		n := d.nodes[k]
		if n.label == 0 || n.shape != scalar && d.only(k) == "" {
			continue
		}
		label := d.label(k)
		if label[0] == '@' {
			label = label[1:]
		}
		rank := slices.Index(names, label)
		if rank < 0 {
			rank = len(names)
		}
		add(handle{label: n.label, rank: rank + 2})
	}
	return all
}

// identityKeys returns the hashes of the identities of the free items among
// kids that idx lists; all others have 0.
func (d *doc) identityKeys(kids, idx, partner []int, h handle) []uint64 {
	keys := make([]uint64, len(kids))
	for _, x := range idx {
		if partner[x] >= 0 {
			continue
		}
		i, v := kids[x], ""
		switch {
		case h.property:
			v = d.property(i, "Reference")
		case h.atom:
			if k := i + 1; k < int(d.nodes[i].next) && d.nodes[k].shape == scalar {
				v = d.value(k)
			}
		default:
			for k := i + 1; k < int(d.nodes[i].next); k = int(d.nodes[k].next) {
				if d.nodes[k].label == h.label {
					if d.nodes[k].shape == scalar {
						v = d.value(k)
					} else {
						v = d.only(k)
					}
					break
				}
			}
		}
		if v != "" {
			keys[x] = hashString(v)
		}
	}
	return keys
}

// shared counts the keys that occur once on each side. Keys that repeat count
// against the handle.
func shared(ka, kb []uint64) int {
	na, nb := map[uint64]int{}, map[uint64]int{}
	for _, k := range ka {
		if k != 0 {
			na[k]++
		}
	}
	for _, k := range kb {
		if k != 0 {
			nb[k]++
		}
	}
	n := 0
	for k, count := range na {
		switch other := nb[k]; {
		case count == 1 && other == 1:
			n++
		case other > 0:
			n--
		}
	}
	return n
}
