package builtins

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starboard/kicad/project"
)

// A Scenario is one execution of a scenario: what t records. It is used by one
// thread. The runner makes it, calls the script's function with [Scenario.T],
// hands the error to [Scenario.End], and reads the fields.
type Scenario struct {
	Name string // test_divider, or test_divider/loaded for what t.run made
	Pos  syntax.Position

	Checks   int // how many were made
	Failures []Failure
	SkipWhy  string // not empty: the scenario ended itself
	RedWhy   string // not empty: it must fail for now
	Logs     []Log
	Sections []Section
	Sums     []Sum
	Trees    []*project.Tree // the last few that were made
	Timings  []Measurement
	Subs     []*Scenario // in the order of their t.run

	Start time.Time
	Wall  time.Duration
	Steps uint64

	host *Host

	trials  int      // checks that draw examples, so far
	example bool     // one of them is under way
	before  int      // failures there were before its example
	labels  []string // of its example
}

// A Host is what a runner gives its scenarios.
type Host struct {
	// Runs tells whether the sub-scenario of that name is asked for.
	Runs func(name string) bool
	// Golden compares with the golden master of that name; "" is no difference.
	// Files has the key "" where the value is a text, not a tree.
	Golden func(s *Scenario, name string, files map[string]string) (msg, detail string, err error)
	// Explain turns an error of the interpreter into a message in a user's
	// words. Stopped says that the scenario, not only what it called, is over.
	Explain func(err error) (msg string, stopped bool)
	Now     func() time.Time
	// OneThread lets the program run on one thread at a time, until restore is
	// called; Collect frees memory that is not used. Anew loads the files of the
	// suite anew, in another order, and returns the function of a file's top
	// level that fn was before; nil where fn is no such function.
	OneThread func() (restore func())
	Collect   func()
	Anew      func(fn *starlark.Function) (*starlark.Function, error)
	// Reproducible runs a script under conditions, in processes of its own; ""
	// is no difference.
	Reproducible func(q Repro) (msg, detail string, err error)
	// Alone calls fn while no other scenario runs; nil calls it at once.
	Alone func(fn func())

	// Seed, where set, is that of all examples, whatever scripts say.
	Seed *uint64
	// Watch puts a thread that executes examples under the bounds of the run,
	// until leave is called; MaxSteps is what a scenario may execute, 0 anything.
	Watch    func(thread *starlark.Thread) (leave func())
	MaxSteps uint64
	// Kept returns what Keep has stored for a top-level scenario, nil for nothing.
	// Keep stores it whole or not at all, removes it where it is nil, and returns
	// the name of the file. With Prune, what no longer fails is forgotten. Without
	// Keep, nothing is remembered.
	Kept  func(scenario string) ([]byte, error)
	Keep  func(scenario string, text []byte) (file string, err error)
	Prune bool
}

// A Failure is a check that did not hold, or an error that ended the scenario.
type Failure struct {
	Check  string          // "t.eq"; "" for an error
	Pos    syntax.Position // of the call, in the script
	Trace  []Frame         // the calls from the scenario to there, if there are several
	Msg    string          // one line
	Detail string          // differences, line by line; may be empty

	Undecided bool // measurements did not tell whether the check holds
}

// A Frame is a call that was under way.
type Frame struct {
	Func string
	Pos  syntax.Position
}

// A Log is a line of t.log or of print.
type Log struct {
	Pos  syntax.Position
	Text string
}

// A Sum is the checksum of a tree that the scenario made or looked at.
type Sum struct{ Name, SHA256 string }

// NewScenario returns a scenario that has not begun.
func NewScenario(name string, pos syntax.Position, host *Host) *Scenario {
	return &Scenario{Name: name, Pos: pos, host: host}
}

// T returns the value that the script's function takes.
func (s *Scenario) T() *T { return &T{s: s} }

// Log records a line that the script printed.
func (s *Scenario) Log(pos syntax.Position, text string) { s.Logs = append(s.Logs, Log{pos, text}) }

