package stock

// A place is where a field stands: centred there, or to the right of it.
type place struct {
	at         point
	left, hide bool
}

// The distance of a field from the body.
const fieldGap = 50 * mil

// fieldPlaces returns the places of the reference and of the value.
func (s *symbol) fieldPlaces() (ref, value place) {
	b := s.bounds()
	midX, midY := grid((b.min.x+b.max.x)/2), grid((b.min.y+b.max.y)/2)
	switch s.fields {
	case "side":
		x := grid(b.max.x) + fieldGap
		ref = place{at: point{x, midY + fieldGap}, left: true}
		value = place{at: point{x, midY - fieldGap}, left: true}
	case "up":
		ref = place{at: point{midX, b.min.y - 2*fieldGap}}
		value = place{at: point{midX, b.max.y + fieldGap}}
	case "down":
		ref = place{at: point{midX, b.max.y + 2*fieldGap}}
		value = place{at: point{midX, b.min.y - fieldGap}}
	default:
		ref = s.beside(90, b, point{midX, b.max.y + fieldGap})
		value = s.beside(270, b, point{midX, b.min.y - fieldGap})
	}
	ref.hide = s.power
	return ref, value
}

// beside returns the place above or below the body. Where pins leave the body
// on that side, it is to their right.
func (s *symbol) beside(side int, b box, at point) place {
	var right box
	for _, u := range s.units {
		for _, p := range u.pins {
			// A pin's angle points to the body, so it leaves on the other side.
			if u.num <= 1 && u.style <= 1 && !p.hide && p.length > 0 && (p.angle+180)%360 == side {
				right.include(p.at)
			}
		}
	}
	if !right.some {
		return place{at: at}
	}
	return place{at: point{right.max.x + fieldGap, at.y}, left: true}
}

// bounds returns the box around what the first unit draws, around its pins
// where it draws nothing.
func (s *symbol) bounds() box {
	var drawn, pins box
	for _, u := range s.units {
		if u.num > 1 || u.style > 1 {
			continue
		}
		for _, sh := range u.shapes {
			drawn.includeShape(sh)
		}
		for _, p := range u.pins {
			pins.include(p.at)
		}
	}
	if drawn.some {
		return drawn
	}
	return pins
}

// grid rounds a length up to a multiple of 25 mil.
func grid(v int64) int64 {
	const step = 25 * mil
	if r := ((v % step) + step) % step; r > 0 {
		v += step - r
	}
	return v
}
