package layout_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"starboard/kicad/circuit"
	"starboard/kicad/continuity"
	"starboard/kicad/geom"
	"starboard/kicad/ident"
	"starboard/kicad/layout"
	"starboard/kicad/rule"
	"starboard/kicad/schematic"
	"starboard/kicad/wire"
)

// A view is a drawing as a test asks about it.
type view struct {
	t *testing.T
	f *schematic.File
}

func look(t *testing.T, text string) *view {
	t.Helper()
	c := parse(t, text)
	f, _ := draw(t, c)
	if err := continuity.Check(c.Root(), f); err != nil {
		t.Error(err)
	}
	return &view{t, f}
}

// ruled draws a circuit of which rules want something.
func ruled(t *testing.T, text string, want func(c *circuit.Circuit, p *rule.Plan) error) *view {
	t.Helper()
	c := parse(t, text)
	plan := rule.New(c.Root(), "A4")
	if err := want(c, plan); err != nil {
		t.Fatal(err)
	}
	f := &schematic.File{}
	d := &wire.Drafter{IDs: ident.Project(c.Name).Sheet("/"), Path: "/x", Numbers: &wire.Numbers{}}
	if _, err := layout.Draw(layout.Input{Sheet: c.Root(), Drafter: d, Smallest: "A4", Plan: plan}, f); err != nil {
		t.Fatal(err)
	}
	return &view{t, f}
}

// units returns units of a circuit by name: U1, or U1B.
func units(c *circuit.Circuit, names ...string) []rule.Unit {
	var list []rule.Unit
	for _, name := range names {
		for _, p := range c.Root().Parts() {
			for no := 1; no <= p.Symbol.Units; no++ {
				full := p.Ref
				if p.Symbol.Units > 1 {
					full += circuit.UnitName(no)
				}
				if full == name {
					list = append(list, rule.Unit{Part: p, No: no})
				}
			}
		}
	}
	return list
}

// at returns where the symbol of a reference stands; of a unit, U1A, its own.
func (v *view) at(ref string) geom.Point {
	v.t.Helper()
	for _, s := range v.f.Symbols {
		name := s.Fields[0].Value
		if s.Symbol.Units > 1 {
			name += circuit.UnitName(s.Unit)
		}
		if name == ref {
			return s.At
		}
	}
	v.t.Fatalf("no symbol %s", ref)
	return geom.Point{}
}

// leftToRight checks that symbols stand in this order.
func (v *view) leftToRight(refs ...string) {
	v.t.Helper()
	for i := range refs[1:] {
		if a, b := v.at(refs[i]), v.at(refs[i+1]); a.X >= b.X {
			v.t.Errorf("%s at %v is not left of %s at %v", refs[i], a, refs[i+1], b)
		}
	}
}

// topDown checks that symbols stand in this order from the top.
func (v *view) topDown(refs ...string) {
	v.t.Helper()
	for i := range refs[1:] {
		if a, b := v.at(refs[i]), v.at(refs[i+1]); a.Y >= b.Y {
			v.t.Errorf("%s at %v is not above %s at %v", refs[i], a, refs[i+1], b)
		}
	}
}

// inRow checks that symbols stand on one line.
func (v *view) inRow(refs ...string) {
	v.t.Helper()
	for _, ref := range refs[1:] {
		if a, b := v.at(refs[0]), v.at(ref); a.Y != b.Y {
			v.t.Errorf("%s at %v and %s at %v are not in one row", refs[0], a, ref, b)
		}
	}
}

// labels checks how many labels there are.
func (v *view) labels(want int) {
	v.t.Helper()
	if n := len(v.f.Labels); n != want {
		v.t.Errorf("%d labels, want %d: %+v", n, want, v.f.Labels)
	}
}

