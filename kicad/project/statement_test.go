package project_test

import (
	"slices"
	"strings"

	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/netlist"
	"starboard/kicad/symbol"
)

// A statement is what a script says of its parts and nets, kept apart from
// the circuit that the same calls make: the first of the three netlists that
// the tests compare. It joins by the calls alone.
type statement struct {
	parts []*statedPart

	driven map[string]bool // power nets that get a flag where nothing drives them

	parent map[string]string // union-find over the keys of pins and nets
	keys   []string          // in the order in which they appeared
	about  map[string]keyInfo
}

// A statedPart is a part as the script asked for it.
type statedPart struct {
	spec  circuit.Spec
	sheet string
	made  *circuit.Part // for its reference only, which the annotation finds
	pins  []string      // the numbers
	stack map[string]string
	nc    map[string]bool // by stack
	used  map[string]bool // by stack: it is on some net
}

// onBoard reports whether netlists have the part: to KiCad, what has a
// reference with a # is a drawing.
func (p *statedPart) onBoard() bool {
	return p.spec.OnBoard && !strings.HasPrefix(p.made.Ref, "#")
}

// A keyInfo says what a key of the union-find stands for.
type keyInfo struct {
	sheet string
	name  string // of a net that the script has named
	power bool
	port  bool        // named by a parameter of a sheet
	part  *statedPart // of a pin
	pin   string
}

func newStatement() *statement {
	return &statement{driven: map[string]bool{}, parent: map[string]string{}, about: map[string]keyInfo{}}
}

func (s *statement) add(key string, info keyInfo) string {
	if _, known := s.parent[key]; !known {
		s.parent[key] = key
		s.keys = append(s.keys, key)
		s.about[key] = info
	}
	return key
}

func (s *statement) find(key string) string {
	for s.parent[key] != key {
		key = s.parent[key]
	}
	return key
}

func (s *statement) join(a, b string) {
	if a, b = s.find(a), s.find(b); a != b {
		s.parent[b] = a
	}
}

// net returns the key of a net that the script names on a sheet.
func (s *statement) net(sheet, name string) string {
	if _, power := s.parent["power "+name]; power {
		return "power " + name
	}
	return s.add("net "+sheet+"\x00"+name, keyInfo{sheet: sheet, name: name})
}

// power returns the key of a power net. It takes in the nets of its name.
func (s *statement) power(name string) string {
	key := s.add("power "+name, keyInfo{name: name, power: true})
	for _, other := range slices.Clone(s.keys) {
		if info := s.about[other]; info.part == nil && info.name == name {
			s.join(key, other)
		}
	}
	return key
}

// addPart takes over what the script asked for, and which pins the symbol joins.
func (s *statement) addPart(spec circuit.Spec, sheet string, made *circuit.Part) *statedPart {
	p := &statedPart{spec: spec, sheet: sheet, made: made, stack: map[string]string{}, nc: map[string]bool{}, used: map[string]bool{}}
	// Pins of one number are one; so are pins that a unit draws at one place.
	type place struct {
		unit int
		at   geom.Point
	}
	first := map[place]string{}
	top := func(n string) string {
		for p.stack[n] != n {
			n = p.stack[n]
		}
		return n
	}
	for _, pin := range spec.Symbol.Pins {
		if pin.Body == 2 {
			continue
		}
		if _, known := p.stack[pin.Number]; !known {
			p.stack[pin.Number] = pin.Number
			p.pins = append(p.pins, pin.Number)
		}
		if pin.Type == symbol.NoConnect {
			continue // is joined with nothing, wherever it stands
		}
		units := []int{pin.Unit}
		if pin.Unit == 0 {
			units = nil
			for u := 1; u <= spec.Symbol.Units; u++ {
				units = append(units, u)
			}
		}
		for _, u := range units {
			at := place{u, pin.At}
			if other, ok := first[at]; ok {
				p.stack[top(pin.Number)] = top(other)
			} else {
				first[at] = pin.Number
			}
		}
	}
	for _, n := range p.pins {
		p.stack[n] = top(n)
	}
	s.parts = append(s.parts, p)
	return p
}

