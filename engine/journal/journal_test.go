package journal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"starboard/engine/journal"
	"starboard/engine/suite"
)

// A clock gives a minute more each time.
func clock() func() time.Time {
	at := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	return func() time.Time {
		at = at.Add(time.Minute)
		return at
	}
}

func result(name string, status suite.Status) []suite.Result {
	return []suite.Result{{Name: name, File: "a_test.star", Line: 1, Status: status, WallNS: 5}}
}

// record writes a run with the given states, and returns its story.
func record(t *testing.T, file string, resume, end bool, now func() time.Time, states map[string]suite.Status) (*suite.Story, map[string]string) {
	t.Helper()
	j, err := journal.Open(file, "starboard 1", resume, now)
	if err != nil {
		t.Fatal(err)
	}
	r := &suite.Report{Suites: []suite.Suite{{File: "a_test.star"}}}
	if err := j.Begin(r); err != nil {
		t.Fatal(err)
	}
	taken := map[string]string{}
	for _, name := range []string{"test_a", "test_b", "test_c"} {
		old, failed := j.Earlier("a_test.star:"+name, "key")
		switch {
		case failed:
			taken[name] = "failed before"
		case old != nil:
			taken[name] = string(old[0].Status)
		}
		status, ok := states[name]
		if !ok {
			continue
		}
		if err := j.Record("a_test.star:"+name, "key", result(name, status)); err != nil {
			t.Fatal(err)
		}
		r.Suites[0].Results = append(r.Suites[0].Results, result(name, status)...)
	}
	if end {
		if err := j.End(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return r.Story, taken
}

func TestStory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "j.jsonl")
	now := clock()
	type states = map[string]suite.Status
	for i, tt := range []struct {
		states states
		want   *suite.Story
	}{
		{states{"test_a": suite.Passed, "test_b": suite.Failed}, &suite.Story{BornGreen: []string{"a_test.star:test_a"}}},
		{states{"test_a": suite.Passed, "test_b": suite.Passed}, &suite.Story{BornGreen: []string{"a_test.star:test_a"}, Fixed: []string{"a_test.star:test_b"}}},
		{states{"test_a": suite.Failed, "test_b": suite.Passed}, &suite.Story{Broken: []string{"a_test.star:test_a"}}},
		{states{"test_a": suite.Passed, "test_c": suite.Red}, &suite.Story{Fixed: []string{"a_test.star:test_a"}}},
		{states{"test_a": suite.Skipped, "test_c": suite.Passed}, &suite.Story{Fixed: []string{"a_test.star:test_c"}}},
	} {
		got, _ := record(t, file, false, true, now, tt.states)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("run %d: the story differs (-want +got):\n%s", i+1, diff)
		}
	}
	h, err := journal.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Runs) != 5 || h.Dropped != 0 {
		t.Errorf("got %d runs and %d dropped lines, want 5 and 0", len(h.Runs), h.Dropped)
	}
	var b bytes.Buffer
	h.Print(&b)
	for _, want := range []string{"runs: 5\n", "red in 1 of 2"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the story lacks %q:\n%s", want, b.String())
		}
	}
}

func TestResume(t *testing.T) {
	file := filepath.Join(t.TempDir(), "j.jsonl")
	now := clock()
	type states = map[string]suite.Status
	record(t, file, false, false, now, states{"test_a": suite.Passed, "test_b": suite.Failed}) // killed
	_, taken := record(t, file, true, false, now, states{"test_b": suite.Passed})              // killed again
	if diff := cmp.Diff(map[string]string{"test_a": "passed", "test_b": "failed before"}, taken); diff != "" {
		t.Errorf("the second run takes (-want +got):\n%s", diff)
	}
	_, taken = record(t, file, true, true, now, states{"test_c": suite.Red})
	if diff := cmp.Diff(map[string]string{"test_a": "passed", "test_b": "passed"}, taken); diff != "" {
		t.Errorf("the third run takes (-want +got):\n%s", diff)
	}
	_, taken = record(t, file, false, true, now, states{"test_a": suite.Passed})
	if len(taken) > 0 {
		t.Errorf("a run that does not resume takes %v", taken)
	}
	_, taken = record(t, file, true, true, now, nil)
	if diff := cmp.Diff(map[string]string{"test_a": "passed"}, taken); diff != "" {
		t.Errorf("the fifth run takes (-want +got):\n%s", diff)
	}
}

// However a journal is cut or damaged in one place, it is read, at most one
// line is lost, and the next run goes on behind it.
func TestDamage(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "j.jsonl")
	record(t, file, false, true, clock(), map[string]suite.Status{"test_a": suite.Passed, "test_b": suite.Failed, "test_c": suite.Passed})
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	h, err := journal.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	all := len(h.Scenarios)
	if all != 3 {
		t.Fatalf("%d scenarios are remembered, want 3", all)
	}
	for n := 0; n <= len(whole); n++ {
		cut := filepath.Join(dir, "cut.jsonl")
		if err := os.WriteFile(cut, whole[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		h, err := journal.Read(cut)
		if err != nil {
			t.Fatal(err)
		}
		want := bytes.Count(whole[:n], []byte(`"kind":"result"`))
		if got := len(h.Scenarios); got > want || got < want-1 || h.Dropped > 1 {
			t.Fatalf("cut after %d bytes: %d scenarios, %d dropped; want %d, one less if torn", n, got, h.Dropped, want)
		}
		if n%97 != 0 {
			continue // opening syncs, which takes its time
		}
		later := clock()
		for range 100 {
			later()
		}
		record(t, cut, true, true, later, map[string]suite.Status{"test_a": suite.Passed})
		after, err := journal.Read(cut)
		if err != nil {
			t.Fatal(err)
		}
		if after.Dropped > h.Dropped || len(after.Runs) < 1 || after.Runs[len(after.Runs)-1].Results != 1 {
			t.Fatalf("cut after %d bytes: the next run is not whole: %+v", n, after)
		}
	}
	for n := 0; n < len(whole); n += 7 {
		damaged := bytes.Clone(whole)
		damaged[n] ^= 0x20
		if err := os.WriteFile(file, damaged, 0o666); err != nil {
			t.Fatal(err)
		}
		h, err := journal.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Scenarios) < all-2 || h.Dropped == 0 {
			t.Fatalf("damaged at %d: %d scenarios and %d dropped lines, want the damage noticed and no more lost than its line and the next", n, len(h.Scenarios), h.Dropped)
		}
	}
}
