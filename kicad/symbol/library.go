package symbol

import (
	"fmt"
	"os"
	"strings"
	"sync"

	"starboard/kicad/sexpr"
)

// A Library is one file of symbols. It is safe for concurrent use.
type Library struct {
	Nickname string
	file     string
	text     string

	mu      sync.Mutex
	symbols map[string]*Symbol
}

// Open reads the library file under the nickname that schematics use for it.
func Open(nickname, file string) (*Library, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return FromText(nickname, file, string(text))
}

// FromText makes a library of the text of a file, whose name is used in
// errors.
func FromText(nickname, file, text string) (*Library, error) {
	return &Library{Nickname: nickname, file: file, text: text, symbols: map[string]*Symbol{}}, nil
}

// Find returns the symbol of the given name. The error is a *NotFoundError
// where there is none.
func (l *Library) Find(name string) (*Symbol, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.find(name, nil)
}

func (l *Library) find(name string, children []string) (*Symbol, error) {
	if s := l.symbols[name]; s != nil {
		return s, nil
	}
	for _, c := range children {
		if c == name {
			return nil, fmt.Errorf("%s: symbol %s extends itself: %s", l.file, name, strings.Join(append(children, name), ", "))
		}
	}
	i := strings.Index(l.text, "\n\t(symbol "+sexpr.Quote(name)+"\n")
	if i < 0 {
		return nil, &NotFoundError{LibID: l.Nickname + ":" + name}
	}
	i += len("\n\t")
	n := strings.Index(l.text[i:], "\n\t)")
	if n < 0 {
		return nil, &NotFoundError{LibID: l.Nickname + ":" + name}
	}
	tree, err := sexpr.Parse(l.file, l.text[i:i+n+len("\n\t)")])
	if err != nil {
		return nil, err
	}
	s, extends, err := read(tree.Root())
	if err != nil {
		return nil, err
	}
	s.Lib = l.Nickname
	if extends != "" {
		parent, err := l.find(extends, append(children, name))
		if err != nil {
			return nil, err
		}
		s = s.flatten(parent)
	}
	l.symbols[name] = s
	return s, nil
}

// A NotFoundError says that there is no such symbol, and which there are.
type NotFoundError struct {
	LibID string
	Near  []string // names like it, at most 5
}

func (e *NotFoundError) Error() string {
	s := "unknown symbol " + e.LibID
	if len(e.Near) > 0 {
		s += ": did you mean " + strings.Join(e.Near, ", ")
	}
	return s
}
