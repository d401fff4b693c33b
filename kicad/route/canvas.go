// Package route keeps what is drawn on a sheet apart, finds ways for wires
// through it, and turns what was drawn into the wires and junctions that KiCad
// wants.
//
// A [Canvas] holds boxes (symbols, texts, labels), pins and wires of nets.
// [Canvas.Fits] says whether a group of new items can be added without
// touching anything that it must not: this is what makes every drawing sound,
// whoever thought of it. [Canvas.Route] finds an orthogonal way between two
// ends. [Lines] splits wires where others of their net join them.
//
// All coordinates are nanometres on the sheet; the ends of wires are on the
// grid. Nets are numbers above 0, which mean nothing here.
package route

import "starboard/kicad/geom"

// A Box is an area that is drawn on. Owner is the symbol that it belongs to,
// whose own wires may begin inside; 0 for none.
type Box struct {
	geom.Box
	Owner int
}

// A Wire is a straight piece of a net, horizontal or vertical. Key says what
// it is, for a stable identity.
type Wire struct {
	A, B geom.Point
	Net  int
	Key  string
}

// line returns the wire as a box without area.
func (w Wire) line() geom.Box { return geom.BoxOf(w.A, w.B) }

func (w Wire) horizontal() bool { return w.A.Y == w.B.Y }

// across returns the coordinate that both ends share.
func (w Wire) across() int64 {
	if w.horizontal() {
		return w.A.Y
	}
	return w.A.X
}

// A Pin is where something connects.
type Pin struct {
	At  geom.Point
	Net int // 0 for a pin that stays open
}

// Items are drawn together.
type Items struct {
	Boxes []Box
	Wires []Wire
	Pins  []Pin
}

// gap is kept free between boxes, and between a box and a wire that passes.
const gap = 200_000

// cellSize is the size of the squares by which a canvas finds its neighbours.
const cellSize = 16 * geom.Grid

type cell struct{ x, y int32 }

// kinds of items in a cell.
const (
	boxItem = iota
	wireItem
	pinItem
)

type ref struct {
	kind uint8
	i    int32
}

// A Canvas is what is drawn on a sheet or in a part of it. The zero Canvas is
// empty.
type Canvas struct {
	Items
	gone  map[int32]bool // boxes that were removed
	cells map[cell][]ref
}

func floorDiv(a, b int64) int32 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return int32(q)
}

// Add puts items onto the canvas, moved by at. It returns the number of the
// first box of them, for [Canvas.Remove].
func (c *Canvas) Add(s *Items, at geom.Point) int {
	if c.cells == nil {
		c.cells = map[cell][]ref{}
	}
	first := len(c.Boxes)
	for _, b := range s.Boxes {
		b.Box = b.Box.Add(at)
		c.put(b.Box, ref{boxItem, int32(len(c.Boxes))})
		c.Boxes = append(c.Boxes, b)
	}
	for _, w := range s.Wires {
		if w.A == w.B {
			continue
		}
		w.A, w.B = w.A.Add(at), w.B.Add(at)
		c.put(w.line(), ref{wireItem, int32(len(c.Wires))})
		c.Wires = append(c.Wires, w)
	}
	for _, p := range s.Pins {
		p.At = p.At.Add(at)
		c.put(geom.BoxOf(p.At), ref{pinItem, int32(len(c.Pins))})
		c.Pins = append(c.Pins, p)
	}
	return first
}

// Remove takes a box away.
func (c *Canvas) Remove(box int) {
	if c.gone == nil {
		c.gone = map[int32]bool{}
	}
	c.gone[int32(box)] = true
}

// Restore puts back a box that was taken away.
func (c *Canvas) Restore(box int) { delete(c.gone, int32(box)) }

// Removed reports whether a box was taken away.
func (c *Canvas) Removed(box int) bool { return c.gone[int32(box)] }

func (c *Canvas) put(b geom.Box, r ref) {
	for y := floorDiv(b.Min.Y, cellSize); y <= floorDiv(b.Max.Y, cellSize); y++ {
		for x := floorDiv(b.Min.X, cellSize); x <= floorDiv(b.Max.X, cellSize); x++ {
			k := cell{x, y}
			c.cells[k] = append(c.cells[k], r)
		}
	}
}

