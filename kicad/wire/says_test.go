package wire_test

import (
	"testing"

	"starboard/kicad/wire"
)

func TestSays(t *testing.T) {
	for name, want := range map[string]wire.Way{
		"": 0, "IN": wire.In, "in+": wire.In, "AUDIO_IN_L": wire.In, "IN2": wire.In, "VIN": wire.In,
		"output": wire.Out, "LINE.OUT1": wire.Out, "VOUT-": wire.Out,
		"INT": 0, "MAIN": 0, "LOUTER": 0, "IN_OUT": 0, "OUT_IN": 0, "MIN": 0, "OUT_OUT": wire.Out,
	} {
		if got := wire.Says(name); got != want {
			t.Errorf("%q: %d, want %d", name, got, want)
		}
	}
}
