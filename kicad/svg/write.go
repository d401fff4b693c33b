package svg

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"starboard/kicad/geom"
)

// A writer makes the text of an SVG. Coordinates are whole micrometres.
type writer struct {
	buf   []byte
	p     *Picture
	lines [2][inks]bool // classes that are in use, of strokes and faint strokes
	fills [2][inks]bool
}

// SVG returns the picture as SVG: one user unit is a micrometre.
func (p *Picture) SVG() []byte {
	w := &writer{p: p, buf: make([]byte, 0, 1<<16)}
	for i := range p.Items {
		w.item(&p.Items[i])
	}
	body := w.buf
	w.buf = make([]byte, 0, len(body)+1<<12)
	w.head()
	w.buf = append(w.buf, body...)
	w.str("</svg>\n")
	return w.buf
}

func (w *writer) str(s ...string) {
	for _, s := range s {
		w.buf = append(w.buf, s...)
	}
}

func (w *writer) num(n int64) { w.buf = strconv.AppendInt(w.buf, n, 10) }

// um writes a length in nanometres.
func (w *writer) um(n int64) { w.num(micrometres(n)) }

func micrometres(n int64) int64 {
	if n < 0 {
		return -((-n + 500) / 1000)
	}
	return (n + 500) / 1000
}

// attr writes an attribute, unless its value is empty.
func (w *writer) attr(name, value string) {
	if value != "" {
		w.str(" ", name, "=\"", escape(value), "\"")
	}
}

func (w *writer) length(name string, n int64) {
	w.str(" ", name, "=\"")
	w.um(n)
	w.str("\"")
}

// theme names the class of the root, so that the rules of two pictures on one
// page do not mix.
func (w *writer) theme() string {
	if w.p.Dark {
		return "sb-dark"
	}
	return "sb-light"
}

// millimetres writes a length for the size of the page.
func (w *writer) millimetres(n int64) {
	v := micrometres(n)
	w.num(v / 1000)
	if f := v % 1000; f != 0 {
		w.str(".", strings.TrimRight(strconv.FormatInt(1000+f, 10)[1:], "0"))
	}
	w.str("mm")
}

// fontSize returns the size of letters whose capitals are as high as given:
// those of the usual sans-serif fonts are 0.72 times as high as their size.
func fontSize(capital int64) int64 { return capital * 25 / 18 }

func (w *writer) head() {
	w.str(`<svg xmlns="http://www.w3.org/2000/svg" class="starboard `, w.theme(), `" width="`)
	w.millimetres(w.p.Width)
	w.str(`" height="`)
	w.millimetres(w.p.Height)
	w.str(`" viewBox="0 0 `)
	w.um(w.p.Width)
	w.str(" ")
	w.um(w.p.Height)
	w.str(`" fill="none" stroke-width="`)
	w.um(defaultLine)
	w.str(`" stroke-linecap="round" stroke-linejoin="round" font-family="sans-serif" font-size="`)
	w.um(fontSize(defaultSize))
	w.str("\">\n<title>", escape(w.p.Title), "</title>\n<style>\n")
	for i := range w.lines {
		for ink := range inks {
			a := Paint{Ink: ink, Faint: i == 1}
			c, _ := w.p.color(a)
			if w.lines[i][ink] {
				w.str(".", w.theme(), " .l-", className(a), "{stroke:", c.String(), "}\n")
			}
			if w.fills[i][ink] {
				w.str(".", w.theme(), " .f-", className(a), "{fill:", c.String(), "}\n")
			}
		}
	}
	page, _ := w.p.color(Paint{Ink: Page})
	w.str("</style>\n<path class=\"page\" fill=\"", page.String(), "\" d=\"M0 0H")
	w.um(w.p.Width)
	w.str("V")
	w.um(w.p.Height)
	w.str("H0z\"/>\n")
}

func className(a Paint) string {
	if a.Faint {
		return "faint-" + inkNames[a.Ink]
	}
	return inkNames[a.Ink]
}

// item writes an item: its only element with the attributes of the item, or a
// group of its elements.
func (w *writer) item(it *Item) {
	single := len(it.Elements) == 1
	if !single {
		w.str(`<g class="`, string(it.Class), `"`)
		w.data(it)
		w.str(">\n")
	}
	for i := range it.Elements {
		e := &it.Elements[i]
		if e.Shape == Nothing {
			continue
		}
		class := ""
		if single {
			class = string(it.Class)
		}
		w.element(e, class, it, single)
	}
	if !single {
		w.str("</g>\n")
	}
}

func (w *writer) data(it *Item) {
	w.attr("data-ref", it.Ref)
	w.attr("data-net", it.Net)
	w.attr("data-uuid", it.UUID)
}

