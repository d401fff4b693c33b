package builtins_test

import (
	"path/filepath"
	"testing"

	"starboard/engine/suite/suitetest"
)

// TestSuites runs the scenarios that say what scripts may rely on.
func TestSuites(t *testing.T) {
	root, err := filepath.Abs("testdata/suites")
	if err != nil {
		t.Fatal(err)
	}
	suitetest.Run(t, root, "testdata/suites")
}
