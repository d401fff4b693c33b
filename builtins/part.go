package builtins

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starboard/kicad/circuit"
)

// A Part is a script's handle on a part.
//
//	p[1], p["VDD"]
//	    the pin of that number, or else of that name
//	p.pins(name=None)
//	    every pin of that name, as a tuple; without a name all pins
//	p.ref
//	    the reference, "R?" until the circuit is annotated
//	p.value p.footprint p.name p.symbol p.dnp p.in_bom p.on_board
//	    as they were given to c.part, or as the symbol has them
//	p.fields
//	    a dict of the fields that were given to c.part
//	p.pos
//	    the place in the script that made it, file:line:column; in a circuit that
//	    was read, the place in the schematic
//	p.sheet
//	    the sheet that it is on
//	p.units p.unit_count
//	    the units that are drawn, a tuple of numbers from 1 on, and how many the
//	    symbol has; a circuit that was read may lack some
//	p.description p.keywords
//	    of the symbol
//	p.unit
//	    in a placement rule: the number of the unit that this is; 0 for a part as
//	    a whole that has several
//	p.box
//	    the extents of the symbol with its pins around its anchor, in mm: .left,
//	    .top, .right, .bottom, .width and .height; as it stands at the moment, or
//	    as in the library where no rule has placed it
//	p.outline p.room
//	    the same with reference and value; and with a label at each pin as well
//	p.at p.angle p.mirror
//	    in a placement rule: where the anchor is, (x, y) in mm, None before it has
//	    a place, and how the symbol stands
type Part struct {
	part  *circuit.Part
	state *state
	sheet *Sheet // while a rule places the part; else nil
	unit  int    // for a rule: of the part's units; 0 is the part as a whole
}

// no returns the number of the unit that p means, 0 for a part with several.
func (p *Part) no() int {
	if p.part.Symbol.Units == 1 {
		return 1
	}
	return p.unit
}

var (
	_ starlark.Mapping    = (*Part)(nil)
	_ starlark.HasAttrs   = (*Part)(nil)
	_ starlark.Comparable = (*Part)(nil)
)

func (st *state) partOf(p *circuit.Part) *Part {
	st.mu.Lock()
	defer st.mu.Unlock()
	v := st.parts[p]
	if v == nil {
		v = &Part{p, st, nil, 0}
		st.parts[p] = v
	}
	return v
}

func (p *Part) String() string       { return fmt.Sprintf("part(%s, %s)", p.part, p.part.Symbol.LibID()) }
func (p *Part) Type() string         { return "part" }
func (p *Part) Truth() starlark.Bool { return true }
func (p *Part) Freeze()              { p.state.freeze() }

func (p *Part) Hash() (uint32, error) {
	h := fnv.New32a()
	h.Write([]byte(p.part.Pos + p.part.Symbol.Name))
	return h.Sum32(), nil
}

func (p *Part) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	q := y.(*Part)
	return identical(op, p, p.part == q.part && p.no() == q.no())
}

// Get makes p[key] work.
func (p *Part) Get(key starlark.Value) (starlark.Value, bool, error) {
	pins, err := p.find(key)
	if err != nil {
		return nil, false, err
	}
	if len(pins) > 1 {
		return nil, false, fmt.Errorf("%s has %d pins named %s (%s): p.pins(%s) gives them all", p.part, len(pins), key, numbers(pins), key)
	}
	return &Pin{pins[0], p.state, p.sheet, p.unit}, true, nil
}

func numbers(pins []*circuit.Pin) string {
	var list []string
	for _, pin := range pins {
		list = append(list, pin.Number)
	}
	return strings.Join(list, ", ")
}

func (p *Part) find(key starlark.Value) ([]*circuit.Pin, error) {
	name, err := pinKey(key)
	if err != nil {
		return nil, err
	}
	return p.part.Find(name)
}

// pinKey returns a pin's number or name as a text.
func pinKey(key starlark.Value) (string, error) {
	switch key := key.(type) {
	case starlark.String:
		return string(key), nil
	case starlark.Int:
		return key.String(), nil
	}
	return "", fmt.Errorf("a pin is an int or a string, got %s", key.Type())
}

