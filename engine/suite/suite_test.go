package suite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/engine/suite"
)

// names returns the names of all results, in order.
func names(r *suite.Report) []string {
	var list []string
	for _, s := range r.Suites {
		for _, x := range s.Results {
			list = append(list, x.Name)
		}
	}
	return list
}

func run(t *testing.T, o suite.Options) *suite.Report {
	t.Helper()
	r, err := suite.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What Results tells stands in the order of the source, and is all that the
// report has, whatever ends first.
func TestOrder(t *testing.T) {
	dir := t.TempDir()
	var s strings.Builder
	var want []string
	for i := range 60 {
		fmt.Fprintf(&s, "def test_%d(t):\n    for i in range(%d):\n        pass\n    t.run(\"part\", lambda t: t.true(True))\n\n", i, (60-i)*300)
		want = append(want, fmt.Sprintf("test_%d", i), fmt.Sprintf("test_%d/part", i))
	}
	write(t, filepath.Join(dir, "order_test.star"), s.String())
	for _, o := range []suite.Options{{Jobs: 1}, {Jobs: 8}, {Jobs: 3, Shuffle: "7"}} {
		var told []string
		o.Dir, o.Root = dir, dir
		o.Results = func(results []suite.Result) {
			for _, x := range results {
				told = append(told, x.Name)
			}
		}
		r := run(t, o)
		if diff := cmp.Diff(want, names(r)); diff != "" {
			t.Errorf("with %d jobs, the report has another order (-want +got):\n%s", o.Jobs, diff)
		}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("with %d jobs, the results are told in another order (-want +got):\n%s", o.Jobs, diff)
		}
	}
}

// Steps are the same in every run, alone or among others.
func TestSteps(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "steps_test.star"), `
def work(n):
    for i in range(n):
        pass

def test_a(t):
    work(1000)
    t.true(True)

def test_b(t):
    t.run("x", lambda t: t.true(len([work(10) for _ in range(10)])))
`)
	steps := func(jobs int) []uint64 {
		var list []uint64
		for _, x := range run(t, suite.Options{Dir: dir, Root: dir, Jobs: jobs}).Suites[0].Results {
			list = append(list, x.Steps)
		}
		return list
	}
	want := steps(1)
	for range 5 {
		if diff := cmp.Diff(want, steps(4)); diff != "" {
			t.Fatalf("steps differ (-want +got):\n%s", diff)
		}
	}
	if want[0] < 1000 || want[1] <= want[2] {
		t.Errorf("steps = %v, want those of the loop, and those of a part within those of the whole", want)
	}
}

// Every scenario is in exactly one shard, and stays there when others come.
func TestShards(t *testing.T) {
	dir := t.TempDir()
	source := func(n int) string {
		var s strings.Builder
		for i := range n {
			fmt.Fprintf(&s, "def test_%d(t):\n    t.true(True)\n\n", i)
		}
		return s.String()
	}
	shards := func() map[string]int {
		of := map[string]int{}
		for i := 1; i <= 4; i++ {
			r := run(t, suite.Options{Dir: dir, Root: dir, Shard: &suite.Shard{Index: i, Count: 4}})
			if n := len(names(r)); n < 15 {
				t.Errorf("shard %d has %d scenarios, want about a quarter", i, n)
			}
			for _, name := range names(r) {
				if of[name] != 0 {
					t.Errorf("%s is in shards %d and %d", name, of[name], i)
				}
				of[name] = i
			}
		}
		return of
	}
	file := filepath.Join(dir, "many_test.star")
	write(t, file, source(100))
	before := shards()
	if len(before) != 100 {
		t.Errorf("%d scenarios are in shards, want 100", len(before))
	}
	write(t, file, source(150))
	after := shards()
	for name, i := range before {
		if after[name] != i {
			t.Errorf("%s has moved from shard %d to %d", name, i, after[name])
		}
	}
}

// Memory does not grow with the number of scenarios beyond their results.
func TestMemoryIsFlat(t *testing.T) {
	dir := t.TempDir()
	var s strings.Builder
	for i := range 400 {
		fmt.Fprintf(&s, "def test_%d(t):\n    t.eq(len(\"x\" * 2000000), 2000000)\n\n", i)
	}
	write(t, filepath.Join(dir, "big_test.star"), s.String())
	var most uint64
	var mu sync.Mutex
	n := 0
	r := run(t, suite.Options{Dir: dir, Root: dir, Progress: func(p suite.Progress) {
		mu.Lock()
		defer mu.Unlock()
		if n++; n%40 == 0 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}})
	if r.Totals.Passed != 400 {
		t.Fatalf("totals = %+v, want 400 passed", r.Totals)
	}
	if const100MB := uint64(100 << 20); most > const100MB {
		t.Errorf("%d bytes are live, of the 800 MB that 400 scenarios used", most)
	}
}

// When the context ends, the report has what ran until then.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a_test.star"), `
def test_first(t):
    t.true(True)

def test_endless(t):
    for i in range(1000000000):
        pass

def test_last(t):
    t.true(True)
`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := suite.Run(ctx, suite.Options{Dir: dir, Root: dir, Jobs: 1, Progress: func(p suite.Progress) {
		if p.Done == 1 && slices.Equal(p.Running, []string{"a_test.star:test_endless"}) {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("Run error = %v, want that of the context", err)
	}
	if got := names(r); !slices.Equal(got, []string{"test_first"}) || !r.Interrupted || r.Selection.NotRun != 2 {
		t.Errorf("results = %q, interrupted = %v, not run = %d; want the first alone", got, r.Interrupted, r.Selection.NotRun)
	}
}

// The references that starboard run would give are those that a suite sees.
func TestLocksOfLoadedScriptsHold(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "board.star"), `
def main():
    c = circuit("board")
    c.part("Device:R", name = "a", pins = {1: c.net("X"), 2: c.net("Y")})
    c.part("Device:R", name = "b", pins = {1: c.net("X"), 2: c.net("Y")})
    return c
`)
	write(t, filepath.Join(dir, "board.lock"), `{
  "version": 1,
  "symbols": [],
  "circuits": {
    "board": [
      {"ref":"R5","id":"R5","name":"b","sheet":"/","symbol":"Device:R","value":"R","pins":["1=X","2=Y"]}
    ]
  }
}
`)
	write(t, filepath.Join(dir, "board_test.star"), `
load("board.star", "main")

def test_refs(t):
    c = main()
    kicad.netlist(c)
    t.eq({p.name: p.ref for p in c.parts}, {"a": "R1", "b": "R5"})
`)
	r := run(t, suite.Options{Dir: dir, Root: dir})
	if r.Totals.Bad() > 0 {
		t.Errorf("the lock does not hold: %+v", r.Suites[0].Results[0].Failures)
	}
	write(t, filepath.Join(dir, "board.lock"), "no lock")
	r = run(t, suite.Options{Dir: dir, Root: dir})
	if got := r.Suites[0].Results[0].Failures; len(got) != 1 || !strings.Contains(got[0].Msg, "the lock cannot be read") {
		t.Errorf("failures = %+v, want the lock that cannot be read", got)
	}
}
