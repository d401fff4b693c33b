package rule

import (
	"cmp"
	"fmt"
	"slices"

	"starboard/kicad/geom"
)

// Space says how much room an arrangement keeps for a symbol.
type Space int

const (
	ForLabels Space = iota // the symbol, its texts, and a label at each pin
	ForTexts               // the symbol and its texts
	ForSymbol              // the symbol alone
)

// Extents returns what a unit needs around its anchor.
func (u Unit) Extents(o geom.Orientation, s Space) geom.Box {
	switch s {
	case ForSymbol:
		return u.Box(o)
	case ForTexts:
		return u.Outline(o)
	}
	return u.Room(o)
}

// A Job is one call of an arrangement: what it places and how.
type Job struct {
	Units []Unit
	At    geom.Point        // upper left corner of what it takes
	Gap   int64             // between the extents of two
	Stand *geom.Orientation // of all; nil for the usual one of each
	Space Space
	Pos   string // of the call in the script

	each map[Unit]geom.Orientation // where an arrangement has a wish of its own
}

func (j *Job) stand(u Unit) geom.Orientation {
	if o, ok := j.each[u]; ok {
		return o
	}
	if j.Stand != nil {
		return *j.Stand
	}
	return u.Stand()
}

// extents returns those of all units.
func (j *Job) extents() []geom.Box {
	boxes := make([]geom.Box, len(j.Units))
	for i, u := range j.Units {
		boxes[i] = u.Extents(j.stand(u), j.Space)
	}
	return boxes
}

// put places the units and returns the box around them.
func (p *Plan) put(j *Job, at []geom.Point, boxes []geom.Box) (geom.Box, error) {
	all := geom.BoxOf(j.At)
	// What is placed already must not be in the way of its own new place.
	p.Forget(j.Units...)
	for i, u := range j.Units {
		if err := p.Place(u, at[i], j.stand(u), j.Pos); err != nil {
			return all, err
		}
		if b := boxes[i].Add(at[i]); i == 0 {
			all = b
		} else {
			all = all.Union(b)
		}
	}
	return all, nil
}

// Row places units side by side from the left to the right, their anchors at
// one height. Like the other arrangements it returns the box around what it
// has placed.
func (p *Plan) Row(j Job) (geom.Box, error) {
	boxes := j.extents()
	x, rise := j.At.X, int64(0)
	for _, b := range boxes {
		rise = max(rise, -b.Min.Y)
	}
	at := make([]geom.Point, len(boxes))
	for i, b := range boxes {
		at[i] = geom.Point{X: geom.SnapUp(x - b.Min.X), Y: geom.SnapUp(j.At.Y + rise)}
		x = at[i].X + b.Max.X + j.Gap
	}
	return p.put(&j, at, boxes)
}

// Column places units below each other, their anchors on one line.
func (p *Plan) Column(j Job) (geom.Box, error) {
	boxes := j.extents()
	y, left := j.At.Y, int64(0)
	for _, b := range boxes {
		left = max(left, -b.Min.X)
	}
	at := make([]geom.Point, len(boxes))
	for i, b := range boxes {
		at[i] = geom.Point{X: geom.SnapUp(j.At.X + left), Y: geom.SnapUp(y - b.Min.Y)}
		y = at[i].Y + b.Max.Y + j.Gap
	}
	return p.put(&j, at, boxes)
}

// Grid places units in rows of so many columns, anchors aligned both ways.
// Columns 0 is as many as make it about as wide as the page is for its height.
func (p *Plan) Grid(j Job, columns int) (geom.Box, error) {
	boxes := j.extents()
	if columns <= 0 {
		columns = p.columns(&j, boxes)
	}
	at := gridOf(&j, boxes, columns)
	return p.put(&j, at, boxes)
}

func gridOf(j *Job, boxes []geom.Box, columns int) []geom.Point {
	rows := (len(boxes) + columns - 1) / columns
	left, right := make([]int64, columns), make([]int64, columns)
	up, down := make([]int64, rows), make([]int64, rows)
	for i, b := range boxes {
		c, r := i%columns, i/columns
		left[c], right[c] = max(left[c], -b.Min.X), max(right[c], b.Max.X)
		up[r], down[r] = max(up[r], -b.Min.Y), max(down[r], b.Max.Y)
	}
	at := make([]geom.Point, len(boxes))
	y := j.At.Y
	for r := range rows {
		y = geom.SnapUp(y + up[r])
		x := j.At.X
		for c := range columns {
			x = geom.SnapUp(x + left[c])
			if i := r*columns + c; i < len(at) {
				at[i] = geom.Point{X: x, Y: y}
			}
			x += right[c] + j.Gap
		}
		y += down[r] + j.Gap
	}
	return at
}

