package font_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/internal/kicadtest"
)

// slack is how much larger than the drawing a box may be at each edge, in
// nanometres: KiCad rounds to 100 nm, step by step.
const slack = 1_000

var sides = []geom.Side{geom.Right, geom.Up, geom.Left, geom.Down}

var shapes = []font.Shape{font.Input, font.Output, font.Bidirectional, font.TriState, font.Passive}

// justify returns KiCad's spelling of an alignment.
func justify(h, v font.Align) string {
	word := map[font.Align]string{font.Left: " left", font.Right: " right"}[h] +
		map[font.Align]string{font.Top: " top", font.Bottom: " bottom"}[v]
	if word == "" {
		return ""
	}
	return "(justify" + word + ")"
}

func mm(size int64) string { return fmt.Sprintf("%d.%06d", size/geom.MM, size%geom.MM) }

func effects(size int64, justify string) string {
	return fmt.Sprintf("(effects (font (size %[1]s %[1]s)) %[2]s)", mm(size), justify)
}

// A drawing is an item on the sheet and the box that the package says it has.
type drawing struct {
	what string
	want geom.Box
}

func (s *sheet) text(text string, size int64, h, v font.Align, angle int) drawing {
	x, y := s.at()
	s.add(`(text %s (exclude_from_sim no) (at %d %d %d) %s (uuid %q))`,
		quote(text), x, y, angle, effects(size, justify(h, v)), s.id())
	return drawing{
		fmt.Sprintf("text %q size %s align %d %d angle %d", text, mm(size), h, v, angle),
		font.Text(text, size, h, v, angle%180 == 90),
	}
}

// field draws the value of a symbol that is not rotated.
func (s *sheet) field(text string, size int64, h, v font.Align, angle int) drawing {
	s.symbol(text, size, justify(h, v), angle, 0, "")
	return drawing{
		fmt.Sprintf("field %q size %s align %d %d angle %d", text, mm(size), h, v, angle),
		font.Field(text, size, h, v, angle == 90),
	}
}

func (s *sheet) symbol(value string, size int64, justify string, angle, symbolAngle int, mirror string) {
	x, y := s.at()
	hidden := func(name, v string) string {
		return fmt.Sprintf(`(property %q %q (at %d %d 0) (effects (font (size 1.27 1.27)) (hide yes)))`, name, v, x, y)
	}
	ref := fmt.Sprintf("U%d", s.cells)
	s.add(`(symbol (lib_id "t:S") (at %d %d %d) %s (unit 1) (exclude_from_sim no) (in_bom yes) (on_board yes) (dnp no) (uuid %q)
 %s (property "Value" %s (at %d %d %d) %s) %s %s %s
 (instances (project "s" (path "/%s" (reference %q) (unit 1)))))`,
		x, y, symbolAngle, mirror, s.id(), hidden("Reference", ref), quote(value), x, y, angle, effects(size, justify),
		hidden("Footprint", ""), hidden("Datasheet", ""), hidden("Description", ""), rootID, ref)
}

// label draws a local, hierarchical or global label.
func (s *sheet) label(kind, text string, size int64, shape font.Shape, toward geom.Side) drawing {
	x, y := s.at()
	just := "left"
	if toward == geom.Left || toward == geom.Down {
		just = "right"
	}
	form := fmt.Sprintf("(shape %s)", shape)
	var want geom.Box
	switch kind {
	case "label":
		just, form = just+" bottom", ""
		want = font.Label(text, size, toward)
	case "hierarchical_label":
		want = font.HierLabel(text, size, toward)
	case "global_label":
		want = font.GlobalLabel(text, size, shape, toward)
	}
	s.add(`(%s %s %s (at %d %d %d) %s (uuid %q))`,
		kind, quote(text), form, x, y, toward.Angle(), effects(size, "(justify "+just+")"), s.id())
	return drawing{fmt.Sprintf("%s %q size %s %s towards %v", kind, text, mm(size), shape, toward), want}
}

// check draws the sheet in one call of KiCad and compares all boxes. A box
// must hold the drawing, and may exceed it by at most the slack.
func (s *sheet) check(t *testing.T, ds []drawing, slack int64) {
	t.Helper()
	cells := s.draw(t)
	for i, d := range ds {
		got, drawn := extents(cells[i])
		if !drawn {
			if d.want != (geom.Box{}) {
				t.Errorf("%s: nothing is drawn, want box %v", d.what, d.want)
			}
			continue
		}
		inside := d.want.Contains(got.Min) && d.want.Contains(got.Max)
		g := got.Grow(slack)
		if !inside || !g.Contains(d.want.Min) || !g.Contains(d.want.Max) {
			t.Errorf("%s: drawn within %d, our box is %d, which is larger by %d %d %d %d nm",
				d.what, got, d.want, got.Min.X-d.want.Min.X, got.Min.Y-d.want.Min.Y, d.want.Max.X-got.Max.X, d.want.Max.Y-got.Max.Y)
		}
	}
}

