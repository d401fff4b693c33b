package project_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"starboard/kicad/annotate"
	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/netlist"
	"starboard/kicad/project"
	"starboard/kicad/symbol"
)

func itoa(n int) string { return strconv.Itoa(n) }

// A catalogue is where random parts come from.
type catalogue struct {
	path  *symbol.Path
	libs  []string
	power []string // names in the library power
}

// special are libraries whose symbols have what few others have: several
// units, second body styles, pins common to units, pins drawn twice, numbers
// that are no numbers or none at all.
var special = []string{
	"4xxx", "4xxx_IEEE", "74xx", "74xx_IEEE", "Amplifier_Operational", "Analog_Switch", "Comparator", "Device", "Connector",
	"Connector_Generic", "Connector_Generic_MountingPin", "Connector_Generic_Shielded", "Diode", "Isolator", "Logic_LevelTranslator",
	"Relay", "Switch", "Transistor_Array", "Transistor_FET", "Transistor_BJT", "Valve", "RF_Module", "MCU_Microchip_ATmega",
	"Regulator_Linear", "Interface_UART", "Mechanical", "Jumper", "Timer", odd,
}

func newCatalogue(t testing.TB, dir string) *catalogue {
	t.Helper()
	c := &catalogue{path: symbol.NewPath(symbol.Source{Kind: symbol.Installed, Dir: dir}, symbol.Source{Kind: symbol.Local, Dir: "testdata/symbols"})}
	libs, err := c.path.Libraries()
	if err != nil {
		t.Fatal(err)
	}
	if c.power, err = c.path.Names("power"); err != nil {
		t.Fatal(err)
	}
	c.libs = slices.DeleteFunc(libs, func(lib string) bool { return lib == "power" })
	return c
}

// odd is the library of this test: symbols with all that is odd.
const odd = "Odd"

// maxPins keeps single symbols from being most of a circuit.
const maxPins = 160

// pick returns a random symbol that is no power symbol.
func (c *catalogue) pick(t testing.TB, r *rand.Rand) *symbol.Symbol {
	t.Helper()
	for {
		lib := c.libs[r.IntN(len(c.libs))]
		if r.IntN(2) == 0 {
			lib = special[r.IntN(len(special))]
			if *onlyOdd {
				lib = odd
			}
		}
		names, err := c.path.Names(lib)
		if err != nil {
			t.Fatal(err)
		}
		s, err := c.path.Find(lib + ":" + names[r.IntN(len(names))])
		if err != nil {
			t.Fatal(err)
		}
		if !s.Power && len(s.Pins) <= maxPins && !faulty(s) {
			return s
		}
	}
}

// faulty reports whether a symbol says two things of one pin: its number is
// drawn under two names, and which of them KiCad's netlist has depends on how
// its sort works. Some of 74xx_IEEE have it by mistake. Values with variables,
// of which the libraries have one, are not expanded here.
func faulty(s *symbol.Symbol) bool {
	first := map[string]*symbol.Pin{}
	for i := range s.Pins {
		p := &s.Pins[i]
		if f := first[p.Number]; f != nil && (f.Name != p.Name || f.Type != p.Type) && p.Body < 2 {
			return true
		} else if f == nil {
			first[p.Number] = p
		}
	}
	return strings.Contains(s.Value, "${")
}

// The names that a script may choose, awkward ones among them.
var (
	netNames = []string{
		"CLK", "clk", "DATA", "A/B", "~{RST}", "~{A/B}", "A{B", "A}B", "V_{CC}", "x^{2}", "two words", `q"q`, "it's", "é", "日本語", "net(1)",
		"Net-(R1-Pad1)", "Net-(U1-OUT)", "unconnected-(R1-Pad1)", "unconnected-(U1-NC-Pad3)", "/", "//x", "D[0]", "D0", "R1_1", "U1_OUT", "1", "-", "a,b", "a;b", "a:b", `a\b`, `a\nb`,
		"#x", "$x", "%d", "*", "?", "<x>", "(x", "x)", "~x", "a=b", "@", "GND2", "x_2", "x", "ＷＩＤＥ", "a_1", "+", "N$1", "{{x}}", "|",
		"a rather long name that goes on for a while and then some more, until it is long",
	}
	powerNames = []string{"GND", "+3V3", "VCC", "+5V", "GNDA", "VEE", "-12V", "VBAT_SW", "3V3/IO", "~{ON}", "Vé", "V BUS", "V{x"}
	sheetNames = []string{"amp", "Amp", "filter", "in out", "é", "ch{1}", "a.b", "b-c", "x{slash}y", "#1", "it's", "1", "(a)", "a=b", "[2]", "~{N}"}
	values     = []string{"10k", "100n/16V", "", "~", `5"`, "4,7µF", "{slush}", "a{b}c", "1 2", "R1", "~{X}", "日本", "'", "x\\y", "(z)", ";", "A4_long_value_that_is_wide"}
	prefixes   = []string{"R", "U", "IC", "X", "r", "K_", "TP", "J1A", "R-", "Q.", "C+", "R/"}
	fieldNames = []string{"MPN", "Tolerance", "Rated voltage", "Bemerkung é", "a/b", "x{y}", "LCSC#", "mpn", "Sim.Device2", "\"q\""}
	footprints = []string{"", "Resistor_SMD:R_0603_1608Metric", "Package_SO:SOIC-8_3.9x4.9mm_P1.27mm"}
)

