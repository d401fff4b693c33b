package sexpr

import (
	"fmt"
	"math"
	"strings"
)

// An Error is a mistake in the text of a file, at its place.
type Error struct {
	File      string // as given to Parse
	Line, Col int    // 1-based; columns count bytes
	Msg       string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Msg) }

// The classes of bytes that the reader tells apart.
const (
	word byte = iota // part of a bare word
	blank
	open
	closing
	quote
)

// KiCad counts NUL as white space.
var class = [256]byte{' ': blank, '\t': blank, '\r': blank, '\n': blank, 0: blank, '(': open, ')': closing, '"': quote}

// Parse reads the one list that text holds. File names the text in errors,
// which are of type *Error. Parse accepts what KiCad's own reader accepts:
// see the package comment for the grammar. Like KiCad it ignores what follows
// the list, which [Tree.Rest] returns.
func Parse(file, text string) (*Tree, error) {
	if len(text) > math.MaxUint32-1 {
		return nil, &Error{file, 1, 1, fmt.Sprintf("file of %d bytes is too large to read", len(text))}
	}
	p := parser{t: &Tree{file: file, text: text}}
	// A node takes some nine bytes of text in KiCad's own layout; a denser text grows the slice.
	p.t.nodes = make([]node, 0, len(text)/9+8)
	if err := p.list(); err != nil {
		return nil, err
	}
	return p.t, nil
}

type parser struct {
	t     *Tree
	lists []uint32 // indices of the lists that are open
}

// list reads the root list. It keeps its own stack, so that nesting is
// limited by memory only.
func (p *parser) list() error {
	s := p.t.text
	i := 0
	for i < len(s) {
		switch class[s[i]] {
		case blank:
			i++
		case open:
			p.lists = append(p.lists, uint32(len(p.t.nodes)))
			p.t.nodes = append(p.t.nodes, node{start: uint32(i)})
			i++
		case closing:
			if len(p.lists) == 0 {
				return p.errorf(i, "got ), want (")
			}
			last := p.lists[len(p.lists)-1]
			p.lists = p.lists[:len(p.lists)-1]
			i++
			p.t.nodes[last].end = uint32(i)
			p.t.nodes[last].next = uint32(len(p.t.nodes))
			if len(p.lists) == 0 {
				return nil
			}
		case quote:
			end, err := p.quoted(i)
			if err != nil {
				return err
			}
			if err := p.atom(i, end); err != nil {
				return err
			}
			i = end
			if i < len(s) && s[i] == '"' {
				return p.errorf(i, "got a string directly after a string, want white space between them")
			}
		default:
			if s[i] == '#' {
				if !firstOnLine(s, i) {
					return p.errorf(i, "got # in the middle of a line, where it begins neither a comment nor a value")
				}
				n := strings.IndexByte(s[i:], '\n')
				if n < 0 {
					n = len(s) - i
				}
				i += n
				continue
			}
			end := i + 1
			for end < len(s) && class[s[end]] == word {
				end++
			}
			if err := p.atom(i, end); err != nil {
				return err
			}
			i = end
		}
	}
	if len(p.lists) == 0 {
		return p.errorf(i, "got end of file, want (")
	}
	first := p.t.nodes[p.lists[len(p.lists)-1]].start
	line, col := position(s, int(first))
	return p.errorf(i, "got end of file, want ) for the ( at %d:%d", line, col)
}

func (p *parser) atom(start, end int) error {
	if len(p.lists) == 0 {
		if start == 0 && strings.HasPrefix(p.t.text, "\uFEFF") {
			return p.errorf(0, "got a byte order mark, want (")
		}
		return p.errorf(start, "got %s, want (", excerpt(p.t.text[start:end]))
	}
	p.t.nodes = append(p.t.nodes, node{uint32(start), uint32(end), uint32(len(p.t.nodes) + 1)})
	return nil
}

// quoted returns the end of the string that starts at i.
func (p *parser) quoted(i int) (int, error) {
	s := p.t.text
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '"':
			return j + 1, nil
		case '\\':
			j++
			if j < len(s) && s[j] == '\n' {
				return 0, p.errorf(i, "string is not closed on its line")
			}
		case '\n':
			return 0, p.errorf(i, "string is not closed on its line")
		}
	}
	return 0, p.errorf(i, "string is not closed")
}

func (p *parser) errorf(i int, format string, args ...any) error {
	line, col := position(p.t.text, i)
	return &Error{p.t.file, line, col, fmt.Sprintf(format, args...)}
}

func firstOnLine(s string, i int) bool {
	for i--; i >= 0 && s[i] != '\n' && s[i] != '\r'; i-- {
		if class[s[i]] != blank {
			return false
		}
	}
	return true
}

func position(s string, i int) (line, col int) {
	before := s[:i]
	return strings.Count(before, "\n") + 1, i - strings.LastIndexByte(before, '\n')
}

func excerpt(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
