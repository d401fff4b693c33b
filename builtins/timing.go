package builtins

import (
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// Timing records how long parts of a script take. What it records reaches the
// report only: no function returns a time.
//
//	timing.section(name, fn, *args, **kwargs)
//	    calls fn, records its time under the name, returns what fn returns
var Timing = &starlarkstruct.Module{
	Name:    "timing",
	Members: starlark.StringDict{"section": starlark.NewBuiltin("timing.section", timingSection)},
}

// A Section is a part of a run and what it took.
type Section struct {
	Name  string
	Wall  time.Duration
	Steps uint64 // of the Starlark interpreter: the same in every run
}

func timingSection(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	var fn starlark.Callable
	if err := starlark.UnpackPositionalArgs(b.Name(), args[:min(2, len(args))], nil, 2, &name, &fn); err != nil {
		return nil, err
	}
	env, err := envOf(thread, b)
	if err != nil {
		return nil, err
	}
	start, steps := env.Now(), thread.ExecutionSteps()
	v, err := starlark.Call(thread, fn, args[2:], kwargs)
	*env.Sections = append(*env.Sections, Section{name, env.Now().Sub(start), thread.ExecutionSteps() - steps})
	return v, err
}
