package route

import "starboard/kicad/geom"

// slack is by how much two boxes may overlap, for texts are no boxes.
const slack = 150_000

// Sound reports whether nothing that is on the canvas covers anything else: no
// two boxes overlap but those of one symbol, no wire runs through a box, and no
// more than three lines meet. Canvases that were only added to where things fit
// are sound; what had to be drawn somewhere may not be.
func (c *Canvas) Sound() bool {
	for i := range c.Boxes {
		b := &c.Boxes[i]
		inner := b.Grow(-slack)
		if c.gone[int32(i)] || inner.Min.X >= inner.Max.X || inner.Min.Y >= inner.Max.Y {
			continue
		}
		fine := c.near(b.Box, func(r ref) bool {
			switch r.kind {
			case boxItem:
				o := &c.Boxes[r.i]
				return int(r.i) == i || o.Owner == b.Owner && o.Owner > 0 || !o.Overlaps(inner)
			case wireItem:
				w := &c.Wires[r.i]
				if !w.line().Overlaps(inner) {
					return true
				}
				return b.Owner > 0 && w.comesOut(b.Box)
			}
			return true
		})
		if !fine {
			return false
		}
	}
	for i := range c.Wires {
		w := &c.Wires[i]
		for _, end := range []geom.Point{w.A, w.B} {
			if c.Arms(end, w.Net) > 3 {
				return false
			}
		}
	}
	return true
}

// mostInside is how much of a wire may lie in the box of the symbol that it
// comes out of: pins of some end inside of it.
const mostInside = 4 * geom.Grid

// comesOut reports whether a wire begins in a box, close to its edge, and leaves
// it.
func (w *Wire) comesOut(b geom.Box) bool {
	if b.Contains(w.A) == b.Contains(w.B) {
		return false
	}
	l := w.line()
	return min(l.Max.X, b.Max.X)-max(l.Min.X, b.Min.X)+min(l.Max.Y, b.Max.Y)-max(l.Min.Y, b.Min.Y) <= mostInside
}
