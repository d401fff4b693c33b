package builtins

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starboard/builtins/guard"
)

// A guardedCall is what a guard takes.
type guardedCall struct {
	args   starlark.Tuple
	kwargs []starlark.Tuple
}

// A guardedThread is the thread of a guarded call, in its context.
type guardedThread struct {
	thread *starlark.Thread
	env    *Env
}

type guardedKey struct{}

func threadIn(ctx context.Context) guardedThread { return ctx.Value(guardedKey{}).(guardedThread) }

// at returns the guard at work in this environment.
func (g *Guard) at(env *Env) (*guarded, error) {
	if env.Guards == nil {
		env.Guards = &Guards{}
	}
	s, key := env.Guards, g.key()
	if u, ok := s.used[key]; ok {
		if u.of != g {
			return nil, fmt.Errorf("guard %s: another guard has this name, made at %s; give each its own, or make one and share it", g.name, u.of.pos)
		}
		return u, nil
	}
	o := guard.Options[guardedCall, starlark.Value]{
		Config: g.config,
		Copy:   guardedCall.copy, Measure: measureValue, Logger: s.Logger, Now: env.Now, Keep: true,
		Equal: g.equal,
		Steps: func(ctx context.Context) uint64 { return threadIn(ctx).thread.ExecutionSteps() },
	}
	if o.Now == nil {
		o.Now = func() time.Time { return time.Time{} }
	}
	if g.remember {
		if s.Changed != nil {
			o.Changed = func(x guard.Snapshot) { s.Changed(key, x) }
		}
		if s.Earlier != nil {
			if x, ok := s.Earlier(key); ok {
				o.State = &x
			}
		}
	}
	one, err := guard.New(g.name, g.runFast, g.runTrusted, o)
	if err != nil {
		return nil, err
	}
	if s.used == nil {
		s.used = map[string]*guarded{}
	}
	u := &guarded{g, one}
	s.used[key] = u
	return u, nil
}

// CallInternal implements [starlark.Callable].
func (g *Guard) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	env, ok := thread.Local(envKey).(*Env)
	if !ok {
		return nil, fmt.Errorf("%s: internal error: the thread has no environment", g)
	}
	u, err := g.at(env)
	if err != nil {
		return nil, err
	}
	ctx := context.WithValue(context.Background(), guardedKey{}, guardedThread{thread, env})
	v, err := u.g.Call(ctx, guardedCall{args, kwargs})
	var abort *guard.AbortError
	if errors.As(err, &abort) {
		return nil, abort.Err
	}
	return v, err
}

// copy returns arguments of which a path can change what it likes.
func (c guardedCall) copy() guardedCall {
	k := &copier{}
	d := guardedCall{k.tuple(c.args), make([]starlark.Tuple, len(c.kwargs))}
	for i, kw := range c.kwargs {
		d.kwargs[i] = starlark.Tuple{kw[0], k.copy(kw[1])}
	}
	return d
}

func (g *Guard) runTrusted(ctx context.Context, c guardedCall) (starlark.Value, error) {
	return g.run(ctx, g.trusted, c)
}

func (g *Guard) run(ctx context.Context, fn starlark.Callable, c guardedCall) (starlark.Value, error) {
	defer holdCircuits(c)()
	v, err := starlark.Call(threadIn(ctx).thread, fn, c.args, c.kwargs)
	if err != nil && endsScript(err) {
		err = &guard.AbortError{Err: err}
	}
	return v, err
}

// defaultFastSteps is what a fast path may take where the script may take any
// number of steps.
const defaultFastSteps = 250_000_000

// The text by which the interpreter is told why a fast path stops, and tells.
const stopFast = "the fast path takes too many steps"

// cancelled begins the messages of the interpreter on a thread that was told
// to stop.
const cancelled = "Starlark computation cancelled: "

