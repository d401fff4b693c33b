// Package continuity checks that a drawn sheet joins the pins that the circuit
// joins, no more and no fewer, by what touches what on paper.
//
// It is the last check before a sheet is written: whatever places symbols and
// wires, a drawing that says something else than the circuit does not leave
// the program. [Check] follows KiCad's rules: wires and pins connect where
// their ends meet, a junction joins all that passes its place, a label names
// the wire or pin that it stands on, and equal names on a sheet are one net.
package continuity

import (
	"fmt"
	"strings"

	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/netlist"
	"starboard/kicad/schematic"
	"starboard/kicad/symbol"
)

// Check compares the drawing of a sheet with the sheet, and returns the first
// difference as an error.
func Check(s *circuit.Sheet, f *schematic.File) error {
	c := &checker{sheet: s, file: f, points: map[geom.Point]int{}, names: map[string]int{}, ports: map[string]int{}}
	c.lines()
	if err := c.join(); err != nil {
		return err
	}
	return c.compare()
}

type checker struct {
	sheet *circuit.Sheet
	file  *schematic.File

	parent []int // of a union-find over places and names
	points map[geom.Point]int
	names  map[string]int
	ports  map[string]int // hierarchical labels

	across map[int64][]span // horizontal wires by y
	along  map[int64][]span // vertical wires by x
}

// A span is a wire along an axis, from < to.
type span struct {
	from, to int64
	end      geom.Point // one of its ends
}

func (c *checker) fresh() int {
	c.parent = append(c.parent, len(c.parent))
	return len(c.parent) - 1
}

func (c *checker) point(p geom.Point) int {
	i, ok := c.points[p]
	if !ok {
		i = c.fresh()
		c.points[p] = i
	}
	return i
}

func (c *checker) name(text string) int {
	text = netlist.Unescape(text)
	i, ok := c.names[text]
	if !ok {
		i = c.fresh()
		c.names[text] = i
	}
	return i
}

func (c *checker) find(i int) int {
	for c.parent[i] != i {
		c.parent[i] = c.parent[c.parent[i]]
		i = c.parent[i]
	}
	return i
}

func (c *checker) union(i, j int) { c.parent[c.find(i)] = c.find(j) }

func (c *checker) lines() {
	c.across, c.along = map[int64][]span{}, map[int64][]span{}
	for _, w := range c.file.Wires {
		switch {
		case w.From.Y == w.To.Y:
			c.across[w.From.Y] = append(c.across[w.From.Y], span{min(w.From.X, w.To.X), max(w.From.X, w.To.X), w.From})
		case w.From.X == w.To.X:
			c.along[w.From.X] = append(c.along[w.From.X], span{min(w.From.Y, w.To.Y), max(w.From.Y, w.To.Y), w.From})
		}
	}
}

// through returns an end of each wire that a place lies strictly within.
func (c *checker) through(p geom.Point) []geom.Point {
	var ends []geom.Point
	for _, s := range c.across[p.Y] {
		if s.from < p.X && p.X < s.to {
			ends = append(ends, s.end)
		}
	}
	for _, s := range c.along[p.X] {
		if s.from < p.Y && p.Y < s.to {
			ends = append(ends, s.end)
		}
	}
	return ends
}

func (c *checker) join() error {
	for _, w := range c.file.Wires {
		if w.From.X != w.To.X && w.From.Y != w.To.Y {
			return fmt.Errorf("the wire from %v to %v is slanted", w.From, w.To)
		}
		c.union(c.point(w.From), c.point(w.To))
	}
	for _, j := range c.file.Junctions {
		if len(c.through(j.At)) > 0 {
			return fmt.Errorf("a wire runs on through the junction at %v: KiCad drops what is behind it", j.At)
		}
	}
	standing := map[geom.Point]int{}
	for _, l := range c.file.Labels {
		standing[l.At]++
	}
	for _, l := range c.file.Labels {
		at := c.point(l.At)
		for _, end := range c.through(l.At) {
			if standing[l.At] > 1 {
				return fmt.Errorf("%d labels stand at %v on the wire from %v: KiCad joins none of them with it", standing[l.At], l.At, end)
			}
			c.union(at, c.point(end))
		}
		c.union(at, c.name(l.Text))
		if l.Kind == schematic.Hierarchical {
			c.ports[l.Text] = at
		}
	}
	c.nameByPins()
	return nil
}

