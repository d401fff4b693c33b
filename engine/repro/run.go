package repro

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"starboard/engine"
	"starboard/engine/repro/difference"
)

// A Run is one execution of the generator, as the report has it.
type Run struct {
	N          int      `json:"n"`
	Purpose    string   `json:"purpose"`    // equal, together, single, search, confirm or held
	Conditions []string `json:"conditions"` // under which it ran
	Variant    int      `json:"variant"`    // of the conditions, from 0
	Held       string   `json:"held,omitempty"`
	Cold       bool     `json:"cold"` // the first one
	Failed     bool     `json:"failed"`
	Status     int      `json:"status"` // exit status; -1 where a signal or the time limit ended it
	WallMS     float64  `json:"wall_ms"`
	UserMS     float64  `json:"user_ms"`
	SystemMS   float64  `json:"system_ms"`
	PeakBytes  int64    `json:"peak_bytes"` // memory of the largest process; 0 where it is unknown
	Phases     []Phase  `json:"phases"`     // of a script: those of the tool, then timing.section
	SHA256     string   `json:"sha256"`     // of all files
	Files      []File   `json:"files"`
	Output     string   `json:"output"` // the end of what it printed; kept where it failed

	side difference.Side
}

// A Phase is a part of a run and its time.
type Phase struct {
	Name    string  `json:"name"`
	WallMS  float64 `json:"wall_ms"`
	Section bool    `json:"section"` // of timing.section
}

// A File is a file that a run made.
type File struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// tailBytes is how much is kept of what a run printed.
const tailBytes = 8 << 10

// run makes the folders anew and executes the generator in them.
func (b *bench) run(purpose string, s *setup) (*Run, error) {
	s.complete()
	if err := b.ctx.Err(); err != nil {
		return nil, err
	}
	what := purpose
	if len(s.conditions) > 0 {
		what += ": " + strings.Join(s.conditions, " ")
	}
	b.o.Progress(len(b.runs)+1, what)
	if err := b.lay(s); err != nil {
		return nil, err
	}
	for range s.earlier {
		if _, err := b.execute(s, true); err != nil {
			return nil, err
		}
	}
	if s.load {
		stop := burn(2 * b.cores)
		defer stop()
	}
	r, err := b.execute(s, false)
	if err != nil {
		return nil, err
	}
	r.N, r.Purpose, r.Conditions, r.Variant, r.Held = len(b.runs)+1, purpose, append([]string{}, s.conditions...), s.variant, s.held
	r.Cold = r.N == 1
	b.runs = append(b.runs, *r)
	if err := b.clear(s); err != nil {
		return nil, err
	}
	return r, nil
}

// lay makes the folders of a run.
func (b *bench) lay(s *setup) error {
	if err := b.clear(s); err != nil {
		return err
	}
	return errors.Join(b.input.layOut(s.work, s.reversed), mirror(b.realHome, s.home), os.MkdirAll(s.temp, 0o777))
}

// clear removes the folders of a run, with those that lead to them.
func (b *bench) clear(s *setup) error {
	var errs []error
	for _, dir := range []string{s.work, s.home, s.temp} {
		if rel, err := filepath.Rel(b.root, dir); err == nil {
			top, _, _ := strings.Cut(rel, string(filepath.Separator))
			errs = append(errs, remove(filepath.Join(b.root, top)))
		}
	}
	return errors.Join(errs...)
}

// execute runs the generator in folders that exist. Of an earlier run only
// the effects on the folders count.
func (b *bench) execute(s *setup, earlier bool) (*Run, error) {
	ctx, cancel := context.WithTimeout(b.ctx, b.timeout(s))
	defer cancel()
	line := s.commandLine(b.argv(s))
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.Dir, cmd.Env = s.work, s.environ()
	out := &tail{all: s.out == "-"}
	printed := &tail{}
	cmd.Stdout, cmd.Stderr = out, printed
	if !out.all {
		cmd.Stdout = printed // one order of both
	}
	group(cmd)
	cmd.WaitDelay = 2 * time.Second
	_ = os.Remove(b.timesFile()) // it is from the run before, if there is one
	facts := s.facts
	facts.Begin = time.Now().Add(s.shift)
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, &SetupError{fmt.Sprintf("%s: %v", line[0], err)}
	}
	peak := watchPeak(cmd.Process.Pid)
	err := cmd.Wait()
	wall := time.Since(start)
	facts.End = time.Now().Add(s.shift)
	facts.Pid = cmd.Process.Pid
	endGroup(cmd)
	r := &Run{Status: cmd.ProcessState.ExitCode(), WallMS: milliseconds(wall), Phases: []Phase{}, Files: []File{}, PeakBytes: peak(cmd.ProcessState)}
	r.UserMS, r.SystemMS = milliseconds(cmd.ProcessState.UserTime()), milliseconds(cmd.ProcessState.SystemTime())
	if b.ctx.Err() != nil {
		return nil, b.ctx.Err()
	}
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		r.Failed, r.Output = true, printed.String()
		if ctx.Err() != nil {
			r.Output += fmt.Sprintf("\nstopped after %s (--timeout)", b.timeout(s))
		}
		return r, nil
	}
	if earlier {
		return r, nil
	}
	files, modes, err := b.made(s, out)
	if err != nil {
		return nil, err
	}
	r.side = difference.Side{Files: files, Modes: modes, Facts: facts}
	r.sum()
	r.Phases, err = b.phases()
	return r, err
}

