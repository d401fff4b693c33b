package report_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"starboard/engine/report"
	"starboard/engine/suite"
)

// shard returns the report of a shard of a run of four scenarios.
func shard(index, count int, results ...suite.Result) *suite.Report {
	r := &suite.Report{
		Version: 1, Tool: "starboard 1", Started: time.Date(2026, 1, 2, 3, 4, index, 0, time.UTC), WallNS: 5e9, Jobs: 2,
		Shard: &suite.Shard{Index: index, Count: count}, Selection: suite.Selection{Scenarios: 4, SHA256: strings.Repeat("0", 64)},
		Story: &suite.Story{BornGreen: []string{"born" + string(rune('0'+index))}},
	}
	for _, x := range results {
		x.Line = 1
		if n := len(r.Suites); n == 0 || r.Suites[n-1].File != x.File {
			r.Suites = append(r.Suites, suite.Suite{File: x.File, LoadNS: 1})
		}
		s := &r.Suites[len(r.Suites)-1]
		s.Results = append(s.Results, x)
	}
	r.Totals = suite.Count(r.Suites)
	return r
}

func one(file, name string, index int) suite.Result {
	return suite.Result{File: file, Name: name, Index: index, Status: suite.Passed, Worker: 1, StartNS: 7}
}

func TestMerge(t *testing.T) {
	a := shard(1, 2, one("a", "test_2", 1), one("b", "test_3", 2))
	b := shard(2, 2, one("a", "test_1", 0), one("a", "test_1/part", 0), one("b", "test_4", 3))
	b.Suites[1].Results[0].Status = suite.Failed
	b.Suites[1].Results[0].Failures = []suite.Failure{{File: "b", Line: 1, Msg: "bad"}}
	m, err := report.Merge([]string{"2.json", "1.json"}, []*suite.Report{b, a})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range m.Suites {
		for _, x := range s.Results {
			names = append(names, s.File+":"+x.Name)
		}
	}
	if diff := cmp.Diff([]string{"a:test_1", "a:test_1/part", "a:test_2", "b:test_3", "b:test_4"}, names); diff != "" {
		t.Errorf("the results differ (-want +got):\n%s", diff)
	}
	if got, want := m.Totals, (suite.Totals{Passed: 4, Failed: 1}); got != want {
		t.Errorf("totals = %+v, want %+v", got, want)
	}
	// Shard 2 began a second later; its workers come first, for it is named first.
	if first := m.Suites[0].Results[0]; first.StartNS != 1e9+7 || first.Worker != 1 {
		t.Errorf("the first scenario starts at %d with worker %d, want %d and 1", first.StartNS, first.Worker, int64(1e9+7))
	}
	if third := m.Suites[0].Results[2]; third.StartNS != 7 || third.Worker != 3 {
		t.Errorf("the third scenario starts at %d with worker %d, want 7 and 3", third.StartNS, third.Worker)
	}
	if m.WallNS != 6e9 || m.Jobs != 4 || m.Shard != nil || len(m.Story.BornGreen) != 2 {
		t.Errorf("got wall %d, %d jobs, shard %v, %v", m.WallNS, m.Jobs, m.Shard, m.Story)
	}
}

func TestMergeMistakes(t *testing.T) {
	a := shard(1, 2, one("a", "test_1", 0), one("a", "test_2", 1))
	b := shard(2, 2, one("b", "test_3", 2), one("b", "test_4", 3))
	whole := shard(1, 1)
	whole.Shard = nil
	other := shard(2, 2, one("b", "test_3", 2), one("b", "test_4", 3))
	other.Selection.SHA256 = strings.Repeat("1", 64)
	for _, tt := range []struct {
		name    string
		reports []*suite.Report
		want    string
	}{
		{"none", nil, "no report to merge"},
		{"no shard", []*suite.Report{whole}, "0.json: the report is not that of a shard"},
		{"missing", []*suite.Report{b}, "missing: shard 1/2"},
		{"doubled", []*suite.Report{a, b, a}, "2.json: shard 1/2 is in 0.json too"},
		{"another number", []*suite.Report{a, shard(2, 3)}, "1.json: got shard 2/3, want one of 2 as in 0.json"},
		{"another run", []*suite.Report{a, other}, "1.json: shard 2/2 is one of other scenarios than that in 0.json"},
		{"a scenario twice", []*suite.Report{a, shard(2, 2, one("a", "test_1", 0), one("b", "test_4", 3))}, "scenario a:test_1 is in more than one shard"},
		{"a scenario missing", []*suite.Report{a, shard(2, 2, one("b", "test_4", 3))}, "the shards have 3 scenarios together, want 4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			names := []string{"0.json", "1.json", "2.json"}[:len(tt.reports)]
			_, err := report.Merge(names, tt.reports)
			if err == nil || err.Error() != tt.want {
				t.Errorf("Merge error = %v, want %s", err, tt.want)
			}
		})
	}
}

