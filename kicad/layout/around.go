package layout

import (
	"fmt"
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/rule"
	"starboard/kicad/schematic"
)

// A room is a page on which something stands already.
type room struct {
	frame geom.Box
	taken []geom.Box
}

// newRoom returns a page with what rules have placed on it.
func newRoom(fixed *sketch, paper schematic.Paper) *room {
	frame, title := rule.Frame(paper)
	r := &room{frame: frame.Grow(-2 * geom.Grid), taken: []geom.Box{title}}
	for i := range fixed.Boxes {
		r.taken = append(r.taken, fixed.Boxes[i].Box)
	}
	for i := range fixed.Wires {
		r.taken = append(r.taken, geom.BoxOf(fixed.Wires[i].A, fixed.Wires[i].B))
	}
	return r
}

// blocker returns what stands in a box or close to it; ok is false where
// nothing does.
func (r *room) blocker(b geom.Box) (geom.Box, bool) {
	b = b.Grow(spacing / 2)
	for _, t := range r.taken {
		if t.Overlaps(b) {
			return t, true
		}
	}
	return geom.Box{}, false
}

// coarse is the distance of the places that are tried for a block.
const coarse = 4 * geom.Grid

// column finds the first free place for a box, in columns from the left to the
// right and from the top down, not left of a column.
func (r *room) column(b geom.Box, from int64) (geom.Point, bool) {
	for x := max(from, r.frame.Min.X); x+b.Width() <= r.frame.Max.X; x += coarse {
		for y := r.frame.Min.Y; y+b.Height() <= r.frame.Max.Y; {
			at := geom.Point{X: geom.SnapUp(x - b.Min.X), Y: geom.SnapUp(y - b.Min.Y)}
			t, blocked := r.blocker(b.Add(at))
			if !blocked {
				return at, b.Add(at).Max.X <= r.frame.Max.X && b.Add(at).Max.Y <= r.frame.Max.Y
			}
			y = max(y+geom.Grid, geom.SnapUp(t.Max.Y+spacing/2))
		}
	}
	return geom.Point{}, false
}

// farthest bounds the search for a place near another one.
const farthest = 40

// near finds the free place for a box that is nearest to a point, in rings
// around it.
func (r *room) near(b geom.Box, to geom.Point) (geom.Point, bool) {
	best, least, found := geom.Point{}, int64(0), false
	try := func(dx, dy int64) {
		c := geom.Point{X: geom.SnapUp(to.X + dx*coarse - (b.Min.X+b.Max.X)/2), Y: geom.SnapUp(to.Y + dy*coarse - (b.Min.Y+b.Max.Y)/2)}
		at := b.Add(c)
		if at.Min.X < r.frame.Min.X || at.Min.Y < r.frame.Min.Y || at.Max.X > r.frame.Max.X || at.Max.Y > r.frame.Max.Y {
			return
		}
		far := abs(dx) + abs(dy)
		if _, blocked := r.blocker(at); !blocked && (!found || far < least || far == least && c.Compare(best) < 0) {
			best, least, found = c, far, true
		}
	}
	for ring := int64(0); ring <= farthest && (!found || ring <= least); ring++ {
		for d := -ring; d <= ring; d++ {
			try(d, -ring)
			try(d, ring)
			if d != -ring && d != ring {
				try(-ring, d)
				try(ring, d)
			}
		}
	}
	return best, found
}

// within finds a free place for a block that keeps to its limits, the nearest to
// what these are about.
func (r *room) within(bl *block) (geom.Point, bool) {
	box, aim := bl.sk.Bounds(), bl.aim()
	const most = 100
	for far := int64(0); far <= most; far++ {
		for dx := -far; dx <= far; dx++ {
			for _, dy := range []int64{far - abs(dx), abs(dx) - far} {
				at := aim.Add(geom.Point{X: 2 * dx * geom.Grid, Y: 2 * dy * geom.Grid})
				b := box.Add(at)
				if b.Min.X < r.frame.Min.X || b.Min.Y < r.frame.Min.Y || b.Max.X > r.frame.Max.X || b.Max.Y > r.frame.Max.Y || !bl.allows(at) {
					continue
				}
				if _, blocked := r.blocker(b); !blocked {
					return at, true
				}
			}
		}
	}
	return geom.Point{}, false
}

