package rule_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"starboard/kicad/annotate"
	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/rule"
	"starboard/kicad/stock"
	"starboard/kicad/symbol"
)

// resistors returns the root sheet of a circuit of so many, in a row.
func resistors(t interface{ Fatal(...any) }, n int) *circuit.Sheet {
	c, err := circuit.New("r")
	if err != nil {
		t.Fatal(err)
	}
	sym := find(t, "Device:R")
	for i := range n {
		p, err := c.Root().AddPart(circuit.Spec{Symbol: sym, InBOM: true, OnBoard: true})
		if err != nil {
			t.Fatal(err)
		}
		for k, pin := range p.Pins() {
			net, err := c.Root().Net(fmt.Sprintf("N%d", i+k))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Root().Connect("", net, pin); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := annotate.Annotate(c, nil, false); err != nil {
		t.Fatal(err)
	}
	return c.Root()
}

func find(t interface{ Fatal(...any) }, id string) *symbol.Symbol {
	sym, err := symbols.Find(id)
	if err != nil {
		t.Fatal(err)
	}
	return sym
}

type embedded struct{}

func (embedded) Symbol(lib, name string) ([]byte, bool) { return stock.Symbol(lib, name) }
func (embedded) Names(lib string) []string              { return stock.Names(lib) }
func (embedded) Libraries() []string                    { return stock.Libraries() }

var symbols = symbol.NewPath(symbol.Source{Kind: symbol.Embedded, Set: embedded{}})

func at(x, y int64) geom.Point { return geom.Point{X: x * geom.Grid, Y: y * geom.Grid} }

// TestWhatIsPlacedIsSound throws parts about: whatever the plan accepts lies on
// the grid, in the frame, and on nothing else.
func TestWhatIsPlacedIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rule.New(resistors(t, 8), "A4")
		units := rule.Units(p.Sheet)
		for range rapid.IntRange(1, 30).Draw(t, "calls") {
			u := units[rapid.IntRange(0, 7).Draw(t, "unit")]
			where := geom.Point{X: rapid.Int64Range(-2, 60).Draw(t, "x") * 5 * geom.Grid, Y: rapid.Int64Range(-2, 40).Draw(t, "y") * 5 * geom.Grid}
			if rapid.IntRange(0, 9).Draw(t, "off") == 0 {
				where.X++
			}
			o := geom.Orientations[rapid.IntRange(0, 7).Draw(t, "o")]
			before, had := p.Find(u)
			if err := p.Place(u, where, o, ""); err != nil {
				if !rule.IsConflict(err) {
					t.Fatalf("Place = %v, want a conflict", err)
				}
				if now, has := p.Find(u); now != before || has != had {
					t.Fatalf("a place that was refused moved %s", u)
				}
			}
		}
		frame, title := rule.Frame(p.Paper)
		for i, a := range p.Places() {
			box := a.Box(a.O).Add(a.At)
			if !a.At.OnGrid() || !frame.Contains(box.Min) || !frame.Contains(box.Max) || box.Overlaps(title) {
				t.Fatalf("%s stands at %v", a, a.At)
			}
			for _, b := range p.Places()[i+1:] {
				if box.Overlaps(b.Box(b.O).Add(b.At)) {
					t.Fatalf("%s at %v lies on %s at %v", a, a.At, b, b.At)
				}
			}
		}
	})
}

func TestArrangements(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(p *rule.Plan, j rule.Job) (geom.Box, error)
		want []geom.Point
	}{
		{"row", (*rule.Plan).Row, []geom.Point{at(21, 23), at(25, 23), at(29, 23), at(33, 23)}},
		{"column", (*rule.Plan).Column, []geom.Point{at(21, 23), at(21, 31), at(21, 39), at(21, 47)}},
		{"grid", func(p *rule.Plan, j rule.Job) (geom.Box, error) { return p.Grid(j, 3) }, []geom.Point{at(21, 23), at(25, 23), at(29, 23), at(21, 31)}},
		{"pack", func(p *rule.Plan, j rule.Job) (geom.Box, error) { return p.Pack(j, 8*geom.Grid) }, []geom.Point{at(21, 23), at(25, 23), at(21, 31), at(25, 31)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := rule.New(resistors(t, 4), "A4")
			if _, err := tt.do(p, rule.Job{Units: rule.Units(p.Sheet), At: at(20, 20), Gap: 2 * geom.Grid, Space: rule.ForSymbol}); err != nil {
				t.Fatal(err)
			}
			var got []geom.Point
			for _, pl := range p.Places() {
				got = append(got, pl.At)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("places differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMirrored compares mirroring twice, and mirroring a place, with geometry.
func TestMirrored(t *testing.T) {
	p := geom.Point{X: 3, Y: 7}
	for _, o := range geom.Orientations {
		for _, m := range []geom.Mirror{geom.MirrorX, geom.MirrorY} {
			got := rule.Mirrored(o, m)
			want := o.Turn(p)
			if m == geom.MirrorX {
				want.Y = -want.Y
			} else {
				want.X = -want.X
			}
			if got.Turn(p) != want {
				t.Errorf("Mirrored(%v, %s) = %v turns %v to %v, want %v", o, m, got, p, got.Turn(p), want)
			}
			if back := rule.Mirrored(got, m); back != o {
				t.Errorf("mirrored twice, %v is %v", o, back)
			}
		}
	}
}

func TestMM(t *testing.T) {
	for nm, want := range map[int64]string{0: "0", 1_270_000: "1.27", -508_000: "-0.508", 1: "0.000001", 50_000_000: "50"} {
		if got := rule.MM(nm); got != want {
			t.Errorf("MM(%d) = %q, want %q", nm, got, want)
		}
	}
}
