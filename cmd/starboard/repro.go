package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"starboard/engine"
	"starboard/engine/repro"
	"starboard/engine/repro/difference"
)

// reproOptions are the flags of starboard repro.
type reproOptions struct {
	repro.Options
	list           bool
	with, without  []string
	masks, reports []string
	save, compare  string
	against        string
	format         string
}

func newReproCmd() *cobra.Command {
	var o reproOptions
	cmd := &cobra.Command{
		Use:   "repro [flags] SCRIPT.star [name=value ...]\n  starboard repro [flags] --out DIR -- COMMAND ...",
		Short: "Find out whether a generator makes the same files every time",
		Long: `repro runs a script, or any other generator of files, several times under equal
conditions and then under others: another folder, user, host, time zone, clock,
locale, environment and so on. It says whether the files are the same, and if
not where and in what kind of value they differ, and which condition does it.

A command is run in copies of the current folder, in which {out} in its
arguments stands for the folder of --out. HOME and TMPDIR are folders of the
run; the home folder has links to what the real one has, but for caches.

Exit status: 0 the files are the same; 1 they differ, or a run failed; 2 usage;
3 it could not be found out.`,
		Example: `  starboard repro divider.star top=4k7
  starboard repro --out build -- python3 board.py
  starboard repro --out - -- node netlist.js
  starboard repro --mask time --report repro.html --out build -- make all
  starboard repro --against build/divider/SHA256SUMS divider.star`,
		Args: usageArgs(cobra.ArbitraryArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.list {
				for _, c := range repro.Conditions() {
					fmt.Fprintf(cmd.OutOrStdout(), "%-10s %s\n", c.Name, c.About)
				}
				return nil
			}
			switch o.format {
			case "text", "json":
			case "schema":
				if len(args) > 0 {
					return usageError{errors.New("repro: --format schema takes no script or command")}
				}
				_, err := cmd.OutOrStdout().Write(repro.ReportSchema)
				return err
			default:
				return usageError{fmt.Errorf("--format: got %q, want text, json or schema", o.format)}
			}
			if err := o.complete(args, cmd.ArgsLenAtDash()); err != nil {
				return err
			}
			return runRepro(cmd.Context(), o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.Out, "out", "o", "", "the command writes below `DIR`; . is the current folder, - what it prints")
	f.StringVar(&o.Dir, "dir", "", "run the command in copies of `DIR` (default: the current folder)")
	f.StringArrayVar(&o.Exclude, "exclude", nil, "leave names that match `GLOB` out of the copies; may be repeated")
	f.IntVar(&o.Runs, "runs", 0, "run `N` times under equal conditions (default 5)")
	f.BoolVar(&o.list, "list-conditions", false, "list the conditions")
	f.StringSliceVar(&o.with, "with", nil, "apply these `CONDITIONS` only")
	f.StringSliceVar(&o.without, "without", nil, "leave these `CONDITIONS` out")
	f.BoolVar(&o.Each, "each", false, "apply each condition by itself too, not only all together")
	f.StringArrayVar(&o.masks, "mask", nil, "set differences of this `KIND` aside, and count them; may be repeated")
	f.StringVar(&o.against, "against", "", "want the checksums that `SHA256SUMS` lists")
	f.StringVar(&o.save, "save", "", "save what was measured as `FILE`")
	f.StringVar(&o.compare, "compare", "", "say what changed since `FILE` was saved")
	f.StringArrayVar(&o.reports, "report", nil, "write a report to `FILE`, .json or .html; may be repeated")
	f.StringVar(&o.format, "format", "text", "`FORMAT` of what is printed: text, json, or schema")
	f.DurationVar(&o.Timeout, "timeout", 0, "stop a run after this `DURATION` (default 10m)")
	return cmd
}

// complete checks the command line.
func (o *reproOptions) complete(args []string, dash int) error {
	switch {
	case dash == 0 && len(args) > 0:
		o.Command = args
	case dash > 0:
		return usageError{fmt.Errorf("repro: got %q before --, want flags only", args[0])}
	case len(args) == 0:
		return usageError{errors.New("repro: want SCRIPT.star, or --out DIR -- COMMAND")}
	case !strings.HasSuffix(args[0], ".star"):
		return usageError{fmt.Errorf("%s: a script's name ends in .star; a command follows after --out DIR --", args[0])}
	default:
		if o.Out != "" || o.Dir != "" {
			return usageError{errors.New("repro: --out and --dir are for commands; a script's files are known")}
		}
		o.Script, o.Args = args[0], args[1:]
	}
	if len(o.with) > 0 && len(o.without) > 0 {
		return usageError{errors.New("repro: --with and --without cannot be used together")}
	}
	if err := repro.CheckConditions(slices.Concat(o.with, o.without)); err != nil {
		return err
	}
	switch {
	case len(o.with) > 0:
		o.Conditions = o.with
	case len(o.without) > 0:
		o.Conditions = []string{}
		for _, c := range repro.Conditions() {
			if !slices.Contains(o.without, c.Name) {
				o.Conditions = append(o.Conditions, c.Name)
			}
		}
	}
	for _, name := range o.masks {
		k, err := difference.ParseKind(name)
		if err != nil {
			return usageError{fmt.Errorf("--mask: %w", err)}
		}
		o.Mask = append(o.Mask, k)
	}
	for _, f := range o.reports {
		if err := engine.CheckReportName(f); err != nil {
			return err
		}
	}
	if o.Timeout < 0 {
		return usageError{fmt.Errorf("--timeout: got %s, want a positive duration", o.Timeout)}
	}
	var err error
	if o.against != "" {
		if o.Against, err = repro.ReadManifest(o.against); err != nil {
			return err
		}
	}
	o.Tool = "starboard " + versionText()
	o.Self, err = ownProgram()
	return err
}

// ownProgram returns the file of this program, by the name that it was
// started with.
func ownProgram() (string, error) {
	file, err := exec.LookPath(os.Args[0])
	if err != nil {
		return "", err
	}
	return filepath.Abs(file)
}

func runRepro(ctx context.Context, o reproOptions, stdout, stderr io.Writer) error {
	var then *repro.Report
	if o.compare != "" {
		var err error
		if then, err = repro.ReadReport(o.compare); err != nil {
			return err
		}
	}
	clear := func() {}
	if isTerminal(stderr) {
		last := time.Time{}
		o.Progress = func(n int, what string) {
			if now := time.Now(); now.Sub(last) > 100*time.Millisecond {
				fmt.Fprintf(stderr, "\r\x1b[K%.100s", fmt.Sprintf("run %d, %s", n, what))
				last = now
			}
		}
		clear = func() { fmt.Fprint(stderr, "\r\x1b[K") }
	}
	r, err := repro.Check(ctx, o.Options)
	clear()
	if err != nil {
		return err
	}
	if then != nil {
		r.Compare(o.compare, then)
	}
	if err := writeRepro(stdout, r, o.format); err != nil {
		return err
	}
	for _, file := range o.reports {
		text, err := r.JSON()
		if filepath.Ext(file) == ".html" {
			text, err = r.HTML()
		}
		if err = errors.Join(err, engine.WriteFile(file, text)); err != nil {
			return err
		}
	}
	if o.save != "" {
		text, err := r.JSON()
		if err = errors.Join(err, engine.WriteFile(o.save, text)); err != nil {
			return err
		}
	}
	if r.Verdict == repro.Differs || r.Verdict == repro.RunFailed || r.Compared != nil && r.Compared.Bad() {
		return printedError{errors.New("not reproducible")}
	}
	return nil
}

func writeRepro(w io.Writer, r *repro.Report, format string) error {
	if format != "json" {
		return r.WriteText(w)
	}
	text, err := r.JSON()
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}
