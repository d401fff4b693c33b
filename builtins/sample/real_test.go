package sample_test

import (
	"flag"
	"testing"
	"time"

	"starboard/builtins/sample"
)

var withClock = flag.Bool("real", false, "ask the questions of known answer with real timings too (three minutes)")

// TestReal is to the real clock what the tests with recorded noise are: equal
// work, work that is 1.3 times as much, and 1.9 times as much.
func TestReal(t *testing.T) {
	if !*withClock {
		t.Skip("measures for minutes, only with -real")
	}
	amount := func(tenths int) sample.Subject {
		return sample.Subject{Name: "work", Run: func(n int) error { return work(n * tenths) }}
	}
	measure := func(a, b int) ([]float64, []float64) {
		all, err := sample.Measure(time.Now, sample.Plan{}, amount(a), amount(b))
		if err != nil {
			t.Fatal(err)
		}
		return all[0].Times(), all[1].Times()
	}
	same, slower, twice := map[sample.Verdict]int{}, map[sample.Verdict]int{}, map[sample.Verdict]int{}
	for range suites {
		a, b := measure(10, 10)
		c, _ := sample.Difference(a, b, 1.3, sample.Alpha)
		same[c.Verdict]++
		a, b = measure(13, 10)
		c, _ = sample.Difference(a, b, 1.3, sample.Alpha)
		slower[c.Verdict]++
		a, b = measure(10, 19)
		c, _ = sample.AtLeast(a, b, 2, sample.Alpha)
		twice[c.Verdict]++
	}
	t.Logf("equal work: %v; 1.3 times the work: %v; 1.9 times faster: twice as fast %v", same, slower, twice)
	if same[sample.Faster]+same[sample.Slower] > 5 || slower[sample.Slower] < 90 || twice[sample.Yes] > 5 {
		t.Error("the instrument is wrong more often than it may be")
	}
}
