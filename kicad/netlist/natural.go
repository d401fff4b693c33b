package netlist

import (
	"cmp"
	"unicode"
	"unicode/utf8"
)

// NaturalCompare compares two texts as KiCad sorts references (ignoring
// case), net names (not ignoring it) and pin numbers: runs of ASCII digits by
// their value, all else by code point. It returns -1, 0 or 1.
//
// Texts that differ only in leading zeros compare equal, and so do r1 and R1
// where case is ignored. KiCad takes two references that compare equal for
// one part and drops the other, and orders two such nets by chance; what must
// have one order breaks the tie itself.
//
// Runs of digits of 2147483600 and more overflow as they do in KiCad 9.0.8.
func NaturalCompare(a, b string, ignoreCase bool) int {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if isDigit(a[i]) && isDigit(b[j]) {
			var v, w int32
			v, i = digitRun(a, i)
			w, j = digitRun(b, j)
			if v != w {
				return cmp.Compare(v, w)
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(a[i:])
		s, m := utf8.DecodeRuneInString(b[j:])
		if r != s && ignoreCase {
			r, s = unicode.ToUpper(r), unicode.ToUpper(s)
		}
		if r != s {
			return cmp.Compare(r, s)
		}
		i += n
		j += m
	}
	return cmp.Compare(len(a)-i, len(b)-j)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// digitRun reads the digits at i. Its value is '0' too large: KiCad's
// compiled comparison leaves that out on both sides, which shows where the
// sum overflows.
func digitRun(s string, i int) (value int32, end int) {
	var v uint32
	for ; i < len(s) && isDigit(s[i]); i++ {
		v = v*10 + uint32(s[i]-'0')
	}
	return int32(v + '0'), i
}
