package builtins

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"
)

// A Step is an operation of t.machine, and where its arguments come from.
type Step struct {
	fn     starlark.Callable
	fields []field
}

func (s *Step) String() string {
	words := []string{s.fn.Name()}
	for _, f := range s.fields {
		words = append(words, fmt.Sprintf("%s = %s", f.name, f.g))
	}
	return "gen.step(" + strings.Join(words, ", ") + ")"
}
func (s *Step) Type() string          { return "step" }
func (s *Step) Truth() starlark.Bool  { return true }
func (s *Step) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", s.Type()) }
func (s *Step) Freeze()               { s.fn.Freeze() }

func genStep(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) != 1 {
		return nil, fmt.Errorf("%s: got %d positional arguments, want a function; what it takes besides the state is given by name", b.Name(), len(args))
	}
	fn, ok := args[0].(starlark.Callable)
	if !ok {
		return nil, fmt.Errorf("%s: got %s, want function", b.Name(), args[0].Type())
	}
	fields, err := named(b, kwargs)
	if err != nil {
		return nil, err
	}
	return &Step{fn, fields}, nil
}
