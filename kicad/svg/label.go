package svg

import (
	"starboard/kicad/connect"
	"starboard/kicad/font"
	"starboard/kicad/geom"
)

// A reading is how a label lies: the text of one that reads to the left or
// down ends at its anchor instead of beginning there, and one that reads up or
// down is turned as a whole.
type reading struct {
	at       geom.Point
	align    font.Align
	vertical bool
}

func readingOf(at geom.Point, toward geom.Side) reading {
	r := reading{at, font.Left, toward == geom.Up || toward == geom.Down}
	if toward == geom.Left || toward == geom.Down {
		r.align = font.Right
	}
	return r
}

// place returns where a point comes to lie that is a distance along the
// direction of the label and another across it.
func (r *reading) place(along, across int64) geom.Point {
	x := -int64(r.align) * along
	if r.vertical {
		return r.at.Add(geom.Point{X: across, Y: -x})
	}
	return r.at.Add(geom.Point{X: x, Y: across})
}

func (r *reading) outline(ink Paint, width int64, flat ...int64) Element {
	e := Element{Closed: true, Stroke: ink, Width: width}
	for i := 0; i < len(flat); i += 2 {
		e.Points = append(e.Points, r.place(flat[i], flat[i+1]))
	}
	return e
}

// sides of labels by their angle.
var sides = [...]geom.Side{geom.Right, geom.Up, geom.Left, geom.Down}

// towards returns the side that a label reads to. Where its alignment says
// something else than its angle, KiCad takes the alignment.
func towards(angle int, h font.Align) geom.Side {
	side := sides[angle/90%4]
	switch forward := side == geom.Right || side == geom.Up; {
	case h == font.Left && !forward, h == font.Right && forward:
		return side.Opposite()
	}
	return side
}

// label draws a label with its flag.
func (d *drafter) label(l *connect.Label) Item {
	it := Item{Class: Label, UUID: l.UUID, Net: d.nets[l], Subject: l}
	fx := readEffects(l.Node().Child("effects"))
	toward := towards(l.Angle, fx.h)
	text := d.sch.LabelText(d.sheet, l.Text)
	size := fx.height
	r := readingOf(l.At, toward)
	switch l.Kind {
	case connect.Local:
		at := r.place(0, -(size*d.set.textOffset/1000 + size/8))
		it.Elements = words(text, &fx, Paint{Ink: LocalLabel}, at, r.align, font.Bottom, r.vertical, font.Label(text, size, toward).Add(l.At))
	case connect.Hierarchical:
		it.Elements = d.hierarchical(text, &fx, Paint{Ink: HierLabel}, l.Shape, l.At, toward)
	case connect.Global:
		it.Elements = d.global(text, &fx, l.Shape, r, font.GlobalLabel(text, size, font.Shape(l.Shape), toward).Add(l.At))
	case connect.Directive:
		it.Class = Directive
		it.Elements = d.directive(l, &fx)
	}
	for _, f := range l.Fields {
		if f.Hidden() || f.Name == "Intersheetrefs" || f.Name == "Intersheet References" {
			continue
		}
		e := readEffects(f.Node().Child("effects"))
		at, angle := f.At()
		text := d.sch.LabelText(d.sheet, f.Value)
		if f.Node().Has("show_name") {
			text = f.Name + ": " + text
		}
		it.Elements = append(it.Elements, fieldText(text, &e, Paint{Ink: FieldInk}, at, angle%180 != 0, geom.Orientation{})...)
	}
	return it
}

// global draws the text of a global label and the flag around it.
func (d *drafter) global(text string, fx *effects, shape string, r reading, box geom.Box) []Element {
	const slight = 300 // what KiCad adds against rounding
	size := fx.height
	margin := size * d.set.labelMargin / 1000
	half := size/2 + margin
	before := int64(0)
	if shape == "input" || shape == "bidirectional" || shape == "tri_state" {
		before = size * 3 / 4
	}
	elements := words(text, fx, Paint{Ink: GlobalLabel}, r.place(margin+before, size*715/10_000), r.align, font.Center, r.vertical, box)
	// The flag goes round the box that KiCad gives the text, which the
	// alignment of a field shows.
	middle := font.Field(text, size, font.Center, font.Center, false)
	long := 2*(font.Field(text, size, font.Left, font.Center, false).Min.X-middle.Min.X) + 2*margin + size/8 + slight
	high := half + size/8 + slight
	near, far := int64(0), int64(0) // how far the tips reach
	switch shape {
	case "input":
		near = half
	case "output":
		far = half
	case "bidirectional", "tri_state":
		near, far = half, half
	}
	flag := r.outline(paint(GlobalLabel, fx.color), d.set.line,
		0, 0, near, -high, near+long, -high, near+long+far, 0, near+long, high, near, high)
	return append([]Element{flag}, elements...)
}

