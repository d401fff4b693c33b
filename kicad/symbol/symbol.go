// Package symbol reads KiCad's symbol libraries, and writes symbols as KiCad 9
// saves them.
//
// A [Path] finds Library:Name in the folders of a script, of an installed
// KiCad and in an embedded set. A [Library] is one of their libraries: it finds
// one symbol without reading the others, however large the file. A [Symbol] is
// flattened: one that extends another has taken over all that it inherits. It
// knows its pins and its extents, and [Symbol.WriteCopy] writes it into a
// schematic.
//
// # Versions
//
// The files of KiCad 6 to 10 are read. What is written is what KiCad 9 would
// save after loading the same: its order of items, its defaults left out, its
// rounding to 100 nm. Of what KiCad 10 added, these have no place in KiCad 9
// and are left out: in_pos_files, the names of body styles (the styles
// themselves stay), and the marks that some pins are joined like jumpers
// (duplicate_pin_numbers_are_jumpers, jumper_pin_groups), which KiCad 9 takes
// for separate pins. A local power symbol is an error: as (power) it would
// join nets across sheets.
//
// Left out too are embedded files (data sheets, fonts), and texts of a drawing
// that are hidden.
package symbol

import (
	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// A Symbol is one symbol of a library. A symbol that extends another has been
// flattened: it is complete in itself. Symbols are shared between callers and
// must not be modified.
//
// Coordinates are those of libraries, in nanometres: y grows upwards. All are
// multiples of 100 nm.
type Symbol struct {
	Lib, Name string // "Device", "R"

	Power bool // a power symbol: its value names the net of its pin

	// The values of the properties of these names.
	Reference, Value, Footprint, Datasheet, Description, Keywords string

	Filters    []string   // patterns of footprint names, from ki_fp_filters
	Properties []Property // the five mandatory ones, then the user's own, in KiCad's order

	PinNumbersHidden, PinNamesHidden bool
	PinNameOffset                    int64 // from the inner end of a pin to its name; 0: names stand outside, above the pin

	ExcludeFromSim, InBOM, OnBoard bool

	Units        int      // at least 1
	UnitNames    []string // by unit-1, "" where a unit has no name of its own; nil where none has one
	UnitsLocked  bool     // units are not interchangeable: ki_locked
	HasAlternate bool     // there is a second body style, De Morgan's

	Pins []Pin // of every unit and body style, in KiCad's order

	units         []unit
	commonName    string // unit_name of what is common to all units
	embeddedFonts bool
	node          sexpr.Node
	parent        *Symbol
	checksum      func() string
}

// A Property is a field of a symbol.
type Property struct {
	Name, Value string
	At          geom.Point // library coordinates
	Angle       int        // in degrees, rounded
	Private     bool       // stays in the library
	ShowName    bool       // drawn as Name: Value
	NoAutoplace bool       // KiCad's field placement leaves it where it is
	Effects

	angle string // as KiCad prints it
}

// A Pin is a pin of a symbol.
type Pin struct {
	Number, Name string // "" where the file has ~
	Type         Type
	Shape        string     // line, inverted, clock, ...
	At           geom.Point // the end where a wire connects, in library coordinates
	// Side is the direction away from the body: where a wire leaves, as drawn on
	// a sheet by the symbol when it is not rotated.
	Side       geom.Side
	Length     int64
	Hidden     bool
	Unit, Body int         // 0: common to all units, to all body styles
	Alternates []Alternate // sorted by name

	NameSize, NumberSize int64 // of the texts

	number, name string // with ~
	shape        int    // index into pinShapes
}

// An Alternate is another function that a pin can take.
type Alternate struct {
	Name  string
	Type  Type
	Shape string
}

// A Type is the electrical type of a pin.
type Type uint8

// The electrical types, in KiCad's order.
const (
	Input Type = iota
	Output
	Bidirectional
	TriState
	Passive
	Free
	Unspecified
	PowerIn
	PowerOut
	OpenCollector
	OpenEmitter
	NoConnect
)

var typeNames = [...]string{
	"input", "output", "bidirectional", "tri_state", "passive", "free", "unspecified",
	"power_in", "power_out", "open_collector", "open_emitter", "no_connect",
}

// String returns the type as files have it, such as power_in.
func (t Type) String() string { return typeNames[t] }

// ParseType returns the type that String gives as s.
func ParseType(s string) (Type, bool) {
	for i, name := range typeNames {
		if s == name {
			return Type(i), true
		}
	}
	if s == "unconnected" { // an old spelling
		return NoConnect, true
	}
	return 0, false
}

// LibID returns the name by which schematics refer to the symbol: Library:Name.
func (s *Symbol) LibID() string { return s.Lib + ":" + s.Name }

// UnitPins returns the pins that are drawn for a unit in a body style, both
// counted from 1: its own and those that are common, in KiCad's order.
func (s *Symbol) UnitPins(unit, body int) []Pin {
	var pins []Pin
	for _, p := range s.Pins {
		if (p.Unit == 0 || p.Unit == unit) && (p.Body == 0 || p.Body == body) {
			pins = append(pins, p)
		}
	}
	return pins
}

// Property returns the property of the given name.
func (s *Symbol) Property(name string) (Property, bool) {
	for _, p := range s.Properties {
		if p.Name == name {
			return p, true
		}
	}
	return Property{}, false
}

// Source returns the symbol as its library has it: its own list, then that of
// the symbol which it extends, and so on. Their positions count from the
// start of each list.
func (s *Symbol) Source() []sexpr.Node {
	var nodes []sexpr.Node
	for ; s != nil; s = s.parent {
		nodes = append(nodes, s.node)
	}
	return nodes
}
