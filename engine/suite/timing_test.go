package suite_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"starboard/builtins/sample"
	"starboard/engine/suite"
)

// timed runs a suite with a clock that goes 3 ms at every look, or the real one
// for nil.
func timed(t *testing.T, src string, now func() time.Time) *suite.Report {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "speed_test.star"), []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := suite.Run(t.Context(), suite.Options{Dir: dir, Jobs: 1, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func even() func() time.Time {
	clock := time.Unix(0, 0)
	return func() time.Time { clock = clock.Add(3 * time.Millisecond); return clock }
}

// TestTimings asks questions whose answers are known.
func TestTimings(t *testing.T) {
	const src = `
def work(n):
    def f():
        for _ in range(n):
            pass
        return 1
    return f

def test_much_faster(t):
    t.faster(work(10), work(20000), by = 2)

def test_much_slower(t):
    t.faster(work(20000), work(10), by = 2)

def test_another_value(t):
    t.faster(lambda: 1, lambda: 2, by = 1)

def test_within(t):
    t.within(work(10), ms = 60000)

def test_beyond(t):
    t.within(work(20000), ms = 0.000001)
`
	want := []struct {
		status  suite.Status
		verdict sample.Verdict
		msg     string
	}{
		{suite.Passed, sample.Yes, "which is 2 times or more"},
		{suite.Failed, sample.No, "not 2 times"},
		{suite.Failed, "", "got 1, want 2"},
		{suite.Passed, sample.Yes, "took "},
		{suite.Failed, sample.No, "more than"},
	}
	results := timed(t, src, nil).Suites[0].Results
	for i, w := range want {
		r := results[i]
		t.Run(r.Name, func(t *testing.T) {
			msg := ""
			if len(r.Failures) > 0 {
				msg = r.Failures[0].Msg
			} else if len(r.Logs) > 0 {
				msg = r.Logs[0].Text
			}
			if r.Status != w.status || !strings.Contains(msg, w.msg) {
				t.Errorf("got %s, %q, want %s, %q", r.Status, msg, w.status, w.msg)
			}
			if w.verdict == "" {
				if len(r.Timings) != 0 {
					t.Errorf("timed what returns different values: %+v", r.Timings)
				}
				return
			}
			if len(r.Timings) != 1 || r.Timings[0].Verdict != w.verdict || len(r.Timings[0].Series[0].NS) < 20*sample.Tries {
				t.Errorf("got timings %+v, want one, %s, with all samples", r.Timings, w.verdict)
			}
		})
	}
}

// TestNobodyCanTell times two functions that the clock shows as equal.
func TestNobodyCanTell(t *testing.T) {
	r := timed(t, `
def test_same(t):
    t.faster(lambda: 1, lambda: 1, by = 1)
`, even())
	x := r.Suites[0].Results[0]
	if !x.Undecided() || r.Undecided() != 1 || x.Timings[0].Verdict != sample.CannotTell || !strings.Contains(x.Failures[0].Msg, "cannot tell whether") {
		t.Errorf("got %+v, want that nobody can tell", x)
	}
}

// TestManyQuestions asks so often that each answer proves less.
func TestManyQuestions(t *testing.T) {
	ask := func(n string) []suite.Timing {
		return timed(t, `
def test_one(t):
    for _ in range(`+n+`):
        t.faster(lambda: None, lambda: None, by = 1.5, rounds = 6)
`, even()).Suites[0].Results[0].Timings
	}
	one, many := ask("1"), ask("9")
	if one[0].Verdict != sample.No || len(many) != 9 {
		t.Fatalf("one question: %s, want no; %d answers, want 9", one[0].Verdict, len(many))
	}
	if got, want := many[0].PNo, 9*one[0].PNo; math.Abs(got/want-1) > 1e-9 {
		t.Errorf("nine questions: p %g, want %g, nine times that of one", got, want)
	}
}

// TestEachQuestionHasItsAnswer asks the same question about functions that take
// ever longer: what was said of one must not be said of all.
func TestEachQuestionHasItsAnswer(t *testing.T) {
	x := timed(t, `
def test_many(t):
    for n in range(12):
        t.faster(lambda: None, lambda: range(n), by = 1.5 + n, rounds = 6, same = False, msg = "question %d" % n)
`, even()).Suites[0].Results[0]
	if len(x.Failures) != 12 || len(x.Timings) != 12 {
		t.Fatalf("got %d failures and %d answers, want 12 of each", len(x.Failures), len(x.Timings))
	}
	for i, f := range x.Failures {
		if want := fmt.Sprintf("question %d: %s", i, x.Timings[i].Msg); f.Msg != want || !f.Undecided {
			t.Errorf("got %q, undecided %t, want %q, undecided", f.Msg, f.Undecided, want)
		}
	}
}
