package project_test

import (
	"fmt"
	"strings"

	"starboard/kicad/circuit"
	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/schematic"
	"starboard/kicad/sexpr"
	"starboard/kicad/symbol"
)

// A page is what a .kicad_sch file shows, read from its text.
type page struct {
	paper       geom.Point // width and height
	symbols     []drawnSymbol
	sheets      []geom.Box
	wires       []geom.Box // horizontal or vertical, so that a box says it all
	ends        []geom.Point
	junctions   map[geom.Point]bool
	noConnects  []geom.Point
	labels      []item
	texts       []item // visible fields
	pins        []drawnPin
	notStraight []string // wires that are neither horizontal nor vertical
}

// A drawnSymbol is a unit on a page.
type drawnSymbol struct {
	name   string
	ref    string
	bodies []geom.Box // without pins
	boxes  []geom.Box // all of it, without fields
	pins   []geom.Point
}

// An item is a label or a text: where it is anchored, and what it covers.
type item struct {
	text  string
	at    geom.Point
	box   geom.Box
	owner int // of a text: index of its symbol, -1 of a sheet's
}

// A drawnPin is a pin of a symbol or a sheet.
type drawnPin struct {
	name  string
	at    geom.Point
	onLib bool // it stands on the grid of its library
}

// A reader reads a page. The first error stays.
type reader struct {
	p   page
	err error
}

func readPage(name, text string) (*page, error) {
	tree, err := sexpr.Parse(name, text)
	if err != nil {
		return nil, err
	}
	r := &reader{p: page{junctions: map[geom.Point]bool{}}}
	root := tree.Root()
	r.paper(root.Child("paper"))
	lib := map[string]*symbol.Symbol{}
	for n := range root.Child("lib_symbols").Lists("symbol") {
		nick, _, _ := strings.Cut(n.Arg(1).Text(), ":")
		s, err := symbol.FromNode(nick, n)
		if err != nil {
			return nil, err
		}
		lib[n.Arg(1).Text()] = s
	}
	for n := range root.Lists("wire") {
		from, to := r.point(n.Child("pts").Arg(1)), r.point(n.Child("pts").Arg(2))
		if from.X != to.X && from.Y != to.Y || from == to {
			r.p.notStraight = append(r.p.notStraight, fmt.Sprintf("wire from %v to %v", from, to))
		}
		r.p.wires = append(r.p.wires, geom.BoxOf(from, to))
		r.p.ends = append(r.p.ends, from, to)
	}
	for n := range root.Lists("junction") {
		r.p.junctions[r.point(n.Child("at"))] = true
	}
	for n := range root.Lists("no_connect") {
		r.p.noConnects = append(r.p.noConnects, r.point(n.Child("at")))
	}
	for _, kind := range []string{"label", "hierarchical_label", "global_label"} {
		for n := range root.Lists(kind) {
			r.label(kind, n)
		}
	}
	for n := range root.Lists("text") {
		r.p.texts = append(r.p.texts, item{n.Arg(1).Text(), r.point(n.Child("at")), font.Text(n.Arg(1).Text(), r.size(n), font.Left, font.Bottom, false).Add(r.point(n.Child("at"))), -1})
	}
	for n := range root.Lists("symbol") {
		r.symbol(n, lib[n.Child("lib_id").Arg(1).Text()])
	}
	for n := range root.Lists("sheet") {
		r.sheet(n)
	}
	return &r.p, r.err
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) length(n sexpr.Node) int64 {
	v, err := n.Nanometres()
	if err != nil {
		r.fail(err)
	}
	return v
}

func (r *reader) point(n sexpr.Node) geom.Point {
	return geom.Point{X: r.length(n.Arg(1)), Y: r.length(n.Arg(2))}
}

func (r *reader) int(n sexpr.Node) int {
	v, err := n.Int()
	if err != nil {
		r.fail(err)
	}
	return v
}

func (r *reader) size(n sexpr.Node) int64 {
	return r.length(n.Child("effects").Child("font").Child("size").Arg(1))
}

