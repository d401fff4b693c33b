package connect

import (
	"cmp"
	"math"
	"slices"

	"starboard/kicad/geom"
)

// A Terminal is a pin of a part on one sheet.
type Terminal struct {
	*Pin
	Part *Part
}

// A Group is a set of items on one sheet that touch one another.
type Group struct {
	Sheet *Sheet
	Net   *Net // nil where nothing names the group

	Terminals  []Terminal
	SheetPins  []*SheetPin
	Wires      []*Wire
	Entries    []*BusEntry
	Junctions  []*Junction
	NoConnects []*NoConnect
	Labels     []*Label

	drivers []driver
	strong  bool // named by a label or a power pin
	unique  bool // named by a sheet pin that no other net is named after
	chosen  int  // the driver that names the group; -1: none
	cluster *cluster
	order   int32 // of the first item
}

// open reports whether something says that the group is left open on
// purpose: a no-connect flag, or a pin that is never connected.
func (g *Group) open() bool {
	if len(g.NoConnects) > 0 {
		return true
	}
	for _, t := range g.Terminals {
		if t.Type == "no_connect" {
			return true
		}
	}
	return false
}

// kind is what an element of the geometry is.
type kind uint8

const (
	aTerminal kind = iota
	aSheetPin
	aWire
	aBus
	anEntry
	aJunction
	aNoConnect
	aLabel
	kinds
)

// An element is an item while groups are formed.
type element struct {
	kind  kind
	index int32 // in the slice of its kind
}

// A place says that an element connects at a point.
type place struct {
	at   geom.Point
	what int32
}

// A grouper forms the groups of one sheet after another.
type grouper struct {
	sheet     *Sheet
	terminals []Terminal
	sheetPins []*SheetPin
	elements  []element
	parent    []int32 // union-find over elements
	places    []place
	ends      []geom.Point // of wires, cut where KiCad cuts them
	lines     lineIndex
	of        []*Group // by representative
}

// groups returns the groups of a sheet, in the order of their first items in
// the file.
func (g *grouper) groups(sh *Sheet) []*Group {
	g.sheet = sh
	g.collect()
	g.cut()
	g.joinPoints()
	g.joinLabels()
	g.joinInside()
	return g.result()
}

func (g *grouper) add(k kind, index int, at ...geom.Point) {
	e := int32(len(g.elements))
	g.elements = append(g.elements, element{k, int32(index)})
	g.parent = append(g.parent, e)
	for _, p := range at {
		g.places = append(g.places, place{p, e})
	}
}

// collect lists all that can connect. Wires get their places in cut.
func (g *grouper) collect() {
	d := g.sheet.Drawing
	n := len(d.Wires) + len(d.Entries) + len(d.Junctions) + len(d.NoConnects) + len(d.Labels) + 4*len(g.sheet.Parts)
	g.terminals, g.sheetPins = g.terminals[:0], g.sheetPins[:0]
	g.elements, g.parent, g.places = slices.Grow(g.elements[:0], n), slices.Grow(g.parent[:0], n), slices.Grow(g.places[:0], 2*n)
	for _, p := range g.sheet.Parts {
		for _, pin := range p.Pins() {
			g.terminals = append(g.terminals, Terminal{pin, p})
			if pin.Type == "no_connect" {
				g.add(aTerminal, len(g.terminals)-1) // connects nowhere
			} else {
				g.add(aTerminal, len(g.terminals)-1, pin.At)
			}
		}
	}
	for _, s := range d.Sheets {
		for _, pin := range s.Pins {
			g.sheetPins = append(g.sheetPins, pin)
			g.add(aSheetPin, len(g.sheetPins)-1, pin.At)
		}
	}
	for i, w := range d.Wires {
		if w.Bus {
			g.add(aBus, i)
		} else {
			g.add(aWire, i)
		}
	}
	for i, e := range d.Entries {
		g.add(anEntry, i, e.Start, e.End)
	}
	for i, j := range d.Junctions {
		g.add(aJunction, i, j.At)
	}
	for i, n := range d.NoConnects {
		g.add(aNoConnect, i, n.At)
	}
	for i, l := range d.Labels {
		g.add(aLabel, i, l.At)
	}
}

