// Package connect reads schematics from disk and finds, from their geometry
// alone, what is connected to what: the netlist that KiCad would export,
// without KiCad.
//
// [Read] reads a root .kicad_sch, the files of its child sheets, the project
// beside it and its symbol library table. The [Schematic] that it returns is
// the drawing as it is: positions, texts and where in which file each item
// stands. [Schematic.Graph] finds the connections, one [Group] of touching
// items at a time and then the [Net]s that groups form across labels, buses
// and sheets. [Schematic.Netlist] puts them in the form of KiCad's netlist;
// [ReadNetlist] does all of it with a third of the memory, for those who want
// nothing else.
//
// The package is the witness for what this project draws, and so it shares
// nothing with the packages that draw: not the symbols, which it takes from
// the copies inside the schematic, and not the circuit. Everything that it
// reads is bounded by the size of the files, and nothing recurses.
package connect

import (
	"fmt"
	"sync"

	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// A Schematic is a root file and all that it includes.
type Schematic struct {
	File     string     // as given to Read
	Sheets   []*Sheet   // every use of every drawing, by page number; the root is Root
	Root     *Sheet     // the root sheet
	Drawings []*Drawing // every file once, in the order of first use
	Project  *Project   // never nil; without a .kicad_pro it is empty

	size     int // of the files, in bytes
	once     sync.Once
	graph    *Graph
	graphErr error
}

// A Sheet is one use of a drawing in the hierarchy. A drawing that two sheet
// symbols name has two Sheets.
type Sheet struct {
	Drawing  *Drawing
	Symbol   *SheetSymbol // what stands for it in the parent; nil for the root
	Parent   *Sheet
	Children []*Sheet // in the order of the parent's file
	Index    int      // place in Schematic.Sheets
	Depth    int      // 0 for the root
	Name     string   // "/" or "/A/B/", the names as they are shown
	UUIDs    string   // "/" or "/uuid/uuid/", without the root's own
	Path     string   // as in the instances of symbols: "/root/uuid/uuid"
	Page     string   // page number; "" where the files give none

	Parts []*Part // the symbols of the drawing, as they are on this sheet
}

// A Drawing is the content of one .kicad_sch file.
type Drawing struct {
	File    string // path as it was opened
	UUID    string
	Version int
	Title   Title
	Missing error // why the file of a child sheet could not be opened; then the drawing is empty

	Library    map[string]*LibSymbol // by the name under which symbols refer to it
	Symbols    []*Symbol
	Wires      []*Wire // wires and buses
	Entries    []*BusEntry
	Junctions  []*Junction
	NoConnects []*NoConnect
	Labels     []*Label
	Sheets     []*SheetSymbol
	RuleAreas  []*RuleArea
	Texts      []*Text
	Aliases    []*BusAlias

	tree           *sexpr.Tree
	sheetInstances []instance // root file: pages, and references before KiCad 7
	partInstances  []instance
}

// Node returns the text of the whole drawing as it was read, with what no
// connection depends on: paper, shapes, images. It is absent where the file is
// Missing.
func (d *Drawing) Node() sexpr.Node {
	if d.tree == nil {
		return sexpr.Node{}
	}
	return d.tree.Root()
}

// A Title is the title block of a drawing, text variables not expanded.
type Title struct {
	Title, Date, Rev, Company string
	Comments                  [9]string
}

// A Position is a place in a file, counted from 1.
type Position struct {
	File      string
	Line, Col int
}

func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// An Item is what everything on a drawing has.
type Item struct {
	UUID  string
	node  sexpr.Node
	order int32 // among the items of the file
}

// Node returns the text of the item as it was read.
func (it *Item) Node() sexpr.Node { return it.node }

// Pos returns where the item stands in its file. It counts lines from the
// start of the file: it is for messages.
func (it *Item) Pos() Position { return positionOf(it.node) }

func positionOf(n sexpr.Node) Position {
	line, col := n.Pos()
	return Position{n.File(), line, col}
}

// A Wire is a straight wire or bus. A line through more than two points is
// one Wire for each part.
type Wire struct {
	Item
	Bus        bool
	Start, End geom.Point
}

// A BusEntry is the short slanted line between a bus and a wire.
type BusEntry struct {
	Item
	Start, End geom.Point
}

// A Junction is a dot that joins the lines through it.
type Junction struct {
	Item
	At geom.Point
}

// A NoConnect is the cross that says that a pin is left open on purpose.
type NoConnect struct {
	Item
	At geom.Point
}

// A LabelKind says how far a label reaches.
type LabelKind int

const (
	Local        LabelKind = iota // this sheet
	Global                        // the whole schematic
	Hierarchical                  // this sheet and the sheet pin of its name
	Directive                     // names nothing: carries net classes
)

// A Label names the net that it touches.
type Label struct {
	Item
	Kind   LabelKind
	Text   string
	Shape  string // input, output, bidirectional, tri_state, passive; of directives their symbol
	At     geom.Point
	Angle  int
	Fields []*Field // a field called Netclass or Net Class gives a net class
}

// A SheetSymbol is the box that stands for a child sheet.
type SheetSymbol struct {
	Item
	Box                           geom.Box
	Name, File                    string // of fields Sheetname and Sheetfile
	Fields                        []*Field
	Pins                          []*SheetPin
	ExcludeFromBOM, OffBoard, DNP bool
	pages                         []instance
}

// A SheetPin is a connection of a sheet symbol with the hierarchical label
// of its name inside.
type SheetPin struct {
	Item
	Sheet *SheetSymbol
	Name  string
	Shape string
	At    geom.Point // on the edge of the box that Angle says, wherever the file has it
	Angle int
}

// A RuleArea is an outline that passes what its directive labels say to all
// that it contains.
type RuleArea struct {
	Item
	Points                        []geom.Point
	ExcludeFromBOM, OffBoard, DNP bool
}

// A Text is free text, or a text box.
type Text struct {
	Item
	Text string
	At   geom.Point
}

// A BusAlias is a name for the members of a bus.
type BusAlias struct {
	Item
	Name    string
	Members []string
}

// A Field is a named text of a symbol, a sheet or a label. Where it stands is
// read when it is asked for: no connection depends on it.
type Field struct {
	Name    string
	Value   string // variables not expanded
	Private bool   // kept out of netlists
	node    sexpr.Node
}

// Node returns the text of the field as it was read.
func (f *Field) Node() sexpr.Node { return f.node }

// Pos returns where the field stands in its file; see [Item.Pos].
func (f *Field) Pos() Position { return positionOf(f.node) }

// At returns the place and the angle of the field's text.
func (f *Field) At() (geom.Point, int) {
	var p parser
	return p.at(f.node.Child("at"))
}

// Hidden reports whether the field is not shown.
func (f *Field) Hidden() bool { return f.node.Has("hide") || f.node.Child("effects").Has("hide") }

// An instance is what a file says of one use: of a symbol its reference and
// unit, of a sheet its page.
type instance struct {
	project   string
	path      string
	reference string
	unit      int
	page      string
	fields    *instanceFields // nil in files of KiCad 8 and later
}

// instanceFields are the texts of a part that files before KiCad 8 may give with
// its reference; nil where they do not.
type instanceFields struct{ value, footprint *string }

// notEmpty leaves out empty texts, which in KiCad 6 say nothing.
func (f *instanceFields) notEmpty() *instanceFields {
	var n instanceFields
	if f.value != nil && *f.value != "" {
		n.value = f.value
	}
	if f.footprint != nil && *f.footprint != "" {
		n.footprint = f.footprint
	}
	return &n
}
