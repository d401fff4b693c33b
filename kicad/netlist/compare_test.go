package netlist_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"starboard/kicad/netlist"
)

// amplifier is a netlist with nets of several pins.
func amplifier() *netlist.Netlist {
	node := func(ref, pin string) netlist.Node { return netlist.Node{Ref: ref, Pin: pin, Type: "passive"} }
	n := &netlist.Netlist{
		Nets: []netlist.Net{
			{Code: 1, Name: "/VOUT", Class: "Default", Nodes: []netlist.Node{node("R1", "2"), node("R2", "1"), {Ref: "U1", Pin: "3", Function: "OUT", Type: "output"}}},
			{Code: 2, Name: "/VIN", Class: "Default", Nodes: []netlist.Node{node("R1", "1"), node("U1", "1")}},
			{Code: 3, Name: "GND", Class: "Default", Nodes: []netlist.Node{node("R2", "2"), node("U1", "2")}},
		},
	}
	for _, ref := range []string{"R1", "R2", "R10", "U1"} {
		n.Components = append(n.Components, netlist.Component{
			Ref: ref, Value: "10k", Footprint: "R:0603", Datasheet: "~", Description: "D", Lib: "Device", Part: "R", LibDescription: "Resistor",
			Fields:     []netlist.Field{{Name: "MPN", Value: "X"}, {Name: "Tol", Value: "1%"}, {Name: "Footprint", Value: "R:0603"}},
			Properties: []netlist.Field{{Name: "MPN", Value: "X"}, {Name: "Tol", Value: "1%"}, {Name: "Sheetname"}, {Name: "Sheetfile", Value: "a"}},
			Keywords:   "r", Filters: "R_*", SheetNames: "/", SheetTstamps: "/", Classes: []string{"A", "B"}, Tstamps: []string{"1", "0"},
		})
	}
	return n
}