// manyBlocks is from how many blocks on none looks for gaps left of another.
const manyBlocks = 60

// arrangeAround finds places for boxes beside what stands already. What has a
// wish comes as near to it as it can.
func arrangeAround(items []item, wishes []*geom.Point, bound []*block, fixed *sketch, papers []schematic.Paper) (schematic.Paper, error) {
	why := "the parts that no rule has placed find no room beside those that have places"
	for _, paper := range papers {
		r := newRoom(fixed, paper)
		ok := true
		from := r.frame.Min.X
		order := make([]int, 0, len(items))
		for _, wished := range []bool{true, false} {
			for i := range items {
				if (wishes[i] != nil) == wished {
					order = append(order, i)
				}
			}
		}
		for _, i := range order {
			it := &items[i]
			found := false
			if i < len(bound) && len(bound[i].limits) > 0 {
				if it.at, found = r.within(bound[i]); !found {
					ok, why = false, "no room is left for "+bound[i].limits[0].say
					break
				}
			} else if wishes[i] != nil {
				it.at, found = r.near(it.box, *wishes[i])
			}
			if !found {
				it.at, found = r.column(it.box, from)
				if len(items) > manyBlocks && found {
					from = it.at.X + it.box.Min.X
				}
			}
			if ok = found; !ok {
				break
			}
			r.taken = append(r.taken, it.box.Add(it.at))
		}
		if ok {
			return paper, nil
		}
	}
	return schematic.Paper{}, fmt.Errorf("%s, on the largest page that KiCad has", why)
}

// papersFrom returns the pages from one on, and then larger ones.
func papersFrom(p schematic.Paper) []schematic.Paper {
	papers := schematic.Papers
	for len(papers) > 1 && papers[0].Name != p.Name {
		papers = papers[1:]
	}
	papers = slices.Clone(papers)
	for w := papers[len(papers)-1].Width; w < schematic.MaxPaper; {
		w = min((w+w/4)/geom.MM*geom.MM, schematic.MaxPaper)
		papers = append(papers, schematic.Paper{Name: "User", Width: w, Height: min((w*5/7)/geom.MM*geom.MM, schematic.MaxPaper)})
	}
	return papers
}

// drawAround draws what rules have placed, and the other blocks around it.
func (b *builder) drawAround(f *schematic.File) (*Drawing, error) {
	fixed := &b.fixed.sk
	var items []item
	var wishes []*geom.Point
	for _, bl := range b.blocks {
		items = append(items, item{box: bl.sk.Bounds()})
		w := bl.wish()
		if len(bl.limits) > 0 {
			w = &geom.Point{} // it goes before others
		}
		wishes = append(wishes, w)
	}
	flags := b.in.flagClusters()
	flagAt, flagBox := row(flags)
	if len(flags) > 0 {
		items = append(items, item{box: flagBox})
		wishes = append(wishes, nil)
	}
	paper, err := arrangeAround(items, wishes, b.blocks, fixed, papersFrom(b.in.Plan.Paper))
	if err != nil {
		return nil, err
	}
	f.Paper = paper
	sheet := new(sketch)
	sheet.add(fixed, geom.Point{})
	return b.assemble(f, sheet, items, flags, flagAt), nil
}

// wish returns where a block would stand best: at the symbol that it serves.
func (bl *block) wish() *geom.Point {
	if bl.at != nil {
		return bl.at
	}
	if bl.home == nil || bl.home.place == nil {
		return nil
	}
	box := bl.home.box().Add(*bl.home.place)
	return &geom.Point{X: (box.Min.X + box.Max.X) / 2, Y: (box.Min.Y + box.Max.Y) / 2}
}
