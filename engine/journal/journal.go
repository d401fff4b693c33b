// Package journal remembers the results of scenarios across runs, crashes and
// power cuts.
//
// A journal is a file of JSON lines. Lines are only ever added; each ends with
// a checksum of itself and is synced to the disk soon after it is written:
// lines that come together are synced together. A line that a crash has torn
// does not match its checksum and counts as never written; the next run goes
// on behind it. A file that has grown large is replaced as a whole, when it is
// opened, by one that tells the same story.
//
// [Open] reads the file and adds to it, as what [suite.Run] takes for a
// journal. [Read] gives its [History] alone.
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
	"slices"
	"sync"
	"time"

	"starboard/engine"
	"starboard/engine/suite"
)

// A record is a line.
type record struct {
	Kind string    `json:"kind"` // begin, result or end; story or kept in a journal that was written anew
	Run  string    `json:"run"`
	Time time.Time `json:"time"`

	// of begin
	Tool    string `json:"tool,omitempty"`
	Resumes string `json:"resumes,omitempty"` // the run that this one continues
	Total   int    `json:"total,omitempty"`   // top-level scenarios of the selection

	// of result and kept; of story, what is kept
	ID      string          `json:"id,omitempty"`
	Key     string          `json:"key,omitempty"` // of what the results depend on
	Results json.RawMessage `json:"results,omitempty"`

	// of end
	WallNS      int64         `json:"wall_ns,omitempty"`
	Interrupted bool          `json:"interrupted,omitempty"`
	Totals      *suite.Totals `json:"totals,omitempty"`
}

var table = crc32.MakeTable(crc32.Castagnoli)

// The checksum is the last member of each line, so that it can be cut off
// without parsing.
const sumForm = `,"crc32c":"%08x"}`

var sumLen = len(fmt.Sprintf(sumForm, 0))

// encode returns the line of a record.
func encode(r any) ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	b = b[:len(b)-1]
	return append(fmt.Appendf(b, sumForm, crc32.Checksum(b, table)), '\n'), nil
}

// decode reads a line without its end. ok is false where the line is not whole.
func decode(line []byte) (r record, ok bool) {
	n := len(line) - sumLen
	if n < 0 || string(line[n:]) != fmt.Sprintf(sumForm, crc32.Checksum(line[:n], table)) {
		return r, false
	}
	return r, json.Unmarshal(line, &r) == nil
}

// A Journal is a file that is open for one run. It implements [suite.Journal].
type Journal struct {
	file    string
	f       *os.File
	now     func() time.Time
	tool    string
	resume  bool
	run     string
	history *History

	mu      sync.Mutex
	more    sync.Cond // there is something to write, or it is over
	pending []byte
	closing bool
	err     error
	written chan struct{}
}

var _ suite.Journal = (*Journal)(nil)

// Open opens a journal, or makes one. With resume, the results of the last run
// stand, as far as they were good and nothing has changed since.
func Open(file, tool string, resume bool, now func() time.Time) (*Journal, error) {
	return open(file, tool, resume, now, defaultCompact)
}

// open writes the journal anew if it is larger than that.
func open(file, tool string, resume bool, now func() time.Time, largest int64) (*Journal, error) {
	h, torn, size, err := read(file)
	if err != nil {
		return nil, err
	}
	if size > largest {
		// Where it cannot be replaced, as while another process has it open on
		// Windows, the old one is as good as before.
		_ = compact(file, h, size, now())
		if h, torn, _, err = read(file); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return nil, fileError(file, err)
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		return nil, fileError(file, err)
	}
	j := &Journal{file: file, f: f, now: now, tool: tool, resume: resume, history: h, written: make(chan struct{})}
	j.more.L = &j.mu
	if torn {
		j.pending = []byte{'\n'} // what comes now is a line of its own
	}
	start := now()
	j.run = fmt.Sprintf("%s-%d", start.UTC().Format("20060102T150405.000000000"), os.Getpid())
	go j.write()
	return j, nil
}

