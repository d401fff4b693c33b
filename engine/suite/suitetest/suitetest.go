// Package suitetest runs scenario suites as part of go test: each scenario is
// a subtest.
package suitetest

import (
	"os"
	"strings"
	"testing"

	"starboard/engine/report"
	"starboard/engine/suite"
)

// Run runs the suites in the given files and folders, which may load what is
// below root. Symbols are the embedded ones, whatever is installed.
func Run(t *testing.T, root string, paths ...string) *suite.Report {
	t.Helper()
	t.Setenv("KICAD9_SYMBOL_DIR", os.DevNull)
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	r, err := suite.Run(t.Context(), suite.Options{Dir: dir, Root: root, Paths: paths})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Suites {
		t.Run(s.File, func(t *testing.T) {
			for i := range s.Results {
				x := s.Results[i : i+1]
				t.Run(x[0].Name, func(t *testing.T) {
					switch {
					case x[0].Status.Bad():
						var b strings.Builder
						(&report.Text{W: &b}).Results(x)
						t.Errorf("\n%s", b.String())
					case x[0].Status == suite.Skipped:
						t.Skip(x[0].Why)
					}
				})
			}
		})
	}
	if len(r.Unused) > 0 {
		t.Errorf("golden files that no scenario looks at: %q", r.Unused)
	}
	return r
}
