package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"starboard/kicad/project"
)

// write compares or writes the projects and the lock.
func (r *run) write(next *Lock) error {
	r.completeLock(next)
	text, err := next.marshal()
	if err != nil {
		return err
	}
	if r.o.Check {
		return r.check(text)
	}
	var t transaction
	defer t.rollback()
	var stale []string
	for _, c := range r.result.Circuits {
		written := sumsOf(c.Dir)
		for _, name := range c.Tree.Names() {
			content, _ := c.Tree.File(name)
			file := filepath.Join(c.Dir, filepath.FromSlash(name))
			if name == project.Sums {
				written[name] = sumOf(file) // it cannot list itself
			}
			if err := r.save(&t, file, written[name], content); err != nil {
				return err
			}
			if err := t.stage(file, content); err != nil {
				return err
			}
		}
		for _, name := range slices.Sorted(maps.Keys(written)) {
			file := filepath.Join(c.Dir, filepath.FromSlash(name))
			if _, still := c.Tree.File(name); still {
				continue
			}
			switch sumOf(file) {
			case written[name]:
				stale = append(stale, file)
			case "":
			default:
				r.result.Warnings = append(r.result.Warnings, file+": the script no longer makes this file; it has been edited and stays")
			}
		}
	}
	if err := t.stage(r.result.Lock, text); err != nil {
		return err
	}
	if err := r.ctx.Err(); err != nil {
		return err
	}
	r.result.Changed, err = t.commit()
	if err != nil {
		return err
	}
	return r.remove(stale)
}

// completeLock keeps what the lock says of circuits and symbols that this
// run, with these arguments, has not made.
func (r *run) completeLock(next *Lock) {
	for id, s := range r.library.pins {
		next.Symbols[id] = s
	}
	if r.o.UpdateLock {
		return
	}
	for id, s := range r.lock.Symbols {
		if _, used := next.Symbols[id]; !used {
			next.Symbols[id] = s
		}
	}
	for name, entries := range r.lock.Circuits {
		if _, made := next.Circuits[name]; !made {
			next.Circuits[name] = entries
		}
	}
}

// check finds the files that are not what the script makes.
func (r *run) check(lock []byte) error {
	var differ []string
	for _, c := range r.result.Circuits {
		for _, name := range c.Tree.Names() {
			content, _ := c.Tree.File(name)
			if file := filepath.Join(c.Dir, filepath.FromSlash(name)); !same(file, content) {
				differ = append(differ, file)
			}
		}
	}
	if !same(r.result.Lock, lock) {
		differ = append(differ, r.result.Lock)
	}
	r.result.Changed = differ
	if len(differ) > 0 {
		return &DifferenceError{differ}
	}
	return nil
}

// sumsOf returns the checksums of the files that an earlier run wrote.
func sumsOf(dir string) map[string]string {
	sums := map[string]string{}
	text, err := os.ReadFile(filepath.Join(dir, project.Sums))
	if err != nil {
		return sums
	}
	for line := range strings.Lines(string(text)) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if ok && filepath.IsLocal(filepath.FromSlash(name)) {
			sums[name] = sum
		}
	}
	return sums
}

func sumOf(file string) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// save keeps a copy of a file that is about to be replaced and is not as it
// was written: somebody has edited it, or it is not ours at all.
func (r *run) save(t *transaction, file, written string, content []byte) error {
	if same(file, content) {
		return nil
	}
	old, err := os.ReadFile(file)
	if err != nil {
		return nil // gone, or unreadable: nothing to keep
	}
	sum := sha256.Sum256(old)
	if hex.EncodeToString(sum[:]) == written {
		return nil
	}
	r.result.Saved = append(r.result.Saved, file+".orig")
	return t.stage(file+".orig", old)
}

func (r *run) remove(files []string) error {
	for _, f := range slices.Sorted(slices.Values(files)) {
		if err := os.Remove(f); err != nil {
			return fileError(f, err)
		}
		os.Remove(filepath.Dir(f)) // goes only if it is empty
		r.result.Removed = append(r.result.Removed, f)
	}
	return nil
}
