package property

import (
	"crypto/sha256"
	"slices"
)

// shrink makes the failure smaller as long as that succeeds and the search
// allows. What it tries, it tries in an order that depends on nothing but the
// choices.
func shrink(search Search, f *Failure, try Try) error {
	if search.Shrinks <= 0 {
		return nil
	}
	if f.Kept >= 0 && f.Kept < len(search.Least) && search.Least[f.Kept] == f.Fault {
		f.Least = true
		return nil
	}
	s := &shrinker{search: search, f: f, try: try, seen: map[[sha256.Size]byte]bool{}}
	// Once more as it is: this gives the structure, and shows whether the same
	// example comes to the same each time.
	src := Replay(f.Choices)
	out, err := try(src)
	if err != nil {
		return err
	}
	if out.Status != Failed || out.Fault != f.Fault {
		f.Fickle = true
		return nil
	}
	s.take(src)
	s.seen[digest(f.Choices)] = true
	for s.err == nil && !s.over() {
		before := f.Smaller
		for _, pass := range []func(){s.leaveOut, s.zero, s.minimise, s.together, s.lift, s.shift, s.order, s.chunks} {
			pass()
		}
		if f.Smaller == before {
			f.Least = !s.over()
			break
		}
	}
	return s.err
}

// A shrinker keeps the smallest example so far.
type shrinker struct {
	search  Search
	f       *Failure
	try     Try
	choices []uint64
	most    []uint64 // of each choice
	spans   []span
	seen    map[[sha256.Size]byte]bool
	err     error
}

func (s *shrinker) over() bool {
	return s.err != nil || s.f.Shrinks >= s.search.Shrinks || s.search.Spent != nil && s.search.Spent()
}

// take makes what the source gave the smallest example so far.
func (s *shrinker) take(src *Source) {
	s.choices, s.spans = src.Choices(), src.spans
	s.most = make([]uint64, len(src.made))
	for i, c := range src.made {
		s.most[i] = c.most
	}
	s.f.Choices = s.choices
}

// better tries a list of choices, and takes it if it is simpler and fails in
// the same place.
func (s *shrinker) better(choices []uint64) bool {
	if s.over() || !Simpler(choices, s.choices) {
		return false
	}
	sum := digest(choices)
	if s.seen[sum] {
		return false
	}
	s.seen[sum] = true
	src := Replay(choices)
	s.f.Shrinks++
	out, err := s.try(src)
	if err != nil {
		s.err = err
		return false
	}
	got := src.Choices()
	s.seen[digest(got)] = true
	if src.Large() || out.Status != Failed || out.Fault != s.f.Fault || !Simpler(got, s.choices) {
		return false
	}
	s.take(src)
	s.f.Smaller++
	return true
}

// without returns the choices but those from start to end.
func (s *shrinker) without(start, end int) []uint64 {
	return slices.Concat(s.choices[:start], s.choices[end:])
}

// with returns the choices with one of them changed.
func (s *shrinker) with(i int, v uint64) []uint64 {
	c := slices.Clone(s.choices)
	c[i] = v
	return c
}

// siblings returns the indices of the spans of the same kind that stand beside
// the span i, from it on.
func (s *shrinker) siblings(i int) []int {
	list := []int{i}
	for k := i + 1; k < len(s.spans); k++ {
		if s.spans[k].parent == s.spans[i].parent && s.spans[k].kind == s.spans[i].kind {
			list = append(list, k)
		}
	}
	return list
}

// leaveOut leaves out things: first many that stand side by side, then fewer,
// then each.
func (s *shrinker) leaveOut() {
	for i := 0; i < len(s.spans); i++ {
		size := len(s.siblings(i))
		for i < len(s.spans) && size > 0 && !s.over() {
			group := s.siblings(i)
			size = min(size, len(group))
			first, last := s.spans[group[0]], s.spans[group[size-1]]
			if last.end <= first.start || !s.better(s.without(first.start, last.end)) {
				size /= 2
			}
		}
	}
}

// zero makes things the simplest of their kind.
func (s *shrinker) zero() {
	for i := 0; i < len(s.spans); i++ {
		at := s.spans[i]
		if !slices.ContainsFunc(s.choices[at.start:at.end], func(c uint64) bool { return c > 0 }) {
			continue
		}
		c := slices.Clone(s.choices)
		clear(c[at.start:at.end])
		s.better(c)
	}
}

