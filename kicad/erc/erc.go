// Package erc checks schematics by KiCad's electrical rules, without KiCad.
//
// [Check] takes a schematic that kicad/connect has read and returns a
// [Report]. It follows KiCad 9: the rules have KiCad's keys and default
// severities, the project file's severities, pin map and exclusions apply,
// and on the same files the findings are those of kicad-cli sch erc: the same
// rules at the same items. The words are this package's own.
//
// Two differences are on purpose. KiCad 9 loses some findings where a sheet
// has many; here they are all reported. And it lists many findings under the
// root sheet; here each is listed under the sheet on which its first item
// stands. Where a rule sees several items as equal, KiCad's choice of the one
// to show follows the order of its containers; here it follows that of uuids or
// files, and an exclusion counts whichever of them it names.
//
// What KiCad checks and this package does not is named in
// [Report.NotChecked], which every form of output carries: the text of
// [Report.WriteText], the JSON of [Report.WriteJSON], which [Schema]
// describes, and the SARIF of [Report.WriteSARIF].
package erc

import (
	"cmp"
	"fmt"
	"slices"

	"starboard/kicad/connect"
	"starboard/kicad/geom"
)

// A Severity says how much a finding matters.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Ignore  Severity = "ignore" // the rule is off
)

// A Report is the result of a check.
type Report struct {
	File string // the root schematic, as it was given to connect.Read

	// Findings are sorted by sheet in the order of pages, then by rule in the
	// order of [Rules], then by place.
	Findings []Finding

	// Excluded are findings that the project says to leave aside, sorted like
	// Findings, which do not contain them.
	Excluded []Finding

	// NotChecked names what KiCad would check and this package did not.
	NotChecked []NotChecked

	// Ignored are the keys of rules that the project has switched off, or
	// that are off by default.
	Ignored []string

	Sheets []string // their names, in the order of pages
}

// A NotChecked is a rule, or a part of one, that was not checked.
type NotChecked struct{ Key, Reason string }

// A Finding is a breach of a rule.
type Finding struct {
	Key      string // KiCad's name of the rule, such as pin_not_connected
	Severity Severity
	Message  string
	Sheet    string // name of the sheet, "/" or "/A/B/"; of a drawing with several uses the first
	Items    []Item // what the finding is about: at least one, the main one first
	At       geom.Point
	Comment  string // of an exclusion

	rule *Rule
	on   *connect.Sheet // the sheet; nil for that of the first item
	// What KiCad writes into an exclusion: the sheet, where the rule minds it,
	// and those of the first two items.
	specific *connect.Sheet
	paths    [2]*connect.Sheet
	alike    [2][]alike
}

// An alike is an item that KiCad may show in place of the first or second of a
// finding, because to the rule it is the same.
type alike struct {
	Item
	sheet *connect.Sheet // that KiCad notes; nil for the same as that of the finding
	mark  bool           // the finding stands where the item does
}

// An Item is a part of a schematic that a finding is about.
type Item struct {
	Description string
	UUID        string // "" where the file gives none
	At          geom.Point
	Ref         string // reference of the part that it is or belongs to, or ""
	Sheet       string // name of the sheet that it stands on
	Net         string // of labels and power symbols the name that they give, or ""

	item   *connect.Item
	script connect.Position
}

// Pos returns where the item stands in its file, or in the script that made
// it. It counts lines from the start of the file.
func (i *Item) Pos() connect.Position {
	if i.script.File != "" {
		return i.script
	}
	if i.item == nil {
		return connect.Position{}
	}
	return i.item.Pos()
}

// Count returns how many findings have the severity.
func (r *Report) Count(s Severity) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Severity == s {
			n++
		}
	}
	return n
}

// Trace makes the findings point at what made the schematic: origin returns the
// place in a script of the part, the net or else the sheet of an item. Items
// of which it knows none point at no file.
func (r *Report) Trace(origin func(i *Item) (connect.Position, bool)) {
	for _, list := range [][]Finding{r.Findings, r.Excluded} {
		for k := range list {
			for n := range list[k].Items {
				i := &list[k].Items[n]
				i.script, _ = origin(i)
				i.item = nil
			}
		}
	}
}

