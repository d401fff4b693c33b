package builtins

import (
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"
	"go.starlark.net/lib/json"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"
)

// What one operation may take. Between two operations a script can be stopped,
// within one it cannot, so that those of the language which can take any amount
// are looked at before they begin.
const (
	defaultRoom = 256 << 20 // bytes, where the environment does not tell
	maxBits     = 1 << 20   // of a number that was multiplied, some 300,000 digits
	maxDigits   = 300_000   // of a text that becomes a number
)

// The bytes that an element takes, roughly: itself, and what holds it.
const (
	perLook    = 5 // what is only looked at takes time, not memory
	perElement = 16
	perTuple   = 64
	perEntry   = 96 // of a dict or set
)

// roomOf returns how many bytes one operation may take.
func roomOf(thread *starlark.Thread) int64 {
	if env, ok := thread.Local(envKey).(*Env); ok && env.Room > 0 {
		return env.Room
	}
	return defaultRoom
}

// fits returns an error if an operation would take too much. Size is a lower
// bound, which is exact as long as it is not above the room.
func fits(thread *starlark.Thread, what string, size int64) error {
	room := roomOf(thread)
	if size <= room {
		return nil
	}
	return fmt.Errorf("%s takes more than %s at once, an eighth of --max-memory", what, humanize.IBytes(uint64(room)))
}

// product returns a*b, or a very large number.
func product(a, b int64) int64 {
	const most = 1 << 62
	if a > 0 && b > most/a {
		return most
	}
	return a * b
}

func times(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	x, y := args[0], args[1]
	n, isInt := x.(starlark.Int)
	m, isInt2 := y.(starlark.Int)
	switch {
	case isInt && isInt2:
		if _, ok := n.Int64(); ok {
			break
		}
		if bits := bitLen(n) + bitLen(m); bits > maxBits {
			return nil, fmt.Errorf("the product has more than %s digits", humanize.Comma(maxDigits))
		}
	case isInt:
		if err := repeats(thread, y, n); err != nil {
			return nil, err
		}
	case isInt2:
		if err := repeats(thread, x, m); err != nil {
			return nil, err
		}
	}
	return starlark.Binary(syntax.STAR, x, y)
}

func bitLen(n starlark.Int) int {
	if small, ok := n.Int64(); ok && -1<<31 < small && small < 1<<31 {
		return 32
	}
	return n.BigInt().BitLen()
}

// repeats checks x * n.
func repeats(thread *starlark.Thread, x starlark.Value, n starlark.Int) error {
	each := int64(1)
	switch x.(type) {
	case starlark.String, starlark.Bytes:
	case *starlark.List, starlark.Tuple:
		each = perElement
	default:
		return nil
	}
	size := product(int64(starlark.Len(x)), each)
	count, ok := n.Int64()
	switch {
	case ok:
		size = product(size, count)
	case n.Sign() > 0 && size > 0:
		size = 1 << 62
	}
	return fits(thread, x.Type()+" * "+shown(n), size)
}

func percent(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	x, y := args[0], args[1]
	if format, ok := starlark.AsString(x); ok && !slight(y) {
		// A mapping can be asked for the same text again and again.
		again := int64(1)
		if _, ok := y.(starlark.Mapping); ok {
			again = int64(strings.Count(format, "%"))
		}
		size := product(textSize(y, roomOf(thread)), again) + int64(len(format))
		if err := fits(thread, "the text", size); err != nil {
			return nil, err
		}
	}
	return starlark.Binary(syntax.PERCENT, x, y)
}

// operand is the right side of x + y and x += y.
func operand(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	y := args[0]
	each := int64(1)
	switch y.(type) {
	case starlark.Int, starlark.Float:
		return y, nil
	case starlark.String, starlark.Bytes:
	default:
		each = perElement
	}
	if n := starlark.Len(y); n > 0 {
		return y, fits(thread, "adding "+amount(y, n), product(int64(n), each))
	}
	return y, nil
}

// spread is x in f(*x).
func spread(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	n := starlark.Len(args[0])
	return args[0], fits(thread, "passing "+amount(args[0], n), product(int64(n), perElement))
}

