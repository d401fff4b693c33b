package suite

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
	"go.starlark.net/starlark"
)

// Bounds stop threads that loop or eat memory, and all of them on Ctrl-C.
//
// Steps are counted by each thread. Memory is only known as a whole: when it
// runs short, every thread is stopped, and the runner starts them again one by
// one. A thread that is stopped while it runs alone is the one.
type bounds struct {
	maxSteps, maxMemory uint64

	gate sync.RWMutex // held for reading by what runs, for writing to wait for all

	mu      sync.Mutex
	threads map[*starlark.Thread]string // why each was told to stop, if it was
	base    uint64                      // heap that was in use before
	stopped error                       // the context's
	limit   int64                       // of the garbage collector, before

	done, exited chan struct{}
}

// The texts by which the interpreter is told why it stops, and tells.
const (
	cancelled   = "Starlark computation cancelled: "
	stopSteps   = "too many steps"
	stopMemory  = "too much memory"
	stopContext = "interrupted"
)

// pollMemory is how often the heap is looked at. It decides nothing but how
// far past its limit a script gets.
const pollMemory = 10 * time.Millisecond

func newBounds(ctx context.Context, maxSteps, maxMemory uint64) *bounds {
	b := &bounds{maxSteps: maxSteps, maxMemory: maxMemory, threads: map[*starlark.Thread]string{}, done: make(chan struct{}), exited: make(chan struct{})}
	b.base = heap()
	// Garbage is collected before it is taken for what a script uses.
	limit := b.base + b.maxMemory
	b.limit = debug.SetMemoryLimit(int64(min(limit-limit/8, math.MaxInt64)))
	go b.poll(ctx)
	return b
}

func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

func (b *bounds) poll(ctx context.Context) {
	defer close(b.exited)
	tick := time.NewTicker(pollMemory)
	defer tick.Stop()
	for {
		select {
		case <-b.done:
			return
		case <-ctx.Done():
			b.mu.Lock()
			b.stopped = ctx.Err()
			b.mu.Unlock()
			b.cancel(stopContext)
			return
		case <-tick.C:
			if b.short() {
				b.cancel(stopMemory)
				b.settle()
			}
		}
	}
}

func (b *bounds) short() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return heap() > b.base+b.maxMemory
}

// settle waits until nothing runs, and frees what was used.
func (b *bounds) settle() {
	b.gate.Lock()
	defer b.gate.Unlock()
	runtime.GC()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.base = heap()
}

func (b *bounds) cancel(why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for t := range b.threads {
		t.Cancel(why)
		if b.threads[t] == "" {
			b.threads[t] = why
		}
	}
}

// told returns why a thread was told to stop, "" if it was not.
func (b *bounds) told(t *starlark.Thread) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.threads[t]
}

// enter puts a thread under the bounds, before it executes anything. The
// function that it returns must be called when the thread has ended.
func (b *bounds) enter(t *starlark.Thread) (leave func()) {
	b.gate.RLock()
	b.watch(t)
	return func() {
		b.mu.Lock()
		delete(b.threads, t)
		b.mu.Unlock()
		b.gate.RUnlock()
	}
}

func (b *bounds) watch(t *starlark.Thread) {
	t.SetMaxExecutionSteps(b.maxSteps)
	t.OnMaxSteps = func(t *starlark.Thread) { t.Cancel(stopSteps) }
	b.mu.Lock()
	defer b.mu.Unlock()
	b.threads[t] = ""
	if b.stopped != nil {
		b.threads[t] = stopContext
		t.Cancel(stopContext)
	}
}

func (b *bounds) close() {
	close(b.done)
	<-b.exited
	debug.SetMemoryLimit(b.limit)
}

// why returns the text by which a thread was stopped, "" if it was not.
func why(msg string) string {
	if rest, ok := strings.CutPrefix(msg, cancelled); ok {
		return rest
	}
	return ""
}

// inWords says why a thread was stopped.
func (b *bounds) inWords(why string) string {
	switch why {
	case stopSteps:
		return fmt.Sprintf("stopped: it took more than %s steps (--max-steps)", humanize.Comma(int64(b.maxSteps)))
	case stopMemory:
		return fmt.Sprintf("stopped: it used more than %s of memory (--max-memory)", humanize.IBytes(b.maxMemory))
	}
	return why
}

// alone calls fn while no other scenario runs. The scenario that calls it has
// entered, and must not hold anything that another one waits for.
func (b *bounds) alone(fn func()) {
	b.gate.RUnlock()
	b.gate.Lock()
	defer func() {
		b.gate.Unlock()
		b.gate.RLock()
	}()
	fn()
}
