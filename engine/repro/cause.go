package repro

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"starboard/engine/repro/difference"
)

// A search finds what differs, and why.
type search struct {
	*bench
	noise
	tried map[string]*effect // by conditions and variant
	found []*cause
	extra []*effect // runs without conditions, after the first ones
}

// An effect is what a run showed that equal conditions do not.
type effect struct {
	run    *Run
	places map[place]difference.Difference
	result *difference.Result // nil where the files are the same, or the run failed
}

// A cause is a set of conditions and what they make differ.
type cause struct {
	set     []string
	variant int
	places  map[place]bool
	effect  *effect // the first run that showed it
	runs    int     // how many runs the search took until then

	with, withDiffer, without, withoutDiffer int
	p                                        float64
}

func effectKey(set []string, variant int) string {
	return strings.Join(set, "+") + "#" + strconv.Itoa(variant)
}

// try runs under the conditions, once: the same set again gives the same
// effect, unless it is to be fresh.
func (c *search) try(purpose string, set []string, variant int, fresh bool) (*effect, error) {
	set = c.inOrder(set)
	key := effectKey(set, variant)
	if e, ok := c.tried[key]; ok && !fresh {
		return e, nil
	}
	r, err := c.run(purpose, c.make(set, variant))
	if err != nil {
		return nil, err
	}
	e := c.effectOf(r)
	if !fresh {
		c.tried[key] = e
	}
	return e, nil
}

// inOrder returns the set in the order of all conditions.
func (c *search) inOrder(set []string) []string {
	var list []string
	for _, x := range c.conditions {
		if slices.Contains(set, x.name) {
			list = append(list, x.name)
		}
	}
	return list
}

// effectOf compares a run with the reference and takes away the noise.
func (c *search) effectOf(r *Run) *effect {
	e := &effect{run: r, places: map[place]difference.Difference{}}
	if r.Failed {
		d := difference.Difference{Path: statusPath, Kind: difference.Content, A: "0", B: strconv.Itoa(r.Status), Detail: r.Output}
		e.places[place{path: statusPath, kind: difference.Content}] = d
		return e
	}
	if r.SHA256 == c.ref.SHA256 && sameModes(c.ref, r) {
		return e
	}
	e.result = c.compare(r)
	c.masked.add(e.result.Masked)
	for _, note := range e.result.Notes {
		c.note(note)
	}
	for p, d := range placesOf(e.result) {
		if !c.random(p) {
			e.places[p] = d
		}
	}
	return e
}

func (c *search) all(r *Report) error {
	runs := make([]*Run, c.o.Runs)
	for i := range runs {
		run, err := c.run("equal", c.make(nil, 0))
		if err != nil {
			return err
		}
		if run.Failed {
			return nil // the report says so
		}
		runs[i] = run
	}
	if len(runs[0].Files) == 0 {
		return &SetupError{fmt.Sprintf("the run ended well, but made no file below %s", c.o.Out)}
	}
	c.learn(runs)
	r.Files = runs[0].Files
	if err := c.trace(); err != nil {
		return err
	}
	if err := c.confirm(); err != nil {
		return err
	}
	held, err := c.hold()
	if err != nil {
		return err
	}
	c.report(r, held)
	return r.against(c.o.Against, runs[0], c.o)
}

// trace finds the conditions that make a difference.
func (c *search) trace() error {
	active := c.names()
	for variant := range 2 {
		for {
			set := c.together(active, variant)
			if len(set) == 0 {
				break
			}
			e, err := c.try("together", set, variant, false)
			if err != nil {
				return err
			}
			places := c.unknown(e)
			if len(places) == 0 {
				break
			}
			if err := c.halve(set, variant, places); err != nil {
				return err
			}
			if !e.run.Failed {
				break
			}
			// A failure hides all else: go on without what makes it fail.
			rest := slices.DeleteFunc(slices.Clone(active), func(name string) bool {
				return slices.ContainsFunc(c.found, func(f *cause) bool { return f.fails() && slices.Contains(f.set, name) })
			})
			if len(rest) == len(active) {
				break
			}
			active = rest
		}
	}
	if !c.o.Each {
		return nil
	}
	for _, x := range c.conditions {
		for variant := range x.count() {
			e, err := c.try("single", []string{x.name}, variant, false)
			if err != nil {
				return err
			}
			if places := c.unknown(e); len(places) > 0 {
				c.blame([]string{x.name}, variant, places, e)
			}
		}
	}
	return nil
}

// fails reports whether the cause makes runs fail.
func (f *cause) fails() bool {
	for p := range f.places {
		if p.failure() {
			return true
		}
	}
	return false
}

// together returns the conditions of a run under all of them: but for those
// that would hide others in this variant.
func (c *search) together(active []string, variant int) []string {
	var set []string
	for _, x := range c.conditions {
		if slices.Contains(active, x.name) && x.without != variant {
			set = append(set, x.name)
		}
	}
	return set
}

// unknown returns the places of an effect that have no cause yet.
func (c *search) unknown(e *effect) map[place]bool {
	places := map[place]bool{}
	for p := range e.places {
		if !slices.ContainsFunc(c.found, func(f *cause) bool { return f.places[p] }) {
			places[p] = true
		}
	}
	return places
}

// shown returns those of the places at which the effect shows. Places that
// move, because what stands around them differs too, count where their kind
// and file do.
func (e *effect) shown(places map[place]bool) map[place]bool {
	shown := map[place]bool{}
	for p := range places {
		if _, ok := e.places[p]; ok {
			shown[p] = true
		}
	}
	if len(shown) > 0 {
		return shown
	}
	for p := range e.places {
		for q := range places {
			if p.wide() == q.wide() {
				shown[q] = true
			}
		}
	}
	return shown
}