func (r *reader) paper(n sexpr.Node) {
	if n.Arg(1).Text() == "User" {
		r.p.paper = geom.Point{X: r.length(n.Arg(2)), Y: r.length(n.Arg(3))}
		return
	}
	for _, p := range schematic.Papers {
		if p.Name == n.Arg(1).Text() {
			r.p.paper = geom.Point{X: p.Width, Y: p.Height}
		}
	}
	if r.p.paper == (geom.Point{}) {
		r.fail(n.Errorf("got paper %s, want a standard size or User", n.Arg(1).Text()))
	}
}

func (r *reader) label(kind string, n sexpr.Node) {
	text, at := n.Arg(1).Text(), r.point(n.Child("at"))
	toward := geom.Side(r.int(n.Child("at").Arg(3)) / 90)
	var box geom.Box
	switch kind {
	case "label":
		box = font.Label(text, r.size(n), toward)
	case "hierarchical_label":
		box = font.HierLabel(text, r.size(n), toward)
	default:
		box = font.GlobalLabel(text, r.size(n), font.Shape(n.Child("shape").Arg(1).Source()), toward)
	}
	r.p.labels = append(r.p.labels, item{text, at, box.Add(at), -1})
}

func (r *reader) symbol(n sexpr.Node, s *symbol.Symbol) {
	if s == nil {
		r.fail(n.Errorf("%s is not in lib_symbols", n.Child("lib_id").Arg(1).Text()))
		return
	}
	at := r.point(n.Child("at"))
	o := geom.Orientation{Angle: r.int(n.Child("at").Arg(3))}
	if m := n.Child("mirror"); m.Present() {
		o.Mirror = geom.Mirror(m.Arg(1).Source())
	}
	unit := r.int(n.Child("unit").Arg(1))
	d := drawnSymbol{name: s.LibID(), bodies: []geom.Box{o.ApplyBox(s.BodyBox(unit, 1)).Add(at)}}
	// Where a pin ends behind an edge, or pins are lines without texts, the room
	// beside them is free.
	bare, behind := s.PinNumbersHidden, false
	all := s.BodyBox(unit, 1)
	for _, pin := range s.UnitPins(unit, 1) {
		bare = bare && (s.PinNamesHidden || pin.Name == "")
		all = all.Union(geom.BoxOf(pin.At))
	}
	for _, pin := range s.UnitPins(unit, 1) {
		v := pin.Side.Vector()
		behind = behind || v.X > 0 && pin.At.X < all.Max.X || v.X < 0 && pin.At.X > all.Min.X || v.Y < 0 && pin.At.Y < all.Max.Y || v.Y > 0 && pin.At.Y > all.Min.Y
	}
	switch {
	case bare:
		for _, b := range bodyBoxes(s, unit) {
			d.boxes = append(d.boxes, o.ApplyBox(b).Add(at))
		}
	case behind:
		if boxes, ok := outlines(s, unit); ok {
			d.bodies = nil
			for _, b := range boxes {
				d.bodies = append(d.bodies, o.ApplyBox(b).Add(at))
			}
		}
		for _, b := range s.Pieces(unit, 1) {
			d.boxes = append(d.boxes, o.ApplyBox(b).Add(at))
		}
	default:
		d.boxes = append(d.boxes, o.ApplyBox(s.Box(unit, 1)).Add(at))
	}
	for f := range n.Lists("property") {
		name, text := f.Arg(1).Text(), f.Arg(2).Text()
		if name == "Reference" {
			if s.Units > 1 {
				text += circuit.UnitName(unit)
			}
			d.ref = text
		}
		if f.Child("effects").Child("hide").Present() || text == "" || text == "~" {
			continue
		}
		r.p.texts = append(r.p.texts, r.field(f, text, o, len(r.p.symbols)))
	}
	for _, pin := range s.UnitPins(unit, 1) {
		place := at.Add(o.Apply(pin.At))
		d.pins = append(d.pins, place)
		if bare && !pin.Hidden {
			inward := o.Turn(pin.Side.Opposite().Vector())
			d.boxes = append(d.boxes, geom.BoxOf(place, place.Add(geom.Point{X: inward.X * pin.Length, Y: inward.Y * pin.Length})))
		}
		r.p.pins = append(r.p.pins, drawnPin{fmt.Sprintf("pin %s of %s", pin.Number, d.ref), place, pin.At.OnGrid()})
	}
	r.p.symbols = append(r.p.symbols, d)
}