func amount(v starlark.Value, n int) string {
	return fmt.Sprintf("%s of %s elements", article(v.Type()), humanize.Comma(int64(n)))
}

func article(noun string) string {
	if strings.Contains("aeiou", noun[:1]) {
		return "an " + noun
	}
	return "a " + noun
}

// A check looks at the arguments of a function, or of a method of recv, before
// it is called. It returns an error from fits.
type check func(thread *starlark.Thread, recv starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) error

// methods are the methods of the language's own values that can make something
// much larger than what they are given.
var methods = map[string]check{
	"extend":     elements(perElement),
	"format":     checkFormat,
	"join":       checkJoin,
	"replace":    checkReplace,
	"rsplit":     checkSplit,
	"split":      checkSplit,
	"splitlines": checkSplit,
	"union":      elements(perEntry),
	"update":     elements(perEntry),
}

// functions are those of the language.
var functions = map[string]check{
	"all":       elements(perLook),
	"any":       elements(perLook),
	"bytes":     elements(perElement),
	"dict":      elements(perEntry),
	"enumerate": elements(perTuple),
	"fail":      texts,
	"int":       checkDigits,
	"list":      elements(perElement),
	"max":       elements(perLook),
	"min":       elements(perLook),
	"print":     texts,
	"repr":      texts,
	"reversed":  elements(perElement),
	"set":       elements(perEntry),
	"sorted":    elements(perElement),
	"str":       texts,
	"tuple":     elements(perElement),
	"zip":       elements(perTuple),
}

// methodOf returns a method, with its check if it has one.
func methodOf(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	m, ok := args[0].(*starlark.Builtin)
	if !ok {
		return args[0], nil
	}
	switch m.Receiver().(type) {
	case starlark.String, starlark.Bytes, *starlark.List, *starlark.Dict, *starlark.Set:
		return checked(m, methods[m.Name()]), nil
	}
	return m, nil
}

// checked returns a function that looks at its arguments before it does what fn
// does.
func checked(fn *starlark.Builtin, ok check) *starlark.Builtin {
	return starlark.NewBuiltin(fn.Name(), func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := ok(thread, fn.Receiver(), args, kwargs); err != nil {
			return nil, fmt.Errorf("%s: %w", fn.Name(), err)
		}
		return fn.CallInternal(thread, args, kwargs)
	})
}

// checkedJSON is the module json of the language, with its checks.
var checkedJSON = &starlarkstruct.Module{Name: json.Module.Name, Members: starlark.StringDict{}}

func init() {
	for name, member := range json.Module.Members {
		if fn, ok := member.(*starlark.Builtin); ok && name == "encode" {
			member = checked(fn, texts)
		}
		checkedJSON.Members[name] = member
	}
}

