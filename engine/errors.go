package engine

import (
	"errors"
	"fmt"
	"strings"

	resolver "go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// A ScriptError is a mistake in a script, at the innermost place in the
// script that is known.
type ScriptError struct {
	Pos   string // file:line:col, or the file alone
	Msg   string
	Trace []string // the calls that led there, the outermost first: "file:line:col: in function"
}

func (e *ScriptError) Error() string {
	if e.Pos == "" {
		return e.Msg
	}
	return e.Pos + ": " + e.Msg
}

// ScriptErrors are several mistakes that were found at once.
type ScriptErrors []*ScriptError

func (e ScriptErrors) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Error()
	}
	return strings.Join(lines, "\n")
}

// scriptError turns an error of the interpreter into one with its place. Other
// errors come back as they are.
func scriptError(err error) error {
	var (
		eval  *starlark.EvalError
		synt  syntax.Error
		names resolver.ErrorList
		file  *FileError
	)
	// The deepest of several, for an error in a file that was loaded comes
	// wrapped in those of the load statements.
	for next := err; errors.As(next, &eval); next = eval.Unwrap() {
	}
	switch {
	case errors.As(err, &file):
		return err
	case errors.As(err, &synt):
		return &ScriptError{Pos: synt.Pos.String(), Msg: synt.Msg}
	case errors.As(err, &names):
		list := make(ScriptErrors, len(names))
		for i, n := range names {
			list[i] = &ScriptError{Pos: n.Pos.String(), Msg: n.Msg}
		}
		return list
	case eval != nil:
		return fromEval(eval)
	}
	return err
}

// fromEval finds the innermost frame that is in a script: built-ins have no
// place.
func fromEval(e *starlark.EvalError) *ScriptError {
	s := &ScriptError{Msg: e.Msg}
	for _, frame := range e.CallStack {
		if frame.Pos.Line > 0 {
			s.Pos = frame.Pos.String()
			s.Trace = append(s.Trace, fmt.Sprintf("%s: in %s", frame.Pos, frame.Name))
		}
	}
	return s
}
