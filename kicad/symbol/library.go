package symbol

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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
	parts    []part

	mu      sync.Mutex
	finds   int
	spans   map[string]place // built when it pays
	symbols map[string]*Symbol
}

// A part is one file.
type part struct {
	file string
	text string
}

// A place is where a symbol stands.
type place struct {
	part  *part
	start int
	end   int
}

// Open reads the library file, or the folder NAME.kicad_symdir, under the
// nickname that schematics use for it.
func Open(nickname, file string) (*Library, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	files := []string{file}
	if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(escapeGlob(file), "*"+fileExt)); err != nil {
			return nil, err
		}
		slices.Sort(files)
	}
	l := &Library{Nickname: nickname, symbols: map[string]*Symbol{}}
	for _, f := range files {
		text, err := readFile(f)
		if err != nil {
			return nil, err
		}
		if err := l.add(f, text); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// escapeGlob makes a pattern that matches the path itself.
func escapeGlob(path string) string {
	if filepath.Separator == '\\' {
		return path
	}
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`).Replace(path)
}

// readFile returns a file as a string, without a second copy of it.
func readFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var b strings.Builder
	if info, err := f.Stat(); err == nil && info.Size() < 1<<32 {
		b.Grow(int(info.Size()))
	}
	if _, err := io.CopyBuffer(&b, struct{ io.Reader }{f}, make([]byte, 256<<10)); err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return b.String(), nil
}

// FromText makes a library of the text of a file, whose name is used in
// errors.
func FromText(nickname, file, text string) (*Library, error) {
	l := &Library{Nickname: nickname, symbols: map[string]*Symbol{}}
	if err := l.add(file, text); err != nil {
		return nil, err
	}
	return l, nil
}

const (
	oldest    = 20211014 // KiCad 6
	magicWord = "kicad_symbol_lib"
)

func (l *Library) add(file, text string) error {
	if err := checkHead(file, text); err != nil {
		return err
	}
	l.parts = append(l.parts, part{file, text})
	return nil
}

// checkHead reads the beginning of a library file.
func checkHead(file, text string) error {
	rest := text
	// Comments may come first.
	for {
		rest = strings.TrimLeft(rest, " \t\r\n\x00")
		if !strings.HasPrefix(rest, "#") || !firstOnLine(text, len(text)-len(rest)) {
			break
		}
		n := strings.IndexByte(rest, '\n')
		rest = rest[max(n, 0):]
		if n < 0 {
			rest = ""
		}
	}
	at := len(text) - len(rest)
	head, ok := "", strings.HasPrefix(rest, "(")
	if ok {
		head, ok = token(&rest)
	}
	if !ok || head != magicWord {
		got := strings.TrimSpace(text[at:min(at+40, len(text))])
		got, _, _ = strings.Cut(got, "\n")
		if got == "" {
			got = "end of file"
		}
		return shift(&sexpr.Error{File: file, Line: 1, Col: 1, Msg: fmt.Sprintf("got %s, want (%s", got, magicWord)}, text, at)
	}
	rest = strings.TrimLeft(rest, " \t\r\n\x00")
	at = len(text) - len(rest)
	if !strings.HasPrefix(rest, "(") {
		return nil
	}
	if head, _ := token(&rest); head != "version" {
		return nil
	}
	v, _ := token(&rest)
	if n, err := strconv.Atoi(v); err != nil || n < oldest {
		return shift(&sexpr.Error{File: file, Line: 1, Col: 1, Msg: fmt.Sprintf("got version %q, want %d (KiCad 6) or later", v, oldest)}, text, at)
	}
	return nil
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

// lookup is Find, and returns nil where there is no such symbol.
func (l *Library) lookup(name string) (*Symbol, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.find(name)
}

// mostParents is how long a chain of symbols that extend each other may be.
const mostParents = 1000

// find returns a symbol, or nil where there is none.
func (l *Library) find(name string) (*Symbol, error) {
	var chain []*Symbol // from the one wanted to the last that extends another
	var (
		s    *Symbol
		last place
	)
	for next := name; s == nil; {
		if s = l.symbols[next]; s != nil {
			break
		}
		at, found, err := l.place(next)
		if err != nil {
			return nil, err
		}
		if !found && len(chain) == 0 {
			return nil, nil
		}
		if !found {
			return nil, last.errorf("symbol %s extends %s, which is not in the library", chain[len(chain)-1].Name, next)
		}
		last = at
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
		for _, c := range chain {
			if c.Name == extends {
				return nil, at.errorf("symbol %s extends itself through %s", c.Name, one.Name)
			}
		}
		if len(chain) > mostParents {
			return nil, at.errorf("symbol %s extends more than %d others", name, mostParents)
		}
		next = extends
	}
	for _, c := range slices.Backward(chain) {
		s = c.flatten(s)
		l.symbols[s.Name] = s
	}
	return s, nil
}

// read reads the symbol at a place as it stands there.
func (at place) read(nickname string) (s *Symbol, extends string, err error) {
	// A copy lets go of the rest of the file when the library is done with.
	text := strings.Clone(at.part.text[at.start:at.end])
	tree, err := sexpr.Parse(at.part.file, text)
	if err == nil {
		s, extends, err = read(nickname, tree.Root())
	}
	if err != nil {
		return nil, "", shift(err, at.part.text, at.start)
	}
	s.Lib = nickname
	return s, extends, nil
}

func (at place) errorf(format string, args ...any) error {
	return shift(&sexpr.Error{File: at.part.file, Line: 1, Col: 1, Msg: fmt.Sprintf(format, args...)}, at.part.text, at.start)
}

// place finds the text of a symbol. The first time it searches for that symbol
// alone; then it makes a table of all.
func (l *Library) place(name string) (place, bool, error) {
	l.finds++
	if l.spans == nil && l.finds <= 2 && len(l.parts) == 1 && inLayout(l.parts[0].text) {
		p := &l.parts[0]
		if s, found, ok := spanInLayout(p.text, sexpr.Quote(name)); ok && found && balanced(p.text[s.start:s.end]) {
			return place{p, s.start, s.end}, true, nil
		}
	}
	if err := l.index(); err != nil {
		return place{}, false, err
	}
	at, ok := l.spans[name]
	return at, ok, nil
}

// balanced reports whether text is one list and nothing else.
func balanced(text string) bool {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i == len(text)-1
			}
		case '"':
			n := closingQuote(text[i:])
			if n < 0 {
				return false
			}
			i += n
		}
	}
	return false
}

func (l *Library) index() error {
	if l.spans != nil {
		return nil
	}
	spans := map[string]place{}
	for i := range l.parts {
		p := &l.parts[i]
		found, err := p.spans()
		if err != nil {
			return err
		}
		for _, s := range found {
			spans[s.name] = place{p, s.start, s.end} // the last one counts
		}
	}
	l.spans = spans
	return nil
}

func (p *part) spans() ([]span, error) {
	if inLayout(p.text) {
		if spans, ok := spansInLayout(p.text); ok {
			return spans, nil
		}
	}
	return scan(p.file, p.text)
}

// Names returns the names of the symbols in the order of the file.
func (l *Library) Names() ([]string, error) {
	var names []string
	for i := range l.parts {
		spans, err := l.parts[i].spans()
		if err != nil {
			return nil, err
		}
		names = slices.Grow(names, len(spans))
		for _, s := range spans {
			names = append(names, s.name)
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
