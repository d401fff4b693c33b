package difference

import "slices"

// An alignment pairs the items of two sequences: to[i] is the item of b that
// item i of a became, and from[j] the reverse; -1 is none.
//
// It is built in steps, from sure keys to weak ones. A step pairs what has a
// key that is unique on both sides, goes on to the neighbours of pairs (Heckel,
// "A technique for isolating differences between files", 1978), and then to
// what lies between the same pairs. So an item that is inserted among many
// like it shifts none of them.
type alignment struct {
	to, from []int
	free     int          // items of a without a partner
	weak     map[int]bool // items of a paired only because as many were left
}

func newAlignment(na, nb int) *alignment {
	al := &alignment{to: make([]int, na), from: make([]int, nb), free: na}
	for i := range al.to {
		al.to[i] = -1
	}
	for i := range al.from {
		al.from[i] = -1
	}
	return al
}

func (al *alignment) pair(i, j int) {
	al.to[i], al.from[j] = j, i
	al.free--
}

// step pairs by keys; a key of 0 pairs with nothing. Ends are first paired
// where they agree. Across says that what is left with equal keys is paired
// wherever it stands, in order.
func (al *alignment) step(ka, kb []uint64, across bool) {
	if al.free == 0 {
		return
	}
	for i := 0; i < len(ka) && i < len(kb) && ka[i] == kb[i] && ka[i] != 0 && (al.to[i] == i || al.to[i] < 0 && al.from[i] < 0); i++ {
		if al.to[i] < 0 {
			al.pair(i, i)
		}
	}
	for i, j := len(ka)-1, len(kb)-1; i >= 0 && j >= 0 && ka[i] == kb[j] && ka[i] != 0 && (al.to[i] == j || al.to[i] < 0 && al.from[j] < 0); i, j = i-1, j-1 {
		if al.to[i] < 0 {
			al.pair(i, j)
		}
	}
	al.unique(ka, kb)
	al.grow(ka, kb)
	al.gaps(func(as, bs []int) { al.common(ka, kb, as, bs) })
	al.grow(ka, kb)
	if across {
		al.rest(ka, kb)
	}
}

// unique pairs the free items whose key occurs once on each side.
func (al *alignment) unique(ka, kb []uint64) {
	type place struct{ i, j, na, nb int }
	seen := make(map[uint64]place, al.free)
	for i, k := range ka {
		if al.to[i] < 0 && k != 0 {
			p := seen[k]
			p.i, p.na = i, p.na+1
			seen[k] = p
		}
	}
	for j, k := range kb {
		if al.from[j] < 0 && k != 0 {
			if p, ok := seen[k]; ok {
				p.j, p.nb = j, p.nb+1
				seen[k] = p
			}
		}
	}
	for i, k := range ka {
		if p := seen[k]; al.to[i] < 0 && k != 0 && p.na == 1 && p.nb == 1 {
			al.pair(i, p.j)
		}
	}
}

// grow pairs the free neighbours of pairs while their keys agree.
func (al *alignment) grow(ka, kb []uint64) {
	for i := 0; i+1 < len(al.to); i++ {
		if j := al.to[i]; j >= 0 && j+1 < len(kb) && al.to[i+1] < 0 && al.from[j+1] < 0 && ka[i+1] == kb[j+1] && ka[i+1] != 0 {
			al.pair(i+1, j+1)
		}
	}
	for i := len(al.to) - 1; i > 0; i-- {
		if j := al.to[i]; j > 0 && al.to[i-1] < 0 && al.from[j-1] < 0 && ka[i-1] == kb[j-1] && ka[i-1] != 0 {
			al.pair(i-1, j-1)
		}
	}
}

// gaps calls f with the free items between pairs that are neighbours in the
// longest row of pairs in the same order. Items outside of that row have
// moved and bound nothing.
func (al *alignment) gaps(f func(as, bs []int)) {
	row := al.inOrder()
	row = append(row, len(al.to))
	var as, bs []int
	i0, j0 := 0, 0
	for _, i := range row {
		j := len(al.from)
		if i < len(al.to) {
			j = al.to[i]
		}
		as, bs = as[:0], bs[:0]
		for k := i0; k < i; k++ {
			if al.to[k] < 0 {
				as = append(as, k)
			}
		}
		for k := j0; k < j; k++ {
			if al.from[k] < 0 {
				bs = append(bs, k)
			}
		}
		if len(as) > 0 && len(bs) > 0 {
			f(as, bs)
		}
		i0, j0 = i+1, j+1
	}
}

// tableLimit bounds the cells of a table over two gaps.
const tableLimit = 40_000

