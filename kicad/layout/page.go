package layout

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/schematic"
	"starboard/kicad/wire"
)

// Of a page, in nanometres: the frame of KiCad's standard drawing sheet stands
// 10 mm from the edge, and its title block is in the lower right corner.
const (
	margin      = 14 * geom.Grid
	titleWidth  = 112 * geom.MM
	titleHeight = 46 * geom.MM
	spacing     = 6 * geom.Grid
)

// An item is what a page has a place for.
type item struct {
	box geom.Box
	at  geom.Point
}

// arrange finds places for boxes, in columns from the left to the right, on
// the smallest page that holds them.
func arrange(items []item, smallest string) (schematic.Paper, error) {
	papers := schematic.Papers
	for len(papers) > 1 && papers[0].Name != smallest {
		papers = papers[1:]
	}
	for _, p := range papers {
		if fill(items, p) {
			return p, nil
		}
	}
	largest := papers[len(papers)-1]
	for w := largest.Width; ; {
		w += w / 4
		w = min(w-w%geom.MM, schematic.MaxPaper)
		p := schematic.Paper{Name: "User", Width: w, Height: min((w*5/7)/geom.MM*geom.MM, schematic.MaxPaper)}
		if w == schematic.MaxPaper {
			p.Height = schematic.MaxPaper
		}
		if fill(items, p) {
			return p, nil
		}
		if w == schematic.MaxPaper {
			return p, fmt.Errorf("%d blocks are too many for the largest page that KiCad has: use c.sheet to divide the circuit", len(items))
		}
	}
}

// steps is how many heights of columns are tried on a page.
const steps = 12

// fill places the items on a page, in columns just so high that the drawing
// takes about the same share of its width and of its height.
func fill(items []item, p schematic.Paper) bool {
	if len(items) == 0 {
		return true
	}
	var best []item
	least := int64(0)
	try := slices.Clone(items)
	for k := int64(steps); k > 0; k-- {
		if !columns(try, p, margin+(p.Height-2*margin)*k/steps) {
			break
		}
		var right, bottom int64
		for _, it := range try {
			right = max(right, it.at.X+it.box.Max.X)
			bottom = max(bottom, it.at.Y+it.box.Max.Y)
		}
		if share := max(right*1000/p.Width, bottom*1000/p.Height); best == nil || share < least {
			best, least = slices.Clone(try), share
		}
	}
	if best == nil {
		return false
	}
	copy(items, best)
	settle(items, p)
	return true
}

// columns fills columns down to a limit. In a column, items stand below each
// other; a narrow one stands beside its predecessor where the column is wide
// enough.
func columns(items []item, p schematic.Paper, limit int64) bool {
	x, y := int64(margin), int64(margin) // of the column's left edge, and of the row
	rowX, rowBottom := x, y
	right := x
	bottom := func(right int64) int64 {
		if right > p.Width-margin-titleWidth {
			return min(limit, p.Height-titleHeight-margin)
		}
		return limit
	}
	for i := range items {
		b := items[i].box
		w, h := b.Width(), b.Height()
		switch {
		case rowX > x && rowX+w <= right && y+h <= bottom(right) && y+h <= rowBottom+h/2:
		case rowX == x && y == margin:
		default:
			rowX, y = x, rowBottom+spacing
			if y+h > bottom(max(right, x+w)) {
				x, y = right+spacing, margin
				rowX, rowBottom = x, y
			}
		}
		if rowX+w > p.Width-margin || y+h > bottom(rowX+w) && limit < p.Height-margin || y+h > bottom(rowX+w) {
			return false
		}
		at := geom.Point{X: geom.SnapUp(rowX - b.Min.X), Y: geom.SnapUp(y - b.Min.Y)}
		items[i].at = at
		rowX = at.X + b.Max.X + spacing
		rowBottom = max(rowBottom, at.Y+b.Max.Y)
		right = max(right, at.X+b.Max.X)
	}
	return true
}

// inset is how far a drawing stands from the margins of its page where that has
// the room. It begins at the upper left, so that what is added at its end moves
// nothing.
const inset = 10 * geom.Grid

// settle moves items away from the margins.
func settle(items []item, p schematic.Paper) {
	b := items[0].box.Add(items[0].at)
	for _, it := range items {
		b = b.Union(it.box.Add(it.at))
	}
	var by geom.Point
	if p.Width-margin-b.Max.X >= 2*inset {
		by.X = inset
	}
	if p.Height-margin-b.Max.Y >= 2*inset {
		by.Y = inset
	}
	if !clearOfTitle(items, p, by) {
		return
	}
	for i := range items {
		items[i].at = items[i].at.Add(by)
	}
}

func clearOfTitle(items []item, p schematic.Paper, by geom.Point) bool {
	title := geom.Box{Min: geom.Point{X: p.Width - margin - titleWidth, Y: p.Height - margin - titleHeight}, Max: geom.Point{X: p.Width, Y: p.Height}}
	for _, it := range items {
		if it.box.Add(it.at.Add(by)).Overlaps(title) {
			return false
		}
	}
	return true
}

// order sorts the blocks as their first parts became known; what serves a
// symbol follows it.
func (b *builder) order() {
	first := map[*block]int{}
	of := map[*unit]*block{}
	for _, bl := range b.blocks {
		first[bl] = math.MaxInt // child sheets come last
		for _, v := range bl.sk.units {
			first[bl] = min(first[bl], v.u.part.Order)
			of[v.u] = bl
		}
	}
	slices.SortStableFunc(b.blocks, func(x, y *block) int {
		key := func(bl *block) (int, int) {
			if bl.home != nil && of[bl.home] != nil && of[bl.home] != bl {
				return first[of[bl.home]], 1 + first[bl]
			}
			return first[bl], 0
		}
		a1, a2 := key(x)
		b1, b2 := key(y)
		return cmp.Or(cmp.Compare(a1, b1), cmp.Compare(a2, b2))
	})
}

// draw arranges the blocks on a page and draws them.
func (b *builder) draw(f *schematic.File) (*Drawing, error) {
	b.order()
	if b.fixed != nil {
		return b.drawAround(f)
	}
	var items []item
	for _, bl := range b.blocks {
		items = append(items, item{box: bl.sk.Bounds()})
	}
	flags := b.in.flagClusters()
	flagAt, flagBox := row(flags)
	if len(flags) > 0 {
		items = append(items, item{box: flagBox})
	}
	paper, err := arrange(items, b.in.Smallest)
	if err != nil {
		return nil, err
	}
	f.Paper = paper
	return b.assemble(f, new(sketch), items, flags, flagAt), nil
}

// assemble puts what was arranged on a sheet that may have something on it
// already, and joins it.
func (b *builder) assemble(f *schematic.File, sheet *sketch, items []item, flags []*wire.Cluster, flagAt []geom.Point) *Drawing {
	for i, bl := range b.blocks {
		sheet.add(&bl.sk, items[i].at)
		bl.addChildren(f, items[i].at)
	}
	for i, c := range flags {
		at := items[len(items)-1].at.Add(flagAt[i])
		for _, box := range c.Covered() {
			sheet.box(box.Add(at), 0)
		}
		c.AddTo(f, at)
	}
	b.join(sheet)
	return b.ink(sheet, f)
}