// runFast runs the fast path, and stops it when it takes too long. What stops
// the script as a whole goes on to do so.
func (g *Guard) runFast(ctx context.Context, c guardedCall) (starlark.Value, error) {
	t := threadIn(ctx)
	thread, env := t.thread, t.env
	outer := maxStepsOf(thread)
	budget := g.maxSteps
	switch {
	case budget > 0:
	case outer == 0:
		budget = defaultFastSteps
	default:
		budget = (outer - min(outer, thread.ExecutionSteps())) / 2
	}
	limit := thread.ExecutionSteps() + budget
	if outer > 0 && limit >= outer {
		return g.run(ctx, g.fast, c)
	}
	onMax := thread.OnMaxSteps
	thread.SetMaxExecutionSteps(limit)
	thread.OnMaxSteps = func(t *starlark.Thread) { t.Cancel(stopFast) }
	defer func() {
		thread.SetMaxExecutionSteps(outer)
		thread.OnMaxSteps = onMax
	}()
	v, err := g.run(ctx, g.fast, c)
	if err == nil || errText(err) != cancelled+stopFast {
		return v, err
	}
	thread.Uncancel()
	// What has stopped the script in the meantime was not heard.
	if env.Cancelled != nil {
		if why := env.Cancelled(thread); why != "" {
			thread.Cancel(why)
			return nil, &guard.AbortError{Err: errors.New(cancelled + why)}
		}
	}
	return nil, fmt.Errorf("it took more than %d steps: %w", budget, guard.ErrRunaway)
}

// maxStepsOf returns after how many steps a thread will be stopped; 0 is never.
// The interpreter sets that bound and does not tell it.
func maxStepsOf(thread *starlark.Thread) uint64 {
	n := reflect.ValueOf(thread).Elem().FieldByName("maxSteps").Uint()
	if n == math.MaxUint64 {
		return 0
	}
	return n
}

// endsScript reports whether an error is not that of a function, but ends the
// script or scenario.
func endsScript(err error) bool {
	return errors.Is(err, errStopped) || errors.As(err, new(*skipError)) || strings.HasPrefix(errText(err), cancelled)
}

// equal compares two answers.
func (g *Guard) equal(ctx context.Context, trusted, fast starlark.Value) (bool, error) {
	t := threadIn(ctx)
	if g.compare != nil {
		v, err := starlark.Call(t.thread, g.compare, starlark.Tuple{trusted, fast}, nil)
		if err != nil {
			if endsScript(err) {
				err = &guard.AbortError{Err: err}
			}
			return false, err
		}
		return bool(v.Truth()), nil
	}
	x, err := settled(t.env, trusted)
	if err != nil {
		return false, err
	}
	y, err := settled(t.env, fast)
	if err != nil {
		return false, err
	}
	return starlark.EqualDepth(x, y, deep)
}

// settled returns what a value is compared as: the project of a circuit, which
// itself is equal to nothing else.
func settled(env *Env, v starlark.Value) (starlark.Value, error) {
	c, ok := v.(*Circuit)
	if !ok || !c.IsRoot() {
		return v, nil
	}
	if err := c.ready(env); err != nil {
		return nil, err
	}
	tree, _, err := Build(c, env, false)
	if err != nil {
		return nil, err
	}
	return &Tree{tree}, nil
}

// measureValue returns the size and checksum of what scripts pass around, as
// far as its text says what it is.
func measureValue(v any) (int, string) {
	switch v := v.(type) {
	case guardedCall:
		h := sha256.New()
		size := 0
		add := func(x starlark.Value) bool {
			n, sum := measureValue(x)
			h.Write([]byte(sum + "\n"))
			size += n
			return n >= 0
		}
		for _, a := range v.args {
			if !add(a) {
				return -1, ""
			}
		}
		for _, kw := range v.kwargs {
			if !add(kw[0]) || !add(kw[1]) {
				return -1, ""
			}
		}
		return size, hex.EncodeToString(h.Sum(nil))
	case starlark.String:
		return len(v), guard.Sum([]byte(v))
	case starlark.Bytes:
		return len(v), guard.Sum([]byte(v))
	case *Tree:
		size := 0
		for _, text := range v.texts() {
			size += len(text)
		}
		return size, v.tree.Checksum()
	case starlark.Value:
		if !textual(v, 0) {
			return -1, ""
		}
		text := v.String()
		return len(text), guard.Sum([]byte(text))
	}
	return -1, ""
}

