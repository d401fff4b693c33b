package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starboard/builtins"
)

// dialect is the Starlark that scripts are written in: sets, and control flow
// at the top level; no recursion and no endless loops.
var dialect = &syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true}

// A loader executes the files of one script: the script, and what it loads
// from below its own folder.
type loader struct {
	dir     string // the script's folder
	display string // the same as the user wrote it, for positions
	thread  func(name string) *starlark.Thread
	modules map[string]*module
}

type module struct {
	globals starlark.StringDict
	err     error
}

// run executes a file of the script's folder. Name is relative to that, with
// slashes.
func (l *loader) run(name string) (starlark.StringDict, error) {
	if m, ok := l.modules[name]; ok {
		if m == nil {
			return nil, fmt.Errorf("%s loads itself, by way of other files or directly", name)
		}
		return m.globals, m.err
	}
	l.modules[name] = nil
	m := &module{}
	m.globals, m.err = l.exec(name)
	l.modules[name] = m
	return m.globals, m.err
}

func (l *loader) exec(name string) (starlark.StringDict, error) {
	src, err := os.ReadFile(filepath.Join(l.dir, filepath.FromSlash(name)))
	if err != nil {
		var pathErr *fs.PathError
		if errors.As(err, &pathErr) {
			err = pathErr.Err
		}
		return nil, &FileError{path.Join(l.display, name), err}
	}
	thread := l.thread(path.Join(l.display, name))
	thread.Load = func(_ *starlark.Thread, target string) (starlark.StringDict, error) {
		file, err := resolve(name, target)
		if err != nil {
			return nil, err
		}
		return l.run(file)
	}
	return starlark.ExecFileOptions(dialect, thread, path.Join(l.display, name), src, builtins.Predeclared())
}

// resolve returns the file that a load statement in a file means. It must lie
// in the script's folder or below.
func resolve(from, target string) (string, error) {
	if strings.Contains(target, "\\") || path.IsAbs(target) || filepath.IsAbs(target) {
		return "", fmt.Errorf("a script loads files by a path with / that is relative to its own folder")
	}
	file := path.Join(path.Dir(from), target)
	if file == ".." || strings.HasPrefix(file, "../") {
		return "", fmt.Errorf("%s lies outside the folder of the script", target)
	}
	return file, nil
}

// A FileError is a file that could not be read or written.
type FileError struct {
	File string
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("%s: %v", e.File, e.Err) }
func (e *FileError) Unwrap() error { return e.Err }
