package builtins

import (
	"fmt"
	"slices"

	"go.starlark.net/starlark"

	"starboard/builtins/property"
	"starboard/kicad/circuit"
	"starboard/kicad/symbol"
)

// What a pin may lead to besides a net.
const (
	leftOpen = -1 - iota
	markedNC
)

// pinTarget draws what a pin leads to: nothing, the mark that this is meant,
// or one of so many nets.
func (d *drawing) pinTarget(pin *circuit.Pin, nets int, no, open bool) int {
	var others []int
	if open {
		others = append(others, leftOpen)
	}
	if no && !pin.Global() || pin.Type == symbol.NoConnect {
		others = append(others, markedNC)
	}
	if pin.Type == symbol.NoConnect {
		nets = 0
	}
	if nets+len(others) == 0 {
		return leftOpen
	}
	first := uint64(len(others))
	to := d.src.ChooseBy(first+uint64(nets)-1, func(r *property.Random) uint64 {
		if nets == 0 || first > 0 && r.UpTo(9) < 3 {
			return r.UpTo(first - 1)
		}
		return first + r.UpTo(uint64(nets)-1)
	})
	if to < first {
		return others[to]
	}
	return int(to - first)
}

// partAlone returns a part of a symbol that is in no circuit of anyone's.
func partAlone(sym *symbol.Symbol) (*circuit.Part, error) {
	c, err := circuit.New("alone")
	if err != nil {
		return nil, err
	}
	return c.Root().AddPart(circuit.Spec{Symbol: sym})
}

// A circuitPlan is what a drawn circuit may have.
type circuitPlan struct {
	name                                    string
	parts, sheets, nets                     int // at most
	units, power, noConnects, open, awkward bool
	libraries                               []string
	pos                                     string
}

func genCircuit(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	p := circuitPlan{name: "example", parts: 8, sheets: 2, nets: 6, units: true, power: true, noConnects: true, open: true, awkward: true, pos: caller(thread)}
	var libraries starlark.Iterable
	if err := unpackArgs(b, args, kwargs, "parts?", &p.parts, "sheets?", &p.sheets, "nets?", &p.nets, "units?", &p.units, "power?", &p.power,
		"no_connects?", &p.noConnects, "open?", &p.open, "awkward?", &p.awkward, "libraries?", &libraries, "name?", &p.name); err != nil {
		return nil, err
	}
	for _, x := range []struct {
		name               string
		value, least, most int
	}{{"parts", p.parts, 1, 1000}, {"sheets", p.sheets, 0, 100}, {"nets", p.nets, 0, 1000}} {
		if x.value < x.least || x.value > x.most {
			return nil, fmt.Errorf("%s: for parameter %s: got %d, want %d to %d", b.Name(), x.name, x.value, x.least, x.most)
		}
	}
	if !p.noConnects && !p.open && p.nets == 0 {
		return nil, fmt.Errorf("%s: without nets, no_connects and open there is nothing that a pin could lead to", b.Name())
	}
	if _, err := circuit.New(p.name); err != nil {
		return nil, fmt.Errorf("%s: for parameter name: %v", b.Name(), err)
	}
	var err error
	if p.libraries, err = stringList(b, "libraries", libraries); err != nil {
		return nil, err
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		env, err := envOf(d.thread, b)
		if err != nil {
			return nil, err
		}
		c, err := d.circuit(env, p)
		if err != nil {
			return nil, inGenerator(b, err)
		}
		return c, nil
	}), nil
}

// A circuitDrawing is a circuit while it is drawn. It calls what a script would
// call, in ways that are allowed: what comes out can be written as a script.
type circuitDrawing struct {
	*drawing
	circuitPlan
	env    *Env
	c      *circuit.Circuit
	power  []*circuit.Net
	parts  int // that are left
	sheets int
	names  int
	refs   map[string]bool
}

func (d *drawing) circuit(env *Env, p circuitPlan) (*Circuit, error) {
	m, err := circuit.New(p.name)
	if err != nil {
		return nil, err
	}
	st := newState(env, p.pos, m)
	g := &circuitDrawing{drawing: d, circuitPlan: p, env: env, c: m, parts: p.parts, sheets: p.sheets, refs: map[string]bool{}}
	if p.awkward && d.src.Chance(1, 6) {
		m.Title, m.Rev, m.Company = pick(d, oddValues), pick(d, []string{"", "A", "é\"1"}), pick(d, []string{"", "Ö & Co."})
	}
	if p.power {
		err = d.times("power", 0, 3, func(int) error { return g.powerNet(pick(d, powerNames)) })
		if err != nil {
			return nil, err
		}
	}
	return st.root, g.sheet(m.Root(), nil, 0)
}

// powerNames have a symbol of their own, or are drawn with a general one.
var powerNames = []string{"GND", "VCC", "+3V3", "+5V", "VBAT_SW", "-12V", "~{ON}", "V BUS", "3V3/IO", "GNDA"}

func (g *circuitDrawing) powerNet(name string) error {
	sym, err := powerSymbol(g.env, name)
	if err != nil {
		return err
	}
	n, err := g.c.Power(name, sym, !g.src.Chance(1, 6))
	if err == nil && !slices.Contains(g.power, n) {
		g.power = append(g.power, n)
	}
	return err
}

