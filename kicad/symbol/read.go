package symbol

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// A unit is the drawing of one unit in one body style.
type unit struct {
	unit, body int
	name       string
	shapes     []item // graphics and texts, in KiCad's order
	pins       []Pin  // in KiCad's order
}

// An item is a shape or a text.
type item struct {
	node sexpr.Node
	kind int        // shapes, then texts, then text boxes
	at   geom.Point // by which KiCad sorts
}

const mandatory = 5

var mandatoryNames = [mandatory]string{"Reference", "Value", "Footprint", "Datasheet", "Description"}

// read reads one list (symbol "NAME" ...) as it stands in a library. Extends
// is the name of its parent, or "".
func read(n sexpr.Node) (s *Symbol, extends string, err error) {
	s = &Symbol{InBOM: true, OnBoard: true, PinNameOffset: defaultOffset, Units: 1, nodes: []sexpr.Node{n}}
	if s.Name = n.Arg(1).Text(); s.Name == "" {
		return nil, "", n.Errorf("symbol has no name")
	}
	i := -1
	for k := range n.All() {
		if i++; i < 2 {
			continue
		}
		err = nil
		switch k.Head() {
		case "extends":
			extends = k.Arg(1).Text()
		case "power":
			s.Power, s.LocalPower = true, k.Arg(1).Source() == "local"
		case "pin_numbers":
			s.PinNumbersHidden = k.Has("hide")
		case "pin_names":
			s.PinNamesHidden = k.Has("hide")
			if o := k.Child("offset"); o.Present() {
				s.PinNameOffset, err = o.Arg(1).Nanometres()
			}
		case "exclude_from_sim":
			s.ExcludeFromSim = flag(k)
		case "in_bom":
			s.InBOM = flag(k)
		case "on_board":
			s.OnBoard = flag(k)
		case "property":
			var p Property
			if p, err = readProperty(k); err == nil {
				s.setProperty(p)
			}
		case "symbol":
			err = s.readUnit(k)
		case "embedded_fonts":
			s.embeddedFonts = flag(k)
		case "embedded_files":
			s.embeddedFiles = k
		case "in_pos_files", "duplicate_pin_numbers_are_jumpers", "jumper_pin_groups", "body_styles":
			// KiCad 10's; see the package comment.
		default:
			err = s.unitOf(1, 1).add(k)
		}
		if err != nil {
			return nil, "", err
		}
	}
	s.finish()
	return s, extends, nil
}

const defaultOffset = 20 * geom.Mil

func readProperty(n sexpr.Node) (Property, error) {
	p := Property{angle: "0"}
	i := 1
	if n.Arg(1).Source() == "private" {
		p.Private = true
		i = 2
	}
	p.Name, p.Value = n.Arg(i).Text(), n.Arg(i+1).Text()
	if p.Name == "" {
		return p, n.Errorf("property has no name")
	}
	var err error
	p.Effects, err = readEffects(n.Child("effects"))
	if err != nil {
		return p, err
	}
	if at := n.Child("at"); at.Present() {
		if p.At, err = readPoint(at); err != nil {
			return p, err
		}
		if a := at.Arg(3); a.Present() {
			p.angle = a.Source()
			millionths, err := a.Nanometres()
			if err != nil {
				return p, err
			}
			p.Angle = int((millionths + 500_000) / 1_000_000)
		}
	}
	if n.Has("hide") {
		p.Hidden = true
	}
	p.ShowName = n.Child("show_name").Present() && flag(n.Child("show_name"))
	p.NoAutoplace = n.Child("do_not_autoplace").Present() && flag(n.Child("do_not_autoplace"))
	return p, nil
}

func readPoint(n sexpr.Node) (p geom.Point, err error) {
	if p.X, err = n.Arg(1).Nanometres(); err == nil {
		p.Y, err = n.Arg(2).Nanometres()
	}
	return p, err
}

// setProperty adds p, or puts it in the place of the one of the same name.
func (s *Symbol) setProperty(p Property) {
	for i := range s.Properties {
		if s.Properties[i].Name == p.Name {
			s.Properties[i] = p
			return
		}
	}
	s.Properties = append(s.Properties, p)
}

func (s *Symbol) unitOf(number, body int) *unit {
	for i := range s.units {
		if u := &s.units[i]; u.unit == number && u.body == body {
			return u
		}
	}
	s.units = append(s.units, unit{unit: number, body: body})
	return &s.units[len(s.units)-1]
}

