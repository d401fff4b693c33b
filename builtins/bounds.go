package builtins

import (
	"fmt"

	"github.com/dustin/go-humanize"
	"go.starlark.net/starlark"
)

// The functions of the language that walk through all of their argument in a
// single step, or make room for all of it at once. No guard can stop them
// before they end, so what they take is bounded: only a range is ever longer.
var eager = []string{
	"all", "any", "dict", "enumerate", "list", "max", "min", "reversed", "set", "sorted", "tuple", "zip",
}

// maxElements is what a function may be given at once. As a list it takes
// about 800 MB.
const maxElements = 50_000_000

// bounded returns a function that refuses arguments of more than maxElements.
func bounded(name string) *starlark.Builtin {
	fn := starlark.Universe[name].(*starlark.Builtin)
	return starlark.NewBuiltin(name, func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		for _, a := range args {
			if n := starlark.Len(a); n > maxElements {
				return nil, fmt.Errorf("%s: got %s of %s elements, want at most %s", name, a.Type(), humanize.Comma(int64(n)), humanize.Comma(maxElements))
			}
		}
		return starlark.Call(thread, fn, args, kwargs)
	})
}
