package layout

import (
	"fmt"
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/schematic"
	"starboard/kicad/wire"
)

// Of a page, in nanometres: the frame of KiCad's standard drawing sheet stands
// 10 mm from the edge, and its title block is in the lower right corner.
const (
	margin      = 12 * geom.Grid
	titleWidth  = 108 * geom.MM
	titleHeight = 36 * geom.MM
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
		if fill(items, p) || fillHighFirst(items, p) {
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

// heights are those of columns that are tried on a page, in sixths of what it
// has. They are few, so that one block more rarely rearranges the others.
var heights = []int64{6, 4, 3, 2}

// fill places the items on a page, in columns just so high that the drawing
// takes about the same share of its width and of its height.
func fill(items []item, p schematic.Paper) bool {
	if len(items) == 0 {
		return true
	}
	var best []item
	least := int64(0)
	try := slices.Clone(items)
	for _, sixths := range heights {
		if !columns(try, p, margin+(p.Height-2*margin)*sixths/6) {
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
	return true
}

// fillHighFirst places the items on a page, first those that are too high to stand
// above the title block. It returns false where there are none.
func fillHighFirst(items []item, p schematic.Paper) bool {
	room := titleBlock(p).Min.Y - margin
	var high, low []int
	for i := range items {
		if items[i].box.Height() > room {
			high = append(high, i)
		} else {
			low = append(low, i)
		}
	}
	if len(high) == 0 {
		return false
	}
	order := append(high, low...)
	sorted := make([]item, len(items))
	for i, k := range order {
		sorted[i] = items[k]
	}
	if !fill(sorted, p) {
		return false
	}
	for i, k := range order {
		items[k] = sorted[i]
	}
	return true
}

// columns stands items beside each other from the left to the right, each as far
// to the left as those before it permit, and there as far up as a limit permits:
// the skyline heuristic of Burke, Kendall and Whitwell (2004), on its side. Left
// edges are rounded, so that they line up.
func columns(items []item, p schematic.Paper, limit int64) bool {
	line := []skyline{{margin, margin}} // from the top down
	title := titleBlock(p)
	for i := range items {
		b := items[i].box
		w, h := b.Width(), b.Height()
		best, found := geom.Point{}, false
		for k := range line {
			at := geom.Point{X: 0, Y: line[k].y}
			for j := k; j < len(line) && line[j].y < at.Y+h+spacing; j++ {
				at.X = max(at.X, line[j].x)
			}
			at.X = margin + (at.X-margin+columnStep-1)/columnStep*columnStep
			to := at.Add(geom.Point{X: w, Y: h})
			if to.X > p.Width-margin || to.Y > limit || (geom.Box{Min: at, Max: to}).Overlaps(title) {
				continue
			}
			if !found || at.X < best.X {
				best, found = at, true
			}
		}
		if !found {
			return false
		}
		items[i].at = geom.Point{X: geom.SnapUp(best.X - b.Min.X), Y: geom.SnapUp(best.Y - b.Min.Y)}
		placed := b.Add(items[i].at)
		line = raise(line, best.Y, placed.Max.Y+spacing, placed.Max.X+spacing)
	}
	return true
}

// columnStep is the distance of the left edges of columns.
const columnStep = 8 * geom.Grid

// A skyline is what stands farthest to the right from a height on: nothing right
// of x.
type skyline struct{ y, x int64 }

// raise lets something from one height to another reach to the right as far as x.
func raise(line []skyline, from, to, x int64) []skyline {
	var next []skyline
	after := int64(0) // what is at the lower end
	for _, s := range line {
		if s.y <= to {
			after = s.x
		}
	}
	for _, s := range line {
		if s.y < from {
			next = append(next, s)
		}
	}
	next = append(next, skyline{from, x}, skyline{to, after})
	for _, s := range line {
		if s.y > to {
			next = append(next, s)
		}
	}
	return next
}

// titleBlock returns what is kept free in the lower right corner of a page.
func titleBlock(p schematic.Paper) geom.Box {
	return geom.Box{Min: geom.Point{X: p.Width - margin - titleWidth, Y: p.Height - margin - titleHeight}, Max: geom.Point{X: p.Width, Y: p.Height}}
}

// draw arranges the blocks on a page and draws them.
func (b *builder) draw(f *schematic.File) (*Drawing, error) {
	b.order()
	if b.fixed != nil {
		return b.drawAround(f)
	}
	flags := b.in.flagClusters()
	flagAt, flagBox := row(flags)
	var last []item
	if len(flags) > 0 {
		last = append(last, item{box: flagBox})
	}
	sheet := new(sketch)
	if sections := b.sections(); sections != nil {
		if items, err := b.drawSections(sections, last, f, sheet); err == nil {
			return b.assemble(f, sheet, items, flags, flagAt), nil
		}
		// Without frames, more fits on the largest page.
	}
	var items []item
	for _, bl := range b.blocks {
		items = append(items, item{box: bl.sk.Bounds()})
	}
	items = append(items, last...)
	paper, err := arrange(items, b.in.Smallest)
	if err != nil {
		return nil, err
	}
	f.Paper = paper
	return b.assemble(f, sheet, items, flags, flagAt), nil
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
