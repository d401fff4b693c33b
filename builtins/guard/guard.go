// Package guard puts a fast path in front of a trusted one, and protects who
// calls it from the fast path's mistakes.
//
// A [Guard] runs the fast path and verifies a sample of its answers against
// the trusted path. A call of the fast path fails when it returns an error
// that the trusted path does not, panics, or gives another answer. When more
// than a given share of its last calls have failed, the fast path is switched
// off; after a number of calls it is tried again, and it is back in use when
// it has proven itself (see [Machine]).
//
// The invariant: wherever there is doubt, the caller gets the trusted answer.
// There is doubt about the first calls, after a mismatch for as long as the
// window remembers it, and while a fast path that was switched off is tried
// again: then every call is verified. What is left is known and told: an
// answer that was wrong, was not verified, and came before any that was found.
//
// No decision depends on a clock or on chance: the same calls with the same
// outcomes are the same decisions. Times are for the log and for [Stats].
//
// [New] is the entry point. It imports nothing of Starlark; builtins.Guard is
// the same for scripts.
package guard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"time"
)

// A Func is one of the two paths.
type Func[In, Out any] func(ctx context.Context, in In) (Out, error)

// Options say how a guard works. The zero value of a field is its default.
type Options[In, Out any] struct {
	Config

	// Equal compares the answer of the fast path with the trusted one. An error,
	// or a panic, is a mismatch: they cannot be said to agree. Default
	// reflect.DeepEqual. An [AbortError] ends the call.
	Equal func(ctx context.Context, trusted, fast Out) (bool, error)
	// Copy makes the input that a path gets, so that neither can change what the
	// caller or the other path has. Default: the input itself.
	Copy func(In) In
	// Measure returns the size in bytes and the checksum of an input or answer,
	// for the log; a negative size says that there is none. Default: of a string
	// or a []byte itself, and of all else as JSON.
	Measure func(v any) (size int, sum string)
	// Logger is told of every call. Default: none.
	Logger *slog.Logger
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Steps is a gauge of work beside time, such as an interpreter's count of
	// steps. Default: none.
	Steps func(ctx context.Context) uint64
	// State is where an earlier guard has stopped. Default: a new one.
	State *Snapshot
	// Keep keeps the outcomes of all calls, for [Guard.Outcomes]. Default: none.
	Keep bool
	// Changed is told of the state whenever the fast path has been switched off
	// or on, before the call returns.
	Changed func(Snapshot)
}

// ErrRunaway marks, by wrapping, the error of a fast path that had to be
// stopped. It is switched off at once: a caller cannot wait for it again.
var ErrRunaway = errors.New("it had to be stopped")

// An AbortError is an error that is not the fault of either path, such as that
// of a user who interrupts. The call ends with Err, and does not count.
type AbortError struct{ Err error }

func (e *AbortError) Error() string { return e.Err.Error() }
func (e *AbortError) Unwrap() error { return e.Err }

// A Guard is a fast path that is guarded by a trusted one. Its methods are
// safe for concurrent use if both paths are.
type Guard[In, Out any] struct {
	name          string
	fast, trusted Func[In, Out]
	o             Options[In, Out]

	mu     sync.Mutex
	m      *Machine
	stats  Stats
	kept   Outcomes
	faults map[uint64]Fault[Out]
	calls  uint64 // since the faults were injected
	tested bool
}