// Sum records a checksum; the same one again is not repeated.
func (s *Scenario) Sum(name, sha256 string) {
	if sum := (Sum{name, sha256}); !slices.Contains(s.Sums, sum) {
		s.Sums = append(s.Sums, sum)
	}
}

// Begin starts the clock, and sends what the environment records here.
func (s *Scenario) Begin(env *Env) {
	s.Start = s.host.Now()
	env.Sections = &s.Sections
}

// End stops the clock and records the error, if any, that the function came
// back with. It returns the error if that ends what called the scenario too.
func (s *Scenario) End(err error) error {
	s.Wall = s.host.Now().Sub(s.Start)
	var skip *skipError
	switch {
	case err == nil, errors.Is(err, errStopped):
		return nil
	case errors.As(err, &skip):
		s.SkipWhy = skip.why
		return nil
	}
	f, stopped := s.failure(err)
	s.Failures = append(s.Failures, f)
	if stopped {
		return err
	}
	return nil
}

// failure returns what an error of a script is, and whether it ends the
// scenario too.
func (s *Scenario) failure(err error) (f Failure, stopped bool) {
	msg, stopped := s.host.Explain(err)
	f = Failure{Msg: msg}
	f.Pos, f.Trace = ErrorPlace(err, s.Pos)
	return f, stopped
}

// ErrorPlace returns where in a script an error arose, and the calls that led
// there from the function at from on.
func ErrorPlace(err error, from syntax.Position) (pos syntax.Position, trace []Frame) {
	pos = from
	var eval *starlark.EvalError
	for next := err; errors.As(next, &eval); next = eval.Unwrap() {
		pos, trace = framesOf(eval.CallStack, from)
	}
	return pos, trace
}

// Failed reports whether the scenario or a part of it failed.
func (s *Scenario) Failed() bool {
	return len(s.Failures) > 0 || slices.ContainsFunc(s.Subs, (*Scenario).Failed)
}

// framesOf returns the innermost place in a script, and the calls that led
// there from the function at from on.
func framesOf(stack starlark.CallStack, from syntax.Position) (syntax.Position, []Frame) {
	pos := from
	var frames []Frame
	for _, f := range stack {
		if f.Pos.Line > 0 {
			pos = f.Pos
			frames = append(frames, Frame{f.Name, f.Pos})
		}
	}
	if len(frames) < 2 {
		return pos, nil
	}
	return pos, frames
}

var errStopped = errors.New("stopped at the first failed check")

type skipError struct{ why string }

func (e *skipError) Error() string { return "skipped: " + e.why }

// ends reports whether an error is meant for the runner, and must pass through
// a check that expects errors.
func (s *Scenario) ends(err error) bool {
	if errors.Is(err, errStopped) || errors.As(err, new(*skipError)) {
		return true
	}
	_, stopped := s.host.Explain(err)
	return stopped
}

