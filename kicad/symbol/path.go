package symbol

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"starboard/kicad/spell"
)

// A Kind says where a symbol comes from.
type Kind string

const (
	Local     Kind = "local"     // the script's own folder
	Installed Kind = "installed" // an installed KiCad
	Embedded  Kind = "embedded"  // the set in the binary
)

// A Set is a collection of symbols that is not in files.
type Set interface {
	// Symbol returns the text of a symbol that is complete in itself: its list
	// (symbol "NAME" ...), or a library file with just that.
	Symbol(lib, name string) ([]byte, bool)
	Names(lib string) []string // of the symbols in a library
	Libraries() []string
}

// A Source is one place to look for libraries.
type Source struct {
	Kind Kind
	Dir  string // a folder of library files; need not exist
	Set  Set    // if not nil, taken in place of Dir
}

// The names of a library in a folder.
const (
	fileExt = ".kicad_sym"
	dirExt  = ".kicad_symdir" // KiCad 10's: one file per symbol
)

// A Path looks symbols up in several sources, in their order. It keeps what it
// has read: it sees a library as it was when first asked for. It is safe for
// concurrent use.
type Path struct {
	sources []*source
}

// NewPath returns a path through the sources.
func NewPath(sources ...Source) *Path {
	p := &Path{}
	for _, s := range sources {
		p.sources = append(p.sources, &source{Source: s, open: map[string]*opening{}})
	}
	return p
}

type source struct {
	Source

	list  sync.Once
	files map[string]string // nickname to file or folder
	names []string          // the nicknames, sorted
	err   error

	mu   sync.Mutex
	open map[string]*opening
}

// An opening is a library that somebody has asked for.
type opening struct {
	once sync.Once
	lib  *Library
	err  error
}

// libraries returns the nicknames of the libraries, sorted. A folder that does
// not exist has none. The names count as they are spelled, also where the
// file system would not mind.
func (s *source) libraries() ([]string, error) {
	s.list.Do(func() {
		if s.Set != nil {
			s.names = slices.Sorted(slices.Values(s.Set.Libraries()))
			return
		}
		entries, err := os.ReadDir(s.Dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.err = err
			return
		}
		s.files = map[string]string{}
		for _, ext := range []string{dirExt, fileExt} { // a file precedes a folder
			for _, e := range entries {
				if name, ok := strings.CutSuffix(e.Name(), ext); ok && name != "" {
					s.files[name] = filepath.Join(s.Dir, e.Name())
				}
			}
		}
		for name := range s.files {
			s.names = append(s.names, name)
		}
		slices.Sort(s.names)
	})
	return s.names, s.err
}

func (s *source) has(lib string) (bool, error) {
	names, err := s.libraries()
	_, found := slices.BinarySearch(names, lib)
	return found, err
}

// library returns a library of a folder.
func (s *source) library(lib string) (*Library, error) {
	s.mu.Lock()
	o := s.open[lib]
	if o == nil {
		o = &opening{}
		s.open[lib] = o
	}
	s.mu.Unlock()
	o.once.Do(func() { o.lib, o.err = s.openLibrary(lib) })
	return o.lib, o.err
}

// openLibrary makes a library. That of a set has the one symbol only that is
// asked for, under "LIB:NAME".
func (s *source) openLibrary(lib string) (*Library, error) {
	if s.Set == nil {
		return Open(lib, s.files[lib])
	}
	nick, name, _ := strings.Cut(lib, ":")
	text, ok := s.Set.Symbol(nick, name)
	if !ok {
		return nil, &NotFoundError{LibID: lib}
	}
	t := string(text)
	if !strings.HasPrefix(strings.TrimSpace(t), "("+magicWord) {
		t = "(" + magicWord + "\n" + t + "\n)\n"
	}
	return FromText(nick, string(s.Kind)+" "+lib, t)
}

