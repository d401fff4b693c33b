package connect_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/connect"
	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

func TestReadErrors(t *testing.T) {
	a := &artist{}
	chain := project{}
	for i := range 30 {
		next := strings.Repeat("x", i+1) + ".kicad_sch"
		name := strings.Repeat("x", i) + ".kicad_sch"
		if i == 0 {
			name = "r.kicad_sch"
		}
		chain[name] = "(kicad_sch (version 20250114) (uuid a)" +
			strings.Repeat(`(sheet (at 0 0) (size 1 1) (uuid b) (property "Sheetfile" "`+next+`"))`, 2) + ")"
	}
	for _, tt := range []struct {
		name    string
		project project
		want    string
		text    bool // the error has a place in a text
	}{
		{"missing root", project{}, "open r.kicad_sch: file does not exist", false},
		{"no list", project{"r.kicad_sch": "kicad_sch"}, "r.kicad_sch:1:1: ", true},
		{"a board", project{"r.kicad_sch": "(kicad_pcb)"}, `r.kicad_sch:1:1: got a list headed "kicad_pcb", want kicad_sch`, true},
		{"too old", project{"r.kicad_sch": "\n(kicad_sch (version 20190101))"}, "r.kicad_sch:2:1: got version 20190101, want one of KiCad 6 or later", true},
		{"no number", project{"r.kicad_sch": "(kicad_sch\n (junction (at 1 x)))"}, `r.kicad_sch:2:18: got x, want a number`, true},
		{"far away", project{"r.kicad_sch": "(kicad_sch\n (junction (at 1 1e9)))"}, `r.kicad_sch:2:18: got 1e9, want at most 1000000 mm`, true},
		{"angle", project{"r.kicad_sch": "(kicad_sch\n (symbol (at 1 1 45)))"}, `r.kicad_sch:2:2: symbol orientation: got angle 45 mirror "", want 0, 90, 180 or 270 and x or y`, true},
		{"unit", project{"r.kicad_sch": "(kicad_sch (lib_symbols\n (symbol \"R\" (symbol \"R_99999_1\"))))"}, `r.kicad_sch:2:22: symbol unit "R_99999_1": want a name that ends in _UNIT_STYLE`, true},
		{"itself", project{"r.kicad_sch": drawing(rootID, a.sheet("S", "./r.kicad_sch", sheetA, 0, 0))}, `sheet "S" contains itself: ./r.kicad_sch`, true},
		{"itself through another", project{
			"r.kicad_sch": drawing(rootID, a.sheet("S", "c.kicad_sch", sheetA, 0, 0)),
			"c.kicad_sch": drawing(sheetC, a.sheet("T", "r.kicad_sch", sheetB, 0, 0)),
		}, `sheet "T" contains itself: r.kicad_sch`, true},
		{"a mistake in a child", project{
			"r.kicad_sch": drawing(rootID, a.sheet("S", "c.kicad_sch", sheetA, 0, 0)), "c.kicad_sch": "(kicad_sch (uuid)",
		}, "c.kicad_sch:1:", true},
		{"a billion sheets", chain, "which is more than files of", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := fstest.MapFS{}
			for name, text := range tt.project {
				files[name] = &fstest.MapFile{Data: []byte(text)}
			}
			_, err := connect.ReadFS(files, "r.kicad_sch")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("ReadFS error = %v, want %q", err, tt.want)
			}
			var text *sexpr.Error
			if errors.As(err, &text) != tt.text {
				t.Errorf("error is of type %T, want *sexpr.Error: %v", err, tt.text)
			}
		})
	}
}

func TestWideBusIsAnError(t *testing.T) {
	p := flat(func(a *artist) []string { return []string{a.label("A[0..2147483646]", 0, 0)} })
	_, err := p.read(t).Netlist()
	if want := `r.kicad_sch: sheet /: bus "A[0..2147483646]": the buses have too many members`; err == nil || err.Error() != want {
		t.Errorf("Netlist error = %v, want %q", err, want)
	}
}

// What was read is there for other packages: items, their places, and which
// of them make a net.
func TestModel(t *testing.T) {
	p := project{"r.kicad_sch": `(kicad_sch (version 20250114) (uuid "u")
(lib_symbols (symbol "L:R" (symbol "R_1_1" (pin passive line (at 2.54 1.27 0) (length 1) (name "~") (number "1")))))
(wire (pts (xy 0 0) (xy 2.54 0)) (uuid "w"))
(label "N" (at 1.27 0 0) (uuid "l"))
(symbol (lib_id "L:R") (at 1.27 -2.54 90) (mirror x) (unit 1) (uuid "s")
 (property "Reference" "R1" (at 5 6 90) (effects (hide yes)))
 (instances (project "r" (path "/u" (reference "R7") (unit 1)))))
)`}
	s := p.read(t)
	part := s.Root.Parts[0]
	if got, want := part.Ref, "R7"; got != want {
		t.Errorf("reference = %q, want %q", got, want)
	}
	if got, want := part.Pins()[0].At, (geom.Point{X: 0, Y: 0}); got != want {
		t.Errorf("pin at %v, want %v", got, want)
	}
	ref := part.Symbol.Field("Reference")
	if at, angle := ref.At(); at != (geom.Point{X: 5 * geom.MM, Y: 6 * geom.MM}) || angle != 90 || !ref.Hidden() {
		t.Errorf("reference at %v angle %d hidden %v, want 5, 6, 90 and true", at, angle, ref.Hidden())
	}
	gr, err := s.Graph()
	if err != nil {
		t.Fatal(err)
	}
	if len(gr.Nets) != 1 || len(gr.Nets[0].Groups) != 1 {
		t.Fatalf("got nets %v, want one of one group", gr.Nets)
	}
	g := gr.Nets[0].Groups[0]
	got := []string{gr.Nets[0].Name, g.Wires[0].Pos().String(), g.Labels[0].UUID, g.Terminals[0].Part.Ref, g.Terminals[0].Pos().String()}
	want := []string{"/N", "r.kicad_sch:3:1", "l", "R7", "r.kicad_sch:5:1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the net differs (-want +got):\n%s", diff)
	}
}

