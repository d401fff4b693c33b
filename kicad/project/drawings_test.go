package project_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"starboard/engine"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/project"
)

// What the layout does not manage yet on circuits that no one would draw, such
// as a row of fifty pins with eight supplies in turn: how many of these faults
// there may be in a hundred drawings. Everything else fails at once. These
// figures may be lowered, never raised.
var limits = []limit{
	{"overlap", 28, 180},
	{"crosses", 14, 45},
	{"meets nothing", 0, 0},
	{"unconnected_wire_endpoint", 0, 0},
}

type limit struct {
	words  string
	most   int // units standing as the layout has them
	turned int // each in any of the eight ways
}

// A tally counts the faults that have a limit.
type tally struct {
	mu    sync.Mutex
	count [8]int
}

// fault fails the test for a fault without a limit, and counts any other.
func (y *tally) fault(t *testing.T, f string) {
	t.Helper()
	i := slices.IndexFunc(limits, func(l limit) bool { return strings.Contains(f, l.words) })
	if i < 0 {
		t.Error(f)
		return
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	y.count[i]++
	t.Log(f)
}

// report fails where there were too many in a number of drawings.
func (y *tally) report(t *testing.T, drawings int, turned bool) {
	t.Helper()
	for i, l := range limits {
		most := l.most
		if turned {
			most = l.turned
		}
		if most = most*drawings/100 + 2; y.count[i] > most {
			t.Errorf("got %d faults %q in %d drawings, want at most %d", y.count[i], l.words, drawings, most)
		} else if y.count[i] > 0 {
			t.Logf("%d faults %q in %d drawings", y.count[i], l.words, drawings)
		}
	}
}

// TestRandomDrawings looks at what is drawn of random circuits, each unit as
// the layout has it and each in any of the eight ways. It needs KiCad's
// libraries, but not KiCad.
func TestRandomDrawings(t *testing.T) {
	cat := newCatalogue(t, kicadtest.SymbolDir(t))
	for _, turned := range []bool{false, true} {
		t.Run(fmt.Sprintf("turned=%v", turned), func(t *testing.T) {
			var y tally
			t.Run("seeds", func(t *testing.T) {
				for i := range *circuits / 3 {
					seed := *firstSeed + uint64(i)
					t.Run(fmt.Sprint(seed), func(t *testing.T) {
						t.Parallel()
						c, _, o := randomCircuit(t, cat, seed)
						if !turned {
							o.Orient = nil
						}
						tree, err := project.Build(c, o)
						if err != nil {
							t.Fatal(err)
						}
						for _, f := range drawingFaults(t, tree) {
							y.fault(t, f)
						}
					})
				}
			})
			y.report(t, *circuits/3, turned)
		})
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
