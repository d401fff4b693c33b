package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"starboard/builtins/sample"
	"starboard/engine"
	"starboard/engine/suite"
)

type benchOptions struct {
	suite.Options
	rounds  int
	save    string
	compare string
	format  string
}

func newBenchCmd() *cobra.Command {
	var o benchOptions
	cmd := &cobra.Command{
		Use:   "bench [flags] [PATH ...]",
		Short: "Measure benchmarks, compare with a baseline",
		Long: `bench measures the functions bench_*(b) of suites (*_test.star): each does its work
for _ in range(b.n). Those of one suite take turns, so that what else the machine
does happens to all of them. A figure is the median of all rounds, with the
interval that holds the true one in 95 of 100 cases. Steps are those of the
interpreter: the same in every run, on any machine.

--compare FILE says of each whether it is faster or slower than the baseline,
by a U test that is corrected for their number. "no difference" means that one of
30 % or more would have been seen; where the noise would hide it, the answer is
"cannot tell". Baselines of another machine are refused.

Exit status: 1 if one fails or is slower than the baseline; 3 if none is, but of
some nobody can tell.`,
		Example: `  starboard bench scripts/suites
  starboard bench --save baseline.json
  starboard bench --compare baseline.json
  starboard bench --format go > new.txt; benchstat old.txt new.txt`,
		Args: usageArgs(cobra.ArbitraryArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Paths = args
			return runBench(cmd.Context(), o, cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Run, "run", "", "measure the benchmarks that match `REGEX`")
	f.IntVar(&o.rounds, "rounds", sample.DefaultRounds, "measure each `N` times")
	f.StringVar(&o.save, "save", "", "write all that was measured to `FILE`, as JSON")
	f.StringVar(&o.compare, "compare", "", "compare with what was saved in `FILE`")
	f.StringVar(&o.format, "format", "text", "`FORM` of the result: text, json, or go for benchstat")
	f.BoolVar(&o.AllowExec, "allow-exec", false, "let suites call external commands with process")
	f.StringVar(&o.Root, "root", "", "let suites load what is below `DIR` (default: their version control, or their folder)")
	return cmd
}

func runBench(ctx context.Context, o benchOptions, stdout io.Writer) error {
	if o.rounds < sample.Fewest || o.rounds > 1000 {
		return usageError{fmt.Errorf("--rounds: got %d, want %d to 1000", o.rounds, sample.Fewest)}
	}
	if !slices.Contains([]string{"text", "json", "go"}, o.format) {
		return usageError{fmt.Errorf("--format: got %q, want text, json or go", o.format)}
	}
	var then *suite.BenchReport
	if o.compare != "" {
		var err error
		if then, err = suite.ReadBench(o.compare); err != nil {
			return err
		}
	}
	o.Tool = "starboard " + versionText()
	p, err := suite.RunBench(ctx, o.Options, o.rounds)
	if err != nil {
		var none *suite.NoBenchError
		if errors.As(err, &none) {
			return usageError{err}
		}
		return asUsage(err)
	}
	var changes []suite.BenchChange
	alone := 0
	if then != nil {
		if changes, alone, err = p.Compare(o.compare, then); err != nil {
			return err
		}
	}
	switch o.format {
	case "go":
		fmt.Fprint(stdout, p.GoText())
	case "json":
		out, err := json.MarshalIndent(struct {
			*suite.BenchReport
			Changes []suite.BenchChange `json:"changes,omitempty"`
		}{p, changes}, "", "  ")
		if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "%s\n", out)
	default:
		benchText(stdout, p, changes, alone)
	}
	if o.save != "" {
		text, err := json.MarshalIndent(p, "", "  ")
		if err != nil {
			return err
		}
		if err := engine.WriteFile(o.save, append(text, '\n')); err != nil {
			return err
		}
	}
	bad, open := 0, 0
	for i := range p.Benchmarks {
		if len(p.Benchmarks[i].Failures) > 0 {
			bad++
		}
	}
	for _, c := range changes {
		switch c.Verdict {
		case sample.Slower:
			bad++
		case sample.CannotTell:
			open++
		}
	}
	switch {
	case bad > 0:
		return printedError{failedError{bad}}
	case open > 0:
		return printedError{undecidedError{open}}
	}
	return nil
}

func benchText(out io.Writer, p *suite.BenchReport, changes []suite.BenchChange, alone int) {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', tabwriter.AlignRight)
	file := ""
	for i := range p.Benchmarks {
		b := &p.Benchmarks[i]
		if b.File != file {
			w.Flush()
			file = b.File
			fmt.Fprintln(out, file)
			fmt.Fprintln(w, "benchmark\ttime\t±\tsteps\tallocations\tbytes\t")
		}
		if len(b.Failures) > 0 {
			w.Flush()
			fmt.Fprintf(out, "FAIL %s  %s:%d: %s\n", b.Name, b.Failures[0].File, b.Failures[0].Line, b.Failures[0].Msg)
			continue
		}
		s := sample.Summarize(b.Series.Times(), 0.95)
		fmt.Fprintf(w, "%s\t%s\t%.0f %%\t%.6g\t%.0f\t%.0f\t\n", b.Name, nanoseconds(s.Median), 100*s.Spread(), b.Series.Steps, b.Series.Allocs, b.Series.Bytes)
	}
	w.Flush()
	if len(changes) > 0 {
		fmt.Fprintln(out, "since the baseline")
		fmt.Fprintln(w, "benchmark\tthen\tnow\tverdict\ttimes faster\tinterval\tp\tsteps\t")
		for _, c := range changes {
			steps := "the same"
			if c.ThenSteps != c.NowSteps {
				steps = fmt.Sprintf("%.6g → %.6g", c.ThenSteps, c.NowSteps)
			}
			_, name, _ := strings.Cut(c.ID, ":")
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%.3g\t%.3g to %.3g\t%.2g\t%s\t\n", name, nanoseconds(c.ThenNS), nanoseconds(c.NowNS), c.Verdict, c.Ratio, c.Low, c.High, c.P, steps)
		}
		w.Flush()
	}
	if alone > 0 {
		fmt.Fprintf(out, "%s in only one of the two\n", plainCount(alone, "benchmark"))
	}
}

func plainCount(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func nanoseconds(ns float64) string {
	if ns < 1000 {
		return fmt.Sprintf("%.3g ns", ns)
	}
	d := time.Duration(ns)
	for unit := time.Duration(1); unit < d; unit *= 10 {
		if d/unit < 1000 {
			d = d.Round(unit)
			break
		}
	}
	return d.String()
}
