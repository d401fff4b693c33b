package suite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"starboard/builtins"
	"starboard/engine"
)

// A goldens is what one scenario does with golden masters.
type goldens struct {
	masters *masters
	dir     string // testdata/SUITE, absolute
	cwd     string
	update  bool
	used    []string // as shown
	pending []change
}

// Masters keeps the golden masters that several scenarios look at, as they
// were when the run began. Its zero value is ready to use, by several threads.
type masters struct {
	mu    sync.Mutex
	size  int
	known map[string]map[string]string
}

// mostMasters bounds the bytes that are kept.
const mostMasters = 64 << 20

// read is [readMaster] with a memory. The result must not be modified.
func (m *masters) read(base string) (map[string]string, error) {
	m.mu.Lock()
	files, ok := m.known[base]
	m.mu.Unlock()
	if ok {
		return files, nil
	}
	files, err := readMaster(base)
	if err != nil {
		return nil, err
	}
	size := 0
	for _, text := range files {
		size += len(text)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.size+size <= mostMasters {
		if m.known == nil {
			m.known = map[string]map[string]string{}
		}
		m.known[base] = files
		m.size += size
	}
	return files, nil
}

// A change is a golden file that --update is to write, or to remove.
type change struct {
	abs     string
	content string
	remove  bool
}

// compare compares a text, under the key "", or the files of a tree, with the
// golden master of that name.
func (g *goldens) compare(name string, files map[string]string) (msg, detail string, err error) {
	if !filepath.IsLocal(name) || strings.ContainsAny(name, "\\:") || name == "." {
		return "", "", fmt.Errorf("for parameter name: got %q, want the name of a file", name)
	}
	base := filepath.Join(g.dir, filepath.FromSlash(name))
	want, err := g.masters.read(base)
	if err != nil {
		return "", "", &engine.FileError{File: shown(g.cwd, base), Err: cause(err)}
	}
	if _, isText := files[""]; len(want) > 0 {
		if _, wasText := want[""]; isText != wasText {
			kind := map[bool]string{true: "a file", false: "a folder"}
			return "", "", fmt.Errorf("the golden master %s is %s, the value is %s: remove the old one", shown(g.cwd, base), kind[wasText], kind[isText])
		}
	}
	got := files
	if text, ok := files[""]; ok {
		got = map[string]string{name: text}
		if w, ok := want[""]; ok {
			want = map[string]string{name: w}
		}
		base = strings.TrimSuffix(base, filepath.FromSlash(name))
	}
	for _, file := range sortedKeys(got) {
		if !filepath.IsLocal(file) || strings.ContainsAny(file, "\\:") {
			return "", "", fmt.Errorf("for parameter value: got the file name %q, want one inside the tree", file)
		}
		g.used = append(g.used, shown(g.cwd, filepath.Join(base, filepath.FromSlash(file))))
	}
	for file := range want {
		if _, ok := got[file]; !ok {
			g.used = append(g.used, shown(g.cwd, filepath.Join(base, filepath.FromSlash(file))))
		}
	}
	detail = builtins.FileDifferences(got, want)
	if detail == "" {
		return "", "", nil
	}
	if g.update {
		g.propose(base, got, want)
		return "", "", nil
	}
	where := shown(g.cwd, filepath.Join(g.dir, filepath.FromSlash(name)))
	if len(want) == 0 {
		return fmt.Sprintf("there is no golden master %s; --update makes it", where), "", nil
	}
	return "not what the golden master is: " + where, detail, nil
}

// propose remembers what to change.
func (g *goldens) propose(base string, got, want map[string]string) {
	for _, file := range sortedKeys(got) {
		if w, ok := want[file]; !ok || w != got[file] {
			g.pending = append(g.pending, change{abs: filepath.Join(base, filepath.FromSlash(file)), content: got[file]})
		}
	}
	for _, file := range sortedKeys(want) {
		if _, ok := got[file]; !ok {
			g.pending = append(g.pending, change{abs: filepath.Join(base, filepath.FromSlash(file)), remove: true})
		}
	}
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// readMaster reads a file, under the key "", or the files of a folder. What
// does not exist has none.
func readMaster(base string) (map[string]string, error) {
	info, err := os.Stat(base)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		text, err := os.ReadFile(base)
		return map[string]string{"": string(text)}, err
	}
	files := map[string]string{}
	err = filepath.WalkDir(base, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(base, name)
		files[filepath.ToSlash(rel)] = string(text)
		return err
	})
	return files, err
}

// apply makes the changes, files whole or not at all.
func (c change) apply() error {
	if c.remove {
		return os.Remove(c.abs)
	}
	if err := os.MkdirAll(filepath.Dir(c.abs), 0o777); err != nil {
		return err
	}
	temp := filepath.Join(filepath.Dir(c.abs), "."+filepath.Base(c.abs)+".new")
	f, err := os.Create(temp)
	if err != nil {
		return err
	}
	_, err = f.WriteString(c.content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(temp, c.abs)
	}
	if err != nil {
		os.Remove(temp)
	}
	return err
}

// filesBelow returns the files of a folder, as shown.
func filesBelow(cwd, dir string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && !d.IsDir() {
			files = append(files, shown(cwd, name))
		}
		return err
	})
	return files, err
}
