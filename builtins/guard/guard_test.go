package guard_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"starboard/builtins/guard"
)

// A bench is a guard over two ways to double a number.
type bench struct {
	t     *testing.T
	g     *guard.Guard[int, int]
	calls int // of the fast path
}

// fast may say what the fast path does in its nth call; -1 is an error.
func newBench(t *testing.T, o guard.Options[int, int], fast func(call, in int) int) *bench {
	b := &bench{t: t}
	g, err := guard.New("double", func(_ context.Context, in int) (int, error) {
		b.calls++
		if out := fast(b.calls, in); out != -1 {
			return out, nil
		}
		return 0, errors.New("no luck")
	}, double, o)
	if err != nil {
		t.Fatal(err)
	}
	b.g = g
	return b
}

func double(_ context.Context, in int) (int, error) {
	if in < 0 {
		return 0, errors.New("want a positive number")
	}
	return 2 * in, nil
}

// call calls the guard so often, and counts wrong answers.
func (b *bench) call(n int) (wrong int) {
	b.t.Helper()
	for i := range n {
		out, err := b.g.Call(b.t.Context(), i)
		if err != nil {
			b.t.Fatalf("call %d: %v", i, err)
		}
		if out != 2*i {
			wrong++
		}
	}
	return wrong
}

func right(_, in int) int { return 2 * in }

func TestRight(t *testing.T) {
	b := newBench(t, guard.Options[int, int]{}, right)
	if wrong := b.call(1020); wrong > 0 {
		t.Errorf("%d wrong answers", wrong)
	}
	s := b.g.Stats()
	if s.State != guard.Closed || s.Verified < 69 || s.Verified > 71 || s.Alone+s.Verified != 1020 {
		t.Errorf("stats = %+v, want 20 calls and then one in 20 verified", s)
	}
}

// Only errors: the caller never sees one, and the fast path is switched off
// after the calls that have to be there to judge it.
func TestOnlyErrors(t *testing.T) {
	b := newBench(t, guard.Options[int, int]{}, func(int, int) int { return -1 })
	if wrong := b.call(100); wrong > 0 {
		t.Errorf("%d wrong answers", wrong)
	}
	if s := b.g.Stats(); s.State != guard.Open || s.Errors != 20 || b.calls != 20 || s.Opened != 1 || s.LastFailure != "no luck" {
		t.Errorf("stats = %+v, want it off after 20 errors", s)
	}
}

// Only mismatches, without one error: nobody gets a wrong answer.
func TestOnlyMismatches(t *testing.T) {
	b := newBench(t, guard.Options[int, int]{}, func(_, in int) int { return 2*in + 1 })
	if wrong := b.call(100); wrong > 0 {
		t.Errorf("%d wrong answers", wrong)
	}
	if s := b.g.Stats(); s.State != guard.Open || s.Mismatches != 20 {
		t.Errorf("stats = %+v, want it off after 20 mismatches", s)
	}
}

// A fast path that goes wrong once it is trusted: what can slip through is
// what comes before the next call that is verified, less than two samples.
func TestLateMismatches(t *testing.T) {
	b := newBench(t, guard.Options[int, int]{}, func(call, in int) int {
		if call > 500 && call%2 == 0 {
			return 2*in + 1
		}
		return 2 * in
	})
	b.call(500)
	wrong := b.call(300)
	s := b.g.Stats()
	if wrong > 2*20 || s.State != guard.Open {
		t.Errorf("%d wrong answers, %+v; want few, and the fast path off", wrong, s)
	}
	if late := b.call(60); late > 0 {
		t.Errorf("%d wrong answers after it was switched off", late)
	}
}

// As long as the window remembers a mismatch, a wrong answer reaches nobody,
// even where it is too rare to switch the fast path off.
func TestRareMismatches(t *testing.T) {
	b := newBench(t, guard.Options[int, int]{}, func(call, in int) int {
		if call%50 == 10 {
			return 2*in + 1
		}
		return 2 * in
	})
	if wrong := b.call(5000); wrong > 0 {
		t.Errorf("%d wrong answers", wrong)
	}
	if s := b.g.Stats(); s.State != guard.Closed || s.Alone != 0 || s.Mismatches != 100 {
		t.Errorf("stats = %+v, want it in use, and all calls verified", s)
	}
}

