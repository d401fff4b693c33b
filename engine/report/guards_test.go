package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"starboard/builtins/guard"
	"starboard/engine/report"
	"starboard/engine/suite"
)

func guarded(key string, s guard.Stats) suite.Guard { return suite.Guard{Key: key, Stats: s} }

// Shards bring their guards together; the worst state counts, and guards that
// were tested with faults do not.
func TestGuards(t *testing.T) {
	x, y := one("a", "test_1", 0), one("b", "test_2", 1)
	x.Guards = []suite.Guard{
		guarded("a:writer", guard.Stats{State: guard.Open, Calls: 120, Verified: 10, Mismatches: 10, Skipped: 100, Opened: 1, FastNS: 20e6, TrustedNS: 1200e6, TrustedRuns: 120, LastFailure: "its answer is not the trusted one"}),
		{Key: "a:tested", Stats: guard.Stats{State: guard.Open}, Tested: true},
	}
	y.Guards = []suite.Guard{
		guarded("a:writer", guard.Stats{State: guard.Closed, Calls: 1000, Alone: 980, Verified: 20, FastNS: 1000e6, TrustedNS: 200e6, TrustedRuns: 20}),
		guarded("a:right", guard.Stats{State: guard.Closed, Calls: 20, Verified: 20, FastNS: 5e6, TrustedNS: 100e6, TrustedRuns: 20, FastSteps: 100, TrustedSteps: 900}),
	}
	m, err := report.Merge([]string{"1.json", "2.json"}, []*suite.Report{shard(1, 2, x, one("a", "test_0", 2)), shard(2, 2, y, one("b", "test_3", 3))})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Guards) != 2 || m.Guards[1].State != guard.Open || m.Guards[1].Calls != 1120 || m.Guards[1].Mismatches != 10 {
		t.Fatalf("guards = %+v", m.Guards)
	}
	for _, tt := range []struct {
		verbose bool
		want    string
	}{
		{false, "guard a:writer is open: 10 of 1,020 calls of the fast path failed (0 errors, 10 wrong answers, 0 stopped), 4 % verified, 100 calls without it, 8.78 s saved\n" +
			"  the last failure: its answer is not the trusted one\n"},
		{true, "guard a:right is closed: 0 of 20 calls of the fast path failed (0 errors, 0 wrong answers, 0 stopped), 100 % verified, 0 calls without it, 5.0 ms lost, 100 steps lost\n" +
			"guard a:writer is open: "},
	} {
		var b strings.Builder
		(&report.Text{W: &b, Verbose: tt.verbose}).Summary(m)
		if !strings.Contains(b.String(), tt.want) {
			t.Errorf("verbose = %v: got\n%swant\n%s", tt.verbose, b.String(), tt.want)
		}
		if !tt.verbose && strings.Contains(b.String(), "a:right") {
			t.Errorf("a guard in use is shown without -v:\n%s", b.String())
		}
	}
	var b bytes.Buffer
	if err := report.JSON(&b, m); err != nil {
		t.Fatal(err)
	}
	again, err := jsonschema.UnmarshalJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	if err := reportSchema(t).Validate(again); err != nil {
		t.Error(err)
	}
	b.Reset()
	if err := report.HTML(&b, m); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<h2>Guards</h2>", "a:writer: 10 of 1,020 calls", "the last failure: its answer"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page does not have %q", want)
		}
	}
}

func reportSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", text); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}
