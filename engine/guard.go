package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
	"go.starlark.net/starlark"
)

// A guard stops the threads of a script that loops, eats memory, or is
// interrupted.
type guard struct {
	maxSteps  uint64
	maxMemory uint64

	mu      sync.Mutex
	threads []*starlark.Thread
	cause   error         // why it stopped them
	done    chan struct{} // closed when the script has ended
	exited  chan struct{} // closed when nobody watches any more
	overdue chan struct{} // closed when a script that was told to stop has not
}

// errSteps is the text by which the interpreter is told, and tells, that the
// steps are used up.
const errSteps = "too many steps"

// pollMemory is how often the heap is looked at. It decides nothing but how
// far past its limit a script gets.
const pollMemory = 10 * time.Millisecond

// grace is how long a script that was told to stop may go on. The interpreter
// stops between two steps, but one step can be a built-in that walks through
// a range of a million million numbers.
const grace = 250 * time.Millisecond

func newGuard(ctx context.Context, maxSteps, maxMemory uint64) *guard {
	g := &guard{maxSteps: maxSteps, maxMemory: maxMemory, done: make(chan struct{}), exited: make(chan struct{}), overdue: make(chan struct{})}
	go g.poll(ctx)
	return g
}

func (g *guard) poll(ctx context.Context) {
	defer close(g.exited)
	tick := time.NewTicker(pollMemory)
	defer tick.Stop()
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	for {
		select {
		case <-g.done:
			return
		case <-ctx.Done():
			g.cancel(ctx.Err())
			g.await()
			return
		case <-tick.C:
			if metrics.Read(heap); heap[0].Value.Uint64() > g.maxMemory {
				g.cancel(fmt.Errorf("stopped: the script used more than %s of memory (--max-memory)", humanize.IBytes(g.maxMemory)))
				g.await()
				return
			}
		}
	}
}

// await gives the script its time to stop.
func (g *guard) await() {
	late := time.NewTimer(grace)
	defer late.Stop()
	select {
	case <-g.done:
	case <-late.C:
		close(g.overdue)
	}
}

func (g *guard) cancel(cause error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cause == nil {
		g.cause = cause
	}
	for _, t := range g.threads {
		t.Cancel(cause.Error())
	}
}

// Room returns how much of the memory that a script may use one operation of
// its may take at once. What one operation takes on top of the bound before
// anybody can stop it is no more than that.
func Room(maxMemory uint64) int64 {
	const share = 8 // as the message in package builtins says
	return int64(min(maxMemory, math.MaxInt64) / share)
}

// watch puts a thread under guard, before it executes anything.
func (g *guard) watch(t *starlark.Thread) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t.SetMaxExecutionSteps(g.maxSteps)
	t.OnMaxSteps = func(t *starlark.Thread) { t.Cancel(errSteps) }
	g.threads = append(g.threads, t)
	if g.cause != nil {
		t.Cancel(g.cause.Error())
	}
}

// steps returns the steps of all threads.
func (g *guard) steps() uint64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	var n uint64
	for _, t := range g.threads {
		n += t.ExecutionSteps()
	}
	return n
}

func (g *guard) stop() {
	close(g.done)
	<-g.exited
}

// abandoned returns the error for a script that did not stop in time.
func (g *guard) abandoned(script string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if errors.Is(g.cause, context.Canceled) {
		return g.cause
	}
	return &ScriptError{Pos: script, Msg: g.cause.Error()}
}

// explain says in the user's words why a script was stopped; other errors
// come back as they are.
func (g *guard) explain(err error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var s *ScriptError
	if !errors.As(err, &s) {
		return err
	}
	switch {
	case g.cause != nil && errors.Is(g.cause, context.Canceled):
		return g.cause
	case g.cause != nil && s.Msg == "Starlark computation cancelled: "+g.cause.Error():
		s.Msg = g.cause.Error()
	case s.Msg == "Starlark computation cancelled: "+errSteps:
		s.Msg = fmt.Sprintf("stopped: the script took more than %s steps (--max-steps)", humanize.Comma(int64(g.maxSteps)))
	}
	return err
}