// near calls f for every item in the cells of a box, some more than once,
// until it returns false.
func (c *Canvas) near(b geom.Box, f func(ref) bool) bool {
	for y := floorDiv(b.Min.Y, cellSize); y <= floorDiv(b.Max.Y, cellSize); y++ {
		for x := floorDiv(b.Min.X, cellSize); x <= floorDiv(b.Max.X, cellSize); x++ {
			for _, r := range c.cells[cell{x, y}] {
				if r.kind == boxItem && c.gone != nil && c.gone[r.i] {
					continue
				}
				if !f(r) {
					return false
				}
			}
		}
	}
	return true
}

// Fits reports whether items, moved by at, can be drawn: no box covers
// anything, no wire passes through a box or meets another net, no pin touches
// a wire of another net. A wire may join one of its own net; none may cross.
// The items are not compared with each other, nor their wires with the boxes
// of own, unless that is 0.
func (c *Canvas) Fits(s *Items, at geom.Point, own int) bool {
	for _, b := range s.Boxes {
		if !c.FreeBox(b.Box.Add(at)) {
			return false
		}
	}
	for _, w := range s.Wires {
		w.A, w.B = w.A.Add(at), w.B.Add(at)
		if !c.FreeWire(w, own) {
			return false
		}
	}
	for _, p := range s.Pins {
		if !c.freePin(Pin{p.At.Add(at), p.Net}) {
			return false
		}
	}
	return true
}

// FreeBox reports whether nothing is drawn in a box and close around it.
func (c *Canvas) FreeBox(b geom.Box) bool {
	b = b.Grow(gap)
	return c.near(b, func(r ref) bool {
		switch r.kind {
		case boxItem:
			return !c.Boxes[r.i].Overlaps(b)
		case wireItem:
			return !c.Wires[r.i].line().Overlaps(b)
		default:
			p := c.Pins[r.i].At
			return !geom.BoxOf(p).Overlaps(b)
		}
	})
}

// FreeWire reports whether a wire passes through no box but those of own, meets
// nothing of another net, and makes no place where four lines of its own meet.
func (c *Canvas) FreeWire(w Wire, own int) bool {
	if w.A != w.B && (c.crowded(w.A, w.B, w.Net) || c.crowded(w.B, w.A, w.Net)) {
		return false
	}
	line := w.line()
	return c.near(line, func(r ref) bool {
		switch r.kind {
		case boxItem:
			b := &c.Boxes[r.i]
			return own != 0 && b.Owner == own || !b.Overlaps(line)
		case wireItem:
			o := &c.Wires[r.i]
			return !meets(w, *o, false) && (o.Net != w.Net || !c.crosses(w, o.A) && !c.crosses(w, o.B))
		default:
			p := &c.Pins[r.i]
			return p.Net == w.Net && p.Net != 0 || !line.Contains(p.At)
		}
	})
}

// crosses reports whether a wire would make a fourth line at a place that it
// runs through.
func (c *Canvas) crosses(w Wire, at geom.Point) bool {
	if at == w.A || at == w.B || !w.line().Contains(at) {
		return false
	}
	taken := c.arms(at, w.Net)
	taken[geom.SideOf(w.A.Sub(at))], taken[geom.SideOf(w.B.Sub(at))] = true, true
	n := 0
	for _, is := range taken {
		if is {
			n++
		}
	}
	return n > 3
}

// Arms returns how many lines of a net leave a place: wires, and pins.
func (c *Canvas) Arms(at geom.Point, net int) int {
	n := 0
	for _, taken := range c.arms(at, net) {
		if taken {
			n++
		}
	}
	return n
}

// arms tells the directions in which lines of a net leave a place. That of a
// pin, which may be any, comes last.
func (c *Canvas) arms(at geom.Point, net int) (taken [5]bool) {
	c.near(geom.BoxOf(at), func(r ref) bool {
		switch r.kind {
		case wireItem:
			w := &c.Wires[r.i]
			l := w.line()
			if w.Net != net || !l.Contains(at) {
				break
			}
			if w.horizontal() {
				taken[geom.Right] = taken[geom.Right] || at.X < l.Max.X
				taken[geom.Left] = taken[geom.Left] || at.X > l.Min.X
			} else {
				taken[geom.Down] = taken[geom.Down] || at.Y < l.Max.Y
				taken[geom.Up] = taken[geom.Up] || at.Y > l.Min.Y
			}
		case pinItem:
			taken[4] = taken[4] || c.Pins[r.i].At == at
		}
		return true
	})
	return taken
}

// crowded reports whether a wire from one place to another would be the fourth
// line at the first.
func (c *Canvas) crowded(at, to geom.Point, net int) bool {
	taken := c.arms(at, net)
	n := 0
	for _, is := range taken {
		if is {
			n++
		}
	}
	return n > 2 && !taken[geom.SideOf(to.Sub(at))]
}

