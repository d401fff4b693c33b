package symbol

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// A unit is the drawing of one unit in one body style.
type unit struct {
	unit, body int
	shapes     []Shape // in KiCad's order
	pins       []Pin   // in KiCad's order
}

// mandatory are the properties that every symbol has, in KiCad's order.
var mandatory = [...]string{"Reference", "Value", "Footprint", "Datasheet", "Description"}

const (
	keywordsName = "ki_keywords"
	filtersName  = "ki_fp_filters"
	lockedName   = "ki_locked"
)

const (
	defaultOffset = 20 * geom.Mil
	mostUnitNo    = 10_000 // of units and body styles
)

// FromNode reads a list (symbol "NAME" ...) that is complete in itself, as the
// library copies in a schematic are. A library nickname in front of the name
// takes precedence over lib.
func FromNode(lib string, n sexpr.Node) (*Symbol, error) {
	s, extends, err := read(lib, n, newest)
	if err != nil {
		return nil, err
	}
	if extends != "" {
		return nil, n.Errorf("symbol %s extends %s, want a complete symbol", s.Name, extends)
	}
	return s, nil
}

// read reads one symbol as it stands in a library of the given version. Extends is the name of its
// parent, or "".
func read(lib string, n sexpr.Node, version int) (s *Symbol, extends string, err error) {
	s = &Symbol{Lib: lib, InBOM: true, OnBoard: true, PinNameOffset: defaultOffset, node: n}
	if !n.Is("symbol") {
		return nil, "", unexpected(n, "(symbol …)")
	}
	if nick, name, found := strings.Cut(text(n.Arg(1)), ":"); found {
		s.Lib, s.Name = nick, PlainName(name)
	} else {
		s.Name = PlainName(nick)
	}
	if s.Name == "" {
		return nil, "", n.Errorf("symbol has no name")
	}
	r := reader{s: s, version: version, names: map[int]string{}, units: map[[2]int]int{}, properties: map[string]int{}}
	for i, name := range mandatory {
		p := Property{Name: name, angle: "0", Effects: plain}
		p.Hidden = i >= 2
		s.Properties = append(s.Properties, p)
	}
	for k := range elements(n, 2) {
		if word(k) == "extends" {
			extends = PlainName(text(k.Arg(1)))
			continue
		}
		if err := r.element(k); err != nil {
			return nil, "", err
		}
	}
	r.finish()
	return s, extends, nil
}

// PlainName returns the name of a symbol as KiCad saves it: older files write
// {slash} for a slash.
func PlainName(name string) string { return strings.ReplaceAll(name, "{slash}", "/") }

// A reader gathers what a symbol is made of. Its maps keep the work on a file
// with very many of something in proportion.
type reader struct {
	s          *Symbol
	version    int            // of the file
	names      map[int]string // of units
	units      map[[2]int]int // unit and body style to index
	properties map[string]int // how many there have been of a name
}

func (r *reader) element(k sexpr.Node) (err error) {
	s := r.s
	if !k.IsList() {
		return unexpected(k, "a list")
	}
	switch k.Head() {
	case "power":
		if v := k.Arg(1).Source(); v == "local" {
			return k.Errorf("symbol %s is a local power symbol, which only KiCad 10 knows", s.Name)
		}
		s.Power = true
	case "pin_numbers":
		s.PinNumbersHidden, err = hidden(k)
	case "pin_names":
		if s.PinNamesHidden, err = hidden(k); err != nil {
			return err
		}
		if o := k.Child("offset"); o.Present() {
			s.PinNameOffset, err = length(o.Arg(1))
		}
	case "exclude_from_sim":
		s.ExcludeFromSim, err = flag(k)
	case "in_bom":
		s.InBOM, err = flag(k)
	case "on_board":
		s.OnBoard, err = flag(k)
	case "property":
		err = r.property(k)
	case "symbol":
		err = r.unit(k)
	case "embedded_fonts":
		s.embeddedFonts, err = flag(k)
	case "embedded_files", "in_pos_files", "duplicate_pin_numbers_are_jumpers", "jumper_pin_groups", "body_styles":
		// See the package comment.
	default:
		err = r.item(k, 1, 1)
	}
	return err
}

// hidden returns the flag hide of (pin_names ...) and (pin_numbers ...).
func hidden(n sexpr.Node) (hide bool, err error) {
	for k := range elements(n, 1) {
		switch word(k) {
		case "hide":
			hide, err = flag(k)
		case "offset":
		default:
			err = unexpected(k, "offset or hide")
		}
		if err != nil {
			return false, err
		}
	}
	return hide, nil
}

func (r *reader) property(n sexpr.Node) error {
	p := Property{angle: "0"}
	i := 1
	if word(n.Arg(i)) == "private" {
		p.Private = true
		i++
	}
	p.Name, p.Value = text(n.Arg(i)), text(n.Arg(i+1))
	if p.Name == "" {
		return n.Errorf("property has no name")
	}
	hide := false
	p.Effects = plain
	for k := range elements(n, i+2) {
		var err error
		switch word(k) {
		case "at":
			p.At, err = readPoint(k)
			if a := k.Arg(3); a.Present() && err == nil {
				p.angle, p.Angle, err = readAngle(a)
			}
		case "effects":
			p.Effects, err = readEffects(k)
		case "hide":
			hide, err = flag(k)
		case "show_name":
			p.ShowName, err = flag(k)
		case "do_not_autoplace":
			p.NoAutoplace, err = flag(k)
		case "id":
		default:
			err = unexpected(k, "at, effects, hide, show_name or do_not_autoplace")
		}
		if err != nil {
			return err
		}
	}
	p.Hidden = p.Hidden || hide
	r.add(p)
	return nil
}

