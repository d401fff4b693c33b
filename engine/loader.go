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
	"starboard/kicad/spell"
	"starboard/scripts"
)

// dialect is the Starlark that scripts are written in: sets, and control flow
// at the top level; no recursion and no endless loops.
var dialect = &syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true}

// A loader executes the files of one script: the script, and what it loads
// from below its own folder.
type loader struct {
	script  string // as the user named it; "" if it is found by its name in dir
	text    []byte // of the script; nil if that is in its file
	dir     string // its folder
	display string // the same as positions show it
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
			return nil, &loadError{fmt.Sprintf("%s cannot be loaded here, for it is still being loaded itself: files load each other in a circle", name)}
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
	src, err := l.read(name)
	if err != nil {
		return nil, err
	}
	thread := l.thread(l.shown(name))
	thread.Load = func(_ *starlark.Thread, target string) (starlark.StringDict, error) {
		file, err := resolve(name, target)
		if err != nil {
			return nil, err
		}
		return l.run(file)
	}
	return builtins.Exec(dialect, thread, l.shown(name), src)
}

// shown returns the name of a file as positions have it.
func (l *loader) shown(name string) string {
	if strings.HasPrefix(name, scripts.Prefix) {
		return name
	}
	return path.Join(l.display, name)
}

// read returns the text of a script that comes with starboard, of the script,
// or of a file that it loads, which must lie in its folder or below: symbolic
// links do not lead out either.
func (l *loader) read(name string) ([]byte, error) {
	if strings.HasPrefix(name, scripts.Prefix) {
		if text, ok := scripts.Shipped(name); ok {
			return []byte(text), nil
		}
		return nil, &loadError{fmt.Sprintf("%s cannot be loaded: starboard has no such script%s", name, didYouMean(spell.Nearest(name, scripts.ShippedNames(), 1)))}
	}
	if l.script != "" && name == filepath.Base(l.script) { // which may be a link itself
		if l.text != nil {
			return l.text, nil
		}
		src, err := os.ReadFile(l.script)
		if err != nil {
			return nil, fileError(l.script, err)
		}
		return src, nil
	}
	root, err := os.OpenRoot(l.dir)
	if err != nil {
		return nil, fileError(l.dir, err)
	}
	defer root.Close()
	src, err := root.ReadFile(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &loadError{fmt.Sprintf("%s cannot be loaded: there is no such file%s", name, didYouMean(nearestScripts(root, name)))}
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	if err != nil {
		return nil, &loadError{fmt.Sprintf("%s cannot be loaded: %v", name, err)}
	}
	return src, nil
}

// nearestScripts returns the files of the same folder that have similar names.
func nearestScripts(root *os.Root, name string) []string {
	const ext = ".star"
	entries, err := fs.ReadDir(root.FS(), path.Dir(name))
	if err != nil {
		return nil // then there is nothing to suggest
	}
	var names []string
	for _, e := range entries {
		if base, ok := strings.CutSuffix(e.Name(), ext); ok {
			names = append(names, base)
		}
	}
	near := spell.Nearest(strings.TrimSuffix(path.Base(name), ext), names, 3)
	for i := range near {
		near[i] = path.Join(path.Dir(name), near[i]+ext)
	}
	return near
}

// didYouMean returns the end of a message that suggests names, or nothing.
func didYouMean(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(names, ", ") + "?"
}

// resolve returns the file that a load statement in a file means. It must lie
// in the script's folder or below.
func resolve(from, target string) (string, error) {
	if strings.Contains(target, "\\") || path.IsAbs(target) || filepath.IsAbs(target) {
		return "", &loadError{fmt.Sprintf("%s cannot be loaded: files are named by a path with / that is relative to the file that loads them", target)}
	}
	if strings.HasPrefix(target, scripts.Prefix) {
		return path.Clean(target), nil
	}
	file := path.Join(path.Dir(from), target)
	if !filepath.IsLocal(filepath.FromSlash(file)) {
		return "", &loadError{fmt.Sprintf("%s cannot be loaded: it lies outside the folder of the script", target)}
	}
	return file, nil
}

// A loadError is a mistake in a load statement. The interpreter knows where
// that is.
type loadError struct{ msg string }

func (e *loadError) Error() string { return e.msg }

// A FileError is a file that could not be read or written.
type FileError struct {
	File string
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("%s: %v", e.File, e.Err) }
func (e *FileError) Unwrap() error { return e.Err }
