package difference

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// A comparer compares the files of two sides and gathers what differs.
type comparer struct {
	judge
	tally

	file   string
	prefix []string // of the path: sheet, members of archives
	da, db *doc
	frames []frame
	budget int64 // bytes that archives may still unpack to
	depth  int   // of archives in archives
}

// A frame is a pair of nodes on the way from the root; one is -1 where only
// the other side has the node.
type frame struct {
	i, j int
	note string // instead of the node's own words
}

// trees compares two documents of one format.
func (c *comparer) trees(da, db *doc) {
	outer := *c
	c.da, c.db, c.frames = da, db, nil
	c.nodes(0, 0)
	c.da, c.db, c.frames = outer.da, outer.db, outer.frames
}

// nodes compares two nodes that are a pair.
func (c *comparer) nodes(i, j int) {
	na, nb := &c.da.nodes[i], &c.db.nodes[j]
	if na.hash == nb.hash {
		return
	}
	c.frames = append(c.frames, frame{i: i, j: j})
	defer func() { c.frames = c.frames[:len(c.frames)-1] }()
	if na.label != nb.label {
		c.key(i, j)
	}
	switch {
	case na.shape == scalar && nb.shape == scalar:
		c.scalars(i, j)
	case na.shape == scalar || nb.shape == scalar:
		c.emit(found{verdict: verdict{kind: Content, detail: "a value and a list"}, a: c.da.source(i), b: c.db.source(j)})
	case c.da.format == sexprFormat:
		c.lists(i, j)
	case c.da.format == xmlFormat:
		c.elements(i, j)
	case na.shape == record && nb.shape == record:
		c.items(c.da.children(i), c.db.children(j), true)
	default:
		as, bs := c.da.children(i), c.db.children(j)
		if c.tuple(as, bs) {
			for k := range as {
				c.nodes(as[k], bs[k])
			}
			return
		}
		c.items(as, bs, false)
	}
}

// key compares the names under which two paired values stand.
func (c *comparer) key(i, j int) {
	la, lb := c.da.label(i), c.db.label(j)
	c.frames = append(c.frames, frame{i: -1, j: -1, note: "name"})
	c.texts(la, lb, int(c.da.nodes[i].start), int(c.db.nodes[j].start), plainRole)
	c.frames = c.frames[:len(c.frames)-1]
}

// role returns what the names of the innermost pair say of its values.
func (c *comparer) role() role {
	for k := len(c.frames) - 1; k >= 0; k-- {
		f := c.frames[k]
		if f.i < 0 {
			return plainRole
		}
		label := c.da.label(f.i)
		if label == "" {
			continue
		}
		return roleOf(strings.TrimPrefix(label, "@"))
	}
	return plainRole
}

func (c *comparer) scalars(i, j int) {
	x, y := c.da.value(i), c.db.value(j)
	if x == y {
		if c.da.source(i) != c.db.source(j) {
			c.emit(found{verdict: verdict{kind: Layout, detail: "quotes or escapes"}, a: c.da.source(i), b: c.db.source(j)})
		}
		return
	}
	c.texts(x, y, c.da.inside(i), c.db.inside(j), c.role())
}

// inside returns the offset at which the value of a scalar begins.
func (d *doc) inside(i int) int {
	n := d.nodes[i]
	if n.end > n.start && d.text[n.start] == '"' && (d.format == sexprFormat || d.format == jsonFormat) {
		return int(n.start) + 1
	}
	return int(n.start)
}

// tuple reports whether two lists are few numbers, whose order is their
// meaning.
func (c *comparer) tuple(as, bs []int) bool {
	if len(as) != len(bs) || len(as) == 0 || len(as) > 4 {
		return false
	}
	return numeric(c.da, as) && numeric(c.db, bs)
}

func numeric(d *doc, kids []int) bool {
	for _, k := range kids {
		if d.nodes[k].shape != scalar {
			return false
		}
		if _, ok := parseNumber(d.source(k)); !ok {
			return false
		}
	}
	return true
}

// lists compares two lists of an s-expression: their atoms by position, the
// lists in them as items.
func (c *comparer) lists(i, j int) {
	aAtoms, aLists := split(c.da, i)
	bAtoms, bLists := split(c.db, j)
	switch {
	case c.place(aAtoms, bAtoms):
	case len(aAtoms) == len(bAtoms) && len(aAtoms) <= 8 && !c.shuffled(aAtoms, bAtoms):
		for k := range aAtoms {
			c.nodes(aAtoms[k], bAtoms[k])
		}
	default:
		c.items(aAtoms, bAtoms, false)
	}
	c.items(aLists, bLists, false)
}

