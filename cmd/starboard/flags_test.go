package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestSuiteFlagsAreTried wants a script that uses each flag of the commands
// about suites.
func TestSuiteFlagsAreTried(t *testing.T) {
	files, err := filepath.Glob("testdata/script/test_*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	var lines [][]byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, regexp.MustCompile(`(?m)^(! )?(exec|exits \d+) starboard .*$`).FindAll(text, -1)...)
	}
	for name, cmd := range map[string]*cobra.Command{
		"test": newTestCmd(), "report merge": newReportMergeCmd(), "progress": newProgressCmd(),
	} {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			flag := "--" + f.Name
			if f.Shorthand != "" {
				flag = "(" + flag + "|-" + f.Shorthand + ")"
			}
			used := regexp.MustCompile(` starboard ` + name + ` (.* )?` + flag + `( |$)`)
			if !slices.ContainsFunc(lines, used.Match) {
				t.Errorf("no script in testdata/script/test_*.txtar runs starboard %s --%s", name, f.Name)
			}
		})
	}
}