// cut ends each wire at the first junction or bus entry on its way. KiCad 9
// breaks the wire there when it loads a file, and loses what comes after;
// its editor never saves such a wire.
func (g *grouper) cut() {
	d := g.sheet.Drawing
	g.lines.build(d.Wires)
	g.ends = g.ends[:0]
	for _, w := range d.Wires {
		g.ends = append(g.ends, w.End)
	}
	at := func(p geom.Point) {
		g.lines.through(p, 0, func(i int32) {
			w := d.Wires[i]
			if p != w.Start && p != w.End && nearer(w.Start, p, g.ends[i]) {
				g.ends[i] = p
			}
		})
	}
	for _, j := range d.Junctions {
		at(j.At)
	}
	for _, e := range d.Entries {
		at(e.Start)
		at(e.End)
	}
	first := int32(len(g.terminals) + len(g.sheetPins))
	for i, w := range d.Wires {
		g.places = append(g.places, place{w.Start, first + int32(i)}, place{g.ends[i], first + int32(i)})
	}
}

// nearer reports whether p is closer to start than q, all on one line.
func nearer(start, p, q geom.Point) bool {
	return max(abs(p.X-start.X), abs(p.Y-start.Y)) < max(abs(q.X-start.X), abs(q.Y-start.Y))
}

func abs(v int64) int64 { return max(v, -v) }

func (g *grouper) find(e int32) int32 { return root(g.parent, e) }

func (g *grouper) join(a, b int32) { unite(g.parent, a, b) }

// joinPoints joins what meets at a point: all with all, except wires with
// buses and an entry with anything but the wire at its other end.
func (g *grouper) joinPoints() {
	slices.SortFunc(g.places, func(a, b place) int {
		if a.at != b.at {
			return a.at.Compare(b.at)
		}
		return cmp.Compare(a.what, b.what)
	})
	for i := 0; i < len(g.places); {
		j := i + 1
		for j < len(g.places) && g.places[j].at == g.places[i].at {
			j++
		}
		if j-i > 1 {
			g.joinPlaces(g.places[i:j])
		}
		i = j
	}
}

func (g *grouper) joinPlaces(at []place) {
	lead := [kinds]int32{}
	for k := range lead {
		lead[k] = -1
	}
	for _, p := range at {
		k := g.elements[p.what].kind
		if lead[k] < 0 {
			lead[k] = p.what
		} else if k != anEntry {
			g.join(lead[k], p.what)
		}
	}
	onBus := lead[aBus] >= 0 || lead[anEntry] >= 0 && g.busThrough(at[0].at)
	// All other kinds join one another; wires and buses only through them.
	hub := int32(-1)
	for _, k := range []kind{aTerminal, aSheetPin, aJunction, aNoConnect, aLabel} {
		if lead[k] >= 0 {
			if hub >= 0 {
				g.join(hub, lead[k])
			}
			hub = lead[k]
		}
	}
	for _, k := range []kind{aWire, aBus} {
		if lead[k] >= 0 && hub >= 0 {
			g.join(hub, lead[k])
		}
	}
	if lead[anEntry] < 0 || onBus {
		return
	}
	other := hub
	if other < 0 {
		other = lead[aWire]
	}
	for _, p := range at {
		if g.elements[p.what].kind == anEntry {
			if other >= 0 {
				g.join(other, p.what)
			}
			other = p.what
		}
	}
}

func (g *grouper) busThrough(p geom.Point) bool {
	found := false
	g.lines.through(p, 0, func(i int32) {
		w := g.sheet.Drawing.Wires[i]
		found = found || w.Bus && onSegment(w.Start, g.ends[i], p, 0)
	})
	return found
}

// rounding is how far a label may be from its wire.
const rounding = resolution

