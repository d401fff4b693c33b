package project_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"starboard/kicad/circuit"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/netlist"
	"starboard/kicad/sexpr"
)

// A violation is a finding of KiCad's rules check.
type violation struct {
	Type, Description string
	Items             []struct{ Description string }
}

type rulesReport struct {
	Sheets []struct {
		Path       string
		Violations []violation
	}
}

// ofTheScript are the findings that a circuit earns whose parts are joined at
// random, however it is drawn.
var ofTheScript = map[string]string{
	"pin_to_pin":              "outputs are joined with outputs",
	"pin_not_driven":          "inputs are joined with inputs",
	"similar_labels":          "CLK and clk are two nets",
	"similar_power":           "the same of power nets",
	"similar_label_and_power": "the same of both",
	"footprint_link_issues":   "some symbols name a footprint that is not installed",
}

var pinItem = regexp.MustCompile(`^Symbol (\S+) (?:Pin|Hidden pin) (.*?) \[`)

// checkRules lets KiCad check its rules. Some findings are the script's own,
// depending on what the script has said of the pins; all others are ours.
func checkRules(t *testing.T, dir string, c *circuit.Circuit, says *statement) {
	t.Helper()
	file := filepath.Join(dir, "erc.json")
	res := kicadtest.Run(t, "sch", "erc", "--severity-all", "--format", "json", "-o", file, filepath.Join(dir, c.Name+".kicad_sch"))
	if res.Status != 0 {
		t.Fatalf("kicad-cli: status %d: %s%s", res.Status, res.Stdout, res.Stderr)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report rulesReport
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	j := &judge{facts: says.facts(), driven: map[string]bool{}, labels: map[string]int{}}
	driven := says.flagged()
	for ref, value := range powerSymbols(t, dir) {
		j.driven[ref] = driven[value]
	}
	for _, s := range c.Sheets() {
		for _, n := range s.Nets() {
			pins := len(n.AllPins())
			if least, known := j.labels[n.Label()]; known {
				pins = min(pins, least)
			}
			j.labels[n.Label()] = pins
		}
	}
	for _, sheet := range report.Sheets {
		for _, v := range sheet.Violations {
			if ofTheScript[v.Type] == "" && !j.excuses(v) {
				t.Errorf("rules check: sheet %s: %s: %s: %v", sheet.Path, v.Type, v.Description, v.Items)
			}
		}
	}
}

// A judge knows whose fault a finding is.
type judge struct {
	facts  map[string]pinFact
	driven map[string]bool // by reference of a power symbol
	labels map[string]int  // fewest pins on a net of a label; KiCad's reports do not say on which sheet it is
}

// excuses reports whether a finding is owed to what the script says.
func (j *judge) excuses(v violation) bool {
	all := func(ok func(pinFact) bool) bool {
		pins := 0
		for _, it := range v.Items {
			m := pinItem.FindStringSubmatch(it.Description)
			if m == nil {
				continue
			}
			f, known := j.facts[m[1]+"."+m[2]]
			if !known || !ok(f) {
				return false
			}
			pins++
		}
		return pins > 0
	}
	switch v.Type {
	case "pin_not_connected":
		// The script has left the pin unconnected, without NC.
		return all(func(f pinFact) bool { return f.alone })
	case "different_unit_net", "duplicate_pins":
		// The symbol draws the pin in several places. Where it is on a net, that
		// joins them; where it is unconnected, nothing can.
		return all(func(f pinFact) bool { return f.alone })
	case "no_connect_connected":
		// The symbol has joined the pin with another by drawing both at one place.
		return all(func(f pinFact) bool { return f.crowded })
	case "power_pin_not_driven":
		// The net is not called driven.
		for _, it := range v.Items {
			m := pinItem.FindStringSubmatch(it.Description)
			if m == nil || j.driven[m[1]] || j.facts[m[1]+"."+m[2]].driven {
				return false
			}
		}
		return true
	case "label_dangling":
		// The script has put one pin on the net.
		for _, it := range v.Items {
			_, text, _ := strings.Cut(it.Description, "'")
			pins, known := j.labels[netlist.Unescape(strings.TrimSuffix(text, "'"))]
			if !known || pins > 1 {
				return false
			}
		}
		return true
	}
	return false
}

// powerSymbols returns the nets of the power symbols in all schematics of a
// folder, by reference.
func powerSymbols(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.kicad_sch"))
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := sexpr.Parse(file, string(text))
		if err != nil {
			t.Fatal(err)
		}
		for n := range tree.Root().Lists("symbol") {
			texts := map[string]string{}
			for p := range n.Lists("property") {
				texts[p.Arg(1).Text()] = p.Arg(2).Text()
			}
			if strings.HasPrefix(texts["Reference"], "#PWR") {
				values[texts["Reference"]] = netlist.Unescape(texts["Value"])
			}
		}
	}
	return values
}

// TestJudge makes sure that faults are not excused.
func TestJudge(t *testing.T) {
	j := &judge{
		facts:  map[string]pinFact{"U1.1": {}, "U1.2": {alone: true}, "U1.3": {driven: true}, "U1.4": {crowded: true}},
		driven: map[string]bool{"#PWR1": true, "#PWR2": false},
		labels: map[string]int{"A/B": 1, "C": 2},
	}
	pin := func(n string) string { return fmt.Sprintf("Symbol U1 Pin %s [X, Passive, Line]", n) }
	for _, tt := range []struct {
		kind, item string
		want       bool
	}{
		{"pin_not_connected", pin("1"), false},
		{"pin_not_connected", pin("2"), true},
		{"pin_not_connected", pin("9"), false},
		{"pin_not_connected", "Hierarchical Sheet Pin X", false},
		{"duplicate_pins", pin("1"), false},
		{"different_unit_net", pin("2"), true},
		{"no_connect_connected", pin("1"), false},
		{"no_connect_connected", pin("4"), true},
		{"power_pin_not_driven", pin("1"), true},
		{"power_pin_not_driven", pin("3"), false},
		{"power_pin_not_driven", "Symbol #PWR1 Pin 1 [Power input, Line]", false},
		{"power_pin_not_driven", "Symbol #PWR2 Pin 1 [Power input, Line]", true},
		{"label_dangling", "Label 'A{slash}B'", true},
		{"label_dangling", "Label 'C'", false},
		{"label_dangling", "Label 'D'", false},
		{"lib_symbol_mismatch", pin("2"), false},
	} {
		v := violation{Type: tt.kind}
		v.Items = append(v.Items, struct{ Description string }{tt.item})
		if got := j.excuses(v); got != tt.want {
			t.Errorf("%s of %s: excused = %v, want %v", tt.kind, tt.item, got, tt.want)
		}
	}
}