// New returns a guard. The name is for the log, and decides which calls are
// verified.
func New[In, Out any](name string, fast, trusted Func[In, Out], o Options[In, Out]) (*Guard[In, Out], error) {
	switch {
	case name == "":
		return nil, errors.New("guard: got no name")
	case fast == nil || trusted == nil:
		return nil, fmt.Errorf("guard %s: want a fast and a trusted path", name)
	}
	m, err := NewMachine(name, o.Config)
	if err != nil {
		return nil, fmt.Errorf("guard %s: %w", name, err)
	}
	if o.State != nil {
		m.Restore(*o.State)
	}
	if o.Equal == nil {
		o.Equal = func(_ context.Context, trusted, fast Out) (bool, error) { return reflect.DeepEqual(trusted, fast), nil }
	}
	if o.Copy == nil {
		o.Copy = func(in In) In { return in }
	}
	if o.Measure == nil {
		o.Measure = measure
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Steps == nil {
		o.Steps = func(context.Context) uint64 { return 0 }
	}
	return &Guard[In, Out]{name: name, fast: fast, trusted: trusted, o: o, m: m}, nil
}

// Name returns the guard's name.
func (g *Guard[In, Out]) Name() string { return g.name }

// Snapshot returns the state, for a later guard of the same name.
func (g *Guard[In, Out]) Snapshot() Snapshot {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.m.Snapshot()
}

// Stats returns what has been counted since New or Inject.
func (g *Guard[In, Out]) Stats() Stats {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.stats
	s.State, s.Rate = g.m.State(), g.m.Rate()
	return s
}

// Outcomes returns what came of all calls, where the options keep it.
func (g *Guard[In, Out]) Outcomes() Outcomes {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.kept)
}

// A run is one execution of one path.
type run[Out any] struct {
	out   Out
	err   error
	wall  time.Duration
	steps uint64
}

// Call returns the answer to an input: the fast path's where that is trusted
// and did not fail, else the trusted path's. The error is the trusted path's
// own, or an [AbortError].
func (g *Guard[In, Out]) Call(ctx context.Context, in In) (Out, error) {
	g.mu.Lock()
	plan := g.m.Plan()
	g.calls++
	fault, faulty := g.faults[g.calls]
	g.mu.Unlock()

	var fast, trusted run[Out]
	e := entry{plan: plan}
	if plan.Fast {
		fast = g.run(ctx, g.fast, in)
		if faulty {
			fault.spoil(&fast.out, &fast.err, &fast.wall)
		}
		if err := aborted(ctx, fast.err); err != nil {
			return fast.out, err
		}
		e.fast = &cost{fast.wall, fast.steps}
	}
	alone := plan.Fast && fast.err == nil && !plan.Verify
	if !alone {
		trusted = g.run(ctx, g.trusted, in)
		if err := aborted(ctx, trusted.err); err != nil {
			return trusted.out, err
		}
		e.trusted = &cost{trusted.wall, trusted.steps}
	}
	start := g.o.Now()
	var err error
	if e.outcome, e.why, err = g.judge(ctx, plan, &fast, &trusted, alone); err != nil {
		return trusted.out, err
	}
	e.compare = g.o.Now().Sub(start)
	g.count(ctx, in, &fast, &trusted, &e)
	if alone {
		return fast.out, nil
	}
	return trusted.out, trusted.err
}

// run executes a path. A panic is an error.
func (g *Guard[In, Out]) run(ctx context.Context, path Func[In, Out], in In) (r run[Out]) {
	in = g.o.Copy(in)
	start, steps := g.o.Now(), g.o.Steps(ctx)
	defer func() {
		if p := recover(); p != nil {
			r.err = fmt.Errorf("panic: %v", p)
		}
		r.wall, r.steps = g.o.Now().Sub(start), g.o.Steps(ctx)-steps
	}()
	r.out, r.err = path(ctx, in)
	return r
}

// aborted returns the error of a call that neither path is to blame for.
func aborted(ctx context.Context, err error) error {
	var abort *AbortError
	if err == nil || errors.As(err, &abort) {
		if abort == nil {
			return nil
		}
		return abort
	}
	if cause := ctx.Err(); cause != nil && errors.Is(err, cause) {
		return &AbortError{err}
	}
	return nil
}

