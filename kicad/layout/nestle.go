package layout

import "starboard/kicad/geom"

// What is kept free around a row of capacitors beside its symbol, the distance of
// the places that are tried, and how much worse it is to make the block larger
// than to stand farther away.
const (
	nestleGap   = 2 * geom.Grid
	nestleStep  = 2 * geom.Grid
	nestleGrown = 3
)

// nestle puts the rows of chains between power nets, such as decoupling
// capacitors, into the blocks of the symbols that they serve: where they stand
// nearest and make the block little larger.
func (b *builder) nestle() {
	of := map[*unit]*block{}
	for _, bl := range b.blocks {
		for _, v := range bl.sk.units {
			of[v.u] = bl
		}
	}
	var left []*block
	for _, bl := range b.blocks {
		home := of[bl.home]
		if !bl.rails || bl.home == nil || home == nil || home == bl || !b.nestleIn(home, bl) {
			left = append(left, bl)
		}
	}
	b.blocks = left
}

// nestleIn finds the place for a row in the block of the symbol that it serves.
func (b *builder) nestleIn(home, rails *block) bool {
	var body geom.Box
	for _, v := range home.sk.units {
		if v.u == rails.home {
			body = v.u.box().Add(v.at)
		}
	}
	all, own := home.sk.Bounds(), rails.sk.Bounds()
	from := geom.Point{X: geom.SnapDown(all.Min.X - own.Max.X - nestleGap), Y: geom.SnapDown(all.Min.Y - own.Max.Y - nestleGap)}
	to := geom.Point{X: geom.SnapUp(all.Max.X - own.Min.X + nestleGap), Y: geom.SnapUp(all.Max.Y - own.Min.Y + nestleGap)}
	best, least, found := geom.Point{}, int64(0), false
	for y := from.Y; y <= to.Y; y += nestleStep {
		for x := from.X; x <= to.X; x += nestleStep {
			at := geom.Point{X: x, Y: y}
			box := own.Add(at)
			grown := all.Union(box)
			if grown.Width() > max(dockWidth*geom.Grid, all.Width()) || grown.Height() > max(dockHeight*geom.Grid, all.Height()) {
				continue
			}
			cost := nestleGrown*(grown.Width()+grown.Height()-all.Width()-all.Height()) + distance(body, box)
			if (!found || cost < least) && home.cv.FreeBox(box.Grow(nestleGap)) {
				best, least, found = at, cost, true
			}
		}
	}
	if !found {
		return false
	}
	home.takeOver(rails, best)
	return true
}

// distance returns how far two boxes are apart, along the axes.
func distance(a, b geom.Box) int64 {
	return max(0, a.Min.X-b.Max.X, b.Min.X-a.Max.X) + max(0, a.Min.Y-b.Max.Y, b.Min.Y-a.Max.Y)
}
