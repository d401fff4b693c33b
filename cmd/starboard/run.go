package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"starboard/engine"
)

func newRunCmd() *cobra.Command {
	var o engine.Options
	var maxMemory string
	cmd := &cobra.Command{
		Use:   "run [flags] SCRIPT.star [name=value ...]",
		Short: "Run a script and write the KiCad project that it describes",
		Long: `run executes the script and writes the circuit that its main returns as a KiCad
project: schematics, settings, library tables, netlists, bill of materials and
checksums. name=value sets a parameter of main.

SCRIPT.lock, next to the script, keeps the references of the parts and the
checksums of the symbols. It belongs into version control.`,
		Example: `  starboard run divider.star top=4k7
  starboard run --check divider.star`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if maxMemory != "" {
				n, err := humanize.ParseBytes(maxMemory)
				if err != nil || n == 0 {
					return usageError{fmt.Errorf("--max-memory: got %q, want a size such as 500MB", maxMemory)}
				}
				o.MaxMemory = n
			}
			o.Args = args[1:]
			return runScript(cmd.Context(), args[0], o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.Out, "out", "o", "", "write the project to `DIR` (default build/CIRCUIT)")
	f.BoolVar(&o.Check, "check", false, "write nothing, fail where the files on disk differ")
	f.BoolVar(&o.UpdateLock, "update-lock", false, "accept symbols that do not match the lock, forget parts that are gone")
	f.Uint64Var(&o.MaxSteps, "max-steps", 0, "stop the script after `N` steps (default 500 million)")
	f.StringVar(&maxMemory, "max-memory", "", "stop the script above this `SIZE` of memory (default 2 GiB)")
	return cmd
}

func runScript(ctx context.Context, script string, o engine.Options, stdout, stderr io.Writer) error {
	if !strings.HasSuffix(script, ".star") {
		return usageError{fmt.Errorf("%s: a script's name ends in .star", script)}
	}
	o.Print = func(pos, msg string) { fmt.Fprintf(stderr, "%s: %s\n", pos, msg) }
	r, err := engine.Run(ctx, script, o)
	warn(stderr, r.Warnings)
	for _, f := range r.Saved {
		fmt.Fprintf(stderr, "starboard: the file had been edited since it was written; it is kept as %s\n", f)
	}
	if err != nil {
		return err
	}
	report(stdout, r, o.Check)
	return nil
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

// report prints what a run has done.
func report(w io.Writer, r *engine.Result, check bool) {
	for _, c := range r.Circuits {
		size := 0
		for _, name := range c.Tree.Names() {
			text, _ := c.Tree.File(name)
			size += len(text)
		}
		fmt.Fprintf(w, "%s: %s, %s, %s\n", c.Name, count(c.Parts, "part"), count(c.Nets, "net"), count(c.Sheets, "sheet"))
		fmt.Fprintf(w, "  %s: %s, %s, sha256 %s\n", c.Dir, count(len(c.Tree.Names()), "file"), humanize.Bytes(uint64(size)), c.Tree.Checksum()[:16])
	}
	switch {
	case check:
		fmt.Fprintln(w, "  all files are as the script makes them")
	case len(r.Changed) == 0:
		fmt.Fprintln(w, "  nothing changed")
	default:
		fmt.Fprintf(w, "  %s written%s\n", count(len(r.Changed), "file"), removed(r.Removed))
	}
	var times []string
	for _, s := range append(r.Phases, r.Sections...) {
		times = append(times, fmt.Sprintf("%s %s", s.Name, s.Wall.Round(10*time.Microsecond)))
	}
	fmt.Fprintf(w, "  %s; %s steps\n", strings.Join(times, ", "), humanize.Comma(int64(r.Steps)))
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
