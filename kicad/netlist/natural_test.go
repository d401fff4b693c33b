package netlist_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/netlist"
	"starboard/kicad/sexpr"
)

func TestNaturalCompare(t *testing.T) {
	for _, tt := range []struct {
		a, b       string
		ignoreCase bool
		want       int
	}{
		{"", "", false, 0}, {"", "a", false, -1}, {"R2", "R10", false, -1}, {"R2", "R2", true, 0},
		{"R01", "R1", true, 0}, {"R01A", "R1B", true, -1}, {"A1B", "A1b", false, -1}, {"A1B", "A1b", true, 0},
		{"r1", "R1", true, 0}, {"r2", "R1", true, 1}, {"a1", "B1", false, 1}, {"a1", "B1", true, -1},
		{"A1", "A1 ", false, -1}, {"A1.9", "A1.10", false, -1}, {"1", "A", false, -1}, {"A10", "A_", false, -1},
		{"A_", "Ab", true, 1}, {"A_", "Ab", false, -1}, {"é1", "É2", true, -1}, {"É", "é", true, 0},
		{"\uffee", "😀", false, -1}, {"A٣", "A٢", false, 1}, {"A4294967298", "A2", false, 0},
	} {
		if got := netlist.NaturalCompare(tt.a, tt.b, tt.ignoreCase); got != tt.want {
			t.Errorf("NaturalCompare(%q, %q, %v) = %d, want %d", tt.a, tt.b, tt.ignoreCase, got, tt.want)
		}
		if got := netlist.NaturalCompare(tt.b, tt.a, tt.ignoreCase); got != -tt.want {
			t.Errorf("NaturalCompare(%q, %q, %v) = %d, want %d", tt.b, tt.a, tt.ignoreCase, got, -tt.want)
		}
	}
}

// A bench is a sheet of resistors, each with a label on its upper pin: a
// witness for what KiCad makes of names.
type bench struct {
	items strings.Builder
	count int
}

const benchHead = `(kicad_sch (version 20250114) (generator "eeschema") (generator_version "9.0")
 (uuid "00000000-0000-5000-8000-000000000000") (paper "A0")
 (lib_symbols (symbol "Device:R" (exclude_from_sim no) (in_bom yes) (on_board yes)
  (property "Reference" "R" (at 0 0 0)) (property "Value" "R" (at 0 0 0)) (property "Footprint" "" (at 0 0 0))
  (property "Datasheet" "" (at 0 0 0)) (property "Description" "" (at 0 0 0))
  (symbol "R_1_1" (pin passive line (at 0 0 270) (length 1.27) (name "~") (number "1"))
   (pin passive line (at 0 -7.62 90) (length 1.27) (name "~") (number "2")))))
`

func (s *bench) uuid() string {
	s.count++
	return fmt.Sprintf("00000000-0000-5000-8000-%012d", s.count)
}

// add places a resistor whose upper pin carries the label, a "label" or a
// "global_label" as kind says.
func (s *bench) add(ref, kind, label string) {
	x := fmt.Sprintf("%d.4", 25+10*s.count)
	shape := ""
	if kind == "global_label" {
		shape = "(shape input)"
	}
	ref = sexpr.Quote(ref)
	fmt.Fprintf(&s.items, `(symbol (lib_id "Device:R") (at %s 50.8 0) (unit 1) (in_bom yes) (on_board yes) (dnp no) (uuid "%s")
 (property "Reference" %s (at 0 0 0)) (property "Value" "v" (at 0 0 0))
 (instances (project "bench" (path "/00000000-0000-5000-8000-000000000000" (reference %s) (unit 1)))))
(%s %s %s (at %s 50.8 90) (uuid "%s"))
`, x, s.uuid(), ref, ref, kind, sexpr.Quote(label), shape, x, s.uuid())
}

// export returns what KiCad reads from the sheet.
func (s *bench) export(t *testing.T) *netlist.Netlist {
	t.Helper()
	sch := filepath.Join(t.TempDir(), "bench.kicad_sch")
	text := benchHead + s.items.String() + "(sheet_instances (path \"/\" (page \"1\"))))\n"
	for file, text := range map[string]string{sch: text, strings.TrimSuffix(sch, "sch") + "pro": "{}"} {
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	n, err := netlist.Parse(sch, export(t, sch))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// KiCad sorts nets with awkward names, and parts with awkward references, as
// NaturalCompare does, up to ties.
func TestNaturalCompareIsKiCads(t *testing.T) {
	kicadtest.Require(t)
	names := []string{
		"A1", "A01", "a1", "A10", "A2", "A", "B", "b", "A-", "A_", "A1B", "A1b", "A1-", "A1 ", "A 1", "1", "01", "10", "2", "1A",
		"Ω", "é", "É", "É1", "é2", "A4294967297", "A2147483648", "A2147483647", "A99999999999999999999", "A3", "A1.5", "A1.10", "A1.9", "A001",
		"A1A1", "A01A2", "+3V3", "+3V", "-5V", "/x", "{x", "~{A}", "ﬀ", "Zz", "Z1", "z1", "A1٣", "A٣", "A٢", "😀", "\uffee",
		"x18446744073709551617", "x9223372036854775808", "x2", "Ab", "[",
	}
	var s bench
	refs := make([]string, len(names))
	for i, name := range names {
		// A reference ends in a number. The case of letters beyond ASCII, KiCad
		// sees only under some locales.
		refs[i] = "N" + strings.ReplaceAll(name, "é", "e") + "0"
		s.add(refs[i], "global_label", name)
	}
	n := s.export(t)

	var got, want []string
	for _, net := range n.Nets {
		if !strings.HasPrefix(net.Name, "unconnected-") {
			got = append(got, net.Name)
		}
	}
	for _, name := range names {
		want = append(want, netlist.Escape(name))
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))); diff != "" {
		t.Fatalf("KiCad's nets are not those of the sheet (-want +got):\n%s", diff)
	}
	for i, a := range got {
		for _, b := range got[i+1:] {
			if netlist.NaturalCompare(a, b, false) > 0 {
				t.Errorf("NaturalCompare(%q, %q) is positive, but KiCad sorts so", a, b)
			}
		}
	}

	// Of references that compare equal, KiCad keeps one.
	kept := make(map[string]bool)
	for i, c := range n.Components {
		kept[c.Ref] = true
		for _, d := range n.Components[i+1:] {
			if netlist.NaturalCompare(c.Ref, d.Ref, true) >= 0 {
				t.Errorf("NaturalCompare(%q, %q) is not negative, but KiCad sorts so", c.Ref, d.Ref)
			}
		}
	}
	for _, ref := range refs {
		equal := func(c netlist.Component) bool { return netlist.NaturalCompare(c.Ref, ref, true) == 0 }
		if !kept[ref] && !slices.ContainsFunc(n.Components, equal) {
			t.Errorf("KiCad dropped %q, which equals none that it kept", ref)
		}
	}
	if len(n.Components) == len(names) {
		t.Errorf("KiCad kept all %d parts, but some references are equal", len(names))
	}
}
