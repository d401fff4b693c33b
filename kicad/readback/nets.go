package readback

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"starboard/kicad/circuit"
	"starboard/kicad/connect"
	"starboard/kicad/netlist"
	"starboard/kicad/symbol"
)

// A wireNet is a net of the schematic: one that KiCad names, or items that
// touch and that nothing names, such as pins of parts without a number.
type wireNet struct {
	net    *connect.Net // nil where nothing names it
	pieces []*piece     // a parent's before its children's
	hidden string       // name of the hidden power pins that it joins
	power  *circuit.Net // where it is global
}

// A piece is what a net has on one sheet.
type piece struct {
	of     *wireNet
	sheet  *connect.Sheet
	groups []*connect.Group
	made   *circuit.Net // nil until it is made, and for pins that stay alone
	port   bool         // it is joined with the piece on the parent
}

// addNets makes the nets: power nets first, for their names are taken on all
// sheets.
func (r *reader) addNets() error {
	nets := slices.DeleteFunc(r.nets, func(n *wireNet) bool {
		return !slices.ContainsFunc(n.pieces, func(p *piece) bool { return len(r.pins(p)) > 0 })
	})
	for _, n := range nets {
		if err := r.addPower(n); err != nil {
			return err
		}
	}
	at := map[*connect.Sheet]map[*wireNet]*piece{}
	for _, sh := range r.order {
		at[sh] = map[*wireNet]*piece{}
	}
	var pieces []*piece
	for _, n := range nets {
		for _, p := range n.pieces {
			at[p.sheet][n] = p
			pieces = append(pieces, p)
		}
	}
	level := map[*connect.Sheet]int{}
	for i, sh := range r.order {
		level[sh] = i
	}
	slices.SortStableFunc(pieces, func(a, b *piece) int { return level[a.sheet] - level[b.sheet] })
	for _, p := range pieces {
		var up *piece
		if p.sheet.Parent != nil {
			up = at[p.sheet.Parent][p.of]
		}
		if err := r.add(p, up); err != nil {
			return err
		}
	}
	for _, n := range nets {
		if err := r.join(n); err != nil {
			return err
		}
	}
	for _, n := range nets {
		for _, p := range n.pieces {
			for _, at := range r.pins(p) {
				if made := at.pin.Net(); made != nil && n.net != nil && r.result.NetNames[made] == "" {
					r.result.NetNames[made] = n.net.Name
				}
			}
			if p.made != nil && n.net != nil {
				r.result.NetNames[p.made.Root()] = n.net.Name
			}
		}
	}
	return nil
}

// gather lists the nets. A hidden power pin puts its net under its own name, to
// the model as to KiCad; where one net has pins of several names, they are
// shown instead.
func (r *reader) gather(gr *connect.Graph) {
	named := map[*connect.Net]*wireNet{}
	for _, sh := range r.order {
		for _, g := range gr.Sheets[sh.Index] {
			if g.Net == nil {
				n := &wireNet{}
				n.pieces = []*piece{{of: n, sheet: sh, groups: []*connect.Group{g}}}
				r.nets = append(r.nets, n)
				continue
			}
			if g.Net.Bus {
				continue
			}
			n := named[g.Net]
			if n == nil {
				n = &wireNet{net: g.Net}
				named[g.Net] = n
				r.nets = append(r.nets, n)
			}
			if k := len(n.pieces); k > 0 && n.pieces[k-1].sheet == sh {
				n.pieces[k-1].groups = append(n.pieces[k-1].groups, g)
			} else {
				n.pieces = append(n.pieces, &piece{of: n, sheet: sh, groups: []*connect.Group{g}})
			}
		}
	}
	for _, n := range r.nets {
		n.hidden = r.hiddenName(n)
	}
}

