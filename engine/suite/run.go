package suite

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.starlark.net/starlark"

	"starboard/builtins"
	"starboard/engine"
)

// Options say what to run, and how. The zero value of a field is its default.
type Options struct {
	Paths    []string // files, and folders that are searched; default "."
	Dir      string   // working folder; default os.Getwd
	Root     string   // what suites may load from; default each one's version control, or its own folder
	Run      string   // regular expressions for scenario/sub-scenario; default all
	Jobs     int      // scenarios side by side; default all cores
	FailFast bool     // start no more after the first failure
	Shuffle  string   // a number: start in another order
	Shard    *Shard   // run one part only
	Update   bool     // rewrite golden masters that differ
	Seed     *uint64  // of all examples; default one for each check of a scenario

	// UpdateLock takes symbols that do not match the lock, and writes a lock for
	// each suite that uses symbols.
	UpdateLock bool

	Pictures bool // draw the sheets of failed scenarios

	AllowExec bool                 // scripts may call external commands
	Guards    builtins.GuardMemory // default none: guards begin as new
	GuardLog  *slog.Logger         // told of every call of a guard; default nobody

	MaxSteps  uint64 // of a scenario; default 500 million
	MaxMemory uint64 // of the heap, in bytes, beyond what is in use; default 2 GiB

	Tool    string           // name and version, for the report
	Self    string           // file of the starboard program, for t.reproducible
	Now     func() time.Time // default time.Now
	Journal Journal          // default none

	// Results is told of each scenario, in the order of the source, as soon as
	// those before it are done: its own result, then those of its parts.
	Results func([]Result)
	// Progress is told when a scenario starts and when it is done, in any order.
	// It is not called by two threads at once.
	Progress func(Progress)
}

const (
	defaultMaxSteps  = 500_000_000
	defaultMaxMemory = 2 << 30
)

// A Progress is how far a run is.
type Progress struct {
	Done, Total, Bad int      // top-level scenarios
	Running          []string // those under way, the longest first
}

// A Journal remembers results beyond a run. Its methods are safe for
// concurrent use.
type Journal interface {
	// Begin is called when it is known what there is to run.
	Begin(report *Report) error
	// Earlier returns results that stand for running the scenario again: those
	// of an unfinished run, under the same key, which is not "". Failed means
	// that the scenario is to run before others.
	Earlier(id, key string) (results []Result, failed bool)
	// Record keeps the results of a scenario and its parts.
	Record(id, key string, results []Result) error
	// End completes the report's story.
	End(report *Report) error
}

// Run runs suites. The report comes with an error as well, as far as the run
// got. That scenarios fail is not an error; that the context ended is.
func Run(ctx context.Context, o Options) (*Report, error) {
	r, files, err := newRunner(ctx, o)
	if err != nil {
		return nil, err
	}
	defer r.bounds.close()
	return r.report, r.all(files)
}

// newRunner returns what runs the suites that it has found. Its bounds must be
// closed.
func newRunner(ctx context.Context, o Options) (*runner, []file, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Dir == "" {
		dir, err := os.Getwd()
		if err != nil {
			return nil, nil, err
		}
		o.Dir = dir
	}
	o.MaxSteps = cmp.Or(o.MaxSteps, defaultMaxSteps)
	o.MaxMemory = cmp.Or(o.MaxMemory, defaultMaxMemory)
	o.Jobs = cmp.Or(o.Jobs, runtime.GOMAXPROCS(0))
	if len(o.Paths) == 0 {
		o.Paths = []string{"."}
	}
	match, err := newMatcher(o.Run)
	if err != nil {
		return nil, nil, err
	}
	files, err := find(o.Dir, o.Root, o.Paths)
	if err != nil {
		return nil, nil, err
	}
	if len(files) == 0 {
		return nil, nil, &NoSuiteError{o.Paths}
	}
	r := &runner{ctx: ctx, o: o, match: match, start: o.Now(), sources: sources{dir: o.Dir, lines: map[string][]string{}}}
	r.report = &Report{Version: 1, Tool: o.Tool, Started: r.start.UTC(), Jobs: o.Jobs, Shuffle: o.Shuffle, Shard: o.Shard}
	r.bounds = newBounds(ctx, o.MaxSteps, o.MaxMemory)
	return r, files, nil
}

// A NoSuiteError says that there is nothing to run.
type NoSuiteError struct{ Paths []string }

func (e *NoSuiteError) Error() string {
	return fmt.Sprintf("no suite (*%s) in %s", Suffix, strings.Join(e.Paths, ", "))
}