// T is the value t that a scenario takes.
//
//	t.eq(got, want)           got == want; a difference is shown with its place
//	t.ne(got, other)          got != other
//	t.true(x)                 x is true
//	t.contains(x, y)          y in x: a part of a text, an element, a key, a file
//	t.fails(fn, pattern="")   fn() fails with a message that matches
//	t.golden(name, value)     value is what testdata has under that name
//	t.checksum(value, want)   the SHA-256 of a text, a tree or a circuit
//	t.same_netlist(a, b)      two circuits, netlists, schematics or projects
//	                          connect the same pins of the same parts
//	t.erc(c, allow=[])        the drawing breaks no electrical rule, but those
//	                          that allow names: "pin_not_driven", or
//	                          "pin_not_driven U1" for one part or net
//	t.deterministic(fn, ...)  fn() gives the same, however often it is called,
//	                          and whatever is called in between; runs=6 is how
//	                          often. After two calls come those under conditions,
//	                          ["interleaved", "threads", "collected", "modules"]:
//	                          with others before a circuit becomes a project, on
//	                          one thread, after memory has been freed, and with
//	                          the files of the suite loaded in another order
//	t.reproducible(script)    the files that starboard run makes of a script below
//	                          the suite's folder are the same under all conditions
//	                          of starboard repro, each run a process of its own.
//	                          args={"top": "4k7"}, runs=5, conditions=["tz"],
//	                          each=True and mask=["uuid"] are its options
//	t.forall(fn, name=gen...)  fn(name=...) holds for whatever these generators
//	                          give: no check fails in it, nor does it fail or
//	                          return False. If fn has one more parameter, the
//	                          first is t. examples=100 and seed=... are options,
//	                          unless they are generators. Where an example fails,
//	                          the smallest is shown, and tried first next time
//	t.equivalent(reference, candidate, name=gen..., errors="any")
//	                          both functions return the same for whatever these
//	                          generators give, or both fail; errors "kind" or
//	                          "message" compares how, or a function of a message
//	                          does. A kind is that of an external command, or the
//	                          word before the colon in fail("kind: ..."). Built-ins
//	                          take the values in their order. Options as of t.forall
//	t.machine(start, steps, check=None, length=20)
//	                          start() makes a state; steps of gen.step change it,
//	                          in any order; check(state) holds after each. Options
//	                          as of t.forall
//	t.assume(x)               in fn of t.forall: leaves out examples where x is
//	                          not true; in a step of t.machine: leaves out the step
//	t.label(x)                in fn of t.forall: counts examples of a kind, shown
//	                          with -v
//	t.faster(candidate, reference, by=2.0, rounds=30, same=True)
//	                          candidate() takes at most a by-th of the time of
//	                          reference(), proven by interleaved measurements;
//	                          where they do not tell, that is said. Both must
//	                          return the same, unless same=False
//	t.within(fn, ms)          fn() takes no more than that many milliseconds, on
//	                          this machine, with what else it does
//	t.log(x, ...)             shown with a failure, and with -v
//	t.skip(why)               ends the scenario, which does not count
//	t.red(why)                the scenario must fail for now
//	t.run(name, fn)           calls fn(t) as a scenario inside this one
//	t.must                    the same checks, but one that fails ends the
//	                          scenario
//	t.name                    of the scenario
//
// A check returns whether it held. One that does not is recorded, and the
// scenario goes on. Every check takes msg="..." for what to say when it fails.
type T struct {
	s    *Scenario
	must bool
}

var _ starlark.HasAttrs = (*T)(nil)

func (t *T) String() string        { return fmt.Sprintf("t(%q)", t.s.Name) }
func (t *T) Type() string          { return "scenario" }
func (t *T) Truth() starlark.Bool  { return true }
func (t *T) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", t.Type()) }
func (t *T) Freeze()               {} // never shared: it ends with the scenario

func (t *T) Attr(name string) (starlark.Value, error) {
	switch name {
	case "name":
		return starlark.String(t.s.Name), nil
	case "must":
		return &T{t.s, true}, nil
	}
	return attr(t, "t", name, scenarioMethods)
}

func (t *T) AttrNames() []string {
	return slices.Sorted(maps.Keys(mergeKeys(scenarioMethods, "must", "name")))
}

func mergeKeys(methods map[string]method, more ...string) map[string]bool {
	keys := make(map[string]bool, len(methods)+len(more))
	for k := range methods {
		keys[k] = true
	}
	for _, k := range more {
		keys[k] = true
	}
	return keys
}

var scenarioMethods map[string]method

// The table refers to t.run, which makes a T, which refers to the table.
func init() {
	scenarioMethods = map[string]method{
		"assume":        scenarioAssume,
		"checksum":      scenarioChecksum,
		"contains":      scenarioContains,
		"deterministic": scenarioDeterministic,
		"reproducible":  scenarioReproducible,
		"eq":            scenarioEq,
		"equivalent":    scenarioEquivalent,
		"erc":           scenarioERC,
		"fails":         scenarioFails,
		"faster":        scenarioFaster,
		"forall":        scenarioForall,
		"golden":        scenarioGolden,
		"label":         scenarioLabel,
		"log":           scenarioLog,
		"machine":       scenarioMachine,
		"ne":            scenarioNe,
		"red":           scenarioRed,
		"run":           scenarioRun,
		"same_netlist":  scenarioSameNetlist,
		"skip":          scenarioSkip,
		"true":          scenarioTrue,
		"within":        scenarioWithin,
	}
}

