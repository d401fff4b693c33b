package scripts_test

import (
	"path/filepath"
	"testing"

	"starboard/engine/suite"
	"starboard/engine/suite/suitetest"
	"starboard/scripts"
)

// TestSuites runs the suites that come with the examples: each example has one.
func TestSuites(t *testing.T) {
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	r := suitetest.Run(t, root, "suites")
	have := map[string]bool{}
	for _, s := range r.Suites {
		have[s.File] = true
	}
	for _, name := range append(scripts.Examples(), "tutorial") {
		if file := "suites/" + name + suite.Suffix; !have[file] {
			t.Errorf("there is no %s", file)
		}
	}
	if r.Totals.Red != 3 || r.Totals.Skipped != 1 {
		t.Errorf("got %d red and %d skipped scenarios, want one of each in the tutorial, and two red ones in the story of tdd", r.Totals.Red, r.Totals.Skipped)
	}
}
