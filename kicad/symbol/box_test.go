package symbol_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"starboard/kicad/geom"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/sexpr"
	"starboard/kicad/symbol"
)

func TestBox(t *testing.T) {
	mm := func(a, b, c, d float64) geom.Box {
		nm := func(v float64) int64 { return int64(v * geom.MM) }
		return geom.Box{Min: geom.Point{X: nm(a), Y: nm(b)}, Max: geom.Point{X: nm(c), Y: nm(d)}}
	}
	for _, tt := range []struct {
		name, body string
		want       geom.Box
	}{
		{"nothing", ``, mm(0, 0, 0, 0)},
		{"rectangle", `(rectangle (start 3 -1) (end 1 2))`, mm(1, -1, 3, 2)},
		{"circle", `(circle (center 1 2) (radius 3))`, mm(-2, -1, 4, 5)},
		{"half circle", `(arc (start 0 -2) (mid 2 0) (end 0 2))`, mm(0, -2, 2, 2)},
		{"three quarters of a circle", `(arc (start 0 -2) (mid 1.4142 1.4142) (end -2 0))`, mm(-2, -2, 2, 2)},
		{"full circle", `(arc (start 0 0) (mid 2 0) (end 0 0))`, mm(0, -1, 2, 1)},
		{"straight arc", `(arc (start 0 0) (mid 1 1) (end 2 2))`, mm(0, 0, 2, 2)},
		{"polyline", `(polyline (pts (xy 1 1) (xy 5 -2)))`, mm(1, -2, 5, 1)},
		{"curve", `(bezier (pts (xy 0 0) (xy 1 3) (xy 2 3) (xy 3 0)))`, mm(0, 0, 3, 3)},
		{"text box", `(text_box "x" (at 1 5 0) (size 3 -2))`, mm(1, 3, 4, 5)},
		{"hidden pin", `(pin input line (at 0 10 270) (length 5) hide (name "VCC") (number "1"))`, mm(0, 10, 0, 10)},
		{"bare pin", `(pin input line (at -5 1 0) (length 2) (name "~") (number "~"))`, mm(-5, 1, -3, 1)},
		{"pin below", `(pin input line (at 0 -5 90) (length 2) (name "~") (number "~"))`, mm(0, -5, 0, -3)},
	} {
		s := find(t, fromText(t, `(symbol "A" `+tt.body+`)`), "A")
		got := s.Box(1, 1)
		if d := max(abs(got.Min.X-tt.want.Min.X), abs(got.Min.Y-tt.want.Min.Y), abs(got.Max.X-tt.want.Max.X), abs(got.Max.Y-tt.want.Max.Y)); d > 100 {
			t.Errorf("%s: box = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func abs(v int64) int64 { return max(v, -v) }

func TestPieces(t *testing.T) {
	s := find(t, fromText(t, `(symbol "A"
		(rectangle (start -1 1) (end 1 -1)) (polyline (pts (xy 1 0) (xy 3 0) (xy 3 2)) (fill (type none)))
		(polyline (pts (xy 5 0) (xy 7 0) (xy 7 2)) (fill (type background)))
		(pin input line (at -5 0 0) (length 2) (name "~") (number "1000"))
		(pin input line (at 0 9 270) (length 2) hide (name "~") (number "2")))`), "A")
	got := s.Pieces(1, 1)
	if len(got) != 5 { // the open line makes two, the hidden pin none
		t.Fatalf("Pieces = %v, want 5 of them", got)
	}
	all := got[0]
	for _, b := range got {
		all = all.Union(b)
	}
	if least := int64(-5 * geom.MM); all.Min.X != least {
		t.Errorf("pieces begin at %d, want %d, the end of the pin: its number is longer", all.Min.X, least)
	}
}

// What KiCad draws of a symbol lies in its box.
func TestBoxHoldsDrawing(t *testing.T) {
	kicadtest.Require(t)
	var text strings.Builder
	text.WriteString("(kicad_symbol_lib (version 20241209) (generator \"x\")\n")
	var symbols []*symbol.Symbol
	for _, file := range libraries(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".kicad_sym")
		l, err := symbol.Open(name, file)
		if err != nil {
			t.Fatal(err)
		}
		names, err := l.Names()
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(names); i += max(1, len(names)/6) {
			s := find(t, l, names[i])
			id := fmt.Sprintf("S%03d", len(symbols))
			symbols = append(symbols, s)
			// Without its fields, and with a mark at the origin.
			bare := *s
			bare.Properties = slices.Clone(s.Properties)
			for j := range bare.Properties {
				bare.Properties[j].Hidden = true
			}
			var w sexpr.Writer
			bare.WriteCopy(&w, id)
			copied := strings.TrimSpace(string(w.Bytes()))
			text.WriteString(strings.TrimSuffix(copied, ")") + "(symbol \"" + id + "_0_0\" (circle (center 0 0) (radius 0.1111))))\n")
		}
	}
	text.WriteString(")\n")
	dir := t.TempDir()
	file := filepath.Join(dir, "L.kicad_sym")
	if err := os.WriteFile(file, []byte(text.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	if r := kicadtest.Run(t, "sym", "export", "svg", "-o", dir, file); r.Status != 0 {
		t.Fatalf("export: %s%s", r.Stdout, r.Stderr)
	}
	units, excess := 0, int64(0)
	for i, s := range symbols {
		for unit := 1; unit <= min(s.Units, 5); unit++ {
			b, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("S%03d_unit%d.svg", i, unit)))
			if err != nil {
				t.Fatal(err)
			}
			drawn, ok := extents(t, string(b))
			if !ok {
				continue
			}
			units++
			box := s.Box(unit, 1)
			const rounding = 300
			if !box.Grow(rounding).Contains(drawn.Min) || !box.Grow(rounding).Contains(drawn.Max) {
				t.Errorf("%s unit %d is drawn in %v, its box is %v", s.LibID(), unit, drawn, box)
			}
			// The ends of an arc are all that extents takes of it, and a hidden pin is not drawn.
			if svgArc.Match(b) || slices.ContainsFunc(s.UnitPins(unit, 1), func(p symbol.Pin) bool { return p.Hidden }) {
				continue
			}
			excess = max(excess, drawn.Min.X-box.Min.X, drawn.Min.Y-box.Min.Y, box.Max.X-drawn.Max.X, box.Max.Y-drawn.Max.Y)
		}
	}
	t.Logf("%d units; the largest excess at one side is %d um", units, excess/1000)
	if excess > geom.MM {
		t.Error("boxes are too large")
	}
	if units < 50 {
		t.Errorf("%d units were checked", units)
	}
}

var (
	svgPath   = regexp.MustCompile(`\sd="([^"]*)"`)
	svgCircle = regexp.MustCompile(`<circle cx="([-0-9.]+)" cy="([-0-9.]+)" r="([-0-9.]+)"`)
	svgRect   = regexp.MustCompile(`<rect x="([-0-9.]+)" y="([-0-9.]+)" width="([-0-9.]+)" height="([-0-9.]+)"`)
	svgArc    = regexp.MustCompile(`A\s*[-0-9.]+[ ,]+[-0-9.]+[ ,]+[-0-9.]+[ ,]+[01][ ,]+[01][ ,]+`)
	svgNumber = regexp.MustCompile(`-?[0-9.]+`)
)

// extents returns the box of the lines in a drawing of a symbol, without the
// mark at the origin, in library coordinates.
func extents(t *testing.T, svg string) (geom.Box, bool) {
	t.Helper()
	nm := func(s string) int64 {
		v, err := sexpr.Decimal(s, 6)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	var origin geom.Point
	var points []geom.Point
	marked := false
	for _, m := range svgCircle.FindAllStringSubmatch(svg, -1) {
		c, r := geom.Point{X: nm(m[1]), Y: nm(m[2])}, nm(m[3])
		if r == 111_100 {
			origin, marked = c, true
			continue
		}
		b := geom.BoxOf(c).Grow(r)
		points = append(points, b.Min, b.Max)
	}
	if !marked {
		t.Fatal("the drawing has no mark")
	}
	for _, m := range svgRect.FindAllStringSubmatch(svg, -1) {
		p := geom.Point{X: nm(m[1]), Y: nm(m[2])}
		points = append(points, p, p.Add(geom.Point{X: nm(m[3]), Y: nm(m[4])}))
	}
	for _, m := range svgPath.FindAllStringSubmatch(svg, -1) {
		numbers := svgNumber.FindAllString(svgArc.ReplaceAllString(m[1], ""), -1)
		if len(numbers)%2 != 0 {
			t.Fatalf("path %s has %d numbers", strconv.Quote(m[1]), len(numbers))
		}
		for i := 0; i < len(numbers); i += 2 {
			points = append(points, geom.Point{X: nm(numbers[i]), Y: nm(numbers[i+1])})
		}
	}
	if len(points) == 0 {
		return geom.Box{}, false
	}
	b := geom.BoxOf(points...)
	lib := func(p geom.Point) geom.Point { p = p.Sub(origin); return geom.Point{X: p.X, Y: -p.Y} }
	return geom.BoxOf(lib(b.Min), lib(b.Max)), true
}
