package font

// unitsPerEm is the number of units in a glyph size: all advances and all
// stroke ends of the font are whole multiples of a 21st.
const unitsPerEm = 21

// A glyph is what one character takes up, in units. The strokes lie between
// left and right of the place where it begins and between top and bottom of
// the baseline, y down.
type glyph struct {
	advance, left, right, top, bottom int8
}

// inked reports whether the glyph has strokes at all.
func (g glyph) inked() bool { return g != glyph{advance: g.advance} }

// A block is a range of characters whose glyphs are one by one in glyphTable.
type block struct{ first, last rune }

// blocks are the characters known exactly: Latin with its extensions and
// phonetic signs, Greek, Cyrillic, punctuation and super- and subscript
// digits, currency, ohm, fractions, arrows, mathematical and technical signs,
// geometric shapes.
var blocks = [...]block{
	{0x0020, 0x02af}, {0x0370, 0x0523}, {0x2000, 0x20b5}, {0x2126, 0x2126}, {0x2150, 0x215f},
	{0x2189, 0x23e7}, {0x25a0, 0x25ff},
}

// A span is a range of characters that share an advance and for which one
// box holds the strokes of all.
type span struct {
	first, last rune
	glyph
}

var (
	question = glyph{18, 4, 14, -21, 0}   // drawn for what the font does not know
	empty    = glyph{24, 5, 19, -21, 0}   // drawn for gaps in what it knows
	blank    = glyph{0, 0, 0, 0, 0}       // takes no room
	cjk      = glyph{31, 1, 31, -24, 2}   // ideographs
	kana     = glyph{22, 0, 28, -26, 8}   // and their punctuation
	wide     = glyph{22, 2, 20, -27, 5}   // full-width forms
	half     = glyph{11, 2, 9, -23, 0}    // half-width forms
	accented = glyph{38, -3, 41, -36, 11} // no letter of the phonetic and the many-accented is larger
)

// spans are the other characters of the font, which ends at U+FFEE.
var spans = [...]span{
	{0x02b0, 0x036f, empty}, {0x0524, 0x1cff, empty}, {0x1d00, 0x1d7f, accented}, {0x1d80, 0x1dff, empty},
	{0x1e00, 0x1fff, accented}, {0x20b6, 0x2125, empty}, {0x2127, 0x214f, empty}, {0x2160, 0x2188, empty},
	{0x23e8, 0x259f, empty}, {0x2600, 0x2fff, empty}, {0x3000, 0x30ff, kana}, {0x3100, 0x4dff, empty},
	{0x4e00, 0x9fef, cjk}, {0x9ff0, 0xff00, blank}, {0xff01, 0xff60, wide}, {0xff61, 0xff9f, half},
	{0xffa0, 0xffdf, blank}, {0xffe0, 0xffe6, wide}, {0xffe7, 0xffe7, blank}, {0xffe8, 0xffee, half},
}

// lookup returns the glyph of a character.
func lookup(r rune) glyph {
	if ' ' <= r && r <= blocks[0].last {
		return glyphs[r-' ']
	}
	at := 0
	for _, b := range blocks {
		if b.first <= r && r <= b.last {
			return glyphs[at+int(r-b.first)]
		}
		at += int(b.last-b.first) + 1
	}
	for _, s := range spans {
		if s.first <= r && r <= s.last {
			return s.glyph
		}
	}
	return question
}

// Five bytes of glyphTable make a glyph, each a figure plus tableZero.
const (
	tableEntry = 5
	tableZero  = 'D'
)

// glyphs are those of all blocks, in order.
var glyphs = func() []glyph {
	gs := make([]glyph, len(glyphTable)/tableEntry)
	for i := range gs {
		e := glyphTable[i*tableEntry : (i+1)*tableEntry]
		v := func(k int) int8 { return int8(e[k] - tableZero) }
		gs[i] = glyph{v(0), v(1), v(2), v(3), v(4)}
	}
	return gs
}()

// advances holds the advance of each byte that stands for itself in any text.
// For the others it is 0: control characters, what may be markup or an
// escape, and parts of longer UTF-8 sequences.
var advances = func() (a [256]uint8) {
	for c := rune(' '); c < 0x7f; c++ {
		if c != '{' {
			a[c] = uint8(lookup(c).advance)
		}
	}
	return a
}()
