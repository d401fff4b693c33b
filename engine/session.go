package engine

import (
	"cmp"
	"crypto/sha256"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"go.starlark.net/starlark"

	"starboard/builtins"
	"starboard/kicad/annotate"
	"starboard/kicad/symbol"
)

// A Session is a file of scenarios and what it loads, for package suite. The
// locks of the scripts that it loads hold in it, so that a circuit is the same
// here as where starboard run writes it. A session writes nothing.
//
// After [Session.Load], its environments may be used by several threads at
// once.
type Session struct {
	file   string // relative to the loader's folder
	loader *loader

	mu      sync.Mutex
	library *library
	origin  map[string]string // from a symbol to the file of the lock that pins it
	known   map[string][]annotate.Entry
	locked  map[string]bool // files whose locks have been read
	lockErr error
	present map[string]bool // answers of has
}

// A SymbolSource gives the folders of scripts their symbols; folders without
// symbols of their own share one path. The zero value is ready to use, by
// several sessions at once.
type SymbolSource struct {
	mu    sync.Mutex
	paths map[string]*symbol.Path
}

func (s *SymbolSource) of(dir string) *symbol.Path {
	key := ""
	if _, err := os.Stat(filepath.Join(dir, "symbols")); err == nil {
		key = dir
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.paths[key]
	if p == nil {
		p = symbolPath(dir)
		if s.paths == nil {
			s.paths = map[string]*symbol.Path{}
		}
		s.paths[key] = p
	}
	return p
}

// NewSession returns a session for a file below the folder root. What the file
// loads must lie below root too. Display is root as the user wrote it, for
// positions. With updateLock, symbols that do not match a lock are taken.
func NewSession(root, display, file string, symbols *SymbolSource, updateLock bool) *Session {
	dir := filepath.Join(root, filepath.FromSlash(path.Dir(file)))
	return &Session{
		file:    file,
		loader:  &loader{dir: root, display: display, modules: map[string]*module{}},
		library: newLibrary(symbols.of(dir), "", map[string]LockedSymbol{}, updateLock),
		origin:  map[string]string{},
		known:   map[string][]annotate.Entry{},
		locked:  map[string]bool{},
		present: map[string]bool{},
	}
}

// Load executes the file. The function makes the threads.
func (s *Session) Load(thread func(name string) *starlark.Thread) (starlark.StringDict, error) {
	s.loader.thread = thread
	globals, err := s.loader.run(s.file)
	return globals, AsScriptError(err)
}

// AsScriptError turns an error of the interpreter into a [ScriptError], or
// several of them, with the place in the script. Other errors come back as
// they are.
func AsScriptError(err error) error { return scriptError(err) }

// Dialect is the Starlark that scripts are written in.
var Dialect = dialect

// Files returns the files that have been loaded so far, relative to root.
func (s *Session) Files() []string { return slices.Sorted(maps.Keys(s.loader.modules)) }

// Sum returns the checksum of all files that have been loaded and of their
// locks: equal sums mean equal scripts.
func (s *Session) Sum() [sha256.Size]byte {
	h := sha256.New()
	for _, name := range s.Files() {
		full := filepath.Join(s.loader.dir, filepath.FromSlash(name))
		for _, f := range []string{full, LockPath(full)} {
			text, err := os.ReadFile(f)
			if err != nil {
				text = []byte("none")
			}
			sum := sha256.Sum256(text)
			h.Write(sum[:])
		}
		h.Write([]byte(name))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// Lock returns the text of a lock for the file, with the symbols that have been
// used, and "" if there are none.
func (s *Session) Lock() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.library.pins) == 0 {
		return "", nil
	}
	text, err := (&Lock{Symbols: s.library.pins}).marshal()
	return string(text), err
}

// Env returns a new environment for one thread.
func (s *Session) Env(now func() time.Time) *builtins.Env {
	return &builtins.Env{
		Symbols:  s.find,
		Has:      s.has,
		Names:    s.names,
		Folder:   folderPrefix(path.Dir(s.file)),
		Read:     s.loader.readFor,
		Source:   s.loader.source,
		Kind:     s.kind,
		Known:    s.entries,
		Now:      now,
		Sections: new([]builtins.Section),
	}
}

// readLocks brings in the locks of the files that have been loaded since. The
// file of the scenarios goes before others.
func (s *Session) readLocks() error {
	if len(s.locked) == len(s.loader.modules) {
		return s.lockErr
	}
	files := s.Files()
	if i := slices.Index(files, s.file); i > 0 {
		files = slices.Concat([]string{s.file}, files[:i], files[i+1:])
	}
	for _, name := range files {
		if s.locked[name] {
			continue
		}
		s.locked[name] = true
		l, err := readLock(LockPath(filepath.Join(s.loader.dir, filepath.FromSlash(name))))
		if err != nil {
			s.lockErr = cmp.Or(s.lockErr, err)
			continue
		}
		for id, pinned := range l.Symbols {
			if _, ok := s.library.locked[id]; !ok {
				s.library.locked[id], s.origin[id] = pinned, LockPath(path.Join(s.loader.display, name))
			}
		}
		for name, entries := range l.Circuits {
			if _, ok := s.known[name]; !ok {
				s.known[name] = entries
			}
		}
	}
	return s.lockErr
}

func (s *Session) find(libID string) (*symbol.Symbol, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.readLocks(); err != nil {
		return nil, err
	}
	s.library.file = s.origin[libID]
	return s.library.find(libID)
}

func (s *Session) has(libID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	has, known := s.present[libID]
	if !known {
		has = s.library.has(libID)
		s.present[libID] = has
	}
	return has
}

func (s *Session) names(lib string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.library.path.Names(lib)
}

func (s *Session) kind(sym *symbol.Symbol) symbol.Kind {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.library.kinds[sym]
}

func (s *Session) entries(circuit string) []annotate.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readLocks() != nil {
		return nil // find says so: no circuit is without symbols
	}
	return s.known[circuit]
}
