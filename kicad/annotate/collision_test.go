package annotate_test

import (
	"slices"
	"testing"

	"starboard/kicad/annotate"
	"starboard/kicad/circuit"
	"starboard/kicad/stock"
	"starboard/kicad/symbol"
)

// TestReferencesDifferForKiCad: what differs in case or leading zeros only is
// one reference to KiCad, which then drops a part.
func TestReferencesDifferForKiCad(t *testing.T) {
	text, ok := stock.Symbol("Device", "R")
	if !ok {
		t.Fatal("no symbol Device:R")
	}
	l, err := symbol.FromText("Device", "stock", string(text))
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Find("R")
	if err != nil {
		t.Fatal(err)
	}
	c, err := circuit.New("test")
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{"R", "r", "R02", "r", "R"} {
		if _, err := c.Root().AddPart(circuit.Spec{Symbol: r, Ref: ref}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := annotate.Annotate(c, nil, false); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range c.Parts() {
		got = append(got, p.Ref)
	}
	if want := []string{"R1", "r3", "R02", "r4", "R5"}; !slices.Equal(got, want) {
		t.Errorf("references %v, want %v", got, want)
	}
}
