package builtins

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"
)

// The conditions of t.deterministic, in the order in which calls are made
// under them.
const (
	interleaved = "interleaved" // the other functions, and another call, come between a circuit and its project
	threads     = "threads"     // the program runs on a single thread at a time
	collected   = "collected"   // unused memory has just been freed
	modules     = "modules"     // the files of the suite are loaded anew, the last first
)

var deterministicConditions = []string{interleaved, threads, collected, modules}

// rounds is how often t.deterministic calls each function unless it is told: an
// order that a map gives away by chance stays the same in few of so many.
const rounds = 6

// A repetition is one t.deterministic.
type repetition struct {
	t          *T
	thread     *starlark.Thread
	b          *starlark.Builtin
	fns        []starlark.Callable
	conditions []string
	asked      bool // for just these conditions
	first      []starlark.Value
}

func scenarioDeterministic(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	r := &repetition{t: b.Receiver().(*T), thread: thread, b: b, conditions: deterministicConditions}
	var own string
	runs := rounds
	var conditions starlark.Iterable
	if err := unpackArgs(b, nil, kwargs, "msg?", &own, "runs?", &runs, "conditions??", &conditions); err != nil {
		return nil, err
	}
	if conditions != nil {
		var err error
		if r.conditions, err = stringList(b, "conditions", conditions); err != nil {
			return nil, err
		}
		r.asked = true
		for _, c := range r.conditions {
			if !slices.Contains(deterministicConditions, c) {
				return nil, fmt.Errorf("%s: for parameter conditions: there is no %q%s", b.Name(), c, orElse(c, deterministicConditions))
			}
		}
	}
	const most = 1000
	if runs < 2 || runs > most {
		return nil, fmt.Errorf("%s: for parameter runs: got %d, want 2 to %d", b.Name(), runs, most)
	}
	if len(args) == 0 {
		return nil, fmt.Errorf("%s: missing argument for fn", b.Name())
	}
	r.fns = make([]starlark.Callable, len(args))
	for i, a := range args {
		fn, ok := a.(starlark.Callable)
		if !ok {
			return nil, fmt.Errorf("%s: for argument %d: got %s, want function", b.Name(), i+1, a.Type())
		}
		r.fns[i] = fn
	}
	r.first = make([]starlark.Value, len(args))
	for round := range max(runs, 2+len(r.conditions)) {
		condition := ""
		if round >= 2 && len(r.conditions) > 0 {
			condition = r.conditions[(round-2)%len(r.conditions)]
		}
		msg, detail, err := r.round(round, condition)
		if err != nil {
			return nil, err
		}
		if msg != "" {
			return r.t.failed(thread, b, own, msg, detail)
		}
	}
	return r.t.held()
}

// round calls each function once, and compares with the first round.
func (r *repetition) round(round int, condition string) (msg, detail string, err error) {
	host := r.t.s.host
	switch {
	case condition == threads && host.OneThread != nil:
		defer host.OneThread()()
	case condition == collected && host.Collect != nil:
		host.Collect()
	}
	for i := range r.fns {
		k := i
		if round%2 == 1 {
			k = len(r.fns) - 1 - i // what came before is not always the same
		}
		fn := r.fns[k]
		if condition == modules {
			if fn, err = r.anew(fn); err != nil {
				return "", "", err
			}
			if fn == nil {
				continue
			}
		}
		v, err := starlark.Call(r.thread, fn, nil, nil)
		if err != nil {
			return "", "", err
		}
		if condition == interleaved {
			if err := r.others(k); err != nil {
				return "", "", err
			}
		}
		if v, err = r.projected(v, k); err != nil {
			return "", "", err
		}
		if r.first[k] == nil {
			r.first[k] = v
			continue
		}
		got, want := unmade(v), unmade(r.first[k])
		equal, err := starlark.EqualDepth(got, want, deep)
		if err != nil {
			return "", "", fmt.Errorf("%s: %v", r.b.Name(), err)
		}
		if !equal {
			what, detail := difference(got, want)
			return fmt.Sprintf("call %d of %s%s gives something else than the first: %s", round+1, fn.Name(), under(condition), what), detail, nil
		}
	}
	return "", "", nil
}

