package layout

import (
	"cmp"
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/route"
	"starboard/kicad/wire"
)

// How far docking goes: the most labels of a net whose blocks may be docked,
// the extents of what may come of it, and the most distances that are tried for
// one dock, how many seams are tried, and what is kept free between two blocks:
// lengths in steps of the grid, but for the last.
const (
	mostDocked = 4
	dockWidth  = 190
	dockHeight = 128
	dockTries  = 80
	dockSeams  = 3
	dockGap    = geom.Grid
)

// A face is a label at the edge of a block, to which a wire may lead.
type face struct {
	net    *net
	at     geom.Point
	toward geom.Side
}

// faces returns those labels of a sketch that read to the right or to the left
// and whose net is not spread over the sheet.
func (b *builder) faces(s *sketch, labels map[*net]int) []face {
	var list []face
	for _, m := range s.marks {
		if !m.power && !vertical(m.toward) && labels[m.net] >= 2 && labels[m.net] <= mostDocked && flag(m.net) == 0 {
			list = append(list, face{m.net, m.at, m.toward})
		}
	}
	return list
}

// countLabels returns how many labels each net has.
func (b *builder) countLabels() map[*net]int {
	labels := map[*net]int{}
	for _, bl := range b.blocks {
		for _, m := range bl.sk.marks {
			if !m.power {
				labels[m.net]++
			}
		}
	}
	return labels
}

// dock puts blocks side by side where labels of one face labels of the other,
// in line, so that straight wires can take their place: a connector beside the
// port that it leads out, a resistor beside the pin that it serves. Blocks that
// share more nets come first.
func (b *builder) dock() {
	labels := b.countLabels()
	of := map[*net][]int{}
	for i, bl := range b.blocks {
		for _, m := range bl.sk.marks {
			if !m.power {
				if k := len(of[m.net]); k == 0 || of[m.net][k-1] != i {
					of[m.net] = append(of[m.net], i)
				}
			}
		}
	}
	type pair struct{ i, k int }
	shared := map[pair]int{}
	var pairs []pair
	for _, n := range b.nets {
		if n.power || labels[n] > mostDocked {
			continue
		}
		for x, i := range of[n] {
			for _, k := range of[n][x+1:] {
				if n.still() && (b.blocks[i].loose() || b.blocks[k].loose()) {
					continue
				}
				p := pair{min(i, k), max(i, k)}
				if shared[p] == 0 {
					pairs = append(pairs, p)
				}
				shared[p]++
			}
		}
	}
	slices.SortStableFunc(pairs, func(p, q pair) int {
		return cmp.Or(cmp.Compare(shared[q], shared[p]), cmp.Compare(p.i, q.i), cmp.Compare(p.k, q.k))
	})
	into := make([]int, len(b.blocks)) // the block that each is part of
	for i := range into {
		into[i] = i
	}
	find := func(i int) int {
		for into[i] != i {
			i = into[i]
		}
		return i
	}
	for _, p := range pairs {
		i, k := find(p.i), find(p.k)
		if i == k {
			continue
		}
		if len(b.blocks[k].sk.units) > len(b.blocks[i].sk.units) {
			i, k = k, i
		}
		if b.dockTo(b.blocks[i], b.blocks[k], labels) {
			into[k] = i
		}
	}
	var left []*block
	for i, bl := range b.blocks {
		if into[i] == i {
			left = append(left, bl)
		}
	}
	b.blocks = left
}

// loose reports whether a block has nothing but parts of chains.
func (bl *block) loose() bool {
	return len(bl.children) == 0 && !slices.ContainsFunc(bl.sk.units, func(v standing) bool { return v.u.chain == nil })
}

// A seam is a row of faces of two blocks that straight wires join.
type seam struct {
	mine, theirs []face
}

// dockTo adds a block to another where their faces meet, if they fit.
func (b *builder) dockTo(bl, other *block, labels map[*net]int) bool {
	mine, theirs := b.faces(&bl.sk, labels), b.faces(&other.sk, labels)
	type offset struct {
		toward geom.Side
		y      int64
	}
	seams := map[offset]*seam{}
	var order []offset
	for _, f := range mine {
		for _, g := range theirs {
			if f.net != g.net || f.toward != g.toward.Opposite() {
				continue
			}
			o := offset{f.toward, f.at.Y - g.at.Y}
			if seams[o] == nil {
				seams[o] = &seam{}
				order = append(order, o)
			}
			seams[o].mine, seams[o].theirs = append(seams[o].mine, f), append(seams[o].theirs, g)
		}
	}
	slices.SortStableFunc(order, func(o, p offset) int { return cmp.Compare(len(seams[p].mine), len(seams[o].mine)) })
	for _, o := range order[:min(len(order), dockSeams)] {
		if b.sew(bl, other, seams[o], labels) {
			return true
		}
	}
	return false
}

