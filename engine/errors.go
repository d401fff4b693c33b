package engine

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	resolver "go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starboard/builtins"
	"starboard/kicad/spell"
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
		return &ScriptError{Pos: synt.Pos.String(), Msg: inWords(synt.Msg)}
	case errors.As(err, &names):
		list := make(ScriptErrors, len(names))
		for i, n := range names {
			list[i] = &ScriptError{Pos: n.Pos.String(), Msg: suggest(inWords(n.Msg))}
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
	s := &ScriptError{Msg: inWords(e.Msg)}
	if load := (*loadError)(nil); errors.As(e, &load) {
		s.Msg = load.msg
	}
	for _, frame := range e.CallStack {
		if frame.Pos.Line > 0 {
			s.Pos = frame.Pos.String()
			s.Trace = append(s.Trace, fmt.Sprintf("%s: in %s", frame.Pos, frame.Name))
		}
	}
	return s
}

// wording has the messages of the interpreter that people who know Python, or
// no language at all, stumble over, and what to say in their place.
var wording = []struct{ pattern, text string }{
	{` \(did you mean \.?(\w+)\?\)`, `; did you mean $1?`},
	{`^function (\S+) called recursively$`, `$1 calls itself, which a script cannot do: use a loop`},
	{`^this Starlark dialect does not support while loops$`, `there is no while in Starlark: write for i in range(N), and break`},
	{`^got (import|from), .*|^'(import|from)' is a reserved word.*|^got illegal token.*import.*`, `there is no import in Starlark: write load("FILE.star", "NAME")`},
	{`^got (class|try|raise|with|assert|del|global|nonlocal|yield|async|await|except|finally|is), .*`, `there is no $1 in Starlark`},
	{`^(\w+) has no \.(\w+) field or method`, `$1 has no $2`},
	{`^NoneType has no (\w+)`, `None has no $1: did a function forget to return something?`},
	{`^got (outdent|end of file), want (','|'\)'|'\]'|'\}'|.* '\)'|.* '\]'|.* '\}')$`, `a bracket that was opened before is not closed`},
	{`\boutdent\b`, `the end of the block`},
	{`^got newline`, `got the end of the line`},
	{`^load: name (\S+) not found in module ([^;]+)`, `$2 has no $1`},
	{`^floored division by zero$|^floating-point division by zero$|^integer modulo by zero$`, `division by zero`},
}

// patterns compiles the wording when the first mistake is met.
var patterns = sync.OnceValue(func() []*regexp.Regexp {
	list := make([]*regexp.Regexp, len(wording))
	for i, w := range wording {
		list[i] = regexp.MustCompile(w.pattern)
	}
	return list
})

func inWords(msg string) string {
	for i, p := range patterns() {
		msg = p.ReplaceAllString(msg, wording[i].text)
	}
	return msg
}

// suggest adds the nearest name to the message on an undefined one. The
// interpreter looks among the script's own names only.
func suggest(msg string) string {
	name, ok := strings.CutPrefix(msg, "undefined: ")
	if !ok || strings.Contains(name, ";") {
		return msg
	}
	names := slices.Concat(slices.Collect(maps.Keys(builtins.Predeclared())), slices.Collect(maps.Keys(starlark.Universe)))
	return msg + didYouMean(spell.Nearest(name, names, 1))
}
