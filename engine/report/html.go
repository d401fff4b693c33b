package report

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/dustin/go-humanize"

	"starboard/engine/suite"
)

//go:embed page.html
var pageText string

var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"duration": Duration,
		"comma":    func(n any) string { return comma(n) },
		"diff":     diffLines,
		"words":    func(detail string) bool { return !strings.Contains("\n"+detail, "\n@@ ") },
		"word":     func(s suite.Status) string { return words[s] },
		"plural":   plural,
		"guard":    func(g suite.Guard) string { return guardWords(&g) },
		"picture":  picture,
		"sample":   sampleText,
	}).Parse(pageText))
})

// The words for a status.
var words = map[suite.Status]string{
	suite.Passed: "passed", suite.Failed: "failed", suite.Skipped: "skipped", suite.Red: "red for now", suite.Surprise: "no longer red",
}

// picture returns an SVG as an address that an image can have: there, its
// styles and names are its own.
func picture(svg string) template.URL {
	return template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(svg)))
}

func comma(n any) string {
	switch n := n.(type) {
	case int:
		return humanize.Comma(int64(n))
	case int64:
		return humanize.Comma(n)
	case uint64:
		return humanize.Comma(int64(n))
	}
	return fmt.Sprint(n)
}

// A page is what the template shows.
type page struct {
	*suite.Report
	Verdict  string // ok, failed, stopped
	Steps    uint64
	Shares   []share
	Filters  []filter
	Suites   []pageSuite
	Timeline *timeline
	Slowest  []bar
	Spread   []column
	Story    suite.Story
}

// A share is a part of the bar that shows all scenarios.
type share struct {
	Status suite.Status
	Count  int
	From   float64 // in percent
	Width  float64
}

type filter struct {
	Key, Word string
	Count     int
}

type pageSuite struct {
	File    string
	LoadNS  int64
	WallNS  int64
	Bad     int
	Results []pageResult
}

type pageResult struct {
	*suite.Result
	ID        string // of the element
	Sub       bool
	Born      bool
	Idle      bool
	Open      bool
	More      bool // there is something to unfold
	ShortName string
	Again     string // command that runs it again
}

// A timeline shows when each scenario ran, in one lane for each worker.
type timeline struct {
	Width, Height int
	Lanes         []lane
	Ticks         []tick
}

type lane struct {
	Label string
	Y     int
	Spans []span
}

type span struct {
	X, W   float64
	Status suite.Status
	Title  string
}

type tick struct {
	X     float64
	Label string
}

// A bar is one of the slowest scenarios.
type bar struct {
	Name, ID string
	WallNS   int64
	Width    float64 // in percent of the longest
	Status   suite.Status
}

// A column counts the scenarios that took about so long.
type column struct {
	Label  string
	Count  int
	Height float64 // in percent of the highest
}

