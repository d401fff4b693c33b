package layout

import (
	"cmp"
	"slices"
	"strings"

	"starboard/kicad/geom"
)

// What hangs at neighbouring pins and is of one kind is drawn in one way: where
// there would be room for the first only, all have labels, and each makes a block
// of its own that looks like the others.

// alikePitch is how close pins are that cannot all have much at their wires.
const alikePitch = 6 * geom.Grid

// manyTerms is how many terminals a symbol has that has ports of one kind: the
// inputs of an amplifier are none.
const manyTerms = 10

// findAlike notes the terminals of a unit from which nothing grows because their
// neighbours want the same.
func (b *builder) findAlike(u *unit) {
	if len(u.terms) < manyTerms && !isConnector(u) {
		return
	}
	var list []int
	for i, t := range u.terms {
		if t.net != nil && !t.net.power && !vertical(t.Side) && b.grows(u, i) {
			list = append(list, i)
		}
	}
	slices.SortStableFunc(list, func(i, k int) int {
		s, t := &u.terms[i], &u.terms[k]
		return cmp.Or(cmp.Compare(s.Side, t.Side), cmp.Compare(s.At.Y, t.At.Y))
	})
	for from := 0; from < len(list); {
		kind, plain := b.kind(u, list[from])
		to := from + 1
		for to < len(list) && kind != "" {
			s, t := &u.terms[list[to-1]], &u.terms[list[to]]
			if k, _ := b.kind(u, list[to]); t.Side != s.Side || t.At.Y-s.At.Y > alikePitch || k != kind {
				break
			}
			to++
		}
		if to-from == 2 && len((&block{builder: b}).between(u.terms[list[from]].net, u.terms[list[from+1]].net)) > 0 && u.roomBeside(list[from], list[from+1]) {
			from = to // what joins the two belongs at them, as a crystal does
			continue
		}
		if to-from > 1 && (!plain || to-from > 2) && !b.pulled(u, list[from:to]) {
			for _, i := range list[from:to] {
				u.terms[i].still = true
			}
		}
		from = to
	}
}

// roomBeside reports whether no other used terminal is next to two on one side.
func (u *unit) roomBeside(i, k int) bool {
	near := geom.BoxOf(u.terms[i].At, u.terms[k].At).Grow(alikePitch / 2)
	for j, t := range u.terms {
		if j != i && j != k && t.net != nil && t.Side == u.terms[i].Side && near.Contains(t.At) {
			return false
		}
	}
	return true
}

// still reports whether nothing is to grow from one of the net's terminals.
func (n *net) still() bool {
	return slices.ContainsFunc(n.terms, func(r termRef) bool { return r.u.terms[r.i].still })
}

// kind describes what is on the net of a terminal, "" where that is little. It is
// plain where one part leads on: two of these find room beside each other.
func (b *builder) kind(u *unit, i int) (kind string, plain bool) {
	n := u.terms[i].net
	var list []string
	size := 0
	for _, c := range n.chains {
		var links []string
		for _, l := range c.from(n) {
			links = append(links, l.u.part.Symbol.Name)
		}
		end := "~"
		if o := c.other(n); o.power {
			end = o.Name()
		} else {
			size++
		}
		list = append(list, strings.Join(links, ">")+">"+end)
		size++
	}
	for _, r := range n.terms {
		if r.u.chain == nil && r.u != u {
			list = append(list, r.u.part.Symbol.Name)
			size++
		}
	}
	if size < 2 || len(n.chains) == 0 {
		return "", false
	}
	slices.Sort(list)
	return strings.Join(list, " "), size == 2
}
