package project

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
	"starboard/kicad/symbol"
)

// TestExamplesAreSettled checks what stands for a save by KiCad where its
// editor is not at hand, wherever placement puts things: each example has
// only forms that KiCad is known to save as they are, and its wires are such
// that KiCad has nothing to tidy up.
func TestExamplesAreSettled(t *testing.T) {
	known := map[string]bool{}
	for name, text := range readTree(t, filepath.Join(savedDir, "kinds")) {
		if strings.HasSuffix(name, ".kicad_sch") {
			for _, s := range allShapes(parseSchematic(t, name, text)) {
				known[s] = true
			}
		}
	}
	run := starboard(t)
	for _, script := range scripts(t) {
		t.Run(filepath.Base(script), func(t *testing.T) {
			for name, text := range run(t, script) {
				if !strings.HasSuffix(name, ".kicad_sch") {
					continue
				}
				root := parseSchematic(t, name, text)
				for _, s := range allShapes(root) {
					if !known[s] {
						t.Errorf("%s has %s, which %s/kinds has not: draw one in kindsProject, and run TestResave", name, s, savedDir)
					}
				}
				for _, fault := range unsettled(t, root) {
					t.Errorf("%s: %s", name, fault)
				}
			}
		})
	}
}

func TestUnsettled(t *testing.T) {
	for _, tt := range []struct{ name, items, want string }{
		{name: "nothing", items: ``},
		{name: "corner", items: `(wire (pts (xy 0 0) (xy 5 0))) (wire (pts (xy 5 0) (xy 5 5)))`},
		{name: "crossing", items: `(wire (pts (xy 0 0) (xy 8 0))) (wire (pts (xy 4 -4) (xy 4 4)))`},
		{name: "branch", items: `(wire (pts (xy 0 0) (xy 4 0))) (wire (pts (xy 4 0) (xy 8 0))) (wire (pts (xy 4 0) (xy 4 4))) (junction (at 4 0))`},
		{name: "point", items: `(wire (pts (xy 1 2) (xy 1 2)))`, want: "wire from (1.00, 2.00) to (1.00, 2.00) has no length"},
		{name: "overlap", items: `(wire (pts (xy 0 0) (xy 4 0))) (wire (pts (xy 6 0) (xy 3 0)))`, want: "wires from (0.00, 0.00) and from (6.00, 0.00) lie on each other"},
		{name: "inside", items: `(wire (pts (xy 0 0) (xy 0 9))) (wire (pts (xy 0 3) (xy 0 4)))`, want: "wires from (0.00, 0.00) and from (0.00, 3.00) lie on each other"},
		{name: "two in line", items: `(wire (pts (xy 0 0) (xy 4 0))) (wire (pts (xy 9 0) (xy 4 0)))`, want: "two wires at (4.00, 0.00) could be one"},
		{name: "two in line at a sheet pin", items: `(wire (pts (xy 0 0) (xy 4 0))) (wire (pts (xy 9 0) (xy 4 0))) (sheet (pin "x" input (at 4 0 0)))`},
		{name: "two in line at a junction", items: `(wire (pts (xy 0 0) (xy 4 0))) (wire (pts (xy 4 0) (xy 9 0))) (junction (at 4 0))`, want: "two wires at (4.00, 0.00) could be one; junction at (4.00, 0.00) joins 2 ends"},
		{name: "junction at a pin", items: `(wire (pts (xy 0 0) (xy 4 0))) (wire (pts (xy 4 0) (xy 9 0))) (junction (at 4 0)) (sheet (pin "x" input (at 4 0 0)))`},
		{name: "junction at the end of a wire", items: `(wire (pts (xy 0 0) (xy 4 0))) (junction (at 4 0)) (sheet (pin "x" input (at 4 0 0)))`, want: "junction at (4.00, 0.00) joins 2 ends"},
		{name: "junction on a corner", items: `(wire (pts (xy 0 0) (xy 4 0))) (wire (pts (xy 4 0) (xy 4 4))) (junction (at 4 0))`, want: "junction at (4.00, 0.00) joins 2 ends"},
		{name: "junction on a wire", items: `(wire (pts (xy 0 0) (xy 8 0))) (wire (pts (xy 4 0) (xy 4 4))) (junction (at 4 0))`, want: "junction at (4.00, 0.00) divides the wire from (0.00, 0.00)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := parseSchematic(t, tt.name, []byte("(kicad_sch (lib_symbols) "+tt.items+")"))
			if got := strings.Join(unsettled(t, root), "; "); got != tt.want {
				t.Errorf("unsettled = %q, want %q", got, tt.want)
			}
		})
	}
}

func parseSchematic(t *testing.T, name string, text []byte) sexpr.Node {
	t.Helper()
	tree, err := sexpr.Parse(name, string(text))
	if err != nil {
		t.Fatal(err)
	}
	return tree.Root()
}

