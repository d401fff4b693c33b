package builtins

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starboard/builtins/sample"
)

// A Measurement is the answer to a question about time that a scenario asked.
type Measurement struct {
	Check  string // "t.faster" or "t.within"
	Pos    syntax.Position
	Answer sample.Comparison // of t.faster; of t.within, only the verdict
	Limit  time.Duration     // of t.within
	Series []sample.Series   // what was measured: the candidate, then the reference
	Msg    string            // the answer in words
}

// alone runs fn while no other scenario runs.
func (s *Scenario) alone(fn func() error) (err error) {
	if s.host.Alone == nil {
		return fn()
	}
	s.host.Alone(func() { err = fn() })
	return err
}

// subject returns a measurement of calling fn without arguments.
func subject(thread *starlark.Thread, name string, fn starlark.Callable) sample.Subject {
	return sample.Subject{
		Name:  name,
		Steps: thread.ExecutionSteps,
		Run: func(n int) error {
			for range n {
				if _, err := starlark.Call(thread, fn, nil, nil); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// inert returns err without what says which side failed, as the place in the
// script tells it.
func inert(err error) error {
	var s *sample.SubjectError
	if errors.As(err, &s) {
		return s.Err
	}
	return err
}

func scenarioFaster(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	var (
		candidate, reference starlark.Callable
		by                   starlark.Value = starlark.Float(2)
		rounds                              = sample.DefaultRounds
		same                                = true
		own                  string
	)
	if err := unpackArgs(b, args, kwargs, "candidate", &candidate, "reference", &reference, "by?", &by, "rounds?", &rounds, "same?", &same, "msg?", &own); err != nil {
		return nil, err
	}
	factor, ok := starlark.AsFloat(by)
	if !ok || !(factor >= 1) || math.IsInf(factor, 0) {
		return nil, fmt.Errorf("%s: for parameter by: got %s, want a number of 1 or more", b.Name(), shown(by))
	}
	if rounds < sample.Fewest || rounds > 1000 {
		return nil, fmt.Errorf("%s: for parameter rounds: got %d, want %d to 1000", b.Name(), rounds, sample.Fewest)
	}
	if same {
		// A wrong answer is never a fast one.
		want, err := starlark.Call(thread, reference, nil, nil)
		if err != nil {
			return nil, err
		}
		got, err := starlark.Call(thread, candidate, nil, nil)
		if err != nil {
			return nil, err
		}
		if equal, err := starlark.EqualDepth(got, want, deep); err != nil {
			return nil, fmt.Errorf("%s: %v", b.Name(), err)
		} else if !equal {
			msg, detail := difference(got, want)
			return t.failed(thread, b, own, "the two return different values, which was not timed: "+msg, detail)
		}
	}
	var series []sample.Series
	err := t.s.alone(func() (err error) {
		series, err = sample.Measure(t.s.host.Now, sample.Plan{Rounds: rounds}, subject(thread, "candidate", candidate), subject(thread, "reference", reference))
		return err
	})
	if err != nil {
		return nil, inert(err)
	}
	answer, err := sample.AtLeast(series[0].Times(), series[1].Times(), factor, sample.Alpha)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	timing := Measurement{Check: b.Name(), Answer: answer, Series: series, Msg: FasterInWords(answer, series)}
	return t.timed(thread, b, own, timing)
}

// FasterInWords says what an answer of [sample.AtLeast] is.
func FasterInWords(c sample.Comparison, series []sample.Series) string {
	var w strings.Builder
	fmt.Fprintf(&w, "%.3g times faster (%.3g to %.3g)", c.Ratio, c.Low, c.High)
	switch c.Verdict {
	case sample.Yes:
		fmt.Fprintf(&w, ", which is %g times or more", c.By)
	case sample.No:
		fmt.Fprintf(&w, ", not %g times", c.By)
	default:
		fmt.Fprintf(&w, "; cannot tell whether that is %g times: p = %.2g, want less than %g", c.By, c.P, c.Alpha)
	}
	if len(series) == 2 {
		fmt.Fprintf(&w, "; medians %s and %s", duration(sample.Summarize(series[0].Times(), 0.95).Median), duration(sample.Summarize(series[1].Times(), 0.95).Median))
		if series[0].Steps > 0 && series[1].Steps > 0 {
			fmt.Fprintf(&w, ", %s and %s steps", stepsInWords(series[0].Steps), stepsInWords(series[1].Steps))
		}
	}
	return w.String()
}

// stepsInWords writes steps, of which there may be parts where calls differ.
func stepsInWords(n float64) string {
	if n < 1000 {
		return fmt.Sprintf("%.4g", n)
	}
	return humanize.Comma(int64(math.Round(n)))
}

// duration writes nanoseconds as people read them.
func duration(ns float64) string {
	d := time.Duration(ns)
	switch {
	case ns < 1000:
		return fmt.Sprintf("%.3gns", ns)
	case d < time.Millisecond:
		return fmt.Sprintf("%.3gµs", ns/1e3)
	case d < time.Second:
		return fmt.Sprintf("%.3gms", ns/1e6)
	}
	return fmt.Sprintf("%.3gs", ns/1e9)
}

func scenarioWithin(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	var (
		fn     starlark.Callable
		ms     starlark.Value
		rounds = sample.DefaultRounds
		own    string
	)
	if err := unpackArgs(b, args, kwargs, "fn", &fn, "ms", &ms, "rounds?", &rounds, "msg?", &own); err != nil {
		return nil, err
	}
	limit, ok := starlark.AsFloat(ms)
	if !ok || !(limit > 0) || limit > 1e9 {
		return nil, fmt.Errorf("%s: for parameter ms: got %s, want a number of milliseconds", b.Name(), shown(ms))
	}
	if rounds < sample.Fewest || rounds > 1000 {
		return nil, fmt.Errorf("%s: for parameter rounds: got %d, want %d to 1000", b.Name(), rounds, sample.Fewest)
	}
	var series []sample.Series
	err := t.s.alone(func() (err error) {
		series, err = sample.Measure(t.s.host.Now, sample.Plan{Rounds: rounds}, subject(thread, "fn", fn))
		return err
	})
	if err != nil {
		return nil, inert(err)
	}
	sum := sample.Summarize(series[0].Times(), 0.99)
	timing := Measurement{Check: b.Name(), Limit: time.Duration(limit * 1e6), Series: series}
	switch bound := limit * 1e6; {
	case !sum.Certain:
		timing.Answer.Verdict = sample.CannotTell
	case sum.High <= bound:
		timing.Answer.Verdict = sample.Yes
	case sum.Low > bound:
		timing.Answer.Verdict = sample.No
	default:
		timing.Answer.Verdict = sample.CannotTell
	}
	timing.Msg = fmt.Sprintf("took %s (%s to %s)", duration(sum.Median), duration(sum.Low), duration(sum.High))
	switch timing.Answer.Verdict {
	case sample.No:
		timing.Msg += fmt.Sprintf(", more than %s", duration(limit*1e6))
	case sample.CannotTell:
		timing.Msg += fmt.Sprintf("; cannot tell whether that is within %s", duration(limit*1e6))
	}
	timing.Msg += "; a bound of this machine and its load"
	return t.timed(thread, b, own, timing)
}

// timed records the answer to a question about time.
func (t *T) timed(thread *starlark.Thread, b *starlark.Builtin, own string, x Measurement) (starlark.Value, error) {
	x.Pos, _ = framesOf(thread.CallStack(), t.s.Pos)
	t.s.Timings = append(t.s.Timings, x)
	if x.Answer.Verdict == sample.Yes {
		t.s.Log(x.Pos, b.Name()+": "+x.Msg)
		return t.held()
	}
	before := len(t.s.Failures)
	v, err := t.failed(thread, b, own, x.Msg, "")
	if x.Answer.Verdict == sample.CannotTell && len(t.s.Failures) > before {
		t.s.Failures[before].Undecided = true
	}
	return v, err
}
