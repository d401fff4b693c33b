package builtins

import (
	"errors"
	"fmt"
	"hash/fnv"
	"path"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starboard/builtins/property"
)

// What bounds t.forall: counts, never a clock.
const (
	usualExamples = 100
	mostExamples  = 1_000_000
	mostShrinks   = 1500
	exampleSteps  = 20_000_000  // of the interpreter, for one example
	shrinkSteps   = 200_000_000 // for all that is done to make it smaller
)

// An example is one that is ready to be tried. Describe says in a script how to
// come by it, and is called before run, which may change it.
type example struct {
	describe func(w *sourceWriter)
	run      func(thread *starlark.Thread) error
}

// A trial is one check of a property.
type trial struct {
	t       *T
	b       *starlark.Builtin
	outer   *starlark.Thread
	prepare func(d *drawing) (*example, error)

	examples int
	seed     uint64
	own      string // msg

	thread   *starlark.Thread       // that runs the examples
	onMax    func(*starlark.Thread) // what ends the scenario
	exceeded bool
	leave    func()
	spent    uint64 // steps so far
	labels   []string
	counts   map[string]int
}

// trialOptions takes the options out of the keyword arguments of a check that
// draws examples. An argument that is a generator is never an option: so a
// function may have parameters of the same names.
func trialOptions(b *starlark.Builtin, kwargs []starlark.Tuple) (tr *trial, rest []starlark.Tuple, err error) {
	tr = &trial{b: b, examples: usualExamples, counts: map[string]int{}}
	var seed *uint64
	for _, kw := range kwargs {
		name := string(kw[0].(starlark.String))
		if _, is := kw[1].(*Generator); is {
			rest = append(rest, kw)
			continue
		}
		switch name {
		case "examples":
			n, err := starlark.AsInt32(kw[1])
			if err != nil || n < 1 || n > mostExamples {
				return nil, nil, fmt.Errorf("%s: for parameter examples: got %s, want 1 to %s", b.Name(), shown(kw[1]), humanize.Comma(mostExamples))
			}
			tr.examples = n
		case "seed":
			i, ok := kw[1].(starlark.Int)
			n, ok2 := i.Uint64()
			if !ok || !ok2 {
				return nil, nil, fmt.Errorf("%s: for parameter seed: got %s, want a number from 0 to 2^64-1", b.Name(), shown(kw[1]))
			}
			seed = &n
		case "msg":
			text, ok := starlark.AsString(kw[1])
			if !ok {
				return nil, nil, fmt.Errorf("%s: for parameter msg: got %s, want string", b.Name(), kw[1].Type())
			}
			tr.own = text
		default:
			rest = append(rest, kw)
		}
	}
	t := b.Receiver().(*T)
	if t.s.example {
		return nil, nil, fmt.Errorf("%s: inside of an example of another check: draw all that is needed there", b.Name())
	}
	tr.t = t
	t.s.trials++
	switch {
	case t.s.host.Seed != nil:
		tr.seed = *t.s.host.Seed
	case seed != nil:
		tr.seed = *seed
	default:
		h := fnv.New64a()
		fmt.Fprintf(h, "%s\x00%s\x00%d", path.Base(t.s.Pos.Filename()), t.s.Name, t.s.trials)
		tr.seed = h.Sum64() >> 32 // as short as people can copy
	}
	return tr, rest, nil
}

func scenarioForall(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	tr, rest, err := trialOptions(b, kwargs)
	if err != nil {
		return nil, err
	}
	var fn starlark.Callable
	if err := starlark.UnpackPositionalArgs(b.Name(), args, nil, 1, &fn); err != nil {
		return nil, err
	}
	fields, err := named(b, rest)
	if err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		return nil, fmt.Errorf("%s: there is no generator: give one for each parameter of %s, such as x = gen.int()", b.Name(), fn.Name())
	}
	return tr.forAll(thread, fields, fn.Name(), tr.takesT(fn, fields), func(thread *starlark.Thread, values []starlark.Tuple) error {
		var first starlark.Tuple
		if tr.takesT(fn, fields) {
			first = starlark.Tuple{tr.t}
		}
		v, err := starlark.Call(thread, fn, first, values)
		if v == starlark.False && err == nil && len(tr.t.s.Failures) == tr.t.s.before {
			return &falseError{fn.Name()}
		}
		return err
	})
}

