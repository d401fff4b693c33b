package readback

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"starboard/kicad/circuit"
	"starboard/kicad/connect"
	"starboard/kicad/netlist"
	"starboard/kicad/sexpr"
	"starboard/kicad/symbol"
)

// addParts makes the parts, sheet by sheet in the order of their references.
func (r *reader) addParts(n *netlist.Netlist) error {
	listed := map[[2]string]*netlist.Component{} // by path of the sheet and uuid
	for i := range n.Components {
		c := &n.Components[i]
		for _, uuid := range c.Tstamps {
			listed[[2]string{c.SheetTstamps, uuid}] = c
		}
	}
	of := map[string]*circuit.Part{} // by reference
	refs := map[string]int{}
	order := 0
	for _, sh := range r.order {
		drawn := slices.Clone(sh.Parts)
		slices.SortStableFunc(drawn, func(a, b *connect.Part) int {
			if c := netlist.NaturalCompare(a.Ref, b.Ref, true); c != 0 {
				return c
			}
			if a.Unit != b.Unit {
				return a.Unit - b.Unit
			}
			return strings.Compare(a.Symbol.UUID, b.Symbol.UUID)
		})
		for _, p := range drawn {
			if strings.HasPrefix(p.Ref, "#") {
				continue
			}
			if p.Symbol.Lib == nil {
				r.note(p.Symbol.Pos(), "%s has no symbol in the file and is left out, as in KiCad's netlist", p.Ref)
				continue
			}
			sym, err := r.symbol(p)
			if err != nil {
				return err
			}
			if sym.Power {
				r.note(p.Symbol.Pos(), "%s is a power symbol with the reference of a part, and is left out", p.Ref)
				continue
			}
			key := strings.ToUpper(p.Ref)
			if m := of[key]; m != nil && !slices.Contains(r.result.Drawn[m], p.Unit) && sameUnit(m.Symbol, sym, p.Unit) {
				r.parts[p] = m
				r.result.Drawn[m] = append(r.result.Drawn[m], p.Unit)
				slices.Sort(r.result.Drawn[m])
				if m.Sheet() != r.sheets[sh] {
					r.note(p.Symbol.Pos(), "unit %s of %s belongs to the part on sheet %s", circuit.UnitName(p.Unit), p.Ref, m.Sheet().Path())
				}
				continue
			}
			m, err := r.part(p, sym, listed[[2]string{sh.UUIDs, p.Symbol.UUID}])
			if err != nil {
				return err
			}
			m.Order = order
			order++
			r.parts[p], of[key] = m, m
			r.result.Drawn[m] = []int{p.Unit}
			refs[circuit.RefKey(p.Ref)]++
			m.ID = p.Ref
			if k := refs[circuit.RefKey(p.Ref)]; k > 1 {
				m.ID = fmt.Sprintf("%s_%d", p.Ref, k)
				if k == 2 {
					r.result.Duplicates = append(r.result.Duplicates, p.Ref)
				}
			}
		}
	}
	if order == 0 {
		return fmt.Errorf("%s: the schematic has no parts", r.s.File)
	}
	slices.SortFunc(r.result.Duplicates, func(a, b string) int { return netlist.NaturalCompare(a, b, true) })
	return nil
}

// sameUnit reports whether a unit of one symbol can be that of a part with the
// other: the copies may differ, and even have different names, but not in the
// pins of the unit.
func sameUnit(a, b *symbol.Symbol, unit int) bool {
	pins := func(s *symbol.Symbol) (list []string) {
		for _, p := range s.UnitPins(unit, 1) {
			list = append(list, p.Number+" "+p.Name)
		}
		slices.Sort(list)
		return list
	}
	return a.Units > 1 && a.Units == b.Units && slices.Equal(pins(a), pins(b))
}

