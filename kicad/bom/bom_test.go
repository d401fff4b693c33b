package bom_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"starboard/kicad/bom"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/netlist"
)

func TestMain(m *testing.M) {
	status := m.Run()
	kicadtest.Cleanup()
	os.Exit(status)
}

func part(ref, value string, fields ...string) netlist.Component {
	c := netlist.Component{Ref: ref, Value: value, Footprint: "R:0603", Datasheet: "~", Description: "Resistor", Lib: "Device", Part: "R"}
	for i := 0; i < len(fields); i += 2 {
		c.Fields = append(c.Fields, netlist.Field{Name: fields[i], Value: fields[i+1]})
	}
	c.Fields = append(c.Fields, netlist.Field{Name: "Footprint", Value: c.Footprint}, netlist.Field{Name: "Datasheet", Value: "~"}, netlist.Field{Name: "Description", Value: "Resistor"})
	return c
}

func with(c netlist.Component, change func(*netlist.Component)) netlist.Component {
	change(&c)
	return c
}

const head = "Reference,Qty,Value,Footprint,Symbol,Description,Datasheet,DNP"

func TestCSV(t *testing.T) {
	for _, tt := range []struct {
		name  string
		parts []netlist.Component
		want  []string
	}{
		{"nothing", nil, []string{head}},
		{"natural order", []netlist.Component{part("R10", "1k"), part("R2", "1k"), part("R1", "4k7"), part("C1", "1k")}, []string{
			head,
			`"C1,R2,R10",3,1k,R:0603,Device:R,Resistor,,`,
			`R1,1,4k7,R:0603,Device:R,Resistor,,`,
		}},
		{"what keeps parts apart", []netlist.Component{
			part("R1", "1k"),
			with(part("R2", "1k"), func(c *netlist.Component) { c.Footprint = "R:0805" }),
			with(part("R3", "1k"), func(c *netlist.Component) { c.Lib = "" }),
			with(part("R4", "1k"), func(c *netlist.Component) { c.DNP = true }),
			part("R5", "1k", "Mfr. Part #", "X"),
			part("R6", "1k", "Digi-Key", "Y"),
			part("R7", "1k", "Mfr. Part #", "X"),
		}, []string{
			head + ",Digi-Key,Mfr. Part #",
			`R1,1,1k,R:0603,Device:R,Resistor,,,,`,
			`R2,1,1k,R:0805,Device:R,Resistor,,,,`,
			`R3,1,1k,R:0603,R,Resistor,,,,`,
			`R4,1,1k,R:0603,Device:R,Resistor,,DNP,,`,
			`"R5,R7",2,1k,R:0603,Device:R,Resistor,,,,X`,
			`R6,1,1k,R:0603,Device:R,Resistor,,,Y,`,
		}},
		{"what does not", []netlist.Component{
			part("R1", "1k", "Note", "left", "Tol", "1%", "MPN", "~"),
			with(part("R2", "1k", "Note", "right", "Tol", "1%"), func(c *netlist.Component) { c.Description, c.Datasheet = "Other", "http://x" }),
			part("R3", "1k", "Note", "left", "Tol", "~", "MPN", ""),
		}, []string{
			head + ",MPN,Note,Tol",
			`"R1,R2,R3",3,1k,R:0603,Device:R,Resistor; Other,http://x,,,left; right,1%`,
		}},
		{"not in the bill", []netlist.Component{
			with(part("R1", "1k", "Secret", "x"), func(c *netlist.Component) { c.ExcludeFromBOM = true }),
			part("R2", "1k"),
		}, []string{head, `R2,1,1k,R:0603,Device:R,Resistor,,`}},
		{"quotes", []netlist.Component{part("R1", `1"k,`, "Note, or so", "a\nb", "Qty", "=1+1")}, []string{
			head + `,"Note, or so",Qty (field)`,
			`R1,1,"1""k,",R:0603,Device:R,Resistor,,,"a`,
			`b",=1+1`,
		}},
		{"no value", []netlist.Component{part("R1", "~"), part("R2", "")}, []string{head, `"R1,R2",2,,R:0603,Device:R,Resistor,,`}},
		{"equal references", []netlist.Component{part("R1", "b"), part("R01", "a")}, []string{head,
			`R01,1,a,R:0603,Device:R,Resistor,,`,
			`R1,1,b,R:0603,Device:R,Resistor,,`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := strings.Join(tt.want, "\n") + "\n"
			for _, order := range []string{"in order", "reversed"} {
				if diff := cmp.Diff(want, string(bom.CSV(&netlist.Netlist{Components: tt.parts}))); diff != "" {
					t.Errorf("CSV %s differs (-want +got):\n%s", order, diff)
				}
				slices.Reverse(tt.parts)
			}
		})
	}
}

func TestOrderFields(t *testing.T) {
	for name, apart := range map[string]bool{
		"MPN": true, "mpn": true, "Manufacturer": true, "Manufacturer Part Number": true, "Part No.": true, "LCSC Part #": true,
		"Supplier 1": true, "Digi-Key_PN": true, "Mouser": true, "SKU": true,
		"Note": false, "Tolerance": false, "Sim.Params": false, "Particulars": false, "Position": false,
	} {
		n := &netlist.Netlist{Components: []netlist.Component{part("R1", "1", name, "a"), part("R2", "1", name, "b")}}
		if got := bytes.Count(bom.CSV(n), []byte("\n")) == 3; got != apart {
			t.Errorf("parts that differ in the field %q are apart: %v, want %v", name, got, apart)
		}
	}
}

// The bill of a real board has each part once, in the quantities it says.
func TestRealBoard(t *testing.T) {
	kicadtest.Require(t)
	out := filepath.Join(t.TempDir(), "out.net")
	sch := filepath.Join(kicadtest.DemoDir(t), "stickhub", "StickHub.kicad_sch")
	if r := kicadtest.Run(t, "sch", "export", "netlist", "-o", out, sch); r.Status != 0 {
		t.Fatalf("export: status %d\n%s", r.Status, r.Stderr)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	n, err := netlist.Parse(out, string(text))
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(bom.CSV(n))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, r := range records[1:] {
		refs := strings.Split(r[0], ",")
		if r[1] != strconv.Itoa(len(refs)) {
			t.Errorf("quantity of %s = %s, want %d", r[0], r[1], len(refs))
		}
		got = append(got, refs...)
	}
	for _, c := range n.Components {
		if !c.ExcludeFromBOM {
			want = append(want, c.Ref)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 50 {
		t.Errorf("the %d parts of the board differ (-want +got):\n%s", len(want), diff)
	}
	if len(records)-1 >= len(want) {
		t.Errorf("%d parts make %d rows, want fewer", len(want), len(records)-1)
	}
}
