package layout

import (
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/rule"
)

// What rules want of blocks among each other makes one block of them: first
// rows, columns and orders, then what is to stand together. Of a want that is
// about a symbol with a place, the block on the other side remembers what it
// must keep to when it gets its own (around.go).

// blockOf returns the block that each unit is in, those with places excepted.
func (b *builder) blockOf() map[rule.Unit]*block {
	of := map[rule.Unit]*block{}
	for _, bl := range b.blocks {
		for _, v := range bl.sk.units {
			of[rule.Unit{Part: v.u.part, No: v.u.no}] = bl
		}
	}
	return of
}

// constrain keeps blocks as the rules want them.
func (b *builder) constrain() {
	if !b.planned() || len(b.in.Plan.Constraints()) == 0 {
		return
	}
	b.limitBlocks()
	b.orderBlocks()
	b.gatherBlocks()
}

// faceWanted lets the pins of a connector at one end of a row point to the others,
// if they are on one side of it.
func (b *builder) faceWanted(u *unit) {
	me := rule.Unit{Part: u.part, No: u.no}
	for _, c := range b.in.Plan.Constraints() {
		if c.Kind != rule.LeftOf && c.Kind != rule.Row {
			continue
		}
		away := geom.Left
		switch me {
		case c.Units[0]:
		case c.Units[len(c.Units)-1]:
			away = geom.Right
		default:
			continue
		}
		if !slices.ContainsFunc(u.terms, func(t terminal) bool { return t.Side != away }) {
			u.turn(geom.Orientation{Mirror: geom.MirrorY})
		}
		return
	}
}

// A limit is what a block keeps to beside a symbol that has a place.
type limit struct {
	kind  rule.Kind
	first bool       // the block is the first of LeftOf and Above
	box   geom.Box   // of the symbol
	at    geom.Point // its anchor
	own   geom.Point // the anchor of the block's own unit
	say   string     // what it is, for a message
}

// limitBlocks finds the wants that are about a unit with a place and one
// without.
func (b *builder) limitBlocks() {
	of := b.blockOf()
	for _, c := range b.in.Plan.Constraints() {
		if c.Kind == rule.Together {
			continue
		}
		for i, u := range c.Units {
			pl, placed := b.in.Plan.Find(u)
			if !placed {
				continue
			}
			for k, v := range c.Units {
				if bl := of[v]; bl != nil {
					bl.limits = append(bl.limits, limit{c.Kind, k < i, u.Box(pl.O).Add(pl.At), pl.At, bl.anchor(v), c.String()})
				}
			}
		}
	}
}

// anchor returns where a unit stands in a block.
func (bl *block) anchor(u rule.Unit) geom.Point {
	for _, v := range bl.sk.units {
		if v.u.part == u.Part && v.u.no == u.No {
			return v.at
		}
	}
	return geom.Point{}
}

// allows reports whether the block keeps to its limits at a place.
func (bl *block) allows(at geom.Point) bool {
	box := bl.sk.Bounds().Add(at)
	for _, l := range bl.limits {
		own := l.own.Add(at)
		ok := true
		switch l.kind {
		case rule.Row:
			ok = own.Y == l.at.Y
		case rule.Column:
			ok = own.X == l.at.X
		case rule.LeftOf:
			if ok = l.box.Max.X <= box.Min.X; l.first {
				ok = box.Max.X <= l.box.Min.X
			}
		case rule.Above:
			if ok = l.box.Max.Y <= box.Min.Y; l.first {
				ok = box.Max.Y <= l.box.Min.Y
			}
		}
		if !ok {
			return false
		}
	}
	return true
}

// aim returns the place nearest to a symbol that keeps to all limits on the
// axis that they leave no choice on.
func (bl *block) aim() geom.Point {
	box := bl.sk.Bounds()
	var at geom.Point
	for i, l := range bl.limits {
		middle := geom.Point{X: (l.box.Min.X + l.box.Max.X) / 2, Y: (l.box.Min.Y + l.box.Max.Y) / 2}
		if i == 0 {
			at = geom.Point{X: geom.SnapUp(middle.X - (box.Min.X+box.Max.X)/2), Y: geom.SnapUp(middle.Y - (box.Min.Y+box.Max.Y)/2)}
		}
		switch l.kind {
		case rule.Row:
			at.Y = l.at.Y - l.own.Y
			if i == 0 {
				at.X = geom.SnapUp(l.box.Max.X + spacing - box.Min.X)
			}
		case rule.Column:
			at.X = l.at.X - l.own.X
			if i == 0 {
				at.Y = geom.SnapUp(l.box.Max.Y + spacing - box.Min.Y)
			}
		case rule.LeftOf:
			if at.X = geom.SnapUp(l.box.Max.X + spacing - box.Min.X); l.first {
				at.X = geom.SnapDown(l.box.Min.X - spacing - box.Max.X)
			}
		case rule.Above:
			if at.Y = geom.SnapUp(l.box.Max.Y + spacing - box.Min.Y); l.first {
				at.Y = geom.SnapDown(l.box.Min.Y - spacing - box.Max.Y)
			}
		}
	}
	return at
}