// part makes a part of the first of its units. Listed is what the netlist says
// of it, nil where it is not on the board.
func (r *reader) part(p *connect.Part, sym *symbol.Symbol, listed *netlist.Component) (*circuit.Part, error) {
	texts := r.texts(p, listed)
	none := ""
	m, err := r.sheets[p.Sheet].AddPart(circuit.Spec{Symbol: sym, Value: &none, Footprint: &none, DNP: texts.DNP, InBOM: !texts.ExcludeFromBOM, OnBoard: listed != nil, Pos: p.Symbol.Pos().String()})
	if err != nil {
		return nil, fmt.Errorf("%s: %v", p.Symbol.Pos(), err)
	}
	// What stands in a schematic holds, whether or not a script could say it.
	m.Ref = cmp.Or(p.Ref, "?")
	m.FixedRef = m.Ref
	m.Prefix = strings.TrimRight(p.Ref, "0123456789?")
	m.Value, m.Footprint = plain(texts.Value), plain(texts.Footprint)
	if m.Value == "~" {
		m.Value = ""
	}
	for _, f := range texts.Fields {
		switch f.Name {
		case "Footprint":
			continue
		case "Datasheet":
			if f.Value == sym.Datasheet {
				continue
			}
		case "Description":
			if f.Value == sym.Description {
				continue
			}
		}
		m.Fields = append(m.Fields, circuit.Field{Name: plain(f.Name), Value: plain(f.Value)})
	}
	return m, nil
}

// texts returns the fields and flags of a part.
func (r *reader) texts(p *connect.Part, listed *netlist.Component) *netlist.Component {
	if listed != nil {
		return listed
	}
	c := &netlist.Component{ExcludeFromBOM: p.Symbol.ExcludeFromBOM, DNP: p.Symbol.DNP}
	for sh := p.Sheet; sh.Symbol != nil; sh = sh.Parent {
		c.ExcludeFromBOM = c.ExcludeFromBOM || sh.Symbol.ExcludeFromBOM
		c.DNP = c.DNP || sh.Symbol.DNP
	}
	for _, f := range p.Symbol.Fields {
		text := netlist.Unescape(r.s.Text(p, f))
		switch {
		case f.Private || f.Name == "Reference":
		case f.Name == "Value":
			c.Value = text
		case f.Name == "Footprint":
			c.Footprint = text
		default:
			c.Fields = append(c.Fields, netlist.Field{Name: f.Name, Value: text})
		}
	}
	return c
}

// symbol returns the symbol of a part or power symbol. Copies that are equal
// are one symbol. Of copies that differ and have one name, as in sheets of
// different age, all but the first get a name of their own.
func (r *reader) symbol(p *connect.Part) (*symbol.Symbol, error) {
	lib := p.Symbol.Lib
	if s := r.symbols[lib]; s != nil {
		return s, nil
	}
	nick, _, _ := strings.Cut(p.Symbol.LibID, ":")
	node := lib.Node()
	if r.shownPins[lib] {
		t, err := sexpr.Parse(lib.Pos().File, withoutHiddenPower(node))
		if err != nil {
			return nil, err
		}
		node = t.Root()
	}
	s, err := symbol.FromNode(plainName(nick, "Private"), node)
	if err != nil {
		return nil, err
	}
	id := s.LibID() + " " + s.Checksum()
	if same := r.bySum[id]; same != nil {
		r.symbols[lib] = same
		return same, nil
	}
	if n := len(r.byID[s.LibID()]); n > 0 {
		r.note(lib.Pos(), "%s is not the same here as in other files, and is called %s_%d", s.LibID(), s.Name, n+1)
		other := *s // another symbol: it has its own name and all else of s
		other.Name = fmt.Sprintf("%s_%d", s.Name, n+1)
		r.byID[s.LibID()] = append(r.byID[s.LibID()], &other)
		s = &other
	} else {
		r.byID[s.LibID()] = []*symbol.Symbol{s}
	}
	r.symbols[lib], r.bySum[id] = s, s
	return s, nil
}

// withoutHiddenPower returns the text of a symbol with its hidden power inputs
// shown.
func withoutHiddenPower(sym sexpr.Node) string {
	var b strings.Builder
	list := func(n sexpr.Node, element func(k sexpr.Node)) {
		b.WriteByte('(')
		for k := range n.All() {
			b.WriteByte(' ')
			element(k)
		}
		b.WriteByte(')')
	}
	asIs := func(k sexpr.Node) { b.WriteString(k.Source()) }
	list(sym, func(k sexpr.Node) {
		if !k.Is("symbol") {
			asIs(k)
			return
		}
		list(k, func(k sexpr.Node) {
			if !k.Is("pin") || k.Arg(1).Text() != "power_in" {
				asIs(k)
				return
			}
			list(k, func(k sexpr.Node) {
				if !k.Is("hide") && k.Source() != "hide" {
					asIs(k)
				}
			})
		})
	})
	return b.String()
}
