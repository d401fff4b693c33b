package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"starboard/engine/journal"
	"starboard/engine/report"
	"starboard/engine/suite"
)

// crashSuite is a suite whose scenarios take a moment each, of all kinds.
func crashSuite() string {
	var b strings.Builder
	b.WriteString(`
def work(t, n):
    x = 0
    for i in range(4000):
        x += i
    t.golden("sum%d.txt" % (n % 7), "%d\n" % x)

`)
	for i := range 120 {
		fmt.Fprintf(&b, "def test_%03d(t):\n    work(t, %d)\n", i, i)
		switch i % 20 {
		case 3:
			b.WriteString("    t.eq({\"a\": [1, 2]}, {\"a\": [1, 3]})\n")
		case 5:
			b.WriteString("    t.run(\"part\", lambda t: t.eq(1, 1))\n    t.run(\"other\", lambda t: t.log(\"here\"))\n")
		case 7:
			b.WriteString("    t.skip(\"no hardware\")\n")
		case 11:
			b.WriteString("    t.red(\"not yet\")\n    fail(\"now\")\n")
		case 13:
			b.WriteString("    t.checksum(\"abc\", \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\")\n")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// withoutTimes leaves of the results what is the same in every run.
func withoutTimes(r *suite.Report) []suite.Result {
	var list []suite.Result
	for _, s := range r.Suites {
		for _, x := range s.Results {
			x.StartNS, x.WallNS, x.Worker, x.Resumed = 0, 0, 0, false
			for i := range x.Sections {
				x.Sections[i].WallNS = 0
			}
			list = append(list, x)
		}
	}
	return list
}

// TestCrash kills the process at random moments, again and again, and goes on
// with --resume: nothing that was recorded is lost, and in the end the results
// are those of a run that nobody disturbed.
func TestCrash(t *testing.T) {
	useBuilt(t)
	kills := 200
	if testing.Short() {
		kills = 20
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "crash_test.star"), []byte(crashSuite()), 0o666); err != nil {
		t.Fatal(err)
	}
	// run executes the command, and kills it after some time unless that is 0.
	// It reports whether the command came to its end.
	run := func(after time.Duration, args ...string) (string, bool) {
		t.Helper()
		cmd := exec.Command("starboard", append([]string{"test", "--jobs", "2"}, args...)...)
		cmd.Dir = dir
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		if after > 0 {
			select {
			case err := <-done:
				return out.String(), finished(t, err, out.String())
			case <-time.After(after):
				if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
					t.Fatal(err)
				}
			}
		}
		err := <-done
		return out.String(), finished(t, err, out.String())
	}
	read := func() *suite.Report {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, "r.json"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := report.Read("r.json", text)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	run(0, "--no-journal", "--update")
	start := time.Now()
	if _, ok := run(0, "--no-journal", "--report", "r.json"); !ok {
		t.Fatal("the undisturbed run did not come to its end")
	}
	undisturbed := time.Since(start)
	want := withoutTimes(read())

	rnd := rand.New(rand.NewPCG(1, 2))
	file := filepath.Join(dir, "journal.jsonl")
	seen := map[string]bool{}
	killed, ended := 0, 0
	for attempt := 0; killed < kills; attempt++ {
		if attempt > 20*kills {
			t.Fatalf("only %d of %d attempts were killed in time", killed, attempt)
		}
		after := time.Duration(1 + rnd.Int64N(int64(undisturbed)))
		out, ok := run(after, "--resume", "--journal", "journal.jsonl", "--report", "r.json")
		h, err := journal.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		now := map[string]bool{}
		for _, s := range h.Scenarios {
			now[s.ID] = true
		}
		for id := range seen {
			if !now[id] {
				t.Fatalf("after kill %d, the journal has lost %s", killed, id)
			}
		}
		seen = now
		if h.Dropped > killed+1 {
			t.Fatalf("after %d kills, %d lines are torn", killed, h.Dropped)
		}
		if !ok {
			killed++
			continue
		}
		ended++
		if diff := cmp.Diff(want, withoutTimes(read())); diff != "" {
			t.Fatalf("after %d kills, the results differ (-undisturbed +resumed):\n%s\n%s", killed, diff, out)
		}
		// Begin anew, for what is done is not done again.
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		seen = nil
	}
	out, ok := run(0, "--resume", "--journal", "journal.jsonl", "--report", "r.json")
	if !ok {
		t.Fatalf("the last run did not come to its end:\n%s", out)
	}
	if diff := cmp.Diff(want, withoutTimes(read())); diff != "" {
		t.Errorf("after %d kills, the results differ (-undisturbed +resumed):\n%s", killed, diff)
	}
	t.Logf("%d kills, %d runs came to their end in between; an undisturbed one takes %v", killed, ended, undisturbed)
}

// finished reports whether a command ended by itself, with the status of
// scenarios that failed.
func finished(t *testing.T, err error, out string) bool {
	t.Helper()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("starboard test: got %v, want status 1 or a signal:\n%s", err, out)
	}
	switch exit.ExitCode() {
	case -1:
		return false // killed
	case statusFailed:
		return true
	}
	t.Fatalf("starboard test: got status %d, want 1:\n%s", exit.ExitCode(), out)
	return false
}