func TestCompare(t *testing.T) {
	type change = func(n *netlist.Netlist)
	for _, tt := range []struct {
		name   string
		change change
		opts   []netlist.Option
		want   []string
	}{
		{"nothing", func(n *netlist.Netlist) {}, nil, nil},
		{"value", func(n *netlist.Netlist) { n.Components[1].Value = "4k7" }, nil, []string{"R2: value 4k7, want 10k"}},
		{"empty footprint", func(n *netlist.Netlist) { n.Components[1].Footprint = "" }, nil, []string{`R2: footprint "", want R:0603`}},
		{"texts", func(n *netlist.Netlist) {
			c := &n.Components[0]
			c.Datasheet, c.Description, c.LibDescription, c.Keywords, c.Filters = "d s", " D", "a\nb", "x", "y"
		}, nil, []string{`R1: datasheet d s, want ~`, `R1: description " D", want D`, `R1: description of the symbol "a\nb", want Resistor`, `R1: keywords x, want r`, `R1: footprint filters y, want R_*`}},
		{"symbol", func(n *netlist.Netlist) { n.Components[3].Lib = "" }, nil, []string{"U1: symbol R, want Device:R"}},
		{"flags", func(n *netlist.Netlist) { n.Components[0].DNP, n.Components[0].ExcludeFromBOM = true, true }, nil,
			[]string{"R1: in the bill of materials: no, want yes", "R1: dnp yes, want no"}},
		{"sheet and classes", func(n *netlist.Netlist) { n.Components[0].SheetNames, n.Components[0].Classes = "/A/", []string{"A"} }, nil,
			[]string{"R1: sheet /A/, want /", "R1: component classes A, want A B"}},
		{"field", func(n *netlist.Netlist) {
			n.Components[0].Fields[0].Value, n.Components[0].Properties[0].Value = "Y", "Y"
		}, nil, []string{"R1: field MPN Y, want X"}},
		{"field renamed", func(n *netlist.Netlist) {
			n.Components[0].Fields[1].Name, n.Components[0].Properties[1].Name = "T", "T"
		}, nil, []string{"R1: field Tol is missing", "R1: field T is not wanted"}},
		{"property only", func(n *netlist.Netlist) { n.Components[0].Properties[3].Value = "b" }, nil, []string{"R1: property Sheetfile b, want a"}},
		{"property gone", func(n *netlist.Netlist) { n.Components[0].Properties = n.Components[0].Properties[:3] }, nil, []string{"R1: property Sheetfile is missing"}},
		{"order of fields", func(n *netlist.Netlist) { slices.Reverse(n.Components[0].Fields) }, nil, nil},
		{"order of parts, nets, pins", func(n *netlist.Netlist) {
			slices.Reverse(n.Components)
			slices.Reverse(n.Nets)
			slices.Reverse(n.Nets[0].Nodes)
			n.Nets[0].Code = 9
		}, nil, nil},
		{"parts gone, in natural order", func(n *netlist.Netlist) { n.Components = n.Components[3:] }, nil, []string{"part R1 is missing", "part R2 is missing", "part R10 is missing"}},
		{"part added", func(n *netlist.Netlist) { n.Components = append(n.Components, netlist.Component{Ref: "R9"}) }, nil, []string{"part R9 is not wanted"}},
		{"part twice", func(n *netlist.Netlist) {
			n.Components = append(n.Components, n.Components[0], n.Components[0])
			n.Components[5].Value = "1"
		}, nil, []string{"part R1 is not wanted", "part R1 is not wanted"}},
		{"net renamed", func(n *netlist.Netlist) { n.Nets[0].Name = "VOUT" }, nil, []string{"net name VOUT, want /VOUT"}},
		{"names swapped", func(n *netlist.Netlist) { n.Nets[0].Name, n.Nets[2].Name = "GND", "/VOUT" }, nil, []string{"net name GND, want /VOUT", "net name /VOUT, want GND"}},
		{"class", func(n *netlist.Netlist) { n.Nets[2].Class = "HV,Default" }, nil, []string{`net GND: class "HV,Default", want Default`}},
		{"pin gone", func(n *netlist.Netlist) { n.Nets[0].Nodes = slices.Delete(n.Nets[0].Nodes, 1, 2) }, nil, []string{"net /VOUT: R2.1 is missing"}},
		{"pin moved", func(n *netlist.Netlist) {
			n.Nets[2].Nodes = append(n.Nets[2].Nodes, n.Nets[0].Nodes[1])
			n.Nets[0].Nodes = slices.Delete(n.Nets[0].Nodes, 1, 2)
		}, nil, []string{"net /VOUT: R2.1 is missing", "net GND: R2.1 is not wanted"}},
		{"pins of one part swapped", func(n *netlist.Netlist) {
			n.Nets[0].Nodes[0].Pin, n.Nets[1].Nodes[0].Pin = "1", "2"
		}, nil, []string{"net /VIN: R1.1 is missing", "net /VIN: R1.2 is not wanted", "net /VOUT: R1.2 is missing", "net /VOUT: R1.1 is not wanted"}},
		{"pin twice", func(n *netlist.Netlist) { n.Nets[2].Nodes = append(n.Nets[2].Nodes, n.Nets[2].Nodes[0]) }, nil, []string{"net GND: R2.2 is not wanted"}},
		{"function and type", func(n *netlist.Netlist) {
			n.Nets[0].Nodes[2].Function, n.Nets[0].Nodes[2].Type = "", "input"
		}, nil, []string{`net /VOUT: U1.3: function "", want OUT`, "net /VOUT: U1.3: type input, want output"}},
		{"net gone", func(n *netlist.Netlist) { n.Nets = n.Nets[:2] }, nil, []string{"net GND is missing (R2.2, U1.2)"}},
		{"net added", func(n *netlist.Netlist) { n.Nets = append(n.Nets, netlist.Net{Name: "X"}) }, nil, []string{"net X is not wanted"}},
		{"nets joined", func(n *netlist.Netlist) {
			n.Nets[0].Nodes = append(n.Nets[0].Nodes, n.Nets[2].Nodes...)
			n.Nets = n.Nets[:2]
		}, nil, []string{"net /VOUT: R2.2 is not wanted", "net /VOUT: U1.2 is not wanted", "net GND is missing (R2.2, U1.2)"}},
		{"net split and renamed", func(n *netlist.Netlist) {
			n.Nets = append(n.Nets, netlist.Net{Name: "B", Class: "Default", Nodes: n.Nets[0].Nodes[2:]})
			n.Nets[0].Name, n.Nets[0].Nodes = "A", n.Nets[0].Nodes[:2]
		}, nil, []string{"net name A, want /VOUT", "net /VOUT: U1.3 is missing", "net B is not wanted (U1.3)"}},
		{"parts before nets", func(n *netlist.Netlist) {
			n.Nets[1].Name = "A"
			n.Components[3].Value = "1"
		}, nil, []string{"U1: value 1, want 10k", "net name A, want /VIN"}},

		{"connections only", func(n *netlist.Netlist) {
			n.Components[0].Value, n.Nets[0].Nodes[2].Type, n.Nets[0].Nodes[2].Function = "1", "input", ""
			n.Nets[1].Nodes = n.Nets[1].Nodes[:1]
			n.Components = n.Components[:3]
		}, []netlist.Option{netlist.ConnectionsOnly}, []string{"part U1 is missing", "net /VIN: U1.1 is missing"}},
		{"any net name", func(n *netlist.Netlist) {
			n.Nets[0].Name, n.Nets[0].Class = "x", "y"
			n.Nets[1].Nodes = n.Nets[1].Nodes[:1]
		}, []netlist.Option{netlist.AnyNetName}, []string{"net /VIN: U1.1 is missing"}},
		{"uuids are not compared", func(n *netlist.Netlist) { n.Components[0].Tstamps, n.Components[0].SheetTstamps = nil, "/x/" }, nil, nil},
		{"with uuids", func(n *netlist.Netlist) { n.Components[0].Tstamps, n.Components[0].SheetTstamps = []string{"0"}, "/x/" },
			[]netlist.Option{netlist.WithUUIDs}, []string{"R1: sheet uuids /x/, want /", "R1: uuids 0, want 1 0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := amplifier()
			tt.change(got)
			var texts []string
			for _, f := range netlist.Compare(got, amplifier(), tt.opts...) {
				texts = append(texts, f.String())
			}
			if diff := cmp.Diff(tt.want, texts); diff != "" {
				t.Errorf("Compare differs (-want +got):\n%s", diff)
			}
			if back := netlist.Compare(amplifier(), got, tt.opts...); (len(back) > 0) != (len(tt.want) > 0) {
				t.Errorf("Compare the other way round = %v", back)
			}
			if same := netlist.Compare(got, got, tt.opts...); len(same) > 0 {
				t.Errorf("Compare of a netlist with itself = %v", same)
			}
		})
	}
}

func TestFindingNamesItsSubject(t *testing.T) {
	got := amplifier()
	got.Components[0].Value = "1"
	got.Nets[0].Name = "A"
	want := []netlist.Finding{
		{Part: "R1", Text: "R1: value 1, want 10k"},
		{Net: "/VOUT", Text: "net name A, want /VOUT"},
	}
	if diff := cmp.Diff(want, netlist.Compare(got, amplifier())); diff != "" {
		t.Errorf("Compare differs (-want +got):\n%s", diff)
	}
}

func BenchmarkCompare(b *testing.B) {
	x, y := ladder(10_000), ladder(10_000)
	for i := range y.Nets {
		y.Nets[i].Nodes = y.Nets[i].Nodes[:1+i%2]
	}
	b.ReportAllocs()
	for b.Loop() {
		netlist.Compare(x, y)
	}
}
