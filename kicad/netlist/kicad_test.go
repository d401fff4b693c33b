package netlist_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/internal/memtest"
	"starboard/kicad/netlist"
	"starboard/kicad/sexpr"
)

func TestMain(m *testing.M) {
	status := m.Run()
	kicadtest.Cleanup()
	os.Exit(status)
}

// divider is a small netlist with everything that the form can hold.
func divider() *netlist.Netlist {
	return &netlist.Netlist{
		Source:   "divider.kicad_sch",
		TextVars: []netlist.Field{{Name: "EMPTY"}, {Name: "SITE", Value: "lab"}},
		Sheets: []netlist.Sheet{
			{Number: "1", Name: "/", Tstamps: "/", Title: "Voltage divider", Rev: "A", Source: "divider.kicad_sch", Comments: [9]string{1: `by "hand"`}},
			{Number: "2", Name: "/Load/", Tstamps: "/22222222-0000-5000-8000-000000000000/", Source: "load.kicad_sch"},
		},
		Components: []netlist.Component{
			{
				Ref: "R1", Value: "10k", Footprint: "Resistor_SMD:R_0603_1608Metric", Datasheet: "~", Description: "Top",
				Fields: []netlist.Field{{Name: "MPN", Value: `A\B`}, {Name: "Note"}, {Name: "Footprint", Value: "Resistor_SMD:R_0603_1608Metric"}, {Name: "Datasheet", Value: "~"}, {Name: "Description", Value: "Top"}},
				Lib:    "Device", Part: "R", LibDescription: "Resistor",
				Properties: []netlist.Field{{Name: "MPN", Value: `A\B`}, {Name: "Note"}, {Name: "Sheetname"}, {Name: "Sheetfile", Value: "divider.kicad_sch"}},
				DNP:        true, ExcludeFromBOM: true, Keywords: "R res", Filters: "R_*",
				SheetNames: "/", SheetTstamps: "/", Classes: []string{"Precision"},
				Tstamps: []string{"11111111-0000-5000-8000-000000000001"},
			},
			{
				Ref: "U1", Part: "Dual", SheetNames: "/Load/", SheetTstamps: "/22222222-0000-5000-8000-000000000000/",
				Tstamps: []string{"11111111-0000-5000-8000-000000000003", "11111111-0000-5000-8000-000000000002"},
			},
		},
		LibParts: []netlist.LibPart{
			{Part: "Dual"},
			{
				Lib: "Device", Part: "R", Description: "Resistor", Docs: "~", Filters: []string{"R_*", "R1_*"},
				Fields: []netlist.Field{{Name: "Reference", Value: "R"}, {Name: "Value", Value: "R"}, {Name: "Footprint"}},
				Pins:   []netlist.LibPin{{Num: "1", Type: "passive"}, {Num: "2", Name: "B", Type: "passive"}},
			},
		},
		Libraries: []netlist.Library{{Logical: "Device", URI: "${KICAD9_SYMBOL_DIR}/Device.kicad_sym"}},
		Nets: []netlist.Net{
			{Code: 1, Name: "/VOUT", Class: "Default", Nodes: []netlist.Node{{Ref: "R1", Pin: "2", Function: "B", Type: "passive"}, {Ref: "U1", Pin: "1", Type: "input"}}},
			{Code: 3, Name: "unconnected-(U1-Pad2)", Class: "Default", Nodes: []netlist.Node{{Ref: "U1", Pin: "2", Type: "output+no_connect"}}},
		},
	}
}

