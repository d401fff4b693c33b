package symbol

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"starboard/kicad/sexpr"
	"starboard/kicad/spell"
)

// A Library is a set of symbols under one nickname: a file, or KiCad 10's
// folder of files with one symbol each. It is safe for concurrent use.
//
// Its errors have the type *[sexpr.Error] where a text is wrong and
// *[NotFoundError] where there is no such symbol.
type Library struct {
	Nickname string
	parts    []*part

	mu       sync.Mutex
	searches int
	places   map[string]place // nil until there have been some searches
	symbols  map[string]*Symbol
}

// Open opens the library file, or the folder NAME.kicad_symdir, under the
// nickname that schematics use for it.
func Open(nickname, file string) (*Library, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	files := []string{file}
	if info.IsDir() {
		entries, err := os.ReadDir(file)
		if err != nil {
			return nil, err
		}
		files = nil
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), fileExt) {
				files = append(files, filepath.Join(file, e.Name()))
			}
		}
	}
	l := &Library{Nickname: nickname, symbols: map[string]*Symbol{}}
	for _, f := range files {
		p, err := openPart(f)
		if err != nil {
			return nil, err
		}
		l.parts = append(l.parts, p)
	}
	return l, nil
}

// FromText makes a library of the text of a file, whose name is used in
// errors.
func FromText(nickname, file, text string) (*Library, error) {
	version, err := readHead(file, text)
	if err != nil {
		return nil, err
	}
	p := &part{file: file, version: version, text: text, loaded: true}
	return &Library{Nickname: nickname, parts: []*part{p}, symbols: map[string]*Symbol{}}, nil
}

// A part is a file of a library.
type part struct {
	file    string
	version int

	mu     sync.Mutex
	text   string
	loaded bool
}

// openPart opens a file. It reads one in KiCad's layout only when it must.
func openPart(file string) (*part, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 256)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	p := &part{file: file}
	text := string(head[:n])
	if !inLayout(text) || n < len(head) {
		if text, err = p.load(); err != nil {
			return nil, err
		}
	}
	p.version, err = readHead(file, text)
	return p, err
}

// load returns the text of the file.
func (p *part) load() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.loaded {
		return p.text, nil
	}
	f, err := os.Open(p.file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	// This way there is no second copy of it, as there is with os.ReadFile.
	var b strings.Builder
	if info, err := f.Stat(); err == nil && info.Size() < 1<<32 {
		b.Grow(int(info.Size()))
	}
	if _, err := io.CopyBuffer(&b, struct{ io.Reader }{f}, make([]byte, chunkSize)); err != nil {
		return "", fmt.Errorf("%s: %w", p.file, err)
	}
	p.text, p.loaded = b.String(), true
	return p.text, nil
}

// search finds one symbol without the rest of the file, where that is in
// KiCad's layout.
func (p *part) search(name string) (at place, found bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var r io.ReaderAt
	if p.loaded {
		if !inLayout(p.text) {
			return at, false, nil
		}
		r = strings.NewReader(p.text)
	} else {
		f, err := os.Open(p.file)
		if err != nil {
			return at, false, err
		}
		defer f.Close()
		r = f
	}
	text, start, err := searchInLayout(r, sexpr.Quote(name))
	if err != nil {
		return at, false, fmt.Errorf("%s: %w", p.file, err)
	}
	return place{p, int(start), text}, text != "", nil
}

// spans returns where the symbols stand in the file.
func (p *part) spans() (text string, spans []span, err error) {
	if text, err = p.load(); err != nil {
		return "", nil, err
	}
	if inLayout(text) {
		if spans, ok := spansInLayout(text); ok {
			return text, spans, nil
		}
	}
	spans, err = scan(p.file, text)
	return text, spans, err
}

// A place is the text of one symbol, and where in which file it stands.
type place struct {
	part  *part
	start int
	text  string
}