// stages are two filters of Sallen and Key.
const stages = `
J1 Connector_Generic:Conn_01x02 1=in 2=GND
U1 Amplifier_Operational:LM358 V+=+12V V-=GND 3=.b 2=.mid 1=.mid 5=.d 6=out 7=out
R1 Device:R 1=in 2=.a
R2 Device:R 1=.a 2=.b
C1 Device:C 1=.a 2=.mid
C2 Device:C 1=.b 2=GND
R3 Device:R 1=.mid 2=.c
R4 Device:R 1=.c 2=.d
C3 Device:C 1=.c 2=out
C4 Device:C 1=.d 2=GND
J2 Connector_Generic:Conn_01x02 1=out 2=GND`

// The capacitor that leads back to the output goes over the amplifier, and the
// stages follow each other.
func TestLoopGoesOver(t *testing.T) {
	v := look(t, stages)
	v.leftToRight("J1", "R1", "R2", "U1A", "R3", "R4", "U1B", "J2")
	v.leftToRight("R2", "C1", "R3")
	v.topDown("C1", "U1A", "C2")
	v.topDown("C3", "U1B", "C4")
	v.inRow("R1", "R2")
	v.inRow("R3", "R4")
	v.labels(2) // in and out
}

// A converter's power runs from the connector that it comes in by to the one that
// it leaves by.
func TestConverterInLine(t *testing.T) {
	v := look(t, `
J1 Connector_Generic:Conn_01x02 1=+12V 2=GND
U1 Regulator_Switching:LM2596S-ADJ VIN=+12V OUT=sw GND=GND FB=fb 5=GND
C1 Device:C 1=+12V 2=GND
D1 Device:D_Schottky K=sw A=GND
L1 Device:L 1=sw 2=+5V
R1 Device:R 1=+5V 2=fb
R2 Device:R 1=fb 2=GND
C2 Device:C 1=+5V 2=GND
C3 Device:C 1=+5V 2=GND
J2 Connector_Generic:Conn_01x02 1=+5V 2=GND`)
	v.leftToRight("J1", "C1", "U1", "D1", "L1", "C2", "C3", "R1", "J2")
	v.topDown("L1", "D1")
	v.topDown("L1", "C2")
	v.topDown("R1", "R2")
	v.inRow("C2", "C3")
	v.labels(3) // the switch node, and the feedback at both ends
}

// The LEDs of a port stand in one row, on one wire to ground.
func TestComb(t *testing.T) {
	text := "U1 74xx:74HC595 VCC=+5V GND=GND SRCLK=clk RCLK=latch SER=data ~{SRCLR}=+5V ~{OE}=GND QH'=-"
	for i, pin := range []string{"QA", "QB", "QC", "QD", "QE", "QF", "QG", "QH"} {
		text += fmt.Sprintf(" %s=.q%d", pin, i)
	}
	for i := range 8 {
		text += fmt.Sprintf("\nR%d Device:R 1=.q%d 2=.l%d\nD%d Device:LED A=.l%d K=GND", i+1, i, i, i+1, i)
	}
	v := look(t, text)
	v.inRow("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8")
	v.inRow("D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8")
	v.leftToRight("U1", "R8", "R7", "R6", "R5", "R4", "R3", "R2", "R1")
	v.topDown("R1", "D1")
	v.labels(3)
	grounds := 0
	for _, s := range v.f.Symbols {
		if s.Fields[1].Value == "GND" {
			grounds++
		}
	}
	if grounds != 3 { // two of U1
		t.Errorf("%d grounds, want one for all LEDs", grounds)
	}
}

// Gates run from left to right, with what leads back around them; those that are
// not used stand together after everything else.
func TestGates(t *testing.T) {
	v := look(t, `
U1 74xx:74HC14 1=.a 2=.b 3=.b 4=out 5=GND 6=- 9=GND 8=- 11=GND 10=- 13=GND 12=- VCC=+5V GND=GND
R1 Device:R 1=.b 2=.a
C1 Device:C 1=.a 2=GND
C2 Device:C 1=+5V 2=GND
J1 Connector_Generic:Conn_01x02 1=out 2=GND`)
	v.leftToRight("C1", "U1A", "U1B", "J1")
	v.inRow("U1A", "U1B")
	v.topDown("U1A", "R1")
	v.inRow("U1C", "U1D", "U1E", "U1F")
	v.leftToRight("U1C", "U1D", "U1E", "U1F")
	v.labels(1)
}

