package difference

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// A tally gathers differences.
type tally struct {
	limit int
	diffs []entry
	more  map[groupKey]map[string]int // beyond the limit: by group, how many in each file
	over  int
	files int // differences of the present file
	notes []string
}

// An entry is a difference and what is needed to judge it among the others.
type entry struct {
	Difference
	pattern string // the place without what tells items apart
	x, y    string // the values in full, or their hashes where they are long
}

type groupKey struct {
	kind  Kind
	class string
}

// found is a difference that a comparison came across.
type found struct {
	verdict
	a, b       string
	offA, offB int
	at         bool // the offsets are given; else they are those of the frame
}

// emit records a difference at the innermost frame.
func (c *comparer) emit(f found) {
	c.files++
	if f.class == "" {
		f.class = f.detail
	}
	if len(c.diffs) >= c.limit {
		c.over++
		if c.more == nil {
			c.more = map[groupKey]map[string]int{}
		}
		k := groupKey{f.kind, f.class}
		if c.more[k] == nil {
			c.more[k] = map[string]int{}
		}
		c.more[k][c.file]++
		return
	}
	e := entry{Difference: Difference{File: c.file, Kind: f.kind, A: clip(f.a), B: clip(f.b), Detail: f.detail, class: f.class, size: f.size}}
	e.x, e.y = key(f.a), key(f.b)
	e.Path, e.pattern = c.words()
	if c.da != nil {
		d, offset := c.da, f.offA
		if !f.at && len(c.frames) > 0 {
			top := c.frames[len(c.frames)-1]
			i := top.i
			if i < 0 && top.j >= 0 {
				d, i = c.db, top.j
			}
			if i >= 0 {
				offset = int(d.nodes[i].start)
			}
		}
		offset = max(0, min(offset, len(d.text)))
		e.Line, e.Col = d.place(offset)
		e.Offset = int64(offset)
	}
	c.diffs = append(c.diffs, e)
}

// key stands for a value in comparisons among differences.
func key(s string) string {
	if len(s) <= 64 {
		return s
	}
	return fmt.Sprintf("%x", hashString(s))
}

// clip shortens a value for the reader.
func clip(s string) string { return shorten(s, 240) }

func shorten(s string, most int) string {
	if len(s) <= most {
		return strings.ToValidUTF8(s, "�")
	}
	end := most
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.ToValidUTF8(s[:end], "�") + "…"
}

// review judges the differences by what shows only over all of them: values
// that changed places, and numbers that moved in step.
func (t *tally) review() {
	type place struct{ file, pattern string }
	groups := map[place][]int{}
	var order []place
	for i, e := range t.diffs {
		p := place{e.File, e.pattern}
		if _, ok := groups[p]; !ok {
			order = append(order, p)
		}
		groups[p] = append(groups[p], i)
	}
	for _, p := range order {
		idx := groups[p]
		t.company(idx)
		t.handedOn(idx)
		t.inStep(idx)
	}
}

// company makes random what at a place of random tokens is mere content: a
// token drawn by chance may look like a word.
func (t *tally) company(idx []int) {
	sure, unsure := -1, []int(nil)
	n := 0
	for _, i := range idx {
		switch e := &t.diffs[i]; {
		case e.Kind == Random:
			sure = i
			n++
		case e.Kind == Content && len(e.x) >= 4 && len(e.y) >= 4 && !strings.ContainsAny(e.x+e.y, " \t"):
			unsure = append(unsure, i)
		}
	}
	if n < len(unsure) || sure < 0 {
		return
	}
	for _, i := range unsure {
		e := &t.diffs[i]
		e.Kind, e.Detail, e.class = Random, t.diffs[sure].Detail, t.diffs[sure].class
	}
}

// handedOn finds values that the items of a list have exchanged: the list is
// in another order, and something else, such as a reference or a place, went
// by the order.
func (t *tally) handedOn(idx []int) {
	var xs, ys []string
	var at []int
	for _, i := range idx {
		switch t.diffs[i].Kind {
		case Order, MissingItem, Layout, Time, MissingFile:
		default:
			at, xs, ys = append(at, i), append(xs, t.diffs[i].x), append(ys, t.diffs[i].y)
		}
	}
	if len(at) < 2 {
		return
	}
	slices.Sort(xs)
	slices.Sort(ys)
	if !slices.Equal(xs, ys) || xs[0] == xs[len(xs)-1] {
		return
	}
	for _, i := range at {
		e := &t.diffs[i]
		e.Detail = fmt.Sprintf("the same %d values, handed to other items", len(at))
		e.class = "values handed to other items"
		e.Kind = Order
	}
}

