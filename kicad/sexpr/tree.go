// Package sexpr reads and prints the s-expressions of KiCad's files, in
// KiCad's own layout.
//
// [Parse] turns a text into a [Tree], whose tokens stay as they were written:
// a text in KiCad's layout is printed again byte for byte. A [Writer] prints,
// from a tree or from calls. Neither recurses, and neither allocates by the
// node.
//
// # Grammar
//
// A file is one list. White space is space, tab, CR, LF and NUL. A line whose
// first byte that is not blank is # is a comment; elsewhere # may stand in a
// word but not begin one. A string is quoted by " and ends on its line; a word runs to white
// space, a bracket or a quote. Numbers and keywords are words; which values
// are quoted is part of KiCad's formats, so an atom keeps its quotes. All
// this follows KiCad 9.0.8.
package sexpr

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Tree is a text and the places of its lists, in the order of the text. It
// is immutable.
//
// Most of a tree is atoms, and most of these nobody asks for; where a list is
// known, its atoms are quickly found in the text.
type Tree struct {
	file  string
	text  string
	lists []list
}

// A list is text[start:end], brackets included. Next is the index of the first
// list after it and all that it contains.
type list struct{ start, end, next uint32 }

// Root returns the list that is the file.
func (t *Tree) Root() Node { return Node{t, 0, t.lists[0].start} }

// File returns the name that was given to [Parse].
func (t *Tree) File() string { return t.file }

// Rest returns the text after the root list.
func (t *Tree) Rest() string { return t.text[t.lists[0].end:] }

// A Node is a list or an atom of a tree. The zero Node is absent: it is what
// a search that finds nothing returns, and every method takes it, so that
// n.Child("at").Arg(1) needs no check in between.
type Node struct {
	t     *Tree
	list  uint32 // index of a list; 0 for an atom
	start uint32
}

// Present reports whether there is such a node.
func (n Node) Present() bool { return n.t != nil }

// IsList reports whether n is a list.
func (n Node) IsList() bool { return n.t != nil && n.t.text[n.start] == '(' }

// IsString reports whether n is an atom in quotes.
func (n Node) IsString() bool { return n.t != nil && n.t.text[n.start] == '"' }

// Source returns the text of n as it was written.
func (n Node) Source() string {
	switch {
	case n.t == nil:
		return ""
	case n.IsList():
		return n.t.text[n.start:n.t.lists[n.list].end]
	}
	return n.t.text[n.start:atomEnd(n.t.text, int(n.start))]
}

// Head returns the first atom of a list, as "at" of (at 0 0), or "" where
// there is none.
func (n Node) Head() string {
	if !n.IsList() {
		return ""
	}
	s := n.t.text
	start := nextToken(s, int(n.start)+1)
	if s[start] == '(' || s[start] == ')' {
		return ""
	}
	return s[start:atomEnd(s, start)]
}

// Is reports whether n is a list with the given head.
func (n Node) Is(head string) bool { return n.IsList() && n.Head() == head }

// A cursor goes through the elements of a list.
type cursor struct {
	t    *Tree
	at   int    // in the text
	list uint32 // the next one
}

// elements returns a cursor before the first element of n, which is a list.
func (n Node) elements() cursor { return cursor{n.t, int(n.start) + 1, n.list + 1} }

// next returns the next element, and the zero Node after the last.
func (c *cursor) next() Node {
	s := c.t.text
	start := nextToken(s, c.at)
	switch s[start] {
	case '(':
		n := Node{c.t, c.list, uint32(start)}
		l := &c.t.lists[c.list]
		c.at, c.list = int(l.end), l.next
		return n
	case ')':
		return Node{}
	}
	c.at = atomEnd(s, start)
	return Node{c.t, 0, uint32(start)}
}

// All returns the elements of a list, its head included.
func (n Node) All() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		if !n.IsList() {
			return
		}
		c := n.elements()
		for k := c.next(); k.Present(); k = c.next() {
			if !yield(k) {
				return
			}
		}
	}
}

// Lists returns the lists in n with the given head, in the order of the file.
func (n Node) Lists(head string) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		if !n.IsList() {
			return
		}
		lists := n.t.lists
		for i, end := n.list+1, lists[n.list].next; i < end; i = lists[i].next {
			if k := (Node{n.t, i, lists[i].start}); k.Head() == head && !yield(k) {
				return
			}
		}
	}
}

