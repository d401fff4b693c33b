package symbol_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"starboard/kicad/geom"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/sexpr"
	"starboard/kicad/symbol"
)

func fromText(t testing.TB, body string) *symbol.Library {
	t.Helper()
	l, err := symbol.FromText("L", "f", "(kicad_symbol_lib (version 20241209) (generator \"x\")\n"+body+"\n)\n")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func find(t testing.TB, l *symbol.Library, name string) *symbol.Symbol {
	t.Helper()
	s, err := l.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What a symbol takes over from the one that it extends.
func TestFlatten(t *testing.T) {
	l := fromText(t, `
(symbol "Parent" (power) (pin_names (offset 1.27)) (in_bom no)
  (property "Reference" "U" (at 1 1 0)) (property "Value" "Parent" (at 2 2 0)) (property "Footprint" "F:P" (at 3 3 0))
  (property "Datasheet" "d" (at 4 4 0)) (property "Description" "parent" (at 5 5 0))
  (property "A" "a" (at 6 6 0)) (property "B" "b" (at 7 7 0)) (property "ki_keywords" "kp") (property "ki_fp_filters" "P_*")
  (property "ki_locked" "")
  (symbol "Parent_1_1" (pin input line (at 0 0 0) (length 1) (name "X") (number "1")))
  (symbol "Parent_2_1" (unit_name "two") (pin input line (at 0 0 0) (length 1) (name "Y") (number "2"))))
(symbol "Child" (extends "Parent")
  (property "Reference" "" (at 9 9 0)) (property "Value" "Child" (at 8 8 0)) (property "Datasheet" "" (at 9 9 0))
  (property "B" "b2" (at 1 0 0)) (property "C" "c" (at 2 0 0)) (property "A" "" (at 3 0 0)))
(symbol "Grandchild" (extends "Child")
  (property "Value" "Grandchild") (property "Description" "grand") (property "ki_keywords" "kg") (property "ki_fp_filters" "G_* H_*") (property "D" "d"))`)

	type field struct {
		name, value string
		at          geom.Point
	}
	mm := func(x, y int64) geom.Point { return geom.Point{X: x * geom.MM, Y: y * geom.MM} }
	for _, tt := range []struct {
		name     string
		fields   []field
		keywords string
		filters  []string
		sources  int
	}{
		{"Child", []field{
			{"Reference", "U", mm(1, 1)}, {"Value", "Child", mm(8, 8)}, {"Footprint", "F:P", mm(3, 3)}, {"Datasheet", "d", mm(4, 4)},
			{"Description", "parent", mm(5, 5)}, {"B", "b2", mm(1, 0)}, {"C", "c", mm(2, 0)}, {"A", "", mm(3, 0)},
		}, "kp", []string{"P_*"}, 2},
		{"Grandchild", []field{
			{"Reference", "U", mm(1, 1)}, {"Value", "Grandchild", mm(0, 0)}, {"Footprint", "F:P", mm(3, 3)}, {"Datasheet", "d", mm(4, 4)},
			{"Description", "grand", mm(0, 0)}, {"B", "b2", mm(1, 0)}, {"C", "c", mm(2, 0)}, {"A", "", mm(3, 0)}, {"D", "d", mm(0, 0)},
		}, "kg", []string{"G_*", "H_*"}, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := find(t, l, tt.name)
			var got []field
			for _, p := range s.Properties {
				got = append(got, field{p.Name, p.Value, p.At})
			}
			if diff := cmp.Diff(tt.fields, got, cmp.AllowUnexported(field{})); diff != "" {
				t.Errorf("properties differ (-want +got):\n%s", diff)
			}
			if s.Keywords != tt.keywords || !cmp.Equal(s.Filters, tt.filters) || s.Description != tt.fields[4].value || s.Reference != "U" {
				t.Errorf("keywords %q, filters %q, description %q, reference %q", s.Keywords, s.Filters, s.Description, s.Reference)
			}
			if !s.Power || s.InBOM || !s.OnBoard || !s.UnitsLocked || s.PinNameOffset != 1270000 || s.Units != 2 || len(s.Pins) != 2 {
				t.Errorf("what comes from the parent alone: %+v", s)
			}
			if diff := cmp.Diff([]string{"", "two"}, s.UnitNames); diff != "" {
				t.Errorf("unit names differ (-want +got):\n%s", diff)
			}
			if len(s.Source()) != tt.sources || s.Source()[0].Arg(1).Text() != tt.name {
				t.Errorf("%d sources, want %d", len(s.Source()), tt.sources)
			}
			var w sexpr.Writer
			s.WriteCopy(&w, s.LibID())
			text := string(w.Bytes())
			if !strings.Contains(text, `(symbol "L:`+tt.name+`"`) || !strings.Contains(text, `(symbol "`+tt.name+`_2_1"`) || strings.Contains(text, "extends") {
				t.Errorf("copy is\n%s", text)
			}
		})
	}
}

func TestPins(t *testing.T) {
	s := find(t, fromText(t, `(symbol "A"
  (symbol "A_0_1" (pin power_in line (at 0 2.54 270) (length 1.27) hide (name "VCC") (number "14")))
  (symbol "A_1_0" (pin output inverted (at 5.08 0 180) (length 2.54) (name "~") (number "3") (alternate "Z" tri_state line)))
  (symbol "A_1_1" (pin input line (at -5.08 0 0) (length 2.54) (name "A") (number "1")))
  (symbol "A_1_2" (pin input clock (at -5.08 0 0) (length 2.54) (name "A") (number "1")))
  (symbol "A_2_1" (pin input line (at 0 -5.08 90) (length 2.54) (name "B") (number "2"))))`), "A")
	type pin struct {
		number, name string
		typ          symbol.Type
		shape        string
		side         geom.Side
		hidden       bool
		unit, body   int
	}
	pins := func(from []symbol.Pin) (out []pin) {
		for _, p := range from {
			out = append(out, pin{p.Number, p.Name, p.Type, p.Shape, p.Side, p.Hidden, p.Unit, p.Body})
		}
		return out
	}
	vcc := pin{"14", "VCC", symbol.PowerIn, "line", geom.Up, true, 0, 1}
	y := pin{"3", "", symbol.Output, "inverted", geom.Right, false, 1, 0}
	a1 := pin{"1", "A", symbol.Input, "line", geom.Left, false, 1, 1}
	a2 := pin{"1", "A", symbol.Input, "clock", geom.Left, false, 1, 2}
	b := pin{"2", "B", symbol.Input, "line", geom.Down, false, 2, 1}
	for _, tt := range []struct {
		unit, body int
		want       []pin
	}{
		{1, 1, []pin{vcc, y, a1}}, {1, 2, []pin{y, a2}}, {2, 1, []pin{vcc, b}}, {3, 1, []pin{vcc}},
	} {
		if diff := cmp.Diff(tt.want, pins(s.UnitPins(tt.unit, tt.body)), cmp.AllowUnexported(pin{})); diff != "" {
			t.Errorf("UnitPins(%d, %d) differ (-want +got):\n%s", tt.unit, tt.body, diff)
		}
	}
	if diff := cmp.Diff([]pin{vcc, y, a1, a2, b}, pins(s.Pins), cmp.AllowUnexported(pin{})); diff != "" {
		t.Errorf("Pins differ (-want +got):\n%s", diff)
	}
	if s.Units != 2 || !s.HasAlternate {
		t.Errorf("%d units, alternate %v, want 2, true", s.Units, s.HasAlternate)
	}
	if diff := cmp.Diff([]symbol.Alternate{{Name: "Z", Type: symbol.TriState, Shape: "line"}}, s.Pins[1].Alternates); diff != "" {
		t.Errorf("alternates differ (-want +got):\n%s", diff)
	}
}

func TestTypes(t *testing.T) {
	for typ := symbol.Input; typ <= symbol.NoConnect; typ++ {
		if got, ok := symbol.ParseType(typ.String()); got != typ || !ok {
			t.Errorf("ParseType(%q) = %v, %v", typ.String(), got, ok)
		}
	}
	if _, ok := symbol.ParseType("Input"); ok {
		t.Error("ParseType takes Input")
	}
}

// The same symbols in other layouts.
func layouts(text string) map[string]string {
	var one strings.Builder
	for line := range strings.Lines(text) {
		one.WriteString(strings.TrimSpace(line) + " ")
	}
	return map[string]string{
		"KiCad's":        text,
		"CRLF":           strings.ReplaceAll(text, "\n", "\r\n"),
		"two spaces":     strings.ReplaceAll(text, "\t", "  "),
		"one line":       one.String(),
		"no indentation": strings.ReplaceAll(text, "\t", ""),
		"comments":       "# (symbol \"X\"\n" + strings.ReplaceAll(text, "\n\t(symbol", "\n# )\n\t(symbol"),
		"no last line":   strings.TrimSuffix(text, "\n"),
		"more after it":  text + "\n(symbol \"Y\")\n",
	}
}

func TestLayoutDoesNotMatter(t *testing.T) {
	text := string(symbol.WriteLibrary(all(t, fromText(t, `
(symbol "A" (property "Value" "1 (symbol \"Q\"") (property "Description" "the (first)") (property "ki_keywords" "k1 k2"))
(symbol "B\"\\)" (property "Value" "2") (symbol "B\"\\)_1_1" (pin input line (at 0 0 0) (length 1) (name "#1") (number "1"))))
(symbol "C/D" (property "Value" "3"))`))))
	want := map[string]string{}
	for layout, text := range layouts(text) {
		for _, how := range []string{"text", "file"} {
			t.Run(layout+" in a "+how, func(t *testing.T) {
				l, err := symbol.FromText("L", "f", text)
				if how == "file" {
					file := filepath.Join(t.TempDir(), "L.kicad_sym")
					if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
						t.Fatal(err)
					}
					l, err = symbol.Open("L", file)
				}
				if err != nil {
					t.Fatal(err)
				}
				for name, value := range map[string]string{"A": "1 (symbol \"Q\"", `B"\)`: "2", "C/D": "3", "C{slash}D": "3"} {
					s := find(t, l, name)
					if s.Value != value {
						t.Errorf("value of %s = %q, want %q", name, s.Value, value)
					}
					if sum := want[s.Name]; sum == "" {
						want[s.Name] = s.Checksum()
					} else if sum != s.Checksum() {
						t.Errorf("checksum of %s = %s, want %s", name, s.Checksum(), sum)
					}
				}
				for _, name := range []string{"Q", "X", "Y", "B", `B"\)_1_1`} {
					if _, err := l.Find(name); !errors.As(err, new(*symbol.NotFoundError)) {
						t.Errorf("Find(%q): %v", name, err)
					}
				}
				names, err := l.Names()
				if diff := cmp.Diff([]string{"A", `B"\)`, "C/D"}, names); diff != "" || err != nil {
					t.Errorf("names differ (-want +got):\n%s%v", diff, err)
				}
				index, err := l.Index()
				if diff := cmp.Diff(symbol.Entry{Lib: "L", Name: "A", Description: "the (first)", Keywords: "k1 k2"}, index[0]); diff != "" || err != nil {
					t.Errorf("entry differs (-want +got):\n%s%v", diff, err)
				}
			})
		}
	}
}

