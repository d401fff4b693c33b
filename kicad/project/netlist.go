package project

import (
	"cmp"
	"slices"
	"strings"

	"starboard/kicad/circuit"
	"starboard/kicad/netlist"
	"starboard/kicad/schematic"
	"starboard/kicad/symbol"
)

// tool is what netlists name as their maker.
const tool = "starboard"

// netlist returns what the circuit says. It takes the names of nets from the
// circuit and KiCad's rules for them, not from what was drawn.
func (b *builder) netlist() *netlist.Netlist {
	n := &netlist.Netlist{Source: b.c.Name + ".kicad_sch", Tool: tool}
	for _, p := range b.pages {
		n.Sheets = append(n.Sheets, b.sheetHeader(p))
	}
	for _, p := range b.pages {
		n.Components = append(n.Components, b.components(p)...)
	}
	n.LibParts = libParts(b.symbols(), n.Components)
	uri, _ := b.uris()
	for _, lib := range libs(n.LibParts) {
		n.Libraries = append(n.Libraries, netlist.Library{Logical: lib, URI: uri[lib]})
	}
	n.Nets = b.nets()
	return n
}

// stamps returns the path of a page without the root's UUID, as netlists have it.
func (b *builder) stamps(p *page) string {
	return strings.TrimPrefix(p.path, b.pages[0].path) + "/"
}

func (b *builder) sheetHeader(p *page) netlist.Sheet {
	c := b.c
	s := netlist.Sheet{
		Number: p.number, Name: p.sheet.Path(), Tstamps: b.stamps(p),
		Title: c.Title, Company: c.Company, Rev: c.Rev, Date: c.Date, Source: p.file,
	}
	copy(s.Comments[:], c.Comments)
	return s
}

func (b *builder) components(p *page) []netlist.Component {
	units := map[string][]*schematic.Symbol{}
	for i := range p.drawn.Symbols {
		s := &p.drawn.Symbols[i]
		units[s.Instances[0].Reference] = append(units[s.Instances[0].Reference], s)
	}
	var list []netlist.Component
	for _, part := range p.sheet.Parts() {
		if !part.OnBoard {
			continue
		}
		drawn := units[part.Ref]
		c := netlist.Component{
			Ref: part.Ref, Value: cmp.Or(part.Value, "~"), Footprint: part.Footprint,
			Lib: part.Symbol.Lib, Part: part.Symbol.Name, LibDescription: part.Symbol.Description,
			ExcludeFromBOM: !part.InBOM, DNP: part.DNP,
			Keywords: part.Symbol.Keywords, Filters: strings.Join(part.Symbol.Filters, " "),
			SheetNames: p.sheet.Path(), SheetTstamps: b.stamps(p),
		}
		for _, f := range drawn[0].Fields[2:] {
			switch f.Name {
			case "Footprint":
			case "Datasheet":
				c.Datasheet = f.Value
			case "Description":
				c.Description = f.Value
			default:
				c.Fields = append(c.Fields, netlist.Field{Name: f.Name, Value: f.Value})
			}
		}
		c.Properties = append(slices.Clone(c.Fields), netlist.Field{Name: "Sheetname", Value: p.sheet.Name}, netlist.Field{Name: "Sheetfile", Value: p.file})
		c.Fields = append(c.Fields, netlist.Field{Name: "Footprint", Value: c.Footprint}, netlist.Field{Name: "Datasheet", Value: c.Datasheet}, netlist.Field{Name: "Description", Value: c.Description})
		for _, s := range drawn {
			c.Tstamps = append(c.Tstamps, s.UUID)
		}
		slices.Sort(c.Tstamps)
		c.Tstamps = append(c.Tstamps[1:], c.Tstamps[0])
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b netlist.Component) int { return netlist.NaturalCompare(a.Ref, b.Ref, true) })
	return list
}

// libParts returns the symbols that components use.
func libParts(symbols []*symbol.Symbol, components []netlist.Component) []netlist.LibPart {
	used := map[string]bool{}
	for _, c := range components {
		used[c.Lib+":"+c.Part] = true
	}
	var list []netlist.LibPart
	for _, s := range symbols {
		if !used[s.LibID()] {
			continue
		}
		l := netlist.LibPart{Lib: s.Lib, Part: s.Name, Description: s.Description, Docs: s.Datasheet, Filters: s.Filters}
		for _, p := range s.Properties {
			if !strings.HasPrefix(p.Name, "ki_") {
				l.Fields = append(l.Fields, netlist.Field{Name: p.Name, Value: p.Value})
			}
		}
		seen := map[string]bool{}
		for _, p := range s.Pins {
			if p.Body > 1 || seen[p.Number] {
				continue
			}
			seen[p.Number] = true
			l.Pins = append(l.Pins, netlist.LibPin{Num: p.Number, Name: p.Name, Type: p.Type.String()})
		}
		slices.SortStableFunc(l.Pins, func(a, b netlist.LibPin) int { return netlist.NaturalCompare(a.Num, b.Num, true) })
		list = append(list, l)
	}
	return list
}

