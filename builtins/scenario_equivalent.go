package builtins

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"go.starlark.net/starlark"
)

// scenarioEquivalent compares two functions on what generators give: both
// return the same, or both fail.
func scenarioEquivalent(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	tr, rest, err := trialOptions(b, kwargs)
	if err != nil {
		return nil, err
	}
	e := &equivalence{tr: tr, pos: callsOf(thread)}
	if err := starlark.UnpackPositionalArgs(b.Name(), args, nil, 2, &e.reference, &e.candidate); err != nil {
		return nil, err
	}
	var drawn []starlark.Tuple
	for _, kw := range rest {
		if _, is := kw[1].(*Generator); is || kw[0] != starlark.String("errors") {
			drawn = append(drawn, kw)
			continue
		}
		if e.errors, err = errorsMode(b, kw[1]); err != nil {
			return nil, err
		}
	}
	fields, err := named(b, drawn)
	if err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		return nil, fmt.Errorf("%s: there is no generator: give one for each parameter of %s, such as x = gen.int()", b.Name(), e.reference.Name())
	}
	name := "lambda" // what is not a function of the script is not called as the failure shows
	if fn, ok := e.candidate.(*starlark.Function); ok {
		name = fn.Name()
	}
	return tr.forAll(thread, fields, name, false, e.try)
}

// An equivalence is one execution of t.equivalent.
type equivalence struct {
	tr                   *trial
	pos                  []Frame
	reference, candidate starlark.Callable
	errors               func(thread *starlark.Thread, err error) (starlark.Value, error) // what errors are compared by; nil: nothing
}

// errorsMode says what is compared of two errors.
func errorsMode(b *starlark.Builtin, v starlark.Value) (func(*starlark.Thread, error) (starlark.Value, error), error) {
	if fn, ok := v.(starlark.Callable); ok {
		return func(thread *starlark.Thread, err error) (starlark.Value, error) {
			return starlark.Call(thread, fn, starlark.Tuple{starlark.String(errText(err))}, nil)
		}, nil
	}
	switch mode, _ := starlark.AsString(v); mode {
	case "any":
		return nil, nil
	case "kind":
		return func(_ *starlark.Thread, err error) (starlark.Value, error) {
			return starlark.String(kindOf(err)), nil
		}, nil
	case "message":
		return func(_ *starlark.Thread, err error) (starlark.Value, error) {
			return starlark.String(messageOf(err)), nil
		}, nil
	}
	return nil, fmt.Errorf(`%s: for parameter errors: got %s, want "any", "kind", "message", or a function of a message`, b.Name(), shown(v))
}

var kindWord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([\pL_][\pL\pN_.]*):`) })

// messageOf returns the words of an error, without who says them.
func messageOf(err error) string {
	var p *processError
	if errors.As(err, &p) {
		return p.err.Error()
	}
	return strings.TrimPrefix(errText(err), "fail: ")
}

// kindOf returns the kind of an error: that of an external command, or the word
// before the first colon of a message, as in fail("ValueError: ..."), or the
// message as a whole.
func kindOf(err error) string {
	var k interface{ ErrorKind() string }
	if errors.As(err, &k) && k.ErrorKind() != "" {
		return k.ErrorKind()
	}
	msg := messageOf(err)
	if m := kindWord().FindStringSubmatch(msg); m != nil {
		return m[1]
	}
	return msg
}

// call calls one of the two with values of its own.
func (e *equivalence) call(thread *starlark.Thread, fn starlark.Callable, values []starlark.Tuple) (v starlark.Value, failed, ends error) {
	c := guardedCall{kwargs: values}.copy()
	defer holdCircuits(c)()
	if _, builtIn := fn.(*starlark.Builtin); builtIn {
		for _, kw := range c.kwargs { // the names of its parameters are its own
			c.args = append(c.args, kw[1])
		}
		c.kwargs = nil
	}
	v, err := starlark.Call(thread, fn, c.args, c.kwargs)
	var k interface{ ErrorKind() string }
	if errors.As(err, &k) && k.ErrorKind() == "timeout" {
		e.tr.spent += shrinkSteps / 4 // waiting is what has to be bounded here
	}
	if err != nil && (endsScript(err) || errors.As(err, new(*rejection))) {
		return nil, nil, err
	}
	return v, err, nil
}

// try compares the two on one example.
func (e *equivalence) try(thread *starlark.Thread, values []starlark.Tuple) error {
	want, wantErr, ends := e.call(thread, e.reference, values)
	if ends != nil {
		return ends
	}
	got, gotErr, ends := e.call(thread, e.candidate, values)
	if ends != nil {
		return ends
	}
	switch {
	case wantErr != nil && gotErr != nil:
		return e.compareErrors(thread, wantErr, gotErr)
	case gotErr != nil:
		e.fail(gotErr, "the candidate fails and the reference does not", e.said(shown(want), inText(gotErr)))
		return nil
	case wantErr != nil:
		e.fail(wantErr, "the reference fails and the candidate does not", e.said(inText(wantErr), shown(got)))
		return nil
	}
	env, err := envOf(thread, e.tr.b)
	if err != nil {
		return err
	}
	x, err := settled(env, want)
	if err != nil {
		return err
	}
	y, err := settled(env, got)
	if err != nil {
		return err
	}
	equal, err := starlark.EqualDepth(x, y, deep)
	if err != nil {
		return err
	}
	if !equal {
		msg, detail := difference(y, x)
		if detail != "" {
			detail = "\n" + strings.TrimRight(detail, "\n")
		}
		e.fail(nil, "the candidate returns something else: "+msg, e.said(shown(want), shown(got))+detail)
	}
	return nil
}

func inText(err error) string { return "error: " + firstLine(errText(err)) }

func (e *equivalence) said(reference, candidate string) string {
	return fmt.Sprintf("reference %s: %s\ncandidate %s: %s", e.reference.Name(), reference, e.candidate.Name(), candidate)
}

func (e *equivalence) compareErrors(thread *starlark.Thread, want, got error) error {
	if e.errors == nil {
		return nil
	}
	x, err := e.errors(thread, want)
	if err != nil {
		return err
	}
	y, err := e.errors(thread, got)
	if err != nil {
		return err
	}
	equal, err := starlark.EqualDepth(x, y, deep)
	if err != nil {
		return err
	}
	if !equal {
		msg, _ := difference(y, x)
		e.fail(nil, "both fail, with errors that differ: "+msg, e.said(inText(want), inText(got)))
	}
	return nil
}

// fail records that the two differ: where the error came from, if there is
// one, so that a smaller example fails in the same place.
func (e *equivalence) fail(err error, msg, detail string) {
	s := e.tr.t.s
	f := Failure{Check: e.tr.b.Name(), Msg: msg, Detail: detail}
	if n := len(e.pos); n > 0 {
		f.Pos = e.pos[n-1].Pos
	}
	if err != nil {
		if at, _ := s.failure(err); at.Pos != s.Pos {
			f.Pos, f.Trace = at.Pos, at.Trace
		}
	}
	s.Failures = append(s.Failures, f)
}