// A file that has KiCad's head and not its layout is read by its brackets.
func TestFalseLayout(t *testing.T) {
	const text = "(kicad_symbol_lib\n\t(version 20241209)\n" +
		"\t(symbol \"A\"\n\t(property \"Value\" \"v\"\n\t)\n\t(symbol \"A_1_1\"\n\t(circle\n\t)\n\t)\n\t(symbol \"A_2_1\"\n\t(circle\n\t)\n\t)\n\t)\n" +
		"\t(symbol \"B\"\n\t)\n)\n"
	l, err := symbol.FromText("L", "f", text)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 * 4 { // before and after there is a table
		if s, err := l.Find("A"); err != nil || s.Value != "v" || s.Units != 2 {
			t.Fatalf("Find(A) = %+v, %v", s, err)
		}
		if s, err := l.Find("A_1_1"); err == nil {
			t.Fatalf("Find(A_1_1) = %s", s.LibID())
		}
	}
}

// Of two symbols of one name the last counts, as in KiCad.
func TestLastCounts(t *testing.T) {
	text := "(kicad_symbol_lib\n\t(version 20241209)\n\t(symbol \"A\"\n\t\t(property \"Value\" \"1\")\n\t)\n\t(symbol \"A\"\n\t\t(property \"Value\" \"2\")\n\t)\n)\n"
	for layout, text := range layouts(text) {
		l, err := symbol.FromText("L", "f", text)
		if err != nil {
			t.Fatal(err)
		}
		if s := find(t, l, "A"); s.Value != "2" {
			t.Errorf("%s: value = %s, want 2", layout, s.Value)
		}
	}
}

