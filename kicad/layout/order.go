package layout

import (
	"cmp"
	"math"
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/symbol"
)

// order sorts the blocks: those that signals come from before those that they go
// to, and otherwise as their first parts became known; what serves a symbol
// follows it, and child sheets come last, but for units that are not used. Where
// signals go in a circle, the first known comes first.
func (b *builder) order() {
	first := map[*block]int{}
	of := map[*unit]*block{}
	for _, bl := range b.blocks {
		first[bl] = math.MaxInt
		for _, v := range bl.sk.units {
			first[bl] = min(first[bl], v.u.part.Order)
			of[v.u] = bl
		}
	}
	// What a block serves may serve another in turn.
	home := func(start *block) *block {
		bl := start
		for range b.blocks {
			h := of[bl.home]
			if bl.home == nil || h == nil || h == bl {
				return bl
			}
			bl = h
		}
		return start // they serve each other
	}
	serves := func(bl *block) int {
		if home(bl) == bl {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(b.blocks, func(x, y *block) int {
		return cmp.Or(cmp.Compare(first[home(x)], first[home(y)]), cmp.Compare(serves(x), serves(y)), cmp.Compare(first[x], first[y]))
	})
	b.flowOrder(home)
	slices.SortStableFunc(b.blocks, func(x, y *block) int {
		if x.last == y.last {
			return 0
		}
		if y.last {
			return -1
		}
		return 1
	})
}

// flowOrder moves blocks behind those that their signals come from, each with
// what serves it.
func (b *builder) flowOrder(home func(*block) *block) {
	index := map[*block]int{}
	of := map[*unit]*block{}
	var heads []*block // with those that serve them
	for _, bl := range b.blocks {
		for _, v := range bl.sk.units {
			of[v.u] = bl
		}
		if home(bl) == bl {
			index[bl] = len(heads)
			heads = append(heads, bl)
		}
	}
	labels := b.countLabels()
	from, to := map[*net][]int{}, map[*net][]int{}
	for _, bl := range b.blocks {
		i, known := index[home(bl)]
		if !known {
			continue
		}
		for _, f := range b.faces(&bl.sk, labels) {
			if f.toward == geom.Right {
				from[f.net] = append(from[f.net], i)
			} else {
				to[f.net] = append(to[f.net], i)
			}
		}
	}
	b.drivenOrder(from, to, func(u *unit) (int, bool) {
		bl := of[u]
		if bl == nil {
			return 0, false
		}
		i, known := index[home(bl)]
		return i, known
	})
	next := make([][]int, len(heads)) // that each leads to
	waits := make([]int, len(heads))  // how many must come before each
	for _, n := range b.nets {
		for _, i := range from[n] {
			for _, k := range to[n] {
				if i != k && !slices.Contains(next[i], k) {
					next[i] = append(next[i], k)
					waits[k]++
				}
			}
		}
	}
	rank, placed := make([]int, len(heads)), make([]bool, len(heads))
	for n := range heads {
		first := slices.IndexFunc(heads, func(bl *block) bool { return !placed[index[bl]] && waits[index[bl]] == 0 })
		if first < 0 {
			first = ahead(next, placed)
		}
		placed[first], rank[first] = true, n
		for _, k := range next[first] {
			waits[k]--
		}
	}
	slices.SortStableFunc(b.blocks, func(x, y *block) int {
		return cmp.Compare(rank[index[home(x)]], rank[index[home(y)]])
	})
}

// ahead returns the first of what is not placed that waits for nothing but what
// waits for it in turn: the first in a circle, and nothing behind one. The circles
// of very large sheets are broken where they begin.
func ahead(next [][]int, placed []bool) int {
	const most = 400
	prev := make([][]int, len(next))
	for i, list := range next {
		for _, k := range list {
			prev[k] = append(prev[k], i)
		}
	}
	reached := func(from int, edges [][]int) []bool {
		seen := make([]bool, len(next))
		seen[from] = true
		for pending := []int{from}; len(pending) > 0; {
			i := pending[0]
			pending = pending[1:]
			for _, k := range edges[i] {
				if !placed[k] && !seen[k] {
					seen[k] = true
					pending = append(pending, k)
				}
			}
		}
		return seen
	}
	for k := range next {
		if placed[k] {
			continue
		}
		if len(next) > most {
			return k
		}
		after, before := reached(k, next), reached(k, prev)
		if within(before, after) {
			return k
		}
	}
	return slices.Index(placed, false)
}

// within reports whether all that one set has is in another.
func within(a, b []bool) bool {
	for i := range a {
		if a[i] && !b[i] {
			return false
		}
	}
	return true
}

// drivenOrder lets the blocks that a signal comes from and goes to be those with
// its drivers and the others, for nets that have drivers: labels tell only where
// there was room for them.
func (b *builder) drivenOrder(from, to map[*net][]int, block func(u *unit) (int, bool)) {
	for _, n := range b.nets {
		if n.power || len(n.terms) > maxJoined {
			continue
		}
		var drivers, others []int
		for _, r := range n.terms {
			i, known := block(r.u)
			if !known {
				continue
			}
			if drives(r) {
				drivers = append(drivers, i)
			} else {
				others = append(others, i)
			}
		}
		if len(drivers) > 0 {
			from[n], to[n] = drivers, others
		}
	}
}

// drives reports whether a terminal is an output.
func drives(r termRef) bool {
	switch r.u.part.Pin(r.u.terms[r.i].Key).Type {
	case symbol.Output, symbol.TriState, symbol.OpenCollector, symbol.OpenEmitter:
		return true
	}
	return false
}
