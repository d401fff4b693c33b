package erc

import (
	"cmp"
	"fmt"
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/symbol"
)

// difference says how the copy of a symbol in a schematic differs from its
// library, or nothing. It minds what KiCad minds: neither texts of the
// drawing, nor names of pins, nor how fields look.
func difference(lib, copied *symbol.Symbol) string {
	switch {
	case lib.Power != copied.Power:
		return "one of the two is a power symbol"
	case lib.Units != copied.Units:
		return fmt.Sprintf("it has %d units, not %d", copied.Units, lib.Units)
	case lib.HasAlternate != copied.HasAlternate:
		return "one of the two has a De Morgan style"
	case !slices.Equal(lib.UnitNames, copied.UnitNames):
		return "names of units"
	case lib.UnitsLocked != copied.UnitsLocked:
		return "whether units may be exchanged"
	case lib.PinNameOffset != copied.PinNameOffset:
		return "distance of the pin names"
	case lib.Keywords != copied.Keywords:
		return "keywords"
	case !slices.Equal(lib.Filters, copied.Filters):
		return "footprint filters"
	}
	if f := oldModel(copied); f != "" {
		return "KiCad 9 replaces its field " + f
	}
	if d := fieldDifference(lib.Properties, copied.Properties); d != "" {
		return d
	}
	if d := pinDifference(lib.Pins, copied.Pins); d != "" {
		return d
	}
	bodies := 1
	if lib.HasAlternate {
		bodies = 2
	}
	for unit := range lib.Units + 1 {
		for body := range bodies + 1 {
			if !sameShapes(lib.Shapes(unit, body), copied.Shapes(unit, body)) {
				return "drawing"
			}
		}
	}
	return ""
}

// oldModel returns a field that told KiCad 6 of a simulation model, unless
// there is a model of today's kind.
func oldModel(s *symbol.Symbol) string {
	found := ""
	for _, p := range s.Properties {
		switch p.Name {
		case "Sim.Device", "Sim.Library":
			return ""
		case "Spice_Primitive", "Spice_Model", "Spice_Netlist_Enabled", "Spice_Lib_File":
			found = p.Name
		}
	}
	return found
}

func fieldDifference(lib, copied []symbol.Property) string {
	left := map[string]symbol.Property{}
	for _, p := range copied {
		left[p.Name] = p
	}
	for _, p := range lib {
		o, ok := left[p.Name]
		delete(left, p.Name)
		switch {
		case !ok:
			return "it has no field " + p.Name
		case p.Value != o.Value && p.Name != "Value":
			return fmt.Sprintf("field %s is %q, not %q", p.Name, o.Value, p.Value)
		case p.At != o.At:
			return "place of field " + p.Name
		case p.Private != o.Private:
			return "field " + p.Name + " is private in one of the two"
		}
	}
	for _, p := range copied {
		if _, ok := left[p.Name]; ok {
			return "it has field " + p.Name
		}
	}
	return ""
}

func pinDifference(lib, copied []symbol.Pin) string {
	if len(lib) != len(copied) {
		return fmt.Sprintf("it has %d pins, not %d", len(copied), len(lib))
	}
	lib, copied = sortedPins(lib), sortedPins(copied)
	for i := range lib {
		a, b := &lib[i], &copied[i]
		switch {
		case a.Number != b.Number:
			return "numbers of pins"
		case a.Unit != b.Unit || a.Body != b.Body:
			return "unit of pin " + a.Number
		case a.At != b.At || a.Side != b.Side || a.Length != b.Length:
			return "place of pin " + a.Number
		case a.Type != b.Type:
			return fmt.Sprintf("pin %s is %s, not %s", a.Number, b.Type, a.Type)
		case a.Shape != b.Shape || a.Hidden != b.Hidden || a.NameSize != b.NameSize || a.NumberSize != b.NumberSize:
			return "look of pin " + a.Number
		case !slices.Equal(a.Alternates, b.Alternates):
			return "alternate functions of pin " + a.Number
		}
	}
	return ""
}

func sortedPins(pins []symbol.Pin) []symbol.Pin {
	return slices.SortedStableFunc(slices.Values(pins), func(a, b symbol.Pin) int {
		return cmp.Or(
			cmp.Compare(a.Number, b.Number), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Body, b.Body),
			cmp.Compare(a.At.X, b.At.X), cmp.Compare(a.At.Y, b.At.Y),
		)
	})
}

// sameShapes compares drawings, both in KiCad's order. The place of a shape
// must be the same, other points and widths nearly so.
func sameShapes(lib, copied []symbol.Shape) bool {
	noText := func(s symbol.Shape) bool { return s.Kind == symbol.Text || s.Kind == symbol.TextBox }
	lib = slices.DeleteFunc(slices.Clone(lib), noText)
	copied = slices.DeleteFunc(slices.Clone(copied), noText)
	return slices.EqualFunc(lib, copied, func(a, b symbol.Shape) bool {
		same := a.Kind == b.Kind && a.Private == b.Private && len(a.Points) == len(b.Points) &&
			a.Stroke.Style == b.Stroke.Style && near(a.Stroke.Width, b.Stroke.Width) && a.Fill == b.Fill &&
			near(a.Radius, b.Radius)
		if !same {
			return false
		}
		if a.Kind == symbol.Arc {
			return slices.Equal(a.Points, b.Points)
		}
		for i, p := range a.Points {
			if i == 0 && p != b.Points[0] || !nearPoint(p, b.Points[i]) {
				return false
			}
		}
		return true
	})
}

// near allows for two of KiCad's units.
func near(a, b int64) bool { return max(a-b, b-a) <= 200 }

func nearPoint(a, b geom.Point) bool { return near(a.X, b.X) && near(a.Y, b.Y) }
