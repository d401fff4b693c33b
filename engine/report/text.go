package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/dustin/go-humanize"

	"starboard/engine/suite"
)

// Text writes a report for people: failures as they come in, and a summary. A
// run in which all is well is one line.
type Text struct {
	W       io.Writer
	Verbose bool // every scenario, with its output
	Color   bool
}

const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	blue   = "\x1b[34m"
	faint  = "\x1b[2m"
	bold   = "\x1b[1m"
	plain  = "\x1b[0m"
)

func (t *Text) paint(color, s string) string {
	if !t.Color || s == "" {
		return s
	}
	return color + s + plain
}

// The words for a status, all of a width.
var labels = map[suite.Status]string{
	suite.Passed: "ok  ", suite.Failed: "FAIL", suite.Skipped: "skip", suite.Red: "red ", suite.Surprise: "PASS",
}

var colors = map[suite.Status]string{
	suite.Passed: green, suite.Failed: red, suite.Skipped: yellow, suite.Red: blue, suite.Surprise: red,
}

// Results writes the results of a scenario and its parts.
func (t *Text) Results(results []suite.Result) {
	for i := range results {
		if r := &results[i]; t.Verbose || r.Status.Bad() {
			t.result(r)
		}
	}
}

func (t *Text) result(r *suite.Result) {
	label := labels[r.Status]
	if r.Undecided() {
		label = "open"
	}
	line := t.paint(bold+colors[r.Status], label) + " " + t.paint(bold, r.Name) + "  " + t.paint(faint, fmt.Sprintf("%s:%d", r.File, r.Line))
	if t.Verbose {
		line += t.paint(faint, fmt.Sprintf("  %s, %s steps", Duration(r.WallNS), humanize.Comma(int64(r.Steps))))
		if r.Resumed {
			line += t.paint(faint, ", from the journal")
		}
	}
	fmt.Fprintln(t.W, line)
	switch {
	case r.Status == suite.Surprise:
		fmt.Fprintf(t.W, "  it passes now, and t.red says that it must fail: %s\n  take t.red away\n", r.Why)
	case r.Why != "":
		fmt.Fprintf(t.W, "  %s\n", r.Why)
	}
	if r.Status.Bad() || t.Verbose {
		for i := range r.Failures {
			t.failure(&r.Failures[i])
		}
		for _, l := range r.Logs {
			fmt.Fprintf(t.W, "  %s %s\n", t.paint(faint, fmt.Sprintf("%s:%d:", l.File, l.Line)), indented(l.Text, "    "))
		}
	}
	if t.Verbose {
		for _, s := range r.Sections {
			fmt.Fprintf(t.W, "  %s %s\n", t.paint(faint, "section"), fmt.Sprintf("%s: %s, %s steps%s", s.Name, Duration(s.WallNS), humanize.Comma(int64(s.Steps)), sampleText(s.Sample)))
		}
		for _, s := range r.Sums {
			fmt.Fprintf(t.W, "  %s %s\n", t.paint(faint, "sha256"), s.SHA256+"  "+s.Name)
		}
	}
}

// sampleText says what single calls took.
func sampleText(s *suite.Sample) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("; median of %s: %s, from %s to %s", counted(s.N, "call"), Duration(s.MedianNS), Duration(s.MinNS), Duration(s.MaxNS))
}

func (t *Text) failure(f *suite.Failure) {
	msg := f.Msg
	if f.Check != "" {
		msg = f.Check + ": " + msg
	}
	at := fmt.Sprintf("%s:%d:", f.File, f.Line)
	if f.Col > 0 {
		at = fmt.Sprintf("%s:%d:%d:", f.File, f.Line, f.Col)
	}
	fmt.Fprintf(t.W, "  %s %s\n", at, t.paint(red, indented(msg, "    ")))
	if f.Source != "" {
		fmt.Fprintf(t.W, "  %s %s\n", t.paint(faint, "  >"), f.Source)
	}
	if f.Detail != "" {
		for line := range strings.SplitSeq(f.Detail, "\n") {
			fmt.Fprintf(t.W, "      %s\n", t.diffLine(line))
		}
	}
	for i := len(f.Trace) - 2; i >= 0; i-- {
		fr := f.Trace[i]
		fmt.Fprintf(t.W, "  %s\n", t.paint(faint, fmt.Sprintf("  called from %s:%d:%d, in %s", fr.File, fr.Line, fr.Col, fr.Func)))
	}
}

