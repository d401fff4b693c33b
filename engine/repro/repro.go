// Package repro runs a generator of files again and again, and says whether
// its files are the same every time, where they are not, and which condition
// of the runs makes the difference.
//
// [Check] is the entry point. A run is a fresh process in a fresh folder of
// the same name: nothing that an earlier run wrote is there, and HOME and
// TMPDIR are folders of the run. [Check] goes in steps:
//
//  1. Runs under equal conditions. What differs between them is random. The
//     first run is cold and kept out of the times.
//  2. Runs under all conditions of [Conditions] at once, in two variants, for
//     some conditions hide each other: one core hides races that load shows.
//     A generator whose bytes are the same here is done: 7 runs, no search.
//  3. What differs is traced to the smallest set of conditions by halving, and
//     where only several conditions together make the difference, by the
//     divide and conquer of U. Junker, QuickXplain, AAAI 2004. Each place that
//     differs is traced by itself, so that independent causes are told apart.
//  4. Each cause is confirmed by fresh runs with it and without it. An effect
//     that does not come with its condition every time, or comes without it
//     too, is called random, or likelier under the condition where Fisher's
//     exact test says so.
//  5. What is random is run again with the clock, the memory layout and the
//     number of cores held still: what then no longer differs has its cause.
//
// Bytes are compared first and decide. Package difference says what differs
// and in what kind of value; masks set kinds aside after that, and the report
// counts them.
//
// Invariants: nothing is written outside of the private folder of the check,
// except by the generator itself through absolute paths; that folder and all
// processes that the runs started are gone when [Check] returns; a condition
// that could not be applied is reported with the reason; a run that failed has
// its output in the report and its time in no figure.
package repro

import (
	"context"
	"errors"
	"fmt"
	"time"

	"starboard/engine/repro/difference"
)

// A Generator is what is run: a script, or any command and where it writes.
type Generator struct {
	Script  string   `json:"script,omitempty"`  // a .star file
	Args    []string `json:"args,omitempty"`    // name=value, for its main
	Command []string `json:"command,omitempty"` // instead of Script; {out} in it stands for the output folder
	Dir     string   `json:"dir"`               // of the command; it is copied for each run. Default: the current folder; that of the script
	Out     string   `json:"out"`               // output folder below Dir; "." for Dir itself, "-" for what is printed
}

// Options say what to check, and how. The zero value of a field is its default.
type Options struct {
	Generator
	Self       string            // the starboard program, for scripts
	Tool       string            // name and version of this program, for the report
	Runs       int               // under equal conditions, at least 2; default 5
	Conditions []string          // names; nil is all of them
	Each       bool              // apply each condition by itself too
	Mask       []difference.Kind // kinds to set aside
	Limit      int               // of differences in the report; default 10,000
	Timeout    time.Duration     // of one run; default 10 minutes
	Exclude    []string          // patterns of names that are not copied
	Against    *Manifest         // checksums that the files must have
	Progress   func(run int, what string)
}

const (
	defaultRuns    = 5
	defaultLimit   = 10_000
	defaultTimeout = 10 * time.Minute
)

// A Verdict is what a check came to.
type Verdict string

// The verdicts.
const (
	Reproducible Verdict = "reproducible" // the same bytes in every run
	Masked       Verdict = "masked"       // the same but for what was masked
	Differs      Verdict = "differs"
	RunFailed    Verdict = "failed" // a run under equal conditions failed
)

// An OptionError is something asked for that cannot be.
type OptionError struct{ Msg string }

func (e *OptionError) Error() string { return e.Msg }

// A SetupError says why no run could be made.
type SetupError struct{ Msg string }

func (e *SetupError) Error() string { return e.Msg }

func (o *Options) setDefaults() error {
	if o.Runs == 0 {
		o.Runs = defaultRuns
	}
	if o.Runs < 2 {
		return &OptionError{fmt.Sprintf("got %d runs, want 2 or more: one alone is the same as nothing", o.Runs)}
	}
	if o.Limit == 0 {
		o.Limit = defaultLimit
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Progress == nil {
		o.Progress = func(int, string) {}
	}
	return o.Generator.complete()
}

// Check runs the generator and returns what it found. A report comes with a
// [SetupError] only as far as it got; other verdicts are no errors.
func Check(ctx context.Context, o Options) (r *Report, err error) {
	if err := o.setDefaults(); err != nil {
		return nil, err
	}
	chosen, err := chosenConditions(o.Conditions)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	b, err := newBench(ctx, o, chosen)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	c := &search{bench: b, noise: noise{limit: o.Limit, mask: o.Mask}, tried: map[string]*effect{}}
	r = newReport(o, start)
	r.Machine = machineOf(ctx, b)
	err = c.all(r)
	r.Runs = b.runs
	r.Spread = spreads(b.runs)
	r.Conditions = b.applied()
	r.Notes = append(r.Notes, b.notes...)
	r.WallMS = milliseconds(time.Since(start))
	if err != nil {
		return r, err
	}
	r.judge()
	return r, nil
}
