package erc_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"starboard/kicad/erc"
	"starboard/kicad/internal/kicadtest"
)

// richSymbol is a symbol with something of everything. NAME is its name with
// the library, BARE that of its units.
const richSymbol = `(symbol "NAME" (pin_numbers (hide yes)) (pin_names (offset 0.254)) (exclude_from_sim no) (in_bom yes) (on_board yes)
(property "Reference" "U" (at 2 3 0) (effects (font (size 1.27 1.27))))
(property "Value" "V" (at 2 -3 0) (effects (font (size 1.27 1.27))))
(property "Footprint" "" (at 0 -5 0) (effects (font (size 1.27 1.27)) (hide yes)))
(property "Datasheet" "http" (at 0 -6 0) (effects (font (size 1.27 1.27)) (hide yes)))
(property "Description" "Text" (at 0 -7 0) (effects (font (size 1.27 1.27)) (hide yes)))
(property "Own" "mine" (at 0 -9 0) (effects (font (size 1.27 1.27)) (hide yes)))
(property "ki_keywords" "key words" (at 0 0 0) (effects (font (size 1.27 1.27)) (hide yes)))
(property "ki_fp_filters" "A* B*" (at 0 0 0) (effects (font (size 1.27 1.27)) (hide yes)))
(symbol "BARE_0_1"
(rectangle (start -5.08 5.08) (end 5.08 -5.08) (stroke (width 0.254) (type default)) (fill (type background)))
(circle (center 1 1) (radius 0.5) (stroke (width 0.1) (type default)) (fill (type none)))
(polyline (pts (xy 0 0) (xy 1 0) (xy 1 2)) (stroke (width 0.1) (type default)) (fill (type none)))
(arc (start 0 2) (mid 1 3) (end 2 2) (stroke (width 0.1) (type default)) (fill (type none)))
(text "hello" (at -2 -2 0) (effects (font (size 1.27 1.27)))))
(symbol "BARE_1_1"
(pin input line (at -7.62 2.54 0) (length 2.54) (name "IN" (effects (font (size 1.27 1.27)))) (number "1" (effects (font (size 1.27 1.27)))) (alternate "ALT" output line))
(pin output line (at 7.62 2.54 180) (length 2.54) (name "OUT" (effects (font (size 1.27 1.27)))) (number "2" (effects (font (size 1.27 1.27)))))
(pin passive line (at -7.62 -2.54 0) (length 2.54) (hide yes) (name "H" (effects (font (size 1.27 1.27)))) (number "3" (effects (font (size 1.27 1.27))))))
)`

const (
	refSize = `(at 2 3 0) (effects (font (size 1.27 1.27))`
	ownSize = `(at 0 -9 0) (effects (font (size 1.27 1.27)) (hide yes))`
)

// A mutation changes the copy of a symbol in the schematic.
type mutation struct {
	name, old, new string
	differs        bool // KiCad 9 calls it another symbol
}

