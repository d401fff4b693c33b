package sample_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"starboard/builtins/sample"
)

// The instruments are proven by known answers: noise that was recorded on a
// real machine is cut into measurements of two subjects that take turns, and
// one of them is made slower by an exactly known factor. The generator of
// random numbers has a fixed seed, so that the counts are exact.

// suites is how often each question is asked.
const suites = 100

// comparisons is the number of comparisons in a suite.
const comparisons = 8

// noises returns the recordings by name.
func noises(t *testing.T) map[string][]float64 {
	t.Helper()
	files, err := filepath.Glob("testdata/noise-*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("got %d recordings, %v; want 2 or more", len(files), err)
	}
	all := map[string][]float64{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var n noise
		if err := json.Unmarshal(data, &n); err != nil {
			t.Fatal(err)
		}
		if len(n.NS) < 1000 {
			t.Fatalf("%s: got %d measurements, want 1000 or more", f, len(n.NS))
		}
		all[filepath.Base(f)] = n.NS
	}
	return all
}

// draw returns interleaved measurements of two subjects of equal speed: a
// stretch of the recording, as neighbouring times are not independent.
func draw(r *rand.Rand, ns []float64) (a, b []float64) {
	at := r.IntN(len(ns) - 2*sample.DefaultRounds)
	for i := range sample.DefaultRounds {
		x, y := ns[at+2*i], ns[at+2*i+1]
		if i%2 == 1 {
			x, y = y, x
		}
		a, b = append(a, x), append(b, y)
	}
	return a, b
}

func times(xs []float64, factor float64) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = x * factor
	}
	return out
}

// judged asks about several pairs at once, corrected for their number.
func judged(t *testing.T, pairs [][2][]float64) []sample.Comparison {
	t.Helper()
	const resolution = 1.3
	cs := make([]sample.Comparison, len(pairs))
	p := make([]float64, len(pairs))
	for i, pair := range pairs {
		c, err := sample.Difference(pair[0], pair[1], resolution, sample.Alpha)
		if err != nil {
			t.Fatal(err)
		}
		cs[i], p[i] = c, c.P
	}
	for i, adjusted := range sample.Holm(p) {
		cs[i].JudgeDifference(adjusted, resolution)
	}
	return cs
}

// TestNothingIsFoundInTheSame compares a thing with itself.
func TestNothingIsFoundInTheSame(t *testing.T) {
	for name, ns := range noises(t) {
		r := rand.New(rand.NewPCG(1, 2))
		quiet, verdicts := 0, map[sample.Verdict]int{}
		for range suites {
			var pairs [][2][]float64
			for range comparisons {
				a, b := draw(r, ns)
				pairs = append(pairs, [2][]float64{a, b})
			}
			all := true
			for _, c := range judged(t, pairs) {
				verdicts[c.Verdict]++
				all = all && c.Verdict == sample.Same
			}
			if all {
				quiet++
			}
		}
		t.Logf("%s: no difference throughout in %d of %d suites: %v", name, quiet, suites, verdicts)
		if quiet < 95 {
			t.Errorf("%s: no difference in %d of %d suites, want 95 or more: %v", name, quiet, suites, verdicts)
		}
	}
}

// TestSlowDownIsFound makes one of a suite 1.3 times slower.
func TestSlowDownIsFound(t *testing.T) {
	for name, ns := range noises(t) {
		r := rand.New(rand.NewPCG(3, 4))
		found := 0
		for range suites {
			var pairs [][2][]float64
			for i := range comparisons {
				a, b := draw(r, ns)
				if i == 0 {
					a = times(a, 1.3)
				}
				pairs = append(pairs, [2][]float64{a, b})
			}
			if judged(t, pairs)[0].Verdict == sample.Slower {
				found++
			}
		}
		t.Logf("%s: found %d of %d", name, found, suites)
		if found < 90 {
			t.Errorf("%s: a slow-down of 1.3 was found in %d of %d suites, want 90 or more", name, found, suites)
		}
	}
}

// TestNearlyTwiceIsNotTwice asks for a factor of 2 where the truth is below,
// at, and above it.
func TestNearlyTwiceIsNotTwice(t *testing.T) {
	for name, ns := range noises(t) {
		for _, tt := range []struct {
			truth           float64
			mostYes, mostNo int
			leastYes        int
		}{
			{truth: 1, mostYes: 0, mostNo: suites},
			{truth: 1.9, mostYes: 5, mostNo: suites},
			{truth: 2, mostYes: 5, mostNo: 5},
			{truth: 2.6, mostYes: suites, mostNo: 0, leastYes: 90},
			{truth: 4, mostYes: suites, mostNo: 0, leastYes: 99},
		} {
			r := rand.New(rand.NewPCG(5, 6))
			yes, no := 0, 0
			for range suites {
				candidate, reference := draw(r, ns)
				c, err := sample.AtLeast(candidate, times(reference, tt.truth), 2, sample.Alpha)
				if err != nil {
					t.Fatal(err)
				}
				switch c.Verdict {
				case sample.Yes:
					yes++
				case sample.No:
					no++
				}
			}
			t.Logf("%s: %g times faster: twice as fast %d yes, %d no of %d", name, tt.truth, yes, no, suites)
			if yes > tt.mostYes || yes < tt.leastYes || no > tt.mostNo {
				t.Errorf("%s: %g times faster: got %d yes, %d no of %d, want at most %d yes, %d no, at least %d yes",
					name, tt.truth, yes, no, suites, tt.mostYes, tt.mostNo, tt.leastYes)
			}
		}
	}
}
