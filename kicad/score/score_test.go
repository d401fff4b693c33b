package score_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/connect"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/score"
)

func TestMain(m *testing.M) {
	code := m.Run()
	kicadtest.Cleanup()
	os.Exit(code)
}

func kinds(s *score.Score) string {
	var list []string
	for _, f := range s.Faults {
		list = append(list, f.Kind)
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}

func TestGood(t *testing.T) {
	got := good().score(t)
	if len(got.Faults) > 0 {
		t.Errorf("faults = %v, want none", got.Faults)
	}
	if got.Parts != 11 || got.Total < 930 || got.Total != got.Soft || got.Clean != 1000 {
		t.Errorf("parts, total, soft, clean = %d, %d, %d, %d, want 11, at least 930, the same, 1000: %+v", got.Parts, got.Total, got.Soft, got.Clean, got.Terms)
	}
	want := map[string]string{
		"crossings": "0/0", "bends": "0/0", "wired": "8/8", "islands": "3/0", "labels": "2/0", "flow": "5/5", "power": "7/7", "alignment": "11/11",
	}
	for name, w := range want {
		if g := fmt.Sprintf("%d/%d", got.Term(name).Count, got.Term(name).Of); g != w {
			t.Errorf("term %s = %s, want %s", name, g, w)
		}
	}
	if got := got.Term("length"); got.Quality != 1000 {
		t.Errorf("length = %+v, want the least", got)
	}
}

// Each way to spoil a drawing lowers the total, by what it is meant to lower.
func TestWorse(t *testing.T) {
	base := good().score(t)
	for _, tt := range []struct {
		name   string
		term   string // whose quality falls
		fault  string // kinds of faults that come up
		worsen func(s *sheet)
	}{
		{"parts change places", "", "loose", func(s *sheet) {
			a, b := s.part("U1"), s.part("R12")
			a.x, a.y, b.x, b.y = b.x, b.y, a.x, a.y
		}},
		{"a ground points up", "power", "symbols", func(s *sheet) {
			g := s.part("#PWR12")
			g.angle = 180
			g.field = [2]float64{6, 0}
		}},
		{"wires cross", "crossings", "", func(s *sheet) {
			s.rewire([4]float64{40, 83, 40, 97}, [4]float64{40, 83, 40, 88}, [4]float64{40, 88, 60, 88}, [4]float64{60, 88, 60, 97})
			s.rewire([4]float64{60, 83, 60, 97}, [4]float64{60, 83, 60, 86}, [4]float64{60, 86, 50, 86}, [4]float64{50, 86, 50, 92}, [4]float64{50, 92, 40, 92}, [4]float64{40, 92, 40, 97})
		}},
		{"a wire makes a detour", "bends", "", func(s *sheet) {
			s.rewire([4]float64{40, 83, 40, 97}, [4]float64{40, 83, 40, 86}, [4]float64{40, 86, 50, 86}, [4]float64{50, 86, 50, 92}, [4]float64{50, 92, 40, 92}, [4]float64{40, 92, 40, 97})
		}},
		{"a wire is longer than it needs to be", "length", "", func(s *sheet) {
			s.rewire([4]float64{40, 83, 40, 97}, [4]float64{40, 83, 40, 86}, [4]float64{40, 86, 50, 86}, [4]float64{50, 86, 50, 92}, [4]float64{50, 92, 40, 92}, [4]float64{40, 92, 40, 97})
		}},
		{"labels in place of a wire", "wired", "", func(s *sheet) {
			s.rewire([4]float64{40, 83, 40, 97})
			s.labels = append(s.labels, label{"label", "", "MID", 40, 83, 270}, label{"label", "", "MID", 40, 97, 90})
		}},
		{"power symbols in place of a wire", "islands", "", func(s *sheet) {
			s.rewire([4]float64{40, 83, 40, 97}, [4]float64{40, 83, 40, 86}, [4]float64{40, 86, 50, 86}, [4]float64{40, 97, 40, 94}, [4]float64{40, 94, 50, 94})
			s.parts = append(s.parts, place{"VCC", "#PWR91", 50, 86, 0, "VCC", [2]float64{0, -3}}, place{"VCC", "#PWR92", 50, 94, 0, "VCC", [2]float64{0, -3}})
		}},
		{"more labels", "labels", "", func(s *sheet) {
			s.labels = append(s.labels, label{"label", "", "MID", 40, 90, 0}, label{"label", "", "MUD", 60, 90, 0},
				label{"label", "", "A", 47, 50, 0}, label{"label", "", "B", 77, 50, 0})
		}},
		{"the input is on the right", "flow", "", func(s *sheet) {
			s.labels[0].shape, s.labels[1].shape = "input", "output"
		}},
		{"a part is out of line", "alignment", "", func(s *sheet) {
			p := s.part("R14")
			p.x, p.y, p.angle = 71, 93, 0
			s.part("#PWR14").x, s.part("#PWR14").y = 71, 96
			s.rewire([4]float64{60, 83, 60, 97}, [4]float64{60, 83, 60, 90}, [4]float64{60, 90, 71, 90})
		}},
		{"a huge page", "page", "", func(s *sheet) { s.paper = "A0" }},
		{"parts far apart", "space", "", func(s *sheet) {
			s.paper = "A0"
			p := s.part("#PWR12")
			p.x, p.y = 800, 400
		}},
		{"a text on a symbol", "", "text", func(s *sheet) { s.part("R1").field = [2]float64{-15, 8} }},
		{"a text on a text", "", "text", func(s *sheet) { s.part("R11").field = [2]float64{4, -1} }},
		{"a text on a pin", "", "text", func(s *sheet) {
			a, b := s.part("R11"), s.part("R14")
			a.field = [2]float64{b.x - a.x, b.y - 2.5 - a.y}
		}},
		{"a text on the frame", "", "page", func(s *sheet) {
			p := s.part("R11")
			p.field = [2]float64{9.5 - p.x, 70 - p.y}
		}},
		{"a symbol on a symbol", "", "loose symbols text", func(s *sheet) { s.part("R11").x = 59 }},
		{"a wire through a symbol", "", "wire-symbol", func(s *sheet) {
			s.wires = append(s.wires, [4]float64{30, 79, 50, 79})
			s.labels = append(s.labels, label{"label", "", "A", 30, 79, 180}, label{"label", "", "A", 50, 79, 0})
		}},
		{"a wire through a text", "", "wire-text", func(s *sheet) { s.part("R11").field = [2]float64{0, 10} }},
		{"off the grid", "", "grid", func(s *sheet) {
			s.part("R12").x, s.part("#PWR12").x = 40.3, 40.3
			s.rewire([4]float64{40, 83, 40, 97}, [4]float64{40, 83, 40, 90}, [4]float64{40, 90, 40.3, 90}, [4]float64{40.3, 90, 40.3, 97})
		}},
		{"off the page", "", "page", func(s *sheet) {
			s.part("#PWR12").y = 160
		}},
		{"in the title block", "", "page", func(s *sheet) {
			s.part("#PWR12").x, s.part("#PWR12").y = 180, 145
		}},
		{"a slanted wire", "", "diagonal", func(s *sheet) {
			s.rewire([4]float64{40, 83, 40, 97}, [4]float64{40, 83, 42, 90}, [4]float64{42, 90, 40, 97})
		}},
		{"four lines meet", "", "four-way", func(s *sheet) {
			s.wires = append(s.wires, [4]float64{55, 50, 55, 56})
			s.parts = append(s.parts, place{"R", "R9", 55, 59, 0, "1k", [2]float64{4, 1}})
		}},
		{"wires on each other", "", "overlay", func(s *sheet) { s.wires = append(s.wires, [4]float64{40, 84, 40, 90}) }},
		{"a wire to nowhere", "", "loose", func(s *sheet) { s.wires = append(s.wires, [4]float64{100, 90, 110, 90}) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := good()
			tt.worsen(s)
			got := s.score(t)
			if got.Total >= base.Total {
				t.Errorf("total = %d, want less than %d", got.Total, base.Total)
			}
			if tt.term != "" && got.Term(tt.term).Quality >= base.Term(tt.term).Quality {
				t.Errorf("quality of %s = %d, want less than %d", tt.term, got.Term(tt.term).Quality, base.Term(tt.term).Quality)
			}
			if tt.term != "" && got.Soft >= base.Soft {
				t.Errorf("soft = %d, want less than %d", got.Soft, base.Soft)
			}
			for want := range strings.FieldsSeq(tt.fault) {
				if !strings.Contains(" "+kinds(got)+" ", " "+want+" ") {
					t.Errorf("faults = %v, want some of the kind %s", got.Faults, want)
				}
			}
			if tt.fault == "" && len(got.Faults) > 0 && tt.term != "space" {
				t.Errorf("faults = %v, want none", got.Faults)
			}
		})
	}
}

// What looks like a fault and is usual.
func TestNoFault(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(s *sheet)
	}{
		{"a value inside its own symbol", func(s *sheet) { s.part("U1").field = [2]float64{0, 0} }},
		{"a label on its own wire", func(s *sheet) { s.labels = append(s.labels, label{"label", "", "MID", 47, 50, 0}) }},
		{"a label before the end of its wire", func(s *sheet) {
			s.wires = append(s.wires, [4]float64{100, 90, 120, 90})
			s.labels = append(s.labels, label{"label", "", "N", 105, 90, 0})
		}},
		{"half the grid", func(s *sheet) {
			s.part("#PWR12").x += 5.5
			s.part("#PWR12").y += 0.5
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := good()
			tt.edit(s)
			if got := s.score(t); len(got.Faults) > 0 {
				t.Errorf("faults = %v, want none", got.Faults)
			}
		})
	}
}