// A burst, then silence: the window forgets, and trust comes back. A burst
// that fills a tenth of the window does not wait for the rest of it.
func TestBurst(t *testing.T) {
	for _, tt := range []struct {
		burst int
		want  guard.State
	}{{10, guard.Closed}, {11, guard.Open}} {
		b := newBench(t, guard.Options[int, int]{}, func(call, in int) int {
			if call > 200 && call <= 200+tt.burst {
				return -1
			}
			return 2 * in
		})
		b.call(200 + tt.burst)
		if got := b.g.Stats(); got.State != tt.want {
			t.Errorf("after %d errors in a row: %s, rate %v; want %s", tt.burst, got.State, got.Rate, tt.want)
		}
		b.call(100 + 10 + 20 + 100)
		if got := b.g.Stats(); got.State != guard.Closed || got.Rate != 0 || got.Opened > 1 {
			t.Errorf("long after %d errors: %+v, want it in use", tt.burst, got)
		}
	}
}

// Off, tried, off for twice as long, tried, proven.
func TestProvenAgain(t *testing.T) {
	broken := true
	b := newBench(t, guard.Options[int, int]{}, func(_, in int) int {
		if broken {
			return -1
		}
		return 2 * in
	})
	state := func(want guard.State) {
		t.Helper()
		if got := b.g.Stats().State; got != want {
			t.Fatalf("state %s, want %s", got, want)
		}
	}
	b.call(20)
	state(guard.Open)
	b.call(99)
	state(guard.Open)
	b.call(1)
	state(guard.HalfOpen)
	b.call(1)
	state(guard.Open)
	broken = false
	b.call(199)
	state(guard.Open)
	b.call(1)
	state(guard.HalfOpen)
	b.call(9)
	state(guard.HalfOpen)
	b.call(1)
	state(guard.Closed)
	if s := b.g.Stats(); s.Alone != 0 {
		t.Errorf("%d answers of the fast path were believed", s.Alone)
	}
}

// A comparison that fails, or panics, is not agreement.
func TestComparisonFails(t *testing.T) {
	for name, equal := range map[string]func(ctx context.Context, a, b int) (bool, error){
		"error": func(ctx context.Context, a, b int) (bool, error) { return true, errors.New("cannot say") },
		"panic": func(ctx context.Context, a, b int) (bool, error) { panic("cannot say") },
	} {
		b := newBench(t, guard.Options[int, int]{Equal: equal}, right)
		if wrong := b.call(50); wrong > 0 {
			t.Errorf("%s: %d wrong answers", name, wrong)
		}
		if s := b.g.Stats(); s.State != guard.Open || s.Mismatches != 20 || !strings.Contains(s.LastFailure, "could not be compared") {
			t.Errorf("%s: %+v, want it off", name, s)
		}
	}
}

func TestPanic(t *testing.T) {
	b := newBench(t, guard.Options[int, int]{}, func(int, int) int { panic("index out of range") })
	b.call(20)
	if s := b.g.Stats(); s.State != guard.Open || s.LastFailure != "panic: index out of range" {
		t.Errorf("stats = %+v", s)
	}
}

// Bad input is bad for both, and no failure; where only the trusted path says
// so, it is one.
func TestBadInput(t *testing.T) {
	b := newBench(t, guard.Options[int, int]{}, func(_, in int) int { return -1 })
	for range 50 {
		if _, err := b.g.Call(t.Context(), -5); err == nil || err.Error() != "want a positive number" {
			t.Fatalf("error %v, want that of the trusted path", err)
		}
	}
	if s := b.g.Stats(); s.State != guard.Closed || s.Failures() != 0 {
		t.Errorf("stats = %+v, want no failure", s)
	}
	b = newBench(t, guard.Options[int, int]{}, right)
	for range 20 {
		if _, err := b.g.Call(t.Context(), -5); err == nil {
			t.Fatal("no error, want that of the trusted path")
		}
	}
	if s := b.g.Stats(); s.State != guard.Open || s.Mismatches != 20 {
		t.Errorf("stats = %+v, want it off", s)
	}
}

