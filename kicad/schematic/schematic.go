// Package schematic writes KiCad 9 schematic files from a description of what
// is drawn.
//
// A [File] is one sheet; [File.Marshal] gives its text in KiCad's own order
// and layout, so that KiCad's first save changes no byte. All coordinates are
// nanometres on the sheet, y downwards.
package schematic

import (
	"starboard/kicad/geom"
	"starboard/kicad/symbol"
)

// The version of the file format, that of KiCad 9.
const (
	Version          = 20250114
	GeneratorVersion = "9.0"
)

// TextSize is the height of KiCad's standard text.
const TextSize = 1_270_000

// A File is what one .kicad_sch file holds.
type File struct {
	UUID    string
	Project string // name of the project that the instances belong to
	Root    bool
	Page    string // number of the root's page; other sheets' pages are in Sheet
	Paper   Paper
	Title   TitleBlock

	Library    []*symbol.Symbol // every symbol that is drawn, in any order
	Junctions  []Junction
	NoConnects []NoConnect
	Wires      []Wire
	Labels     []Label
	Texts      []Text
	Frames     []Frame
	Symbols    []Symbol
	Sheets     []Sheet
}

// A TitleBlock is the text in the corner of a page. Empty ones are left out.
type TitleBlock struct {
	Title, Date, Rev, Company string
	Comments                  []string
}

// A Junction joins the wires that meet at its place.
type Junction struct {
	At   geom.Point
	UUID string
}

// A NoConnect marks a pin that stays unconnected.
type NoConnect struct {
	At   geom.Point
	UUID string
}

// A Wire joins its two ends.
type Wire struct {
	From, To geom.Point
	UUID     string
}

// A LabelKind says how far a label reaches.
type LabelKind int

const (
	Local LabelKind = iota
	Global
	Hierarchical
)

// A Shape is the direction of a signal at a label or a sheet pin.
type Shape string

const (
	Input         Shape = "input"
	Output        Shape = "output"
	Bidirectional Shape = "bidirectional"
	TriState      Shape = "tri_state"
	Passive       Shape = "passive"
)

// A Label names the net at its place. Text is in KiCad's spelling; see
// netlist.LabelText.
type Label struct {
	Kind    LabelKind
	Text    string
	Shape   Shape // not for local labels
	At      geom.Point
	Towards geom.Side // where the text runs, away from the wire
	UUID    string
}

// A Text is a note on the sheet, its lower left corner At.
type Text struct {
	Text string
	At   geom.Point
	Size int64
	UUID string
}

// A Frame is a dashed rectangle around what belongs together. It connects
// nothing.
type Frame struct {
	Box  geom.Box
	UUID string
}

// An Align says where a text stands relative to its place: -1 has it begin
// there (left, top), 0 is centred, 1 has it end there (right, bottom).
type Align struct{ H, V int }

// A Field is a property of a symbol or a sheet. Its text is drawn
// horizontally, whatever the orientation of the symbol.
type Field struct {
	Name, Value string
	At          geom.Point
	Align       Align
	Hidden      bool
}

// A Symbol is one unit of a part, or a power symbol.
type Symbol struct {
	Symbol      *symbol.Symbol
	At          geom.Point
	Orientation geom.Orientation
	Unit        int
	DNP         bool
	InBOM       bool
	OnBoard     bool
	UUID        string
	Fields      []Field  // Reference, Value, Footprint, Datasheet, Description, then others
	PinUUIDs    []string // of Symbol.Pins that are not of the other body style, in their order
	Instances   []Instance
}

// An Instance is the reference that a symbol has on one use of its sheet.
type Instance struct {
	Path      string // "/" and UUIDs from the root's down
	Reference string
}

// A Sheet is the symbol of another sheet.
type Sheet struct {
	Box  geom.Box
	UUID string
	Name Field
	File Field
	Pins []SheetPin
	Path string // of the sheet that this one is drawn on
	Page string
}

// A SheetPin is where a net enters a sheet: a place on the edge of its box.
type SheetPin struct {
	Name  string
	Shape Shape
	At    geom.Point
	Side  geom.Side // edge of the sheet
	UUID  string
}