// textual reports whether the text of a value has all of it.
func textual(v starlark.Value, depth int) bool {
	if depth > deep {
		return false
	}
	switch v := v.(type) {
	case starlark.NoneType, starlark.Bool, starlark.Int, starlark.Float, starlark.String, starlark.Bytes, Word:
		return true
	case *starlark.Dict:
		for _, item := range v.Items() {
			if !textual(item[0], depth+1) || !textual(item[1], depth+1) {
				return false
			}
		}
		return true
	case *starlark.List, starlark.Tuple, *starlark.Set:
		for x := range starlark.Elements(v.(starlark.Iterable)) {
			if !textual(x, depth+1) {
				return false
			}
		}
		return true
	case *starlarkstruct.Struct:
		for _, name := range v.AttrNames() {
			x, err := v.Attr(name)
			if err != nil || !textual(x, depth+1) {
				return false
			}
		}
		return true
	}
	return false
}

// scenarioGuard returns the guard of a method that only scenarios may call.
func scenarioGuard(thread *starlark.Thread, b *starlark.Builtin) (*guarded, error) {
	env, err := envOf(thread, b)
	if err != nil {
		return nil, err
	}
	if env.Guards == nil || !env.Guards.Scenario {
		return nil, fmt.Errorf("%s: only a scenario can do this: what a script makes must not depend on what a guard has seen", b.Name())
	}
	return b.Receiver().(*Guard).at(env)
}

func guardState(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := unpackArgs(b, args, kwargs); err != nil {
		return nil, err
	}
	u, err := scenarioGuard(thread, b)
	if err != nil {
		return nil, err
	}
	return starlark.String(u.g.Stats().State), nil
}

func guardStats(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := unpackArgs(b, args, kwargs); err != nil {
		return nil, err
	}
	u, err := scenarioGuard(thread, b)
	if err != nil {
		return nil, err
	}
	s := u.g.Stats()
	d := starlark.StringDict{}
	for name, n := range map[string]uint64{
		"calls": s.Calls, "alone": s.Alone, "verified": s.Verified, "errors": s.Errors, "mismatches": s.Mismatches,
		"stopped": s.Stopped, "skipped": s.Skipped, "opened": s.Opened,
	} {
		d[name] = starlark.MakeUint64(n)
	}
	return starlarkstruct.FromStringDict(starlarkstruct.Default, d), nil
}

// maxFaults is how many faults can be injected at once.
const maxFaults = 1_000_000

func guardInject(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var errs, wrong, slow starlark.Iterable
	var value starlark.Value = starlark.String("a wrong answer, injected")
	ms := 1000
	if len(args) > 0 {
		return nil, fmt.Errorf("%s: want the calls by name: error=, wrong= or slow=", b.Name())
	}
	if err := unpackArgs(b, nil, kwargs, "error?", &errs, "wrong?", &wrong, "slow?", &slow, "value?", &value, "ms?", &ms); err != nil {
		return nil, err
	}
	if ms < 0 || ms > 1_000_000_000 {
		return nil, fmt.Errorf("%s: for parameter ms: got %d, want 0 to 1000000000", b.Name(), ms)
	}
	u, err := scenarioGuard(thread, b)
	if err != nil {
		return nil, err
	}
	faults := map[uint64]guard.Fault[starlark.Value]{}
	for _, p := range []struct {
		name  string
		calls starlark.Iterable
		set   func(*guard.Fault[starlark.Value])
	}{
		{"error", errs, func(f *guard.Fault[starlark.Value]) { f.Err = errors.New("an error, injected") }},
		{"wrong", wrong, func(f *guard.Fault[starlark.Value]) {
			f.Wrong = func(starlark.Value) starlark.Value { return value }
		}},
		{"slow", slow, func(f *guard.Fault[starlark.Value]) { f.Slow = time.Duration(ms) * time.Millisecond }},
	} {
		if p.calls == nil {
			continue
		}
		for v := range starlark.Elements(p.calls) {
			var n int
			if err := starlark.AsInt(v, &n); err != nil || n < 1 {
				return nil, fmt.Errorf("%s: for parameter %s: got %s, want numbers of calls from 1 on", b.Name(), p.name, shown(v))
			}
			f := faults[uint64(n)]
			p.set(&f)
			if faults[uint64(n)] = f; len(faults) > maxFaults {
				return nil, fmt.Errorf("%s: got more than %d calls", b.Name(), maxFaults)
			}
		}
	}
	u.g.Inject(faults)
	return starlark.None, nil
}