// allShapes returns the shapes of what is drawn, library copies excepted,
// each once.
func allShapes(root sexpr.Node) []string {
	seen := map[string]bool{}
	for item := range root.All() {
		if item.IsList() && item.Head() != "lib_symbols" {
			addShapes(seen, item, root.Head())
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func addShapes(seen map[string]bool, n sexpr.Node, path string) {
	path += "/" + n.Head()
	seen[path+" "+shape(n, true)] = true
	for child := range n.All() {
		if child.IsList() {
			addShapes(seen, child, path)
		}
	}
}

// shape returns a list without what users choose: each text is a string, each
// number a 0 but for angles. Of the lists in it, in their order, it has the
// heads, one of equal ones that follow each other, and all of what says how a
// symbol stands. The lines of a title block are all of them optional, so it
// is shown without.
func shape(n sexpr.Node, deep bool) string {
	var words []string
	for child := range n.All() {
		w := "0"
		switch {
		case child.IsList() && n.Head() == "title_block":
			continue
		case child.IsList() && deep && (child.Is("at") || child.Is("mirror")):
			w = shape(child, false)
		case child.IsList():
			w = "(" + child.Head() + ")"
		case child.IsString():
			w = "string"
		case n.Is("at") && len(words) == 3:
			w = child.Source()
		case strings.Trim(child.Source(), "-.0123456789") != "":
			w = child.Source()
		}
		if len(words) == 0 || words[len(words)-1] != w || w == "0" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

// unsettled says what of the wires and junctions KiCad 9 would change when it
// opens the schematic. It makes one wire of two that lie on each other, and of
// two in line that meet at no pin, be there a label or a junction; it divides
// a wire at a junction, and takes away a junction of fewer than three ends, of
// wires and pins.
func unsettled(t *testing.T, root sexpr.Node) []string {
	t.Helper()
	pins := pinPlaces(t, root)
	var faults []string
	report := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	type wire struct{ from, to geom.Point }
	var wires []wire
	ends := map[geom.Point][]wire{}
	for n := range root.Lists("wire") {
		pts := n.Child("pts")
		w := wire{point(t, pts.Arg(1)), point(t, pts.Arg(2))}
		if w.from == w.to {
			report("wire from %v to %v has no length", w.from, w.to)
			continue
		}
		wires = append(wires, w)
		ends[w.from] = append(ends[w.from], w)
		ends[w.to] = append(ends[w.to], w)
	}
	inLine := func(a, b wire) bool {
		return a.from.X == a.to.X && b.from.X == b.to.X && a.from.X == b.from.X || a.from.Y == a.to.Y && b.from.Y == b.to.Y && a.from.Y == b.from.Y
	}
	for i, a := range wires {
		for _, b := range wires[i+1:] {
			box, other := geom.BoxOf(a.from, a.to), geom.BoxOf(b.from, b.to)
			common := geom.Box{
				Min: geom.Point{X: max(box.Min.X, other.Min.X), Y: max(box.Min.Y, other.Min.Y)},
				Max: geom.Point{X: min(box.Max.X, other.Max.X), Y: min(box.Max.Y, other.Max.Y)},
			}
			if inLine(a, b) && common.Width()+common.Height() > 0 && common.Width() >= 0 && common.Height() >= 0 {
				report("wires from %v and from %v lie on each other", a.from, b.from)
			}
		}
	}
	for _, p := range slices.SortedFunc(maps.Keys(ends), geom.Point.Compare) {
		if w := ends[p]; len(w) == 2 && inLine(w[0], w[1]) && pins[p] == 0 {
			report("two wires at %v could be one", p)
		}
	}
	for n := range root.Lists("junction") {
		p := point(t, n.Child("at"))
		joined := len(ends[p]) + pins[p]
		for _, w := range wires {
			if p != w.from && p != w.to && geom.BoxOf(w.from, w.to).Contains(p) {
				report("junction at %v divides the wire from %v", p, w.from)
				joined += 2
			}
		}
		if joined < 3 {
			report("junction at %v joins %d ends", p, joined)
		}
	}
	return faults
}

// pinPlaces counts the pins of symbols and sheets at each place.
func pinPlaces(t *testing.T, root sexpr.Node) map[geom.Point]int {
	t.Helper()
	lib := map[string]*symbol.Symbol{}
	for n := range root.Child("lib_symbols").Lists("symbol") {
		name, _, _ := strings.Cut(n.Arg(1).Text(), ":")
		s, err := symbol.FromNode(name, n)
		if err != nil {
			t.Fatal(err)
		}
		lib[n.Arg(1).Text()] = s
	}
	places := map[geom.Point]int{}
	for n := range root.Lists("symbol") {
		s := lib[n.Child("lib_id").Arg(1).Text()]
		o := geom.Orientation{Angle: integer(t, n.Child("at").Arg(3))}
		if m := n.Child("mirror"); m.Present() {
			o.Mirror = geom.Mirror(m.Arg(1).Source())
		}
		for _, pin := range s.UnitPins(integer(t, n.Child("unit").Arg(1)), 1) {
			places[point(t, n.Child("at")).Add(o.Apply(pin.At))]++
		}
	}
	for sheet := range root.Lists("sheet") {
		for pin := range sheet.Lists("pin") {
			places[point(t, pin.Child("at"))]++
		}
	}
	return places
}

func point(t *testing.T, n sexpr.Node) geom.Point {
	t.Helper()
	x, err := n.Arg(1).Nanometres()
	if err != nil {
		t.Fatal(err)
	}
	y, err := n.Arg(2).Nanometres()
	if err != nil {
		t.Fatal(err)
	}
	return geom.Point{X: x, Y: y}
}

func integer(t *testing.T, n sexpr.Node) int {
	t.Helper()
	v, err := n.Int()
	if err != nil {
		t.Fatal(err)
	}
	return v
}
