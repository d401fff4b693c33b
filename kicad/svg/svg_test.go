package svg_test

import (
	"bytes"
	"encoding/xml"
	"flag"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/connect"
	"starboard/kicad/svg"
)

var update = flag.Bool("update", false, "rewrite golden files")

// header begins a schematic; sheet adds items to it.
const header = `(kicad_sch (version 20250114) (generator "eeschema") (uuid "00000000-0000-4000-8000-000000000000") `

const resistor = `(lib_symbols (symbol "Device:R" (pin_numbers (hide yes)) (pin_names (offset 0))
	(property "Reference" "R" (at 0 0 0) (effects (font (size 1.27 1.27))))
	(symbol "R_0_1" (rectangle (start -1.016 2.54) (end 1.016 -2.54) (stroke (width 0.254) (type default)) (fill (type none))))
	(symbol "R_1_1" (pin passive line (at 0 3.81 270) (length 1.27) (name "~" (effects)) (number "1" (effects)))
		(pin passive line (at 0 -3.81 90) (length 1.27) (name "~" (effects)) (number "2" (effects))))))`

const part = `(symbol (lib_id "Device:R") (at 50.8 50.8 0) (unit 1) (uuid "00000000-0000-4000-8000-000000000001")
	(property "Reference" "R1" (at 52.07 50.8 0) (effects (font (size 1.27 1.27)) (justify left)))
	(property "Value" "<4k7 & \"up\">" (at 52.07 53.34 0) (effects (font (size 1.27 1.27)) (justify left)))
	(instances (project "t" (path "/00000000-0000-4000-8000-000000000000" (reference "R1") (unit 1)))))
(wire (pts (xy 50.8 54.61) (xy 50.8 60.96)) (stroke (width 0) (type default)) (uuid "00000000-0000-4000-8000-000000000002"))
(label "OUT" (at 50.8 60.96 0) (effects (font (size 1.27 1.27)) (justify left bottom)) (uuid "00000000-0000-4000-8000-000000000003"))`

func read(t testing.TB, items string) *connect.Schematic {
	t.Helper()
	s, err := connect.ReadFS(fstest.MapFS{"t.kicad_sch": {Data: []byte(header + items + ")")}}, "t.kicad_sch")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func picture(t testing.TB, items string, opts svg.Options) string {
	t.Helper()
	s := read(t, items)
	text := svg.Sheet(s, s.Root, opts)
	wellFormed(t, text)
	return string(text)
}

func wellFormed(t testing.TB, text []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("the picture is no XML: %v", err)
		}
	}
}

func TestGolden(t *testing.T) {
	everything, err := connect.Read("testdata/everything.kicad_sch")
	if err != nil {
		t.Fatal(err)
	}
	small := read(t, `(paper "A5") (title_block (title "A divider's half") (rev "A")) `+resistor+part)
	for _, tt := range []struct {
		file string
		s    *connect.Schematic
		opts svg.Options
	}{
		{"small.svg", small, svg.Options{}},
		{"bare.svg", small, svg.Options{NoFrame: true, Dark: true}},
		{"everything.svg", everything, svg.Options{NoFrame: true}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			got := svg.Sheet(tt.s, tt.s.Root, tt.opts)
			wellFormed(t, got)
			file := filepath.Join("testdata", tt.file)
			if *update {
				if err := os.WriteFile(file, got, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s differs (-want +got); if intended, rerun with -update:\n%s", file, diff)
			}
		})
	}
}

