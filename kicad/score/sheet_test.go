package score_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"starboard/kicad/connect"
	"starboard/kicad/score"
)

// A sheet is a drawing in units of 1.27 mm, for tests to worsen.
type sheet struct {
	paper     string
	parts     []place
	wires     [][4]float64
	junctions [][2]float64
	labels    []label
}

type place struct {
	symbol string
	ref    string
	x, y   float64
	angle  int
	value  string
	field  [2]float64 // where its value stands, from the anchor
}

type label struct {
	kind, shape, text string
	x, y              float64
	angle             int
}

// library has a resistor (pins 3 above and below), a buffer (input 6 to the
// left, output 6 to the right), and two power symbols.
const library = `(lib_symbols
(symbol "T:R" (pin_numbers (hide yes)) (pin_names (offset 0) (hide yes)) (property "Reference" "R" (at 0 0 0) (effects))
	(symbol "R_0_1" (rectangle (start -1.27 2.54) (end 1.27 -2.54) (stroke (width 0) (type default)) (fill (type none))))
	(symbol "R_1_1" (pin passive line (at 0 3.81 270) (length 1.27) (name "~" (effects)) (number "1" (effects)))
		(pin passive line (at 0 -3.81 90) (length 1.27) (name "~" (effects)) (number "2" (effects)))))
(symbol "T:B" (pin_names (offset 0) (hide yes)) (pin_numbers (hide yes)) (property "Reference" "U" (at 0 0 0) (effects))
	(symbol "B_0_1" (rectangle (start -5.08 3.81) (end 5.08 -3.81) (stroke (width 0) (type default)) (fill (type background))))
	(symbol "B_1_1" (pin input line (at -7.62 0 0) (length 2.54) (name "I" (effects)) (number "1" (effects)))
		(pin output line (at 7.62 0 180) (length 2.54) (name "O" (effects)) (number "2" (effects)))))
(symbol "T:GND" (power) (property "Reference" "#PWR" (at 0 0 0) (effects (hide yes)))
	(symbol "GND_0_1" (polyline (pts (xy 0 0) (xy 0 -1.27) (xy 1.27 -1.27) (xy 0 -2.54) (xy -1.27 -1.27) (xy 0 -1.27)) (stroke (width 0) (type default)) (fill (type none))))
	(symbol "GND_1_1" (pin power_in line (at 0 0 270) (length 0) (name "~" (effects)) (number "1" (effects)))))
(symbol "T:VCC" (power) (property "Reference" "#PWR" (at 0 0 0) (effects (hide yes)))
	(symbol "VCC_0_1" (polyline (pts (xy -0.762 1.27) (xy 0 2.54) (xy 0.762 1.27)) (stroke (width 0) (type default)) (fill (type none))))
	(symbol "VCC_1_1" (pin power_in line (at 0 0 90) (length 0) (name "~" (effects)) (number "1" (effects))))))
`

func (s *sheet) text() string {
	var b strings.Builder
	mm := func(units float64) string { return fmt.Sprintf("%.4f", units*1.27) }
	n := 0
	uuid := func() string { n++; return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }
	fmt.Fprintf(&b, "(kicad_sch (version 20250114) (generator \"eeschema\") (uuid %q) (paper %q)\n%s", uuid(), s.paper, library)
	for _, w := range s.wires {
		fmt.Fprintf(&b, "(wire (pts (xy %s %s) (xy %s %s)) (stroke (width 0) (type default)) (uuid %q))\n", mm(w[0]), mm(w[1]), mm(w[2]), mm(w[3]), uuid())
	}
	for _, j := range s.junctions {
		fmt.Fprintf(&b, "(junction (at %s %s) (diameter 0) (color 0 0 0 0) (uuid %q))\n", mm(j[0]), mm(j[1]), uuid())
	}
	for _, l := range s.labels {
		shape, justify := "", "left"
		if l.shape != "" {
			shape = "(shape " + l.shape + ") "
		}
		if l.angle >= 180 {
			justify = "right"
		}
		fmt.Fprintf(&b, "(%s %q %s(at %s %s %d) (effects (font (size 1.27 1.27)) (justify %s bottom)) (uuid %q))\n", l.kind, l.text, shape, mm(l.x), mm(l.y), l.angle, justify, uuid())
	}
	for _, p := range s.parts {
		hide := ""
		if strings.HasPrefix(p.ref, "#") {
			hide = " (hide yes)"
		}
		ref := [2]float64{0, -5}
		if p.symbol == "R" {
			ref = [2]float64{4, -1}
		}
		fmt.Fprintf(&b, `(symbol (lib_id "T:%s") (at %s %s %d) (unit 1) (uuid %q)
	(property "Reference" %q (at %s %s 0) (effects (font (size 1.27 1.27))%s))
	(property "Value" %q (at %s %s 0) (effects (font (size 1.27 1.27))))
	(instances (project "t" (path "/00000000-0000-4000-8000-000000000001" (reference %q) (unit 1)))))
`, p.symbol, mm(p.x), mm(p.y), p.angle, uuid(), p.ref, mm(p.x+ref[0]), mm(p.y+ref[1]), hide, p.value, mm(p.x+p.field[0]), mm(p.y+p.field[1]), p.ref)
	}
	b.WriteString(")\n")
	return b.String()
}

