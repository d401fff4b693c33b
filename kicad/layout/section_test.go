package layout_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/geom"
	"starboard/kicad/layout"
)

// TestSections checks that a large sheet is divided: all that is drawn stands in
// one of several frames, each with a title, and no wire leaves one.
func TestSections(t *testing.T) {
	f, _ := draw(t, parse(t, amplifiers(30)))
	if len(f.Frames) < 4 || len(f.Texts) != len(f.Frames) {
		t.Fatalf("got %d frames and %d titles, want some of both and as many of one as of the other", len(f.Frames), len(f.Texts))
	}
	in := func(p geom.Point) []int {
		var list []int
		for i, r := range f.Frames {
			if r.Box.Contains(p) {
				list = append(list, i)
			}
		}
		return list
	}
	for i, r := range f.Frames {
		for _, o := range f.Frames[:i] {
			if r.Box.Overlaps(o.Box) {
				t.Errorf("frames at %v and %v overlap", r.Box.Min, o.Box.Min)
			}
		}
		titles := 0
		for _, text := range f.Texts {
			if r.Box.Contains(text.At) && text.Text != "" {
				titles++
			}
		}
		if titles != 1 {
			t.Errorf("the frame at %v has %d titles, want one", r.Box.Min, titles)
		}
	}
	for _, s := range f.Symbols {
		if len(in(s.At)) != 1 {
			t.Errorf("%s at %v is in %d frames, want one", s.Fields[0].Value, s.At, len(in(s.At)))
		}
	}
	for _, w := range f.Wires {
		if a, b := in(w.From), in(w.To); len(a) != 1 || !slices.Equal(a, b) {
			t.Errorf("the wire from %v to %v is in the frames %v and %v", w.From, w.To, a, b)
		}
	}
	for _, fault := range faults(f) {
		t.Error(fault)
	}
	if small, _ := draw(t, parse(t, amplifiers(4))); len(small.Frames) > 0 {
		t.Errorf("a sheet of 40 parts has %d frames, want none", len(small.Frames))
	}
}

func TestSpan(t *testing.T) {
	for _, tt := range []struct {
		refs []string
		want string
	}{
		{[]string{"U1"}, "U1"},
		{[]string{"U2", "U10", "U1"}, "U1, U2, U10"},
		{[]string{"U9", "U10", "U11", "U8", "U8"}, "U8 to U11"},
		{[]string{"C1", "C2", "C3", "U3", "U4", "U5", "R1"}, "C1 to C3, R1, U3 to U5"},
		{[]string{"R1", "R3", "R5", "R7", "R9"}, "R1, R3, R5, R7, ..."},
	} {
		if diff := cmp.Diff(tt.want, layout.Span(tt.refs)); diff != "" {
			t.Errorf("span of %v differs (-want +got):\n%s", tt.refs, diff)
		}
	}
}
