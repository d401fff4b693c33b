package difference

import (
	"strings"
	"unicode/utf8"
)

// A token is a piece of a value, s[start:end].
type token struct {
	class      class
	start, end int
	fact       factKind
}

type class uint8

const (
	blank class = iota
	punct
	word     // letters and digits
	number   // with sign, fraction and exponent
	dotted   // 1.2.3
	address  // 0x7f…
	identity // a UUID with dashes
	stamp    // a date or time that its form gives away
	pathname
	fact // a value of the run's surroundings
)

func wordlike(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func hexDigit(c byte) bool { return digit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// scan cuts a value into tokens. Together they are the value.
func (f *facts) scan(s string) []token {
	var all []token
	for i := 0; i < len(s); {
		t := f.next(s, i)
		all = append(all, t)
		i = t.end
	}
	return all
}

// next returns the token at offset i.
func (f *facts) next(s string, i int) token {
	c := s[i]
	fresh := i == 0 || !wordlike(s[i-1])
	if fresh && f.first[c] {
		if end, kind := f.match(s, i); end > i {
			return token{fact, i, end, kind}
		}
	}
	switch {
	case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		end := i + 1
		for end < len(s) && (s[end] == ' ' || s[end] == '\t' || s[end] == '\n' || s[end] == '\r') {
			end++
		}
		return token{class: blank, start: i, end: end}
	case fresh && hexDigit(c) && uuidAt(s, i):
		return token{class: identity, start: i, end: i + 36}
	case fresh && (c == '/' || c == '\\' || c == '~' || i+2 < len(s) && s[i+1] == ':'):
		if end := f.pathAt(s, i); end > i {
			return token{class: pathname, start: i, end: end}
		}
	}
	if fresh && (digit(c) || c|0x20 >= 'a' && c|0x20 <= 'z') {
		if st, ok := stampAt(s, i); ok {
			return token{class: stamp, start: i, end: i + st.length}
		}
	}
	switch {
	case digit(c) || (c == '-' || c == '+') && fresh && i+1 < len(s) && digit(s[i+1]) && (i == 0 || s[i-1] != ')'):
		if cl, end := numberAt(s, i); end > i {
			return token{class: cl, start: i, end: end}
		}
		if !digit(c) {
			return token{class: punct, start: i, end: i + 1}
		}
		return token{class: word, start: i, end: wordEnd(s, i)}
	case wordlike(c):
		return token{class: word, start: i, end: wordEnd(s, i)}
	}
	return token{class: punct, start: i, end: i + 1}
}

func wordEnd(s string, i int) int {
	for i < len(s) && wordlike(s[i]) {
		i++
	}
	return i
}

// numberAt reads a number or a dotted version that ends where the word ends;
// otherwise its end is i.
func numberAt(s string, i int) (class, int) {
	k := i
	if s[k] == '-' || s[k] == '+' {
		k++
	}
	if s[k] == '0' && k+2 < len(s) && s[k+1]|0x20 == 'x' {
		end := k + 2
		for end < len(s) && hexDigit(s[end]) {
			end++
		}
		if end-k >= 8 && (end == len(s) || !wordlike(s[end])) {
			return address, end
		}
		return word, i
	}
	for k < len(s) && digit(s[k]) {
		k++
	}
	dots := 0
	for k+1 < len(s) && s[k] == '.' && digit(s[k+1]) {
		dots++
		k++
		for k < len(s) && digit(s[k]) {
			k++
		}
	}
	if dots > 1 {
		// A version may go on: 1.2.3-rc1+b5.
		for k < len(s) && (wordlike(s[k]) || k+1 < len(s) && strings.IndexByte("-+~.", s[k]) >= 0 && wordlike(s[k+1])) {
			k++
		}
		return dotted, k
	}
	if k+1 < len(s) && s[k]|0x20 == 'e' {
		e := k + 1
		if (s[e] == '-' || s[e] == '+') && e+1 < len(s) {
			e++
		}
		if digit(s[e]) {
			for e < len(s) && digit(s[e]) {
				e++
			}
			if e == len(s) || !wordlike(s[e]) {
				return number, e
			}
		}
	}
	if k < len(s) && wordlike(s[k]) {
		return word, i
	}
	return number, k
}

// uuidAt reports whether a UUID with dashes stands at offset i.
func uuidAt(s string, i int) bool {
	if len(s)-i < 36 || len(s)-i > 36 && wordlike(s[i+36]) {
		return false
	}
	for k := range 36 {
		c := s[i+k]
		switch k {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !hexDigit(c) {
				return false
			}
		}
	}
	return true
}

// roots are the first parts of absolute paths. A slash alone does not make a
// path: KiCad's net names and sheet paths begin with one.
var roots = map[string]bool{
	"tmp": true, "home": true, "usr": true, "var": true, "root": true, "opt": true, "etc": true, "mnt": true,
	"Users": true, "private": true, "nix": true, "proc": true, "dev": true, "run": true, "srv": true, "work": true,
	"workspace": true, "builds": true, "build": true, "github": true, "Volumes": true, "media": true, "data": true,
}

// pathAt returns the end of an absolute path that begins at offset i, or i.
func (f *facts) pathAt(s string, i int) int {
	k := i
	switch {
	case s[i] == '~' && i+1 < len(s) && s[i+1] == '/':
		k = i + 1
	case s[i] == '/':
		end := wordEnd(s, i+1)
		if root := s[i+1 : end]; !roots[root] && !f.roots[root] || end == len(s) || s[end] != '/' && s[end] != '.' && s[end] != '-' {
			return i
		}
	case i+2 < len(s) && s[i+1] == ':' && (s[i+2] == '\\' || s[i+2] == '/') && s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z':
		k = i + 2
	default:
		return i
	}
	for k < len(s) && s[k] > ' ' && strings.IndexByte("\"'`<>|*?,;()[]{}=", s[k]) < 0 && !(s[k] == ':' && k > i+1) {
		k++
	}
	for k > i && strings.IndexByte(".!", s[k-1]) >= 0 {
		k--
	}
	if k < i+3 {
		return i
	}
	return k
}

// skeleton hashes a value with what commonly differs set aside: see doc.rough.
func (f *facts) skeleton(s string, level int) uint64 {
	h := uint64(17)
	for i := 0; i < len(s); {
		t := f.next(s, i)
		text := s[t.start:t.end]
		i = t.end
		switch {
		case t.class == identity, t.class == stamp, t.class == pathname, t.class == fact, t.class == address:
			h = mix(h, 1)
		case t.class == number:
			if digits := countDigits(text); level > 0 || digits == len(text) && (digits == 10 || digits == 13 || digits > 14) {
				h = mix(h, 2)
			} else {
				h = mix(h, hashString(text))
			}
		case t.class == word && looksRandom(text):
			h = mix(h, 1)
		case t.class == word && level > 0 && countDigits(text) > 0:
			h = mix(h, hashString(withoutDigits(text)))
		default:
			h = mix(h, hashString(text))
		}
	}
	return h | 1
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if digit(s[i]) {
			n++
		}
	}
	return n
}

func withoutDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, s)
}

// looksRandom reports whether a word by itself looks drawn by chance: letters
// and digits that change places often, or a long run of hexadecimal digits.
func looksRandom(s string) bool {
	if len(s) < 6 {
		return false
	}
	digits, lower, upper, hex, turns := 0, 0, 0, true, 0
	var last byte
	for i := range len(s) {
		c := s[i]
		kind := byte('o')
		switch {
		case digit(c):
			digits++
			kind = 'd'
		case c >= 'a' && c <= 'z':
			lower++
			kind = 'a'
		case c >= 'A' && c <= 'Z':
			upper++
			kind = 'A'
		case c >= utf8.RuneSelf:
			return false
		}
		hex = hex && hexDigit(c)
		if i > 0 && kind != last {
			turns++
		}
		last = kind
	}
	switch {
	case digits == len(s):
		return false
	case hex && digits > 0 && (lower == 0 || upper == 0):
		return len(s) >= 8 || turns >= 3
	case upper > 0 && lower == 0: // part numbers are written so: STM32F103C8T6
		return len(s) >= 16 && turns >= 6
	case digits > 0 && lower > 0 && upper == 0:
		return turns >= 3
	}
	return turns*3 >= len(s) && turns >= 4
}
