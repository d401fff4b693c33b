package suite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.starlark.net/starlark"

	"starboard/builtins"
	"starboard/builtins/sample"
	"starboard/engine"
	"starboard/engine/machine"
)

// A BenchReport is what benchmarks took.
type BenchReport struct {
	Version    int             `json:"version"` // of this form: 1
	Tool       string          `json:"tool"`
	Started    time.Time       `json:"started"`
	Machine    machine.Machine `json:"machine"`
	Rounds     int             `json:"rounds"`
	Benchmarks []Bench         `json:"benchmarks"` // in the order of the source
}

// A Bench is a function bench_*(b) and what it took.
type Bench struct {
	File     string        `json:"file"`
	Line     int           `json:"line"`
	Name     string        `json:"name"`
	Series   sample.Series `json:"series"`
	Failures []Failure     `json:"failures,omitempty"` // one that failed has no time
}

// ID names a benchmark among all of a run.
func (b *Bench) ID() string { return b.File + ":" + b.Name }

// A NoBenchError says that there is nothing to measure.
type NoBenchError struct{ Run string }

func (e *NoBenchError) Error() string {
	if e.Run != "" {
		return fmt.Sprintf("no benchmark matches %q", e.Run)
	}
	return "no benchmark: there is no function bench_*(b)"
}

// RunBench measures the functions bench_*(b) of suites, one suite after the
// other, those of one suite in interleaved rounds, and nothing side by side.
// Of the options it looks at Paths, Dir, Root, Run, AllowExec, MaxSteps,
// MaxMemory, Tool and Now.
func RunBench(ctx context.Context, o Options, rounds int) (*BenchReport, error) {
	o.Jobs = 1
	r, files, err := newRunner(ctx, o)
	if err != nil {
		return nil, err
	}
	defer r.bounds.close()
	p := &BenchReport{Version: 1, Tool: r.o.Tool, Started: r.start.UTC(), Machine: machine.Here(), Rounds: rounds}
	r.load(files)
	for _, l := range r.suites {
		if l.result != nil {
			p.Benchmarks = append(p.Benchmarks, Bench{File: l.file.shown, Line: l.result.Line, Name: l.result.Name, Failures: l.result.Failures})
			continue
		}
		if err := r.bench(p, l, rounds); err != nil {
			return p, err
		}
	}
	if len(p.Benchmarks) == 0 {
		return nil, &NoBenchError{o.Run}
	}
	return p, nil
}

// bench measures the benchmarks of a suite. One that fails is left out, and the
// others are measured all the same.
func (r *runner) bench(p *BenchReport, l *loaded, rounds int) error {
	type running struct {
		Bench
		call *call
		left func()
	}
	var all []*running
	for _, s := range l.benches {
		if !r.match.matches(s.name) {
			continue
		}
		all = append(all, &running{Bench: Bench{File: l.file.shown, Line: int(s.pos.Line), Name: s.name}})
		x := all[len(all)-1]
		x.call = &call{runner: r, unit: &unit{suite: l, scenario: s, id: x.ID()}}
	}
	subjects := make([]sample.Subject, len(all))
	for i, x := range all {
		subjects[i], x.left = x.call.subject()
		defer x.left()
	}
	fail := func(x *running, err error) {
		f := builtins.Failure{Pos: x.call.unit.scenario.pos}
		f.Pos, f.Trace = builtins.ErrorPlace(err, f.Pos)
		f.Msg, _ = x.call.explain(err)
		x.Failures = []Failure{r.sources.failure(l.file, f)}
	}
	for {
		var sound []sample.Subject
		var of []*running
		for i, x := range all {
			if len(x.Failures) == 0 {
				sound, of = append(sound, subjects[i]), append(of, x)
			}
		}
		series, err := sample.Measure(r.o.Now, sample.Plan{Rounds: rounds}, sound...)
		if r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		var s *sample.SubjectError
		if errors.As(err, &s) {
			for _, x := range of {
				if x.ID() == s.Name {
					fail(x, s.Err)
				}
			}
			continue // from the start: a round has all of them
		}
		if err != nil {
			return err
		}
		for i := range series {
			series[i].Name = of[i].Name
			of[i].Series = series[i]
		}
		break
	}
	for _, x := range all {
		p.Benchmarks = append(p.Benchmarks, x.Bench)
	}
	return nil
}

// subject returns the measurement of a benchmark, and what to call after it.
func (c *call) subject() (sample.Subject, func()) {
	r, u := c.runner, c.unit
	thread := &starlark.Thread{Name: u.id, Print: func(*starlark.Thread, string) {}}
	env := u.suite.session.Env(r.o.Now)
	closeEnv := c.equip(env)
	env.Sections = new([]builtins.Section)
	env.Room = engine.Room(r.o.MaxMemory)
	builtins.SetEnv(thread, env)
	leave := r.bounds.enter(thread)
	b := builtins.NewB(r.o.Now)
	var took time.Duration
	return sample.Subject{
			Name:  u.id,
			Steps: thread.ExecutionSteps,
			Took:  func() time.Duration { return took },
			Run: func(n int) error {
				return protect(func() error {
					*env.Sections = (*env.Sections)[:0]
					b.Begin(n)
					_, err := starlark.Call(thread, u.scenario.fn, starlark.Tuple{b}, nil)
					took = b.End()
					if err == nil && !b.Used {
						err = fmt.Errorf("%s does not look at b.n: do the work in for _ in range(b.n)", u.scenario.name)
					}
					return err
				})
			},
		}, func() {
			leave()
			closeEnv()
		}
}
