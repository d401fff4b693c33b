package builtins

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starboard/kicad/circuit"
	"starboard/kicad/symbol"
)

// A Net is a script's handle on a net.
//
//	n.name   the name that the script gave, or "" where it gave none
//	n.pins   the pins on it, those on other sheets included
//	n.label  what messages call it: as KiCad does in a circuit that was read, else
//	         the text that it is labelled with, once the circuit is annotated
//	n.power  whether it is drawn with power symbols
type Net struct {
	net   *circuit.Net
	state *state
	sheet *Sheet // as a Part has it
}

var (
	_ starlark.HasAttrs   = (*Net)(nil)
	_ starlark.Comparable = (*Net)(nil)
)

func (n *Net) String() string        { return fmt.Sprintf("net(%q)", n.net.Name()) }
func (n *Net) Type() string          { return "net" }
func (n *Net) Truth() starlark.Bool  { return true }
func (n *Net) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", n.Type()) }
func (n *Net) Freeze()               { n.state.freeze() }

// Nets are equal where they have been joined.
func (n *Net) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	return identical(op, n, n.net.Root() == y.(*Net).net.Root())
}

func (n *Net) Attr(name string) (starlark.Value, error) {
	switch name {
	case "name":
		return starlark.String(n.net.Name()), nil
	case "pins":
		return tuple(n.net.AllPins(), n.bind), nil
	case "label":
		return starlark.String(n.state.label(n.net)), nil
	case "power":
		return starlark.Bool(n.net.IsPower()), nil
	}
	return nil, nil
}

func (n *Net) AttrNames() []string { return []string{"label", "name", "pins", "power"} }

// NC is the value that marks a pin as not connected on purpose.
var NC starlark.Value = noConnect{}

type noConnect struct{}

func (noConnect) String() string        { return "NC" }
func (noConnect) Type() string          { return "no_connect" }
func (noConnect) Truth() starlark.Bool  { return false }
func (noConnect) Hash() (uint32, error) { return 7, nil }
func (noConnect) Freeze()               {} // immutable

// powerSymbol returns the symbol that a power net is drawn with: its own, or
// a general one, which KiCad takes for the net that its value names.
func powerSymbol(env *Env, name string) (*symbol.Symbol, error) {
	if own := "power:" + name; env.Has(own) {
		s, err := env.Symbols(own)
		if err != nil || s.Power && len(s.Pins) == 1 {
			return s, err
		}
	}
	general := "VCC"
	upper := strings.ToUpper(name)
	switch {
	case strings.Contains(upper, "GND"), strings.HasPrefix(upper, "VSS"), upper == "0V", strings.Contains(upper, "GROUND"):
		general = "GND"
	case strings.HasPrefix(name, "-"):
		general = "-12V"
	}
	return env.Symbols("power:" + general)
}

// words returns the names in a value: a string with spaces between them, or a
// list of strings.
func words(b *starlark.Builtin, v starlark.Value) ([]string, error) {
	if s, ok := starlark.AsString(v); ok {
		return strings.Fields(s), nil
	}
	it, ok := v.(starlark.Iterable)
	if !ok {
		return nil, fmt.Errorf("%s: got %s, want string or list of strings", b.Name(), v.Type())
	}
	var list []string
	for x := range starlark.Elements(it) {
		s, ok := starlark.AsString(x)
		if !ok {
			return nil, fmt.Errorf("%s: got %s in the list, want string", b.Name(), x.Type())
		}
		list = append(list, s)
	}
	return list, nil
}