// halve traces the places, which differ under the set, to smaller sets.
func (c *search) halve(set []string, variant int, places map[place]bool) error {
	if len(set) == 1 {
		e, err := c.try("search", set, variant, false)
		if err != nil {
			return err
		}
		c.blame(set, variant, places, e)
		return nil
	}
	rest := maps.Clone(places)
	for _, half := range [][]string{set[:len(set)/2], set[len(set)/2:]} {
		e, err := c.try("search", half, variant, false)
		if err != nil {
			return err
		}
		shown := e.shown(places)
		if len(shown) == 0 {
			continue
		}
		maps.DeleteFunc(rest, func(p place, _ bool) bool { return shown[p] })
		if err := c.halve(half, variant, shown); err != nil {
			return err
		}
	}
	for len(rest) > 0 { // several conditions of both halves make it, or chance does
		smallest, err := c.explain(nil, false, set, variant, rest)
		if err != nil {
			return err
		}
		e, err := c.try("search", smallest, variant, false)
		if err != nil {
			return err
		}
		shown := e.shown(rest)
		if len(shown) == 0 { // not even the whole set shows it again
			c.chance(set, variant, rest)
			return nil
		}
		c.blame(smallest, variant, shown, e)
		maps.DeleteFunc(rest, func(p place, _ bool) bool { return shown[p] })
	}
	return nil
}

// explain is QuickXplain: it returns a smallest part of set that, together with
// the background, shows one of the places. Changed says that the background
// has grown since that was last tried.
func (c *search) explain(background []string, changed bool, set []string, variant int, places map[place]bool) ([]string, error) {
	if changed {
		e, err := c.try("search", background, variant, false)
		if err != nil {
			return nil, err
		}
		if len(e.shown(places)) > 0 {
			return nil, nil
		}
	}
	if len(set) == 1 {
		return set, nil
	}
	a, b := set[:len(set)/2], set[len(set)/2:]
	fromB, err := c.explain(slices.Concat(background, a), true, b, variant, places)
	if err != nil {
		return nil, err
	}
	fromA, err := c.explain(slices.Concat(background, fromB), len(fromB) > 0, a, variant, places)
	if err != nil {
		return nil, err
	}
	return slices.Concat(fromA, fromB), nil
}

// blame records that the set makes the places differ.
func (c *search) blame(set []string, variant int, places map[place]bool, e *effect) {
	set = c.inOrder(set)
	for _, f := range c.found {
		if slices.Equal(f.set, set) {
			maps.Copy(f.places, places)
			return
		}
	}
	c.found = append(c.found, &cause{set: set, variant: variant, places: maps.Clone(places), effect: e, runs: len(c.runs)})
}

// chance records places that were seen to differ once, and not again: rare
// noise.
func (c *search) chance(set []string, variant int, places map[place]bool) {
	e := c.tried[effectKey(c.inOrder(set), variant)]
	for p := range places {
		c.rare(p, e)
	}
}

// rare makes a place noise that equal conditions did not show at first.
func (c *search) rare(p place, e *effect) {
	if d, ok := e.places[p]; ok {
		c.example[p] = d
	}
	c.noise.seen[p]++
	if e.result != nil && !slices.Contains(c.result, e.result) {
		c.result = append(c.result, e.result)
	}
}

// Fresh runs that confirm a cause, and as many without it.
const (
	firstTries = 3
	moreTries  = 5
)

// confirm runs with each cause and without any, and drops what is chance.
func (c *search) confirm() error {
	if len(c.found) == 0 {
		return nil
	}
	var kept []*cause
	for _, f := range c.found {
		for _, tries := range []int{firstTries, moreTries} {
			if err := c.test(f, tries); err != nil {
				return err
			}
			if f.withDiffer == f.with && f.withoutDiffer == 0 {
				break // no doubt
			}
		}
		f.p = fisher(f.withDiffer, f.with, f.withoutDiffer, f.without)
		if f.p < 0.05 {
			kept = append(kept, f)
			continue
		}
		for p := range f.places {
			c.rare(p, f.effect)
		}
	}
	c.found = kept
	return nil
}

// test counts how many of so many fresh runs with a cause show it, and of the
// runs without it. They take turns.
func (c *search) test(f *cause, tries int) error {
	for range tries {
		e, err := c.try("confirm", f.set, f.variant, true)
		if err != nil {
			return err
		}
		f.with++
		if len(e.shown(f.places)) > 0 {
			f.withDiffer++
		}
		if f.with > len(c.extra) {
			e, err := c.try("confirm", nil, 0, true)
			if err != nil {
				return err
			}
			c.extra = append(c.extra, e)
		}
	}
	f.without, f.withoutDiffer = c.compared+1, 0
	for _, e := range c.extra {
		f.without++
		if len(e.shown(f.places)) > 0 {
			f.withoutDiffer++
		}
	}
	return nil
}

// fisher returns the probability that a or more of n runs with a condition
// differ, and no more than b of m without, if the condition did not matter
// (R. A. Fisher's exact test, one-sided).
func fisher(a, n, b, m int) float64 {
	differ := a + b
	p := 0.0
	for k := a; k <= min(n, differ); k++ {
		p += math.Exp(logChoose(n, k) + logChoose(m, differ-k) - logChoose(n+m, differ))
	}
	return min(p, 1)
}

func logChoose(n, k int) float64 {
	if k < 0 || k > n {
		return math.Inf(-1)
	}
	f := func(x int) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
	return f(n) - f(k) - f(n-k)
}

// sure reports whether the condition alone decides.
func (f *cause) sure() bool { return f.with == f.withDiffer && f.withoutDiffer == 0 }

// byPlace sorts places for the report.
func byPlace(a, b place) int {
	return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.path, b.path), cmp.Compare(a.kind, b.kind))
}
