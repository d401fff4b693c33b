package score_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/connect"
	"starboard/kicad/score"
)

func read(t testing.TB, s *sheet) *connect.Schematic {
	t.Helper()
	sch, err := connect.ReadFS(fstest.MapFS{"t.kicad_sch": {Data: []byte(s.text())}}, "t.kicad_sch")
	if err != nil {
		t.Fatal(err)
	}
	return sch
}

func bad() *sheet {
	s := good()
	s.part("R1").field = [2]float64{-15, 8}
	return s
}

func TestText(t *testing.T) {
	r, err := score.Schematic(read(t, bad()))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := r.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	want := `sheet /: total 898 of 1000 (soft 979, clean 917), 11 parts, 1 fault
  term        quality  weight  figure
  crossings      1000      18  0 crossings
  bends          1000       8  0 bends
  length         1000      10  133 mm would do, of 133 mm drawn
  wired          1000      14  8 of 8 connections
  islands         917       8  3 islands
  labels          978       6  2 labels
  flow           1000      10  5 of 5 to the right
  power          1000      10  7 of 7 power symbols
  alignment      1000       8  11 of 11 parts
  space           683       4  41 ‰ covered
  page           1000       4  271 ‰ of the page
  text        at 50.80, 63.44 mm: text "10k" of R1 is on U1
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("text differs (-want +got):\n%s", diff)
	}
}

func TestJSON(t *testing.T) {
	r, err := score.Schematic(read(t, bad()))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Total  int
		Sheets []struct {
			Sheet                     string
			Parts, Total, Soft, Clean int
			Terms                     []struct {
				Name            string
				Quality, Weight int
			}
			Faults []struct {
				Kind, Message string
				X, Y          int64
			}
		}
	}
	d := json.NewDecoder(strings.NewReader(b.String()))
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	s := got.Sheets[0]
	if got.Total != 898 || s.Sheet != "/" || s.Parts != 11 || s.Soft != 979 || s.Clean != 917 || len(s.Terms) != len(score.Weights) {
		t.Errorf("JSON = %s", b.String())
	}
	if f := s.Faults; len(f) != 1 || f[0].Kind != "text" || f[0].X != 50799 {
		t.Errorf("faults = %v, want one text at x 50799", f)
	}
}

func TestCompare(t *testing.T) {
	var b strings.Builder
	if err := score.Compare(&b, "good <1>", "bad", read(t, good()), read(t, bad())); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{
		"<title>good &lt;1&gt; and bad</title>",
		"Totals: <b>979</b> and <b>898</b> of 1000.",
		`<td>clean</td><td class="n"></td><td class="n best">1000 (0 faults)</td>`,
		`<li>text at 50.80, 63.44 mm: text &#34;10k&#34; of R1 is on U1</li>`,
		`class="fault l-dnp" cx="50800"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %s", want)
		}
	}
	if n := strings.Count(page, "<svg "); n != 2 {
		t.Errorf("page has %d pictures, want 2", n)
	}
	for _, outside := range []string{"http://", "https://", "src=", "<link", "<script"} {
		if rest := strings.ReplaceAll(page, `xmlns="http://www.w3.org/2000/svg"`, ""); strings.Contains(rest, outside) {
			t.Errorf("page refers to something outside: %s", outside)
		}
	}
}

func TestCompareUnevenSheets(t *testing.T) {
	with := strings.TrimSuffix(good().text(), ")\n") + `(sheet (at 150 100) (size 20 20) (stroke (width 0) (type solid)) (fill (color 0 0 0 0)) (uuid "s")
		(property "Sheetname" "Sub" (at 150 99 0) (effects)) (property "Sheetfile" "sub.kicad_sch" (at 150 121 0) (effects))))`
	s, err := connect.ReadFS(fstest.MapFS{"t.kicad_sch": {Data: []byte(with)}, "sub.kicad_sch": {Data: []byte(good().text())}}, "t.kicad_sch")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := score.Compare(&b, "a", "b", s, read(t, good())); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "There is no such sheet.") || strings.Count(b.String(), "<svg ") != 3 {
		t.Errorf("want three pictures and a note that one sheet is missing")
	}
	r, err := score.Schematic(s)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Sheets) != 2 || r.Sheets[0].Parts != 12 || r.Total != (r.Sheets[0].Total*12+r.Sheets[1].Total*11+11)/23 {
		t.Errorf("report = total %d of %d sheets", r.Total, len(r.Sheets))
	}
}

func BenchmarkSheet(b *testing.B) {
	s := read(b, good())
	for b.Loop() {
		if _, err := score.Sheet(s, s.Root); err != nil {
			b.Fatal(err)
		}
	}
}
