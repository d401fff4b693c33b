package svg_test

import (
	"encoding/xml"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"starboard/kicad/connect"
	"starboard/kicad/geom"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/svg"
)

func TestMain(m *testing.M) {
	code := m.Run()
	kicadtest.Cleanup()
	os.Exit(code)
}

// A segment is a straight line in micrometres, its lesser end first; a circle
// is one from its centre to its right.
type segment [4]float64

func newSegment(a, b, c, d float64) segment {
	if a > c || a == c && b > d {
		a, b, c, d = c, d, a, b
	}
	return segment{a, b, c, d}
}

// A writing is a text with the extents of its strokes, in micrometres.
type writing struct {
	text string
	box  [4]float64
}

// A plot is what KiCad's SVG or ours consists of.
type plot struct {
	segments []segment
	writings []writing
	curves   []func(x, y float64) bool // whether a place is on a curve, which KiCad draws in parts
	crosses  []segment                 // of parts that are not fitted
}

var (
	pathToken = regexp.MustCompile(`[A-Za-z]|-?[0-9.]+`)
	textGroup = "stroked-text"
)

// readPlot reads what kicad-cli drew. Texts are groups of strokes there.
func readPlot(t *testing.T, file string) plot {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var (
		p     plot
		depth int // inside a text: open elements of it
		now   writing
		desc  bool
	)
	d := xml.NewDecoder(f)
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return p
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			attr := map[string]string{}
			for _, a := range e.Attr {
				attr[a.Name.Local] = a.Value
			}
			if depth > 0 {
				depth++
				desc = e.Name.Local == "desc"
			}
			switch {
			case attr["class"] == textGroup:
				depth, now = 1, writing{box: [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}}
			case e.Name.Local == "path" && depth > 0:
				for _, s := range pathSegments(attr["d"]) {
					now.box[0], now.box[1] = math.Min(now.box[0], s[0]), math.Min(now.box[1], math.Min(s[1], s[3]))
					now.box[2], now.box[3] = math.Max(now.box[2], s[2]), math.Max(now.box[3], math.Max(s[1], s[3]))
				}
			case e.Name.Local == "path":
				p.segments = append(p.segments, pathSegments(attr["d"])...)
			case e.Name.Local == "line":
				p.segments = append(p.segments, newSegment(number(attr["x1"]), number(attr["y1"]), number(attr["x2"]), number(attr["y2"])))
			case e.Name.Local == "circle":
				x, y, r := number(attr["cx"]), number(attr["cy"]), number(attr["r"])
				p.segments = append(p.segments, segment{x, y, x + r, y})
			case e.Name.Local == "rect" && len(p.segments) > 0: // the first is the page
				x, y, w, h := number(attr["x"]), number(attr["y"]), number(attr["width"]), number(attr["height"])
				p.segments = append(p.segments, newSegment(x, y, x+w, y), newSegment(x+w, y, x+w, y+h), newSegment(x, y+h, x+w, y+h), newSegment(x, y, x, y+h))
			}
		case xml.CharData:
			if desc {
				now.text += string(e)
			}
		case xml.EndElement:
			desc = false
			if depth > 0 {
				if depth--; depth == 0 && now.box[0] <= now.box[2] {
					p.writings = append(p.writings, now)
				}
			}
		}
	}
}

func number(s string) float64 {
	v, _ := strconv.ParseFloat(s, 64)
	return math.Round(v*10000) / 10
}

// pathSegments returns the straight lines of a path, and the chords of arcs.
func pathSegments(d string) []segment {
	var (
		out        []segment
		start, now [2]float64
		command    string
	)
	tokens := pathToken.FindAllString(d, -1)
	for i := 0; i < len(tokens); {
		if c := tokens[i]; c[0] >= 'A' && c[0] <= 'z' {
			command = strings.ToUpper(c)
			i++
			if command == "Z" && !strings.Contains(d, "A") {
				out = append(out, newSegment(now[0], now[1], start[0], start[1]))
				now = start
			}
			continue
		}
		skip := 0
		if command == "L" && strings.Contains(d, "A") { // a filled arc is closed over its centre
			i += 2
			continue
		}
		if command == "A" {
			skip = 5
		}
		if i+skip+1 >= len(tokens) {
			break
		}
		next := [2]float64{number(tokens[i+skip]), number(tokens[i+skip+1])}
		if command == "M" {
			start, command = next, "L"
			if strings.Contains(d, "A") {
				command = "A"
			}
		} else if next != now {
			out = append(out, newSegment(now[0], now[1], next[0], next[1]))
		}
		now = next
		i += skip + 2
	}
	return out
}

