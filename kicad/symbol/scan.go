package symbol

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"starboard/kicad/sexpr"
)

// A span is where a symbol stands in the text of a library.
type span struct {
	name       string
	start, end int
}

// KiCad's own layout. No string contains a line break, so in it a line that
// begins like startInLayout begins a symbol. To search for the words
// without the line break before them is several times faster, for line breaks
// are frequent.
const (
	headInLayout  = "(kicad_symbol_lib\n\t(version "
	indent        = "\n\t("
	startInLayout = "symbol \""
	endInLayout   = "\n\t)"
)

// inLayout reports whether a file that begins like this seems to be in KiCad's
// own layout.
func inLayout(text string) bool { return strings.HasPrefix(text, headInLayout) }

// chunkSize is how much of a file is searched at a time: it fits into a cache
// of the processor, and there is no need to have a large library in memory.
const chunkSize = 512 << 10

// searchInLayout finds a symbol by its name's token in a file in KiCad's layout,
// and the last one where there are several, as KiCad does. It returns "" where
// it finds none, or none that is as that layout has it.
func searchInLayout(r io.ReaderAt, token string) (text string, start int64, err error) {
	line := startInLayout[:len(startInLayout)-1] + token + "\n"
	const before = 256 // of the lines before the symbol that are looked at
	if len(line) > chunkSize/4 {
		return "", 0, nil
	}
	buf := make([]byte, chunkSize)
	found := int64(-1)
	for off, keep := int64(0), 0; ; {
		n, err := r.ReadAt(buf[keep:], off)
		if err != nil && err != io.EOF {
			return "", 0, err
		}
		chunk := buf[:keep+n]
		for at := 0; ; {
			i := bytes.Index(chunk[at:], []byte(line))
			if i < 0 {
				break
			}
			i += at
			at = i + len(line)
			head := chunk[max(0, i-before):i]
			if head, ok := bytes.CutSuffix(head, []byte(indent)); ok && endsElement(string(head)) {
				found = off - int64(keep) + int64(i) - 1
			}
		}
		if err == io.EOF {
			break
		}
		off += int64(n)
		// What the end of this chunk may have of a line goes before the next.
		keep = copy(buf, chunk[max(0, len(chunk)-before-len(line)):])
	}
	if found < 0 {
		return "", 0, nil
	}
	text, err = readToEnd(r, found)
	return text, found, err
}

// readToEnd returns the symbol that starts at an offset, or "" if it does not
// end as it does in KiCad's layout.
func readToEnd(r io.ReaderAt, start int64) (string, error) {
	var b []byte
	for size := 16 << 10; ; size *= 2 {
		from := len(b)
		b = slices.Grow(b, size)[:from+size]
		n, err := r.ReadAt(b[from:], start+int64(from))
		if err != nil && err != io.EOF {
			return "", err
		}
		b = b[:from+n]
		if i := bytes.Index(b[max(0, from-len(endInLayout)):], []byte(endInLayout+"\n")); i >= 0 {
			text := string(b[:max(0, from-len(endInLayout))+i+len(endInLayout)])
			if !indentsContent(text) || !balanced(text) {
				return "", nil
			}
			return text, nil
		}
		if err == io.EOF {
			return "", nil
		}
	}
}

// endsElement reports whether the last line of text is one before which a
// symbol can begin: the end of another, or a line of the library's head.
func endsElement(text string) bool {
	i := strings.LastIndexByte(text, '\n')
	line := text[i+1:]
	return line == "\t)" || strings.HasPrefix(line, "\t(") && strings.HasSuffix(line, ")")
}

// indentsContent reports whether the second line of text is indented as what is
// in a symbol.
func indentsContent(text string) bool {
	_, rest, _ := strings.Cut(text, "\n")
	return strings.HasPrefix(rest, "\t\t")
}