func split(d *doc, i int) (atoms, lists []int) {
	for _, k := range d.children(i) {
		if d.nodes[k].shape == scalar {
			atoms = append(atoms, k)
		} else {
			lists = append(lists, k)
		}
	}
	return atoms, lists
}

// shuffled reports whether two rows of atoms are the same words in another
// order.
func (c *comparer) shuffled(as, bs []int) bool {
	if len(as) < 2 || numeric(c.da, as) {
		return false
	}
	ha, hb := make([]uint64, len(as)), make([]uint64, len(bs))
	for k := range as {
		ha[k], hb[k] = c.da.nodes[as[k]].hash, c.db.nodes[bs[k]].hash
	}
	if slices.Equal(ha, hb) {
		return false
	}
	slices.Sort(ha)
	slices.Sort(hb)
	return slices.Equal(ha, hb)
}

// place compares the numbers of (at x y angle), (xy x y) and the like as one
// value. It reports whether they are that.
func (c *comparer) place(as, bs []int) bool {
	if len(as) < 2 || len(as) > 4 || len(bs) < 2 || len(bs) > 4 || c.role() != placeRole || !numeric(c.da, as) || !numeric(c.db, bs) {
		return false
	}
	var move [4]float64
	var texts [2][]string
	changed, jitters, largest := 0, 0, 0.0
	for k := range max(len(as), len(bs)) {
		x, y := "0", "0"
		if k < len(as) {
			x = c.da.source(as[k])
			texts[0] = append(texts[0], x)
		}
		if k < len(bs) {
			y = c.db.source(bs[k])
			texts[1] = append(texts[1], y)
		}
		vx, _ := parseNumber(x)
		vy, _ := parseNumber(y)
		if vx == vy {
			continue
		}
		move[k] = vy - vx
		changed++
		if v, _ := c.numbers(x, y, plainRole); v.kind == Float {
			jitters++
			largest = max(largest, v.size)
		}
	}
	if changed == 0 {
		return slices.Equal(texts[0], texts[1])
	}
	v := verdict{kind: Position}
	turned, moved := move[2] != 0, move[0] != 0 || move[1] != 0
	switch {
	case jitters == changed:
		v = verdict{kind: Float, detail: fmt.Sprintf("relative %.0e", largest), class: "jitter", size: largest}
	case turned && moved:
		v.detail, v.class = fmt.Sprintf("moved by %s, %s and turned by %s", trimFloat(move[0]), trimFloat(move[1]), trimFloat(move[2])), "moved and turned"
	case turned:
		v.detail, v.class = "turned by "+trimFloat(move[2]), "turned"
	default:
		v.detail, v.class = fmt.Sprintf("moved by %s, %s", trimFloat(move[0]), trimFloat(move[1])), "moved"
	}
	c.emit(found{verdict: v, a: strings.Join(texts[0], " "), b: strings.Join(texts[1], " ")})
	return true
}

// elements compares the attributes and the content of two XML elements.
func (c *comparer) elements(i, j int) {
	aAttrs, aKids := attributes(c.da, i)
	bAttrs, bKids := attributes(c.db, j)
	c.items(aAttrs, bAttrs, true)
	c.items(aKids, bKids, false)
}

func attributes(d *doc, i int) (attrs, kids []int) {
	for _, k := range d.children(i) {
		if strings.HasPrefix(d.label(k), "@") {
			attrs = append(attrs, k)
		} else {
			kids = append(kids, k)
		}
	}
	return attrs, kids
}

// items pairs the items of two lists and compares the pairs. Keyed lists pair
// by label first.
func (c *comparer) items(as, bs []int, keyed bool) {
	if len(as) == 0 && len(bs) == 0 {
		return
	}
	al := newAlignment(len(as), len(bs))
	al.step(hashes(c.da, as), hashes(c.db, bs), true)
	if al.free > 0 && al.free+len(bs) > len(as) {
		c.partners(al, as, bs, keyed)
	}
	pairs, out := al.moved()
	if out > 0 && !(keyed && c.da.format == csvFormat && c.row() > 0) {
		c.order(al, as, bs, pairs, out)
	}
	for i, k := range as {
		if j := al.to[i]; j >= 0 {
			c.nodes(k, bs[j])
		} else {
			c.missing(k, -1)
		}
	}
	for j, k := range bs {
		if al.from[j] < 0 {
			c.missing(-1, k)
		}
	}
}

