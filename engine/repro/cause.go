package repro

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"starboard/engine/repro/difference"
)

// A search finds what differs, and why.
type search struct {
	*bench
	noise
	tried map[string]*effect // by conditions and variant
	found []*cause
	extra []*effect // runs without conditions, after the first ones

	settled bool
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
			if places, err = c.settle(e, places); err != nil {
				return err
			}
			if places, err = c.explained(places, variant); err != nil {
				return err
			}
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
			places := c.unknown(e)
			if places, err = c.explained(places, variant); err != nil {
				return err
			}
			if len(places) > 0 {
				c.blame([]string{x.name}, variant, places, e)
			}
		}
	}
	return nil
}

// explained takes away the places that the causes known so far show in this
// variant.
func (c *search) explained(places map[place]bool, variant int) (map[place]bool, error) {
	var known []string
	for _, f := range c.found {
		if f.variant != variant {
			known = append(known, f.set...)
		}
	}
	if len(known) == 0 || len(places) == 0 {
		return places, nil
	}
	e, err := c.try("search", known, variant, false)
	if err != nil {
		return nil, err
	}
	left := maps.Clone(places)
	maps.DeleteFunc(left, func(p place, _ bool) bool { _, ok := e.places[p]; return ok })
	return left, nil
}

// settle runs once more under equal conditions, so much later than the first
// run that a clock has gone on, before anything is blamed for a difference. It
// returns what is left of the places.
func (c *search) settle(e *effect, places map[place]bool) (map[place]bool, error) {
	if !c.settled {
		c.settled = true
		select {
		case <-time.After(time.Until(c.ref.side.Facts.Begin.Add(1100 * time.Millisecond))):
		case <-c.ctx.Done():
			return nil, c.ctx.Err()
		}
		r, err := c.run("equal", c.make(nil, 0))
		if err != nil {
			return nil, err
		}
		later := c.effectOf(r)
		if later.run.Failed {
			return places, nil // confirm will meet it again
		}
		c.compared++
		if later.result != nil {
			for p := range placesOf(later.result) {
				if c.random(p) {
					c.noise.seen[p]++
				} else {
					c.rare(p, later)
				}
			}
		}
	}
	left := map[place]bool{}
	for p := range places {
		if c.random(p) {
			delete(e.places, p)
		} else {
			left[p] = true
		}
	}
	return left, nil
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
		if f.variant == variant && slices.Equal(f.set, set) {
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

// byPlace sorts places for the report.
func byPlace(a, b place) int {
	return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.path, b.path), cmp.Compare(a.kind, b.kind))
}