// readAngle returns an angle in degrees as KiCad prints it, and rounded.
func readAngle(n sexpr.Node) (string, int, error) {
	v, err := number(n)
	if err != nil {
		return "", 0, err
	}
	return strconv.FormatFloat(v, 'g', 6, 64), int(math.Round(math.Mod(v, 360))), nil
}

// add puts a property where KiCad has it: the mandatory ones, whatever their
// case, into their places, with blanks at their ends cut off. A second one of
// the same name gets a number.
func (r *reader) add(p Property) {
	s := r.s
	for i, name := range mandatory {
		if strings.EqualFold(p.Name, name) {
			p.Name, p.Value = name, strings.TrimSpace(p.Value)
			s.Properties[i] = p
			return
		}
	}
	switch p.Name {
	case "ki_description": // KiCad 6 and 7
		s.Properties[len(mandatory)-1].Value = p.Value
	case keywordsName:
		s.Keywords = p.Value
	case filtersName:
		s.Filters = strings.Fields(p.Value)
	case lockedName:
		s.UnitsLocked = true
	default:
		name := p.Name
		for r.properties[p.Name] > 0 {
			p.Name = fmt.Sprintf("%s_%d", name, r.properties[name])
			r.properties[name]++
		}
		r.properties[p.Name]++
		s.Properties = append(s.Properties, p)
	}
}

func (r *reader) unit(n sexpr.Node) error {
	// NAME_UNIT_BODY
	rest, found := strings.CutPrefix(PlainName(text(n.Arg(1))), r.s.Name+"_")
	unitText, bodyText, split := strings.Cut(rest, "_")
	number, err1 := strconv.Atoi(unitText)
	body, err2 := strconv.Atoi(bodyText)
	if !found || !split || err1 != nil || err2 != nil || number < 0 || body < 0 || number > mostUnitNo || body > mostUnitNo {
		return n.Arg(1).Errorf("got unit %s, want %s_UNIT_BODY, such as %s_1_1", n.Arg(1).Source(), r.s.Name, r.s.Name)
	}
	for k := range elements(n, 2) {
		if word(k) == "unit_name" {
			r.names[number] = text(k.Arg(1))
			continue
		}
		if err := r.item(k, number, body); err != nil {
			return err
		}
	}
	return nil
}

// item adds a pin or shape to a unit.
func (r *reader) item(k sexpr.Node, number, body int) error {
	key := [2]int{number, body}
	i, found := r.units[key]
	if !found {
		i = len(r.s.units)
		r.units[key] = i
		r.s.units = append(r.s.units, unit{unit: number, body: body})
	}
	u := &r.s.units[i]
	if word(k) == "pin" {
		p, err := readPin(k)
		p.Unit, p.Body = number, body
		u.pins = append(u.pins, p)
		return err
	}
	s, err := readShape(k, r.version)
	if s.Kind == Text && s.Hidden {
		return err
	}
	u.shapes = append(u.shapes, s)
	return err
}

// finish sorts what has been read and derives the rest from it.
func (r *reader) finish() {
	s := r.s
	slices.SortFunc(s.units, func(a, b unit) int { return cmp.Or(a.unit-b.unit, a.body-b.body) })
	s.units = slices.DeleteFunc(s.units, func(u unit) bool { return len(u.pins)+len(u.shapes) == 0 })
	n := 0
	s.Units = 1
	for _, u := range s.units {
		n += len(u.pins)
		s.Units = max(s.Units, u.unit)
		s.HasAlternate = s.HasAlternate || u.body > 1
	}
	s.Pins = make([]Pin, 0, n)
	for i := range s.units {
		u := &s.units[i]
		slices.SortStableFunc(u.shapes, compareShapes)
		slices.SortStableFunc(u.pins, comparePins)
		s.Pins = append(s.Pins, u.pins...)
	}
	for number, name := range r.names { // each to its own place: any order will do
		if number < 1 || number > s.Units || name == "" {
			continue
		}
		if s.UnitNames == nil {
			s.UnitNames = make([]string, s.Units)
		}
		s.UnitNames[number-1] = name
	}
	s.commonName = r.names[0]
	s.derive()
}

// derive fills the fields that follow from others.
func (s *Symbol) derive() {
	for i, p := range []*string{&s.Reference, &s.Value, &s.Footprint, &s.Datasheet, &s.Description} {
		*p = s.Properties[i].Value
	}
	s.checksum = sync.OnceValue(s.sum)
}

// flatten returns what s, which extends the flattened symbol parent, is when
// it is complete in itself.
func (s *Symbol) flatten(parent *Symbol) *Symbol {
	f := *parent
	f.Lib, f.Name = s.Lib, s.Name
	f.node, f.parent = s.node, parent
	f.Properties = slices.Clone(parent.Properties)
	for i, p := range s.Properties {
		switch {
		case i >= len(mandatory):
			f.Properties = slices.DeleteFunc(f.Properties, func(q Property) bool { return q.Name == p.Name })
			f.Properties = append(f.Properties, p)
		case p.Value != "":
			f.Properties[i] = p
		}
	}
	if s.Keywords != "" {
		f.Keywords = s.Keywords
	}
	if len(s.Filters) > 0 {
		f.Filters = s.Filters
	}
	f.derive()
	return &f
}
