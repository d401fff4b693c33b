package suite_test

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/builtins/guard"
	"starboard/engine/suite"
)

// A memory is a journal without a file.
type memory struct {
	mu     sync.Mutex
	states map[string]guard.Snapshot
	told   []guard.State
}

func (m *memory) Earlier(key string) (guard.Snapshot, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.states[key]
	return s, ok
}

func (m *memory) Remember(key string, s guard.Snapshot) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.states == nil {
		m.states = map[string]guard.Snapshot{}
	}
	m.states[key] = s
	m.told = append(m.told, s.State)
}

const guardedSuite = `
def fast(n):
    if n == 7:
        fail("no luck")
    return 2 * n

g = guard("double", fast, lambda n: 2 * n)

def test_a(t):
    for i in range(60):
        t.must.eq(g(100), 200)

def test_b(t):
    for i in range(15):
        t.must.eq(g(7), 14)
    t.eq(g.state(), "closed", msg = "fewer than it takes to judge")

def test_c(t):
    for i in range(30):
        t.must.eq(g(1), 2)
    t.eq(g.stats().calls, 30)

def test_injected(t):
    g.inject(error = range(1, 100))
    for i in range(50):
        t.must.eq(g(1), 2)
    t.eq(g.state(), "open")
`

// What scenarios see of a guard side by side is the same with any number of
// workers, and becomes one state in the order of the source: 60 right calls, 15
// that failed, 30 right ones. Faults that were injected are left out.
func TestGuards(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "guarded"+suite.Suffix), guardedSuite)
	var want guard.Snapshot
	for i, o := range []suite.Options{{Jobs: 1}, {Jobs: 8}, {Jobs: 3, Shuffle: "7"}} {
		m := &memory{}
		o.Dir, o.Root, o.Guards = dir, dir, m
		r := run(t, o)
		if r.Totals.Bad() > 0 {
			t.Fatalf("%+v", r.Suites[0].Results)
		}
		if len(r.Guards) != 1 || r.Guards[0].Calls != 105 || r.Guards[0].Errors != 15 || r.Guards[0].Verified != 43 || r.Guards[0].Key != "guarded_test.star:double" {
			t.Errorf("guards of the report: %+v", r.Guards)
		}
		got := m.states["guarded_test.star:double"]
		if i == 0 {
			want = got
			if got.State != guard.Open || r.Guards[0].State != guard.Open {
				t.Errorf("state %+v, want it off: 8 of 68 calls in a row had failed", got)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("with %d jobs, another state (-want +got):\n%s", o.Jobs, diff)
		}
		if len(m.told) != 1 {
			t.Errorf("states %v were remembered, want the last one alone", m.told)
		}
	}
}

// All scenarios of a run begin with what was known before it.
func TestGuardsBeginAlike(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "guarded"+suite.Suffix), `
g = guard("g", lambda n: n + 1, lambda n: n)

def test_a(t):
    for i in range(25):
        t.must.eq(g(i), i)
    t.eq((g.state(), g.stats().skipped), ("open", 5))

def test_b(t):
    for i in range(25):
        t.must.eq(g(i), i)
    t.eq((g.state(), g.stats().skipped), ("open", 5))
`)
	m := &memory{}
	if r := run(t, suite.Options{Dir: dir, Root: dir, Jobs: 1, Guards: m}); r.Totals.Bad() > 0 {
		t.Errorf("%+v", r.Suites[0].Results)
	}
	if s := m.states["guarded_test.star:g"]; s.State != guard.Open || len(m.told) != 3 {
		t.Errorf("%+v, told %v; want it to have been told at once, twice, and in the end", s, m.told)
	}
	if r := run(t, suite.Options{Dir: dir, Root: dir, Jobs: 1, Guards: m}); r.Totals.Failed != 2 {
		t.Errorf("totals %+v, want both scenarios to find it off", r.Totals)
	}
}