// A falseError says that a function which had to hold returned False: a check
// that did not hold, not a mistake in the script.
type falseError struct{ fn string }

func (e *falseError) Error() string { return e.fn + " returned False" }

// takesT reports whether a function has a first parameter that no generator is
// for: it is t.
func (tr *trial) takesT(fn starlark.Callable, fields []field) bool {
	f, ok := fn.(*starlark.Function)
	if !ok || f.NumParams() == 0 || f.NumKwonlyParams() == f.NumParams() {
		return false
	}
	name, _ := f.Param(0)
	return !slices.ContainsFunc(fields, func(x field) bool { return x.name == name })
}

// forAll tries run with what the fields give. Name is that of the function, for
// the script that repeats the failure.
func (tr *trial) forAll(thread *starlark.Thread, fields []field, name string, withT bool, run func(*starlark.Thread, []starlark.Tuple) error) (starlark.Value, error) {
	tr.prepare = func(d *drawing) (*example, error) {
		values, err := d.all(fields)
		if err != nil {
			return nil, err
		}
		describe := func(w *sourceWriter) {
			for _, f := range fields {
				w.taken[f.name] = true
			}
			var args []string
			if withT {
				args = append(args, "t")
			}
			for _, v := range values {
				field := string(v[0].(starlark.String))
				w.assign(field, v[1])
				args = append(args, field+" = "+field)
			}
			if name != "lambda" {
				w.line(0, "%s(%s)", name, strings.Join(args, ", "))
			}
		}
		return &example{describe, func(thread *starlark.Thread) error { return run(thread, values) }}, nil
	}
	return tr.search(thread)
}

// search looks for an example that fails, and records what it finds.
func (tr *trial) search(thread *starlark.Thread) (starlark.Value, error) {
	t, s := tr.t, tr.t.s
	tr.outer = thread
	env, err := envOf(thread, tr.b)
	if err != nil {
		return nil, err
	}
	sections, built := env.Sections, env.Built
	s.example, env.Sections, env.Built = true, new([]Section), nil
	defer func() {
		s.example, env.Sections, env.Built = false, sections, built
		tr.release()
	}()
	kept, err := s.readKept()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tr.b.Name(), err)
	}
	search := property.Search{Seed: tr.seed, Examples: tr.examples, Shrinks: mostShrinks, Kept: kept.choices(s), Least: kept.faults(s)}
	shrinking := uint64(0)
	search.Spent = func() bool {
		if shrinking == 0 {
			shrinking = tr.spent + 1
		}
		return tr.spent+1-shrinking > shrinkSteps
	}
	result, err := property.Check(search, tr.try)
	if err != nil {
		return nil, err
	}
	if result.Failure == nil {
		return tr.passed(kept, result)
	}
	env.Sections, env.Built = sections, built
	if err := tr.report(kept, result); err != nil {
		return nil, err
	}
	if t.must {
		return nil, errStopped
	}
	return starlark.False, nil
}

