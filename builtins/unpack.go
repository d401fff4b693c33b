package builtins

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starboard/kicad/spell"
	"starboard/kicad/symbol"
)

// unpackArgs is starlark.UnpackArgs, but for the message on a parameter that
// does not exist.
func unpackArgs(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple, pairs ...any) error {
	var names []string
	for i := 0; i < len(pairs); i += 2 {
		names = append(names, strings.TrimRight(pairs[i].(string), "?"))
	}
	for _, kw := range kwargs {
		if name := string(kw[0].(starlark.String)); !slices.Contains(names, name) {
			return fmt.Errorf("%s: there is no parameter %s%s", b.Name(), name, orElse(name, names))
		}
	}
	err := starlark.UnpackArgs(b.Name(), args, kwargs, pairs...)
	if err == nil {
		return nil
	}
	// The interpreter quotes the name of a parameter that was given by name.
	msg := err.Error()
	for _, name := range names {
		msg = strings.Replace(msg, fmt.Sprintf("for parameter %q:", name), "for parameter "+name+":", 1)
	}
	return errors.New(msg)
}

// orElse returns the end of a message on a name that does not exist: the
// nearest of those that do, or all of them.
func orElse(name string, names []string) string {
	if near := spell.Nearest(name, names, 2); len(near) > 0 {
		return "; did you mean " + strings.Join(near, ", ") + "?"
	}
	return "; it has " + strings.Join(names, ", ")
}

// SymbolError puts into a user's words that there is no such symbol. Other
// errors come back as they are.
func SymbolError(err error) error {
	var e *symbol.NotFoundError
	if !errors.As(err, &e) {
		return err
	}
	lib, name, qualified := strings.Cut(e.LibID, ":")
	msg := fmt.Sprintf("%s: unknown symbol", e.LibID)
	switch {
	case !qualified || lib == "" || name == "":
		msg = fmt.Sprintf("%q: a symbol is named Library:Name", e.LibID)
	case e.NoLibrary:
		msg = fmt.Sprintf("%s: unknown library %s", e.LibID, lib)
	}
	if len(e.Near) == 0 {
		return errors.New(msg + "; starboard symbols finds symbols by name and description")
	}
	return fmt.Errorf("%s; did you mean %s?", msg, strings.Join(e.Near[:min(3, len(e.Near))], ", "))
}
