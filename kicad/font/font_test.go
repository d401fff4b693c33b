package font_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/font"
	"starboard/kicad/geom"
)

// unit is one unit of the font at a glyph size of 21 mm.
const (
	size21 = 21 * geom.MM
	unit   = size21 / 21
)

func TestWidth(t *testing.T) {
	for _, tt := range []struct {
		text string
		want int64 // units
	}{
		{"", 0},
		{"|", 20},
		{"||", 40},
		{"| |", 56},
		{"µΩ", 46},
		{"中", 31},
		{"~", 15},
		{"~~|", 50},
		{"~{|}", 20},
		{"|~{|}|", 60},
		{"~{}", 0},
		{"_{|}", 16},
		{"^{|}|", 36},
		{"_{|^{|}}|", 52}, // a superscript in a subscript is no smaller
		{"~{_{|}|}", 36},
		{"|}", 34},
		{"{|}", 48},
		{"~{|", 15 + 14 + 20},          // not closed: drawn as it is written
		{"~{|_{|}", 15 + 14 + 20 + 16}, // only the inner one is closed
		{"~{|}|}", 54},                 // closed by the first }
		{"~{|{|}|", 74},                // also where a { precedes it
		{"~{{foo}}", 78},               // but a word in braces stays whole
		{"~ {|}", 15 + 16 + 48},
		{"{slash}", 22},
		{"/", 22},
		{"{space}", 16},
		{"{bar}{bar}", 40},
		{"{brace}", 14},
		{"~{{bar}}", 20},
		{"{foo}", 78},
		{"foo", 50},
		{"~{slash}", 83},
		{"slash", 83},
		{"|\n||\n|", 40},
		{"|{return}||", 40},
		{"~{|\n|}", 49}, // markup ends with its line
		{"\t", 79},
		{"|\t", 79},
		{"||||\t", 163},
		{"\x01", 18}, // drawn as a question mark
		{"\xff", 18},
		{strings.Repeat("|", 1000), 20_000},
		{strings.Repeat("{bar}", 1000), 20_000},
	} {
		if got := font.Width(tt.text, size21); got != tt.want*unit {
			t.Errorf("Width(%.20q) = %d, want %d units", tt.text, got, tt.want)
		}
	}
}

// KiCad rounds each advance to 100 nm.
func TestWidthRounds(t *testing.T) {
	// 20 units of 1.27 mm are 1 209 523.8 nm.
	if got, want := font.Width("||||||||||", 1_270_000), int64(10*1_209_500); got != want {
		t.Errorf("Width = %d, want %d", got, want)
	}
	// The two ways to the width agree.
	for _, s := range []string{"abc XYZ 0123", "V|x@#"} {
		if got, want := font.Width(s+"{foo}", 1_270_000), font.Width(s, 1_270_000)+font.Width("{foo}", 1_270_000); got != want {
			t.Errorf("Width(%q) with and without braces differ: got %d, want %d", s, got, want)
		}
	}
}

func TestLinesAndHeight(t *testing.T) {
	for _, tt := range []struct {
		text   string
		lines  int
		height int64
	}{
		{"", 1, 1_170_000},
		{"a", 1, 1_170_000},
		{"a\nb", 2, 2_779_940},
		{"a{return}\nb", 3, 4_389_880},
	} {
		if got := font.Lines(tt.text); got != tt.lines {
			t.Errorf("Lines(%q) = %d, want %d", tt.text, got, tt.lines)
		}
		if got := font.Height(tt.text, 1_000_000); got != tt.height {
			t.Errorf("Height(%q) = %d, want %d", tt.text, got, tt.height)
		}
	}
}

// near reports whether two boxes differ by less than a micrometre, which the
// boxes have to spare.
func near(a, b geom.Box) bool {
	g := a.Grow(1000)
	s := b.Grow(1000)
	return g.Contains(b.Min) && g.Contains(b.Max) && s.Contains(a.Min) && s.Contains(a.Max)
}