// nameByPins joins what power symbols name, and what hidden power inputs of
// parts name by themselves.
func (c *checker) nameByPins() {
	global := map[string]*circuit.Part{}
	for _, p := range c.sheet.Parts() {
		for _, pin := range p.Pins() {
			if pin.Global() {
				global[p.Ref] = p
			}
		}
	}
	for i := range c.file.Symbols {
		s := &c.file.Symbols[i]
		p := global[s.Fields[0].Value]
		if p == nil && !isPower(s) {
			continue
		}
		for _, sp := range s.Symbol.UnitPins(s.Unit, 1) {
			at := s.At.Add(s.Orientation.Apply(sp.At))
			switch {
			case p == nil:
				c.union(c.point(at), c.name(s.Fields[1].Value))
			case p.Pin(sp.Number).Global():
				c.union(c.point(at), c.name(sp.Name))
			}
		}
	}
}

// isPower reports whether a symbol is no part. A flag names no net.
func isPower(s *schematic.Symbol) bool {
	return strings.HasPrefix(s.Fields[0].Value, "#") && !strings.HasPrefix(s.Fields[0].Value, "#FLG")
}

// A terminal is a place where a pin of a part or of a child sheet is drawn.
type terminal struct {
	at   geom.Point
	what string
	net  *circuit.Net // nil: none
	key  any          // the same for what is joined without a wire
}

func (c *checker) terminals() ([]terminal, error) {
	parts := make(map[string]*circuit.Part, len(c.sheet.Parts()))
	for _, p := range c.sheet.Parts() {
		parts[p.Ref] = p
	}
	var list []terminal
	units := 0
	for i := range c.file.Symbols {
		s := &c.file.Symbols[i]
		p := parts[s.Fields[0].Value]
		if p == nil && strings.HasPrefix(s.Fields[0].Value, "#") {
			continue // a power symbol or a flag; logos and the like are parts
		}
		if p == nil {
			return nil, fmt.Errorf("%s is drawn but not on the sheet", s.Fields[0].Value)
		}
		units++
		for _, sp := range s.Symbol.UnitPins(s.Unit, 1) {
			if sp.Type == symbol.NoConnect {
				continue // KiCad joins it with nothing, whatever stands at its place
			}
			pin := p.Pin(sp.Number)
			t := terminal{at: s.At.Add(s.Orientation.Apply(sp.At)), what: pin.String(), net: pin.Net()}
			if t.net != nil && t.net.Label() == "" && t.net.Alone() {
				t.net = nil
			}
			if t.net != nil {
				t.key = t.net
			} else {
				t.key = pin.Stacked()[0]
			}
			list = append(list, t)
		}
	}
	want := 0
	for _, p := range c.sheet.Parts() {
		want += p.Symbol.Units
	}
	if units != want {
		return nil, fmt.Errorf("%d units are drawn, want %d", units, want)
	}
	for _, child := range c.sheet.Sheets() {
		for i := range c.file.Sheets {
			if c.file.Sheets[i].Name.Value != netlist.LabelText(child.Name) {
				continue
			}
			for _, sp := range c.file.Sheets[i].Pins {
				for _, port := range child.Ports() {
					if netlist.LabelText(port.Name) == sp.Name {
						list = append(list, terminal{sp.At, "pin " + port.Name + " of sheet " + child.Name, port.Outside(), port.Outside()})
					}
				}
			}
		}
	}
	return list, nil
}

func (c *checker) compare() error {
	list, err := c.terminals()
	if err != nil {
		return err
	}
	first := map[int]terminal{} // by what is joined on paper
	where := map[any]int{}      // and what is joined in the circuit
	for _, t := range list {
		group := c.find(c.point(t.at))
		if other, ok := first[group]; !ok {
			first[group] = t
		} else if other.key != t.key {
			return fmt.Errorf("%s and %s are joined at %v, but not in the circuit", other.what, t.what, t.at)
		}
		if t.net == nil {
			continue // pins of one stack that stand in several places stay apart
		}
		if other, ok := where[t.key]; !ok {
			where[t.key] = group
		} else if other != group {
			return fmt.Errorf("%s at %v is not joined with the rest of %v", t.what, t.at, t.net)
		}
	}
	for _, t := range list {
		if t.net == nil {
			continue
		}
		group := c.find(c.point(t.at))
		if t.net.IsPower() {
			if n, ok := c.names[t.net.Name()]; !ok || c.find(n) != group {
				return fmt.Errorf("%s at %v has no power symbol %s", t.what, t.at, t.net.Name())
			}
		}
		if port := t.net.Port(); port != nil {
			if at, ok := c.ports[netlist.LabelText(port.Name)]; !ok || c.find(at) != group {
				return fmt.Errorf("%s at %v does not lead to the sheet pin %s", t.what, t.at, port.Name)
			}
		}
	}
	return nil
}
