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
	p := parser{file: file, text: text, nodes: make([]node, 0, estimate(text))}
	if err := p.list(); err != nil {
		return nil, err
	}
	return &Tree{file: file, text: text, nodes: p.nodes}, nil
}

// estimate returns about how many nodes a text has. In KiCad's own layout each
// list has its head, and a space stands before every other atom; a denser text
// grows the slice.
func estimate(text string) int {
	n := 2*strings.Count(text, "(") + strings.Count(text, " ") + 8
	return min(n, len(text)/4+8) // where spaces indent
}

type parser struct {
	file, text string
	nodes      []node
	lists      []uint32 // indices of the lists that are open
}

// list reads the root list. It keeps its own stack, so that nesting is
// limited by memory only.
func (p *parser) list() error {
	s, nodes := p.text, p.nodes
	i := 0
	for i < len(s) {
		start := i
		switch class[s[i]] {
		case blank:
			i++
			continue
		case open:
			p.lists = append(p.lists, uint32(len(nodes)))
			nodes = append(nodes, node{start: uint32(i)})
			i++
			continue
		case closing:
			if len(p.lists) == 0 {
				return p.errorf(i, "got ), want (")
			}
			last := p.lists[len(p.lists)-1]
			p.lists = p.lists[:len(p.lists)-1]
			i++
			nodes[last].end = uint32(i)
			nodes[last].next = uint32(len(nodes))
			if len(p.lists) == 0 {
				p.nodes = nodes
				return nil
			}
			continue
		case quote:
			end, err := p.quoted(i)
			if err != nil {
				return err
			}
			i = end
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
			for i++; i < len(s) && class[s[i]] == word; i++ {
			}
		}
		if len(p.lists) == 0 {
			if start == 0 && strings.HasPrefix(s, "\uFEFF") {
				return p.errorf(0, "got a byte order mark, want (")
			}
			return p.errorf(start, "got %s, want (", excerpt(s[start:i]))
		}
		nodes = append(nodes, node{uint32(start), uint32(i), uint32(len(nodes) + 1)})
		if s[start] == '"' && i < len(s) && s[i] == '"' {
			return p.errorf(i, "got a string directly after a string, want white space between them")
		}
	}
	if len(p.lists) == 0 {
		return p.errorf(i, "got end of file, want (")
	}
	first := nodes[p.lists[len(p.lists)-1]].start
	line, col := position(s, int(first))
	return p.errorf(i, "got end of file, want ) for the ( at %d:%d", line, col)
}

// quoted returns the end of the string that starts at i.
func (p *parser) quoted(i int) (int, error) {
	s := p.text
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
	line, col := position(p.text, i)
	return &Error{p.file, line, col, fmt.Sprintf(format, args...)}
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