// Nothing grows from one group into another, and the groups stand as the signal
// runs.
func TestGroupsStayApart(t *testing.T) {
	v := ruled(t, stages, func(c *circuit.Circuit, p *rule.Plan) error {
		return errors.Join(
			p.Constrain(rule.Constraint{Kind: rule.Together, Units: units(c, "U1B", "R3", "R4", "C3", "C4"), Title: "two"}),
			p.Constrain(rule.Constraint{Kind: rule.Together, Units: units(c, "U1A", "R1", "R2", "C1", "C2"), Title: "one"}))
	})
	v.topDown("U1A", "U1B")
	v.inRow("R3", "R4")
	v.leftToRight("R3", "R4", "U1B")
	for i, text := range []string{"one", "two"} {
		unit := []string{"U1A", "U1B"}[i]
		k := slices.IndexFunc(v.f.Texts, func(n schematic.Text) bool { return n.Text == text })
		if k < 0 || v.f.Texts[k].At.Y > v.at(unit).Y || i == 1 && v.f.Texts[k].At.Y < v.at("U1A").Y {
			t.Errorf("title %q is not above %s", text, unit)
		}
	}
}

// A connector at the end of a row shows its pins to the others.
func TestConnectorsFaceTheirRow(t *testing.T) {
	v := ruled(t, stages, func(c *circuit.Circuit, p *rule.Plan) error {
		return errors.Join(
			p.Constrain(rule.Constraint{Kind: rule.LeftOf, Units: units(c, "J1", "U1A")}),
			p.Constrain(rule.Constraint{Kind: rule.Row, Units: units(c, "U1A", "U1B", "J2")}))
	})
	v.leftToRight("J1", "U1A", "U1B", "J2")
	for _, s := range v.f.Symbols {
		if s.Fields[0].Value == "J1" && s.Orientation.Mirror != geom.MirrorY || s.Fields[0].Value == "J2" && s.Orientation.Mirror != geom.None {
			t.Errorf("%s stands as %+v", s.Fields[0].Value, s.Orientation)
		}
	}
}

// A relay stands above the transistor that switches it, its supply up, with the
// diode beside the coil; all of one kind are drawn alike.
func TestRelay(t *testing.T) {
	v := look(t, `
J1 Connector_Generic:Conn_01x02 1=in 2=GND
R1 Device:R 1=in 2=.b
Q1 Transistor_BJT:BC817 B=.b C=.c E=GND
K1 Relay:SANYOU_SRD_Form_C 2=+5V 5=.c 1=com 4=nc 3=no
D1 Device:D A=.c K=+5V
J2 Connector_Generic:Conn_01x03 1=com 2=nc 3=no`)
	v.topDown("K1", "Q1")
	v.topDown("D1", "Q1")
	v.leftToRight("R1", "Q1")
	v.leftToRight("D1", "K1", "J2")
}

// What a pin at the bottom of a symbol has to ground hangs straight from it.
func TestSenseResistors(t *testing.T) {
	v := look(t, `
U1 Driver_Motor:L293D VCC1=+5V VCC2=+12V 4=.a 5=.b 12=GND 13=GND
R1 Device:R 1=.a 2=GND
R2 Device:R 1=.b 2=GND
R3 Device:R 1=.a 2=isa
R4 Device:R 1=.b 2=isb
J1 Connector_Generic:Conn_01x02 1=isa 2=isb`)
	v.topDown("U1", "R1")
	v.topDown("U1", "R2")
	v.leftToRight("R3", "R1", "R2", "R4")
	for ref, x := range map[string]int64{"R1": -4, "R2": -2} {
		if d := v.at(ref).Sub(v.at("U1")).X / geom.Grid; d < x || d > x+1 {
			t.Errorf("%s is %d steps from the middle of U1, want %d or one more: below its pin", ref, d, x)
		}
	}
}

