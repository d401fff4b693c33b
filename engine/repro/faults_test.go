package repro_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"starboard/engine/repro"
)

// A fault is an entry of testdata/faults/faults.json, which says what each
// field means.
type fault struct {
	Fault         string
	Command       []string
	Faulty, Clean string
	Kinds, Also   []string
	Conditions    []string
	Needs         string
}

func faults(t *testing.T) []fault {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "faults", "faults.json"))
	if err != nil {
		t.Fatal(err)
	}
	var table struct{ Faults []fault }
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Faults) < 25 {
		t.Fatalf("only %d faults", len(table.Faults))
	}
	return table.Faults
}

// required reports whether CI has installed all that tests need.
func required() bool { return os.Getenv("STARBOARD_REQUIRE_REPRO") == "1" }

// need ends a test where a program is missing; where it must not be, it fails.
func need(t *testing.T, program string) string {
	t.Helper()
	for _, file := range []string{"/usr/bin/" + program, program} { // no version manager: it takes longer than the program
		if path, err := exec.LookPath(file); err == nil {
			return path
		}
	}
	if required() {
		t.Fatalf("%s is not installed", program)
	}
	t.Skipf("%s is not installed", program)
	return ""
}

// TestFaults runs generators that have one fault each, and their clean twins.
// Kind and condition must be named for the first, and nothing found in the
// second.
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs hundreds of processes")
	}
	for _, f := range faults(t) {
		t.Run(f.Fault, func(t *testing.T) {
			t.Parallel() // checks wait for clocks
			r := check(t, f, f.Clean, 2)
			if r.Verdict != repro.Reproducible {
				t.Errorf("the clean twin: %s\n%s", r.Verdict, text(t, r))
			}
			r = check(t, f, f.Faulty, 4)
			if r.Verdict != repro.Differs {
				t.Fatalf("the fault: %s\n%s", r.Verdict, text(t, r))
			}
			named, kinds := causes(r)
			if missing := unapplied(r, f.Conditions); missing != "" {
				t.Logf("%s is not permitted here", missing)
			} else if !slices.ContainsFunc(named, func(c string) bool { return slices.Contains(f.Conditions, c) }) {
				t.Errorf("conditions %q, want one of %q\n%s", named, f.Conditions, text(t, r))
			}
			for _, k := range f.Kinds {
				if !slices.Contains(kinds, k) {
					t.Errorf("kinds %q, want %q\n%s", kinds, k, text(t, r))
				}
			}
			for _, k := range kinds {
				if !slices.Contains(f.Kinds, k) && !slices.Contains(f.Also, k) {
					t.Errorf("kind %q, which is not there\n%s", k, text(t, r))
				}
			}
		})
	}
}

func check(t *testing.T, f fault, variant string, runs int) *repro.Report {
	t.Helper()
	command := append([]string{"env", "OUT={out}", need(t, f.Command[0])}, f.Command[1:]...)
	r, err := repro.Check(t.Context(), repro.Options{
		Generator: repro.Generator{Command: append(command, variant), Dir: filepath.Join("testdata", "faults"), Out: "out"},
		Runs:      runs,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// causes returns what the findings name.
func causes(r *repro.Report) (named, kinds []string) {
	for _, f := range r.Findings {
		if f.Cause == "random" {
			named = append(named, "random")
		}
		if f.Held != "" {
			named = append(named, f.Held)
		}
		named = append(named, f.Conditions...)
		for _, g := range f.Groups {
			if !slices.Contains(kinds, g.Kind) {
				kinds = append(kinds, g.Kind)
			}
		}
	}
	return named, kinds
}

// unapplied returns the condition that a container does not permit, if it is
// the one that is wanted.
func unapplied(r *repro.Report, want []string) string {
	for _, c := range r.Conditions {
		if len(want) == 1 && want[0] == c.Name && !c.Applied && (!required() || c.Name == "dirorder") {
			return c.Name
		}
	}
	return ""
}

func text(t *testing.T, r *repro.Report) string {
	t.Helper()
	var b stringWriter
	if err := r.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

type stringWriter []byte

func (w *stringWriter) Write(p []byte) (int, error) {
	*w = append(*w, p...)
	return len(p), nil
}
