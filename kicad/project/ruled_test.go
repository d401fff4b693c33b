package project_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/rule"
)

// TestRuledDrawings looks at what is drawn of random circuits whose symbols
// rules have placed, in one arrangement or another: nothing may be wrong, and
// no sheet may end up as nothing but labels.
func TestRuledDrawings(t *testing.T) {
	cat := newCatalogue(t, kicadtest.SymbolDir(t))
	var sheets, arranged atomic.Int64
	t.Cleanup(func() { // after the parallel ones
		if all, done := sheets.Load(), arranged.Load(); !t.Failed() && (done == 0 || done*10 < all*9) {
			t.Errorf("%d of %d sheets were arranged, want nine in ten: the others are larger than the largest page", done, all)
		}
	})
	for name, arrange := range map[string]func(*rule.Plan, rule.Job) (geom.Box, error){
		"flow": func(p *rule.Plan, j rule.Job) (geom.Box, error) {
			j.Units = rule.Main(j.Units)
			return p.Flow(j)
		},
		"grid": func(p *rule.Plan, j rule.Job) (geom.Box, error) { return p.Grid(j, 0) },
		"pack": func(p *rule.Plan, j rule.Job) (geom.Box, error) { return p.Pack(j, 400*geom.MM) },
	} {
		for i := range *circuits / 2 {
			seed := *firstSeed + uint64(i)
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				t.Parallel()
				c, _, o := randomCircuit(t, cat, seed)
				o.Orient = nil
				o.Plan = func(s *circuit.Sheet) *rule.Plan {
					p := rule.New(s, "A0")
					frame, _ := rule.Frame(p.Paper)
					j := rule.Job{Units: rule.Units(s), At: frame.Min.Add(geom.Point{X: geom.SnapUp(frame.Min.X) - frame.Min.X + 4*geom.Grid, Y: geom.SnapUp(frame.Min.Y) - frame.Min.Y + 4*geom.Grid}), Gap: 4 * geom.Grid}
					sheets.Add(1)
					if _, err := arrange(p, j); err != nil {
						return nil // more than the largest page holds
					}
					arranged.Add(1)
					return p
				}
				tree := checkDrawn(t, c, o, c.Name+"-"+name)
				if plain := tree.Plain(); len(plain) > 0 {
					t.Errorf("sheets with a label at each pin: %q", plain)
				}
			})
		}
	}
}
