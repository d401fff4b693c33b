// Package diff says what changed between two designs: first what is electrical,
// parts with their values and nets with their pins, then what is only drawn.
//
// A part is the same as before if its symbols are, which KiCad knows by their
// UUIDs: one that has another reference was renamed, not replaced. Where UUIDs
// tell nothing, as after a new drawing from nothing, the reference decides. A
// net is the same as before if it joins mostly the same pins. UUIDs themselves,
// the layout of files and the order in them make no difference.
//
// [Schematics] and [Netlists] compare what has been read already, [Texts] two
// versions of one file, [Files] files and folders, and [Sides] any of them with
// any other. [Text] and [Print] show
// the [Changes] that they return; as JSON they are as [Schema] says. The same
// two designs give the same changes in the same order.
package diff

import (
	_ "embed"
	"fmt"
	"strings"

	"starboard/kicad/connect"
	"starboard/kicad/netlist"
)

// A Kind says what became of something.
type Kind string

const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
)

// Changes are the differences between two designs.
type Changes struct {
	Version int      `json:"version"` // of this form: 1
	Old     string   `json:"old"`     // what was compared, as the user named it
	New     string   `json:"new"`
	Equal   bool     `json:"equal"` // nothing changed
	Notes   []string `json:"notes"` // what could not be compared, and why

	TitleBlocks []TitleChange   `json:"title_blocks"`
	Sheets      []SheetChange   `json:"sheets"`
	Parts       []PartChange    `json:"parts"`
	Nets        []NetChange     `json:"nets"`
	Pins        []PinChange     `json:"pins"`
	Symbols     []SymbolChange  `json:"symbols"`
	Drawings    []DrawingChange `json:"drawings"`
}

// A Value is a text that changed; nil is one that there is not.
type Value struct {
	What string  `json:"what"`
	Old  *string `json:"old"`
	New  *string `json:"new"`
}

// A TitleChange is what changed in the title block of a file. What is title,
// date, revision, company, or comment 1 to comment 9.
type TitleChange struct {
	File   string  `json:"file"`
	Values []Value `json:"values"`
}

// A SheetChange is a sheet that came, went or changed. What is name, file or
// page, or "pin NAME": a pin that came, went or has another direction.
type SheetChange struct {
	Kind   Kind    `json:"kind"`
	Path   string  `json:"path"` // as it is now, or was
	File   string  `json:"file"`
	Values []Value `json:"values"`
}

// A PartChange is a part that came, went or changed. What is reference, value,
// footprint, symbol, sheet, DNP, "in BOM", "on board", or "field NAME".
type PartChange struct {
	Kind      Kind    `json:"kind"`
	Ref       string  `json:"reference"` // as it is now, or was
	Value     string  `json:"value"`
	Symbol    string  `json:"symbol"`
	Footprint string  `json:"footprint"`
	Sheet     string  `json:"sheet"`
	Values    []Value `json:"values"`
}

// A Pin is a pin of a part.
type Pin struct {
	Ref      string `json:"reference"`
	Number   string `json:"number"`
	Function string `json:"function"`
}

func (p Pin) String() string { return p.Ref + "." + p.Number }

// A NetChange is a net that came, went or changed: its name, its class, or the
// pins that it joins. OldName is "" unless it has changed; a name that KiCad
// made from a pin does not count.
type NetChange struct {
	Kind     Kind   `json:"kind"`
	Name     string `json:"name"`
	OldName  string `json:"old_name"`
	OldClass string `json:"old_class"` // both "" unless it has changed
	Class    string `json:"class"`
	Gained   []Pin  `json:"gained"`
	Lost     []Pin  `json:"lost"`
}

// A PinChange is a pin with another function, type, or no-connect flag: What is
// function, type or no-connect.
type PinChange struct {
	Pin
	Value
}

// A SymbolChange is a library symbol whose copy in the schematic changed: its
// pins, or else its drawing and fields.
type SymbolChange struct {
	Symbol string `json:"symbol"`
	Pins   bool   `json:"pins"` // pins came, went, moved or changed
}

// A DrawingChange is what changed on paper in a file, beside what a part or net
// says already.
type DrawingChange struct {
	File  string       `json:"file"`
	Items []ItemChange `json:"items"`
}

// An ItemChange is a drawn item, or several of a kind, that came, went or
// changed. Change is added, removed, changed, moved, rotated, mirrored, resized
// or "fields moved". Old and New are texts or places where it has them.
type ItemChange struct {
	Item   string `json:"item"` // symbol, power symbol, sheet, wire, label, text, ...
	Change string `json:"change"`
	Name   string `json:"name"` // reference or text; "" for what is only counted
	Old    string `json:"old"`
	New    string `json:"new"`
	Count  int    `json:"count"`
}

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of Changes as JSON.
func Schema() []byte { return schema }

// Schematics compares two schematics. An error says that buses are too wide.
func Schematics(a, b *connect.Schematic) (*Changes, error) {
	before, err := ofSchematic(a)
	if err != nil {
		return nil, err
	}
	after, err := ofSchematic(b)
	if err != nil {
		return nil, err
	}
	return compare(before, after), nil
}

// Netlists compares two netlists. They say nothing of drawings.
func Netlists(a, b *netlist.Netlist) *Changes { return compare(ofNetlist(a), ofNetlist(b)) }

func compare(a, b *design) *Changes {
	c := &Changes{
		Version: 1, Old: a.name, New: b.name, Notes: []string{},
		TitleBlocks: []TitleChange{}, Sheets: []SheetChange{}, Parts: []PartChange{}, Nets: []NetChange{},
		Pins: []PinChange{}, Symbols: []SymbolChange{}, Drawings: []DrawingChange{},
	}
	if n := match(a, b); n > 0 {
		c.Notes = append(c.Notes, fmt.Sprintf("%d parts have other UUIDs than before and are compared by their references", n))
	}
	if len(b.missing) > 0 {
		c.Notes = append(c.Notes, "not compared are sheets of other files: "+strings.Join(b.missing, ", "))
	}
	c.titles(a, b)
	c.sheets(a, b)
	c.parts(a, b)
	c.nets(a, b)
	if a.s != nil && b.s != nil {
		c.symbols(a, b)
		c.drawings(a, b)
	}
	c.Equal = len(c.TitleBlocks)+len(c.Sheets)+len(c.Parts)+len(c.Nets)+len(c.Pins)+len(c.Symbols)+len(c.Drawings) == 0
	return c
}

// values gathers the texts that changed.
type values []Value

// differ adds a text if it is not what it was.
func (v *values) differ(what, before, after string) {
	if before != after {
		*v = append(*v, Value{what, some(before), some(after)})
	}
}

// some returns a text that is there, and nil for the empty one.
func some(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (v *values) flag(what string, before, after bool) {
	if before != after {
		*v = append(*v, Value{what, yes(before), yes(after)})
	}
}

func yes(b bool) *string {
	s := "no"
	if b {
		s = "yes"
	}
	return &s
}
