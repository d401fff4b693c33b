package builtins

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.starlark.net/starlark"
)

// A quantity is a kind of value that comes in E series, and how it is written:
// a prefix takes the place of the decimal point, as in 4k7 (IEC 60062).
type quantity struct {
	series, lo, hi string // what a script gets that says nothing
	unit           int64  // how many of the smallest steps are 1
	prefixes       string // the one for 1, or " " where that has none, then each a thousand times more
	first          int64  // what the first prefix means, in the smallest steps
	point          string // in the place of the prefix " "
}

var (
	resistances  = &quantity{series: "E24", lo: "1", hi: "10M", unit: 1e6, prefixes: "m kMG", first: 1e3, point: "R"}
	capacitances = &quantity{series: "E6", lo: "1p", hi: "1m", unit: 1e15, prefixes: "pnum ", first: 1e3, point: "F"}
)

// series returns the two or three digits of an E series, 10 to 99 or 100 to
// 999, and how many times ten is in them.
func series(name string) ([]int64, bool) {
	// The values up to E24 are older than the rule, and differ from it.
	e24 := []int64{10, 11, 12, 13, 15, 16, 18, 20, 22, 24, 27, 30, 33, 36, 39, 43, 47, 51, 56, 62, 68, 75, 82, 91}
	switch name {
	case "E3", "E6", "E12", "E24":
		n, _ := strconv.Atoi(name[1:])
		var values []int64
		for i := 0; i < len(e24); i += len(e24) / n {
			values = append(values, e24[i]*10)
		}
		return values, true
	case "E48", "E96", "E192":
		n, _ := strconv.Atoi(name[1:])
		values := make([]int64, n)
		for i := range values {
			values[i] = int64(math.Round(100 * math.Pow(10, float64(i)/float64(n))))
			if values[i] == 919 {
				values[i] = 920 // the one that the standard rounds up
			}
		}
		return values, true
	}
	return nil, false
}

var seriesNames = []string{"E3", "E6", "E12", "E24", "E48", "E96", "E192"}

// between returns the values of a series from lo to hi, as texts.
func (q *quantity) between(name string, lo, hi int64) []string {
	digits, _ := series(name)
	var list []string
	for decade := int64(1); decade <= math.MaxInt64/10_000; decade *= 10 {
		for _, v := range digits {
			if v *= decade; lo <= v && v <= hi {
				list = append(list, q.format(v))
			}
		}
	}
	return list
}

// format writes a number of the smallest steps.
func (q *quantity) format(v int64) string {
	scale, prefix := q.first, q.prefixes[:1]
	for i := 1; i < len(q.prefixes) && v >= scale*1000; i++ {
		scale, prefix = scale*1000, q.prefixes[i:i+1]
	}
	whole, rest := v/scale, v%scale
	if rest == 0 {
		return strconv.FormatInt(whole, 10) + strings.TrimSpace(prefix)
	}
	if prefix == " " {
		prefix = q.point
	}
	digits := strconv.FormatInt(scale+rest, 10)[1:]
	return strconv.FormatInt(whole, 10) + prefix + strings.TrimRight(digits, "0")
}

// parse reads 4700, 4.7k or 4k7 as a number of the smallest steps.
func (q *quantity) parse(v starlark.Value) (int64, error) {
	text, ok := starlark.AsString(v)
	if !ok {
		text = v.String()
	}
	bad := fmt.Errorf("got %s, want a value such as %s", shown(v), q.hi)
	number, scale := text, q.unit
	for i, p := range q.prefixes {
		s := string(p)
		if s == " " {
			s = q.point
		}
		if before, after, ok := strings.Cut(text, s); ok {
			number, scale = before+"."+after, q.first
			if strings.Contains(before, ".") {
				number = before + after
			}
			for range i {
				scale *= 1000
			}
			break
		}
	}
	f, err := strconv.ParseFloat(strings.TrimSuffix(number, "."), 64)
	steps := math.Round(f * float64(scale))
	if err != nil || math.IsNaN(steps) || steps < float64(q.first)/10 || steps > float64(q.unit)*1e9 || steps > 1e18 {
		return 0, bad
	}
	return int64(steps), nil
}

func genSeries(q *quantity) method {
	return func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		name, lo, hi := q.series, starlark.Value(starlark.String(q.lo)), starlark.Value(starlark.String(q.hi))
		if err := unpackArgs(b, args, kwargs, "series?", &name, "lo?", &lo, "hi?", &hi); err != nil {
			return nil, err
		}
		if !slices.Contains(seriesNames, name) {
			return nil, fmt.Errorf("%s: for parameter series: got %q, want one of %s", b.Name(), name, strings.Join(seriesNames, ", "))
		}
		from, err := q.parse(lo)
		if err != nil {
			return nil, fmt.Errorf("%s: for parameter lo: %v", b.Name(), err)
		}
		to, err := q.parse(hi)
		if err != nil {
			return nil, fmt.Errorf("%s: for parameter hi: %v", b.Name(), err)
		}
		list := q.between(name, from, to)
		if len(list) == 0 {
			return nil, fmt.Errorf("%s: %s has no value from %s to %s", b.Name(), name, textOf(lo), textOf(hi))
		}
		return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
			return starlark.String(pick(d, list)), nil
		}), nil
	}
}
