package guard

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
)

// A State says whether the fast path is in use.
type State string

const (
	Closed   State = "closed"    // the fast path is in use
	Open     State = "open"      // it is switched off
	HalfOpen State = "half-open" // it is tried, and the caller gets the trusted answer
)

// A Config says when a fast path is switched off and on. The zero value of a
// field is its default.
type Config struct {
	// MaxFailureRate is the share of the last calls that may fail: above it, the
	// fast path is switched off. Default 0.10; negative is 0.
	MaxFailureRate float64
	// Window is how many of the fast path's last calls are judged. Default 100.
	Window int
	// MinCalls is how many there have to be before a share means anything.
	// Default 20, or Window if that is less.
	MinCalls int
	// Sample is of how many calls one is verified, in the long run: 1 verifies
	// all. Default 20.
	Sample int
	// Trial is how many calls are verified at first, and after the fast path has
	// been switched on again. Default MinCalls.
	Trial int
	// ProbeAfter is after how many calls a fast path that was switched off is
	// tried again. Each time that it fails the trial, it is twice as many, up to
	// 16 times. Default Window.
	ProbeAfter int
	// Probes is how many calls in a row have to be verified, and right, to switch
	// it on again: only that proves it. Default 10.
	Probes int
	// Version names the code of the fast path. When it changes, what is known of
	// the old one counts no more: a fast path in use is on trial again, and one
	// that was switched off is tried at once.
	Version string
}

func (c *Config) complete() error {
	set := func(n *int, otherwise int) {
		if *n == 0 {
			*n = otherwise
		}
	}
	if c.MaxFailureRate == 0 {
		c.MaxFailureRate = 0.10
	}
	c.MaxFailureRate = max(c.MaxFailureRate, 0)
	set(&c.Window, 100)
	set(&c.MinCalls, min(20, c.Window))
	set(&c.Sample, 20)
	set(&c.Trial, c.MinCalls)
	set(&c.ProbeAfter, c.Window)
	set(&c.Probes, 10)
	for _, f := range []struct {
		name string
		n    int
	}{{"window", c.Window}, {"min_calls", c.MinCalls}, {"sample", c.Sample}, {"trial", c.Trial}, {"probe_after", c.ProbeAfter}, {"probes", c.Probes}} {
		if f.n < 1 || f.n > maxCount {
			return fmt.Errorf("%s: got %d, want 1 to %d", f.name, f.n, maxCount)
		}
	}
	switch {
	case !(c.MaxFailureRate <= 1):
		return fmt.Errorf("max_failure_rate: got %v, want 0 to 1", c.MaxFailureRate)
	case c.MinCalls > c.Window:
		return fmt.Errorf("min_calls: got %d, want at most the window, %d", c.MinCalls, c.Window)
	}
	return nil
}

const maxCount = 1_000_000

// An Outcome is what came of a call.
type Outcome byte

const (
	Skipped  Outcome = 's' // the fast path was not called
	Passed   Outcome = 'p' // it answered, and was not verified
	Verified Outcome = 'v' // it did as the trusted path
	Failed   Outcome = 'f' // it returned an error, the trusted path did not
	Mismatch Outcome = 'm' // its answer was wrong, or could not be compared
	Runaway  Outcome = 'r' // it had to be stopped
)

var outcomeNames = map[Outcome]string{
	Skipped: "skipped", Passed: "passed", Verified: "verified", Failed: "error", Mismatch: "mismatch", Runaway: "stopped",
}

func (o Outcome) String() string { return outcomeNames[o] }

func (o Outcome) bad() bool { return o == Failed || o == Mismatch || o == Runaway }

// A Plan is what a call is to do.
type Plan struct {
	Call   uint64 // its number, from 1, since the guard was new
	Fast   bool   // call the fast path
	Verify bool   // and the trusted one, whatever the fast path says

	epoch uint64
}

// A Machine decides for each call which paths it takes. It is an automaton of
// three states: the same outcomes in the same order are the same decisions.
//
// Closed: the fast path is called. All calls are verified during the trial,
// and while the window holds a mismatch; of the others one in each Sample
// following ones, at a place in them that the name decides, so that calls
// which come in a pattern are not verified in step with it. The fast path is
// switched off when more than MaxFailureRate of the window have failed, once
// it holds MinCalls, and at once when it had to be stopped.
//
// Open: it is not called. After ProbeAfter calls, or twice as many if the last
// trial failed, and so on, it is tried.
//
// Half-open: all calls are verified. Probes of them in a row that are right
// switch it on, with an empty window and a new trial. One that fails switches
// it off again.
//
// It is not safe for concurrent use, but calls may overlap: Plan and Record of
// several calls may come in any order. What a call that began before the last
// change of state has to say for the fast path does not count, what it says
// against it does.
type Machine struct {
	c    Config
	seed uint64
	s    Snapshot // its window is empty, and kept here:

	window     []byte // a ring, once it is full
	oldest     int    // in the ring
	bad, wrong int    // in the window: failures, and mismatches among them
	epoch      uint64
}

// A Snapshot is all that a machine knows.
type Snapshot struct {
	Version string `json:"version,omitempty"` // of the fast path's code
	State   State  `json:"state"`
	Calls   uint64 `json:"calls"`             // that were planned
	Fast    uint64 `json:"fast"`              // of them, those of the fast path in use
	Window  string `json:"window,omitempty"`  // outcomes of the last of these, the latest at its end
	Trial   int    `json:"trial,omitempty"`   // verified calls that are still to come
	Wait    int    `json:"wait,omitempty"`    // calls until the fast path is tried again
	Streak  int    `json:"streak,omitempty"`  // verified calls in a row of the one that is tried
	Backoff int    `json:"backoff,omitempty"` // how often it has failed that in a row
}

