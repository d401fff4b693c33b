package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"starboard": main})
}

// TestScripts runs the commands as users do. No KiCad is found in them, so that
// they say the same on any machine: the embedded symbols are there.
//
// Besides testscript's own commands they have:
//
//	exits N COMMAND...      like exec, but wants that exit status
//	replace FILE OLD NEW    edits a file; OLD must be there once
//	append FILE TEXT        adds a line
//	keep FOLDER NAME        notes all files and contents below a folder
//	unchanged FOLDER NAME   wants the same as noted
func TestScripts(t *testing.T) {
	kept := map[string]map[string]string{}
	params := testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		ContinueOnError:     true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error {
			kicad := filepath.Join(e.WorkDir, ".kicad")
			e.Setenv("KICAD9_SYMBOL_DIR", kicad)
			return errors.Join(os.Mkdir(kicad, 0o777), setupSuites(e))
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": func(ts *testscript.TestScript, neg bool, args []string) {
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				got := 0
				err = ts.Exec(args[1], args[2:]...)
				if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
					got = exit.ExitCode()
				} else {
					ts.Check(err)
				}
				if got != want {
					ts.Fatalf("exit status %d, want %d\n%s%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
				}
			},
			"replace": func(ts *testscript.TestScript, neg bool, args []string) {
				file := ts.MkAbs(args[0])
				old := ts.ReadFile(file)
				if n := strings.Count(old, args[1]); n != 1 {
					ts.Fatalf("%s has %q %d times, want once", args[0], args[1], n)
				}
				ts.Check(os.WriteFile(file, []byte(strings.Replace(old, args[1], strings.ReplaceAll(args[2], `\n`, "\n"), 1)), 0o666))
			},
			"append": func(ts *testscript.TestScript, neg bool, args []string) {
				file := ts.MkAbs(args[0])
				ts.Check(os.WriteFile(file, []byte(ts.ReadFile(file)+args[1]+"\n"), 0o666))
			},
			"keep": func(ts *testscript.TestScript, neg bool, args []string) {
				files, err := contents(ts.MkAbs(args[0]))
				ts.Check(err)
				if len(files) == 0 {
					ts.Fatalf("there is nothing in %s", args[0])
				}
				kept[ts.Getenv("WORK")+args[1]] = files
			},
			"unchanged": func(ts *testscript.TestScript, neg bool, args []string) {
				now, err := contents(ts.MkAbs(args[0]))
				ts.Check(err)
				before, ok := kept[ts.Getenv("WORK")+args[1]]
				if !ok {
					ts.Fatalf("%s was not kept", args[1])
				}
				if diff := differences(before, now); (len(diff) > 0) != neg {
					ts.Fatalf("in %s: %q", args[0], diff)
				}
			},
		},
	}
	maps.Copy(params.Cmds, suiteCommands)
	testscript.Run(t, params)
}

// contents returns all files below a folder, hidden ones too.
func contents(dir string) (map[string]string, error) {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files[path] = string(text)
		return err
	})
	return files, err
}

func differences(a, b map[string]string) []string {
	var diff []string
	for name, text := range a {
		switch other, ok := b[name]; {
		case !ok:
			diff = append(diff, fmt.Sprintf("%s is gone", name))
		case other != text:
			diff = append(diff, fmt.Sprintf("%s differs", name))
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			diff = append(diff, fmt.Sprintf("%s is new", name))
		}
	}
	return diff
}
