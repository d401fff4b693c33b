package erc

import (
	"slices"

	"starboard/kicad/connect"
	"starboard/kicad/geom"
)

// An end is a point where an item can be connected.
type end struct {
	kind  endKind
	owner any // the item
}

type endKind uint8

const (
	pinEnd endKind = iota
	labelEnd
	sheetPinEnd
	noConnectEnd
	junctionEnd
	entryEnd
	wireEnd
	busEnd
)

// ends are the points of a sheet where something can be connected.
type ends struct {
	at    map[geom.Point][]end
	level map[int64][]*connect.Wire // level wires by y
	plumb map[int64][]*connect.Wire // plumb wires by x
	slant []*connect.Wire

	// KiCad 9 cuts a wire at a junction or bus entry on its way, and loses
	// what comes after. Its editor never saves such a wire.
	cut map[*connect.Wire]geom.Point
}

// endsOf returns the points of a sheet, which it gathers once.
func (c *checker) endsOf(sh *connect.Sheet) *ends {
	e := c.ends[sh]
	if e == nil {
		e = gather(sh)
		c.ends[sh] = e
	}
	return e
}

func gather(sh *connect.Sheet) *ends {
	d := sh.Drawing
	e := &ends{
		at:    make(map[geom.Point][]end, 2*len(d.Wires)+4*len(sh.Parts)),
		level: map[int64][]*connect.Wire{}, plumb: map[int64][]*connect.Wire{},
	}
	add := func(p geom.Point, k endKind, owner any) { e.at[p] = append(e.at[p], end{k, owner}) }
	for _, p := range sh.Parts {
		for _, pin := range p.Pins() {
			add(pin.At, pinEnd, pin)
		}
	}
	for _, s := range d.Sheets {
		for _, p := range s.Pins {
			add(p.At, sheetPinEnd, p)
		}
	}
	for _, l := range d.Labels {
		add(l.At, labelEnd, l)
	}
	for _, n := range d.NoConnects {
		add(n.At, noConnectEnd, n)
	}
	for _, j := range d.Junctions {
		add(j.At, junctionEnd, j)
	}
	for _, b := range d.Entries {
		add(b.Start, entryEnd, b)
		add(b.End, entryEnd, b)
	}
	for _, w := range d.Wires {
		k := wireEnd
		if w.Bus {
			k = busEnd
		}
		add(w.Start, k, w)
		switch {
		case w.Start.Y == w.End.Y:
			e.level[w.Start.Y] = append(e.level[w.Start.Y], w)
		case w.Start.X == w.End.X:
			e.plumb[w.Start.X] = append(e.plumb[w.Start.X], w)
		default:
			e.slant = append(e.slant, w)
		}
	}
	for _, j := range d.Junctions {
		e.cutAt(j.At)
	}
	for _, b := range d.Entries {
		e.cutAt(b.Start)
		e.cutAt(b.End)
	}
	for _, w := range d.Wires {
		k := wireEnd
		if w.Bus {
			k = busEnd
		}
		add(e.end(w), k, w)
	}
	return e
}

// cutAt cuts the wires that pass a point.
func (e *ends) cutAt(p geom.Point) {
	e.through(p, func(w *connect.Wire) {
		if p == w.Start || p == w.End || !onWire(w, p, 0) {
			return
		}
		if e.cut == nil {
			e.cut = map[*connect.Wire]geom.Point{}
		}
		old := e.end(w)
		if max(abs(p.X-w.Start.X), abs(p.Y-w.Start.Y)) < max(abs(old.X-w.Start.X), abs(old.Y-w.Start.Y)) {
			e.cut[w] = p
		}
	})
}

func abs(v int64) int64 { return max(v, -v) }

// end returns where a wire ends.
func (e *ends) end(w *connect.Wire) geom.Point {
	if p, ok := e.cut[w]; ok {
		return p
	}
	return w.End
}

// through calls visit with the wires and buses on which p lies.
func (e *ends) through(p geom.Point, visit func(w *connect.Wire)) {
	const slack = 100 // KiCad's own: one unit
	uncut := visit
	visit = func(w *connect.Wire) {
		if end, ok := e.cut[w]; !ok || onWire(&connect.Wire{Start: w.Start, End: end}, p, slack) {
			uncut(w)
		}
	}
	for d := int64(-slack); d <= slack; d += slack {
		for _, w := range e.level[p.Y+d] {
			if onWire(w, p, slack) {
				visit(w)
			}
		}
		for _, w := range e.plumb[p.X+d] {
			if onWire(w, p, slack) {
				visit(w)
			}
		}
	}
	for _, w := range e.slant {
		if onWire(w, p, slack) {
			visit(w)
		}
	}
}

// onWire reports whether p is within slack of the wire.
func onWire(w *connect.Wire, p geom.Point, slack int64) bool {
	a, b := w.Start, w.End
	if p.X < min(a.X, b.X)-slack || p.X > max(a.X, b.X)+slack || p.Y < min(a.Y, b.Y)-slack || p.Y > max(a.Y, b.Y)+slack {
		return false
	}
	if a.X == b.X || a.Y == b.Y {
		return true
	}
	// Twice the area of the triangle, over the length, is the distance.
	area := float64(b.X-a.X)*float64(p.Y-a.Y) - float64(b.Y-a.Y)*float64(p.X-a.X)
	dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
	return area*area <= float64(slack)*float64(slack)*(dx*dx+dy*dy)
}

// wireOpen reports whether an end of a wire touches nothing.
func (e *ends) wireOpen(w *connect.Wire, p geom.Point) bool {
	for _, o := range e.at[p] {
		if o.owner != any(w) && o.kind != busEnd {
			return false
		}
	}
	return true
}

// entryOpen reports which ends of a bus entry touch neither wire nor bus. An
// entry needs a bus at one end and a wire at the other.
func (e *ends) entryOpen(b *connect.BusEntry) (start, finish bool) {
	look := func(p geom.Point) (wire, bus bool) {
		for _, o := range e.at[p] {
			wire = wire || o.kind == wireEnd
		}
		e.through(p, func(w *connect.Wire) { bus = bus || w.Bus })
		return wire, bus
	}
	wire0, bus0 := look(b.Start)
	wire1, bus1 := look(b.End)
	switch {
	case wire0 && bus1 || wire1 && bus0:
		return false, false
	case wire0 || bus0:
		return false, true
	case wire1 || bus1:
		return true, false
	}
	return true, true
}

// labelOpen reports whether a label or a sheet pin at p touches nothing.
func (e *ends) labelOpen(owner any, p geom.Point) bool {
	for _, o := range e.at[p] {
		if o.owner == owner {
			continue
		}
		switch o.kind {
		case pinEnd, labelEnd, sheetPinEnd, noConnectEnd:
			return false
		}
	}
	open := true
	e.through(p, func(*connect.Wire) { open = false })
	return open
}

// onOpenPin reports whether a no-connect flag is on a pin that is never
// connected.
func (e *ends) onOpenPin(flag *connect.NoConnect) bool {
	return slices.ContainsFunc(e.at[flag.At], func(o end) bool {
		pin, ok := o.owner.(*connect.Pin)
		return ok && typeOf(pin) == noConnect
	})
}
