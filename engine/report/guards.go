package report

import (
	"fmt"

	"github.com/dustin/go-humanize"

	"starboard/builtins/guard"
	"starboard/engine/suite"
)

// guards writes what came of the guards: of all with -v, else of those that are
// not in use.
func (t *Text) guards(r *suite.Report) {
	for i := range r.Guards {
		g := &r.Guards[i]
		if g.State == guard.Closed && !t.Verbose {
			continue
		}
		color := yellow
		if g.State == guard.Closed {
			color = green
		}
		fmt.Fprintf(t.W, "%s %s\n", t.paint(color, "guard "+g.Key+" is "+string(g.State)+":"), guardWords(g))
		if g.LastFailure != "" {
			fmt.Fprintf(t.W, "  the last failure: %s\n", indented(g.LastFailure, "    "))
		}
	}
}

// guardWords says in one line what came of a guard.
func guardWords(g *suite.Guard) string {
	s := fmt.Sprintf("%s of %s calls of the fast path failed (%d errors, %d wrong answers, %d stopped), %.0f %% verified, %s calls without it",
		humanize.Comma(int64(g.Failures())), humanize.Comma(int64(g.FastCalls())), g.Errors, g.Mismatches, g.Stopped, 100*g.Share, humanize.Comma(int64(g.Skipped)))
	if g.SavedNS != nil {
		s += ", " + gain(*g.SavedNS, Duration)
	}
	if g.SavedStep != nil {
		s += ", " + gain(*g.SavedStep, func(n int64) string { return humanize.Comma(n) + " steps" })
	}
	return s
}

// gain says that something was saved, or what was spent in vain.
func gain(n int64, words func(int64) string) string {
	if n < 0 {
		return words(-n) + " lost"
	}
	return words(n) + " saved"
}