// What joins the two inputs of a difference amplifier stands in line with neither.
func TestAcrossTwoWires(t *testing.T) {
	v := look(t, `
J1 Connector_Generic:Conn_01x02 1=.p 2=.n
U1 Amplifier_Operational:LM358 V+=+12V V-=GND 3=.plus 2=.minus 1=out 5=GND 6=.b 7=.b
R1 Device:R 1=.p 2=.plus
R2 Device:R 1=.n 2=.minus
R3 Device:R 1=.plus 2=ref
R4 Device:R 1=.minus 2=out
R5 Device:R 1=.p 2=.n
J2 Connector_Generic:Conn_01x02 1=out 2=ref`)
	v.leftToRight("R1", "U1A")
	v.leftToRight("R2", "U1A")
	for _, ref := range []string{"R1", "R2", "R3"} {
		if a, b := v.at("R5"), v.at(ref); a.Y == b.Y {
			t.Errorf("R5 at %v is in line with %s at %v", a, ref, b)
		}
	}
}

// Equal resistors from one symbol to another make one column, whatever room there
// is, and equal pairs of diodes one row.
func TestArrays(t *testing.T) {
	text := "U1 74xx:74HC595 VCC=+5V GND=GND SRCLK=clk RCLK=latch SER=data ~{SRCLR}=+5V ~{OE}=GND QH'=-"
	for i, pin := range []string{"QA", "QB", "QC", "QD"} {
		text += fmt.Sprintf(" %s=.q%d", pin, i)
	}
	text += "\nU2 74xx:74HC595 VCC=+5V GND=GND"
	for i, pin := range []string{"QA", "QB", "QC", "QD"} {
		text += fmt.Sprintf(" %s=.p%d", pin, i)
	}
	for i := range 4 {
		text += fmt.Sprintf("\nR%d Device:R 1=.q%d 2=.p%d", i+1, i, i)
		text += fmt.Sprintf("\nD%d Device:D A=out%d K=+5V\nD%d Device:D A=GND K=out%d", 2*i+1, i, 2*i+2, i)
	}
	v := look(t, text)
	v.topDown("R1", "R2", "R3", "R4")
	for _, ref := range []string{"R2", "R3", "R4"} {
		if v.at(ref).X != v.at("R1").X {
			t.Errorf("%s at %v is not below R1 at %v", ref, v.at(ref), v.at("R1"))
		}
	}
	v.inRow("D1", "D3", "D5", "D7")
	for _, refs := range [][]string{{"D1", "D2"}, {"D3", "D4"}, {"D5", "D6"}, {"D7", "D8"}} {
		v.topDown(refs...)
		if v.at(refs[0]).X != v.at(refs[1]).X {
			t.Errorf("%s is not straight above %s", refs[0], refs[1])
		}
	}
}

// The keys of a matrix are rows of one kind between labels, and no long row through
// the nets that a controller is on.
func TestMatrixRows(t *testing.T) {
	v := look(t, `
U1 MCU_Microchip_ATmega:ATmega328P-P VCC=+5V GND=GND PD2=r0 PD3=r1 PD4=c0 PD5=c1
SW1 Switch:SW_Push 1=r0 2=.a
D1 Device:D A=.a K=c0
SW2 Switch:SW_Push 1=r1 2=.b
D2 Device:D A=.b K=c0
SW3 Switch:SW_Push 1=r0 2=.c
D3 Device:D A=.c K=c1
SW4 Switch:SW_Push 1=r1 2=.d
D4 Device:D A=.d K=c1`)
	for i := range 4 {
		key, diode := fmt.Sprint("SW", i+1), fmt.Sprint("D", i+1)
		v.inRow(key, diode)
		v.leftToRight(key, diode)
		if i > 0 && v.at(key).X != v.at("SW1").X {
			t.Errorf("%s at %v is not below SW1 at %v", key, v.at(key), v.at("SW1"))
		}
	}
	v.topDown("SW1", "SW2", "SW3", "SW4")
}

