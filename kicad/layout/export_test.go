package layout

import (
	"strings"

	"starboard/kicad/annotate"
	"starboard/kicad/circuit"
)

// Structure describes the chains of a sheet: their parts, the nets at their
// ends, and the part that a chain between power nets serves.
func Structure(s *circuit.Sheet) []string {
	b := &builder{in: Input{Sheet: s}}
	b.findUnits(annotate.Sorted(s.Parts()))
	b.findPorts()
	b.findChains()
	b.findHomes()
	var list []string
	for _, c := range b.chains {
		var parts []string
		for _, l := range c.links {
			parts = append(parts, l.u.part.Ref)
		}
		text := c.ends[0].Label() + " " + strings.Join(parts, "-") + " " + c.ends[1].Label()
		if c.home != nil {
			text += " for " + c.home.part.Ref
		}
		list = append(list, text)
	}
	return list
}

// Span names references as titles of sections do.
var Span = span