var mutations = []mutation{
	{"nothing", "", "", false},
	{"pin numbers shown", "(pin_numbers (hide yes)) ", "", false},
	{"pin names hidden", "(offset 0.254)", "(offset 0.254) (hide yes)", false},
	{"pin name offset", "(offset 0.254)", "(offset 0.508)", true},
	{"simulation", "exclude_from_sim no", "exclude_from_sim yes", false},
	{"bill of materials", "in_bom yes", "in_bom no", false},
	{"board", "on_board yes", "on_board no", false},
	{"power", `(symbol "NAME" `, `(symbol "NAME" (power) `, true},
	{"reference", `"Reference" "U"`, `"Reference" "R"`, true},
	{"reference moved", "(at 2 3 0)", "(at 3 3 0)", true},
	{"reference moved a little", "(at 2 3 0)", "(at 2.0001 3 0)", true},
	{"reference turned", "(at 2 3 0)", "(at 2 3 90)", false},
	{"reference larger", refSize, `(at 2 3 0) (effects (font (size 2 2))`, false},
	{"reference hidden", refSize, refSize + " (hide yes)", false},
	{"value", `"Value" "V"`, `"Value" "W"`, false},
	{"value moved", "(at 2 -3 0)", "(at 3 -3 0)", true},
	{"footprint", `"Footprint" ""`, `"Footprint" "A:B"`, true},
	{"footprint moved", "(at 0 -5 0)", "(at 1 -5 0)", true},
	{"datasheet", `"http"`, `"~"`, true},
	{"description", `"Text"`, `"Test"`, true},
	{"description with blanks", `"Text"`, `" Text "`, false},
	{"own field", `"mine"`, `"yours"`, true},
	{"own field moved", "(at 0 -9 0)", "(at 1 -9 0)", true},
	{"own field renamed", `"Own"`, `"Owner"`, true},
	{"own field shown", ownSize, "(at 0 -9 0) (effects (font (size 1.27 1.27)))", false},
	{"own field private", `(property "Own"`, `(property private "Own"`, true},
	{"own field gone", `(property "Own" "mine" ` + ownSize + ")\n", "", true},
	{"another field", `(property "ki_keywords"`, `(property "More" "" ` + ownSize + `) (property "ki_keywords"`, true},
	{"keywords", "key words", "key word", true},
	{"filters", "A* B*", "A* C*", true},
	{"filters in another order", "A* B*", "B* A*", true},
	{"filters with blanks", "A* B*", "A*  B*", false},
	{"units locked", `(property "ki_keywords"`, `(property "ki_locked" "" (at 0 0 0) (effects (font (size 1.27 1.27)) (hide yes))) (property "ki_keywords"`, true},
	{"rectangle moved", "(start -5.08 5.08)", "(start -5.0801 5.08)", true},
	{"rectangle a unit larger", "(end 5.08 -5.08)", "(end 5.0801 -5.08)", false},
	{"rectangle three units larger", "(end 5.08 -5.08)", "(end 5.0803 -5.08)", true},
	{"rectangle from other corners", "(start -5.08 5.08) (end 5.08 -5.08)", "(start 5.08 -5.08) (end -5.08 5.08)", true},
	{"line width", "(width 0.254)", "(width 0.2)", true},
	{"line width a unit more", "(width 0.254)", "(width 0.2541)", false},
	{"line style", "(width 0.254) (type default)", "(width 0.254) (type dash)", true},
	{"line colour", "(width 0.254) (type default)", "(width 0.254) (type default) (color 255 0 0 1)", false},
	{"fill", "(type background)", "(type none)", true},
	{"fill colour", "(fill (type background))", "(fill (type color) (color 255 0 0 1))", true},
	{"private rectangle", "(rectangle (start", "(rectangle private (start", true},
	{"circle moved", "(center 1 1)", "(center 1.0001 1)", true},
	{"circle two units larger", "(radius 0.5)", "(radius 0.5002)", false},
	{"circle larger", "(radius 0.5)", "(radius 0.6)", true},
	{"polyline moved", "(xy 0 0)", "(xy 0.0001 0)", true},
	{"polyline bent a little", "(xy 1 0)", "(xy 1.0002 0)", false},
	{"polyline bent", "(xy 1 2)", "(xy 1 3)", true},
	{"polyline longer", "(xy 1 2)", "(xy 1 2) (xy 1 3)", true},
	{"polyline reversed", "(xy 0 0) (xy 1 0) (xy 1 2)", "(xy 1 2) (xy 1 0) (xy 0 0)", true},
	{"arc", "(mid 1 3)", "(mid 1 2.9)", true},
	{"arc reversed", "(start 0 2) (mid 1 3) (end 2 2)", "(start 2 2) (mid 1 3) (end 0 2)", false},
	{"text", `"hello"`, `"hallo"`, false},
	{"text moved", "(at -2 -2 0)", "(at -2 -3 0)", false},
	{"hidden text", `(text "hello"`, `(text "hid" (at 0 0 0) (effects (font (size 1.27 1.27)) (hide yes))) (text "hello"`, true},
	{"old simulation model", `(property "ki_keywords"`, `(property "Spice_Primitive" "V" ` + ownSize + `) (property "ki_keywords"`, true},
	{"pin type", "(pin input line", "(pin output line", true},
	{"pin shape", "(pin input line", "(pin input inverted", true},
	{"pin moved", "(at -7.62 2.54 0)", "(at -7.62 3.81 0)", true},
	{"pin turned", "(at -7.62 2.54 0)", "(at -7.62 2.54 90)", true},
	{"pin length", "(at -7.62 2.54 0) (length 2.54)", "(at -7.62 2.54 0) (length 1.27)", true},
	{"pin name", `"IN"`, `"INN"`, false},
	{"pin name size", `"IN" (effects (font (size 1.27 1.27)`, `"IN" (effects (font (size 1 1)`, true},
	{"pin number", `"1"`, `"9"`, true},
	{"pin number size", `"1" (effects (font (size 1.27 1.27)`, `"1" (effects (font (size 1 1)`, true},
	{"pin hidden", "(at 7.62 2.54 180) (length 2.54)", "(at 7.62 2.54 180) (length 2.54) (hide yes)", true},
	{"pin shown", "(length 2.54) (hide yes)", "(length 2.54)", true},
	{"pin gone", `(pin output line (at 7.62 2.54 180) (length 2.54) (name "OUT" (effects (font (size 1.27 1.27)))) (number "2" (effects (font (size 1.27 1.27)))))` + "\n", "", true},
	{"alternate gone", ` (alternate "ALT" output line)`, "", true},
	{"alternate name", `"ALT"`, `"ALTERN"`, true},
	{"alternate type", `(alternate "ALT" output`, `(alternate "ALT" input`, true},
	{"alternate shape", "output line))", "output inverted))", true},
	{"second unit", "\n)", `(symbol "BARE_2_1"))`, true},
	{"De Morgan", "\n)", `(symbol "BARE_1_2" (circle (center 1 1) (radius 0.5) (stroke (width 0.1) (type default)) (fill (type none)))))`, true},
	{"unit name", `(symbol "BARE_1_1"`, `(symbol "BARE_1_1" (unit_name "x")`, true},
}

