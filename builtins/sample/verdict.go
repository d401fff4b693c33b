package sample

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/aclements/go-moremath/stats"
)

// A Verdict is what a comparison came to.
type Verdict string

// The verdicts of [AtLeast] are Yes, No and CannotTell; those of [Difference]
// are Faster, Slower, Same and CannotTell.
const (
	Yes        Verdict = "yes"
	No         Verdict = "no"
	CannotTell Verdict = "cannot tell"
	Faster     Verdict = "faster"
	Slower     Verdict = "slower"
	Same       Verdict = "no difference"
)

// Alpha is the share of wrong positive answers that is accepted unless
// something else is asked for.
const Alpha = 0.01

// confidence is that of the intervals of ratios.
const confidence = 0.95

// Fewest is the number of measurements on each side below which no verdict is
// given: with fewer, the U test cannot reach Alpha.
const Fewest = 6

// A TooFewError says that there are too few measurements for a verdict.
type TooFewError struct{ N int }

func (e *TooFewError) Error() string {
	return fmt.Sprintf("got %d measurements, want %d or more on each side", e.N, Fewest)
}

// A Comparison is the answer to a question about two samples.
type Comparison struct {
	Verdict Verdict
	// Ratio is how many times faster the candidate is: the median of all
	// quotients of a reference time and a candidate time.
	Ratio     float64
	Low, High float64 // the interval of Ratio, of confidence 0.95
	// P is the probability of samples as telling as these if the positive
	// verdict (Yes; Faster or Slower) were wrong. PNo is the same for No.
	P, PNo float64
	By     float64 // the factor that was asked for; 1 for Difference
	Alpha  float64
}

// AtLeast answers whether the candidate is at least by times faster than the
// reference, by one-sided U tests of the reference against by times the
// candidate: Yes if it is proven, No if the contrary is, CannotTell otherwise.
// That the quotient of the medians lies on one side proves nothing by itself.
// A candidate that is exactly by times faster is called Yes by mistake in a
// share alpha of cases, a slower one less often.
//
// The samples are positive and have the same unit.
func AtLeast(candidate, reference []float64, by, alpha float64) (Comparison, error) {
	c := Comparison{Verdict: CannotTell, By: by, Alpha: alpha}
	if err := enough(candidate, reference); err != nil {
		return c, err
	}
	scaled := make([]float64, len(candidate))
	for i, x := range candidate {
		scaled[i] = x * by
	}
	c.P = oneSided(reference, scaled)
	c.PNo = oneSided(scaled, reference)
	c.Ratio, c.Low, c.High = ratio(candidate, reference, (1-confidence)/2)
	c.Judge(c.P, c.PNo)
	return c, nil
}

// Judge sets the verdict of an answer of AtLeast from probabilities that were
// corrected for the number of questions.
func (c *Comparison) Judge(p, pNo float64) {
	c.P, c.PNo = p, pNo
	switch {
	case p < c.Alpha:
		c.Verdict = Yes
	case pNo < c.Alpha:
		c.Verdict = No
	default:
		c.Verdict = CannotTell
	}
}

// Negligible is the factor up to which a difference is called none, even where
// it is proven: the place of a loop in memory makes as much.
const Negligible = 1.02

// Difference answers whether a is faster or slower than b by more than
// Negligible, by a two-sided U test. Where it finds nothing, the verdict is
// Same only if the interval of the ratio excludes a difference by the factor
// of resolution (such as 1.3) or more; otherwise such a difference may be
// hidden in the noise, and the verdict is CannotTell.
func Difference(a, b []float64, resolution, alpha float64) (Comparison, error) {
	c := Comparison{Verdict: CannotTell, By: 1, Alpha: alpha}
	if err := enough(a, b); err != nil {
		return c, err
	}
	c.P, c.PNo = twoSided(a, b), 1
	c.Ratio, c.Low, c.High = ratio(a, b, (1-confidence)/2)
	c.JudgeDifference(c.P, resolution)
	return c, nil
}

// JudgeDifference sets the verdict of an answer of Difference from a
// probability that was corrected for the number of questions.
func (c *Comparison) JudgeDifference(p, resolution float64) {
	c.P = p
	switch {
	case p < c.Alpha && c.Ratio > Negligible:
		c.Verdict = Faster
	case p < c.Alpha && c.Ratio < 1/Negligible:
		c.Verdict = Slower
	case c.Low > 1/resolution && c.High < resolution:
		c.Verdict = Same
	default:
		c.Verdict = CannotTell
	}
}

func enough(a, b []float64) error {
	if n := min(len(a), len(b)); n < Fewest {
		return &TooFewError{n}
	}
	return nil
}

// oneSided returns the probability of samples like these if a were not larger
// than b.
func oneSided(a, b []float64) float64 { return uTest(a, b, stats.LocationGreater) }

func twoSided(a, b []float64) float64 { return uTest(a, b, stats.LocationDiffers) }

func uTest(a, b []float64, alt stats.LocationHypothesis) float64 {
	r, err := stats.MannWhitneyUTest(a, b, alt)
	if errors.Is(err, stats.ErrSamplesEqual) {
		return 1 // one value throughout
	}
	if err != nil {
		return 1 // not reached: the sizes have been checked
	}
	return min(r.P, 1)
}

// ratio returns the median of all quotients reference/candidate, the estimator
// of J. L. Hodges and E. L. Lehmann, 1963, for a factor, and the interval that
// belongs to the U test, outside of which it lies on either side with the
// probability tail.
func ratio(candidate, reference []float64, tail float64) (mid, low, high float64) {
	all := make([]float64, 0, len(candidate)*len(reference))
	for _, c := range candidate {
		for _, r := range reference {
			all = append(all, r/c)
		}
	}
	slices.Sort(all)
	n := len(all)
	k := critical(len(candidate), len(reference), tail)
	return stats.Sample{Xs: all, Sorted: true}.Quantile(0.5), all[k], all[n-1-k]
}

// critical returns how many of the n1·n2 quotients lie outside of the interval
// at each end. Beyond a dozen measurements the normal approximation of U is
// exact enough, and exact ones take long.
func critical(n1, n2 int, tail float64) int {
	most := (n1*n2 - 1) / 2
	if n1 > 12 || n2 > 12 {
		m, n := float64(n1), float64(n2)
		z := stats.InvCDF(stats.StdNormal)(1 - tail)
		k := int(math.Floor(m*n/2 - z*math.Sqrt(m*n*(m+n+1)/12)))
		return min(max(k, 0), most)
	}
	d := stats.UDist{N1: n1, N2: n2}
	k := 0
	for k < most && d.CDF(float64(k)) < tail {
		k++
	}
	return k
}

// Holm returns the probabilities corrected for having asked len(p) questions,
// so that the chance of one wrong positive answer among all of them is no
// more than what is asked of each (S. Holm, 1979).
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	highest := 0.0
	for rank, i := range order {
		highest = max(highest, min(1, p[i]*float64(len(p)-rank)))
		adjusted[i] = highest
	}
	return adjusted
}
