package difference

import (
	"slices"
	"strings"
)

// texts compares two values token by token. The offsets are those of the
// values in their files.
func (c *comparer) texts(x, y string, offX, offY int, r role) {
	if x == y {
		return
	}
	if spelled(x, y) {
		mx, my := numbersOf(x, y)
		c.emit(found{verdict: verdict{kind: Locale, detail: "marks in numbers, such as 1,5 for 1.5"}, a: mx, b: my, offA: offX, offB: offY, at: true})
		return
	}
	tx, ty := c.a.scan(x), c.b.scan(y)
	pairs := c.tokens(x, y, tx, ty)
	if c.reordered(x, y, pairs, offX, offY) {
		return
	}
	c.segments(x, y, tx, ty, pairs, offX, offY, r)
}

// A tokenPair is two token indices; -1 is none.
type tokenPair struct{ i, j int }

// tokens pairs the tokens of two values; the result has those that differ, in
// the order of the first value, and those without a partner.
func (c *comparer) tokens(x, y string, tx, ty []token) []tokenPair {
	if len(tx) == len(ty) {
		// Mostly a value here and there has changed.
		pairs, words := []tokenPair(nil), 0
		for i := range tx {
			a, b := tx[i], ty[i]
			if x[a.start:a.end] == y[b.start:b.end] {
				continue
			}
			if (a.class == blank || a.class == punct) != (b.class == blank || b.class == punct) || a.class == punct || a.class == blank {
				pairs, words = nil, len(tx)
				break
			}
			if a.class == word && b.class == word {
				words++
			}
			pairs = append(pairs, tokenPair{i, i})
		}
		if pairs != nil && (words <= 3 || words*2 <= len(tx)/2 || c.permuted(x, y, tx, ty, pairs)) {
			return pairs
		}
	}
	exact := func(s string, ts []token, f *facts) []uint64 {
		h := make([]uint64, len(ts))
		for i, t := range ts {
			if t.class != blank {
				h[i] = hashString(s[t.start:t.end])
			}
		}
		return h
	}
	coarse := func(s string, ts []token) []uint64 {
		h := make([]uint64, len(ts))
		for i, t := range ts {
			switch {
			case t.class > word:
				h[i] = uint64(t.class)
			case t.class == word && looksRandom(s[t.start:t.end]):
				h[i] = 1000
			}
		}
		return h
	}
	al := newAlignment(len(tx), len(ty))
	al.step(exact(x, tx, c.a), exact(y, ty, c.b), false)
	al.step(coarse(x, tx), coarse(y, ty), false)
	al.gaps(func(as, bs []int) {
		if len(as) == len(bs) {
			for k := range as {
				if (tx[as[k]].class == word) == (ty[bs[k]].class == word) {
					al.pair(as[k], bs[k])
				}
			}
		}
	})
	// Words that stand out of order are no pairs of one another.
	row := al.inOrder()
	k := 0
	var pairs []tokenPair
	j := 0
	unpaired := func(until int) {
		for ; j < until; j++ {
			if al.from[j] < 0 && ty[j].class != blank {
				pairs = append(pairs, tokenPair{-1, j})
			}
		}
	}
	for i := range tx {
		if k < len(row) && row[k] == i {
			k++
			unpaired(al.to[i])
			if a, b := tx[i], ty[al.to[i]]; x[a.start:a.end] != y[b.start:b.end] && a.class != blank {
				pairs = append(pairs, tokenPair{i, al.to[i]})
			}
			j = al.to[i] + 1
			continue
		}
		if al.to[i] >= 0 {
			al.from[al.to[i]], al.to[i] = -1, -1
		}
		if tx[i].class != blank {
			pairs = append(pairs, tokenPair{i, -1})
		}
	}
	unpaired(len(ty))
	return pairs
}

