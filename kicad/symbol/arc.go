package symbol

import (
	"math"

	"starboard/kicad/geom"
)

// turnClockwise gives an arc the direction in which KiCad saves it, clockwise
// as drawn, and returns its centre as KiCad rounds it.
func (s *Shape) turnClockwise() geom.Point {
	a, m, b := s.Points[0], s.Points[1], s.Points[2]
	if cross(m.Sub(a), b.Sub(a)) > 0 {
		a, b = b, a
		s.Points[0], s.Points[2] = a, b
	}
	x, y, ok := center(a, m, b)
	if !ok {
		return m
	}
	return geom.Point{X: x, Y: y}
}

// cross returns the cross product in the square of KiCad's units.
func cross(p, q geom.Point) int64 {
	const u = resolution
	return p.X/u*(q.Y/u) - p.Y/u*(q.X/u)
}

// center returns the centre of the circle through three points. It is false
// where they lie on a line.
//
// KiCad knows the points to half a unit, so the centre is known to a few
// units. If a multiple of 100 or of 10 units lies within that, it takes
// it for the centre that was meant, and so do we: shapes are sorted by it.
func center(a, m, b geom.Point) (x, y int64, ok bool) {
	if a == b { // a full circle
		return (a.X + m.X) / 2, (a.Y + m.Y) / 2, a != m
	}
	const u = resolution
	// Relative to a, where the numbers are small and the result exact enough.
	mx, my := float64((m.X-a.X)/u), float64((m.Y-a.Y)/u)
	bx, by := float64((b.X-a.X)/u), float64((b.Y-a.Y)/u)
	at := func(mx, my, bx, by float64) (cx, cy float64) {
		d := 2 * (mx*by - my*bx)
		m2, b2 := mx*mx+my*my, bx*bx+by*by
		return (m2*by - b2*my) / d, (b2*mx - m2*bx) / d
	}
	cx, cy := at(mx, my, bx, by)
	if math.IsNaN(cx) || math.IsInf(cx, 0) || math.IsNaN(cy) || math.IsInf(cy, 0) {
		return 0, 0, false
	}
	var dx, dy float64
	for _, d := range [][4]float64{{0.5, 0, 0, 0}, {0, 0.5, 0, 0}, {0, 0, 0.5, 0}, {0, 0, 0, 0.5}, {0.5, 0, 0.5, 0}, {0, 0.5, 0, 0.5}} {
		px, py := at(mx+d[0], my+d[1], bx+d[2], by+d[3])
		dx, dy = math.Hypot(dx, px-cx), math.Hypot(dy, py-cy)
	}
	cx, cy = cx+float64(a.X/u), cy+float64(a.Y/u)
	for _, step := range []float64{100, 10} {
		rx, ry := math.Round(cx/step)*step, math.Round(cy/step)*step
		if math.Abs(rx-cx) < dx && math.Abs(ry-cy) < dy {
			cx, cy = rx, ry
			break
		}
	}
	const most = 1 << 40
	if math.Abs(cx) > most || math.Abs(cy) > most {
		return 0, 0, false
	}
	return int64(math.Round(cx)) * u, int64(math.Round(cy)) * u, true
}