// made returns the files of a run.
func (b *bench) made(s *setup, out *tail) (map[string][]byte, map[string]fs.FileMode, error) {
	if s.out == "-" {
		return map[string][]byte{"stdout": out.buf.Bytes()}, nil, nil
	}
	var inputs *folder
	if s.out == "." {
		inputs = b.input
	}
	files, modes, err := collect(filepath.Join(s.work, s.out), inputs)
	if err != nil {
		return nil, nil, err
	}
	if b.o.Script != "" { // the lock is made by the run too
		lock := filepath.Base(engine.LockPath(b.o.Script))
		if text, err := os.ReadFile(filepath.Join(s.work, lock)); err == nil {
			files[lock], modes[lock] = text, 0o644
		}
	}
	return files, modes, nil
}

// phases reads what a run of a script has told of its times.
func (b *bench) phases() ([]Phase, error) {
	list := []Phase{}
	if b.o.Script == "" {
		return list, nil
	}
	text, err := os.ReadFile(b.timesFile())
	if err != nil {
		return nil, err
	}
	var r engine.Report
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, err
	}
	for _, p := range r.Phases {
		list = append(list, Phase{p.Name, p.WallMS, false})
	}
	for _, p := range r.Sections {
		list = append(list, Phase{p.Name, p.WallMS, true})
	}
	return list, nil
}

// sum lists the files and their checksums.
func (r *Run) sum() {
	whole := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(r.side.Files)) {
		data := r.side.Files[name]
		sum := sha256.Sum256(data)
		f := File{name, len(data), hex.EncodeToString(sum[:])}
		fmt.Fprintf(whole, "%s  %s\n", f.SHA256, f.Name)
		r.Files = append(r.Files, f)
	}
	r.SHA256 = hex.EncodeToString(whole.Sum(nil))
}

// timeout returns how long a run may take. Without a clock that goes, one that
// waits for it would never end: others say how long it takes.
func (b *bench) timeout(s *setup) time.Duration {
	if !s.frozen {
		return b.o.Timeout
	}
	longest := 0.0
	for i := range b.runs {
		longest = max(longest, b.runs[i].WallMS)
	}
	return min(b.o.Timeout, 2*time.Second+time.Duration(10*longest*float64(time.Millisecond)))
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// A tail keeps the end of what is written, or all of it.
type tail struct {
	buf bytes.Buffer
	all bool
	cut bool
}

func (t *tail) Write(p []byte) (int, error) {
	t.buf.Write(p)
	if n := t.buf.Len(); t.all && n > maxOutputBytes {
		return 0, errors.New("it prints more than can be compared")
	} else if !t.all && n > 2*tailBytes {
		t.buf.Next(n - tailBytes)
		t.cut = true
	}
	return len(p), nil
}

func (t *tail) String() string {
	text := t.buf.String()
	if len(text) > tailBytes {
		text, t.cut = text[len(text)-tailBytes:], true
	}
	if t.cut {
		text = "..." + text
	}
	return strings.ToValidUTF8(strings.TrimRight(text, "\n"), "\ufffd")
}

// burn keeps n threads busy until stop is called.
func burn(n int) (stop func()) {
	procs := runtime.GOMAXPROCS(runtime.NumCPU() + n)
	var done atomic.Bool
	ended := make(chan struct{})
	for range n {
		go func() {
			for x := uint64(1); !done.Load(); {
				for range 1 << 16 {
					x = x*6364136223846793005 + 1
				}
			}
			ended <- struct{}{}
		}()
	}
	return func() {
		done.Store(true)
		for range n {
			<-ended
		}
		runtime.GOMAXPROCS(procs)
	}
}
