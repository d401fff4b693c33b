package builtins

import (
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// Timing records how long parts of a script take. What it records reaches the
// report, and never a generated file: no function returns a time that could be
// turned into a number or a text.
//
//	timing.section(name, fn, *args, **kwargs)
//	    calls fn, records its time under the name, returns what fn returns
//	timing.measure(fn, n, name="")
//	    calls fn() n times, records the times under the name, which is that of
//	    fn unless it is given, and returns a sample of them. Only a scenario
//	    can measure. See t.faster for proof that one function is faster than
//	    another
var Timing = &starlarkstruct.Module{
	Name: "timing",
	Members: starlark.StringDict{
		"measure": starlark.NewBuiltin("timing.measure", timingMeasure),
		"section": starlark.NewBuiltin("timing.section", timingSection),
	},
}

// A Section is a part of a run and what it took.
type Section struct {
	Name   string
	Wall   time.Duration
	Steps  uint64  // of the Starlark interpreter: the same in every run
	Sample *Sample // of timing.measure
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
	*env.Sections = append(*env.Sections, Section{Name: name, Wall: env.Now().Sub(start), Steps: thread.ExecutionSteps() - steps})
	return v, err
}