// KiCad 6 keeps references and pages in tables of the root file.
func TestKiCad6(t *testing.T) {
	lib := `(lib_symbols (symbol "L:R" (pin_names hide) (symbol "R_1_1" (pin passive line (at 0 0 0) (length 1) hide (name "~" (effects)) (number "1" (effects))))))`
	p := project{
		"r.kicad_sch": `(kicad_sch (version 20211123) (generator eeschema) (uuid r) ` + lib + `
(symbol (lib_id "L:R") (at 0 0 0) (unit 1) (uuid a) (property "Reference" "R?" (id 0) (at 0 0 0)) (pin "1" (uuid x)))
(sheet (at 10 10) (size 5 5) (uuid s) (property "Sheet name" "Sub" (id 0) (at 0 0 0)) (property "Sheet file" "c.kicad_sch" (id 1) (at 0 0 0)))
(sheet_instances (path "/" (page "2")) (path "/s" (page "1")))
(symbol_instances (path "/a" (reference "R1") (unit 1) (value "1k") (footprint "")) (path "/s/b" (reference "R2") (unit 1) (value "2k") (footprint ""))))`,
		"c.kicad_sch": `(kicad_sch (version 20211123) (generator eeschema) (uuid c) ` + lib + `
(symbol (lib_id "L:R") (at 0 0 0) (unit 1) (uuid b) (property "Reference" "R?" (id 0) (at 0 0 0)) (pin "1" (uuid x))))`,
	}
	s := p.read(t)
	n, err := s.Netlist()
	if err != nil {
		t.Fatal(err)
	}
	got := append(nets(n), n.Sheets[0].Name, n.Sheets[1].Name)
	if diff := cmp.Diff([]string{"unconnected-(R1-Pad1): R1.1", "unconnected-(R2-Pad1): R2.1", "/Sub/", "/"}, got); diff != "" {
		t.Errorf("netlist differs (-want +got):\n%s", diff)
	}
}

// Libraries come from the project's table only, and only beside a project.
func TestLibraries(t *testing.T) {
	dir := t.TempDir()
	p := flat(func(a *artist) []string { return []string{a.part(0, 0, "P1")} })
	p["sym-lib-table"] = `(sym_lib_table (version 7) (lib (name "L")(type "KiCad")(uri "${KIPRJMOD}/l.kicad_sym")(options "")(descr "")))`
	for name, text := range p {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"", filepath.Join(dir, "l.kicad_sym")} {
		s, err := connect.Read(filepath.Join(dir, "r.kicad_sch"))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := s.Project.LibraryURI("L"); got != want {
			t.Errorf("LibraryURI = %q, want %q", got, want)
		}
		if err := os.WriteFile(filepath.Join(dir, "r.kicad_pro"), []byte("{}"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// A power symbol of KiCad 10 may reach no further than its sheet.
func TestLocalPower(t *testing.T) {
	a := &artist{}
	local := func(net string, x float64, refs ...string) string {
		return strings.Replace(a.power(net, x, 10, refs...), "L:PWR", "L:LOC", 1)
	}
	withLocal := func(text string) string {
		return strings.Replace(text, `(symbol "L:FLG"`, `(symbol "L:LOC" (power local) (property "Reference" "#PWR") (property "Value" "LOC")
			(symbol "LOC_1_1" (pin power_in line (at 0 0 0) (length 0) (name "~") (number "1")))) (symbol "L:FLG"`, 1)
	}
	p := project{
		"r.kicad_sch": withLocal(drawing(rootID, a.sheet("A", "c.kicad_sch", sheetA, 100, 10), local("VL", 10, "#PWR1"), a.part(10, 10, "P1"), a.tap("VL", 20, 10, "P2"),
			local("V2", 30, "#PWR2"), a.power("V3", 30, 10, "#PWR3"), a.part(30, 10, "P3"), local("V4", 40, "#PWR4"), a.tap("AA", 40, 10, "P4"))),
		"c.kicad_sch": withLocal(drawing(sheetC, local("VL", 10, "#PWR5", "#PWR6"), a.part(10, 10, "Q1", "Q2"))),
	}
	n, err := p.read(t).Netlist()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/A/VL: Q1.1", "/V4: P4.1", "/VL: P1.1 P2.1", "V3: P3.1"}, nets(n)); diff != "" {
		t.Errorf("nets differ (-want +got):\n%s", diff)
	}
}
