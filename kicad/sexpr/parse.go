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
	if err := checkSize(file, text); err != nil {
		return nil, err
	}
	p := parser{file: file, text: text, lists: make([]list, 0, most(text))}
	if err := p.parse(); err != nil {
		return nil, err
	}
	return &Tree{file: file, text: text, lists: p.lists}, nil
}

// most returns how many lists a text has at most.
func most(text string) int { return strings.Count(text, "(") }

// A Reader parses texts one after another into memory that it uses again:
// fresh memory for each tree costs more than parsing does. The zero Reader is
// ready to use.
type Reader struct {
	tree  Tree
	lists []list
}

// Parse is like the function [Parse], but its tree and all nodes of it are
// good only until the next call.
func (r *Reader) Parse(file, text string) (*Tree, error) {
	if err := checkSize(file, text); err != nil {
		return nil, err
	}
	if n := len(text) / bytesPerList; cap(r.lists) < n {
		r.lists = make([]list, 0, n+n/2)
	}
	p := parser{file: file, text: text, lists: r.lists[:0]}
	if err := p.parse(); err != nil {
		return nil, err
	}
	r.lists = p.lists
	r.tree = Tree{file: file, text: text, lists: p.lists}
	return &r.tree, nil
}

// bytesPerList is about how many bytes of a file there are for each list.
const bytesPerList = 24

func checkSize(file, text string) error {
	if len(text) > math.MaxUint32-1 {
		return &Error{file, 1, 1, fmt.Sprintf("file of %d bytes is too large to read", len(text))}
	}
	return nil
}

type parser struct {
	file, text string
	lists      []list
}

// none is no list.
const none = math.MaxUint32

// parse reads the root list. Of a list that is open, next is the list around
// it: nesting is limited by memory only.
func (p *parser) parse() error {
	s, lists := p.text, p.lists
	inner := uint32(none) // the list that is open and has no open one in it
	i := 0
	for i < len(s) {
		start := i
		switch class[s[i]] {
		case blank:
			i++
			if s[start] == '\n' {
				i = tabsEnd(s, i)
			}
			continue
		case open:
			lists = append(lists, list{start: uint32(i), next: inner})
			inner = uint32(len(lists) - 1)
			i++
			if i < len(s) && s[i] >= 'a' && s[i] <= 'z' { // a head, most likely
				i = wordEnd(s, i)
			}
			continue
		case closing:
			if inner == none {
				return p.errorf(i, "got ), want (")
			}
			l := &lists[inner]
			i++
			inner, l.end, l.next = l.next, uint32(i), uint32(len(lists))
			if inner == none {
				p.lists = lists
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
				i = commentEnd(s, i)
				continue
			}
			i = wordEnd(s, i)
		}
		if inner == none {
			if start == 0 && strings.HasPrefix(s, "\uFEFF") {
				return p.errorf(0, "got a byte order mark, want (")
			}
			return p.errorf(start, "got %s, want (", excerpt(s[start:i]))
		}
		if s[start] == '"' && i < len(s) && s[i] == '"' {
			return p.errorf(i, "got a string directly after a string, want white space between them")
		}
	}
	if inner == none {
		return p.errorf(i, "got end of file, want (")
	}
	line, col := position(s, int(lists[inner].start))
	return p.errorf(i, "got end of file, want ) for the ( at %d:%d", line, col)
}

// quoted returns the end of the string that starts at i.
func (p *parser) quoted(i int) (int, error) {
	s := p.text
	for j := i + 1; ; j++ {
		j = stringStop(s, j)
		if j >= len(s) {
			return 0, p.errorf(i, "string is not closed")
		}
		switch s[j] {
		case '"':
			return j + 1, nil
		case '\\':
			j++
			if j < len(s) && s[j] == '\n' {
				return 0, p.errorf(i, "string is not closed on its line")
			}
		default:
			return 0, p.errorf(i, "string is not closed on its line")
		}
	}
}

// commentEnd returns the end of the comment that starts at i.
func commentEnd(s string, i int) int {
	if n := strings.IndexByte(s[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(s)
}

// atomEnd returns the end of the atom that starts at i, in a text that has
// been parsed.
func atomEnd(s string, i int) int {
	if s[i] != '"' {
		return wordEnd(s, i)
	}
	for i++; s[i] != '"'; i++ {
		if s[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// nextToken returns where the next atom or bracket is at i or later, inside of
// a list that has been parsed.
func nextToken(s string, i int) int {
	for {
		switch {
		case class[s[i]] == blank:
			i++
		case s[i] == '#':
			i = commentEnd(s, i)
		default:
			return i
		}
	}
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
