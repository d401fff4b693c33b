package builtins

import (
	"fmt"
	"slices"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// A Sample is what timing.measure has found.
//
//	s.n       how many calls were measured
//	s.median  the duration that half of the calls did not exceed
//	s.min     the shortest duration
//	s.max     the longest duration
//	s.steps   of the interpreter for one call, the most if they differ: the
//	          same in every run, and good for a bound
type Sample struct {
	times []time.Duration // sorted
	steps uint64
}

var _ starlark.HasAttrs = (*Sample)(nil)

// N returns how many calls were measured.
func (s *Sample) N() int { return len(s.times) }

// Median returns the lower one of two in the middle.
func (s *Sample) Median() time.Duration { return s.times[(len(s.times)-1)/2] }

// Min returns the shortest time.
func (s *Sample) Min() time.Duration { return s.times[0] }

// Max returns the longest time.
func (s *Sample) Max() time.Duration { return s.times[len(s.times)-1] }

func (s *Sample) String() string        { return fmt.Sprintf("sample(n = %d)", len(s.times)) }
func (s *Sample) Type() string          { return "sample" }
func (s *Sample) Truth() starlark.Bool  { return true }
func (s *Sample) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", s.Type()) }
func (s *Sample) Freeze()               {} // immutable

func (s *Sample) Attr(name string) (starlark.Value, error) {
	switch name {
	case "max":
		return Duration(s.Max()), nil
	case "median":
		return Duration(s.Median()), nil
	case "min":
		return Duration(s.Min()), nil
	case "n":
		return starlark.MakeInt(s.N()), nil
	case "steps":
		return starlark.MakeUint64(s.steps), nil
	}
	return nil, nil
}

func (s *Sample) AttrNames() []string { return []string{"max", "median", "min", "n", "steps"} }

func (s *Sample) reported() string {
	return fmt.Sprintf("median of %d: %v, from %v to %v, %d steps", s.N(), s.Median(), s.Min(), s.Max(), s.steps)
}

// A Duration is a time of a sample. It can be compared with another one
// (s.median < other.max), also with a multiple of it (2 * s.median), and t.log
// shows it in the report. It has no text and no number, which could get into a
// generated file.
type Duration time.Duration

var (
	_ starlark.Comparable = Duration(0)
	_ starlark.HasBinary  = Duration(0)
)

func (d Duration) String() string        { return "duration" }
func (d Duration) Type() string          { return "duration" }
func (d Duration) Truth() starlark.Bool  { return true }
func (d Duration) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", d.Type()) }
func (d Duration) Freeze()               {} // immutable
func (d Duration) reported() string      { return time.Duration(d).String() }

func (d Duration) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	e := y.(Duration)
	switch op {
	case syntax.LT:
		return d < e, nil
	case syntax.LE:
		return d <= e, nil
	case syntax.GT:
		return d > e, nil
	case syntax.GE:
		return d >= e, nil
	case syntax.EQL:
		return d == e, nil
	}
	return d != e, nil
}

// Binary gives a multiple of a duration; there is no other operation.
func (d Duration) Binary(op syntax.Token, y starlark.Value, _ starlark.Side) (starlark.Value, error) {
	const most = 1_000_000
	if n, ok := y.(starlark.Int); ok && op == syntax.STAR {
		if k, ok := n.Int64(); ok && 0 < k && k <= most {
			return d * Duration(k), nil
		}
		return nil, fmt.Errorf("a duration can be taken 1 to %d times, got %s", most, shown(n))
	}
	return nil, nil
}

// mostCalls bounds what timing.measure keeps.
const mostCalls = 1_000_000

func timingMeasure(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var fn starlark.Callable
	var n int
	var name string
	if err := unpackArgs(b, args, kwargs, "fn", &fn, "n", &n, "name?", &name); err != nil {
		return nil, err
	}
	if n < 1 || n > mostCalls {
		return nil, fmt.Errorf("%s: for parameter n: got %d, want 1 to %d calls", b.Name(), n, mostCalls)
	}
	env, err := envOf(thread, b)
	if err != nil {
		return nil, err
	}
	if !env.Measures {
		return nil, fmt.Errorf("%s: only a scenario can measure, for what starboard run writes is the same however long it takes", b.Name())
	}
	if name == "" {
		name = fn.Name()
	}
	s := &Sample{times: make([]time.Duration, n)}
	first, began := thread.ExecutionSteps(), env.Now()
	for i := range n {
		steps, start := thread.ExecutionSteps(), env.Now()
		if _, err := starlark.Call(thread, fn, nil, nil); err != nil {
			return nil, err
		}
		s.times[i] = env.Now().Sub(start)
		s.steps = max(s.steps, thread.ExecutionSteps()-steps)
	}
	slices.Sort(s.times)
	*env.Sections = append(*env.Sections, Section{Name: name, Wall: env.Now().Sub(began), Steps: thread.ExecutionSteps() - first, Sample: s})
	return s, nil
}