// A checker is one check of a schematic.
type checker struct {
	s     *connect.Schematic
	graph *connect.Graph
	subs  []*connect.Subgraph
	byNet map[*connect.Net][]*connect.Subgraph
	set   settings
	libs  *libraries

	uses map[*connect.Drawing][]*connect.Sheet // the sheets of each drawing, by page
	out  []Finding

	ends  map[*connect.Sheet]*ends     // of sheets that have been asked for
	busOf map[busKey]*connect.Subgraph // made when it is needed first
}

// Check checks a schematic. An error says that it could not be done: that the
// buses are too wide, as in [connect.Schematic.Graph].
func Check(s *connect.Schematic, opts Options) (*Report, error) {
	graph, err := s.Graph()
	if err != nil {
		return nil, fmt.Errorf("erc: %w", err)
	}
	c := &checker{
		s: s, graph: graph, subs: graph.Subgraphs(), set: readSettings(s.Project.Text),
		byNet: map[*connect.Net][]*connect.Subgraph{}, uses: map[*connect.Drawing][]*connect.Sheet{},
		libs: newLibraries(s.Project, opts), ends: map[*connect.Sheet]*ends{},
	}
	for _, sub := range c.subs {
		if sub.Net != nil {
			c.byNet[sub.Net] = append(c.byNet[sub.Net], sub)
		}
	}
	for _, sh := range s.Sheets {
		c.uses[sh.Drawing] = append(c.uses[sh.Drawing], sh)
	}
	c.checkSheetNames()
	c.checkAliases()
	c.checkSubgraphs()
	c.checkDirectives()
	c.checkHierarchy()
	c.checkSingleLabels()
	c.checkUnits()
	c.checkPins()
	c.checkLabelNames()
	c.checkVariables()
	c.checkNoConnectPins()
	c.checkLibraries()
	c.checkFootprints()
	c.checkGrid()
	c.checkCrossings()
	c.checkNetClasses()
	return c.report(), nil
}

// on reports whether a rule is switched on.
func (c *checker) on(r *Rule) bool { return c.set.severity(r) != Ignore }

// add records a finding of a rule. The rest of what KiCad keeps of it, the
// caller sets in the result, which is valid until the next call.
func (c *checker) add(r *Rule, at geom.Point, message string, items ...Item) *Finding {
	c.out = append(c.out, Finding{Key: r.Key, Severity: c.set.severity(r), Message: message, Items: items, At: at, rule: r})
	return &c.out[len(c.out)-1]
}

// onSheet says that a finding is of that sheet, and its items stand there.
func (f *Finding) onSheet(sh *connect.Sheet) {
	f.on, f.specific, f.paths[0] = sh, sh, sh
}

// report sorts what was found and sets aside what the project excludes.
func (c *checker) report() *Report {
	r := &Report{File: c.s.File, NotChecked: c.notChecked()}
	for _, sh := range c.s.Sheets {
		r.Sheets = append(r.Sheets, sh.Name)
	}
	sheets := map[string]*connect.Sheet{}
	for _, sh := range slices.Backward(c.s.Sheets) {
		sheets[sh.Name] = sh
	}
	for i := range c.out {
		f := &c.out[i]
		if f.on == nil {
			f.on = sheets[f.Items[0].Sheet]
		}
		f.Sheet = f.on.Name
	}
	slices.SortStableFunc(c.out, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.on.Index, b.on.Index), cmp.Compare(a.rule.order, b.rule.order),
			cmp.Compare(a.At.Y, b.At.Y), cmp.Compare(a.At.X, b.At.X),
			cmp.Compare(a.Items[0].UUID, b.Items[0].UUID), cmp.Compare(a.Message, b.Message),
		)
	})
	for _, f := range c.out {
		if comment, ok := c.set.excluded(&f); ok {
			f.Comment = comment
			r.Excluded = append(r.Excluded, f)
		} else {
			r.Findings = append(r.Findings, f)
		}
	}
	for i := range Rules {
		if c.set.severity(&Rules[i]) == Ignore && !Rules[i].Unchecked {
			r.Ignored = append(r.Ignored, Rules[i].Key)
		}
	}
	return r
}