// held records a check that held.
func (t *T) held() (starlark.Value, error) {
	t.s.Checks++
	return starlark.True, nil
}

// failed records a check that did not hold.
func (t *T) failed(thread *starlark.Thread, b *starlark.Builtin, own, msg, detail string) (starlark.Value, error) {
	t.s.Checks++
	if own != "" {
		msg = own + ": " + msg
	}
	f := Failure{Check: b.Name(), Msg: msg, Detail: strings.TrimRight(detail, "\n")}
	f.Pos, f.Trace = framesOf(thread.CallStack(), t.s.Pos)
	t.s.Failures = append(t.s.Failures, f)
	if t.must {
		return nil, errStopped
	}
	return starlark.False, nil
}

func scenarioLog(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	if len(kwargs) > 0 {
		return nil, fmt.Errorf("%s: unexpected keyword argument %s", b.Name(), kwargs[0][0])
	}
	words := make([]string, len(args))
	for i, a := range args {
		words[i] = textOf(a)
	}
	t.s.Log(thread.CallFrame(1).Pos, strings.Join(words, " "))
	return starlark.None, nil
}

// textOf returns a string as it is, a measured time as the report shows it, and
// any other value as the script would write it.
func textOf(v starlark.Value) string {
	if r, ok := v.(interface{ reported() string }); ok {
		return r.reported()
	}
	if s, ok := starlark.AsString(v); ok {
		return s
	}
	return v.String()
}

func scenarioSkip(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	why, err := reason(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return nil, &skipError{why}
}

func scenarioRed(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	why, err := reason(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	b.Receiver().(*T).s.RedWhy = why
	return starlark.None, nil
}

func reason(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (string, error) {
	var why string
	if err := unpackArgs(b, args, kwargs, "why", &why); err != nil {
		return "", err
	}
	if strings.TrimSpace(why) == "" {
		return "", fmt.Errorf("%s: for parameter why: got %q, want a reason", b.Name(), why)
	}
	return why, nil
}

var badName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[/\x00-\x1f\x7f]`) })

func scenarioRun(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	var name string
	var fn starlark.Callable
	if err := unpackArgs(b, args, kwargs, "name", &name, "fn", &fn); err != nil {
		return nil, err
	}
	if name == "" || badName().MatchString(name) {
		return nil, fmt.Errorf("%s: for parameter name: got %q, want a name without /", b.Name(), name)
	}
	if t.s.example {
		return nil, fmt.Errorf("%s: an example has no scenarios of its own", b.Name())
	}
	full := t.s.Name + "/" + name
	if slices.ContainsFunc(t.s.Subs, func(s *Scenario) bool { return s.Name == full }) {
		return nil, fmt.Errorf("%s: %s has run already: the name of a scenario is unique", b.Name(), full)
	}
	if !t.s.host.Runs(full) {
		return starlark.True, nil
	}
	env, err := envOf(thread, b)
	if err != nil {
		return nil, err
	}
	sub := NewScenario(full, thread.CallFrame(1).Pos, t.s.host)
	t.s.Subs = append(t.s.Subs, sub)
	outer, built, print := env.Sections, env.Built, thread.Print
	sub.Begin(env)
	env.Built = sub.Built
	thread.Print = func(th *starlark.Thread, msg string) { sub.Log(th.CallFrame(1).Pos, msg) }
	steps := thread.ExecutionSteps()
	_, err = starlark.Call(thread, fn, starlark.Tuple{sub.T()}, nil)
	sub.Steps = thread.ExecutionSteps() - steps
	env.Sections, env.Built, thread.Print = outer, built, print
	if err := sub.End(err); err != nil {
		return nil, err
	}
	return starlark.Bool(!sub.Failed()), nil
}