// meets reports whether two wires touch in a way that they must not. Wires of
// different nets may cross where crossing is allowed: in the middle of both.
func meets(v, w Wire, crossing bool) bool {
	a, b := v.line(), w.line()
	if a.Min.X > b.Max.X || b.Min.X > a.Max.X || a.Min.Y > b.Max.Y || b.Min.Y > a.Max.Y {
		return false
	}
	if v.horizontal() == w.horizontal() {
		return v.Net != w.Net
	}
	h, u := a, b
	if !v.horizontal() {
		h, u = b, a
	}
	middle := h.Min.X < u.Min.X && u.Min.X < h.Max.X && u.Min.Y < h.Min.Y && h.Min.Y < u.Max.Y
	if middle {
		return !crossing || v.Net == w.Net
	}
	return v.Net != w.Net
}

func (c *Canvas) freePin(p Pin) bool {
	at := geom.BoxOf(p.At)
	return c.near(at, func(r ref) bool {
		switch r.kind {
		case boxItem:
			return !c.Boxes[r.i].Overlaps(at)
		case wireItem:
			w := &c.Wires[r.i]
			return w.Net == p.Net && p.Net != 0 || !w.line().Contains(p.At)
		default:
			return c.Pins[r.i].At != p.At
		}
	})
}

// Bounds returns the box around all items.
func (s *Items) Bounds() geom.Box {
	var b geom.Box
	some := false
	add := func(x geom.Box) {
		if some {
			x = x.Union(b)
		}
		b, some = x, true
	}
	for i := range s.Boxes {
		add(s.Boxes[i].Box)
	}
	for i := range s.Wires {
		add(s.Wires[i].line())
	}
	for i := range s.Pins {
		add(geom.BoxOf(s.Pins[i].At))
	}
	return b
}

// FreeLabel reports whether a label at a place, with the extents b, covers
// nothing but the wire that it stands on, which runs in its direction.
func (c *Canvas) FreeLabel(b geom.Box, at geom.Point, horizontal bool) bool {
	grown := b.Grow(gap)
	return c.near(grown, func(r ref) bool {
		switch r.kind {
		case boxItem:
			return !c.Boxes[r.i].Overlaps(grown)
		case wireItem:
			w := &c.Wires[r.i]
			if w.horizontal() == horizontal && (horizontal && w.A.Y == at.Y || !horizontal && w.A.X == at.X) {
				return true
			}
			return !w.line().Overlaps(grown) || w.line().Contains(at) && !w.line().Overlaps(b)
		default:
			p := c.Pins[r.i].At
			return p == at || !b.Contains(p)
		}
	})
}

// textSpace is how far apart texts of one line are that nobody reads as one.
const textSpace = 700_000

// StandsOut reports whether no box without an owner, such as a text or a label, is
// so close before or behind a label that both read as one.
func (c *Canvas) StandsOut(b geom.Box) bool {
	b.Min.X, b.Max.X = b.Min.X-textSpace, b.Max.X+textSpace
	return c.near(b, func(r ref) bool { return r.kind != boxItem || c.Boxes[r.i].Owner > 0 || !c.Boxes[r.i].Overlaps(b) })
}

// Joined returns the pins that the wires of a net connect with a place, by
// their numbers on the canvas, and those wires.
func (c *Canvas) Joined(net int, at geom.Point) (pins, wires []int) {
	doneWire := map[int]bool{}
	donePin := map[int]bool{}
	pending := []geom.Box{geom.BoxOf(at)}
	for len(pending) > 0 {
		box := pending[0]
		pending = pending[1:]
		c.near(box, func(r ref) bool {
			i := int(r.i)
			switch r.kind {
			case wireItem:
				w := c.Wires[i]
				if w.Net != net || doneWire[i] {
					break
				}
				line := w.line()
				// An end of one on the other joins them; a crossing does not.
				if line.Contains(box.Min) || line.Contains(box.Max) || box.Contains(line.Min) || box.Contains(line.Max) {
					doneWire[i] = true
					wires = append(wires, i)
					pending = append(pending, line)
				}
			case pinItem:
				p := c.Pins[i]
				if p.Net == net && !donePin[i] && box.Contains(p.At) {
					donePin[i] = true
					pins = append(pins, i)
					pending = append(pending, geom.BoxOf(p.At))
				}
			}
			return true
		})
	}
	return pins, wires
}
