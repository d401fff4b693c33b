package suite

import (
	"fmt"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"go.starlark.net/starlark"

	"starboard/builtins"
	"starboard/engine/repro"
	"starboard/engine/repro/difference"
)

// reproduction gives the host what t.deterministic and t.reproducible need.
func (c *call) reproduction(h *builtins.Host, env *builtins.Env) {
	h.OneThread, h.Collect = oneThread, runtime.GC
	h.Anew = func(fn *starlark.Function) (*starlark.Function, error) {
		var leaves []func()
		defer func() {
			for _, leave := range leaves {
				leave()
			}
		}()
		return c.unit.suite.session.Again(fn, func(name string) *starlark.Thread {
			t := &starlark.Thread{Name: name, Print: func(*starlark.Thread, string) {}} // it has said so before
			builtins.SetEnv(t, env)
			leaves = append(leaves, h.Watch(t))
			return t
		})
	}
	h.Reproducible = c.reproducible
}

// A process has one number of threads: scenarios take turns.
var threadsMu sync.Mutex

func oneThread() (restore func()) {
	threadsMu.Lock()
	before := runtime.GOMAXPROCS(1)
	return func() {
		runtime.GOMAXPROCS(before)
		threadsMu.Unlock()
	}
}

// reproducible runs a script that lies below the root of its suite.
func (c *call) reproducible(q builtins.Repro) (msg, detail string, err error) {
	r, f := c.runner, c.unit.suite.file
	if r.o.Self == "" {
		return "", "", fmt.Errorf("each run is a process of starboard, which is not what runs this suite: use starboard test")
	}
	script := path.Join(path.Dir(f.rel), filepath.ToSlash(q.Script))
	switch {
	case !strings.HasSuffix(script, ".star"):
		return "", "", fmt.Errorf("for parameter script: got %q, want a script, whose name ends in .star", q.Script)
	case path.IsAbs(filepath.ToSlash(q.Script)) || !filepath.IsLocal(filepath.FromSlash(script)):
		return "", "", fmt.Errorf("for parameter script: %s lies outside of what the suite may load", q.Script)
	}
	o := repro.Options{
		Generator: repro.Generator{Script: filepath.Join(f.root, filepath.FromSlash(script)), Args: q.Args},
		Self:      r.o.Self, Tool: r.o.Tool, Runs: q.Runs, Conditions: q.Conditions, Each: q.Each,
	}
	for _, name := range q.Mask {
		k, err := difference.ParseKind(name)
		if err != nil {
			return "", "", fmt.Errorf("for parameter mask: %w", err)
		}
		o.Mask = append(o.Mask, k)
	}
	c.reads = true // the result is not that of the suite's files alone
	report, err := repro.Check(r.ctx, o)
	if err != nil {
		return "", "", err
	}
	if report.Verdict == repro.Reproducible || report.Verdict == repro.Masked {
		for _, g := range report.Masked {
			c.top.Log(c.top.Pos, fmt.Sprintf("%s: masked: %s", q.Script, g.Title))
		}
		return "", "", nil
	}
	var b strings.Builder
	if err := report.WriteFindings(&b); err != nil {
		return "", "", err
	}
	return q.Script + " is not reproducible", b.String(), nil
}
