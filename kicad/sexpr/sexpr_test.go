package sexpr_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/internal/memtest"
	"starboard/kicad/sexpr"
)

func TestFormatIsKiCadsLayout(t *testing.T) {
	long := `"` + strings.Repeat("x", 60) + `"`
	for _, tt := range []struct{ name, src, want string }{
		{"one list", `(a b 1.5 "c d")`, "(a b 1.5 \"c d\")\n"},
		{"nested", `(a (b 1) c (d))`, "(a\n\t(b 1) c\n\t(d)\n)\n"},
		{"points share a line", `(pts (xy 1 2) (xy 3 4))`, "(pts\n\t(xy 1 2) (xy 3 4)\n)\n"},
		{"a late atom wraps", "(data " + long + " aaaaaaa b)", "(data " + long + " aaaaaaa\n\tb\n)\n"},
		{"comments and odd white space", "# c\n(a\r\n\t# d\n#e\n b#c\x00 d)", "(a b#c d)\n"},
		{"empty lists", "(() a)", "(\n\t() a)\n"},
		{"compact", "(a\n\t(font (size 1 1) (thickness 0.1))\n\t(b\n\t\t(c 1)\n\t)\n)\n", "(a\n\t(font (size 1 1) (thickness 0.1))\n\t(b\n\t\t(c 1)\n\t)\n)\n"},
		{"library table", `(sym_lib_table (version 7) (lib (name "A") (type "KiCad")(uri "x") (disabled)))`, "(sym_lib_table\n  (version 7)\n  (lib (name \"A\")(type \"KiCad\")(uri \"x\")(disabled))\n)\n"},
		{"list first", "((a) b)", "(\n\t(a) b)\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tree, err := sexpr.Parse("f", tt.src)
			if err != nil {
				t.Fatal(err)
			}
			got := string(sexpr.Format(tree))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Format(%q) differs (-want +got):\n%s", tt.src, diff)
			}
		})
	}
}

func TestPointsWrapBeforeColumn99(t *testing.T) {
	tree, err := sexpr.Parse("f", "(pts"+strings.Repeat(" (xy 12.34 -56.78)", 9)+")")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(sexpr.Format(tree))) {
		if n := strings.Count(line, "(xy"); n > 0 && n != 6 && n != 3 {
			t.Errorf("line %q has %d points, want 6 and 3", line, n)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"", "f:1:1: got end of file, want ("},
		{"a", "f:1:1: got a, want ("},
		{"\n )", "f:2:2: got ), want ("},
		{"(a\n (b", "f:2:4: got end of file, want ) for the ( at 2:2"},
		{"(a \"b\n\")", "f:1:4: string is not closed on its line"},
		{"(a \"b", "f:1:4: string is not closed"},
		{"(a \"b\\", "f:1:4: string is not closed"},
		{`(a "b""c")`, "f:1:7: got a string directly after a string, want white space between them"},
		{"(a #b)", "f:1:4: got # in the middle of a line, where it begins neither a comment nor a value"},
		{"\uFEFF(a)", "f:1:1: got a byte order mark, want ("},
	} {
		_, err := sexpr.Parse("f", tt.src)
		if err == nil || err.Error() != tt.want {
			t.Errorf("Parse(%q) error = %v, want %q", tt.src, err, tt.want)
		}
	}
}

func TestDeepNesting(t *testing.T) {
	const depth = 2_000_000
	src := strings.Repeat("(", depth) + strings.Repeat(")", depth)
	tree, err := sexpr.Parse("f", src)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for k := tree.Root(); k.Present(); k = k.Arg(0) {
		n++
	}
	if n != depth {
		t.Errorf("nesting = %d, want %d", n, depth)
	}
}

