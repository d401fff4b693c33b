package symbol

import (
	"cmp"
	"slices"
	"strings"

	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// A Shape is a part of the drawing of a symbol, in library coordinates.
type Shape struct {
	Kind    ShapeKind
	Private bool // not drawn in schematics
	// Points are: of a rectangle two opposite corners; of an arc start, a point
	// between and end, in clockwise order as drawn; of a circle its centre; of a
	// polyline its corners; of a curve its four control points; of a text its
	// anchor; of a text box its corner.
	Points []geom.Point
	Radius int64 // of a circle
	Stroke Stroke
	Fill   Fill

	Text    string
	Angle   int        // of a text, in tenths of a degree, of a text box, in degrees
	Size    geom.Point // of a text box: from Points[0] to the opposite corner
	Margins [4]int64   // of a text box; left, top, right, bottom
	Effects

	angle string     // of a text box, as KiCad prints it
	at    geom.Point // by which KiCad sorts
}

// A ShapeKind says what a [Shape] is.
type ShapeKind uint8

// The kinds in KiCad's order.
const (
	Rectangle ShapeKind = iota
	Arc
	Circle
	Polyline
	Bezier
	Text
	TextBox
)

var shapeKinds = [...]string{"rectangle", "arc", "circle", "polyline", "bezier", "text", "text_box"}

// String returns the kind as files have it.
func (k ShapeKind) String() string { return shapeKinds[k] }

// A Stroke is how a line is drawn.
type Stroke struct {
	Width int64  // 0: the default width; negative: none
	Style string // default, solid, dash, dot, dash_dot or dash_dot_dot
	Color string // as in [Effects]
}

// A Fill is how an area is filled.
type Fill struct {
	Style string // none, outline (in the colour of the line), background or color
	Color string // as in [Effects], of the style color
}

var (
	strokeStyles = []string{"default", "solid", "dash", "dot", "dash_dot", "dash_dot_dot"}
	fillStyles   = []string{"none", "outline", "background", "color"}
)

// readShape reads a shape of a file of the given version.
func readShape(n sexpr.Node, version int) (Shape, error) {
	s := Shape{Stroke: Stroke{Style: "default"}, Fill: Fill{Style: "none"}, Effects: plain}
	kind := slices.Index(shapeKinds[:], n.Head())
	if kind < 0 {
		return s, unexpected(n, "pin, "+strings.Join(shapeKinds[:], ", "))
	}
	s.Kind = ShapeKind(kind)
	skip := 1
	if word(n.Arg(skip)) == "private" {
		s.Private = true
		skip++
	}
	if s.Kind == Text || s.Kind == TextBox {
		s.Text = text(n.Arg(skip))
		skip++
	}
	var err error
	for k := range elements(n, skip) {
		switch head := word(k); {
		case head == "stroke":
			s.Stroke, err = readStroke(k)
		case head == "fill":
			s.Fill, err = readFill(k)
		case head == "effects" && s.Kind >= Text:
			s.Effects, err = readEffects(k)
		case slices.Contains(shapeGeometry[s.Kind], head):
		default:
			err = unexpected(k, strings.Join(shapeGeometry[s.Kind], ", ")+", stroke, fill or effects")
		}
		if err != nil {
			return s, err
		}
	}
	return s, s.readGeometry(n, version)
}

// longArcs is the version of files from which on arcs may be of any length.
const longArcs = 20230409

// shapeGeometry has the lists that give the place and size of each kind.
var shapeGeometry = [...][]string{
	Rectangle: {"start", "end"},
	Arc:       {"start", "mid", "end", "radius"},
	Circle:    {"center", "radius"},
	Polyline:  {"pts"},
	Bezier:    {"pts"},
	Text:      {"at"},
	TextBox:   {"at", "size", "start", "end", "margins"},
}

func (s *Shape) readGeometry(n sexpr.Node, version int) (err error) {
	places := func(heads ...string) error {
		for _, h := range heads {
			p, err := readPoint(n.Child(h))
			if err != nil {
				return err
			}
			s.Points = append(s.Points, p)
		}
		return nil
	}
	switch s.Kind {
	case Rectangle:
		if err = places("start", "end"); err == nil {
			s.at = s.Points[0]
		}
	case Arc:
		old := version < longArcs
		switch {
		case n.Child("mid").Present():
			err = places("start", "mid", "end")
		case n.Child("radius").Present():
			if err = places("start", "end"); err == nil {
				var mid geom.Point
				mid, err = middleByAngles(n.Child("radius"))
				s.Points = slices.Insert(s.Points, 1, mid)
				old = false // KiCad knows the centre of this one
			}
		default:
			return n.Errorf("arc has no mid")
		}
		if err == nil {
			s.at = s.turnClockwise(old)
		}
	case Circle:
		if err = places("center"); err != nil {
			return err
		}
		s.at = s.Points[0]
		if r := n.Child("radius"); r.Present() {
			s.Radius, err = length(r.Arg(1))
		}
		s.Radius = max(s.Radius, resolution)
	case Polyline, Bezier:
		for k := range elements(n.Child("pts"), 1) {
			if !k.Is("xy") {
				return unexpected(k, "xy")
			}
			p, err := readPoint(k)
			if err != nil {
				return err
			}
			s.Points = append(s.Points, p)
		}
		if s.Kind == Bezier {
			if len(s.Points) > 4 {
				return n.Errorf("bezier has %d points, want 4", len(s.Points))
			}
			for len(s.Points) < 4 {
				s.Points = append(s.Points, geom.Point{})
			}
		}
		if len(s.Points) > 0 {
			s.at = s.Points[0]
		}
	case Text:
		if err = places("at"); err != nil {
			return err
		}
		s.at = s.Points[0]
		if a := n.Child("at").Arg(3); a.Present() {
			tenths, err := sexpr.Decimal(a.Source(), 0)
			if err != nil {
				return a.Errorf("%v", err)
			}
			s.Angle = int(tenths)
		}
	case TextBox:
		return s.readTextBox(n)
	}
	return err
}

func (s *Shape) readTextBox(n sexpr.Node) (err error) {
	at := n.Child("at")
	s.angle = "0"
	if start := n.Child("start"); start.Present() { // KiCad 6
		var end geom.Point
		if s.at, err = readPoint(start); err != nil {
			return err
		}
		if end, err = readPoint(n.Child("end")); err != nil {
			return err
		}
		s.Size = end.Sub(s.at)
	} else {
		if s.at, err = readPoint(at); err != nil {
			return err
		}
		if s.Size, err = readPoint(n.Child("size")); err != nil {
			return err
		}
		if a := at.Arg(3); a.Present() {
			if s.angle, s.Angle, err = readAngle(a); err != nil {
				return err
			}
		}
	}
	s.Points = []geom.Point{s.at}
	if !n.Child("effects").Present() {
		s.HJustify, s.VJustify = "left", "top"
	}
	if k := n.Child("margins"); k.Present() {
		for i := range s.Margins {
			if s.Margins[i], err = length(k.Arg(i + 1)); err != nil {
				return err
			}
		}
	} else {
		m := s.Height * 4 / 5
		s.Margins = [4]int64{m, m, m, m}
	}
	return nil
}

func readStroke(n sexpr.Node) (Stroke, error) {
	s := Stroke{Width: 6 * geom.Mil, Style: "default"}
	for k := range elements(n, 1) {
		var err error
		switch word(k) {
		case "width":
			s.Width, err = length(k.Arg(1))
		case "type":
			if s.Style = word(k.Arg(1)); !slices.Contains(strokeStyles, s.Style) {
				err = unexpected(k.Arg(1), strings.Join(strokeStyles, ", "))
			}
		case "color":
			if s.Color, err = readColor(k); s.Color == noColor {
				s.Color = ""
			}
		default:
			err = unexpected(k, "width, type or color")
		}
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

func readFill(n sexpr.Node) (Fill, error) {
	f := Fill{Style: "none", Color: noColor}
	for k := range elements(n, 1) {
		var err error
		switch word(k) {
		case "type":
			if f.Style = word(k.Arg(1)); !slices.Contains(fillStyles, f.Style) {
				err = unexpected(k.Arg(1), strings.Join(fillStyles, ", "))
			}
		case "color":
			f.Color, err = readColor(k)
		default:
			err = unexpected(k, "type or color")
		}
		if err != nil {
			return f, err
		}
	}
	if f.Style != "color" {
		f.Color = ""
	}
	return f, nil
}

func (s *Shape) write(w *sexpr.Writer) {
	w.Open(s.Kind.String())
	if s.Private {
		w.Word("private")
	}
	switch s.Kind {
	case Rectangle:
		writePoint(w, "start", s.Points[0])
		writePoint(w, "end", s.Points[1])
	case Arc:
		writePoint(w, "start", s.Points[0])
		writePoint(w, "mid", s.Points[1])
		writePoint(w, "end", s.Points[2])
	case Circle:
		writePoint(w, "center", s.Points[0])
		writeMM(w, "radius", s.Radius)
	case Polyline, Bezier:
		w.Open("pts")
		for _, p := range s.Points {
			writePoint(w, "xy", p)
		}
		w.Close()
	case Text:
		w.String(s.Text)
		w.Open("at")
		w.MM(s.at.X)
		w.MM(s.at.Y)
		w.Int(s.Angle)
		w.Close()
	case TextBox:
		w.String(s.Text)
		w.Open("at")
		w.MM(s.at.X)
		w.MM(s.at.Y)
		w.Word(s.angle)
		w.Close()
		writePoint(w, "size", s.Size)
		w.Open("margins")
		for _, m := range s.Margins {
			w.MM(m)
		}
		w.Close()
	}
	if s.Kind != Text {
		w.Open("stroke")
		writeMM(w, "width", s.Stroke.Width)
		w.Open("type")
		w.Word(s.Stroke.Style)
		w.Close()
		if s.Stroke.Color != "" {
			writeColor(w, s.Stroke.Color)
		}
		w.Close()
		w.Open("fill")
		w.Open("type")
		w.Word(s.Fill.Style)
		w.Close()
		if s.Fill.Style == "color" {
			writeColor(w, s.Fill.Color)
		}
		w.Close()
	}
	if s.Kind >= Text {
		s.Effects.Write(w)
	}
	w.Close()
}

// compareShapes orders the shapes of one unit as KiCad saves them.
func compareShapes(a, b Shape) int {
	group := func(s *Shape) int { return max(int(s.Kind), int(Text)-1) }
	if c := cmp.Compare(group(&a), group(&b)); c != 0 {
		return c
	}
	if a.Kind >= Text {
		if c := comparePlaces(a.at, b.at); c != 0 {
			return c
		}
		return strings.Compare(a.Text, b.Text)
	}
	if c := compareBools(a.Private, b.Private); c != 0 {
		return c
	}
	if c := comparePlaces(a.at, b.at); c != 0 {
		return c
	}
	aStart, aEnd := a.ends()
	bStart, bEnd := b.ends()
	if c := cmp.Or(compareNear(aStart, bStart), compareNear(aEnd, bEnd), cmp.Compare(a.Kind, b.Kind)); c != 0 {
		return c
	}
	if c := cmp.Compare(len(a.Points), len(b.Points)); c != 0 {
		return c
	}
	for i, p := range a.Points {
		if c := compareNear(p, b.Points[i]); c != 0 {
			return c
		}
	}
	return cmp.Or(
		near(a.Stroke.Width, b.Stroke.Width),
		cmp.Compare(slices.Index(strokeStyles, a.Stroke.Style), slices.Index(strokeStyles, b.Stroke.Style)),
		cmp.Compare(slices.Index(fillStyles, a.Fill.Style), slices.Index(fillStyles, b.Fill.Style)),
	)
}

// ends returns what KiCad holds for the start and end of any shape.
func (s *Shape) ends() (start, end geom.Point) {
	switch s.Kind {
	case Circle:
		return s.Points[0], s.Points[0].Add(geom.Point{X: s.Radius})
	case Polyline:
		return geom.Point{}, geom.Point{}
	}
	return s.Points[0], s.Points[len(s.Points)-1]
}

// near compares lengths that are equal to KiCad when they differ by two units
// or less.
func near(a, b int64) int {
	if d := a - b; d < -2*resolution || d > 2*resolution {
		return cmp.Compare(a, b)
	}
	return 0
}

func compareNear(a, b geom.Point) int { return cmp.Or(near(a.X, b.X), near(b.Y, a.Y)) }
