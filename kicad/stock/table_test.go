package stock_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/sexpr"
	"starboard/kicad/stock"
)

const testBodies = `# drawings
body dash
line 0 0 50 0

body nested
draw dash

body wrong
line 0 0 50
`

func TestMistakesInTables(t *testing.T) {
	const pin = "pin 1 ~ passive line 0 0 up 100\n"
	for _, tt := range []struct{ name, text, want string }{
		{"no description", "symbol X\nref X\n", "t.sym:1: symbol: the line ends, want a description"},
		{"no reference", "# c\nsymbol X \"an x\"\n" + pin, "t.sym:2: symbol X has no ref line"},
		{"unknown keyword", "symbol X \"an x\"\nref X\n\nreff Y\n", `t.sym:4: got "reff", want a keyword of a table`},
		{"twice", "symbol X \"an x\"\nref X\nref Y\n", "t.sym:3: a second ref line in symbol X"},
		{"left over", "symbol X \"an x\"\nref X Y\n", `t.sym:2: ref: got "Y", want the end of the line`},
		{"open quote", "symbol X \"an x\nref X\n", "t.sym:1: a word that begins with a quote has none at its end"},
		{"quote inside", "symbol X a\"b\"\n", `t.sym:1: got a quote or tab inside a word: a"b"`},
		{"after a quote", "symbol X \"a\"b\n", `t.sym:1: got 'b' after a closing quote, want a blank`},
		{"flag", "symbol X \"an x\"\nref X\nflags power off\n", `t.sym:3: flags: got "off", want power, no_bom, no_sim, no_board or locked`},
		{"no flag", "symbol X \"an x\"\nref X\nflags\n", "t.sym:3: flags: the line ends, want a flag"},
		{"numbers", "symbol X \"an x\"\nref X\nnumbers show\n", `t.sym:3: numbers: got "show", want hide`},
		{"names", "symbol X \"an x\"\nref X\nnames hide -1\n", "t.sym:3: names: got -1, want an offset of 0 or more"},
		{"names alone", "symbol X \"an x\"\nref X\nnames\n", "t.sym:3: names: the line ends, want an offset"},
		{"fields", "symbol X \"an x\"\nref X\nfields left\n", `t.sym:3: fields: got "left", want split, side, up or down`},
		{"pin type", "symbol X \"an x\"\nref X\npin 1 ~ power line 0 0 up 100\n", `t.sym:3: pin: got "power", want input, output, bidirectional, tri_state, passive, free, unspecified, power_in, power_out, open_collector, open_emitter or no_connect`},
		{"pin shape", "symbol X \"an x\"\nref X\npin 1 ~ input round 0 0 up 100\n", `t.sym:3: pin: got "round", want line, inverted, clock, inverted_clock, input_low, clock_low, output_low, edge_clock_high or non_logic`},
		{"pin side", "symbol X \"an x\"\nref X\npin 1 ~ input line 0 0 U 100\n", `t.sym:3: pin: got "U", want right, up, left or down`},
		{"pin without length", "symbol X \"an x\"\nref X\npin 1 ~ input line 0 0 up\n", "t.sym:3: pin: the line ends, want a length"},
		{"millimetres", "symbol X \"an x\"\nref X\npin 1 ~ input line 2.54 0 up 100\n", `t.sym:3: pin: got "2.54", want a position`},
		{"leading zero", "symbol X \"an x\"\nref X\npin 1 ~ input line 050 0 up 100\n", `t.sym:3: pin: got "050", want a position`},
		{"minus nought", "symbol X \"an x\"\nref X\npin 1 ~ input line -0 0 up 100\n", `t.sym:3: pin: got "-0", want a position`},
		{"too large", "symbol X \"an x\"\nref X\npin 1 ~ input line 1000000 0 up 100\n", `t.sym:3: pin: got "1000000", want a position`},
		{"run", "symbol X \"an x\"\nref X\npins 1-4 ~ input line 0 0 up 100 100 0\n", `t.sym:3: pins: got "1-4", want a range such as 1..8`},
		{"run of one", "symbol X \"an x\"\nref X\npins 1..1 ~ input line 0 0 up 100 100 0\n", `t.sym:3: pins: got "1..1", want a range such as 1..8`},
		{"run by one", "symbol X \"an x\"\nref X\npins 1..4 by 1 ~ input line 0 0 up 100 100 0\n", "t.sym:3: pins: got a step of 1, want 2 or more"},
		{"run without way", "symbol X \"an x\"\nref X\npins 1..4 ~ input line 0 0 up 100\n", "t.sym:3: pins: the line ends, want the way to the next pin"},
		{"alt alone", "symbol X \"an x\"\nref X\nalt A input line\n", "t.sym:3: alt: no single pin above it"},
		{"alt of a run", "symbol X \"an x\"\nref X\npins 1..4 ~ input line 0 0 up 100 100 0\nalt A input line\n", "t.sym:4: alt: no single pin above it"},
		{"pin of units", "symbol X \"an x\"\nref X\nunit 1..4\n" + pin, "t.sym:4: pin: a pin cannot belong to more than one unit; use unit 0 for all of them"},
		{"unit", "symbol X \"an x\"\nref X\nunit A\n", `t.sym:3: unit: got "A", want a number or a range such as 1..4`},
		{"units backwards", "symbol X \"an x\"\nref X\nunit 4..1\n", `t.sym:3: unit: got "4..1", want a number or a range such as 1..4`},
		{"style", "symbol X \"an x\"\nref X\nunit 1 style 3\n", "t.sym:3: unit: got style 3, want 0, 1 or 2"},
		{"coordinates", "symbol X \"an x\"\nref X\nrect 0 0 10\n", "t.sym:3: rect: the line ends, want a coordinate"},
		{"one point", "symbol X \"an x\"\nref X\nline 0 0\n", "t.sym:3: line: got 1 points, want 2 or more"},
		{"odd number", "symbol X \"an x\"\nref X\nline 0 0 10 0 20\n", `t.sym:3: line: got "20", want the end of the line`},
		{"fill", "symbol X \"an x\"\nref X\nrect 0 0 10 10 fill red\n", `t.sym:3: rect: got "red", want body or solid`},
		{"radius", "symbol X \"an x\"\nref X\ncircle 0 0 -5\n", "t.sym:3: circle: got -5, want a radius of 0 or more"},
		{"no such body", "symbol X \"an x\"\nref X\ndraw das\n", "t.sym:3: draw: no body named das"},
		{"turn", "symbol X \"an x\"\nref X\ndraw dash turn 45\n", `t.sym:3: draw: got "45", want 90, 180 or 270`},
		{"once", "symbol X \"an x\"\nref X\ndraw dash times 1 0 0\n", "t.sym:3: draw: got 1 copies, want 2 or more"},
		{"body in a body", "symbol X \"an x\"\nref X\ndraw nested\n", "bodies:6: draw: a body cannot draw another"},
		{"wrong body", "symbol X \"an x\"\nref X\ndraw wrong\n", `bodies:9: line: got 1 points, want 2 or more`},
		{"like nothing", "symbol X \"an x\"\nlike Y\n", "t.sym:1: symbol X is like Y, which this table does not have"},
		{"like with pins", "symbol X \"an x\"\nlike Y\n" + pin + "\nsymbol Y \"a y\"\nref Y\n", "t.sym:1: symbol X is like Y, so it cannot have pins or drawings of its own"},
		{"like a like", "symbol X \"an x\"\nlike Y\n\nsymbol Y \"a y\"\nlike Z\n\nsymbol Z \"a z\"\nref Z\n", "t.sym:1: symbol X is like Y, which is itself like Z"},
		{"like itself", "symbol X \"an x\"\nlike X\n", "t.sym:1: symbol X is like X, which is itself like X"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := stock.CompileText("t.sym", tt.text, testBodies, "X")
			if err == nil {
				t.Fatalf("CompileText gave no error and %s, want %s", out, tt.want)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("CompileText: error differs (-want +got):\n%s", diff)
			}
		})
	}
}