// Neither path can change what the other or the caller has.
func TestMutation(t *testing.T) {
	spoil := func(_ context.Context, in []int) (int, error) { in[0]++; return in[0], nil }
	sum := func(_ context.Context, in []int) (int, error) { in[0] += 1; return in[0], nil }
	g, err := guard.New("sum", spoil, sum, guard.Options[[]int, int]{Copy: func(in []int) []int { return append([]int(nil), in...) }})
	if err != nil {
		t.Fatal(err)
	}
	in := []int{1}
	for range 40 {
		if out, err := g.Call(t.Context(), in); out != 2 || err != nil || in[0] != 1 {
			t.Fatalf("got %d, %v, and the input is %d; want 2 and 1", out, err, in[0])
		}
	}
	if s := g.Stats(); s.Failures() != 0 {
		t.Errorf("stats = %+v", s)
	}
}

// What had to be stopped is switched off at once, and an interruption is
// nobody's failure.
func TestRunawayAndAbort(t *testing.T) {
	b := newBench(t, guard.Options[int, int]{}, right)
	b.call(150)
	var fail error
	g, err := guard.New("g", func(context.Context, int) (int, error) { return 0, fail }, double, guard.Options[int, int]{})
	if err != nil {
		t.Fatal(err)
	}
	fail = &guard.AbortError{Err: errors.New("Ctrl-C")}
	if _, err := g.Call(t.Context(), 1); err == nil || err.Error() != "Ctrl-C" {
		t.Errorf("error %v, want Ctrl-C", err)
	}
	if s := g.Stats(); s.Calls != 0 || s.State != guard.Closed {
		t.Errorf("stats = %+v, want an aborted call not to count", s)
	}
	fail = fmt.Errorf("it took 9 steps: %w", guard.ErrRunaway)
	if out, err := g.Call(t.Context(), 1); out != 2 || err != nil {
		t.Errorf("got %d, %v, want 2", out, err)
	}
	if s := g.Stats(); s.State != guard.Open || s.Stopped != 1 {
		t.Errorf("stats = %+v, want it off", s)
	}
}

// A slow verification is in the figures: a guard that costs more than it saves
// says so. The clock is the test's.
func TestSlow(t *testing.T) {
	clock := time.Unix(0, 0)
	path := func(d time.Duration) guard.Func[int, int] {
		return func(_ context.Context, in int) (int, error) { clock = clock.Add(d); return 2 * in, nil }
	}
	o := guard.Options[int, int]{Now: func() time.Time { return clock }}
	g, err := guard.New("g", path(time.Millisecond), path(10*time.Millisecond), o)
	if err != nil {
		t.Fatal(err)
	}
	call := func(n int) {
		for i := range n {
			if _, err := g.Call(t.Context(), i); err != nil {
				t.Fatal(err)
			}
		}
	}
	call(20)
	s := g.Stats()
	if saved, ok := s.Saved(); !ok || saved != -20*time.Millisecond {
		t.Errorf("after 20 verified calls, %v is saved; want -20ms", saved)
	}
	call(1000)
	s = g.Stats()
	want := time.Duration(s.Alone)*10*time.Millisecond - 1020*time.Millisecond
	if saved, _ := s.Saved(); saved != want || saved < 8*time.Second {
		t.Errorf("after 1020 calls, %v is saved; want %v", saved, want)
	}
	g.Inject(map[uint64]guard.Fault[int]{1: {Slow: time.Hour}})
	call(100)
	s = g.Stats()
	if saved, _ := s.Saved(); saved > -59*time.Minute || s.Failures() != 0 {
		t.Errorf("with an injected hour, %v is saved, %d failures", saved, s.Failures())
	}
}