func under(condition string) string {
	if condition == "" {
		return ""
	}
	return " (" + condition + ")"
}

// projected turns a circuit into its project.
func (r *repetition) projected(v starlark.Value, k int) (starlark.Value, error) {
	c, ok := v.(*Circuit)
	if !ok {
		return v, nil
	}
	if f, ok := r.first[k].(*made); ok && f.circuit == c {
		return nil, fmt.Errorf("%s: %s returned the same circuit twice, which proves nothing: let it make a new one", r.b.Name(), r.fns[k].Name())
	}
	tree, err := projectOf(r.thread, r.b, c)
	if err != nil {
		return nil, err
	}
	return &made{&Tree{tree}, c}, nil
}

// others calls all functions, that of number k last, and makes projects of
// their circuits.
func (r *repetition) others(k int) error {
	for i := range r.fns {
		v, err := starlark.Call(r.thread, r.fns[(k+1+i)%len(r.fns)], nil, nil)
		if err != nil {
			return err
		}
		if c, ok := v.(*Circuit); ok {
			if _, err := projectOf(r.thread, r.b, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// anew returns the function after its file has been loaded anew, or nil where
// that cannot be: it is made by another function.
func (r *repetition) anew(fn starlark.Callable) (starlark.Callable, error) {
	f, ok := fn.(*starlark.Function)
	if ok && r.t.s.host.Anew != nil {
		again, err := r.t.s.host.Anew(f)
		if err != nil {
			return nil, err
		}
		if again != nil {
			return again, nil
		}
	}
	if r.asked {
		return nil, fmt.Errorf("%s: for parameter conditions: modules needs functions that are defined at the top of a file, and %s is not", r.b.Name(), fn.Name())
	}
	return nil, nil
}

// A made is the project of a circuit, and the circuit.
type made struct {
	*Tree
	circuit *Circuit
}

func unmade(v starlark.Value) starlark.Value {
	if m, ok := v.(*made); ok {
		return m.Tree
	}
	return v
}

// A Repro is what t.reproducible asks for.
type Repro struct {
	From       string   // the file of the call, as positions have it
	Script     string   // relative to that
	Args       []string // name=value
	Runs       int      // 0 is the usual number
	Conditions []string // nil is all
	Each       bool
	Mask       []string
}

func scenarioReproducible(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	q := Repro{From: thread.CallFrame(1).Pos.Filename()}
	var own string
	var params *starlark.Dict
	var conditions, mask starlark.Iterable
	if err := unpackArgs(b, args, kwargs, "script", &q.Script, "args??", &params, "runs?", &q.Runs, "conditions??", &conditions,
		"each?", &q.Each, "mask??", &mask, "msg?", &own); err != nil {
		return nil, err
	}
	if q.Runs < 0 || q.Runs == 1 || q.Runs > 100 {
		return nil, fmt.Errorf("%s: for parameter runs: got %d, want 2 to 100", b.Name(), q.Runs)
	}
	if params != nil {
		for _, item := range params.Items() {
			name, ok := starlark.AsString(item[0])
			if !ok {
				return nil, fmt.Errorf("%s: for parameter args: got %s for a key, want string", b.Name(), item[0].Type())
			}
			q.Args = append(q.Args, name+"="+textOf(item[1]))
		}
	}
	var err error
	if conditions != nil {
		if q.Conditions, err = stringList(b, "conditions", conditions); err != nil {
			return nil, err
		}
		if q.Conditions == nil {
			q.Conditions = []string{}
		}
	}
	if mask != nil {
		if q.Mask, err = stringList(b, "mask", mask); err != nil {
			return nil, err
		}
	}
	if t.s.host.Reproducible == nil {
		return nil, fmt.Errorf("%s: there is nothing here that could run a script", b.Name())
	}
	msg, detail, err := t.s.host.Reproducible(q)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", b.Name(), strings.TrimSuffix(err.Error(), "\n"))
	}
	if msg != "" {
		return t.failed(thread, b, own, msg, detail)
	}
	return t.held()
}