// shapesOf compiles the lines as the drawing of a symbol and returns what is
// drawn, each shape on one line, without its stroke and fill.
func shapesOf(t *testing.T, lines string) string {
	t.Helper()
	out, err := stock.CompileText("t.sym", "symbol X \"an x\"\nref X\n"+lines, testBodies, "X")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := sexpr.Parse("X", string(out))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range tree.Root().Child("symbol").Child("symbol").All() {
		if !n.IsList() {
			continue
		}
		for k := range n.All() {
			if k.Head() != "stroke" && k.Head() != "fill" {
				b.WriteString(strings.Join(strings.Fields(k.Source()), " ") + " ")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestDrawings(t *testing.T) {
	for _, tt := range []struct{ name, lines, want string }{
		{"as it is", "draw dash\n", "polyline (pts (xy 0 0) (xy 1.27 0) ) \n"},
		{"moved", "draw dash at 100 -50\n", "polyline (pts (xy 2.54 -1.27) (xy 3.81 -1.27) ) \n"},
		{"mirrored", "draw dash mirror\n", "polyline (pts (xy 0 0) (xy -1.27 0) ) \n"},
		{"turned", "draw dash turn 90\n", "polyline (pts (xy 0 0) (xy 0 1.27) ) \n"},
		{"mirrored, turned, moved", "draw dash at 0 50 mirror turn 90\n", "polyline (pts (xy 0 1.27) (xy 0 0) ) \n"},
		{"copies from the top", "draw dash at 0 -50 times 2 0 50\n", "polyline (pts (xy 0 0) (xy 1.27 0) ) \npolyline (pts (xy 0 -1.27) (xy 1.27 -1.27) ) \n"},
		{"closed", "poly 0 0 50 0 50 50\n", "polyline (pts (xy 0 0) (xy 1.27 0) (xy 1.27 1.27) (xy 0 0) ) \n"},
		{"arcs run clockwise", "arc 50 0 0 50 -50 0\n", "arc (start -1.27 0) (mid 0 1.27) (end 1.27 0) \n"},
		{"left to right, text last", "text -90 0 \"a b\" size 20\ncircle 10 0 5\nrect -5 0 5 5\n",
			"rectangle (start -0.127 0) (end 0.127 0.127) \ncircle (center 0.254 0) (radius 0.127) \ntext \"a b\" (at -2.286 0 0) (effects (font (size 0.508 0.508) ) ) \n"},
		{"same place: smaller circle first", "circle 0 0 9\ncircle 0 0 5\n", "circle (center 0 0) (radius 0.127) \ncircle (center 0 0) (radius 0.2286) \n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, shapesOf(t, tt.lines)); diff != "" {
				t.Errorf("shapes differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRunOfPinsIsItsPins(t *testing.T) {
	compile := func(pins string) string {
		t.Helper()
		out, err := stock.CompileText("t.sym", "symbol X \"an x\"\nref X\n"+pins, "", "X")
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	want := compile("pin 5 P5 passive line 0 -100 right 50\npin 1 P1 passive line 0 100 right 50\npin 3 P3 passive line 0 0 right 50\n")
	got := compile("pins 1..5 by 2 P# passive line 0 100 right 50 0 -100\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a run differs from its pins (-pins +run):\n%s", diff)
	}
}
