package stock_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/sexpr"
	"starboard/kicad/stock"
)

func TestMain(m *testing.M) {
	code := m.Run()
	kicadtest.Cleanup()
	os.Exit(code)
}

// mustLibrary returns the library as text.
func mustLibrary(t testing.TB, lib string) []byte {
	t.Helper()
	out, ok := stock.Library(lib)
	if !ok {
		t.Fatalf("Library(%q) is missing", lib)
	}
	return out
}

func TestNames(t *testing.T) {
	const least = 120
	libs := stock.Libraries()
	if !slices.IsSorted(libs) {
		t.Errorf("Libraries() = %q, want them sorted", libs)
	}
	total := 0
	for _, lib := range libs {
		names := stock.Names(lib)
		total += len(names)
		if len(names) == 0 {
			t.Errorf("Names(%q) is empty", lib)
		}
		if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
			t.Errorf("Names(%q) = %q, want them sorted and different", lib, names)
		}
	}
	if total < least {
		t.Errorf("got %d symbols in all, want %d or more", total, least)
	}
}

func TestSymbolIsItsPartOfTheLibrary(t *testing.T) {
	for _, lib := range stock.Libraries() {
		whole, err := sexpr.Parse(lib, string(mustLibrary(t, lib)))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for s := range whole.Root().Lists("symbol") {
			want[s.Arg(1).Text()] = s.Source()
		}
		for _, name := range stock.Names(lib) {
			out, ok := stock.Symbol(lib, name)
			if !ok {
				t.Errorf("Symbol(%q, %q) is missing", lib, name)
				continue
			}
			file, err := sexpr.Parse(name, string(out))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want[name], file.Root().Child("symbol").Source()); diff != "" {
				t.Errorf("Symbol(%q, %q) differs from the same in the library (-library +alone):\n%s", lib, name, diff)
			}
		}
	}
}

func TestMissing(t *testing.T) {
	if _, ok := stock.Library("Nowhere"); ok {
		t.Error(`Library("Nowhere") exists`)
	}
	if _, ok := stock.Library("../data/Device"); ok {
		t.Error("Library of a path exists")
	}
	if got := stock.Names("Nowhere"); got != nil {
		t.Errorf(`Names("Nowhere") = %q, want none`, got)
	}
	for _, name := range []string{"", "Nothing", "C_", "C_Smal", "_Small", "symbol"} {
		if _, ok := stock.Symbol("Device", name); ok {
			t.Errorf("Symbol(Device, %q) exists", name)
		}
	}
}

func TestSameBytesEachTime(t *testing.T) {
	for _, lib := range stock.Libraries() {
		if !bytes.Equal(mustLibrary(t, lib), mustLibrary(t, lib)) {
			t.Errorf("Library(%q) gave different bytes the second time", lib)
		}
	}
}

// KiCad's own save must change nothing but the generator's name.
func TestKiCadKeepsEveryByte(t *testing.T) {
	kicadtest.Require(t)
	dir := t.TempDir()
	for _, lib := range stock.Libraries() {
		t.Run(lib, func(t *testing.T) {
			in, out := filepath.Join(dir, lib+".kicad_sym"), filepath.Join(dir, lib+"_saved.kicad_sym")
			text := mustLibrary(t, lib)
			if err := os.WriteFile(in, text, 0o666); err != nil {
				t.Fatal(err)
			}
			if r := kicadtest.Run(t, "sym", "upgrade", "--force", "-o", out, in); r.Status != 0 {
				t.Fatalf("kicad-cli sym upgrade: exit status %d\n%s%s", r.Status, r.Stdout, r.Stderr)
			}
			saved, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			want := bytes.Replace(text, []byte(`(generator "starboard")`), []byte(`(generator "kicad_symbol_editor")`), 1)
			if diff := cmp.Diff(string(saved), string(want)); diff != "" {
				t.Errorf("KiCad saves the library otherwise (-KiCad +ours):\n%s", diff)
			}
		})
	}
}