// passed records that no example fails, if enough were tried for that.
func (tr *trial) passed(kept *keptExamples, r *property.Result) (starlark.Value, error) {
	s := tr.t.s
	var worst string
	for by, n := range r.Rejected {
		if worst == "" || n > r.Rejected[worst] || n == r.Rejected[worst] && by < worst {
			worst = by
		}
	}
	if r.Large > r.Rejected[worst] {
		worst = "the size: they take too many choices"
	}
	lost := r.Rejections() + r.Large
	if r.Held == 0 || r.Held < tr.examples && lost > r.Repeated {
		return nil, fmt.Errorf("%s: only %d of %d examples were tried, for %d were rejected, most by %s: draw what fits instead, with gen.map or gen.build",
			tr.b.Name(), r.Held, r.Held+lost, lost, worst)
	}
	words := fmt.Sprintf("%s: %s, seed %d", tr.b.Name(), counted(r.Held, "example"), tr.seed)
	if r.Held < tr.examples {
		words += ": no more that differ were found"
	}
	if lost > 0 {
		words += fmt.Sprintf("; %d rejected", lost)
	}
	for _, label := range tr.labels {
		words += fmt.Sprintf("; %s: %d", label, tr.counts[label])
	}
	if n := len(r.Fixed); n > 0 && s.host.Keep != nil {
		if s.host.Prune {
			if _, err := kept.drop(s, r.Fixed); err != nil {
				return nil, fmt.Errorf("%s: %w", tr.b.Name(), err)
			}
		} else {
			words += fmt.Sprintf("; %s that failed once %s now, and %s kept: --update forgets what holds", counted(n, "example"), verb(n, "holds", "hold"), verb(n, "is", "are"))
		}
	}
	s.Log(tr.outer.CallFrame(1).Pos, words)
	return tr.t.held()
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// run returns the thread that runs examples, under the bounds of the scenario.
func (tr *trial) run() *starlark.Thread {
	if tr.thread == nil || tr.exceeded {
		tr.release()
		th := &starlark.Thread{Name: tr.outer.Name, Print: tr.outer.Print, Load: tr.outer.Load}
		th.SetLocal(envKey, tr.outer.Local(envKey))
		tr.thread, tr.exceeded = th, false
		if tr.t.s.host.Watch != nil {
			tr.leave = tr.t.s.host.Watch(th)
		}
		tr.onMax = th.OnMaxSteps
	}
	th := tr.thread
	left := uint64(exampleSteps)
	th.OnMaxSteps = tr.onMax
	if most := tr.t.s.host.MaxSteps; most > 0 && most < tr.outer.Steps+left {
		th.SetMaxExecutionSteps(th.Steps + most - min(most-1, tr.outer.Steps))
		return th // the scenario ends before the example does
	}
	th.SetMaxExecutionSteps(th.Steps + left)
	th.OnMaxSteps = func(th *starlark.Thread) {
		th.OnMaxSteps = tr.onMax
		tr.exceeded = true
		th.Cancel("too many steps in one example")
	}
	return th
}

func (tr *trial) release() {
	if tr.leave != nil {
		tr.leave()
		tr.leave = nil
	}
}

// A mark is what a scenario had recorded before an example.
type mark struct{ checks, failures, logs, sums, subs int }

func (s *Scenario) mark() mark {
	return mark{s.Checks, len(s.Failures), len(s.Logs), len(s.Sums), len(s.Subs)}
}

// rewind forgets what was recorded since, but for the number of checks.
func (s *Scenario) rewind(m mark) {
	s.Failures, s.Logs, s.Sums, s.Subs = s.Failures[:m.failures], s.Logs[:m.logs], s.Sums[:m.sums], s.Subs[:m.subs]
}

// try draws an example and runs it. It leaves no trace but the checks that
// were made.
func (tr *trial) try(src *property.Source) (property.Outcome, error) {
	m := tr.t.s.mark()
	defer tr.t.s.rewind(m)
	_, out, err := tr.once(src, true)
	if out.Status == property.Failed {
		tr.t.s.Checks = m.checks // how many there are must not depend on how it is made smaller
	}
	return out, err
}

// once draws an example and runs it. The failures are left in the scenario.
func (tr *trial) once(src *property.Source, quick bool) (w *sourceWriter, out property.Outcome, err error) {
	s := tr.t.s
	th := tr.run()
	before, steps := len(s.Failures), th.Steps
	s.before, s.labels = before, nil
	if !quick {
		w = newSourceWriter()
	}
	defer func() {
		tr.spent += th.Steps - steps
		tr.outer.Steps += th.Steps - steps
	}()
	d := &drawing{src: src, thread: th, by: tr.b.Name()}
	ex, err := tr.prepare(d)
	if err == nil {
		if !quick {
			ex.describe(w)
		}
		err = ex.run(th)
	}
	var no *rejection
	switch {
	case errors.As(err, &no):
		return w, property.Outcome{Status: property.Rejected, Why: no.by}, nil
	case tr.exceeded:
		err = fmt.Errorf("it took more than %s steps", humanize.Comma(exampleSteps))
		s.Failures = append(s.Failures, Failure{Msg: err.Error(), Pos: tr.outer.CallFrame(1).Pos})
	case err != nil && !errors.Is(err, errStopped):
		if errors.As(err, new(*skipError)) {
			return w, property.Outcome{}, err
		}
		f, stopped := s.failure(err)
		if stopped {
			return w, property.Outcome{}, err
		}
		if f.Pos == s.Pos { // a function that is not in a script
			f.Pos = tr.outer.CallFrame(1).Pos
		}
		if errors.As(err, new(*falseError)) {
			f.Check = tr.b.Name()
		}
		s.Failures = append(s.Failures, f)
	}
	if len(s.Failures) == before {
		for _, label := range s.labels {
			if tr.counts[label] == 0 {
				tr.labels = append(tr.labels, label)
			}
			tr.counts[label]++
		}
		return w, property.Outcome{}, nil
	}
	return w, property.Outcome{Status: property.Failed, Fault: fault(s.Failures[before])}, nil
}

// fault returns what is equal for failures of the same check, or errors, in
// the same place of the script, by way of the same calls. It is kept, and so
// does not have the folder, which depends on what suites may load.
func fault(f Failure) string {
	in := func(p syntax.Position) string { return fmt.Sprintf("%s:%d:%d", path.Base(p.Filename()), p.Line, p.Col) }
	seen := map[string]bool{}
	words := []string{f.Check + "@" + in(f.Pos)}
	for _, fr := range f.Trace {
		if at := in(fr.Pos); !seen[at] { // recursion may go less deep
			seen[at] = true
			words = append(words, at)
		}
	}
	return strings.Join(words, " ")
}

// report records the smallest failing example.
func (tr *trial) report(kept *keptExamples, r *property.Result) error {
	s, f := tr.t.s, r.Failure
	before := len(s.Failures)
	w, out, err := tr.once(property.Replay(f.Choices), false)
	if err != nil {
		return err
	}
	s.Checks++
	if f.Fickle || out.Status != property.Failed || out.Fault != f.Fault {
		s.Failures = append(s.Failures[:before], Failure{
			Check: tr.b.Name(), Pos: tr.outer.CallFrame(1).Pos,
			Msg:    "the same example fails once and holds once: the function depends on what ran before it",
			Detail: fmt.Sprintf("seed %d", tr.seed),
		})
		return nil
	}
	words := fmt.Sprintf("the smallest example that fails, of seed %d: found after %s, made smaller in %s", tr.seed, counted(f.After, "example"), tries(f.Shrinks))
	if f.Kept >= 0 {
		words = "the smallest example that fails; it had been kept"
		if f.Shrinks > 0 {
			words += ", and was made smaller in " + tries(f.Shrinks)
		}
	}
	if file, err := kept.add(s, f, w.lines); err != nil {
		words += "; it could not be kept: " + err.Error()
	} else if file != "" {
		words += "; it is kept in " + file
	}
	outer := callsOf(tr.outer)
	for i := before; i < len(s.Failures); i++ {
		x := &s.Failures[i]
		inner := x.Trace
		if inner == nil {
			inner = []Frame{{"example", x.Pos}}
		}
		x.Trace = slices.Concat(outer, inner)
		if tr.own != "" {
			x.Msg = tr.own + ": " + x.Msg
		}
	}
	first := &s.Failures[before]
	if first.Check == "" && len(w.lines) == 0 {
		w.line(0, "# there is no example: its generator fails")
	}
	if first.Detail != "" {
		first.Detail += "\n"
	}
	first.Detail += words + "\n" + indent(strings.Join(w.lines, "\n"))
	return nil
}

func tries(n int) string {
	if n == 1 {
		return "1 try"
	}
	return fmt.Sprintf("%d tries", n)
}

// callsOf returns the calls in scripts that led to where a thread is.
func callsOf(thread *starlark.Thread) []Frame {
	var frames []Frame
	for _, f := range thread.CallStack() {
		if f.Pos.Line > 0 {
			frames = append(frames, Frame{f.Name, f.Pos})
		}
	}
	return frames
}

func scenarioAssume(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	var x starlark.Value
	if err := unpackArgs(b, args, kwargs, "x", &x); err != nil {
		return nil, err
	}
	if !t.s.example {
		return nil, fmt.Errorf("%s: outside of t.forall there is no example to leave out; t.skip ends a scenario", b.Name())
	}
	if !x.Truth() {
		return nil, &rejection{b.Name() + " in " + caller(thread)}
	}
	return starlark.None, nil
}

func scenarioLabel(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	var x starlark.Value
	if err := unpackArgs(b, args, kwargs, "x", &x); err != nil {
		return nil, err
	}
	if !t.s.example {
		return nil, fmt.Errorf("%s: outside of t.forall there is no example to label", b.Name())
	}
	if label := textOf(x); !slices.Contains(t.s.labels, label) {
		t.s.labels = append(t.s.labels, cut(label))
	}
	return starlark.None, nil
}
