package difference

import (
	"fmt"
	"strings"
)

// random judges tokens without meaning.
func random(x, y string) (verdict, bool) {
	mx, my := trimCommon(x, y)
	if len(mx) < 4 || len(my) < 4 || len(mx)-len(my) > 3 || len(my)-len(mx) > 3 {
		return verdict{}, false
	}
	chance := looksRandom(x) && looksRandom(y) || looksRandom(mx) && looksRandom(my) ||
		(looksRandom(mx) || looksRandom(my)) && len(mx) == len(my) && sameLetters(mx, my) ||
		len(mx) >= 6 && len(my) >= 6 && (len(x) == len(y) || looksRandom(x) || looksRandom(y)) && (gibberish(mx) || gibberish(my))
	if !chance {
		return verdict{}, false
	}
	switch {
	case allHex(x) && allHex(y):
		return verdict{kind: Random, detail: fmt.Sprintf("%d hex digits", max(len(x), len(y)))}, true
	case allHex(mx) && allHex(my) && len(mx) >= 8:
		return verdict{kind: Random, detail: "hex digits in a name"}, true
	}
	return verdict{kind: Random, detail: "letters and digits"}, true
}

// sameLetters reports whether both are of the same alphabet of lower-case
// letters, digits and _, as Python's and the shell's temporary names are.
func sameLetters(x, y string) bool {
	in := func(s string) bool {
		return strings.IndexFunc(s, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_') }) < 0
	}
	return in(x) && in(y)
}

// gibberish reports whether letters and digits do not make a word or a part
// number: they change between small, capital and digit often, or have many
// consonants in a row.
func gibberish(s string) bool {
	row, longest, turns, small := 0, 0, 0, 0
	var last byte
	for i := range len(s) {
		c := s[i]
		kind := byte('a')
		switch {
		case digit(c) || c == '_':
			kind = '0'
		case c >= 'A' && c <= 'Z':
			kind = 'A'
		case c < 'a' || c > 'z':
			return false
		default:
			small++
		}
		if i > 0 && kind != last && !(last == 'A' && kind == 'a') {
			turns++
		}
		last = kind
		if kind == '0' || strings.IndexByte("aeiouy", c|0x20) >= 0 {
			row = 0
		} else {
			row++
			longest = max(longest, row)
		}
	}
	return small > 0 && (longest >= 5 || turns >= 2)
}

// trimCommon cuts the common beginning and end off two texts.
func trimCommon(x, y string) (string, string) {
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	x, y = x[n:], y[n:]
	n = 0
	for n < len(x) && n < len(y) && x[len(x)-1-n] == y[len(y)-1-n] {
		n++
	}
	return x[:len(x)-n], y[:len(y)-n]
}
