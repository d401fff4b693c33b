package layout_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/layout"
)

func TestStructure(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{name: "resistor and LED", text: "R1 Device:R 1=+5V 2=.a\nD1 Device:LED A=.a K=GND", want: []string{"+5V R1-D1 GND"}},
		{name: "divider", text: "R1 Device:R 1=+5V 2=.a\nR2 Device:R 1=.a 2=GND\nC1 Device:C 1=.a 2=GND", want: []string{"+5V R1 C1_1", "C1_1 R2 GND", "C1_1 C1 GND"}},
		{name: "a ring has an open place", text: "R1 Device:R 1=.a 2=.b\nR2 Device:R 1=.b 2=.c\nR3 Device:R 1=.c 2=.a", want: []string{"R1_1 R1-R2 R2_2", "R2_2 R3 R1_1"}},
		{name: "no longer than three", text: "R1 Device:R 1=x 2=.a\nR2 Device:R 1=.a 2=.b\nR3 Device:R 1=.b 2=.c\nR4 Device:R 1=.c 2=y", want: []string{"x R1-R2-R3 R3_2", "R3_2 R4 y"}},
		{name: "both ends on one net", text: "R1 Device:R 1=x 2=x\nR2 Device:R 1=x 2=y", want: []string{"x R2 y"}},
		{
			name: "decoupling goes to the symbol before it",
			text: "U1 Timer:NE555P VCC=+5V GND=GND\nC1 Device:C 1=+5V 2=GND\nU2 Timer:NE555P VCC=+5V GND=GND\nC2 Device:C 1=+5V 2=GND",
			want: []string{"+5V C1 GND for U1", "+5V C2 GND for U2"},
		},
		{
			name: "bulk capacitors go to where the supply comes in",
			text: "J1 Connector_Generic:Conn_01x02 1=in 2=GND\nD1 Device:D A=in K=+5V\nC1 Device:C 1=+5V 2=GND\nU1 Timer:NE555P VCC=+5V GND=GND\nC2 Device:C 1=+5V 2=GND",
			want: []string{"+5V D1 in", "+5V C1 GND for D1", "+5V C2 GND for U1"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, layout.Structure(parse(t, tt.text).Root())); diff != "" {
				t.Errorf("structure differs (-want +got):\n%s", diff)
			}
		})
	}
}

// TestInsertionIsLocal checks that a further part leaves the inner drawing of
// blocks alone that have nothing to do with it.
func TestInsertionIsLocal(t *testing.T) {
	before, _ := draw(t, parse(t, circuits["half bridge"]))
	after, _ := draw(t, parse(t, circuits["half bridge"]+"\nR9 Device:R 1=p 2=q"))
	// Distances within the block of Q1 tell its drawing apart from its place.
	shape := func(f []string) []string { slices.Sort(f); return f }
	of := func(ref string, refs ...string) (a, b []string) {
		for i, file := range []*[]string{&a, &b} {
			f := before
			if i == 1 {
				f = after
			}
			var origin = f.Symbols[0].At
			for _, s := range f.Symbols {
				if s.Fields[0].Value == ref {
					origin = s.At
				}
			}
			for _, s := range f.Symbols {
				if slices.Contains(refs, s.Fields[0].Value) {
					*file = append(*file, s.Fields[0].Value+" "+s.At.Sub(origin).String()+" "+strings.Repeat("m", len(s.Orientation.Mirror)))
				}
			}
		}
		return shape(a), shape(b)
	}
	a, b := of("Q1", "Q2", "R1", "R2", "R3", "R4", "J1")
	if diff := cmp.Diff(a, b); diff != "" || len(a) != 6 {
		t.Errorf("the half bridge changed (-before +after):\n%s", diff)
	}
}

// TestSameBytes draws one circuit often.
func TestSameBytes(t *testing.T) {
	first, _ := draw(t, parse(t, circuits["amplifiers"]))
	for range 5 {
		again, _ := draw(t, parse(t, circuits["amplifiers"]))
		if string(again.Marshal()) != string(first.Marshal()) {
			t.Fatal("the same circuit was drawn differently")
		}
	}
}
