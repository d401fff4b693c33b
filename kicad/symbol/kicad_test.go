package symbol_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/symbol"
)

func TestMain(m *testing.M) {
	status := m.Run()
	kicadtest.Cleanup()
	os.Exit(status)
}

// resave returns what kicad-cli makes of a library.
func resave(t *testing.T, text string) (saved string, loads bool) {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.kicad_sym"), filepath.Join(dir, "out.kicad_sym")
	if err := os.WriteFile(in, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if r := kicadtest.Run(t, "sym", "upgrade", "--force", "-o", out, in); r.Status != 0 {
		return r.Stdout + r.Stderr, false
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), true
}

// all returns all symbols of a library.
func all(t testing.TB, l *symbol.Library) []*symbol.Symbol {
	t.Helper()
	names, err := l.Names()
	if err != nil {
		t.Fatal(err)
	}
	var symbols []*symbol.Symbol
	for _, name := range names {
		s, err := l.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		symbols = append(symbols, s)
	}
	return symbols
}

// everyLibrary is set to check all installed libraries, which takes minutes.
const everyLibrary = "STARBOARD_EVERY_LIBRARY"

// libraries returns the installed libraries to check: the ones with a special
// feature each, and a spread of the rest.
func libraries(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(kicadtest.SymbolDir(t), "*.kicad_sym"))
	if err != nil || len(files) < 100 {
		t.Fatalf("found %d libraries, want 100 or more (%v)", len(files), err)
	}
	if os.Getenv(everyLibrary) == "1" {
		return files
	}
	special := []string{
		"74xx",                  // De Morgan, several units
		"Amplifier_Operational", // derived, several units
		"Connector",             // arcs
		"Device", "Graphic", "power", "Simulation_SPICE",
		"MCU_ST_STM32C0", // derived, alternates
		"Valve",
	}
	var some []string
	for i, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".kicad_sym")
		if i%20 == 7 || slices.Contains(special, name) {
			some = append(some, f)
		}
	}
	return some
}

// A library of flattened symbols is what KiCad itself would save.
func TestLibrariesAreFixedPoints(t *testing.T) {
	kicadtest.Require(t)
	symbols, derived, alternates, units := 0, 0, 0, 0
	for _, file := range libraries(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".kicad_sym")
		l, err := symbol.Open(name, file)
		if err != nil {
			t.Fatal(err)
		}
		every := all(t, l)
		for _, s := range every {
			symbols++
			if len(s.Source()) > 1 {
				derived++
			}
			if s.HasAlternate {
				alternates++
			}
			if s.Units > 1 {
				units++
			}
		}
		text := string(symbol.WriteLibrary(every))
		saved, loads := resave(t, text)
		if !loads {
			t.Errorf("%s: KiCad does not load what we write: %s", name, saved)
		} else if saved != text {
			t.Errorf("%s: KiCad saves it differently: %s", name, firstDifference(text, saved))
		}
	}
	t.Logf("%d symbols, of which %d derived, %d with an alternate body style, %d with several units", symbols, derived, alternates, units)
	if derived == 0 || alternates == 0 || units == 0 {
		t.Error("the libraries lack a kind of symbol")
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d: got %q, want %q", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(g), len(w))
}

// Copies of flattened symbols in a schematic are the library's to KiCad.
func TestCopiesMatchLibrary(t *testing.T) {
	kicadtest.Require(t)
	files := libraries(t)
	if os.Getenv(everyLibrary) != "1" {
		if !checkCopies(t, files, 12) {
			t.Error("the check did not look at the symbols")
		}
		return
	}
	for _, file := range files {
		checkCopies(t, []string{file}, math.MaxInt)
	}
}