// A runner is one execution of Run.
type runner struct {
	ctx     context.Context
	o       Options
	match   matcher
	start   time.Time
	bounds  *bounds
	symbols engine.SymbolSource
	sources sources
	masters masters
	report  *Report
	suites  []*loaded
	units   []*unit // in the order of the source

	guardMu sync.Mutex
	before  map[string]earlierGuard // by the key of a guard

	mu      sync.Mutex
	next    int // first unit whose results have not been given out
	done    int
	bad     int
	running []string
	stop    bool // --fail-fast
	failure error
}

// A unit is a top-level scenario, or a suite that does not load.
type unit struct {
	suite    *loaded
	scenario scenario // without fn for a suite that does not load
	id       string
	index    int
	first    bool // failed in the run that this one continues

	results []Result // nil until it is done
	changes []change
	guards  []builtins.GuardUse
	reads   bool // it has read files that are no scripts
}

func (r *runner) all(files []file) error {
	r.load(files)
	if err := r.ctx.Err(); err != nil {
		r.finish()
		return err
	}
	if err := r.selectUnits(); err != nil {
		return err
	}
	if r.o.Journal != nil {
		if err := r.o.Journal.Begin(r.report); err != nil {
			return err
		}
	}
	r.take()
	r.execute()
	if r.failure != nil {
		return r.failure
	}
	err := r.ctx.Err()
	if err == nil && r.o.Update {
		if err := r.updateGolden(); err != nil {
			return err
		}
	}
	if err == nil && r.o.UpdateLock {
		if err := r.updateLocks(); err != nil {
			return err
		}
	}
	r.finish()
	if r.o.Journal != nil {
		if err := r.o.Journal.End(r.report); err != nil {
			return err
		}
	}
	return err
}

