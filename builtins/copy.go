package builtins

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// A copier copies values that can be changed, as deep as they go, so that a
// function can do what it likes with them. What occurs twice, or within
// itself, does so in the copy. Circuits are not copied, see [holdCircuits].
type copier struct {
	made map[starlark.Value]starlark.Value // only of values that are compared by identity
}

func (k *copier) remember(v, copied starlark.Value) {
	if k.made == nil {
		k.made = map[starlark.Value]starlark.Value{}
	}
	k.made[v] = copied
}

func (k *copier) tuple(t starlark.Tuple) starlark.Tuple {
	var d starlark.Tuple
	for i, x := range t {
		y := k.copy(x)
		if d == nil && same(x, y) {
			continue
		}
		if d == nil {
			d = append(make(starlark.Tuple, 0, len(t)), t[:i]...)
		}
		d = append(d, y)
	}
	if d == nil {
		return t
	}
	return d
}

// same reports whether copying has left a value as it was.
func same(x, y starlark.Value) bool {
	switch x := x.(type) {
	case starlark.Tuple:
		y := y.(starlark.Tuple)
		return len(x) == 0 || &x[0] == &y[0]
	case *starlark.List, *starlark.Dict, *starlark.Set, *starlarkstruct.Struct:
		return x == y
	}
	return true
}

func (k *copier) copy(v starlark.Value) starlark.Value {
	switch v := v.(type) {
	case starlark.Tuple:
		return k.tuple(v)
	case *starlark.List:
		if done, ok := k.made[v]; ok {
			return done
		}
		d := starlark.NewList(make([]starlark.Value, 0, v.Len()))
		k.remember(v, d)
		for i := range v.Len() {
			_ = d.Append(k.copy(v.Index(i))) // it is new, and not iterated over
		}
		return d
	case *starlark.Dict:
		if done, ok := k.made[v]; ok {
			return done
		}
		d := starlark.NewDict(v.Len())
		k.remember(v, d)
		for _, item := range v.Items() {
			_ = d.SetKey(item[0], k.copy(item[1])) // a key is hashable, and so never changes
		}
		return d
	case *starlark.Set:
		d := starlark.NewSet(v.Len())
		for x := range starlark.Elements(v) {
			_ = d.Insert(x)
		}
		return d
	case *starlarkstruct.Struct:
		if done, ok := k.made[v]; ok {
			return done
		}
		fields := starlark.StringDict{}
		v.ToStringDict(fields)
		changed := false
		for _, name := range v.AttrNames() {
			x := fields[name]
			fields[name] = k.copy(x)
			changed = changed || !same(x, fields[name])
		}
		if !changed {
			return v
		}
		d := starlarkstruct.FromStringDict(v.Constructor(), fields)
		k.remember(v, d)
		return d
	}
	return v
}

// holdCircuits keeps the circuits among the arguments as they are, until the
// function that it returns is called.
func holdCircuits(c guardedCall) (release func()) {
	var held []*state
	hold := func(st *state) {
		if !st.frozen { // else it may be shared with other threads, and nobody can change it
			held = append(held, st)
		}
	}
	seen := map[starlark.Value]bool{}
	var walk func(v starlark.Value)
	walk = func(v starlark.Value) {
		switch v := v.(type) {
		case *Circuit:
			hold(v.state)
		case *Part:
			hold(v.state)
		case *Net:
			hold(v.state)
		case *Pin:
			hold(v.state)
		case starlark.Tuple:
			for _, x := range v {
				walk(x)
			}
		case *starlark.List:
			if !seen[v] {
				seen[v] = true
				for i := range v.Len() {
					walk(v.Index(i))
				}
			}
		case *starlark.Dict:
			if !seen[v] {
				seen[v] = true
				for _, item := range v.Items() {
					walk(item[1])
				}
			}
		case *starlarkstruct.Struct:
			if !seen[v] {
				seen[v] = true
				for _, name := range v.AttrNames() {
					if x, err := v.Attr(name); err == nil {
						walk(x)
					}
				}
			}
		}
	}
	walk(c.args)
	for _, kw := range c.kwargs {
		walk(kw[1])
	}
	for _, st := range held {
		st.held++
	}
	return func() {
		for _, st := range held {
			st.held--
		}
	}
}
