package builtins

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starboard/kicad/circuit"
	"starboard/kicad/connect"
	"starboard/kicad/erc"
	"starboard/kicad/geom"
)

// kicadERC is kicad.erc(c, unchecked=False). Libraries outside the project are
// not read: a script's findings depend on the script alone.
func kicadERC(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var v starlark.Value
	var unchecked bool
	if err := unpackArgs(b, args, kwargs, "circuit", &v, "unchecked?", &unchecked); err != nil {
		return nil, err
	}
	files, root, err := drawingOf(thread, b, v)
	if err != nil {
		return nil, err
	}
	s, err := connect.ReadFS(mapFS(files), root)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	r, err := erc.Check(s, erc.Options{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	var origin origins
	if c, ok := v.(*Circuit); ok {
		origin = originsOf(c.Model())
	}
	var list []starlark.Value
	for i := range r.Findings {
		f := &r.Findings[i]
		list = append(list, findingValue(f.Key, string(f.Severity), f.Message, f.Sheet, f.Items, origin.of(f)))
	}
	if unchecked {
		for _, n := range r.NotChecked {
			list = append(list, findingValue(n.Key, "not_checked", n.Reason, "", nil, ""))
		}
	}
	return starlark.NewList(list), nil
}

// origins are the places in scripts that made parts, by reference, and
// sheets, by name.
type origins struct{ parts, sheets map[string]string }

func originsOf(c *circuit.Circuit) origins {
	o := origins{map[string]string{}, map[string]string{}}
	for _, p := range c.Parts() {
		o.parts[p.Ref] = p.Pos
	}
	for _, s := range c.Sheets() {
		o.sheets[sheetName(s)] = s.Pos
	}
	return o
}

// Origin returns where the script made what a finding is about, "" where that
// is not known.
func Origin(c *circuit.Circuit, f *erc.Finding) string { return originsOf(c).of(f) }

// sheetName returns the name that a schematic has for a sheet: "/" or "/A/B/".
func sheetName(s *circuit.Sheet) string {
	if s.Parent() == nil {
		return "/"
	}
	return sheetName(s.Parent()) + s.Name + "/"
}

// of returns where the script made what a finding is about: the first part
// among its items, or else the sheet; "" where neither is known.
func (o origins) of(f *erc.Finding) string {
	for i := range f.Items {
		if pos := o.parts[f.Items[i].Ref]; pos != "" {
			return pos
		}
	}
	return o.sheets[f.Sheet]
}

func findingValue(key, severity, message, sheet string, items []erc.Item, pos string) starlark.Value {
	var list []starlark.Value
	for i := range items {
		it := &items[i]
		list = append(list, starlarkstruct.FromStringDict(starlark.String("item"), starlark.StringDict{
			"description": starlark.String(it.Description),
			"uuid":        starlark.String(it.UUID),
			"ref":         starlark.String(it.Ref),
			"x":           millimetres(it.At.X),
			"y":           millimetres(it.At.Y),
		}))
	}
	return starlarkstruct.FromStringDict(starlark.String("finding"), starlark.StringDict{
		"type":     starlark.String(key),
		"severity": starlark.String(severity),
		"message":  starlark.String(message),
		"sheet":    starlark.String(sheet),
		"items":    starlark.NewList(list),
		"pos":      starlark.String(pos),
	})
}

func millimetres(nm int64) starlark.Value { return starlark.Float(float64(nm) / geom.MM) }
