package project_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"starboard/engine"
	"starboard/kicad/circuit"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/project"
	"starboard/kicad/score"
)

// TestRandomDrawings looks at what is drawn of random circuits, each unit as
// the layout has it and each in any of the eight ways: nothing may be wrong, in
// the eyes of this test or of package score. It needs KiCad's libraries, but not
// KiCad.
func TestRandomDrawings(t *testing.T) {
	cat := newCatalogue(t, kicadtest.SymbolDir(t))
	for _, turned := range []bool{false, true} {
		for i := range *circuits * 5 / 2 {
			seed := *firstSeed + uint64(i)
			t.Run(fmt.Sprintf("turned=%v/%d", turned, seed), func(t *testing.T) {
				t.Parallel()
				c, _, o := randomCircuit(t, cat, seed)
				if !turned {
					o.Orient = nil
				}
				tree := checkDrawn(t, c, o, fmt.Sprintf("%s-%v", c.Name, turned))
				if plain := tree.Plain(); len(plain) > 0 {
					t.Errorf("sheets with a label at each pin: %q", plain)
				}
			})
		}
	}
}

// checkDrawn draws a circuit, in which nothing may be wrong, and keeps what is
// under a name where that is asked for.
func checkDrawn(t *testing.T, c *circuit.Circuit, o project.Options, name string) *project.Tree {
	t.Helper()
	tree, err := project.Build(c, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(drawingFaults(t, tree), scoreFaults(t, tree, c.Name)...) {
		t.Error(f)
	}
	if *keep != "" && t.Failed() {
		keepTree(t, tree, filepath.Join(*keep, name))
	}
	return tree
}

// scoreFaults returns the faults that package score finds in a project. What
// the symbols bring along, such as pins off the grid, is none of the drawing's.
func scoreFaults(t *testing.T, tree *project.Tree, name string) []string {
	t.Helper()
	drawn, err := readDrawn(tree, name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := score.Schematic(drawn)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, sheet := range s.Sheets {
		for _, f := range sheet.Faults {
			list = append(list, fmt.Sprintf("score: %s: %s at %v: %s", sheet.Sheet, f.Kind, f.At, f.Message))
		}
	}
	return list
}

// keepTree writes a project to a folder.
func keepTree(t *testing.T, tree *project.Tree, dir string) {
	t.Helper()
	for _, name := range tree.Names() {
		data, _ := tree.File(name)
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestExampleDrawings looks at what is drawn of the examples, where nothing
// may be wrong.
func TestExampleDrawings(t *testing.T) {
	kicadtest.SymbolDir(t)
	scripts, err := filepath.Glob("../../scripts/examples/*.star")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("examples: %v, %v", scripts, err)
	}
	for _, script := range scripts {
		t.Run(filepath.Base(script), func(t *testing.T) {
			text, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			copied := filepath.Join(t.TempDir(), filepath.Base(script)) // whose lock stays out of the checkout
			if err := os.WriteFile(copied, text, 0o666); err != nil {
				t.Fatal(err)
			}
			result, err := engine.Run(t.Context(), copied, engine.Options{Out: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range result.Circuits {
				for _, f := range drawingFaults(t, c.Tree) {
					t.Error(f)
				}
			}
		})
	}
}

// TestFaults makes sure that what is wrong on a page is seen.
func TestFaults(t *testing.T) {
	const resistor = `(symbol "Device:R" (property "Reference" "R" (at 0 0 0)) (property "Value" "R" (at 0 0 0))
		(symbol "R_0_1" (rectangle (start -1.016 -2.54) (end 1.016 2.54) (stroke (width 0.254) (type default)) (fill (type none))))
		(symbol "R_1_1" (pin passive line (at 0 3.81 270) (length 1.27) (name "~" (effects (font (size 1.27 1.27)))) (number "1" (effects (font (size 1.27 1.27)))))
			(pin passive line (at 0 -3.81 90) (length 1.27) (name "~" (effects (font (size 1.27 1.27)))) (number "2" (effects (font (size 1.27 1.27)))))))`
	part := func(ref, at string) string {
		x, y, _ := strings.Cut(at, " ")
		return fmt.Sprintf(`(symbol (lib_id "Device:R") (at %[2]s 0) (unit 1)
			(property "Reference" "%[1]s" (at %[3]s %[4]s 0) (effects (font (size 1.27 1.27)) (hide yes)))
			(property "Value" "10k" (at %[3]s %[4]s 0) (effects (font (size 1.27 1.27)) (hide yes))))`, ref, at, x, y)
	}
	wire := func(from, to string) string { return "(wire (pts (xy " + from + ") (xy " + to + ")))" }
	label := func(text, at string) string {
		return `(label "` + text + `" (at ` + at + ` 0) (effects (font (size 1.27 1.27)) (justify left bottom)))`
	}
	// R1's pins are at (50.8, 46.99) and (50.8, 54.61).
	r1 := part("R1", "50.8 50.8")
	for _, tt := range []struct{ name, items, want string }{
		{"sound", r1 + wire("50.8 46.99", "50.8 44.45") + label("A", "50.8 44.45"), ""},
		{"branch", r1 + wire("50.8 46.99", "50.8 44.45") + wire("48.26 44.45", "50.8 44.45") + wire("50.8 44.45", "53.34 44.45") + `(junction (at 50.8 44.45))` + label("A", "48.26 44.45") + label("B", "53.34 44.45"), ""},
		{"two symbols", r1 + part("R2", "50.8 53.34"), "symbol R1 (Device:R) and symbol R2 (Device:R) overlap"},
		{"label on symbol", r1 + label("A", "49.53 50.8"), "overlap"},
		{"dangling", r1 + wire("50.8 46.99", "50.8 44.45"), "wire end at (50.80, 44.45) meets nothing"},
		{"behind the label", r1 + wire("50.8 46.99", "50.8 41.91") + label("A", "50.8 44.45"), "wire end at (50.80, 41.91) meets nothing"},
		{"off the grid", r1 + wire("50.8 46.99", "50.8 44.4") + label("A", "50.8 44.4"), "off the grid"},
		{"slanted", r1 + wire("50.8 46.99", "53.34 44.45") + label("A", "53.34 44.45"), "wire from (50.80, 46.99) to (53.34, 44.45)"},
		{"over a pin", r1 + wire("48.26 46.99", "53.34 46.99") + label("A", "53.34 46.99") + label("B", "48.26 46.99"), "passes over pin 1 of R1"},
		{"over an end", r1 + wire("50.8 46.99", "50.8 44.45") + wire("48.26 44.45", "53.34 44.45") + label("A", "53.34 44.45") + label("B", "48.26 44.45"), "passes over the end of another at (50.80, 44.45)"},
		{"through a body", r1 + wire("46.99 50.8", "54.61 50.8") + label("A", "54.61 50.8") + label("B", "44.45 50.8"), "crosses the body of R1 (Device:R)"},
		{"flag on a wire", r1 + wire("50.8 46.99", "50.8 44.45") + label("A", "50.8 44.45") + `(no_connect (at 50.8 46.99))`, "touches the no-connect flag"},
		{"out of the frame", part("R1", "50.8 200.66"), "leaves the frame"},
		{"on the title block", part("R1", "254 180.34"), "covers the title block"},
		{"under a sheet", r1 + `(sheet (at 45.72 45.72) (size 10.16 10.16))`, "sheet and symbol R1 (Device:R) overlap"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := readPage("x.kicad_sch", `(kicad_sch (paper "A4") (lib_symbols `+resistor+`) `+tt.items+`)`)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(p.faults(), "; ")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("faults: got %q, want %q", got, tt.want)
			}
		})
	}
}
