package engine

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// fileError wraps an error of the operating system with the name that the
// user knows.
func fileError(file string, err error) error {
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	switch {
	case errors.As(err, &pathErr):
		err = pathErr.Err
	case errors.As(err, &linkErr):
		err = linkErr.Err
	}
	return &FileError{file, err}
}

// A transaction writes files whole or not at all: first each beside its
// place under another name, then, when all are safe on the disk, each to its
// place by renaming. What fails before that leaves everything as it was.
type transaction struct {
	staged []staged
	made   []string // folders that did not exist, parents first
}

type staged struct{ file, temp string }

// stage prepares a file. One that has the content already is left alone.
func (t *transaction) stage(file string, content []byte) error {
	if same(file, content) {
		return nil
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return &FileError{file, errors.New("a file is to be written here, and there is a folder or device of that name")}
	}
	if err := t.mkdir(filepath.Dir(file)); err != nil {
		return err
	}
	// The name is fixed, so that what an interrupted run left is replaced.
	temp := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".new")
	t.staged = append(t.staged, staged{file, temp})
	if err := os.WriteFile(temp, content, 0o666); err != nil {
		return fileError(file, err)
	}
	return nil
}

func same(file string, content []byte) bool {
	info, err := os.Stat(file)
	if err != nil || info.Size() != int64(len(content)) || !info.Mode().IsRegular() {
		return false
	}
	old, err := os.ReadFile(file)
	return err == nil && bytes.Equal(old, content)
}

// mkdir makes a folder and those above it, and remembers which are new.
func (t *transaction) mkdir(dir string) error {
	var missing []string
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); err == nil || filepath.Dir(d) == d {
			break
		}
		missing = append(missing, d)
	}
	for _, d := range slices.Backward(missing) {
		if err := os.Mkdir(d, 0o777); err != nil {
			return fileError(d, err)
		}
		t.made = append(t.made, d)
	}
	return nil
}

// commit puts the files in their places and returns their names.
func (t *transaction) commit() ([]string, error) {
	if err := t.sync(); err != nil {
		return nil, err
	}
	var done []string
	for _, s := range t.staged {
		if err := os.Rename(s.temp, s.file); err != nil {
			return done, fileError(s.file, err)
		}
		done = append(done, s.file)
	}
	t.staged, t.made = nil, nil
	return done, nil
}

// sync waits until the staged files are on the disk. The waits overlap.
func (t *transaction) sync() error {
	errs := make([]error, len(t.staged))
	var wg sync.WaitGroup
	for i, s := range t.staged {
		wg.Go(func() {
			f, err := os.Open(s.temp)
			if err == nil {
				err = errors.Join(f.Sync(), f.Close())
			}
			if err != nil {
				errs[i] = fileError(s.file, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// rollback removes what was staged and not committed.
func (t *transaction) rollback() {
	for _, s := range t.staged {
		os.Remove(s.temp)
	}
	for i := len(t.made) - 1; i >= 0; i-- {
		os.Remove(t.made[i]) // only if it is empty
	}
}
