package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"starboard/engine"
	"starboard/engine/repro"
)

// runOptions are the flags of starboard run.
type runOptions struct {
	engine.Options
	reports  []string
	guardLog string
	trace    bool
	repeat   int // runs in this process, of which the last writes
}

func newRunCmd() *cobra.Command {
	var o runOptions
	var maxMemory string
	cmd := &cobra.Command{
		Use:   "run [flags] SCRIPT.star [name=value ...]",
		Short: "Run a script and write the KiCad project that it describes",
		Long: `run executes the script and writes the circuit that its main returns as a KiCad
project: schematics, settings, library tables, netlists, bill of materials and
checksums. name=value sets a parameter of main.

SCRIPT.lock, next to the script, keeps the references of the parts and the
checksums of the symbols. It belongs into version control.

A file that has been edited since it was written is kept as FILE.orig before it
is replaced.`,
		Example: `  starboard run divider.star top=4k7
  starboard run --check divider.star
  starboard run divider.star --report build/report.html --report build/report.json`,
		Args: wantArgs(1, -1, "SCRIPT.star"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if maxMemory != "" {
				n, err := humanize.ParseBytes(maxMemory)
				if err != nil || n == 0 {
					return usageError{fmt.Errorf("--max-memory: got %q, want a size such as 500MB", maxMemory)}
				}
				o.MaxMemory = n
			}
			for _, f := range o.reports {
				if err := engine.CheckReportName(f); err != nil {
					return err
				}
			}
			o.Args = args[1:]
			return runScript(cmd.Context(), args[0], o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.Out, "out", "o", "", "write the project to `DIR` (default build/CIRCUIT)")
	f.BoolVar(&o.Check, "check", false, "write nothing, fail where the files on disk differ")
	f.BoolVar(&o.UpdateLock, "update-lock", false, "accept symbols that do not match the lock, forget parts that are gone")
	f.StringArrayVar(&o.reports, "report", nil, "write a report to `FILE`, .json or .html; may be repeated")
	f.StringVar(&o.guardLog, "guard-log", "", "add what each call of a guard did to `FILE`, as JSON lines")
	f.IntVar(&o.repeat, "repeat", 1, "run `N` times in this process, and write after the last")
	if err := f.MarkHidden("repeat"); err != nil { // it is for starboard repro
		panic(err)
	}
	f.BoolVar(&o.trace, "trace", false, "show the calls that led to a mistake")
	f.Uint64Var(&o.MaxSteps, "max-steps", 0, "stop the script after `N` steps (default 500 million)")
	f.StringVar(&maxMemory, "max-memory", "", "stop the script above this `SIZE` of memory (default 2 GiB)")
	return cmd
}

func runScript(ctx context.Context, script string, o runOptions, stdout, stderr io.Writer) error {
	if !strings.HasSuffix(script, ".star") {
		return usageError{fmt.Errorf("%s: a script's name ends in .star", script)}
	}
	o.Print = func(pos, msg string) { fmt.Fprintf(stderr, "%s: %s\n", pos, msg) }
	log, closeLog, err := openGuardLog(o.guardLog)
	if err != nil {
		return err
	}
	guards := openGuards(defaultJournal)
	o.Guards, o.GuardLog = guards, log
	if err := moveClock(&o.Options); err != nil {
		return err
	}
	for range o.repeat - 1 {
		check := o.Options
		check.Check, check.Print = true, nil
		_, err := engine.Run(ctx, script, check)
		if differs := new(engine.DifferenceError); err != nil && !errors.As(err, &differs) {
			return err
		}
	}
	r, err := engine.Run(ctx, script, o.Options)
	if closeErr := closeLog(); err == nil {
		err = closeErr
	}
	warnGuards(stderr, guards)
	guardsOff(stderr, r)
	warn(stderr, r.Warnings)
	for _, f := range r.Saved {
		fmt.Fprintf(stderr, "starboard: a file that is replaced had been edited, it is kept as %s\n", f)
	}
	var reportErr error
	for _, f := range o.reports {
		reportErr = errors.Join(reportErr, engine.WriteReport(f, engine.NewReport(r, o.Options, err, versionText())))
	}
	if err != nil {
		if o.trace {
			err = traced{err}
		}
		if reportErr != nil {
			fmt.Fprintf(stderr, "starboard: %v\n", reportErr)
		}
		return err
	}
	if _, err := stdout.Write(summary(r, o.Check)); err != nil {
		return err
	}
	return reportErr
}

// moveClock gives the engine another clock, where starboard repro wants that.
func moveClock(o *engine.Options) error {
	text := os.Getenv(repro.ClockVariable)
	if text == "" {
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return usageError{fmt.Errorf("%s: got %q, want a duration such as 24h", repro.ClockVariable, text)}
	}
	o.Now = func() time.Time { return time.Now().Add(d) }
	return nil
}

// A traced error prints the calls that led to a mistake in a script.
type traced struct{ error }

func (e traced) Unwrap() error { return e.error }

func (e traced) Error() string {
	var s *engine.ScriptError
	if !errors.As(e.error, &s) {
		return e.error.Error()
	}
	msg := s.Error()
	for i := len(s.Trace) - 1; i >= 0; i-- {
		msg += "\n  " + s.Trace[i]
	}
	return msg
}

// warn prints the first warnings, and how many more there are.
func warn(w io.Writer, warnings []string) {
	const most = 20
	for i, msg := range warnings {
		if i == most {
			fmt.Fprintf(w, "starboard: warning: and %d more\n", len(warnings)-most)
			break
		}
		fmt.Fprintf(w, "starboard: warning: %s\n", msg)
	}
}

// summary tells what a run has done.
func summary(r *engine.Result, check bool) []byte {
	var w bytes.Buffer
	for _, c := range r.Circuits {
		size := 0
		for _, name := range c.Tree.Names() {
			text, _ := c.Tree.File(name)
			size += len(text)
		}
		fmt.Fprintf(&w, "%s: %s, %s, %s\n", c.Name, count(c.Parts, "part"), count(c.Nets, "net"), count(c.Sheets, "sheet"))
		fmt.Fprintf(&w, "  %s: %s, %s, sha256 %s\n", c.Dir, count(len(c.Tree.Names()), "file"), humanize.Bytes(uint64(size)), c.Tree.Checksum()[:16])
	}
	switch {
	case check:
		fmt.Fprintln(&w, "  all files are as the script makes them")
	case len(r.Changed) == 0 && len(r.Removed) == 0:
		fmt.Fprintln(&w, "  nothing changed")
	default:
		fmt.Fprintf(&w, "  %s written%s\n", count(len(r.Changed), "file"), removed(r.Removed))
	}
	var times []string
	for _, s := range append(r.Phases, r.Sections...) {
		times = append(times, fmt.Sprintf("%s %s", s.Name, s.Wall.Round(10*time.Microsecond)))
	}
	fmt.Fprintf(&w, "  %s; %s steps\n", strings.Join(times, ", "), humanize.Comma(int64(r.Steps)))
	return w.Bytes()
}

func removed(files []string) string {
	if len(files) == 0 {
		return ""
	}
	return fmt.Sprintf(", %d removed", len(files))
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return humanize.Comma(int64(n)) + " " + noun + "s"
}
