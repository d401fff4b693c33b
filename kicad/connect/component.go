package connect

import (
	"slices"
	"strings"

	"starboard/kicad/netlist"
)

// text returns the text of a field of a part as KiCad shows it.
func (s *Schematic) text(p *Part, f *Field) string {
	if !strings.Contains(f.Value, "${") {
		return f.Value
	}
	return expandAll(f.Value, func(name string) (string, bool) { return s.partVar(p, name) })
}

// value returns the Value of a part as it is shown.
func (s *Schematic) value(p *Part) string { return s.text(p, p.Symbol.Fields[fieldValue]) }

// partVar looks up a text variable of a part.
func (s *Schematic) partVar(p *Part, name string) (string, bool) {
	lib := p.Symbol.Lib
	switch name {
	case "REFERENCE":
		return p.Ref, true
	case "UNIT":
		return s.Project.unitName(p.Unit), true
	case "SYMBOL_LIBRARY":
		l, _ := splitLibID(p.Symbol.LibID)
		return l, true
	case "SYMBOL_NAME":
		_, part := splitLibID(p.Symbol.LibID)
		return part, true
	case "SYMBOL_DESCRIPTION":
		if lib != nil {
			return lib.Description, true
		}
	case "SYMBOL_KEYWORDS":
		if lib != nil {
			return lib.Keywords, true
		}
	case "EXCLUDE_FROM_BOM", "EXCLUDE_FROM_BOARD", "EXCLUDE_FROM_SIM", "DNP":
		return "", true
	}
	for _, f := range p.Symbol.Fields {
		if f.Name == name || strings.ToUpper(f.Name) == name {
			if f == p.Symbol.Fields[fieldFootprint] {
				return unescapeName(f.Value), true
			}
			return f.Value, true
		}
	}
	return s.sheetVar(p.Sheet, name)
}

func splitLibID(id string) (lib, part string) {
	if l, p, ok := strings.Cut(id, ":"); ok {
		return l, p
	}
	return "", id
}

// source returns the library and the name under which a netlist knows the
// symbol of a part.
func (p *Part) source() (lib, part string) {
	if p.Symbol.LibName != "" {
		return "", p.Symbol.LibName
	}
	return splitLibID(p.Symbol.LibID)
}

// fieldTexts are the fields of a component, for all of its units.
type fieldTexts struct {
	value, footprint, datasheet, description string
	user                                     []netlist.Field
}

func (t *fieldTexts) set(name, value string, replace bool) {
	for i := range t.user {
		if t.user[i].Name == name {
			if replace {
				t.user[i].Value = value
			}
			return
		}
	}
	t.user = append(t.user, netlist.Field{Name: name, Value: value})
}

// fields gathers the texts of a part. Of several units the lowest that has a
// text gives it.
func (s *Schematic) fields(p *Part, units []*Part) fieldTexts {
	t := fieldTexts{user: make([]netlist.Field, 0, len(p.Symbol.Fields))}
	lowest := p.Unit
	for _, u := range units {
		lower := u.Unit < lowest
		take := func(to *string, i int) {
			if v := s.text(u, u.Symbol.Fields[i]); v != "" && (lower || *to == "") {
				*to = v
			}
		}
		take(&t.value, fieldValue)
		take(&t.footprint, fieldFootprint)
		take(&t.datasheet, fieldDatasheet)
		take(&t.description, fieldDescription)
		for _, f := range u.Symbol.Fields[len(mandatory):] {
			if !f.Private {
				t.set(f.Name, s.text(u, f), lower)
			}
		}
		lowest = min(lowest, u.Unit)
	}
	return t
}

// components returns the parts of the schematic, once each, and the symbols
// that they use.
func (s *Schematic) components() ([]netlist.Component, []*libUse) {
	units := map[string][]*Part{} // by reference, case ignored as in KiCad
	for _, sh := range s.Sheets {
		for _, p := range sh.Parts {
			if p.Symbol.Lib != nil && p.Symbol.Lib.Units > 1 {
				key := strings.ToUpper(p.Ref)
				units[key] = append(units[key], p)
			}
		}
	}
	most := 0
	for _, sh := range s.Sheets {
		most += len(sh.Parts)
	}
	var list []netlist.Component
	var uses []*libUse
	used := map[[2]string]bool{}
	found := map[string]bool{}
	for _, sh := range s.Sheets {
		parts := slices.Clone(sh.Parts)
		slices.SortStableFunc(parts, func(a, b *Part) int {
			if c := netlist.NaturalCompare(a.Ref, b.Ref, true); c != 0 {
				return c
			}
			return strings.Compare(a.Symbol.UUID, b.Symbol.UUID)
		})
		for i := 0; i < len(parts); {
			j := i + 1
			for j < len(parts) && netlist.NaturalCompare(parts[i].Ref, parts[j].Ref, true) == 0 {
				j++
			}
			p, others := parts[i], parts[i+1:j]
			i = j
			if strings.HasPrefix(p.Ref, "#") || p.Symbol.Lib == nil {
				continue
			}
			multi := p.Symbol.Lib.Units > 1
			if multi && found[p.Ref] {
				continue
			}
			found[p.Ref] = true
			lib, part := splitLibID(p.Symbol.Lib.Name)
			if key := [2]string{lib, part}; !used[key] {
				used[key] = true
				uses = append(uses, &libUse{lib, part, p.Symbol.Lib})
			}
			if p.offBoard() || s.areaOf(p).OffBoard {
				continue
			}
			same := []*Part{p}
			if multi {
				same = units[strings.ToUpper(p.Ref)]
			}
			if list == nil {
				list = make([]netlist.Component, 0, most)
			}
			list = append(list, s.component(p, same, others))
		}
	}
	return list, uses
}

