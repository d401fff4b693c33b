package route

import "starboard/kicad/geom"

// Trim takes away what of the wires ends at nothing: at no pin, no other wire,
// and at none of the places to keep, where a label stands. A wire that goes on
// behind a label ends there.
func Trim(wires []Wire, pins, keep []Pin) []Wire {
	ends := map[Pin]bool{}
	for _, p := range pins {
		ends[p] = true
	}
	labels := map[int][]geom.Point{}
	for _, k := range keep {
		ends[k] = true
		labels[k.Net] = append(labels[k.Net], k.At)
	}
	for {
		pieces, _ := Lines(wires, pins)
		count := map[Pin]int{}
		for _, p := range pieces {
			count[Pin{p.A, p.Net}]++
			count[Pin{p.B, p.Net}]++
		}
		var left []Wire
		cut := false
		for _, p := range pieces {
			for range 2 {
				p.A, p.B = p.B, p.A
				if end := (Pin{p.B, p.Net}); count[end] == 1 && !ends[end] {
					p.B, cut = nearest(p, labels[p.Net]), true
				}
			}
			if p.A != p.B {
				left = append(left, p)
			}
		}
		if !cut {
			return wires
		}
		wires = left
	}
}

// nearest returns the place on a wire where it must still reach from its other
// end: the last of the labels on it, or the other end itself.
func nearest(w Wire, labels []geom.Point) geom.Point {
	line := w.line()
	best, least := w.A, int64(-1)
	for _, l := range labels {
		if !line.Contains(l) {
			continue
		}
		d := l.Sub(w.B)
		if far := max(d.X, -d.X) + max(d.Y, -d.Y); least < 0 || far < least {
			best, least = l, far
		}
	}
	return best
}
