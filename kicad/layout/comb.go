package layout

import (
	"cmp"
	"slices"

	"starboard/kicad/geom"
)

// A comb is a row of equal chains from neighbouring pins of a symbol to one supply
// or ground, such as the LEDs of a port: they stand side by side in one row, and
// one wire joins their far ends.

// leastTeeth is how many chains make a comb.
const leastTeeth = 3

// combs draws those of the symbol that has just been placed.
func (bl *block) combs() {
	for {
		run := bl.teeth()
		if run == nil || !bl.comb(run) {
			return
		}
	}
}

// teeth returns the heads of a comb, from the one nearest to the chains to the
// farthest.
func (bl *block) teeth() []head {
	order := bl.inOrder()
	for i := 0; i < len(order); {
		k := i
		for k < len(order) && bl.tooth(&order[k]) != nil && bl.alike(&order[i], &order[k]) {
			k++
		}
		if k-i < leastTeeth {
			i = max(i+1, k)
			continue
		}
		run := order[i:k]
		if side, _ := shunt(bl.tooth(&run[0]), run[0].net); side == geom.Down {
			slices.Reverse(run)
		}
		return run
	}
	return nil
}

// inOrder returns the heads of each edge of each symbol from the top.
func (bl *block) inOrder() []head {
	order := slices.Clone(bl.heads)
	slices.SortStableFunc(order, func(a, b head) int {
		return cmp.Or(cmp.Compare(a.ref.u.id, b.ref.u.id), cmp.Compare(a.dir, b.dir), cmp.Compare(a.at.X, b.at.X), cmp.Compare(a.at.Y, b.at.Y))
	})
	return order
}

// drawn takes away heads that have been led on.
func (bl *block) drawn(run []head) {
	bl.heads = slices.DeleteFunc(bl.heads, func(h head) bool {
		return slices.ContainsFunc(run, func(r head) bool { return r.ref == h.ref })
	})
}

// tooth returns the chain of a head that could be part of a comb: it is all that
// is on the net.
func (bl *block) tooth(h *head) *chain {
	if vertical(h.dir) || h.passive || h.own == 0 || h.net.power || h.net.public || len(h.net.terms) != 2 || len(h.net.chains) != 1 {
		return nil
	}
	c := h.net.chains[0]
	if _, ok := shunt(c, h.net); !ok || c.used || !bl.admitsAll(c) {
		return nil
	}
	return c
}

// alike reports whether the chains of two heads are: they leave one edge of a
// symbol, and the same symbols lead to the same net.
func (bl *block) alike(g, h *head) bool {
	c, d := bl.tooth(g), bl.tooth(h)
	return c != nil && d != nil && g.ref.u == h.ref.u && g.dir == h.dir && g.at.X == h.at.X && c.other(g.net) == d.other(h.net) && equal(c, g.net, d, h.net)
}

// comb draws a row of chains, each with a wire of its own to its head.
func (bl *block) comb(run []head) bool {
	side, _ := shunt(bl.tooth(&run[0]), run[0].net)
	out := bl.tooth(&run[0]).other(run[0].net)
	var rows []*sketch
	var tails []geom.Point // their far ends
	var reach geom.Box     // of any of them
	named := int64(0)
	deep := int64(0)
	for i := range run {
		h := &run[i]
		s, end, ok := bl.row(bl.tooth(h), h.net, side, 0, rightOf, false)
		if !ok {
			return false
		}
		rows, tails = append(rows, s), append(tails, end)
		reach = reach.Union(s.Bounds())
		deep = max(deep, abs(end.Y)+geom.Grid, -s.Bounds().Min.Y, s.Bounds().Max.Y)
		if h.net.named() {
			named = max(named, labelSteps(h.net)+1)
		}
	}
	deep = geom.SnapUp(deep + geom.Grid/2)
	pitch := geom.SnapUp(reach.Width()+geom.Grid) / geom.Grid
	for i := range run {
		bl.free(&run[i])
	}
	first := &run[0]
	for n := max(firstStep, named); n <= maxLead; n++ {
		s := &sketch{}
		base := step(first.at, side, 2).Y
		bus := step(geom.Point{Y: base}, side, deep/geom.Grid).Y
		var ends []geom.Point
		for i := range run {
			h := &run[i]
			c := bl.tooth(h)
			x := step(first.at, h.dir, n+int64(i)*pitch).X
			corner, top := geom.Point{X: x, Y: h.at.Y}, geom.Point{X: x, Y: base}
			s.wire(h.at, corner, h.net, h.ref.key())
			s.wire(corner, top, h.net, h.ref.key())
			if h.net.named() {
				bl.mark(s, h.net, step(h.at, h.dir, 1), h.dir, h.ref.key())
			}
			s.add(rows[i], top)
			links := c.from(h.net)
			last := links[len(links)-1]
			end := geom.Point{X: x, Y: bus}
			s.wire(top.Add(tails[i]), end, out, last.after().key())
			if i > 0 {
				s.wire(ends[i-1], end, out, "comb "+last.after().key())
			}
			ends = append(ends, end)
		}
		key := bl.tooth(first).from(first.net)
		bl.mark(s, out, ends[0], out.toward, "comb "+key[len(key)-1].after().key())
		if !bl.cv.Fits(&s.Items, geom.Point{}, first.own) {
			continue
		}
		bl.commit(s, geom.Point{})
		for i := range run {
			bl.use(bl.tooth(&run[i]))
		}
		bl.drawn(run)
		return true
	}
	for i := range run {
		bl.keepAgain(&run[i])
	}
	return false
}
