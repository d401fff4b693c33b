// Package builtins has the names that a script can use: circuit and its
// values, and the modules kicad, checksum and timing.
//
// What a run needs, such as the symbol libraries, travels in an [Env] that the
// engine sets on each thread with [SetEnv]. Nothing here reads or writes a
// file, a clock or an environment variable by itself.
package builtins

import (
	"fmt"
	"io/fs"
	"time"

	"go.starlark.net/lib/math"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starboard/kicad/annotate"
	"starboard/kicad/project"
	"starboard/kicad/symbol"
)

// An Env is what a run gives to its scripts. It is used by one thread at a
// time.
type Env struct {
	// Symbols finds Library:Name.
	Symbols func(libID string) (*symbol.Symbol, error)
	// Has reports whether Symbols would find Library:Name, and is quicker than
	// Symbols where it would not, for that searches what may have been meant.
	Has func(libID string) bool
	// Names returns the names of the symbols of a library at hand, for gen.symbol;
	// nil lists none.
	Names func(lib string) ([]string, error)
	// Kind tells where a symbol that Symbols returned comes from.
	Kind func(*symbol.Symbol) symbol.Kind
	// Folder is what places in scripts begin with: the folder of the script as
	// the user named it, with a slash at its end, or "".
	Folder string
	// Known returns what is remembered of the parts of a circuit; nil is
	// nothing.
	Known func(circuit string) []annotate.Entry
	// Now is the clock for timing.section; no other function sees it.
	Now func() time.Time
	// Measures allows timing.measure, which only scenarios can call.
	Measures bool
	// Sections is where the module timing records.
	Sections *[]Section
	// Read lets use read files for the script whose name is from, as positions
	// have it. Path is relative to that script; name is how use finds it in
	// files. Nil allows no reading.
	Read func(from, path string, use func(files fs.FS, name string) error) error
	// Room is how many bytes one operation may take at once; 0 is 256 MiB. What
	// takes more in many operations is up to the engine to stop.
	Room int64
	// Cancelled, where set, returns why the engine has told a thread to stop, ""
	// if it has not.
	Cancelled func(*starlark.Thread) string
	// Processes are the external commands of a scenario; nil allows none.
	Processes *Processes
	// Guards are those of the script or scenario; nil makes them new.
	Guards *Guards
	// Source returns the text of a script, by its name in positions; nil is none.
	Source func(name string) ([]byte, error)
	// Built, where set, is told of each project that kicad.project makes.
	Built func(name string, t *project.Tree)
}

const envKey = "starboard.env"

// SetEnv gives a thread its environment, before it executes anything.
func SetEnv(thread *starlark.Thread, env *Env) { thread.SetLocal(envKey, env) }

func envOf(thread *starlark.Thread, b *starlark.Builtin) (*Env, error) {
	env, ok := thread.Local(envKey).(*Env)
	if !ok {
		return nil, fmt.Errorf("%s: internal error: the thread has no environment", b.Name())
	}
	return env, nil
}

// Predeclared returns the names that every script has, besides those of the
// language itself (https://starlark-lang.org/spec.html).
//
//	circuit(name, ...)
//	    makes a circuit, see circuit
//	NC
//	    the value for a pin that stays unconnected on purpose
//	gen
//	    generators of examples, for the properties of scenarios, see gen
//	guard(name, fast, trusted, ...)
//	    runs a fast function in the place of a trusted one, see guard
//	process(cmd, timeout=10)
//	    an external command that can be called, see process
//	kicad
//	    KiCad's files as values, see kicad
//	checksum
//	    checksums of texts and files, see checksum
//	timing
//	    records how long things take, see timing
//	json
//	    json.encode(x), json.decode(text), json.indent(text)
//	math
//	    numbers with a fraction: math.floor, math.sqrt, math.pi and so on. A
//	    circuit should not depend on the last digit of one
//	place
//	    placement rules and what they are made of, see place
//	struct(name=value, ...)
//	    a value with these attributes
func Predeclared() starlark.StringDict {
	names := starlark.StringDict{
		"NC":       NC,
		"checksum": Checksum,
		"circuit":  starlark.NewBuiltin("circuit", newCircuit),
		"gen":      Gen,
		"guard":    starlark.NewBuiltin("guard", newGuard),
		"json":     checkedJSON,
		"kicad":    KiCad,
		"math":     math.Module,
		"place":    Place,
		"process":  starlark.NewBuiltin("process", newProcess),
		"struct":   starlark.NewBuiltin("struct", starlarkstruct.Make),
		"timing":   Timing,
	}
	for name, check := range functions {
		names[name] = checked(starlark.Universe[name].(*starlark.Builtin), check)
	}
	return names
}

// caller returns the place in the script that called the built-in.
func caller(thread *starlark.Thread) string {
	if thread.CallStackDepth() < 2 {
		return ""
	}
	return thread.CallFrame(1).Pos.String()
}

// A method is a function of a value: b.Receiver() is the value.
type method = func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

// attr returns the method of that name bound to v, or nil, nil.
func attr(v starlark.Value, prefix, name string, methods map[string]method) (starlark.Value, error) {
	m, ok := methods[name]
	if !ok {
		return nil, nil
	}
	return starlark.NewBuiltin(prefix+"."+name, m).BindReceiver(v), nil
}