const dividerText = `(export (version "E")
  (design
    (source "divider.kicad_sch")
    (date "")
    (tool "starboard")
    (textvar (name "EMPTY"))
    (textvar (name "SITE") "lab")
    (sheet (number "1") (name "/") (tstamps "/")
      (title_block
        (title "Voltage divider")
        (company)
        (rev "A")
        (date)
        (source "divider.kicad_sch")
        (comment (number "1") (value ""))
        (comment (number "2") (value "by \"hand\""))
        (comment (number "3") (value ""))
        (comment (number "4") (value ""))
        (comment (number "5") (value ""))
        (comment (number "6") (value ""))
        (comment (number "7") (value ""))
        (comment (number "8") (value ""))
        (comment (number "9") (value ""))))
    (sheet (number "2") (name "/Load/") (tstamps "/22222222-0000-5000-8000-000000000000/")
      (title_block
        (title)
        (company)
        (rev)
        (date)
        (source "load.kicad_sch")
        (comment (number "1") (value ""))
        (comment (number "2") (value ""))
        (comment (number "3") (value ""))
        (comment (number "4") (value ""))
        (comment (number "5") (value ""))
        (comment (number "6") (value ""))
        (comment (number "7") (value ""))
        (comment (number "8") (value ""))
        (comment (number "9") (value "")))))
  (components
    (comp (ref "R1")
      (value "10k")
      (footprint "Resistor_SMD:R_0603_1608Metric")
      (datasheet "~")
      (description "Top")
      (fields
        (field (name "MPN") "A\\B")
        (field (name "Note"))
        (field (name "Footprint") "Resistor_SMD:R_0603_1608Metric")
        (field (name "Datasheet") "~")
        (field (name "Description") "Top"))
      (libsource (lib "Device") (part "R") (description "Resistor"))
      (property (name "MPN") (value "A\\B"))
      (property (name "Note") (value ""))
      (property (name "Sheetname") (value ""))
      (property (name "Sheetfile") (value "divider.kicad_sch"))
      (property (name "exclude_from_bom"))
      (property (name "dnp"))
      (property (name "ki_keywords") (value "R res"))
      (property (name "ki_fp_filters") (value "R_*"))
      (sheetpath (names "/") (tstamps "/"))
      (component_classes
        (class "Precision"))
      (tstamps "11111111-0000-5000-8000-000000000001"))
    (comp (ref "U1")
      (value "~")
      (libsource (lib "") (part "Dual") (description ""))
      (sheetpath (names "/Load/") (tstamps "/22222222-0000-5000-8000-000000000000/"))
      (tstamps "11111111-0000-5000-8000-000000000003" "11111111-0000-5000-8000-000000000002")))
  (libparts
    (libpart (lib "") (part "Dual"))
    (libpart (lib "Device") (part "R")
      (description "Resistor")
      (docs "~")
      (footprints
        (fp "R_*")
        (fp "R1_*"))
      (fields
        (field (name "Reference") "R")
        (field (name "Value") "R")
        (field (name "Footprint")))
      (pins
        (pin (num "1") (name "") (type "passive"))
        (pin (num "2") (name "B") (type "passive")))))
  (libraries
    (library (logical "Device")
      (uri "${KICAD9_SYMBOL_DIR}/Device.kicad_sym")))
  (nets
    (net (code "1") (name "/VOUT") (class "Default")
      (node (ref "R1") (pin "2") (pinfunction "B") (pintype "passive"))
      (node (ref "U1") (pin "1") (pintype "input")))
    (net (code "3") (name "unconnected-(U1-Pad2)") (class "Default")
      (node (ref "U1") (pin "2") (pintype "output+no_connect")))))`

func TestKiCad(t *testing.T) {
	if diff := cmp.Diff(dividerText, string(netlist.KiCad(divider()))); diff != "" {
		t.Errorf("KiCad differs (-want +got):\n%s", diff)
	}
}

func TestParse(t *testing.T) {
	got, err := netlist.Parse("f", dividerText)
	if err != nil {
		t.Fatal(err)
	}
	want := divider()
	want.Tool = "starboard"        // what an empty one is written as
	want.Components[1].Value = "~" // likewise
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse differs (-want +got):\n%s", diff)
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"no list", "x", `f:1:1: got x, want (`},
		{"another file", `(kicad_sch (version 1))`, `f:1:1: got (kicad_sch, want (export of a KiCad netlist`},
		{"old", `(export (version "D"))`, `f:1:1: got netlist version "D", want "E"`},
		{"no version", `(export)`, `f:1:1: got netlist version "", want "E"`},
		{"comment 10", `(export (version "E") (design (sheet (title_block (comment (number "10"))))))`, `f:1:51: got comment "10", want 1 to 9`},
		{"nameless variable", `(export (version "E") (design (textvar "x")))`, `f:1:31: got (textvar without a name`},
		{"nameless field", `(export (version "E") (components (comp (ref "R1") (fields (field "x")))))`, `f:1:60: got (field without a name`},
		{"nameless library field", "(export (version \"E\") (libparts (libpart (fields\n(field)))))", `f:2:1: got (field without a name`},
		{"no reference", `(export (version "E") (components (comp (value "1"))))`, `f:1:35: got a component without a reference`},
		{"no code", `(export (version "E") (nets (net (code "x"))))`, `f:1:34: got net code "x", want a whole number`},
		{"no node reference", `(export (version "E") (nets (net (code "1") (node (pin "1")))))`, `f:1:45: got a node without a reference`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := netlist.Parse("f", tt.src)
			if err == nil || err.Error() != tt.want {
				t.Fatalf("Parse error = %v, want %s", err, tt.want)
			}
			if !errors.As(err, new(*sexpr.Error)) {
				t.Errorf("Parse error is a %T, want a *sexpr.Error", err)
			}
		})
	}
}

