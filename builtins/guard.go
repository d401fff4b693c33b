package builtins

import (
	"fmt"
	"hash/fnv"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starboard/builtins/guard"
)

// A Guard runs a fast function in the place of a trusted one, and protects the
// script from its mistakes: guard(name, fast, trusted). Calling it gives the
// answer. Some of the calls are verified: both functions run, and the answers
// are compared. A call of the fast one fails when it gives another answer, an
// error where the trusted one gives none, or has to be stopped. When too many
// of its last calls have failed it is switched off, and after some calls it is
// tried again. As long as there is doubt, all calls are verified, and the
// answer is the trusted one: at first, while the last calls hold a wrong
// answer, and while it is tried again.
//
// Both get copies of lists, dicts and sets, so that neither can change what the
// other or the caller has, and may not change a circuit.
//
//	guard(name, fast, trusted, compare=None, max_failure_rate=0.10, window=100,
//	    min_calls=20, sample=20, trial=20, probe_after=100, probes=10,
//	    max_steps=None, remember=True)
//	    makes a guard. compare(trusted, fast) tells whether two answers agree;
//	    without it they have to be equal. It is switched off when more than
//	    max_failure_rate of the last window calls failed, once there were
//	    min_calls. One call in sample is verified, and the first trial. After
//	    probe_after calls without it, or twice as many each time that it fails
//	    again, it is tried; probes calls in a row that are right switch it on.
//	    One that takes more than max_steps is stopped and switched off at once;
//	    without it, half of the steps that are left. remember keeps the state
//	    from run to run, in the journal, by the name and the file. Less than
//	    the defaults, window bounds the other counts
//	g.name
//	    of the guard, unique in its file
//	g.state()
//	    "closed" while the fast function is in use, "open" while it is switched
//	    off, "half-open" while it is tried; in scenarios only
//	g.stats()
//	    what was counted: a struct with calls, alone (answered by the fast one
//	    alone), verified, errors, mismatches, stopped, skipped and opened; in
//	    scenarios only
//	g.inject(error=[], wrong=[], slow=[], value=None, ms=1000)
//	    makes the guard as new, and lets the fast function go wrong in these of
//	    its next calls, counted from 1: with an error, with a wrong answer
//	    (value, or a text that says so), or as if it had taken ms longer. What
//	    follows is not remembered. In scenarios only
type Guard struct {
	name, file, pos        string
	fast, trusted, compare starlark.Callable // compare may be nil
	config                 guard.Config
	maxSteps               uint64
	remember               bool
}

var (
	_ starlark.Callable = (*Guard)(nil)
	_ starlark.HasAttrs = (*Guard)(nil)
)

func (g *Guard) String() string       { return fmt.Sprintf("guard(%q)", g.name) }
func (g *Guard) Type() string         { return "guard" }
func (g *Guard) Name() string         { return g.name }
func (g *Guard) Truth() starlark.Bool { return true }

func (g *Guard) Hash() (uint32, error) {
	h := fnv.New32a()
	h.Write([]byte(g.key()))
	return h.Sum32(), nil
}

func (g *Guard) Freeze() {
	for _, fn := range []starlark.Callable{g.fast, g.trusted, g.compare} {
		if fn != nil {
			fn.Freeze()
		}
	}
}

var guardMethods = map[string]method{"inject": guardInject, "state": guardState, "stats": guardStats}

func (g *Guard) Attr(name string) (starlark.Value, error) {
	if name == "name" {
		return starlark.String(g.name), nil
	}
	return attr(g, "guard", name, guardMethods)
}

func (g *Guard) AttrNames() []string {
	return slices.Sorted(maps.Keys(mergeKeys(guardMethods, "name")))
}

// key names the guard among those of all files.
func (g *Guard) key() string { return g.file + ":" + g.name }