// A regulator behind another one stands behind it, their capacitors between.
func TestRegulatorsFollow(t *testing.T) {
	v := look(t, `
J1 Connector_Generic:Conn_01x02 1=+12V 2=GND
U1 Regulator_Linear:L7805 IN=+12V GND=GND OUT=+5V
C1 Device:C 1=+12V 2=GND
C2 Device:C 1=+5V 2=GND
U2 Regulator_Linear:AMS1117-3.3 VI=+5V GND=GND VO=+3V3
C3 Device:C 1=+5V 2=GND
C4 Device:C 1=+3V3 2=GND`)
	v.leftToRight("J1", "C1", "U1", "C2", "C3", "U2", "C4")
	v.inRow("U1", "U2")
	v.inRow("C1", "C2", "C3", "C4")
}

// Thousands of parts fit on a page, however alike they are.
func TestLargeSheets(t *testing.T) {
	var resistors strings.Builder
	for i := range 1500 {
		fmt.Fprintf(&resistors, "R%d Device:R 1=a%d 2=b%d\n", i+1, i, i)
	}
	for name, text := range map[string]string{"stages": ladder(2500), "resistors": resistors.String()} {
		f, _ := draw(t, parse(t, text)) // an error fails the test
		if len(f.Symbols) < 1500 {
			t.Errorf("%s: %d symbols", name, len(f.Symbols))
		}
	}
}

// What is between the two lines of a bus stands upright between them, in the order of
// the signal, and the connector at their end.
func TestBusIsALadder(t *testing.T) {
	v := look(t, `
U1 Interface_UART:MAX485E RO=ro ~{RE}=de DE=de DI=di VCC=+5V GND=GND A=a B=b
R1 Device:R 1=a 2=b
R2 Device:R 1=+5V 2=a
R3 Device:R 1=b 2=GND
D1 Own:Suppressor 1=a 2=b 3=GND
J1 Connector_Generic:Conn_01x03 1=a 2=b 3=GND
J2 Connector_Generic:Conn_01x03 1=ro 2=de 3=di`)
	v.leftToRight("J2", "U1", "R1", "D1", "R2", "J1")
	v.topDown("R2", "D1", "R3")
	if v.at("D1").X-v.at("R1").X > 20*geom.Grid || v.at("J1").X-v.at("D1").X > 30*geom.Grid {
		t.Error("what protects the bus, or its connector, stands elsewhere")
	}
	v.labels(5)
}

// The capacitor of a split termination stands between its resistors, and a protector
// with both pins on one side below the bus.
func TestSplitTermination(t *testing.T) {
	v := look(t, `
U1 Interface_CAN_LIN:SN65HVD230 D=tx R=rx VCC=+3V3 GND=GND CANH=h CANL=l Rs=GND
R1 Device:R 1=h 2=m
R2 Device:R 1=m 2=l
C1 Device:C 1=m 2=GND
D1 Own:Protector 1=h 2=l 3=GND
J1 Connector_Generic:Conn_01x02 1=h 2=l
J2 Connector_Generic:Conn_01x02 1=tx 2=rx`)
	v.leftToRight("U1", "R1", "C1", "D1", "J1")
	v.topDown("R1", "C1", "R2", "D1")
	v.labels(5)
}

