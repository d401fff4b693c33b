package guard

import "time"

// A Fault is what goes wrong with the fast path in a call, to test a guard.
// The fast path runs nevertheless, and its answer is spoilt afterwards. A call
// that does not take the fast path has no fault.
type Fault[Out any] struct {
	Err   error               // instead of the answer
	Wrong func(right Out) Out // makes a wrong answer of the right one
	Slow  time.Duration       // that it is taken to have lasted longer; nothing waits
}

func (f *Fault[Out]) spoil(out *Out, err *error, wall *time.Duration) {
	*wall += f.Slow
	if f.Wrong != nil && *err == nil {
		*out = f.Wrong(*out)
	}
	if f.Err != nil {
		*err = f.Err
	}
}

// Inject makes the guard as new, and lets the given calls from now on, counted
// from 1, go wrong. From then on Changed is told of nothing: what a test does
// to a fast path says nothing about it.
func (g *Guard[In, Out]) Inject(faults map[uint64]Fault[Out]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	m, err := NewMachine(g.name, g.o.Config)
	if err != nil {
		panic("guard: internal error: " + err.Error()) // New has accepted it
	}
	g.m, g.stats, g.kept, g.calls, g.faults, g.tested = m, Stats{}, nil, 0, faults, true
}

// Tested reports whether faults have been injected.
func (g *Guard[In, Out]) Tested() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.tested
}
