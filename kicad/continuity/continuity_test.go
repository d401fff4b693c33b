package continuity_test

import (
	"strings"
	"testing"

	"starboard/kicad/circuit"
	"starboard/kicad/continuity"
	"starboard/kicad/geom"
	"starboard/kicad/ident"
	"starboard/kicad/schematic"
	"starboard/kicad/stock"
	"starboard/kicad/symbol"
	"starboard/kicad/wire"
)

func sym(t *testing.T, lib, name string) *symbol.Symbol {
	t.Helper()
	text, ok := stock.Symbol(lib, name)
	if !ok {
		t.Fatalf("no symbol %s:%s", lib, name)
	}
	l, err := symbol.FromText(lib, "stock", string(text))
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// drawn returns a sheet with a port, and its plain drawing: R1 from IN to MID,
// R2 from MID to GND, R3 open at one end.
func drawn(t *testing.T) (*circuit.Sheet, *schematic.File) {
	t.Helper()
	c, err := circuit.New("test")
	if err != nil {
		t.Fatal(err)
	}
	must := func(n *circuit.Net, err error) *circuit.Net {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	s, err := c.Root().AddSheet("sub", "")
	if err != nil {
		t.Fatal(err)
	}
	in := must(s.AddPort("in", must(c.Root().Net("IN"))))
	mid, gnd := must(s.Net("MID")), must(c.Power("GND", sym(t, "power", "GND"), true))
	nets := [][2]*circuit.Net{{in, mid}, {mid, gnd}, {mid, nil}}
	f := &schematic.File{}
	d := &wire.Drafter{IDs: ident.Project("test").Sheet("/sub/"), Path: "/x", Numbers: &wire.Numbers{}}
	var parts []*circuit.Part
	for i, ends := range nets {
		p, err := s.AddPart(circuit.Spec{Symbol: sym(t, "Device", "R"), Ref: "R" + string(rune('1'+i)), InBOM: true, OnBoard: true})
		if err != nil {
			t.Fatal(err)
		}
		p.Ref, p.ID = p.FixedRef, p.FixedRef
		for k, n := range ends {
			if n != nil {
				must(s.Connect("", n, p.Pins()[k]))
			}
		}
		parts = append(parts, p)
	}
	other, err := c.Root().AddPart(circuit.Spec{Symbol: sym(t, "Device", "R"), Ref: "R9", InBOM: true, OnBoard: true})
	if err != nil {
		t.Fatal(err)
	}
	other.Ref = "R9"
	must(c.Root().Connect("", must(c.Root().Net("IN")), other.Pins()[0]))
	c.Resolve()
	for i, p := range parts {
		d.Unit(p, 1, geom.Orientation{}).AddTo(f, geom.Point{X: int64(i+1) * 40 * geom.Grid, Y: 40 * geom.Grid})
	}
	return s, f
}

func TestCheck(t *testing.T) {
	label := func(f *schematic.File, text string) *schematic.Label {
		for i := range f.Labels {
			if f.Labels[i].Text == text {
				return &f.Labels[i]
			}
		}
		t.Fatalf("no label %s", text)
		return nil
	}
	for _, tt := range []struct {
		name   string
		change func(f *schematic.File)
		want   string
	}{
		{"as it is", func(f *schematic.File) {}, ""},
		{"a wire too few", func(f *schematic.File) { f.Wires = f.Wires[1:] }, "pin 1 of R1 at (50.80, 46.99) does not lead to the sheet pin in"},
		{"a label too few", func(f *schematic.File) { *label(f, "MID") = schematic.Label{Text: "X", At: geom.Point{}} }, "is not joined with the rest of net MID"},
		{"a wire too many", func(f *schematic.File) {
			a, b := label(f, "in").At, label(f, "MID").At
			corner := geom.Point{X: a.X, Y: b.Y}
			f.Wires = append(f.Wires, schematic.Wire{From: a, To: corner}, schematic.Wire{From: corner, To: b})
		}, "are joined at"},
		{"two names", func(f *schematic.File) { label(f, "in").Text = "MID" }, "are joined at"},
		{"a port as a local label", func(f *schematic.File) { label(f, "in").Kind = schematic.Local }, "does not lead to the sheet pin in"},
		{"another power symbol", func(f *schematic.File) {
			for i := range f.Symbols {
				if f.Symbols[i].Symbol.Power {
					f.Symbols[i].Fields[1].Value = "VCC"
				}
			}
		}, "has no power symbol GND"},
		{"a part too few", func(f *schematic.File) { f.Symbols = f.Symbols[1:] }, "2 units are drawn, want 3"},
		{"two labels at one place of a wire", func(f *schematic.File) {
			l := label(f, "MID")
			for i := range f.Wires {
				if w := &f.Wires[i]; w.From == l.At || w.To == l.At {
					far := geom.Point{X: 2*l.At.X - w.From.X, Y: 2*l.At.Y - w.From.Y}
					if w.From == l.At {
						far = geom.Point{X: 2*l.At.X - w.To.X, Y: 2*l.At.Y - w.To.Y}
						w.From = far
					} else {
						w.To = far
					}
					f.Labels = append(f.Labels, *l)
					return
				}
			}
		}, "KiCad joins none of them with it"},
		{"a foreign part", func(f *schematic.File) { f.Symbols[0].Fields[0].Value = "R7" }, "R7 is drawn but not on the sheet"},
		{"a slanted wire", func(f *schematic.File) {
			f.Wires = append(f.Wires, schematic.Wire{To: geom.Point{X: geom.Grid, Y: geom.Grid}})
		}, "is slanted"},
		{"a wire through a junction", func(f *schematic.File) {
			w := f.Wires[0]
			f.Junctions = append(f.Junctions, schematic.Junction{At: geom.Point{X: (w.From.X + w.To.X) / 2, Y: (w.From.Y + w.To.Y) / 2}})
		}, "a wire runs on through the junction"},
		{"an open pin that is wired", func(f *schematic.File) {
			open := f.Symbols[len(f.Symbols)-1].At.Add(geom.Point{Y: 3 * geom.Grid})
			f.Wires = append(f.Wires, schematic.Wire{From: open, To: open.Add(geom.Point{Y: geom.Grid})})
			f.Labels = append(f.Labels, schematic.Label{Text: "MID", At: open.Add(geom.Point{Y: geom.Grid})})
		}, "are joined at"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, f := drawn(t)
			tt.change(f)
			err := continuity.Check(s, f)
			if got := errText(err); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("Check = %q, want %q", got, tt.want)
			}
		})
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