// checkCopies makes a schematic of up to some most symbols of each library and
// asks KiCad whether they are those of the library. It returns whether KiCad
// found pins to check.
func checkCopies(t *testing.T, files []string, most int) bool {
	t.Helper()
	dir := t.TempDir()
	var table, copies, placed strings.Builder
	table.WriteString("(sym_lib_table\n  (version 7)\n")
	n := 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".kicad_sym")
		fmt.Fprintf(&table, "  (lib (name %q)(type \"KiCad\")(uri %q)(options \"\")(descr \"\"))\n", name, file)
		l, err := symbol.Open(name, file)
		if err != nil {
			t.Fatal(err)
		}
		names, err := l.Names()
		if err != nil {
			t.Fatal(err)
		}
		step := max(1, len(names)/most)
		for i := 0; i < len(names); i += step {
			s, err := l.Find(names[i])
			if err != nil {
				t.Fatal(err)
			}
			n++
			copies.WriteString(symbol.Copy(s))
			fmt.Fprintf(&placed, "(symbol (lib_id %q) (at %d 0 0) (unit 1) (exclude_from_sim %s) (in_bom %s) (on_board %s) (dnp no) (uuid \"00000000-0000-4000-8000-%012x\")\n",
				s.LibID(), n*100, yes(s.ExcludeFromSim), yes(s.InBOM), yes(s.OnBoard), n)
			for _, p := range s.Properties {
				fmt.Fprintf(&placed, "(property %q %q (at 0 0 0))\n", p.Name, p.Value)
			}
			placed.WriteString(")\n")
		}
	}
	table.WriteString(")\n")
	sch := "(kicad_sch (version 20250114) (generator \"eeschema\") (generator_version \"9.0\") (uuid \"00000000-0000-4000-8000-ffffffffffff\") (paper \"A0\")\n" +
		"(lib_symbols " + copies.String() + ")\n" + placed.String() + "(sheet_instances (path \"/\" (page \"1\")))\n(embedded_fonts no)\n)\n"
	for name, text := range map[string]string{"p.kicad_sch": sch, "p.kicad_pro": "{}", "sym-lib-table": table.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	report := filepath.Join(dir, "p.rpt")
	if r := kicadtest.Run(t, "sch", "erc", "--severity-all", "-o", report, filepath.Join(dir, "p.kicad_sch")); r.Status != 0 {
		t.Fatalf("erc: status %d: %s%s", r.Status, r.Stdout, r.Stderr)
	}
	b, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	t.Logf("%d symbols of %d libraries", n, len(files))
	for i, line := range strings.Split(text, "\n") {
		if strings.Contains(line, "[lib_symbol") {
			t.Errorf("%s %s", line, strings.Join(strings.Split(text, "\n")[i+1:i+4], " "))
		}
	}
	return strings.Contains(text, "[pin_not_connected]")
}

func yes(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

// Of every symbol here KiCad and we make the same.
func TestReadsAsKiCadDoes(t *testing.T) {
	kicadtest.Require(t)
	b, err := os.ReadFile("testdata/bodies.txt")
	if err != nil {
		t.Fatal(err)
	}
	checkBodies(t, "20241209", string(b))
	// Arcs of old files are another matter.
	var arcs strings.Builder
	for line := range strings.Lines(string(b)) {
		// Of the one that is left out the middle differs by one unit.
		if strings.HasPrefix(line, "(arc") && !strings.Contains(line, "(mid 4.7071 4.7071)") {
			arcs.WriteString(line)
		}
	}
	checkBodies(t, "20211014", arcs.String())
	// So are those with angles, of the time before KiCad 6.
	checkBodies(t, "20211014", `
(arc (start 0 0.508) (end -0.508 0.508) (radius (at -0.254 0.508) (length 0.254) (angles 0.1 180)) (stroke (width 0)) (fill (type none)))
(arc (start -1.016 0) (end -0.508 0) (radius (at -0.762 0) (length 0.254) (angles 180 -0.1)) (stroke (width 0)) (fill (type none)))
(arc (start 2.54 0) (end 0 2.54) (radius (at 0 0) (length 2.54) (angles 0 90)) (stroke (width 0)) (fill (type none)))
(arc (start 0 2.54) (end 2.54 0) (radius (at 0 0) (length 2.54) (angles 90 0)) (stroke (width 0)) (fill (type none)))
(arc (start -2.54 1.27) (end 0 -1.27) (radius (at 0 1.27) (length 2.54) (angles -179.9 -90)) (stroke (width 0)) (fill (type none)))
(arc (start 5.08 0) (end 0 -5.08) (radius (at 0 0) (length 5.08) (angles 0 -90)) (stroke (width 0)) (fill (type none)))
`)
}

func checkBodies(t *testing.T, version, lines string) {
	t.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "(kicad_symbol_lib (version %s) (generator \"x\")\n", version)
	var bodies []string
	for line := range strings.Lines(lines) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, ";") {
			continue
		}
		name := fmt.Sprintf("S%03d", len(bodies))
		bodies = append(bodies, line)
		fmt.Fprintf(&text, "(symbol %q %s)\n", name, strings.ReplaceAll(line, "NAME", name))
	}
	text.WriteString(")\n")
	l, err := symbol.FromText("L", "bodies", text.String())
	if err != nil {
		t.Fatal(err)
	}
	got := symbol.WriteLibrary(all(t, l))
	want, loads := resave(t, text.String())
	if !loads {
		t.Fatalf("KiCad does not load the bodies: %s", want)
	}
	gotParts, wantParts := strings.Split(string(got), "\n\t(symbol "), strings.Split(want, "\n\t(symbol ")
	if len(gotParts) != len(wantParts) || len(wantParts) != len(bodies)+1 {
		t.Fatalf("got %d symbols, want %d of KiCad and %d", len(gotParts)-1, len(wantParts)-1, len(bodies))
	}
	for i := range bodies {
		if diff := cmp.Diff(wantParts[i+1], gotParts[i+1]); diff != "" {
			t.Errorf("%s\ndiffers from KiCad's (-want +got):\n%s", bodies[i], diff)
		}
	}
	if diff := cmp.Diff(wantParts[0], gotParts[0]); diff != "" {
		t.Errorf("the head differs from KiCad's (-want +got):\n%s", diff)
	}
}
