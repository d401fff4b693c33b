package layout

import "slices"

// adopt hangs a chain to a power net, for which there was no room where its net
// was drawn, from the wire of a label of that net: alone, with a label of its own,
// it would be far from what it serves.
func (b *builder) adopt(c *chain) bool {
	for _, n := range c.ends {
		if _, ok := shunt(c, n); !ok || n.power {
			continue
		}
		for _, bl := range b.blocks {
			if !bl.admitsAll(c) || bl.holds(n) {
				continue
			}
			for i := range bl.sk.marks {
				if m := bl.sk.marks[i]; m.net == n && !m.power && !vertical(m.toward) && bl.regrow(m, c) {
					return true
				}
			}
		}
	}
	return false
}

// holds reports whether nothing is to grow from a net at a unit of the block, lest
// it look unlike its neighbours.
func (bl *block) holds(n *net) bool {
	return slices.ContainsFunc(n.terms, func(r termRef) bool {
		return r.u.terms[r.i].still && slices.ContainsFunc(bl.sk.units, func(v standing) bool { return v.u == r.u })
	})
}

// adopted bounds how far a wire grows on for a chain, in steps of the grid.
const adopted = 24

// regrow lets the wire of a label grow on, if the chain then hangs from it, and
// puts the label at its end.
func (bl *block) regrow(m mark, c *chain) bool {
	f := face{m.net, m.at, m.toward}
	if pins, _ := bl.cv.Joined(m.net.id, m.at); len(pins) == 0 || bl.cv.Arms(m.at, m.net.id) != 1 {
		return false
	}
	gone := removeLabels(bl, []face{f})
	if len(gone) == 0 {
		return false
	}
	h := head{at: m.at, dir: m.toward, net: m.net, ref: c.from(m.net)[0].before(), far: adopted, room: -1}
	bl.shunts(&h)
	if !c.used {
		bl.cv.Restore(gone[0])
		return false
	}
	bl.sk.dropLabel(f)
	bl.label(h)
	return true
}
