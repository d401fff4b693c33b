package svg

import (
	"math"

	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// A frame is how what a file says is put on the sheet: a symbol has its own
// coordinates, graphic items have those of the sheet.
type frame struct {
	at     geom.Point
	turn   geom.Orientation
	symbol bool
	faint  bool // a part that is not fitted
	line   int64
}

func (f *frame) place(p geom.Point) geom.Point {
	if !f.symbol {
		return p
	}
	return f.at.Add(f.turn.Apply(p))
}

func (f *frame) paint(ink Ink, n sexpr.Node) Paint {
	p := paint(ink, n)
	p.Faint = f.faint
	return p
}

// shape draws a graphic item, of a symbol or of a sheet. Area and outline are
// two elements, so that the areas of a sheet can go behind everything else.
func (f *frame) shape(n sexpr.Node) []Element {
	e, ok := f.outline(n)
	if !ok {
		return nil
	}
	ink := Notes
	if f.symbol {
		ink = Device
	}
	stroke, fill := n.Child("stroke"), n.Child("fill")
	width := f.line
	if w := stroke.Child("width"); w.Present() && nm(w.Arg(1)) != 0 {
		width = nm(w.Arg(1))
	}
	var elements []Element
	switch kind := fill.Child("type").Arg(1).Source(); {
	case f.symbol && kind == "background":
		elements = append(elements, filled(e, f.paint(DeviceFill, sexpr.Node{})))
	case f.symbol && kind == "outline":
		elements = append(elements, filled(e, f.paint(ink, stroke.Child("color"))))
	case kind == "color", !f.symbol && kind != "none" && kind != "":
		if _, _, ok := custom(fill.Child("color")); ok {
			elements = append(elements, filled(e, f.paint(ink, fill.Child("color"))))
		}
	}
	if width > 0 {
		e.Stroke, e.Width = f.paint(ink, stroke.Child("color")), width
		e.Dash = dashes[stroke.Child("type").Arg(1).Source()]
		elements = append(elements, e)
	}
	return elements
}

func filled(e Element, p Paint) Element {
	e.Fill = p
	return e
}

// outline reads the geometry of a graphic item.
func (f *frame) outline(n sexpr.Node) (Element, bool) {
	places := func(heads ...string) []geom.Point {
		points := make([]geom.Point, len(heads))
		for i, h := range heads {
			points[i] = f.place(point(n.Child(h)))
		}
		return points
	}
	switch n.Head() {
	case "rectangle":
		p := places("start", "end")
		return rectangle(p[0], p[1]), true
	case "circle":
		return Element{Shape: Circle, Points: places("center"), Radius: max(nm(n.Child("radius").Arg(1)), resolution)}, true
	case "arc":
		p := places("start", "mid", "end")
		if !n.Child("mid").Present() {
			return Element{}, false
		}
		return Element{Shape: Arc, Points: p}, true
	case "polyline", "bezier":
		var points []geom.Point
		for xy := range n.Child("pts").Lists("xy") {
			points = append(points, f.place(point(xy)))
		}
		if len(points) < 2 || n.Is("bezier") && len(points) != 4 {
			return Element{}, false
		}
		e := Element{Points: points}
		if n.Is("bezier") {
			e.Shape = Curve
		} else if last := len(points) - 1; last > 1 && points[0] == points[last] {
			e.Points, e.Closed = points[:last], true
		}
		return e, true
	}
	return Element{}, false
}

func rectangle(p, q geom.Point) Element {
	return Element{Points: []geom.Point{p, {X: q.X, Y: p.Y}, q, {X: p.X, Y: q.Y}}, Closed: true}
}

// textBox draws a text box, of a symbol, of a sheet or of a table: its area,
// its outline and its text, broken into lines that fit.
func (f *frame) textBox(n sexpr.Node, text string, bordered bool) []Element {
	p := point(n.Child("at"))
	size := point(n.Child("size"))
	if start := n.Child("start"); start.Present() { // KiCad 6
		p, size = point(start), point(n.Child("end")).Sub(point(start))
	}
	if f.symbol {
		size.Y = -size.Y
	}
	box := geom.BoxOf(f.place(p), f.place(p.Add(size)))
	ink := Notes
	if f.symbol {
		ink = Device
	}
	var elements []Element
	fill := n.Child("fill")
	e := rectangle(box.Min, box.Max)
	if kind := fill.Child("type").Arg(1).Source(); kind != "none" && kind != "" {
		if f.symbol && kind == "background" {
			elements = append(elements, filled(e, f.paint(DeviceFill, sexpr.Node{})))
		} else if _, _, ok := custom(fill.Child("color")); ok {
			elements = append(elements, filled(e, f.paint(ink, fill.Child("color"))))
		}
	}
	stroke := n.Child("stroke")
	width := nm(stroke.Child("width").Arg(1))
	if bordered && width >= 0 {
		if width == 0 {
			width = f.line
		}
		e.Stroke, e.Width = f.paint(ink, stroke.Child("color")), width
		e.Dash = dashes[stroke.Child("type").Arg(1).Source()]
		elements = append(elements, e)
	}
	fx := readEffects(n.Child("effects"))
	if fx.hidden || text == "" {
		return elements
	}
	// Without margins of its own a box keeps three quarters of its text size,
	// and half of its line, off its edges.
	m := [4]int64{}
	margins := n.Child("margins")
	for i := range m {
		m[i] = max(width, 0)/2 + fx.height*3/4
		if margins.Present() {
			m[i] = nm(margins.Arg(1 + i))
		}
	}
	box.Min = box.Min.Add(geom.Point{X: m[0], Y: m[1]})
	box.Max = box.Max.Sub(geom.Point{X: m[2], Y: m[3]})
	vertical := angle(n.Child("at").Arg(3), 1)%180 != 0
	vertical = vertical != (f.symbol && f.turn.Angle%180 != 0)
	room := box.Max.X - box.Min.X
	if vertical {
		room = box.Max.Y - box.Min.Y
	}
	text = wrap(text, fx.width, room)
	middle := geom.Point{X: (box.Min.X + box.Max.X) / 2, Y: (box.Min.Y + box.Max.Y) / 2}
	pick := func(a font.Align, low, mid, high int64) int64 {
		return [...]int64{low, mid, high}[a+1]
	}
	at := geom.Point{X: pick(fx.h, box.Min.X, middle.X, box.Max.X), Y: pick(fx.v, box.Min.Y, middle.Y, box.Max.Y)}
	if vertical { // it reads upwards, and its first line is the leftmost
		at = geom.Point{X: pick(fx.v, box.Min.X, middle.X, box.Max.X), Y: pick(fx.h, box.Max.Y, middle.Y, box.Min.Y)}
	}
	return append(elements, plainText(text, &fx, f.paint(ink, sexpr.Node{}), at, fx.h, fx.v, vertical)...)
}

// circleOf returns the centre and the radius of the circle through three
// points; ok is false where they lie on a line. The conversions keep the
// compiler from fusing operations, which would round differently on some
// machines.
func circleOf(p, m, q geom.Point) (x, y, r float64, ok bool) {
	ax, ay := float64(m.X-p.X), float64(m.Y-p.Y)
	bx, by := float64(q.X-p.X), float64(q.Y-p.Y)
	d := 2 * (float64(ax*by) - float64(ay*bx))
	if d == 0 {
		return 0, 0, 0, false
	}
	a2, b2 := float64(ax*ax)+float64(ay*ay), float64(bx*bx)+float64(by*by)
	x = (float64(by*a2) - float64(ay*b2)) / d
	y = (float64(ax*b2) - float64(bx*a2)) / d
	r = math.Sqrt(float64(x*x) + float64(y*y))
	if r > farthest {
		return 0, 0, 0, false
	}
	return float64(p.X) + x, float64(p.Y) + y, r, true
}

// middle returns the centre of a filled arc: KiCad fills it like a slice of a
// cake.
func (e *Element) middle() (geom.Point, bool) {
	if e.Shape != Arc || e.Fill.Ink == None {
		return geom.Point{}, false
	}
	x, y, _, ok := circleOf(e.Points[0], e.Points[1], e.Points[2])
	return geom.Point{X: int64(math.Round(x)), Y: int64(math.Round(y))}, ok
}

func cross(p, q geom.Point) float64 {
	return float64(float64(p.X)*float64(q.Y)) - float64(float64(p.Y)*float64(q.X))
}

// arcBox returns the extents of an arc.
func arcBox(p, m, q geom.Point) geom.Box {
	b := geom.BoxOf(p, m, q)
	x, y, r, ok := circleOf(p, m, q)
	if !ok {
		return b
	}
	c := geom.Point{X: int64(math.Round(x)), Y: int64(math.Round(y))}
	n := int64(math.Round(r))
	side := cross(q.Sub(p), m.Sub(p))
	for _, d := range []geom.Point{{X: n}, {X: -n}, {Y: n}, {Y: -n}} {
		if e := c.Add(d); cross(q.Sub(p), e.Sub(p))*side > 0 {
			b = b.Union(geom.BoxOf(e))
		}
	}
	return b
}
