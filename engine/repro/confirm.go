package repro

import "math"

// Fresh runs that confirm a cause, and as many without it.
const (
	firstTries = 3
	moreTries  = 5
)

// doubt is the probability above which an effect may be chance.
const doubt = 0.05

// A tally counts the fresh runs that show a place.
type tally struct{ with, without int }

// confirm runs with each cause and without any, and drops what is chance. Each
// place stands for itself.
func (c *search) confirm() error {
	var kept []*cause
	for _, f := range c.found {
		counts, err := c.counts(f)
		if err != nil {
			return err
		}
		sure, likelier := f.part(), f.part()
		for p := range f.places {
			n := counts[p]
			chance := fisher(n.with, f.with, n.without, f.without)
			switch {
			case n.with == f.with && n.without == 0:
				sure.take(p, n, chance)
			case chance < doubt:
				likelier.take(p, n, chance)
			default:
				c.rare(p, f.effect)
			}
		}
		for _, part := range []*cause{sure, likelier} {
			if len(part.places) > 0 {
				kept = append(kept, part)
			}
		}
	}
	c.found = kept
	return nil
}

// part returns a cause like f without places.
func (f *cause) part() *cause {
	part := *f
	part.places = map[place]bool{}
	return &part
}

// take adds a place to a cause. Its evidence is that of the weakest.
func (f *cause) take(p place, n tally, chance float64) {
	if len(f.places) == 0 || chance > f.p {
		f.withDiffer, f.withoutDiffer, f.p = n.with, n.without, chance
	}
	f.places[p] = true
}

// counts counts how many of some fresh runs with a cause show each of its
// places, and how many of the runs without it: of more where there is doubt.
func (c *search) counts(f *cause) (map[place]tally, error) {
	counts := map[place]tally{}
	f.without = c.compared + 1 // those that the noise was learnt from
	extra := 0
	for _, tries := range []int{firstTries, moreTries} {
		for range tries {
			e, err := c.try("confirm", f.set, f.variant, true)
			if err != nil {
				return nil, err
			}
			f.with++
			for p := range e.shown(f.places) {
				n := counts[p]
				n.with++
				counts[p] = n
			}
			if f.with > len(c.extra) { // they take turns
				e, err := c.try("confirm", nil, 0, true)
				if err != nil {
					return nil, err
				}
				c.extra = append(c.extra, e)
			}
		}
		for _, e := range c.extra[extra:] {
			f.without++
			for p := range e.shown(f.places) {
				n := counts[p]
				n.without++
				counts[p] = n
			}
		}
		extra = len(c.extra)
		doubtful := false
		for p := range f.places {
			doubtful = doubtful || counts[p].with < f.with || counts[p].without > 0
		}
		if !doubtful {
			break
		}
	}
	return counts, nil
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
