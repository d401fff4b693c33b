package circuit

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"starboard/kicad/geom"
	"starboard/kicad/netlist"
	"starboard/kicad/spell"
	"starboard/kicad/symbol"
)

// A Field is a property of a part that the user adds, such as MPN.
type Field struct{ Name, Value string }

// A Part is an instance of a symbol.
type Part struct {
	Symbol    *symbol.Symbol
	Value     string
	Footprint string
	Name      string // the identity that the script gave, or ""
	Prefix    string // of the reference: "R"
	FixedRef  string // the full reference that the script gave, or ""
	Fields    []Field
	DNP       bool
	InBOM     bool
	OnBoard   bool
	Pos       string // of the call that made it, file:line:col

	// Set when the circuit is annotated: the reference, and the stable
	// identity that the part's UUIDs derive from, unique in its sheet.
	// Order is the place among all parts in the order in which they became known.
	Ref   string
	ID    string
	Order int

	sheet  *Sheet
	pins   []*Pin
	number map[string]*Pin
}

// A Pin is a terminal of a part, identified by its number. A symbol may draw
// it in several places.
type Pin struct {
	Part   *Part
	Number string
	Name   string // "" where the symbol gives none
	Type   symbol.Type

	stack  *stack
	index  int
	unit   int  // 0 where all units have it
	global bool // see Global
}

// A stack is a set of pins that the symbol joins by drawing them at the same
// place; most have one member. Pins of the type no_connect are joined to
// nothing.
type stack struct {
	pins []*Pin
	net  *Net
	nc   bool
	pos  string // of the call that connected it
}

// A Spec says what part to add.
type Spec struct {
	Symbol    *symbol.Symbol
	Value     *string // nil: the symbol's own
	Ref       string  // full reference, prefix, or "" for the symbol's own prefix
	Name      string
	Footprint *string // nil: the symbol's own
	Fields    []Field
	DNP       bool
	InBOM     bool
	OnBoard   bool
	Pos       string
}

// AddPart adds a part to s.
func (s *Sheet) AddPart(spec Spec) (*Part, error) {
	sym := spec.Symbol
	p := &Part{
		Symbol: sym, Value: netlist.Unescape(sym.Value), Footprint: sym.Footprint, Name: spec.Name, Prefix: sym.Reference, Fields: spec.Fields,
		DNP: spec.DNP, InBOM: spec.InBOM, OnBoard: spec.OnBoard, Pos: spec.Pos, sheet: s,
	}
	if sym.Power {
		if sym.Name == "PWR_FLAG" {
			return nil, fmt.Errorf("power:PWR_FLAG is drawn where it is needed: say that the net that it is for is driven, as in c.net(\"VFUSED\", driven = True)")
		}
		return nil, fmt.Errorf("%s:%s is a power symbol: c.power(%q) makes the net that is drawn with it", sym.Lib, sym.Name, sym.Value)
	}
	if spec.Value != nil {
		p.Value = *spec.Value
	}
	if spec.Footprint != nil {
		p.Footprint = *spec.Footprint
	}
	for _, text := range []struct{ what, s string }{{"value", p.Value}, {"footprint", p.Footprint}} {
		if err := checkText(text.s); err != nil {
			return nil, fmt.Errorf("%s %q %v", text.what, text.s, err)
		}
	}
	if f := p.Footprint; f != "" && (strings.Count(f, ":") != 1 || strings.HasPrefix(f, ":") || strings.HasSuffix(f, ":")) {
		return nil, fmt.Errorf("footprint %q: want Library:Name", f)
	}
	if err := p.setReference(spec.Ref); err != nil {
		return nil, err
	}
	if err := checkFields(p.Fields); err != nil {
		return nil, err
	}
	if p.Name != "" {
		if hasControl(p.Name) {
			return nil, fmt.Errorf("part name %q has a control character", p.Name)
		}
		if other := s.names[p.Name]; other != nil {
			return nil, fmt.Errorf("part name %q is taken%s", p.Name, at(other.Pos))
		}
		s.names[p.Name] = p
	}
	p.makePins()
	s.parts = append(s.parts, p)
	return p, nil
}

// checkText refuses what KiCad would not show as it is.
func checkText(s string) error {
	switch {
	case hasControl(s):
		return errors.New("has a control character")
	case netlist.Unescape(s) != s:
		return fmt.Errorf("is %q to KiCad: write that", netlist.Unescape(s))
	}
	return nil
}

