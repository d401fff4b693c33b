package builtins

import (
	"fmt"
	"slices"

	"go.starlark.net/starlark"

	"starboard/builtins/property"
	"starboard/kicad/symbol"
)

// someSymbols differ in kind, and are in the binary: two pins and many, one
// unit and several, pins of each type, pins that share a name, a place or a
// unit, and pins that KiCad joins to nothing. The simple ones stand first.
var someSymbols = []string{
	"Device:R", "Device:C", "Device:L", "Device:LED", "Device:D", "Connector_Generic:Conn_01x02",
	"Device:Crystal", "Device:C_Polarized", "Device:R_Potentiometer", "Device:Fuse", "Switch:SW_Push",
	"Transistor_BJT:BC847", "Transistor_FET:2N7002", "Diode:BAV99", "Diode:BAT54W", "Connector_Generic:Conn_01x03",
	"Connector_Generic:Conn_02x03_Odd_Even", "Connector_Generic:Conn_01x06", "Regulator_Linear:AP2112K-3.3", "Regulator_Linear:LM7805_TO220",
	"Timer:NE555P", "Amplifier_Operational:TL071", "Isolator:4N35",
	"Device:Opamp_Dual", "Amplifier_Operational:LM358", "Comparator:LM393", "Switch:SW_DPDT_x2",
	"74xx:74HC74", "Amplifier_Operational:LM324", "74xx:74HC86", "74xx:74HC04", "74xx:74HC00",
	"Connector:USB_C_Receptacle_USB2.0_16P", "MCU_Microchip_ATmega:ATmega328P-P", "RF_Module:ESP32-C6-MINI-1",
}

// severalUnits is where the symbols of several units begin, and manyPins where
// the large ones do.
const (
	severalUnits = "Device:Opamp_Dual"
	manyPins     = "Connector:USB_C_Receptacle_USB2.0_16P"
)

// A symbolChoice says which symbols to draw.
type symbolChoice struct {
	libraries []string // by default a few known symbols
	least     int      // units
	most      int      // units
	pins      int      // at most
}

// symbol draws a symbol.
func (d *drawing) symbol(env *Env, c symbolChoice) (*symbol.Symbol, error) {
	names, err := c.names(env)
	if err != nil {
		return nil, err
	}
	const tries = 20
	for range tries {
		s, err := env.Symbols(names[d.symbolIndex(names, c)])
		if err != nil {
			return nil, SymbolError(err)
		}
		if !s.Power && len(s.Pins) > 0 && len(s.Pins) <= c.pins && c.least <= s.Units && s.Units <= c.most && !saysTwoThings(s) {
			return s, nil
		}
	}
	return nil, &rejection{fmt.Sprintf("gen.symbol: few symbols have %d units or more and at most %d pins", c.least, c.pins)}
}

// symbolIndex draws which of the names: of those that are known, simple ones
// and those of several units come as often.
func (d *drawing) symbolIndex(names []string, c symbolChoice) int {
	most := uint64(len(names) - 1)
	return int(d.src.ChooseBy(most, func(r *property.Random) uint64 {
		if len(c.libraries) > 0 {
			return r.UpTo(most)
		}
		units, large := uint64(slices.Index(someSymbols, severalUnits)), uint64(slices.Index(someSymbols, manyPins))
		switch k := r.UpTo(9); {
		case c.least > 1 || c.most > 1 && k < 4:
			return units + r.UpTo(large-units-1)
		case k < 9:
			return r.UpTo(units - 1)
		}
		return r.UpTo(most)
	}))
}

func (c symbolChoice) names(env *Env) ([]string, error) {
	if len(c.libraries) == 0 {
		return someSymbols, nil
	}
	if env.Names == nil {
		return nil, fmt.Errorf("libraries cannot be listed here")
	}
	var all []string
	for _, lib := range c.libraries {
		names, err := env.Names(lib)
		if err != nil {
			return nil, SymbolError(err)
		}
		for _, name := range names {
			all = append(all, lib+":"+name)
		}
	}
	return all, nil
}

// saysTwoThings reports whether a symbol draws one pin number under two names
// or types: which of them KiCad's netlist has is chance.
func saysTwoThings(s *symbol.Symbol) bool {
	first := map[string]*symbol.Pin{}
	for i := range s.Pins {
		p := &s.Pins[i]
		if f := first[p.Number]; f == nil {
			first[p.Number] = p
		} else if (f.Name != p.Name || f.Type != p.Type) && p.Body < 2 {
			return true
		}
	}
	return false
}

// strings returns the texts of a list argument.
func stringList(b *starlark.Builtin, name string, list starlark.Iterable) ([]string, error) {
	if list == nil {
		return nil, nil
	}
	var texts []string
	for v := range starlark.Elements(list) {
		s, ok := starlark.AsString(v)
		if !ok {
			return nil, fmt.Errorf("%s: for parameter %s: got %s in the list, want string", b.Name(), name, v.Type())
		}
		texts = append(texts, s)
	}
	return texts, nil
}

func genSymbol(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var libraries starlark.Iterable
	c := symbolChoice{least: 1, most: 1 << 20, pins: 48}
	if err := unpackArgs(b, args, kwargs, "libraries?", &libraries, "units?", &c.least, "max_pins?", &c.pins); err != nil {
		return nil, err
	}
	var err error
	if c.libraries, err = stringList(b, "libraries", libraries); err != nil {
		return nil, err
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		env, err := envOf(d.thread, b)
		if err != nil {
			return nil, err
		}
		s, err := d.symbol(env, c)
		if err != nil {
			return nil, inGenerator(b, err)
		}
		return starlark.String(s.LibID()), nil
	}), nil
}

// inGenerator names the generator in an error, unless that is a rejection.
func inGenerator(b *starlark.Builtin, err error) error {
	if _, no := err.(*rejection); no || err == nil {
		return err
	}
	return fmt.Errorf("%s: %w", b.Name(), err)
}

func genPinMap(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var libID string
	var nets starlark.Iterable
	no, open := true, true
	if err := unpackArgs(b, args, kwargs, "symbol", &libID, "nets?", &nets, "no_connects?", &no, "open?", &open); err != nil {
		return nil, err
	}
	names, err := stringList(b, "nets", nets)
	if err != nil {
		return nil, err
	}
	if nets == nil {
		names = []string{"A", "B", "GND"}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: for parameter nets: there is nothing to choose from", b.Name())
	}
	env, err := envOf(thread, b)
	if err != nil {
		return nil, err
	}
	sym, err := env.Symbols(libID)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), SymbolError(err))
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		made, err := partAlone(sym)
		if err != nil {
			return nil, inGenerator(b, err)
		}
		dict := starlark.NewDict(len(made.Pins()))
		for _, pin := range made.Pins() {
			if pin.Stacked()[0] != pin {
				continue // the first stands for all at its place
			}
			d.src.Begin("pin")
			var v starlark.Value
			switch to := d.pinTarget(pin, len(names), no, open); to {
			case leftOpen:
			case markedNC:
				v = NC
			default:
				v = starlark.String(names[to])
			}
			d.src.End()
			if v == nil {
				continue
			}
			if err := dict.SetKey(starlark.String(pin.Number), v); err != nil {
				return nil, err
			}
		}
		return dict, nil
	}), nil
}
