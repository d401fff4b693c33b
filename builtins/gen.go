package builtins

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starboard/builtins/property"
)

// Gen makes generators: what t.forall and the like draw examples from. A
// generator is a value without state; what it gives depends on the seed only.
// Where an example fails, a smaller one is looked for: of numbers the one that
// is nearest to 0, of choices the first, of lists the shortest.
//
//	gen.int(lo=-1000000, hi=1000000)
//	                       whole numbers, both ends included; up to a thousand
//	                       all are as likely, of more the ends and the small
//	                       ones are frequent
//	gen.float(lo=-1000000, hi=1000000)
//	                       numbers, whole ones and short ones among them
//	gen.bool()             False or True
//	gen.constant(x)        x
//	gen.choice(values)     one of a list, the first being the simplest; or
//	                       gen.choice(a, b, ...)
//	gen.one_of(g, h, ...)  what one of these generators gives
//	gen.text(alphabet=None, min=0, max=20)
//	                       texts of so many characters of the alphabet; without
//	                       one of any, and of those that make trouble first of all
//	gen.list(g, min=0, max=10, unique=False)
//	                       lists of what g gives
//	gen.dict(keys, values, min=0, max=10)
//	                       dicts, of two generators
//	gen.tuple(g, h, ...)   tuples of what these give
//	gen.struct(name=g, ...)
//	                       structs
//	gen.map(g, fn)         fn(x) for each x that g gives
//	gen.filter(g, fn)      what g gives and fn(x) is true for. Where most is
//	                       rejected, the check fails and says so
//	gen.build(fn)          what fn(draw) returns, where draw(g) is what g gives
//	gen.recursive(g, fn, depth=3)
//	                       what g or fn(h) gives, where h gives the same kind,
//	                       less deep: gen.recursive(gen.int(), gen.list)
//	gen.step(fn, name=g, ...)
//	                       a step for t.machine: fn(state, name=...)
//	gen.resistance(series="E24", lo="1", hi="10M")
//	                       values of an E series as they are written, 4k7
//	gen.capacitance(series="E6", lo="1p", hi="1m")
//	                       the same in farads, 100n
//	gen.value()            any value a part can have: of a series, the name of a
//	                       device, or a text with what KiCad treats as special
//	gen.reference(prefix="")
//	                       whole references such as R7
//	gen.net_name()         names of nets with all that a name may have: slashes,
//	                       markup, spaces, quotes, brackets, any script, and
//	                       lengths beyond reason
//	gen.symbol(libraries=[], units=1, max_pins=48)
//	                       Library:Name of a symbol with at least so many units:
//	                       one of a few that differ in kind, or any of these
//	                       libraries
//	gen.pin_map(symbol, nets=["A", "B", "GND"], no_connects=True, open=True)
//	                       a dict from pins of the symbol to names of nets or NC;
//	                       with open, some pins are missing
//	gen.circuit(parts=8, sheets=2, nets=6, units=True, power=True,
//	            no_connects=True, open=True, awkward=True, libraries=[],
//	            name="example")
//	                       a whole circuit of at most so many parts, sheets below
//	                       the root, and nets a sheet. units allows parts of
//	                       several units, open pins that are on no net, awkward
//	                       names and values that make trouble
//	gen.sample(g, n=10, seed=0)
//	                       a list of what g gives, to look at
var Gen = &starlarkstruct.Module{
	Name: "gen",
	Members: starlark.StringDict{
		"bool":        starlark.NewBuiltin("gen.bool", genBool),
		"build":       starlark.NewBuiltin("gen.build", genBuild),
		"capacitance": starlark.NewBuiltin("gen.capacitance", genSeries(capacitances)),
		"choice":      starlark.NewBuiltin("gen.choice", genChoice),
		"circuit":     starlark.NewBuiltin("gen.circuit", genCircuit),
		"constant":    starlark.NewBuiltin("gen.constant", genConstant),
		"dict":        starlark.NewBuiltin("gen.dict", genDict),
		"filter":      starlark.NewBuiltin("gen.filter", genFilter),
		"float":       starlark.NewBuiltin("gen.float", genFloat),
		"int":         starlark.NewBuiltin("gen.int", genInt),
		"list":        starlark.NewBuiltin("gen.list", genList),
		"map":         starlark.NewBuiltin("gen.map", genMap),
		"net_name":    starlark.NewBuiltin("gen.net_name", genNetName),
		"one_of":      starlark.NewBuiltin("gen.one_of", genOneOf),
		"pin_map":     starlark.NewBuiltin("gen.pin_map", genPinMap),
		"recursive":   starlark.NewBuiltin("gen.recursive", genRecursive),
		"reference":   starlark.NewBuiltin("gen.reference", genReference),
		"resistance":  starlark.NewBuiltin("gen.resistance", genSeries(resistances)),
		"sample":      starlark.NewBuiltin("gen.sample", genSample),
		"step":        starlark.NewBuiltin("gen.step", genStep),
		"struct":      starlark.NewBuiltin("gen.struct", genStruct),
		"symbol":      starlark.NewBuiltin("gen.symbol", genSymbol),
		"text":        starlark.NewBuiltin("gen.text", genText),
		"tuple":       starlark.NewBuiltin("gen.tuple", genTuple),
		"value":       starlark.NewBuiltin("gen.value", genValue),
	},
}

