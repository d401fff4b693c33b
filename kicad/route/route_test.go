package route_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"starboard/kicad/geom"
	"starboard/kicad/route"
)

func at(x, y int64) geom.Point { return geom.Point{X: x * geom.Grid, Y: y * geom.Grid} }

func wire(x1, y1, x2, y2 int64, net int) route.Wire {
	return route.Wire{A: at(x1, y1), B: at(x2, y2), Net: net}
}

func TestLines(t *testing.T) {
	for _, tt := range []struct {
		name      string
		wires     []route.Wire
		pins      []route.Pin
		want      []route.Wire
		junctions []route.Pin
	}{
		{name: "end to end is one", wires: []route.Wire{wire(0, 0, 2, 0, 1), wire(2, 0, 5, 0, 1)}, want: []route.Wire{wire(0, 0, 5, 0, 1)}},
		{name: "on each other is one", wires: []route.Wire{wire(0, 0, 4, 0, 1), wire(5, 0, 2, 0, 1)}, want: []route.Wire{wire(0, 0, 5, 0, 1)}},
		{name: "corner", wires: []route.Wire{wire(0, 0, 2, 0, 1), wire(2, 0, 2, 2, 1)}, want: []route.Wire{wire(0, 0, 2, 0, 1), wire(2, 0, 2, 2, 1)}},
		{
			name: "branch", wires: []route.Wire{wire(0, 0, 4, 0, 1), wire(2, 0, 2, 2, 1)},
			want:      []route.Wire{wire(0, 0, 2, 0, 1), wire(2, 0, 4, 0, 1), wire(2, 0, 2, 2, 1)},
			junctions: []route.Pin{{At: at(2, 0), Net: 1}},
		},
		{
			name: "pin on a wire", wires: []route.Wire{wire(0, 0, 4, 0, 1)}, pins: []route.Pin{{At: at(3, 0), Net: 1}},
			want:      []route.Wire{wire(0, 0, 3, 0, 1), wire(3, 0, 4, 0, 1)},
			junctions: []route.Pin{{At: at(3, 0), Net: 1}},
		},
		{name: "nets cross", wires: []route.Wire{wire(0, 0, 4, 0, 1), wire(2, -2, 2, 2, 2)}, want: []route.Wire{wire(0, 0, 4, 0, 1), wire(2, -2, 2, 2, 2)}},
		{
			name: "one net crosses where it began", wires: []route.Wire{wire(0, 0, 2, 0, 1), wire(2, 0, 4, 0, 1), wire(2, 0, 2, 2, 1), wire(2, 0, 2, -2, 1)},
			want:      []route.Wire{wire(0, 0, 2, 0, 1), wire(2, 0, 4, 0, 1), wire(2, -2, 2, 0, 1), wire(2, 0, 2, 2, 1)},
			junctions: []route.Pin{{At: at(2, 0), Net: 1}},
		},
		{name: "no length", wires: []route.Wire{wire(1, 1, 1, 1, 1)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, junctions := route.Lines(tt.wires, tt.pins)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("wires differ (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.junctions, junctions); diff != "" {
				t.Errorf("junctions differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRoute(t *testing.T) {
	block := func(x1, y1, x2, y2 int64) route.Box { return route.Box{Box: geom.BoxOf(at(x1, y1), at(x2, y2))} }
	for _, tt := range []struct {
		name     string
		items    route.Items
		from, to geom.Point
		want     route.Way // without points
		fails    bool
	}{
		{name: "straight", from: at(0, 0), to: at(7, 0), want: route.Way{Length: 7}},
		{name: "corner", from: at(0, 0), to: at(3, 4), want: route.Way{Length: 7, Bends: 1}},
		{name: "around a box", items: route.Items{Boxes: []route.Box{block(2, -2, 4, 2)}}, from: at(0, 0), to: at(6, 0), want: route.Way{Length: 12, Bends: 2}},
		{name: "across a wire", items: route.Items{Wires: []route.Wire{wire(3, -40, 3, 40, 2)}}, from: at(0, 0), to: at(6, 0), want: route.Way{Length: 6, Crossings: 1}},
		{name: "a crossing is better than a detour", items: route.Items{Wires: []route.Wire{wire(3, -1, 3, 40, 2)}}, from: at(0, 0), to: at(6, 0), want: route.Way{Length: 6, Crossings: 1}},
		{name: "not along a wire", items: route.Items{Wires: []route.Wire{wire(-40, 0, 2, 0, 2)}}, from: at(5, -3), to: at(5, 3), want: route.Way{Length: 6}},
		{name: "not over a pin", items: route.Items{Pins: []route.Pin{{At: at(3, 0), Net: 2}}}, from: at(0, 0), to: at(6, 0), want: route.Way{Length: 8, Bends: 2}},
		{name: "walled in", items: route.Items{Boxes: []route.Box{block(-2, -2, -1, 2), block(1, -2, 2, 2), block(-2, -2, 2, -1), block(-2, 1, 2, 2)}}, from: at(0, 0), to: at(6, 0), fails: true},
		{name: "nowhere to go", from: at(1, 1), to: at(1, 1), fails: true},
		{name: "off the grid", from: geom.Point{X: 1}, to: at(1, 1), fails: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var c route.Canvas
			c.Add(&tt.items, geom.Point{})
			got, ok := c.Route(tt.from, tt.to, 1)
			if ok == tt.fails {
				t.Fatalf("Route found a way: %v, want %v", ok, !tt.fails)
			}
			got.Points = nil
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("way differs (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRouteTouchesNothing checks ways through random obstacles.
func TestRouteTouchesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c route.Canvas
		coord := rapid.Int64Range(0, 24)
		for range rapid.IntRange(0, 12).Draw(t, "things") {
			x, y, n := coord.Draw(t, "x"), coord.Draw(t, "y"), rapid.Int64Range(1, 5).Draw(t, "n")
			s := &route.Items{}
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				s.Boxes = []route.Box{{Box: geom.BoxOf(at(x, y), at(x+n, y+n))}}
			case 1:
				s.Wires = []route.Wire{wire(x, y, x+n, y, 2)}
			case 2:
				s.Wires = []route.Wire{wire(x, y, x, y+n, 3)}
			case 3:
				s.Pins = []route.Pin{{At: at(x, y), Net: 4}}
			}
			if c.Fits(s, geom.Point{}, 0) {
				c.Add(s, geom.Point{})
			}
		}
		from, to := at(coord.Draw(t, "x0"), coord.Draw(t, "y0")), at(coord.Draw(t, "x1"), coord.Draw(t, "y1"))
		ends := &route.Items{Pins: []route.Pin{{At: from, Net: 1}, {At: to, Net: 1}}}
		if from == to || !c.Fits(ends, geom.Point{}, 0) {
			return
		}
		way, ok := c.Route(from, to, 1)
		if !ok {
			return
		}
		if first, last := way.Points[0], way.Points[len(way.Points)-1]; first != to && first != from || last != to && last != from {
			t.Fatalf("way goes from %v to %v, want %v to %v", first, last, from, to)
		}
		var length int64
		crossings := 0
		for i := 1; i < len(way.Points); i++ {
			a, b := way.Points[i-1], way.Points[i]
			line := geom.BoxOf(a, b)
			if !a.OnGrid() || !b.OnGrid() || line.Width() != 0 && line.Height() != 0 {
				t.Fatalf("leg from %v to %v", a, b)
			}
			length += (line.Width() + line.Height()) / geom.Grid
			for _, box := range c.Boxes {
				if box.Overlaps(line) {
					t.Fatalf("leg from %v to %v passes through %v", a, b, box)
				}
			}
			for _, p := range c.Pins {
				if line.Contains(p.At) {
					t.Fatalf("leg from %v to %v touches the pin at %v", a, b, p.At)
				}
			}
			for _, w := range c.Wires {
				other := geom.BoxOf(w.A, w.B)
				if line.Contains(w.A) || line.Contains(w.B) || other.Contains(a) || other.Contains(b) {
					t.Fatalf("leg from %v to %v touches the wire from %v to %v", a, b, w.A, w.B)
				}
				if other.Min.X <= line.Max.X && line.Min.X <= other.Max.X && other.Min.Y <= line.Max.Y && line.Min.Y <= other.Max.Y {
					crossings++
				}
			}
		}
		if length != way.Length || crossings != way.Crossings || len(way.Points)-2 != way.Bends {
			t.Fatalf("way says length %d, %d crossings, %d bends; got %d, %d, %d", way.Length, way.Crossings, way.Bends, length, crossings, len(way.Points)-2)
		}
	})
}

func BenchmarkRoute(b *testing.B) {
	var c route.Canvas
	for i := range int64(8) {
		c.Add(&route.Items{Boxes: []route.Box{{Box: geom.BoxOf(at(4+5*i, -8+3*i%7), at(6+5*i, 8))}}}, geom.Point{})
	}
	for b.Loop() {
		c.Route(at(0, 0), at(50, 0), 1)
	}
}
