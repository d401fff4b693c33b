// Package place decides how symbols stand and where on a page they go.
//
// This is the plain placement: symbols keep the order in which they became
// known, so that one more moves none of the others, and lie in rows. Nothing
// overlaps, for what is placed is the box of all that belongs to a symbol.
package place

import (
	"fmt"

	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/schematic"
	"starboard/kicad/wire"
)

// Orient returns how a unit of a part stands. A part with two pins is turned
// so that a pin on a supply is at the top and one on ground at the bottom; any
// other stands as in its library.
func Orient(p *circuit.Part, unit int) geom.Orientation {
	pins := p.Symbol.UnitPins(unit, 1)
	if len(pins) != 2 {
		return geom.Orientation{}
	}
	best, most := geom.Orientation{}, -1
	for _, angle := range []int{0, 90, 180, 270} {
		o := geom.Orientation{Angle: angle}
		right := 0
		for i := range pins {
			n := p.Pin(pins[i].Number).Net()
			if n != nil && n.IsPower() && geom.SideOf(o.Turn(pins[i].Side.Vector())) == wire.Direction(n) {
				right++
			}
		}
		if right > most {
			best, most = o, right
		}
	}
	return best
}

// Margins of a page, in nanometres. The frame of KiCad's standard drawing
// sheet stands 10 mm from the edge; its title block is in the lower right
// corner.
const (
	margin      = 12 * geom.Grid
	titleWidth  = 120 * geom.MM
	titleHeight = 48 * geom.MM
	spacing     = 2 * geom.Grid
)

// Rows places boxes in rows, from the left to the right and from the top down,
// on the smallest page that they fit on: a standard size no smaller than the
// named one, or else a larger one. It returns where the origin of each box
// goes, on the grid.
func Rows(boxes []geom.Box, smallest string) ([]geom.Point, schematic.Paper, error) {
	papers := schematic.Papers
	for len(papers) > 1 && papers[0].Name != smallest {
		papers = papers[1:]
	}
	for _, p := range papers {
		if at, ok := rows(boxes, p); ok {
			return at, p, nil
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
		if at, ok := rows(boxes, p); ok {
			return at, p, nil
		}
		if w == schematic.MaxPaper {
			return nil, schematic.Paper{}, fmt.Errorf("%d symbols are too many for the largest page that KiCad has: use c.sheet to divide the circuit", len(boxes))
		}
	}
}

func rows(boxes []geom.Box, p schematic.Paper) ([]geom.Point, bool) {
	at := make([]geom.Point, len(boxes))
	x, y, bottom := int64(margin), int64(margin), int64(margin)
	for i, b := range boxes {
		w, h := b.Width(), b.Height()
		limit := p.Width - margin
		if y+h > p.Height-titleHeight {
			limit = p.Width - titleWidth
		}
		if x+w > limit && x > margin {
			x, y = margin, bottom+spacing
			limit = p.Width - margin
			if y+h > p.Height-titleHeight {
				limit = p.Width - titleWidth
			}
		}
		if x+w > limit || y+h > p.Height-margin {
			return nil, false
		}
		at[i] = geom.Point{X: geom.SnapUp(x - b.Min.X), Y: geom.SnapUp(y - b.Min.Y)}
		x = at[i].X + b.Max.X + spacing
		bottom = max(bottom, at[i].Y+b.Max.Y)
	}
	return at, true
}
