package sexpr

import "math/bits"

// Most of reading is to find where words, strings and the white space before
// a line end. These look at eight bytes at a time: what takes the time of a
// loop over bytes is less the bytes than that the processor cannot guess where
// it ends.

const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

// eight returns the bytes of s from i on, the first one lowest.
func eight(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// below marks the bytes of x that are smaller than the ASCII character c. A
// mark above the lowest one may be wrong.
func below(x uint64, c byte) uint64 { return (x - ones*uint64(c)) &^ x & tops }

// equal marks the bytes of x that are c. A mark above the lowest one may be
// wrong.
func equal(x uint64, c byte) uint64 { return below(x^ones*uint64(c), 1) }

// lowest returns the place of the lowest mark.
func lowest(marks uint64) int { return bits.TrailingZeros64(marks) / 8 }

// wordEnd returns the end of the word that starts at i.
func wordEnd(s string, i int) int {
	for i++; i+8 <= len(s); i++ {
		end := below(eight(s, i), ')'+1) // what ends a word, and few others
		if end == 0 {
			i += 7
			continue
		}
		i += lowest(end)
		if class[s[i]] != word {
			return i
		}
	}
	for ; i < len(s) && class[s[i]] == word; i++ {
	}
	return i
}

// stringStop returns where the next quote, backslash or end of a line is at i
// or later, or the length of s.
func stringStop(s string, i int) int {
	for ; i+8 <= len(s); i += 8 {
		x := eight(s, i)
		if stop := equal(x, '"') | equal(x, '\\') | equal(x, '\n'); stop != 0 {
			return i + lowest(stop)
		}
	}
	for ; i < len(s) && s[i] != '"' && s[i] != '\\' && s[i] != '\n'; i++ {
	}
	return i
}

// tabsEnd returns the end of the tabs at i.
func tabsEnd(s string, i int) int {
	for ; i+8 <= len(s); i += 8 {
		x := eight(s, i) ^ ones*'\t'
		if other := (x&^tops + ^uint64(tops) | x) & tops; other != 0 {
			return i + lowest(other)
		}
	}
	for ; i < len(s) && s[i] == '\t'; i++ {
	}
	return i
}
