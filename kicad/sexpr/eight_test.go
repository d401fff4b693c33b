package sexpr_test

import (
	"strings"
	"testing"

	"starboard/kicad/sexpr"
)

// The searches find what a look at each byte finds, whatever stands where.
func FuzzEight(f *testing.F) {
	f.Add("word word", uint8(0))
	f.Add("\t\t\t\t\x08\t\t\t\t\t(a", uint8(0))
	f.Add("0123456\x80\xff\x28)\"!#", uint8(2))
	f.Add(`0123456789\"0123456"`, uint8(1))
	f.Add(strings.Repeat("\t", 17)+strings.Repeat("x!", 9)+"\n", uint8(0))
	f.Fuzz(func(t *testing.T, s string, from uint8) {
		i := int(from)
		if i >= len(s) {
			return
		}
		after := func(i int, skip func(c byte) bool) int {
			for i < len(s) && skip(s[i]) {
				i++
			}
			return i
		}
		for _, tt := range []struct {
			name      string
			got, want int
		}{
			{"wordEnd", sexpr.WordEnd(s, i), after(i+1, func(c byte) bool { return !strings.ContainsRune(" \t\r\n\x00()\"", rune(c)) })},
			{"stringStop", sexpr.StringStop(s, i), after(i, func(c byte) bool { return c != '"' && c != '\\' && c != '\n' })},
			{"tabsEnd", sexpr.TabsEnd(s, i), after(i, func(c byte) bool { return c == '\t' })},
		} {
			if tt.got != tt.want {
				t.Errorf("%s(%q, %d) = %d, want %d", tt.name, s, i, tt.got, tt.want)
			}
		}
	})
}