func (p *Part) Attr(name string) (starlark.Value, error) {
	m := p.part
	switch name {
	case "ref":
		switch {
		case m.Ref != "":
			return starlark.String(m.Ref), nil
		case m.FixedRef != "":
			return starlark.String(m.FixedRef), nil
		}
		return starlark.String(m.Prefix + "?"), nil
	case "value":
		return starlark.String(m.Value), nil
	case "footprint":
		return starlark.String(m.Footprint), nil
	case "name":
		return starlark.String(m.Name), nil
	case "symbol":
		return starlark.String(m.Symbol.LibID()), nil
	case "fields":
		d := starlark.NewDict(len(m.Fields))
		for _, f := range m.Fields {
			if err := d.SetKey(starlark.String(f.Name), starlark.String(f.Value)); err != nil {
				return nil, err
			}
		}
		d.Freeze()
		return d, nil
	case "dnp":
		return starlark.Bool(m.DNP), nil
	case "in_bom":
		return starlark.Bool(m.InBOM), nil
	case "on_board":
		return starlark.Bool(m.OnBoard), nil
	case "sheet":
		return p.state.circuitOf(m.Sheet()), nil
	case "units":
		return ints(p.state.units(m)), nil
	case "unit_count":
		return starlark.MakeInt(m.Symbol.Units), nil
	case "description":
		return starlark.String(m.Symbol.Description), nil
	case "keywords":
		return starlark.String(m.Symbol.Keywords), nil
	case "pos":
		return starlark.String(strings.TrimPrefix(m.Pos, p.state.env.Folder)), nil
	}
	if v, ok := p.placing(name); ok {
		return v, nil
	}
	return attr(p, "p", name, partMethods)
}

func (p *Part) AttrNames() []string {
	names := slices.Collect(maps.Keys(partMethods))
	names = append(names, "angle", "at", "box", "description", "dnp", "fields", "footprint", "in_bom", "keywords", "mirror", "name", "on_board", "outline", "pos", "ref", "room", "sheet", "symbol", "unit", "unit_count", "units", "value")
	slices.Sort(names)
	return names
}

var partMethods = map[string]method{"pins": partPins}

func partPins(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	p := b.Receiver().(*Part)
	var key starlark.Value
	if err := unpackArgs(b, args, kwargs, "name?", &key); err != nil {
		return nil, err
	}
	pins := p.part.Pins()
	if key != nil {
		var err error
		if pins, err = p.find(key); err != nil {
			return nil, fmt.Errorf("%s: %v", b.Name(), err)
		}
	}
	if p.unit > 0 {
		pins = slices.DeleteFunc(slices.Clone(pins), func(pin *circuit.Pin) bool { return !slices.Contains(unitsOf(pin), p.unit) })
	}
	return tuple(pins, func(pin *circuit.Pin) starlark.Value { return &Pin{pin, p.state, p.sheet, p.unit} }), nil
}

// A Pin is a script's handle on a pin.
//
//	pin.number pin.name pin.type
//	    as in the symbol
//	pin.part
//	    the part that it belongs to
//	pin.net
//	    the net that it is on, or None
//	pin.nc
//	    whether it is marked as not connected
//	pin.units
//	    the units of the part that draw it, a tuple of numbers from 1 on
//	pin.side
//	    left, right, up or down: where the pin points as its part stands at the
//	    moment, or in the library
//	pin.offset pin.at
//	    the place of its end from the part's anchor, (dx, dy) in mm; and on the
//	    sheet, in a placement rule, None before the part has a place
type Pin struct {
	pin   *circuit.Pin
	state *state
	sheet *Sheet // as a Part has it
	unit  int
}

var (
	_ starlark.HasAttrs   = (*Pin)(nil)
	_ starlark.Comparable = (*Pin)(nil)
)

func (p *Pin) String() string {
	return fmt.Sprintf("pin(%s, %q)", p.pin.Part, p.pin.Number)
}
func (p *Pin) Type() string         { return "pin" }
func (p *Pin) Truth() starlark.Bool { return true }
func (p *Pin) Freeze()              { p.state.freeze() }

func (p *Pin) Hash() (uint32, error) {
	h := fnv.New32a()
	h.Write([]byte(p.pin.Part.Pos + p.pin.Number))
	return h.Sum32(), nil
}

func (p *Pin) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	return identical(op, p, p.pin == y.(*Pin).pin)
}

