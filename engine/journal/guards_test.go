package journal_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"starboard/builtins/guard"
	"starboard/engine/journal"
)

func ticking() func() time.Time {
	at := time.Unix(1_700_000_000, 0)
	return func() time.Time { at = at.Add(time.Second); return at }
}

func TestGuards(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "journal.jsonl")
	now := ticking()
	open := func() *journal.Guards { return journal.OpenGuards(file, now, nil) }
	want := func(g *journal.Guards, key string, state guard.State, calls uint64) {
		t.Helper()
		s, ok := g.Earlier(key)
		if state == "" {
			if ok {
				t.Errorf("%s: %+v, want nothing", key, s)
			}
			return
		}
		if !ok || s.State != state || s.Calls != calls {
			t.Errorf("%s: %+v, want %s after %d calls", key, s, state, calls)
		}
		if err := g.Err(); err != nil {
			t.Error(err)
		}
	}
	closed := guard.Snapshot{State: guard.Closed, Calls: 50, Window: "vvp"}
	off := guard.Snapshot{State: guard.Open, Calls: 70, Wait: 9}

	// Nothing is made before there is something to remember.
	g := open()
	want(g, "a.star:x", "", 0)
	if _, err := os.Stat(file); err == nil {
		t.Error("the file was made for nothing")
	}
	g.Remember("a.star:x", closed)
	g.Remember("b.star:x", off)
	g.Remember("b.star:x", off) // the same is not written again
	want(open(), "a.star:x", guard.Closed, 50)
	want(open(), "b.star:x", guard.Open, 70)
	text, err := os.ReadFile(file)
	if err != nil || strings.Count(string(text), "\n") != 2 {
		t.Fatalf("the journal has %d lines, %v; want 2", strings.Count(string(text), "\n"), err)
	}

	// Two processes side by side: that one has seen the fast path fail stands,
	// whichever writes last.
	one, two := open(), open()
	want(one, "a.star:x", guard.Closed, 50)
	want(two, "a.star:x", guard.Closed, 50)
	one.Remember("a.star:x", guard.Snapshot{State: guard.Open, Calls: 80, Wait: 100})
	two.Remember("a.star:x", guard.Snapshot{State: guard.Closed, Calls: 60})
	want(open(), "a.star:x", guard.Open, 80)

	// Who knows of it may switch it on again.
	three := open()
	want(three, "a.star:x", guard.Open, 80)
	three.Remember("a.star:x", guard.Snapshot{State: guard.Closed, Calls: 200})
	want(open(), "a.star:x", guard.Closed, 200)

	// A crash tears a line: the one before it counts, and the next one is whole.
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	open().Remember("a.star:x", guard.Snapshot{State: guard.Open, Calls: 300, Wait: 100})
	longer, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for n := len(whole); n < len(longer)-1; n += 7 {
		if err := os.WriteFile(file, longer[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		want(open(), "a.star:x", guard.Closed, 200)
		open().Remember("b.star:x", guard.Snapshot{State: guard.Closed, Calls: uint64(n)})
		want(open(), "b.star:x", guard.Closed, uint64(n))
	}

	// Scenarios' records and guards' leave each other alone.
	h, err := journal.Read(file)
	if err != nil || len(h.Runs) != 0 || h.Dropped == 0 {
		t.Errorf("history %+v, %v; want no run, and the torn line", h, err)
	}
}

func TestGuardsThatCannotBeKept(t *testing.T) {
	dir := t.TempDir()
	g := journal.OpenGuards(dir, ticking(), nil) // a folder
	if _, ok := g.Earlier("x"); ok {
		t.Error("a folder has a guard")
	}
	g.Remember("x", guard.Snapshot{State: guard.Open})
	if err := g.Err(); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("error %v, want one that names %s", err, dir)
	}
}
