package readback_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/circuit"
	"starboard/kicad/connect"
	"starboard/kicad/readback"
	"starboard/kicad/symbol"
)

func notes(r *readback.Result) []string {
	var list []string
	for _, n := range r.Notes {
		list = append(list, strings.TrimPrefix(filepath.ToSlash(n.String()), "testdata/"))
	}
	return list
}

func TestParts(t *testing.T) {
	r := read(t, "testdata/parts.kicad_sch")
	c := r.Circuit
	if c.Name != "parts" || c.Title != "Parts" || c.Rev != "C" || !cmp.Equal(c.Comments, []string{"", "second"}) {
		t.Errorf("circuit %s: title %q, revision %q, comments %q", c.Name, c.Title, c.Rev, c.Comments)
	}
	type part struct {
		Ref, Value, Footprint, Symbol string
		Fields                        []circuit.Field
		DNP, InBOM, OnBoard           bool
		Drawn                         []int
	}
	var got []part
	for _, p := range c.Parts() {
		got = append(got, part{p.Ref, p.Value, p.Footprint, p.Symbol.LibID(), p.Fields, p.DNP, p.InBOM, p.OnBoard, r.Drawn[p]})
		if !strings.HasPrefix(filepath.ToSlash(p.Pos), "testdata/parts.kicad_sch:") {
			t.Errorf("%s stands at %s, want a place in the file", p, p.Pos)
		}
	}
	want := []part{
		{"R1", "1k", "R_0402", "Own:R", []circuit.Field{{Name: "Note", Value: "two lines"}, {Name: "Datasheet", Value: "x.pdf"}}, true, false, true, []int{1}},
		{"TP", "", "", "Own:R_1", []circuit.Field{{Name: "MPN", Value: "X"}}, false, true, false, []int{1}},
		{"U1", "GATE", "", "Own:GATE", nil, false, true, true, []int{1, 2}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parts differ (-want +got):\n%s", diff)
	}
	parts := c.Parts()
	if pin := parts[2].Pin("1"); pin.Name != "SDA" || pin.Type != symbol.OpenCollector {
		t.Errorf("pin 1 of U1 is %s, %s; want the function that is chosen: SDA, open_collector", pin.Name, pin.Type)
	}
	if pin := parts[1].Pin("2"); !pin.NoConnect() || pin.Net() != nil {
		t.Errorf("%v has no mark that it stays open", pin)
	}
	sig := parts[0].Pin("1").Net()
	if sig == nil || sig.Name() != "SIG" || parts[1].Pin("1").Net() != sig || r.NetNames[sig] != "/SIG" {
		t.Errorf("pin 1 of R1 is on %v, called %q by KiCad; want SIG and /SIG", sig, r.NetNames[sig])
	}
	if parts[0].Pin("2").Net() != nil {
		t.Errorf("an open pin is on %v", parts[0].Pin("2").Net())
	}
	if vcc := parts[2].Pin("8").Net(); vcc == nil || vcc.Name() != "VCC" || !vcc.IsPower() {
		t.Errorf("a hidden power pin of a unit that is not drawn is on %v, want the power net VCC", vcc)
	}
	wantNotes := []string{"parts.kicad_sch:29:3: U9 has no symbol in the file and is left out, as in KiCad's netlist"}
	if diff := cmp.Diff(wantNotes, notes(r)); diff != "" {
		t.Errorf("notes differ (-want +got):\n%s", diff)
	}
}

func TestNames(t *testing.T) {
	r := read(t, "testdata/names.kicad_sch")
	net := map[string]*circuit.Net{}
	for _, p := range r.Circuit.Parts() {
		for _, pin := range p.Pins() {
			net[p.Ref+"."+pin.Number] = pin.Net()
		}
	}
	for _, tt := range []struct{ pin, name, kicad, sheet string }{
		{"R1.1", "EN/ABLE", "EN{slash}ABLE", "/"},
		{"R3.2", "EN/ABLE", "EN{slash}ABLE", "/a_b/"},
		{"R1.2", "B(1)", "/B[1]", "/"},
		{"R2.1", "IN", "/a:b/IN", "/"},
		{"R3.1", "IN", "/a:b/IN", "/a_b/"},
		{"R4.1", "GND_2", "/a:b/GND", "/a_b/"},
	} {
		n := net[tt.pin]
		if n == nil || n.Name() != tt.name || r.NetNames[n] != tt.kicad || n.Sheet().Path() != tt.sheet {
			t.Errorf("%s is on %v (KiCad: %q), want %s (%s) on sheet %s", tt.pin, n, r.NetNames[n], tt.name, tt.kicad, tt.sheet)
		}
	}
	for pair, joined := range map[[2]string]bool{{"R1.1", "R3.2"}: true, {"R2.1", "R3.1"}: true, {"R2.2", "R4.1"}: false} {
		found := false
		for _, pin := range net[pair[0]].AllPins() {
			found = found || pin.Part.Ref+"."+pin.Number == pair[1]
		}
		if found != joined {
			t.Errorf("%s and %s are joined: %v, want %v", pair[0], pair[1], found, joined)
		}
	}
	if gnd := net["R2.2"]; !gnd.IsPower() || !gnd.Driven() || gnd.Symbol().LibID() != "power:GND" {
		t.Errorf("R2.2 is on %v, driven %v; want the power net GND with its flag", gnd, gnd.Driven())
	}
	want := []string{
		`names.kicad_sch:21:3: sheet "a:b" is called a_b`,
		`names.kicad_sch:24:3: sheet "a?b" is called a_b_2`,
		"none.kicad_sch: the file of sheet /a?b/ cannot be opened; the sheet is empty",
		"sub.kicad_sch:3:5: Own:R is not the same here as in other files, and is called R_2",
		"names.kicad_sch:11:3: net B[1] is called B(1) on sheet /",
		"sub.kicad_sch:8:3: net GND is called GND_2 on sheet /a_b/",
	}
	if diff := cmp.Diff(want, notes(r)); diff != "" {
		t.Errorf("notes differ (-want +got):\n%s", diff)
	}
}

func TestErrors(t *testing.T) {
	s, err := connect.Read("testdata/parts.kicad_sch")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readback.Circuit(s, func(string) (*symbol.Symbol, error) { return nil, errors.New("no symbols today") }); err == nil || err.Error() != "no symbols today" {
		t.Errorf("without a power symbol: %v", err)
	}
	for _, sh := range s.Sheets {
		sh.Parts = nil
	}
	if _, err := readback.Circuit(s, power); err == nil || err.Error() != "testdata/parts.kicad_sch: the schematic has no parts" {
		t.Errorf("without parts: %v", err)
	}
}
