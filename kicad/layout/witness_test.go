package layout_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"starboard/kicad/circuit"
	"starboard/kicad/connect"
	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/netlist"
	"starboard/kicad/project"
	"starboard/kicad/schematic"
	"starboard/kicad/symbol"
)

// circuits are those that an engineer would know at a glance.
var circuits = map[string]string{
	"astable": `
J1 Connector_Generic:Conn_01x02 1=vin 2=GND
D1 Device:D A=vin K=+5V
C1 Device:C 1=+5V 2=GND
U1 Timer:NE555P VCC=+5V GND=GND 4=+5V DISCH=dis THRES=.t TRIG=.t CONT=cv OUT=out
R1 Device:R 1=+5V 2=dis
R2 Device:R 1=dis 2=.t
C2 Device:C 1=.t 2=GND
C3 Device:C 1=cv 2=GND
R3 Device:R 1=out 2=.led
D2 Device:LED A=.led K=GND`,
	"inverting amplifier": `
J1 Connector_Generic:Conn_01x02 1=in 2=GND
R1 Device:R 1=in 2=.minus
U1 Amplifier_Operational:LM358 V+=+5V V-=GND 3=bias 2=.minus 1=out 5=GND 6=.b 7=.b
R2 Device:R 1=.minus 2=out
C1 Device:C 1=.minus 2=out
R3 Device:R 1=+5V 2=bias
R4 Device:R 1=bias 2=GND
C2 Device:C 1=+5V 2=GND
J2 Connector_Generic:Conn_01x02 1=out 2=GND`,
	"matrix": `
J1 Connector_Generic:Conn_01x04 1=r0 2=r1 3=c0 4=c1
R1 Device:R 1=r0 2=.a
R2 Device:R 1=r1 2=.b
D1 Device:LED A=.a K=c0
D2 Device:LED A=.a K=c1
D3 Device:LED A=.b K=c0
D4 Device:LED A=.b K=c1`,
	"half bridge": `
J1 Connector_Generic:Conn_01x03 1=hi 2=lo 3=GND
Q1 Transistor_FET:IRF9540N G=.gh D=out S=+12V
Q2 Transistor_FET:IRF540N G=.gl D=out S=GND
R1 Device:R 1=hi 2=.gh
R2 Device:R 1=lo 2=.gl
R3 Device:R 1=+12V 2=.gh
R4 Device:R 1=.gl 2=GND
J2 Connector_Generic:Conn_01x02 1=out 2=GND`,
	"crystal": `
Y1 Device:Crystal 1=x1 2=x2
C1 Device:C 1=x1 2=GND
C2 Device:C 1=x2 2=GND
J1 Connector_Generic:Conn_01x02 1=x1 2=x2`,
	"ladder":     ladder(30),
	"amplifiers": amplifiers(12),
}

func options(t testing.TB) project.Options {
	return project.Options{
		Kind: func(*symbol.Symbol) symbol.Kind { return symbol.Embedded },
		Flag: func() (*symbol.Symbol, error) { return find(t, "power:PWR_FLAG"), nil },
	}
}

// parts returns the symbols that random circuits are made of, each as often
// as it should be.
var parts = []string{
	"Device:R", "Device:R", "Device:R", "Device:C", "Device:C", "Device:LED", "Device:D", "Device:L", "Device:Crystal",
	"Connector_Generic:Conn_01x04", "Amplifier_Operational:LM358", "Timer:NE555P", "Transistor_FET:IRF540N", "Transistor_BJT:BC547",
}

// random returns a circuit of n random parts on about as many nets.
func random(t testing.TB, seed uint64, n int) *circuit.Circuit {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	for i := range n {
		sym := parts[r.IntN(len(parts))]
		fmt.Fprintf(&b, "P%d %s", i+1, sym)
		seen := map[string]bool{}
		for _, pin := range find(t, sym).Pins {
			if seen[pin.Number] {
				continue
			}
			seen[pin.Number] = true
			name := fmt.Sprintf("n%d", r.IntN(n))
			switch r.IntN(8) {
			case 0:
				name = "+5V"
			case 1, 2:
				name = "GND"
			case 3:
				name = "-"
			case 4:
				name = fmt.Sprintf(".%d", r.IntN(n))
			}
			fmt.Fprintf(&b, " %s=%s", pin.Number, name)
		}
		b.WriteByte('\n')
	}
	return parse(t, b.String())
}