// NewMachine returns a machine that knows nothing yet.
func NewMachine(name string, c Config) (*Machine, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	return &Machine{c: c, seed: h.Sum64(), s: Snapshot{Version: c.Version, State: Closed, Trial: c.Trial}}, nil
}

// Config returns the configuration with its defaults filled in.
func (m *Machine) Config() Config { return m.c }

// State returns whether the fast path is in use.
func (m *Machine) State() State { return m.s.State }

// Rate returns the share of the window that has failed; 0 while it is empty.
func (m *Machine) Rate() float64 {
	if len(m.window) == 0 {
		return 0
	}
	return float64(m.bad) / float64(len(m.window))
}

// Snapshot returns the state.
func (m *Machine) Snapshot() Snapshot {
	s := m.s
	s.Window = string(m.window[m.oldest:]) + string(m.window[:m.oldest])
	return s
}

// ErrSnapshot is a snapshot that no machine has made.
var ErrSnapshot = errors.New("the state of a guard makes no sense")

// Check returns [ErrSnapshot] for what no machine has made.
func (s *Snapshot) Check() error {
	known := s.State == Closed || s.State == Open || s.State == HalfOpen
	if !known || strings.Trim(s.Window, "pvfmr") != "" || s.Trial < 0 || s.Wait < 0 || s.Streak < 0 || s.Backoff < 0 {
		return ErrSnapshot
	}
	return nil
}

// Restore makes the machine go on where another one has stopped, which may
// have been configured in another way.
func (m *Machine) Restore(s Snapshot) {
	if s.Check() != nil {
		return // it stays new: on trial
	}
	if len(s.Window) > m.c.Window {
		s.Window = s.Window[len(s.Window)-m.c.Window:]
	}
	s.Trial, s.Wait, s.Streak = min(s.Trial, m.c.Trial), min(s.Wait, m.longestWait()), min(s.Streak, m.c.Probes-1)
	if s.Version != m.c.Version {
		s.Version, s.Window, s.Streak, s.Backoff = m.c.Version, "", 0, 0
		if s.State == Closed {
			s.Trial = m.c.Trial
		} else {
			s.State = HalfOpen
		}
	}
	m.empty()
	m.window = append(m.window, s.Window...)
	for _, o := range m.window {
		m.tally(Outcome(o), 1)
	}
	s.Window = ""
	m.s = s
}

// empty forgets the window.
func (m *Machine) empty() { m.window, m.oldest, m.bad, m.wrong = m.window[:0], 0, 0, 0 }

func (m *Machine) tally(o Outcome, by int) {
	if o.bad() {
		m.bad += by
	}
	if o == Mismatch {
		m.wrong += by
	}
}

// Plan says what the next call is to do. Its outcome goes to Record.
func (m *Machine) Plan() Plan {
	m.s.Calls++
	p := Plan{Call: m.s.Calls, Fast: m.s.State != Open, epoch: m.epoch}
	switch m.s.State {
	case HalfOpen:
		p.Verify = true
	case Closed:
		p.Verify = m.sampled() || m.s.Trial > 0 || m.wrong > 0
		m.s.Fast++
	}
	return p
}

// sampled reports whether the next call is the one to verify among its
// neighbours.
func (m *Machine) sampled() bool {
	n := uint64(m.c.Sample)
	block := m.s.Fast / n
	// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
	x := m.seed + (block+1)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return m.s.Fast%n == x%n
}

// Record says what came of a call that was planned.
func (m *Machine) Record(p Plan, o Outcome) {
	stale := p.epoch != m.epoch
	if stale && !o.bad() && o != Skipped {
		return
	}
	switch m.s.State {
	case Closed:
		if o != Skipped {
			m.push(o)
		}
	case HalfOpen:
		switch {
		case o.bad():
			m.open()
		case o == Verified:
			if m.s.Streak++; m.s.Streak >= m.c.Probes {
				m.become(Closed)
				m.empty()
				m.s.Trial = m.c.Trial
			}
		}
	case Open:
		if o == Skipped {
			if m.s.Wait--; m.s.Wait <= 0 {
				m.become(HalfOpen)
			}
		}
	}
}

func (m *Machine) push(o Outcome) {
	if m.s.Trial > 0 && o != Passed {
		m.s.Trial--
	}
	if len(m.window) < m.c.Window {
		m.window = append(m.window, byte(o))
	} else {
		m.tally(Outcome(m.window[m.oldest]), -1)
		m.window[m.oldest] = byte(o)
		m.oldest = (m.oldest + 1) % m.c.Window
	}
	m.tally(o, 1)
	n := len(m.window)
	if n == m.c.Window {
		m.s.Backoff = 0
	}
	// In whole numbers, so that 3 of 30 is not above a tenth.
	const unit = 1_000_000
	limit := int64(m.c.MaxFailureRate*unit + 0.5)
	if o == Runaway || n >= m.c.MinCalls && int64(m.bad)*unit > limit*int64(n) {
		m.open()
	}
}

const maxBackoff = 4

func (m *Machine) longestWait() int { return m.c.ProbeAfter << maxBackoff }

// open switches the fast path off.
func (m *Machine) open() {
	m.become(Open)
	m.s.Wait = m.c.ProbeAfter << min(m.s.Backoff, maxBackoff)
	m.s.Backoff++
	m.empty()
	m.s.Trial = 0
}

func (m *Machine) become(s State) {
	m.s.State, m.s.Wait, m.s.Streak = s, 0, 0
	m.epoch++
}
