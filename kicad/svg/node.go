package svg

import (
	"encoding/json"
	"math"
	"strconv"

	"starboard/kicad/connect"
	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// What graphic items say, read as it stands in the file. A picture is drawn of
// any file that could be read at all: what an item says wrongly counts as left
// out.

// resolution is that of KiCad's schematics.
const resolution = 100

// farthest bounds coordinates, so that sums of them cannot overflow.
const farthest = 1000 * 1000 * geom.MM

func nm(n sexpr.Node) int64 {
	v, err := n.Nanometres()
	if err != nil {
		return 0
	}
	v = min(max(v, -farthest), farthest)
	if v < 0 {
		return -((-v + resolution/2) / resolution * resolution)
	}
	return (v + resolution/2) / resolution * resolution
}

// point reads (HEAD X Y ...).
func point(n sexpr.Node) geom.Point { return geom.Point{X: nm(n.Arg(1)), Y: nm(n.Arg(2))} }

// angle reads an angle in degrees and returns a multiple of 90.
func angle(n sexpr.Node, perDegree float64) int {
	v, err := strconv.ParseFloat(n.Source(), 64)
	if err != nil || math.Abs(v) > 1e6 {
		return 0
	}
	return (int(math.Round(v/perDegree/90))%4 + 4) % 4 * 90
}

// custom reads (color R G B A); opaque tells whether it says anything: the
// colour 0 0 0 0 is the default one.
func custom(n sexpr.Node) (c RGB, opacity uint8, ok bool) {
	if !n.Present() {
		return 0, 0, false
	}
	for i := 1; i <= 3; i++ {
		v, _ := strconv.Atoi(n.Arg(i).Source())
		c = c<<8 | RGB(min(max(v, 0), 255))
	}
	a, err := strconv.ParseFloat(n.Arg(4).Source(), 64)
	if err != nil || a <= 0 {
		return c, 0, false
	}
	return c, uint8(min(a, 1)*255 + 0.5), true
}

// paint returns ink, or the colour that n has for it.
func paint(ink Ink, n sexpr.Node) Paint {
	if c, opacity, ok := custom(n); ok {
		return Paint{Ink: ink, Custom: true, Color: c, Opacity: opacity}
	}
	return Paint{Ink: ink}
}

// effects is how a text is drawn.
type effects struct {
	width, height int64
	h, v          font.Align
	bold, italic  bool
	hidden        bool
	face          string
	pen           int64 // where the size of the text does not decide
	color         sexpr.Node
}

// defaultSize is the height of texts that say nothing.
const defaultSize = 50 * geom.Mil

func readEffects(n sexpr.Node) effects {
	e := effects{width: defaultSize, height: defaultSize, hidden: n.Has("hide")}
	if f := n.Child("font"); f.Present() {
		if size := f.Child("size"); size.Present() {
			e.height, e.width = nm(size.Arg(1)), nm(size.Arg(2))
		}
		e.bold, e.italic = f.Has("bold"), f.Has("italic")
		e.face = f.Child("face").Arg(1).Text()
		e.color = f.Child("color")
	}
	if j := n.Child("justify"); j.Present() {
		for k := range j.All() {
			switch k.Source() {
			case "left":
				e.h = font.Left
			case "right":
				e.h = font.Right
			case "top":
				e.v = font.Top
			case "bottom":
				e.v = font.Bottom
			}
		}
	}
	e.width, e.height = max(e.width, resolution), max(e.height, resolution)
	return e
}

// settings is what a project says of drawings.
type settings struct {
	line        int64 // width of lines that have none of their own
	junction    int64 // diameter
	pinSymbol   int64 // half of a pin's decoration; 0: by its texts
	labelMargin int64 // thousandths of the text size
	textOffset  int64
	classes     map[string]class
}

// A class is what a net class says of drawings.
type class struct {
	wire, bus int64 // widths; 0: default
	color     RGB
	colored   bool
	dash      Dash
}

// The settings of a new project.
const (
	defaultLine = 6 * geom.Mil
	defaultBus  = 12 * geom.Mil
)

// junctions are the diameters of the choices 0 to 5, in tenths of a line.
var junctions = [...]int64{0, 17, 40, 60, 90, 120}

func readSettings(p *connect.Project) settings {
	s := settings{line: defaultLine, junction: 6 * defaultLine, pinSymbol: 25 * geom.Mil, labelMargin: 375, textOffset: 150}
	var file struct {
		Schematic struct {
			Drawing struct {
				Line     *float64 `json:"default_line_thickness"`
				Junction *int     `json:"junction_size_choice"`
				Pin      *float64 `json:"pin_symbol_size"`
				Margin   *float64 `json:"label_size_ratio"`
				Offset   *float64 `json:"text_offset_ratio"`
			}
		}
		Nets struct {
			Classes []struct {
				Name  string
				Wire  float64 `json:"wire_width"`
				Bus   float64 `json:"bus_width"`
				Color string  `json:"schematic_color"`
				Style int     `json:"line_style"`
			}
		} `json:"net_settings"`
	}
	if p.Text == "" || json.Unmarshal([]byte(p.Text), &file) != nil {
		return s
	}
	mils := func(v float64) int64 { return int64(math.Round(math.Min(math.Max(v, 0), 1000) * geom.Mil)) }
	d := &file.Schematic.Drawing
	if d.Line != nil {
		s.line = mils(*d.Line)
	}
	if d.Junction != nil && *d.Junction >= 0 && *d.Junction < len(junctions) {
		s.junction = junctions[*d.Junction] * s.line / 10
	}
	if d.Pin != nil {
		s.pinSymbol = mils(*d.Pin)
	}
	ratio := func(v *float64, to *int64) {
		if v != nil {
			*to = int64(math.Round(math.Min(math.Max(*v, 0), 10) * 1000))
		}
	}
	ratio(d.Margin, &s.labelMargin)
	ratio(d.Offset, &s.textOffset)
	s.classes = map[string]class{}
	for _, c := range file.Nets.Classes {
		k := class{wire: mils(c.Wire), bus: mils(c.Bus), dash: Dash(min(max(c.Style, 0), 4))}
		k.color, k.colored = cssColor(c.Color)
		s.classes[c.Name] = k
	}
	return s
}
