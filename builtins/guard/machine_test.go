package guard_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"starboard/builtins/guard"
)

// A model says the same as a machine in another way: it keeps everything, and
// counts anew each time.
type model struct {
	c       guard.Config
	state   guard.State
	seen    []guard.Outcome // of the fast path in use, since it was switched on
	right   int             // in a row, of the one that is tried
	skipped int             // since it was switched off
	fails   int             // trials in a row
}

func (m *model) last() []guard.Outcome { return m.seen[max(0, len(m.seen)-m.c.Window):] }

func countOf(list []guard.Outcome, of ...guard.Outcome) int {
	n := 0
	for _, o := range list {
		if slices.Contains(of, o) {
			n++
		}
	}
	return n
}

func (m *model) doubt() bool {
	checked := len(m.seen) - countOf(m.seen, guard.Passed)
	return m.state == guard.HalfOpen || m.state == guard.Closed && (checked < m.c.Trial || countOf(m.last(), guard.Mismatch) > 0)
}

func (m *model) off() {
	m.state, m.skipped, m.seen = guard.Open, 0, nil
	m.fails++
}

func (m *model) record(o guard.Outcome) {
	bad := o == guard.Failed || o == guard.Mismatch || o == guard.Runaway
	switch m.state {
	case guard.Closed:
		m.seen = append(m.seen, o)
		if len(m.seen) >= m.c.Window {
			m.fails = 0
		}
		last := m.last()
		share := countOf(last, guard.Failed, guard.Mismatch, guard.Runaway) * 100
		if o == guard.Runaway || len(last) >= m.c.MinCalls && share > int(m.c.MaxFailureRate*100+0.5)*len(last) {
			m.off()
		}
	case guard.HalfOpen:
		m.right++
		if bad {
			m.off()
		} else if m.right == m.c.Probes {
			m.state, m.seen = guard.Closed, nil
		}
	case guard.Open:
		m.skipped++
		wait := m.c.ProbeAfter
		for i := 1; i < min(m.fails, 5); i++ {
			wait *= 2
		}
		if m.skipped == wait {
			m.state, m.right = guard.HalfOpen, 0
		}
	}
}

func drawConfig(t *rapid.T) guard.Config {
	window := rapid.IntRange(1, 40).Draw(t, "window")
	return guard.Config{
		MaxFailureRate: float64(rapid.IntRange(1, 100).Draw(t, "percent")) / 100,
		Window:         window,
		MinCalls:       rapid.IntRange(1, window).Draw(t, "min_calls"),
		Sample:         rapid.IntRange(1, 9).Draw(t, "sample"),
		Trial:          rapid.IntRange(1, 20).Draw(t, "trial"),
		ProbeAfter:     rapid.IntRange(1, 12).Draw(t, "probe_after"),
		Probes:         rapid.IntRange(1, 6).Draw(t, "probes"),
	}
}

// What can come of a call that was planned so.
func possible(p guard.Plan) []guard.Outcome {
	switch {
	case !p.Fast:
		return []guard.Outcome{guard.Skipped}
	case p.Verify:
		return []guard.Outcome{guard.Verified, guard.Verified, guard.Verified, guard.Verified, guard.Failed, guard.Mismatch, guard.Runaway}
	}
	return []guard.Outcome{guard.Passed, guard.Passed, guard.Passed, guard.Passed, guard.Failed, guard.Verified, guard.Runaway}
}

func TestMachineIsItsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawConfig(t)
		m, err := guard.NewMachine("m", c)
		if err != nil {
			t.Fatal(err)
		}
		o := &model{c: c, state: guard.Closed}
		var sampled []bool // of the calls that no doubt had verified
		var all guard.Outcomes
		for range rapid.IntRange(1, 300).Draw(t, "calls") {
			doubt, state := o.doubt(), o.state
			before := m.Snapshot()
			p := m.Plan()
			switch {
			case p.Fast != (state != guard.Open):
				t.Fatalf("%s: fast = %v", state, p.Fast)
			case doubt && !p.Verify:
				t.Fatalf("%s, in doubt after %q: not verified", state, o.seen)
			}
			if state == guard.Closed && !doubt {
				sampled = append(sampled, p.Verify)
			}
			out := rapid.SampledFrom(possible(p)).Draw(t, "outcome")
			m.Record(p, out)
			all.Add(out)
			o.record(out)
			if m.State() != o.state {
				t.Fatalf("after %s in %+v: state %s, want %s", out, before, m.State(), o.state)
			}
			if rapid.IntRange(0, 20).Draw(t, "crash") == 0 { // another process goes on
				s := m.Snapshot()
				if m, err = guard.NewMachine("m", c); err != nil {
					t.Fatal(err)
				}
				m.Restore(s)
			}
		}
		// Replayed, the calls lead to the same.
		again, err := guard.NewMachine("m", c)
		if err != nil {
			t.Fatal(err)
		}
		all.Replay(again)
		if got, want := again.Snapshot(), m.Snapshot(); got != want {
			t.Fatalf("replayed: %+v, want %+v", got, want)
		}
		verified := 0
		for _, v := range sampled {
			if v {
				verified++
			}
		}
		// One in each block of Sample; doubt may have taken some out of blocks.
		if len(sampled) > 0 && c.Sample == 1 && verified != len(sampled) {
			t.Fatalf("%d of %d calls verified, want all", verified, len(sampled))
		}
	})
}

