package memtest_test

import (
	"testing"

	"starboard/kicad/internal/memtest"
)

// A recorder keeps whether a test has failed, without failing.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Errorf(string, ...any) { r.failed = true }

var sink []byte

func TestBound(t *testing.T) {
	for _, tt := range []struct {
		name        string
		size, bytes int
		want        bool
	}{
		{"little", 0, 1 << 10, false},
		{"much for a small text", 1 << 10, 1 << 27, true},
		{"much for a large text", 1 << 20, 1 << 27, false},
	} {
		r := &recorder{TB: t}
		memtest.Bound(r, tt.size, func() { sink = make([]byte, tt.bytes) })
		if r.failed != tt.want {
			t.Errorf("%s: Bound fails is %v, want %v", tt.name, r.failed, tt.want)
		}
	}
}
