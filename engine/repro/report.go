package repro

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"starboard/builtins/sample"
	"starboard/engine/repro/difference"
)

// ReportFormat names the form of the JSON, which [ReportSchema] describes.
const ReportFormat = "starboard-repro-1"

// ReportSchema is the JSON schema of a report.
//
//go:embed report.schema.json
var ReportSchema []byte

// A Report is what a check found. Its JSON is documented by [ReportSchema].
type Report struct {
	Format     string      `json:"format"` // ReportFormat
	Tool       string      `json:"tool"`
	Verdict    Verdict     `json:"verdict"`
	Generator  Generator   `json:"generator"`
	Started    string      `json:"started"` // RFC 3339, UTC
	WallMS     float64     `json:"wall_ms"`
	Machine    Machine     `json:"machine"`
	Conditions []Applied   `json:"conditions"`
	Mask       []string    `json:"mask"` // kinds that were asked to be set aside
	Runs       []Run       `json:"runs"`
	Spread     []Spread    `json:"spread"` // of the runs under equal conditions but the first
	Files      []File      `json:"files"`  // of the first run
	Findings   []Finding   `json:"findings"`
	Masked     []Group     `json:"masked"`
	Against    *Against    `json:"against,omitempty"`
	Compared   *Comparison `json:"compared,omitempty"`
	Notes      []string    `json:"notes"`
}

// A Finding is something that differs, and its cause.
type Finding struct {
	// Cause is condition where the conditions decide, likelier where they only
	// make it more likely, and random for what differs under equal conditions.
	Cause      string   `json:"cause"`
	Conditions []string `json:"conditions"` // all of which it takes
	Held       string   `json:"held"`       // random, but not with this held still: clock, cores or memory; or ""
	Evidence   Evidence `json:"evidence"`
	Words      string   `json:"words"`
	Groups     []Group  `json:"groups"`

	Differences []Difference `json:"differences"`
}

// Evidence says how sure a finding is.
type Evidence struct {
	With          int     `json:"with"` // fresh runs with the conditions
	WithDiffer    int     `json:"with_differ"`
	Without       int     `json:"without"` // runs without them
	WithoutDiffer int     `json:"without_differ"`
	P             float64 `json:"p"`           // of as much by chance
	SearchRuns    int     `json:"search_runs"` // that it took to find the conditions
}

// A Group is differences of one kind.
type Group struct {
	Kind    string     `json:"kind"`
	Detail  string     `json:"detail"`
	Title   string     `json:"title"` // 38 UUIDs (version 4) in 3 files
	Count   int        `json:"count"`
	Files   []string   `json:"files"`
	Example Difference `json:"example"`
	Note    string     `json:"note"`
	Fix     string     `json:"fix"`
}

// A Difference is one place where two runs differ.
type Difference struct {
	File   string `json:"file"`
	Path   string `json:"path"`
	Line   int    `json:"line"`
	Col    int    `json:"col"`
	Offset int64  `json:"offset"`
	Kind   string `json:"kind"`
	A      string `json:"a"` // of the first run
	B      string `json:"b"`
	Detail string `json:"detail"`
}

// A Spread is the times of a phase, or of the whole run, in milliseconds; or
// its peak memory in bytes.
type Spread struct {
	Name   string    `json:"name"`
	Unit   string    `json:"unit"` // ms or bytes
	Cold   float64   `json:"cold"` // the first run
	Values []float64 `json:"values"`
	Median float64   `json:"median"`
	Low    float64   `json:"low"` // the median is between low and high,
	High   float64   `json:"high"`
	Sure   bool      `json:"sure"` // with 95% confidence; if not, they are the least and the most
}

func newReport(o Options, start time.Time) *Report {
	r := &Report{
		Format: ReportFormat, Tool: o.Tool, Generator: o.Generator, Started: start.UTC().Format(time.RFC3339),
		Mask: []string{}, Files: []File{}, Findings: []Finding{}, Masked: []Group{}, Notes: []string{}, Spread: []Spread{}, Conditions: []Applied{}, Runs: []Run{},
	}
	for _, k := range o.Mask {
		r.Mask = append(r.Mask, string(k))
	}
	return r
}