// setReference takes a full reference such as R7 or a prefix such as R.
func (p *Part) setReference(ref string) error {
	if ref == "" {
		if p.Prefix == "" {
			p.Prefix = "U"
		}
		p.Prefix = strings.TrimRight(p.Prefix, "0123456789?")
		return nil
	}
	prefix := strings.TrimRight(ref, "0123456789")
	switch {
	case strings.HasPrefix(ref, "#"):
		return fmt.Errorf("reference %q begins with #, which KiCad keeps for symbols that are no parts", ref)
	case prefix == "":
		return fmt.Errorf("reference %q has no letters, want one such as R7 or a prefix such as R", ref)
	case strings.ContainsFunc(ref, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune("?\"'(){}*,:;", r) }):
		return fmt.Errorf("reference %q has a space or one of ? \" ' ( ) { } * , : ;", ref)
	}
	p.Prefix = prefix
	if prefix == ref {
		return nil
	}
	if len(ref)-len(prefix) > 9 {
		return fmt.Errorf("reference %q has a number of more than nine digits, which KiCad cannot tell from others", ref)
	}
	p.FixedRef = ref
	if other := p.sheet.circuit.refs[RefKey(ref)]; other != nil {
		if other.FixedRef != ref {
			return fmt.Errorf("reference %s is to KiCad the same as %s, which is taken%s", ref, other.FixedRef, at(other.Pos))
		}
		return fmt.Errorf("reference %s is taken%s", ref, at(other.Pos))
	}
	p.sheet.circuit.refs[RefKey(ref)] = p
	return nil
}

// RefKey returns what is equal for two references that KiCad takes for one,
// of which it would drop a part: it minds neither case nor leading zeros.
func RefKey(ref string) string {
	var key strings.Builder
	digits := false
	for i, r := range ref {
		digit := '0' <= r && r <= '9'
		if r == '0' && !digits && i+1 < len(ref) && '0' <= ref[i+1] && ref[i+1] <= '9' {
			continue
		}
		digits = digit
		key.WriteRune(unicode.ToUpper(r))
	}
	return key.String()
}

// reserved are the properties that KiCad keeps for itself.
var reserved = []string{"Reference", "Value", "Footprint", "Datasheet", "Description", "Sheetname", "Sheetfile", "Sim.Enable"}

func checkFields(fields []Field) error {
	seen := map[string]bool{}
	for _, f := range fields {
		switch {
		case strings.TrimSpace(f.Name) != f.Name || f.Name == "" || hasControl(f.Name) || hasControl(f.Value):
			return fmt.Errorf("field %q: want a name and a text without control characters", f.Name)
		case checkText(f.Name) != nil:
			return fmt.Errorf("field %q %v", f.Name, checkText(f.Name))
		case checkText(f.Value) != nil:
			return fmt.Errorf("field %q: %q %v", f.Name, f.Value, checkText(f.Value))
		case strings.HasPrefix(f.Name, "ki_"):
			return fmt.Errorf("field %q: KiCad keeps names that begin with ki_ for itself", f.Name)
		case seen[f.Name]:
			return fmt.Errorf("field %q is given twice", f.Name)
		case f.Name != "Datasheet" && f.Name != "Description" && slices.Contains(reserved, f.Name):
			return fmt.Errorf("field %q is not a user field: set %s of the part instead", f.Name, strings.ToLower(f.Name))
		}
		seen[f.Name] = true
	}
	return nil
}

// makePins makes one Pin for each number and joins those that share a place.
func (p *Part) makePins() {
	// A pin that is common to all units is drawn with the pins of each.
	type place struct {
		unit int
		at   geom.Point
	}
	p.number = make(map[string]*Pin, len(p.Symbol.Pins))
	var here map[place]*Pin
	if len(p.Symbol.Pins) > 2 {
		here = make(map[place]*Pin, len(p.Symbol.Pins))
	}
	for _, sp := range p.Symbol.Pins {
		if sp.Body > 1 {
			continue // the other body style draws the same pins
		}
		pin := p.number[sp.Number]
		if pin == nil {
			pin = &Pin{Part: p, Number: sp.Number, Name: sp.Name, Type: sp.Type, index: len(p.pins), unit: sp.Unit}
			pin.stack = &stack{pins: []*Pin{pin}}
			p.number[sp.Number] = pin
			p.pins = append(p.pins, pin)
		}
		pin.global = pin.global || sp.Hidden && sp.Type == symbol.PowerIn
		if here == nil || sp.Type == symbol.NoConnect {
			continue
		}
		first, last := sp.Unit, sp.Unit
		if sp.Unit == 0 {
			first, last = 1, p.Symbol.Units
		}
		for unit := first; unit <= last; unit++ {
			at := place{unit, sp.At}
			if other := here[at]; other != nil {
				other.join(pin)
			} else {
				here[at] = pin
			}
		}
	}
}