func TestItems(t *testing.T) {
	for _, tt := range []struct {
		name, items, want string
	}{
		{"a part has its reference", resistor + part, `<g class="symbol" data-ref="R1" data-uuid="00000000-0000-4000-8000-000000000001">`},
		{"a wire has its net", resistor + part, `<path class="wire l-wire" data-net="/OUT" data-uuid="00000000-0000-4000-8000-000000000002" d="M50800 54610V60960"/>`},
		{"a label has its net", resistor + part, `<text class="label f-local" data-net="/OUT"`},
		{"texts are escaped", resistor + part, `>&lt;4k7 &amp; &quot;up&quot;&gt;</text>`},
		{"lengths are whole micrometres", `(polyline (pts (xy 0.00025 1.0004) (xy 1.0005 2)) (stroke (width 0) (type default)))`, `d="M0 1000L1001 2000"`},
		{"colours of their own", `(wire (pts (xy 0 0) (xy 1.27 0)) (stroke (width 0.5) (type dash) (color 1 2 3 0.5)) (uuid "u"))`,
			`stroke="#010203" stroke-opacity="0.502" data-uuid="u" d="M0 0H1270" stroke-width="500" stroke-dasharray="5500 2000"`},
		{"overbars are lines", `(text "~{RST}" (at 50 50 0) (effects (font (size 1.27 1.27)) (justify left bottom)) (uuid "u"))`, `class="l-note" d="M`},
		{"spaces are kept", `(text "a  b" (at 50 50 0) (effects (font (size 1.27 1.27))) (uuid "u"))`, `xml:space="preserve">a  b</text>`},
		{"control characters", "(text \"a\x01b\" (at 50 50 0) (effects) (uuid \"u\"))", ">a\uFFFDb</text>"},
		{"an arc the long way round", `(arc (start 10 0) (mid -10 0) (end 8 6) (stroke (width 0) (type default)) (fill (type none)) (uuid u))`, `A10000 10000 0 1 0 8000 6000`},
		{"a missing symbol is only a place", `(symbol (lib_id "X:Y") (at 0 0 0) (unit 1) (uuid "u") (property "Reference" "X1" (at 0 0 0) (effects)) (property "Value" "Y" (at 0 0 0) (effects)))`, `class="symbol" data-ref="X1"`},
		{"portrait", `(paper "A4" portrait)`, `width="210.007mm" height="297.002mm" viewBox="0 0 210007 297002"`},
		{"own size", `(paper "User" 100 50.5)`, `width="100mm" height="50.5mm" viewBox="0 0 100000 50500"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := picture(t, tt.items, svg.Options{NoFrame: true}); !strings.Contains(got, tt.want) {
				t.Errorf("picture lacks %s:\n%s", tt.want, got)
			}
		})
	}
}

func TestEveryNumberIsWhole(t *testing.T) {
	s, err := connect.Read("testdata/everything.kicad_sch")
	if err != nil {
		t.Fatal(err)
	}
	fraction := regexp.MustCompile(` (d|x|y|cx|cy|r|width|height|font-size|textLength|stroke-width|stroke-dasharray|transform)="[^"]*[0-9]\.[0-9]`)
	body := svg.Sheet(s, s.Root, svg.Options{})
	_, body, _ = bytes.Cut(body, []byte("</style>"))
	if got := fraction.Find(body); got != nil {
		t.Errorf("got a fraction: %s", got)
	}
}

func TestThemesDoNotMix(t *testing.T) {
	light, dark := picture(t, resistor+part, svg.Options{}), picture(t, resistor+part, svg.Options{Dark: true})
	if !strings.Contains(light, ".sb-light .l-wire{stroke:#009600}") || strings.Contains(light, "sb-dark") {
		t.Errorf("the light picture's rules are not its own:\n%.600s", light)
	}
	if !strings.Contains(dark, ".sb-dark .l-wire{") || strings.Contains(dark, "sb-light") {
		t.Errorf("the dark picture's rules are not its own:\n%.600s", dark)
	}
}

func TestPNG(t *testing.T) {
	s := read(t, `(paper "A5") `+resistor+part)
	p := svg.Draw(s, s.Root, svg.Options{NoFrame: true})
	data, err := p.PNG(508) // twenty pixels per millimetre
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Size(); got.X != 4201 || got.Y != 2961 {
		t.Errorf("size = %v, want 4201 x 2961", got)
	}
	rgb := func(x, y int) [3]uint32 {
		r, g, b, _ := img.At(x, y).RGBA()
		return [3]uint32{r >> 8, g >> 8, b >> 8}
	}
	for _, tt := range []struct {
		what string
		x, y int
		want [3]uint32
	}{
		{"page", 10, 10, [3]uint32{0xF5, 0xF4, 0xEF}},
		{"wire", 1016, 1160, [3]uint32{0x00, 0x96, 0x00}},
		{"edge of the body", 995, 1016, [3]uint32{0x84, 0x00, 0x00}},
		{"inside of the body", 1016, 1016, [3]uint32{0xF5, 0xF4, 0xEF}},
	} {
		got := rgb(tt.x, tt.y)
		for i := range got {
			if d := int(got[i]) - int(tt.want[i]); d < -12 || d > 12 {
				t.Errorf("%s at %d, %d: got colour %v, want %v", tt.what, tt.x, tt.y, got, tt.want)
				break
			}
		}
	}
	// The label is there: dark pixels above the end of the wire, none above that.
	dark := func(x0, y0, x1, y1 int) (n int) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				if c := rgb(x, y); c[0] < 100 && c[1] < 100 && c[2] < 100 {
					n++
				}
			}
		}
		return n
	}
	if n := dark(1024, 1186, 1096, 1218); n < 100 {
		t.Errorf("the label has %d dark pixels, want some", n)
	}
	if n := dark(1024, 1120, 1096, 1180); n != 0 {
		t.Errorf("above the label are %d dark pixels, want none", n)
	}
	if _, err := p.PNG(100_000); err == nil || !strings.Contains(err.Error(), "want at least 1 pixel, at most 134 million") {
		t.Errorf("PNG(100000) error = %v", err)
	}
	again, _ := svg.Draw(s, s.Root, svg.Options{NoFrame: true}).PNG(508)
	if !bytes.Equal(data, again) {
		t.Error("two PNGs of one sheet differ")
	}
}

func FuzzSheet(f *testing.F) {
	text, err := os.ReadFile("testdata/everything.kicad_sch")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add(header + resistor + part + ")")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := connect.ReadFS(fstest.MapFS{"t.kicad_sch": {Data: []byte(text)}}, "t.kicad_sch")
		if err != nil {
			return
		}
		wellFormed(t, svg.Sheet(s, s.Root, svg.Options{}))
	})
}

func BenchmarkSheet(b *testing.B) {
	var items strings.Builder
	items.WriteString(resistor)
	for range 100 {
		items.WriteString(part)
	}
	s := read(b, items.String())
	if _, err := s.Graph(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		svg.Sheet(s, s.Root, svg.Options{})
	}
}
