package repro

import (
	"maps"
	"math"
	"slices"
	"time"

	"starboard/engine/repro/difference"
)

// A holder keeps something still that varies under equal conditions. What is
// random otherwise and not then has its cause.
type holder struct {
	name  string // of the condition where there is one
	about string
	apply func(b *bench, s *setup) bool // false where it cannot
}

var holders = []holder{
	{"clock", "the clock", func(b *bench, s *setup) bool {
		if b.o.Script != "" || b.faketime == "" || beyondFaketime(b.o.program()) != "" {
			return false
		}
		b.fake(s, time.Now().Format("2006-01-02")+" 12:34:56") // without @, time stands still
		s.frozen = true
		return true
	}},
	{"cores", "a single core", func(b *bench, s *setup) bool {
		if b.pinned == nil && b.cores > 1 && b.works("taskset", "-c", "0", "true") {
			b.pinned = []string{"taskset", "-c", "0"}
		}
		if b.pinned == nil {
			return false
		}
		applyCores(b, s, 0)
		return true
	}},
	{"memory", "the layout of memory", func(b *bench, s *setup) bool {
		if !b.works("setarch", "-R", "true") {
			return false
		}
		s.inner = append(s.inner, []string{"setarch", "-R"})
		return true
	}},
}

// maxHeld is how often a holder is tried at most.
const maxHeld = 7

// hold finds which holders end which of the noise. It returns the places that
// each of them ends.
func (c *search) hold() (map[string]map[place]bool, error) {
	ended := map[string]map[place]bool{}
	if !c.some() {
		return ended, nil
	}
	open := map[place]float64{} // share of comparisons that show it
	for p, n := range c.noise.seen {
		q := c.heldAs(p)
		open[q] = max(open[q], (float64(n)+0.5)/float64(c.compared+1))
	}
	for _, h := range holders {
		if len(open) == 0 {
			break
		}
		still, tries, err := c.still(h, open)
		if err != nil {
			return nil, err
		}
		for p := range still {
			// So often it would not have been seen by chance, if holding changed nothing.
			if math.Pow(1-min(open[p], 0.95), float64(tries)) < 0.05 {
				if ended[h.name] == nil {
					ended[h.name] = map[place]bool{}
				}
				ended[h.name][p] = true
				delete(open, p)
			}
		}
	}
	return ended, nil
}

// heldAs returns the place by which noise is recognised again.
func (c *search) heldAs(p place) place {
	if c.wide[p.wide()] {
		return p.wide()
	}
	return p
}

// still runs with the holder until every place has differed, and returns those
// that never did, with the number of comparisons.
func (c *search) still(h holder, open map[place]float64) (map[place]float64, int, error) {
	left := maps.Clone(open)
	var first *Run
	for i := range maxHeld {
		s := c.make(nil, 0)
		s.held = h.name
		if !h.apply(c.bench, s) {
			return nil, 0, nil
		}
		r, err := c.run("held", s)
		if err != nil {
			return nil, 0, err
		}
		if r.Failed {
			return nil, 0, nil // it cannot live with it
		}
		if first == nil {
			first = r
			continue
		}
		if r.SHA256 == first.SHA256 {
			continue
		}
		found := difference.Compare(first.side, r.side, difference.Options{Mask: c.mask, Limit: c.limit})
		for _, d := range found.Differences {
			p := place{d.File, d.Path, d.Kind}
			delete(left, p)
			delete(left, p.wide())
		}
		if len(left) == 0 {
			return nil, i, nil
		}
	}
	return left, maxHeld - 1, nil
}

// holderAbout returns what a holder keeps still.
func holderAbout(name string) string {
	i := slices.IndexFunc(holders, func(h holder) bool { return h.name == name })
	return holders[i].about
}