func (s *sheet) score(t testing.TB) *score.Score {
	t.Helper()
	sch, err := connect.ReadFS(fstest.MapFS{"t.kicad_sch": {Data: []byte(s.text())}}, "t.kicad_sch")
	if err != nil {
		t.Fatal(err)
	}
	got, err := score.Sheet(sch, sch.Root)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// good returns a chain of buffers with resistors to the supply between them,
// and below it two pairs of resistors side by side.
func good() *sheet {
	s := &sheet{paper: "A4"}
	const top = 50
	for i := range 4 {
		x := float64(40 + 30*i)
		s.parts = append(s.parts, place{"B", fmt.Sprintf("U%d", i+1), x, top, 0, "BUF", [2]float64{0, 5}})
		if i == 3 {
			s.wires = append(s.wires, [4]float64{x + 6, top, x + 10, top})
			s.labels = append(s.labels, label{"global_label", "output", "OUT", x + 10, top, 0})
			break
		}
		node := x + 15
		s.parts = append(s.parts,
			place{"R", fmt.Sprintf("R%d", i+1), node, top - 8, 0, "10k", [2]float64{4, 1}},
			place{"VCC", fmt.Sprintf("#PWR%d", i+1), node, top - 11, 0, "VCC", [2]float64{0, -3}})
		s.wires = append(s.wires, [4]float64{x + 6, top, node, top}, [4]float64{node, top, x + 24, top}, [4]float64{node, top - 5, node, top})
		s.junctions = append(s.junctions, [2]float64{node, top})
	}
	s.labels = append(s.labels, label{"global_label", "input", "IN", 30, top, 180})
	s.wires = append(s.wires, [4]float64{30, top, 34, top})
	for i, x := range []float64{40, 60} {
		upper, lower := fmt.Sprintf("R%d", 11+2*i), fmt.Sprintf("R%d", 12+2*i)
		s.parts = append(s.parts,
			place{"VCC", fmt.Sprintf("#PWR%d", 11+2*i), x, 77, 0, "VCC", [2]float64{0, -3}},
			place{"R", upper, x, 80, 0, "1k", [2]float64{4, 1}},
			place{"R", lower, x, 100, 0, "2k", [2]float64{4, 1}},
			place{"GND", fmt.Sprintf("#PWR%d", 12+2*i), x, 103, 0, "GND", [2]float64{0, 4}})
		s.wires = append(s.wires, [4]float64{x, 83, x, 97})
	}
	return s
}

func (s *sheet) part(ref string) *place {
	for i := range s.parts {
		if s.parts[i].ref == ref {
			return &s.parts[i]
		}
	}
	panic("no part " + ref)
}

// rewire replaces a wire by others.
func (s *sheet) rewire(old [4]float64, with ...[4]float64) {
	for i, w := range s.wires {
		if w == old {
			s.wires = append(append(s.wires[:i:i], with...), s.wires[i+1:]...)
			return
		}
	}
	panic(fmt.Sprint("no wire ", old))
}
