package layout

import (
	"cmp"
	"math"
	"slices"

	"starboard/kicad/geom"
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
	var heads []*block // with those that serve them
	for _, bl := range b.blocks {
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
		first := -1
		for k := range heads {
			if !placed[k] && (first < 0 || waits[k] == 0 && waits[first] > 0) { // the first one in a circle
				first = k
			}
			if first >= 0 && waits[first] == 0 {
				break
			}
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