func (s *Symbol) readUnit(n sexpr.Node) error {
	name := n.Arg(1).Text()
	rest, bodyText, ok2 := cutLast(name, "_")
	_, unitText, ok1 := cutLast(rest, "_")
	number, err1 := strconv.Atoi(unitText)
	body, err2 := strconv.Atoi(bodyText)
	if !ok1 || !ok2 || err1 != nil || err2 != nil || number < 0 || body < 0 || number > 1000 || body > 1000 {
		return n.Arg(1).Errorf("got unit name %q, want NAME_UNIT_BODY, such as %s_1_1", name, s.Name)
	}
	u := s.unitOf(number, body)
	i := -1
	for k := range n.All() {
		if i++; i < 2 {
			continue
		}
		if k.Is("unit_name") {
			u.name = k.Arg(1).Text()
			continue
		}
		if err := u.add(k); err != nil {
			return err
		}
	}
	return nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func (u *unit) add(n sexpr.Node) error {
	var err error
	it := item{node: n}
	switch n.Head() {
	case "pin":
		p, err := readPin(n)
		if err != nil {
			return err
		}
		p.Unit, p.Body = u.unit, u.body
		u.pins = append(u.pins, p)
		return nil
	case "rectangle":
		it.at, err = readPoint(n.Child("start"))
	case "circle", "arc":
		c := n.Child("center")
		if n.Is("arc") {
			c = n.Child("mid")
		}
		it.at, err = readPoint(c)
	case "polyline", "bezier":
		it.at, err = readPoint(n.Child("pts").Child("xy"))
	case "text":
		it.kind = 1
		it.at, err = readPoint(n.Child("at"))
	case "text_box":
		it.kind = 2
		it.at, err = readPoint(n.Child("at"))
	default:
		return unexpected(n, "pin, rectangle, circle, arc, polyline, bezier, text or text_box")
	}
	if err != nil {
		return err
	}
	u.shapes = append(u.shapes, it)
	return nil
}

func readPin(n sexpr.Node) (Pin, error) {
	p := Pin{Shape: n.Arg(2).Source(), Length: 100 * geom.Mil}
	var ok bool
	if p.Type, ok = ParseType(n.Arg(1).Source()); !ok {
		return p, n.Arg(1).Errorf("got %s, want the electrical type of a pin", n.Arg(1).Source())
	}
	i := -1
	for k := range n.All() {
		if i++; i < 3 {
			continue
		}
		var err error
		switch {
		case k.Is("at"):
			p.At, err = readPoint(k)
			a := k.Arg(3).Source()
			switch a {
			case "0", "":
				p.Side = geom.Left
			case "90":
				p.Side = geom.Down
			case "180":
				p.Side = geom.Right
			case "270":
				p.Side = geom.Up
			default:
				err = k.Arg(3).Errorf("got angle %s, want 0, 90, 180 or 270", a)
			}
		case k.Is("length"):
			p.Length, err = k.Arg(1).Nanometres()
		case k.Is("hide"), k.Source() == "hide":
			p.Hidden = flag(k)
		case k.Is("name"):
			p.Name = k.Arg(1).Text()
			p.nameEffects, err = readEffects(k.Child("effects"))
		case k.Is("number"):
			p.Number = k.Arg(1).Text()
			p.numberEffects, err = readEffects(k.Child("effects"))
		case k.Is("alternate"):
			alt := Alternate{Name: k.Arg(1).Text(), Shape: k.Arg(3).Source()}
			if alt.Type, ok = ParseType(k.Arg(2).Source()); !ok {
				err = k.Arg(2).Errorf("got %s, want the electrical type of a pin", k.Arg(2).Source())
			}
			p.Alternates = append(p.Alternates, alt)
		default:
			err = unexpected(k, "at, length, hide, name, number or alternate")
		}
		if err != nil {
			return p, err
		}
	}
	if p.Name == "~" {
		p.Name = ""
	}
	if p.Number == "~" {
		p.Number = ""
	}
	return p, nil
}

// finish sorts what has been read and fills the fields that follow from it.
func (s *Symbol) finish() {
	slices.SortStableFunc(s.units, func(a, b unit) int {
		return cmp.Or(a.unit-b.unit, a.body-b.body)
	})
	s.Units, s.HasAlternate, s.Pins, s.UnitNames = 1, false, nil, nil
	n := 0
	for i := range s.units {
		u := &s.units[i]
		n += len(u.pins)
		s.Units = max(s.Units, u.unit)
		s.HasAlternate = s.HasAlternate || u.body > 1
	}
	s.Pins = make([]Pin, 0, n)
	for i := range s.units {
		u := &s.units[i]
		s.Pins = append(s.Pins, u.pins...)
		if u.name != "" && u.unit > 0 {
			if s.UnitNames == nil {
				s.UnitNames = make([]string, s.Units)
			}
			s.UnitNames[u.unit-1] = u.name
		}
	}
	for i, name := range mandatoryNames {
		at := slices.IndexFunc(s.Properties, func(p Property) bool { return p.Name == name })
		p := Property{Name: name, angle: "0", Effects: Effects{Width: DefaultSize, Height: DefaultSize, Thickness: -1, Hidden: true}}
		if at >= 0 {
			p = s.Properties[at]
			s.Properties = slices.Delete(s.Properties, at, at+1)
		}
		s.Properties = slices.Insert(s.Properties, i, p)
	}
	for _, p := range s.Properties {
		switch p.Name {
		case "Reference":
			s.Reference = p.Value
		case "Value":
			s.Value = p.Value
		case "Footprint":
			s.Footprint = p.Value
		case "Datasheet":
			s.Datasheet = p.Value
		case "Description":
			s.Description = p.Value
		case "ki_keywords":
			s.Keywords = p.Value
		case "ki_fp_filters":
			s.Filters = strings.Fields(p.Value)
		case "ki_locked":
			s.UnitsLocked = true
		}
	}
}

// flatten makes s, which extends the flattened parent, complete in itself.
func (s *Symbol) flatten(parent *Symbol) *Symbol {
	f := *parent
	f.text = textCache{}
	f.Lib, f.Name = s.Lib, s.Name
	f.nodes = append(slices.Clone(s.nodes), parent.nodes...)
	f.Properties = slices.Clone(parent.Properties)
	for i, p := range s.Properties {
		switch {
		case i < mandatory:
			if p.Value != "" {
				f.Properties[i] = p
			}
		case p.Name == "ki_keywords" || p.Name == "ki_fp_filters":
			if p.Value != "" {
				f.setProperty(p)
			}
		default:
			f.Properties = slices.DeleteFunc(f.Properties, func(q Property) bool { return q.Name == p.Name })
			f.Properties = append(f.Properties, p)
		}
	}
	f.embeddedFonts, f.embeddedFiles = s.embeddedFonts, s.embeddedFiles
	f.finish()
	return &f
}
