//go:build !linux

package repro

import (
	"math"
	"os"
)

// room returns the bytes that are free in a folder. Only Linux has memory file
// systems in a known place.
func room(dir string) uint64 {
	if dir == os.TempDir() {
		return math.MaxUint64
	}
	return 0
}

func firstCore() int { return 0 }

// watchPeak returns a function that gives the peak memory of a process that
// has ended.
func watchPeak(int) func(*os.ProcessState) int64 { return peakOf }
