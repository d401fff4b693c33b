package diff

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"starboard/kicad/connect"
	"starboard/kicad/netlist"
)

// A design is one side of a comparison.
type design struct {
	name    string
	n       *netlist.Netlist
	s       *connect.Schematic // nil where there is only a netlist
	parts   []*part            // in natural order
	missing []string           // sheets whose files cannot be opened

	byRef map[string]*part
}

// A part is what can change of a part.
type part struct {
	netlist.Component
	onBoard bool
	sheet   string // uuids of the sheet
	ids     []string
	other   *part    // what it is in the other design
	key     int      // the same for both
	numbers []string // of its pins
}

func ofNetlist(n *netlist.Netlist) *design {
	d := &design{name: n.Source, n: n, byRef: map[string]*part{}}
	for _, c := range n.Components {
		d.add(&part{Component: c, onBoard: true})
	}
	d.sort()
	return d
}

func (d *design) add(p *part) {
	p.sheet = p.SheetTstamps
	for _, uuid := range p.Tstamps {
		p.ids = append(p.ids, p.SheetTstamps+uuid)
	}
	d.parts = append(d.parts, p)
	if d.byRef[p.Ref] == nil {
		d.byRef[p.Ref] = p
	}
}

func (d *design) sort() {
	slices.SortStableFunc(d.parts, func(a, b *part) int {
		return cmp.Or(netlist.NaturalCompare(a.Ref, b.Ref, true), cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.sheet, b.sheet))
	})
	for i, p := range d.parts {
		p.key = i
	}
}

// ofSchematic has the parts that are not on the board too.
func ofSchematic(s *connect.Schematic) (*design, error) {
	n, err := s.Netlist()
	if err != nil {
		return nil, err
	}
	d := ofNetlist(n)
	d.name, d.s = s.File, s
	known := map[string]bool{}
	for _, p := range d.parts {
		for _, id := range p.ids {
			known[id] = true
		}
	}
	loose := map[string]*part{}
	for _, sh := range s.Sheets {
		if sh.Drawing.Missing != nil {
			d.missing = append(d.missing, fmt.Sprintf("%s (%s)", sh.Name, filepath.Base(sh.Drawing.File)))
		}
		for _, p := range sh.Parts {
			switch {
			case strings.HasPrefix(p.Ref, "#") || known[sh.UUIDs+p.Symbol.UUID]:
			case d.byRef[p.Ref] != nil && loose[p.Ref] == nil: // a unit on another sheet
			case loose[p.Ref] != nil && loose[p.Ref].SheetTstamps == sh.UUIDs && p.Symbol.Lib != nil && p.Symbol.Lib.Units > 1:
				u := loose[p.Ref]
				u.ids = append(u.ids, sh.UUIDs+p.Symbol.UUID)
			default:
				u := &part{Component: off(s, p)}
				loose[p.Ref] = u
				d.add(u)
			}
		}
	}
	d.sort()
	return d, nil
}

// off describes a part that is in no netlist.
func off(s *connect.Schematic, p *connect.Part) netlist.Component {
	c := netlist.Component{
		Ref: p.Ref, ExcludeFromBOM: p.Symbol.ExcludeFromBOM, DNP: p.Symbol.DNP,
		SheetNames: p.Sheet.Name, SheetTstamps: p.Sheet.UUIDs, Tstamps: []string{p.Symbol.UUID},
	}
	c.Lib, c.Part, _ = strings.Cut(p.Symbol.LibID, ":")
	for _, f := range p.Symbol.Fields {
		text := netlist.Unescape(s.Text(p, f))
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

func (p *part) symbol() string {
	if p.Lib == "" {
		return p.Part
	}
	return p.Lib + ":" + p.Part
}

func (p *part) value() string {
	if p.Value == "~" {
		return ""
	}
	return p.Value
}

// match finds out which parts of two designs are the same: those of the same
// symbols on the same sheets, then those of the same symbols, then those of the
// same reference. It returns how many it knows by reference alone.
func match(a, b *design) int {
	pair := func(key func(p *part) []string) int {
		found := map[string]*part{}
		for _, p := range b.parts {
			if p.other != nil {
				continue
			}
			for _, k := range key(p) {
				if _, twice := found[k]; twice {
					found[k] = nil // tells nothing
				} else {
					found[k] = p
				}
			}
		}
		count := 0
		for _, p := range a.parts {
			if p.other != nil {
				continue
			}
			for _, k := range key(p) {
				if q := found[k]; q != nil && q.other == nil {
					p.other, q.other = q, p
					count++
					break
				}
			}
		}
		return count
	}
	pair(func(p *part) []string { return p.ids })
	pair(func(p *part) []string { return p.Tstamps })
	byRef := pair(func(p *part) []string { return []string{p.Ref} })
	next := len(b.parts)
	for _, p := range a.parts {
		if p.other != nil {
			p.key = p.other.key
		} else {
			p.key = next
			next++
		}
	}
	return byRef
}

// parts compares the parts.
func (c *Changes) parts(a, b *design) {
	names := map[string]string{} // of the new design's sheets
	for _, s := range b.n.Sheets {
		names[s.Tstamps] = s.Name
	}
	for _, p := range b.parts {
		if p.other == nil {
			c.Parts = append(c.Parts, p.change(Added))
			continue
		}
		q := p.other
		var v values
		v.differ("reference", q.Ref, p.Ref)
		v.differ("value", q.value(), p.value())
		v.differ("footprint", q.Footprint, p.Footprint)
		v.differ("symbol", q.symbol(), p.symbol())
		// Not where the sheet as a whole has another name.
		if now, ok := names[q.sheet]; p.sheet != q.sheet && (!ok || now != p.SheetNames) {
			v.differ("sheet", q.SheetNames, p.SheetNames)
		}
		v.flag("DNP", q.DNP, p.DNP)
		v.flag("in BOM", !q.ExcludeFromBOM, !p.ExcludeFromBOM)
		v.flag("on board", q.onBoard, p.onBoard)
		v.fields(q, p)
		if len(v) > 0 {
			change := p.change(Changed)
			change.Values = v
			c.Parts = append(c.Parts, change)
		}
	}
	for _, p := range a.parts {
		if p.other == nil {
			c.Parts = append(c.Parts, p.change(Removed))
		}
	}
	slices.SortStableFunc(c.Parts, func(x, y PartChange) int { return netlist.NaturalCompare(x.Ref, y.Ref, true) })
}

func (p *part) change(k Kind) PartChange {
	return PartChange{Kind: k, Ref: p.Ref, Value: p.value(), Symbol: p.symbol(), Footprint: p.Footprint, Sheet: p.SheetNames, Values: []Value{}}
}

// fields compares the fields of a part, in the order of the new one.
func (v *values) fields(before, after *part) {
	old := map[string]string{}
	for _, f := range before.Fields {
		old[f.Name] = f.Value
	}
	seen := map[string]bool{"Footprint": true}
	for _, f := range after.Fields {
		if seen[f.Name] {
			continue
		}
		seen[f.Name] = true
		if was, ok := old[f.Name]; !ok && f.Value == "" {
			empty := ""
			*v = append(*v, Value{"field " + f.Name, nil, &empty})
		} else {
			v.differ("field "+f.Name, was, f.Value)
		}
	}
	for _, f := range before.Fields {
		if !seen[f.Name] {
			seen[f.Name] = true
			was := f.Value
			*v = append(*v, Value{"field " + f.Name, &was, nil})
		}
	}
}
