package suite

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"starboard/engine"
)

// Suffix is the end of a suite's name.
const Suffix = "_test.star"

// A file is a suite on the disk.
type file struct {
	abs   string
	root  string // absolute: what it loads must lie below
	rel   string // to root, with slashes, as positions name it
	shown string // as messages name it, with slashes
}

// find returns the suites in the given files and below the given folders, in
// order of their names. Folders named testdata, build, or with a dot are not
// entered.
func find(cwd, root string, paths []string) ([]file, error) {
	var files []file
	seen := map[string]bool{}
	add := func(name string) {
		abs := name
		if !filepath.IsAbs(abs) {
			abs = filepath.Join(cwd, name)
		}
		if seen[abs] {
			return
		}
		seen[abs] = true
		f := file{abs: abs, root: root, shown: shown(cwd, abs)}
		if root == "" {
			f.root = rootOf(filepath.Dir(abs))
		}
		rel, err := filepath.Rel(f.root, abs)
		if err != nil || !filepath.IsLocal(rel) {
			f.root = filepath.Dir(abs) // not below the root that was asked for
			rel = filepath.Base(abs)
		}
		f.rel = filepath.ToSlash(rel)
		files = append(files, f)
	}
	for _, p := range paths {
		abs := p
		if !filepath.IsAbs(abs) {
			abs = filepath.Join(cwd, p)
		}
		info, err := os.Stat(abs)
		if err != nil {
			return nil, &engine.FileError{File: p, Err: cause(err)}
		}
		if !info.IsDir() {
			if !strings.HasSuffix(p, Suffix) {
				return nil, &NameError{p}
			}
			add(abs)
			continue
		}
		err = filepath.WalkDir(abs, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return &engine.FileError{File: shown(cwd, name), Err: cause(err)}
			case d.IsDir() && name != abs && (d.Name() == "testdata" || d.Name() == "build" || strings.HasPrefix(d.Name(), ".")):
				return filepath.SkipDir
			case !d.IsDir() && strings.HasSuffix(name, Suffix):
				add(name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(files, func(a, b file) int { return compareNames(a.shown, b.shown) })
	return files, nil
}

// A NameError is a file that is not named as a suite.
type NameError struct{ File string }

func (e *NameError) Error() string {
	return fmt.Sprintf("%s: the name of a suite ends in %s", e.File, Suffix)
}

// rootOf returns the folder of the version control that a folder belongs to,
// or the folder itself.
func rootOf(dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, ".git")); err == nil {
			return d
		}
		if filepath.Dir(d) == d {
			return dir
		}
	}
}

// shown returns how messages name a file: relative to the working folder where
// it lies below.
func shown(cwd, abs string) string {
	if rel, err := filepath.Rel(cwd, abs); err == nil && filepath.IsLocal(rel) {
		abs = rel
	}
	return filepath.ToSlash(abs)
}

// cause leaves out the name that a message has anyway.
func cause(err error) error {
	if e, ok := err.(*fs.PathError); ok {
		return e.Err
	}
	return err
}
