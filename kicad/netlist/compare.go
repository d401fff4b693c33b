package netlist

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// An Option says what [Compare] leaves out or adds.
type Option int

const (
	// ConnectionsOnly compares of the parts only that they are there, and of
	// the pins only which net they are on.
	ConnectionsOnly Option = iota + 1
	// AnyNetName does not compare the names and classes of nets.
	AnyNetName
	// WithUUIDs also compares the UUIDs of parts and of the sheets they are on.
	WithUUIDs
)

// A Finding is a difference between two netlists.
type Finding struct {
	Part string // reference of the part that differs; "" for a net
	Net  string // name of the net as it should be, or as it is where it should not
	Text string // the difference, in a user's words
}

func (f Finding) String() string { return f.Text }

// Compare returns how got differs from want: parts with their values,
// symbols, fields, flags and sheets; nets with their names, classes, pins and
// the pins' functions and types. Findings about parts come first, then those
// about nets, each in natural order. Netlists that say the same give none.
//
// Nets are matched by their pins, so that a renamed net is one finding. A
// part or net that got lacks "is missing", what want lacks "is not wanted".
// Order, net codes, library symbols, title blocks and the metadata of the
// file are not compared; neither are fields of a sheet beyond those that a
// part repeats.
func Compare(got, want *Netlist, opts ...Option) []Finding {
	c := comparison{
		connectionsOnly: slices.Contains(opts, ConnectionsOnly),
		anyNetName:      slices.Contains(opts, AnyNetName),
		withUUIDs:       slices.Contains(opts, WithUUIDs),
	}
	c.parts(got.Components, want.Components)
	c.nets(got.Nets, want.Nets)
	slices.SortStableFunc(c.findings, func(a, b Finding) int {
		isNet := func(f Finding) int { return min(len(f.Net), 1) - min(len(f.Part), 1) }
		return cmp.Or(
			cmp.Compare(isNet(a), isNet(b)),
			NaturalCompare(a.Part, b.Part, true),
			strings.Compare(a.Part, b.Part),
			NaturalCompare(a.Net, b.Net, false),
			strings.Compare(a.Net, b.Net),
		)
	})
	return c.findings
}

type comparison struct {
	connectionsOnly, anyNetName, withUUIDs bool

	findings []Finding
}

func (c *comparison) part(ref, text string) {
	c.findings = append(c.findings, Finding{Part: ref, Text: text})
}

func (c *comparison) net(name, text string) {
	c.findings = append(c.findings, Finding{Net: name, Text: text})
}

// shown returns a value as it stands in a finding: quoted where its ends
// would not be seen otherwise.
func shown(s string) string {
	plain := s != "" && s == strings.TrimSpace(s) && !strings.ContainsAny(s, `,"`)
	for _, r := range s {
		plain = plain && strconv.IsPrint(r)
	}
	if plain {
		return s
	}
	return strconv.Quote(s)
}

// differ returns the words for a value that differs, "" for one that does not.
func differ(what, got, want string) string {
	if got == want {
		return ""
	}
	return what + " " + shown(got) + ", want " + shown(want)
}

func yesNo(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

// parts compares the parts by reference. Where a reference is used more than
// once, its parts are matched in their order.
func (c *comparison) parts(got, want []Component) {
	left := make(map[string][]*Component, len(got))
	for i := range got {
		left[got[i].Ref] = append(left[got[i].Ref], &got[i])
	}
	for i := range want {
		w := &want[i]
		list := left[w.Ref]
		if len(list) == 0 {
			c.part(w.Ref, "part "+w.Ref+" is missing")
			continue
		}
		left[w.Ref] = list[1:]
		if !c.connectionsOnly {
			c.component(list[0], w)
		}
	}
	for i := range got {
		// What is left of a reference are its last parts, in order.
		if list := left[got[i].Ref]; len(list) > 0 && list[0] == &got[i] {
			left[got[i].Ref] = list[1:]
			c.part(got[i].Ref, "part "+got[i].Ref+" is not wanted")
		}
	}
}

func (c *comparison) component(got, want *Component) {
	value := func(s string) string { return cmp.Or(s, "~") } // as it is written
	diffs := []string{
		differ("value", value(got.Value), value(want.Value)),
		differ("symbol", symbolName(got.Lib, got.Part), symbolName(want.Lib, want.Part)),
		differ("footprint", got.Footprint, want.Footprint),
		differ("datasheet", got.Datasheet, want.Datasheet),
		differ("description", got.Description, want.Description),
		differ("description of the symbol", got.LibDescription, want.LibDescription),
	}
	diffs = append(diffs, differFields("field", got.Fields, want.Fields, nil, nil)...)
	// User fields are properties too; said once is enough.
	diffs = append(diffs, differFields("property", got.Properties, want.Properties, got.Fields, want.Fields)...)
	diffs = append(diffs,
		differ("in the bill of materials:", yesNo(!got.ExcludeFromBOM), yesNo(!want.ExcludeFromBOM)),
		differ("dnp", yesNo(got.DNP), yesNo(want.DNP)),
		differ("keywords", got.Keywords, want.Keywords),
		differ("footprint filters", got.Filters, want.Filters),
		differ("sheet", got.SheetNames, want.SheetNames),
		differ("component classes", strings.Join(got.Classes, " "), strings.Join(want.Classes, " ")),
	)
	if c.withUUIDs {
		diffs = append(diffs,
			differ("sheet uuids", got.SheetTstamps, want.SheetTstamps),
			differ("uuids", strings.Join(got.Tstamps, " "), strings.Join(want.Tstamps, " ")),
		)
	}
	for _, d := range diffs {
		if d != "" {
			c.part(want.Ref, want.Ref+": "+d)
		}
	}
}

// differFields returns the differences between two lists of fields, whatever
// their order. It leaves out those that gotToo and wantToo show as well.
func differFields(what string, got, want, gotToo, wantToo []Field) []string {
	var diffs []string
	gotToo, wantToo = lacking(gotToo, wantToo), lacking(wantToo, gotToo)
	extra, missing := lacking(lacking(got, want), gotToo), lacking(lacking(want, got), wantToo)
	for _, w := range missing {
		i := slices.IndexFunc(extra, func(f Field) bool { return f.Name == w.Name })
		if i < 0 {
			diffs = append(diffs, what+" "+shown(w.Name)+" is missing")
			continue
		}
		diffs = append(diffs, differ(what+" "+shown(w.Name), extra[i].Value, w.Value))
		extra = slices.Delete(extra, i, i+1)
	}
	for _, g := range extra {
		diffs = append(diffs, what+" "+shown(g.Name)+" is not wanted")
	}
	return diffs
}

// lacking returns the fields of list that others has not, each as often as it
// has it less often.
func lacking(list, others []Field) []Field {
	if slices.Equal(list, others) {
		return nil
	}
	count := make(map[Field]int, len(others))
	for _, f := range others {
		count[f]++
	}
	var rest []Field
	for _, f := range list {
		if count[f]--; count[f] < 0 {
			rest = append(rest, f)
		}
	}
	return rest
}
