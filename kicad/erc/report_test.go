package erc_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"starboard/kicad/erc"
)

// reportCase breaks rules on two sheets; the project excludes one finding and
// switches one rule off.
var reportCase = rulesCase{
	draw: func(d *drawing) {
		d.sheet("Sub & Co", "s.kicad_sch", 20, 10)
		pair("output", "output")(d)
		d.part("input", "U3", 10, 30)
		d.part("input", "U4", 15, 30)
		d.wire(10, 30, 15, 30)
		d.label(`"A" <B>`, 40, 40)
		d.part("no_connect", "U5", 50, 50)
		d.label("NC", 50, 50)
	},
	more: func(f map[string]string) {
		child(f, "s.kicad_sch", sheetUUID, func(d *drawing) { d.part("passive", "U9", 10, 10) })
	},
	pro: `{"erc": {"rule_severities": {"endpoint_off_grid": "ignore", "simulation_model_issue": "warning"},
		"erc_exclusions": [["pin_not_driven|254000|762000|00000000-0000-4000-8000-000000000008|00000000-0000-0000-0000-000000000000|/` + root + `|/` + root + `|", "a test point"]]}}`,
}

// chdir makes the files of a case and changes to their folder, so that
// reports name them by relative paths.
func reportOf(t *testing.T) *erc.Report {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, reportCase.files())
	t.Chdir(dir)
	return check(t, "a.kicad_sch", erc.Options{})
}

func TestWrite(t *testing.T) {
	for _, tt := range []struct {
		name  string
		write func(r *erc.Report, b *bytes.Buffer) error
	}{
		{"report.txt", func(r *erc.Report, b *bytes.Buffer) error { return r.WriteText(b) }},
		{"report.json", func(r *erc.Report, b *bytes.Buffer) error { return r.WriteJSON(b) }},
		{"report.sarif", func(r *erc.Report, b *bytes.Buffer) error { return r.WriteSARIF(b) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			golden, err := filepath.Abs(filepath.Join("testdata", tt.name))
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := tt.write(reportOf(t), &b); err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(golden, b.Bytes(), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("%s differs (-want +got); if intended, rerun with -update:\n%s", golden, diff)
			}
		})
	}
}

func schema(t *testing.T, text string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

// What all cases give is as the schemas say; and these do refuse.
func TestSchemas(t *testing.T) {
	structure, err := os.ReadFile(filepath.Join("testdata", "sarif.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	own, sarif := schema(t, erc.Schema), schema(t, string(structure))
	for _, c := range append([]rulesCase{reportCase}, rulesCases...) {
		dir := t.TempDir()
		write(t, dir, c.files())
		r := check(t, filepath.Join(dir, "a.kicad_sch"), erc.Options{})
		var b bytes.Buffer
		if err := r.WriteJSON(&b); err != nil {
			t.Fatal(err)
		}
		if err := validate(t, own, b.Bytes()); err != nil {
			t.Errorf("%s: JSON: %v", c.name, err)
		}
		b.Reset()
		if err := r.WriteSARIF(&b); err != nil {
			t.Fatal(err)
		}
		if err := validate(t, sarif, b.Bytes()); err != nil {
			t.Errorf("%s: SARIF: %v", c.name, err)
		}
	}
	for _, bad := range []string{`{}`, `{"version": 1, "source": "", "findings": [{}], "excluded": [], "ignored": [], "not_checked": [], "errors": 0, "warnings": 0}`} {
		if validate(t, own, []byte(bad)) == nil {
			t.Errorf("the schema takes %s", bad)
		}
	}
	for _, bad := range []string{`{}`, `{"version": "2.1.0"}`, `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"message": {}}]}]}`} {
		if validate(t, sarif, []byte(bad)) == nil {
			t.Errorf("the structure of SARIF takes %s", bad)
		}
	}
}

// Locations in SARIF are those of the items in the files.
func TestSARIFLocations(t *testing.T) {
	r := reportOf(t)
	var b bytes.Buffer
	if err := r.WriteSARIF(&b); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID       string
				Suppressions []struct{ Justification string }
				Locations    []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if got, want := len(log.Runs[0].Results), len(r.Findings)+len(r.Excluded); got != want || want < 4 {
		t.Fatalf("%d results, want %d", got, want)
	}
	for _, res := range log.Runs[0].Results {
		p := res.Locations[0].PhysicalLocation
		text, err := os.ReadFile(p.ArtifactLocation.URI)
		if err != nil {
			t.Fatal(err)
		}
		line := strings.Split(string(text), "\n")[p.Region.StartLine-1]
		want := "(symbol (lib_id"
		if res.RuleID == "label_dangling" {
			want = "(label"
		}
		if !strings.HasPrefix(line[p.Region.StartColumn-1:], want) {
			t.Errorf("%s at %s:%d:%d, where there is %q, want %s", res.RuleID, p.ArtifactLocation.URI, p.Region.StartLine, p.Region.StartColumn, line, want)
		}
		if excluded := len(res.Suppressions) == 1 && res.Suppressions[0].Justification == "a test point"; excluded != (res.RuleID == "pin_not_driven") {
			t.Errorf("%s: suppressed %v", res.RuleID, excluded)
		}
	}
}

func TestFilter(t *testing.T) {
	r := reportOf(t)
	if r.Count(erc.Error) == 0 || r.Count(erc.Warning) == 0 {
		t.Fatalf("%d errors, %d warnings, want some of each", r.Count(erc.Error), r.Count(erc.Warning))
	}
	e, w := r.Filter(erc.Error), r.Filter(erc.Warning)
	if len(e.Findings) != r.Count(erc.Error) || len(w.Findings) != r.Count(erc.Warning) || e.Count(erc.Warning) != 0 || w.Count(erc.Error) != 0 {
		t.Errorf("Filter: got %d errors and %d warnings, want %d and %d", len(e.Findings), len(w.Findings), r.Count(erc.Error), r.Count(erc.Warning))
	}
}

// KiCad shows one of the units that are placed. On a sheet of many items that
// may be another than ours, and the project names it.
func TestExcludedByAnother(t *testing.T) {
	for _, unit := range []string{"254000|508000|00000000-0000-4000-8000-000000000001", "254000|762000|00000000-0000-4000-8000-000000000006"} {
		c := rulesCase{draw: func(d *drawing) {
			d.unit("QUAD", "U1", 2, 10, 20)
			d.unit("QUAD", "U1", 1, 10, 30)
		}, pro: `{"erc": {"erc_exclusions": ["missing_unit|` + unit + `|00000000-0000-0000-0000-000000000000|/` + root + `|/` + root + `|"]}}`}
		dir := t.TempDir()
		write(t, dir, c.files())
		r := check(t, filepath.Join(dir, "a.kicad_sch"), erc.Options{})
		if len(r.Excluded) != 1 || r.Excluded[0].Key != "missing_unit" {
			t.Errorf("exclusion at %s: excluded %v, want missing_unit", unit, r.Excluded)
		}
	}
}
