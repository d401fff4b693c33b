package difference

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// facts are the facts of one side, ready to be found in values. Only what the
// two sides do not share is looked for: what they share explains nothing.
type facts struct {
	Facts
	values []factValue // longest first
	first  [256]bool   // bytes that values begin with
	roots  map[string]bool
	loc    *time.Location
}

type factValue struct {
	text string
	kind factKind
}

type factKind uint8

const (
	noFact factKind = iota
	dirFact
	outFact
	homeFact
	tempFact
	userFact
	hostFact
	localeFact
	zoneFact
	versionFact
)

// factKinds say what a pair of facts of one kind is.
var factKinds = [...]struct {
	kind   Kind
	detail string
}{
	dirFact:     {Path, "the working folder"},
	outFact:     {Path, "the output folder"},
	homeFact:    {Path, "the home folder"},
	tempFact:    {Path, "the folder for temporary files"},
	userFact:    {User, "the user of the run"},
	hostFact:    {Host, "the host of the run"},
	localeFact:  {Locale, "the name of the locale"},
	zoneFact:    {Zone, "the name or offset of the time zone"},
	versionFact: {Version, "a tool of the run"},
}

// newFacts prepares the facts of both sides.
func newFacts(a, b Facts) (fa, fb *facts) {
	fa, fb = &facts{Facts: a, loc: zone(a.Zone)}, &facts{Facts: b, loc: zone(b.Zone)}
	va, vb := fa.candidates(), fb.candidates()
	fa.take(va, vb)
	fb.take(vb, va)
	fa.roots = map[string]bool{}
	for _, p := range []string{a.Dir, a.Out, a.Home, a.Temp, b.Dir, b.Out, b.Home, b.Temp} {
		if root, _, _ := strings.Cut(strings.TrimPrefix(p, "/"), "/"); strings.HasPrefix(p, "/") && root != "" {
			fa.roots[root] = true
		}
	}
	fb.roots = fa.roots
	return fa, fb
}

// candidates lists the values by which the facts may show.
func (f *facts) candidates() []factValue {
	var all []factValue
	add := func(kind factKind, texts ...string) {
		for _, t := range texts {
			if t != "" {
				all = append(all, factValue{t, kind})
			}
		}
	}
	for _, d := range []struct {
		kind factKind
		text string
	}{{outFact, f.Out}, {dirFact, f.Dir}, {tempFact, f.Temp}, {homeFact, f.Home}} {
		p := strings.TrimRight(d.text, "/")
		if !strings.HasPrefix(p, "/") {
			continue
		}
		add(d.kind, p, (&url.URL{Path: p}).EscapedPath(), strings.ReplaceAll(p, "/", "\\"))
		// Without its root, as archives have it.
		if rel := strings.TrimPrefix(p, "/"); strings.Contains(rel, "/") {
			add(d.kind, rel)
		}
	}
	add(userFact, f.User)
	add(hostFact, f.Host)
	if short, _, ok := strings.Cut(f.Host, "."); ok {
		add(hostFact, short)
	}
	// The name of a folder alone, as a generator takes it for that of a project.
	for _, d := range []factValue{{f.Out, outFact}, {f.Dir, dirFact}, {f.Home, homeFact}} {
		if name := path.Base(d.text); len(name) > 2 {
			add(d.kind, name)
		}
	}
	if f.Locale != "" {
		name, _, _ := strings.Cut(f.Locale, ".")
		add(localeFact, f.Locale, name, strings.ReplaceAll(name, "_", "-"))
	}
	add(zoneFact, f.Zone)
	if !f.Begin.IsZero() && f.loc != nil {
		name, offset := f.Begin.In(f.loc).Zone()
		at := time.Unix(0, 0).In(time.FixedZone("", offset))
		add(zoneFact, name, at.Format("-0700"), at.Format("-07:00"))
	}
	for _, v := range f.Versions {
		add(versionFact, v)
		for _, t := range strings.Fields(v) {
			if countDigits(t) > 0 && len(t) > 2 {
				add(versionFact, t, strings.TrimLeft(t, "vV"))
			}
		}
	}
	return all
}

// take keeps the values that the other side lacks.
func (f *facts) take(own, other []factValue) {
	for _, v := range own {
		if !slices.Contains(other, v) && !slices.ContainsFunc(f.values, func(o factValue) bool { return o.text == v.text }) {
			f.values = append(f.values, v)
			f.first[v.text[0]] = true
		}
	}
	slices.SortStableFunc(f.values, func(x, y factValue) int { return len(y.text) - len(x.text) })
}

// match returns the end and the kind of the longest fact at offset i of s,
// which begins a word there.
func (f *facts) match(s string, i int) (int, factKind) {
	for _, v := range f.values {
		if strings.HasPrefix(s[i:], v.text) {
			if end := i + len(v.text); end == len(s) || !wordlike(s[end]) || !wordlike(s[end-1]) {
				return end, v.kind
			}
		}
	}
	return i, noFact
}

// zone returns the location that a value of TZ names, or nil.
func zone(name string) *time.Location {
	name = strings.TrimPrefix(name, ":")
	switch name {
	case "":
		return time.UTC
	case "/etc/localtime":
		return time.Local
	}
	if loc, err := time.LoadLocation(name); err == nil {
		return loc
	}
	// POSIX: letters or <letters>, then hours west of Greenwich.
	i := strings.IndexAny(name, "+-0123456789")
	if strings.HasPrefix(name, "<") {
		i = strings.IndexByte(name, '>') + 1
	}
	if i <= 0 || i >= len(name) {
		return nil
	}
	hours, minutes, _ := strings.Cut(name[i:], ":")
	h, err := strconv.Atoi(hours)
	if err != nil || h < -24 || h > 24 {
		return nil
	}
	m := 0
	if minutes != "" {
		if m, err = strconv.Atoi(minutes); err != nil || m < 0 || m > 59 {
			return nil
		}
	}
	if strings.HasPrefix(hours, "-") {
		m = -m
	}
	return time.FixedZone(strings.Trim(name[:i], "<>"), -(h*3600 + m*60))
}
