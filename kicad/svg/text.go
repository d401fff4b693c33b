package svg

import (
	"strings"

	"starboard/kicad/font"
	"starboard/kicad/geom"
)

// Where KiCad's font puts a line: its capitals are as high as the text's size,
// and the line of reference lies a 21st of that above the baseline.
const unitsPerEm = 21

// thinnest is the pen below which KiCad does not go.
const thinnest = 84_700

// penOf returns the width of the strokes of a text.
func penOf(e *effects) int64 {
	if e.pen > 0 {
		return e.pen
	}
	if e.bold {
		return max(e.height/5, thinnest)
	}
	return max(min(defaultLine, e.height/4), thinnest)
}

// words lays out a text whose anchor is at the given place: every line of it,
// and the bars over parts of it. Box is the extents of the whole.
func words(text string, e *effects, ink Paint, at geom.Point, h, v font.Align, vertical bool, box geom.Box) []Element {
	if text == "" || text == "~" {
		return nil
	}
	if e.color.Present() {
		p := paint(ink.Ink, e.color)
		p.Faint = ink.Faint
		ink = p
	}
	pen := penOf(e)
	x := -int64(h) * pen * 100 / 152
	y := e.height + e.height/unitsPerEm - pen*52/1000 - font.Height(text, e.height)*int64(1+v)/2
	place := func(x, y int64) geom.Point {
		if vertical {
			x, y = y, -x
		}
		return at.Add(geom.Point{X: x, Y: y})
	}
	var elements []Element
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "{return}", "\n"), "\n") {
		runs := split(line)
		whole := len(runs) == 1 && runs[0].style == style{}
		begin := x - font.Width(line, e.width)*int64(1+h)/2
		left, drawn := begin, ""
		for i := range runs {
			r := &runs[i]
			drawn += r.text
			if r.text == "\t" { // to the next stop
				left = begin + font.Width(drawn, e.width)
				continue
			}
			size, rise, length := e.height, int64(0), font.Width(r.text, e.width)
			if r.script != 0 {
				size, length = e.height*8/10, font.Width(r.text, e.width*8/10)
				rise = e.height * 232 / 2100 // below the line
				if r.script > 0 {
					rise = -e.height * 608 / 2100
				}
			}
			w := &Words{Text: r.text, Anchor: -1, Length: length, Size: size, Vertical: vertical, Bold: e.bold, Italic: e.italic, Face: e.face}
			w.At = place(left, y+rise)
			if whole { // a viewer with other widths then keeps the alignment
				w.Anchor, w.At = int8(h), place(x, y)
			}
			if len(elements) == 0 {
				w.Box = box
			}
			elements = append(elements, Element{Shape: Text, Words: w, Fill: ink})
			if r.bar {
				up := y - e.height*2683/2100
				trim := e.height / 10
				elements = append(elements, Element{
					Points: []geom.Point{place(left+trim, up), place(left+length-trim, up)}, Stroke: ink, Width: pen,
				})
			}
			left += length
		}
		y += font.Pitch(e.height)
	}
	return elements
}

// A run is a part of a line in one style.
type run struct {
	text string
	style
}

type style struct {
	bar    bool
	script int // 1: raised; -1: lowered
}

// split resolves the markup of a line: ~{bar}, _{lowered} and ^{raised}, which
// may be nested, and escapes such as {slash}. A tab is a run of its own.
func split(line string) []run {
	if !strings.ContainsAny(line, "{\t") {
		return []run{{text: line}}
	}
	var (
		runs  []run
		text  strings.Builder
		now   style
		stack []style
	)
	flush := func() {
		if text.Len() > 0 {
			runs = append(runs, run{text.String(), now})
			text.Reset()
		}
	}
	for i := 0; i < len(line); {
		switch rest := line[i:]; {
		case len(rest) > 1 && rest[1] == '{' && strings.IndexByte("~_^", rest[0]) >= 0 && closes(rest[2:]):
			flush()
			stack = append(stack, now)
			switch {
			case rest[0] == '~':
				now.bar = true
			case rest[0] == '_' || now.script < 0:
				now.script = -1
			default:
				now.script = 1
			}
			i += 2
		case rest[0] == '}' && len(stack) > 0:
			flush()
			now, stack = stack[len(stack)-1], stack[:len(stack)-1]
			i++
		case rest[0] == '{':
			drawn, n := braced(rest)
			text.WriteString(drawn)
			i += n
		case rest[0] == '\t':
			flush()
			runs = append(runs, run{"\t", now})
			i++
		default:
			text.WriteByte(rest[0])
			i++
		}
	}
	flush()
	return runs
}

