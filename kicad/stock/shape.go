package stock

import (
	"cmp"
	"math"
	"slices"
)

// mil is a thousandth of an inch in nanometres.
const mil = 25400

// A point is in nanometres, x to the right and y up.
type point struct{ x, y int64 }

func (p point) add(q point) point { return point{p.x + q.x, p.y + q.y} }

// A kind of shape, as KiCad calls it.
type kind string

const (
	rectangle kind = "rectangle" // two opposite corners
	polyline  kind = "polyline"  // its points
	circle    kind = "circle"    // its centre
	arc       kind = "arc"       // start, a point between, end
	words     kind = "text"      // its centre
)

// kinds is the order of shapes in the same place.
var kinds = []kind{rectangle, arc, circle, polyline, words}

// A shape is one graphic item of a body.
type shape struct {
	kind   kind
	pts    []point
	radius int64
	wide   int64  // of the line
	fill   string // none, background or outline
	text   string
	size   int64 // of text
}

// A placing says how a drawing is copied: mirrored left to right, then turned
// counter-clockwise by quarters, then moved.
type placing struct {
	at       point
	mirror   bool
	quarters int
}

func (p placing) point(q point) point {
	if p.mirror {
		q.x = -q.x
	}
	for range p.quarters {
		q = point{-q.y, q.x}
	}
	return q.add(p.at)
}

func (p placing) shape(s shape) shape {
	pts := make([]point, len(s.pts))
	for i, q := range s.pts {
		pts[i] = p.point(q)
	}
	s.pts = pts
	s.orient()
	return s
}

// orient makes an arc run clockwise, as KiCad does when it reads one.
func (s *shape) orient() {
	if s.kind != arc {
		return
	}
	a, b, c := s.pts[0], s.pts[1], s.pts[2]
	if (b.x-a.x)*(c.y-a.y)-(b.y-a.y)*(c.x-a.x) > 0 {
		s.pts[0], s.pts[2] = c, a
	}
}

// position is the point by which KiCad sorts a shape.
func (s shape) position() point {
	if s.kind == arc {
		return centre(s.pts[0], s.pts[1], s.pts[2])
	}
	return s.pts[0]
}

// compare is KiCad's order of the items of a unit: drawings before text, then
// by position, left to right and from the top, then by the ends that KiCad
// keeps of a shape, by its kind, and by its points.
func (s shape) compare(t shape) int {
	if a, b := s.kind == words, t.kind == words; a != b {
		if b {
			return -1
		}
		return 1
	}
	if c := comparePoints(s.position(), t.position()); c != 0 {
		return c
	}
	sFrom, sTo := s.ends()
	tFrom, tTo := t.ends()
	return cmp.Or(
		comparePoints(sFrom, tFrom),
		comparePoints(sTo, tTo),
		cmp.Compare(slices.Index(kinds, s.kind), slices.Index(kinds, t.kind)),
		cmp.Compare(len(s.pts), len(t.pts)),
		slices.CompareFunc(s.pts, t.pts, comparePoints),
		cmp.Compare(s.wide, t.wide),
	)
}

// ends returns what KiCad's data keep as start and end of a shape: of a
// circle its centre and rightmost point, of a polyline nothing.
func (s shape) ends() (from, to point) {
	switch s.kind {
	case polyline:
		return point{}, point{}
	case circle:
		return s.pts[0], s.pts[0].add(point{s.radius, 0})
	}
	return s.pts[0], s.pts[len(s.pts)-1]
}

// comparePoints orders from left to right, then from the top.
func comparePoints(p, q point) int {
	return cmp.Or(cmp.Compare(p.x, q.x), cmp.Compare(q.y, p.y))
}

// centre returns the centre of the circle through three points, to the 100 nm
// of KiCad's symbols. It orders shapes and places none.
func centre(a, b, c point) point {
	bx, by := float64(b.x-a.x), float64(b.y-a.y)
	cx, cy := float64(c.x-a.x), float64(c.y-a.y)
	d := 2 * (bx*cy - by*cx)
	if d == 0 {
		return a
	}
	b2, c2 := bx*bx+by*by, cx*cx+cy*cy
	round := func(v float64) int64 { return int64(math.Round(v/100)) * 100 }
	return point{a.x + round((cy*b2-by*c2)/d), a.y + round((bx*c2-cx*b2)/d)}
}

// A box is the smallest upright rectangle around something; the zero box is
// around nothing.
type box struct {
	min, max point
	some     bool
}

func (b *box) include(p point) {
	if !b.some {
		*b = box{p, p, true}
		return
	}
	b.min = point{min(b.min.x, p.x), min(b.min.y, p.y)}
	b.max = point{max(b.max.x, p.x), max(b.max.y, p.y)}
}

// includeShape makes room for the shape. An arc counts by its three points.
func (b *box) includeShape(s shape) {
	if s.kind == circle {
		b.include(s.pts[0].add(point{-s.radius, -s.radius}))
		b.include(s.pts[0].add(point{s.radius, s.radius}))
		return
	}
	if s.kind != words {
		for _, p := range s.pts {
			b.include(p)
		}
	}
}
