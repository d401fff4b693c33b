// Package stock is the symbol set inside the binary: the libraries, symbols
// and pins that schematics use most, under the names that they have in KiCad
// 9, so that nothing else need be installed.
//
// The facts of a symbol, which are its units, pins, flags, footprint filters
// and the like, agree with KiCad's symbol of that name. Its drawing and its
// words are ours. Facts and drawings are kept as tables, one file a library,
// in data; a symbol is compiled from them when it is asked for, never before.
//
// [Library] and [Symbol] give KiCad's own file format in KiCad's own layout:
// opening and saving the text in KiCad changes no byte of it but the name of
// the generator.
//
// # The tables
//
// A table is text. Empty lines and lines that begin with # say nothing. Words
// are separated by blanks; a word in double quotes may contain blanks. Lengths
// are whole mils (50 mil is 1.27 mm), x to the right and y up, as in KiCad's
// symbol editor. A table is a sequence of symbols in order of their names:
//
//	symbol NAME "description"          begins a symbol
//	like NAME                          has the units, flags, numbers and names of that symbol of this table,
//	                                   and what follows here in place of its own
//	keys "words"                       further words to find it by
//	ref PREFIX                         of its reference
//	footprint LIB:NAME                 if the symbol prescribes one
//	datasheet URL
//	filters PATTERN...                 of footprints that fit
//	flags FLAG...                      power, no_bom, no_sim, no_board, locked (units may not be swapped)
//	numbers hide                       of all pins
//	names [hide] [OFFSET]              of all pins; the offset is 20 if left out
//	fields split|side|up|down          where reference and value stand, see below
//	unit U[..V] [style S]              what follows belongs to these units and this body style
//
// Unit 0 stands for all units, style 0 for both body styles. Before the first
// unit line, what is drawn belongs to unit 0 and pins to unit 1, both in style
// 1.
//
//	pin NUMBER NAME TYPE SHAPE X Y SIDE LENGTH [hide] [size N]
//	pins FROM..TO [by STEP] NAME TYPE SHAPE X Y SIDE LENGTH DX DY
//	alt NAME TYPE SHAPE                an alternative function of the pin above
//
// X and Y are a pin's electrical end, SIDE (right, left, up or down) is where
// the body lies from there. NAME is ~ for no name; in pins, # in it stands for
// the number. Each further pin of pins is DX and DY away from the one before.
//
//	rect X Y X Y                       line X Y X Y ...      (poly: the same, closed)
//	circle X Y RADIUS                  arc X Y X Y X Y       (start, a point between, end)
//	text X Y "words" [size N]          centred
//	draw BODY [at X Y] [mirror] [turn 90|180|270] [times N DX DY]
//
// Shapes other than text may end in "fill body" or "fill solid" and in "wide
// N", the width of the line, 10 if left out; box is a rect filled as a body.
// draw copies a drawing of the file bodies, in which "body NAME" takes the
// place of symbol: mirrored left to right, then turned counter-clockwise, then
// moved, and N times in all, each copy DX and DY away from the one before.
//
// Fields stand above and below the body (split), right of it (side), or, for
// power symbols, the value beyond the tip (up, down).
package stock

import (
	"embed"
	"slices"
	"strings"
)

const extension = ".sym"

var (
	//go:embed data/*.sym
	tables embed.FS
	//go:embed data/bodies
	bodies string
)

// Libraries returns the names of all libraries, sorted.
func Libraries() []string {
	entries, err := tables.ReadDir("data")
	if err != nil {
		panic("stock: " + err.Error()) // the folder is part of the binary
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), extension); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Names returns the names of the library's symbols, sorted; none if there is
// no such library.
func Names(lib string) []string {
	text, ok := table(lib)
	if !ok {
		return nil
	}
	return blockNames(text, "symbol")
}

// Library returns the library as the text of a complete .kicad_sym file, and
// whether there is one of that name.
func Library(lib string) ([]byte, bool) {
	text, ok := table(lib)
	if !ok {
		return nil, false
	}
	return must(compile(lib+extension, text, bodies, Names(lib))), true
}

// Symbol returns one symbol as the text of a complete .kicad_sym file with
// nothing else in it, and whether the library has one of that name.
func Symbol(lib, name string) ([]byte, bool) {
	text, ok := table(lib)
	if !ok {
		return nil, false
	}
	if _, ok := findBlock(text, "symbol", name); !ok {
		return nil, false
	}
	return must(compile(lib+extension, text, bodies, []string{name})), true
}

// must returns what was compiled. The tables are part of the binary and its
// tests compile all of them, so an error is a fault of the program.
func must(out []byte, err error) []byte {
	if err != nil {
		panic("stock: " + err.Error())
	}
	return out
}

// table returns the text of a library's table, and whether there is one.
func table(lib string) (string, bool) {
	if strings.Contains(lib, "/") {
		return "", false
	}
	text, err := tables.ReadFile("data/" + lib + extension)
	return string(text), err == nil
}
