package symbol_test

import (
	"testing"

	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/symbol"
)

func TestFindFlattens(t *testing.T) {
	p := symbol.NewPath(symbol.Source{Kind: symbol.Installed, Dir: kicadtest.SymbolDir(t)})
	s, err := p.Find("Amplifier_Operational:LM358")
	if err != nil {
		t.Fatal(err)
	}
	if s.Value != "LM358" || s.Units != 3 || len(s.UnitPins(1, 1)) != 3 || len(s.Pins) != 8 {
		t.Errorf("LM358 has value %q, %d units, %d pins in unit 1, %d in all", s.Value, s.Units, len(s.UnitPins(1, 1)), len(s.Pins))
	}
}
