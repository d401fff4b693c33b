// Package kicad is the root of what starboard knows of KiCad: pure Go, without
// a word of Starlark. It has no code of its own; the way of the data leads
// through its packages.
//
// What a script describes becomes files:
//
//	circuit     parts, nets and sheets
//	annotate    references and identities that survive edits
//	layout      how a sheet is drawn: blocks, with ways found by route
//	place, wire the plain drawing: every pin with its own label
//	continuity  the last check: what is drawn joins what the circuit joins
//	schematic   what is drawn, and .kicad_sch files
//	netlist     what it says electrically, in KiCad's form and as JSON
//	bom         the bill of materials
//	project     all files together
//
// Files of KiCad are read:
//
//	symbol      symbol libraries
//	connect     schematics, and their nets from geometry alone: the witness for
//	            what the packages above write, with which it shares no code
//	readback    the circuit that a drawn schematic shows
//	erc         the electrical rules check
//	diff        what changed between two designs
//	svg, score  pictures of sheets, and how well they can be read
//
// Underneath are sexpr (the text of KiCad's files), geom (integer geometry),
// font (how large texts are), ident (UUIDs), stock (the embedded symbols), and
// spell (nearest names).
package kicad
