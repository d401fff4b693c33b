package font_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"starboard/kicad/geom"
	"starboard/kicad/internal/kicadtest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	kicadtest.Cleanup()
	os.Exit(code)
}

// A sheet is a schematic in which each item has a cell of its own, so that
// the strokes in the drawing can be told apart by where they are.
type sheet struct {
	items []string
	cells int
}

// Cells are large enough for every item of the tests, and anchors stand in
// their middle, on whole millimetres.
const (
	cell    = 400 // mm
	columns = 40
)

// at returns the anchor of the next cell, in millimetres.
func (s *sheet) at() (x, y int) {
	x, y = s.cells%columns*cell+cell/2, s.cells/columns*cell+cell/2
	s.cells++
	return x, y
}

func (s *sheet) add(format string, args ...any) {
	s.items = append(s.items, fmt.Sprintf(format, args...))
}

// id returns an identifier that no other item has.
func (s *sheet) id() string { return fmt.Sprintf("00000000-0000-4000-8001-%012x", len(s.items)+1) }

// A stroke is a line of a drawing in 100 nm, relative to its cell's anchor.
type stroke struct {
	points []geom.Point
	width  int64
}

const rootID = "00000000-0000-4000-8000-000000000000"

// draw has KiCad draw the sheet and returns the strokes in each cell.
func (s *sheet) draw(t testing.TB) [][]stroke {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "s.kicad_sch")
	text := `(kicad_sch (version 20250114) (generator "eeschema") (generator_version "9.0") (uuid "` + rootID +
		`") (paper "A4") (lib_symbols ` + bareSymbol + ")\n" + strings.Join(s.items, "\n") +
		"\n" + `(sheet_instances (path "/" (page "1"))))` + "\n"
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	r := kicadtest.Run(t, "sch", "export", "svg", "--exclude-drawing-sheet", "--no-background-color", "-o", dir, name)
	svg, err := os.ReadFile(filepath.Join(dir, "s.svg"))
	if err != nil || r.Status != 0 {
		t.Fatalf("kicad-cli: status %d, %v\n%s%s", r.Status, err, r.Stdout, r.Stderr)
	}
	return s.strokes(t, string(svg))
}

// bareSymbol has no graphics: only the fields of its instances are drawn.
const bareSymbol = `(symbol "t:S" (exclude_from_sim no) (in_bom yes) (on_board yes)
 (property "Reference" "U" (at 0 0 0) (effects (font (size 1.27 1.27))))
 (property "Value" "" (at 0 0 0) (effects (font (size 1.27 1.27))))
 (property "Footprint" "" (at 0 0 0) (effects (font (size 1.27 1.27))))
 (property "Datasheet" "" (at 0 0 0) (effects (font (size 1.27 1.27))))
 (property "Description" "" (at 0 0 0) (effects (font (size 1.27 1.27)))))`

var (
	drawnParts = regexp.MustCompile(`stroke-width:([0-9.]+)|\sd="M([^"]*)"|<(circle|ellipse)\b`)
	drawnNums  = regexp.MustCompile(`-?[0-9]+\.[0-9]+`)
)

func (s *sheet) strokes(t testing.TB, svg string) [][]stroke {
	t.Helper()
	cells := make([][]stroke, s.cells)
	width := int64(0)
	for _, m := range drawnParts.FindAllStringSubmatch(svg, -1) {
		switch {
		case m[1] != "":
			width = tenth(t, m[1])
		case m[3] != "":
			t.Fatalf("the drawing has a %s, want lines only", m[3])
		default:
			nums := drawnNums.FindAllString(m[2], -1)
			var k stroke
			k.width = width
			var n int
			for i := 0; i+1 < len(nums); i += 2 {
				p := geom.Point{X: tenth(t, nums[i]), Y: tenth(t, nums[i+1])}
				if i == 0 {
					n = int(p.Y/(cell*10_000))*columns + int(p.X/(cell*10_000))
					if n >= len(cells) {
						t.Fatalf("stroke at %v lies in no cell", p)
					}
				}
				k.points = append(k.points, p.Sub(geom.Point{
					X: int64(n%columns*cell+cell/2) * 10_000,
					Y: int64(n/columns*cell+cell/2) * 10_000,
				}))
			}
			cells[n] = append(cells[n], k)
		}
	}
	return cells
}

// tenth returns millimetres as a number of 100 nm.
func tenth(t testing.TB, s string) int64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return int64(math.Round(f * 10_000))
}

// extents returns the box around strokes with their pen, in nanometres.
func extents(ks []stroke) (geom.Box, bool) {
	var b geom.Box
	for i, k := range ks {
		c := geom.BoxOf(k.points...).Grow(k.width / 2)
		if i > 0 {
			c = c.Union(b)
		}
		b = c
	}
	b.Min.X, b.Min.Y, b.Max.X, b.Max.Y = b.Min.X*100, b.Min.Y*100, b.Max.X*100, b.Max.Y*100
	return b, len(ks) > 0
}

// quote returns s as a string of a KiCad file.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
