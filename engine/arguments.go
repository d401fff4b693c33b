package engine

import (
	"fmt"
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
	names := make([]string, main.NumParams())
	defaults := make(map[string]starlark.Value, len(names))
	for i := range names {
		names[i], _ = main.Param(i)
		defaults[names[i]] = main.ParamDefault(i)
	}
	given := map[string]bool{}
	var kwargs []starlark.Tuple
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, &ArgumentError{fmt.Sprintf("got %q, want name=value", text)}
		}
		def, known := defaults[name]
		if !known && !main.HasKwargs() {
			msg := fmt.Sprintf("main takes no %s", name)
			if near := spell.Nearest(name, names, 3); len(near) > 0 {
				msg += "; did you mean " + strings.Join(near, ", ") + "?"
			} else if len(names) > 0 {
				msg += "; it takes " + strings.Join(names, ", ")
			}
			return nil, &ArgumentError{msg}
		}
		if given[name] {
			return nil, &ArgumentError{fmt.Sprintf("%s is given twice", name)}
		}
		given[name] = true
		v, err := argument(def, value)
		if err != nil {
			return nil, &ArgumentError{fmt.Sprintf("%s=%s: %v", name, value, err)}
		}
		kwargs = append(kwargs, starlark.Tuple{starlark.String(name), v})
	}
	for i, name := range names {
		isRest := main.HasVarargs() && i == len(names)-1 || main.HasKwargs() && i >= len(names)-1
		if defaults[name] == nil && !given[name] && !isRest {
			return nil, &ArgumentError{fmt.Sprintf("main needs %s: give it as %s=VALUE", name, name)}
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
		return nil, fmt.Errorf("want True or False")
	case starlark.Int:
		v, err := strconv.ParseInt(s, 0, 64)
		if err != nil {
			return nil, fmt.Errorf("want a whole number")
		}
		return starlark.MakeInt64(v), nil
	case starlark.Float:
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, fmt.Errorf("want a number")
		}
		return starlark.Float(v), nil
	case starlark.String, starlark.NoneType, nil:
		return starlark.String(s), nil
	}
	return nil, fmt.Errorf("a %s cannot be given on the command line", def.Type())
}
