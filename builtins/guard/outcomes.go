package guard

// Outcomes are what came of many calls, in their order.
type Outcomes []outcomeRun

type outcomeRun struct {
	outcome Outcome
	times   int
}

// Add adds the outcome of a call.
func (o *Outcomes) Add(x Outcome) {
	if n := len(*o); n > 0 && (*o)[n-1].outcome == x {
		(*o)[n-1].times++
		return
	}
	*o = append(*o, outcomeRun{x, 1})
}

// Replay lets a machine learn of the calls as if they had been its own. So
// what guards of one name have seen side by side becomes one state, which
// depends on their order alone. A call of a fast path that is switched off for
// this machine says nothing for it.
func (o Outcomes) Replay(m *Machine) {
	for _, run := range o {
		for range run.times {
			m.Record(m.Plan(), run.outcome)
		}
	}
}