// row returns the number of the row of a table that the innermost frame is.
func (c *comparer) row() int {
	i := c.frames[len(c.frames)-1].i
	if i == 1 {
		return 0
	}
	return 1
}

func hashes(d *doc, kids []int) []uint64 {
	h := make([]uint64, len(kids))
	for i, k := range kids {
		h[i] = d.nodes[k].hash
	}
	return h
}

// partners pairs items that are not equal: by label, by identity, by what is
// left of them without volatile values, and at last by place.
func (c *comparer) partners(al *alignment, as, bs []int, keyed bool) {
	label := func(d *doc, kids []int) []uint64 {
		h := make([]uint64, len(kids))
		for i, k := range kids {
			if l := d.nodes[k].label; l != 0 {
				h[i] = uint64(l)
			}
		}
		return h
	}
	la, lb := label(c.da, as), label(c.db, bs)
	if keyed {
		al.step(la, lb, true)
	} else {
		c.identities(al, as, bs)
	}
	if al.free == 0 {
		return
	}
	for level := range 2 {
		ka, kb := c.roughs(c.da, as, al.to, level), c.roughs(c.db, bs, al.from, level)
		al.step(ka, kb, level == 0)
		if al.free == 0 {
			return
		}
	}
	if !keyed {
		al.unique(la, lb)
	}
	if keyed || al.free == 0 {
		return
	}
	al.gaps(func(xs, ys []int) {
		for len(xs) > 0 {
			l := la[xs[0]]
			same := func(keys []uint64, idx []int) (in, rest []int) {
				for _, i := range idx {
					if keys[i] == l {
						in = append(in, i)
					} else {
						rest = append(rest, i)
					}
				}
				return in, rest
			}
			xin, xrest := same(la, xs)
			yin, yrest := same(lb, ys)
			if len(yin) > 0 {
				al.similar(xin, yin, func(i, j int) float64 { return c.likeness(as[i], bs[j]) })
			}
			xs, ys = xrest, yrest
		}
	})
}

// roughs returns the rough hashes of the free items.
func (c *comparer) roughs(d *doc, kids, partner []int, level int) []uint64 {
	h := make([]uint64, len(kids))
	for i, k := range kids {
		if partner[i] < 0 {
			h[i] = d.rough(k, level)
		}
	}
	return h
}

// likeness returns how much two items have in common, from 0 to 1: of their
// children, or of their words.
func (c *comparer) likeness(i, j int) float64 {
	bag := func(d *doc, i int) []uint64 {
		var h []uint64
		if d.nodes[i].shape != scalar {
			for k := i + 1; k < int(d.nodes[i].next) && len(h) < 60; k = int(d.nodes[k].next) {
				h = append(h, d.rough(k, 0))
			}
			return h
		}
		s := d.value(i)
		for k := 0; k < len(s) && len(h) < 60; {
			t := d.facts.next(s, k)
			k = t.end
			switch t.class {
			case blank, punct:
			case word, dotted:
				h = append(h, hashString(s[t.start:t.end]))
			default:
				h = append(h, uint64(t.class))
			}
		}
		return h
	}
	x, y := bag(c.da, i), bag(c.db, j)
	if len(x)+len(y) == 0 {
		return 1
	}
	slices.Sort(x)
	slices.Sort(y)
	both := 0
	for m, n := 0, 0; m < len(x) && n < len(y); {
		switch {
		case x[m] == y[n]:
			both, m, n = both+1, m+1, n+1
		case x[m] < y[n]:
			m++
		default:
			n++
		}
	}
	return 2 * float64(both) / float64(len(x)+len(y))
}

// missing reports an item that only one side has.
func (c *comparer) missing(i, j int) {
	c.frames = append(c.frames, frame{i: i, j: j})
	defer func() { c.frames = c.frames[:len(c.frames)-1] }()
	f := found{verdict: verdict{kind: MissingItem}}
	if i >= 0 {
		f.a, f.detail = c.da.source(i), "only in the first"
	} else {
		f.b, f.detail = c.db.source(j), "only in the second"
	}
	c.emit(f)
}