// Two equal filters lead to an amplifier beside each other, the capacitor between them
// upright, and the resistor of the gain where its pins are.
func TestPairOfFilters(t *testing.T) {
	v := look(t, `
J1 Connector_Generic:Conn_01x02 1=b 2=a
R1 Device:R 1=a 2=fa
R2 Device:R 1=b 2=fb
C1 Device:C 1=fa 2=GND
C2 Device:C 1=fb 2=GND
C3 Device:C 1=fa 2=fb
U1 Own:InAmp 3=fa 2=fb 1=.p 8=.q 6=out 7=+5V 4=GND 5=GND
R3 Device:R 1=.p 2=.q
J2 Connector_Generic:Conn_01x02 1=out 2=GND`)
	v.leftToRight("J1", "R1", "C3", "R3", "U1", "J2")
	v.topDown("R2", "C3", "R1")
	if v.at("R1").X != v.at("R2").X {
		t.Error("the resistors of the filters do not stand below each other")
	}
	v.labels(5)
}

// An output stage stands with its halves above each other, the diodes of its bias
// between the bases, and what drives it at their middle.
func TestOutputStage(t *testing.T) {
	v := look(t, `
U1 Amplifier_Operational:TL071 3=in 2=fb 6=drv 7=+12V 4=GND
R1 Device:R 1=+12V 2=bt
D1 Device:D A=bt K=drv
D2 Device:D A=drv K=bb
R2 Device:R 1=bb 2=GND
Q1 Transistor_BJT:BC547 B=bt C=+12V E=e1
Q2 Transistor_BJT:BC557 B=bb C=GND E=e2
R3 Device:R 1=e1 2=out
R4 Device:R 1=out 2=e2
R5 Device:R 1=out 2=fb
R6 Device:R 1=fb 2=GND
J1 Connector_Generic:Conn_01x02 1=in 2=GND
J2 Connector_Generic:Conn_01x02 1=out 2=GND`)
	v.leftToRight("U1", "D1", "Q1", "J2")
	v.topDown("R1", "D1", "D2", "R2")
	v.topDown("Q1", "R3", "R4", "Q2")
	if v.at("D1").X != v.at("D2").X || v.at("R3").X != v.at("R4").X || v.at("R1").X != v.at("D1").X {
		t.Error("the halves do not stand above each other")
	}
}

// The two amplifiers of the first stage stand above each other, the resistor that sets
// the gain between them, and the capacitors of the negative supply are near.
func TestInstrumentationAmplifier(t *testing.T) {
	v := look(t, `
U1 Amplifier_Operational:TL072 3=inp 2=.g1 1=.o1 5=inn 6=.g2 7=.o2 V+=+12V V-=GND
U2 Amplifier_Operational:TL071 3=.p 2=.m 6=out 7=+12V 4=GND
R1 Device:R 1=.o1 2=.g1
R2 Device:R 1=.g1 2=.g2
R3 Device:R 1=.g2 2=.o2
R4 Device:R 1=.o1 2=.m
R5 Device:R 1=.m 2=out
R6 Device:R 1=.o2 2=.p
R7 Device:R 1=.p 2=GND
J1 Connector_Generic:Conn_01x02 1=inp 2=inn
J2 Connector_Generic:Conn_01x02 1=out 2=GND`)
	v.leftToRight("J1", "R2", "U1A", "R4", "U2", "J2")
	v.topDown("U1A", "R1", "R2", "U1B")
	v.topDown("R1", "R3", "U1B")
	if v.at("U1A").X != v.at("U1B").X || v.at("R4").X != v.at("R6").X {
		t.Error("the halves are not drawn alike")
	}
	v.labels(3)
}

// What an input or an output is called says on which side it stands.
func TestNamesSaySides(t *testing.T) {
	v := look(t, `
J1 Connector_Generic:Conn_01x02 1=VOUT 2=GND
J2 Connector_Generic:Conn_01x02 1=VIN 2=GND
R1 Device:R 1=VOUT 2=.m
R2 Device:R 1=.m 2=VIN
C1 Device:C 1=.m 2=GND`)
	v.leftToRight("J2", "R2", "C1", "R1", "J1")
	v = look(t, `
J1 Connector_Generic:Conn_01x02 1=IN 2=GND
RV1 Device:R_Potentiometer 1=IN 2=.w 3=GND
U1 Amplifier_Operational:TL071 3=.w 2=OUT 6=OUT 7=+12V 4=GND
C1 Device:C 1=OUT 2=.s
LS1 Device:Speaker 1=.s 2=GND`)
	v.leftToRight("J1", "RV1", "U1", "C1", "LS1")
}