// sheet fills a sheet. Ports are the nets that come from the parent.
func (g *circuitDrawing) sheet(s *circuit.Sheet, ports []*circuit.Net, depth int) error {
	nets := slices.Clone(ports)
	err := g.times("net", 0, g.nets, func(i int) error {
		name := plainNames[i%len(plainNames)]
		if g.awkward {
			var err error
			if name, err = g.netName(); err != nil {
				return err
			}
		}
		n, err := s.Net(g.free(name, s, nets))
		nets = append(nets, n)
		return err
	})
	if err != nil {
		return err
	}
	named := slices.Concat(nets, g.power)
	// A net without a name comes to be with its first pin.
	const loose = 2
	unnamed := make([]*circuit.Net, loose)
	least := 0
	if depth == 0 {
		least = 1 // a circuit without parts is nothing that KiCad could show
	}
	err = g.times("part", min(least, g.parts), g.parts, func(int) error {
		g.parts--
		p, err := g.part(s)
		if err != nil {
			return err
		}
		return g.connect(s, p, named, unnamed)
	})
	if err != nil || depth == 3 {
		return err
	}
	return g.times("sheet", 0, g.sheets, func(i int) error { return g.child(s, named, depth) })
}

// free returns the name, changed where it is taken on the sheet or means a
// power net.
func (g *circuitDrawing) free(name string, s *circuit.Sheet, nets []*circuit.Net) string {
	for base, i := name, 2; slices.Contains(powerNames, name) || s.HasNet(name) || slices.ContainsFunc(nets, func(n *circuit.Net) bool { return n.Name() == name }); i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	return name
}

// sheetNames can be file names on any system.
var (
	sheetNames    = []string{"amp", "filter", "io", "supply"}
	oddSheetNames = []string{"in out", "é", "ch{1}", "a.b", "#1", "it's", "1", "(a)", "[2]", "~{N}", "Amp", "日本"}
	portNames     = []string{"a", "b", "vin", "vout", "clk", "en"}
)

func (g *circuitDrawing) child(s *circuit.Sheet, named []*circuit.Net, depth int) error {
	if g.sheets <= 0 || g.parts <= 0 {
		return nil
	}
	g.sheets--
	list := sheetNames
	if g.awkward {
		list = slices.Concat(sheetNames, oddSheetNames)
	}
	name := pick(g.drawing, list)
	for base, i := name, 2; slices.ContainsFunc(s.Sheets(), func(o *circuit.Sheet) bool { return o.Name == name }); i++ {
		name = fmt.Sprintf("%s %d", base, i)
	}
	sub, err := s.AddSheet(name, g.pos)
	if err != nil {
		return err
	}
	var ports []*circuit.Net
	err = g.times("port", 0, min(len(named), len(portNames)), func(i int) error {
		outside := pick(g.drawing, named)
		if outside.IsPower() {
			return nil // which needs no port
		}
		in, err := sub.AddPort(portNames[i], outside)
		ports = append(ports, in)
		return err
	})
	if err != nil {
		return err
	}
	return g.sheet(sub, ports, depth+1)
}

var (
	footprints = []string{"Resistor_SMD:R_0603_1608Metric", "Package_SO:SOIC-8_3.9x4.9mm_P1.27mm"}
	fieldNames = []string{"MPN", "Tolerance", "Rated voltage", "é", "a/b", "LCSC#", "\"q\""}
)

func (g *circuitDrawing) part(s *circuit.Sheet) (*circuit.Part, error) {
	c := symbolChoice{libraries: g.libraries, least: 1, most: 1, pins: 48}
	if g.units {
		c.most = 1 << 20
	}
	sym, err := g.symbol(g.env, c)
	if err != nil {
		return nil, err
	}
	spec := circuit.Spec{Symbol: sym, InBOM: true, OnBoard: true, Pos: g.pos}
	d := g.drawing
	if d.src.Chance(1, 2) { // what a part says of itself
		v, err := d.partValue(g.awkward)
		if err != nil {
			return nil, err
		}
		spec.Value = &v
		switch ref := d.index(4); {
		case ref == 1 && g.awkward:
			spec.Ref = d.prefix()
		case ref == 2:
			spec.Ref = fmt.Sprintf("%s%d", pick(d, prefixes), d.number(1, 99))
			if key := circuit.RefKey(spec.Ref); g.refs[key] {
				spec.Ref = ""
			} else {
				g.refs[key] = true
			}
		case ref == 3:
			g.names++
			spec.Name = fmt.Sprintf("part %d", g.names)
		}
		if d.src.Chance(1, 3) {
			f := pick(d, footprints)
			spec.Footprint = &f
		}
		if d.src.Chance(1, 4) {
			name := fieldNames[0]
			if g.awkward {
				name = pick(d, fieldNames)
			}
			v, err := d.partValue(g.awkward)
			if err != nil {
				return nil, err
			}
			spec.Fields = []circuit.Field{{Name: name, Value: v}}
		}
		spec.DNP, spec.InBOM = d.src.Chance(1, 8), !d.src.Chance(1, 8)
	}
	return s.AddPart(spec)
}

// connect draws where the pins of a part lead.
func (g *circuitDrawing) connect(s *circuit.Sheet, p *circuit.Part, named, unnamed []*circuit.Net) error {
	for _, pin := range p.Pins() {
		if pin.Stacked()[0] != pin {
			continue // the first stands for all at its place
		}
		if pin.Global() { // KiCad decides over it
			if err := g.powerNet(pin.Name); err != nil {
				return err
			}
			n, err := s.Net(pin.Name)
			if err != nil {
				return err
			}
			if _, err := s.Connect(g.pos, n, pin); err != nil {
				return err
			}
			continue
		}
		g.src.Begin("pin")
		to := g.pinTarget(pin, len(named)+len(unnamed), g.noConnects, g.open)
		g.src.End()
		var err error
		switch {
		case to == leftOpen:
		case to == markedNC:
			err = s.NoConnect(g.pos, pin)
		case to < len(named):
			_, err = s.Connect(g.pos, named[to], pin)
		default:
			loose := &unnamed[to-len(named)]
			if *loose == nil {
				*loose, err = s.Connect(g.pos, pin)
			} else {
				_, err = s.Connect(g.pos, *loose, pin)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
