// Package engine runs scripts: it loads and bounds them, keeps their locks,
// and writes what they describe.
//
// [Run] is the whole of starboard run. Scripts themselves write nothing, and
// read below their own folder only.
package engine

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"path"
	"path/filepath"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"starboard/builtins"
	"starboard/kicad/annotate"
	"starboard/kicad/circuit"
	"starboard/kicad/project"
	"starboard/kicad/symbol"
)

// Options say how to run a script. The zero value of a field is its default.
type Options struct {
	Args       []string // name=value, for main
	Out        string   // folder of the project; default build/<circuit>
	Check      bool     // compare with the files that exist, write nothing
	Source     []byte   // the text of the script; default that of its file
	UpdateLock bool     // take symbols that do not match the lock, forget parts that are gone

	MaxSteps  uint64 // of the interpreter; default 500 million
	MaxMemory uint64 // of the heap, in bytes; default 2 GiB

	Guards   builtins.GuardMemory // default none: guards begin as new
	GuardLog *slog.Logger         // told of every call of a guard; default nobody

	Print func(pos, msg string) // for print; default: nothing
	Now   func() time.Time      // default time.Now
}

const (
	defaultMaxSteps  = 500_000_000
	defaultMaxMemory = 2 << 30
)

func (o *Options) setDefaults() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxSteps == 0 {
		o.MaxSteps = defaultMaxSteps
	}
	if o.MaxMemory == 0 {
		o.MaxMemory = defaultMaxMemory
	}
}

// A Result is what a run did.
type Result struct {
	Script   string
	Lock     string // name of the lock file
	Circuits []Circuit
	Changed  []string // files that were written, or with Check would be
	Removed  []string // files of an earlier run that the script no longer makes
	Saved    []string // copies of files that had been edited by hand
	Phases   []builtins.Section
	Sections []builtins.Section // of timing.section
	Guards   []builtins.GuardUse
	Steps    uint64
	Warnings []string
	Started  time.Time
	Wall     time.Duration
}

// A Circuit is one project of a run.
type Circuit struct {
	Name   string
	Dir    string
	Tree   *project.Tree
	Model  *circuit.Circuit
	Parts  int
	Nets   int
	Sheets int
}

// A DifferenceError says that with Check, files are not what the script makes.
type DifferenceError struct{ Files []string }

func (e *DifferenceError) Error() string {
	lines := make([]string, len(e.Files))
	for i, f := range e.Files {
		lines[i] = f + ": not what the script makes"
	}
	return strings.Join(lines, "\n")
}

// Run executes the script and writes the projects that its main returns. A
// result comes with most errors too, as far as the run got.
func Run(ctx context.Context, script string, o Options) (*Result, error) {
	r := newRun(ctx, script, o)
	err := r.all()
	r.result.Wall = r.o.Now().Sub(r.result.Started)
	return r.result, err
}

// Build executes the script like [Run], and has nothing to do with what earlier
// runs have written.
func Build(ctx context.Context, script string, o Options) (*Result, error) {
	r := newRun(ctx, script, o)
	_, err := r.make()
	r.result.Wall = r.o.Now().Sub(r.result.Started)
	return r.result, err
}

func newRun(ctx context.Context, script string, o Options) *run {
	r := &run{ctx: ctx, script: script, o: o, result: &Result{Script: script, Lock: LockPath(script)}}
	r.o.setDefaults()
	r.result.Started = r.o.Now()
	return r
}

// A run is one execution of Run.
type run struct {
	ctx     context.Context
	script  string
	o       Options
	result  *Result
	lock    *Lock
	library *library
	env     *builtins.Env
}

func (r *run) phase(name string, fn func() error) error {
	start := r.o.Now()
	err := fn()
	r.result.Phases = append(r.result.Phases, builtins.Section{Name: name, Wall: r.o.Now().Sub(start)})
	return err
}

func (r *run) all() error {
	next, err := r.make()
	if err != nil {
		return err
	}
	return r.phase("write", func() error { return r.write(next) })
}

// make loads the script and builds its projects. It returns the lock as it is
// to be.
func (r *run) make() (*Lock, error) {
	var named []namedCircuit
	if err := r.phase("load", func() error {
		var err error
		if r.lock, err = readLock(r.result.Lock); err != nil {
			return err
		}
		named, err = r.load()
		return err
	}); err != nil {
		return nil, err
	}
	next := &Lock{Symbols: map[string]LockedSymbol{}, Circuits: map[string][]annotate.Entry{}}
	err := r.phase("build", func() error {
		for _, n := range named {
			if err := r.ctx.Err(); err != nil {
				return err
			}
			if err := r.build(n, next); err != nil {
				return err
			}
		}
		return nil
	})
	return next, err
}