// Exactly one call in each Sample is verified once trust is there, at places
// that do not repeat.
func TestSample(t *testing.T) {
	m, err := guard.NewMachine("writer", guard.Config{Sample: 10, Trial: 1})
	if err != nil {
		t.Fatal(err)
	}
	m.Record(m.Plan(), guard.Verified)
	places := map[int]int{}
	last := 0
	for call := 1; call < 10_000; call++ {
		p := m.Plan()
		if p.Verify {
			places[call%10]++
			m.Record(p, guard.Verified)
			if block := call / 10; block != last+1 && !(block <= 1) {
				t.Fatalf("call %d is verified, the one before was in block %d", call, last)
			}
			last = call / 10
			continue
		}
		m.Record(p, guard.Passed)
	}
	n := 0
	for place, count := range places {
		n += count
		if count < 60 || count > 140 {
			t.Errorf("call %d of ten was verified %d times of 1000, want about 100", place, count)
		}
	}
	if n < 999 || n > 1000 || len(places) != 10 {
		t.Errorf("%d of 10000 calls were verified, at %d places of ten; want 1000 at all", n, len(places))
	}
}

func TestConfig(t *testing.T) {
	for _, tt := range []struct {
		name string
		c    guard.Config
		want string
	}{
		{"defaults", guard.Config{}, ""},
		{"a small window", guard.Config{Window: 5}, ""},
		{"rate", guard.Config{MaxFailureRate: 1.5}, "max_failure_rate: got 1.5, want 0 to 1"},
		{"window", guard.Config{Window: -1}, "window: got -1, want 1 to 1000000"},
		{"min_calls", guard.Config{Window: 10, MinCalls: 11}, "min_calls: got 11, want at most the window, 10"},
		{"sample", guard.Config{Sample: 2_000_000}, "sample: got 2000000, want 1 to 1000000"},
	} {
		_, err := guard.NewMachine("m", tt.c)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: error %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What another program, or an older one, has left behind is taken as far as it
// makes sense.
func TestRestore(t *testing.T) {
	c := guard.Config{Window: 10, MinCalls: 5, Trial: 3, ProbeAfter: 7, Probes: 2, Version: "2"}
	for _, tt := range []struct {
		name string
		s    guard.Snapshot
		want guard.Snapshot
	}{
		{"nonsense", guard.Snapshot{State: "ajar", Version: "2"}, guard.Snapshot{Version: "2", State: guard.Closed, Trial: 3}},
		{"a window of nonsense", guard.Snapshot{State: guard.Closed, Version: "2", Window: "vvx"}, guard.Snapshot{Version: "2", State: guard.Closed, Trial: 3}},
		{"a longer window", guard.Snapshot{State: guard.Closed, Version: "2", Window: strings.Repeat("f", 5) + strings.Repeat("v", 10)},
			guard.Snapshot{Version: "2", State: guard.Closed, Window: strings.Repeat("v", 10)}},
		{"switched off", guard.Snapshot{State: guard.Open, Version: "2", Wait: 900, Backoff: 9}, guard.Snapshot{Version: "2", State: guard.Open, Wait: 7 * 16, Backoff: 9}},
		{"new code, in use", guard.Snapshot{State: guard.Closed, Version: "1", Window: "vvmv", Calls: 4, Fast: 4}, guard.Snapshot{Version: "2", State: guard.Closed, Trial: 3, Calls: 4, Fast: 4}},
		{"new code, switched off", guard.Snapshot{State: guard.Open, Version: "1", Wait: 5, Backoff: 3}, guard.Snapshot{Version: "2", State: guard.HalfOpen, Wait: 5}},
	} {
		m, err := guard.NewMachine("m", c)
		if err != nil {
			t.Fatal(err)
		}
		m.Restore(tt.s)
		if got := m.Snapshot(); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
