package svg

import (
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// The fonts of texts in a PNG: the same on every machine.
var (
	regular = sync.OnceValue(func() *sfnt.Font { return mustFont(goregular.TTF) })
	bold    = sync.OnceValue(func() *sfnt.Font { return mustFont(gobold.TTF) })
)

func mustFont(ttf []byte) *sfnt.Font {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		panic(err) // the fonts are part of the program
	}
	return f
}

// slant of italic letters.
const slant = 0.2

// text draws words, stretched to their length.
func (r *raster) text(w *Words, a Paint) {
	f := regular()
	if w.Bold {
		f = bold()
	}
	// The glyphs are laid out at a large size and scaled down from there.
	const em = 1000
	ppem := fixed.I(em)
	var buf sfnt.Buffer
	type placed struct {
		index sfnt.GlyphIndex
		x     fixed.Int26_6
	}
	var glyphs []placed
	var long fixed.Int26_6
	for _, c := range w.Text {
		index, err := f.GlyphIndex(&buf, c)
		if err != nil {
			continue
		}
		advance, err := f.GlyphAdvance(&buf, index, ppem, font.HintingNone)
		if err != nil {
			continue
		}
		glyphs = append(glyphs, placed{index, long})
		long += advance
	}
	if long == 0 {
		return
	}
	const units = 64 * em                               // of the font in one size
	tall := float64(fontSize(w.Size)) / units * r.scale // pixels per unit
	wide := tall
	if w.Length > 0 && w.Face == "" {
		wide = float64(w.Length) / float64(long) * r.scale
	}
	start := -float64(long) * wide * float64(1+w.Anchor) / 2
	origin := r.spot(w.At)
	place := func(p fixed.Point26_6, x fixed.Int26_6) spot {
		dx, dy := start+float64(p.X+x)*wide, float64(p.Y)*tall
		if w.Italic {
			dx -= dy * slant
		}
		if w.Vertical {
			dx, dy = dy, -dx
		}
		return spot{origin.x + dx, origin.y + dy}
	}
	var outlines []outline
	for _, g := range glyphs {
		segments, err := f.LoadGlyph(&buf, g.index, ppem, nil)
		if err != nil {
			continue
		}
		var o outline
		for _, s := range segments {
			switch s.Op {
			case sfnt.SegmentOpMoveTo:
				if len(o) > 0 {
					outlines = append(outlines, o)
				}
				o = outline{place(s.Args[0], g.x)}
			case sfnt.SegmentOpLineTo:
				o = append(o, place(s.Args[0], g.x))
			case sfnt.SegmentOpQuadTo:
				o = quadratic(o, place(s.Args[0], g.x), place(s.Args[1], g.x))
			case sfnt.SegmentOpCubeTo: // none in these fonts
				o = append(o, place(s.Args[2], g.x))
			}
		}
		if len(o) > 0 {
			outlines = append(outlines, o)
		}
	}
	r.paint(outlines, a)
}

// quadratic appends a curve from the end of o over b to c.
func quadratic(o outline, b, c spot) outline {
	a := o[len(o)-1]
	const steps = 6
	for i := 1; i <= steps; i++ {
		t := float64(i) / steps
		u := 1 - t
		o = append(o, spot{u*u*a.x + 2*u*t*b.x + t*t*c.x, u*u*a.y + 2*u*t*b.y + t*t*c.y})
	}
	return o
}
