package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"starboard/kicad/spell"
)

// readFor is [builtins.Env.Read] for the scripts of a loader: it lets use read
// files of the loader's folder and below, which symbolic links do not lead out
// of either. Names of files begin like positions in scripts.
func (l *loader) readFor(from, target string, use func(files fs.FS, name string) error) error {
	prefix := folderPrefix(l.display)
	if strings.Contains(target, "\\") || path.IsAbs(target) || filepath.IsAbs(target) {
		return errors.New("files are named by a path with / that is relative to the script")
	}
	name := path.Join(path.Dir(strings.TrimPrefix(from, prefix)), target)
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return errors.New("it lies outside the folder of the script")
	}
	root, err := os.OpenRoot(l.dir)
	if err != nil {
		return fileError(l.dir, err)
	}
	defer root.Close()
	info, err := root.Stat(filepath.FromSlash(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no such file%s", didYouMean(spell.Nearest(path.Base(name), filesLike(root, name), 1)))
	case err != nil:
		return cause(err)
	case info.IsDir():
		return errors.New("it is a folder")
	}
	return use(shownFS{root.FS(), prefix}, prefix+name)
}

// cause returns an error of a file without its name, which the message has
// already.
func cause(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// filesLike returns the names of the files beside a file that have its ending.
func filesLike(root *os.Root, name string) []string {
	entries, err := fs.ReadDir(root.FS(), path.Dir(name))
	if err != nil {
		return nil // then there is nothing to suggest
	}
	var names []string
	for _, e := range entries {
		if path.Ext(e.Name()) == path.Ext(name) {
			names = append(names, e.Name())
		}
	}
	return names
}

// A shownFS has the files of another file system under names that begin with a
// prefix, such as that of a folder as the user wrote it.
type shownFS struct {
	files  fs.FS
	prefix string
}

func (s shownFS) Open(name string) (fs.File, error) {
	inner, ok := strings.CutPrefix(name, s.prefix)
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return s.files.Open(inner)
}
