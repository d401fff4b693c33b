package builtins

import (
	"fmt"
	"time"

	"go.starlark.net/starlark"
)

// B is the value b that a benchmark takes: def bench_name(b).
//
//	b.n          how often to do the work: for _ in range(b.n)
//	b.restart()  forgets the time so far: what came before was preparation
//	b.stop()     stops the clock
//	b.start()    starts it again
type B struct {
	N    int
	Used bool // the script has asked for n

	now     func() time.Time
	from    time.Time
	took    time.Duration
	running bool
}

// NewB returns a benchmark that has not begun.
func NewB(now func() time.Time) *B { return &B{now: now} }

// Begin starts the clock for doing the work n times.
func (b *B) Begin(n int) { b.N, b.took, b.running, b.from = n, 0, true, b.now() }

// End stops the clock and returns what it shows.
func (b *B) End() time.Duration {
	b.stop()
	return b.took
}

func (b *B) stop() {
	if b.running {
		b.took += b.now().Sub(b.from)
		b.running = false
	}
}

var _ starlark.HasAttrs = (*B)(nil)

func (b *B) String() string        { return fmt.Sprintf("b(%d)", b.N) }
func (b *B) Type() string          { return "benchmark" }
func (b *B) Truth() starlark.Bool  { return true }
func (b *B) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", b.Type()) }
func (b *B) Freeze()               {} // never shared: it ends with the benchmark

func (b *B) Attr(name string) (starlark.Value, error) {
	if name == "n" {
		b.Used = true
		return starlark.MakeInt(b.N), nil
	}
	return attr(b, "b", name, benchMethods)
}

func (b *B) AttrNames() []string { return []string{"n", "restart", "start", "stop"} }

var benchMethods = map[string]method{
	"restart": benchMethod(func(b *B) { b.took, b.running, b.from = 0, true, b.now() }),
	"start": benchMethod(func(b *B) {
		if !b.running {
			b.running, b.from = true, b.now()
		}
	}),
	"stop": benchMethod((*B).stop),
}

func benchMethod(do func(*B)) method {
	return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := unpackArgs(b, args, kwargs); err != nil {
			return nil, err
		}
		do(b.Receiver().(*B))
		return starlark.None, nil
	}
}