func fileError(file string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return &engine.FileError{File: file, Err: err}
}

// write puts lines into the file and syncs them, all that have come since the
// last time at once.
func (j *Journal) write() {
	defer close(j.written)
	for {
		j.mu.Lock()
		for len(j.pending) == 0 && !j.closing {
			j.more.Wait()
		}
		lines, over := j.pending, j.closing
		j.pending = nil
		j.mu.Unlock()
		if len(lines) > 0 {
			err := j.follow()
			if err == nil {
				_, err = j.f.Write(lines)
			}
			if err == nil {
				err = j.f.Sync()
			}
			if err != nil {
				j.mu.Lock()
				j.err = fileError(j.file, err)
				j.mu.Unlock()
				return
			}
			continue
		}
		if over {
			return
		}
	}
}

// follow goes on in the file of that name if another run has written the
// journal anew.
func (j *Journal) follow() error {
	now, err := os.Stat(j.file)
	if err != nil {
		return nil // it is gone: what is open is what there is
	}
	was, err := j.f.Stat()
	if err != nil || os.SameFile(was, now) {
		return err
	}
	f, err := os.OpenFile(j.file, os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		return err
	}
	err = j.f.Close()
	j.f = f
	return err
}

func (j *Journal) add(r *record) error {
	r.Run, r.Time = j.run, j.now().UTC()
	line, err := encode(r)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return j.err
	}
	j.pending = append(j.pending, line...)
	j.more.Signal()
	return nil
}

// Begin implements [suite.Journal].
func (j *Journal) Begin(r *suite.Report) error {
	b := &record{Kind: "begin", Tool: j.tool, Total: r.Selection.Scenarios}
	if j.resume {
		b.Resumes = j.history.last
	}
	return j.add(b)
}

// Earlier implements [suite.Journal].
func (j *Journal) Earlier(id, key string) (results []suite.Result, failed bool) {
	if !j.resume {
		return nil, false
	}
	old, ok := j.history.resumable[id]
	if !ok || json.Unmarshal(old.raw, &results) != nil {
		return nil, false
	}
	for i := range results {
		if results[i].Status.Bad() {
			return nil, true
		}
	}
	if key == "" || old.key != key || old.tool != j.tool {
		return nil, false
	}
	return results, false
}

// Record implements [suite.Journal].
func (j *Journal) Record(id, key string, results []suite.Result) error {
	results = slices.Clone(results)
	for i := range results {
		results[i].Pictures = nil // a failed scenario runs again
	}
	raw, err := json.Marshal(results)
	if err != nil {
		return err
	}
	return j.add(&record{Kind: "result", ID: id, Key: key, Results: raw})
}

// End implements [suite.Journal]: it tells the report how the run compares
// with earlier ones.
func (j *Journal) End(r *suite.Report) error {
	r.Story = j.history.compare(r)
	totals := r.Totals
	return j.add(&record{Kind: "end", WallNS: r.WallNS, Interrupted: r.Interrupted, Totals: &totals})
}

// Close waits until all lines are on the disk.
func (j *Journal) Close() error {
	j.mu.Lock()
	j.closing = true
	j.more.Signal()
	j.mu.Unlock()
	<-j.written
	return errors.Join(j.err, j.f.Close())
}

// Read returns what a journal remembers. One that does not exist is empty.
func Read(file string) (*History, error) {
	h, _, _, err := read(file)
	return h, err
}

// read also reports whether the last line has no end, and how many bytes there
// are.
func read(file string) (h *History, torn bool, size int64, err error) {
	h = newHistory()
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return h, false, 0, nil
	}
	if err != nil {
		return nil, false, 0, fileError(file, err)
	}
	size = int64(len(text))
	for len(text) > 0 {
		line, rest, whole := bytes.Cut(text, []byte{'\n'})
		text = rest
		torn = !whole
		if len(line) == 0 {
			continue
		}
		if r, ok := decode(line); ok {
			h.add(&r)
		} else {
			h.Dropped++
		}
	}
	return h, torn, size, nil
}