func libs(parts []netlist.LibPart) []string {
	var names []string
	for _, p := range parts {
		names = append(names, p.Lib)
	}
	return slices.Compact(names)
}

func (b *builder) nets() []netlist.Net {
	var list []netlist.Net
	groups, loose := b.groups()
	for _, g := range groups {
		list = append(list, netlist.Net{Name: g.name, Nodes: nodes(g.pins, false)})
	}
	for _, stack := range loose {
		list = append(list, netlist.Net{Name: looseName(stack), Nodes: nodes(stack, stack[0].NoConnect())})
	}
	slices.SortStableFunc(list, func(a, b netlist.Net) int {
		return cmp.Or(netlist.NaturalCompare(a.Name, b.Name, false), cmp.Compare(a.Name, b.Name))
	})
	for i := range list {
		list[i].Code, list[i].Class = i+1, "Default"
	}
	return slices.DeleteFunc(list, func(n netlist.Net) bool { return len(n.Nodes) == 0 })
}

// A group is a net across all sheets.
type group struct {
	name string
	pins []*circuit.Pin
}

// groups returns the nets that are drawn with labels, and the stacks of pins
// that are not.
func (b *builder) groups() (named []*group, loose [][]*circuit.Pin) {
	for _, n := range b.c.PowerNets() {
		if len(n.Pins()) > 0 {
			named = append(named, &group{name: netlist.Escape(n.Name()), pins: n.Pins()})
		}
	}
	// A net across sheets is named by the label nearest to the root; as nets
	// go down from where they come from, that is on the highest sheet.
	of := map[*circuit.Net]*group{}
	for _, s := range b.c.Sheets() {
		for _, n := range s.Nets() {
			if n.Label() == "" {
				continue
			}
			var g *group
			if p := n.Port(); p != nil {
				g = of[p.Outside()]
			} else {
				g = &group{name: s.Path() + netlist.Escape(n.Label())}
				if b.unlabelled[n] {
					g.name = wiredName(n)
				}
				named = append(named, g)
			}
			of[n] = g
			g.pins = append(g.pins, n.Pins()...)
		}
	}
	for _, p := range b.c.Parts() {
		seen := map[*circuit.Pin]bool{}
		for _, pin := range p.Pins() {
			if n := pin.Net(); (n != nil && n.Label() != "") || seen[pin] {
				continue
			}
			for _, q := range pin.Stacked() {
				seen[q] = true
			}
			loose = append(loose, pin.Stacked())
		}
	}
	return named, loose
}

func nodes(pins []*circuit.Pin, flagged bool) []netlist.Node {
	var list []netlist.Node
	for _, pin := range pins {
		if !pin.Part.OnBoard {
			continue
		}
		n := netlist.Node{Ref: pin.Part.Ref, Pin: pin.Number, Function: strings.ReplaceAll(pin.Name, " ", "_"), Type: pin.Type.String()}
		if flagged {
			n.Type += "+no_connect"
		}
		list = append(list, n)
	}
	slices.SortFunc(list, func(a, b netlist.Node) int { return cmp.Or(cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Pin, b.Pin)) })
	return list
}

// looseName returns the name that KiCad gives a net without a label: from the
// pin whose name says most, and among equals the first in plain order.
func looseName(stack []*circuit.Pin) string {
	unconnected := len(stack) == 1 || stack[0].NoConnect()
	for _, pin := range stack {
		unconnected = unconnected || pin.Type == symbol.NoConnect
	}
	best := ""
	for _, pin := range stack {
		name := defaultName(pin, unconnected)
		if best == "" || cmp.Or(compareBool(strings.Contains(name, "-Pad"), strings.Contains(best, "-Pad")), cmp.Compare(name, best)) < 0 {
			best = name
		}
	}
	return best
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// defaultName returns the name that KiCad makes from one pin.
func defaultName(pin *circuit.Pin, unconnected bool) string {
	prefix := "Net-("
	if unconnected {
		prefix = "unconnected-("
	}
	p := pin.Part
	if pin.Name == "" || pin.Name == pin.Number {
		return prefix + p.Ref + "-Pad" + pin.Number + ")"
	}
	unit, doubled := 0, unconnected
	for _, sp := range p.Symbol.Pins {
		if sp.Number == pin.Number && unit == 0 {
			unit = sp.Unit
		}
	}
	for _, sp := range p.Symbol.UnitPins(max(unit, 1), 1) {
		doubled = doubled || sp.Name == pin.Name && sp.Number != pin.Number
	}
	ref := p.Ref
	if p.Symbol.Units > 1 {
		ref += circuit.UnitName(max(unit, 1))
	}
	name := prefix + ref + "-" + netlist.Escape(pin.Name)
	if doubled {
		name += "-Pad" + pin.Number
	}
	return name + ")"
}