func TestInject(t *testing.T) {
	changed := 0
	b := newBench(t, guard.Options[int, int]{Changed: func(guard.Snapshot) { changed++ }}, func(int, int) int { return -1 })
	b.call(20)
	if changed != 1 {
		t.Errorf("%d changes of state were told, want 1", changed)
	}
	b.g.Inject(map[uint64]guard.Fault[int]{3: {Wrong: func(n int) int { return n + 1 }}, 4: {Err: errors.New("injected")}})
	if s := b.g.Stats(); s.State != guard.Closed || s.Calls != 0 {
		t.Errorf("stats = %+v, want a guard as new", s)
	}
	b = newBench(t, guard.Options[int, int]{Changed: func(guard.Snapshot) { changed++ }}, right)
	faults := map[uint64]guard.Fault[int]{}
	for i := range uint64(4) {
		faults[3+i] = guard.Fault[int]{Wrong: func(n int) int { return n + 1 }}
	}
	b.g.Inject(faults)
	if wrong := b.call(30); wrong > 0 {
		t.Errorf("%d wrong answers", wrong)
	}
	if s := b.g.Stats(); s.State != guard.Open || s.Mismatches != 4 || !b.g.Tested() || changed != 1 {
		t.Errorf("stats = %+v, changed = %d; want it off, and nobody told", s, changed)
	}
}

// Two guards side by side share nothing; one that is used by many threads
// counts every call once.
func TestParallel(t *testing.T) {
	var wg sync.WaitGroup
	good, err := guard.New("good", double, double, guard.Options[int, int]{})
	if err != nil {
		t.Fatal(err)
	}
	bad, err := guard.New("bad", func(context.Context, int) (int, error) { return 7, nil }, double, guard.Options[int, int]{Config: guard.Config{ProbeAfter: 100_000}})
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		wg.Go(func() {
			for i := range 500 {
				for _, g := range []*guard.Guard[int, int]{good, bad} {
					if out, err := g.Call(t.Context(), i); out != 2*i || err != nil {
						t.Errorf("%s(%d) = %d, %v", g.Name(), i, out, err)
					}
				}
			}
		})
	}
	wg.Wait()
	if s := good.Stats(); s.State != guard.Closed || s.Calls != 4000 || s.Failures() > 0 {
		t.Errorf("good: %+v", s)
	}
	if s := bad.Stats(); s.State != guard.Open || s.Calls != 4000 || s.Alone > 0 || s.Opened != 1 {
		t.Errorf("bad: %+v", s)
	}
}

func TestLog(t *testing.T) {
	var b bytes.Buffer
	o := guard.Options[string, string]{Logger: slog.New(slog.NewJSONHandler(&b, nil))}
	o.Config = guard.Config{MinCalls: 2, Window: 2}
	upper := func(_ context.Context, in string) (string, error) { return strings.ToUpper(in), nil }
	same := func(_ context.Context, in string) (string, error) { return in, nil }
	g, err := guard.New("upper", same, upper, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []string{"äb", "x", "x"} {
		if _, err := g.Call(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	var lines []map[string]any
	for line := range strings.Lines(b.String()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, m)
	}
	if len(lines) != 3 {
		t.Fatalf("%d lines, want 3:\n%s", len(lines), b.String())
	}
	for i, want := range []map[string]any{
		{"level": "WARN", "call": 1.0, "outcome": "mismatch", "state": "closed", "input_bytes": 3.0, "fast_sha256": guard.Sum([]byte("äb")), "trusted_bytes": 3.0},
		{"level": "WARN", "call": 2.0, "outcome": "mismatch", "state": "open", "was": "closed", "why": "its answer is not the trusted one"},
		{"level": "INFO", "call": 3.0, "outcome": "skipped", "state": "open", "trusted_sha256": guard.Sum([]byte("X")), "fast_ns": nil},
	} {
		for key, v := range want {
			if lines[i][key] != v {
				t.Errorf("line %d: %s = %v, want %v", i+1, key, lines[i][key], v)
			}
		}
	}
}

func BenchmarkCall(b *testing.B) {
	id := func(_ context.Context, in string) (string, error) { return in, nil }
	for _, tt := range []struct {
		name string
		o    guard.Options[string, string]
	}{
		{"guard", guard.Options[string, string]{}},
		{"guard-all-verified", guard.Options[string, string]{Config: guard.Config{Sample: 1}}},
		{"guard-slog", guard.Options[string, string]{Logger: slog.New(slog.NewJSONHandler(discard{}, nil))}},
		{"guard-slog-off", guard.Options[string, string]{Logger: slog.New(slog.DiscardHandler)}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			g, err := guard.New("id", id, id, tt.o)
			if err != nil {
				b.Fatal(err)
			}
			in := strings.Repeat("x", 1000)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := g.Call(b.Context(), in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