// What KiCad 10 adds is passed over, and its layout does not matter.
func TestParseNewerLayout(t *testing.T) {
	got, err := netlist.Parse("f", "(export\n\t(version \"E\")\n\t(design\n\t\t(tool \"Eeschema 10.0.7\")\n\t)\n\t(components\n\t\t(comp\n\t\t\t(ref \"R1\")\n\t\t\t(value \"1k\")\n"+
		"\t\t\t(property\n\t\t\t\t(name \"exclude_from_pos_files\")\n\t\t\t)\n\t\t\t(units\n\t\t\t\t(unit\n\t\t\t\t\t(name \"A\")\n\t\t\t\t)\n\t\t\t)\n\t\t)\n\t)\n\t(variants)\n)\n")
	if err != nil {
		t.Fatal(err)
	}
	want := &netlist.Netlist{Tool: "Eeschema 10.0.7", Components: []netlist.Component{{Ref: "R1", Value: "1k"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse differs (-want +got):\n%s", diff)
	}
}

// A user may name a field as KiCad names its own properties and flags.
func TestFieldsNamedAsKiCadsOwn(t *testing.T) {
	for _, c := range []netlist.Component{
		{Properties: []netlist.Field{{Name: "dnp"}, {Name: "exclude_from_bom", Value: "x"}, {Name: "Sheetfile", Value: "a"}}},
		{Properties: []netlist.Field{{Name: "ki_keywords", Value: "mine"}}, DNP: true},
		{Properties: []netlist.Field{{Name: "ki_fp_filters", Value: "mine"}, {Name: "Sheetfile", Value: "a"}}, Keywords: "k", Filters: "f"},
		{Properties: []netlist.Field{{Name: "Sheetfile"}}, Keywords: "k"},
	} {
		c.Ref, c.Value = "R1", "1"
		n := &netlist.Netlist{Tool: "t", Components: []netlist.Component{c}}
		got, err := netlist.Parse("f", string(netlist.KiCad(n)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(n, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("a component changes when written and read (-want +got):\n%s", diff)
		}
	}
}

// roots returns the root schematics of all demo projects.
func roots(t *testing.T) []string {
	t.Helper()
	kicadtest.Require(t)
	var list []string
	err := filepath.WalkDir(kicadtest.DemoDir(t), func(path string, d os.DirEntry, err error) error {
		if sch, ok := strings.CutSuffix(path, ".kicad_pro"); ok && err == nil {
			if _, err := os.Stat(sch + ".kicad_sch"); err == nil {
				list = append(list, sch+".kicad_sch")
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// export returns KiCad's own netlist of a schematic.
func export(t testing.TB, sch string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.net")
	r := kicadtest.Run(t, "sch", "export", "netlist", "-o", out, sch)
	text, err := os.ReadFile(out)
	if r.Status != 0 || err != nil {
		t.Fatalf("export of %s: status %d, %v\n%s", sch, r.Status, err, r.Stderr)
	}
	return string(text)
}

// Every netlist that KiCad makes of its demos is written back byte for byte,
// survives JSON, and is in the order that NaturalCompare says.
func TestDemosAreWrittenBack(t *testing.T) {
	demos := roots(t)
	if len(demos) < 30 {
		t.Fatalf("found %d demo projects, want 30 or more", len(demos))
	}
	schema := compileSchema(t)
	for _, sch := range demos {
		name, err := filepath.Rel(kicadtest.DemoDir(t), sch)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			text := export(t, sch)
			n, err := netlist.Parse(name, text)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(netlist.KiCad(n)); got != text {
				t.Errorf("written back differently:\n%s", firstDifference(text, got))
			}
			checkOrder(t, n)
			checkJSON(t, schema, n)
		})
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		switch {
		case i >= len(w):
			return fmt.Sprintf("line %d: got %q, want end of file", i+1, g[i])
		case i >= len(g):
			return fmt.Sprintf("line %d: got end of file, want %q", i+1, w[i])
		case w[i] != g[i]:
			return fmt.Sprintf("line %d: got %q, want %q", i+1, g[i], w[i])
		}
	}
	return "no difference"
}

func checkOrder(t *testing.T, n *netlist.Netlist) {
	t.Helper()
	for i := 1; i < len(n.Components); i++ {
		a, b := n.Components[i-1], n.Components[i]
		if a.SheetNames == b.SheetNames && netlist.NaturalCompare(a.Ref, b.Ref, true) >= 0 {
			t.Errorf("NaturalCompare(%q, %q) is not negative, but KiCad sorts so", a.Ref, b.Ref)
		}
	}
	for i := 1; i < len(n.Nets); i++ {
		if a, b := n.Nets[i-1].Name, n.Nets[i].Name; netlist.NaturalCompare(a, b, false) > 0 {
			t.Errorf("NaturalCompare(%q, %q) is positive, but KiCad sorts so", a, b)
		}
	}
	for _, l := range n.LibParts {
		for i := 1; i < len(l.Pins); i++ {
			if a, b := l.Pins[i-1].Num, l.Pins[i].Num; netlist.NaturalCompare(a, b, true) > 0 {
				t.Errorf("NaturalCompare(%q, %q) is positive, but KiCad sorts the pins of %s so", a, b, l.Part)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(dividerText)
	f.Add(`(export (version "E") (components (comp (ref "R1") (property (name "ki_keywords") (value "")) (property (name "dnp")) (property (name "ki_fp_filters") (value "x")))))`)
	f.Add(`(export (version E) (nets (net (code 1) (name "\x41\n") (node (ref a)))))`)
	f.Add("(export (version \"E\") (design (textvar (name \"B\") \xff) (source \"\xff\")))")
	f.Fuzz(func(t *testing.T, src string) {
		var n *netlist.Netlist
		var err error
		memtest.Bound(t, len(src), func() { n, err = netlist.Parse("f", src) })
		if err != nil {
			return
		}
		once := netlist.KiCad(n)
		again, err := netlist.Parse("f", string(once))
		if err != nil {
			t.Fatalf("%q is written as %q, which is not a netlist: %v", src, once, err)
		}
		if twice := netlist.KiCad(again); string(twice) != string(once) {
			t.Fatalf("%q is written as %q, then as %q", src, once, twice)
		}
	})
}

// ladder is a chain of n resistors.
func ladder(n int) *netlist.Netlist {
	l := &netlist.Netlist{Source: "ladder.kicad_sch"}
	for i := range n {
		ref := "R" + strconv.Itoa(i+1)
		c := divider().Components[0]
		c.Ref, c.DNP, c.ExcludeFromBOM, c.Classes = ref, false, false, nil
		l.Components = append(l.Components, c)
		node := netlist.Node{Ref: ref, Type: "passive"}
		net := netlist.Net{Code: i + 1, Name: "/N" + strconv.Itoa(i+1), Class: "Default"}
		for _, pin := range []string{"1", "2"} {
			node.Pin = pin
			net.Nodes = append(net.Nodes, node)
		}
		l.Nets = append(l.Nets, net)
	}
	return l
}

// WriteKiCad writes the same in pieces, and returns the first error.
func TestWriteKiCad(t *testing.T) {
	for _, n := range []*netlist.Netlist{{}, divider(), ladder(3000)} {
		var pieces bytes.Buffer
		if err := netlist.WriteKiCad(&pieces, n); err != nil {
			t.Fatal(err)
		}
		if want := netlist.KiCad(n); !bytes.Equal(pieces.Bytes(), want) {
			t.Errorf("WriteKiCad wrote %d bytes that differ from KiCad's %d", pieces.Len(), len(want))
		}
	}
	r, w := io.Pipe()
	r.Close()
	if err := netlist.WriteKiCad(w, ladder(3000)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("WriteKiCad error = %v, want %v", err, io.ErrClosedPipe)
	}
}

func BenchmarkKiCad(b *testing.B) {
	l := ladder(10_000)
	b.SetBytes(int64(len(netlist.KiCad(l))))
	b.ReportAllocs()
	for b.Loop() {
		netlist.KiCad(l)
	}
}

func BenchmarkParse(b *testing.B) {
	text := string(netlist.KiCad(ladder(10_000)))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := netlist.Parse("f", text); err != nil {
			b.Fatal(err)
		}
	}
}
