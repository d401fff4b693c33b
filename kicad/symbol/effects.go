package symbol

import (
	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// DefaultSize is the height and width of text where nothing else is said.
const DefaultSize = 50 * geom.Mil

// Effects is how a text is drawn.
type Effects struct {
	Width, Height    int64
	HJustify         string // left or right; "" for the centre
	VJustify         string // top or bottom; "" for the centre
	Mirrored, Hidden bool
	Bold, Italic     bool
	Face             string // "" for KiCad's own font
	Thickness        int64  // of the strokes; -1: by the size
	LineSpacing      string // "" for 1
	Color            string // red, green, blue and alpha as files have them; "" for the default
	Href             string
}

// Write writes e as the list (effects ...).
func (e Effects) Write(w *sexpr.Writer) {
	w.Open("effects")
	w.Open("font")
	if e.Face != "" {
		w.Open("face")
		w.String(e.Face)
		w.Close()
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
	if e.Thickness >= 0 {
		w.Open("thickness")
		w.MM(e.Thickness)
		w.Close()
	}
	if e.Bold {
		w.Flag("bold", true)
	}
	if e.Italic {
		w.Flag("italic", true)
	}
	if e.Color != "" {
		w.Open("color")
		w.Word(e.Color)
		w.Close()
	}
	w.Close()
	if e.HJustify != "" || e.VJustify != "" || e.Mirrored {
		w.Open("justify")
		if e.HJustify != "" {
			w.Word(e.HJustify)
		}
		if e.VJustify != "" {
			w.Word(e.VJustify)
		}
		if e.Mirrored {
			w.Word("mirror")
		}
		w.Close()
	}
	if e.Hidden {
		w.Flag("hide", true)
	}
	if e.Href != "" {
		w.Open("href")
		w.String(e.Href)
		w.Close()
	}
	w.Close()
}

// readEffects reads (effects ...); an absent node gives the defaults.
func readEffects(n sexpr.Node) (Effects, error) {
	e := Effects{Width: DefaultSize, Height: DefaultSize, Thickness: -1}
	for k := range n.All() {
		var err error
		switch {
		case k.Is("font"):
			err = e.readFont(k)
		case k.Is("justify"):
			for j := range k.All() {
				switch v := j.Source(); v {
				case "justify":
				case "left", "right":
					e.HJustify = v
				case "top", "bottom":
					e.VJustify = v
				case "mirror":
					e.Mirrored = true
				default:
					err = j.Errorf("got %s, want left, right, top, bottom or mirror", v)
				}
			}
		case k.Is("href"):
			e.Href = k.Arg(1).Text()
		case k.Is("hide"), k.Source() == "hide":
			e.Hidden = flag(k)
		case k.Source() == "effects":
		default:
			err = unexpected(k, "font, justify, hide or href")
		}
		if err != nil {
			return e, err
		}
	}
	return e, nil
}

func (e *Effects) readFont(n sexpr.Node) error {
	for k := range n.All() {
		var err error
		switch {
		case k.Is("face"):
			e.Face = k.Arg(1).Text()
		case k.Is("size"):
			if e.Height, err = k.Arg(1).Nanometres(); err == nil {
				e.Width, err = k.Arg(2).Nanometres()
			}
		case k.Is("line_spacing"):
			e.LineSpacing = k.Arg(1).Source()
		case k.Is("thickness"):
			e.Thickness, err = k.Arg(1).Nanometres()
		case k.Is("bold"), k.Source() == "bold":
			e.Bold = flag(k)
		case k.Is("italic"), k.Source() == "italic":
			e.Italic = flag(k)
		case k.Is("color"):
			e.Color, err = readColor(k)
		case k.Source() == "font":
		default:
			err = unexpected(k, "face, size, thickness, bold, italic or color")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readColor returns the four numbers of (color r g b a), or "" for the colour
// that stands for none.
func readColor(n sexpr.Node) (string, error) {
	var s []byte
	for i := 1; i <= 4; i++ {
		k := n.Arg(i)
		if _, err := k.Nanometres(); err != nil {
			return "", err
		}
		if i > 1 {
			s = append(s, ' ')
		}
		s = append(s, k.Source()...)
	}
	if string(s) == "0 0 0 0" {
		return "", nil
	}
	return string(s), nil
}

// flag returns the value of a flag: of the atom hide, of (hide), or of
// (hide yes).
func flag(n sexpr.Node) bool {
	if !n.IsList() {
		return true
	}
	v := n.Arg(1)
	return !v.Present() || v.Source() == "yes" || v.Source() == "true"
}

func unexpected(n sexpr.Node, want string) error {
	what := n.Source()
	if n.IsList() {
		what = "(" + n.Head() + " ...)"
	}
	return n.Errorf("got %s, want %s", what, want)
}
