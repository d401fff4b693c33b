package erc_test

import (
	"os"
	"path/filepath"
	"testing"

	"starboard/kicad/erc"
	"starboard/kicad/internal/kicadtest"
)

// Files of KiCad 6, 7 and 8 break the same rules as those of KiCad 9.
func TestVersions(t *testing.T) {
	kicadtest.Require(t)
	for _, version := range []string{"6", "7", "8"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir() // settings are changed there
			if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "testdata", "versions", version))); err != nil {
				t.Fatal(err)
			}
			c := witness(t, filepath.Join(dir, "v.kicad_sch"), erc.Options{})
			for _, f := range c.kicadOnly {
				t.Errorf("kicad-cli alone finds %s", f)
			}
			for _, f := range c.oursOnly {
				t.Errorf("we alone find %s", f)
			}
			if n := sum(c.both); n < 25 {
				t.Errorf("%d findings, want those that the design is made for", n)
			}
		})
	}
}
