package connect_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"starboard/kicad/internal/kicadtest"
)

// demoRoots returns the root schematics of KiCad's demos: those with a
// project beside them.
func demoRoots(t testing.TB) (dir string, roots []string) {
	t.Helper()
	dir = kicadtest.DemoDir(t)
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base, ok := strings.CutSuffix(path, ".kicad_pro"); ok {
			if _, err := os.Stat(base + ".kicad_sch"); err == nil {
				rel, err := filepath.Rel(dir, base+".kicad_sch")
				if err != nil {
					return err
				}
				roots = append(roots, rel)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(roots)
	if len(roots) == 0 {
		t.Fatalf("%s: got no demos", dir)
	}
	return dir, roots
}

// The netlist of every demo of KiCad is, but for the order of unit uuids
// (see comparable), what kicad-cli exports. There are no exceptions.
func TestDemosAsKiCad(t *testing.T) {
	kicadtest.Require(t)
	dir, roots := demoRoots(t)
	copied := t.TempDir() // kicad-cli writes beside what it reads
	if err := os.CopyFS(copied, schematicsOnly{os.DirFS(dir)}); err != nil {
		t.Fatal(err)
	}
	for _, root := range roots {
		t.Run(strings.TrimSuffix(filepath.Base(root), ".kicad_sch"), func(t *testing.T) {
			t.Parallel()
			compareWithKiCad(t, filepath.Join(copied, root))
		})
	}
}

// schematicsOnly hides the files that netlists do not depend on; boards and
// models are most of the demos' bytes.
type schematicsOnly struct{ fs.FS }

func (s schematicsOnly) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(s.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		switch filepath.Ext(e.Name()) {
		case ".kicad_sch", ".kicad_pro", ".kicad_sym":
			return false
		}
		return !e.IsDir() && !strings.HasSuffix(e.Name(), "lib-table")
	}), err
}
