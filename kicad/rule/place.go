package rule

import (
	"errors"
	"fmt"

	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/schematic"
	"starboard/kicad/wire"
)

// Of a page, in nanometres: the inner line of the frame of KiCad's standard
// drawing sheet stands 12 mm from the edge, and its title block is in the lower
// right corner.
const (
	Margin      = 12 * geom.MM
	TitleWidth  = 120 * geom.MM
	TitleHeight = 44 * geom.MM
)

// Frame returns the area of a page that is drawn on, and the title block in its
// corner, which is not.
func Frame(paper schematic.Paper) (frame, title geom.Box) {
	page := geom.Box{Max: geom.Point{X: paper.Width, Y: paper.Height}}
	frame = page.Grow(-Margin)
	return frame, geom.Box{Min: page.Max.Sub(geom.Point{X: TitleWidth, Y: TitleHeight}), Max: frame.Max}
}

// A Conflict is a place that a symbol cannot have.
type Conflict struct {
	Unit  Unit
	Other Unit // that has the place; its Part is nil where no symbol is in the way
	Msg   string

	OffPage bool // it leaves the page's frame
}

func (c *Conflict) Error() string { return c.Msg }

// Place puts a unit, which must be of the plan's sheet, with its anchor at a
// place; one that has a place moves. Pos is the call in the script. An error is
// a *[Conflict], which says where and with what.
func (p *Plan) Place(u Unit, at geom.Point, o geom.Orientation, pos string) error {
	o = o.Canonical()
	if err := p.Check(u, at, o); err != nil {
		return err
	}
	if i, moves := p.index[u]; moves {
		p.dropPins(&p.places[i])
		p.places[i] = Place{u, at, o, pos, u.Box(o).Add(at)}
		p.addPins(&p.places[i])
		return nil
	}
	p.index[u] = len(p.places)
	p.places = append(p.places, Place{u, at, o, pos, u.Box(o).Add(at)})
	p.addPins(&p.places[len(p.places)-1])
	return nil
}

// Check says why a unit cannot have a place; nil where it can.
func (p *Plan) Check(u Unit, at geom.Point, o geom.Orientation) error {
	conflict := func(other Unit, format string, args ...any) error {
		return &Conflict{Unit: u, Other: other, Msg: fmt.Sprintf(format, args...)}
	}
	if !at.OnGrid() {
		low := geom.Point{X: geom.SnapDown(at.X), Y: geom.SnapDown(at.Y)}
		high := geom.Point{X: geom.SnapUp(at.X), Y: geom.SnapUp(at.Y)}
		near := At(low)
		if high != low {
			near = fmt.Sprintf("%s and %s", At(low), At(high))
		}
		return conflict(Unit{}, "%s at %s is off the grid of 1.27 mm; the nearest places on it are %s", u, At(at), near)
	}
	box := u.Box(o).Add(at)
	frame, title := Frame(p.Paper)
	if box.Min.X < frame.Min.X || box.Min.Y < frame.Min.Y || box.Max.X > frame.Max.X || box.Max.Y > frame.Max.Y {
		return &Conflict{Unit: u, OffPage: true, Msg: fmt.Sprintf("%s at %s leaves the sheet: it covers %s, and the frame of %s goes from %s", u, At(at), Span(box), p.Paper.Name, Span(frame))}
	}
	if box.Overlaps(title) {
		return conflict(Unit{}, "%s at %s is in the title block: it covers %s, and the title block of %s %s", u, At(at), Span(box), p.Paper.Name, Span(title))
	}
	for i := range p.places {
		other := &p.places[i]
		if b := other.box(); other.Unit != u && b.Overlaps(box) {
			return conflict(other.Unit, "%s at %s overlaps %s at %s%s: %s covers %s, and %s %s", u, At(at), other, At(other.At), placed(other), u, Span(box), other, Span(b))
		}
	}
	if c, other := p.against(Place{u, at, o, "", box}, p.constraints); c != nil {
		return conflict(other.Unit, "%s at %s is not as %s wants it: %s, and %s is at %s", u, At(at), c.Pos, c.say(), other, At(other.At))
	}
	for _, t := range wire.Terminals(u.Part, u.No, o) {
		end := at.Add(t.At)
		for _, q := range p.pins[end] {
			if q.unit != u && (q.net == nil || t.Net == nil || q.net.Root() != t.Net.Root()) {
				pl, _ := p.Find(q.unit)
				return conflict(q.unit, "%s at %s joins two nets: pin %s of it is at %s, where %s%s has a pin of another net", u, At(at), t.Key, At(end), q.unit, placed(&pl))
			}
		}
	}
	return nil
}

func placed(p *Place) string {
	if p.Pos == "" {
		return ""
	}
	return " (placed at " + p.Pos + ")"
}

// fits reports whether a unit can have a place such that a box around it, given
// relative to its anchor, covers no symbol that is placed.
func (p *Plan) fits(u Unit, at geom.Point, o geom.Orientation, room geom.Box) bool {
	if p.Check(u, at, o) != nil {
		return false
	}
	room = room.Add(at)
	for i := range p.places {
		if other := &p.places[i]; other.Unit != u && other.Outline(other.O).Add(other.At).Overlaps(room) {
			return false
		}
	}
	// Nor does it stand in the way of a signal that it has nothing to do with.
	for i := range p.places {
		other := &p.places[i]
		for _, t := range wire.Terminals(other.Part, other.No, other.O) {
			if other.Unit == u || t.Net == nil || t.Net.IsPower() || u.on(t.Net) {
				continue
			}
			end, v := other.At.Add(t.At), t.Side.Vector()
			const out = 8 * geom.Grid
			if way := geom.BoxOf(end, end.Add(geom.Point{X: v.X * out, Y: v.Y * out})).Grow(geom.Grid); way.Overlaps(room) {
				return false
			}
		}
	}
	return true
}

// on reports whether a unit has a pin on a net.
func (u Unit) on(n *circuit.Net) bool {
	for _, t := range wire.Terminals(u.Part, u.No, geom.Orientation{}) {
		if t.Net != nil && t.Net.Root() == n.Root() {
			return true
		}
	}
	return false
}

// IsConflict reports whether an error is one of a place.
func IsConflict(err error) bool {
	var c *Conflict
	return errors.As(err, &c)
}
