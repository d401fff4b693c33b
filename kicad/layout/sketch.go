package layout

import (
	"slices"

	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/route"
	"starboard/kicad/rule"
	"starboard/kicad/schematic"
	"starboard/kicad/wire"
)

// A sketch is something to draw around an origin that belongs on the grid.
// What it covers and connects is in Items; the rest says what that is.
type sketch struct {
	route.Items
	units []standing
	marks []mark
	flags []flagged
	notes []rule.Note

	frames []geom.Box // of sections, which no wire leaves
}

// frameAt returns the number of the frame around a place, -1 where there is none.
func (s *sketch) frameAt(at geom.Point) int {
	return slices.IndexFunc(s.frames, func(b geom.Box) bool { return b.Contains(at) })
}

// standing is a unit with its place.
type standing struct {
	u     *unit
	o     geom.Orientation
	at    geom.Point
	texts [2]geom.Point
	align schematic.Align
}

// A mark is a power symbol or a label at a place.
type mark struct {
	net    *net
	at     geom.Point
	toward geom.Side
	key    string
	power  bool
	box    int // of a label: its number on the canvas
}

// flagged is a pin that stays open.
type flagged struct {
	at  geom.Point
	ref termRef
}

func (s *sketch) box(b geom.Box, owner int) {
	s.Boxes = append(s.Boxes, route.Box{Box: b, Owner: owner})
}

func (s *sketch) wire(a, b geom.Point, n *net, key string) {
	if a != b {
		s.Wires = append(s.Wires, route.Wire{A: a, B: b, Net: n.id, Key: key})
	}
}

func (s *sketch) pin(at geom.Point, n *net) {
	id := 0
	if n != nil {
		id = n.id
	}
	s.Pins = append(s.Pins, route.Pin{At: at, Net: id})
}

// add takes over another sketch, moved by at.
func (s *sketch) add(t *sketch, at geom.Point) {
	for _, b := range t.Boxes {
		b.Box = b.Box.Add(at)
		s.Boxes = append(s.Boxes, b)
	}
	for _, w := range t.Wires {
		w.A, w.B = w.A.Add(at), w.B.Add(at)
		s.Wires = append(s.Wires, w)
	}
	for _, p := range t.Pins {
		p.At = p.At.Add(at)
		s.Pins = append(s.Pins, p)
	}
	for _, u := range t.units {
		s.units = append(s.units, u.moved(at))
	}
	for _, m := range t.marks {
		m.at = m.at.Add(at)
		s.marks = append(s.marks, m)
	}
	for _, n := range t.notes {
		n.At = n.At.Add(at)
		s.notes = append(s.notes, n)
	}
	for _, f := range t.flags {
		f.at = f.at.Add(at)
		s.flags = append(s.flags, f)
	}
}

func (v standing) moved(at geom.Point) standing {
	v.at = v.at.Add(at)
	for i := range v.texts {
		v.texts[i] = v.texts[i].Add(at)
	}
	return v
}

// step returns p moved by n steps of the grid towards a side.
func step(p geom.Point, side geom.Side, n int64) geom.Point {
	v := side.Vector()
	return geom.Point{X: p.X + v.X*n*geom.Grid, Y: p.Y + v.Y*n*geom.Grid}
}

func vertical(s geom.Side) bool { return s == geom.Up || s == geom.Down }

const (
	textPitch = 2 * geom.Grid // from the reference to the value below it
	textAway  = geom.Grid     // from the symbol to its texts
	textGap   = 100_000
	textSpace = 500_000 // before and behind a text, or it reads as one with the next
	apartness = 300_000 // between what is drawn in one row
)

// where the texts of a symbol stand.
type textPlace int

const (
	rightOf textPlace = iota
	leftOf
	above
	below
	aboveLeft // above, in line with the left edge
	belowLeft // the same below
)

// putTexts places the reference and the value of a unit and returns what they
// cover.
func putTexts(v *standing, body geom.Box, where textPlace) []geom.Box {
	middle := geom.Point{X: (body.Min.X + body.Max.X) / 2, Y: (body.Min.Y + body.Max.Y) / 2}
	var first geom.Point
	switch where {
	case rightOf:
		first, v.align.H = geom.Point{X: body.Max.X + textAway, Y: middle.Y - textPitch/2}, -1
	case leftOf:
		first, v.align.H = geom.Point{X: body.Min.X - textAway, Y: middle.Y - textPitch/2}, 1
	case above:
		first, v.align.H = geom.Point{X: middle.X, Y: body.Min.Y - textAway - textPitch}, 0
	case below:
		first, v.align.H = geom.Point{X: middle.X, Y: body.Max.Y + textAway}, 0
	case aboveLeft:
		first, v.align.H = geom.Point{X: body.Min.X, Y: body.Min.Y - textAway - textPitch}, -1
	case belowLeft:
		first, v.align.H = geom.Point{X: body.Min.X, Y: body.Max.Y + textAway}, -1
	}
	var boxes []geom.Box
	for i, text := range wire.Texts(v.u.part, v.u.no) {
		v.texts[i] = wire.Fine(first.Add(geom.Point{Y: int64(i) * textPitch}))
		if text != "" {
			b := font.Field(text, schematic.TextSize, font.Align(v.align.H), font.Center, false)
			b = b.Add(v.texts[i]).Grow(textGap)
			b.Min.X, b.Max.X = b.Min.X-textSpace, b.Max.X+textSpace
			boxes = append(boxes, b)
		}
	}
	return boxes
}

