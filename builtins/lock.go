package builtins

import (
	"fmt"
	"reflect"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starboard/kicad/annotate"
)

// A Lock is what is remembered of the parts of a circuit, so that the next run
// gives them the references and identities that they have: the part of
// SCRIPT.lock that is about a circuit, as a value.
type Lock struct{ entries []annotate.Entry }

var _ starlark.Comparable = (*Lock)(nil)

func (l *Lock) String() string        { return fmt.Sprintf("lock(%s)", counted(len(l.entries), "part")) }
func (l *Lock) Type() string          { return "lock" }
func (l *Lock) Truth() starlark.Bool  { return true }
func (l *Lock) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", l.Type()) }
func (l *Lock) Freeze()               {} // immutable

func (l *Lock) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	return identical(op, l, reflect.DeepEqual(l.entries, y.(*Lock).entries))
}

func kicadLock(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var c *Circuit
	if err := unpackArgs(b, args, kwargs, "circuit", &c); err != nil {
		return nil, err
	}
	env, err := envOf(thread, b)
	if err != nil {
		return nil, err
	}
	if err := c.state.check("make a lock"); err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	entries, err := c.annotate(env, false)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", b.Name(), err)
	}
	return &Lock{entries}, nil
}

// remembered returns what is remembered of the parts: what the script gave to
// c.annotate, or else what the run knows.
func (c *Circuit) remembered(env *Env) []annotate.Entry {
	switch {
	case c.state.lock != nil:
		return c.state.lock.entries
	case env.Known != nil:
		return env.Known(c.Model().Name)
	}
	return nil
}