// columns returns the number of columns whose grid fits the page best.
func (p *Plan) columns(j *Job, boxes []geom.Box) int {
	frame, title := Frame(p.Paper)
	best, least := 1, int64(-1)
	for n := 1; n <= len(boxes); n++ {
		at := gridOf(j, boxes, n)
		all := geom.BoxOf(j.At)
		hits := false
		for i, b := range boxes {
			all = all.Union(b.Add(at[i]))
			hits = hits || b.Add(at[i]).Overlaps(title)
		}
		// The larger share of the page's width and height counts.
		over := max((all.Max.X-frame.Min.X)*1000/frame.Width(), (all.Max.Y-frame.Min.Y)*1000/frame.Height())
		if hits {
			over += 1000
		}
		if least < 0 || over < least {
			best, least = n, over
		}
	}
	return best
}

// Pack places units on shelves no wider than width, the tallest first.
func (p *Plan) Pack(j Job, width int64) (geom.Box, error) {
	j.Units = slices.Clone(j.Units)
	height := func(u Unit) int64 { return u.Extents(j.stand(u), j.Space).Height() }
	tall := make(map[Unit]int64, len(j.Units))
	for _, u := range j.Units {
		tall[u] = height(u)
	}
	slices.SortStableFunc(j.Units, func(a, b Unit) int { return cmp.Compare(tall[b], tall[a]) })
	boxes := j.extents()
	at := make([]geom.Point, len(boxes))
	x, y, bottom := j.At.X, j.At.Y, j.At.Y
	for i, b := range boxes {
		if x > j.At.X && x+b.Width() > j.At.X+width {
			x, y = j.At.X, bottom+j.Gap
		}
		at[i] = geom.Point{X: geom.SnapUp(x - b.Min.X), Y: geom.SnapUp(y - b.Min.Y)}
		x = at[i].X + b.Max.X + j.Gap
		bottom = max(bottom, at[i].Y+b.Max.Y)
	}
	return p.put(&j, at, boxes)
}

// Mirrored returns how a symbol stands after it has been mirrored.
func Mirrored(o geom.Orientation, m geom.Mirror) geom.Orientation {
	switch {
	case m == geom.None:
	case o.Mirror == geom.None:
		o.Mirror = m
	case o.Mirror == m:
		o.Mirror = geom.None
	default: // mirrored both ways is turned round
		o = geom.Orientation{Angle: (o.Angle + 180) % 360}
	}
	return o.Canonical()
}

// Mirror places units as the mirror images of others that are placed: about
// the upright line at X of j.At where m is [geom.MirrorY], about the level one
// at Y where it is [geom.MirrorX].
func (p *Plan) Mirror(j Job, of []Unit, m geom.Mirror) (geom.Box, error) {
	if len(of) != len(j.Units) {
		return geom.Box{}, fmt.Errorf("got %d parts to mirror and %d to place, want one for each", len(of), len(j.Units))
	}
	all, some := geom.BoxOf(j.At), false
	for i, u := range j.Units {
		from, ok := p.Find(of[i])
		if !ok {
			return all, fmt.Errorf("%s has no place yet, so that %s could be its mirror image", of[i], u)
		}
		at := from.At
		if m == geom.MirrorX {
			at.Y = 2*j.At.Y - at.Y
		} else {
			at.X = 2*j.At.X - at.X
		}
		o := Mirrored(from.O, m)
		if len(u.Part.Symbol.UnitPins(u.No, 1)) == 2 && upright(u, o) {
			o = from.O // a part with two pins is its own image, which reads better
		}
		if err := p.Place(u, at, o, j.Pos); err != nil {
			return all, err
		}
		if b := u.Extents(o, j.Space).Add(at); some {
			all = all.Union(b)
		} else {
			all, some = b, true
		}
	}
	return all, nil
}

// upright reports whether the pins of a unit point up and down.
func upright(u Unit, o geom.Orientation) bool {
	for _, pin := range u.Part.Symbol.UnitPins(u.No, 1) {
		if s := geom.SideOf(o.Turn(pin.Side.Vector())); s == geom.Left || s == geom.Right {
			return false
		}
	}
	return true
}