// stand draws a unit with its anchor at a place, texts included.
func (s *sketch) stand(u *unit, at geom.Point, where textPlace) {
	v := standing{u: u, o: u.o, at: at}
	body := u.box().Add(at)
	u.cover(s, at)
	for _, b := range putTexts(&v, body, where) {
		s.box(b, 0)
	}
	s.units = append(s.units, v)
	for _, t := range u.terms {
		s.pin(at.Add(t.At), t.net)
	}
}

// labelOwner is the owner of the boxes of labels, which may go again.
const labelOwner = -1

// mark draws a power symbol or a label at a place.
func (b *builder) mark(s *sketch, n *net, at geom.Point, toward geom.Side, key string) {
	m := mark{net: n, at: at, toward: toward, key: key, power: n.power}
	owner := labelOwner
	if n.power {
		owner = 0
	}
	for _, box := range b.markBoxes(n, toward) {
		s.box(box.Add(at), owner)
	}
	s.marks = append(s.marks, m)
	if m.power {
		s.pin(at, n)
	}
}

func (b *builder) markBoxes(n *net, toward geom.Side) []geom.Box {
	if n.power {
		return b.in.Drafter.PowerBoxes(n.Net, toward)
	}
	return []geom.Box{wire.LabelBox(n.Net, toward)}
}

// labelSteps returns the length of a label in steps of the grid.
func labelSteps(n *net) int64 {
	return geom.SnapUp(wire.LabelBox(n.Net, geom.Right).Max.X) / geom.Grid
}

// row draws a chain from the origin towards a side, with a wire of a given
// length before it. It returns the place of the far end, which stays open
// unless the chain ends on a power net and closed is set.
func (b *builder) row(c *chain, from *net, dir geom.Side, lead int64, where textPlace, closed bool) (s *sketch, end geom.Point, ok bool) {
	s = &sketch{}
	links := c.from(from)
	for _, l := range links {
		if !l.u.turnTo(l.in, dir.Opposite()) {
			return nil, end, false
		}
	}
	at := geom.Point{}
	n := from
	for i, l := range links {
		gap := lead
		if i > 0 {
			gap = 2
			if n.named() {
				gap = b.between(s, n, at, dir, where, l.before().key())
			}
		}
		// Long texts stand apart.
		for more := int64(0); ; more++ {
			next := step(at, dir, gap+more)
			anchor := next.Sub(l.u.terms[l.in].At)
			t := &sketch{}
			t.stand(l.u, anchor, where)
			if i > 0 && more < maxLead && s.covers(t) {
				continue
			}
			s.wire(at, next, n, l.before().key())
			s.add(t, geom.Point{})
			at = anchor.Add(l.u.terms[l.out].At)
			break
		}
		n = l.after().net()
	}
	if n.power && closed {
		last := links[len(links)-1].after()
		toward := n.toward
		switch {
		case vertical(dir):
			toward = dir
			// A long number reaches beyond the end of its pin.
			for more := int64(0); more < maxLead; more++ {
				next := step(at, dir, more)
				t := &sketch{}
				b.mark(t, n, next, toward, last.key())
				if !s.overlaps(t) {
					s.wire(at, next, n, last.key())
					at = next
					break
				}
			}
		default:
			for more := int64(1); ; more++ {
				next := step(at, dir, more)
				t := &sketch{}
				b.mark(t, n, next, toward, last.key())
				if more < maxLead && s.covers(t) {
					continue
				}
				s.wire(at, next, n, last.key())
				at = next
				break
			}
		}
		b.mark(s, n, at, toward, last.key())
	}
	return s, at, true
}

// between writes the name of the net between two links of a row, and returns
// the length that its wire then needs: on a wire that runs to a side on the wire
// itself, else beside it, at the end of a short one.
func (b *builder) between(s *sketch, n *net, at geom.Point, dir geom.Side, where textPlace, key string) int64 {
	if !vertical(dir) {
		b.mark(s, n, step(at, dir, 1), dir, key)
		return labelSteps(n) + 2
	}
	toward := geom.Right
	if where == leftOf {
		toward = geom.Left
	}
	middle := step(at, dir, 2)
	end := step(middle, toward, 1)
	s.wire(middle, end, n, key)
	b.mark(s, n, end, toward, key)
	return 4
}

// covers reports whether a box of another sketch lies on one of this, or is so
// close that they are hard to tell apart.
func (s *sketch) covers(t *sketch) bool {
	return s.near(t, apartness)
}

// overlaps reports whether a box of another sketch lies on one of this.
func (s *sketch) overlaps(t *sketch) bool { return s.near(t, 0) }

func (s *sketch) near(t *sketch, gap int64) bool {
	for _, b := range t.Boxes {
		grown := b.Grow(gap)
		for _, o := range s.Boxes {
			if o.Overlaps(grown) {
				return true
			}
		}
	}
	return false
}