// joinLabels joins labels with the wires that they stand on. A label that
// shares its point with a pin or another label is already connected there,
// and KiCad looks no further, unless two lines pass.
func (g *grouper) joinLabels() {
	d := g.sheet.Drawing
	firstWire := int32(len(g.terminals) + len(g.sheetPins))
	firstLabel := int32(len(g.elements) - len(d.Labels))
	for i, l := range d.Labels {
		e := firstLabel + int32(i)
		lines, passing := 0, int32(-1)
		g.lines.through(l.At, rounding, func(w int32) {
			if !onSegment(d.Wires[w].Start, g.ends[w], l.At, rounding) {
				return
			}
			lines++
			if passing < 0 || d.Wires[w].Bus && !d.Wires[passing].Bus {
				passing = w
			}
		})
		switch {
		case lines >= 2:
			g.lines.through(l.At, rounding, func(w int32) {
				if onSegment(d.Wires[w].Start, g.ends[w], l.At, rounding) {
					g.join(e, firstWire+w)
				}
			})
		case lines == 1 && !g.shared(l.At, e):
			g.join(e, firstWire+passing)
		}
	}
}

// shared reports whether a pin, a sheet pin, a no-connect flag or another
// label stands at the point of label e.
func (g *grouper) shared(p geom.Point, e int32) bool {
	i, _ := slices.BinarySearchFunc(g.places, p, func(a place, p geom.Point) int { return a.at.Compare(p) })
	for ; i < len(g.places) && g.places[i].at == p; i++ {
		switch g.elements[g.places[i].what].kind {
		case aTerminal, aSheetPin, aNoConnect:
			return true
		case aLabel:
			if g.places[i].what != e {
				return true
			}
		}
	}
	return false
}

// joinInside joins the pins that a part joins itself.
func (g *grouper) joinInside() {
	for i := 0; i < len(g.terminals); {
		part := g.terminals[i].Part
		j := i + 1
		for j < len(g.terminals) && g.terminals[j].Part == part {
			j++
		}
		if lib := part.Symbol.Lib; lib != nil && (lib.SharedNumbersJoin || len(lib.JoinedPins) > 0) {
			group := map[string]int32{} // by number; -1-k stands for group k
			for k, numbers := range lib.JoinedPins {
				for _, n := range numbers {
					group[n] = int32(-1 - k)
				}
			}
			first := map[int32]int32{}
			for t := i; t < j; t++ {
				number := g.terminals[t].Number
				key, ok := group[number]
				if !ok {
					if !lib.SharedNumbersJoin {
						continue
					}
					key = int32(t)
					group[number] = key
				}
				if f, ok := first[key]; ok {
					g.join(f, int32(t))
				} else {
					first[key] = int32(t)
				}
			}
		}
		i = j
	}
}

// result gathers the elements by group.
func (g *grouper) result() []*Group {
	d := g.sheet.Drawing
	var groups []*Group
	of := slices.Grow(g.of[:0], len(g.elements))[:len(g.elements)]
	clear(of)
	g.of = of
	for e, el := range g.elements {
		root := g.find(int32(e))
		if of[root] == nil {
			of[root] = &Group{Sheet: g.sheet, chosen: -1, order: math.MaxInt32}
			groups = append(groups, of[root])
		}
		gr := of[root]
		gr.order = min(gr.order, g.item(el).order)
		switch el.kind {
		case aTerminal:
			gr.Terminals = append(gr.Terminals, g.terminals[el.index])
		case aSheetPin:
			gr.SheetPins = append(gr.SheetPins, g.sheetPins[el.index])
		case aWire, aBus:
			gr.Wires = append(gr.Wires, d.Wires[el.index])
		case anEntry:
			gr.Entries = append(gr.Entries, d.Entries[el.index])
		case aJunction:
			gr.Junctions = append(gr.Junctions, d.Junctions[el.index])
		case aNoConnect:
			gr.NoConnects = append(gr.NoConnects, d.NoConnects[el.index])
		case aLabel:
			gr.Labels = append(gr.Labels, d.Labels[el.index])
		}
	}
	slices.SortStableFunc(groups, func(a, b *Group) int { return cmp.Compare(a.order, b.order) })
	return groups
}

// item returns what an element stands for.
func (g *grouper) item(e element) *Item {
	d := g.sheet.Drawing
	switch e.kind {
	case aTerminal:
		return &g.terminals[e.index].Symbol.Item
	case aSheetPin:
		return &g.sheetPins[e.index].Item
	case anEntry:
		return &d.Entries[e.index].Item
	case aJunction:
		return &d.Junctions[e.index].Item
	case aNoConnect:
		return &d.NoConnects[e.index].Item
	case aLabel:
		return &d.Labels[e.index].Item
	}
	return &d.Wires[e.index].Item
}