// spansInLayout finds all symbols in a text in KiCad's layout. It is not ok
// where they do not follow each other as that layout has it.
func spansInLayout(text string) (spans []span, ok bool) {
	for at := 0; ; {
		i := strings.Index(text[at:], startInLayout)
		if i < 0 {
			break
		}
		i += at
		at = i + len(startInLayout)
		head, ok := strings.CutSuffix(text[:i], indent)
		if !ok {
			continue // in another symbol, or in a string
		}
		n := strings.IndexByte(text[i:], '\n')
		if n < 0 || !endsElement(head) || !indentsContent(text[i:min(len(text), i+n+3)]) {
			return nil, false
		}
		token := text[i+len(startInLayout)-1 : i+n]
		if closingQuote(token) != len(token)-1 {
			return nil, false
		}
		if len(spans) > 0 {
			spans[len(spans)-1].end = len(head)
		}
		spans = append(spans, span{name: plainToken(token), start: i - 1})
	}
	end := strings.TrimSuffix(text, "\n")
	if !strings.HasSuffix(end, endInLayout+"\n)") {
		return nil, false
	}
	if len(spans) > 0 {
		spans[len(spans)-1].end = len(end) - len("\n)")
	}
	return spans, true
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

func plainToken(token string) string { return PlainName(sexpr.Decode(token)) }

// The classes of bytes that tell scan what to do.
const (
	inWord byte = iota
	blank
	special // brackets, quotes, and the beginning of comments
)

var class = [256]byte{' ': blank, '\t': blank, '\r': blank, '\n': blank, 0: blank, '(': special, ')': special, '"': special, '#': special}

// scan finds the symbols in a text of any layout: the lists (symbol NAME ...)
// directly in its root list. It counts brackets outside of strings and
// comments, and reads nothing else.
func scan(file, text string) ([]span, error) {
	fail := func(i int, format string, args ...any) error {
		return shift(&sexpr.Error{File: file, Line: 1, Col: 1, Msg: fmt.Sprintf(format, args...)}, text, i)
	}
	var (
		spans []span
		depth int
		start = -1 // of the list of depth 2 that is open
	)
	for i := 0; i < len(text); i++ {
		if class[text[i]] != special {
			continue
		}
		switch text[i] {
		case '(':
			if depth++; depth == 2 {
				start = i
			}
		case ')':
			depth--
			if depth == 1 && start >= 0 {
				if name, ok := symbolName(text[start : i+1]); ok {
					spans = append(spans, span{name, start, i + 1})
				}
				start = -1
			}
			if depth <= 0 {
				return spans, nil
			}
		case '"':
			n := closingQuote(text[i:])
			if n < 0 {
				return nil, fail(i, "string is not closed on its line")
			}
			i += n
		case '#':
			if firstOnLine(text, i) {
				n := strings.IndexByte(text[i:], '\n')
				if n < 0 {
					n = len(text) - i
				}
				i += n - 1
			}
		}
	}
	return nil, fail(len(text), "got end of file, want )")
}

// closingQuote returns the index of the quote that ends the string at the
// beginning of s, or -1.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return i
		case '\\':
			i++
			if i < len(s) && s[i] == '\n' {
				return -1
			}
		case '\n':
			return -1
		}
	}
	return -1
}

func firstOnLine(s string, i int) bool {
	for i--; i >= 0 && s[i] != '\n' && s[i] != '\r'; i-- {
		if class[s[i]] != blank {
			return false
		}
	}
	return true
}

// symbolName returns the name of the list (symbol NAME ...).
func symbolName(list string) (string, bool) {
	head, ok := token(&list)
	if !ok || head != "symbol" {
		return "", false
	}
	name, ok := token(&list)
	return plainToken(name), ok
}

// token cuts the next atom off the text of a list, where one comes next.
func token(list *string) (string, bool) {
	s := *list
	i := 0
	if i < len(s) && s[i] == '(' {
		i++
	}
	for i < len(s) && class[s[i]] == blank {
		i++
	}
	if i == len(s) || s[i] == '(' || s[i] == ')' || s[i] == '#' {
		return "", false
	}
	end := i + 1
	if s[i] == '"' {
		n := closingQuote(s[i:])
		if n < 0 {
			return "", false
		}
		end = i + n + 1
	} else {
		for end < len(s) && (class[s[end]] == inWord || s[end] == '#') {
			end++
		}
	}
	*list = s[end:]
	return s[i:end], true
}

// shift moves an error in a part of a text to its place in the whole, in which
// the part begins at start.
func shift(err error, text string, start int) error {
	e, ok := err.(*sexpr.Error)
	if !ok {
		return err
	}
	before := text[:start]
	moved := *e
	if moved.Line == 1 {
		moved.Col += start - strings.LastIndexByte(before, '\n') - 1
	}
	moved.Line += strings.Count(before, "\n")
	return &moved
}