// judge sets the verdict.
func (r *Report) judge() {
	switch {
	case slices.ContainsFunc(r.Runs, func(x Run) bool { return x.Failed && x.Purpose == "equal" }):
		r.Verdict = RunFailed
	case len(r.Findings) > 0 || r.Against != nil && !r.Against.Same:
		r.Verdict = Differs
	case len(r.Masked) > 0:
		r.Verdict = Masked
	default:
		r.Verdict = Reproducible
	}
}

// report writes what was found into the report.
func (c *search) report(r *Report, held map[string]map[place]bool) {
	for _, f := range c.found {
		kind := "condition"
		if !f.sure() {
			kind = "likelier"
		}
		r.Findings = append(r.Findings, c.finding(f, kind))
	}
	r.Findings = append(r.Findings, c.randoms(held)...)
	for _, g := range c.masked.groups {
		r.Masked = append(r.Masked, groupOf(g))
	}
}

func (c *search) finding(f *cause, kind string) Finding {
	x := Finding{Cause: kind, Conditions: f.set, Evidence: Evidence{f.with, f.withDiffer, f.without, f.withoutDiffer, f.p, f.runs}}
	if f.effect.result != nil && c.allOf(f) {
		x.Groups = groupsOf(f.effect.result.Groups)
		x.Differences = differencesOf(f.effect.result.Differences)
	} else {
		var list []difference.Difference
		for p, d := range f.effect.places {
			if f.places[p] {
				list = append(list, d)
			}
		}
		x.Groups, x.Differences = c.regroup(list)
	}
	x.Words = x.words()
	return x
}

// allOf reports whether all that the effect shows belongs to the cause.
func (c *search) allOf(f *cause) bool {
	if c.some() {
		return false
	}
	for p := range f.effect.places {
		if !f.places[p] {
			return false
		}
	}
	return true
}

// randoms returns what differs under equal conditions: for each holder what it
// ends, and the rest.
func (c *search) randoms(held map[string]map[place]bool) []Finding {
	if !c.some() {
		return nil
	}
	var list []Finding
	rest := map[place]bool{}
	for p := range c.noise.seen {
		rest[p] = true
	}
	names := []string{}
	for _, h := range holders {
		names = append(names, h.name)
	}
	for _, name := range append(names, "") {
		part := map[place]bool{}
		for p := range rest {
			if name == "" || held[name][c.heldAs(p)] {
				part[p] = true
				delete(rest, p)
			}
		}
		if len(part) == 0 {
			continue
		}
		differ := 1 // what was seen once, among all runs
		for p := range part {
			differ = max(differ, min(c.noise.seen[p], c.compared))
		}
		x := Finding{Cause: "random", Conditions: []string{}, Held: name, Evidence: Evidence{Without: c.compared, WithoutDiffer: differ, P: 1, SearchRuns: len(c.runs)}}
		if name == "" && len(part) == len(c.noise.seen) && len(c.result) > 0 {
			x.Groups, x.Differences = groupsOf(c.result[0].Groups), differencesOf(c.result[0].Differences)
			if len(c.found) > 0 || len(x.Differences) < len(part) {
				x.Groups, x.Differences = c.regroup(c.examples(part))
			}
		} else {
			x.Groups, x.Differences = c.regroup(c.examples(part))
		}
		x.Words = x.words()
		list = append(list, x)
	}
	return list
}

func (c *search) examples(part map[place]bool) []difference.Difference {
	var list []difference.Difference
	for p, d := range c.example {
		if part[p] {
			list = append(list, d)
		}
	}
	return list
}

// regroup makes groups of some of the differences of a comparison.
func (c *search) regroup(list []difference.Difference) ([]Group, []Difference) {
	slices.SortFunc(list, func(x, y difference.Difference) int {
		return byPlace(place{x.File, x.Path, x.Kind}, place{y.File, y.Path, y.Kind})
	})
	var groups []difference.Group
	for _, d := range list {
		detail := d.Detail
		if d.Path == statusPath && d.File == "" {
			detail = "the run fails"
		}
		i := slices.IndexFunc(groups, func(g difference.Group) bool { return g.Kind == d.Kind && g.Detail == detail })
		if i < 0 {
			fix := d.Kind.Fix()
			if detail == "the run fails" {
				fix = "look at what it printed"
			}
			groups = append(groups, difference.Group{Kind: d.Kind, Detail: detail, Example: d, Fix: fix})
			i = len(groups) - 1
		}
		groups[i].Count++
		if d.File != "" && !slices.Contains(groups[i].Files, d.File) {
			groups[i].Files = append(groups[i].Files, d.File)
		}
	}
	slices.SortStableFunc(groups, func(a, b difference.Group) int { return b.Count - a.Count })
	return groupsOf(groups), differencesOf(list)
}