// sew adds a block to another so that the faces of a seam are in line, and
// joins them.
func (b *builder) sew(bl, other *block, s *seam, labels map[*net]int) bool {
	box, own := bl.sk.Bounds(), other.sk.Bounds()
	// The labels of the seam go, or stay on the wires between.
	gone := removeLabels(bl, s.mine)
	theirs := removeLabels(other, s.theirs)
	restore := func() {
		for _, i := range gone {
			bl.cv.Restore(i)
		}
		for _, i := range theirs {
			other.cv.Restore(i)
		}
	}
	toward := s.mine[0].toward
	from := s.mine[0].at.X
	for _, f := range s.mine {
		if toward == geom.Right {
			from = max(from, f.at.X)
		} else {
			from = min(from, f.at.X)
		}
	}
	to := s.theirs[0].at.X
	for _, g := range s.theirs {
		if toward == geom.Right {
			to = min(to, g.at.X)
		} else {
			to = max(to, g.at.X)
		}
	}
	least := int64(3)
	for _, f := range s.mine {
		if b.keeps(f.net, labels) {
			least = max(least, labelSteps(f.net)+2)
		}
	}
	for n := least; n < least+dockTries; n++ {
		at := step(geom.Point{X: from, Y: s.mine[0].at.Y}, toward, n).Sub(geom.Point{X: to, Y: s.theirs[0].at.Y})
		all := box.Union(own.Add(at))
		if all.Width() > max(dockWidth*geom.Grid, box.Width()) || all.Height() > max(dockHeight*geom.Grid, box.Height(), own.Height()) {
			break
		}
		if !b.fitsBeside(bl, other, at, s, labels) {
			continue
		}
		b.unite(bl, other, at, s, labels)
		return true
	}
	restore()
	return false
}

// keeps reports whether the name of a net must stand on a wire that takes the
// place of two labels.
func (b *builder) keeps(n *net, labels map[*net]int) bool {
	return n.named() || n.public || labels[n] > 2
}

// removeLabels takes the labels of faces off the canvas of a block.
func removeLabels(bl *block, faces []face) []int {
	var gone []int
	for _, f := range faces {
		box := wire.LabelBox(f.net.Net, f.toward).Add(f.at)
		for i := range bl.cv.Boxes {
			if x := &bl.cv.Boxes[i]; x.Owner == labelOwner && x.Box == box && !bl.cv.Removed(i) {
				bl.cv.Remove(i)
				gone = append(gone, i)
				break
			}
		}
	}
	return gone
}

// fitsBeside reports whether a block can stand at a place in another: nothing
// of the two is close, and the ways along the seam are free.
func (b *builder) fitsBeside(bl, other *block, at geom.Point, s *seam, labels map[*net]int) bool {
	for i, x := range other.cv.Boxes {
		if !other.cv.Removed(i) && !bl.cv.FreeBox(x.Box.Add(at).Grow(dockGap)) {
			return false
		}
	}
	for _, w := range other.cv.Wires {
		if !bl.cv.FreeBox(geom.BoxOf(w.A, w.B).Add(at).Grow(dockGap)) {
			return false
		}
	}
	for _, p := range other.cv.Pins {
		if !bl.cv.FreeBox(geom.BoxOf(p.At.Add(at)).Grow(dockGap)) {
			return false
		}
	}
	back := geom.Point{}.Sub(at)
	for i, f := range s.mine {
		w := route.Wire{A: f.at, B: s.theirs[i].at.Add(at), Net: f.net.id}
		// Along an edge it would look as if it were one.
		way := geom.BoxOf(step(w.A, f.toward, 1), step(w.B, f.toward, -1))
		if !bl.cv.FreeWire(w, 0) || !bl.cv.FreeBox(way) {
			return false
		}
		w.A, w.B = w.A.Add(back), w.B.Add(back)
		if !other.cv.FreeWire(w, 0) || !other.cv.FreeBox(way.Add(back)) {
			return false
		}
		if !b.keeps(f.net, labels) {
			continue
		}
		box := wire.LabelBox(f.net.Net, f.toward).Add(f.at)
		if !bl.cv.FreeLabel(box, f.at, true) || !other.cv.FreeLabel(box.Add(back), f.at.Add(back), true) {
			return false
		}
	}
	return true
}

// unite adds a block to another and draws the wires of the seam.
func (b *builder) unite(bl, other *block, at geom.Point, s *seam, labels map[*net]int) {
	keys := make([]string, len(s.mine))
	for i, f := range s.mine {
		keys[i] = bl.sk.dropLabel(f)
		other.sk.dropLabel(s.theirs[i])
	}
	bl.takeOver(other, at)
	for i, f := range s.mine {
		t := &sketch{}
		t.wire(f.at, s.theirs[i].at.Add(at), f.net, "dock "+keys[i])
		if b.keeps(f.net, labels) {
			b.mark(t, f.net, f.at, f.toward, keys[i])
			labels[f.net]--
		} else {
			labels[f.net] -= 2
		}
		bl.commit(t, geom.Point{})
	}
}

// takeOver adds a block to another.
func (bl *block) takeOver(other *block, at geom.Point) {
	bl.commit(&other.sk, at)
	for _, ch := range other.children {
		bl.children = append(bl.children, child{ch.c, ch.at.Add(at)})
	}
	bl.home = cmp.Or(bl.home, other.home)
	bl.stages = bl.stages || other.stages
}

// dropLabel takes the label of a face off a sketch, and returns its key.
func (s *sketch) dropLabel(f face) (key string) {
	i := slices.IndexFunc(s.marks, func(m mark) bool { return m.net == f.net && m.at == f.at && !m.power })
	if i < 0 {
		return ""
	}
	key = s.marks[i].key
	s.dropMark(i)
	return key
}

// dropMark takes a label off a sketch.
func (s *sketch) dropMark(i int) {
	m := s.marks[i]
	box := wire.LabelBox(m.net.Net, m.toward).Add(m.at)
	if k := slices.IndexFunc(s.Boxes, func(x route.Box) bool { return x.Owner == labelOwner && x.Box == box }); k >= 0 {
		s.Boxes = slices.Delete(s.Boxes, k, k+1)
	}
	s.marks = slices.Delete(s.marks, i, i+1)
}
