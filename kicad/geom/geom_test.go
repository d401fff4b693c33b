package geom_test

import (
	"testing"

	"starboard/kicad/geom"
)

// The table of KiCad's file format: x' and y' for each angle, then mirrored.
func TestApply(t *testing.T) {
	for _, tt := range []struct {
		o    geom.Orientation
		want geom.Point
	}{
		{geom.Orientation{}, geom.Point{X: 1, Y: -2}},
		{geom.Orientation{Angle: 90}, geom.Point{X: -2, Y: -1}},
		{geom.Orientation{Angle: 180}, geom.Point{X: -1, Y: 2}},
		{geom.Orientation{Angle: 270}, geom.Point{X: 2, Y: 1}},
		{geom.Orientation{Mirror: geom.MirrorX}, geom.Point{X: 1, Y: 2}},
		{geom.Orientation{Mirror: geom.MirrorY}, geom.Point{X: -1, Y: -2}},
		{geom.Orientation{Angle: 90, Mirror: geom.MirrorX}, geom.Point{X: -2, Y: 1}},
		{geom.Orientation{Angle: 270, Mirror: geom.MirrorX}, geom.Point{X: 2, Y: -1}},
	} {
		if got := tt.o.Apply(geom.Point{X: 1, Y: 2}); got != tt.want {
			t.Errorf("%v.Apply = %v, want %v", tt.o, got, tt.want)
		}
	}
}

func TestCanonicalKeepsTheGeometry(t *testing.T) {
	seen := map[geom.Orientation]bool{}
	for _, angle := range []int{0, 90, 180, 270} {
		for _, m := range []geom.Mirror{geom.None, geom.MirrorX, geom.MirrorY} {
			o := geom.Orientation{Angle: angle, Mirror: m}
			c := o.Canonical()
			seen[c] = true
			p := geom.Point{X: 3, Y: 7}
			if o.Apply(p) != c.Apply(p) {
				t.Errorf("%v and its canonical form %v differ: %v, %v", o, c, o.Apply(p), c.Apply(p))
			}
			if !o.Valid() {
				t.Errorf("%v is not valid", o)
			}
		}
	}
	if len(seen) != len(geom.Orientations) {
		t.Errorf("canonical forms = %d, want %d", len(seen), len(geom.Orientations))
	}
	if (geom.Orientation{Angle: 45}).Valid() || (geom.Orientation{Mirror: "z"}).Valid() {
		t.Error("an orientation that KiCad lacks is valid")
	}
}

func TestSnap(t *testing.T) {
	for _, v := range []int64{0, 1, geom.Grid, geom.Grid + 1, -1, -geom.Grid, -geom.Grid - 1} {
		up, down := geom.SnapUp(v), geom.SnapDown(v)
		if up%geom.Grid != 0 || down%geom.Grid != 0 || up < v || down > v || up-v >= geom.Grid || v-down >= geom.Grid {
			t.Errorf("Snap(%d) = %d, %d", v, down, up)
		}
	}
}

func TestBox(t *testing.T) {
	a := geom.BoxOf(geom.Point{X: 4, Y: 4}, geom.Point{}, geom.Point{X: 2, Y: 1})
	b := geom.Box{Min: geom.Point{X: 4, Y: 0}, Max: geom.Point{X: 6, Y: 6}}
	if a.Overlaps(b) || !a.Grow(1).Overlaps(b) || !a.Contains(geom.Point{X: 4, Y: 4}) || a.Width() != 4 {
		t.Errorf("boxes %v and %v: touching edges must not overlap", a, b)
	}
	if got := a.Union(b).Add(geom.Point{X: 1, Y: 1}); got != (geom.Box{Min: geom.Point{X: 1, Y: 1}, Max: geom.Point{X: 7, Y: 7}}) {
		t.Errorf("Union = %v", got)
	}
}

func TestSides(t *testing.T) {
	for _, s := range []geom.Side{geom.Right, geom.Up, geom.Left, geom.Down} {
		v := s.Vector()
		if geom.SideOf(v) != s || geom.SideOf(s.Opposite().Vector()) != s.Opposite() || s.Opposite().Opposite() != s {
			t.Errorf("%v: vector %v", s, v)
		}
	}
}