// common pairs a longest common sequence of two gaps, or, where they are too
// long for that, equal keys in order.
func (al *alignment) common(ka, kb []uint64, as, bs []int) {
	if len(as)*len(bs) > tableLimit {
		queue := map[uint64][]int{}
		for _, j := range bs {
			if kb[j] != 0 {
				queue[kb[j]] = append(queue[kb[j]], j)
			}
		}
		last := -1
		for _, i := range as {
			q := queue[ka[i]]
			for len(q) > 0 && q[0] <= last {
				q = q[1:]
			}
			if len(q) > 0 {
				last = q[0]
				al.pair(i, last)
				q = q[1:]
			}
			queue[ka[i]] = q
		}
		return
	}
	w := len(bs) + 1
	table := make([]int32, (len(as)+1)*w)
	for x := len(as) - 1; x >= 0; x-- {
		for y := len(bs) - 1; y >= 0; y-- {
			if k := ka[as[x]]; k != 0 && k == kb[bs[y]] {
				table[x*w+y] = table[(x+1)*w+y+1] + 1
			} else {
				table[x*w+y] = max(table[(x+1)*w+y], table[x*w+y+1])
			}
		}
	}
	for x, y := 0, 0; x < len(as) && y < len(bs); {
		switch k := ka[as[x]]; {
		case k != 0 && k == kb[bs[y]]:
			al.pair(as[x], bs[y])
			x, y = x+1, y+1
		case table[(x+1)*w+y] >= table[x*w+y+1]:
			x++
		default:
			y++
		}
	}
}

// rest pairs free items with equal keys wherever they stand.
func (al *alignment) rest(ka, kb []uint64) {
	if al.free == 0 {
		return
	}
	queue := map[uint64][]int{}
	for j, k := range kb {
		if al.from[j] < 0 && k != 0 {
			queue[k] = append(queue[k], j)
		}
	}
	for i, k := range ka {
		if q := queue[k]; al.to[i] < 0 && len(q) > 0 {
			al.pair(i, q[0])
			if al.weak == nil {
				al.weak = map[int]bool{}
			}
			al.weak[i] = true
			queue[k] = q[1:]
		}
	}
}

// similar pairs free items of a gap so that the sum of their likeness, which
// is from 0 to 1, is greatest, and what is then left where as many are left.
func (al *alignment) similar(as, bs []int, like func(i, j int) float64) {
	if len(as) == 1 && len(bs) == 1 {
		al.pair(as[0], bs[0])
		return
	}
	if len(as)*len(bs) > tableLimit/4 {
		if len(as) == len(bs) {
			for x := range as {
				al.pair(as[x], bs[x])
			}
		}
		return
	}
	w := len(bs) + 1
	score := make([]float64, len(as)*len(bs))
	table := make([]float64, (len(as)+1)*w)
	for x := len(as) - 1; x >= 0; x-- {
		for y := len(bs) - 1; y >= 0; y-- {
			s := like(as[x], bs[y])
			if s < 0.3 {
				s = -1
			}
			score[x*len(bs)+y] = s
			table[x*w+y] = max(table[(x+1)*w+y], table[x*w+y+1], table[(x+1)*w+y+1]+s)
		}
	}
	x0, y0 := 0, 0
	flush := func(x, y int) {
		if x-x0 == y-y0 {
			for ; x0 < x; x0, y0 = x0+1, y0+1 {
				al.pair(as[x0], bs[y0])
			}
		}
		x0, y0 = x, y
	}
	for x, y := 0, 0; x < len(as) && y < len(bs); {
		switch s := score[x*len(bs)+y]; {
		case s >= 0 && table[x*w+y] == table[(x+1)*w+y+1]+s:
			flush(x, y)
			al.pair(as[x], bs[y])
			x, y = x+1, y+1
			x0, y0 = x, y
		case table[x*w+y] == table[(x+1)*w+y]:
			x++
		default:
			y++
		}
	}
	flush(len(as), len(bs))
}

// inOrder returns the items of a of a longest row of pairs that are in the
// same order on both sides.
func (al *alignment) inOrder() []int {
	var tails []int // tails[n] ends the row of n+1 pairs that has the smallest end
	prev := make([]int, len(al.to))
	for i, j := range al.to {
		if j < 0 {
			continue
		}
		n, _ := slices.BinarySearchFunc(tails, j, func(t, j int) int { return al.to[t] - j })
		prev[i] = -1
		if n > 0 {
			prev[i] = tails[n-1]
		}
		if n == len(tails) {
			tails = append(tails, i)
		} else {
			tails[n] = i
		}
	}
	row := make([]int, len(tails))
	if len(tails) > 0 {
		for n, i := len(tails)-1, tails[len(tails)-1]; n >= 0; n, i = n-1, prev[i] {
			row[n] = i
		}
	}
	return row
}

// moved returns the number of pairs and how many of them are out of order.
// Where items are missing as well, weak pairs that are out of order say
// nothing about the order: they are undone, and count as missing on each side.
func (al *alignment) moved() (pairs, out int) {
	row := al.inOrder()
	for _, j := range al.to {
		if j >= 0 {
			pairs++
		}
	}
	if len(al.weak) == 0 || pairs == len(al.to) && pairs == len(al.from) {
		return pairs, pairs - len(row)
	}
	k := 0
	for i, j := range al.to {
		if k < len(row) && row[k] == i {
			k++
			continue
		}
		if j >= 0 && al.weak[i] {
			al.to[i], al.from[j] = -1, -1
			al.free++
			pairs--
		}
	}
	return pairs, pairs - len(row)
}
