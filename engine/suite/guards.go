package suite

import (
	"cmp"
	"slices"

	"starboard/builtins"
	"starboard/builtins/guard"
)

// A Guard is what came of a guard, in a scenario or in all of them.
type Guard struct {
	Key string `json:"key"` // file:name
	guard.Stats
	Tested    bool    `json:"tested,omitempty"`      // faults were injected
	Share     float64 `json:"verified_share"`        // of the calls of the fast path
	SavedNS   *int64  `json:"saved_ns,omitempty"`    // an estimate; negative is a loss
	SavedStep *int64  `json:"saved_steps,omitempty"` // the same in steps, which repeat exactly
}

func (g *Guard) complete() {
	g.Share = g.Stats.Share()
	g.SavedNS, g.SavedStep = nil, nil
	if saved, ok := g.Saved(); ok {
		ns := int64(saved)
		g.SavedNS = &ns
	}
	if saved, ok := g.SavedSteps(); ok {
		g.SavedStep = &saved
	}
}

// equip gives a scenario its guards and external commands. The function that it
// returns ends them.
func (c *call) equip(env *builtins.Env) (end func()) {
	r := c.runner
	env.Cancelled = r.bounds.told
	env.Processes = r.processes(c.unit.suite.file)
	env.Guards = &builtins.Guards{Scenario: true}
	if log := r.o.GuardLog; log != nil {
		env.Guards.Logger = log.With("scenario", c.unit.id)
	}
	if m := r.o.Guards; m != nil {
		env.Guards.Earlier = r.earlier
		env.Guards.Changed = func(key string, s guard.Snapshot) {
			// That a fast path is switched off must outlive even a crash.
			if s.State == guard.Open {
				m.Remember(key, s)
			}
		}
	}
	return func() {
		env.Processes.Close()
		c.guards = env.Guards.Uses()
	}
}

// earlier returns the state that guards begin with: all scenarios of a run with
// the same, whatever those before them have found.
func (r *runner) earlier(key string) (guard.Snapshot, bool) {
	r.guardMu.Lock()
	defer r.guardMu.Unlock()
	e, ok := r.before[key]
	if !ok {
		e.s, e.known = r.o.Guards.Earlier(key)
		if r.before == nil {
			r.before = map[string]earlierGuard{}
		}
		r.before[key] = e
	}
	return e.s, e.known
}

// An earlierGuard is what was known of a guard before the run.
type earlierGuard struct {
	s     guard.Snapshot
	known bool
}

// guardsOf returns the guards of a scenario for its result.
func guardsOf(uses []builtins.GuardUse) []Guard {
	var list []Guard
	for i := range uses {
		g := Guard{Key: uses[i].Key, Stats: uses[i].Stats, Tested: uses[i].Tested}
		g.complete()
		list = append(list, g)
	}
	return list
}

// Guards adds up the guards of all results. Those with injected faults are left
// out. The state is the worst of any scenario.
func Guards(suites []Suite) []Guard {
	var list []Guard
	at := map[string]int{}
	for i := range suites {
		for j := range suites[i].Results {
			for _, g := range suites[i].Results[j].Guards {
				if g.Tested {
					continue
				}
				k, ok := at[g.Key]
				if !ok {
					at[g.Key] = len(list)
					list = append(list, g)
					continue
				}
				state := worse(list[k].State, g.State)
				list[k].Add(&g.Stats)
				list[k].State = state
			}
		}
	}
	for i := range list {
		list[i].complete()
	}
	slices.SortFunc(list, func(a, b Guard) int { return cmp.Compare(a.Key, b.Key) })
	return list
}

func worse(a, b guard.State) guard.State {
	for _, s := range []guard.State{guard.Open, guard.HalfOpen} {
		if a == s || b == s {
			return s
		}
	}
	return guard.Closed
}

// settleGuards makes one state of what the scenarios have seen of each guard,
// in the order of the source, tells the report, and remembers it.
func (r *runner) settleGuards() {
	r.report.Guards = Guards(r.report.Suites)
	machines := map[string]*guard.Machine{}
	for _, u := range r.units {
		for _, use := range u.guards {
			if use.Tested || !use.Remember {
				continue
			}
			m := machines[use.Key]
			if m == nil {
				var err error
				if m, err = guard.NewMachine(use.Name, use.Config); err != nil {
					continue // it could not have been made
				}
				if r.o.Guards != nil {
					if s, ok := r.earlier(use.Key); ok {
						m.Restore(s)
					}
				}
				machines[use.Key] = m
			}
			use.Outcomes.Replay(m)
		}
	}
	for i := range r.report.Guards {
		g := &r.report.Guards[i]
		m := machines[g.Key]
		if m == nil {
			continue
		}
		g.State, g.Rate = m.State(), m.Rate()
		if r.o.Guards != nil {
			r.o.Guards.Remember(g.Key, m.Snapshot())
		}
	}
}