// texts returns random texts of the characters known exactly, with markup
// and escapes, well-formed and not.
func texts(r *rand.Rand, n int) []string {
	plain := []rune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-*/=.,:;!?#%&@$()[]<>|'\"\\ ~_^" +
		"µμΩΩ°±Δ≤≥–—…×·²³½äöüßÄÖÜéèñçÅøαβγπσφωΣΦЖя€←→↑↓√∞≈≠∅■○")
	marks := []string{"~{", "_{", "^{", "}", "}", "{slash}", "{space}", "{lt}", "{brace}", "{foo}", "{", "{bar}"}
	list := make([]string, n)
	for i := range list {
		var b strings.Builder
		for k := 1 + r.IntN(14); k > 0; k-- {
			if r.IntN(5) == 0 {
				m := marks[r.IntN(len(marks))]
				if strings.HasSuffix(b.String(), "$") {
					continue // would be a text variable
				}
				b.WriteString(m)
			} else {
				b.WriteRune(plain[r.IntN(len(plain))])
			}
		}
		list[i] = b.String()
	}
	return list
}

// special are texts that random ones would hardly hit.
var special = []string{
	"x", "RST", "~{RST}", "~{RST}/~{CS}", "V_{CC}", "10^{-6}", "A{slash}B", "~{CS{slash}EN}", "~", "~~", "~{}", "~{ }", "_{}",
	"~{i}", "_{~{i}}", "~{a_{b}c}", "_{a^{b}c}", "^{a_{b}c}", "^{a^{b}c}", "~{a~{b}c}", "~{a", "~{a_{b}", "a}b", "~{a{b}c}",
	"{dblquote}{quote}{lt}{gt}{backslash}{bar}{comma}{colon}{dollar}", "D[7..0]", "BUS{A B}", "{foo{slash}}", "~{slash}",
	"10 kΩ ±5 %", "µC", "−3 dB", "Straße", "‘quoted’", "I", "i", "_", "g_{g}", "^{^}", " lead", "trail  ", "@{slash}", "@{A}",
}

func sizes(r *rand.Rand) int64 {
	return []int64{1_270_000, 1_270_000, 1_000_000, 1_524_000, 2_540_000, 500_000, 762_000}[r.IntN(7)]
}

func TestTextsAsDrawn(t *testing.T) {
	kicadtest.Require(t)
	r := rand.New(rand.NewPCG(1, 2))
	aligns := []font.Align{font.Left, font.Center, font.Right}
	var s sheet
	var ds []drawing
	for _, text := range append(texts(r, 400), special...) {
		h, v := aligns[r.IntN(3)], aligns[r.IntN(3)]
		ds = append(ds, s.text(text, sizes(r), h, v, 90*r.IntN(4)), s.field(text, sizes(r), h, v, 90*r.IntN(2)))
	}
	for _, text := range []string{"one\ntwo", "a\n\nb", "wide line\ni\n~{bar}", "{return}x", "g\nÅ"} {
		for _, h := range aligns {
			for _, v := range aligns {
				ds = append(ds, s.text(text, 1_270_000, h, v, 0), s.text(text, 1_270_000, h, v, 90),
					s.field(text, 1_270_000, h, v, 0), s.field(text, 2_540_000, h, v, 90))
			}
		}
	}
	for _, text := range []string{"\tx", "a\tb", "abcd\tb", "a\t\tb", "{tab}x"} {
		ds = append(ds, s.text(text, 1_270_000, font.Left, font.Bottom, 0))
	}
	s.check(t, ds, slack)
}

func TestLabelsAsDrawn(t *testing.T) {
	kicadtest.Require(t)
	r := rand.New(rand.NewPCG(3, 4))
	var s sheet
	var ds []drawing
	for i, text := range append(texts(r, 120), special...) {
		for _, toward := range sides {
			shape := shapes[(i+int(toward))%len(shapes)]
			ds = append(ds,
				s.label("label", text, sizes(r), "", toward),
				s.label("hierarchical_label", text, sizes(r), shape, toward),
				s.label("global_label", text, sizes(r), shape, toward))
		}
	}
	s.check(t, ds, slack)
}

// Characters that are known by their span only may make the box larger, by
// what the span's box has more than the character, but never too small.
func TestSpansAsDrawn(t *testing.T) {
	kicadtest.Require(t)
	var s sheet
	var ds []drawing
	for _, text := range []string{"中文標籤", "日本語テスト", "한국어", "ẞ", "Tiếng Việt", "ἀρχή", "😀 ok", "ＡＢＣ", "ｱｲｳ"} {
		for _, h := range []font.Align{font.Left, font.Center, font.Right} {
			ds = append(ds, s.text(text, 1_270_000, h, font.Bottom, 0), s.field(text, 1_270_000, h, font.Top, 90))
		}
		ds = append(ds, s.label("label", text, 1_270_000, "", geom.Down),
			s.label("global_label", text, 1_270_000, font.Input, geom.Left))
	}
	s.check(t, ds, 5_000_000)
}

