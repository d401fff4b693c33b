package connect_test

import (
	"path/filepath"
	"testing"

	"starboard/kicad/internal/kicadtest"
)

// One design as KiCad 6, 7 and 8 write it, by hand: references, values and page
// numbers in lists of the root sheet or with each symbol, classes of nets in
// three forms, identifiers bare and quoted, flags as words or with yes and no.
func TestVersionsAsKiCad(t *testing.T) {
	kicadtest.Require(t)
	for _, version := range []string{"6", "7", "8"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			compareWithKiCad(t, filepath.Join("..", "..", "testdata", "versions", version, "v.kicad_sch"))
		})
	}
}
