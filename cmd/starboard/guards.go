package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"starboard/builtins/guard"
	"starboard/engine"
	"starboard/engine/journal"
)

// openGuards returns the states of guards in the journal.
func openGuards(file string) *journal.Guards {
	return journal.OpenGuards(file, time.Now, func() error {
		if filepath.ToSlash(file) == defaultJournal {
			return ignoreInGit(filepath.Dir(file))
		}
		return nil
	})
}

// warnGuards tells that the states of guards could not be kept.
func warnGuards(w io.Writer, g *journal.Guards) {
	if err := g.Err(); err != nil {
		fmt.Fprintf(w, "starboard: what guards know will not be remembered: %v\n", err)
	}
}

// openGuardLog returns a log that adds lines of JSON to a file; "" is none.
func openGuardLog(file string) (log *slog.Logger, end func() error, err error) {
	if file == "" {
		return nil, func() error { return nil }, nil
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return nil, nil, &engine.FileError{File: file, Err: err}
	}
	return slog.New(slog.NewJSONHandler(f, nil)), f.Close, nil
}

// guardsOff tells of the guards of a run whose fast path is not in use.
func guardsOff(w io.Writer, r *engine.Result) {
	for _, u := range r.Guards {
		if u.Stats.State != guard.Closed {
			fmt.Fprintf(w, "starboard: guard %s is %s: %d of %d calls of the fast path failed, the trusted one answers\n", u.Key, u.Stats.State, u.Stats.Failures(), u.Stats.FastCalls())
		}
	}
}