// bodyBoxes returns what the body of a symbol covers: where it is drawn in
// lines alone, each line by itself, for the arrows of an LED reach far out.
func bodyBoxes(s *symbol.Symbol, unit int) []geom.Box {
	var boxes []geom.Box
	for _, shape := range s.Shapes(unit, 1) {
		switch shape.Kind {
		case symbol.Rectangle:
			boxes = append(boxes, geom.BoxOf(shape.Points...))
		case symbol.Polyline:
			for i := range shape.Points[1:] {
				boxes = append(boxes, geom.BoxOf(shape.Points[i], shape.Points[i+1]))
			}
		default:
			return []geom.Box{s.BodyBox(unit, 1)}
		}
	}
	return boxes
}

// outlines returns the extents of each shape of a body that is drawn in nothing
// but lines and rectangles.
func outlines(s *symbol.Symbol, unit int) (boxes []geom.Box, ok bool) {
	for _, shape := range s.Shapes(unit, 1) {
		switch shape.Kind {
		case symbol.Rectangle, symbol.Polyline:
			boxes = append(boxes, geom.BoxOf(shape.Points...))
		case symbol.Text:
		default:
			return nil, false
		}
	}
	return boxes, true
}

// field returns a visible property of a symbol. Its angle and justification
// are in the frame of the symbol.
func (r *reader) field(f sexpr.Node, text string, o geom.Orientation, owner int) item {
	at := r.point(f.Child("at"))
	var h, v font.Align
	j := f.Child("effects").Child("justify")
	switch {
	case j.Has("left"):
		h = font.Left
	case j.Has("right"):
		h = font.Right
	}
	switch {
	case j.Has("top"):
		v = font.Top
	case j.Has("bottom"):
		v = font.Bottom
	}
	switch (geom.Orientation{Angle: o.Angle, Mirror: o.Mirror}) {
	case geom.Orientation{Angle: 90}, geom.Orientation{Angle: 180}:
		h, v = -h, -v
	case geom.Orientation{Mirror: geom.MirrorX}, geom.Orientation{Angle: 270, Mirror: geom.MirrorX}:
		v = -v
	case geom.Orientation{Mirror: geom.MirrorY}, geom.Orientation{Angle: 90, Mirror: geom.MirrorX}:
		h = -h
	}
	vertical := (r.int(f.Child("at").Arg(3)) == 90) != (o.Angle%180 == 90)
	return item{text, at, font.Field(text, r.size(f), h, v, vertical).Add(at), owner}
}

func (r *reader) sheet(n sexpr.Node) {
	at := r.point(n.Child("at"))
	box := geom.Box{Min: at, Max: at.Add(r.point(n.Child("size")))}
	r.p.sheets = append(r.p.sheets, box)
	for f := range n.Lists("property") {
		text, place := f.Arg(2).Text(), r.point(f.Child("at"))
		v := font.Bottom
		if f.Arg(1).Text() == "Sheetfile" {
			text, v = "File: "+text, font.Top
		}
		r.p.texts = append(r.p.texts, item{text, place, font.SheetField(text, r.size(f), font.Left, v, false).Add(place), -1})
	}
	for pin := range n.Lists("pin") {
		place := r.point(pin.Child("at"))
		r.p.pins = append(r.p.pins, drawnPin{"sheet pin " + pin.Arg(1).Text(), place, true})
		if place.X != box.Min.X && place.X != box.Max.X && place.Y != box.Min.Y && place.Y != box.Max.Y || !box.Contains(place) {
			r.fail(pin.Errorf("sheet pin %s is not on the edge of its sheet", pin.Arg(1).Text()))
		}
	}
}
