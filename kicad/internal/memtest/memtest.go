// Package memtest bounds in tests what reading a text may allocate, so that a
// small file cannot ask for a large memory.
package memtest

import (
	"runtime/metrics"
	"testing"
)

// free is what any text may cost: the bounds that readers put on sheets, items
// and members of buses leave small files room for what real ones never use.
const free = 64 << 20

// perByte is what each byte of a text may cost. A demo of KiCad's costs 7, a
// file of nothing but small symbols 200; all garbage is counted.
const perByte = 1000

// Bound calls f, which works on texts of size bytes in total, and fails the
// test where f allocates out of proportion to them.
func Bound(t testing.TB, size int, f func()) {
	t.Helper()
	before := allocated()
	f()
	if got, want := allocated()-before, uint64(free+perByte*size); got > want {
		t.Errorf("texts of %d bytes: allocated %d bytes, want at most %d", size, got, want)
	}
}

func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