// The figures are from drawings of KiCad, with half a pen of 76.2 um around.
func TestBoxes(t *testing.T) {
	const size = 1_270_000
	box := func(x0, y0, x1, y1 int64) geom.Box {
		return geom.Box{Min: geom.Point{X: x0, Y: y0}, Max: geom.Point{X: x1, Y: y1}}.Grow(76_200)
	}
	for _, tt := range []struct {
		name      string
		got, want geom.Box
	}{
		{"text", font.Text("||", size, font.Left, font.Bottom, false), box(704_900, -1_804_400, 1_914_400, 9_900)},
		{"text up", font.Text("||", size, font.Center, font.Center, true), box(-811_400, -854_700, 1_002_900, 354_700)},
		{"field", font.Field("||", size, font.Left, font.Bottom, false), box(715_900, -1_536_200, 1_925_400, 278_100)},
		{"field up", font.Field("||", size, font.Right, font.Top, true), box(-86_700, 715_900, 1_727_600, 1_925_400)},
		{"label", font.Label("||", size, geom.Right), box(704_900, -1_903_700, 1_914_400, -89_400)},
		{"label left", font.Label("||", size, geom.Left), box(-1_914_500, -1_903_700, -705_000, -89_400)},
		{"hierarchical label", font.HierLabel("||", size, geom.Right), box(0, -811_400, 3_374_900, 1_002_900)},
		{"global label", font.GlobalLabel("||", size, font.Passive, geom.Right), box(0, -1_270_400, 3_753_100, 1_270_400)},
		{"input", font.GlobalLabel("||", size, font.Input, geom.Up), box(-1_270_400, -4_864_400, 1_270_400, 0)},
		{"bidirectional", font.GlobalLabel("||", size, font.Bidirectional, geom.Left), box(-5_975_700, -1_270_400, 0, 1_270_400)},
		{"unknown shape", font.GlobalLabel("||", size, "dot", geom.Left), box(-5_975_700, -1_270_400, 0, 1_270_400)},
	} {
		if !near(tt.got, tt.want) {
			t.Errorf("%s: box differs (-want +got):\n%s", tt.name, cmp.Diff(tt.want, tt.got))
		}
	}
}

// What draws nothing takes no room, except for the flags.
func TestNothing(t *testing.T) {
	for _, s := range []string{"", " ", "~{}", "~", "\n"} {
		if got := font.Text(s, 1_270_000, font.Left, font.Top, false); got != (geom.Box{}) {
			t.Errorf("Text(%q) = %v, want nothing", s, got)
		}
		if got := font.Label(s, 1_270_000, geom.Up); got != (geom.Box{}) {
			t.Errorf("Label(%q) = %v, want nothing", s, got)
		}
		if got := font.HierLabel(s, 1_270_000, geom.Up); got.Height() < 1_270_000 {
			t.Errorf("HierLabel(%q) = %v, want its flag", s, got)
		}
	}
	if got := font.Field("~", 1_270_000, font.Left, font.Top, false); got.Width() == 0 {
		t.Errorf("Field(~) = %v, want the tilde that KiCad draws", got)
	}
}

// Deep and broken markup costs no more than its length.
func TestHostileMarkup(t *testing.T) {
	const n = 100_000
	for _, tt := range []struct {
		text string
		want int64
	}{
		{strings.Repeat("~{", n), 29 * n},
		{strings.Repeat("~{", n) + strings.Repeat("}", n), 0},
		{strings.Repeat("{", n), 14 * n},
		{strings.Repeat("}", n), 14 * n},
	} {
		if got := font.Width(tt.text, size21); got != tt.want*unit {
			t.Errorf("Width(%.8q...) = %d, want %d units", tt.text, got, tt.want)
		}
	}
}

var texts60 = []struct{ name, text string }{
	{"plain", "The quick brown fox jumps over the lazy dog, 0123456789 [AB]."},
	{"markup", "~{RESET}/V_{CC} x^{2} D{slash}C and the rest of a longer text"},
	{"greek", "10 µF ±5 % 4.7 kΩ ≤ 85 °C Δt – rise time of the input signal"},
}

func TestNoAllocation(t *testing.T) {
	for _, tt := range texts60 {
		n := testing.AllocsPerRun(100, func() {
			font.Width(tt.text, 1_270_000)
			font.Field(tt.text, 1_270_000, font.Left, font.Bottom, false)
			font.GlobalLabel(tt.text, 1_270_000, font.Input, geom.Left)
		})
		if n != 0 {
			t.Errorf("%s: got %v allocations, want none", tt.name, n)
		}
	}
}

func BenchmarkWidth(b *testing.B) {
	for _, tt := range texts60 {
		b.Run(tt.name, func(b *testing.B) {
			b.SetBytes(int64(len(tt.text)))
			b.ReportAllocs()
			for b.Loop() {
				font.Width(tt.text, 1_270_000)
			}
		})
	}
}

func BenchmarkGlobalLabel(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		font.GlobalLabel("SPI1_~{CS}", 1_270_000, font.Input, geom.Left)
	}
}
