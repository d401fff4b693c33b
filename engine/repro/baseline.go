package repro

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"starboard/builtins/sample"
)

// A Comparison says what changed since a report that was saved.
type Comparison struct {
	File    string   `json:"file"`
	Files   []string `json:"files"`   // whose content changed, or that are new or gone
	Refused string   `json:"refused"` // why times are not compared; "" if they are
	Times   []Change `json:"times"`
}

// A Change is what a phase takes now and took then.
type Change struct {
	Name    string  `json:"name"`
	Then    float64 `json:"then"` // medians
	Now     float64 `json:"now"`
	Unit    string  `json:"unit"`
	Ratio   float64 `json:"ratio"` // how many times faster it is now
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	P       float64 `json:"p"`       // corrected for the number of questions
	Verdict string  `json:"verdict"` // faster, slower, no difference, cannot tell
}

// Bad reports whether something got worse: files that changed, or a phase that
// is slower beyond doubt.
func (c *Comparison) Bad() bool {
	for _, t := range c.Times {
		if t.Verdict == string(sample.Slower) {
			return true
		}
	}
	return len(c.Files) > 0
}

// ReadReport reads a report that was saved.
func ReadReport(file string) (*Report, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	if err := json.Unmarshal(text, r); err != nil || r.Format != ReportFormat {
		return nil, &SetupError{fmt.Sprintf("%s: not a report of starboard repro", file)}
	}
	return r, nil
}

// resolution is the factor below which two times are called the same.
const resolution = 1.3

// Compare says what changed since then. Times of another machine are refused,
// for they say nothing; files are compared always.
func (r *Report) Compare(file string, then *Report) {
	c := &Comparison{File: file, Files: changed(then.Files, r.Files), Times: []Change{}}
	r.Compared = c
	if then.Machine.Fingerprint != r.Machine.Fingerprint {
		c.Refused = fmt.Sprintf("times were taken on another machine (%s, %d cores)", then.Machine.CPU, then.Machine.Cores)
		return
	}
	old := map[string]Spread{}
	for _, s := range then.Spread {
		old[s.Name] = s
	}
	var answers []sample.Comparison
	var ps []float64
	for _, s := range r.Spread {
		was, ok := old[s.Name]
		if !ok || was.Median == 0 || s.Median == 0 {
			continue
		}
		answer, err := sample.Difference(positive(s.Values), positive(was.Values), resolution, sample.Alpha)
		if few := new(sample.TooFewError); errors.As(err, &few) {
			c.Refused = fmt.Sprintf("%v; the first run is cold, so --runs %d is the least on both", few, sample.Fewest+1)
			return
		}
		answers, ps = append(answers, answer), append(ps, answer.P)
		c.Times = append(c.Times, Change{Name: s.Name, Unit: s.Unit, Then: was.Median, Now: s.Median, Ratio: answer.Ratio, Low: answer.Low, High: answer.High})
	}
	for i, p := range sample.Holm(ps) {
		answers[i].JudgeDifference(p, resolution)
		c.Times[i].P, c.Times[i].Verdict = p, string(answers[i].Verdict)
	}
}

// positive replaces times below what the clock can tell.
func positive(xs []float64) []float64 {
	list := make([]float64, len(xs))
	for i, x := range xs {
		list[i] = max(x, 1e-3)
	}
	return list
}

// changed lists the names of files that differ.
func changed(then, now []File) []string {
	list := []string{}
	old := map[string]string{}
	for _, f := range then {
		old[f.Name] = f.SHA256
	}
	for _, f := range now {
		if old[f.Name] != f.SHA256 {
			list = append(list, f.Name)
		}
		delete(old, f.Name)
	}
	for _, f := range then {
		if _, gone := old[f.Name]; gone {
			list = append(list, f.Name)
		}
	}
	return list
}