// join makes the stacks of two pins one, in the order of the symbol.
func (pin *Pin) join(other *Pin) {
	a, b := pin.stack, other.stack
	if a == b {
		return
	}
	a.pins = append(a.pins, b.pins...)
	slices.SortFunc(a.pins, func(p, q *Pin) int { return cmp.Compare(p.index, q.index) })
	for _, q := range b.pins {
		q.stack = a
	}
}

// Sheet returns the sheet that p is on.
func (p *Part) Sheet() *Sheet { return p.sheet }

// Pins returns the pins in the order of the symbol.
func (p *Part) Pins() []*Pin { return p.pins }

// Pin returns the pin with that number, or nil.
func (p *Part) Pin(number string) *Pin { return p.number[number] }

// Find returns the pins that key means: the pin with that number, or else the
// pins with that name.
func (p *Part) Find(key string) ([]*Pin, error) {
	if pin := p.number[key]; pin != nil {
		return []*Pin{pin}, nil
	}
	var named []*Pin
	for _, pin := range p.pins {
		if pin.Name == key && key != "" {
			named = append(named, pin)
		}
	}
	if len(named) > 0 {
		return named, nil
	}
	return nil, &PinError{Part: p, Key: key}
}

// A PinError is the use of a pin that a part does not have.
type PinError struct {
	Part *Part
	Key  string
}

func (e *PinError) Error() string {
	var numbers, names []string
	for _, pin := range e.Part.pins {
		numbers = append(numbers, pin.Number)
		if pin.Name != "" && !slices.Contains(numbers, pin.Name) && !slices.Contains(names, pin.Name) {
			names = append(names, pin.Name)
		}
	}
	// Who gave a name is told names first.
	if named := strings.ContainsFunc(e.Key, unicode.IsLetter); named {
		names = append(names, numbers...)
	} else {
		names = append(numbers, names...)
	}
	msg := fmt.Sprintf("%s:%s has no pin %s", e.Part.Symbol.Lib, e.Part.Symbol.Name, e.Key)
	if near := spell.Nearest(e.Key, names, 3); len(near) > 0 {
		return msg + "; did you mean " + strings.Join(near, ", ") + "?"
	}
	const most = 16
	if len(names) > most {
		names = append(names[:most], "…")
	}
	return msg + "; it has " + strings.Join(names, ", ")
}

// String names p for messages: by reference where it is known, else by name
// or symbol.
func (p *Part) String() string {
	switch {
	case p.Ref != "":
		return p.Ref
	case p.FixedRef != "":
		return p.FixedRef
	case p.Name != "":
		return p.Name
	}
	return p.Symbol.Lib + ":" + p.Symbol.Name
}

// Net returns the net that the pin is on, or nil.
func (pin *Pin) Net() *Net {
	if pin.stack.net == nil {
		return nil
	}
	return pin.stack.net.root()
}

// NoConnect reports whether the script says that the pin stays unconnected.
func (pin *Pin) NoConnect() bool { return pin.stack.nc }

// Global reports whether the pin is a hidden power input. KiCad puts it on the
// power net of its name, whatever is drawn; so it may be connected to that
// only, and must be.
func (pin *Pin) Global() bool { return pin.global }

// Stacked returns the pins that the symbol draws at the same place, pin among
// them, in the order of the symbol.
func (pin *Pin) Stacked() []*Pin { return pin.stack.pins }

// String names the pin for messages: "pin 3 (OUT) of U1".
func (pin *Pin) String() string {
	if pin.Name != "" && pin.Name != pin.Number {
		return fmt.Sprintf("pin %s (%s) of %s", pin.Number, pin.Name, pin.Part)
	}
	return fmt.Sprintf("pin %s of %s", pin.Number, pin.Part)
}

// Unconnected reports whether the pin is on no net, or on one without a name
// that joins nothing else, and neither the script nor the symbol says that
// this is meant.
func (pin *Pin) Unconnected() bool {
	n := pin.Net()
	return pin.Type != symbol.NoConnect && !pin.NoConnect() && (n == nil || n.name == "" && n.Alone())
}

// UnitName returns how KiCad names a unit after a reference: 1 is A, 27 is AA.
func UnitName(unit int) string {
	s := ""
	for ; unit > 0; unit = (unit - 1) / 26 {
		s = string(rune('A'+(unit-1)%26)) + s
	}
	return s
}
