package circuit_test

import (
	"strings"
	"testing"

	"starboard/kicad/circuit"
	"starboard/kicad/stock"
	"starboard/kicad/symbol"
)

func sym(t testing.TB, libID string) *symbol.Symbol {
	t.Helper()
	lib, name, _ := strings.Cut(libID, ":")
	text, ok := stock.Symbol(lib, name)
	if !ok {
		t.Fatalf("no symbol %s", libID)
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

// A bench makes circuits in few words; what it does must succeed.
type bench struct {
	testing.TB
	c *circuit.Circuit
}

func newBench(t testing.TB) bench {
	t.Helper()
	c, err := circuit.New("test")
	if err != nil {
		t.Fatal(err)
	}
	return bench{t, c}
}

func (b bench) part(s *circuit.Sheet, libID, ref string) *circuit.Part {
	b.Helper()
	p, err := s.AddPart(circuit.Spec{Symbol: sym(b, libID), Ref: ref, InBOM: true, OnBoard: true})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func (b bench) net(s *circuit.Sheet, name string) *circuit.Net {
	b.Helper()
	n, err := s.Net(name)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func (b bench) power(name string) *circuit.Net {
	b.Helper()
	n, err := b.c.Power(name, sym(b, "power:GND"), true)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func (b bench) connect(s *circuit.Sheet, targets ...any) *circuit.Net {
	b.Helper()
	n, err := s.Connect("", targets...)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func (b bench) sheet(s *circuit.Sheet, name string) *circuit.Sheet {
	b.Helper()
	sub, err := s.AddSheet(name, "")
	if err != nil {
		b.Fatal(err)
	}
	return sub
}

func TestConnectJoins(t *testing.T) {
	b := newBench(t)
	root := b.c.Root()
	r1, r2 := b.part(root, "Device:R", "R1"), b.part(root, "Device:R", "R2")
	n := b.connect(root, r1.Pin("1"), r2.Pin("1"))
	if n.Name() != "" || len(n.Pins()) != 2 {
		t.Fatalf("two pins: %v with %d pins, want a net without name and 2", n, len(n.Pins()))
	}
	out := b.connect(root, r1.Pin("1"), b.net(root, "OUT"))
	if out.Name() != "OUT" || r2.Pin("1").Net() != out || len(out.Pins()) != 2 {
		t.Errorf("the net of R2.1 is %v with %d pins, want OUT with 2", r2.Pin("1").Net(), len(out.Pins()))
	}
	joined := b.connect(root, b.net(root, "A"), b.net(root, "B"))
	if joined.Name() != "A" || b.net(root, "B") != joined {
		t.Errorf("A and B joined are %v, and B is %v; want A for both", joined, b.net(root, "B"))
	}
	gnd := b.power("GND")
	if got := b.connect(root, b.net(root, "A"), gnd); got != gnd || b.net(root, "B") != gnd {
		t.Errorf("A joined with GND is %v, want GND", got)
	}
}

func TestStackedPinsAreOne(t *testing.T) {
	b := newBench(t)
	u := b.part(b.c.Root(), "RF_Module:ESP32-C6-MINI-1", "U1")
	ground, err := u.Find("GND")
	if err != nil || len(ground) < 2 {
		t.Fatalf("pins named GND: %v, %v, want several", ground, err)
	}
	n := b.connect(b.c.Root(), b.net(b.c.Root(), "G"), ground[0])
	for _, pin := range ground[0].Stacked() {
		if pin.Net() != n {
			t.Errorf("%v is on %v, want the net of the pin that stands in the same place", pin, pin.Net())
		}
	}
	if len(ground[0].Stacked()) < 2 {
		t.Errorf("%v stands alone, want a stack", ground[0])
	}
	other := b.net(b.c.Root(), "OTHER")
	last := ground[0].Stacked()[len(ground[0].Stacked())-1]
	if _, err := b.c.Root().Connect("", other, last); err == nil || !strings.Contains(err.Error(), "is on net G already") {
		t.Errorf("a stacked pin on a second net: %v", err)
	}
}

func TestNetsReachOtherSheets(t *testing.T) {
	b := newBench(t)
	root := b.c.Root()
	left := b.sheet(root, "left")
	inner := b.sheet(left, "inner")
	right := b.sheet(root, "right")
	r1, r2, r3 := b.part(inner, "Device:R", "R1"), b.part(right, "Device:R", "R2"), b.part(root, "Device:R", "R3")

	// From a sheet two levels down to another branch of the tree.
	sig := b.net(inner, "SIG")
	b.connect(inner, sig, r1.Pin("1"))
	b.connect(right, sig, r2.Pin("1"))
	if got := len(r1.Pin("1").Net().AllPins()); got != 2 {
		t.Errorf("the net across sheets has %d pins, want 2", got)
	}
	for _, s := range []*circuit.Sheet{left, inner, right} {
		if len(s.Ports()) != 1 || s.Ports()[0].Name != "SIG" {
			t.Errorf("sheet %s has ports %v, want SIG", s.Path(), s.Ports())
		}
	}
	// Once more makes no further ports.
	b.connect(root, sig, r3.Pin("1"))
	if len(left.Ports()) != 1 || len(r3.Pin("1").Net().AllPins()) != 3 {
		t.Errorf("%d ports, %d pins; want 1 and 3", len(left.Ports()), len(r3.Pin("1").Net().AllPins()))
	}
	// A power net needs no ports: what joins it becomes global everywhere.
	gnd := b.power("GND")
	b.connect(right, r2.Pin("1").Net(), gnd)
	for _, p := range []*circuit.Part{r1, r2, r3} {
		if p.Pin("1").Net() != gnd {
			t.Errorf("%s.1 is on %v, want GND", p, p.Pin("1").Net())
		}
	}
	for _, s := range []*circuit.Sheet{left, inner, right} {
		if len(s.Ports()) != 0 {
			t.Errorf("sheet %s still has ports", s.Path())
		}
	}
}

func TestTwoPortsOfOneNetAreOne(t *testing.T) {
	b := newBench(t)
	root := b.c.Root()
	sub := b.sheet(root, "sub")
	in, err := sub.AddPort("in", b.net(root, "A"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := sub.AddPort("out", b.net(root, "B"))
	if err != nil {
		t.Fatal(err)
	}
	r := b.part(sub, "Device:R", "R1")
	b.connect(sub, in, out, r.Pin("1"))
	if len(sub.Ports()) != 1 || b.net(root, "A") != b.net(root, "B") {
		t.Errorf("%d ports, A is %v, B is %v; want one port and one net", len(sub.Ports()), b.net(root, "A"), b.net(root, "B"))
	}
}

func TestPowerTakesNetsOfItsName(t *testing.T) {
	b := newBench(t)
	sub := b.sheet(b.c.Root(), "sub")
	r := b.part(sub, "Device:R", "R1")
	b.connect(sub, b.net(sub, "GND"), r.Pin("1"))
	gnd := b.power("GND")
	if r.Pin("1").Net() != gnd || b.net(b.c.Root(), "GND") != gnd {
		t.Errorf("a net called GND is %v, want the power net", r.Pin("1").Net())
	}
}

func TestLabels(t *testing.T) {
	b := newBench(t)
	root := b.c.Root()
	sub := b.sheet(root, "sub")
	u, r, lone := b.part(root, "Timer:NE555P", "U1"), b.part(root, "Device:R", "R1"), b.part(root, "Device:R", "R2")
	inside := b.part(sub, "Device:R", "R3")
	for _, p := range []*circuit.Part{u, r, lone, inside} {
		p.Ref = p.FixedRef
	}
	out, err := u.Find("Q")
	if err != nil {
		out, err = u.Find("OUT")
	}
	if err != nil {
		t.Fatal(err)
	}
	n := b.connect(root, out[0], r.Pin("1"))
	port, err := sub.AddPort("drive", n)
	if err != nil {
		t.Fatal(err)
	}
	b.connect(sub, port, inside.Pin("1"))
	alone := b.connect(root, lone.Pin("1"))
	taken := b.net(root, "U1_"+out[0].Name)
	b.connect(root, taken, lone.Pin("2"), inside.Pin("2"))
	b.c.Resolve()
	if got, want := n.Label(), "U1_"+out[0].Name+"_2"; got != want {
		t.Errorf("label = %q, want %q: named by the part with the most pins, and the name is taken", got, want)
	}
	if got := port.Label(); got != "drive" {
		t.Errorf("label inside = %q, want that of the port", got)
	}
	if alone.Label() != "" || !lone.Pin("1").Unconnected() {
		t.Errorf("a net of one pin has label %q, want none", alone.Label())
	}
}

func TestMistakes(t *testing.T) {
	b := newBench(t)
	root := b.c.Root()
	r := b.part(root, "Device:R", "R1")
	u := b.part(root, "Timer:NE555P", "U1")
	b.connect(root, b.net(root, "VIN"), r.Pin("1"))
	if err := root.NoConnect("s.star:3:4", r.Pin("2")); err != nil {
		t.Fatal(err)
	}
	other := newBench(t)
	add := func(spec circuit.Spec) error {
		if spec.Symbol == nil {
			spec.Symbol = sym(t, "Device:R")
		}
		_, err := root.AddPart(spec)
		return err
	}
	second := func(_ any, err error) error { return err }
	bad := "a/b"
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"two nets", second(root.Connect("", b.net(root, "VOUT"), r.Pin("1"))), "pin 1 of R1 is on net VIN already; it cannot be on net VOUT too"},
		{"marked", second(root.Connect("", b.net(root, "VOUT"), r.Pin("2"))), "pin 2 of R1 is marked as not connected (s.star:3:4)"},
		{"connected", root.NoConnect("", r.Pin("1")), "pin 1 of R1 is on net VIN; it cannot be marked as not connected"},
		{"unknown pin", second(r.Find("3")), "Device:R has no pin 3; it has 1, 2"},
		{"unknown name", second(u.Find("THRESH")), "Timer:NE555P has no pin THRESH; did you mean"},
		{"nothing", second(root.Connect("")), "nothing to connect"},
		{"another circuit", second(root.Connect("", other.net(other.c.Root(), "X"), b.net(root, "VIN"))), `net X belongs to circuit "test"`},
		{"reference", add(circuit.Spec{Ref: "R1"}), "reference R1 is taken"},
		{"reference with #", add(circuit.Spec{Ref: "#R1"}), `reference "#R1" begins with #`},
		{"reference without letters", add(circuit.Spec{Ref: "7"}), `reference "7" has no letters`},
		{"reference with space", add(circuit.Spec{Ref: "R 1"}), `reference "R 1" has a space`},
		{"power symbol", add(circuit.Spec{Symbol: sym(t, "power:GND")}), `power:GND is a power symbol: c.power("GND") makes the net`},
		{"flag", add(circuit.Spec{Symbol: sym(t, "power:PWR_FLAG")}), `power:PWR_FLAG is drawn where it is needed`},
		{"footprint", add(circuit.Spec{Footprint: &bad}), `footprint "a/b": want Library:Name`},
		{"field", add(circuit.Spec{Fields: []circuit.Field{{Name: "Value"}}}), `field "Value" is not a user field: set value of the part instead`},
		{"field twice", add(circuit.Spec{Fields: []circuit.Field{{Name: "A"}, {Name: "A"}}}), `field "A" is given twice`},
		{"field of KiCad", add(circuit.Spec{Fields: []circuit.Field{{Name: "ki_x"}}}), `field "ki_x": KiCad keeps`},
		{"bus", second(root.Net("D[0..7]")), `net name "D[0..7]" is a bus to KiCad`},
		{"variable", second(root.Net("${X}")), `net name "${X}" has a text variable`},
		{"no name", second(root.Net("")), "a net needs a name"},
		{"spaces", second(root.Net(" A")), `net name " A" begins or ends with a space`},
		{"circuit name", second(circuit.New("a/b")), `circuit name "a/b" has one of`},
		{"circuit without name", second(circuit.New(" ")), "a circuit needs a name"},
		{"two powers", func() error { _, err := root.Connect("", b.power("GND"), b.power("AGND")); return err }(), "net GND and net AGND are two power nets"},
		{"no power symbol", second(b.c.Power("X", sym(t, "Device:R"), true)), "Device:R is no power symbol"},
	} {
		if tt.err == nil || !strings.HasPrefix(tt.err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, tt.err, tt.want)
		}
	}
	b.sheet(root, "A")
	if _, err := root.AddSheet("A", ""); err == nil || err.Error() != `sheet "A" exists already` {
		t.Errorf("a second sheet A: %v", err)
	}
}

func TestUnitName(t *testing.T) {
	for unit, want := range map[int]string{1: "A", 26: "Z", 27: "AA", 52: "AZ", 53: "BA"} {
		if got := circuit.UnitName(unit); got != want {
			t.Errorf("UnitName(%d) = %s, want %s", unit, got, want)
		}
	}
}

// A net without a name is called after a pin: what says most.
func TestDerivedNames(t *testing.T) {
	b := newBench(t)
	root := b.c.Root()
	u := b.part(root, "Amplifier_Operational:LM358", "U1")
	j := b.part(root, "Connector_Generic:Conn_01x02", "J1")
	r := b.part(root, "Device:R", "R1")
	u.Ref, j.Ref, r.Ref = "U1", "J1", "R1"
	want := map[string]*circuit.Net{
		"U1B_IN-": b.connect(root, u.Pin("6"), r.Pin("1")),
		"U1A_IN+": b.connect(root, u.Pin("3"), j.Pin("1")),
		"U1A_IN-": b.connect(root, u.Pin("1"), u.Pin("2")),
		"U1_7":    b.connect(root, u.Pin("7"), j.Pin("2")),
	}
	b.c.Resolve()
	for name, n := range want {
		if got := n.Label(); got != name {
			t.Errorf("a net is called %s, want %s", got, name)
		}
	}
	c := newBench(t)
	root = c.c.Root()
	j, r = c.part(root, "Connector_Generic:Conn_01x03", "J1"), c.part(root, "Device:R", "R1")
	j.Ref, r.Ref = "J1", "R1"
	n := c.connect(root, j.Pin("2"), r.Pin("2"))
	c.c.Resolve()
	if got := n.Label(); got != "J1_2" {
		t.Errorf("a net of a connector is called %s, want J1_2", got)
	}
}
