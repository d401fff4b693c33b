package font

import (
	"unicode/utf8"

	"starboard/kicad/geom"
)

// em is the number of steps in which the figures below count one glyph size:
// the font's own unit is a 21st, and subscripts are drawn at 0.8.
const (
	em          = 2100
	scaleNormal = em / unitsPerEm // one unit of the font
	scaleScript = scaleNormal * 8 / 10

	subscriptDrop   = 232  // baseline of a subscript below that of the line
	subscriptTall   = 1932 // and its lowest reach below the top of the line
	superscriptRise = 608  // baseline of a superscript above that of the line
	superscriptTall = 1092 // and its lowest reach
	overbarRise     = 2683 // overbar above it, in scripts too
	overbarTrim     = 210  // what an overbar lacks at both ends
	boxTrim         = 420  // what the last glyph lacks in KiCad's text box, in normal size
)

// grain is the unit of length in KiCad's schematics.
const grain = 100

// measured is the layout of a text.
type measured struct {
	advance int64    // widest line
	content int64    // the same without the gap after its last glyph
	tall    int64    // lowest reach of the first line's glyphs below its top
	lines   int      // at least 1
	box     geom.Box // strokes without pen, from the anchor's x and the first baseline
	ink     bool     // whether box holds anything
}

// textBox returns the length that KiCad gives the text's box: the content and
// one and a half times a pen of an eighth of the size at each end.
func (m measured) textBox(size int64) int64 {
	return m.content + size*375/1000
}

// Markers stand for the first character of ~{, _{ and ^{ where a } ends it,
// and for a } that is a character where it would end one.
const (
	markBar = 1 + iota
	markSub
	markSuper
	markBrace
)

// measure lays s out, each line aligned by h on x = 0. It allocates nothing
// for texts of up to 256 bytes with markup no deeper than eight.
func measure(s string, size int64, h Align) measured {
	var buf [256]byte
	text := unescape(buf[:0], s)
	mark(text)

	m := measured{lines: 1}
	var room [8]style
	open := room[:0] // what the markups that are open will restore
	l := line{size: size}
	l.set(scaleNormal, 0)
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\n':
			m.add(&l, h)
			m.lines++
			l.reset()
			i++
		case c <= markSuper:
			open = append(open, l.style)
			l.begin(c)
			i += 2
		case c == markBrace:
			l.glyph(lookup('}'))
			i++
		case c == '}' && len(open) > 0:
			l.end(open[len(open)-1])
			open = open[:len(open)-1]
			i++
		case c == '\t':
			l.tab()
			i++
		case c < utf8.RuneSelf:
			l.glyph(lookup(rune(c)))
			i++
		default:
			r, n := utf8.DecodeRune(text[i:])
			l.glyph(lookup(r))
			i += n
		}
	}
	m.add(&l, h)
	return m
}

// add takes up a finished line.
func (m *measured) add(l *line, h Align) {
	m.advance = max(m.advance, l.x)
	m.content = max(m.content, l.content)
	if m.lines == 1 {
		m.tall = l.tall
	}
	if !l.ink {
		return
	}
	x := -l.x * int64(1+h) / 2
	y := int64(m.lines-1) * Pitch(l.size)
	b := geom.Box{
		Min: geom.Point{X: l.left + x, Y: divFloor(l.top*l.size, em) + y},
		Max: geom.Point{X: l.right + x, Y: divCeil(l.bottom*l.size, em) + y},
	}
	if m.ink {
		b = b.Union(m.box)
	}
	m.box, m.ink = b, true
}

// A line is one line of text while it is laid out.
type line struct {
	size          int64 // of the text's glyphs
	x             int64 // where the next glyph begins
	content, tall int64 // see measured

	// The strokes, valid if ink: across in nanometres, up and down in em steps.
	left, right, top, bottom int64
	ink                      bool

	style
	trim, reach int64 // what a glyph of the style adds to content and tall
}

// A style is what a markup changes and its } restores.
type style struct {
	scale, shift int64 // in em steps
	kind         byte  // the markup that set it, or 0
	start        int64 // where that begins
}

func (l *line) reset() {
	l.x, l.content, l.tall, l.ink = 0, 0, 0, false
}

// set changes the size of the glyphs and how far they stand below the line.
func (l *line) set(scale, shift int64) {
	l.scale, l.shift = scale, shift
	l.trim = l.steps(boxTrim * scale / scaleNormal)
	switch {
	case shift > 0:
		l.reach = l.steps(subscriptTall)
	case shift < 0:
		l.reach = l.steps(superscriptTall)
	default:
		l.reach = l.size
	}
}

func (l *line) begin(kind byte) {
	l.kind, l.start = kind, l.x
	switch {
	case kind == markSub:
		l.set(scaleScript, subscriptDrop)
	case kind == markSuper && l.shift <= 0: // in a subscript it is one too
		l.set(scaleScript, -superscriptRise)
	}
}