// HTML writes the report as one page that needs no network and no other file.
func HTML(w io.Writer, r *suite.Report) error {
	var b bytes.Buffer
	if err := pageTemplate().Execute(&b, newPage(r)); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

func newPage(r *suite.Report) *page {
	p := &page{Report: r, Verdict: "ok"}
	switch {
	case r.Interrupted:
		p.Verdict = "stopped"
	case r.Totals.Bad() > 0:
		p.Verdict = "failed"
	}
	if r.Story != nil {
		p.Story = *r.Story
	}
	born := map[string]bool{}
	for _, id := range p.Story.BornGreen {
		born[id] = true
	}
	idle := map[string]bool{}
	for _, id := range idleScenarios(r) {
		idle[id] = true
	}
	n := 0
	var all []*suite.Result
	for i := range r.Suites {
		s := &r.Suites[i]
		ps := pageSuite{File: s.File, LoadNS: s.LoadNS}
		for j := range s.Results {
			x := &s.Results[j]
			all = append(all, x)
			n++
			row := pageResult{Result: x, ID: fmt.Sprintf("s%d", n), Sub: x.Name != x.Top(), Born: born[x.ID()], Idle: idle[x.ID()], Open: x.Status.Bad(), ShortName: x.Name}
			row.More = len(x.Failures)+len(x.Logs)+len(x.Sections)+len(x.Sums) > 0 || x.Why != ""
			if row.Sub {
				row.ShortName = x.Name[strings.IndexByte(x.Name, '/')+1:]
			} else {
				ps.WallNS += x.WallNS
				p.Steps += x.Steps
			}
			if x.Status.Bad() {
				ps.Bad++
				if x.Name != "load" {
					row.Again = fmt.Sprintf("starboard test %s --run '^%s$'", x.File, strings.ReplaceAll(x.Name, "/", "$/^"))
				}
			}
			ps.Results = append(ps.Results, row)
		}
		p.Suites = append(p.Suites, ps)
	}
	p.shares()
	p.Filters = append(p.Filters, filter{"all", "all", len(all)})
	for _, s := range p.Shares {
		p.Filters = append(p.Filters, filter{string(s.Status), words[s.Status], s.Count})
	}
	if len(p.Story.BornGreen) > 0 {
		p.Filters = append(p.Filters, filter{"born", "born green", len(p.Story.BornGreen)})
	}
	if len(idle) > 0 {
		p.Filters = append(p.Filters, filter{"idle", "without checks", len(idle)})
	}
	p.Timeline = newTimeline(r, all)
	p.Slowest = slowest(all, p.Suites)
	p.Spread = spread(all)
	return p
}

func (p *page) shares() {
	t := p.Totals
	at := 0.0
	for _, s := range []share{
		{Status: suite.Failed, Count: t.Failed}, {Status: suite.Surprise, Count: t.Surprise},
		{Status: suite.Red, Count: t.Red}, {Status: suite.Skipped, Count: t.Skipped}, {Status: suite.Passed, Count: t.Passed},
	} {
		if s.Count == 0 {
			continue
		}
		s.From, s.Width = at, 100*float64(s.Count)/float64(t.All())
		at += s.Width
		p.Shares = append(p.Shares, s)
	}
}

// top leaves out parts of scenarios, whose time is in that of the whole, and
// what did not run this time.
func top(all []*suite.Result) []*suite.Result {
	var list []*suite.Result
	for _, x := range all {
		if x.Name == x.Top() && !x.Resumed {
			list = append(list, x)
		}
	}
	return list
}

const (
	timelineWidth = 1000
	laneHeight    = 26
	mostSpans     = 3000
)

func newTimeline(r *suite.Report, all []*suite.Result) *timeline {
	list := top(all)
	if len(list) == 0 || r.WallNS <= 0 {
		return nil
	}
	lanes := 0
	for _, x := range list {
		lanes = max(lanes, x.Worker+1)
	}
	t := &timeline{Width: timelineWidth, Height: lanes*laneHeight + 24}
	for i := range lanes {
		t.Lanes = append(t.Lanes, lane{Label: fmt.Sprintf("worker %d", i+1), Y: i * laneHeight})
	}
	scale := float64(timelineWidth) / float64(r.WallNS)
	// Of very many, the shortest would not be seen.
	if len(list) > mostSpans {
		list = slices.Clone(list)
		slices.SortStableFunc(list, func(a, b *suite.Result) int {
			return cmp.Or(boolCompare(b.Status.Bad(), a.Status.Bad()), cmp.Compare(b.WallNS, a.WallNS))
		})
		list = list[:mostSpans]
	}
	for _, x := range list {
		s := span{X: float64(x.StartNS) * scale, W: max(float64(x.WallNS)*scale, 0.6), Status: x.Status}
		s.Title = fmt.Sprintf("%s\n%s, %s", x.Name, Duration(x.WallNS), words[x.Status])
		t.Lanes[x.Worker].Spans = append(t.Lanes[x.Worker].Spans, s)
	}
	step := niceStep(r.WallNS)
	for at := int64(0); at <= r.WallNS-r.WallNS/20; at += step { // the last label needs room
		t.Ticks = append(t.Ticks, tick{float64(at) * scale, Duration(at)})
	}
	t.Ticks[0].Label = "0"
	return t
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// niceStep returns a round time, five to ten of which make the whole.
func niceStep(ns int64) int64 {
	step := int64(1)
	for step*10 <= ns {
		step *= 10
	}
	for _, d := range []int64{5, 2} {
		if ns/(step/d+1) < 10 && step >= 10 {
			return step / d
		}
	}
	return step
}

func slowest(all []*suite.Result, suites []pageSuite) []bar {
	ids := map[*suite.Result]string{}
	for _, s := range suites {
		for _, x := range s.Results {
			ids[x.Result] = x.ID
		}
	}
	list := top(all)
	slices.SortStableFunc(list, func(a, b *suite.Result) int { return cmp.Compare(b.WallNS, a.WallNS) })
	const most = 10
	list = list[:min(most, len(list))]
	var bars []bar
	for _, x := range list {
		bars = append(bars, bar{x.Name, ids[x], x.WallNS, 100 * float64(x.WallNS) / float64(max(list[0].WallNS, 1)), x.Status})
	}
	return bars
}

// spread counts the scenarios by their time, each column ten times the one
// before, in halves.
func spread(all []*suite.Result) []column {
	var limits []int64
	for d := int64(1_000); d <= 100_000_000_000; d *= 10 {
		limits = append(limits, d, d*3)
	}
	counts := make([]int, len(limits)+1)
	list := top(all)
	for _, x := range list {
		i, _ := slices.BinarySearch(limits, x.WallNS)
		counts[i]++
	}
	first, last := -1, -1
	for i, c := range counts {
		if c > 0 {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return nil
	}
	first, last = max(0, first-1), min(len(limits)-1, last+1)
	high := slices.Max(counts)
	var columns []column
	for i := first; i <= last; i++ {
		columns = append(columns, column{"≤ " + Duration(limits[i]), counts[i], 100 * float64(counts[i]) / float64(high)})
	}
	return columns
}

// A diffLine is a line of a difference and how it is shown.
type diffLine struct{ Class, Text string }

func diffLines(s string) []diffLine {
	var lines []diffLine
	for line := range strings.SplitSeq(s, "\n") {
		class := ""
		switch {
		case strings.HasPrefix(line, "@@"):
			class = "at"
		case strings.HasSuffix(line, ": differs (-want +got)"):
			class = "file"
		case strings.HasPrefix(line, "+"):
			class = "got"
		case strings.HasPrefix(line, "-"):
			class = "want"
		}
		lines = append(lines, diffLine{class, line})
	}
	return lines
}
