package connect

import (
	"fmt"
	"strconv"
	"strings"
)

// A bus is what the name of a bus stands for: a vector such as A[7..0], or a
// group such as MEM{A[7..0] CE}. Its members are numbered from 0; those of a
// vector inside a group follow one another.
type bus struct {
	vector bool
	text   string // the name, as a net name
	stem   string // of a vector all before the bracket, with "[]"
	leaves []leaf
	byName map[string]int // of a group: the first leaf of each local name
}

// A leaf is a net of a bus.
type leaf struct {
	local  string // name without the prefix of a group: A0
	full   string // name with it: MEM.A0
	index  int    // place in its vector, 0 outside of vectors
	nested bool   // stands in a vector inside a group
}

func (b *bus) names() []string {
	names := make([]string, len(b.leaves))
	for i, l := range b.leaves {
		names[i] = l.full
	}
	return names
}

// match returns the number of the leaf that another bus on the same lines
// calls l, or -1: in a vector the one at its place, in a group the one of its
// name.
func (b *bus) match(l *leaf) int {
	if b.vector {
		if l.index < len(b.leaves) {
			return l.index
		}
		return -1
	}
	if i, ok := b.byName[l.local]; ok {
		return i
	}
	return -1
}

// parseBus returns the bus that a name stands for, or nil where it is the
// name of a net. Each leaf takes one from the budget; a bus that exceeds it
// is an error.
func parseBus(text string, aliases map[string][]string, budget *int) (*bus, error) {
	if !strings.ContainsAny(text, "[{") {
		return nil, nil
	}
	plain := unescapeName(text)
	b := &bus{text: text}
	if v, ok := parseVector(plain); ok {
		b.vector = true
		b.stem = text[:strings.IndexByte(text, '[')] + "[]"
		return b, b.addVector(v, "", false, budget)
	}
	prefix, members, ok := parseGroup(plain)
	if !ok {
		return nil, nil
	}
	if prefix != "" {
		prefix = escapeName(prefix) + "."
	}
	for _, m := range members {
		inner := []string{m}
		if a, ok := aliases[m]; ok {
			inner = a
		}
		for _, name := range inner {
			if err := b.addMember(escapeName(name), prefix, budget); err != nil {
				return nil, err
			}
		}
	}
	b.byName = make(map[string]int, len(b.leaves))
	for i := range b.leaves {
		if _, ok := b.byName[b.leaves[i].local]; !ok {
			b.byName[b.leaves[i].local] = i
		}
	}
	return b, nil
}

func (b *bus) addMember(name, prefix string, budget *int) error {
	if v, ok := parseVector(unescapeName(name)); ok {
		return b.addVector(v, prefix, true, budget)
	}
	if *budget--; *budget < 0 {
		return fmt.Errorf("bus %q: the buses have too many members", b.text)
	}
	b.leaves = append(b.leaves, leaf{local: name, full: prefix + name})
	return nil
}

func (b *bus) addVector(v vector, prefix string, nested bool, budget *int) error {
	n := v.end - v.begin + 1
	if n > *budget {
		return fmt.Errorf("bus %q: the buses have too many members", b.text)
	}
	*budget -= n
	for i := range n {
		local := escapeName(v.prefix) + itoa(v.begin+i) + v.suffix
		b.leaves = append(b.leaves, leaf{local, prefix + local, i, nested})
	}
	return nil
}

// A vector is PREFIX[begin..end]SUFFIX, begin < end.
type vector struct {
	prefix, suffix string
	begin, end     int
}

// markup reports whether the brace at s[i] opens a super-, subscript or
// overbar, as in ~{RST}. Members of buses are named without it.
func markup(s string, i int) bool {
	return i > 0 && (s[i-1] == '_' || s[i-1] == '^' || s[i-1] == '~')
}

func parseVector(s string) (vector, bool) {
	var v vector
	var prefix []byte
	depth, i := 0, 0
	for ; i < len(s) && s[i] != '['; i++ {
		switch s[i] {
		case '{':
			if !markup(s, i) {
				return v, false
			}
			depth++
			prefix = prefix[:max(0, len(prefix)-1)]
			continue
		case '}':
			depth--
			continue
		case ' ', ']':
			return v, false
		}
		prefix = append(prefix, s[i])
	}
	if i == len(s) {
		return v, false
	}
	rest := s[i+1:]
	inner, tail, ok := strings.Cut(rest, "]")
	first, last, dots := strings.Cut(inner, "..")
	if !ok || !dots {
		return v, false
	}
	a, okA := parseIndex(first)
	b, okB := parseIndex(last)
	if !okA || !okB || a == b {
		return v, false
	}
	var suffix []byte
	for k := range len(tail) {
		switch c := tail[k]; c {
		case '}':
			depth--
			continue
		case '+', '-', 'P', 'N':
		default:
			return v, false
		}
		suffix = append(suffix, tail[k])
	}
	if depth != 0 {
		return v, false
	}
	return vector{string(prefix), string(suffix), min(a, b), max(a, b)}, true
}

// parseIndex reads a number; no digits are 0, as in KiCad.
func parseIndex(s string) (int, bool) {
	if s == "" {
		return 0, true
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(s, 10, 32)
	return int(n), err == nil
}

func parseGroup(s string) (prefix string, members []string, ok bool) {
	depth, i := 0, 0
	var before []byte
	for ; i < len(s); i++ {
		c := s[i]
		if c == '{' {
			if !markup(s, i) {
				break
			}
			depth++
			before = before[:max(0, len(before)-1)]
			continue
		}
		switch c {
		case '}':
			depth-- // and stays in the prefix
		case ' ', '[', ']':
			return "", nil, false
		}
		before = append(before, c)
	}
	if depth != 0 || i+1 >= len(s) {
		return "", nil, false
	}
	prefix = string(before)
	var member []byte
	end := func() {
		if len(member) > 0 {
			members = append(members, escapeName(string(member)))
		}
		member = member[:0]
	}
	for i++; i < len(s); i++ {
		switch c := s[i]; {
		case c == '{':
			if !markup(s, i) {
				return "", nil, false
			}
			depth++
			member = member[:max(0, len(member)-1)]
		case c == '}' && depth > 0:
			depth--
		case c == '}':
			end()
			return prefix, members, true
		case c == ' ' || c == ',':
			end()
		default:
			member = append(member, c)
		}
	}
	return "", nil, false
}
