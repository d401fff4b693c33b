package layout_test

import (
	"fmt"
	"testing"

	"starboard/kicad/circuit"
	"starboard/kicad/ident"
	"starboard/kicad/layout"
	"starboard/kicad/schematic"
	"starboard/kicad/wire"
)

func draw(t testing.TB, c *circuit.Circuit) (*schematic.File, *layout.Drawing) {
	t.Helper()
	f := &schematic.File{}
	d := &wire.Drafter{IDs: ident.Project(c.Name).Sheet("/"), Path: "/x", Numbers: &wire.Numbers{}}
	drawing, err := layout.Draw(layout.Input{Sheet: c.Root(), Drafter: d, Smallest: "A4"}, f)
	if err != nil {
		t.Fatal(err)
	}
	return f, drawing
}

func BenchmarkDraw(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 5000, 10000} {
		for _, kind := range []struct {
			name string
			text func(int) string
			per  int // parts of one of them
		}{{"ladder", ladder, 2}, {"amplifiers", amplifiers, 10}} {
			if n > 5000 && kind.per > 2 {
				continue // more than the largest page holds
			}
			b.Run(fmt.Sprintf("%s/%d", kind.name, n), func(b *testing.B) {
				c := parse(b, kind.text(n/kind.per))
				b.ReportAllocs()
				b.ResetTimer()
				for b.Loop() {
					draw(b, c)
				}
			})
		}
	}
}
