package sample

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// A Subject is something whose time is taken.
type Subject struct {
	Name string
	// Run does the work n times. Its error ends the measurement: what fails has
	// no time.
	Run func(n int) error
	// Steps, where set, counts the steps of the interpreter so far.
	Steps func() uint64
	// Took, where set, returns what of the last Run counts as its time; nil is
	// all of it.
	Took func() time.Duration
}

// A Plan says how much is measured. The zero value of a field is its default.
type Plan struct {
	Rounds int           // measurements of each subject; default 30
	Least  time.Duration // how long one try should last at least; default 2 ms
	Most   int           // how often Run is asked to work at most for one; default 1,000,000
}

// DefaultRounds is the number of measurements of each subject.
const DefaultRounds = 30

// Tries is the odd number of tries of which a measurement is the median. Where
// the machine takes the processor away for some milliseconds, that spoils one
// or two of them and not the measurement. (The quickest would be steadier
// still, but leaves out what belongs to the work, such as collecting garbage.)
const Tries = 5

func (p Plan) complete() Plan {
	if p.Rounds == 0 {
		p.Rounds = DefaultRounds
	}
	if p.Least == 0 {
		p.Least = 2 * time.Millisecond
	}
	if p.Most == 0 {
		p.Most = 1_000_000
	}
	return p
}

// A Series is what was measured of one subject. All raw figures are kept, in
// the order in which they were taken.
type Series struct {
	Name   string    `json:"name"`
	N      int       `json:"n"`           // how often the work was done for one try
	NS     []float64 `json:"ns"`          // nanoseconds for doing it once, of every try: Tries for each measurement
	Steps  float64   `json:"steps"`       // of the interpreter for doing it once: the same in every run
	Allocs float64   `json:"allocs"`      // allocations for doing it once, the fewest of all rounds
	Bytes  float64   `json:"alloc_bytes"` // allocated bytes for doing it once, the fewest of all rounds
}

// Times returns the measurements: nanoseconds for doing the work once.
func (s *Series) Times() []float64 {
	var times []float64
	for tries := range slices.Chunk(s.NS, Tries) {
		times = append(times, slices.Sorted(slices.Values(tries))[len(tries)/2])
	}
	return times
}

// A SubjectError is the failure of a subject.
type SubjectError struct {
	Name string
	Err  error
}

func (e *SubjectError) Error() string { return fmt.Sprintf("%s: %v", e.Name, e.Err) }
func (e *SubjectError) Unwrap() error { return e.Err }

// Measure takes the time of each subject in each round. Subjects take turns
// within a round, and every other round goes backwards, so that none profits
// from its place. Before the first round each is warmed up while the number of
// repetitions for one measurement is found.
//
// The machine should have nothing else to do meanwhile, least of all by this
// process: allocations are those of the whole process.
func Measure(now func() time.Time, plan Plan, subjects ...Subject) ([]Series, error) {
	plan = plan.complete()
	all := make([]Series, len(subjects))
	for i, s := range subjects {
		all[i].Name = s.Name
		var err error
		if all[i].Steps, err = steps(s); err == nil {
			all[i].N, err = calibrate(now, plan, s)
		}
		if err != nil {
			return nil, &SubjectError{s.Name, err}
		}
	}
	for round := range plan.Rounds {
		for turn := range subjects {
			i := turn
			if round%2 == 1 {
				i = len(subjects) - 1 - turn
			}
			if err := once(now, subjects[i], &all[i], round == 0); err != nil {
				return nil, &SubjectError{subjects[i].Name, err}
			}
		}
	}
	return all, nil
}

// steps returns how many steps of the interpreter it takes to do the work once
// more: what is done once for all repetitions is left out, so that the figure
// does not depend on their number.
func steps(s Subject) (float64, error) {
	if s.Steps == nil {
		return 0, nil
	}
	var took [2]uint64
	for i := range took {
		before := s.Steps()
		if err := s.Run(i + 1); err != nil {
			return 0, err
		}
		took[i] = s.Steps() - before
	}
	return float64(took[1]) - float64(took[0]), nil
}

// calibrate returns how often the work has to be done to last plan.Least.
func calibrate(now func() time.Time, plan Plan, s Subject) (int, error) {
	for n := 1; ; {
		took, err := timed(now, s, n)
		if err != nil {
			return 0, err
		}
		if took >= plan.Least || n >= plan.Most {
			return n, nil
		}
		// Aims a little higher, but never grows more than a hundredfold on the
		// word of one measurement.
		next := n * 100
		if took > 0 {
			next = min(next, int(1.2*float64(n)*float64(plan.Least)/float64(took))+1)
		}
		n = min(max(next, n+1), plan.Most)
	}
}

func timed(now func() time.Time, s Subject, n int) (time.Duration, error) {
	start := now()
	if err := s.Run(n); err != nil {
		return 0, err
	}
	took := now().Sub(start)
	if s.Took != nil {
		took = s.Took()
	}
	return took, nil
}

// once takes one measurement.
func once(now func() time.Time, s Subject, to *Series, first bool) error {
	runtime.GC() // what the one before left behind is not this one's work
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range Tries {
		took, err := timed(now, s, to.N)
		if err != nil {
			return err
		}
		// A clock that stands still would make quotients of nothing.
		to.NS = append(to.NS, float64(max(took, 1))/float64(to.N))
	}
	done := float64(Tries * to.N)
	runtime.ReadMemStats(&after)
	allocs, bytes := float64(after.Mallocs-before.Mallocs)/done, float64(after.TotalAlloc-before.TotalAlloc)/done
	if first || allocs < to.Allocs {
		to.Allocs = allocs
	}
	if first || bytes < to.Bytes {
		to.Bytes = bytes
	}
	return nil
}
