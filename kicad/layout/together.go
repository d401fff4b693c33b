package layout

import (
	"cmp"
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/rule"
)

// findGroups notes which units rules want to stand together: nothing grows from
// one group into another.
func (b *builder) findGroups() {
	if !b.planned() {
		return
	}
	for i, c := range b.in.Plan.Constraints() {
		if c.Kind != rule.Together {
			continue
		}
		for _, u := range b.units {
			if u.group == 0 && slices.Contains(c.Units, rule.Unit{Part: u.part, No: u.no}) {
				u.group = i + 1
			}
		}
	}
}

// admits reports whether a unit may stand in the block: it is no part of stages that
// are drawn apart, and neither it nor the block
// belongs to a group, or both to the same.
func (bl *block) admits(u *unit) bool {
	if bl.keepsOut(u) {
		return false
	}
	if u.group == 0 {
		return true
	}
	for _, v := range bl.sk.units {
		if v.u.group != 0 {
			return v.u.group == u.group
		}
	}
	return true
}

// admitsAll reports whether all parts of a chain may stand in the block.
func (bl *block) admitsAll(c *chain) bool {
	return !slices.ContainsFunc(c.links, func(l link) bool { return !bl.admits(l.u) })
}

// gatherBlocks makes one block of those that are to stand together.
func (b *builder) gatherBlocks() {
	b.order()
	for _, c := range b.in.Plan.Constraints() {
		if c.Kind != rule.Together {
			continue
		}
		of := b.blockOf()
		var blocks []*block
		var near *geom.Point
		for _, u := range c.Units {
			if bl := of[u]; bl != nil && !slices.Contains(blocks, bl) {
				blocks = append(blocks, bl)
			}
			if pl, ok := b.in.Plan.Find(u); ok && near == nil {
				near = &pl.At
			}
		}
		// What serves one of them comes along.
		for _, bl := range b.blocks {
			if bl.home != nil && slices.Contains(blocks, of[rule.Unit{Part: bl.home.part, No: bl.home.no}]) && !slices.Contains(blocks, bl) {
				blocks = append(blocks, bl)
			}
		}
		if len(blocks) == 0 {
			continue
		}
		slices.SortFunc(blocks, func(x, y *block) int { return cmp.Compare(slices.Index(b.blocks, x), slices.Index(b.blocks, y)) })
		all := b.merge(blocks, shelves(blocks))
		all.at = near
		if c.Title != "" {
			box := all.sk.Bounds()
			all.sk.note(rule.Note{Text: c.Title, At: geom.Point{X: geom.SnapUp(box.Min.X), Y: geom.SnapDown(box.Min.Y) - 2*geom.Grid}, Pos: c.Pos})
		}
	}
}

// shelves places blocks side by side, in rows about as wide as they are high
// together.
func shelves(blocks []*block) []geom.Point {
	var area, widest int64
	boxes := make([]geom.Box, len(blocks))
	for i, bl := range blocks {
		boxes[i] = bl.sk.Bounds()
		area += (boxes[i].Width() + spacing) / geom.Grid * ((boxes[i].Height() + spacing) / geom.Grid)
		widest = max(widest, boxes[i].Width())
	}
	side := int64(1)
	for side*side < 2*area {
		side++
	}
	limit := max(widest, side*geom.Grid)
	at := make([]geom.Point, len(blocks))
	x, y, bottom := int64(0), int64(0), int64(0)
	for i, box := range boxes {
		if x > 0 && x+box.Width() > limit {
			x, y = 0, bottom+spacing
		}
		at[i] = geom.Point{X: geom.SnapUp(x - box.Min.X), Y: geom.SnapUp(y - box.Min.Y)}
		x = at[i].X + box.Max.X + spacing
		bottom = max(bottom, at[i].Y+box.Max.Y)
	}
	return at
}