// readDrawn draws a circuit and reads what was drawn.
func readDrawn(t *testing.T, c *circuit.Circuit) *connect.Schematic {
	t.Helper()
	tree, err := project.Build(c, options(t))
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, name := range tree.Names() {
		data, _ := tree.File(name)
		files[name] = &fstest.MapFile{Data: data}
	}
	s, err := connect.ReadFS(files, "test.kicad_sch")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// check compares the circuit's netlist with that of the drawing's geometry.
func check(t *testing.T, c *circuit.Circuit) {
	t.Helper()
	s := readDrawn(t, c)
	got, err := s.Netlist()
	if err != nil {
		t.Fatal(err)
	}
	want, err := project.Netlist(c, options(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range netlist.Compare(got, want, netlist.ConnectionsOnly) {
		t.Errorf("the drawing says otherwise: %s", f)
	}
	f, _ := draw(t, c)
	for _, fault := range faults(f) {
		t.Error(fault)
	}
}

func TestDrawingSaysWhatCircuitSays(t *testing.T) {
	for name, text := range circuits {
		t.Run(name, func(t *testing.T) { check(t, parse(t, text)) })
	}
	for seed := range uint64(150) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { check(t, random(t, seed, 4+int(seed%40))) })
	}
}

// TestKiCadAgrees asks KiCad's rules about the drawings of sound circuits.
func TestKiCadAgrees(t *testing.T) {
	kicadtest.Require(t)
	for _, name := range []string{"astable", "inverting amplifier", "matrix", "half bridge", "crystal", "ladder"} {
		t.Run(name, func(t *testing.T) {
			tree, err := project.Build(parse(t, circuits[name]), options(t))
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for _, name := range tree.Names() {
				data, _ := tree.File(name)
				if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			report := filepath.Join(dir, "erc.rpt")
			res := kicadtest.Run(t, "sch", "erc", "--severity-error", "--exit-code-violations", "-o", report, filepath.Join(dir, "test.kicad_sch"))
			if res.Status != 0 {
				text, _ := os.ReadFile(report)
				t.Errorf("kicad-cli: status %d:\n%s", res.Status, text)
			}
		})
	}
}

// faults returns what no drawing may have: things that cover each other,
// wires that are not straight or leave the grid or pass through a symbol, and
// places where four wires meet.
func faults(f *schematic.File) []string {
	var list []string
	type area struct {
		geom.Box
		what string
	}
	var areas []area
	for _, s := range f.Symbols {
		areas = append(areas, area{s.Orientation.ApplyBox(s.Symbol.BodyBox(s.Unit, 1)).Add(s.At), "symbol " + s.Fields[0].Value})
		for _, fd := range s.Fields {
			if fd.Hidden || fd.Value == "" {
				continue
			}
			text := fd.Value
			areas = append(areas, area{font.Field(text, schematic.TextSize, font.Align(fd.Align.H), font.Align(fd.Align.V), false).Add(fd.At), "text " + text})
		}
	}
	for _, l := range f.Labels {
		box := font.Label(l.Text, schematic.TextSize, l.Towards)
		areas = append(areas, area{box.Add(l.At), "label " + l.Text})
	}
	for i, a := range areas {
		for _, b := range areas[:i] {
			if a.Overlaps(b.Box) {
				list = append(list, fmt.Sprintf("%s at %v covers %s", a.what, a.Min, b.what))
			}
		}
	}
	ends := map[geom.Point]int{}
	for _, w := range f.Wires {
		line := geom.BoxOf(w.From, w.To)
		if !w.From.OnGrid() || !w.To.OnGrid() || line.Width() != 0 && line.Height() != 0 {
			list = append(list, fmt.Sprintf("wire from %v to %v is off the grid or not straight", w.From, w.To))
		}
		for _, a := range areas {
			if strings.HasPrefix(a.what, "symbol") && a.Overlaps(line) {
				list = append(list, fmt.Sprintf("wire from %v to %v passes through %s", w.From, w.To, a.what))
			}
		}
		ends[w.From]++
		ends[w.To]++
	}
	for p, n := range ends {
		if n > 3 {
			list = append(list, fmt.Sprintf("%d wires meet at %v", n, p))
		}
	}
	slices.Sort(list)
	return list
}
