package symbol

import "starboard/kicad/geom"

// Box returns the extents of a unit in a body style.
func (s *Symbol) Box(unit, body int) geom.Box {
	var b geom.Box
	for i, p := range s.UnitPins(unit, body) {
		if i == 0 {
			b = geom.BoxOf(p.At)
		}
		b = b.Union(geom.BoxOf(p.At))
	}
	return b
}