// A handle is a net as the script holds it, and its key in the statement.
type handle struct {
	net *circuit.Net
	key string
}

// A generator makes a circuit by the calls that a script would make, and
// keeps what they say.
type generator struct {
	t     testing.TB
	r     *rand.Rand
	c     *circuit.Circuit
	cat   *catalogue
	says  *statement
	any   []handle // nets of all sheets, for use from others
	ports map[string]bool
	pins  int
	left  int // parts
	refs  []string
	count int
}

// randomCircuit returns the annotated circuit of a seed, and what was said of it.
func randomCircuit(t testing.TB, cat *catalogue, seed uint64) (*circuit.Circuit, *statement, project.Options) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 0x5eed))
	c, err := circuit.New(fmt.Sprintf("random%d", seed))
	if err != nil {
		t.Fatal(err)
	}
	c.Title = pick(r, []string{"", "Random circuit", `A "title" (é)`})
	c.Rev, c.Company, c.Date = pick(r, []string{"", "A"}), pick(r, []string{"", "Ö & Co."}), pick(r, []string{"", "2026-01-02"})
	if r.IntN(3) == 0 {
		c.Comments = []string{"first", "", "third"}
	}
	g := &generator{t: t, r: r, c: c, cat: cat, says: newStatement(), ports: map[string]bool{}, left: 5 + r.IntN(56)}
	if r.IntN(4) > 0 {
		g.left = 5 + r.IntN(16) // small ones show more in less time
	}
	var power []handle
	for range r.IntN(5) {
		power = append(power, g.power(pick(r, powerNames)))
	}
	g.sheet(c.Root(), power, 0)
	g.across()
	if _, err := annotate.Annotate(c, nil, false); err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	return c, g.says, g.options()
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// options turns every unit in one of the eight ways, and puts the symbols of
// some libraries into the project.
func (g *generator) options() project.Options {
	seed := g.r.Uint64()
	mode := g.r.IntN(3)
	return project.Options{
		Kind: func(s *symbol.Symbol) symbol.Kind {
			// The rules check reads each installed library that is used, which
			// takes long for a large one; all of one library are of one kind.
			if s.Lib == odd {
				return symbol.Local
			}
			if mode == 0 || mode == 1 && hash(seed, s.Lib)%2 == 0 {
				return symbol.Installed
			}
			return symbol.Embedded
		},
		Flag: func() (*symbol.Symbol, error) { return g.cat.path.Find("power:PWR_FLAG") },
		Orient: func(p *circuit.Part, unit int) geom.Orientation {
			return geom.Orientations[hash(seed, p.Ref+itoa(unit))%uint64(len(geom.Orientations))]
		},
	}
}

// hash scatters a text; equal ones give equal results.
func hash(seed uint64, s string) uint64 {
	h := seed ^ 0xcbf29ce484222325
	for _, b := range []byte(s) {
		h = (h ^ uint64(b)) * 0x100000001b3
	}
	return h >> 8
}

func (g *generator) power(name string) handle {
	libID := "power:VCC"
	if slices.Contains(g.cat.power, name) {
		libID = "power:" + name
	}
	sym, err := g.cat.path.Find(libID)
	if err != nil {
		g.t.Fatal(err)
	}
	driven := g.r.IntN(4) > 0
	if was, known := g.says.driven[name]; !known || was {
		g.says.driven[name] = driven
	}
	n, err := g.c.Power(name, sym, driven)
	if err != nil {
		g.t.Fatalf("power %q: %v", name, err)
	}
	return handle{n, g.says.power(name)}
}