func TestText(t *testing.T) {
	for _, tt := range []struct{ token, want string }{
		{`"plain"`, "plain"}, {`word`, "word"}, {`"a\"b\\c"`, `a"b\c`}, {`"\n\r\t\a\b\f\v"`, "\n\r\t\a\b\f\v"},
		{`"\x41\x4g\q"`, "A\x04g\\q"}, {`"\101\7"`, "A\a"}, {`"\xff"`, ""}, {`"µΩ"`, "µΩ"}, {`"\xZ"`, `\xZ`},
	} {
		tree, err := sexpr.Parse("f", "(a "+tt.token+")")
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Root().Arg(1).Text(); got != tt.want {
			t.Errorf("Text of %s = %q, want %q", tt.token, got, tt.want)
		}
	}
}

func TestNodeSearch(t *testing.T) {
	tree, err := sexpr.Parse("f", `(symbol "R" (pin_names (offset 0) hide) (dnp no) (power) (at 1.27 -2.54 90) (at 2))`)
	if err != nil {
		t.Fatal(err)
	}
	root := tree.Root()
	if got := root.Child("at").Arg(2).Source(); got != "-2.54" {
		t.Errorf("at y = %q, want -2.54", got)
	}
	if nm, err := root.Child("at").Arg(1).Nanometres(); nm != 1270000 || err != nil {
		t.Errorf("at x = %d, %v, want 1270000", nm, err)
	}
	if !root.Child("pin_names").Has("hide") || root.Has("dnp") || !root.Has("power") || root.Has("hide") {
		t.Error("Has is wrong about hide, dnp or power")
	}
	if absent := root.Child("no").Child("such").Arg(3); absent.Present() || absent.Text() != "" {
		t.Error("a search that finds nothing is present")
	}
	if _, err := root.Child("at").Arg(9).Int(); err == nil || !strings.Contains(err.Error(), "got nothing, want a whole number") {
		t.Errorf("Int of an absent node: %v", err)
	}
	if _, err := root.Arg(1).Nanometres(); err == nil || err.Error() != `f:1:9: got "R", want a number` {
		t.Errorf("Nanometres of a string: %v", err)
	}
	if root.Len() != 7 {
		t.Errorf("Len = %d, want 7", root.Len())
	}
}

func TestDecimal(t *testing.T) {
	for _, tt := range []struct {
		s      string
		places int
		want   int64
	}{
		{"1.27", 6, 1270000}, {"-0.0000005", 6, -1}, {"0.0000004", 6, 0}, {"1e-3", 6, 1000}, {"12E2", 2, 120000},
		{".5", 1, 5}, {"5.", 1, 50}, {"-1.00005", 4, -10001}, {"0.12345", 4, 1235}, {"1e-9", 6, 0},
	} {
		if got, err := sexpr.Decimal(tt.s, tt.places); got != tt.want || err != nil {
			t.Errorf("Decimal(%q, %d) = %d, %v, want %d", tt.s, tt.places, got, err, tt.want)
		}
	}
	for _, s := range []string{"", "-", "x", "1.x", "1e", "1e999", "+1", "99999999999999999999", "."} {
		if got, err := sexpr.Decimal(s, 6); err == nil {
			t.Errorf("Decimal(%q) = %d, want an error", s, got)
		}
	}
}

func TestAppendMM(t *testing.T) {
	for _, tt := range []struct {
		nm   int64
		want string
	}{{0, "0"}, {1270000, "1.27"}, {-2540000, "-2.54"}, {76200000, "76.2"}, {-49, "0"}, {-50, "-0.0001"}, {123450, "0.1235"}, {1000049, "1"}} {
		if got := string(sexpr.AppendMM(nil, tt.nm)); got != tt.want {
			t.Errorf("AppendMM(%d) = %s, want %s", tt.nm, got, tt.want)
		}
	}
}

// Every installed symbol library is in KiCad's layout; we print it back
// byte for byte.
func TestInstalledLibrariesPrintBack(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(kicadtest.SymbolDir(t), "*.kicad_sym"))
	if err != nil || len(files) < 100 {
		t.Fatalf("found %d libraries, want 100 or more (%v)", len(files), err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := sexpr.Parse(f, string(text))
		if err != nil {
			t.Fatal(err)
		}
		if string(sexpr.Format(tree)) != string(text) {
			t.Errorf("%s is printed differently", f)
		}
	}
}