// A Generator gives examples of one kind.
type Generator struct {
	kind string // what made it: gen.int
	text string // as a script writes it
	draw func(d *drawing) (starlark.Value, error)
}

func (g *Generator) String() string        { return g.text }
func (g *Generator) Type() string          { return "generator" }
func (g *Generator) Truth() starlark.Bool  { return true }
func (g *Generator) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", g.Type()) }
func (g *Generator) Freeze()               {} // immutable

// generator returns a generator that says of itself how it was made.
func generator(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, draw func(d *drawing) (starlark.Value, error)) *Generator {
	var words []string
	for _, a := range args {
		words = append(words, shown(a))
	}
	for _, kw := range kwargs {
		words = append(words, fmt.Sprintf("%s = %s", string(kw[0].(starlark.String)), shown(kw[1])))
	}
	return &Generator{b.Name(), b.Name() + "(" + strings.Join(words, ", ") + ")", draw}
}

// A drawing is one example while it is drawn.
type drawing struct {
	src    *property.Source
	thread *starlark.Thread
	by     string // the function that asked for the example
}

// one draws what g gives.
func (d *drawing) one(g *Generator) (starlark.Value, error) {
	d.src.Begin(g.kind)
	v, err := g.draw(d)
	d.src.End()
	if err == nil && d.src.Large() {
		// It is left out in any case: what comes after need not be drawn.
		return nil, &rejection{"the size: it takes too many choices"}
	}
	return v, err
}

// A rejection says that there is no example, and for whom.
type rejection struct{ by string }

func (e *rejection) Error() string { return "the example was rejected by " + e.by }

// times draws between least and most things.
func (d *drawing) times(kind string, least, most int, each func(i int) error) error {
	// On average half of what is possible, up to eight.
	spread := uint64(min(most-least, 16))
	for i := 0; i < most; i++ {
		d.src.Begin(kind)
		switch {
		case least == most:
		case i < least:
			d.src.Must(1)
		case !d.src.Chance(spread, spread+2):
			d.src.End()
			return nil
		}
		err := each(i)
		d.src.End()
		if err != nil {
			return err
		}
		if d.src.Large() {
			return &rejection{"the size: it takes too many choices"}
		}
	}
	return nil
}

// number draws a number from lo to hi: the nearer to 0 the simpler.
func (d *drawing) number(lo, hi int64) int64 {
	origin := max(lo, min(hi, 0))
	above, below := uint64(hi)-uint64(origin), uint64(origin)-uint64(lo)
	const few = 1000
	spread := above > few || below > few
	draw := func(most uint64) uint64 {
		return d.src.ChooseBy(most, func(r *property.Random) uint64 {
			if spread {
				return r.Spread(most)
			}
			return r.UpTo(most)
		})
	}
	down := below > 0 && d.src.ChooseBy(1, func(r *property.Random) uint64 {
		all := above + below // without the origin, which is as likely as any other
		if spread {
			all, below = 2, min(below, 1)
		}
		if r.UpTo(all) < below {
			return 1
		}
		return 0
	}) == 1
	if down {
		return int64(uint64(origin) - 1 - draw(uint64(origin)-uint64(lo)-1))
	}
	return int64(uint64(origin) + draw(above))
}

// index draws one of n, the first being the simplest.
func (d *drawing) index(n int) int { return int(d.src.Choose(uint64(n - 1))) }

// pick draws one of a list.
func pick[T any](d *drawing, list []T) T { return list[d.index(len(list))] }

func genInt(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	lo, hi := starlark.MakeInt(-1_000_000), starlark.MakeInt(1_000_000)
	if err := unpackArgs(b, args, kwargs, "lo?", &lo, "hi?", &hi); err != nil {
		return nil, err
	}
	from, ok := lo.Int64()
	to, ok2 := hi.Int64()
	switch {
	case !ok || !ok2:
		return nil, fmt.Errorf("%s: got %v to %v, want numbers of at most 64 bits", b.Name(), lo, hi)
	case from > to:
		return nil, fmt.Errorf("%s: got %d to %d: the first is the larger one", b.Name(), from, to)
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		return starlark.MakeInt64(d.number(from, to)), nil
	}), nil
}