// judge says what came of a call. Its error is an [AbortError].
func (g *Guard[In, Out]) judge(ctx context.Context, plan Plan, fast, trusted *run[Out], alone bool) (Outcome, string, error) {
	switch {
	case !plan.Fast:
		return Skipped, "", nil
	case errors.Is(fast.err, ErrRunaway):
		return Runaway, fast.err.Error(), nil
	case alone:
		return Passed, "", nil
	case fast.err != nil && trusted.err != nil:
		return Verified, "", nil // that the input is bad, both have said
	case fast.err != nil:
		return Failed, fast.err.Error(), nil
	case trusted.err != nil:
		return Mismatch, "it returned an answer where the trusted path fails: " + trusted.err.Error(), nil
	}
	equal, err := g.equal(ctx, trusted.out, fast.out)
	if abort := aborted(ctx, err); abort != nil {
		return Skipped, "", abort
	}
	switch {
	case err != nil:
		return Mismatch, "the answers could not be compared: " + err.Error(), nil
	case !equal:
		return Mismatch, "its answer is not the trusted one", nil
	}
	return Verified, "", nil
}

// equal compares two answers. A panic is an error.
func (g *Guard[In, Out]) equal(ctx context.Context, trusted, fast Out) (equal bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			equal, err = false, fmt.Errorf("panic: %v", p)
		}
	}()
	return g.o.Equal(ctx, trusted, fast)
}

// A cost is what a path took.
type cost struct {
	wall  time.Duration
	steps uint64
}

// An entry is a line of the log.
type entry struct {
	plan          Plan
	outcome       Outcome
	why           string
	fast, trusted *cost // nil: it was not called
	compare       time.Duration
}

// count brings what came of a call into the state, the figures and the log.
func (g *Guard[In, Out]) count(ctx context.Context, in In, fast, trusted *run[Out], e *entry) {
	g.mu.Lock()
	before := g.m.State()
	g.m.Record(e.plan, e.outcome)
	after := g.m.State()
	var snapshot Snapshot
	if before != after {
		snapshot = g.m.Snapshot()
	}
	if g.o.Keep {
		g.kept.Add(e.outcome)
	}
	g.stats.add(e)
	if after == Open && before != Open {
		g.stats.Opened++
	}
	tested := g.tested
	g.mu.Unlock()
	if before != after && g.o.Changed != nil && !tested {
		g.o.Changed(snapshot)
	}
	if g.o.Logger == nil {
		return
	}
	level := slog.LevelInfo
	if e.outcome.bad() || before != after {
		level = slog.LevelWarn
	}
	if !g.o.Logger.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("guard", g.name), slog.Uint64("call", e.plan.Call), slog.String("outcome", e.outcome.String()), slog.String("state", string(after)),
	}
	if before != after {
		attrs = append(attrs, slog.String("was", string(before)))
	}
	if e.why != "" {
		attrs = append(attrs, slog.String("why", e.why))
	}
	attrs = append(attrs, g.measured("input", in)...)
	if e.fast != nil {
		attrs = append(attrs, slog.Int64("fast_ns", int64(e.fast.wall)))
		if fast.err == nil {
			attrs = append(attrs, g.measured("fast", fast.out)...)
		}
	}
	if e.trusted != nil {
		attrs = append(attrs, slog.Int64("trusted_ns", int64(e.trusted.wall)))
		if trusted.err == nil {
			attrs = append(attrs, g.measured("trusted", trusted.out)...)
		} else {
			attrs = append(attrs, slog.String("error", trusted.err.Error()))
		}
	}
	g.o.Logger.LogAttrs(ctx, level, "guarded call", attrs...)
}

func (g *Guard[In, Out]) measured(name string, v any) []slog.Attr {
	size, sum := g.o.Measure(v)
	if size < 0 {
		return nil
	}
	return []slog.Attr{slog.Int(name+"_bytes", size), slog.String(name+"_sha256", sum)}
}

func measure(v any) (int, string) {
	switch v := v.(type) {
	case string:
		return len(v), Sum([]byte(v))
	case []byte:
		return len(v), Sum(v)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return -1, ""
	}
	return len(text), Sum(text)
}

// Sum returns a SHA-256 checksum as the log has it.
func Sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
