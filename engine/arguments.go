package engine

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"starboard/kicad/spell"
)

// An ArgumentError is a name=value of the command line that main does not
// take.
type ArgumentError struct{ Msg string }

func (e *ArgumentError) Error() string { return e.Msg }

// arguments turns the name=value texts of the command line into arguments of
// main. A value becomes what the parameter's default is: a number, a truth
// value, or a string.
func arguments(main *starlark.Function, texts []string) ([]starlark.Tuple, error) {
	params := main.NumParams() // *args and **kwargs are the last of them
	if main.HasVarargs() {
		params--
	}
	if main.HasKwargs() {
		params--
	}
	names := make([]string, params)
	defaults := make(map[string]starlark.Value, len(names))
	for i := range names {
		names[i], _ = main.Param(i)
		defaults[names[i]] = main.ParamDefault(i)
	}
	given := map[string]bool{}
	var kwargs []starlark.Tuple
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, &ArgumentError{fmt.Sprintf("got argument %q, want name=value", text)}
		}
		def, known := defaults[name]
		if !known && !main.HasKwargs() {
			msg := fmt.Sprintf("main has no parameter %s", name)
			switch near := spell.Nearest(name, names, 3); {
			case len(near) > 0:
				msg += didYouMean(near)
			case len(names) > 0:
				msg += "; it has " + strings.Join(names, ", ")
			default:
				msg += "; it takes none"
			}
			return nil, &ArgumentError{msg}
		}
		if given[name] {
			return nil, &ArgumentError{fmt.Sprintf("%s is given twice", name)}
		}
		given[name] = true
		v, err := argument(def, value)
		if err != nil {
			return nil, &ArgumentError{fmt.Sprintf("%s: %v", text, err)}
		}
		kwargs = append(kwargs, starlark.Tuple{starlark.String(name), v})
	}
	for _, name := range names {
		if defaults[name] == nil && !given[name] {
			return nil, &ArgumentError{fmt.Sprintf("main needs a value for %s: add %s=VALUE to the command", name, name)}
		}
	}
	return kwargs, nil
}

func argument(def starlark.Value, s string) (starlark.Value, error) {
	switch def.(type) {
	case starlark.Bool:
		switch s {
		case "True", "true", "yes", "1":
			return starlark.True, nil
		case "False", "false", "no", "0":
			return starlark.False, nil
		}
		return nil, fmt.Errorf("got %q, want True or False", s)
	case starlark.Int:
		base := 10
		if strings.HasPrefix(strings.ToLower(strings.TrimPrefix(s, "-")), "0x") {
			base = 0
		}
		v, err := strconv.ParseInt(s, base, 64)
		if err != nil {
			return nil, fmt.Errorf("got %q, want a whole number", s)
		}
		return starlark.MakeInt64(v), nil
	case starlark.Float:
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			return nil, fmt.Errorf("got %q, want a number", s)
		}
		return starlark.Float(v), nil
	case starlark.String, starlark.NoneType, nil:
		return starlark.String(s), nil
	}
	return nil, fmt.Errorf("a %s cannot be given on the command line", def.Type())
}
