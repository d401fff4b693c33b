package symbol

import (
	"math"
	"strconv"

	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// turnClockwise gives an arc the direction in which KiCad saves it, clockwise
// as drawn, and returns its centre as KiCad has it. KiCad keeps the middle of an
// arc that it need not turn, and computes that of others.
//
// Older files, before KiCad 7, get more help: there KiCad takes no arc to reach
// 180 degrees. It takes half a degree off a half circle, and replaces a longer
// arc by the rest of its circle, seen from the other side if it was turned.
func (s *Shape) turnClockwise(old bool) geom.Point {
	a, m, b := s.Points[0], s.Points[1], s.Points[2]
	c := kicadCenter(a, m, b)
	turned := cross(m.Sub(a), b.Sub(a)) > 0
	if turned {
		a, b = b, a
	}
	start, end := a.Sub(c), b.Sub(c)
	angle := clockwise(start, end)
	straight := cross(m.Sub(a), b.Sub(a)) == 0
	switch {
	case old && a == b:
		m = a
	case old && !straight && cross(start, end) == 0:
		c = shortCenter(a, b, 179.5/180*math.Pi)
		m = middle(a, b, c)
	case old && !straight && angle > math.Pi:
		if turned {
			c = shortCenter(a, b, 2*math.Pi-angle)
		} else {
			a, b = b, a
		}
		m = middle(a, b, c)
	case turned:
		m = middle(a, b, c)
	}
	s.Points = []geom.Point{a, m, b}
	return c
}

// middleByAngles returns the middle of an arc of the time before KiCad 6, which
// has a centre, a radius, and two angles of which the shorter way is meant:
// (radius (at X Y) (length R) (angles A B)).
func middleByAngles(n sexpr.Node) (geom.Point, error) {
	c, err := readPoint(n.Child("at"))
	if err != nil {
		return c, err
	}
	r, err := length(n.Child("length").Arg(1))
	if err != nil {
		return c, err
	}
	var angles [2]float64
	for i := range angles {
		a := n.Child("angles").Arg(i + 1)
		if angles[i], err = strconv.ParseFloat(a.Source(), 64); err != nil || math.IsInf(angles[i], 0) || math.IsNaN(angles[i]) {
			return c, n.Errorf("arc has no angles")
		}
	}
	turn := math.Mod(angles[1]-angles[0], 360)
	switch {
	case turn > 180:
		turn -= 360
	case turn <= -180:
		turn += 360
	}
	sin, cos := math.Sincos((angles[0] + turn/2) * math.Pi / 180)
	units := float64(r / resolution)
	return c.Add(geom.Point{
		X: int64(math.Round(float64(units*cos))) * resolution,
		Y: int64(math.Round(float64(units*sin))) * resolution,
	}), nil
}

// clockwise returns the angle from one direction to another, more than 0 and up
// to a full turn.
func clockwise(from, to geom.Point) float64 {
	angle := math.Atan2(float64(from.Y), float64(from.X)) - math.Atan2(float64(to.Y), float64(to.X))
	if angle <= 0 {
		angle += 2 * math.Pi
	}
	return angle
}

// middle returns the middle of the clockwise arc from a to b around c.
func middle(a, b, c geom.Point) geom.Point {
	start := a.Sub(c)
	sin, cos := math.Sincos(-clockwise(start, b.Sub(c)) / 2)
	x, y := float64(start.X/resolution), float64(start.Y/resolution)
	return c.Add(geom.Point{
		X: int64(math.Round(float64(x*cos)-float64(y*sin))) * resolution,
		Y: int64(math.Round(float64(x*sin)+float64(y*cos))) * resolution,
	})
}

// shortCenter returns the centre of the clockwise arc of an angle of less than
// 180 degrees from a to b. It is cut to units, not rounded, as in KiCad.
func shortCenter(a, b geom.Point, angle float64) geom.Point {
	t := math.Tan(angle / 2)
	x, y := float64((b.X-a.X)/resolution)/2, float64((b.Y-a.Y)/resolution)/2
	mx, my := float64((a.X+b.X)/resolution)/2, float64((a.Y+b.Y)/resolution)/2
	return geom.Point{
		X: int64(math.Trunc(mx+float64(y/t))) * resolution,
		Y: int64(math.Trunc(my-float64(x/t))) * resolution,
	}
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
