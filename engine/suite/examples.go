package suite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"go.starlark.net/starlark"

	"starboard/builtins"
)

// examples gives the host what checks of drawn examples need: bounds for the
// threads that run them, and a file beside the suite for each scenario,
// testdata/SUITE/examples/SCENARIO.json, for those that failed.
//
// What has failed is written at once, unless --update gathers what there is to
// change. A file belongs to one scenario, which one worker runs; it is written
// whole or not at all.
func (c *call) examples(h *builtins.Host) {
	r := c.runner
	h.Seed, h.Prune, h.MaxSteps = r.o.Seed, r.o.Update, r.o.MaxSteps
	h.Watch = func(t *starlark.Thread) func() {
		r.bounds.watch(t)
		return func() {
			r.bounds.mu.Lock()
			defer r.bounds.mu.Unlock()
			delete(r.bounds.threads, t)
		}
	}
	file := func(scenario string) string {
		return filepath.Join(c.unit.suite.file.goldenDir(), "examples", scenario+".json")
	}
	written := map[string][]byte{} // with --update they are not in the files yet
	h.Kept = func(scenario string) ([]byte, error) {
		name := file(scenario)
		if text, ok := written[name]; ok {
			return text, nil
		}
		if _, err := os.Stat(filepath.Dir(name)); err != nil {
			return nil, nil // nothing can be kept there
		}
		text, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		c.used[c.top] = append(c.used[c.top], shown(r.o.Dir, name))
		return text, err
	}
	h.Keep = func(scenario string, text []byte) (string, error) {
		name := file(scenario)
		written[name] = text
		c.used[c.top] = append(c.used[c.top], shown(r.o.Dir, name))
		one := change{abs: name, content: string(text), remove: text == nil}
		if r.o.Update {
			// Only the last change counts.
			for i := range c.golden.pending {
				if c.golden.pending[i].abs == name {
					c.golden.pending[i] = one
					return shown(r.o.Dir, name), nil
				}
			}
			c.golden.pending = append(c.golden.pending, one)
			return shown(r.o.Dir, name), nil
		}
		return shown(r.o.Dir, name), one.applyAlone()
	}
}

// applyAlone makes the change where other processes may be making it too.
func (c change) applyAlone() error {
	if c.remove {
		return os.Remove(c.abs)
	}
	if old, err := os.ReadFile(c.abs); err == nil && string(old) == c.content {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(c.abs), 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(c.abs), "."+filepath.Base(c.abs)+".*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(c.content)
	// Temporary files are for their owner only; this one is like any other.
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), c.abs)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