func newGuard(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	g := &Guard{pos: caller(thread), remember: true}
	var compare, rate, maxSteps starlark.Value
	c := &g.config
	if err := unpackArgs(b, args, kwargs, "name", &g.name, "fast", &g.fast, "trusted", &g.trusted, "compare??", &compare,
		"max_failure_rate?", &rate, "window?", &c.Window, "min_calls?", &c.MinCalls, "sample?", &c.Sample, "trial?", &c.Trial,
		"probe_after?", &c.ProbeAfter, "probes?", &c.Probes, "max_steps??", &maxSteps, "remember?", &g.remember); err != nil {
		return nil, err
	}
	if strings.TrimSpace(g.name) == "" || badName().MatchString(g.name) {
		return nil, fmt.Errorf("%s: for parameter name: got %q, want a name without /", b.Name(), g.name)
	}
	if compare != nil {
		fn, ok := compare.(starlark.Callable)
		if !ok {
			return nil, fmt.Errorf("%s: for parameter compare: got %s, want function", b.Name(), compare.Type())
		}
		g.compare = fn
	}
	if rate != nil {
		f, ok := starlark.AsFloat(rate)
		if !ok || !(f >= 0 && f <= 1) {
			return nil, fmt.Errorf("%s: for parameter max_failure_rate: got %s, want a share from 0 to 1", b.Name(), shown(rate))
		}
		if c.MaxFailureRate = f; f == 0 {
			c.MaxFailureRate = -1 // zero is the default there
		}
	}
	for _, kw := range kwargs {
		if n, ok := kw[1].(starlark.Int); ok && n.Sign() <= 0 && kw[0] != starlark.String("max_failure_rate") {
			return nil, fmt.Errorf("%s: for parameter %s: got %s, want at least 1", b.Name(), string(kw[0].(starlark.String)), n)
		}
	}
	if maxSteps != nil {
		if err := starlark.AsInt(maxSteps, &g.maxSteps); err != nil || g.maxSteps == 0 {
			return nil, fmt.Errorf("%s: for parameter max_steps: got %s, want a number from 1 on", b.Name(), shown(maxSteps))
		}
	}
	if thread.CallStackDepth() > 1 {
		g.file = thread.CallFrame(1).Pos.Filename()
	}
	if _, err := guard.NewMachine(g.name, *c); err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	env, err := envOf(thread, b)
	if err != nil {
		return nil, err
	}
	c.Version = versionOf(env, g.fast)
	return g, nil
}

// versionOf names the code of a function, as far as that is known: what the
// function's file has, or which built-in or command it is.
func versionOf(env *Env, fn starlark.Callable) string {
	if f, ok := fn.(*starlark.Function); ok && env.Source != nil {
		text, err := env.Source(f.Position().Filename())
		if err == nil {
			return fmt.Sprintf("%s of %s", f.Name(), guard.Sum(text)[:16])
		}
	}
	return fn.String()
}

// Guards are the guards of a script that is run, or of a scenario. Each has
// its own, so that no scenario depends on what runs beside it.
type Guards struct {
	// Scenario allows to look at the state of a guard and to inject faults:
	// what a script makes must not depend on earlier runs.
	Scenario bool
	// Earlier returns the state that an earlier run has left; nil is none.
	Earlier func(key string) (guard.Snapshot, bool)
	// Changed is told when a fast path has been switched off or on; nil is
	// nobody.
	Changed func(key string, s guard.Snapshot)
	// Logger is told of every call; nil is nobody.
	Logger *slog.Logger

	used map[string]*guarded
}

// A GuardMemory remembers what guards know, beyond a run. Its methods are safe
// for concurrent use.
type GuardMemory interface {
	// Earlier returns what an earlier run has left of a guard, file:name.
	Earlier(key string) (guard.Snapshot, bool)
	// Remember keeps what a guard knows now.
	Remember(key string, s guard.Snapshot)
}

// A guarded is a guard at work.
type guarded struct {
	of *Guard
	g  *guard.Guard[guardedCall, starlark.Value]
}

// A GuardUse is what came of a guard.
type GuardUse struct {
	Key      string // file:name
	Name     string
	Pos      string // of the call of guard
	Stats    guard.Stats
	Snapshot guard.Snapshot
	Outcomes guard.Outcomes
	Config   guard.Config
	Tested   bool // faults were injected
	Remember bool
}

// Uses returns what came of the guards that were called, in order of their
// keys.
func (s *Guards) Uses() []GuardUse {
	var list []GuardUse
	for _, key := range slices.Sorted(maps.Keys(s.used)) {
		u := s.used[key]
		list = append(list, GuardUse{
			Key: key, Name: u.of.name, Pos: u.of.pos, Stats: u.g.Stats(), Snapshot: u.g.Snapshot(), Outcomes: u.g.Outcomes(),
			Config: u.of.config, Tested: u.g.Tested(), Remember: u.of.remember,
		})
	}
	return list
}
