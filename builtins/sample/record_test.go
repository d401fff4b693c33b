package sample_test

import (
	"encoding/json"
	"flag"
	"os"
	"testing"
	"time"

	"starboard/builtins/sample"
)

var record = flag.String("record", "", "take the time of a constant piece of work many times, and write it to `file`")

// A noise is the time that the same work took, again and again, on a real
// machine: nanoseconds for doing it once.
type noise struct {
	NS []float64 `json:"ns"`
}

var sink uint64

// work is a constant piece of work: some arithmetic, some memory.
func work(n int) error {
	for range n {
		table := make([]uint64, 512)
		x := uint64(88172645463325252)
		for i := range 4 * len(table) {
			x ^= x << 13
			x ^= x >> 7
			x ^= x << 17
			table[x%uint64(len(table))] += uint64(i)
		}
		sink += table[0]
	}
	return nil
}

// TestRecord writes down the noise of this machine, when asked to.
func TestRecord(t *testing.T) {
	if *record == "" {
		t.Skip("records only with -record FILE")
	}
	all, err := sample.Measure(time.Now, sample.Plan{Rounds: 6000}, sample.Subject{Name: "work", Run: work})
	if err != nil {
		t.Fatal(err)
	}
	n := noise{NS: all[0].Times()}
	for i := range n.NS {
		n.NS[i] = float64(int(n.NS[i]))
	}
	data, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(*record, append(data, '\n'), 0o666); err != nil {
		t.Fatal(err)
	}
}