// Child returns the first list in n with the given head.
func (n Node) Child(head string) Node {
	for k := range n.Lists(head) {
		return k
	}
	return Node{}
}

// Arg returns element i of a list; 0 is its head.
func (n Node) Arg(i int) Node {
	if !n.IsList() {
		return Node{}
	}
	c := n.elements()
	k := c.next()
	for ; i > 0 && k.Present(); i-- {
		k = c.next()
	}
	return k
}

// Len returns the number of elements of a list, its head included.
func (n Node) Len() int {
	count := 0
	for range n.All() {
		count++
	}
	return count
}

// Has reports whether the list n contains the atom word, as hide of
// (pin_names hide), or the list (word yes). Both are spellings of a flag;
// (word) alone counts too, and (word no) does not.
func (n Node) Has(word string) bool {
	for k := range n.All() {
		if !k.IsList() {
			if k.Source() == word {
				return true
			}
			continue
		}
		if k.Head() == word {
			v := k.Arg(1)
			return !v.Present() || v.Source() == "yes" || v.Source() == "true"
		}
	}
	return false
}

// Text returns the value of an atom: of a string its decoded content, of a
// word the word. It is "" for a list. As in KiCad, a string that is not UTF-8
// is empty.
func (n Node) Text() string {
	if n.t == nil || n.IsList() {
		return ""
	}
	return Decode(n.Source())
}

// Nanometres returns the value of a number that counts millimetres. It rounds
// beyond the sixth decimal, half away from zero.
func (n Node) Nanometres() (int64, error) {
	v, err := Decimal(n.Source(), 6)
	if err != nil {
		return 0, n.Errorf("%v", err)
	}
	return v, nil
}

// Int returns the value of a whole number.
func (n Node) Int() (int, error) {
	v, err := strconv.Atoi(n.Source())
	if err != nil {
		return 0, n.Errorf("got %s, want a whole number", n.describe())
	}
	return v, nil
}

// Pos returns the place of n in its file, counted from 1.
func (n Node) Pos() (line, col int) {
	if n.t == nil {
		return 0, 0
	}
	return position(n.t.text, int(n.start))
}

// File returns the name of the file that n is in.
func (n Node) File() string {
	if n.t == nil {
		return ""
	}
	return n.t.file
}

// Errorf returns an *Error at the place of n.
func (n Node) Errorf(format string, args ...any) error {
	line, col := n.Pos()
	return &Error{n.File(), line, col, fmt.Sprintf(format, args...)}
}

func (n Node) describe() string {
	switch {
	case !n.Present():
		return "nothing"
	case n.IsList():
		return "a list (" + n.Head() + " …)"
	}
	return excerpt(n.Source())
}

// Decode returns the value of a token: of a quoted one its content with the
// escapes resolved, of any other the token itself.
func Decode(token string) string {
	if token == "" || token[0] != '"' {
		return token
	}
	s := token[1 : len(token)-1]
	if strings.IndexByte(s, '\\') >= 0 {
		s = unescape(s)
	}
	if !utf8.ValidString(s) {
		return ""
	}
	return s
}

func unescape(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b = append(b, s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case '\\', '"':
			b = append(b, c)
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'a':
			b = append(b, '\a')
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'v':
			b = append(b, '\v')
		case 'x':
			v, n := digits(s[i+1:], 16, 2)
			if n == 0 {
				b = append(b, '\\', 'x')
				continue
			}
			b = append(b, v)
			i += n
		default:
			if v, n := digits(s[i:], 8, 3); n > 0 {
				b = append(b, v)
				i += n - 1
				continue
			}
			b = append(b, '\\', c) // KiCad keeps what it does not know
		}
	}
	return string(b)
}

// digits reads up to most digits of the base and returns their value and count.
func digits(s string, base, most int) (v byte, n int) {
	for n < len(s) && n < most {
		d := strings.IndexByte("0123456789abcdef", s[n]|0x20)
		if s[n] >= '0' && s[n] <= '9' {
			d = int(s[n] - '0')
		}
		if d < 0 || d >= base {
			break
		}
		v = v*byte(base) + byte(d)
		n++
	}
	return v, n
}
