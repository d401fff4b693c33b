package suite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starboard/builtins"
	"starboard/engine"
)

// A call is one execution of a scenario.
type call struct {
	runner  *runner
	unit    *unit
	worker  int
	golden  *goldens
	top     *builtins.Scenario
	used    map[*builtins.Scenario][]string
	reads   bool // it has read files that are no scripts
	guards  []builtins.GuardUse
	stopped string // why the bounds stopped it, "" if they did not
}

func (c *call) run() {
	r, u := c.runner, c.unit
	c.golden = &goldens{masters: &r.masters, dir: u.suite.file.goldenDir(), cwd: r.o.Dir, update: r.o.Update}
	c.used = map[*builtins.Scenario][]string{}
	host := &builtins.Host{
		Runs: r.match.matches,
		Golden: func(s *builtins.Scenario, name string, files map[string]string) (string, string, error) {
			c.golden.used = nil
			msg, detail, err := c.golden.compare(name, files)
			c.used[s] = append(c.used[s], c.golden.used...)
			return msg, detail, err
		},
		Explain: c.explain,
		Now:     r.o.Now,
		Alone:   r.bounds.alone,
	}
	c.examples(host)
	c.top = builtins.NewScenario(u.scenario.name, u.scenario.pos, host)
	thread := &starlark.Thread{Name: u.id, Print: func(t *starlark.Thread, msg string) { c.top.Log(t.CallFrame(1).Pos, msg) }}
	env := u.suite.session.Env(r.o.Now)
	env.Built = c.top.Built
	defer c.equip(env)()
	env.Room, env.Measures = engine.Room(r.o.MaxMemory), true
	env.Read = watchReads(env.Read, &c.reads)
	c.reproduction(host, env)
	builtins.SetEnv(thread, env)
	leave := r.bounds.enter(thread)
	defer leave()
	c.top.Begin(env)
	err := protect(func() error {
		_, err := starlark.Call(thread, u.scenario.fn, starlark.Tuple{c.top.T()}, nil)
		return err
	})
	c.top.Steps = thread.ExecutionSteps()
	_ = c.top.End(err) // there is nothing above it to end
	if p, ok := err.(*panicError); ok {
		c.top.Failures[len(c.top.Failures)-1].Detail = p.stack
	}
}

// protect turns a panic into an error, so that a mistake in this program
// harms one scenario only.
func protect(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicError{p, string(debug.Stack())}
		}
	}()
	return fn()
}

// A panicError is a mistake in this program.
type panicError struct {
	value any
	stack string
}

func (e *panicError) Error() string { return fmt.Sprintf("internal error: %v", e.value) }

func (c *call) explain(err error) (msg string, stopped bool) {
	msg = err.Error()
	var s *engine.ScriptError
	if errors.As(engine.AsScriptError(err), &s) {
		msg = s.Msg
	}
	if w := why(msg); w != "" {
		c.stopped = w
		return c.runner.bounds.inWords(w), true
	}
	return msg, false
}

// results returns the result of the scenario and of its parts.
func (c *call) results() []Result {
	var list []Result
	c.add(&list, c.top, false)
	return list
}