// elements wants that the arguments have not too many elements, which take so
// much each.
func elements(each int64) check {
	return func(thread *starlark.Thread, _ starlark.Value, args starlark.Tuple, _ []starlark.Tuple) error {
		for _, a := range args {
			if n := starlark.Len(a); n > 0 {
				if err := fits(thread, amount(a, n), product(int64(n), each)); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// texts wants that the texts of the arguments are not too long.
func texts(thread *starlark.Thread, _ starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) error {
	for _, a := range args {
		if !slight(a) {
			if err := fits(thread, "the text", textSize(a, roomOf(thread))); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkDigits(_ *starlark.Thread, _ starlark.Value, args starlark.Tuple, _ []starlark.Tuple) error {
	for _, a := range args {
		if s, ok := starlark.AsString(a); ok && len(s) > maxDigits {
			return fmt.Errorf("the text has more than %s digits", humanize.Comma(maxDigits))
		}
	}
	return nil
}

func checkFormat(thread *starlark.Thread, recv starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) error {
	form, ok := starlark.AsString(recv)
	if !ok {
		return nil
	}
	var most int64
	for _, a := range args {
		most = max(most, textSize(a, roomOf(thread)))
	}
	for _, kw := range kwargs {
		most = max(most, textSize(kw[1], roomOf(thread)))
	}
	return fits(thread, "the text", int64(len(form))+product(int64(strings.Count(form, "{")), most))
}

func checkJoin(thread *starlark.Thread, recv starlark.Value, args starlark.Tuple, _ []starlark.Tuple) error {
	sep, ok := starlark.AsString(recv)
	if !ok || len(args) != 1 {
		return nil
	}
	parts, ok := args[0].(starlark.Sequence)
	if !ok {
		return nil
	}
	size, room := product(int64(parts.Len()), int64(len(sep))), roomOf(thread)
	for v := range starlark.Elements(parts) {
		s, ok := starlark.AsString(v)
		if size += int64(len(s)); !ok || size > room {
			break
		}
	}
	return fits(thread, "the text", size)
}

func checkReplace(thread *starlark.Thread, recv starlark.Value, args starlark.Tuple, _ []starlark.Tuple) error {
	s, ok := starlark.AsString(recv)
	if !ok || len(args) < 2 {
		return nil
	}
	before, ok := starlark.AsString(args[0])
	after, ok2 := starlark.AsString(args[1])
	if !ok || !ok2 || len(after) <= len(before) {
		return nil
	}
	n := int64(strings.Count(s, before))
	if len(args) > 2 {
		if most, ok := args[2].(starlark.Int); ok {
			if most, ok := most.Int64(); ok && most >= 0 {
				n = min(n, most)
			}
		}
	}
	return fits(thread, "the text", int64(len(s))+product(n, int64(len(after)-len(before))))
}

func checkSplit(thread *starlark.Thread, recv starlark.Value, args starlark.Tuple, _ []starlark.Tuple) error {
	s, ok := starlark.AsString(recv)
	if !ok || int64(len(s)) < roomOf(thread)/perTuple {
		return nil
	}
	n := int64(len(s)/2) + 1
	if len(args) > 0 {
		if sep, ok := starlark.AsString(args[0]); ok && sep != "" {
			n = int64(strings.Count(s, sep)) + 1
		}
	}
	return fits(thread, "a list of the parts", product(n, 2*perElement))
}

// slight reports whether the text of a value is short for certain.
func slight(v starlark.Value) bool {
	switch v := v.(type) {
	case starlark.NoneType, starlark.Bool, starlark.Float:
		return true
	case starlark.Int:
		return bitLen(v) < 1<<16
	case starlark.String:
		return len(v) < 1<<16
	}
	return false
}

// textSize returns about how long the text of a value is, or something above
// most if it is longer than that.
func textSize(v starlark.Value, most int64) int64 {
	w := &weigher{most: most}
	w.add(v)
	return w.size
}

// A weigher sums up the text of a value. Lists that are in many places of it
// count as often as they are written, which can be very often: it stops when
// there is too much. What contains itself is written once.
type weigher struct {
	size, most int64
	within     []starlark.Value
}

func (w *weigher) add(v starlark.Value) {
	if w.size++; w.size > w.most {
		return
	}
	switch v := v.(type) {
	case starlark.String:
		w.size += int64(len(v))
	case starlark.Bytes:
		w.size += int64(len(v))
	case starlark.Int:
		w.size += int64(bitLen(v)) / 3
	case starlark.Tuple:
		for _, x := range v {
			w.add(x)
		}
	case *starlark.List:
		w.inside(v, func() {
			for i := 0; i < v.Len() && w.size <= w.most; i++ {
				w.add(v.Index(i))
			}
		})
	case *starlark.Dict:
		w.inside(v, func() {
			for _, item := range v.Items() {
				w.add(item[0])
				w.add(item[1])
			}
		})
	case *starlark.Set:
		for x := range starlark.Elements(v) {
			w.add(x)
		}
	case *starlarkstruct.Struct:
		for _, name := range v.AttrNames() {
			if x, err := v.Attr(name); err == nil {
				w.add(starlark.String(name))
				w.add(x)
			}
		}
	}
}

// inside calls fn unless v is being written already.
func (w *weigher) inside(v starlark.Value, fn func()) {
	for _, outer := range w.within {
		if outer == v {
			return
		}
	}
	w.within = append(w.within, v)
	fn()
	w.within = w.within[:len(w.within)-1]
}
