package symbol

import (
	"fmt"
	"strings"

	"starboard/kicad/sexpr"
)

// A span is where a symbol stands in the text of a library.
type span struct {
	name       string
	start, end int
}

// What stands where a symbol begins and ends, in KiCad's own layout.
const (
	layoutHead  = "(kicad_symbol_lib\n\t(version "
	layoutStart = "\n\t(symbol \""
	layoutEnd   = "\n\t)"
)

// inLayout reports whether text seems to be in KiCad's own layout. A string
// cannot contain a line break, so there a line that begins like layoutStart
// begins a symbol.
func inLayout(text string) bool { return strings.HasPrefix(text, layoutHead) }

// spanInLayout finds a symbol in a text in KiCad's layout by its name's token,
// and the last one where there are several, as KiCad does. It is not ok where
// what it finds is not as that layout has it.
func spanInLayout(text, token string) (s span, found, ok bool) {
	line := "\n\t(symbol " + token + "\n"
	for at := 0; ; {
		i := strings.Index(text[at:], line)
		if i < 0 {
			return s, found, true
		}
		i += at
		s.start = i + len("\n\t")
		n := strings.Index(text[i:], layoutEnd+"\n")
		if n < 0 || !endsElement(text[:i]) {
			return s, false, false
		}
		s.end = i + n + len(layoutEnd)
		at, found = s.end, true
	}
}

// endsElement reports whether the last line of text is one before which a
// symbol can begin: the end of another, or a line of the library's head.
func endsElement(text string) bool {
	i := strings.LastIndexByte(text, '\n')
	line := text[i+1:]
	return line == "\t)" || strings.HasPrefix(line, "\t(") && strings.HasSuffix(line, ")")
}

// spansInLayout finds all symbols in a text in KiCad's layout. It is not ok
// where they do not follow each other as that layout has it.
func spansInLayout(text string) (spans []span, ok bool) {
	at := strings.Index(text, layoutStart)
	if at < 0 {
		return nil, strings.HasSuffix(text, "\n)\n")
	}
	if !endsElement(text[:at]) {
		return nil, false
	}
	for {
		nameAt := at + len("\n\t(symbol ")
		nameEnd := strings.IndexByte(text[nameAt:], '\n')
		n := strings.Index(text[at:], layoutEnd+"\n")
		if nameEnd < 0 || n < 0 {
			return nil, false
		}
		token := text[nameAt : nameAt+nameEnd]
		if len(token) < 3 || token[len(token)-1] != '"' || strings.IndexByte(token[1:len(token)-1], '"') >= 0 && !strings.Contains(token, `\`) {
			return nil, false
		}
		end := at + n + len(layoutEnd)
		spans = append(spans, span{plainToken(token), at + len("\n\t"), end})
		if !strings.HasPrefix(text[end:], layoutStart) {
			return spans, text[end:] == "\n)\n" || text[end:] == "\n)"
		}
		at = end
	}
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
