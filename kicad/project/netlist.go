package project

import (
	"cmp"
	"slices"
	"strconv"
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
	n.LibParts = b.libParts()
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

// isGraphic reports whether a part is but a drawing, such as a logo, to KiCad:
// its reference begins with #.
func isGraphic(p *circuit.Part) bool { return strings.HasPrefix(p.Ref, "#") }

// listed reports whether netlists have the part.
func listed(p *circuit.Part) bool { return p.OnBoard && !isGraphic(p) }

func (b *builder) components(p *page) []netlist.Component {
	units := map[string][]*schematic.Symbol{}
	for i := range p.drawn.Symbols {
		s := &p.drawn.Symbols[i]
		units[s.Instances[0].Reference] = append(units[s.Instances[0].Reference], s)
	}
	var list []netlist.Component
	for _, part := range p.sheet.Parts() {
		if !listed(part) {
			continue
		}
		drawn := units[part.Ref]
		c := netlist.Component{
			Ref: part.Ref, Value: cmp.Or(part.Value, "~"), Footprint: part.Footprint,
			Lib: part.Symbol.Lib, Part: part.Symbol.Name, LibDescription: netlist.Unescape(part.Symbol.Description),
			ExcludeFromBOM: !part.InBOM, DNP: part.DNP,
			Keywords: part.Symbol.Keywords, Filters: strings.Join(part.Symbol.Filters, " "),
			SheetNames: p.sheet.Path(), SheetTstamps: b.stamps(p),
		}
		for _, f := range drawn[0].Fields[2:] {
			switch f.Name {
			case "Footprint":
			case "Datasheet":
				c.Datasheet = netlist.Unescape(f.Value)
			case "Description":
				c.Description = netlist.Unescape(f.Value)
			default:
				c.Fields = append(c.Fields, netlist.Field{Name: netlist.Unescape(f.Name), Value: netlist.Unescape(f.Value)})
				c.Properties = append(c.Properties, netlist.Field{Name: f.Name, Value: netlist.Unescape(f.Value)})
			}
		}
		c.Properties = append(c.Properties, netlist.Field{Name: "Sheetname", Value: p.sheet.Name}, netlist.Field{Name: "Sheetfile", Value: p.file})
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

// libParts returns the symbols of parts, whether or not they are on the board.
func (b *builder) libParts() []netlist.LibPart {
	used := map[string]bool{}
	for _, p := range b.c.Parts() {
		used[p.Symbol.LibID()] = used[p.Symbol.LibID()] || !isGraphic(p)
	}
	var list []netlist.LibPart
	for _, s := range b.symbols() {
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
		list = append(list, netlist.Net{Name: g.name, Nodes: nodes(g.pins)})
	}
	// A pin that is drawn in several places is on a net of its own in each.
	taken := map[string]int{}
	for _, l := range loose {
		name := l.name()
		if taken[name]++; taken[name] > 1 {
			name += "_" + strconv.Itoa(taken[name]-1)
		}
		list = append(list, netlist.Net{Name: name, Nodes: l.nodes()})
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

// groups returns the nets that are drawn with labels, and the pins that are
// drawn without.
func (b *builder) groups() (named []*group, loose []looseNet) {
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
			if n.Label() == "" || !n.Used() {
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
		loose = append(loose, looseNets(p)...)
	}
	return named, loose
}

func nodes(pins []*circuit.Pin) []netlist.Node {
	var list []netlist.Node
	for _, pin := range pins {
		if listed(pin.Part) {
			list = append(list, node(pin.Part, pin.Number, pin.Name, pin.Type))
		}
	}
	sortNodes(list)
	return list
}

func node(p *circuit.Part, number, name string, typ symbol.Type) netlist.Node {
	return netlist.Node{Ref: p.Ref, Pin: number, Function: strings.ReplaceAll(name, " ", "_"), Type: typ.String()}
}

func sortNodes(list []netlist.Node) {
	slices.SortFunc(list, func(a, b netlist.Node) int { return cmp.Or(cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Pin, b.Pin)) })
}
