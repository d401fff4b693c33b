package svg

import (
	"starboard/kicad/geom"
)

// A Picture is a drawn sheet.
type Picture struct {
	Width, Height int64 // of the page
	Title         string
	Dark          bool
	Items         []Item // from the back to the front
}

// A Class says what an item is.
type Class string

// The classes of items. They are the classes of their SVG elements too.
const (
	Frame     Class = "frame"
	Backdrop  Class = "backdrop" // the filled area of a graphic item, behind everything else
	Sheets    Class = "sheet"
	Symbol    Class = "symbol"
	Label     Class = "label"
	Directive Class = "directive"
	Note      Class = "note" // texts, text boxes and tables
	Graphic   Class = "graphic"
	Image     Class = "image"
	Wire      Class = "wire"
	Bus       Class = "bus"
	Entry     Class = "entry"
	NoConnect Class = "no-connect"
	Junction  Class = "junction"
)

// An Item is one thing on the sheet.
type Item struct {
	Class    Class
	UUID     string
	Ref      string // of a symbol, with its unit
	Net      string // "" where it is on none, or on one without a name
	Elements []Element

	// Subject is what the item was drawn from: a *connect.Part, *Label, *Wire,
	// *BusEntry, *Junction, *NoConnect, *SheetSymbol, *SheetPin or *Text of that
	// package, or nil.
	Subject any
}

// A Shape is the kind of an element.
type Shape uint8

const (
	Lines   Shape = iota // through Points; closed where Closed says so
	Circle               // around Points[0] with Radius
	Arc                  // from Points[0] over Points[1] to Points[2]
	Curve                // a cubic Bézier curve of four Points
	Text                 // see Words
	Bitmap               // Data between the corners Points[0] and Points[1]
	Nothing              // takes no part
)

// An Element is one stroke, area, text or picture, in sheet coordinates.
type Element struct {
	Shape  Shape
	Points []geom.Point
	Closed bool
	Radius int64

	Stroke Paint // zero: no outline
	Width  int64 // of the outline
	Dash   Dash
	Fill   Paint // zero: not filled

	Words *Words // of a Text; its colour is Fill
	Data  *Media // of a Bitmap
}

// Words is one line of text, or a part of one between changes of its style.
type Words struct {
	Text   string     // without markup
	At     geom.Point // on the baseline
	Anchor int8       // -1: At is where the text begins; 0: its middle; 1: its end
	Length int64      // along the baseline
	Size   int64      // height of its capitals

	Vertical, Bold, Italic bool
	Face                   string // "": KiCad's own font. Length of others is a guess.

	// Box is the extents of the whole text that the words are part of, in the
	// first words of it and zero in the others.
	Box geom.Box
}

// A Media is an image inside a schematic.
type Media struct {
	Type string // image/png, ...
	Data []byte
}

// A Dash is a pattern of a line.
type Dash uint8

const (
	Solid Dash = iota
	Dashed
	Dotted
	DashDot
	DashDotDot
)

var dashes = map[string]Dash{"dash": Dashed, "dot": Dotted, "dash_dot": DashDot, "dash_dot_dot": DashDotDot}

// pattern returns the lengths of strokes and gaps in turn, for a line width.
// KiCad draws a dash of 12 and a gap of 3 widths, and lets the round ends of
// strokes reach into the gaps.
func (d Dash) pattern(width int64) []int64 {
	dash, dot, gap := 11*width, width/5, 4*width
	switch d {
	case Dashed:
		return []int64{dash, gap}
	case Dotted:
		return []int64{dot, gap}
	case DashDot:
		return []int64{dash, gap, dot, gap}
	case DashDotDot:
		return []int64{dash, gap, dot, gap, dot, gap}
	}
	return nil
}

// Box returns the extents of the element, without the width of its outline.
// Words that are not the first of their text have none: ok is false.
func (e *Element) Box() (b geom.Box, ok bool) {
	switch e.Shape {
	case Nothing:
		return b, false
	case Text:
		return e.Words.Box, e.Words.Box != (geom.Box{})
	case Circle:
		return geom.BoxOf(e.Points[0]).Grow(e.Radius), true
	case Arc:
		return arcBox(e.Points[0], e.Points[1], e.Points[2]), true
	}
	if len(e.Points) == 0 {
		return b, false
	}
	return geom.BoxOf(e.Points...), true
}

// Box returns the extents of the elements of the item that keep says, or of
// all if it is nil; ok is false where there are none.
func (it *Item) Box(keep func(*Element) bool) (b geom.Box, ok bool) {
	for i := range it.Elements {
		e := &it.Elements[i]
		if keep != nil && !keep(e) {
			continue
		}
		c, some := e.Box()
		switch {
		case !some:
		case ok:
			b = b.Union(c)
		default:
			b, ok = c, true
		}
	}
	return b, ok
}