// find returns a symbol, or nil where the source has none of that name.
func (s *source) find(lib, name string) (*Symbol, error) {
	if found, err := s.has(lib); !found || err != nil {
		return nil, err
	}
	key := lib
	if s.Set != nil {
		key = lib + ":" + name
	}
	l, err := s.library(key)
	if missing := (*NotFoundError)(nil); errors.As(err, &missing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return l.lookup(name)
}

// namesOf returns the names of the symbols in a library that the source has.
func (s *source) namesOf(lib string) ([]string, error) {
	if s.Set != nil {
		return s.Set.Names(lib), nil
	}
	l, err := s.peek(lib)
	if err != nil {
		return nil, err
	}
	return l.Names()
}

// peek returns a library without keeping it.
func (s *source) peek(lib string) (*Library, error) {
	s.mu.Lock()
	o := s.open[lib]
	s.mu.Unlock()
	if o != nil {
		return s.library(lib)
	}
	return Open(lib, s.files[lib])
}

// Find returns the symbol Library:Name from the first source that has it. The
// error is a *[NotFoundError] where none has.
func (p *Path) Find(libID string) (*Symbol, error) {
	s, _, err := p.Locate(libID)
	return s, err
}

// Locate is Find, and returns the kind of the source as well.
func (p *Path) Locate(libID string) (*Symbol, Kind, error) { return p.locate("", libID) }

// FindIn is Find in the sources of one kind.
func (p *Path) FindIn(kind Kind, libID string) (*Symbol, error) {
	s, _, err := p.locate(kind, libID)
	return s, err
}

func (p *Path) locate(kind Kind, libID string) (*Symbol, Kind, error) {
	lib, name, ok := strings.Cut(libID, ":")
	name = PlainName(name)
	if !ok || lib == "" || name == "" {
		return nil, "", p.notFound(kind, libID)
	}
	for _, src := range p.of(kind) {
		s, err := src.find(lib, name)
		if s != nil || err != nil {
			return s, src.Kind, err
		}
	}
	return nil, "", p.notFound(kind, libID)
}

// of returns the sources of a kind, or all for "".
func (p *Path) of(kind Kind) []*source {
	var of []*source
	for _, src := range p.sources {
		if kind == "" || src.Kind == kind {
			of = append(of, src)
		}
	}
	return of
}

// Libraries returns the nicknames of all libraries, sorted.
func (p *Path) Libraries() ([]string, error) { return libraries(p.sources) }

func libraries(sources []*source) ([]string, error) {
	var all []string
	for _, src := range sources {
		names, err := src.libraries()
		if err != nil {
			return nil, err
		}
		all = append(all, names...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// Names returns the names of the symbols in a library of any source, in the
// order of the first source that has it, followed by what others add.
func (p *Path) Names(lib string) ([]string, error) { return names(p.sources, lib) }

func names(sources []*source, lib string) ([]string, error) {
	var all []string
	seen := map[string]bool{}
	for _, src := range sources {
		found, err := src.has(lib)
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		names, err := src.namesOf(lib)
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			if !seen[n] {
				seen[n] = true
				all = append(all, n)
			}
		}
	}
	return all, nil
}

// Index returns an entry for every symbol of every library, by library and
// then in the order of the library. Of a symbol that several sources have it
// is the one that Find would return.
func (p *Path) Index() ([]Entry, error) {
	libs, err := p.Libraries()
	if err != nil {
		return nil, err
	}
	parts := make([][]Entry, len(libs))
	err = parallel(len(libs), func(i int) (err error) {
		parts[i], err = p.entries(libs[i])
		return err
	})
	return slices.Concat(parts...), err
}

func (p *Path) entries(lib string) ([]Entry, error) {
	var all []Entry
	seen := map[string]bool{}
	for _, src := range p.sources {
		found, err := src.has(lib)
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		var entries []Entry
		if src.Set == nil {
			l, err := src.peek(lib)
			if err != nil {
				return nil, err
			}
			if entries, err = l.Index(); err != nil {
				return nil, err
			}
		} else if entries, err = src.setEntries(lib); err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !seen[e.Name] {
				seen[e.Name] = true
				e.Kind = src.Kind
				all = append(all, e)
			}
		}
	}
	return all, nil
}

func (s *source) setEntries(lib string) ([]Entry, error) {
	var entries []Entry
	for _, name := range s.Set.Names(lib) {
		sym, err := s.find(lib, name)
		if err != nil {
			return nil, err
		}
		if sym == nil {
			return nil, fmt.Errorf("%s set names %s:%s and does not have it", s.Kind, lib, name)
		}
		entries = append(entries, Entry{Lib: lib, Name: name, Description: sym.Description, Keywords: sym.Keywords})
	}
	return entries, nil
}

// parallel calls f for 0 to n-1 on all processors, and returns the error of
// the lowest call that failed.
func parallel(n int, f func(i int) error) error {
	errs := make([]error, n)
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				errs[i] = f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// notFound makes the error for a symbol that none of the sources of a kind
// has.
func (p *Path) notFound(kind Kind, libID string) error {
	sources := p.of(kind)
	e := &NotFoundError{LibID: libID}
	lib, name, qualified := strings.Cut(libID, ":")
	if !qualified {
		lib, name = "", libID
	}
	libs, err := libraries(sources)
	if err != nil {
		return err
	}
	// Libraries that have a symbol of that very name. One that cannot be
	// read has nothing to offer here.
	all := make([][]string, len(libs))
	parallel(len(libs), func(i int) error {
		all[i], _ = names(sources, libs[i])
		return nil
	})
	var exact []string
	for i, l := range libs {
		for _, n := range all[i] {
			if strings.EqualFold(n, name) {
				exact = append(exact, l+":"+n)
			}
		}
	}
	i, known := slices.BinarySearch(libs, lib)
	switch {
	case !qualified:
		e.Near = exact
	case known:
		e.Near = exact
		for _, n := range spell.Nearest(name, all[i], mostNear) {
			if id := lib + ":" + n; !slices.Contains(exact, id) {
				e.Near = append(e.Near, id)
			}
		}
	default:
		e.NoLibrary = true
		e.Near = spell.Nearest(lib, libs, mostNear)
		for _, id := range exact {
			if l, _, _ := strings.Cut(id, ":"); !slices.Contains(e.Near, l) {
				e.Near = append(e.Near, id)
			}
		}
	}
	e.Near = e.Near[:min(len(e.Near), mostNear)]
	return e
}
