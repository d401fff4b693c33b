package builtins

import (
	"errors"
	"fmt"
	"strings"

	"go.starlark.net/starlark"
)

// stepTaken is one step of a machine, with its arguments.
type stepTaken struct {
	step *Step
	args []starlark.Tuple
}

func scenarioMachine(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	tr, rest, err := trialOptions(b, kwargs)
	if err != nil {
		return nil, err
	}
	var start starlark.Callable
	var list starlark.Iterable
	var check starlark.Callable
	length := 20
	if err := unpackArgs(b, args, rest, "start", &start, "steps", &list, "check??", &check, "length?", &length); err != nil {
		return nil, err
	}
	if length < 1 || length > 1000 {
		return nil, fmt.Errorf("%s: for parameter length: got %d, want 1 to 1000", b.Name(), length)
	}
	var steps []*Step
	for v := range starlark.Elements(list) {
		s, ok := v.(*Step)
		if !ok {
			return nil, fmt.Errorf("%s: for parameter steps: got %s, want steps such as gen.step(fn, x = gen.int())", b.Name(), v.Type())
		}
		steps = append(steps, s)
	}
	if len(steps) == 0 {
		return nil, fmt.Errorf("%s: for parameter steps: there is none", b.Name())
	}
	tr.prepare = func(d *drawing) (*example, error) {
		var taken []*stepTaken
		err := d.times("step", 0, length, func(int) error {
			s := pick(d, steps)
			args, err := d.all(s.fields)
			taken = append(taken, &stepTaken{step: s, args: args})
			return err
		})
		if err != nil {
			return nil, err
		}
		m := &machine{tr: tr, start: start, check: check, taken: taken}
		return &example{m.describe, m.run}, nil
	}
	return tr.search(thread)
}

// A machine is one sequence of steps.
type machine struct {
	tr    *trial
	start starlark.Callable
	check starlark.Callable // may be nil
	taken []*stepTaken
	w     *sourceWriter // that shows what runs, where set
}

// describe writes the steps as they are taken: those that do not apply are
// left out.
func (m *machine) describe(w *sourceWriter) {
	m.w = w
	w.taken["state"] = true
	w.line(0, "state = %s()", m.start.Name())
}

func (m *machine) run(thread *starlark.Thread) error {
	state, err := starlark.Call(thread, m.start, nil, nil)
	if err != nil {
		return err
	}
	if err := m.look(thread, state); err != nil || m.failed() {
		return err
	}
	for _, s := range m.taken {
		lines := 0
		if m.w != nil {
			lines = len(m.w.lines)
			words := []string{"state"}
			for _, a := range s.args {
				words = append(words, fmt.Sprintf("%s = %s", string(a[0].(starlark.String)), m.w.value(a[1])))
			}
			m.w.line(0, "%s(%s)", s.step.fn.Name(), strings.Join(words, ", "))
		}
		_, err := starlark.Call(thread, s.step.fn, starlark.Tuple{state}, s.args)
		var no *rejection
		if errors.As(err, &no) {
			if m.w != nil {
				m.w.lines = m.w.lines[:lines]
			}
			continue // it does not apply now
		}
		if err != nil || m.failed() {
			return err
		}
		if err := m.look(thread, state); err != nil || m.failed() {
			return err
		}
	}
	return nil
}

func (m *machine) failed() bool { return len(m.tr.t.s.Failures) > m.tr.t.s.before }

// look calls check.
func (m *machine) look(thread *starlark.Thread, state starlark.Value) error {
	if m.check == nil {
		return nil
	}
	if m.w != nil {
		m.w.line(0, "%s(state)", m.check.Name())
	}
	v, err := starlark.Call(thread, m.check, starlark.Tuple{state}, nil)
	if v == starlark.False && err == nil && !m.failed() {
		return &falseError{m.check.Name()}
	}
	return err
}
