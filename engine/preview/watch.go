package preview

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// quiet is for how long nothing must change before the script runs: editors
// write a file in several steps.
const quiet = 60 * time.Millisecond

// mostFolders bounds the folders that are watched.
const mostFolders = 500

// Watch updates the page whenever a script, a symbol library or a schematic in
// the script's folder or below it changes, until the context ends. Report is
// told how each run went.
func (s *Server) Watch(ctx context.Context, report func(error)) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	defer w.Close()
	count := 0
	add := func(root string) error {
		return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil && path == root:
				return err
			case err != nil || !d.IsDir():
				return nil // what went away in between
			case path != root && strings.HasPrefix(d.Name(), "."), count >= mostFolders:
				return filepath.SkipDir
			}
			count++
			return w.Add(path)
		})
	}
	if err := add(filepath.Dir(s.Script)); err != nil {
		return err
	}
	wait := time.NewTimer(quiet)
	wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-w.Events:
			if !ok {
				return nil
			}
			if e.Has(fsnotify.Create) {
				_ = add(e.Name) // it may be a folder, or gone again
			}
			if watched(e.Name) && !e.Has(fsnotify.Chmod) {
				wait.Reset(quiet)
			}
		case err, ok := <-w.Errors:
			if !ok {
				return nil
			}
			report(err)
		case <-wait.C:
			if err := s.Update(ctx); ctx.Err() == nil {
				report(err)
			}
		}
	}
}

// watched reports whether a script may depend on a file of that name.
func watched(name string) bool {
	switch filepath.Ext(name) {
	case ".star", ".kicad_sym", ".kicad_sch", ".lock":
		return !strings.HasPrefix(filepath.Base(name), ".")
	}
	return false
}