// hiddenName returns the one name of the hidden power pins on a net, or "".
func (r *reader) hiddenName(n *wireNet) string {
	name := ""
	var libs []*connect.LibSymbol
	shown := false
	for _, p := range n.pieces {
		for _, g := range p.groups {
			for _, t := range g.Terminals {
				if t.Type != "power_in" || !t.Lib.Hidden || t.Part.Power() != connect.NoPower || strings.HasPrefix(t.Part.Ref, "#") {
					continue
				}
				libs = append(libs, t.Part.Symbol.Lib)
				shown = shown || name != "" && name != t.Name || cleanNet(t.Name) != t.Name
				name = t.Name
			}
		}
	}
	if !shown {
		return name
	}
	for _, lib := range libs {
		if !r.shownPins[lib] {
			r.shownPins[lib] = true
			r.note(lib.Pos(), "the hidden power pins of %s are shown: they are on a net of another name", lib.Name)
		}
	}
	return ""
}

// A pinAt is a pin of a part, and where it is drawn.
type pinAt struct {
	pin *circuit.Pin
	t   connect.Terminal
}

// pins returns the pins of parts that a piece joins.
func (r *reader) pins(p *piece) []pinAt {
	var list []pinAt
	for _, g := range p.groups {
		for _, t := range g.Terminals {
			m := r.parts[t.Part]
			if m == nil {
				continue // a power symbol, a flag, or a part that is left out
			}
			if pin := m.Pin(t.Number); pin != nil {
				list = append(list, pinAt{pin, t})
			}
		}
	}
	return list
}

// addPower makes a power net of one that a power symbol or a hidden power pin
// names on all sheets.
func (r *reader) addPower(n *wireNet) error {
	if n.net == nil {
		return nil
	}
	global, driven := false, false
	var sym *symbol.Symbol
	for _, p := range n.pieces {
		for _, g := range p.groups {
			for _, t := range g.Terminals {
				scope := t.Part.Power()
				driven = driven || t.Type == "power_out" && strings.HasPrefix(t.Part.Ref, "#")
				if t.Type != "power_in" || scope == connect.LocalPower || scope == connect.NoPower && !t.Lib.Hidden {
					continue
				}
				global = true
				value := t.Part.Symbol.Field("Value")
				if scope != connect.GlobalPower || sym != nil && (value == nil || r.s.Text(t.Part, value) != netlist.Unescape(n.net.Name)) {
					continue
				}
				s, err := r.symbol(t.Part)
				if err != nil {
					return err
				}
				if s.Power && len(s.Pins) == 1 {
					sym = s
				}
			}
		}
	}
	if !global {
		return nil
	}
	want := cmp.Or(n.hidden, cleanNet(netlist.Unescape(n.net.Name)))
	if sym == nil {
		var err error
		if sym, err = r.power(want); err != nil {
			return err
		}
	}
	name := want
	for i := 2; slices.ContainsFunc(r.c.PowerNets(), func(m *circuit.Net) bool { return m.Name() == name }); i++ {
		name = fmt.Sprintf("%s_%d", want, i)
	}
	made, err := r.c.Power(name, sym, driven)
	if err != nil {
		return fmt.Errorf("net %s: %v", n.net.Name, err)
	}
	if netlist.Escape(made.Name()) != n.net.Name {
		r.note(n.pieces[0].pos(), "net %s is called %s", n.net.Name, made.Name())
	}
	n.power = made
	return nil
}

// connectGlobals connects the hidden power pins of units that are on no sheet:
// the model has them too.
func (r *reader) connectGlobals() error {
	for _, p := range r.c.Parts() {
		for _, pin := range p.Pins() {
			if !pin.Global() || pin.Net() != nil {
				continue
			}
			var net *circuit.Net
			for _, n := range r.c.PowerNets() {
				if n.Name() == pin.Name {
					net = n
				}
			}
			if net == nil {
				sym, err := r.power(pin.Name)
				if err != nil {
					return err
				}
				if net, err = r.c.Power(pin.Name, sym, false); err != nil {
					return fmt.Errorf("%s: %v", p.Pos, err)
				}
			}
			if _, err := p.Sheet().Connect(p.Pos, net, pin); err != nil {
				return fmt.Errorf("%s: %v", p.Pos, err)
			}
		}
	}
	return nil
}

