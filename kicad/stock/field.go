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
	above, below := grid(b.max.y)+fieldGap, -grid(-b.min.y)-fieldGap
	switch s.fields {
	case "side":
		x := grid(b.max.x) + fieldGap
		ref = place{at: point{x, midY + fieldGap}, left: true}
		value = place{at: point{x, midY - fieldGap}, left: true}
	case "up":
		ref = place{at: point{midX, below - fieldGap}}
		value = place{at: point{midX, above}}
	case "down":
		ref = place{at: point{midX, above + fieldGap}}
		value = place{at: point{midX, below}}
	default:
		ref = s.beside(90, point{midX, above})
		value = s.beside(270, point{midX, below})
	}
	ref.hide = s.power
	return ref, value
}

// beside returns the place above or below the body, in its middle. Where pins
// leave a unit upwards or downwards, it is to the right of them, and of the
// body of any unit but the first, for all units share their places.
func (s *symbol) beside(side int, at point) place {
	var taken box
	for _, u := range s.units {
		var body box
		vertical := false
		for _, p := range u.pins {
			// A pin's angle points to the body, so it leaves on the other side.
			away := (p.angle + 180) % 360
			if p.hide || p.length == 0 || u.style > 1 {
				continue
			}
			if away == side {
				taken.include(p.at)
			}
			vertical = vertical || away == side
		}
		if u.num < 2 || !vertical {
			continue
		}
		for _, v := range s.units {
			if v.num == u.num {
				for _, sh := range v.shapes {
					body.includeShape(sh)
				}
			}
		}
		if body.some {
			taken.include(body.max)
		}
	}
	if !taken.some {
		return place{at: at}
	}
	return place{at: point{max(taken.max.x+fieldGap, at.x), at.y}, left: true}
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
