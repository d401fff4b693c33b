package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"starboard/engine/journal"
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

// A progress is a line on a terminal that says how far a run is. It is drawn
// anew now and then, so that it is right while a long scenario runs too, and
// not more often than anybody can read. Elsewhere it writes nothing.
type progress struct {
	w     io.Writer // nil: nowhere
	start time.Time
	done  chan struct{}
	ended chan struct{}

	mu    sync.Mutex
	state suite.Progress
	shown bool
}

// progressEvery is how often the line is drawn.
const progressEvery = 100 * time.Millisecond

func newProgress(w io.Writer) *progress {
	p := &progress{start: time.Now(), done: make(chan struct{}), ended: make(chan struct{})}
	if !isTerminal(w) {
		close(p.ended)
		return p
	}
	p.w = w
	go p.keepDrawing()
	return p
}

func (p *progress) keepDrawing() {
	defer close(p.ended)
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			return
		case now := <-tick.C:
			p.mu.Lock()
			if p.state.Total > 0 {
				fmt.Fprint(p.w, "\r\x1b[K", progressLine(p.state, now.Sub(p.start)))
				p.shown = true
			}
			p.mu.Unlock()
		}
	}
}

// update notes how far the run is.
func (p *progress) update(s suite.Progress) {
	p.mu.Lock()
	p.state = s
	p.mu.Unlock()
}

// around calls fn, which prints, with the line out of its way.
func (p *progress) around(fn func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
	fn()
}

// close takes the line away for good.
func (p *progress) close() {
	close(p.done)
	<-p.ended
	p.around(func() {})
}

// progressLine returns the line, which fits on any terminal.
func progressLine(s suite.Progress, gone time.Duration) string {
	const width, bar = 79, 20
	full := bar * s.Done / s.Total
	line := "[" + strings.Repeat("#", full) + strings.Repeat(".", bar-full) + "] "
	line += fmt.Sprintf("%d of %d", s.Done, s.Total)
	if s.Bad > 0 {
		line += fmt.Sprintf(", %d failed", s.Bad)
	}
	if s.Done > 0 && gone >= time.Second {
		left := gone * time.Duration(s.Total-s.Done) / time.Duration(s.Done)
		if left = left.Round(time.Second); left > 0 {
			line += ", " + left.String() + " left"
		}
	}
	if len(s.Running) > 0 {
		_, name, _ := strings.Cut(s.Running[0], ":")
		line += fmt.Sprintf("  %d running: %s", len(s.Running), name)
	}
	text := []rune(line)
	if len(text) > width {
		text = append(text[:width-1], '…')
	}
	return string(text)
}