// The pull-ups of a bus stand side by side over its wires, which go on to what is on it.
func TestPullUps(t *testing.T) {
	v := look(t, `
U1 Analog_ADC:ADS1115IDGS AIN0=a VDD=+3V3 GND=GND SCL=scl SDA=sda ALERT/RDY=rdy ADDR=GND
R1 Device:R 1=+3V3 2=scl
R2 Device:R 1=+3V3 2=sda
R3 Device:R 1=+3V3 2=rdy
J1 Connector_Generic:Conn_01x03 1=rdy 2=scl 3=sda
J2 Connector_Generic:Conn_01x02 1=a 2=GND`)
	v.inRow("R1", "R2", "R3")
	v.topDown("R1", "U1")
	v.leftToRight("J2", "U1", "R3", "R1", "R2", "J1")
	v.labels(4)
}

// What hangs at neighbouring pins lies in line with them where other pins are below,
// such as the resistors of a socket; a crystal has its capacitors where its pins are.
func TestLyingPairs(t *testing.T) {
	v := look(t, `
J1 Connector:USB_C_Receptacle_USB2.0_16P VBUS=+5V GND=GND CC1=.p CC2=.q D+=dp D-=dm
R1 Device:R 1=.p 2=GND
R2 Device:R 1=.q 2=GND
D1 Power_Protection:USBLC6-2SC6 1=dm 6=a 3=dp 4=b 5=+5V 2=GND
J2 Connector_Generic:Conn_01x02 1=a 2=b`)
	v.leftToRight("J1", "R1", "D1", "J2")
	v.topDown("R1", "R2", "D1")
	if v.at("R1").X != v.at("R2").X {
		t.Error("the resistors do not lie below each other")
	}
	v = look(t, `
U1 MCU_ST_STM32F1:STM32F103C8Tx VDD=+3V3 VSS=GND NRST=rst PD0=.x PD1=.y
Y1 Device:Crystal 1=.x 2=.y
C1 Device:C 1=.x 2=GND
C2 Device:C 1=.y 2=GND
R1 Device:R 1=+3V3 2=rst`)
	v.leftToRight("C1", "Y1", "U1")
	v.leftToRight("C2", "Y1")
	v.labels(1)
}

// A load switch lies in line with what it passes on, with the resistor from its gate to
// its source at its pins, and the transistor that pulls the gate down below it; a
// protection against wrong polarity lies so from its drain.
func TestLoadSwitch(t *testing.T) {
	v := look(t, `
J1 Connector_Generic:Conn_01x02 1=bat 2=GND
Q1 Transistor_FET:AO3401A G=gate S=bat D=sys
R1 Device:R 1=bat 2=gate
Q2 Transistor_FET:2N7002 G=en D=gate S=GND
R2 Device:R 1=en 2=GND
J2 Connector_Generic:Conn_01x02 1=sys 2=en`)
	v.leftToRight("J1", "R1", "Q1", "J2")
	v.topDown("Q1", "R1", "Q2", "R2")
	if v.at("Q1").X-v.at("R1").X > 12*geom.Grid || v.at("Q1").X-v.at("Q2").X > 2*geom.Grid {
		t.Error("the resistor does not stand at the pins of the switch, or what pulls its gate below it")
	}
	v = look(t, `
J1 Connector_Generic:Conn_01x02 1=.p 2=GND
F1 Device:Fuse 1=.p 2=.b
Q1 Transistor_FET:AO3401A G=.g S=sys D=.b
R1 Device:R 1=.g 2=GND
D1 Device:D_Zener K=sys A=.g
Q2 Transistor_FET:AO3401A G=gate S=sys D=+12V
R2 Device:R 1=sys 2=gate
C1 Device:C 1=+12V 2=GND
J2 Connector_Generic:Conn_01x02 1=+12V 2=GND
J3 Connector_Generic:Conn_01x02 1=gate 2=GND`)
	v.inRow("Q1", "Q2")
	v.leftToRight("J1", "F1", "Q1", "D1", "R2", "Q2", "C1", "J2")
	v.topDown("Q1", "D1", "R1")
}

