package spell_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"starboard/kicad/spell"
)

func TestNearest(t *testing.T) {
	names := []string{"VIN", "VOUT", "GND", "R_Small", "R", "LED", "LED_Dual", "AMS1117-3.3"}
	for _, tt := range []struct {
		word string
		want []string
	}{
		{"vout", []string{"VOUT"}},
		{"VUOT", []string{"VOUT"}},
		{"GDN", []string{"GND"}},
		{"LED", []string{"LED", "LED_Dual"}},
		{"R_Smal", []string{"R_Small"}},
		{"AMS1117", []string{"AMS1117-3.3"}},
		{"zzz", nil},
		{"X", nil},
		{"r", []string{"R"}},
		{"", nil},
	} {
		if diff := cmp.Diff(tt.want, spell.Nearest(tt.word, names, 5)); diff != "" {
			t.Errorf("Nearest(%q) (-want +got):\n%s", tt.word, diff)
		}
	}
	if got := spell.Nearest("VIT", []string{"VIN", "VIA", "VIB"}, 2); !cmp.Equal(got, []string{"VIA", "VIB"}) {
		t.Errorf("Nearest = %q, want the first two in plain order", got)
	}
}
