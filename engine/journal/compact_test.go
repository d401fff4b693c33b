package journal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"starboard/builtins/guard"
	"starboard/engine/journal"
	"starboard/engine/suite"
)

// grown returns a journal of many runs, the last of which was not finished.
func grown(t *testing.T) (file string, now func() time.Time) {
	t.Helper()
	file, now = filepath.Join(t.TempDir(), "j.jsonl"), clock()
	journal.OpenGuards(file, now, nil).Remember("a.star:x", guard.Snapshot{State: guard.Open, Calls: 70, Wait: 9})
	for i := range 40 {
		states := map[string]suite.Status{"test_a": suite.Passed, "test_b": suite.Failed}
		if i == 3 {
			states["test_a"] = suite.Failed
		}
		record(t, file, i%2 == 1, i < 39, now, states)
	}
	return file, now
}

func sizeOf(t *testing.T, file string) int64 {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func history(t *testing.T, file string) *journal.History {
	t.Helper()
	h, err := journal.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A journal that is written anew tells the same story, and can be resumed.
func TestCompact(t *testing.T) {
	file, now := grown(t)
	before, size := history(t, file), sizeOf(t, file)
	j, err := journal.OpenSmall(file, "starboard 1", true, now, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if results, failed := j.Earlier("a_test.star:test_a", "key"); len(results) != 1 || failed {
		t.Errorf("test_a cannot be resumed: %v, %v", results, failed)
	}
	if _, failed := j.Earlier("a_test.star:test_b", "key"); !failed {
		t.Error("that test_b failed is not known any more")
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, history(t, file), cmpopts.IgnoreUnexported(journal.History{})); diff != "" {
		t.Errorf("the story differs (-before +after):\n%s", diff)
	}
	if after := sizeOf(t, file); after >= size*2/3 {
		t.Errorf("got %d bytes of %d, want a smaller file", after, size)
	}
	if s, ok := journal.OpenGuards(file, now, nil).Earlier("a.star:x"); !ok || s.State != guard.Open || s.Wait != 9 {
		t.Errorf("the guard is %+v, %v; want it open", s, ok)
	}
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v; want the journal alone", entries, err)
	}
	// The runs go on behind it.
	story, _ := record(t, file, false, true, now, map[string]suite.Status{"test_a": suite.Passed, "test_b": suite.Passed})
	if diff := cmp.Diff(&suite.Story{Fixed: []string{"a_test.star:test_b"}}, story); diff != "" {
		t.Errorf("the next story differs (-want +got):\n%s", diff)
	}
	if n := len(history(t, file).Runs); n != 41 {
		t.Errorf("got %d runs, want 41", n)
	}
}

// A crash at any byte leaves the old journal or the new one.
func TestCompactCrash(t *testing.T) {
	file, now := grown(t)
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before := history(t, file)
	for _, n := range []int{0, 1, 100, len(old)} {
		// What is left of a file that was being written does no harm.
		if err := os.WriteFile(filepath.Join(filepath.Dir(file), ".j.jsonl.new"), old[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, history(t, file), cmpopts.IgnoreUnexported(journal.History{})); diff != "" {
			t.Fatalf("the story differs (-before +after):\n%s", diff)
		}
		j, err := journal.OpenSmall(file, "starboard 1", true, now, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(before, history(t, file), cmpopts.IgnoreUnexported(journal.History{})); diff != "" {
		t.Errorf("the story differs (-before +after):\n%s", diff)
	}
}

// A run that had opened the journal before goes on in the new one.
func TestCompactBesideAnotherRun(t *testing.T) {
	file, now := grown(t)
	other, err := journal.Open(file, "starboard 1", false, now)
	if err != nil {
		t.Fatal(err)
	}
	j, err := journal.OpenSmall(file, "starboard 1", false, now, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		name := fmt.Sprintf("test_late%d", i)
		if err := other.Record("a_test.star:"+name, "key", result(name, suite.Failed)); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []*journal.Journal{other, j} {
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(text), `{"kind":"story"`) {
		t.Error("the journal was not written anew")
	}
	late := 0
	for _, s := range history(t, file).Scenarios {
		if strings.Contains(s.ID, "test_late") {
			late++
		}
	}
	if late != 3 {
		t.Errorf("%d of 3 results were kept", late)
	}
}