// ours returns the same of a picture.
func ours(p *svg.Picture) plot {
	um := func(v int64) float64 { return float64(v) / 1000 }
	var out plot
	line := func(a, b geom.Point) {
		if a != b {
			out.segments = append(out.segments, newSegment(um(a.X), um(a.Y), um(b.X), um(b.Y)))
		}
	}
	for _, it := range p.Items {
		for n, e := range it.Elements {
			switch e.Shape {
			case svg.Lines:
				if n > 0 && isBar(it.Elements[n-1].Words, e) {
					continue // a bar over text: a stroke of that in KiCad
				}
				for i, q := range e.Points[1:] {
					if p := e.Points[i]; e.Stroke.Ink == svg.NotFitted {
						out.crosses = append(out.crosses, newSegment(um(p.X), um(p.Y), um(q.X), um(q.Y)))
						continue
					}
					line(e.Points[i], q)
				}
				if e.Closed {
					line(e.Points[len(e.Points)-1], e.Points[0])
				}
			case svg.Curve:
				out.curves = append(out.curves, func(x, y float64) bool {
					const steps = 2000
					for i := range steps + 1 {
						t := float64(i) / steps
						u := 1 - t
						var at [2]float64
						for k, f := range [4]float64{u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t} {
							at[0] += f * um(e.Points[k].X)
							at[1] += f * um(e.Points[k].Y)
						}
						if math.Hypot(at[0]-x, at[1]-y) < near {
							return true
						}
					}
					return false
				})
			case svg.Arc:
				line(e.Points[0], e.Points[2])
				out.curves = append(out.curves, circle(e.Points))
			case svg.Circle:
				c := e.Points[0]
				line(c, geom.Point{X: c.X + e.Radius, Y: c.Y})
			case svg.Text:
				w := e.Words
				at := e.Words.At
				along := [2]float64{um(at.X) - um(w.Length)*float64(1+w.Anchor)/2, um(at.Y)}
				box := [4]float64{along[0], along[1] - um(w.Size), along[0] + um(w.Length), along[1]}
				if w.Vertical {
					low := um(at.Y) + um(w.Length)*float64(1+w.Anchor)/2
					box = [4]float64{um(at.X) - um(w.Size), low - um(w.Length), um(at.X), low}
				}
				out.writings = append(out.writings, writing{w.Text, box})
			}
		}
	}
	return out
}

// isBar reports whether a line is the bar over a text.
func isBar(w *svg.Words, e svg.Element) bool {
	if w == nil || len(e.Points) != 2 {
		return false
	}
	rise := w.At.Y - e.Points[0].Y
	if w.Vertical {
		rise = w.At.X - e.Points[0].X
	}
	d := rise - w.Size*2683/2100
	return -1000 < d && d < 1000
}

// circle returns whether a place is on the circle through three points.
func circle(p []geom.Point) func(x, y float64) bool {
	x := func(i int) float64 { return float64(p[i].X) / 1000 }
	y := func(i int) float64 { return float64(p[i].Y) / 1000 }
	d := 2 * (x(0)*(y(1)-y(2)) + x(1)*(y(2)-y(0)) + x(2)*(y(0)-y(1)))
	if d == 0 { // KiCad bends it by its own rounding
		return func(px, py float64) bool {
			away := (x(2)-x(0))*(py-y(0)) - (y(2)-y(0))*(px-x(0))
			return math.Abs(away)/math.Hypot(x(2)-x(0), y(2)-y(0)) < near
		}
	}
	square := func(i int) float64 { return x(i)*x(i) + y(i)*y(i) }
	cx := (square(0)*(y(1)-y(2)) + square(1)*(y(2)-y(0)) + square(2)*(y(0)-y(1))) / d
	cy := (square(0)*(x(2)-x(1)) + square(1)*(x(0)-x(2)) + square(2)*(x(1)-x(0))) / d
	r := math.Hypot(x(0)-cx, y(0)-cy)
	return func(x, y float64) bool { return math.Abs(math.Hypot(x-cx, y-cy)-r) < near }
}

// drawn leaves out the segments that are only dots: the ends of closed paths.
func drawn(list []segment) []segment {
	return slices.DeleteFunc(list, func(s segment) bool { return math.Hypot(s[2]-s[0], s[3]-s[1]) < 5 })
}

// near is how far off a place may be, in micrometres: KiCad turns arcs into
// ones of a centre and angles, and rounds.
const near = 16

// missing returns those of a that b has not, each with what is near enough.
func missing(a, b []segment, near float64) []segment {
	sorted := append([]segment{}, b...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i][0] < sorted[j][0] })
	var out []segment
next:
	for _, s := range a {
		i := sort.Search(len(sorted), func(i int) bool { return sorted[i][0] >= s[0]-near })
		for ; i < len(sorted) && sorted[i][0] <= s[0]+near; i++ {
			o := sorted[i]
			if math.Abs(o[1]-s[1]) <= near && math.Abs(o[2]-s[2]) <= near && math.Abs(o[3]-s[3]) <= near ||
				math.Abs(o[1]-s[3]) <= near && math.Abs(o[2]-s[2]) <= near && math.Abs(o[3]-s[1]) <= near {
				continue next
			}
		}
		out = append(out, s)
	}
	return out
}

