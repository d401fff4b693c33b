package symbol_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"starboard/kicad/symbol"
)

var update = flag.Bool("update", false, "rewrite golden files")

// The files of each version of KiCad become KiCad 9's; KiCad agrees, where it
// can read them.
func TestVersions(t *testing.T) {
	for _, tt := range []struct {
		name    string
		version string
		ninth   bool // KiCad 9 reads it
	}{
		{"kicad6", "20211014", true}, {"kicad7", "20220914", true}, {"kicad8", "20231120", true}, {"kicad10", "20251024", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join("testdata", "versions", tt.name+".kicad_sym")
			l, err := symbol.Open("L", file)
			if err != nil {
				t.Fatal(err)
			}
			symbols := all(t, l)
			got := string(symbol.WriteLibrary(symbols))
			checkGolden(t, tt.name+".golden", got)
			saved, loads := resave(t, got)
			if !loads || saved != got {
				t.Errorf("KiCad saves it differently: %s", firstDifference(got, saved))
			}
			if !tt.ninth {
				return
			}
			// Of what is not derived, KiCad makes the same of the file itself.
			roots := slices.DeleteFunc(symbols, func(s *symbol.Symbol) bool { return len(s.Source()) > 1 })
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			saved, loads = resave(t, string(text))
			if !loads {
				t.Fatalf("KiCad does not load the file: %s", saved)
			}
			saved, _, derived := strings.Cut(saved, "\n\t(symbol \"Relay_Latching\"")
			if derived {
				saved += "\n)\n"
			}
			if diff := cmp.Diff(saved, string(symbol.WriteLibrary(roots))); diff != "" {
				t.Errorf("KiCad makes something else of the file (-want +got):\n%s", diff)
			}
		})
	}
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "versions", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); if intended, rerun with -update:\n%s", file, diff)
	}
}

// What cannot be read is told with its place.
func TestErrors(t *testing.T) {
	const head = "(kicad_symbol_lib (version 20241209) (generator \"x\")\n"
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "f:1:1: got end of file, want (kicad_symbol_lib"},
		{"another file", "\n(kicad_sch (version 1))", "f:2:1: got (kicad_sch (version 1)), want (kicad_symbol_lib"},
		{"KiCad 5", "EESchema-LIBRARY Version 2.4\n#encoding utf-8\n", "f:1:1: got EESchema-LIBRARY Version 2.4, want (kicad_symbol_lib"},
		{"too old", "(kicad_symbol_lib (version 20200126))", `f:1:19: got version "20200126", want 20211014 (KiCad 6) or later`},
		{"open end", head + "(symbol \"A\" (in_bom yes)", "f:2:25: got end of file, want )"},
		{"open string", head + "(symbol \"A\" (property \"X\n\"))\n)", "f:2:23: string is not closed on its line"},
		{"unknown element", head + "(symbol \"B\")\n (symbol \"A\"\n  (foo))\n)", "f:4:3: got (foo …), want pin, rectangle, arc, circle, polyline, bezier, text, text_box"},
		{"bad pin", head + "(symbol \"A\" (pin inputt line))\n)", "f:2:18: got inputt, want the electrical type of a pin"},
		{"bad shape of pin", head + "(symbol \"A\" (pin input lin))\n)", "f:2:24: got lin, want the graphic style of a pin"},
		{"bad angle", head + "(symbol \"A\" (pin input line (at 0 0 45)))\n)", "f:2:37: got 45, want 0, 90, 180 or 270 degrees"},
		{"bad number", head + "(symbol \"A\" (circle (center x 0)))\n)", "f:2:29: got x, want a number"},
		{"bad flag", head + "(symbol \"A\" (in_bom maybe))\n)", "f:2:21: got maybe, want yes or no"},
		{"bad unit", head + "(symbol \"A\" (symbol \"B_1_1\"))\n)", "f:2:21: got unit \"B_1_1\", want A_UNIT_BODY, such as A_1_1"},
		{"local power", head + "(symbol \"A\" (power local))\n)", "f:2:13: symbol A is a local power symbol, which only KiCad 10 knows"},
		{"no parent", head + "\n(symbol \"A\" (extends \"X\"))\n)", "f:3:1: symbol A extends X, which is not in the library"},
		{"own parent", head + "(symbol \"A\" (extends \"A\"))\n)", "f:2:1: symbol A extends itself through A"},
		{"circle of parents", head + "(symbol \"A\" (extends \"B\"))\n(symbol \"B\" (extends \"C\"))\n(symbol \"C\" (extends \"B\"))\n)", "f:4:1: symbol B extends itself through C"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := symbol.FromText("L", "f", tt.text)
			if err == nil {
				_, err = l.Find("A")
			}
			if err == nil || err.Error() != tt.want {
				t.Errorf("error = %v, want %s", err, tt.want)
			}
		})
	}
}
