package svg

import (
	"strconv"
	"strings"

	"starboard/kicad/connect"
	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// symbol draws a part: its body, its pins, its fields, and a cross where it is
// not fitted.
func (d *drafter) symbol(p *connect.Part) Item {
	s := p.Symbol
	it := Item{Class: Symbol, UUID: s.UUID, Ref: d.sch.RefWithUnit(p), Subject: p}
	f := frame{at: s.At, turn: s.Orientation, symbol: true, faint: s.DNP, line: d.set.line}
	if s.Lib != nil {
		it.Elements = d.body(&f, s.Lib.Node(), p.Unit, s.Style)
		for _, pin := range p.Pins() {
			if !pin.Lib.Hidden {
				it.Elements = append(it.Elements, d.pin(&f, s.Lib.Node(), pin)...)
			}
		}
	}
	if s.DNP {
		it.Elements = append(it.Elements, d.notFitted(p, &it)...)
	}
	for i, field := range s.Fields {
		node := field.Node()
		if !node.Present() || field.Hidden() {
			continue
		}
		ink, text := FieldInk, d.sch.Text(p, field)
		switch field.Name {
		case "Reference":
			ink, text = Reference, it.Ref
		case "Value":
			ink = Value
		}
		if node.Has("show_name") && i > 1 && text != "" {
			text = field.Name + ": " + text
		}
		fx := readEffects(node.Child("effects"))
		at, angle := field.At()
		it.Elements = append(it.Elements, fieldText(text, &fx, f.paint(ink, sexpr.Node{}), at, angle%180 != 0, s.Orientation)...)
	}
	return it
}

// body draws the shapes and texts of a symbol. Its areas come first.
func (d *drafter) body(f *frame, lib sexpr.Node, unit, style int) []Element {
	var areas, rest []Element
	for u := range lib.Lists("symbol") {
		if !ofUnit(u.Arg(1).Text(), unit, style) {
			continue
		}
		for n := range u.All() {
			if n.Arg(1).Source() == "private" {
				continue
			}
			switch n.Head() {
			case "text":
				fx := readEffects(n.Child("effects"))
				if !fx.hidden {
					at := n.Child("at")
					rest = append(rest, bodyText(n.Arg(1).Text(), &fx, f.paint(Device, sexpr.Node{}), f.place(point(at)), angle(at.Arg(3), 10)%180 != 0, f.turn)...)
				}
			case "text_box":
				rest = append(rest, f.textBox(n, n.Arg(1).Text(), true)...)
			default:
				for _, e := range f.shape(n) {
					if e.Fill.Ink == DeviceFill {
						areas = append(areas, e)
					} else {
						rest = append(rest, e)
					}
				}
			}
		}
	}
	return append(areas, rest...)
}

// ofUnit reports whether the part of a symbol called NAME_UNIT_STYLE belongs
// to a unit and a body style. Zero belongs to all.
func ofUnit(name string, unit, style int) bool {
	i := strings.LastIndexByte(name, '_')
	j := strings.LastIndexByte(name[:max(i, 0)], '_')
	if i < 0 || j < 0 {
		return true
	}
	u, _ := strconv.Atoi(name[j+1 : i])
	s, _ := strconv.Atoi(name[i+1:])
	return (u == 0 || u == unit) && (s == 0 || s == style)
}

// notFitted draws the cross over a part that is not fitted. It reaches beyond
// the body by three fifths of what the pins do.
func (d *drafter) notFitted(p *connect.Part, it *Item) []Element {
	body, ok := it.Box(func(e *Element) bool {
		return e.Stroke.Ink == Device || e.Fill.Ink == Device || e.Fill.Ink == DeviceFill
	})
	if !ok {
		body = geom.BoxOf(p.Symbol.At)
	} else {
		widest := int64(0)
		for i := range it.Elements {
			// A line that has the default width counts as without any.
			if e := &it.Elements[i]; e.Stroke.Ink == Device && e.Width != d.set.line {
				widest = max(widest, e.Width)
			}
		}
		body = body.Grow(widest / 2)
	}
	all := body
	for _, pin := range p.Pins() {
		all = all.Union(geom.BoxOf(pin.At).Grow(pinRadius))
	}
	x := max(body.Min.X-all.Min.X, all.Max.X-body.Max.X)
	y := max(body.Min.Y-all.Min.Y, all.Max.Y-body.Max.Y)
	x = max(x*6/10, y*3/10)
	y = max(y*6/10, x*3/10)
	a, b := body.Min.Sub(geom.Point{X: x, Y: y}), body.Max.Add(geom.Point{X: x, Y: y})
	line := func(p, q geom.Point) Element {
		return Element{Points: []geom.Point{p, q}, Stroke: Paint{Ink: NotFitted}, Width: 3 * defaultLine}
	}
	return []Element{line(a, b), line(geom.Point{X: b.X, Y: a.Y}, geom.Point{X: a.X, Y: b.Y})}
}

// pinRadius is half the size of the cross at a pin that is not to be connected.
const pinRadius = 15 * geom.Mil

// pinTextGap is the distance of a pin's texts from its line.
const pinTextGap = 4*geom.Mil + defaultLine

// pin draws a pin: its line with the decoration of its shape, its name and its
// number.
func (d *drafter) pin(f *frame, lib sexpr.Node, p *connect.Pin) []Element {
	node := p.Lib.Node()
	nameFx, numberFx := readEffects(node.Child("name").Child("effects")), readEffects(node.Child("number").Child("effects"))
	nameFx.pen, numberFx.pen = d.set.line, d.set.line
	shape := node.Arg(2).Source()
	for alt := range node.Lists("alternate") {
		if p.Name == alt.Arg(1).Text() && p.Name != p.Lib.Name {
			shape = alt.Arg(3).Source()
		}
	}
	// in points from the end where a wire connects into the body.
	side := [...]geom.Side{geom.Right, geom.Up, geom.Left, geom.Down}[p.Lib.Angle/90%4]
	in := f.turn.Turn(side.Vector())
	l := pinLine{at: p.At, root: along(p.At, in, p.Lib.Length), in: in, ink: f.paint(PinInk, sexpr.Node{}), width: d.set.line}
	l.outer, l.inner = d.set.pinSymbol, d.set.pinSymbol
	if d.set.pinSymbol == 0 {
		l.outer, l.inner = numberFx.height/2, nameFx.height/2
	}
	l.draw(shape)
	if p.Type == "no_connect" {
		l.line(p.At.Add(geom.Point{X: -pinRadius, Y: -pinRadius}), p.At.Add(geom.Point{X: pinRadius, Y: pinRadius}))
		l.line(p.At.Add(geom.Point{X: pinRadius, Y: -pinRadius}), p.At.Add(geom.Point{X: -pinRadius, Y: pinRadius}))
	}

	names, numbers := lib.Child("pin_names"), lib.Child("pin_numbers")
	offset := int64(20 * geom.Mil)
	if o := names.Child("offset"); o.Present() {
		offset = nm(o.Arg(1))
	}
	name, number := p.Name, p.Number
	if names.Has("hide") {
		name = ""
	}
	if numbers.Has("hide") {
		number = ""
	}
	vertical := in.X == 0
	// beside puts a text next to the middle of the line: above or below it, and
	// left or right of a vertical one.
	beside := func(text string, fx *effects, ink Ink, first bool) []Element {
		middle := geom.Point{X: (l.at.X + l.root.X) / 2, Y: (l.at.Y + l.root.Y) / 2}
		v, gap := font.Bottom, -pinTextGap
		if !first {
			v, gap = font.Top, pinTextGap
		}
		if vertical {
			middle.X += int64(gap)
		} else {
			middle.Y += int64(gap)
		}
		return plainText(text, fx, f.paint(ink, sexpr.Node{}), middle, font.Center, v, vertical)
	}
	elements := l.elements
	if name != "" && offset > 0 {
		h := font.Left // the name reads into the body
		if in.X < 0 || in.Y > 0 {
			h = font.Right
		}
		elements = append(elements, plainText(name, &nameFx, f.paint(PinName, sexpr.Node{}), along(l.root, in, offset), h, font.Center, vertical)...)
	} else if name != "" {
		elements = append(elements, beside(name, &nameFx, PinName, true)...)
	}
	if number != "" {
		elements = append(elements, beside(number, &numberFx, PinNumber, name == "" || offset > 0)...)
	}
	return elements
}

// A pinLine is a pin without its texts.
type pinLine struct {
	at, root     geom.Point // the end, and where the body begins
	in           geom.Point // unit step into the body
	inner, outer int64      // half the size of decorations inside and outside the body
	ink          Paint
	width        int64
	elements     []Element
}

func (l *pinLine) line(points ...geom.Point) {
	l.elements = append(l.elements, Element{Points: points, Stroke: l.ink, Width: l.width})
}

// draw draws the line of a pin and its decoration, in KiCad's words.
func (l *pinLine) draw(shape string) {
	out := geom.Point{X: -l.in.X, Y: -l.in.Y}
	across := geom.Point{X: 0, Y: 1}
	if l.in.X == 0 {
		across = geom.Point{X: 1, Y: 0}
	}
	from := l.root
	wedge := func(towards geom.Point) { // a triangle on the edge of the body
		l.line(along(l.root, across, l.inner), along(l.root, towards, 2*l.inner), along(l.root, across, -l.inner))
	}
	switch shape {
	case "inverted", "inverted_clock":
		l.elements = append(l.elements, Element{Shape: Circle, Points: []geom.Point{along(l.root, out, l.outer)}, Radius: l.outer, Stroke: l.ink, Width: l.width})
		from = along(l.root, out, 2*l.outer)
	case "edge_clock_high":
		wedge(out)
		from = along(l.root, out, 2*l.inner)
	}
	l.line(from, l.at)
	switch shape {
	case "clock", "inverted_clock", "clock_low":
		wedge(l.in)
	}
	switch far, up := along(l.root, out, 2*l.outer), along(l.root, across, -2*l.outer); shape {
	case "input_low", "clock_low":
		l.line(far, along(far, across, -2*l.outer), l.root)
	case "output_low":
		l.line(up, far)
	case "non_logic":
		x, y := l.outer, l.outer
		l.line(l.root.Add(geom.Point{X: -x, Y: -y}), l.root.Add(geom.Point{X: x, Y: y}))
		l.line(l.root.Add(geom.Point{X: -x, Y: y}), l.root.Add(geom.Point{X: x, Y: -y}))
	}
}

// along returns p moved by a number of unit steps.
func along(p, step geom.Point, n int64) geom.Point {
	return p.Add(geom.Point{X: step.X * n, Y: step.Y * n})
}
