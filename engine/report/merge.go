package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"starboard/engine/suite"
)

// Merge joins the reports of all shards of a run. The names are for messages.
// A shard that is missing, doubled, or of another run is an error, and so are
// shards that together have a scenario twice, or not at all.
func Merge(names []string, reports []*suite.Report) (*suite.Report, error) {
	if len(reports) == 0 {
		return nil, fmt.Errorf("no report to merge")
	}
	if err := checkShards(names, reports); err != nil {
		return nil, err
	}
	first := reports[0]
	m := &suite.Report{Version: 1, Tool: first.Tool, Started: first.Started, Selection: first.Selection}
	m.Selection.NotRun = 0
	suites := map[string]*suite.Suite{}
	var order []string
	for _, r := range reports {
		if r.Started.Before(m.Started) {
			m.Started = r.Started
		}
		m.Jobs += r.Jobs
		m.Interrupted = m.Interrupted || r.Interrupted
		m.Selection.NotRun += r.Selection.NotRun
		m.Written = append(m.Written, r.Written...)
		m.Removed = append(m.Removed, r.Removed...)
		m.Unused = append(m.Unused, r.Unused...)
	}
	worker := 0 // those of a shard follow those of the shards before it
	for _, r := range reports {
		offset := int64(r.Started.Sub(m.Started))
		m.WallNS = max(m.WallNS, offset+r.WallNS)
		for _, s := range r.Suites {
			into := suites[s.File]
			if into == nil {
				into = &suite.Suite{File: s.File}
				suites[s.File] = into
				order = append(order, s.File)
			}
			into.LoadNS += s.LoadNS
			for _, x := range s.Results {
				x.StartNS += offset
				x.Worker += worker
				into.Results = append(into.Results, x)
			}
		}
		worker += r.Jobs
		if r.Story != nil {
			if m.Story == nil {
				m.Story = &suite.Story{}
			}
			m.Story.BornGreen = append(m.Story.BornGreen, r.Story.BornGreen...)
			m.Story.Fixed = append(m.Story.Fixed, r.Story.Fixed...)
			m.Story.Broken = append(m.Story.Broken, r.Story.Broken...)
		}
	}
	for _, f := range order {
		s := suites[f]
		// The parts of a scenario have its index, and stay in their order.
		slices.SortStableFunc(s.Results, func(a, b suite.Result) int { return cmp.Compare(a.Index, b.Index) })
		m.Suites = append(m.Suites, *s)
	}
	slices.SortStableFunc(m.Suites, func(a, b suite.Suite) int { return cmp.Compare(a.Results[0].Index, b.Results[0].Index) })
	m.Totals = suite.Count(m.Suites)
	m.Guards = suite.Guards(m.Suites)
	return m, checkWhole(m)
}

func checkShards(names []string, reports []*suite.Report) error {
	count := 0
	by := map[int]string{}
	for i, r := range reports {
		if r.Shard == nil {
			return fmt.Errorf("%s: the report is not that of a shard", names[i])
		}
		switch {
		case count == 0:
			count = r.Shard.Count
		case r.Shard.Count != count:
			return fmt.Errorf("%s: got shard %s, want one of %d as in %s", names[i], r.Shard, count, names[0])
		}
		if first, twice := by[r.Shard.Index]; twice {
			return fmt.Errorf("%s: shard %s is in %s too", names[i], r.Shard, first)
		}
		by[r.Shard.Index] = names[i]
		if r.Selection.SHA256 != reports[0].Selection.SHA256 {
			return fmt.Errorf("%s: shard %s is one of other scenarios than that in %s", names[i], r.Shard, names[0])
		}
	}
	var missing []string
	for i := 1; i <= count; i++ {
		if by[i] == "" {
			missing = append(missing, strconv.Itoa(i)+"/"+strconv.Itoa(count))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("missing: shard %s", strings.Join(missing, ", "))
	}
	return nil
}

// checkWhole finds scenarios that no shard, or more than one, has run.
func checkWhole(m *suite.Report) error {
	seen := map[string]bool{}
	tops := map[int]bool{}
	for _, s := range m.Suites {
		for i := range s.Results {
			id := s.Results[i].ID()
			if seen[id] {
				return fmt.Errorf("scenario %s is in more than one shard", id)
			}
			seen[id] = true
			tops[s.Results[i].Index] = true
		}
	}
	if got := len(tops) + m.Selection.NotRun; got != m.Selection.Scenarios {
		return fmt.Errorf("the shards have %d scenarios together, want %d", got, m.Selection.Scenarios)
	}
	return nil
}
