// Package svg draws the sheets of a schematic, close to KiCad's own plot, as
// SVG and as PNG.
//
// [Draw] turns one sheet into a [Picture]: a list of items (a symbol, a wire,
// a label, ...), each with its elements at their places in nanometres.
// [Picture.SVG] and [Picture.PNG] write that list; others measure it. [Sheet]
// does both steps. The same sheet with the same options is the same bytes: all
// coordinates are whole micrometres, and nothing depends on a clock, a font
// that is installed, or the order of a map.
//
// Texts in the SVG are text, not strokes, so that they can be found and
// copied. Each stands where KiCad's plot has it and is as long as there, by
// KiCad's metrics; what its letters look like is up to the viewer's sans-serif
// font. A viewer that does not know textLength draws them a little shorter or
// longer. The PNG has the letters of the Go fonts, which the binary carries,
// fitted to the same length.
//
// Every item is an element or a group with a class (symbol, wire, bus, label,
// sheet, ...), and has data-uuid, data-ref where it is a part and data-net
// where it is on a net that has a name, so that a page can highlight it.
//
// Not drawn are worksheets of the project's own (the frame is KiCad's default
// one), the version of KiCad in the title block, page numbers beside global
// labels, hatched areas, and texts at angles that are no multiple of 90.
package svg

import (
	"starboard/kicad/connect"
)

// Options say how sheets are drawn. The zero value is KiCad's default theme,
// with the page's frame and title block.
type Options struct {
	Dark bool // light lines on a dark page

	// NoFrame leaves out the frame and the title block, for a picture that
	// stands inside a report.
	NoFrame bool
}

// Sheet returns the picture of a sheet of s as SVG.
func Sheet(s *connect.Schematic, sheet *connect.Sheet, opts Options) []byte {
	return Draw(s, sheet, opts).SVG()
}
