package layout_test

import (
	"fmt"
	"testing"

	"starboard/kicad/annotate"
	"starboard/kicad/circuit"
	"starboard/kicad/score"
)

// channels returns a connector that leads to n sheets of one resistor each, to
// ground or, where through is set, to another connector; the sheets are made in a
// given order of its pins.
func channels(t *testing.T, n int, name string, through bool, order func(i int) int) *circuit.Circuit {
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
	part := func(s *circuit.Sheet, lib, ref string, nets ...*circuit.Net) {
		t.Helper()
		p, err := s.AddPart(circuit.Spec{Symbol: find(t, lib), Ref: ref, InBOM: true, OnBoard: true})
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range nets {
			must(s.Connect("", n, p.Pin(fmt.Sprint(i+1))))
		}
	}
	gnd := must(c.Power("GND", find(t, "power:GND"), true))
	connector := func(ref, name string) []*circuit.Net {
		var nets []*circuit.Net
		for i := range n {
			nets = append(nets, must(c.Root().Net(fmt.Sprintf("%s%d", name, i+1))))
		}
		part(c.Root(), fmt.Sprintf("Connector_Generic:Conn_01x%02d", n), ref, nets...)
		return nets
	}
	nets := connector("J1", "IN")
	var outs []*circuit.Net
	if through {
		outs = connector("J2", "OUT")
	}
	for i := range n {
		k := order(i)
		s, err := c.Root().AddSheet(fmt.Sprint(name, k+1), "")
		if err != nil {
			t.Fatal(err)
		}
		to := gnd
		if through {
			to = must(s.AddPort("out", outs[k]))
		}
		part(s, "Device:R", fmt.Sprintf("R%d", k+1), must(s.AddPort("in", nets[k])), to)
	}
	if _, err := annotate.Annotate(c, nil, false); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestRivers checks that wires lead from a connector to the sheets that it
// serves, in whatever order these were made, and none crosses another.
func TestRivers(t *testing.T) {
	const n = 6
	for name, order := range map[string]func(int) int{
		"in order":  func(i int) int { return i },
		"backwards": func(i int) int { return n - 1 - i },
		"mixed":     func(i int) int { return (i * 5) % n },
	} {
		t.Run(name, func(t *testing.T) {
			s := readDrawn(t, channels(t, n, "channel ", false, order))
			labels := map[string]int{}
			for _, l := range s.Root.Drawing.Labels {
				labels[l.Text]++
			}
			for i := range n {
				if name := fmt.Sprintf("IN%d", i+1); labels[name] != 1 {
					t.Errorf("%s has %d labels, want 1 on a wire", name, labels[name])
				}
			}
			sc, err := score.Schematic(s)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range sc.Sheets[0].Faults {
				t.Errorf("%s at %v: %s", f.Kind, f.At, f.Message)
			}
			if n := sc.Sheets[0].Term("crossings").Count; n != 0 {
				t.Errorf("%d crossings, want none", n)
			}
		})
	}
}

// TestMouth checks that signals run from a connector on the left through sheets to
// one on the right, by wires.
func TestMouth(t *testing.T) {
	const n = 4
	s := readDrawn(t, channels(t, n, "channel ", true, func(i int) int { return i }))
	places := map[string]int64{}
	for _, p := range s.Root.Parts {
		places[p.Ref] = p.Symbol.At.X
	}
	for _, sheet := range s.Root.Drawing.Sheets {
		if sheet.Box.Min.X <= places["J1"] || sheet.Box.Max.X >= places["J2"] {
			t.Errorf("%s at %v is not between J1 at %d and J2 at %d", sheet.Name, sheet.Box, places["J1"], places["J2"])
		}
		for _, p := range sheet.Pins {
			if right := p.At.X == sheet.Box.Max.X; right != (p.Name == "out") {
				t.Errorf("pin %s of %s is at %v of %v", p.Name, sheet.Name, p.At, sheet.Box)
			}
		}
	}
	if l := len(s.Root.Drawing.Labels); l != 2*n {
		t.Errorf("%d labels, want %d: one on each wire", l, 2*n)
	}
	sc, err := score.Schematic(s)
	if err != nil {
		t.Fatal(err)
	}
	if sc.Sheets[0].Term("crossings").Count != 0 || len(sc.Sheets[0].Faults) != 0 {
		t.Errorf("crossings or faults: %+v", sc.Sheets[0])
	}
}
