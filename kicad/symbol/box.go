package symbol

import (
	"math"

	"starboard/kicad/font"
	"starboard/kicad/geom"
)

// Box returns the extents of what is drawn for a unit in a body style, both
// counted from 1, in library coordinates: shapes, texts, pins with their names
// and numbers, and the ends of hidden pins. Fields are not in it, nor is the
// width of lines. The box of a unit that has nothing is the point at the
// origin.
//
// It is exact for shapes and pins, except that a curve counts with its control
// points, and a little too large for texts.
func (s *Symbol) Box(unit, body int) geom.Box {
	var b bounds
	for i := range s.units {
		u := &s.units[i]
		if u.unit != 0 && u.unit != unit || u.body != 0 && u.body != body {
			continue
		}
		for j := range u.shapes {
			b.shape(&u.shapes[j])
		}
		for j := range u.pins {
			b.pin(s, &u.pins[j])
		}
	}
	return b.box
}

// lineSlack is about half the width of a line.
const lineSlack = 127_000

// Pieces returns what Box is the extents of, piece by piece: each shape, of an
// open line each part, and each visible pin with its texts.
func (s *Symbol) Pieces(unit, body int) []geom.Box {
	var list []geom.Box
	for _, shape := range s.Shapes(unit, body) {
		if shape.Kind == Polyline && shape.Fill.Style == "none" && len(shape.Points) > 1 {
			for i := range shape.Points[1:] {
				list = append(list, geom.BoxOf(shape.Points[i], shape.Points[i+1]).Grow(lineSlack))
			}
			continue
		}
		var b bounds
		if b.shape(&shape); b.some && !shape.Private {
			list = append(list, b.box)
		}
	}
	for _, pin := range s.UnitPins(unit, body) {
		if pin.Hidden {
			continue
		}
		var b bounds
		b.pin(s, &pin)
		// A long number reaches beyond the end of its pin, where wires begin.
		switch out := pin.Side.Vector(); {
		case out.X > 0:
			b.box.Max.X = pin.At.X
		case out.X < 0:
			b.box.Min.X = pin.At.X
		case out.Y < 0: // up, on a sheet
			b.box.Max.Y = pin.At.Y
		default:
			b.box.Min.Y = pin.At.Y
		}
		list = append(list, b.box)
	}
	return list
}

// BodyBox is Box without pins.
func (s *Symbol) BodyBox(unit, body int) geom.Box {
	var b bounds
	for _, shape := range s.Shapes(unit, body) {
		b.shape(&shape)
	}
	return b.box
}

// Shapes returns what is drawn for a unit in a body style, in KiCad's order.
func (s *Symbol) Shapes(unit, body int) []Shape {
	var shapes []Shape
	for _, u := range s.units {
		if (u.unit == 0 || u.unit == unit) && (u.body == 0 || u.body == body) {
			shapes = append(shapes, u.shapes...)
		}
	}
	return shapes
}

// bounds grows a box around what is added to it.
type bounds struct {
	box  geom.Box
	some bool
}

func (b *bounds) add(points ...geom.Point) {
	if len(points) == 0 {
		return
	}
	c := geom.BoxOf(points...)
	if b.some {
		c = c.Union(b.box)
	}
	b.box, b.some = c, true
}

func (b *bounds) shape(s *Shape) {
	switch s.Kind {
	case Circle:
		c := geom.BoxOf(s.Points[0]).Grow(s.Radius)
		b.add(c.Min, c.Max)
	case Arc:
		b.arc(s.Points[0], s.Points[1], s.Points[2])
	case Text:
		b.text(s)
	case TextBox:
		b.add(s.at, s.at.Add(s.Size))
	default:
		b.add(s.Points...)
	}
}