func groupsOf(list []difference.Group) []Group {
	groups := []Group{}
	for _, g := range list {
		groups = append(groups, groupOf(g))
	}
	return groups
}

func groupOf(g difference.Group) Group {
	title := g.String()
	if g.Detail == "the run fails" && len(g.Files) == 0 {
		title = "the run fails: exit status " + g.Example.B
	}
	return Group{string(g.Kind), g.Detail, title, g.Count, append([]string{}, g.Files...), differenceOf(g.Example), g.Note, g.Fix}
}

func differencesOf(list []difference.Difference) []Difference {
	all := []Difference{}
	for _, d := range list {
		all = append(all, differenceOf(d))
	}
	return all
}

func differenceOf(d difference.Difference) Difference {
	return Difference{d.File, d.Path, d.Line, d.Col, d.Offset, string(d.Kind), d.A, d.B, d.Detail}
}

// words says what the cause is, and how sure that is.
func (f *Finding) words() string {
	e := f.Evidence
	all := strings.Join(f.Conditions, " and ")
	if len(f.Conditions) > 1 {
		all += " together"
	}
	counts := fmt.Sprintf("differs in %d of %d fresh runs with it and in %d of %d without", e.WithDiffer, e.With, e.WithoutDiffer, e.Without)
	switch {
	case f.Cause == "condition":
		return fmt.Sprintf("%s makes it differ (%s; by chance with p = %.2g; found after %d runs)", all, counts, e.P, e.SearchRuns)
	case f.Cause == "likelier":
		return fmt.Sprintf("random, but likelier under %s (%s; by chance with p = %.2g)", all, counts, e.P)
	case f.Held != "":
		return fmt.Sprintf("differs under equal conditions (in %d of %d comparisons), but not with %s held still", e.WithoutDiffer, e.Without, holderAbout(f.Held))
	}
	return fmt.Sprintf("random: differs under equal conditions (in %d of %d comparisons)", e.WithoutDiffer, e.Without)
}

// spreads describes the runs under equal conditions.
func spreads(runs []Run) []Spread {
	list := []Spread{}
	add := func(name, unit string, cold bool, v float64) {
		i := slices.IndexFunc(list, func(s Spread) bool { return s.Name == name })
		if i < 0 {
			list = append(list, Spread{Name: name, Unit: unit, Values: []float64{}})
			i = len(list) - 1
		}
		if cold {
			list[i].Cold += v
		} else {
			list[i].Values = append(list[i].Values, v)
		}
	}
	for _, r := range runs {
		if r.Purpose != "equal" || r.Failed {
			continue
		}
		add("whole run", "ms", r.Cold, r.WallMS)
		add("processor time", "ms", r.Cold, r.UserMS+r.SystemMS)
		if r.PeakBytes > 0 { // it may have ended before it was looked at
			add("peak memory", "bytes", r.Cold, float64(r.PeakBytes))
		}
		var names []string
		sums := map[string]float64{}
		for _, p := range r.Phases {
			name := p.Name
			if p.Section {
				name = "section " + name
			}
			if _, ok := sums[name]; !ok {
				names = append(names, name)
			}
			sums[name] += p.WallMS // a section may be entered several times
		}
		for _, name := range names {
			add(name, "ms", r.Cold, sums[name])
		}
	}
	list = slices.DeleteFunc(list, func(s Spread) bool { return len(s.Values) == 0 })
	for i := range list {
		s := sample.Summarize(list[i].Values, 0.95)
		list[i].Median, list[i].Low, list[i].High, list[i].Sure = s.Median, s.Low, s.High, s.Certain
	}
	return list
}

// JSON returns the report as [ReportSchema] describes it.
func (r *Report) JSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(r)
	return b.Bytes(), err
}
