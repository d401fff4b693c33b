// Package spell finds the names that a mistyped one may have meant.
package spell

import (
	"cmp"
	"slices"
	"strings"
)

// Nearest returns up to most of the names that are closest to word, the
// closest first and equally close ones in plain order. It returns none where
// nothing is close.
//
// Closeness is the number of letters to insert, delete, replace or swap with
// their neighbour (the optimal string alignment distance), without regard to
// case; at most a third of the word, and at least one letter, may differ, but
// nothing of a word of one letter. A name that contains a word of three letters
// or more counts as close whatever its length.
func Nearest(word string, names []string, most int) []string {
	type match struct {
		name string
		cost int
	}
	lower := strings.ToLower(word)
	limit := max(1, len(lower)/3)
	if len(lower) == 1 {
		limit = 0 // every other letter would be as close
	}
	var found []match
	for _, name := range names {
		l := strings.ToLower(name)
		cost := 0
		switch {
		case word == "" || name == "":
			continue
		case l == lower:
		case len(lower) >= 3 && strings.Contains(l, lower):
			cost = 2 + min(len(l)-len(lower), 20)
		default:
			d := distance(lower, l, limit)
			if d > limit {
				continue
			}
			cost = 1 + 2*d
		}
		found = append(found, match{name, cost})
	}
	slices.SortFunc(found, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.name, b.name))
	})
	found = slices.CompactFunc(found, func(a, b match) bool { return a.name == b.name })
	var out []string
	for _, m := range found[:min(most, len(found))] {
		out = append(out, m.name)
	}
	return out
}

// distance returns the optimal string alignment distance of a and b, or some
// number above limit where it exceeds that.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		best := i
		for j := 1; j <= len(b); j++ {
			same := 1
			if a[i-1] == b[j-1] {
				same = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+same)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			best = min(best, row[j])
		}
		if best > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