func (t *Text) diffLine(s string) string {
	switch {
	case strings.HasPrefix(s, "@@"):
		return t.paint(blue, s)
	case strings.HasPrefix(s, "+"):
		return t.paint(green, s)
	case strings.HasPrefix(s, "-"):
		return t.paint(red, s)
	}
	return s
}

// indented puts something before all lines but the first.
func indented(s, by string) string {
	return strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n"+by)
}

// Summary writes what came of the whole.
func (t *Text) Summary(r *suite.Report) {
	list := func(color, what string, names []string, most int) {
		if len(names) == 0 {
			return
		}
		if !t.Verbose && len(names) > most {
			names = append(names[:most:most], fmt.Sprintf("and %d more", len(names)-most))
		}
		fmt.Fprintf(t.W, "%s\n", t.paint(color, what))
		for _, n := range names {
			fmt.Fprintf(t.W, "  %s\n", n)
		}
	}
	list(green, "files written:", r.Written, 50)
	list(yellow, "golden files removed:", r.Removed, 50)
	list(yellow, "golden files that no scenario looks at:", r.Unused, 20)
	if s := r.Story; s != nil {
		list(green, "fixed since the run before:", s.Fixed, 20)
		list(red, "broken since the run before:", s.Broken, 20)
		if t.Verbose {
			list(yellow, "born green: never seen failing, so they have proved nothing yet:", s.BornGreen, 20)
		}
	}
	t.guards(r)
	idle := idleScenarios(r)
	list(yellow, "scenarios that check nothing:", idle, 5)

	n := r.Totals
	var notes []string
	note := func(count int, what string) {
		if count > 0 {
			notes = append(notes, fmt.Sprintf("%s %s", humanize.Comma(int64(count)), what))
		}
	}
	note(n.Skipped, "skipped")
	note(n.Red, "red")
	note(r.Undecided(), "that nobody can tell")
	note(n.Surprise, "no longer red")
	note(n.Resumed, "from the journal")
	note(r.Selection.NotRun, "not run")
	if r.Story != nil {
		note(len(r.Story.BornGreen), "born green")
	}
	head, color := t.paint(bold+green, "ok  "), ""
	what := fmt.Sprintf("%s %s in %s", humanize.Comma(int64(n.All())), plural(n.All(), "scenario"), counted(len(r.Suites), "suite"))
	if n.Bad() > 0 {
		head = t.paint(bold+red, "FAIL")
		what = fmt.Sprintf("%s of %s", humanize.Comma(int64(n.Bad())), what)
	}
	if r.Interrupted {
		head = t.paint(bold+yellow, "stop")
	}
	if r.Shard != nil {
		what += fmt.Sprintf(", shard %s", r.Shard)
	}
	if r.Shuffle != "" {
		what += ", shuffle " + r.Shuffle
	}
	what += ", " + Duration(r.WallNS)
	if len(notes) > 0 {
		what += " (" + strings.Join(notes, ", ") + ")"
	}
	fmt.Fprintln(t.W, head+" "+t.paint(color, what))
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// idleScenarios returns the scenarios that passed without a check, in
// themselves or a part of them.
func idleScenarios(r *suite.Report) []string {
	var names []string
	for _, s := range r.Suites {
		for i := 0; i < len(s.Results); {
			top := s.Results[i].Top()
			checks, first, passed := 0, i, s.Results[i].Status == suite.Passed
			for ; i < len(s.Results) && s.Results[i].Top() == top; i++ {
				checks += s.Results[i].Checks
			}
			if checks == 0 && passed {
				names = append(names, s.Results[first].ID())
			}
		}
	}
	return names
}