// The bootstrap capacitor of a half bridge stands at the pins of its driver, with the
// wire of the upper gate around it, and the lower transistor below the upper one.
func TestHalfBridge(t *testing.T) {
	v := look(t, `
U1 Own:HalfBridge IN=in VCC=+12V COM=GND VB=b HO=.h VS=out LO=.l
D1 Device:D A=+12V K=b
C1 Device:C 1=b 2=out
R1 Device:R 1=.h 2=.g
R2 Device:R 1=.l 2=.k
R3 Device:R 1=.g 2=out
R4 Device:R 1=.k 2=GND
Q1 Transistor_FET:IRF540N G=.g D=+24V S=out
Q2 Transistor_FET:IRF540N G=.k D=out S=GND`)
	v.leftToRight("U1", "C1", "R1", "R3", "Q1")
	v.topDown("D1", "C1", "R2", "R4")
	v.topDown("Q1", "Q2")
	if v.at("Q1").X != v.at("Q2").X || v.at("Q1").X-v.at("R3").X > 12*geom.Grid {
		t.Error("the halves do not stand above each other, with their resistors")
	}
}

// Pull-ups that stand at a connector are joined with the pins elsewhere by labels.
func TestPairAwayFromItsPins(t *testing.T) {
	look(t, `
U1 MCU_ST_STM32F1:STM32F103C8Tx VDD=+3V3 VSS=GND PA1=.a PA2=.b PA3=.c PA4=.d
R1 Device:R 1=+3V3 2=.b
R2 Device:R 1=+3V3 2=.a
J1 Connector_Generic:Conn_01x04 1=+3V3 2=.b 3=.a 4=GND
R3 Device:R 1=+3V3 2=.d
R4 Device:R 1=+3V3 2=.c
J2 Connector_Generic:Conn_01x04 1=+3V3 2=.d 3=.c 4=GND`)
}

// Channels that share their connectors are drawn alike, below each other, with the
// connectors beside them.
func TestRepeatedStages(t *testing.T) {
	text := "J1 Connector_Generic:Conn_01x04 1=a1 2=a2 3=a3 4=GND\n"
	for i := 1; i <= 3; i++ {
		text += fmt.Sprintf(`R%[1]d1 Device:R 1=a%[1]d 2=.g%[1]d
R%[1]d2 Device:R 1=.g%[1]d 2=GND
Q%[1]d Transistor_FET:IRF540N G=.g%[1]d D=o%[1]d S=GND
D%[1]d Device:D A=o%[1]d K=+24V
`, i)
	}
	v := look(t, text+"J2 Connector_Generic:Conn_01x04 1=+24V 2=o1 3=o2 4=o3")
	v.leftToRight("J1", "R11", "Q1", "J2")
	v.topDown("D1", "Q1", "D2", "Q2", "D3", "Q3")
	for i := 2; i <= 3; i++ {
		for _, ref := range []string{"R%d1", "R%d2", "D%d"} {
			q, first := v.at(fmt.Sprintf("Q%d", i)), v.at("Q1")
			if a, b := v.at(fmt.Sprintf(ref, i)).Sub(q), v.at(fmt.Sprintf(ref, 1)).Sub(first); a != b || q.X != first.X {
				t.Errorf("stage %d does not look like the first", i)
			}
		}
	}
	v.labels(6)
}