// closes reports whether a } ends the markup whose content s begins.
func closes(s string) bool {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return true
			}
			depth--
		}
	}
	return false
}

var escapes = map[string]string{
	"slash": "/", "backslash": "\\", "space": " ", "brace": "{", "dblquote": "\"", "quote": "'", "lt": "<", "gt": ">",
	"bar": "|", "comma": ",", "colon": ":", "dollar": "$",
}

// braced returns what is drawn for the { that s begins with, and the length of
// what that stands for: an escape, or a word in braces, which is drawn as it
// is.
func braced(s string) (string, int) {
	end := strings.IndexByte(s, '}')
	if end < 0 || strings.ContainsAny(s[1:end], "{ ") {
		return "{", 1
	}
	if drawn, ok := escapes[s[1:end]]; ok {
		return drawn, end + 1
	}
	return s[:end+1], end + 1
}

// fieldText draws a field of a symbol. KiCad sets it in the middle of a box
// that the symbol's orientation turns and mirrors with everything else, and
// keeps it upright.
func fieldText(text string, e *effects, ink Paint, at geom.Point, vertical bool, o geom.Orientation) []Element {
	text = chomp(text)
	box := font.Field(text, e.height, font.Center, font.Center, vertical)
	shift := font.Field(text, e.height, e.h, e.v, vertical).Min.Sub(box.Min)
	at = at.Add(o.Turn(shift))
	vertical = vertical != (o.Angle%180 != 0)
	box = font.Field(text, e.height, font.Center, font.Center, vertical)
	return words(text, e, ink, at, font.Center, font.Center, vertical, box.Add(at))
}

// bodyText draws a text of a symbol's body, which turns with the symbol and
// stays upright too.
func bodyText(text string, e *effects, ink Paint, at geom.Point, vertical bool, o geom.Orientation) []Element {
	text = chomp(text)
	shift := geom.Point{
		X: -int64(e.h) * font.Width(text, e.width) / 2,
		Y: -int64(e.v) * font.Height(text, e.height) / 2,
	}
	if vertical {
		shift.X, shift.Y = shift.Y, -shift.X
	}
	at = at.Add(o.Turn(shift))
	vertical = vertical != (o.Angle%180 != 0)
	box := font.SheetField(text, e.height, font.Center, font.Center, vertical)
	return words(text, e, ink, at, font.Center, font.Center, vertical, box.Add(at))
}

// plainText draws a text as the font aligns it.
func plainText(text string, e *effects, ink Paint, at geom.Point, h, v font.Align, vertical bool) []Element {
	text = chomp(text)
	box := font.SheetField(text, e.height, h, v, vertical)
	return words(text, e, ink, at, h, v, vertical, box.Add(at))
}

// chomp removes the end of the last line: KiCad draws no empty one after it.
func chomp(text string) string { return strings.TrimSuffix(text, "\n") }

// wrap breaks lines at spaces so that each is at most width long.
func wrap(text string, size, width int64) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		now := ""
		for i, word := range strings.Split(line, " ") {
			next := word
			if i > 0 {
				next = now + " " + word
			}
			if i > 0 && font.Width(next, size) > width {
				out = append(out, now)
				next = word
			}
			now = next
		}
		out = append(out, now)
	}
	return strings.Join(out, "\n")
}
