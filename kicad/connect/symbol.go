package connect

import (
	"strconv"
	"strings"

	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// A Scope says how far the net of a power symbol reaches.
type Scope int

const (
	NoPower     Scope = iota // an ordinary symbol
	GlobalPower              // the whole schematic
	LocalPower               // the sheet it stands on
)

// A LibSymbol is a drawing's own copy of a library symbol.
type LibSymbol struct {
	Item
	Name         string // "Library:Name"
	Fields       []*Field
	Power        Scope
	Units        int       // units, at least 1
	Styles       int       // 2 with a De Morgan style
	Pins         []*LibPin // in the order of the file
	HidePinNames bool

	Description, Keywords string
	Filters               []string // footprint filters

	hiddenTexts int // KiCad makes a nameless field of each

	// Pins that share a number, or that a group lists by number, are joined
	// inside the part. KiCad 10 and later.
	SharedNumbersJoin bool
	JoinedPins        [][]string
}

// A LibPin is a pin of a library symbol.
type LibPin struct {
	Item
	Number, Name string // "" where the library has "~"
	Type         string // input, output, power_in, ...
	Hidden       bool
	At           geom.Point // library coordinates: y grows upwards
	Angle        int
	Length       int64
	Unit, Style  int // 0: all
	Alternates   []Alternate
}

// An Alternate is another function of a pin.
type Alternate struct{ Name, Type string }

// A Symbol is a library symbol placed on a drawing.
type Symbol struct {
	Item
	LibID          string // "Library:Name"
	LibName        string // name of the private copy; "" where LibID names it
	Lib            *LibSymbol
	At             geom.Point
	Orientation    geom.Orientation
	Unit, Style    int
	ExcludeFromBOM bool
	OffBoard       bool
	ExcludeFromSim bool
	DNP            bool
	Fields         []*Field // Reference, Value, Footprint, Datasheet and Description first

	alternates map[string]string // by pin number
	pinUUIDs   []pinUUID         // in the order of the file
	uuids      []string          // of the pins, by place in Lib.Pins; nil until they are asked for
	instances  []instance
	pins       [][]*Pin // by unit
}

// A Pin is a pin of a placed symbol, at its place on the sheet.
type Pin struct {
	Symbol       *Symbol
	Lib          *LibPin
	At           geom.Point
	Number, Name string // Name is that of the alternate function chosen
	Type         string
	UUID         string // as the symbol gives it by number; "" where it does not
}

// A pinUUID is the identity that a symbol gives to one of its pins.
type pinUUID struct{ number, uuid string }

// Pos returns where the symbol of the pin stands in its file.
func (p *Pin) Pos() Position { return p.Symbol.Pos() }

// mandatory are the fields that each symbol has, in KiCad's order.
var mandatory = [...]string{"Reference", "Value", "Footprint", "Datasheet", "Description"}

const (
	fieldReference = iota
	fieldValue
	fieldFootprint
	fieldDatasheet
	fieldDescription
)

// Field returns the field of that name, or nil.
func (s *Symbol) Field(name string) *Field { return fieldNamed(s.Fields, name) }

// Field returns the field of that name, or nil.
func (l *LibSymbol) Field(name string) *Field { return fieldNamed(l.Fields, name) }

func fieldNamed(fields []*Field, name string) *Field {
	for _, f := range fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Pins returns the pins that the symbol shows as the given unit, in library
// order.
func (s *Symbol) Pins(unit int) []*Pin {
	if unit >= 0 && unit < len(s.pins) && s.pins[unit] != nil {
		return s.pins[unit]
	}
	return s.place(unit)
}

// place works out the pins of a unit.
func (s *Symbol) place(unit int) []*Pin {
	pins := []*Pin{}
	if s.Lib == nil {
		return pins
	}
	uuids := s.uuids
	if uuids == nil && len(s.pinUUIDs) > 0 {
		uuids = s.namePins()
	}
	count := 0
	for _, lp := range s.Lib.Pins {
		if lp.shown(unit, s.Style) {
			count++
		}
	}
	pins, block := make([]*Pin, 0, count), make([]Pin, count)
	for i, lp := range s.Lib.Pins {
		if !lp.shown(unit, s.Style) {
			continue
		}
		p := &block[len(pins)]
		*p = Pin{s, lp, s.At.Add(s.Orientation.Apply(lp.At)), lp.Number, lp.Name, lp.Type, ""}
		if uuids != nil {
			p.UUID = uuids[i]
		}
		if name, ok := s.alternates[lp.Number]; ok {
			for _, a := range lp.Alternates {
				if a.Name == name {
					p.Name, p.Type = noTilde(a.Name), a.Type
				}
			}
		}
		pins = append(pins, p)
	}
	return pins
}

// shown reports whether a symbol of that unit and style has the pin.
func (l *LibPin) shown(unit, style int) bool {
	return (l.Unit == 0 || l.Unit == unit) && (l.Style == 0 || l.Style == style)
}

// namePins hands the identities that the symbol gives to pins out to the pins
// of all units: of several for one number each to the next such pin.
func (s *Symbol) namePins() []string {
	uuids := make([]string, len(s.Lib.Pins))
	next := 0 // most files have the pins in the order of the library
	var rest map[string][]string
	for i, lp := range s.Lib.Pins {
		if lp.Style != 0 && lp.Style != s.Style {
			continue
		}
		if rest == nil {
			if next < len(s.pinUUIDs) && s.pinUUIDs[next].number == lp.Number {
				uuids[i] = s.pinUUIDs[next].uuid
				next++
				continue
			}
			if next == len(s.pinUUIDs) {
				break
			}
			rest = map[string][]string{}
			for _, p := range s.pinUUIDs[next:] {
				rest[p.number] = append(rest[p.number], p.uuid)
			}
		}
		if left := rest[lp.Number]; len(left) > 0 {
			uuids[i], rest[lp.Number] = left[0], left[1:]
		}
	}
	return uuids
}

// prepare works out the pins of a unit beforehand, so that Pins only reads.
func (s *Symbol) prepare(unit int) {
	if s.Lib == nil || unit < 0 || unit > s.Lib.Units {
		return
	}
	for len(s.pins) <= unit {
		s.pins = append(s.pins, nil)
	}
	if s.pins[unit] == nil {
		if s.uuids == nil && len(s.pinUUIDs) > 0 {
			s.uuids = s.namePins()
		}
		s.pins[unit] = s.place(unit)
	}
}

func noTilde(s string) string {
	if s == "~" {
		return ""
	}
	return s
}

// libSymbol reads one symbol of lib_symbols.
func (p *parser) libSymbol(n sexpr.Node) *LibSymbol {
	l := &LibSymbol{Item: p.item(n), Name: p.text(n.Arg(1)), Units: 1, Styles: 1}
	fields := make([]*Field, len(mandatory), len(mandatory)+4)
	for k := range n.All() {
		switch k.Head() {
		case "power":
			l.Power = GlobalPower
			if k.Arg(1).Source() == "local" {
				l.Power = LocalPower
			}
		case "pin_names":
			l.HidePinNames = k.Has("hide")
		case "property":
			f := p.field(k)
			switch f.Name {
			case "ki_keywords":
				l.Keywords = f.Value
			case "ki_description":
				l.Description = f.Value
			case "ki_fp_filters":
				l.Filters = strings.Fields(f.Value)
				for i, s := range l.Filters {
					l.Filters[i] = unescapeName(s)
				}
			case "ki_locked":
			default:
				fields = addField(fields, f)
			}
		case "symbol":
			p.libUnit(l, k)
		case "duplicate_pin_numbers_are_jumpers":
			l.SharedNumbersJoin = k.Arg(1).Source() == "yes"
		case "jumper_pin_groups":
			for g := range k.All() {
				if !g.IsList() {
					continue
				}
				var group []string
				for a := range g.All() {
					group = append(group, p.text(a))
				}
				l.JoinedPins = append(l.JoinedPins, group)
			}
		}
	}
	l.Fields = p.fillMandatory(fields)
	d := l.Fields[fieldDescription]
	if d.Value == "" { // before KiCad 8
		d.Value = l.Description
	}
	d.Value = strings.TrimSpace(d.Value)
	l.Description = d.Value
	return l
}

// addField puts a mandatory field in its place and any other at the end.
func addField(fields []*Field, f *Field) []*Field {
	for i, name := range mandatory {
		if f.Name == name {
			fields[i] = f
			return fields
		}
	}
	return append(fields, f)
}

func (p *parser) fillMandatory(fields []*Field) []*Field {
	for i, f := range fields {
		if f == nil {
			fields[i] = p.newField(mandatory[i])
		}
	}
	return fields
}

// libUnit reads the pins of one unit symbol, whose name ends in _UNIT_STYLE.
func (p *parser) libUnit(l *LibSymbol, n sexpr.Node) {
	name := n.Arg(1).Text()
	unit, style := 0, 0
	if i := strings.LastIndexByte(name, '_'); i >= 0 {
		style, _ = strconv.Atoi(name[i+1:])
		if j := strings.LastIndexByte(name[:i], '_'); j >= 0 {
			unit, _ = strconv.Atoi(name[j+1 : i])
		}
	}
	if unit < 0 || unit > maxUnits || style < 0 || style > 2 {
		p.fail(n.Arg(1), "symbol unit %q: want a name that ends in _UNIT_STYLE", name)
		return
	}
	l.Units, l.Styles = max(l.Units, unit), max(l.Styles, style)
	for k := range n.All() {
		if k.Is("text") && k.Child("effects").Has("hide") {
			l.hiddenTexts++
		}
		if !k.Is("pin") {
			continue
		}
		pin := p.newPin()
		*pin = LibPin{Item: p.item(k), Type: p.word(k.Arg(1)), Unit: unit, Style: style, Hidden: k.Has("hide")}
		for a := range k.All() {
			switch a.Head() {
			case "at":
				pin.At, pin.Angle = p.at(a)
			case "length":
				pin.Length = p.nm(a.Arg(1))
			case "name":
				pin.Name = noTilde(p.text(a.Arg(1)))
			case "number":
				pin.Number = noTilde(p.text(a.Arg(1)))
			case "alternate":
				pin.Alternates = append(pin.Alternates, Alternate{p.text(a.Arg(1)), p.word(a.Arg(2))})
			}
		}
		l.Pins = append(l.Pins, pin)
	}
}

// maxUnits is far above the 676 units that KiCad can name.
const maxUnits = 1 << 12

// symbol reads a placed symbol.
func (p *parser) symbol(n sexpr.Node) *Symbol {
	s := &Symbol{Item: p.item(n), Unit: 1, Style: 1}
	fields := make([]*Field, len(mandatory), max(len(mandatory), p.usual))
	onBoard := true
	var filled []*instanceFields
	for k := range n.All() {
		switch k.Head() {
		case "lib_id":
			s.LibID = p.text(k.Arg(1))
		case "lib_name":
			s.LibName = p.text(k.Arg(1))
		case "at":
			s.At, s.Orientation.Angle = p.at(k)
		case "mirror":
			s.Orientation.Mirror = geom.Mirror(p.word(k.Arg(1)))
		case "unit":
			s.Unit = p.int(k.Arg(1))
		case "convert", "body_style":
			s.Style = p.int(k.Arg(1))
		case "in_bom":
			s.ExcludeFromBOM = k.Arg(1).Source() == "no"
		case "on_board":
			onBoard = k.Arg(1).Source() != "no"
		case "exclude_from_sim":
			s.ExcludeFromSim = k.Arg(1).Source() == "yes"
		case "dnp":
			s.DNP = k.Arg(1).Source() == "yes"
		case "property":
			fields = addField(fields, p.field(k))
		case "pin":
			if !p.brief() {
				if uuid := p.uuid(k); uuid != "" {
					s.pinUUIDs = append(s.pinUUIDs, pinUUID{k.Arg(1).Text(), uuid})
				}
			}
			if alt := k.Child("alternate"); alt.Present() {
				if s.alternates == nil {
					s.alternates = map[string]string{}
				}
				s.alternates[p.text(k.Arg(1))] = p.text(alt.Arg(1))
			}
		case "instances":
			s.instances = p.instances(k)
			for i := range s.instances {
				if f := s.instances[i].fields; f != nil {
					filled = append(filled, f)
				}
			}
		case "default_instance": // while KiCad 7 was made
			if f := p.instance(k, "").fields; f != nil {
				filled = append(filled, f)
			}
		}
	}
	p.usual = len(fields)
	s.OffBoard = !onBoard
	if !s.Orientation.Valid() {
		p.fail(n, "symbol orientation: got angle %d mirror %q, want 0, 90, 180 or 270 and x or y", s.Orientation.Angle, string(s.Orientation.Mirror))
	}
	s.Fields = p.fillMandatory(fields)
	for _, f := range filled {
		s.fill(f)
	}
	return s
}

// field reads a property.
func (p *parser) field(n sexpr.Node) *Field {
	f := p.newField("")
	f.node = p.kept(n)
	i := 1
	if n.Arg(1).Source() == "private" {
		f.Private = true
		i = 2
	}
	f.Name, f.Value = p.text(n.Arg(i)), p.text(n.Arg(i+1))
	return f
}

// instances reads what symbols and sheets say of their uses.
func (p *parser) instances(n sexpr.Node) []instance {
	var list []instance
	for project := range n.Lists("project") {
		name := p.text(project.Arg(1))
		for k := range project.Lists("path") {
			list = append(list, p.instance(k, name))
		}
	}
	return list
}

func (p *parser) instance(n sexpr.Node, project string) instance {
	in := instance{project: project, path: p.text(n.Arg(1))}
	for k := range n.All() {
		switch k.Head() {
		case "reference":
			in.reference = p.text(k.Arg(1))
		case "unit":
			in.unit = p.int(k.Arg(1))
		case "page":
			in.page = p.text(k.Arg(1))
		case "value":
			text := p.text(k.Arg(1))
			in.ownFields().value = &text
		case "footprint":
			text := p.text(k.Arg(1))
			in.ownFields().footprint = &text
		}
	}
	return in
}

func (in *instance) ownFields() *instanceFields {
	if in.fields == nil {
		in.fields = &instanceFields{}
	}
	return in.fields
}

// fill gives the symbol the fields that one of its uses has. They are the same
// for all uses, the last wins.
func (s *Symbol) fill(f *instanceFields) {
	if f.value != nil {
		s.Fields[fieldValue].Value = *f.value
	}
	if f.footprint != nil {
		s.Fields[fieldFootprint].Value = *f.footprint
	}
}
