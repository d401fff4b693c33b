package repro_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
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
			// Some faults are chance, and so is what else the machine does: a
			// verdict counts where it is given twice.
			first := mistakes(t, f)
			if len(first) == 0 {
				return
			}
			t.Logf("once more, for:\n%s", strings.Join(first, "\n"))
			for _, m := range mistakes(t, f) {
				t.Error(m)
			}
		})
	}
}

// mistakes returns what is wrong with the verdicts on a fault and its clean
// twin.
func mistakes(t *testing.T, f fault) (list []string) {
	wrong := func(r *repro.Report, format string, args ...any) {
		list = append(list, fmt.Sprintf(format, args...)+"\n"+text(t, r))
	}
	if r := check(t, f, f.Clean, 2); r.Verdict != repro.Reproducible {
		wrong(r, "the clean twin: %s", r.Verdict)
	}
	r := check(t, f, f.Faulty, 4)
	if r.Verdict != repro.Differs {
		wrong(r, "the fault: %s", r.Verdict)
		return list
	}
	named, kinds := causes(r)
	if missing := unapplied(r, f.Conditions); missing != "" {
		t.Logf("%s is not permitted here", missing)
	} else if !slices.ContainsFunc(named, func(c string) bool { return slices.Contains(f.Conditions, c) }) {
		wrong(r, "conditions %q, want one of %q", named, f.Conditions)
	}
	for _, k := range f.Kinds {
		if !slices.Contains(kinds, k) {
			wrong(r, "kinds %q, want %q", kinds, k)
		}
	}
	for _, k := range kinds {
		if !slices.Contains(f.Kinds, k) && !slices.Contains(f.Also, k) {
			wrong(r, "kind %q, which is not there", k)
		}
	}
	return list
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
