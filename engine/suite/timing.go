package suite

import (
	"strings"

	"starboard/builtins"
	"starboard/builtins/sample"
)

// A Timing is the answer to a question about time: of t.faster or t.within.
type Timing struct {
	Check   string          `json:"check"`
	File    string          `json:"file"`
	Line    int             `json:"line"`
	Col     int             `json:"col"`
	Verdict sample.Verdict  `json:"verdict"`
	Msg     string          `json:"message"`
	By      float64         `json:"by,omitempty"` // of t.faster: the factor that was asked for
	Ratio   float64         `json:"ratio,omitempty"`
	Low     float64         `json:"ratio_low,omitempty"`
	High    float64         `json:"ratio_high,omitempty"`
	P       float64         `json:"p,omitempty"`        // of a wrong yes, corrected for the questions of the suite
	PNo     float64         `json:"p_no,omitempty"`     // of a wrong no
	LimitNS int64           `json:"limit_ns,omitempty"` // of t.within
	Series  []sample.Series `json:"series"`             // all that was measured

}

func (s *sources) timing(f file, m builtins.Measurement) Timing {
	x := Timing{
		Check: m.Check, Verdict: m.Answer.Verdict, Msg: m.Msg, LimitNS: int64(m.Limit), Series: m.Series,
		By: m.Answer.By, Ratio: m.Answer.Ratio, Low: m.Answer.Low, High: m.Answer.High, P: m.Answer.P, PNo: m.Answer.PNo,
	}
	x.File, x.Line, x.Col = s.place(f, m.Pos)
	return x
}

// awaits reports whether the results of a unit have to wait for the rest of its
// suite: the more questions about time a suite asks, the less each answer
// proves.
func (r *runner) awaits(u *unit) bool {
	if !asksForTime(u) {
		return false
	}
	for _, other := range r.units {
		if other.suite == u.suite && other.results == nil {
			return true
		}
	}
	r.correct(u.suite)
	return false
}

func asksForTime(u *unit) bool {
	for i := range u.results {
		for j := range u.results[i].Timings {
			if u.results[i].Timings[j].By > 0 {
				return true
			}
		}
	}
	return false
}

// correct applies Holm's correction to all answers of t.faster in a suite, once.
// An answer that does not hold any more becomes one that nobody can tell.
func (r *runner) correct(l *loaded) {
	if l.corrected {
		return
	}
	l.corrected = true
	type asked struct {
		result *Result
		timing *Timing
	}
	var all []asked
	var yes, no []float64
	for _, u := range r.units {
		if u.suite != l {
			continue
		}
		for i := range u.results {
			for j := range u.results[i].Timings {
				if t := &u.results[i].Timings[j]; t.By > 0 {
					all = append(all, asked{&u.results[i], t})
					yes, no = append(yes, t.P), append(no, t.PNo)
				}
			}
		}
	}
	yes, no = sample.Holm(yes), sample.Holm(no)
	for i, a := range all {
		t := a.timing
		c := sample.Comparison{By: t.By, Ratio: t.Ratio, Low: t.Low, High: t.High, Alpha: sample.Alpha}
		c.Judge(yes[i], no[i])
		t.P, t.PNo = c.P, c.PNo
		if c.Verdict == t.Verdict {
			continue
		}
		was, said := t.Verdict, t.Msg
		t.Verdict, t.Msg = c.Verdict, builtins.FasterInWords(c, t.Series)
		if was == sample.Yes {
			a.result.Failures = append(a.result.Failures, Failure{Check: t.Check, File: t.File, Line: t.Line, Col: t.Col, Msg: t.Msg, Undecided: true})
			if a.result.Status == Passed {
				a.result.Status = Failed
				r.bad++
			}
			continue
		}
		for k := range a.result.Failures {
			f := &a.result.Failures[k]
			if f.Check != t.Check || f.File != t.File || f.Line != t.Line || f.Col != t.Col {
				continue
			}
			if own, ok := strings.CutSuffix(f.Msg, said); ok { // a loop asks many questions in the same place
				f.Msg, f.Undecided = own+t.Msg, true
				break
			}
		}
	}
}

// Undecided reports whether a scenario failed for no other reason than that
// measurements did not tell.
func (r *Result) Undecided() bool {
	for i := range r.Failures {
		if !r.Failures[i].Undecided {
			return false
		}
	}
	return r.Status == Failed && len(r.Failures) > 0
}

// Undecided returns how many scenarios failed for no other reason than that
// measurements did not tell.
func (p *Report) Undecided() int {
	n := 0
	for _, s := range p.Suites {
		for i := range s.Results {
			if s.Results[i].Undecided() {
				n++
			}
		}
	}
	return n
}