// sheet fills a sheet: nets, parts, connections, and sheets in it.
func (g *generator) sheet(s *circuit.Sheet, nets []handle, depth int) (out []handle) {
	r := g.r
	for range r.IntN(7) {
		name := pick(r, netNames)
		if g.ports[s.Path()+"\x00"+name] {
			continue // that is a port, and the handle is there already
		}
		n, err := s.Net(name)
		if err != nil {
			g.t.Fatalf("net %q: %v", name, err)
		}
		nets = append(nets, handle{n, g.says.net(s.Path(), name)})
	}
	if depth > 0 && r.IntN(4) == 0 { // a power net that only a child knows
		name := pick(r, powerNames)
		if !g.isPort(name) {
			nets = append(nets, g.power(name))
		}
	}
	parts := 1 + r.IntN(max(g.left, 1))
	if depth == 0 {
		parts = 1 + g.left/2
	}
	var mine []*statedPart
	for range min(parts, g.left) {
		if p := g.part(s); p != nil {
			mine = append(mine, p)
		}
	}
	for _, p := range mine {
		g.connectPart(s, p, mine, nets)
	}
	for range r.IntN(3) {
		g.connect(s, g.some(nets), nil)
	}
	if depth < 3 {
		for i := range r.IntN(4 - depth) {
			if g.left <= 0 {
				break
			}
			nets = append(nets, g.child(s, nets, depth, i)...)
		}
	}
	g.any = append(g.any, nets...)
	for range min(2, len(nets)) {
		out = append(out, pick(r, nets))
	}
	return out
}

func (g *generator) isPort(name string) bool {
	for key := range g.ports {
		if strings.HasSuffix(key, "\x00"+name) {
			return true
		}
	}
	return false
}

// child adds a sheet in s. Some are made twice by one function, that is from
// one state of the generator.
func (g *generator) child(s *circuit.Sheet, nets []handle, depth, i int) []handle {
	r := g.r
	name := pick(r, sheetNames)
	twice := r.IntN(4) == 0
	state := rand.NewPCG(r.Uint64(), r.Uint64())
	var args []handle
	for range r.IntN(5) {
		if len(nets) > 0 {
			args = append(args, pick(r, nets))
		}
	}
	var out []handle
	for n := range 1 + btoi(twice) {
		full := name
		if i > 0 || n > 0 {
			full = fmt.Sprintf("%s %d-%d", name, i, n)
		}
		copied := *state
		g.r = rand.New(&copied)
		sub, err := s.AddSheet(full, "")
		if err != nil {
			g.t.Fatalf("sheet %q: %v", full, err)
		}
		inner := slices.DeleteFunc(slices.Clone(nets), func(h handle) bool { return !h.net.IsPower() })
		for k, h := range args {
			param := pick(g.r, []string{"vin", "VOUT", "a", "clk", "CLK"}) + strings.Repeat("x", k)
			if g.says.taken(sub.Path(), param) {
				continue
			}
			in, err := sub.AddPort(param, h.net)
			if err != nil {
				g.t.Fatalf("port %q: %v", param, err)
			}
			key := h.key
			if !g.says.isPower(h.key) {
				key = g.says.add("net "+sub.Path()+"\x00"+param, keyInfo{sheet: sub.Path(), name: param, port: true})
				g.says.join(h.key, key)
				g.ports[sub.Path()+"\x00"+param] = true
			}
			inner = append(inner, handle{in, key})
		}
		out = append(out, g.sheet(sub, inner, depth+1)...)
	}
	g.r = r
	return out
}

func btoi(v bool) int {
	if v {
		return 1
	}
	return 0
}

// across joins nets of different sheets, as a script does that keeps a net in
// a variable.
func (g *generator) across() {
	sheets := g.c.Sheets()
	for range g.r.IntN(6) {
		g.connect(pick(g.r, sheets), g.some(g.any), nil)
	}
	for _, p := range g.says.parts {
		if g.r.IntN(6) == 0 && len(p.pins) > 0 {
			g.connect(pick(g.r, sheets), g.some(g.any), []pinOf{{p, pick(g.r, p.pins)}})
		}
	}
}

// some returns up to two of the nets.
func (g *generator) some(nets []handle) []handle {
	var list []handle
	for range min(g.r.IntN(3), len(nets)) {
		list = append(list, pick(g.r, nets))
	}
	return list
}