// pos returns where something of the piece stands.
func (p *piece) pos() fmt.Stringer {
	for _, g := range p.groups {
		switch {
		case len(g.Labels) > 0:
			return g.Labels[0].Pos()
		case len(g.Terminals) > 0:
			return g.Terminals[0].Pos()
		case len(g.Wires) > 0:
			return g.Wires[0].Pos()
		}
	}
	return fileName(p.sheet.Drawing.File)
}

// add makes the net of a piece and connects its pins. Up is the piece on the
// parent, nil where there is none.
func (r *reader) add(p *piece, up *piece) error {
	sheet := r.sheets[p.sheet]
	pins := r.pins(p)
	name := r.localName(p)
	switch n := p.of; {
	case n.power != nil:
		p.made = n.power
	case up != nil && up.made != nil && p.entry(up) != "":
		made, err := sheet.AddPort(r.free(sheet, r.shown(p.sheet, p.entry(up))), up.made)
		if err != nil {
			return fmt.Errorf("%s: %v", p.pos(), err)
		}
		p.made, p.port = made, true
	case name != "":
		made, err := sheet.Net(r.free(sheet, name))
		if err != nil {
			return fmt.Errorf("%s: %v", p.pos(), err)
		}
		if raw := r.rawName(p, name); made.Name() != raw {
			r.note(p.pos(), "net %s is called %s on sheet %s", raw, made.Name(), sheet.Path())
		}
		p.made = made
	}
	if len(p.of.pieces) == 1 && p.made == nil && alone(pins) {
		return r.open(p, pins)
	}
	for _, at := range pins {
		if err := r.connect(p, at); err != nil {
			return err
		}
	}
	return nil
}

// alone reports whether pins are one to the model: what it has joined by the
// symbol already.
func alone(pins []pinAt) bool {
	for _, at := range pins[1:] {
		if at.pin.Part != pins[0].pin.Part || !slices.Contains(pins[0].pin.Stacked(), at.pin) {
			return false
		}
	}
	return true
}

// open deals with a pin that is connected to nothing.
func (r *reader) open(p *piece, pins []pinAt) error {
	r.function(pins[0])
	for _, g := range p.groups {
		if len(g.NoConnects) == 0 {
			continue
		}
		if pin := pins[0].pin; pin.Net() == nil {
			return r.sheets[p.sheet].NoConnect(g.NoConnects[0].Pos().String(), pin)
		}
	}
	return nil
}

// function gives a pin the function that the schematic has chosen for it.
func (r *reader) function(at pinAt) {
	if at.t.Name == at.t.Lib.Name && at.t.Type == at.t.Lib.Type {
		return
	}
	at.pin.Name = at.t.Name
	if typ, ok := symbol.ParseType(at.t.Type); ok {
		at.pin.Type = typ
	}
}

func (r *reader) connect(p *piece, at pinAt) error {
	r.function(at)
	pin := at.pin
	if pin.Type == symbol.NoConnect {
		return nil
	}
	if n := pin.Net(); n != nil && p.made != nil {
		if n == p.made.Root() {
			return nil
		}
		if r.owns(p, n) {
			return nil
		}
		r.note(at.t.Pos(), "%s is on two nets; it is taken to be on %s only", pin, n)
		return nil
	}
	if pin.NoConnect() {
		return nil
	}
	targets := []any{pin}
	if p.made != nil {
		targets = []any{p.made, pin}
	}
	made, err := r.sheets[p.sheet].Connect(at.t.Pos().String(), targets...)
	if err != nil {
		return fmt.Errorf("%s: %v", at.t.Pos(), err)
	}
	p.made = made
	return nil
}

