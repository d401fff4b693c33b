package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"starboard/builtins"
	"starboard/builtins/guard"
)

// Guards are the states of guards in a journal, so that a fast path which was
// switched off stays off in the next run. Its records stand among those of
// scenarios and are lines of the same form: the last whole one of a guard
// counts, unless it was written by a process that did not know of another's
// (two ran side by side): then the worse state of both counts.
//
// The file is read when the first guard asks, and made when there is something
// to remember.
type Guards struct {
	file    string
	now     func() time.Time
	prepare func() error

	mu     sync.Mutex
	read   bool
	states map[string]guardState
	count  int
	err    error
}

var _ builtins.GuardMemory = (*Guards)(nil)

// A guardRecord is a line.
type guardRecord struct {
	Kind  string         `json:"kind"` // guard
	ID    string         `json:"id"`   // of the record
	Since string         `json:"since,omitempty"`
	Time  time.Time      `json:"time"`
	Guard string         `json:"guard"` // file:name
	State guard.Snapshot `json:"state"`
}

type guardState struct {
	id string
	s  guard.Snapshot
}

// OpenGuards returns the states in a journal. Prepare, where it is not nil, is
// called before the file is made.
func OpenGuards(file string, now func() time.Time, prepare func() error) *Guards {
	return &Guards{file: file, now: now, prepare: prepare, states: map[string]guardState{}}
}

// Err returns the first error of reading or writing. With one, guards are used
// all the same, and forgotten.
func (g *Guards) Err() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}

// Earlier implements [builtins.GuardMemory].
func (g *Guards) Earlier(key string) (guard.Snapshot, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.load()
	e, ok := g.states[key]
	return e.s, ok
}

func (g *Guards) fail(err error) {
	if g.err == nil && err != nil {
		g.err = fileError(g.file, err)
	}
}

func (g *Guards) load() {
	if g.read {
		return
	}
	g.read = true
	text, err := os.ReadFile(g.file)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			g.fail(err)
		}
		return
	}
	for line := range bytes.Lines(text) {
		if r, ok := decodeGuard(bytes.TrimSuffix(line, []byte{'\n'})); ok {
			g.take(r)
		}
	}
}

// take brings a record in.
func (g *Guards) take(r *guardRecord) {
	old, known := g.states[r.Guard]
	if known && old.id != r.Since && rank(old.s.State) > rank(r.State.State) {
		r.State = old.s // neither knew of the other
	}
	g.states[r.Guard] = guardState{r.ID, r.State}
}

func rank(s guard.State) int {
	switch s {
	case guard.Open:
		return 2
	case guard.HalfOpen:
		return 1
	}
	return 0
}

// The beginning of a guard's line, so that others need not be parsed.
var guardLine = []byte(`{"kind":"guard",`)

// decodeGuard reads a line without its end. ok is false for all others, and
// for one that is not whole.
func decodeGuard(line []byte) (*guardRecord, bool) {
	n := len(line) - sumLen
	if !bytes.HasPrefix(line, guardLine) || n < 0 || string(line[n:]) != fmt.Sprintf(sumForm, crc32.Checksum(line[:n], table)) {
		return nil, false
	}
	var r guardRecord
	if json.Unmarshal(line, &r) != nil || r.State.Check() != nil {
		return nil, false
	}
	return &r, true
}

// Remember implements [builtins.GuardMemory]. It returns when the state is on the
// disk.
func (g *Guards) Remember(key string, s guard.Snapshot) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.load()
	old, known := g.states[key]
	if known && old.s == s {
		return
	}
	g.count++
	at := g.now().UTC()
	r := &guardRecord{
		Kind: "guard", ID: fmt.Sprintf("%s-%d-%d", at.Format("20060102T150405.000000000"), os.Getpid(), g.count),
		Since: old.id, Time: at, Guard: key, State: s,
	}
	g.states[key] = guardState{r.ID, s}
	g.fail(g.append(r))
}

func (g *Guards) append(r *guardRecord) error {
	b, err := encode(r)
	if err != nil {
		return err
	}
	if g.prepare != nil {
		if err := g.prepare(); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(g.file), 0o777); err != nil {
		return err
	}
	f, err := os.OpenFile(g.file, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o666)
	if err != nil {
		return err
	}
	// Behind a line that a crash has torn, this is a line of its own.
	if info, err := f.Stat(); err == nil && info.Size() > 0 {
		last := make([]byte, 1)
		if _, err := f.ReadAt(last, info.Size()-1); err == nil && last[0] != '\n' {
			b = append([]byte{'\n'}, b...)
		}
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}
