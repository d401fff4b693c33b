package annotate_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
	"starboard/kicad/annotate"
	"starboard/kicad/circuit"
	"starboard/kicad/stock"
	"starboard/kicad/symbol"
)

var loaded = map[string]*symbol.Symbol{}

func sym(t testing.TB, lib, name string) *symbol.Symbol {
	t.Helper()
	if s := loaded[lib+":"+name]; s != nil {
		return s
	}
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
	loaded[lib+":"+name] = s
	return s
}

// A line is a call of c.part in a script; tag is how the test knows the part.
type line struct {
	tag, symbol, value string
	ref, name          string
	nets               []string // one for each pin; "" leaves it open, "~x" is a net without name
}

// build runs the lines and returns the parts by their tags.
func build(t testing.TB, lines []line) (*circuit.Circuit, map[string]*circuit.Part) {
	t.Helper()
	c, err := circuit.New("test")
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]*circuit.Part{}
	unnamed := map[string]*circuit.Net{}
	for _, l := range lines {
		s := sym(t, "Device", l.symbol)
		p, err := c.Root().AddPart(circuit.Spec{Symbol: s, Value: &l.value, Ref: l.ref, Name: l.name, InBOM: true, OnBoard: true})
		if err != nil {
			t.Fatal(err)
		}
		parts[l.tag] = p
		for i, net := range l.nets {
			switch {
			case net == "":
			case net[0] == '~':
				targets := []any{p.Pins()[i]}
				if n := unnamed[net]; n != nil {
					targets = append(targets, n)
				}
				if unnamed[net], err = c.Root().Connect("", targets...); err != nil {
					t.Fatal(err)
				}
			default:
				n, err := c.Root().Net(net)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := c.Root().Connect("", n, p.Pins()[i]); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return c, parts
}

func annotated(t testing.TB, lines []line, old []annotate.Entry) (map[string]*circuit.Part, []annotate.Entry) {
	t.Helper()
	c, parts := build(t, lines)
	entries, err := annotate.Annotate(c, old, false)
	if err != nil {
		t.Fatal(err)
	}
	return parts, entries
}

func TestEdits(t *testing.T) {
	base := []line{
		{tag: "a", symbol: "R", value: "10k", nets: []string{"VIN", "~1"}},
		{tag: "b", symbol: "R", value: "10k", nets: []string{"~1", "OUT"}},
		{tag: "c", symbol: "C", value: "100n", nets: []string{"OUT", "GND"}},
		{tag: "d", symbol: "R", value: "1k", nets: []string{"OUT", "GND"}},
		{tag: "e", symbol: "R", value: "1k", nets: []string{"OUT", "GND"}},
	}
	change := func(i int, f func(*line)) []line {
		out := slices.Clone(base)
		f(&out[i])
		return out
	}
	for _, tt := range []struct {
		name  string
		lines []line
		want  map[string]string // references that differ from those of base
	}{
		{"nothing", base, nil},
		{"inserted first", append([]line{{tag: "new", symbol: "R", value: "5k", nets: []string{"VIN", "GND"}}}, base...), map[string]string{"new": "R5"}},
		{"inserted in a chain", slices.Insert(slices.Clone(base), 1, line{tag: "new", symbol: "C", value: "1n", nets: []string{"~1", "GND"}}), map[string]string{"new": "C2"}},
		{"an equal one first", append([]line{{tag: "new", symbol: "R", value: "10k", nets: []string{"VIN", "X"}}}, base...), map[string]string{"new": "R5"}},
		{"turned round", []line{base[4], base[3], base[2], base[1], base[0]}, map[string]string{"d": "R4", "e": "R3"}}, // d and e are alike
		{"another value", change(0, func(l *line) { l.value = "22k" }), nil},
		{"another net", change(2, func(l *line) { l.nets = []string{"VIN", "GND"} }), nil},
		{"value and nets", change(2, func(l *line) { l.value, l.nets = "1u", []string{"VIN", "GND"} }), nil},
		{"a name is given", change(1, func(l *line) { l.name = "series" }), nil},
		{"a reference is given", change(1, func(l *line) { l.ref = "R9" }), map[string]string{"b": "R9"}},
		{"another part's reference is given", change(1, func(l *line) { l.ref = "R1" }), map[string]string{"b": "R1", "a": "R2"}},
		{"another prefix", change(2, func(l *line) { l.ref = "CX" }), map[string]string{"c": "CX1"}},
		{"one less", base[1:], nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, entries := annotated(t, base, nil)
			if got, want := refs(before), map[string]string{"a": "R1", "b": "R2", "c": "C1", "d": "R3", "e": "R4"}; !cmp.Equal(got, want) {
				t.Fatalf("first run: %v, want %v", got, want)
			}
			after, _ := annotated(t, tt.lines, entries)
			want := map[string]string{}
			for tag := range after {
				if p := before[tag]; p != nil {
					want[tag] = p.Ref
				}
			}
			for tag, ref := range tt.want {
				want[tag] = ref
			}
			if diff := cmp.Diff(want, refs(after)); diff != "" {
				t.Errorf("references (-want +got):\n%s", diff)
			}
			for tag, p := range after {
				if old := before[tag]; old != nil && p.ID != old.ID && tt.name != "turned round" {
					t.Errorf("identity of %s was %q, is %q", tag, old.ID, p.ID)
				}
			}
		})
	}
}

func refs(parts map[string]*circuit.Part) map[string]string {
	out := map[string]string{}
	for tag, p := range parts {
		out[tag] = p.Ref
	}
	return out
}

func TestAPartThatReturnsFindsItsReference(t *testing.T) {
	lines := []line{
		{tag: "a", symbol: "R", value: "1k", nets: []string{"A", "B"}},
		{tag: "b", symbol: "R", value: "2k", nets: []string{"A", "C"}},
	}
	_, entries := annotated(t, lines, nil)
	without, entries := annotated(t, []line{lines[1], {tag: "c", symbol: "R", value: "3k", nets: []string{"X", "Y"}}}, entries)
	if got := refs(without); got["b"] != "R2" || got["c"] != "R3" {
		t.Errorf("without a: %v, want b R2 and c R3", got)
	}
	again, _ := annotated(t, append(lines, line{tag: "c", symbol: "R", value: "3k", nets: []string{"X", "Y"}}), entries)
	if got, want := refs(again), map[string]string{"a": "R1", "b": "R2", "c": "R3"}; !cmp.Equal(got, want) {
		t.Errorf("with a again: %v, want %v", got, want)
	}
	c, _ := build(t, lines[1:])
	pruned, err := annotate.Annotate(c, entries, true)
	if err != nil || len(pruned) != 1 || pruned[0].Ref != "R2" {
		t.Errorf("pruned to %v, %v, want R2 alone", pruned, err)
	}
}

// A part more, anywhere, changes no other part, whatever the circuit: parts
// that can be told apart by what they are and where they lead.
func TestInsertionChangesNoOtherPart(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		count := rapid.IntRange(1, 30).Draw(rt, "parts")
		var lines []line
		nets := func(i int, what string) []string {
			kind := rapid.IntRange(0, 2).Draw(rt, what)
			if kind == 0 { // a chain, one net of it without a name
				return []string{fmt.Sprintf("N%d", i), fmt.Sprintf("~%d", i/2)}
			}
			return []string{fmt.Sprintf("N%d", i), "GND"}
		}
		for i := range count {
			lines = append(lines, line{
				tag: fmt.Sprint(i), symbol: rapid.SampledFrom([]string{"R", "C", "L"}).Draw(rt, "symbol"),
				value: rapid.SampledFrom([]string{"1", "2"}).Draw(rt, "value"), nets: nets(i, "nets"),
			})
		}
		before, entries := annotated(t, lines, nil)
		at := rapid.IntRange(0, count).Draw(rt, "at")
		extra := line{tag: "new", symbol: rapid.SampledFrom([]string{"R", "C", "L"}).Draw(rt, "new symbol"), value: "1", nets: nets(100+at, "new nets")}
		after, entries := annotated(t, slices.Insert(slices.Clone(lines), at, extra), entries)
		for tag, p := range before {
			if q := after[tag]; q.Ref != p.Ref || q.ID != p.ID {
				rt.Errorf("part %s was %s (%s), is %s (%s)", tag, p.Ref, p.ID, q.Ref, q.ID)
			}
		}
		// And taking it away again changes nothing either.
		again, _ := annotated(t, lines, entries)
		if diff := cmp.Diff(refs(before), refs(again)); diff != "" {
			rt.Errorf("after removing it again (-want +got):\n%s", diff)
		}
	})
}
