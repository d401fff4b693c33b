package sample_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"starboard/builtins/sample"
)

func TestSummarize(t *testing.T) {
	for _, tt := range []struct {
		name string
		xs   []float64
		want sample.Summary
	}{
		{"one", []float64{7}, sample.Summary{N: 1, Median: 7, Low: 7, High: 7, Min: 7, Max: 7}},
		// With six measurements, the smallest and the largest hold the median
		// with 1 - 2/2^6 = 0.97.
		{"six", []float64{6, 1, 5, 2, 4, 3}, sample.Summary{N: 6, Median: 3.5, Low: 1, High: 6, Min: 1, Max: 6, Certain: true}},
		{"five", []float64{5, 1, 4, 2, 3}, sample.Summary{N: 5, Median: 3, Low: 1, High: 5, Min: 1, Max: 5}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := sample.Summarize(tt.xs, 0.95)
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
				t.Errorf("Summarize differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHolm(t *testing.T) {
	got := sample.Holm([]float64{0.01, 0.04, 0.03, 0.005})
	want := []float64{0.03, 0.06, 0.06, 0.02} // 3·0.01, then 2·0.03, and never below the one before
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
		t.Errorf("Holm differs (-want +got):\n%s", diff)
	}
	if got := sample.Holm(nil); len(got) != 0 {
		t.Errorf("Holm(nil) = %v", got)
	}
}

func TestHolmNeverHelps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 20).Draw(t, "p")
		for i, x := range sample.Holm(p) {
			if x < p[i] || x > 1 {
				t.Fatalf("corrected %g to %g", p[i], x)
			}
		}
	})
}

// series returns n figures around x that all differ.
func series(x float64, n int) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = x * (1 + 0.001*float64(i*7%n))
	}
	return xs
}

func TestVerdicts(t *testing.T) {
	for _, tt := range []struct {
		name                 string
		candidate, reference []float64
		by                   float64
		want                 sample.Verdict
	}{
		{"three times is twice", series(100, 20), series(300, 20), 2, sample.Yes},
		{"one and a half is not", series(100, 20), series(150, 20), 2, sample.No},
		{"exactly twice", series(100, 20), series(200, 20), 2, sample.CannotTell},
		{"the same value throughout", make1(20, 5), make1(20, 10), 2, sample.CannotTell},
		{"constant and faster", make1(20, 5), make1(20, 20), 2, sample.Yes},
		{"six are enough", series(100, 6), series(900, 6), 2, sample.Yes},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := sample.AtLeast(tt.candidate, tt.reference, tt.by, sample.Alpha)
			if err != nil || c.Verdict != tt.want {
				t.Errorf("AtLeast = %+v, %v, want %s", c, err, tt.want)
			}
			if want := tt.reference[0] / tt.candidate[0]; math.Abs(c.Ratio/want-1) > 0.05 || c.Low > c.Ratio || c.High < c.Ratio {
				t.Errorf("ratio %g within %g to %g, want about %g", c.Ratio, c.Low, c.High, want)
			}
		})
	}
	if _, err := sample.AtLeast(series(1, 5), series(9, 20), 2, sample.Alpha); !errors.As(err, new(*sample.TooFewError)) {
		t.Errorf("five measurements: got error %v, want that they are too few", err)
	}
	if _, err := sample.Difference(series(1, 20), nil, 1.3, sample.Alpha); !errors.As(err, new(*sample.TooFewError)) {
		t.Errorf("no measurements: got error %v, want that they are too few", err)
	}
	wide := make([]float64, 20)
	for i := range wide {
		wide[i] = 100 * (1 + float64(i*7%20))
	}
	if c, err := sample.Difference(wide, wide, 1.3, sample.Alpha); err != nil || c.Verdict != sample.CannotTell {
		t.Errorf("noise that hides a factor of 1.3: got %+v, %v, want that nobody can tell", c, err)
	}
}

func make1(n int, x float64) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = x
	}
	return xs
}

// A clock goes only as far as the subjects make it go.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func TestMeasure(t *testing.T) {
	c := &clock{time.Unix(0, 0)}
	var order []string
	subject := func(name string, each time.Duration) sample.Subject {
		steps := uint64(0)
		return sample.Subject{
			Name:  name,
			Steps: func() uint64 { return steps },
			Run: func(n int) error {
				order = append(order, name)
				steps += 3 * uint64(n)
				c.now = c.now.Add(time.Duration(n) * each)
				return nil
			},
		}
	}
	got, err := sample.Measure(c.Now, sample.Plan{Rounds: 4, Least: time.Millisecond}, subject("a", time.Microsecond), subject("b", 10*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := got[0], got[1]; a.N < 1000 || b.N != 1 || a.Steps != 3 || b.Steps != 3 {
		t.Errorf("a %+v, b %+v, want a 1000 times or more, b once, 3 steps each", a, b)
	}
	if diff := cmp.Diff([]float64{1000, 1000, 1000, 1000}, got[0].Times()); diff != "" {
		t.Errorf("times of a differ (-want +got):\n%s", diff)
	}
	turns := slices.Compact(order[len(order)-8*sample.Tries:])
	if diff := cmp.Diff([]string{"a", "b", "a", "b", "a"}, turns); diff != "" {
		t.Errorf("order differs (-want +got):\n%s", diff)
	}
	fails := errors.New("no luck")
	_, err = sample.Measure(c.Now, sample.Plan{Rounds: 4}, sample.Subject{Name: "f", Run: func(int) error { return fails }})
	if !errors.Is(err, fails) || err.Error() != "f: no luck" {
		t.Errorf("a subject that fails: got error %v", err)
	}
}

// TestAllocations measures something that allocates a known amount.
func TestAllocations(t *testing.T) {
	var keep []byte
	got, err := sample.Measure(time.Now, sample.Plan{Rounds: 6, Least: 100 * time.Microsecond}, sample.Subject{Name: "kb", Run: func(n int) error {
		for range n {
			keep = make([]byte, 1024)
		}
		return nil
	}})
	if err != nil || len(keep) != 1024 {
		t.Fatal(err)
	}
	if s := got[0]; s.Allocs < 1 || s.Bytes < 1024 {
		t.Errorf("got %g allocations of %g bytes, want 1 or more of 1024 or more", s.Allocs, s.Bytes)
	}
}

func BenchmarkAtLeast(b *testing.B) {
	x, y := series(100, 20), series(250, 20)
	for b.Loop() {
		if _, err := sample.AtLeast(x, y, 2, sample.Alpha); err != nil {
			b.Fatal(err)
		}
	}
}
