package font

import "starboard/kicad/geom"

// A Shape is the shape of a global label's flag, in KiCad's words.
type Shape string

const (
	Input         Shape = "input"
	Output        Shape = "output"
	Bidirectional Shape = "bidirectional"
	TriState      Shape = "tri_state"
	Passive       Shape = "passive"
)

// Label returns the extents of a local label that reads away from its anchor
// towards a side: angle 0 is [geom.Right], 90 Up, 180 Left, 270 Down (see
// [geom.Side.Angle]). Its text stands above its wire, or to the left of a
// vertical one, by 0.275 glyph sizes.
func Label(s string, size int64, toward geom.Side) geom.Box {
	f := frameOf(toward)
	b, ok := f.text(s, size, Bottom, 0, -size*275/1000)
	if !ok {
		return geom.Box{}
	}
	return turn(b, f.vertical)
}

// HierLabel returns the extents of a hierarchical label with its flag, for
// label angles as in [Label]. The flags of all shapes are one glyph size long
// and wide. A sheet pin is drawn the same: toward then points into the sheet,
// to the right for a pin on the left edge (pin angle 180).
func HierLabel(s string, size int64, toward geom.Side) geom.Box {
	f := frameOf(toward)
	b := f.flag(size, size/2, size)
	if t, ok := f.text(s, size, Center, size*115/100, 0); ok {
		b = b.Union(t)
	}
	return turn(b, f.vertical)
}

// GlobalLabel returns the extents of a global label with its flag, for label
// angles as in [Label]. An unknown shape counts as the longest.
func GlobalLabel(s string, size int64, shape Shape, toward geom.Side) geom.Box {
	f := frameOf(toward)
	// The flag keeps 0.375 sizes off the text all around, and has a tip of
	// 0.875 sizes where the shape points.
	const slight = 300
	tips, before := int64(2), size*3/4
	switch shape {
	case Passive:
		tips, before = 0, 0
	case Output:
		tips, before = 1, 0
	case Input:
		tips = 1
	}
	textBox := measure(s, size, Left).textBox(size)
	if s == "~" {
		textBox = measured{}.textBox(size)
	}
	b := f.flag(textBox+size*750/1000+size/8+slight+tips*size*875/1000, size+slight, size)
	if t, ok := f.text(s, size, Center, size*375/1000+before, size*715/10_000); ok {
		b = b.Union(t)
	}
	return turn(b, f.vertical)
}

// A frame is how a label lies: the text of one that reads to the left or down
// ends at its anchor instead of beginning there, and one that reads up or down
// is turned as a whole.
type frame struct {
	align    Align
	vertical bool
}

func frameOf(toward geom.Side) frame {
	f := frame{align: Left, vertical: toward == geom.Up || toward == geom.Down}
	if toward == geom.Left || toward == geom.Down {
		f.align = Right
	}
	return f
}

// text returns the extents of the label's text, moved along its direction and
// across it, before it is turned.
func (f frame) text(s string, size int64, v Align, along, across int64) (geom.Box, bool) {
	if s == "~" { // KiCad's spelling of an empty text
		return geom.Box{}, false
	}
	b, ok := draw(measure(s, size, f.align), size, f.align, v)
	return b.Add(geom.Point{X: -int64(f.align) * along, Y: across}), ok
}

// flag returns the extents of an outline that begins at the anchor.
func (f frame) flag(long, half, size int64) geom.Box {
	end := geom.Point{X: -int64(f.align) * long, Y: half}
	return geom.BoxOf(geom.Point{Y: -half}, end).Grow(pen(size)/2 + rounding)
}
