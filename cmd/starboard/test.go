package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"starboard/engine"
	"starboard/engine/journal"
	reporting "starboard/engine/report"
	"starboard/engine/suite"
)

// defaultJournal is where the results of earlier runs are remembered.
const defaultJournal = ".starboard/journal.jsonl"

type testOptions struct {
	suite.Options
	shard     string
	seed      string
	maxMemory string
	reports   []string
	journal   string
	noJournal bool
	resume    bool
	guardLog  string
	verbose   bool
}

func newTestCmd() *cobra.Command {
	var o testOptions
	cmd := &cobra.Command{
		Use:   "test [flags] [PATH ...]",
		Short: "Run scenario suites, compare with golden masters, report",
		Long: `test runs the scenarios in the given files, and in all files *_test.star below the
given folders (default: this one). A scenario is a function test_*(t) in such a
file. Scenarios run side by side; what is printed stands in the order of the
source.

Failures are shown with their place in the script. Golden masters are in
testdata/SUITE beside the suite; --update rewrites those that differ. SUITE.lock
keeps the checksums of symbols; the locks of the scripts that a suite loads hold
as well, so that a circuit is the same here as where starboard run writes it.

The journal (` + defaultJournal + `) remembers every result, for --resume and for
starboard progress.

--shard I/N runs one part of N. --shard auto takes the part from the variables
of a Bazel test, a Slurm job array, or an indexed job of Kubernetes; where these
do not tell how many parts there are, --shard auto/N does. Each shard writes a
JSON report, and starboard report merge joins them.

Exit status: 0 all is as it should be; 1 a scenario failed; 2 usage; 3 the work
could not be done, or measurements did not tell; 130 interrupted.`,
		Example: `  starboard test
  starboard test scripts/suites --run 'divider|blinky' -v
  starboard test --update --run test_project
  starboard test --shard 2/8 --report shard2.json
  starboard test --report report.html --report junit.xml`,
		Args: usageArgs(cobra.ArbitraryArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Paths = args
			return runTests(cmd.Context(), o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Run, "run", "", "run the scenarios that match `REGEX`; a / goes on with sub-scenarios")
	f.BoolVar(&o.Update, "update", false, "rewrite the golden masters that differ")
	f.BoolVar(&o.UpdateLock, "update-lock", false, "accept symbols that do not match the lock, and write SUITE.lock for each suite")
	f.IntVar(&o.Jobs, "jobs", 0, "run `N` scenarios side by side (default: all cores)")
	f.BoolVar(&o.FailFast, "fail-fast", false, "start no scenario after the first failure")
	f.StringVar(&o.Shuffle, "shuffle", "", "start the scenarios in the order that `SEED`, a number or 'on', gives")
	f.StringVar(&o.seed, "seed", "", "draw the examples of t.forall and the like from the seed `N`, whatever scenarios say")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "show every scenario, with its output")
	f.StringVar(&o.shard, "shard", "", "run part `I/N` only, or the one that the scheduler has set: auto, auto/N")
	f.BoolVar(&o.resume, "resume", false, "go on where the last run stopped: first what failed, then what is missing")
	f.StringArrayVar(&o.reports, "report", nil, "write a report to `FILE`: .json, .xml for JUnit, or .html; may be repeated")
	f.StringVar(&o.journal, "journal", defaultJournal, "remember results in `FILE`")
	f.BoolVar(&o.noJournal, "no-journal", false, "remember nothing")
	f.BoolVar(&o.AllowExec, "allow-exec", false, "let suites call external commands with process")
	f.StringVar(&o.guardLog, "guard-log", "", "add what each call of a guard did to `FILE`, as JSON lines")
	f.StringVar(&o.Root, "root", "", "let suites load what is below `DIR` (default: their version control, or their folder)")
	f.Uint64Var(&o.MaxSteps, "max-steps", 0, "stop a scenario after `N` steps (default 500 million)")
	f.StringVar(&o.maxMemory, "max-memory", "", "stop a scenario above this `SIZE` of memory (default 2 GiB)")
	return cmd
}

// complete checks the options.
func (o *testOptions) complete(env func(string) string) error {
	if o.maxMemory != "" {
		n, err := humanize.ParseBytes(o.maxMemory)
		if err != nil || n == 0 {
			return fmt.Errorf("--max-memory: got %q, want a size such as 500MB", o.maxMemory)
		}
		o.MaxMemory = n
	}
	if o.seed != "" {
		n, err := strconv.ParseUint(o.seed, 10, 64)
		if err != nil {
			return fmt.Errorf("--seed: got %q, want a number from 0 to 2^64-1", o.seed)
		}
		o.Seed = &n
	}
	if o.Jobs < 0 {
		return fmt.Errorf("--jobs: got %d, want a positive number", o.Jobs)
	}
	if o.Shuffle == "on" {
		o.Shuffle = strconv.FormatInt(time.Now().UnixNano()%1_000_000, 10)
	}
	if o.Shuffle != "" {
		if _, err := strconv.ParseUint(o.Shuffle, 10, 64); err != nil {
			return fmt.Errorf("--shuffle: got %q, want a number, or on", o.Shuffle)
		}
	}
	for _, file := range o.reports {
		if !reporting.Known(file) {
			return fmt.Errorf("--report: got %s, want a name that ends in %s", file, strings.Join(reporting.Forms, ", "))
		}
	}
	if o.resume && o.noJournal {
		return errors.New("--resume needs the journal, --no-journal does without")
	}
	if o.Root != "" {
		root, err := filepath.Abs(o.Root)
		if err != nil {
			return err
		}
		o.Root = root
	}
	shard, err := suite.ParseShard(o.shard, env)
	o.Shard = shard
	return err
}

// A failedError says that scenarios have failed, which the report has told.
type failedError struct{ bad int }

func (e failedError) Error() string { return fmt.Sprintf("%d scenarios failed", e.bad) }

// An undecidedError says that measurements did not tell, which the report has
// told.
type undecidedError struct{ open int }

func (e undecidedError) Error() string {
	return fmt.Sprintf("measurements did not tell in %d scenarios", e.open)
}

func runTests(ctx context.Context, o testOptions, stdout, stderr io.Writer) error {
	if err := o.complete(os.Getenv); err != nil {
		return usageError{err}
	}
	o.Tool = "starboard " + versionText()
	o.Self, _ = ownProgram() // without it, t.reproducible says so
	if o.Run == "" {
		o.Run = os.Getenv("TESTBRIDGE_TEST_ONLY") // what bazel test --test_filter asks for
	}
	if file := os.Getenv("TEST_SHARD_STATUS_FILE"); file != "" && o.Shard != nil {
		// So a Bazel test says that it knows of shards.
		if err := os.WriteFile(file, nil, 0o666); err != nil {
			return err
		}
	}
	if file := os.Getenv("XML_OUTPUT_FILE"); file != "" && os.Getenv("TEST_TARGET") != "" {
		o.reports = append(o.reports, file)
	}
	o.Pictures = slices.ContainsFunc(o.reports, func(file string) bool { return filepath.Ext(file) != ".xml" })
	var j *journal.Journal
	if !o.noJournal {
		var err error
		switch j, err = openJournal(o); {
		case err == nil:
			o.Journal = j
		case o.resume || filepath.ToSlash(o.journal) != defaultJournal:
			return err
		default: // nobody has asked for it: a folder that is read-only is not a mistake
			fmt.Fprintf(stderr, "starboard: nothing will be remembered: %v\n", err)
		}
	}
	log, closeLog, err := openGuardLog(o.guardLog)
	if err != nil {
		return err
	}
	o.GuardLog = log
	if !o.noJournal {
		guards := openGuards(o.journal)
		o.Guards = guards
		defer warnGuards(stderr, guards)
	}
	text := &reporting.Text{W: stdout, Verbose: o.verbose, Color: isTerminal(stdout)}
	bar := newProgress(stderr)
	o.Progress = bar.update
	o.Results = func(results []suite.Result) {
		bar.around(func() { text.Results(results) })
	}
	r, err := suite.Run(ctx, o.Options)
	bar.close()
	err = cmp.Or(err, closeLog())
	if j != nil {
		err = cmp.Or(err, j.Close())
	}
	if r == nil || err != nil && !errors.Is(err, context.Canceled) {
		return asUsage(err)
	}
	text.Summary(r)
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		reporting.GitHub(stdout, r)
	}
	for _, file := range o.reports {
		if err := reporting.Write(file, r); err != nil {
			return err
		}
	}
	return cmp.Or(err, verdict(r))
}