// part adds a random part.
func (g *generator) part(s *circuit.Sheet) *statedPart {
	r := g.r
	g.left--
	sym := g.cat.pick(g.t, r)
	if g.pins += len(sym.Pins); g.pins > 1200 {
		return nil
	}
	spec := circuit.Spec{Symbol: sym, InBOM: r.IntN(8) > 0, OnBoard: r.IntN(10) > 0, DNP: r.IntN(8) == 0}
	if r.IntN(2) == 0 {
		v := pick(r, values)
		spec.Value = &v
	}
	if r.IntN(2) == 0 {
		f := pick(r, footprints)
		spec.Footprint = &f
	}
	switch r.IntN(8) {
	case 0:
		spec.Ref = pick(r, prefixes)
	case 1:
		spec.Ref = pick(r, []string{"R", "U", "Z", "J"}) + itoa(1+r.IntN(90))
		if slices.ContainsFunc(g.refs, func(other string) bool { return netlist.NaturalCompare(other, spec.Ref, true) == 0 }) {
			spec.Ref = ""
		} else {
			g.refs = append(g.refs, spec.Ref)
		}
	}
	if r.IntN(6) == 0 {
		g.count++
		spec.Name = fmt.Sprintf("part %d", g.count)
	}
	for range r.IntN(3) {
		f := circuit.Field{Name: pick(r, fieldNames), Value: pick(r, values)}
		if !slices.ContainsFunc(spec.Fields, func(other circuit.Field) bool { return other.Name == f.Name }) {
			spec.Fields = append(spec.Fields, f)
		}
	}
	made, err := s.AddPart(spec)
	if err != nil {
		g.t.Fatalf("%s: %v", sym.LibID(), err)
	}
	p := g.says.addPart(spec, s.Path(), made)
	for _, pin := range made.Pins() {
		if pin.Global() {
			if g.isPort(pin.Name) {
				g.t.Fatalf("%s is a port", pin.Name)
			}
			g.connect(s, []handle{g.power(pin.Name)}, []pinOf{{p, pin.Number}})
		}
	}
	return p
}

// connectPart does something with each pin of a part, or nothing.
func (g *generator) connectPart(s *circuit.Sheet, p *statedPart, others []*statedPart, nets []handle) {
	r := g.r
	busy := 1 + r.IntN(10)
	for _, number := range p.pins {
		pins := []pinOf{{p, number}}
		switch what := r.IntN(20); {
		case r.IntN(10) >= busy:
		case what < 12 && len(nets) > 0:
			g.connect(s, []handle{pick(r, nets)}, pins)
		case what < 13 && len(g.any) > 0:
			g.connect(s, []handle{pick(r, g.any)}, pins)
		case what < 16:
			q := pick(r, others)
			if len(q.pins) > 0 {
				g.connect(s, nil, append(pins, pinOf{q, pick(r, q.pins)}))
			}
		case what < 19:
			if st := p.stack[number]; !p.used[st] {
				if err := s.NoConnect("", p.made.Pin(number)); err != nil {
					g.t.Fatalf("no connect: %v", err)
				}
				p.nc[st] = true
			}
		case what < 20:
			g.connect(s, nil, pins) // a net without a name and with one pin
		}
	}
}

// A pinOf is a pin of a stated part.
type pinOf struct {
	part   *statedPart
	number string
}

// connect joins nets and pins, where a script may.
func (g *generator) connect(s *circuit.Sheet, nets []handle, pins []pinOf) {
	g.t.Helper()
	targets, legal := g.targets(nets, pins)
	if !legal || len(targets) == 0 {
		return
	}
	if _, err := s.Connect("", targets...); err != nil {
		g.t.Fatalf("connect on %s: %v", s.Path(), err)
	}
	var keys []string
	for _, h := range nets {
		keys = append(keys, h.key)
	}
	for _, p := range pins {
		keys = append(keys, g.says.pin(p.part, p.number))
		p.part.used[p.part.stack[p.number]] = true
	}
	// The sheet of the call is one that the net reaches.
	keys = append(keys, g.says.add(fmt.Sprintf("call %d", len(g.says.keys)), keyInfo{sheet: s.Path()}))
	for _, k := range keys[1:] {
		g.says.join(keys[0], k)
	}
}

// targets returns what to give to Connect, and whether that is allowed: two
// power nets cannot be one, a pin that is on a net with a name is not moved to
// another, and one that is marked as not connected is not connected.
func (g *generator) targets(nets []handle, pins []pinOf) (targets []any, legal bool) {
	power := map[string]bool{}
	named := map[string]bool{}
	note := func(key string) {
		root := g.says.find(key)
		if list := g.says.names(key); len(list) > 0 {
			named[root] = true
			power[root] = power[root] || list[0].power
		}
	}
	for _, h := range nets {
		targets = append(targets, h.net)
		note(h.key)
	}
	count := func() int {
		n := 0
		for _, is := range power {
			n += btoi(is)
		}
		return n
	}
	if count() > 1 {
		return nil, false
	}
	givenNamed := len(named) > 0
	for _, p := range pins {
		st := p.part.stack[p.number]
		pin := p.part.made.Pin(p.number)
		if p.part.nc[st] || pin.Type == symbol.NoConnect {
			return nil, false
		}
		targets = append(targets, pin)
		if p.part.used[st] {
			note(g.says.pin(p.part, p.number))
		}
	}
	if len(pins) > 0 && (len(named) > 1 && !(givenNamed && len(named) == 1)) {
		return nil, false
	}
	return targets, count() <= 1
}