// orderBlocks makes one block of those that rows, columns and orders tie to
// each other.
func (b *builder) orderBlocks() {
	of := b.blockOf()
	var ties []rule.Constraint
	for _, c := range b.in.Plan.Constraints() {
		c.Units = slices.DeleteFunc(slices.Clone(c.Units), func(u rule.Unit) bool { return of[u] == nil })
		if c.Kind != rule.Together && len(c.Units) > 1 {
			ties = append(ties, c)
		}
	}
	for len(ties) > 0 {
		// One component at a time, from the first tie on.
		blocks := []*block{of[ties[0].Units[0]]}
		var mine, rest []rule.Constraint
		for again := true; again; {
			again = false
			rest = rest[:0]
			for _, c := range ties {
				if !slices.ContainsFunc(c.Units, func(u rule.Unit) bool { return slices.Contains(blocks, of[u]) }) {
					rest = append(rest, c)
					continue
				}
				mine, again = append(mine, c), true
				for _, u := range c.Units {
					if !slices.Contains(blocks, of[u]) {
						blocks = append(blocks, of[u])
					}
				}
			}
			ties = slices.Clone(rest)
		}
		b.merge(blocks, b.solve(blocks, mine, of))
	}
}

// solve finds places for blocks that keep to constraints, the least that do.
func (b *builder) solve(blocks []*block, ties []rule.Constraint, of map[rule.Unit]*block) []geom.Point {
	known := rule.New(b.in.Sheet, b.in.Plan.Paper.Name)
	for _, c := range ties {
		_ = known.Constrain(c) // it was accepted before
	}
	// also adds a tie where it contradicts none.
	also := func(kind rule.Kind, u, v rule.Unit) bool {
		c := rule.Constraint{Kind: kind, Units: []rule.Unit{u, v}}
		if known.Constrain(c) != nil {
			return false
		}
		ties = append(ties, c)
		return true
	}
	// What stands in a row comes in the order in which it was said.
	for _, c := range slices.Clone(ties) {
		kind := rule.LeftOf
		if c.Kind == rule.Column {
			kind = rule.Above
		}
		if c.Kind == rule.Row || c.Kind == rule.Column {
			for i := 1; i < len(c.Units); i++ {
				also(kind, c.Units[i-1], c.Units[i])
			}
		}
	}
	index := map[*block]int{}
	boxes := make([]geom.Box, len(blocks))
	first := make([]rule.Unit, len(blocks)) // that a tie is about
	for i, bl := range blocks {
		index[bl], boxes[i] = i, bl.sk.Bounds()
	}
	for _, c := range slices.Backward(ties) {
		for _, u := range c.Units {
			first[index[of[u]]] = u
		}
	}
	var at []geom.Point
	for range len(blocks)*len(blocks) + 1 {
		at = relax(blocks, boxes, ties, of, index)
		i, k, ok := overlapping(boxes, at)
		if !ok || !also(rule.Above, first[i], first[k]) && !also(rule.LeftOf, first[i], first[k]) {
			break
		}
	}
	return at
}

// relax moves blocks to the right and down until all ties hold.
func relax(blocks []*block, boxes []geom.Box, ties []rule.Constraint, of map[rule.Unit]*block, index map[*block]int) []geom.Point {
	at := make([]geom.Point, len(blocks))
	for i := range at { // so that all begin at one corner
		at[i] = geom.Point{X: geom.SnapUp(-boxes[i].Min.X), Y: geom.SnapUp(-boxes[i].Min.Y)}
	}
	for range len(blocks) * (len(ties) + 1) {
		moved := false
		raise := func(v *int64, to int64) {
			if *v < to {
				*v, moved = to, true
			}
		}
		for _, c := range ties {
			i := index[of[c.Units[0]]]
			switch c.Kind {
			case rule.LeftOf, rule.Above:
				k := index[of[c.Units[1]]]
				if c.Kind == rule.LeftOf {
					raise(&at[k].X, geom.SnapUp(at[i].X+boxes[i].Max.X+spacing-boxes[k].Min.X))
				} else {
					raise(&at[k].Y, geom.SnapUp(at[i].Y+boxes[i].Max.Y+spacing-boxes[k].Min.Y))
				}
			default:
				line := geom.Point{X: -1 << 62, Y: -1 << 62}
				for _, u := range c.Units {
					p := blocks[index[of[u]]].anchor(u).Add(at[index[of[u]]])
					line = geom.Point{X: max(line.X, p.X), Y: max(line.Y, p.Y)}
				}
				for _, u := range c.Units {
					k := index[of[u]]
					p := blocks[k].anchor(u)
					if c.Kind == rule.Row {
						raise(&at[k].Y, line.Y-p.Y)
					} else {
						raise(&at[k].X, line.X-p.X)
					}
				}
			}
		}
		if !moved {
			break
		}
	}
	return at
}

// overlapping returns the first two boxes that overlap.
func overlapping(boxes []geom.Box, at []geom.Point) (i, k int, ok bool) {
	for i := range boxes {
		for k := i + 1; k < len(boxes); k++ {
			if boxes[i].Add(at[i]).Grow(spacing / 2).Overlaps(boxes[k].Add(at[k])) {
				return i, k, true
			}
		}
	}
	return 0, 0, false
}

// merge makes one block of several, which stands for them where the first was.
func (b *builder) merge(blocks []*block, at []geom.Point) *block {
	all := &block{builder: b}
	for i, bl := range blocks {
		all.sk.add(&bl.sk, at[i])
		for _, l := range bl.limits {
			l.own = l.own.Add(at[i])
			all.limits = append(all.limits, l)
		}
	}
	k := slices.IndexFunc(b.blocks, func(bl *block) bool { return slices.Contains(blocks, bl) })
	b.blocks[k] = all
	b.blocks = slices.DeleteFunc(b.blocks, func(bl *block) bool { return slices.Contains(blocks, bl) })
	return all
}
