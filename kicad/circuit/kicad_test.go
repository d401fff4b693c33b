package circuit_test

import (
	"strings"
	"testing"

	"starboard/kicad/circuit"
	"starboard/kicad/symbol"
)

// The rules of KiCad's that these tests are about were found by comparing
// netlists of random circuits with its own; kicad/project does that.

// oddLibrary has symbols with pins that KiCad treats in a way of its own.
const oddLibrary = `(kicad_symbol_lib (version 20241209) (generator "test")
	(symbol "Gate" (property "Reference" "U" (at 0 0 0)) (property "Value" "Gate" (at 0 0 0))
		(symbol "Gate_1_1"
			(pin input line (at 0 0 0) (length 2.54) (name "A") (number "1"))
			(pin power_in line (at 0 10.16 0) (length 0) (hide yes) (name "VCC") (number "14"))))
	(symbol "Stack" (property "Reference" "U" (at 0 0 0)) (property "Value" "Stack" (at 0 0 0))
		(symbol "Stack_0_1"
			(pin passive line (at 0 0 0) (length 2.54) (name "S") (number "4")))
		(symbol "Stack_1_0"
			(pin passive line (at 0 0 0) (length 2.54) (name "S") (number "3")))
		(symbol "Stack_1_1"
			(pin passive line (at 0 0 0) (length 2.54) (name "S") (number "1"))
			(pin no_connect line (at 0 0 0) (length 2.54) (name "NC") (number "2")))))`

