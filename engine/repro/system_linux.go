package repro

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"starboard/engine/machine"
)

// rssUnit is the unit of ru_maxrss in bytes.
const rssUnit = 1024

// room returns the bytes that are free in a folder where programs may run, 0
// where they may not.
func room(dir string) uint64 {
	const noExec = 8 // ST_NOEXEC
	var fs syscall.Statfs_t
	if syscall.Statfs(dir, &fs) != nil || fs.Flags&noExec != 0 {
		return 0
	}
	return fs.Bavail * uint64(fs.Bsize)
}

// firstCore returns the number of a core that this process may use.
func firstCore() int {
	list := machine.Field("/proc/self/status", "Cpus_allowed_list")
	end := strings.IndexAny(list, "-,")
	if end < 0 {
		end = len(list)
	}
	n, err := strconv.Atoi(list[:end])
	if err != nil {
		return 0
	}
	return n
}

// watchPeak returns a function that gives the peak memory of a process that
// has ended. The system accounts to a process that was just started the peak
// of the one that started it, so this looks at the process itself while it
// runs; what the system says counts where it is more than our own peak.
func watchPeak(pid int) func(*os.ProcessState) int64 {
	own := kilobytes("/proc/self/status")
	status := "/proc/" + strconv.Itoa(pid) + "/status"
	done := make(chan struct{})
	var wg sync.WaitGroup
	var peak int64
	wg.Go(func() {
		tick := time.NewTicker(4 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				peak = max(peak, kilobytes(status))
			}
		}
	})
	return func(state *os.ProcessState) int64 {
		close(done)
		wg.Wait()
		if accounted := peakOf(state) / rssUnit; accounted > own {
			peak = max(peak, accounted)
		}
		return peak * 1024
	}
}

func kilobytes(status string) int64 {
	n, err := strconv.ParseInt(strings.TrimSuffix(machine.Field(status, "VmHWM"), " kB"), 10, 64)
	if err != nil {
		return 0 // it has ended
	}
	return n
}