// mutated makes a project of the mutations, one symbol for each.
func mutated(list []mutation) map[string]string {
	d := &drawing{}
	var copies strings.Builder
	for i, m := range list {
		text := richSymbol
		if m.old != "" {
			text = replaceOnce(text, m.old, m.new)
		}
		name := fmt.Sprintf("X_%d", i)
		copies.WriteString(strings.NewReplacer("NAME", name, "BARE", name).Replace(text))
		x, y := 10+17*float64(i), 10+5*float64(i*i)
		d.add(`(symbol (lib_name %q) (lib_id "T:X") (at %s %s 0) (unit 1) (uuid %q) (property "Reference" "U%d" (at 0 0 0) %s) (property "Value" %q (at 0 0 0) %s)
			(instances (project "a" (path "/%s" (reference "U%d") (unit 1)))))`, name, mm(x), mm(y), d.uuid(), i+1, font, m.name, font, root, i+1)
	}
	sch := replaceOnce(d.String(), "(lib_symbols\n", "(lib_symbols\n"+copies.String())
	return map[string]string{
		"a.kicad_sch":   sch,
		"a.kicad_pro":   `{"erc": {"rule_severities": {"pin_not_connected": "ignore", "pin_not_driven": "ignore", "endpoint_off_grid": "ignore", "missing_unit": "ignore", "missing_input_pin": "ignore", "footprint_link_issues": "ignore", "power_pin_not_driven": "ignore"}}}`,
		"T.kicad_sym":   `(kicad_symbol_lib (version 20241209) (generator "kicad_symbol_editor") (generator_version "9.0")` + strings.NewReplacer("NAME", "X", "BARE", "X").Replace(richSymbol) + ")",
		"sym-lib-table": `(sym_lib_table (version 7) (lib (name "T") (type "KiCad") (uri "${KIPRJMOD}/T.kicad_sym") (options "") (descr "")))`,
	}
}

// What makes a copy of a symbol another symbol is what KiCad minds.
func TestDifference(t *testing.T) {
	for _, m := range mutations {
		dir := t.TempDir()
		write(t, dir, mutated([]mutation{m}))
		r := check(t, filepath.Join(dir, "a.kicad_sch"), erc.Options{})
		differs := false
		for _, f := range r.Findings {
			if f.Key == "lib_symbol_mismatch" {
				differs = true
			} else {
				t.Errorf("%s: %s: %s", m.name, f.Key, f.Message)
			}
		}
		if differs != m.differs {
			t.Errorf("%s: differs %v, want %v", m.name, differs, m.differs)
		}
	}
}

func TestDifferenceWitness(t *testing.T) {
	kicadtest.Require(t)
	const batch = 5 // few, so that KiCad loses none
	for i := 0; i < len(mutations); i += batch {
		list := mutations[i:min(i+batch, len(mutations))]
		t.Run(list[0].name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, mutated(list))
			found := map[string]bool{}
			for _, f := range kicadFindings(t, filepath.Join(dir, "a.kicad_sch")) {
				if f.key == "lib_symbol_mismatch" {
					found[f.items[0].uuid] = true
				}
			}
			for k, m := range list {
				if got := found[fmt.Sprintf("00000000-0000-4000-8000-%012d", k+1)]; got != m.differs {
					t.Errorf("%s: kicad-cli says that it differs: %v, want %v", m.name, got, m.differs)
				}
			}
		})
	}
}