func oddSymbol(t *testing.T, name string) *symbol.Symbol {
	t.Helper()
	l, err := symbol.FromText("Odd", "odd", oddLibrary)
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (b bench) odd(t *testing.T, name string) *circuit.Part {
	t.Helper()
	p, err := b.c.Root().AddPart(circuit.Spec{Symbol: oddSymbol(t, name), InBOM: true, OnBoard: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRefKey(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"R1", "R1", true}, {"R1", "r1", true}, {"R1", "R01", true}, {"r001", "R1", true}, {"R0", "R00", true}, {"é1", "É1", true}, {"J01A2", "J1a02", true},
		{"R1", "R10", false}, {"R10", "R100", false}, {"R1", "R11", false}, {"R1", "C1", false}, {"R0", "R", false}, {"R10", "R1", false}, {"A1B", "A1", false},
	} {
		if got := circuit.RefKey(tt.a) == circuit.RefKey(tt.b); got != tt.same {
			t.Errorf("%s and %s: the same is %v, want %v (%q, %q)", tt.a, tt.b, got, tt.same, circuit.RefKey(tt.a), circuit.RefKey(tt.b))
		}
	}
}

func TestReferencesThatAreOneToKiCad(t *testing.T) {
	b := newBench(t)
	b.part(b.c.Root(), "Device:R", "R1")
	for _, ref := range []string{"r1", "R01", "r001"} {
		_, err := b.c.Root().AddPart(circuit.Spec{Symbol: sym(t, "Device:R"), Ref: ref})
		if want := "reference " + ref + " is to KiCad the same as R1, which is taken"; err == nil || err.Error() != want {
			t.Errorf("reference %s: error %v, want %q", ref, err, want)
		}
	}
	if _, err := b.c.Root().AddPart(circuit.Spec{Symbol: sym(t, "Device:R"), Ref: "R1234567890"}); err == nil || !strings.Contains(err.Error(), "more than nine digits") {
		t.Errorf("long reference: error %v", err)
	}
}

func TestStacksOfKiCad(t *testing.T) {
	b := newBench(t)
	p := b.odd(t, "Stack")
	var got []string
	for _, pin := range p.Pin("1").Stacked() {
		got = append(got, pin.Number)
	}
	// Common to units and to body styles or not, one place joins; a pin of the
	// type no_connect is joined to nothing.
	if text := strings.Join(got, " "); text != "1 3 4" && text != "4 3 1" {
		t.Errorf("pins at the place of pin 1: %s, want 1, 3 and 4", text)
	}
	if n := len(p.Pin("2").Stacked()); n != 1 {
		t.Errorf("pin 2 of type no_connect is stacked with %d others", n-1)
	}
	_, err := b.c.Root().Connect("", b.net(b.c.Root(), "A"), p.Pin("2"))
	if want := "pin 2 (NC) of Odd:Stack has the type no_connect"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("connect: error %v, want %q", err, want)
	}
	if err := b.c.Root().NoConnect("", p.Pin("2")); err != nil {
		t.Errorf("no_connect: %v", err)
	}
}

func TestHiddenPowerInputs(t *testing.T) {
	b := newBench(t)
	root := b.c.Root()
	p := b.odd(t, "Gate")
	const want = "pin 14 (VCC) of Odd:Gate is a hidden power input, which KiCad puts on the power net VCC"
	for _, tt := range []struct {
		name string
		err  error
	}{
		{"another power net", failed(root.Connect("", b.power("+5V"), p.Pin("14")))},
		{"a net of its name", failed(root.Connect("", b.net(root, "VCC"), p.Pin("14")))},
		{"another pin", failed(root.Connect("", p.Pin("14"), p.Pin("1")))},
		{"not connected", root.NoConnect("", p.Pin("14"))},
	} {
		if tt.err == nil || !strings.HasPrefix(tt.err.Error(), want) {
			t.Errorf("%s: error %v, want %q", tt.name, tt.err, want)
		}
	}
	if n := b.connect(root, b.power("VCC"), p.Pin("14")); n.Name() != "VCC" || !p.Pin("14").Global() || p.Pin("1").Global() {
		t.Errorf("pin 14 is on %v, want net VCC", n)
	}
}

func TestNamesOfKiCad(t *testing.T) {
	b := newBench(t)
	for _, tt := range []struct {
		name string
		want string // of the error
	}{
		{"D[0..7]", "is a bus to KiCad"}, {"D[..7]", "is a bus to KiCad"}, {"MEM{CE WE}", "is a bus to KiCad"}, {"{a}", "is a bus to KiCad"}, {"{slash}", "is a bus to KiCad"}, {"~{A}{B}", "is a bus to KiCad"},
		{"~", "is to KiCad no name at all"},
		{"~{RST}", ""}, {"V_{CC}", ""}, {"A{B", ""}, {"A}B", ""}, {"{{x}}", ""}, {"two {words}", ""}, {"D[0]", ""},
	} {
		_, err := b.c.Root().Net(tt.name)
		if (err != nil) != (tt.want != "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("net %q: error %v, want %q", tt.name, err, tt.want)
		}
	}
	value := "a{slash}b"
	_, err := b.c.Root().AddPart(circuit.Spec{Symbol: sym(t, "Device:R"), Value: &value})
	if want := `value "a{slash}b" is "a/b" to KiCad: write that`; err == nil || err.Error() != want {
		t.Errorf("value: error %v, want %q", err, want)
	}
}

func TestPortsWithoutPinsAreNotDrawn(t *testing.T) {
	b := newBench(t)
	root := b.c.Root()
	a := b.sheet(root, "a")
	deep := b.sheet(a, "deep")
	x, y := b.net(root, "X"), b.net(root, "Y")
	inX, err := a.AddPort("x", x)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.AddPort("y", y); err != nil {
		t.Fatal(err)
	}
	if _, err := deep.AddPort("x", inX); err != nil {
		t.Fatal(err)
	}
	if n := len(a.Ports()) + len(x.ChildPorts()) + len(deep.Ports()); n != 0 || x.Used() {
		t.Errorf("%d ports without a pin behind them", n)
	}
	b.connect(deep, b.part(deep, "Device:R", "R1").Pin("1"), x)
	if len(a.Ports()) != 1 || len(deep.Ports()) != 1 || len(x.ChildPorts()) != 1 || !x.Used() || y.Used() {
		t.Errorf("ports: %d, %d, %d, want one each for X and none for Y", len(a.Ports()), len(deep.Ports()), len(x.ChildPorts()))
	}
}

func TestPortsAndPowerNets(t *testing.T) {
	b := newBench(t)
	root := b.c.Root()
	b.power("VCC")
	child := b.sheet(root, "child")
	if _, err := child.AddPort("VCC", b.net(root, "FUSED")); err == nil || !strings.Contains(err.Error(), "that is the name of a power net") {
		t.Errorf("port with the name of a power net: error %v", err)
	}
	if _, err := child.AddPort("GND", b.net(root, "RETURN")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.c.Power("GND", sym(t, "power:GND"), true); err == nil || !strings.Contains(err.Error(), "two different nets cannot have the name of a power net") {
		t.Errorf("power net with the name of a port: error %v", err)
	}
	// A net that becomes a power net is one behind each of its ports.
	n := b.net(root, "+9V")
	r := b.part(root, "Device:R", "R1")
	var pins []*circuit.Pin
	for _, name := range []string{"c1", "c2", "c3"} {
		s := b.sheet(root, name)
		in, err := s.AddPort("supply", n)
		if err != nil {
			t.Fatal(err)
		}
		pin := b.part(s, "Device:R", "").Pin("1")
		b.connect(s, in, pin)
		pins = append(pins, pin)
	}
	b.connect(root, n, r.Pin("1"))
	p := b.power("+9V")
	for _, pin := range append(pins, r.Pin("1")) {
		if pin.Net() != p.Root() {
			t.Errorf("%v is on %v, want the power net", pin, pin.Net())
		}
	}
}

// failed returns the error of a call that returns a value too.
func failed[T any](_ T, err error) error { return err }