// Every footprint that KiCad itself saved is printed back. Most others were
// written by a Python program with a layout of its own.
func TestInstalledFootprintsPrintBack(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(kicadtest.FootprintDir(t), "*.pretty", "*.kicad_mod"))
	if err != nil {
		t.Fatal(err)
	}
	saved := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := sexpr.Parse(f, string(text))
		if err != nil {
			t.Fatal(err)
		}
		if tree.Root().Child("generator").Arg(1).Text() != "pcbnew" {
			continue
		}
		saved++
		if string(sexpr.Format(tree)) != string(text) {
			t.Errorf("%s is printed differently", f)
		}
	}
	if saved < 3400 {
		t.Errorf("found %d footprints that KiCad saved, want 3400 or more", saved)
	}
}

// oddities are demos that no release of KiCad saved: a development version
// wrote this one, and left out a bracket before filter_ratio.
var oddities = map[string]bool{"RoyalBlue54L-Feather.kicad_pcb": true}

// The demos that KiCad 9 saved are printed back.
func TestDemosPrintBack(t *testing.T) {
	count := 0
	err := filepath.WalkDir(kicadtest.DemoDir(t), func(f string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		isTable := strings.HasSuffix(f, "-lib-table")
		if ext := filepath.Ext(f); ext != ".kicad_sch" && ext != ".kicad_pcb" && !isTable {
			return nil
		}
		text, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		tree, err := sexpr.Parse(f, string(text))
		if err != nil {
			return err
		}
		if !isTable && tree.Root().Child("generator_version").Arg(1).Text() != "9.0" {
			return nil
		}
		count++
		if same := string(sexpr.Format(tree)) == string(text); same == oddities[filepath.Base(f)] {
			t.Errorf("%s: printed as it was: %v, want %v", f, same, !same)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 120 {
		t.Errorf("found %d files that KiCad 9 saved, want 120 or more", count)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("(a (b \"c\\\"\" 1) (xy 1 2) (xy 3 4))")
	f.Add("(a (font (size 1)) (b (stroke (c (d)))))")
	f.Add("(x_lib_table (lib (a b)(c d)) e)")
	f.Add("# c\n(a b#c \"\\x4\")")
	f.Fuzz(func(t *testing.T, src string) {
		var tree *sexpr.Tree
		var err error
		var once []byte
		memtest.Bound(t, len(src), func() {
			if tree, err = sexpr.Parse("f", src); err == nil {
				once = sexpr.Format(tree)
			}
		})
		if err != nil {
			return
		}
		again, err := sexpr.Parse("f", string(once))
		if err != nil {
			t.Fatalf("%q is printed as %q, which does not parse: %v", src, once, err)
		}
		if twice := sexpr.Format(again); string(twice) != string(once) {
			t.Fatalf("%q is printed as %q, then as %q", src, once, twice)
		}
	})
}

func library(b *testing.B) string {
	text, err := os.ReadFile(filepath.Join(kicadtest.SymbolDir(b), "MCU_ST_STM32H7.kicad_sym"))
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

func BenchmarkParse(b *testing.B) {
	text := library(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sexpr.Parse("f", text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParseAll reads and parses every installed symbol library.
func BenchmarkParseAll(b *testing.B) {
	files, err := filepath.Glob(filepath.Join(kicadtest.SymbolDir(b), "*.kicad_sym"))
	if err != nil {
		b.Fatal(err)
	}
	size := 0
	for b.Loop() {
		size = 0
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := sexpr.Parse(f, string(text)); err != nil {
				b.Fatal(err)
			}
			size += len(text)
		}
	}
	b.SetBytes(int64(size))
}

func BenchmarkFormat(b *testing.B) {
	text := library(b)
	tree, err := sexpr.Parse("f", text)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		sexpr.Format(tree)
	}
}