// pin returns the key of a pin, which stands for all of its stack.
func (s *statement) pin(p *statedPart, number string) string {
	n := p.stack[number]
	i := slices.Index(s.parts, p)
	return s.add("pin "+itoa(i)+" "+n, keyInfo{sheet: p.sheet, part: p, pin: n})
}

// names returns the distinct nets with a name that key is joined with, the
// power nets first.
func (s *statement) names(key string) []keyInfo {
	var list []keyInfo
	for _, k := range s.keys {
		if info := s.about[k]; info.name != "" && s.find(k) == s.find(key) {
			list = append(list, info)
		}
	}
	slices.SortStableFunc(list, func(a, b keyInfo) int {
		switch {
		case a.power == b.power:
			return 0
		case a.power:
			return -1
		}
		return 1
	})
	return list
}

func (s *statement) isPower(key string) bool {
	list := s.names(key)
	return len(list) > 0 && list[0].power
}

// A statedNet is what must be found in both netlists: the pins, and what is
// known of the name.
type statedNet struct {
	pins []string // "R1.2" of parts on the board, sorted
	name func(got string) bool
	want string // the name in words
	// Nobody has connected the pins. If the symbol draws one in several places,
	// each of these is a net.
	silent bool
}

// nets returns the nets that have a pin on the board.
func (s *statement) nets() []statedNet {
	for _, p := range s.parts {
		for _, n := range p.pins {
			s.pin(p, n)
		}
	}
	groups := map[string][]string{}
	var order []string
	for _, k := range s.keys {
		root := s.find(k)
		if groups[root] == nil {
			order = append(order, root)
		}
		groups[root] = append(groups[root], k)
	}
	var nets []statedNet
	for _, root := range order {
		n := s.expect(groups[root])
		if len(n.pins) > 0 {
			nets = append(nets, n)
		}
	}
	return nets
}

// expect returns what the netlists must say of the net that keys are.
func (s *statement) expect(keys []string) statedNet {
	var n statedNet
	var sheets []string
	var refs []string // all, of parts that are not on the board too
	stacks := 0
	reached := false // more than one sheet
	for _, k := range keys {
		info := s.about[k]
		if !info.power {
			sheets = append(sheets, info.sheet)
		}
		reached = reached || info.sheet != s.about[keys[0]].sheet
		if info.part == nil {
			continue
		}
		stacks++
		refs = append(refs, info.part.made.Ref)
		for _, number := range info.part.pins {
			if info.part.stack[number] == info.pin && info.part.onBoard() {
				n.pins = append(n.pins, info.part.made.Ref+"."+number)
			}
		}
	}
	slices.Sort(n.pins)

	exactly := func(name string) statedNet {
		n.want = "the name " + name
		n.name = func(got string) bool { return got == name }
		return n
	}
	names := s.names(keys[0])
	if len(names) > 0 && names[0].power {
		return exactly(netlist.Escape(names[0].name))
	}
	top := commonSheet(sheets)
	var onTop, below, ports []string
	for _, info := range names {
		if info.sheet == top {
			onTop = append(onTop, info.name)
		} else if info.port {
			ports = append(ports, info.name)
		} else if !slices.Contains(below, info.name) {
			below = append(below, info.name)
		}
	}
	switch {
	case len(onTop) == 1 && len(below) == 0:
		return exactly(top + netlist.Escape(onTop[0]))
	case len(onTop)+len(below) > 0:
		// A net of a child takes its name along where that is free. Of several
		// names, the first that was joined with another one counts.
		n.want = "one of the names " + strings.Join(append(onTop, below...), ", ") + " on " + top
		n.name = func(got string) bool {
			if len(onTop) == 0 && stacks == 1 && strings.HasPrefix(got, "unconnected-("+refs[0]) {
				return true // the name stays below, where no pin is
			}
			return ofPin(got, top, refs) || slices.ContainsFunc(onTop, func(name string) bool { return got == top+netlist.Escape(name) }) ||
				slices.ContainsFunc(append(below, ports...), func(name string) bool { return strings.HasPrefix(got, top+netlist.Escape(name)) })
		}
		return n
	case stacks == 1:
		// Nobody has said anything of these pins: the name is KiCad's.
		n.silent = true
		n.want = "KiCad's own name of a pin of " + refs[0]
		n.name = func(got string) bool {
			if reached && ofPin(got, top, refs) {
				return true // the net has been taken to another sheet, for nothing
			}
			return strings.HasPrefix(got, "unconnected-("+refs[0]) || len(n.pins) > 1 && strings.HasPrefix(got, "Net-("+refs[0])
		}
		return n
	}
	n.want = "a name of a pin on " + top
	n.name = func(got string) bool {
		return ofPin(got, top, refs)
	}
	return n
}