// inStep tells counters from other numbers: all of one place have moved by
// the same step.
func (t *tally) inStep(idx []int) {
	var at []int
	step, same := 0.0, true
	for _, i := range idx {
		e := &t.diffs[i]
		if e.Kind != Counter && (e.Kind != Number || e.class != "number") {
			continue
		}
		vx, okx := parseNumber(e.x)
		vy, oky := parseNumber(e.y)
		if !okx || !oky {
			continue
		}
		if len(at) == 0 {
			step = vy - vx
		}
		same = same && vy-vx == step && vx == math.Trunc(vx)
		at = append(at, i)
	}
	if len(at) < 3 {
		return
	}
	for _, i := range at {
		e := &t.diffs[i]
		if same {
			e.Kind, e.Detail, e.class = Counter, stepText(step)+" throughout", "step"
		} else if e.Kind == Counter {
			e.Kind, e.class = Number, "number"
			vx, _ := parseNumber(e.x)
			vy, _ := parseNumber(e.y)
			e.Detail = "apart by " + trimFloat(vy-vx)
		}
	}
}

// grouped returns the differences that are not masked, and the groups of all.
func (t *tally) grouped(mask []Kind) (kept []Difference, groups, masked []Group) {
	type gather struct {
		Group
		files map[string]int
		x, y  map[string]string
		one   bool // each value became one other throughout
		max   float64
		same  bool // all details are alike
	}
	byKey := map[groupKey]*gather{}
	for _, e := range t.diffs {
		k := groupKey{e.Kind, e.class}
		g := byKey[k]
		if g == nil {
			g = &gather{Group: Group{Kind: e.Kind, Detail: e.Detail, Example: e.Difference}, files: map[string]int{}, x: map[string]string{}, y: map[string]string{}, one: true, same: true}
			byKey[k] = g
		}
		g.Count++
		g.files[e.File]++
		g.max = max(g.max, e.size)
		g.same = g.same && e.Detail == g.Detail
		if old, ok := g.x[e.x]; ok && old != e.y {
			g.one = false
		}
		if old, ok := g.y[e.y]; ok && old != e.x {
			g.one = false
		}
		g.x[e.x], g.y[e.y] = e.y, e.x
		if !slices.Contains(mask, e.Kind) {
			kept = append(kept, e.Difference)
		}
	}
	for k, files := range t.more {
		if byKey[k] == nil {
			byKey[k] = &gather{Group: Group{Kind: k.kind, Detail: k.class, Example: Difference{Kind: k.kind, Detail: k.class}}, files: map[string]int{}, x: map[string]string{}}
		}
		for f, n := range files {
			byKey[k].Count += n
			byKey[k].files[f] += n
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(byKey), func(x, y groupKey) int {
		return cmp.Or(byKey[y].Count-byKey[x].Count, cmp.Compare(x.kind, y.kind), cmp.Compare(x.class, y.class))
	}) {
		g := byKey[k]
		g.Files = slices.Sorted(maps.Keys(g.files))
		g.Fix = k.kind.Fix()
		if !g.same && g.Example.File != "" {
			g.Detail = summary(k, g.max)
		}
		switch k.kind {
		case UUID, Random, Address:
			if g.Count > 1 && g.one && len(g.x) > 1 {
				g.Note = fmt.Sprintf("%d values; each stands for one other throughout", len(g.x))
			}
		}
		if slices.Contains(mask, k.kind) {
			masked = append(masked, g.Group)
		} else {
			groups = append(groups, g.Group)
		}
	}
	return kept, groups, masked
}

// summary says what the differences of a group have in common where their own
// details differ.
func summary(k groupKey, size float64) string {
	switch k.class {
	case "jitter":
		return fmt.Sprintf("relative up to %.0e", size)
	case "number", "content":
		return ""
	case "step":
		return "by different steps"
	}
	return strings.TrimPrefix(k.class, ", ")
}

// String says what a group is in one line: "38 UUIDs (version 4, random) in 3 files".
func (g Group) String() string {
	s := fmt.Sprintf("%d %s", g.Count, g.Kind.noun(g.Count))
	if g.Detail != "" {
		s += " (" + g.Detail + ")"
	}
	if len(g.Files) == 1 {
		return s + " in " + g.Files[0]
	}
	return s + fmt.Sprintf(" in %d files", len(g.Files))
}