// permuted reports whether the differing tokens are the same on both sides.
func (c *comparer) permuted(x, y string, tx, ty []token, pairs []tokenPair) bool {
	var a, b []string
	for _, p := range pairs {
		if p.i >= 0 && tx[p.i].class > punct {
			a = append(a, x[tx[p.i].start:tx[p.i].end])
		}
		if p.j >= 0 && ty[p.j].class > punct {
			b = append(b, y[ty[p.j].start:ty[p.j].end])
		}
	}
	if len(a) < 2 || len(a) != len(b) {
		return false
	}
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// reordered reports a value that has the same words in another order.
func (c *comparer) reordered(x, y string, pairs []tokenPair, offX, offY int) bool {
	tx, ty := c.a.scan(x), c.b.scan(y)
	if !c.permuted(x, y, tx, ty, pairs) {
		return false
	}
	if _, ok := parseNumber(x); ok {
		return false
	}
	span := func(s string, ts []token, pick func(tokenPair) int) (string, []string) {
		first, last := -1, -1
		for _, p := range pairs {
			if k := pick(p); k >= 0 {
				if first < 0 || k < first {
					first = k
				}
				last = max(last, k)
			}
		}
		var words []string
		for k := first; k <= last; k++ {
			if ts[k].class > punct {
				words = append(words, s[ts[k].start:ts[k].end])
			}
		}
		return s[ts[first].start:ts[last].end], words
	}
	sx, a := span(x, tx, func(p tokenPair) int { return p.i })
	sy, b := span(y, ty, func(p tokenPair) int { return p.j })
	detail, class := c.arrangement(a, b, len(a) == len(b))
	c.emit(found{verdict: verdict{kind: Order, detail: "words: " + detail, class: "words: " + class}, a: sx, b: sy,
		offA: offX + strings.Index(x, sx), offB: offY + strings.Index(y, sy), at: true})
	return true
}

// segments judges the pairs of tokens that differ. Neighbours without a
// partner, and neighbours that are mere content, count as one.
func (c *comparer) segments(x, y string, tx, ty []token, pairs []tokenPair, offX, offY int, r role) {
	type segment struct {
		x0, x1, y0, y1 int // offsets; -1 is none
		v              verdict
	}
	var all []segment
	for k := 0; k < len(pairs); {
		p := pairs[k]
		if p.i >= 0 && p.j >= 0 {
			a, b := tx[p.i], ty[p.j]
			all = append(all, segment{a.start, a.end, b.start, b.end, c.pair(x[a.start:a.end], y[b.start:b.end], a.fact, b.fact, c.roleNear(x, tx, p.i, r))})
			k++
			continue
		}
		// What has no partner up to the next pair.
		s := segment{-1, -1, -1, -1, verdict{}}
		fa, fb := noFact, noFact
		for ; k < len(pairs) && (pairs[k].i < 0 || pairs[k].j < 0); k++ {
			p := pairs[k]
			if p.i >= 0 {
				if s.x0 >= 0 && !adjacent(x, tx, s.x1, p.i) {
					break
				}
				if s.x0 < 0 {
					s.x0 = tx[p.i].start
				}
				s.x1, fa = tx[p.i].end, max(fa, tx[p.i].fact)
			} else {
				if s.y0 >= 0 && !adjacent(y, ty, s.y1, p.j) {
					break
				}
				if s.y0 < 0 {
					s.y0 = ty[p.j].start
				}
				s.y1, fb = ty[p.j].end, max(fb, ty[p.j].fact)
			}
		}
		switch {
		case s.x0 >= 0 && s.y0 >= 0:
			s.v = c.pair(x[s.x0:s.x1], y[s.y0:s.y1], fa, fb, r)
		default:
			s.v = verdict{kind: Content, detail: "words on one side only", class: "content"}
		}
		all = append(all, s)
	}
	for k := 0; k < len(all); k++ {
		s := all[k]
		for s.v.kind == Content && k+1 < len(all) && all[k+1].v.kind == Content && joins(x, s.x1, all[k+1].x0) && joins(y, s.y1, all[k+1].y0) {
			n := all[k+1]
			if s.x0 < 0 {
				s.x0 = n.x0
			}
			if s.y0 < 0 {
				s.y0 = n.y0
			}
			s.x1, s.y1 = max(s.x1, n.x1), max(s.y1, n.y1)
			s.v.detail = ""
			k++
		}
		f := found{verdict: s.v, at: true, offA: offX, offB: offY}
		if s.x0 >= 0 {
			f.a, f.offA = x[s.x0:s.x1], offX+s.x0
		}
		if s.y0 >= 0 {
			f.b, f.offB = y[s.y0:s.y1], offY+s.y0
		}
		c.emit(f)
	}
	if len(all) == 0 {
		c.emit(found{verdict: verdict{kind: Layout, detail: "white space"}, a: x, b: y, offA: offX, offB: offY, at: true})
	}
}

// joins reports whether only blanks and signs stand between two offsets, of
// which a negative one is none.
func joins(s string, end, start int) bool {
	if end < 0 || start < 0 {
		return true
	}
	return end <= start && start-end <= 3 && strings.IndexFunc(s[end:start], func(r rune) bool { return r < 0x80 && wordlike(byte(r)) }) < 0
}

func adjacent(s string, ts []token, end, next int) bool {
	return strings.TrimSpace(s[end:ts[next].start]) == ""
}

// roleNear returns the role of a token: that of the whole value, or what the
// word before it or the unit after it says.
func (c *comparer) roleNear(s string, ts []token, i int, r role) role {
	if r != plainRole || len(ts) == 1 || ts[i].class != number && ts[i].class != dotted {
		return r
	}
	for k := i + 1; k < len(ts) && k <= i+2; k++ {
		if ts[k].class == word {
			switch s[ts[k].start:ts[k].end] {
			case "s", "ms", "us", "µs", "ns", "sec", "secs", "seconds", "milliseconds":
				return timingRole
			}
			break
		}
	}
	for k := i - 1; k >= 0 && k >= i-4; k-- {
		if ts[k].class == word {
			return roleOf(s[ts[k].start:ts[k].end])
		}
	}
	return plainRole
}

// spelled reports whether two values are the same but for the marks between
// the digits of numbers: decimal comma and point, groups of thousands.
func spelled(x, y string) bool {
	if len(x) > 4096 || countDigits(x) < 2 || countDigits(x) != countDigits(y) {
		return false
	}
	i, j := 0, 0
	differ := false
	for i < len(x) || j < len(y) {
		nx, gx := markedNumber(x[i:])
		ny, gy := markedNumber(y[j:])
		if (nx == 0) != (ny == 0) {
			return false
		}
		if nx == 0 {
			if i >= len(x) || j >= len(y) || x[i] != y[j] {
				return false
			}
			i, j = i+1, j+1
			continue
		}
		sx, sy := x[i:i+nx], y[j:j+ny]
		if sx != sy {
			if gx.digits != gy.digits || !sameMarks(gx, gy) {
				return false
			}
			differ = true
		}
		i, j = i+nx, j+ny
	}
	return differ
}

// marks are the separators in a number: after which digit each stands.
type marks struct {
	digits string
	at     []int
	mark   []string
}

// markedNumber reads digits with marks between them and returns its length.
func markedNumber(s string) (int, marks) {
	var m marks
	var b strings.Builder
	k := 0
	for k < len(s) {
		if n := digitRun(s[k:]); n > 0 {
			b.WriteString(s[k : k+n])
			k += n
			continue
		}
		if b.Len() == 0 {
			return 0, m
		}
		found := ""
		for _, mark := range []string{".", ",", "'", "’", "\u00a0", "\u202f"} {
			if strings.HasPrefix(s[k:], mark) && digitRun(s[k+len(mark):]) > 0 {
				found = mark
			}
		}
		if found == "" {
			break
		}
		m.at, m.mark = append(m.at, b.Len()), append(m.mark, found)
		k += len(found)
	}
	m.digits = b.String()
	return k, m
}

func sameMarks(x, y marks) bool {
	groups := func(m marks, upTo int) bool { // every mark but the last few stands before three digits
		for _, at := range m.at {
			if at < upTo && (upTo-at)%3 != 0 {
				return false
			}
		}
		return true
	}
	switch {
	case len(x.at) == 0 && len(y.at) == 0:
		return false
	case len(x.at) == 0:
		return groups(y, len(y.digits))
	case len(y.at) == 0:
		return groups(x, len(x.digits))
	}
	last := x.at[len(x.at)-1]
	return last == y.at[len(y.at)-1] && groups(x, last) && groups(y, last)
}

// numbersOf returns the first numbers that two values spell in two ways.
func numbersOf(x, y string) (string, string) {
	i, j := 0, 0
	for i < len(x) && j < len(y) {
		nx, _ := markedNumber(x[i:])
		ny, _ := markedNumber(y[j:])
		if nx > 0 && ny > 0 {
			if x[i:i+nx] != y[j:j+ny] {
				return x[i : i+nx], y[j : j+ny]
			}
			i, j = i+nx, j+ny
			continue
		}
		i, j = i+1, j+1
	}
	return x, y
}
