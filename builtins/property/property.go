// Package property looks for examples for which a property does not hold, and
// makes those that it finds small.
//
// An example is drawn from a [Source], which answers one question only: a whole
// number from 0 to a maximum. The answers are all that there is to remember of
// an example. So what is made of them may be anything (a mapped value, a
// filtered one, a whole circuit), and is made smaller, kept and repeated without
// knowing how it came about: shrinking looks for a shorter list of answers, or
// one of smaller answers, for which the property fails in the same place. Who
// draws keeps to one rule: less and smaller is simpler, and 0 is the simplest.
// This is how Hypothesis works (MacIver and Donaldson, "Test-Case Reduction via
// Test-Case Generation: Insights From the Hypothesis Reducer", ECOOP 2020).
//
// The same seed gives the same examples: each has a generator of its own, which
// its number and the seed decide. No clock is looked at; what bounds a search
// are counts. [Check] is the entry point, [Replay] repeats an example.
//
// pgregory.net/rapid, which tests our own Go code, works in the same way but
// cannot carry this: its seed and the number of its checks are flags of the
// process, shared by all that run side by side; a failure is a panic of a
// testing.TB, keyed by a Go stack that is the same for every script; it stops
// to shrink when a clock says so; and it does not give out what it has drawn.
package property

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// A Status says what came of an example.
type Status int

const (
	Held     Status = iota
	Failed          // the property does not hold
	Rejected        // there is no such example: a filter wants another
)

// An Outcome is what came of an example.
type Outcome struct {
	Status Status
	Fault  string // of a failure: equal for what is one and the same fault
	Why    string // of a rejection: who did it
}

// A Try draws an example and looks whether the property holds. Its error ends
// the search.
type Try func(*Source) (Outcome, error)

// A Search says what to look for.
type Search struct {
	Seed     uint64
	Examples int        // how many have to hold
	Shrinks  int        // the most that are tried to make a failing one smaller; 0 is none
	Kept     [][]uint64 // tried before all others
	Least    []string   // of each of Kept, the fault for which none is smaller, or ""
	// Spent, where set, ends the shrinking early.
	Spent func() bool
}

// A Result is what a search has found.
type Result struct {
	Held     int            // different examples for which the property held
	Repeated int            // examples that had been drawn before, and were left out
	Rejected map[string]int // by who did it
	Large    int            // examples that were left out since they were too large
	Failure  *Failure       // nil where it always held
	Fixed    []int          // indices of Kept that hold now
}

// Rejections returns how many examples were rejected, by any filter.
func (r *Result) Rejections() int {
	n := 0
	for _, k := range r.Rejected {
		n += k
	}
	return n
}

// A Failure is an example for which the property does not hold.
type Failure struct {
	Choices []uint64
	Fault   string
	Kept    int      // the index of the one of Kept that it came from, or -1
	After   int      // how many examples had held before
	First   []uint64 // as it was found, before it was made smaller
	Shrinks int      // how many were tried to make it smaller
	Smaller int      // and how many of them were smaller, and failed
	Least   bool     // no smaller one was found before the number of tries ran out
	// Fickle says that the example held when it was tried once more.
	Fickle bool
}

// patience bounds the search where examples are rejected or repeat: this many
// are drawn for each that is wanted, and a few more.
const (
	patience = 10
	more     = 100
)

// Check tries examples until one fails or enough have held: first those that
// are kept, then the simplest one, then drawn ones. An error of try ends it.
func Check(s Search, try Try) (*Result, error) {
	r := &Result{Rejected: map[string]int{}}
	seen := map[[sha256.Size]byte]bool{}
	one := func(src *Source, kept int) (failed bool, err error) {
		out, err := try(src)
		if err != nil {
			return false, err
		}
		sum := digest(src.Choices())
		switch {
		case src.Large():
			r.Large++
		case out.Status == Rejected:
			r.Rejected[out.Why]++
		case out.Status == Failed:
			r.Failure = &Failure{Choices: src.Choices(), First: src.Choices(), Fault: out.Fault, Kept: kept, After: r.Held}
			return true, shrink(s, r.Failure, try)
		case kept >= 0:
			r.Fixed = append(r.Fixed, kept)
			seen[sum] = true
		case seen[sum]:
			r.Repeated++
		default:
			seen[sum] = true
			r.Held++
		}
		return false, nil
	}
	for i, choices := range s.Kept {
		if failed, err := one(Replay(choices), i); failed || err != nil {
			return r, err
		}
	}
	for i := 0; r.Held < s.Examples && i < patience*s.Examples+more; i++ {
		src := Replay(nil)
		if i > 0 {
			src = newSource(s.Seed, uint64(i))
		}
		if failed, err := one(src, -1); failed || err != nil {
			return r, err
		}
	}
	return r, nil
}

// digest returns what is equal for equal choices.
func digest(choices []uint64) [sha256.Size]byte {
	buf := make([]byte, 0, 4*len(choices))
	for _, c := range choices {
		buf = binary.AppendUvarint(buf, c)
	}
	return sha256.Sum256(buf)
}

// Simpler reports whether one list of choices is simpler than another: it is
// shorter, or as long and the first that differs is smaller.
func Simpler(a, b []uint64) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return slices.Compare(a, b) < 0
}
