package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"starboard/builtins"
	"starboard/engine/report"
	"starboard/engine/suite"
)

// notChecks are the members of t that cannot fail, for they ask nothing.
var notChecks = []string{"assume", "label", "log", "must", "name", "red", "run", "skip"}

// TestEveryCheckCanFail runs a suite in which each check of t fails once, with
// its own name, and holds once: a check that cannot fail proves nothing. What t
// has is taken from t itself, so a new check is missed until the suite has it.
func TestEveryCheckCanFail(t *testing.T) {
	results := runFailing(t)
	members := new(builtins.T).AttrNames()
	for _, name := range notChecks {
		if !slices.Contains(members, name) {
			t.Errorf("t.%s is not there, and notChecks names it", name)
		}
	}
	for _, name := range members {
		if slices.Contains(notChecks, name) {
			continue
		}
		fails, holds := "test_"+name+"_fails", "test_"+name+"_holds"
		check := "t." + name
		t.Run(name, func(t *testing.T) {
			if r, ok := results[fails]; !ok {
				t.Errorf("builtins/testdata/failing has no scenario %s(t) in which %s fails", fails, check)
			} else {
				wantFailed(t, r, check)
			}
			if r, ok := results[holds]; !ok {
				t.Errorf("builtins/testdata/failing has no scenario %s(t) in which %s holds", holds, check)
			} else if r.Status != suite.Passed || r.Checks != 1 {
				t.Errorf("%s: got %s with %d checks, %+v, want passed with 1", holds, r.Status, r.Checks, r.Failures)
			}
		})
	}
}

// runFailing runs the suite as a user does, for t.reproducible runs the program
// itself, and returns the results by name.
func runFailing(t *testing.T) map[string]suite.Result {
	t.Helper()
	dir := t.TempDir() // where examples that fail are kept
	if err := os.CopyFS(dir, os.DirFS(filepath.FromSlash("../../builtins/testdata/failing"))); err != nil {
		t.Fatal(err)
	}
	out, err := command(t, dir, nil, "test", "--no-journal", "--jobs", "1", "--report", "r.json").CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != statusFailed {
		t.Fatalf("got %v, want exit status %d\n%s", err, statusFailed, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "r.json"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := report.Read("r.json", text)
	if err != nil {
		t.Fatal(err)
	}
	results := map[string]suite.Result{}
	for _, s := range r.Suites {
		for _, x := range s.Results {
			results[x.Name] = x
		}
	}
	return results
}

// wantFailed wants one failure, of that check, that says what is wrong in the
// line that makes the check.
func wantFailed(t *testing.T, r suite.Result, check string) {
	t.Helper()
	if r.Status != suite.Failed || len(r.Failures) != 1 {
		t.Errorf("%s: got %s with failures %+v, want one failure of %s", r.Name, r.Status, r.Failures, check)
		return
	}
	f := r.Failures[0]
	if f.Check != check || f.Undecided || f.Msg == "" || !strings.Contains(f.Source, check+"(") {
		t.Errorf("%s: got %+v, want a failure of %s, decided, with a message and its line", r.Name, f, check)
	}
}