// load executes the script and its main.
func (r *run) load() ([]namedCircuit, error) {
	dir := filepath.Dir(r.script)
	display := path.Clean(filepath.ToSlash(dir))
	r.library = newLibrary(symbolPath(dir), r.result.Lock, r.lock.Symbols, r.o.UpdateLock)
	r.env = &builtins.Env{
		Symbols:  r.library.find,
		Has:      r.library.has,
		Folder:   folderPrefix(display),
		Kind:     func(s *symbol.Symbol) symbol.Kind { return r.library.kinds[s] },
		Known:    func(circuit string) []annotate.Entry { return r.lock.Circuits[circuit] },
		Now:      r.o.Now,
		Room:     Room(r.o.MaxMemory),
		Sections: new([]builtins.Section),
	}
	guard := newGuard(r.ctx, r.o.MaxSteps, r.o.MaxMemory)
	defer guard.stop()
	l := &loader{script: r.script, text: r.o.Source, dir: dir, display: display, modules: map[string]*module{}, thread: func(name string) *starlark.Thread {
		t := &starlark.Thread{Name: name, Print: func(t *starlark.Thread, msg string) {
			if r.o.Print != nil {
				r.o.Print(t.CallFrame(1).Pos.String(), msg)
			}
		}}
		builtins.SetEnv(t, r.env)
		guard.watch(t)
		return t
	}}
	r.env.Read = l.readFor
	r.guardScripts(guard, l)
	// The script has a goroutine of its own, which is left behind where it does
	// not stop: nothing that it can still reach is looked at then.
	type outcome struct {
		circuits []namedCircuit
		err      error
	}
	ended := make(chan outcome, 1)
	go func() {
		circuits, err := r.execute(l)
		ended <- outcome{circuits, err}
	}()
	select {
	case o := <-ended:
		r.result.Steps, r.result.Sections = guard.steps(), *r.env.Sections
		r.settleGuards()
		return o.circuits, guard.explain(scriptError(o.err))
	case <-guard.overdue:
		return nil, guard.abandoned(r.script)
	}
}

// folderPrefix returns what places in the files of a folder begin with.
func folderPrefix(display string) string {
	if display == "." || display == "" {
		return ""
	}
	return strings.TrimSuffix(display, "/") + "/"
}

// execute runs the files of the script, then main.
func (r *run) execute(l *loader) ([]namedCircuit, error) {
	globals, err := l.run(filepath.Base(r.script))
	if err != nil {
		return nil, err
	}
	main, err := r.mainFunction(globals)
	if err != nil {
		return nil, err
	}
	kwargs, err := arguments(main, r.o.Args)
	if err != nil {
		return nil, err
	}
	thread := l.thread(r.script)
	v, err := starlark.Call(thread, main, nil, kwargs)
	if err != nil {
		return nil, err
	}
	circuits, err := circuitsOf(v, main.Position().String())
	if err != nil {
		return nil, err
	}
	// Placement rules are of the script too, and run in its bounds.
	for _, n := range circuits {
		if err := builtins.Arrange(thread, n.circuit, r.env, r.o.UpdateLock); err != nil {
			return nil, err
		}
	}
	return circuits, nil
}

func (r *run) mainFunction(globals starlark.StringDict) (*starlark.Function, error) {
	v, ok := globals["main"]
	if !ok {
		return nil, &ScriptError{Pos: r.script, Msg: "there is no function main: define one that returns a circuit"}
	}
	main, ok := v.(*starlark.Function)
	if !ok {
		return nil, &ScriptError{Pos: r.script, Msg: fmt.Sprintf("main is %s, want a function that returns a circuit", v.Type())}
	}
	return main, nil
}

// A namedCircuit is a circuit and the folder that it gets among several.
type namedCircuit struct {
	folder  string
	circuit *builtins.Circuit
	alone   bool
}