// taken reports whether the script has a net of that name on a sheet, or a
// power net.
func (s *statement) taken(sheet, name string) bool {
	_, net := s.parent["net "+sheet+"\x00"+name]
	_, power := s.parent["power "+name]
	return net || power
}

// ofPin reports whether a net of a sheet is named after a pin: by its label,
// R5_1 or with the unit U2B_IN-, or as KiCad names a net without label, Net-(R5-Pad1).
func ofPin(got, sheet string, refs []string) bool {
	if name, ok := strings.CutPrefix(got, "Net-("); ok {
		return slices.ContainsFunc(refs, func(ref string) bool { return strings.HasPrefix(name, ref) })
	}
	name, ok := strings.CutPrefix(got, sheet)
	return ok && slices.ContainsFunc(refs, func(ref string) bool {
		rest, ok := strings.CutPrefix(name, netlist.Escape(ref))
		return ok && strings.HasPrefix(strings.TrimLeft(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "_")
	})
}

// A pinFact is what the rules check may say of a pin.
type pinFact struct {
	alone   bool // the script has joined it with nothing, or with nothing that is drawn
	crowded bool // the symbol draws another pin at its place
	driven  bool // it is on a power net that the script says is driven
}

// flagged returns the power nets that the script says are driven, but for
// those that an output drives: there a flag is as wrong as none is.
func (s *statement) flagged() map[string]bool {
	outputs := s.outputs()
	flagged := map[string]bool{}
	for name, driven := range s.driven {
		flagged[name] = driven && !outputs[s.find("power "+name)]
	}
	return flagged
}

// outputs returns the nets, by their root, that have an output, which drives
// but is no source of power.
func (s *statement) outputs() map[string]bool {
	outputs := map[string]bool{}
	for _, p := range s.parts {
		for _, pin := range p.spec.Symbol.Pins {
			if pin.Type == symbol.Output {
				outputs[s.find(s.pin(p, pin.Number))] = true
			}
		}
	}
	return outputs
}

// facts returns what is known of each pin, by "R1.2".
func (s *statement) facts() map[string]pinFact {
	outputs := s.outputs()
	size := map[string]int{}   // in stacks
	drawn := map[string]bool{} // some pin is not there by its name alone
	for _, k := range s.keys {
		if p := s.about[k].part; p != nil {
			size[s.find(k)]++
			drawn[s.find(k)] = drawn[s.find(k)] || !p.made.Pin(s.about[k].pin).Global()
		}
	}
	facts := map[string]pinFact{}
	for _, p := range s.parts {
		places := map[geom.Point]int{}
		for _, pin := range p.spec.Symbol.Pins {
			if pin.Body < 2 {
				places[pin.At]++
			}
		}
		for _, pin := range p.spec.Symbol.Pins {
			key := s.pin(p, pin.Number)
			id := p.made.Ref + "." + pin.Number
			f := facts[id]
			f.alone = size[s.find(key)] < 2 || !drawn[s.find(key)]
			f.crowded = f.crowded || pin.Body < 2 && places[pin.At] > 1
			if list := s.names(key); len(list) > 0 && list[0].power {
				f.driven = s.driven[list[0].name] && !outputs[s.find(key)]
			}
			facts[id] = f
		}
	}
	return facts
}

// commonSheet returns the path of the lowest sheet that has all of the given
// ones below it or is one of them.
func commonSheet(paths []string) string {
	common := paths[0]
	for _, p := range paths[1:] {
		for !strings.HasPrefix(p, common) {
			common = common[:strings.LastIndex(strings.TrimSuffix(common, "/"), "/")+1]
		}
	}
	return common
}

// components returns the parts that the netlists must have, by reference.
func (s *statement) components() map[string]*statedPart {
	parts := map[string]*statedPart{}
	for _, p := range s.parts {
		if p.onBoard() {
			parts[p.made.Ref] = p
		}
	}
	return parts
}

// compareStatement returns how a netlist differs from what the script said.
func compareStatement(s *statement, n *netlist.Netlist) []string {
	var diffs []string
	say := func(words ...string) { diffs = append(diffs, strings.Join(words, "")) }

	want := s.components()
	if len(n.Components) != len(want) {
		say("got ", itoa(len(n.Components)), " parts, want ", itoa(len(want)))
	}
	for i := range n.Components {
		c := &n.Components[i]
		p := want[c.Ref]
		if p == nil {
			say("part ", c.Ref, " is not in the script")
			continue
		}
		for _, v := range []struct{ what, got, want string }{
			{"value", c.Value, orTilde(deref(p.spec.Value, p.spec.Symbol.Value))},
			{"symbol", c.Lib + ":" + c.Part, p.spec.Symbol.LibID()},
			{"footprint", c.Footprint, deref(p.spec.Footprint, p.spec.Symbol.Footprint)},
			{"sheet", c.SheetNames, p.sheet},
			{"dnp", yes(c.DNP), yes(p.spec.DNP)},
			{"in_bom", yes(!c.ExcludeFromBOM), yes(p.spec.InBOM)},
		} {
			if v.got != v.want {
				say(c.Ref, ": ", v.what, " ", v.got, ", want ", v.want)
			}
		}
		for _, f := range p.spec.Fields {
			if !slices.Contains(c.Fields, netlist.Field(f)) {
				say(c.Ref, ": field ", f.Name, "=", f.Value, " is missing")
			}
		}
		if units := p.spec.Symbol.Units; len(c.Tstamps) != units {
			say(c.Ref, ": got ", itoa(len(c.Tstamps)), " units, want ", itoa(units))
		}
	}

	byPins := map[string]string{}
	onNets := map[string][]int{} // by pin
	pinsOf := make([][]string, len(n.Nets))
	for i := range n.Nets {
		for _, node := range n.Nets[i].Nodes {
			pin := node.Ref + "." + node.Pin
			pinsOf[i] = append(pinsOf[i], pin)
			onNets[pin] = append(onNets[pin], i)
		}
		slices.Sort(pinsOf[i])
		byPins[strings.Join(pinsOf[i], " ")] = n.Nets[i].Name
	}
	nets := s.nets()
	connected, wanted := 0, 0
	for _, w := range nets {
		if !w.silent {
			wanted++
			continue
		}
		for _, pin := range w.pins {
			if len(onNets[pin]) == 0 {
				say("pin ", pin, " is missing")
			}
			for _, i := range onNets[pin] {
				connected-- // it is none of those that are wanted
				if i2 := slices.IndexFunc(pinsOf[i], func(p string) bool { return !slices.Contains(w.pins, p) }); i2 >= 0 {
					say("pin ", pin, " is on a net with ", pinsOf[i][i2], ", want it unconnected")
				}
				if name := n.Nets[i].Name; !w.name(name) {
					say("net of ", pin, " is called ", name, ", want ", w.want)
				}
				for _, other := range pinsOf[i][:slices.Index(pinsOf[i], pin)] {
					if other != pin {
						connected++ // counted already
						break
					}
				}
			}
		}
	}
	if connected += len(n.Nets); connected != wanted {
		say("got ", itoa(connected), " nets that join pins, want ", itoa(wanted))
	}
	for _, w := range nets {
		if w.silent {
			continue
		}
		got, ok := byPins[strings.Join(w.pins, " ")]
		switch {
		case !ok:
			say("no net joins just ", strings.Join(w.pins, " "), ", want one with ", w.want)
		case !w.name(got):
			say("net of ", strings.Join(w.pins, " "), " is called ", got, ", want ", w.want)
		}
	}
	return diffs
}

func deref(s *string, otherwise string) string {
	if s != nil {
		return *s
	}
	return otherwise
}

func orTilde(s string) string {
	if s == "" {
		return "~"
	}
	return s
}

func yes(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}