// lift puts a thing in the place of one of its kind that it is part of.
func (s *shrinker) lift() {
	for i := 0; i < len(s.spans); i++ {
		for k := i + 1; k < len(s.spans); k++ {
			outer, inner := s.spans[i], s.spans[k]
			if inner.start >= outer.end {
				break
			}
			if inner.kind == outer.kind && inner.end-inner.start < outer.end-outer.start &&
				s.better(slices.Concat(s.choices[:outer.start], s.choices[inner.start:inner.end], s.choices[outer.end:])) {
				k = i
			}
		}
	}
}

// least finds the smallest number below high for which ok holds, if it holds
// for all above that, and a small one otherwise.
func least(high uint64, ok func(uint64) bool) {
	if high == 0 || ok(0) {
		return
	}
	low := uint64(0) // which is too small
	for steps := 0; low+1 < high && steps < 64; steps++ {
		if mid := low + (high-low)/2; ok(mid) {
			high = mid
		} else {
			low = mid
		}
	}
}

// minimise makes each choice as small as possible.
func (s *shrinker) minimise() {
	for i := 0; i < len(s.choices); i++ {
		from := s.choices[i]
		least(from, func(v uint64) bool { return i < len(s.choices) && s.better(s.with(i, v)) })
		// What is odd must stay odd, and so on: a multiple less may do where half
		// does not.
		for unit := uint64(1); unit <= 4; unit++ {
			s.lower(i, unit)
		}
	}
}

// lower makes a choice smaller by as many times unit as it finds.
func (s *shrinker) lower(i int, unit uint64) {
	fits := func(step uint64) bool {
		return i < len(s.choices) && s.choices[i] >= step && s.better(s.with(i, s.choices[i]-step))
	}
	step := unit
	for fits(step) && step < 1<<62 {
		step *= 2
	}
	for ; step >= unit; step /= 2 {
		for fits(step) {
		}
	}
}

// together makes choices smaller that are equal, all at once.
func (s *shrinker) together() {
	done := map[uint64]bool{0: true}
	for i := 0; i < len(s.choices); i++ {
		v := s.choices[i]
		if done[v] {
			continue
		}
		done[v] = true
		var equal []int
		for k := i; k < len(s.choices); k++ {
			if s.choices[k] == v {
				equal = append(equal, k)
			}
		}
		if len(equal) < 2 {
			continue
		}
		least(v, func(w uint64) bool {
			c := slices.Clone(s.choices)
			for _, k := range equal {
				if k >= len(c) {
					return false
				}
				c[k] = w
			}
			return s.better(c)
		})
	}
}

// near is how far from each other choices may be that have to do with each
// other.
const near = 8

// shift makes a choice smaller and a later one larger by as much, so that what
// is a sum becomes one number.
func (s *shrinker) shift() {
	for i := 0; i < len(s.choices); i++ {
		for k := i + 1; k < min(i+near, len(s.choices)); k++ {
			from, to := s.choices[i], s.choices[k]
			if from == 0 || s.most[k] <= 1 || s.most[i] <= 1 {
				continue
			}
			least(from, func(v uint64) bool {
				if k >= len(s.choices) || s.most[k]-to < from-v {
					return false
				}
				c := s.with(i, v)
				c[k] = to + (from - v)
				return s.better(c)
			})
		}
	}
}

// order exchanges things of a kind, and choices, that are not in order.
func (s *shrinker) order() {
	for i := 0; i < len(s.spans); i++ {
		group := s.siblings(i)
		if len(group) < 2 {
			continue
		}
		a, b := s.spans[group[0]], s.spans[group[1]]
		if a.end > b.start {
			continue
		}
		c := s.choices
		s.better(slices.Concat(c[:a.start], c[b.start:b.end], c[a.end:b.start], c[a.start:a.end], c[b.end:]))
	}
	for i := 0; i < len(s.choices); i++ {
		for k := i + 1; k < min(i+near, len(s.choices)); k++ {
			if s.choices[k] < s.choices[i] {
				c := s.with(i, s.choices[k])
				c[k] = s.choices[i]
				s.better(c)
			}
		}
	}
}

// chunks leaves out choices wherever they stand, also with the one before them
// made smaller, which may have been their number.
func (s *shrinker) chunks() {
	const long = 400 // it would take too many tries
	if len(s.choices) > long {
		return
	}
	for size := 4; size > 0; size-- {
		for i := len(s.choices) - size; i >= 0; i-- {
			if i+size > len(s.choices) {
				continue
			}
			c := s.without(i, i+size)
			if !s.better(c) && i > 0 && s.choices[i-1] > 0 {
				c[i-1]--
				s.better(c)
			}
		}
	}
}
