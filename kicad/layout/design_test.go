package layout_test

import (
	"fmt"
	"strings"
	"testing"

	"starboard/kicad/annotate"
	"starboard/kicad/circuit"
	"starboard/kicad/stock"
	"starboard/kicad/symbol"
)

type embedded struct{}

func (embedded) Symbol(lib, name string) ([]byte, bool) { return stock.Symbol(lib, name) }
func (embedded) Names(lib string) []string              { return stock.Names(lib) }
func (embedded) Libraries() []string                    { return stock.Libraries() }

// symbols are the embedded ones, and in library Own some that were made up for tests.
var symbols = symbol.NewPath(symbol.Source{Kind: symbol.Local, Dir: "testdata"}, symbol.Source{Kind: symbol.Embedded, Set: embedded{}})

func find(t testing.TB, libID string) *symbol.Symbol {
	t.Helper()
	s, err := symbols.Find(libID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// parse makes a circuit of lines such as
//
//	U1 Timer:NE555P VCC=+5V GND=GND OUT=out
//
// each a part with its symbol and the nets of its pins. GND and names
// that begin with + are power nets; a net that begins with . has
// no name, and - marks a pin that stays open.
func parse(t testing.TB, text string) *circuit.Circuit {
	t.Helper()
	c, err := circuit.New("test")
	if err != nil {
		t.Fatal(err)
	}
	nets := map[string]*circuit.Net{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		words := strings.Fields(line)
		p, err := c.Root().AddPart(circuit.Spec{Symbol: find(t, words[1]), Ref: words[0], Name: words[0], InBOM: true, OnBoard: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range words[2:] {
			key, name, _ := strings.Cut(w, "=")
			pins, err := p.Find(key)
			if err != nil {
				t.Fatal(err)
			}
			for _, pin := range pins {
				if name == "-" {
					err = c.Root().NoConnect("", pin)
				} else {
					var n *circuit.Net
					if n, err = c.Root().Connect("", targets(t, c, nets, name, pin)...); err == nil {
						nets[name] = n
					}
				}
				if err != nil {
					t.Fatalf("%s: %v", line, err)
				}
			}
		}
	}
	if _, err := annotate.Annotate(c, nil, false); err != nil {
		t.Fatal(err)
	}
	return c
}

func targets(t testing.TB, c *circuit.Circuit, nets map[string]*circuit.Net, name string, pin *circuit.Pin) []any {
	t.Helper()
	if n := nets[name]; n != nil {
		return []any{n, pin}
	}
	if strings.HasPrefix(name, ".") {
		return []any{pin}
	}
	if strings.HasPrefix(name, "+") || name == "GND" {
		sym := find(t, "power:"+name)
		n, err := c.Power(name, sym, true)
		if err != nil {
			t.Fatal(err)
		}
		return []any{n, pin}
	}
	n, err := c.Root().Net(name)
	if err != nil {
		t.Fatal(err)
	}
	return []any{n, pin}
}

// ladder returns n stages of a resistor and a capacitor.
func ladder(n int) string {
	var b strings.Builder
	fmt.Fprintln(&b, "J1 Connector_Generic:Conn_01x02 1=n0 2=GND")
	for i := range n {
		fmt.Fprintf(&b, "R%d Device:R 1=n%d 2=n%d\nC%d Device:C 1=n%d 2=GND\n", i+1, i, i+1, i+1, i+1)
	}
	return b.String()
}

// amplifiers returns n dual op-amps with nine parts around each.
func amplifiers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "U%d Amplifier_Operational:LM358 V+=+5V V-=GND 3=a%d 2=m%d 1=x%d 5=b%d 6=k%d 7=y%d\n", i+1, i, i, i, i, i, i)
		fmt.Fprintf(&b, "C%d Device:C 1=+5V 2=GND\n", 3*i+1)
		for h, s := range []string{"a", "b"} {
			m, o := []string{"m", "k"}[h], []string{"x", "y"}[h]
			k := 2*i + h
			fmt.Fprintf(&b, "R%d Device:R 1=%s%d 2=GND\nR%d Device:R 1=%s%d 2=%s%d\nR%d Device:R 1=%s%d 2=GND\nC%d Device:C 1=in%d 2=%s%d\n",
				3*k+1, m, i, 3*k+2, m, i, o, i, 3*k+3, s, i, 3*i+2+h, k, s, i)
		}
	}
	return b.String()
}
