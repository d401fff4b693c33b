package property

import (
	"math/bits"
	"math/rand/v2"
)

// MaxChoices is how many an example may take. One that would take more is left
// out.
const MaxChoices = 20_000

// A Source is what an example is drawn from.
type Source struct {
	replay []uint64
	next   int     // in replay
	random *Random // nil: what is not in replay is 0

	made  []choice
	spans []span
	open  []int // indices of spans that have not ended
	large bool
}

// A choice is an answer, and the largest that was allowed.
type choice struct{ value, most uint64 }

// A span is the choices that one thing is drawn from.
type span struct {
	kind       string
	start, end int
	parent     int // index of the span around it, or -1
}

// newSource returns the source of the numbered example of a seed.
func newSource(seed, number uint64) *Source {
	return &Source{random: newRandom(seed, number)}
}

// Replay returns a source that gives the answers again. A number that is too
// large for its question counts as the largest; after the last, all are 0.
func Replay(choices []uint64) *Source { return &Source{replay: choices} }

// Drawn returns the source of the numbered example of a seed; number 0 is the
// simplest one.
func Drawn(seed, number uint64) *Source {
	if number == 0 {
		return Replay(nil)
	}
	return newSource(seed, number)
}

// Choose returns a number from 0 to most, each as likely as the other.
func (s *Source) Choose(most uint64) uint64 {
	return s.ChooseBy(most, func(r *Random) uint64 { return r.UpTo(most) })
}

// ChooseBy returns a number from 0 to most, which pick draws: it decides how
// likely each is, not which are possible.
func (s *Source) ChooseBy(most uint64, pick func(*Random) uint64) uint64 {
	var v uint64
	switch {
	case len(s.made) >= MaxChoices:
		s.large = true
		return 0 // which ends whatever goes on and on
	case s.next < len(s.replay):
		v = min(s.replay[s.next], most)
		s.next++
	case s.random != nil:
		v = min(pick(s.random), most)
	}
	s.made = append(s.made, choice{v, most})
	return v
}

// Chance returns true as often as once in so many times; false is simpler.
func (s *Source) Chance(once, inSoMany uint64) bool {
	return s.ChooseBy(1, func(r *Random) uint64 {
		if r.UpTo(inSoMany-1) < once {
			return 1
		}
		return 0
	}) == 1
}

// Must is a question with one answer. It takes the place of one that may have
// others, so that the choices after it keep theirs when some before are left
// out.
func (s *Source) Must(v uint64) uint64 {
	if len(s.made) >= MaxChoices {
		s.large = true
		return v
	}
	if s.next < len(s.replay) {
		s.next++
	}
	s.made = append(s.made, choice{v, v})
	return v
}

// Begin starts a span: the choices until its End belong to one thing of that
// kind. Things that stand side by side and are of the same kind can change
// places, and each can be left out.
func (s *Source) Begin(kind string) {
	parent := -1
	if n := len(s.open); n > 0 {
		parent = s.open[n-1]
	}
	s.open = append(s.open, len(s.spans))
	s.spans = append(s.spans, span{kind, len(s.made), -1, parent})
}

// End ends the span that was begun last.
func (s *Source) End() {
	last := len(s.open) - 1
	s.spans[s.open[last]].end = len(s.made)
	s.open = s.open[:last]
}

// Choices returns the answers that were given.
func (s *Source) Choices() []uint64 {
	values := make([]uint64, len(s.made))
	for i, c := range s.made {
		values[i] = c.value
	}
	return values
}

// Large reports whether the example takes more than [MaxChoices].
func (s *Source) Large() bool { return s.large }

// Random is a source of random numbers that is the same on every machine, and
// in every release of Go: PCG-DXSM by the bits, and nothing of a library that
// makes ranges of them.
type Random struct{ bits *rand.PCG }

func newRandom(seed, number uint64) *Random {
	// Neighbouring numbers must not give neighbouring streams.
	return &Random{rand.NewPCG(mix(seed), mix(number^0x9e3779b97f4a7c15))}
}

// mix scatters the bits of a number (SplitMix64, Steele and others, 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// UpTo returns a number from 0 to most, each as likely as the other (Lemire,
// "Fast Random Integer Generation in an Interval", 2019).
func (r *Random) UpTo(most uint64) uint64 {
	n := most + 1
	if n == 0 {
		return r.bits.Uint64()
	}
	hi, lo := bits.Mul64(r.bits.Uint64(), n)
	if lo < n {
		for least := -n % n; lo < least; {
			hi, lo = bits.Mul64(r.bits.Uint64(), n)
		}
	}
	return hi
}

// Spread returns a number from 0 to most of which small ones, the ends, and
// numbers of any length are likely.
func (r *Random) Spread(most uint64) uint64 {
	switch r.UpTo(15) {
	case 0:
		return most
	case 1:
		return 0
	case 2, 3, 4, 5:
		return r.UpTo(most)
	}
	length := r.UpTo(uint64(bits.Len64(most)))
	return min(most, r.UpTo(1<<length-1))
}