// owns reports whether n is what the net of p is on another sheet: so it is
// for a pin of a unit that is drawn apart from its part.
func (r *reader) owns(p *piece, n *circuit.Net) bool {
	return slices.Contains(p.made.AllPins(), n.AllPins()[0])
}

// join connects the pieces of a net that are on sheets without a sheet pin
// between them.
func (r *reader) join(n *wireNet) error {
	var first *piece
	for _, p := range n.pieces {
		if p.made == nil || p.port || n.power != nil {
			continue
		}
		if first == nil {
			first = p
			continue
		}
		made, err := r.sheets[first.sheet].Connect(p.pos().String(), first.made, p.made)
		if err != nil {
			return fmt.Errorf("%s: %v", p.pos(), err)
		}
		first.made = made
	}
	return nil
}

// entry returns the text of the sheet pin by which the piece on the parent
// enters the sheet of p, or "".
func (p *piece) entry(up *piece) string {
	for _, g := range up.groups {
		for _, pin := range g.SheetPins {
			if pin.Sheet == p.sheet.Symbol {
				return pin.Name
			}
		}
	}
	return ""
}

// shown returns the text that a label shows, as the name of a net.
func (r *reader) shown(sh *connect.Sheet, text string) string {
	return cleanNet(netlist.Unescape(r.s.LabelText(sh, text)))
}

// localName returns what a net is called on a sheet: as KiCad names it if that
// comes from this sheet, else by one of its labels there, else by a sheet pin.
// It is "" for a net that is named after a pin.
func (r *reader) localName(p *piece) string {
	var labels, sheetPins []string
	for _, g := range p.groups {
		for _, l := range g.Labels {
			if l.Kind != connect.Directive {
				labels = append(labels, r.shown(p.sheet, l.Text))
			}
		}
		for _, t := range g.Terminals {
			if f := t.Part.Symbol.Field("Value"); f != nil && t.Part.Power() == connect.LocalPower && t.Type == "power_in" {
				labels = append(labels, cleanNet(netlist.Unescape(r.s.Text(t.Part, f))))
			}
		}
		for _, pin := range g.SheetPins {
			sheetPins = append(sheetPins, r.shown(p.sheet, pin.Name))
		}
	}
	if n := p.of.net; n != nil {
		full := cleanNet(netlist.Unescape(strings.TrimPrefix(n.Name, p.sheet.Name)))
		if slices.Contains(labels, full) || len(labels) == 0 && slices.Contains(sheetPins, full) {
			return full
		}
	}
	if len(labels) > 0 {
		return slices.Min(labels)
	}
	if len(sheetPins) > 0 {
		return slices.Min(sheetPins)
	}
	return ""
}

// rawName returns what a label or sheet pin of the piece shows that the model
// calls name.
func (r *reader) rawName(p *piece, name string) string {
	for _, g := range p.groups {
		for _, l := range g.Labels {
			if raw := netlist.Unescape(r.s.LabelText(p.sheet, l.Text)); cleanNet(raw) == name {
				return raw
			}
		}
		for _, pin := range g.SheetPins {
			if raw := netlist.Unescape(r.s.LabelText(p.sheet, pin.Name)); cleanNet(raw) == name {
				return raw
			}
		}
	}
	return name
}

// free returns the name, with a number where the sheet has it already.
func (r *reader) free(s *circuit.Sheet, name string) string {
	want := name
	for i := 2; s.HasNet(name); i++ {
		name = fmt.Sprintf("%s_%d", want, i)
	}
	return name
}

// cleanNet returns a name that the model takes for a net: KiCad would see a
// bus or a variable in some.
func cleanNet(name string) string {
	name = strings.TrimSpace(plain(name))
	name = strings.NewReplacer("[", "(", "]", ")", "${", "$(").Replace(name)
	for i := 0; i < len(name); i++ {
		if name[i] == '{' && (i == 0 || !strings.ContainsRune("~^_", rune(name[i-1]))) {
			name = name[:i] + "(" + name[i+1:]
		}
	}
	if name == "" {
		return "_"
	}
	return name
}