// hierarchical draws a hierarchical label, or a sheet pin, which has the same
// flag on the other side of the edge.
func (d *drafter) hierarchical(text string, fx *effects, ink Paint, shape string, at geom.Point, toward geom.Side) []Element {
	size := fx.height
	r := readingOf(at, toward)
	h := size / 2
	var flag []int64
	switch shape {
	case "input":
		flag = []int64{0, 0, h, -h, 2 * h, -h, 2 * h, h, h, h}
	case "output":
		flag = []int64{2 * h, 0, h, -h, 0, -h, 0, h, h, h}
	case "bidirectional", "tri_state":
		flag = []int64{0, 0, h, -h, 2 * h, 0, h, h}
	default:
		flag = []int64{0, -h, 2 * h, -h, 2 * h, h, 0, h}
	}
	outline := ink
	if fx.color.Present() {
		outline = paint(ink.Ink, fx.color)
	}
	box := font.HierLabel(text, size, toward).Add(at)
	elements := words(text, fx, ink, r.place(size+size*d.set.textOffset/1000, 0), r.align, font.Center, r.vertical, box)
	return append([]Element{r.outline(outline, d.set.line, flag...)}, elements...)
}

// directive draws the flag of a label that carries a net class.
func (d *drafter) directive(l *connect.Label, fx *effects) []Element {
	long := int64(100 * geom.Mil)
	if n := l.Node().Child("length"); n.Present() {
		long = nm(n.Arg(1))
	}
	size := int64(20 * geom.Mil)
	ink := paint(DirectiveInk, fx.color)
	out := sides[(towards(l.Angle, fx.h)+1)%4].Vector() // one that reads to the right stands up
	across := geom.Point{X: -out.Y, Y: out.X}
	at := func(a, b int64) geom.Point { return along(along(l.At, out, a), across, b) }
	line := func(p ...geom.Point) Element { return Element{Points: p, Stroke: ink, Width: d.set.line} }
	switch l.Shape {
	case "diamond":
		return []Element{line(at(0, 0), at(long-size, 0), at(long, 2*size), at(long+size, 0), at(long, -2*size), at(long-size, 0))}
	case "rectangle":
		size = size * 8 / 10
		return []Element{line(at(0, 0), at(long-size, 0), at(long-size, 2*size), at(long+size, 2*size), at(long+size, -2*size), at(long-size, -2*size), at(long-size, 0))}
	}
	round := Element{Shape: Circle, Points: []geom.Point{at(long, 0)}, Radius: size, Stroke: ink, Width: d.set.line}
	if l.Shape == "dot" {
		round.Radius = size * 7 / 10
		round.Fill, round.Stroke = ink, Paint{}
	}
	return []Element{line(at(0, 0), at(long-round.Radius, 0)), round}
}

// sheetSymbol draws the box of a child sheet with its pins and fields; its
// area is an item of its own.
func (d *drafter) sheetSymbol(s *connect.SheetSymbol) (area, box Item, pins []Item) {
	n := s.Node()
	f := frame{line: d.set.line, faint: s.DNP}
	e := rectangle(s.Box.Min, s.Box.Max)
	area = Item{Class: Backdrop}
	fill := n.Child("fill").Child("color")
	if _, _, ok := custom(fill); ok {
		area.Elements = append(area.Elements, filled(e, f.paint(SheetFill, fill)))
	}
	stroke := n.Child("stroke")
	e.Stroke, e.Width = f.paint(SheetInk, stroke.Child("color")), d.set.line
	if w := nm(stroke.Child("width").Arg(1)); w > 0 {
		e.Width = w
	}
	e.Dash = dashes[stroke.Child("type").Arg(1).Source()]
	box = Item{Class: Sheets, UUID: s.UUID, Elements: []Element{e}, Subject: s}
	for _, field := range s.Fields {
		if field.Hidden() {
			continue
		}
		text := d.sch.SheetText(d.sheet, s, field.Value)
		ink := SheetField
		switch field.Name {
		case "Sheetname":
			ink = SheetName
		case "Sheetfile":
			ink, text = SheetFile, "File: "+text
		default:
			if field.Node().Has("show_name") {
				text = field.Name + ": " + text
			}
		}
		fx := readEffects(field.Node().Child("effects"))
		at, angle := field.At()
		box.Elements = append(box.Elements, plainText(text, &fx, f.paint(ink, fx.color), at, fx.h, fx.v, angle%180 != 0)...)
	}
	for _, p := range s.Pins {
		// A sheet pin is the other end of the label inside: what comes in there
		// goes out here.
		shape := p.Shape
		switch shape {
		case "input":
			shape = "output"
		case "output":
			shape = "input"
		}
		fx := readEffects(p.Node().Child("effects"))
		text := d.sch.LabelText(d.sheet, p.Name)
		pins = append(pins, Item{Class: Sheets, UUID: p.UUID, Net: d.nets[p], Subject: p,
			Elements: d.hierarchical(text, &fx, f.paint(SheetPin, fx.color), shape, p.At, sides[p.Angle/90%4].Opposite())})
	}
	return area, box, pins
}
