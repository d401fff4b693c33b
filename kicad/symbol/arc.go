package symbol

import (
	"math"

	"starboard/kicad/geom"
)

// turnClockwise gives an arc the direction in which KiCad saves it, clockwise
// as drawn, and returns its centre as KiCad has it.
func (s *Shape) turnClockwise() geom.Point {
	a, m, b := s.Points[0], s.Points[1], s.Points[2]
	c := kicadCenter(a, m, b)
	if cross(m.Sub(a), b.Sub(a)) > 0 {
		s.Points[0], s.Points[2] = b, a
	}
	return c
}

// cross returns the cross product in the square of KiCad's units.
func cross(p, q geom.Point) float64 {
	x, y := float64(p.X/resolution)*float64(q.Y/resolution), float64(p.Y/resolution)*float64(q.X/resolution)
	return x - y
}

// center returns the centre of the circle through three points. It is not ok
// where they lie on a line.
func center(a, m, b geom.Point) (x, y float64, ok bool) {
	m, b = m.Sub(a), b.Sub(a) // the numbers become small and the result exact enough
	d := 2 * cross(m, b)
	if d == 0 {
		return 0, 0, false
	}
	mx, my, bx, by := float64(m.X), float64(m.Y), float64(b.X), float64(b.Y)
	m2 := float64(mx*mx) + float64(my*my)
	b2 := float64(bx*bx) + float64(by*by)
	d *= resolution * resolution
	x = (float64(m2*by) - float64(b2*my)) / d
	y = (float64(b2*mx) - float64(m2*bx)) / d
	return x + float64(a.X), y + float64(a.Y), true
}

// An estimate is a number and the error it may have. Errors are taken to be
// independent of each other. As in KiCad the error of a product has the sign
// of the product; see kicadCenter.
type estimate struct{ v, err float64 }

func (a estimate) plus(b estimate) estimate  { return estimate{a.v + b.v, math.Hypot(a.err, b.err)} }
func (a estimate) minus(b estimate) estimate { return estimate{a.v - b.v, math.Hypot(a.err, b.err)} }
func (a estimate) times(b estimate) estimate { return product(a.v*b.v, a, b) }
func (a estimate) over(b estimate) estimate  { return product(a.v/b.v, a, b) }
func (a estimate) half() estimate            { return estimate{a.v / 2, a.err / 2} }

func product(v float64, a, b estimate) estimate {
	return estimate{v, v * math.Hypot(a.err/a.v, b.err/b.v)}
}

// kicadCenter returns the centre of an arc as KiCad has it, in nanometres and
// library coordinates. KiCad sorts shapes by it, so it matters to the unit.
//
// The points are rounded to units, so the centre is known to a few units only.
// KiCad estimates the error, and where a multiple of 100 or of 10 units lies
// within it, takes that for what was meant. Its estimate is too large far from
// the origin, and negative to the left of it, where nothing is ever rounded.
func kicadCenter(a, m, b geom.Point) geom.Point {
	// KiCad's units and direction of y.
	unit := func(p geom.Point) (x, y float64) { return float64(p.X / resolution), float64(-p.Y / resolution) }
	ax, ay := unit(a)
	mx, my := unit(m)
	bx, by := unit(b)
	switch {
	case mx == ax && by == my, my == ay && bx == mx: // a half circle, seen from its corner
		return fromUnits((ax+bx)/2, (ay+by)/2)
	case a == b: // a full circle
		return fromUnits((ax+mx)/2, (ay+my)/2)
	case mx == ax || bx == mx: // the estimate below would divide by zero
		x, y, ok := center(a, m, b)
		if !ok {
			return m
		}
		return fromUnits(x/resolution, -y/resolution)
	}
	// The two chords' slopes, from points that may each be half a unit off.
	slope := func(dx, dy float64) estimate {
		s := dy / dx
		e := s * math.Hypot(0.5/dy, 0.5/dx)
		if s == 0 {
			s = 1e-10
		}
		return estimate{s, e}
	}
	s1, s2 := slope(mx-ax, my-ay), slope(bx-mx, by-my)
	if s1.v == s2.v {
		s1.v, s2.v = s1.v+0x1p-52, s2.v-0x1p-52
	}
	sum := func(v float64) estimate { return estimate{v, math.Sqrt2 / 2} } // of two coordinates
	n := s1.times(s2).times(sum(ay - by)).plus(s2.times(sum(ax + mx))).minus(s1.times(sum(mx + bx)))
	d := s2.minus(s1)
	x := n.over(estimate{2 * d.v, 2 * d.err})
	y := sum(ax + mx).half().minus(x).over(s1).plus(sum(ay + my).half())
	for _, step := range []float64{100, 10} {
		rx, ry := math.Floor((x.v+step/2)/step)*step, math.Floor((y.v+step/2)/step)*step
		if math.Abs(rx-x.v) < x.err && math.Abs(ry-y.v) < y.err {
			return fromUnits(rx, ry)
		}
	}
	return fromUnits(x.v, y.v)
}

func fromUnits(x, y float64) geom.Point {
	round := func(v float64) int64 {
		if v != v {
			return 0
		}
		return int64(math.Round(min(max(v, -mostUnits), mostUnits))) * resolution
	}
	return geom.Point{X: round(x), Y: -round(y)}
}
