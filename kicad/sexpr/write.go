package sexpr

import (
	"strconv"
	"strings"
)

// The widths of KiCad's layout, in bytes; a tab counts one.
const (
	atomColumn = 72 // an atom that would start at this column or later goes to the next line
	xyColumn   = 99 // a further xy joins its line before this column
)

// shortForm has the lists that compact files keep on one line.
var shortForm = map[string]bool{
	"font": true, "stroke": true, "fill": true, "teardrop": true, "offset": true, "rotate": true, "scale": true,
}

// A Writer prints a file in KiCad's own layout, the one that its
// Prettify gives to every file since version 8. The zero Writer is ready to
// use; it prints one file.
//
// The state, and its oddities, are KiCad's: an atom that was wrapped makes
// the next closing bracket start a line, wherever that bracket belongs.
type Writer struct {
	// Compact writes lists such as (stroke (width 0) (type default)) on one
	// line, which KiCad does where a user's advanced setting says so.
	Compact bool

	buf        []byte
	depth      int // of the list that is open; 0: none yet
	lineStart  int // where the current line begins in buf
	xyOpen     bool
	wrapped    bool
	afterClose bool
	head       bool // the next atom is the first of its list
	short      int  // depth inside the list that is being kept on one line; 0: none
}

// Bytes returns what has been written. It is the Writer's own memory.
func (w *Writer) Bytes() []byte { return w.buf }

// Grow makes room for n more bytes.
func (w *Writer) Grow(n int) {
	if cap(w.buf)-len(w.buf) < n {
		w.buf = append(make([]byte, 0, len(w.buf)+n), w.buf...)
	}
}

func (w *Writer) column() int { return len(w.buf) - w.lineStart }

func (w *Writer) newline(tabs int) {
	w.buf = append(w.buf, '\n')
	w.lineStart = len(w.buf)
	for range tabs {
		w.buf = append(w.buf, '\t')
	}
}

// Open begins a list. An empty head makes a list without one.
func (w *Writer) Open(head string) {
	isXY := head == "xy"
	switch {
	case len(w.buf) == 0:
	case w.short > 0:
		w.buf = append(w.buf, ' ')
	case w.xyOpen && isXY && w.column() < xyColumn:
		w.buf = append(w.buf, ' ')
	default:
		w.newline(w.depth)
	}
	w.buf = append(w.buf, '(')
	w.buf = append(w.buf, head...)
	w.xyOpen = isXY
	w.afterClose = false
	w.head = head == ""
	w.depth++
	if w.Compact && w.short == 0 && shortForm[head] {
		w.short = w.depth
	}
}

// Close ends the list that is open. The end of the first list is the end of
// the file.
func (w *Writer) Close() {
	w.depth--
	if w.short == 0 && (w.afterClose || w.wrapped) {
		w.newline(w.depth)
		w.wrapped = false
	}
	w.buf = append(w.buf, ')')
	w.afterClose = true
	w.head = false
	if w.depth < w.short {
		w.short = 0
	}
	if w.depth == 0 {
		w.newline(0)
	}
}

// before makes the space before an atom.
func (w *Writer) before() {
	switch {
	case w.head:
		w.head = false
	case w.xyOpen || w.column() < atomColumn:
		w.buf = append(w.buf, ' ')
	default:
		w.newline(w.depth)
		w.wrapped = true
	}
	w.afterClose = false
}

// Word writes an atom as it is.
func (w *Writer) Word(s string) {
	w.before()
	w.buf = append(w.buf, s...)
}

// String writes an atom in quotes, escaped as KiCad does.
func (w *Writer) String(s string) {
	w.before()
	w.buf = AppendQuoted(w.buf, s)
}

// Int writes a whole number.
func (w *Writer) Int(v int) {
	w.before()
	w.buf = strconv.AppendInt(w.buf, int64(v), 10)
}

// MM writes a length in nanometres as millimetres; see [AppendMM].
func (w *Writer) MM(nm int64) {
	w.before()
	w.buf = AppendMM(w.buf, nm)
}

// Bool writes yes or no.
func (w *Writer) Bool(v bool) {
	if v {
		w.Word("yes")
	} else {
		w.Word("no")
	}
}

// Flag writes the list (head yes) or (head no).
func (w *Writer) Flag(head string, v bool) {
	w.Open(head)
	w.Bool(v)
	w.Close()
}

// Node writes a node of a tree and all that it contains, its tokens as they
// were read.
func (w *Writer) Node(n Node) {
	if n.t == nil {
		return
	}
	s := n.t.text
	for i, end := int(n.start), int(n.start)+len(n.Source()); i < end; {
		switch class[s[i]] {
		case blank:
			i++
			if s[i-1] == '\n' {
				i = tabsEnd(s, i)
			}
		case open:
			// The head is written with its bracket, for xy is laid out by it.
			i++
			if class[s[i]] == blank {
				i = nextToken(s, i)
			}
			if s[i] == '(' || s[i] == ')' {
				w.Open("")
				continue
			}
			start := i
			i = atomEnd(s, i)
			w.Open(s[start:i])
		case closing:
			w.Close()
			i++
		default:
			if s[i] == '#' {
				i = commentEnd(s, i)
				continue
			}
			start := i
			i = atomEnd(s, i)
			w.Word(s[start:i])
		}
	}
}

// Format returns the whole tree in KiCad's layout: that of library tables
// for these, the compact one for a file that has it already, and otherwise the
// usual one.
func Format(t *Tree) []byte {
	if strings.HasSuffix(t.Root().Head(), "_lib_table") {
		return formatTable(t.Root())
	}
	w := Writer{Compact: isCompact(t.text)}
	w.Grow(len(t.text) + len(t.text)/16)
	w.Node(t.Root())
	return w.Bytes()
}

// isCompact reports whether the first list that a compact file would keep on
// one line is on one line.
func isCompact(text string) bool {
	first, compact := len(text), false
	for _, list := range []string{"(font", "(stroke", "(fill"} {
		i := strings.Index(text, list)
		if i < 0 || i > first || i+len(list) == len(text) {
			continue
		}
		first = i
		next := text[i+len(list):]
		compact = strings.HasPrefix(next, " (")
	}
	return compact
}

// Quote returns s as a string token.
func Quote(s string) string { return string(AppendQuoted(nil, s)) }

// AppendQuoted appends s in quotes. KiCad writes four escapes; every other
// byte stands for itself.
func AppendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		escape := escapes[s[i]]
		if escape == 0 {
			continue
		}
		dst = append(dst, s[from:i]...)
		dst = append(dst, '\\', escape)
		from = i + 1
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

// escapes has what follows the backslash for each byte that needs one.
var escapes = [256]byte{'"': '"', '\\': '\\', '\n': 'n', '\r': 'r'}