func (p *Pin) Attr(name string) (starlark.Value, error) {
	switch name {
	case "number":
		return starlark.String(p.pin.Number), nil
	case "name":
		return starlark.String(p.pin.Name), nil
	case "type":
		return starlark.String(p.pin.Type.String()), nil
	case "part":
		if p.sheet != nil {
			return &Part{p.pin.Part, p.state, p.sheet, p.unit}, nil
		}
		return p.state.partOf(p.pin.Part), nil
	case "net":
		if n := p.pin.Net(); n != nil {
			return &Net{n, p.state, p.sheet}, nil
		}
		return starlark.None, nil
	case "side", "offset", "at":
		return p.placing(name), nil
	case "nc":
		return starlark.Bool(p.pin.NoConnect()), nil
	case "units":
		return ints(unitsOf(p.pin)), nil
	}
	return nil, nil
}

func (p *Pin) AttrNames() []string {
	return []string{"at", "name", "nc", "net", "number", "offset", "part", "side", "type", "units"}
}

func circuitPart(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := b.Receiver().(*Circuit)
	var (
		libID                       string
		value, ref, name, footprint starlark.Value
		pins, fields                *starlark.Dict
		dnp                         bool
	)
	spec := circuit.Spec{InBOM: true, OnBoard: true, Pos: caller(thread)}
	if err := unpackArgs(b, args, kwargs, "symbol", &libID, "value??", &value, "ref??", &ref, "name??", &name,
		"footprint??", &footprint, "pins??", &pins, "fields??", &fields, "dnp?", &dnp, "in_bom?", &spec.InBOM, "on_board?", &spec.OnBoard); err != nil {
		return nil, err
	}
	fail := func(err error) (starlark.Value, error) { return nil, fmt.Errorf("%s: %v", b.Name(), err) }
	if err := c.state.check("add a part"); err != nil {
		return fail(err)
	}
	spec.DNP = dnp
	var err error
	for _, arg := range []struct {
		name string
		v    starlark.Value
		set  func(string)
	}{
		{"value", value, func(s string) { spec.Value = &s }},
		{"ref", ref, func(s string) { spec.Ref = s }},
		{"name", name, func(s string) { spec.Name = s }},
		{"footprint", footprint, func(s string) { spec.Footprint = &s }},
	} {
		if arg.v == nil {
			continue
		}
		s, err := scalarText(arg.v)
		if err != nil {
			return fail(fmt.Errorf("for parameter %s: %v", arg.name, err))
		}
		arg.set(s)
	}
	if fields != nil {
		for _, item := range fields.Items() {
			key, ok := starlark.AsString(item[0])
			if !ok {
				return fail(fmt.Errorf("for parameter fields: got %s as a name, want string", item[0].Type()))
			}
			text, err := scalarText(item[1])
			if err != nil {
				return fail(fmt.Errorf("for field %s: %v", key, err))
			}
			spec.Fields = append(spec.Fields, circuit.Field{Name: key, Value: text})
		}
	}
	if spec.Symbol, err = c.state.env.Symbols(libID); err != nil {
		return fail(SymbolError(err))
	}
	m, err := c.sheet.AddPart(spec)
	if err != nil {
		return fail(err)
	}
	if pins != nil {
		for _, item := range pins.Items() {
			if err := c.connectPins(spec.Pos, m, item[0], item[1]); err != nil {
				return fail(err)
			}
		}
	}
	return c.state.partOf(m), nil
}

// connectPins puts the pins that key means where v says.
func (c *Circuit) connectPins(pos string, m *circuit.Part, key, v starlark.Value) error {
	name, err := pinKey(key)
	if err != nil {
		return err
	}
	pins, err := m.Find(name)
	if err != nil {
		return err
	}
	if v == NC {
		return c.sheet.NoConnect(pos, pins...)
	}
	var to any
	switch v := v.(type) {
	case *Net:
		to = v.net
	case *Pin:
		to = v.pin
	default:
		return fmt.Errorf("for pin %s: got %s, want net, pin or NC", name, v.Type())
	}
	for _, pin := range pins {
		if _, err := c.sheet.Connect(pos, to, pin); err != nil {
			return err
		}
	}
	return nil
}

// scalarText returns a value as the text of a field: a string, or a number as
// it prints.
func scalarText(v starlark.Value) (string, error) {
	switch v := v.(type) {
	case starlark.String:
		return string(v), nil
	case starlark.Int, starlark.Float, starlark.Bool:
		return v.String(), nil
	}
	return "", fmt.Errorf("got %s, want string", v.Type())
}
