// Package kicad is the root of what starboard knows of KiCad: pure Go, without
// a word of Starlark. It has no code of its own; the way of the data leads
// through its packages.
//
// What a script describes becomes files:
//
//	circuit    parts, nets and sheets
//	annotate   references and identities that survive edits
//	place      where symbols go
//	wire       what connects them
//	schematic  what is drawn, and .kicad_sch files
//	continuity what is drawn joins what the circuit joins
//	netlist    what it says electrically, in KiCad's form and as JSON
//	bom        the bill of materials
//	project    all files together
//
// Files of KiCad are read:
//
//	symbol     symbol libraries
//	connect    schematics, and their nets from geometry alone: the witness for
//	           what the packages above write, with which it shares no code
//	readback   the circuit that a drawn schematic shows
//	diff       what changed between two designs
//
// Underneath are sexpr (the text of KiCad's files), geom (integer geometry),
// font (how large texts are), ident (UUIDs), stock (the embedded symbols), and
// spell (nearest names).
package kicad