// Symbols are found across the borders of what is read at a time.
func TestFindEverywhere(t *testing.T) {
	var text strings.Builder
	text.WriteString("(kicad_symbol_lib\n\t(version 20241209)\n\t(generator \"x\")\n")
	const n = 5000
	for i := range n {
		fmt.Fprintf(&text, "\t(symbol \"S%d\"\n\t\t(property \"Value\" \"%s\")\n\t)\n", i, strings.Repeat("v", i%700))
	}
	text.WriteString(")\n")
	file := filepath.Join(t.TempDir(), "L.kicad_sym")
	if err := os.WriteFile(file, []byte(text.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < n; i += 7 {
		l, err := symbol.Open("L", file)
		if err != nil {
			t.Fatal(err)
		}
		if s := find(t, l, fmt.Sprintf("S%d", i)); len(s.Value) != i%700 {
			t.Fatalf("S%d has a value of %d bytes, want %d", i, len(s.Value), i%700)
		}
	}
}

func TestLongChain(t *testing.T) {
	var body strings.Builder
	body.WriteString(`(symbol "S0" (property "Value" "root"))`)
	for i := range 1500 {
		fmt.Fprintf(&body, "\n(symbol \"S%d\" (extends \"S%d\"))", i+1, i)
	}
	l := fromText(t, body.String())
	if _, err := l.Find("S1400"); err == nil || !strings.Contains(err.Error(), "extends more than 1000 others") {
		t.Errorf("Find(S1400): %v", err)
	}
	if s := find(t, l, "S900"); s.Value != "root" || len(s.Source()) != 901 {
		t.Errorf("S900 = %q of %d sources", s.Value, len(s.Source()))
	}
}

// The order of items in a file decides nothing.
func TestOrderDoesNotMatter(t *testing.T) {
	for _, name := range []string{"74xx", "Device", "Connector_Audio", "Valve", "Transistor_FET"} {
		file := filepath.Join(kicadtest.SymbolDir(t), name+".kicad_sym")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		l, err := symbol.FromText(name, file, string(text))
		if err != nil {
			t.Fatal(err)
		}
		tree, err := sexpr.Parse(file, string(text))
		if err != nil {
			t.Fatal(err)
		}
		var w sexpr.Writer
		reverse(&w, tree.Root())
		r, err := symbol.FromText(name, "reversed", string(w.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		want, got := symbol.WriteLibrary(all(t, l)), symbol.WriteLibrary(all(t, r))
		if string(got) != string(want) {
			t.Errorf("%s read backwards: %s", name, firstDifference(string(got), string(want)))
		}
	}
}

// reverse writes the units and items of symbols in the opposite order.
func reverse(w *sexpr.Writer, n sexpr.Node) {
	w.Open(n.Head())
	var last []sexpr.Node
	i := 0
	for k := range n.All() {
		if i++; i == 1 {
			continue
		}
		switch k.Head() {
		case "symbol", "pin", "rectangle", "circle", "arc", "polyline", "bezier", "text":
			last = append(last, k)
		default:
			w.Node(k)
		}
	}
	for i := len(last) - 1; i >= 0; i-- {
		if last[i].Is("symbol") {
			reverse(w, last[i])
		} else {
			w.Node(last[i])
		}
	}
	w.Close()
}

// A copy in a schematic reads back as what it is a copy of.
func TestFromNode(t *testing.T) {
	l := fromText(t, `(symbol "R" (property "Value" "R") (symbol "R_1_1" (pin passive line (at 0 0 0) (length 1) (name "~") (number "1"))))`)
	s := find(t, l, "R")
	for _, name := range []string{"L:R", "R_1", "R"} {
		var w sexpr.Writer
		s.WriteCopy(&w, name)
		tree, err := sexpr.Parse("copy", string(w.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		c, err := symbol.FromNode("L", tree.Root())
		if err != nil {
			t.Fatal(err)
		}
		if c.Lib != "L" || c.Name != strings.TrimPrefix(name, "L:") {
			t.Errorf("copy %s is %s", name, c.LibID())
		}
		if diff := cmp.Diff(s.Pins, c.Pins, cmpopts.IgnoreUnexported(symbol.Pin{})); diff != "" {
			t.Errorf("pins differ (-want +got):\n%s", diff)
		}
		if same := c.Checksum() == s.Checksum(); same != (c.Name == s.Name) {
			t.Errorf("copy %s: checksum %s, of the symbol %s", name, c.Checksum(), s.Checksum())
		}
	}
}
