package schematic

import "starboard/kicad/geom"

// A Paper is the size of a page. Name is that of a standard size in landscape
// format, or "User".
type Paper struct {
	Name          string
	Width, Height int64
}

// Papers lists the standard sizes from small to large.
var Papers = []Paper{
	{"A4", 297 * geom.MM, 210 * geom.MM},
	{"A3", 420 * geom.MM, 297 * geom.MM},
	{"A2", 594 * geom.MM, 420 * geom.MM},
	{"A1", 841 * geom.MM, 594 * geom.MM},
	{"A0", 1189 * geom.MM, 841 * geom.MM},
}

// MaxPaper is the largest width and height that KiCad's page settings take.
const MaxPaper = 120_000 * geom.Mil
