package layout_test

import (
	"fmt"
	"strings"
	"testing"

	"starboard/kicad/geom"
)

// TestFlow checks that what signals come from stands left of what they go to,
// although the script has it the other way round, and the row is too long for one
// block.
func TestFlow(t *testing.T) {
	const n = 16
	var b strings.Builder
	for i := n; i > 0; i-- {
		fmt.Fprintf(&b, "U%d Timer:NE555P VCC=+5V GND=GND TRIG=s%d THRES=s%d OUT=s%d CONT=- DISCH=-\n", i, i, i, i+1)
	}
	f, _ := draw(t, parse(t, b.String()))
	at := map[string]geom.Point{}
	for _, s := range f.Symbols {
		at[s.Fields[0].Value] = s.At
	}
	first, last := at["U1"], at[fmt.Sprint("U", n)]
	if first.Y > last.Y || first.X > last.X {
		t.Errorf("U1 is at %v, U%d at %v: want the source of the signal at the upper left", first, n, last)
	}
}