// What JSON writes, Read reads, and the schema describes.
func TestJSON(t *testing.T) {
	full := shard(1, 1, suite.Result{
		File: "a", Name: "test_1", Status: suite.Failed, Why: "why", Checks: 3,
		Failures: []suite.Failure{{Check: "t.eq", File: "a", Line: 2, Col: 3, Source: "<&>", Msg: "m", Detail: "-a\n+b", Trace: []suite.Frame{{Func: "f", File: "a", Line: 1, Col: 1}}}},
		Logs:     []suite.Line{{File: "a", Line: 1, Text: "text"}},
		Sections: []suite.Section{{Name: "s", WallNS: 1, Steps: 2}, {Name: "m", Sample: &suite.Sample{N: 2, MedianNS: 3, MinNS: 2, MaxNS: 4}}},
		Sums:     []suite.Sum{{Name: "n", SHA256: strings.Repeat("a", 64)}},
		Golden:   []string{"g"}, Pictures: []suite.Picture{{Name: "p", SVG: "<svg/>"}}, Resumed: true,
	})
	full.Written, full.Removed, full.Unused, full.Shuffle, full.Interrupted = []string{"w"}, []string{"r"}, []string{"u"}, "7", true
	full.Story = &suite.Story{BornGreen: []string{"b"}, Fixed: []string{"f"}, Broken: []string{"x"}}
	full.Selection.NotRun = 3
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", schema); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*suite.Report{"full": full, "empty": {Version: 1, Tool: "t", Started: full.Started, Jobs: 1, Selection: full.Selection}} {
		var b bytes.Buffer
		if err := report.JSON(&b, r); err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s: %v\n%s", name, err, b.Bytes())
		}
		back, err := report.Read("r.json", b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if r.Suites == nil {
			r.Suites = []suite.Suite{}
		}
		if diff := cmp.Diff(r, back); diff != "" {
			t.Errorf("%s: what was read differs (-want +got):\n%s", name, diff)
		}
	}
	for text, want := range map[string]string{
		"{\n]":            "r.json:2: not a report of starboard test: ",
		`{"version": 2}`:  "r.json: got a report of version 2, want 1",
		`{"unknown": {}}`: `r.json:1: not a report of starboard test: json: unknown field "unknown"`,
	} {
		if _, err := report.Read("r.json", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Read(%s) error = %v, want %s", text, err, want)
		}
	}
}

// Whatever a script prints, the reports can be read.
func TestOddTexts(t *testing.T) {
	odd := "<b>&amp;\x00\x07\x1b[31m \xff \ufffe ]]> \u2028 </script> {{.}} %0A ::error::"
	r := shard(1, 1, suite.Result{
		File: odd, Name: odd, Status: suite.Failed, Logs: []suite.Line{{File: odd, Line: 1, Text: odd}},
		Failures: []suite.Failure{{Check: odd, File: odd, Line: 1, Source: odd, Msg: odd, Detail: odd}},
	})
	var x, h, g bytes.Buffer
	if err := report.JUnit(&x, r); err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(&x); ; {
		_, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("the JUnit report is no XML: %v", err)
		}
	}
	if err := report.HTML(&h, r); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(h.String(), "</script>"); n != 1 || strings.Contains(h.String(), "<b>&amp;\x00") {
		t.Errorf("the page takes a text for markup: %d scripts end in it", n)
	}
	report.GitHub(&g, r)
	if n := strings.Count(g.String(), "\n"); n != 1 {
		t.Errorf("one annotation is %d lines:\n%q", n, g.String())
	}
}

func TestDuration(t *testing.T) {
	for ns, want := range map[int64]string{
		0: "0 ns", 999: "999 ns", 1500: "2 µs", 999_000: "999 µs", 1_234_567: "1.2 ms", 45_600_000: "46 ms",
		1_234_567_890: "1.23 s", 59_994_000_000: "59.99 s", 61_400_000_000: "1m1s",
	} {
		if got := report.Duration(ns); got != want {
			t.Errorf("Duration(%d) = %s, want %s", ns, got, want)
		}
	}
}
