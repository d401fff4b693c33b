// Package netlist is what a schematic says electrically: parts, nets and the
// pins that the nets join, in the terms and the order of KiCad's own netlist.
//
// A [Netlist] is made from a circuit that a script describes, or from the
// geometry of a schematic file; the two share nothing but this form, so that
// one can be the witness of the other.
//
// [KiCad] and [JSON] write it, [Parse] and [FromJSON] read it back without a
// loss, and [Compare] says how two differ. [NaturalCompare], [Escape],
// [Unescape] and [LabelText] are KiCad's rules for the order and the spelling
// of names. All that is written depends on the Netlist alone.
package netlist

// A Netlist holds everything that KiCad's s-expression netlist holds. The
// order of its slices is the order of the file.
type Netlist struct {
	Source     string // path of the root schematic
	Date       string // empty in what this project writes
	Tool       string
	TextVars   []Field // sorted by name
	Sheets     []Sheet // by page number
	Components []Component
	LibParts   []LibPart // sorted by library and part
	Libraries  []Library // sorted by nickname
	Nets       []Net     // sorted by name
}

// A Field is a name and its value.
type Field struct{ Name, Value string }

// A Sheet is one use of a schematic file in the hierarchy.
type Sheet struct {
	Number   string // page
	Name     string // "/" or "/A/B/"
	Tstamps  string // "/" or "/uuid/uuid/"
	Title    string
	Company  string
	Rev      string
	Date     string
	Source   string // file name without folder
	Comments [9]string
}

// A Component is a part, once however many units it is drawn in.
type Component struct {
	Ref         string
	Value       string
	Footprint   string
	Datasheet   string
	Description string
	Fields      []Field // user fields in file order, then Footprint, Datasheet, Description

	Lib            string // nickname; "" where the sheet has a private copy
	Part           string
	LibDescription string

	Properties     []Field // user fields, then Sheetname and Sheetfile
	ExcludeFromBOM bool
	DNP            bool
	Keywords       string // ki_keywords
	Filters        string // ki_fp_filters

	SheetNames   string   // "/" or "/A/B/"
	SheetTstamps string   // "/" or "/uuid/uuid/"
	Classes      []string // component classes
	Tstamps      []string // uuids of the units, the smallest last
}

// A LibPart is a symbol that at least one component uses.
type LibPart struct {
	Lib, Part   string
	Description string
	Docs        string
	Filters     []string
	Fields      []Field
	Pins        []LibPin // in natural order of the number, without doubles
}

// A LibPin is a pin of a [LibPart].
type LibPin struct{ Num, Name, Type string }

// A Library is a symbol library and where it is.
type Library struct{ Logical, URI string }

// A Net is a set of pins that are joined.
type Net struct {
	Code  int // 1-based, in the order of all nets; nets without a node leave gaps
	Name  string
	Class string
	Nodes []Node // sorted by reference and pin as plain strings
}

// A Node is a pin on a net.
type Node struct {
	Ref      string
	Pin      string
	Function string // the pin's name; "" where it has none
	Type     string // electrical type, with "+no_connect" where a no-connect flag says so
}
