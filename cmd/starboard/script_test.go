package main

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(cleaner{m}, map[string]func(){"starboard": main})
}

// A cleaner removes what all tests share when they are done.
type cleaner struct{ *testing.M }

func (c cleaner) Run() int {
	status := c.M.Run()
	if builtIn != "" {
		os.RemoveAll(builtIn)
	}
	return status
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
//
// and suiteCommands.
func TestScripts(t *testing.T) {
	var kept keeper
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
			"append":    appendLine,
			"exits":     exits,
			"keep":      kept.keep,
			"replace":   replace,
			"unchanged": kept.unchanged,
		},
	}
	maps.Copy(params.Cmds, suiteCommands)
	testscript.Run(t, params)
}