func TestSame(t *testing.T) {
	want := good().score(t)
	for range 5 {
		if diff := cmp.Diff(want, good().score(t)); diff != "" {
			t.Fatalf("two scores of one sheet differ (-first +second):\n%s", diff)
		}
	}
}

func TestWeights(t *testing.T) {
	sum := 0
	for _, w := range score.Weights {
		sum += w.Weight
	}
	if sum != 100 {
		t.Errorf("weights add up to %d, want 100", sum)
	}
}

// The drawings that KiCad ships were drawn by people: the score has to find
// most of them good.
func TestDemos(t *testing.T) {
	demo := kicadtest.DemoDir(t)
	var totals, softs []int
	var crossings, bends, labels []int64
	clean := 0
	seen := map[string]bool{}
	err := filepath.WalkDir(demo, func(file string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".kicad_pro" {
			return err
		}
		root := strings.TrimSuffix(file, ".kicad_pro") + ".kicad_sch"
		if _, err := os.Stat(root); err != nil {
			return nil
		}
		s, err := connect.Read(root)
		if err != nil {
			return err
		}
		for _, sheet := range s.Sheets {
			if sheet.Drawing.Missing != nil || seen[sheet.Drawing.File] {
				continue
			}
			seen[sheet.Drawing.File] = true
			sc, err := score.Sheet(s, sheet)
			if err != nil {
				return err
			}
			if sc.Parts < 3 {
				continue
			}
			totals, softs = append(totals, sc.Total), append(softs, sc.Soft)
			crossings = append(crossings, sc.Term("crossings").Count*1000/int64(sc.Parts))
			bends = append(bends, sc.Term("bends").Count*1000/int64(sc.Parts))
			labels = append(labels, sc.Term("labels").Count*1000/int64(sc.Parts))
			if len(sc.Faults) == 0 {
				clean++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(totals) < 60 {
		t.Fatalf("%d sheets found, want at least 60", len(totals))
	}
	t.Logf("%d sheets, %d without a fault; medians: total %d, soft %d; per thousand parts %d crossings, %d bends, %d labels",
		len(totals), clean, median(totals), median(softs), median(crossings), median(bends), median(labels))
	if m := median(softs); m < 750 || m > 900 {
		t.Errorf("median soft score = %d, want 750 to 900", m)
	}
	if clean*10 < len(totals)*4 {
		t.Errorf("%d of %d sheets are without a fault, want two fifths", clean, len(totals))
	}
}

func median[T int | int64](list []T) T {
	slices.Sort(list)
	return list[len(list)/2]
}
