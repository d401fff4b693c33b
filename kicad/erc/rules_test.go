package erc_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/connect"
	"starboard/kicad/erc"
	"starboard/kicad/internal/kicadtest"
)

// A rulesCase is a schematic, and what KiCad 9 finds in it with every rule
// switched on.
type rulesCase struct {
	name string
	draw func(d *drawing)
	more func(files map[string]string) // other files of the project
	pro  string                        // settings, in place of those that switch every rule on
}

// allOn switches every rule on, except the one that needs a simulator, with
// the severity that it has by default or else warning.
func allOn() string {
	severities := map[string]string{"simulation_model_issue": "ignore"}
	for _, r := range erc.Rules {
		if r.Severity == erc.Ignore && !r.Unchecked {
			severities[r.Key] = "warning"
		}
	}
	text, err := json.Marshal(map[string]any{"erc": map[string]any{"rule_severities": severities}})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func (c *rulesCase) files() map[string]string {
	d := &drawing{}
	c.draw(d)
	files := map[string]string{
		"a.kicad_pro": c.pro, "a.kicad_sch": d.String(), "T.kicad_sym": symbolLibrary(),
		"sym-lib-table":             `(sym_lib_table (version 7) (lib (name "T") (type "KiCad") (uri "${KIPRJMOD}/T.kicad_sym") (options "") (descr "")))`,
		"fp-lib-table":              `(fp_lib_table (version 7) (lib (name "F") (type "KiCad") (uri "${KIPRJMOD}/F.pretty") (options "") (descr "")))`,
		"F.pretty/R_0603.kicad_mod": `(footprint "R_0603" (version 20241229) (generator "pcbnew") (layer "F.Cu"))`,
	}
	if c.pro == "" {
		files["a.kicad_pro"] = allOn()
	}
	if c.more != nil {
		c.more(files)
	}
	return files
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(files[name]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// check reads and checks the project in a folder.
func check(t *testing.T, file string, opts erc.Options) *erc.Report {
	t.Helper()
	s, err := connect.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := erc.Check(s, opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var update = flag.Bool("update", false, "rewrite golden files")

// What each case finds, by rule, is in testdata/rules.txt; that kicad-cli
// finds the same is TestRulesWitness.
func TestRules(t *testing.T) {
	var b strings.Builder
	found := map[string]bool{}
	for _, c := range rulesCases {
		dir := t.TempDir()
		write(t, dir, c.files())
		r := check(t, filepath.Join(dir, "a.kicad_sch"), erc.Options{})
		var got []string
		for _, f := range r.Findings {
			got = append(got, fmt.Sprintf("%s %s", f.Severity, f.Key))
			found[f.Key] = true
		}
		for _, f := range r.Excluded {
			got = append(got, fmt.Sprintf("excluded %s (%s)", f.Key, f.Comment))
		}
		slices.Sort(got)
		fmt.Fprintf(&b, "%s: %s\n", c.name, strings.Join(got, ", "))
	}
	for _, r := range erc.Rules {
		// KiCad 9 reports filters under the key of footprint_link_issues.
		if !found[r.Key] && !r.Unchecked && r.Key != "footprint_filter" {
			t.Errorf("no case breaks %s", r.Key)
		}
	}
	golden := filepath.Join("testdata", "rules.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("%s differs (-want +got); if intended, rerun with -update:\n%s", golden, diff)
	}
}

// Each of the cases is what kicad-cli finds, item by item.
func TestRulesWitness(t *testing.T) {
	kicadtest.Require(t)
	for _, c := range rulesCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, c.files())
			file := filepath.Join(dir, "a.kicad_sch")
			d := witness(t, file, erc.Options{})
			for _, f := range d.kicadOnly {
				t.Errorf("kicad-cli alone finds %s", f)
			}
			for _, f := range d.oursOnly {
				t.Errorf("we alone find %s", f)
			}
		})
	}
}