func (w *writer) element(e *Element, class string, it *Item, single bool) {
	switch e.Shape {
	case Text:
		w.str("<text")
	case Circle:
		w.str("<circle")
	case Bitmap:
		w.str("<image")
	default:
		w.str("<path")
	}
	w.classes(e, class)
	if single {
		w.data(it)
	}
	switch e.Shape {
	case Text:
		w.words(e.Words)
		return
	case Circle:
		w.length("cx", e.Points[0].X)
		w.length("cy", e.Points[0].Y)
		w.length("r", e.Radius)
	case Bitmap:
		a, b := e.Points[0], e.Points[1]
		w.length("x", a.X)
		w.length("y", a.Y)
		w.length("width", b.X-a.X)
		w.length("height", b.Y-a.Y)
		w.str(` href="data:`, e.Data.Type, `;base64,`)
		w.buf = base64.StdEncoding.AppendEncode(w.buf, e.Data.Data)
		w.str(`"`)
	default:
		w.str(` d="`)
		w.path(e)
		w.str(`"`)
	}
	if e.Stroke != (Paint{}) && e.Width != defaultLine {
		w.length("stroke-width", e.Width)
	}
	if e.Stroke != (Paint{}) && e.Dash != Solid {
		w.str(` stroke-dasharray="`)
		for i, n := range e.Dash.pattern(e.Width) {
			if i > 0 {
				w.str(" ")
			}
			w.um(n)
		}
		w.str(`"`)
	}
	w.str("/>\n")
}

// classes writes the class attribute, and colours that are no theme's.
func (w *writer) classes(e *Element, class string) {
	names := class
	add := func(name string) {
		if names != "" {
			names += " "
		}
		names += name
	}
	faint := func(a Paint) int {
		if a.Faint {
			return 1
		}
		return 0
	}
	if a := e.Stroke; a.Ink != None && !a.Custom {
		w.lines[faint(a)][a.Ink] = true
		add("l-" + className(a))
	}
	if a := e.Fill; a.Ink != None && !a.Custom {
		w.fills[faint(a)][a.Ink] = true
		add("f-" + className(a))
	}
	w.attr("class", names)
	w.custom("stroke", e.Stroke)
	w.custom("fill", e.Fill)
}

func (w *writer) custom(name string, a Paint) {
	if !a.Custom {
		return
	}
	c, opacity := w.p.color(a)
	w.attr(name, c.String())
	if opacity < 255 {
		thousandths := (int(opacity)*1000 + 127) / 255
		w.attr(name+"-opacity", strings.TrimRight("0."+strconv.Itoa(1000 + thousandths)[1:], "0"))
	}
}

// path writes the commands of a path. All are absolute, so that rounding to
// micrometres adds nothing up, and lines along an axis are short.
func (w *writer) path(e *Element) {
	p := e.Points[0]
	w.str("M")
	w.point(p)
	switch e.Shape {
	case Curve:
		w.str("C")
		for i, q := range e.Points[1:] {
			if i > 0 {
				w.str(" ")
			}
			w.point(q)
		}
	case Arc:
		w.arc(e.Points[0], e.Points[1], e.Points[2])
		if c, ok := e.middle(); ok {
			w.str("L")
			w.point(c)
			w.str("z")
		}
	default:
		for _, q := range e.Points[1:] {
			switch {
			case q.Y == p.Y:
				w.str("H")
				w.um(q.X)
			case q.X == p.X:
				w.str("V")
				w.um(q.Y)
			default:
				w.str("L")
				w.point(q)
			}
			p = q
		}
		if e.Closed {
			w.str("z")
		}
	}
}

func (w *writer) point(p geom.Point) {
	w.um(p.X)
	w.str(" ")
	w.um(p.Y)
}

func (w *writer) arc(p, m, q geom.Point) {
	_, _, r, ok := circleOf(p, m, q)
	if !ok || p == q {
		w.str("L")
		w.point(m)
		w.str("L")
		w.point(q)
		return
	}
	sweep, large := "0", "0"
	if cross(m.Sub(p), q.Sub(p)) > 0 {
		sweep = "1"
	}
	// The arc is the larger part of its circle where the middle sees its ends
	// under less than a right angle.
	a, b := p.Sub(m), q.Sub(m)
	if float64(float64(a.X)*float64(b.X))+float64(float64(a.Y)*float64(b.Y)) > 0 {
		large = "1"
	}
	n := int64(math.Round(r))
	w.str("A")
	w.um(n)
	w.str(" ")
	w.um(n)
	w.str(" 0 ", large, " ", sweep, " ")
	w.point(q)
}

var anchors = [...]string{"", "middle", "end"}

func (w *writer) words(t *Words) {
	w.length("x", t.At.X)
	w.length("y", t.At.Y)
	if t.Vertical {
		w.str(` transform="rotate(-90 `)
		w.point(t.At)
		w.str(`)"`)
	}
	w.attr("text-anchor", anchors[t.Anchor+1])
	if t.Size != defaultSize {
		w.length("font-size", fontSize(t.Size))
	}
	if t.Bold {
		w.attr("font-weight", "bold")
	}
	if t.Italic {
		w.attr("font-style", "italic")
	}
	if t.Face != "" { // its widths are not KiCad's own
		w.attr("font-family", "'"+strings.ReplaceAll(t.Face, "'", "")+"', sans-serif")
	} else if t.Length > 0 {
		w.length("textLength", t.Length)
		w.str(` lengthAdjust="spacingAndGlyphs"`)
	}
	if strings.HasPrefix(t.Text, " ") || strings.HasSuffix(t.Text, " ") || strings.Contains(t.Text, "  ") {
		w.str(` xml:space="preserve"`)
	}
	w.str(">", escape(t.Text), "</text>\n")
}

// escape returns s as it may stand in an attribute or in text: what XML has no
// place for becomes a replacement character.
func escape(s string) string {
	plain := true
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == '&' || c == '<' || c == '>' || c == '"' {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\t' || r == '\n':
			b.WriteByte(' ')
		case r < ' ' || r == 0xFFFE || r == 0xFFFF:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
