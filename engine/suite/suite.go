// Package suite finds scenarios, runs them side by side, and says what came of
// each.
//
// A suite is a file named *_test.star; a scenario is a function test_*(t) in
// it. [Run] is the entry point, and its [Report] the one model that all forms
// of output are made from. Results stand in the order of the source, whatever
// order they came in: the same suite gives the same report, times aside, with
// one worker or many.
//
// A scenario cannot harm another one. What a file has loaded is frozen; steps
// are counted for each scenario; and when memory runs short, all that were
// running start again one by one, so that the one which eats it is found.
package suite

import (
	"strings"
	"time"

	"starboard/kicad/netlist"
)

// A Status says what came of a scenario.
type Status string

const (
	Passed   Status = "passed"
	Failed   Status = "failed"
	Skipped  Status = "skipped"  // it said so itself
	Red      Status = "red"      // it failed, as t.red says it must for now
	Surprise Status = "surprise" // it passed, although t.red says it must fail
)

// Bad reports whether a scenario with this status makes a run fail.
func (s Status) Bad() bool { return s == Failed || s == Surprise }

// A Report is what a run found.
type Report struct {
	Version     int       `json:"version"` // of this form: 1
	Tool        string    `json:"tool"`    // name and version of the program
	Started     time.Time `json:"started"`
	WallNS      int64     `json:"wall_ns"`
	Jobs        int       `json:"jobs"` // how many scenarios ran side by side
	Shuffle     string    `json:"shuffle,omitempty"`
	Shard       *Shard    `json:"shard,omitempty"`
	Selection   Selection `json:"selection"`
	Interrupted bool      `json:"interrupted,omitempty"`
	Totals      Totals    `json:"totals"`
	Suites      []Suite   `json:"suites"`
	Written     []string  `json:"golden_written,omitempty"` // golden files and locks that have been written
	Removed     []string  `json:"golden_removed,omitempty"` // and those that it has removed
	Unused      []string  `json:"golden_unused,omitempty"`  // those that no scenario looks at
	Guards      []Guard   `json:"guards,omitempty"`         // those of scenarios, but for faults that were injected
	Story       *Story    `json:"story,omitempty"`
}

// A Selection is what was asked for, before it was split into shards.
type Selection struct {
	Scenarios int    `json:"scenarios"` // top-level scenarios of all shards
	SHA256    string `json:"sha256"`    // of their names: equal for shards of the same whole
	NotRun    int    `json:"not_run,omitempty"`
}

// Totals count scenarios, sub-scenarios included.
type Totals struct {
	Passed   int `json:"passed"`
	Failed   int `json:"failed"`
	Skipped  int `json:"skipped"`
	Red      int `json:"red"`
	Surprise int `json:"surprise"`
	Checks   int `json:"checks"`
	Resumed  int `json:"resumed,omitempty"` // of these, results of an earlier run
}

// All returns how many scenarios there are.
func (t Totals) All() int { return t.Passed + t.Failed + t.Skipped + t.Red + t.Surprise }

// Bad returns how many make the run fail.
func (t Totals) Bad() int { return t.Failed + t.Surprise }

func (t *Totals) add(r *Result) {
	switch r.Status {
	case Passed:
		t.Passed++
	case Failed:
		t.Failed++
	case Skipped:
		t.Skipped++
	case Red:
		t.Red++
	case Surprise:
		t.Surprise++
	}
	t.Checks += r.Checks
	if r.Resumed {
		t.Resumed++
	}
}

// Count counts the results of the suites.
func Count(suites []Suite) Totals {
	var t Totals
	for i := range suites {
		for j := range suites[i].Results {
			t.add(&suites[i].Results[j])
		}
	}
	return t
}

// A Suite is a file and what came of its scenarios.
type Suite struct {
	File    string   `json:"file"`
	LoadNS  int64    `json:"load_ns"`
	Results []Result `json:"results"` // in the order of the source; a sub-scenario follows its parent
}

// A Result is what came of a scenario.
type Result struct {
	Name     string    `json:"name"` // test_divider, or test_divider/loaded
	File     string    `json:"file"`
	Line     int       `json:"line"`
	Index    int       `json:"index"` // of its top-level scenario among all that were asked for, from 0
	Status   Status    `json:"status"`
	Why      string    `json:"why,omitempty"` // of t.skip or t.red
	Checks   int       `json:"checks"`
	Failures []Failure `json:"failures,omitempty"`
	Logs     []Line    `json:"logs,omitempty"`
	Sections []Section `json:"sections,omitempty"`
	Timings  []Timing  `json:"timings,omitempty"`
	Sums     []Sum     `json:"checksums,omitempty"`
	Golden   []string  `json:"golden,omitempty"`   // golden files that it looked at
	Pictures []Picture `json:"pictures,omitempty"` // of what it made, where it failed
	Guards   []Guard   `json:"guards,omitempty"`
	StartNS  int64     `json:"start_ns"` // since the run began
	WallNS   int64     `json:"wall_ns"`
	Steps    uint64    `json:"steps"` // of the interpreter: the same in every run
	Worker   int       `json:"worker"`
	Resumed  bool      `json:"resumed,omitempty"`
}

// ID names a scenario among all of a run.
func (r *Result) ID() string { return r.File + ":" + r.Name }

// Top returns the name of the top-level scenario.
func (r *Result) Top() string {
	top, _, _ := strings.Cut(r.Name, "/")
	return top
}

// A Failure is a check that did not hold, or an error.
type Failure struct {
	Check  string  `json:"check,omitempty"` // "t.eq"; "" for an error
	File   string  `json:"file"`
	Line   int     `json:"line"`
	Col    int     `json:"col"`
	Source string  `json:"source,omitempty"` // the line of the script
	Msg    string  `json:"message"`
	Detail string  `json:"detail,omitempty"` // differences, line by line
	Trace  []Frame `json:"trace,omitempty"`  // calls, the outermost first

	Undecided bool `json:"undecided,omitempty"` // measurements did not tell whether the check holds
}

// A Frame is a call that was under way.
type Frame struct {
	Func string `json:"func"`
	File string `json:"file"`
	Line int    `json:"line"`
	Col  int    `json:"col"`
}

// A Line is what a script printed.
type Line struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

// A Section is a part of a scenario that timing.section measured, or the calls
// of timing.measure.
type Section struct {
	Name   string  `json:"name"`
	WallNS int64   `json:"wall_ns"`
	Steps  uint64  `json:"steps"`
	Sample *Sample `json:"sample,omitempty"`
}

// A Sample is what timing.measure found of single calls.
type Sample struct {
	N        int   `json:"n"`
	MedianNS int64 `json:"median_ns"`
	MinNS    int64 `json:"min_ns"`
	MaxNS    int64 `json:"max_ns"`
}

// A Sum is the checksum of a tree.
type Sum struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// A Story compares a run with what is remembered of earlier ones. Its lists
// hold names as [Result.ID] gives them.
type Story struct {
	BornGreen []string `json:"born_green,omitempty"` // never seen failing: such a check has proved nothing yet
	Fixed     []string `json:"fixed,omitempty"`      // failed in the run before, passes now
	Broken    []string `json:"broken,omitempty"`     // passed in the run before, fails now
}

// compareNames orders names as people do: 2 before 10.
func compareNames(a, b string) int {
	if c := netlist.NaturalCompare(a, b, false); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}
