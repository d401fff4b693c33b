// Package sample measures how long things take, and says what the
// measurements prove.
//
// [Measure] takes samples of several subjects in interleaved rounds, so that
// what happens on the machine meanwhile happens to all of them. [Summarize]
// describes one sample by its median and an interval that assumes no
// distribution. [AtLeast] answers whether one subject is a given number of
// times faster than another, and [Difference] whether two differ at all; both
// answer with a [Verdict], which may be that nobody can tell. [Holm] corrects
// for having asked many questions.
//
// Nothing here reads a clock: whoever measures gives one. The statistics are
// exact functions of the figures: the same samples give the same verdict.
//
// The tests are those of A. Georges, D. Buytaert, L. Eeckhout, Statistically
// Rigorous Java Performance Evaluation, OOPSLA 2007, in the form for unknown
// distributions: the U test of H. B. Mann and D. R. Whitney, 1947, and order
// statistics for intervals.
package sample

import (
	"math"
	"slices"

	"github.com/aclements/go-moremath/stats"
)

// A Summary describes a sample. All figures but N have the unit of the sample.
type Summary struct {
	N        int
	Median   float64
	Low      float64 // the median of what was sampled is within Low to High,
	High     float64 // with the confidence that was asked for
	Min, Max float64
	Certain  bool // the sample is large enough for that confidence; if not, Low and High are Min and Max
}

// Summarize returns the median of xs, which is not empty, with the
// order-statistic interval of the given confidence, such as 0.95.
func Summarize(xs []float64, confidence float64) Summary {
	s := stats.Sample{Xs: slices.Sorted(slices.Values(xs)), Sorted: true}
	n := len(s.Xs)
	sum := Summary{N: n, Median: s.Quantile(0.5), Min: s.Xs[0], Max: s.Xs[n-1]}
	_, sum.Low, sum.High = stats.QuantileCI(n, 0.5, confidence).SampleCI(s)
	sum.Certain = !math.IsInf(sum.Low, 0) && !math.IsInf(sum.High, 0)
	if !sum.Certain {
		sum.Low, sum.High = sum.Min, sum.Max
	}
	return sum
}

// Spread returns the half width of the interval as a share of the median.
func (s Summary) Spread() float64 {
	if s.Median == 0 {
		return 0
	}
	return math.Max(s.High-s.Median, s.Median-s.Low) / s.Median
}
