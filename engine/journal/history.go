package journal

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"starboard/engine/report"
	"starboard/engine/suite"
)

// A History is what a journal remembers.
type History struct {
	Runs      []Run
	Scenarios []*Scenario // in the order in which they were first seen
	Dropped   int         // lines that were torn
	Earlier   int         // runs before those, of which no more than that is known

	byID      map[string]*Scenario
	byRun     map[string]int
	last      string // the run that began last
	resumable map[string]earlier
	order     []string // of what is resumable
}

// An earlier is a result that a run can stand on.
type earlier struct {
	key, tool string
	raw       json.RawMessage
}

// A Run is one execution of starboard test.
type Run struct {
	ID          string
	Began       time.Time
	Ended       time.Time // zero for a run that was killed
	Tool        string
	Resumes     string
	Results     int // that were recorded
	Bad         int // of them
	WallNS      int64
	Interrupted bool
}

// A Scenario is the story of a scenario.
type Scenario struct {
	ID         string // as [suite.Result.ID] gives it
	First      suite.Status
	FirstSeen  time.Time
	FirstRed   time.Time // zero: it was never seen failing
	FirstGreen time.Time // zero: it never passed
	Last       suite.Status
	LastSeen   time.Time
	Runs, Reds int
	LastWallNS int64
}

func newHistory() *History {
	return &History{byID: map[string]*Scenario{}, byRun: map[string]int{}, resumable: map[string]earlier{}}
}

// run returns the run of that name, which is added if its beginning was lost.
func (h *History) run(r *record) *Run {
	i, ok := h.byRun[r.Run]
	if !ok {
		i = len(h.Runs)
		h.byRun[r.Run] = i
		h.Runs = append(h.Runs, Run{ID: r.Run, Began: r.Time})
	}
	return &h.Runs[i]
}

func (h *History) add(r *record) {
	switch r.Kind {
	case "guard":
		return // not of a scenario, see Guards
	case "story":
		h.keep(r)
		return
	case "kept":
		h.remember(r.ID, earlier{r.Key, r.Tool, r.Results})
		return
	}
	run := h.run(r)
	switch r.Kind {
	case "begin":
		run.Tool, run.Resumes = r.Tool, r.Resumes
		if r.Resumes == "" || r.Resumes != h.last {
			h.forget()
		}
		h.last = r.Run
	case "end":
		run.Ended, run.WallNS, run.Interrupted = r.Time, r.WallNS, r.Interrupted
	case "result":
		// What is needed of every result is little.
		var results []struct {
			Name   string       `json:"name"`
			File   string       `json:"file"`
			Status suite.Status `json:"status"`
			WallNS int64        `json:"wall_ns"`
		}
		if json.Unmarshal(r.Results, &results) != nil {
			h.Dropped++
			return
		}
		if r.Run == h.last {
			h.remember(r.ID, earlier{r.Key, run.Tool, r.Results})
		}
		for _, x := range results {
			run.Results++
			if x.Status.Bad() {
				run.Bad++
			}
			h.seen(x.File+":"+x.Name, x.Status, x.WallNS, r.Time)
		}
	}
}

// isRed reports whether the status means that the checks have failed.
func isRed(s suite.Status) bool { return s == suite.Failed || s == suite.Red }

func (h *History) seen(id string, status suite.Status, wall int64, at time.Time) {
	s := h.byID[id]
	if s == nil {
		s = &Scenario{ID: id, First: status, FirstSeen: at}
		h.byID[id] = s
		h.Scenarios = append(h.Scenarios, s)
	}
	s.Runs++
	switch {
	case isRed(status):
		s.Reds++
		if s.FirstRed.IsZero() {
			s.FirstRed = at
		}
	case status == suite.Passed || status == suite.Surprise:
		if s.FirstGreen.IsZero() {
			s.FirstGreen = at
		}
	}
	s.Last, s.LastSeen, s.LastWallNS = status, at, wall
}

// compare says what has changed since the run before.
func (h *History) compare(r *suite.Report) *suite.Story {
	story := &suite.Story{}
	for _, s := range r.Suites {
		for i := range s.Results {
			x := &s.Results[i]
			old := h.byID[x.ID()]
			switch {
			case x.Status == suite.Passed && (old == nil || old.FirstRed.IsZero()):
				story.BornGreen = append(story.BornGreen, x.ID())
			case x.Status == suite.Passed && isRed(old.Last):
				story.Fixed = append(story.Fixed, x.ID())
			}
			if x.Status == suite.Failed && old != nil && old.Last == suite.Passed {
				story.Broken = append(story.Broken, x.ID())
			}
		}
	}
	return story
}

const timeForm = "2006-01-02 15:04:05"

// Print writes the story: the last runs, and when each scenario was first red
// and first green.
func (h *History) Print(w io.Writer) {
	if len(h.Runs) == 0 {
		fmt.Fprintln(w, "nothing has been recorded yet")
		return
	}
	const most = 20
	runs := h.Runs
	fmt.Fprintf(w, "runs: %d\n", h.Earlier+len(runs))
	if len(runs) > most {
		fmt.Fprintf(w, "  the last %d of them:\n", most)
		runs = runs[len(runs)-most:]
	}
	for _, r := range runs {
		took := "was killed"
		switch {
		case r.Interrupted:
			took = report.Duration(r.WallNS) + ", interrupted"
		case !r.Ended.IsZero():
			took = report.Duration(r.WallNS)
		}
		if r.Resumes != "" {
			took += ", resumed"
		}
		fmt.Fprintf(w, "  %s  %6d scenarios  %4d failed  %s\n", r.Began.Local().Format(timeForm), r.Results, r.Bad, took)
	}
	byFile := map[string][]*Scenario{}
	var files []string
	wide := 0
	for _, s := range h.Scenarios {
		file, name, _ := strings.Cut(s.ID, ":")
		if byFile[file] == nil {
			files = append(files, file)
		}
		byFile[file] = append(byFile[file], s)
		wide = max(wide, len(name))
	}
	slices.Sort(files)
	wide = min(wide, 48)
	born := 0
	for _, f := range files {
		fmt.Fprintf(w, "%s\n", f)
		for _, s := range byFile[f] {
			_, name, _ := strings.Cut(s.ID, ":")
			story := "first red " + s.FirstRed.Local().Format(timeForm)
			switch {
			case s.FirstRed.IsZero() && s.FirstGreen.IsZero():
				story = "neither red nor green yet    "
			case s.FirstRed.IsZero():
				story = "born green                   "
				born++
			}
			if !s.FirstGreen.IsZero() {
				story += "  first green " + s.FirstGreen.Local().Format(timeForm)
			} else {
				story += "  never green" + strings.Repeat(" ", len(timeForm))
			}
			fmt.Fprintf(w, "  %-*s  %s  now %-8s  red in %d of %d  %s\n", wide, name, story, s.Last, s.Reds, s.Runs, report.Duration(s.LastWallNS))
		}
	}
	if born > 0 {
		fmt.Fprintf(w, "%d born green: a check that was never seen failing has proved nothing yet\n", born)
	}
	if h.Dropped > 0 {
		fmt.Fprintf(w, "%d torn or damaged lines left out\n", h.Dropped)
	}
}