// markup is what a piece of one of our texts lacks against KiCad's: they are
// compared where neither has any.
var markup = regexp.MustCompile(`[~^_]\{|[{}\t]`)

func TestPlotsLikeKiCad(t *testing.T) {
	kicadtest.Require(t)
	demo := kicadtest.DemoDir(t)
	for _, tt := range []struct {
		name, file string
	}{
		{"everything", "testdata/everything.kicad_sch"},
		{"programmer", filepath.Join(demo, "pic_programmer/pic_programmer.kicad_sch")},
		{"amplifier", filepath.Join(demo, "simulation/q17/Q17ng.kicad_sch")},
		{"hierarchy", filepath.Join(demo, "complex_hierarchy/complex_hierarchy.kicad_sch")},
		{"mixer", filepath.Join(demo, "multichannel/multichannel_mixer.kicad_sch")},
		{"buses", filepath.Join(demo, "kit-dev-coldfire-xilinx_5213/kit-dev-coldfire-xilinx_5213.kicad_sch")},
		{"images", filepath.Join(demo, "tiny_tapeout/tinytapeout-demo.kicad_sch")},
		{"feather", filepath.Join(demo, "royalblue54L_feather/RoyalBlue54L-Feather.kicad_sch")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if r := kicadtest.Run(t, "sch", "export", "svg", "-o", dir, tt.file); r.Status != 0 {
				t.Fatalf("kicad-cli: exit status %d\n%s", r.Status, r.Stderr)
			}
			s, err := connect.Read(tt.file)
			if err != nil {
				t.Fatal(err)
			}
			for _, sheet := range s.Sheets {
				name := strings.TrimSuffix(filepath.Base(tt.file), ".kicad_sch")
				if sheet.Depth > 0 {
					name += "-" + strings.ReplaceAll(strings.Trim(sheet.Name, "/"), "/", "-")
				}
				comparePlots(t, sheet.Name, readPlot(t, filepath.Join(dir, name+".svg")), ours(svg.Draw(s, sheet, svg.Options{})))
			}
		})
	}
}

func comparePlots(t *testing.T, sheet string, want, got plot) {
	t.Helper()
	lost := slices.DeleteFunc(missing(drawn(want.segments), got.segments, near), func(s segment) bool {
		return slices.ContainsFunc(got.curves, func(on func(x, y float64) bool) bool { return on(s[0], s[1]) && on(s[2], s[3]) })
	})
	// The cross over a part that is not fitted is allowed to be a little larger
	// or smaller.
	const about = 100
	lost = missing(lost, got.crosses, about)
	extra := append(missing(drawn(got.segments), want.segments, near), missing(got.crosses, want.segments, about)...)
	if len(lost) > 0 || len(extra) > 0 {
		t.Errorf("sheet %s: of %d lines of KiCad %d are not in the picture, such as %v; of %d in the picture %d are not KiCad's, such as %v",
			sheet, len(want.segments), len(lost), lost[:min(len(lost), 4)], len(got.segments), len(extra), extra[:min(len(extra), 4)])
	}
	have := map[string][]writing{}
	for _, w := range got.writings {
		have[w.text] = append(have[w.text], w)
	}
	compared := 0
	for _, w := range want.writings {
		if markup.MatchString(w.text) || strings.TrimSpace(w.text) != w.text || strings.HasPrefix(w.text, "KiCad E.D.A.") {
			continue
		}
		compared++
		best, at := math.Inf(1), [4]float64{}
		for _, o := range have[w.text] {
			// The strokes lie inside the box from the baseline to the top of the
			// capitals, but for descenders: by how much do they not?
			d := 0.0
			for i := range 2 {
				size := math.Min(o.box[2]-o.box[0], o.box[3]-o.box[1])
				d = math.Max(d, o.box[i]-w.box[i]-size*0.45)
				d = math.Max(d, w.box[i+2]-o.box[i+2]-size*0.45)
				// and fill it, but for the space around a glyph
				d = math.Max(d, w.box[i]-o.box[i]-size)
				d = math.Max(d, o.box[i+2]-w.box[i+2]-size)
			}
			if d < best {
				best, at = d, o.box
			}
		}
		if best > 0 {
			t.Errorf("sheet %s: text %q: KiCad's strokes are in %.0f; nearest of %d in the picture in %.0f", sheet, w.text, w.box, len(have[w.text]), at)
		}
	}
	if compared < 5 {
		t.Errorf("sheet %s: only %d texts compared", sheet, compared)
	}
}