// sideBySide calls fn for 0 to n-1 with as many workers as there are jobs.
func (r *runner) sideBySide(n int, fn func(worker, i int)) {
	var wg sync.WaitGroup
	work := make(chan int)
	for w := range min(r.o.Jobs, n) {
		wg.Go(func() {
			for i := range work {
				fn(w, i)
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
}

// load executes the files.
func (r *runner) load(files []file) {
	r.suites = make([]*loaded, len(files))
	again := make([]bool, len(files))
	r.sideBySide(len(files), func(_, i int) { r.suites[i], again[i] = r.loadFile(files[i]) })
	for i := range files {
		if again[i] && r.ctx.Err() == nil {
			r.suites[i], _ = r.loadFile(files[i]) // alone, to find which one eats memory
		}
	}
}

func (r *runner) loadFile(f file) (l *loaded, memory bool) {
	l = &loaded{file: f, session: engine.NewSession(f.root, ".", f.rel, &r.symbols, r.o.UpdateLock)}
	start := r.o.Now()
	var logs []Line
	var threads []*starlark.Thread
	env := l.session.Env(r.o.Now)
	env.Cancelled, env.Processes = r.bounds.told, r.processes(f)
	defer env.Processes.Close()
	env.Room = engine.Room(r.o.MaxMemory)
	env.Read = watchReads(env.Read, &l.reads)
	r.bounds.gate.RLock()
	globals, err := l.session.Load(func(name string) *starlark.Thread {
		t := &starlark.Thread{Name: name, Print: func(t *starlark.Thread, msg string) {
			pos := t.CallFrame(1).Pos
			logs = append(logs, Line{r.sources.shown(f.root, pos.Filename()), int(pos.Line), msg})
		}}
		builtins.SetEnv(t, env)
		r.bounds.watch(t)
		threads = append(threads, t)
		return t
	})
	r.bounds.mu.Lock()
	for _, t := range threads {
		delete(r.bounds.threads, t)
	}
	r.bounds.mu.Unlock()
	r.bounds.gate.RUnlock()
	if err == nil {
		err = l.collect(globals)
	}
	l.wallNS = int64(r.o.Now().Sub(start))
	if err == nil {
		return l, false
	}
	err = engine.AsScriptError(err)
	l.result = &Result{Name: "load", File: f.shown, Line: 1, Status: Failed, Logs: logs, WallNS: l.wallNS, StartNS: int64(start.Sub(r.start))}
	l.result.Failures = r.sources.scriptFailures(f, err, func(msg string) string {
		if w := why(msg); w != "" {
			memory = memory || w == stopMemory
			return r.bounds.inWords(w)
		}
		return msg
	})
	l.result.Line = l.result.Failures[0].Line
	if l.result.Failures[0].File != f.shown {
		l.result.Line = 1
	}
	return l, memory
}

// selectUnits makes the units, and leaves out those that were not asked for.
func (r *runner) selectUnits() error {
	hash := sha256.New()
	for _, l := range r.suites {
		l.sum = r.keyOf(l)
		list := l.scenarios
		if l.result != nil {
			list = []scenario{{name: l.result.Name}}
		}
		for _, s := range list {
			if l.result == nil && !r.match.matches(s.name) {
				continue
			}
			u := &unit{suite: l, scenario: s, id: l.file.shown + ":" + s.name, index: r.report.Selection.Scenarios}
			r.report.Selection.Scenarios++
			hash.Write([]byte(u.id + "\n"))
			if r.o.Shard.has(u.id) {
				r.units = append(r.units, u)
			}
		}
	}
	r.report.Selection.SHA256 = hex.EncodeToString(hash.Sum(nil))
	if r.report.Selection.Scenarios == 0 {
		return &NoScenarioError{r.o.Run}
	}
	return nil
}

// A NoScenarioError says that --run matches nothing.
type NoScenarioError struct{ Pattern string }

func (e *NoScenarioError) Error() string {
	return fmt.Sprintf("no scenario matches %q", e.Pattern)
}

// keyOf returns what an earlier result depends on: the scripts and their
// golden masters.
func (r *runner) keyOf(l *loaded) string {
	if r.o.Journal == nil || l.reads {
		return ""
	}
	h := sha256.New()
	sum := l.session.Sum()
	h.Write(sum[:])
	if r.o.Seed != nil {
		fmt.Fprintf(h, "seed %d\n", *r.o.Seed)
	}
	master, _ := readMaster(l.file.goldenDir()) // what cannot be read fails in its scenario
	for _, name := range sortedKeys(master) {
		one := sha256.Sum256([]byte(master[name]))
		h.Write([]byte(name))
		h.Write(one[:])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// take fills in the results that the journal has.
func (r *runner) take() {
	if r.o.Journal == nil {
		return
	}
	for _, u := range r.units {
		results, failed := r.o.Journal.Earlier(u.id, u.suite.sum)
		u.first = failed
		if results == nil || u.scenario.fn == nil {
			continue
		}
		u.results = results
		for i := range u.results {
			u.results[i].Resumed, u.results[i].Index = true, u.index
		}
	}
}

// execute runs the units that have no results.
func (r *runner) execute() {
	var todo []*unit
	for _, u := range r.units {
		if u.results == nil {
			todo = append(todo, u)
		}
	}
	if seed, err := strconv.ParseUint(r.o.Shuffle, 10, 64); err == nil {
		rnd := rand.New(rand.NewPCG(seed, 0))
		rnd.Shuffle(len(todo), func(i, j int) { todo[i], todo[j] = todo[j], todo[i] })
	}
	slices.SortStableFunc(todo, func(a, b *unit) int {
		return cmp.Compare(order(a), order(b))
	})
	r.mu.Lock()
	r.done = len(r.units) - len(todo)
	r.giveOut()
	r.mu.Unlock()
	again := make([]bool, len(todo))
	r.sideBySide(len(todo), func(w, i int) { again[i] = r.attempt(w, todo[i], false) })
	for i, u := range todo {
		if again[i] {
			r.attempt(0, u, true)
		}
	}
}

// order puts what failed before all else.
func order(u *unit) int {
	if u.first {
		return 0
	}
	return 1
}

// attempt runs a unit and keeps its results. It reports whether the unit must
// run once more, alone: it was stopped since memory had run short.
func (r *runner) attempt(worker int, u *unit, alone bool) (again bool) {
	r.mu.Lock()
	skip := r.stop || r.failure != nil
	r.mu.Unlock()
	if skip || r.ctx.Err() != nil {
		return false
	}
	if u.suite.result != nil {
		one := *u.suite.result
		one.Worker, one.Index = worker, u.index
		r.complete(u, []Result{one})
		return false
	}
	if alone {
		r.bounds.settle()
	}
	r.begun(u)
	c := &call{runner: r, unit: u, worker: worker}
	c.run()
	r.over(u)
	if c.stopped == stopContext || c.stopped == stopMemory && !alone {
		return c.stopped == stopMemory
	}
	u.changes, u.reads, u.guards = c.golden.pending, c.reads, c.guards
	r.complete(u, c.results())
	return false
}

func (r *runner) begun(u *unit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running = append(r.running, u.id)
	r.tell()
}

func (r *runner) over(u *unit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running = slices.DeleteFunc(r.running, func(id string) bool { return id == u.id })
}

// tell tells of the progress.
func (r *runner) tell() {
	if r.o.Progress != nil {
		r.o.Progress(Progress{Done: r.done, Total: len(r.units), Bad: r.bad, Running: slices.Clone(r.running)})
	}
}

// complete keeps the results of a unit.
func (r *runner) complete(u *unit, results []Result) {
	var err error
	if r.o.Journal != nil {
		key := u.suite.sum
		if u.reads {
			key = "" // what it depends on is not known
		}
		err = r.o.Journal.Record(u.id, key, results)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failure = cmp.Or(r.failure, err)
	u.results = results
	r.done++
	if slices.ContainsFunc(results, func(x Result) bool { return x.Status.Bad() }) {
		r.bad++
		r.stop = r.stop || r.o.FailFast
	}
	r.tell()
	r.giveOut()
}

// giveOut tells of the results whose turn it is. With --update they may still
// change.
func (r *runner) giveOut() {
	if r.o.Update {
		return
	}
	for r.next < len(r.units) && r.units[r.next].results != nil && !r.awaits(r.units[r.next]) {
		if r.o.Results != nil {
			r.o.Results(r.units[r.next].results)
		}
		r.next++
	}
}

// finish completes the report.
func (r *runner) finish() {
	p := r.report
	p.Interrupted = r.ctx.Err() != nil
	for _, u := range r.units {
		if asksForTime(u) {
			r.correct(u.suite)
		}
	}
	for ; r.next < len(r.units); r.next++ { // behind one that was not run
		if u := r.units[r.next]; u.results != nil && r.o.Results != nil {
			r.o.Results(u.results)
		}
	}
	var last *loaded
	for _, u := range r.units {
		if u.results == nil {
			p.Selection.NotRun++
			continue
		}
		if u.suite != last {
			last = u.suite
			p.Suites = append(p.Suites, Suite{File: last.file.shown, LoadNS: last.wallNS})
		}
		s := &p.Suites[len(p.Suites)-1]
		s.Results = append(s.Results, u.results...)
	}
	dropPictures(p.Suites)
	p.Totals = Count(p.Suites)
	r.settleGuards()
	p.Unused = r.unused()
	p.WallNS = int64(r.o.Now().Sub(r.start))
}

// unused returns the golden files of suites that ran as a whole, and were not
// looked at.
func (r *runner) unused() []string {
	var list []string
	for _, l := range r.suites {
		used := map[string]bool{}
		whole := l.result == nil && r.o.Shard == nil && r.match == nil
		for _, u := range r.units {
			if u.suite != l {
				continue
			}
			whole = whole && u.results != nil
			for _, x := range u.results {
				whole = whole && x.Status == Passed
				for _, name := range x.Golden {
					used[name] = true
				}
			}
		}
		if !whole {
			continue
		}
		files, err := filesBelow(r.o.Dir, l.file.goldenDir())
		if err != nil {
			continue // it is not there for any scenario either
		}
		for _, name := range files {
			if !used[name] {
				list = append(list, name)
			}
		}
	}
	slices.SortFunc(list, compareNames)
	return list
}

// updateLocks writes the locks of the suites.
func (r *runner) updateLocks() error {
	for _, l := range r.suites {
		text, err := l.session.Lock()
		if err != nil {
			return err
		}
		file := engine.LockPath(l.file.abs)
		old, err := os.ReadFile(file)
		if text == "" || l.result != nil || err == nil && string(old) == text {
			continue
		}
		if err := (change{abs: file, content: text}).apply(); err != nil {
			return &engine.FileError{File: shown(r.o.Dir, file), Err: cause(err)}
		}
		r.report.Written = append(r.report.Written, shown(r.o.Dir, file))
	}
	return nil
}

// updateGolden makes the changes of all units. Two that want different things
// of one file are a failure of the later one.
func (r *runner) updateGolden() error {
	by := map[string]*unit{}
	made := map[string]change{}
	for _, u := range r.units {
		for _, c := range u.changes {
			first, twice := by[c.abs]
			if twice && made[c.abs] != c {
				u.results[0].Status = Failed
				u.results[0].Failures = append(u.results[0].Failures, Failure{
					Check: "t.golden", File: u.results[0].File, Line: u.results[0].Line, Col: 1,
					Msg: fmt.Sprintf("%s is also a golden master of %s, with another content", shown(r.o.Dir, c.abs), first.scenario.name),
				})
				continue
			}
			if twice {
				continue
			}
			by[c.abs], made[c.abs] = u, c
			if err := c.apply(); err != nil {
				return &engine.FileError{File: shown(r.o.Dir, c.abs), Err: cause(err)}
			}
			if c.remove {
				r.report.Removed = append(r.report.Removed, shown(r.o.Dir, c.abs))
			} else {
				r.report.Written = append(r.report.Written, shown(r.o.Dir, c.abs))
			}
		}
	}
	return nil
}