// arc adds the arc from p over m to q: its ends, and those of the four extreme
// points of its circle that lie on m's side of the chord.
func (b *bounds) arc(p, m, q geom.Point) {
	b.add(p, m, q)
	if p == q { // a circle
		r := distance(p, m)/2 + 1
		c := geom.BoxOf(geom.Point{X: (p.X + m.X) / 2, Y: (p.Y + m.Y) / 2}).Grow(r)
		b.add(c.Min, c.Max)
		return
	}
	x, y, ok := center(p, m, q)
	const most = mostUnits * resolution
	if !ok || math.Abs(x) > most || math.Abs(y) > most {
		return // as good as straight
	}
	c := geom.Point{X: int64(math.Round(x)), Y: int64(math.Round(y))}
	r := distance(c, p)
	side := cross(q.Sub(p), m.Sub(p))
	for _, d := range []geom.Point{{X: r}, {X: -r}, {Y: r}, {Y: -r}} {
		if e := c.Add(d); cross(q.Sub(p), e.Sub(p))*side > 0 {
			b.add(e)
		}
	}
}

// distance returns the distance of two points, rounded up.
func distance(p, q geom.Point) int64 {
	return int64(math.Ceil(math.Hypot(float64(p.X-q.X), float64(p.Y-q.Y))))
}

func (b *bounds) text(s *Shape) {
	size := max(s.Width, s.Height)
	h := map[string]font.Align{"left": font.Left, "right": font.Right}[s.HJustify]
	v := map[string]font.Align{"top": font.Top, "bottom": font.Bottom}[s.VJustify]
	angle := s.Angle % 3600
	t := font.Text(s.Text, size, h, v, angle%1800 != 0)
	if s.Bold || s.Italic || s.Face != "" {
		t = t.Grow(t.Height() / 4)
	}
	if angle%900 != 0 {
		r := max(-t.Min.X, t.Max.X, -t.Min.Y, t.Max.Y)
		t = geom.Box{}.Grow(r * 3 / 2)
	}
	b.add(s.at.Add(geom.Point{X: t.Min.X, Y: -t.Max.Y}), s.at.Add(geom.Point{X: t.Max.X, Y: -t.Min.Y}))
}

// pinTextGap is more than the distance of a pin's texts from its line.
const pinTextGap = geom.MM / 4

// pin adds a pin. KiCad centres the number on the line, above a horizontal and
// to the left of a vertical one. A name stands inside, in line with the pin,
// or, where the offset is 0, as the number does but opposite.
func (b *bounds) pin(s *Symbol, p *Pin) {
	b.add(p.At)
	if p.Hidden {
		return
	}
	inward := p.Side.Opposite().Vector()
	inward.Y = -inward.Y // library coordinates
	root := along(p.At, inward, p.Length)
	b.add(root)
	across := geom.Point{Y: 1} // towards the number
	if inward.X == 0 {
		across = geom.Point{X: -1}
	}
	beside := func(text string, size, sign int64) {
		w := font.Width(text, size)/2 + size/5
		mid := along(p.At, inward, p.Length/2)
		far := along(mid, across, sign*(size*3/2+pinTextGap))
		b.add(along(far, inward, w), along(far, inward, -w))
	}
	named := !s.PinNamesHidden && p.Name != ""
	numbered := !s.PinNumbersHidden && p.Number != ""
	outside := named && s.PinNameOffset == 0
	if numbered && outside {
		beside(p.Number, p.NumberSize, -1)
	} else if numbered {
		beside(p.Number, p.NumberSize, 1)
	}
	switch {
	case outside:
		beside(p.Name, p.NameSize, 1)
	case named:
		far := along(root, inward, s.PinNameOffset+font.Width(p.Name, p.NameSize)+p.NameSize/5)
		b.add(along(far, across, p.NameSize*7/10), along(far, across, -p.NameSize*7/10))
	}
}

// along returns p moved by a number of unit steps.
func along(p, step geom.Point, n int64) geom.Point {
	return p.Add(geom.Point{X: step.X * n, Y: step.Y * n})
}