// errorf returns an error at the place.
func (at place) errorf(format string, args ...any) error {
	return at.shift(&sexpr.Error{File: at.part.file, Line: 1, Col: 1, Msg: fmt.Sprintf(format, args...)})
}

// shift moves an error in the text of the symbol to its place in the file.
func (at place) shift(err error) error {
	text, loadErr := at.part.load()
	if loadErr != nil || len(text) < at.start {
		return err
	}
	return shift(err, text, at.start)
}

// read reads the symbol as it stands there.
func (at place) read(nickname string) (s *Symbol, extends string, err error) {
	tree, err := sexpr.Parse(at.part.file, strings.Clone(at.text))
	if err == nil {
		s, extends, err = read(nickname, tree.Root(), at.part.version)
	}
	if err != nil {
		return nil, "", at.shift(err)
	}
	s.Lib = nickname
	return s, extends, nil
}

// Find returns the symbol of the given name.
func (l *Library) Find(name string) (*Symbol, error) {
	s, err := l.lookup(PlainName(name))
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, l.notFound(name)
	}
	return s, nil
}

// mostParents is how long a chain of symbols that extend each other may be.
const mostParents = 1000

// lookup returns a symbol, or nil where there is none.
func (l *Library) lookup(name string) (*Symbol, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var (
		s     *Symbol
		chain []*Symbol // from the one wanted to the last that extends another
		last  place     // of the end of the chain
	)
	for next := name; s == nil; {
		if s = l.symbols[next]; s != nil {
			break
		}
		at, found, err := l.place(next)
		switch {
		case err != nil:
			return nil, err
		case !found && len(chain) == 0:
			return nil, nil
		case !found:
			return nil, last.errorf("symbol %s extends %s, which is not in the library", chain[len(chain)-1].Name, next)
		}
		one, extends, err := at.read(l.Nickname)
		if err != nil {
			return nil, err
		}
		if extends == "" {
			s = one
			l.symbols[next] = s
			break
		}
		chain = append(chain, one)
		if slices.ContainsFunc(chain, func(c *Symbol) bool { return c.Name == extends }) {
			return nil, at.errorf("symbol %s extends itself through %s", extends, one.Name)
		}
		if len(chain) > mostParents {
			return nil, at.errorf("symbol %s extends more than %d others", name, mostParents)
		}
		next, last = extends, at
	}
	for _, c := range slices.Backward(chain) {
		s = c.flatten(s)
		l.symbols[s.Name] = s
	}
	return s, nil
}

// mostSearches is how many symbols are searched for one by one before a table
// of all is made.
const mostSearches = 4

// place finds the text of a symbol.
func (l *Library) place(name string) (place, bool, error) {
	l.searches++
	if l.places == nil && l.searches <= mostSearches && len(l.parts) == 1 {
		if at, found, err := l.parts[0].search(name); found || err != nil {
			return at, found, err
		}
	}
	if l.places == nil {
		places := map[string]place{}
		for _, p := range l.parts {
			text, spans, err := p.spans()
			if err != nil {
				return place{}, false, err
			}
			for _, s := range spans {
				places[s.name] = place{p, s.start, text[s.start:s.end]} // the last one counts
			}
		}
		l.places = places
	}
	at, found := l.places[name]
	return at, found, nil
}

// Names returns the names of the symbols in the order of the file.
func (l *Library) Names() ([]string, error) {
	var names []string
	for _, p := range l.parts {
		_, spans, err := p.spans()
		if err != nil {
			return nil, err
		}
		names = slices.Grow(names, len(spans))
		for _, s := range spans {
			names = append(names, strings.Clone(s.name))
		}
	}
	return names, nil
}

// mostNear is how many names a NotFoundError offers.
const mostNear = 5

func (l *Library) notFound(name string) error {
	e := &NotFoundError{LibID: l.Nickname + ":" + name}
	names, err := l.Names()
	if err != nil {
		return err
	}
	for _, n := range spell.Nearest(name, names, mostNear) {
		e.Near = append(e.Near, l.Nickname+":"+n)
	}
	return e
}