// circuitsOf returns the circuits in what main has returned.
func circuitsOf(v starlark.Value, pos string) ([]namedCircuit, error) {
	fail := func(format string, args ...any) ([]namedCircuit, error) {
		return nil, &ScriptError{Pos: pos, Msg: "main returned " + fmt.Sprintf(format, args...)}
	}
	var list []namedCircuit
	add := func(folder string, v starlark.Value) error {
		c, ok := v.(*builtins.Circuit)
		if !ok {
			return fmt.Errorf("with %s in it", v.Type())
		}
		if !c.IsRoot() {
			return fmt.Errorf("with %s in it, which is a sheet of a circuit", c)
		}
		for _, n := range list {
			switch {
			case n.circuit.Model() == c.Model():
				return fmt.Errorf("with %s in it twice", c)
			case n.circuit.Model().Name == c.Model().Name:
				return fmt.Errorf("with two circuits named %q in it: the lock knows a circuit by its name, so give each its own", c.Model().Name)
			case strings.EqualFold(n.folder, folder):
				return fmt.Errorf("with %q and %q in it, which are the same folder on some systems", n.folder, folder)
			}
		}
		if !isFolderName(folder) {
			return fmt.Errorf("with the name %q in it, which cannot be that of a folder", folder)
		}
		list = append(list, namedCircuit{folder: folder, circuit: c})
		return nil
	}
	switch v := v.(type) {
	case *builtins.Circuit:
		if err := add(nameOf(v), v); err != nil {
			return fail("%s, which is a sheet of a circuit", v)
		}
		list[0].alone = true
		return list, nil
	case *starlark.Dict:
		for _, item := range v.Items() {
			key, ok := starlark.AsString(item[0])
			if !ok {
				return fail("a dict with %s for a key, want string", item[0].Type())
			}
			if err := add(key, item[1]); err != nil {
				return fail("a dict %v", err)
			}
		}
	case *starlark.List, starlark.Tuple:
		for x := range starlark.Elements(v.(starlark.Iterable)) {
			if err := add(nameOf(x), x); err != nil {
				return fail("a %s %v", v.Type(), err)
			}
		}
	case starlark.NoneType:
		return fail("nothing, want a circuit: does it end in return c?")
	default:
		return fail("%s, want a circuit, or a list or dict of circuits", v.Type())
	}
	if len(list) == 0 {
		return fail("an empty %s, want at least one circuit", v.Type())
	}
	return list, nil
}

func nameOf(v starlark.Value) string {
	if c, ok := v.(*builtins.Circuit); ok {
		return c.Model().Name
	}
	return ""
}

// isFolderName reports whether a name can be that of a folder on any system.
func isFolderName(s string) bool {
	return s != "" && strings.Trim(s, " .") == s && !strings.ContainsAny(s, "/\\:*?\"<>|") &&
		!strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

func (r *run) build(n namedCircuit, next *Lock) error {
	c := n.circuit.Model()
	tree, entries, err := builtins.Build(n.circuit, r.env, r.o.UpdateLock)
	if err != nil {
		if wrapped := scriptError(err); wrapped != err {
			return wrapped
		}
		return &ScriptError{Pos: cmp.Or(n.circuit.Pos(), r.script), Msg: err.Error()}
	}
	next.Circuits[c.Name] = entries
	dir := r.o.Out
	switch {
	case dir == "":
		dir = filepath.Join("build", n.folder)
	case !n.alone:
		dir = filepath.Join(dir, n.folder)
	}
	r.result.Circuits = append(r.result.Circuits, Circuit{
		Name: c.Name, Dir: dir, Tree: tree, Model: c, Parts: len(c.Parts()), Nets: c.CountNets(), Sheets: len(c.Sheets()),
	})
	r.result.Warnings = append(r.result.Warnings, warnings(c)...)
	for _, sheet := range tree.Plain() {
		r.result.Warnings = append(r.result.Warnings, fmt.Sprintf("%s: sheet %s is drawn with a label at each pin, because wires would join what the circuit does not", cmp.Or(n.circuit.Pos(), r.script), sheet))
	}
	return nil
}

// warnings tells of pins and nets that lead nowhere.
func warnings(c *circuit.Circuit) []string {
	var list []string
	for _, p := range c.Parts() {
		for _, pin := range p.Pins() {
			if pin.Unconnected() {
				list = append(list, fmt.Sprintf("%s: %s is connected to nothing; NC says that this is meant", p.Pos, pin))
			}
		}
	}
	for _, s := range c.Sheets() {
		for _, n := range s.Nets() {
			if pins := n.Pins(); n.Name() != "" && n.Alone() && len(pins) > 0 {
				list = append(list, fmt.Sprintf("%s: net %s has no other pin than %s", pins[0].Part.Pos, n.Name(), pins[0]))
			}
		}
	}
	return list
}