// verdict returns the error that gives a run, which the report has told of, its
// exit status.
func verdict(r *suite.Report) error {
	switch bad := r.Totals.Bad(); {
	case r.Interrupted:
		return printedError{context.Canceled}
	case bad > 0 && r.Undecided() == bad:
		return printedError{undecidedError{bad}}
	case bad > 0:
		return printedError{failedError{bad}}
	}
	return nil
}

// openJournal opens the journal, and keeps its folder, if it is the usual one,
// out of version control.
func openJournal(o testOptions) (*journal.Journal, error) {
	if filepath.ToSlash(o.journal) == defaultJournal {
		if err := ignoreInGit(filepath.Dir(o.journal)); err != nil {
			return nil, err
		}
	}
	return journal.Open(o.journal, o.Tool, o.resume, time.Now)
}

// asUsage marks what is wrong with the command line, not with a suite.
func asUsage(err error) error {
	var (
		name     *suite.NameError
		none     *suite.NoSuiteError
		scenario *suite.NoScenarioError
		pattern  *suite.PatternError
	)
	if errors.As(err, &name) || errors.As(err, &none) || errors.As(err, &scenario) || errors.As(err, &pattern) {
		return usageError{err}
	}
	return err
}

// ignoreInGit keeps a folder out of version control.
func ignoreInGit(dir string) error {
	ignore := filepath.Join(dir, ".gitignore")
	if _, err := os.Stat(ignore); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return &engine.FileError{File: dir, Err: errors.Unwrap(err)}
	}
	if err := os.WriteFile(ignore, []byte("*\n"), 0o666); err != nil {
		return &engine.FileError{File: ignore, Err: errors.Unwrap(err)}
	}
	return nil
}