// add appends the results of s. Within is whether t.red was said around it.
func (c *call) add(list *[]Result, s *builtins.Scenario, within bool) {
	r, f := c.runner, c.unit.suite.file
	x := Result{
		Name: s.Name, File: f.shown, Line: int(s.Pos.Line), Index: c.unit.index, Status: Passed,
		Checks: s.Checks, Golden: c.used[s], Worker: c.worker,
		StartNS: int64(s.Start.Sub(r.start)), WallNS: int64(s.Wall), Steps: s.Steps,
	}
	if s == c.top {
		x.Guards = guardsOf(c.guards)
	}
	for _, sec := range s.Sections {
		x.Sections = append(x.Sections, Section{sec.Name, int64(sec.Wall), sec.Steps, sampleOf(sec.Sample)})
	}
	for _, m := range s.Timings {
		x.Timings = append(x.Timings, r.sources.timing(f, m))
	}
	for _, sum := range s.Sums {
		x.Sums = append(x.Sums, Sum(sum))
	}
	for _, l := range s.Logs {
		x.Logs = append(x.Logs, Line{r.sources.shown(f.root, l.Pos.Filename()), int(l.Pos.Line), l.Text})
	}
	for _, fail := range s.Failures {
		x.Failures = append(x.Failures, r.sources.failure(f, fail))
	}
	failed := len(s.Failures) > 0
	switch {
	case s.RedWhy != "":
		x.Why, x.Status = s.RedWhy, Surprise
		if s.Failed() {
			x.Status = Red
		}
	case failed && within:
		x.Status = Red
	case failed:
		x.Status = Failed
	case s.SkipWhy != "":
		x.Why, x.Status = s.SkipWhy, Skipped
	}
	if x.Status == Failed && r.o.Pictures {
		x.Pictures = pictures(s.Trees)
	}
	*list = append(*list, x)
	for _, sub := range s.Subs {
		c.add(list, sub, within || s.RedWhy != "")
	}
}

func sampleOf(s *builtins.Sample) *Sample {
	if s == nil {
		return nil
	}
	return &Sample{s.N(), int64(s.Median()), int64(s.Min()), int64(s.Max())}
}

// sources knows the lines of scripts, for failures.
type sources struct {
	dir string // working folder

	mu    sync.Mutex
	lines map[string][]string
}

// shown returns how messages name a file of a script, which positions give
// relative to root.
func (s *sources) shown(root, name string) string {
	return shown(s.dir, filepath.Join(root, filepath.FromSlash(name)))
}

func (s *sources) line(root, name string, n int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	file := filepath.Join(root, filepath.FromSlash(name))
	lines, ok := s.lines[file]
	if !ok {
		text, err := os.ReadFile(file)
		if err == nil {
			lines = strings.Split(string(text), "\n")
		}
		s.lines[file] = lines
	}
	if n < 1 || n > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[n-1])
}

func (s *sources) failure(f file, b builtins.Failure) Failure {
	x := Failure{Check: b.Check, Msg: b.Msg, Detail: b.Detail, Undecided: b.Undecided}
	x.File, x.Line, x.Col = s.place(f, b.Pos)
	x.Source = s.line(f.root, b.Pos.Filename(), x.Line)
	for _, fr := range b.Trace {
		file, line, col := s.place(f, fr.Pos)
		x.Trace = append(x.Trace, Frame{fr.Func, file, line, col})
	}
	return x
}

func (s *sources) place(f file, pos syntax.Position) (string, int, int) {
	return s.shown(f.root, pos.Filename()), int(pos.Line), int(pos.Col)
}

var position = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(.*?):([0-9]+)(?::([0-9]+))?(?:: in (.*))?$`) })

// scriptFailures returns the failures that an error of loading stands for.
func (s *sources) scriptFailures(f file, err error, inWords func(string) string) []Failure {
	var list engine.ScriptErrors
	var one *engine.ScriptError
	switch {
	case errors.As(err, &list):
	case errors.As(err, &one):
		list = engine.ScriptErrors{one}
	default:
		return []Failure{{File: f.shown, Line: 1, Msg: err.Error()}}
	}
	var failures []Failure
	for _, e := range list {
		x := Failure{File: f.shown, Line: 1, Msg: inWords(e.Msg)}
		if m := position().FindStringSubmatch(e.Pos); m != nil {
			x.File = s.shown(f.root, m[1])
			x.Line, _ = strconv.Atoi(m[2])
			x.Col, _ = strconv.Atoi(m[3])
			x.Source = s.line(f.root, m[1], x.Line)
		}
		for _, call := range e.Trace {
			if m := position().FindStringSubmatch(call); m != nil && len(e.Trace) > 1 {
				fr := Frame{Func: m[4], File: s.shown(f.root, m[1])}
				fr.Line, _ = strconv.Atoi(m[2])
				fr.Col, _ = strconv.Atoi(m[3])
				x.Trace = append(x.Trace, fr)
			}
		}
		failures = append(failures, x)
	}
	return failures
}
