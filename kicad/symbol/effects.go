package symbol

import (
	"math"
	"strconv"
	"strings"

	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// DefaultSize is the height and width of a text where nothing else is said.
const DefaultSize = 50 * geom.Mil

// The limits that KiCad holds text sizes to.
const (
	leastSize = geom.MM / 1000
	mostSize  = 250 * geom.MM
)

// Effects is how a text is drawn. KiCad knows no mirrored texts in symbols.
type Effects struct {
	Width, Height int64
	HJustify      string // left or right; "" for the centre
	VJustify      string // top or bottom; "" for the centre
	Hidden        bool
	Bold, Italic  bool
	Thickness     int64  // of the strokes; 0: by the size
	Face          string // "" for KiCad's own font
	LineSpacing   string // a factor; "" for 1
	Color         string // red, green, blue and alpha, as in "132 0 0 1"; "" for the default
	Href          string // where a click leads
}

// plain is what a text has that says nothing of its looks.
var plain = Effects{Width: DefaultSize, Height: DefaultSize}

// Write writes e as the list (effects ...).
func (e *Effects) Write(w *sexpr.Writer) {
	w.Open("effects")
	w.Open("font")
	if e.Face != "" {
		writeString(w, "face", e.Face)
	}
	w.Open("size")
	w.MM(e.Height)
	w.MM(e.Width)
	w.Close()
	if e.LineSpacing != "" {
		w.Open("line_spacing")
		w.Word(e.LineSpacing)
		w.Close()
	}
	if e.Thickness != 0 {
		writeMM(w, "thickness", e.Thickness)
	}
	if e.Bold {
		w.Flag("bold", true)
	}
	if e.Italic {
		w.Flag("italic", true)
	}
	if e.Color != "" {
		writeColor(w, e.Color)
	}
	w.Close()
	if e.HJustify != "" || e.VJustify != "" {
		w.Open("justify")
		if e.HJustify != "" {
			w.Word(e.HJustify)
		}
		if e.VJustify != "" {
			w.Word(e.VJustify)
		}
		w.Close()
	}
	if e.Hidden {
		w.Flag("hide", true)
	}
	if e.Href != "" {
		writeString(w, "href", e.Href)
	}
	w.Close()
}

// readEffects reads (effects ...); an absent node gives the defaults.
func readEffects(n sexpr.Node) (Effects, error) {
	e := plain
	for k := range elements(n, 1) {
		var err error
		switch word(k) {
		case "font":
			err = e.readFont(k)
		case "justify":
			err = e.readJustify(k)
		case "href":
			e.Href = text(k.Arg(1))
		case "hide":
			e.Hidden, err = flag(k)
		default:
			err = unexpected(k, "font, justify, hide or href")
		}
		if err != nil {
			return e, err
		}
	}
	return e, nil
}

func (e *Effects) readJustify(n sexpr.Node) error {
	for k := range elements(n, 1) {
		switch v := word(k); v {
		case "left", "right":
			e.HJustify = v
		case "top", "bottom":
			e.VJustify = v
		case "mirror":
		default:
			return unexpected(k, "left, right, top, bottom or mirror")
		}
	}
	return nil
}

func (e *Effects) readFont(n sexpr.Node) error {
	for k := range elements(n, 1) {
		var err error
		switch word(k) {
		case "face":
			e.Face = text(k.Arg(1))
		case "size":
			var size geom.Point
			size, err = readPoint(k)
			e.Height = min(max(size.X, leastSize), mostSize)
			e.Width = min(max(size.Y, leastSize), mostSize)
		case "line_spacing":
			var v float64
			if v, err = number(k.Arg(1)); v != 1 {
				e.LineSpacing = formatNumber(v)
			}
		case "thickness":
			e.Thickness, err = length(k.Arg(1))
		case "bold":
			e.Bold, err = flag(k)
		case "italic":
			e.Italic, err = flag(k)
		case "color":
			if e.Color, err = readColor(k); e.Color == noColor {
				e.Color = ""
			}
		default:
			err = unexpected(k, "face, size, line_spacing, thickness, bold, italic or color")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// noColor is how files spell the colour that stands for none.
const noColor = "0 0 0 0"

// readColor returns the four numbers of (color r g b a) as KiCad prints them.
func readColor(n sexpr.Node) (string, error) {
	var parts [4]string
	for i := range parts {
		v, err := number(n.Arg(i + 1))
		if err != nil {
			return "", err
		}
		if i < 3 {
			v = math.Trunc(v)
		}
		parts[i] = formatNumber(v)
	}
	return strings.Join(parts[:], " "), nil
}

func writeColor(w *sexpr.Writer, color string) {
	w.Open("color")
	for part := range strings.SplitSeq(color, " ") {
		w.Word(part)
	}
	w.Close()
}

// number reads a number that is not a length.
func number(n sexpr.Node) (float64, error) {
	if _, err := sexpr.Decimal(n.Source(), 6); err != nil {
		return 0, n.Errorf("%v", err)
	}
	v, err := strconv.ParseFloat(n.Source(), 64)
	if err != nil {
		return 0, n.Errorf("got %s, want a number", n.Source())
	}
	return v, nil
}

// formatNumber prints v with as few digits as tell it apart.
func formatNumber(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
