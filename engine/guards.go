package engine

import (
	"time"

	"go.starlark.net/starlark"

	"starboard/builtins"
	guarding "starboard/builtins/guard"
)

// guardScripts gives the scripts of a run their guards.
func (r *run) guardScripts(bounds interface{ told() string }, l *loader) {
	r.env.Source = l.source
	r.env.Cancelled = func(*starlark.Thread) string { return bounds.told() }
	r.env.Guards = &builtins.Guards{Logger: r.o.GuardLog}
	if m := r.o.Guards; m != nil {
		r.env.Guards.Earlier = m.Earlier
		if !r.o.Check {
			r.env.Guards.Changed = func(key string, s guarding.Snapshot) {
				if s.State == guarding.Open { // which must outlive even a crash
					m.Remember(key, s)
				}
			}
		}
	}
}

// settleGuards tells of the guards that were used, and remembers them.
func (r *run) settleGuards() {
	r.result.Guards = r.env.Guards.Uses()
	if r.o.Guards == nil || r.o.Check {
		return
	}
	for _, u := range r.result.Guards {
		if u.Remember {
			r.o.Guards.Remember(u.Key, u.Snapshot)
		}
	}
}

// told returns why the script was told to stop, "" if it was not.
func (g *guard) told() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cause == nil {
		return ""
	}
	return g.cause.Error()
}

// A ReportGuard is what came of a guard of a run.
type ReportGuard struct {
	Key         string  `json:"key"`   // file:name
	State       string  `json:"state"` // closed while the fast path is in use, open, or half-open
	Calls       uint64  `json:"calls"`
	FastCalls   uint64  `json:"fast_calls"`
	Failures    uint64  `json:"failures"` // of the fast path
	Share       float64 `json:"verified_share"`
	FastMS      float64 `json:"fast_ms"`
	TrustedMS   float64 `json:"trusted_ms"`
	LastFailure string  `json:"last_failure"`
}

func reportGuards(uses []builtins.GuardUse) []ReportGuard {
	list := []ReportGuard{}
	for i := range uses {
		s := &uses[i].Stats
		list = append(list, ReportGuard{
			Key: uses[i].Key, State: string(s.State), Calls: s.Calls, FastCalls: s.FastCalls(), Failures: s.Failures(), Share: s.Share(),
			FastMS: milliseconds(time.Duration(s.FastNS)), TrustedMS: milliseconds(time.Duration(s.TrustedNS)), LastFailure: s.LastFailure,
		})
	}
	return list
}
