package journal

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// A journal that has grown to this size is written anew when it is opened.
const defaultCompact = 16 << 20

// mostRuns is how many runs are remembered one by one then.
const mostRuns = 1000

// A story is what is kept of all runs when a journal is written anew: when each
// scenario was first red and first green is never forgotten.
type story struct {
	Earlier   int         `json:"earlier"` // runs before the first of these
	Runs      []Run       `json:"runs"`
	Scenarios []*Scenario `json:"scenarios"`
}

// compact writes a journal anew: the story so far, and the results that a run
// can resume, and what guards know. The old file is there until the new one is whole and on the disk.
// Where another run has written to the old one in the meantime, it stays. A run
// that goes on after the change notices it and writes to the new file.
func compact(file string, h *History, size int64, now time.Time) error {
	kept := &story{Earlier: h.Earlier, Runs: h.Runs, Scenarios: h.Scenarios}
	if n := len(kept.Runs) - mostRuns; n > 0 {
		kept.Earlier, kept.Runs = kept.Earlier+n, kept.Runs[n:]
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	records := []any{&record{Kind: "story", Run: h.last, Results: raw}}
	for _, id := range h.order {
		if old, ok := h.resumable[id]; ok {
			records = append(records, &record{Kind: "kept", Run: h.last, Tool: old.tool, ID: id, Key: old.key, Results: old.raw})
		}
	}
	guards := OpenGuards(file, nil, nil)
	guards.load()
	if guards.err != nil {
		return guards.err
	}
	for _, key := range slices.Sorted(maps.Keys(guards.states)) {
		s := guards.states[key]
		records = append(records, &guardRecord{Kind: "guard", ID: s.id, Time: now.UTC(), Guard: key, State: s.s})
	}
	temp := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".new")
	f, err := os.Create(temp)
	if err != nil {
		return err
	}
	for _, r := range records {
		line, err2 := encode(r)
		if err = errors.Join(err, err2); err == nil {
			_, err = f.Write(line)
		}
	}
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		if info, err2 := os.Stat(file); err2 != nil || info.Size() != size {
			return errors.Join(err2, os.Remove(temp))
		}
		err = os.Rename(temp, file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if dir, err := os.Open(filepath.Dir(file)); err == nil {
		_ = dir.Sync() // not all systems can
		return dir.Close()
	}
	return nil
}

// keep takes over a story that was written by compact.
func (h *History) keep(r *record) {
	var s story
	if json.Unmarshal(r.Results, &s) != nil {
		h.Dropped++
		return
	}
	h.Earlier, h.Runs, h.Scenarios = s.Earlier, s.Runs, s.Scenarios
	clear(h.byID)
	clear(h.byRun)
	for i := range h.Runs {
		h.byRun[h.Runs[i].ID] = i
	}
	for _, x := range h.Scenarios {
		h.byID[x.ID] = x
	}
	h.last = r.Run
	h.forget()
}

// remember keeps a result that a run can stand on.
func (h *History) remember(id string, e earlier) {
	if _, ok := h.resumable[id]; !ok {
		h.order = append(h.order, id)
	}
	h.resumable[id] = e
}

// forget drops them all.
func (h *History) forget() {
	clear(h.resumable)
	h.order = nil
}
