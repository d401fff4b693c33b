package repro

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
)

// What is copied for each run, and what is kept of its output, is bounded.
const (
	maxInputBytes  = 256 << 20
	maxInputFiles  = 20_000
	maxOutputBytes = 512 << 20
)

// notCopied are folders that a generator does not read as a rule, and that
// may be huge.
var notCopied = []string{".git", ".hg", ".svn", "__pycache__"}

// A folder is what a generator's folder holds, to be laid out for each run.
type folder struct {
	entries []entry // parents before children
	bytes   int64
}

type entry struct {
	name string // relative
	mode fs.FileMode
	info fs.FileInfo
	data []byte
	link string
}

// readFolder reads what the runs are given. Names for which skip is true, with
// slashes, are left out.
func readFolder(dir string, skip func(name string, d fs.DirEntry) bool) (*folder, error) {
	f := &folder{}
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, file)
		if err != nil || name == "." {
			return err
		}
		if skip(filepath.ToSlash(name), d) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		return f.add(file, name, d)
	})
	var big *SetupError
	if errors.As(err, &big) {
		return nil, &SetupError{fmt.Sprintf("%s: %s; name the folder of the generator with --dir, or leave parts of it out with --exclude", dir, big.Msg)}
	}
	return f, err
}

func (f *folder) add(file, name string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil {
		return err
	}
	e := entry{name: name, mode: info.Mode(), info: info}
	switch {
	case info.IsDir():
	case info.Mode()&fs.ModeSymlink != 0:
		if e.link, err = os.Readlink(file); err != nil {
			return err
		}
	case !info.Mode().IsRegular():
		return nil // sockets and the like are nobody's input
	default:
		f.bytes += info.Size()
		if f.bytes > maxInputBytes {
			return &SetupError{"it holds more than " + humanize.IBytes(maxInputBytes) + ", which each run would be given a copy of"}
		}
		if e.data, err = os.ReadFile(file); err != nil {
			return err
		}
	}
	f.entries = append(f.entries, e)
	if len(f.entries) > maxInputFiles {
		return &SetupError{"it holds more than " + humanize.Comma(maxInputFiles) + " files, which each run would be given a copy of"}
	}
	return nil
}

// layOut writes the folder below dir. Reversed writes the last entries first,
// which on some file systems is the order in which they are listed.
func (f *folder) layOut(dir string, reversed bool) error {
	order := slices.Clone(f.entries)
	if reversed {
		slices.Reverse(order)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, e := range order {
		file := filepath.Join(dir, e.name)
		switch {
		case e.mode.IsDir():
			if err := os.MkdirAll(file, 0o755); err != nil {
				return err
			}
			continue
		case reversed:
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				return err
			}
		}
		if e.link != "" {
			if err := os.Symlink(e.link, file); err != nil {
				return err
			}
			continue
		}
		if err := os.WriteFile(file, e.data, 0o600); err != nil {
			return err
		}
		if err := os.Chmod(file, e.mode.Perm()); err != nil {
			return err
		}
		if err := os.Chtimes(file, e.info.ModTime(), e.info.ModTime()); err != nil {
			return err
		}
	}
	for _, e := range slices.Backward(f.entries) { // children first, for they change the time
		if !e.mode.IsDir() {
			continue
		}
		file := filepath.Join(dir, e.name)
		if err := errors.Join(os.Chmod(file, e.mode.Perm()|0o700), os.Chtimes(file, e.info.ModTime(), e.info.ModTime())); err != nil {
			return err
		}
	}
	return nil
}

// has returns the content that the folder gave a run under a name.
func (f *folder) has(name string) ([]byte, bool) {
	for _, e := range f.entries {
		if e.name == name && e.mode.IsRegular() {
			return e.data, true
		}
	}
	return nil, false
}

// listing returns the names of the entries of each folder below dir, in the
// order in which the system lists them.
func listing(dir string) ([]string, error) {
	var all []string
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		names, err := f.Readdirnames(-1)
		rel, _ := filepath.Rel(dir, file)
		all = append(all, rel+": "+strings.Join(names, "/"))
		return err
	})
	return all, err
}

// collect reads the files that a run has made below dir. Inputs, where given,
// are files that were there before: they count only if they have changed.
func collect(dir string, inputs *folder) (map[string][]byte, map[string]fs.FileMode, error) {
	files, modes := map[string][]byte{}, map[string]fs.FileMode{}
	var total int64
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && file == dir {
			return fs.SkipAll
		}
		if err != nil {
			return err
		}
		if d.IsDir() {
			if inputs != nil && slices.Contains(notCopied, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		info, err := d.Info()
		if err != nil {
			return err
		}
		var data []byte
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			link, err := os.Readlink(file)
			if err != nil {
				return err
			}
			data = []byte("symbolic link to " + link)
		case !info.Mode().IsRegular():
			return nil
		default:
			if total += info.Size(); total > maxOutputBytes {
				return &SetupError{"a run writes more than " + humanize.IBytes(maxOutputBytes) + ", which is more than can be compared"}
			}
			if data, err = readAll(file); err != nil {
				return err
			}
		}
		if inputs != nil {
			if old, ok := inputs.has(rel); ok && string(old) == string(data) {
				return nil
			}
		}
		files[name] = data
		modes[name] = asGit(info.Mode())
		return nil
	})
	return files, modes, err
}

// asGit returns what version control keeps of a mode, which no umask changes.
func asGit(m fs.FileMode) fs.FileMode {
	if m&0o100 != 0 {
		return 0o755
	}
	return 0o644
}

// readAll reads a file, even one that its owner may not read.
func readAll(file string) ([]byte, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrPermission) && os.Chmod(file, 0o600) == nil {
		f, err = os.Open(file)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// remove deletes a folder, even where a run has taken its permissions.
func remove(dir string) error {
	err := os.RemoveAll(dir)
	if err == nil {
		return nil
	}
	_ = filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() {
			_ = os.Chmod(file, 0o700) // what this does not help, the second try tells
		}
		return nil
	})
	return os.RemoveAll(dir)
}

// mirror makes a home folder that has what the real one has, by links, but
// for caches: what a run leaves there is gone with the run.
func mirror(real, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if real == "" {
		return nil
	}
	own := map[string]bool{".cache": true, ".config": false, ".local": false, filepath.Join(".local", "share"): false, filepath.Join(".local", "state"): true}
	var link func(rel string) error
	link = func(rel string) error {
		entries, err := os.ReadDir(filepath.Join(real, rel))
		if err != nil {
			return nil // a home that cannot be read has nothing to offer
		}
		for i, e := range entries {
			name := filepath.Join(rel, e.Name())
			to := filepath.Join(dir, name)
			empty, made := own[name]
			switch {
			case i == maxHomeEntries:
				return nil
			case made && e.IsDir():
				if err := os.MkdirAll(to, 0o755); err != nil {
					return err
				}
				if !empty {
					if err := link(name); err != nil {
						return err
					}
				}
			default:
				if err := os.Symlink(filepath.Join(real, name), to); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return link("")
}

// maxHomeEntries bounds the links of a mirror, for each folder in it.
const maxHomeEntries = 1000