func genFloat(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	lo, hi := starlark.Value(starlark.Float(-1e6)), starlark.Value(starlark.Float(1e6))
	if err := unpackArgs(b, args, kwargs, "lo?", &lo, "hi?", &hi); err != nil {
		return nil, err
	}
	var ends [2]float64
	for i, v := range []starlark.Value{lo, hi} {
		f, ok := starlark.AsFloat(v)
		if !ok || math.IsNaN(f) || math.Abs(f) > 1e15 {
			return nil, fmt.Errorf("%s: for parameter %s: got %s, want a number up to 1e15", b.Name(), []string{"lo", "hi"}[i], shown(v))
		}
		ends[i] = f
	}
	from, to := ends[0], ends[1]
	if from > to {
		return nil, fmt.Errorf("%s: got %v to %v: the first is the larger one", b.Name(), from, to)
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		return starlark.Float(d.float(from, to)), nil
	}), nil
}

// float draws a whole number, one with a few digits, or any. What is whole is
// simpler.
func (d *drawing) float(lo, hi float64) float64 {
	for _, unit := range []float64{1, 1000} {
		// Thousandths of large numbers are no whole numbers of a float.
		from, to := math.Ceil(lo*unit), math.Floor(hi*unit)
		if from > to || math.Max(-from, to) > 1e15 {
			continue
		}
		if !d.src.Chance(2, 3) {
			return float64(d.number(int64(from), int64(to))) / unit
		}
	}
	const steps = 1 << 53
	share := float64(d.src.Choose(steps)) / steps
	return math.Max(lo, math.Min(hi, lo+(hi-lo)*share))
}

func genBool(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := unpackArgs(b, args, kwargs); err != nil {
		return nil, err
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		return starlark.Bool(d.src.Choose(1) == 1), nil
	}), nil
}

func genConstant(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpackArgs(b, args, kwargs, "x", &x); err != nil {
		return nil, err
	}
	x.Freeze() // an example must not change the next one
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) { return x, nil }), nil
}

func genChoice(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var values []starlark.Value
	if len(args) > 1 && len(kwargs) == 0 {
		values = append(values, args...)
	} else {
		var list starlark.Iterable
		if err := unpackArgs(b, args, kwargs, "values", &list); err != nil {
			return nil, err
		}
		const most = 1_000_000
		if n := starlark.Len(list); n > most {
			return nil, fmt.Errorf("%s: for parameter values: got %s of %d elements, want at most %d; gen.int draws from a range", b.Name(), list.Type(), n, most)
		}
		for v := range starlark.Elements(list) {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("%s: for parameter values: there is nothing to choose from", b.Name())
	}
	for _, v := range values {
		v.Freeze()
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) { return pick(d, values), nil }), nil
}

// generators returns the arguments, each of which must be one.
func generators(b *starlark.Builtin, args starlark.Tuple) ([]*Generator, error) {
	list := make([]*Generator, len(args))
	for i, a := range args {
		g, ok := a.(*Generator)
		if !ok {
			return nil, fmt.Errorf("%s: for argument %d: got %s, want generator, such as gen.constant(%s)", b.Name(), i+1, a.Type(), shown(a))
		}
		list[i] = g
	}
	return list, nil
}

func genOneOf(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := unpackArgs(b, nil, kwargs); err != nil {
		return nil, err
	}
	list, err := generators(b, args)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: there is nothing to choose from", b.Name())
	}
	return oneOf(b, args, list), nil
}

func oneOf(b *starlark.Builtin, args starlark.Tuple, list []*Generator) *Generator {
	return generator(b, args, nil, func(d *drawing) (starlark.Value, error) { return d.one(pick(d, list)) })
}

func genSample(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var g *Generator
	n, seed := 10, starlark.MakeInt(0)
	if err := unpackArgs(b, args, kwargs, "g", &g, "n?", &n, "seed?", &seed); err != nil {
		return nil, err
	}
	number, ok := seed.Uint64()
	if !ok {
		return nil, fmt.Errorf("%s: for parameter seed: got %s, want a number from 0 to 2^64-1", b.Name(), seed)
	}
	const most = 20_000
	if n < 0 || n > most {
		return nil, fmt.Errorf("%s: for parameter n: got %d, want 0 to %d", b.Name(), n, most)
	}
	var values []starlark.Value
	rejected := 0
	for i := uint64(0); len(values) < n; i++ {
		v, err := (&drawing{src: property.Drawn(number, i), thread: thread, by: b.Name()}).one(g)
		var no *rejection
		switch {
		case errors.As(err, &no):
			if rejected++; rejected > 10*n+100 {
				return nil, fmt.Errorf("%s: %d of %d examples were rejected by %s", b.Name(), rejected, rejected+len(values), no.by)
			}
		case err != nil:
			return nil, err
		default:
			values = append(values, v)
		}
	}
	return starlark.NewList(values), nil
}
