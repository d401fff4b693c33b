package builtins

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// checkSizes refuses bounds that make no sense.
func checkSizes(b *starlark.Builtin, least, most int) error {
	const limit = 10_000
	if least < 0 || most < least || most > limit {
		return fmt.Errorf("%s: got min = %d and max = %d, want 0 <= min <= max <= %d", b.Name(), least, most, limit)
	}
	return nil
}

func genList(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var g *Generator
	least, most, unique := 0, 10, false
	if err := unpackArgs(b, args, kwargs, "g", &g, "min?", &least, "max?", &most, "unique?", &unique); err != nil {
		return nil, err
	}
	if given := len(args) > 2 || hasKey(kwargs, "max"); !given {
		most = max(most, least+10)
	}
	if err := checkSizes(b, least, most); err != nil {
		return nil, err
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		var values []starlark.Value
		err := d.times("element", least, most, func(int) error {
			v, err := d.distinct(g, values, unique)
			if v != nil {
				values = append(values, v)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(values) < least {
			return nil, &rejection{fmt.Sprintf("%s: too few different ones were found", b.Name())}
		}
		return starlark.NewList(values), nil
	}), nil
}

func hasKey(kwargs []starlark.Tuple, name string) bool {
	for _, kw := range kwargs {
		if string(kw[0].(starlark.String)) == name {
			return true
		}
	}
	return false
}

// distinct draws what g gives; with unique, something that is not among values
// yet, or nil if that is hard to find.
func (d *drawing) distinct(g *Generator, values []starlark.Value, unique bool) (starlark.Value, error) {
	const tries = 5
	for range tries {
		v, err := d.one(g)
		if err != nil || !unique {
			return v, err
		}
		known := false
		for _, other := range values {
			if known, err = starlark.EqualDepth(v, other, deep); err != nil {
				return nil, err
			}
			if known {
				break
			}
		}
		if !known {
			return v, nil
		}
	}
	return nil, nil
}

func genDict(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var keys, values *Generator
	least, most := 0, 10
	if err := unpackArgs(b, args, kwargs, "keys", &keys, "values", &values, "min?", &least, "max?", &most); err != nil {
		return nil, err
	}
	if err := checkSizes(b, least, most); err != nil {
		return nil, err
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		dict := starlark.NewDict(0)
		err := d.times("entry", least, most, func(int) error {
			key, err := d.distinct(keys, dict.Keys(), true)
			if err != nil || key == nil {
				return err
			}
			v, err := d.one(values)
			if err != nil {
				return err
			}
			if err := dict.SetKey(key, v); err != nil {
				return fmt.Errorf("%s: %v", b.Name(), err)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if dict.Len() < least {
			return nil, &rejection{fmt.Sprintf("%s: too few different keys were found", b.Name())}
		}
		return dict, nil
	}), nil
}

func genTuple(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := unpackArgs(b, nil, kwargs); err != nil {
		return nil, err
	}
	list, err := generators(b, args)
	if err != nil {
		return nil, err
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		t := make(starlark.Tuple, len(list))
		for i, g := range list {
			v, err := d.one(g)
			if err != nil {
				return nil, err
			}
			t[i] = v
		}
		return t, nil
	}), nil
}

func genStruct(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 0 {
		return nil, fmt.Errorf("%s: got %d positional arguments, want name = generator", b.Name(), len(args))
	}
	fields, err := named(b, kwargs)
	if err != nil {
		return nil, err
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		values, err := d.all(fields)
		if err != nil {
			return nil, err
		}
		return starlarkstruct.FromKeywords(starlarkstruct.Default, values), nil
	}), nil
}

// A field is a generator with the name of what it is for.
type field struct {
	name string
	g    *Generator
}

// named returns the keyword arguments, each of which must be a generator.
func named(b *starlark.Builtin, kwargs []starlark.Tuple) ([]field, error) {
	fields := make([]field, len(kwargs))
	for i, kw := range kwargs {
		name := string(kw[0].(starlark.String))
		g, ok := kw[1].(*Generator)
		if !ok {
			return nil, fmt.Errorf("%s: for parameter %s: got %s, want generator, such as gen.constant(%s)", b.Name(), name, kw[1].Type(), shown(kw[1]))
		}
		fields[i] = field{name, g}
	}
	return fields, nil
}

// all draws what each of the generators gives, as keyword arguments.
func (d *drawing) all(fields []field) ([]starlark.Tuple, error) {
	values := make([]starlark.Tuple, len(fields))
	for i, f := range fields {
		v, err := d.one(f.g)
		if err != nil {
			return nil, err
		}
		values[i] = starlark.Tuple{starlark.String(f.name), v}
	}
	return values, nil
}

func genMap(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var g *Generator
	var fn starlark.Callable
	if err := unpackArgs(b, args, kwargs, "g", &g, "fn", &fn); err != nil {
		return nil, err
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		v, err := d.one(g)
		if err != nil {
			return nil, err
		}
		return starlark.Call(d.thread, fn, starlark.Tuple{v}, nil)
	}), nil
}

func genFilter(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var g *Generator
	var fn starlark.Callable
	if err := unpackArgs(b, args, kwargs, "g", &g, "fn", &fn); err != nil {
		return nil, err
	}
	by := b.Name() + " in " + caller(thread)
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		const tries = 5
		for range tries {
			d.src.Begin("try")
			v, err := d.one(g)
			d.src.End()
			if err != nil {
				return nil, err
			}
			good, err := starlark.Call(d.thread, fn, starlark.Tuple{v}, nil)
			if err != nil {
				return nil, err
			}
			if good.Truth() {
				return v, nil
			}
		}
		return nil, &rejection{by}
	}), nil
}

func genBuild(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var fn starlark.Callable
	if err := unpackArgs(b, args, kwargs, "fn", &fn); err != nil {
		return nil, err
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		over := false
		draw := starlark.NewBuiltin("draw", func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var g *Generator
			if err := unpackArgs(b, args, kwargs, "g", &g); err != nil {
				return nil, err
			}
			if over {
				return nil, fmt.Errorf("draw: the function that it was given to has returned")
			}
			return d.one(g)
		})
		v, err := starlark.Call(d.thread, fn, starlark.Tuple{draw}, nil)
		over = true
		return v, err
	}), nil
}

func genRecursive(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var leaf *Generator
	var fn starlark.Callable
	depth := 3
	if err := unpackArgs(b, args, kwargs, "g", &leaf, "fn", &fn, "depth?", &depth); err != nil {
		return nil, err
	}
	const deepest = 10
	if depth < 0 || depth > deepest {
		return nil, fmt.Errorf("%s: for parameter depth: got %d, want 0 to %d", b.Name(), depth, deepest)
	}
	inner := leaf
	for range depth {
		v, err := starlark.Call(thread, fn, starlark.Tuple{inner}, nil)
		if err != nil {
			return nil, err
		}
		g, ok := v.(*Generator)
		if !ok {
			return nil, fmt.Errorf("%s: %s returned %s, want generator", b.Name(), fn.Name(), v.Type())
		}
		// One kind for all depths: what is inside can take the place of what is
		// around it.
		inner = oneOf(b, args, []*Generator{leaf, g})
	}
	return inner, nil
}
