package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// exits N COMMAND... is like exec, but wants that exit status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND ...")
	}
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
}

// replace FILE OLD NEW edits a file, in which OLD must be once.
func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace FILE OLD NEW")
	}
	old := ts.ReadFile(args[0])
	if n := strings.Count(old, args[1]); n != 1 {
		ts.Fatalf("%s has %q %d times, want once", args[0], args[1], n)
	}
	text := strings.Replace(old, args[1], strings.ReplaceAll(args[2], `\n`, "\n"), 1)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
}

// appendLine FILE TEXT adds a line.
func appendLine(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: append FILE TEXT")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ts.ReadFile(args[0])+args[1]+"\n"), 0o666))
}

// A keeper notes what is in folders, and compares. Scripts run side by side.
type keeper struct{ sync.Map }

// keep FOLDER NAME notes all files below a folder, hidden ones too.
func (k *keeper) keep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: keep FOLDER NAME")
	}
	files, err := contents(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(files) == 0 {
		ts.Fatalf("there is nothing in %s", args[0])
	}
	k.Store(ts.Getenv("WORK")+args[1], files)
}

// unchanged FOLDER NAME wants the files that were noted.
func (k *keeper) unchanged(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: unchanged FOLDER NAME")
	}
	before, ok := k.Load(ts.Getenv("WORK") + args[1])
	if !ok {
		ts.Fatalf("%s was not kept", args[1])
	}
	now, err := contents(ts.MkAbs(args[0]))
	ts.Check(err)
	if diff := differences(before.(map[string]string), now); (len(diff) > 0) != neg {
		ts.Fatalf("in %s: %q", args[0], diff)
	}
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