// The eight orientations of a symbol, with the field spelled so that it reads
// to the right and stands above its anchor.
func TestFieldsOfTurnedSymbols(t *testing.T) {
	kicadtest.Require(t)
	var s sheet
	var ds []drawing
	want := font.Field("~{R12}g", 1_270_000, font.Left, font.Bottom, false)
	for _, tt := range []struct {
		angle, field    int
		mirror, justify string
	}{
		{0, 0, "", "left bottom"}, {90, 90, "", "right top"}, {180, 0, "", "right top"}, {270, 90, "", "left bottom"},
		{0, 0, "(mirror x)", "left top"}, {0, 0, "(mirror y)", "right bottom"},
		{90, 90, "(mirror x)", "right bottom"}, {270, 90, "(mirror x)", "left top"},
	} {
		s.symbol("~{R12}g", 1_270_000, "(justify "+tt.justify+")", tt.field, tt.angle, tt.mirror)
		ds = append(ds, drawing{fmt.Sprintf("field of a symbol %d %s", tt.angle, tt.mirror), want})
	}
	s.check(t, ds, slack)
}

// A sheet pin is drawn as a hierarchical label that reads into its sheet.
func TestSheetPinsAsDrawn(t *testing.T) {
	kicadtest.Require(t)
	var s sheet
	var ds []drawing
	for _, toward := range sides {
		for _, shape := range shapes {
			x, y := s.at()
			// The pin stands on the edge opposite to where it reads.
			angle := toward.Opposite().Angle()
			corner := map[geom.Side][2]int{geom.Right: {0, -30}, geom.Left: {-60, -30}, geom.Down: {-30, 0}, geom.Up: {-30, -60}}[toward]
			just := "left"
			if toward == geom.Left || toward == geom.Down {
				just = "right"
			}
			s.add(`(sheet (at %d %d) (size 60 60) (exclude_from_sim no) (in_bom yes) (on_board yes) (dnp no)
 (stroke (width 0.1524) (type solid)) (fill (color 0 0 0 0.0000)) (uuid %q)
 (property "Sheetname" "N%d" (at %d %d 0) (effects (font (size 1.27 1.27)) (hide yes)))
 (property "Sheetfile" "none.kicad_sch" (at %d %d 0) (effects (font (size 1.27 1.27)) (hide yes)))
 (pin "~{g}1" %s (at %d %d %d) (uuid "00000000-0000-4000-8002-%012d") %s)
 (instances (project "s" (path "/%s" (page "2")))))`,
				x+corner[0], y+corner[1], s.id(), s.cells, x, y, x, y, shape, x, y, angle, s.cells,
				effects(1_270_000, "(justify "+just+")"), rootID)
			ds = append(ds, drawing{fmt.Sprintf("sheet pin %s towards %v", shape, toward), font.HierLabel("~{g}1", 1_270_000, toward)})
		}
	}
	s.check(t, ds, slack)
}

func TestSheetFieldsAsDrawn(t *testing.T) {
	kicadtest.Require(t)
	aligns := []font.Align{font.Left, font.Center, font.Right}
	var s sheet
	var ds []drawing
	for _, h := range aligns {
		for _, v := range aligns {
			for _, angle := range []int{0, 90} {
				for i, name := range []string{"Filter_{A} ~{g}", "~", "filter.kicad_sch"} {
					x, y := s.at()
					field, shown, hidden := "Sheetname", name, "Sheetfile"
					if i == 2 {
						field, shown, hidden = hidden, "File: "+name, field
					}
					s.add(`(sheet (at %d %d) (size 20 20) (exclude_from_sim no) (in_bom yes) (on_board yes) (dnp no)
 (stroke (width 0.1524) (type solid)) (fill (color 0 0 0 0.0000)) (uuid %q)
 (property %q %q (at %d %d %d) %s) (property %q "x%d" (at %d %d 0) (effects (font (size 1.27 1.27)) (hide yes)))
 (instances (project "s" (path "/%s" (page "2")))))`,
						x, y, s.id(), field, name, x, y, angle, effects(1_270_000, justify(h, v)), hidden, s.cells, x, y, rootID)
					ds = append(ds, drawing{
						fmt.Sprintf("%s align %d %d angle %d", field, h, v, angle),
						font.SheetField(shown, 1_270_000, h, v, angle == 90),
					})
				}
			}
		}
	}
	s.check(t, ds, slack)
}
