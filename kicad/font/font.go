// Package font knows how much of a sheet KiCad's stroke font covers: the
// extents of texts, of symbol fields and of labels with their flags, so that
// placement can keep them apart.
//
// Every figure was measured from drawings that kicad-cli 9.0.8 made; the tests
// measure them again. All lengths are nanometres and all results come from
// integer arithmetic; a size is that of KiCad's (size S S) and positive. A box
// lies on the sheet (x to the right, y down), is relative to the item's
// anchor, includes the width of the pen, and contains every drawn stroke; it
// exceeds them by at most a micrometre, save for characters outside the exact
// tables (see glyph.go), which count as large as the largest of their range.
//
// [Width], [Lines] and [Height] measure bare text. [Text] is for graphic text,
// [Field] for the properties of a symbol, [SheetField] for those of a sheet,
// [Label], [HierLabel] (also for sheet pins) and [GlobalLabel] for the items
// that connect.
//
// What a text says is what the file says: markup such as ~{RST}, V_{CC} or
// m^{2} and escapes such as {slash} are understood; text variables such as
// ${REFERENCE} are not, expand them first. Bold, italic and outline fonts,
// other pens than the default and other settings than those of a new project
// (pen 6 mil, text offset 15 %, label margin 37.5 %) are outside this package.
package font

import (
	"strings"
	"unicode/utf8"

	"starboard/kicad/geom"
)

// An Align says which part of a text stands on its anchor. The zero Align is
// KiCad's default for fields and texts: the middle.
type Align int8

const (
	Left   Align = -1 // the text extends to the right of its anchor
	Center Align = 0
	Right  Align = 1
	Top    Align = Left // the text extends below its anchor
	Bottom Align = Right
)

// What new projects and an unchanged KiCad draw with.
const (
	defaultPen = 152_400 // 6 mil
	minPen     = 84_700  // below this the plotter does not go
	textLift   = 250_000 // a graphic text stands this much above its anchor
	rounding   = 500     // what KiCad's own rounding, to 100 nm at each step, adds up to
)

// pen returns the width of the strokes: the default, but never more than a
// quarter of the glyph size. Measured at sizes from 0.3 to 21 mm.
func pen(size int64) int64 { return max(min(defaultPen, size/4), minPen) }

// Width returns the advance width of s at a glyph size: the widest line of
// it, as KiCad centers and right-aligns by it, without pen.
func Width(s string, size int64) int64 {
	var n uint64 // in grains, to which KiCad rounds each advance
	for i := 0; i < len(s); {
		a, width := uint64(advances[s[i]]), 1
		if a == 0 {
			if s[i] < utf8.RuneSelf {
				return measure(s, size, Left).advance
			}
			var r rune
			r, width = utf8.DecodeRuneInString(s[i:])
			a = uint64(lookup(r).advance)
		}
		n += (a*uint64(size) + unitsPerEm*grain/2) / (unitsPerEm * grain)
		i += width
	}
	return int64(n) * grain
}

// Lines returns the number of lines that s is drawn in, at least 1.
func Lines(s string) int {
	return 1 + strings.Count(s, "\n") + strings.Count(s, "{return}")
}

// Height returns the height that KiCad gives a block of text when it aligns
// it: 1.17 glyph sizes for the first line and a line pitch for each further
// one. Descenders and overbars reach beyond it.
func Height(s string, size int64) int64 { return height(Lines(s), size) }

func height(lines int, size int64) int64 {
	return size*117/100 + int64(lines-1)*Pitch(size)
}

// Pitch returns the distance of two lines of one text.
func Pitch(size int64) int64 { return size * 160_994 / 100_000 }

// Text returns the extents of a graphic text. A vertical text, angle 90 or
// 270, reads upwards; h counts along the reading direction, v across it.
func Text(s string, size int64, h, v Align, vertical bool) geom.Box {
	if s == "~" { // KiCad's spelling of an empty text
		return geom.Box{}
	}
	b, ok := draw(measure(s, size, h), size, h, v)
	if !ok {
		return geom.Box{}
	}
	return turn(b, vertical).Add(geom.Point{Y: -textLift})
}

// Field returns the extents of a property that is shown, as it is drawn by an
// unrotated symbol. Of a rotated or mirrored symbol the same holds for what is
// seen: h, v and vertical say how the text lies on the sheet, not how the file
// spells that in the symbol's own frame.
//
// KiCad draws a field centered in a box of its own, which only the box's size
// and the alignment decide: lines of different length are centered whatever h
// says.
func Field(s string, size int64, h, v Align, vertical bool) geom.Box {
	m := measure(s, size, Center)
	b, ok := draw(m, size, Center, Center)
	if !ok {
		return geom.Box{}
	}
	// The box is 0.83 times as tall as the first line with three quarters of
	// a pen around it, and by a sixth taller if that has an overbar.
	first := m.tall + size*375/1000
	tall := first*83/100 + int64(m.lines-1)*Pitch(size)
	if line, _, _ := strings.Cut(s, "\n"); strings.Contains(line, "~{") {
		tall += first / 6
	}
	b = b.Add(geom.Point{X: -int64(h) * m.textBox(size) / 2, Y: -int64(v) * tall / 2})
	return turn(b, vertical)
}

// SheetField returns the extents of a property of a sheet. KiCad shows the
// file of a sheet with "File: " before it; s must say so.
func SheetField(s string, size int64, h, v Align, vertical bool) geom.Box {
	b, ok := draw(measure(s, size, h), size, h, v)
	if !ok {
		return geom.Box{}
	}
	return turn(b, vertical)
}

// draw returns the extents of a measured text as the font itself aligns it,
// with the pen, and false where nothing is drawn.
func draw(m measured, size int64, h, v Align) (geom.Box, bool) {
	if !m.ink {
		return geom.Box{}, false
	}
	p := pen(size)
	// A left- or right-aligned text keeps off its anchor by two thirds of the
	// pen. The font's line of reference is one unit above the baseline.
	x := -int64(h) * p * 100 / 152
	y := size + size/unitsPerEm - p*52/1000 - height(m.lines, size)*int64(1+v)/2
	return m.box.Add(geom.Point{X: x, Y: y}).Grow(p/2 + rounding), true
}

// turn returns b as it lies when the text reads upwards.
func turn(b geom.Box, vertical bool) geom.Box {
	if !vertical {
		return b
	}
	return geom.BoxOf(geom.Point{X: b.Min.Y, Y: -b.Min.X}, geom.Point{X: b.Max.Y, Y: -b.Max.X})
}

// divRound, divFloor and divCeil divide by a positive d.
func divRound(n, d int64) int64 { return divFloor(n+d/2, d) }

func divFloor(n, d int64) int64 {
	q := n / d
	if n%d < 0 {
		q--
	}
	return q
}

func divCeil(n, d int64) int64 { return -divFloor(-n, d) }
