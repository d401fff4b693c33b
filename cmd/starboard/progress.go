package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"starboard/engine/journal"
	reporting "starboard/engine/report"
	"starboard/engine/suite"
)

func newProgressCmd() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "progress",
		Short: "Tell when each scenario was first red and first green",
		Long: `progress reads the journal of starboard test and tells its story: how long the
runs took, when each scenario was first seen failing, when it first passed, and
which ones were never seen failing.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := journal.Read(file)
			if err != nil {
				return err
			}
			h.Print(cmd.OutOrStdout())
			return nil
		},
	}
	cmd.Flags().StringVar(&file, "journal", defaultJournal, "read `FILE`")
	return cmd
}

// isTerminal reports whether w shows colours and can take a line back.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// A progress is a line on a terminal that says how far a run is. Elsewhere it
// writes nothing.
type progress struct {
	w     io.Writer // nil: nowhere
	now   func() time.Time
	mu    sync.Mutex
	start time.Time
	last  time.Time
	shown bool
	state suite.Progress
}

// progressEvery is how often the line is drawn, at most.
const progressEvery = 100 * time.Millisecond

func newProgress(w io.Writer) *progress {
	p := &progress{now: time.Now, start: time.Now()}
	if isTerminal(w) {
		p.w = w
	}
	return p
}

func (p *progress) update(s suite.Progress) {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = s
	now := p.now()
	if now.Sub(p.last) < progressEvery {
		return
	}
	p.last = now
	p.draw(now)
}

// draw replaces the line.
func (p *progress) draw(now time.Time) {
	s := p.state
	line := fmt.Sprintf("%d of %d", s.Done, s.Total)
	if s.Bad > 0 {
		line += fmt.Sprintf(", %d failed", s.Bad)
	}
	if gone := now.Sub(p.start); s.Done > 0 && s.Done < s.Total && gone > time.Second {
		left := gone * time.Duration(s.Total-s.Done) / time.Duration(s.Done)
		line += ", " + reporting.Duration(int64(left.Round(time.Second))) + " left"
	}
	const width, bar = 79, 20
	full := 0
	if s.Total > 0 {
		full = bar * s.Done / s.Total
	}
	text := []rune("[" + fill("#", full) + fill(".", bar-full) + "] " + line + "  " + s.Last)
	if len(text) > width {
		text = append(text[:width-1], '…')
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s", string(text))
	p.shown = true
}

func fill(s string, n int) string {
	out := ""
	for range n {
		out += s
	}
	return out
}

// clear takes the line away, for something else is to be printed.
func (p *progress) clear() {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

func (p *progress) close() { p.clear() }