// end ends the markup in force and goes back to the style before it.
func (l *line) end(before style) {
	if l.kind == markBar && l.x > l.start {
		trim := l.steps(overbarTrim)
		from, to := l.start+trim, l.x-trim
		l.stroke(min(from, to), max(from, to), -overbarRise, -overbarRise)
	}
	l.style = before
	l.set(before.scale, before.shift)
}

func (l *line) glyph(g glyph) {
	if g.inked() {
		l.stroke(l.x+divFloor(int64(g.left)*l.scale*l.size, em), l.x+divCeil(int64(g.right)*l.scale*l.size, em),
			int64(g.top)*l.scale+l.shift, int64(g.bottom)*l.scale+l.shift)
	}
	l.advance(l.steps(int64(g.advance) * l.scale))
}

// steps returns the length of em steps, rounded as KiCad rounds each advance.
func (l *line) steps(n int64) int64 { return divRound(n*l.size, em*grain) * grain }

// tab goes to the next stop, which stand one size before each multiple of
// four, and then one space further.
func (l *line) tab() {
	every := 4 * max(l.size, 1)
	stop := (l.x+l.size)/every*every + 3*l.size
	l.advance(stop - l.x + l.steps(int64(lookup(' ').advance)*scaleNormal))
}

func (l *line) advance(d int64) {
	l.x += d
	end := l.x - l.trim
	l.content = max(l.content, end, -end) // a box that ends before it begins is turned round
	l.tall = max(l.tall, l.reach)
}

func (l *line) stroke(left, right, top, bottom int64) {
	if l.ink {
		left, right = min(left, l.left), max(right, l.right)
		top, bottom = min(top, l.top), max(bottom, l.bottom)
	}
	l.left, l.right, l.top, l.bottom, l.ink = left, right, top, bottom, true
}

// mark replaces the first byte of each ~{, _{ and ^{ that a } on its line
// ends. A } ends the nearest one before it that is still open, unless it
// belongs to a word in braces, such as {foo}; all others are characters like
// any other.
func mark(text []byte) {
	ends := 0 // } to the right that end nothing yet
	for i := len(text) - 1; i >= 0; i-- {
		switch text[i] {
		case '\n':
			ends = 0
		case '}':
			if n := bracedWord(text[:i]); n > 0 {
				text[i] = markBrace
				i -= n
			} else {
				ends++
			}
		case '{':
			if i == 0 || ends == 0 {
				continue
			}
			switch text[i-1] {
			case '~':
				text[i-1] = markBar
			case '_':
				text[i-1] = markSub
			case '^':
				text[i-1] = markSuper
			default:
				continue
			}
			ends--
		}
	}
}

// bracedWord returns the length of the { and the word that text ends with, or
// 0 where it does not or where the { belongs to markup.
func bracedWord(text []byte) int {
	i := len(text) - 1
	for i >= 0 && isWord(text[i]) {
		i--
	}
	n := len(text) - i
	if i < 0 || text[i] != '{' || n < 2 || '0' <= text[i+1] && text[i+1] <= '9' {
		return 0
	}
	if i > 0 && (text[i-1] == '~' || text[i-1] == '_' || text[i-1] == '^') {
		return 0
	}
	return n
}

// isWord reports whether c may stand in the word of an escape.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

// unescape appends s to dst as it is drawn: escapes such as {slash} as their
// character, and control characters, which the font lacks, as question marks.
func unescape(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '{' && (i == 0 || !interrupts(s[i-1])) {
			if drawn, n := escape(s[i:]); n > 0 {
				dst = append(dst, drawn)
				i += n - 1
				continue
			}
		}
		if c < ' ' && c != '\n' && c != '\t' {
			c = '?'
		}
		dst = append(dst, c)
	}
	return dst
}

// interrupts reports whether a { after c begins markup or a text variable.
func interrupts(c byte) bool { return c == '~' || c == '_' || c == '^' || c == '$' }

// escapes lists what KiCad writes instead of characters that have a meaning
// in names.
var escapes = [...]struct {
	name string
	char byte
}{
	{"{slash}", '/'}, {"{backslash}", '\\'}, {"{space}", ' '}, {"{brace}", '{'}, {"{dblquote}", '"'},
	{"{quote}", '\''}, {"{lt}", '<'}, {"{gt}", '>'}, {"{bar}", '|'}, {"{comma}", ','}, {"{colon}", ':'},
	{"{dollar}", '$'}, {"{tab}", '\t'}, {"{return}", '\n'},
}

// escape returns the character and the length of the escape that s begins
// with, or a length of 0.
func escape(s string) (byte, int) {
	for _, e := range escapes {
		if len(s) >= len(e.name) && s[:len(e.name)] == e.name {
			return e.char, len(e.name)
		}
	}
	return 0, 0
}
