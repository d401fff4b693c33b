package guard

import "time"

// Stats are what a guard has counted. Times are in nanoseconds.
type Stats struct {
	State      State   `json:"state"`
	Calls      uint64  `json:"calls"`
	Alone      uint64  `json:"alone"`      // answered by the fast path alone
	Verified   uint64  `json:"verified"`   // calls in which both paths ran and agreed
	Errors     uint64  `json:"errors"`     // of the fast path alone
	Mismatches uint64  `json:"mismatches"` // wrong answers of the fast path
	Stopped    uint64  `json:"stopped"`    // calls of the fast path that had to be stopped
	Skipped    uint64  `json:"skipped"`    // calls without the fast path
	Opened     uint64  `json:"opened"`     // how often the fast path was switched off
	Rate       float64 `json:"rate"`       // share of the last calls that failed

	FastNS       int64  `json:"fast_ns"`    // of all calls of the fast path
	TrustedNS    int64  `json:"trusted_ns"` // of all calls of the trusted path
	CompareNS    int64  `json:"compare_ns"` // of comparing
	TrustedRuns  uint64 `json:"trusted_runs"`
	FastSteps    uint64 `json:"fast_steps,omitempty"`
	TrustedSteps uint64 `json:"trusted_steps,omitempty"`

	LastFailure string `json:"last_failure,omitempty"` // in words
}

func (s *Stats) add(e *entry) {
	s.Calls++
	switch e.outcome {
	case Skipped:
		s.Skipped++
	case Passed:
		s.Alone++
	case Verified:
		s.Verified++
	case Failed:
		s.Errors++
	case Mismatch:
		s.Mismatches++
	case Runaway:
		s.Stopped++
	}
	if e.why != "" {
		s.LastFailure = e.why
	}
	if e.fast != nil {
		s.FastNS += int64(e.fast.wall)
		s.FastSteps += e.fast.steps
	}
	if e.trusted != nil {
		s.TrustedNS += int64(e.trusted.wall)
		s.TrustedSteps += e.trusted.steps
		s.TrustedRuns++
	}
	s.CompareNS += int64(e.compare)
}

// Add adds what another guard of the same name has counted, later.
func (s *Stats) Add(o *Stats) {
	s.Calls += o.Calls
	s.Alone += o.Alone
	s.Verified += o.Verified
	s.Errors += o.Errors
	s.Mismatches += o.Mismatches
	s.Stopped += o.Stopped
	s.Skipped += o.Skipped
	s.Opened += o.Opened
	s.FastNS += o.FastNS
	s.TrustedNS += o.TrustedNS
	s.CompareNS += o.CompareNS
	s.TrustedRuns += o.TrustedRuns
	s.FastSteps += o.FastSteps
	s.TrustedSteps += o.TrustedSteps
	s.State, s.Rate = o.State, o.Rate
	if o.LastFailure != "" {
		s.LastFailure = o.LastFailure
	}
}

// FastCalls returns how often the fast path was called.
func (s *Stats) FastCalls() uint64 { return s.Calls - s.Skipped }

// Failures returns how many calls of the fast path failed.
func (s *Stats) Failures() uint64 { return s.Errors + s.Mismatches + s.Stopped }

// Share returns which share of the fast path's calls was verified: those whose
// answer was compared with the trusted one.
func (s *Stats) Share() float64 {
	if s.FastCalls() == 0 {
		return 0
	}
	return float64(s.Verified+s.Mismatches) / float64(s.FastCalls())
}

// Saved estimates what the fast path has saved: for each call that it answered
// alone a mean call of the trusted path, less all that it and its verification
// took. It is negative where the guard costs more than it saves. Known is
// false while the trusted path has not run.
func (s *Stats) Saved() (saved time.Duration, known bool) {
	if s.TrustedRuns == 0 {
		return 0, false
	}
	mean := float64(s.TrustedNS) / float64(s.TrustedRuns)
	return time.Duration(mean*float64(s.Alone)) - time.Duration(s.FastNS+s.CompareNS), true
}

// SavedSteps is the same in steps, which repeat exactly.
func (s *Stats) SavedSteps() (saved int64, known bool) {
	if s.TrustedRuns == 0 || s.TrustedSteps == 0 {
		return 0, false
	}
	return int64(s.TrustedSteps/s.TrustedRuns*s.Alone) - int64(s.FastSteps), true
}