// component describes a part by its units: same on all sheets, others on
// its own.
func (s *Schematic) component(p *Part, same, others []*Part) netlist.Component {
	t := s.fields(p, same)
	lib, part := p.source()
	c := netlist.Component{
		Ref: p.Ref, Value: unescapeName(t.value), Footprint: unescapeName(t.footprint),
		Datasheet: unescapeName(t.datasheet), Description: unescapeName(t.description),
		Lib: lib, Part: part, LibDescription: p.Symbol.Lib.Description,
		Keywords: p.Symbol.Lib.Keywords, Filters: strings.Join(p.Symbol.Lib.Filters, " "),
		SheetNames: p.Sheet.Name, SheetTstamps: p.Sheet.UUIDs,
	}
	if c.Value == "" {
		c.Value = "~"
	}
	t.set(mandatory[fieldFootprint], t.footprint, true)
	t.set(mandatory[fieldDatasheet], t.datasheet, true)
	t.set(mandatory[fieldDescription], t.description, true)
	for i := range t.user {
		f := &t.user[i]
		f.Name, f.Value = unescapeName(f.Name), unescapeName(f.Value)
	}
	c.Fields = t.user
	sheet := s.sheetProperties(p.Sheet)
	c.Properties = make([]netlist.Field, 0, len(p.Symbol.Fields)-len(mandatory)+len(sheet))
	for _, f := range p.Symbol.Fields[len(mandatory):] {
		if !f.Private {
			c.Properties = append(c.Properties, netlist.Field{Name: f.Name, Value: s.text(p, f)})
		}
	}
	c.Properties = append(c.Properties, sheet...)
	area := s.areaOf(p)
	c.ExcludeFromBOM, c.DNP = p.Symbol.ExcludeFromBOM || area.ExcludeFromBOM, p.Symbol.DNP || area.DNP
	for sh := p.Sheet; sh.Symbol != nil; sh = sh.Parent {
		c.ExcludeFromBOM = c.ExcludeFromBOM || sh.Symbol.ExcludeFromBOM
		c.DNP = c.DNP || sh.Symbol.DNP
	}
	c.Classes = s.componentClasses(same)
	for _, o := range others {
		c.Tstamps = append(c.Tstamps, o.Symbol.UUID)
	}
	c.Tstamps = append(c.Tstamps, p.Symbol.UUID)
	return c
}

// sheetProperties are the fields of a sheet's symbol.
func (s *Schematic) sheetProperties(sh *Sheet) []netlist.Field {
	if sh.Symbol == nil {
		return []netlist.Field{{Name: "Sheetname"}, {Name: "Sheetfile", Value: baseName(sh.Drawing.File)}}
	}
	var fields []netlist.Field
	for _, f := range sh.Symbol.Fields {
		fields = append(fields, netlist.Field{Name: f.Name, Value: s.expandSheetField(sh.Parent, sh.Symbol, f.Value)})
	}
	return fields
}

// A libUse is a library symbol that a component uses.
type libUse struct {
	lib, part string
	symbol    *LibSymbol
}

// libPart describes a library symbol.
func (u *libUse) libPart() netlist.LibPart {
	l := netlist.LibPart{
		Lib: u.lib, Part: u.part, Description: u.symbol.Description,
		Docs: u.symbol.Fields[fieldDatasheet].Value, Filters: u.symbol.Filters,
	}
	for i, f := range u.symbol.Fields {
		if i == len(mandatory) {
			l.Fields = append(l.Fields, make([]netlist.Field, u.symbol.hiddenTexts)...)
		}
		l.Fields = append(l.Fields, netlist.Field{Name: f.Name, Value: f.Value})
	}
	if len(u.symbol.Fields) == len(mandatory) {
		l.Fields = append(l.Fields, make([]netlist.Field, u.symbol.hiddenTexts)...)
	}
	for _, p := range u.symbol.Pins {
		l.Pins = append(l.Pins, netlist.LibPin{Num: p.Number, Name: p.Name, Type: p.Type})
	}
	slices.SortStableFunc(l.Pins, func(a, b netlist.LibPin) int { return netlist.NaturalCompare(a.Num, b.Num, true) })
	l.Pins = slices.CompactFunc(l.Pins, func(a, b netlist.LibPin) bool { return a.Num == b.Num })
	return l
}
