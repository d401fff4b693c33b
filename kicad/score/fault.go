package score

import (
	"fmt"
	"slices"

	"starboard/kicad/connect"
	"starboard/kicad/geom"
)

func (v *view) fault(kind string, at geom.Point, format string, args ...any) {
	v.found = append(v.found, Fault{kind, at, fmt.Sprintf(format, args...)})
}

// faults finds all of a sheet.
func (v *view) faults() {
	v.overlaps()
	v.onPins()
	v.throughs()
	v.offGrid()
	v.offPage()
	v.lines()
}

func middle(b geom.Box) geom.Point {
	return geom.Point{X: (b.Min.X + b.Max.X) / 2, Y: (b.Min.Y + b.Max.Y) / 2}
}

// common returns the middle of what two boxes that overlap have in common.
func common(a, b geom.Box) geom.Point {
	return middle(geom.Box{
		Min: geom.Point{X: max(a.Min.X, b.Min.X), Y: max(a.Min.Y, b.Min.Y)},
		Max: geom.Point{X: min(a.Max.X, b.Max.X), Y: min(a.Max.Y, b.Max.Y)},
	})
}

// onPins finds texts and symbols on the pins of other symbols. A label may stand
// on the pin that it names.
func (v *view) onPins() {
	var lines []geom.Box
	var of []*body
	for i := range v.bodies {
		for _, l := range v.bodies[i].pins {
			lines, of = append(lines, l.Grow(Slack/2+1)), append(of, &v.bodies[i])
		}
	}
	pairs(v.textBoxes(), lines, func(i, j int) {
		t := &v.texts[i]
		if own := t.label != nil && lines[j].Contains(t.label.At); t.item != of[j].item && !own {
			v.fault("text", common(t.box, lines[j]), "%s is on a pin of %s", t.name(), of[j].name)
		}
	})
	pairs(v.bodyBoxes(), lines, func(i, j int) {
		if b := &v.bodies[i]; b.item != of[j].item && touch(b.shapes, []geom.Box{lines[j]}) {
			v.fault("symbols", common(b.box, lines[j]), "%s is on a pin of %s", b.name, of[j].name)
		}
	})
}

// overlaps finds symbols and texts that lie on each other.
func (v *view) overlaps() {
	bodies, texts := v.bodyBoxes(), v.textBoxes()
	pairs(bodies, bodies, func(i, j int) {
		a, b := &v.bodies[i], &v.bodies[j]
		if touch(a.shapes, b.shapes) {
			v.fault("symbols", common(a.box, b.box), "%s and %s overlap", a.name, b.name)
		}
	})
	pairs(texts, texts, func(i, j int) {
		a, b := &v.texts[i], &v.texts[j]
		v.fault("text", common(a.box, b.box), "%s and %s overlap", a.name(), b.name())
	})
	pairs(texts, bodies, func(i, j int) {
		a, b := &v.texts[i], &v.bodies[j]
		if a.item != b.item && touch([]geom.Box{a.box}, b.shapes) { // a value inside its own symbol is usual
			v.fault("text", common(a.box, b.box), "%s is on %s", a.name(), b.name)
		}
	})
}

func (v *view) bodyBoxes() []geom.Box {
	boxes := make([]geom.Box, len(v.bodies))
	for i := range v.bodies {
		boxes[i] = v.bodies[i].box
	}
	return boxes
}

func (v *view) textBoxes() []geom.Box {
	boxes := make([]geom.Box, len(v.texts))
	for i := range v.texts {
		boxes[i] = v.texts[i].box
	}
	return boxes
}

// throughs finds wires on texts and symbols.
func (v *view) throughs() {
	var lines []geom.Box
	var wires []*connect.Wire
	for _, w := range v.wires {
		if w.Start.X != w.End.X && w.Start.Y != w.End.Y {
			continue // a fault of its own
		}
		// The slack of both boxes is taken off: a line keeps none of its width.
		lines = append(lines, geom.BoxOf(w.Start, w.End).Grow(Slack/2+1))
		wires = append(wires, w)
	}
	labels := v.labelGroups()
	pairs(v.textBoxes(), lines, func(i, j int) {
		t, w := &v.texts[i], wires[j]
		// A label's text stands close to its own net.
		if t.label != nil && labels[t.label] != nil && slices.Contains(labels[t.label].Wires, w) {
			return
		}
		v.fault("wire-text", common(t.box, lines[j]), "a wire runs through %s", t.name())
	})
	pairs(v.bodyBoxes(), lines, func(i, j int) {
		b := &v.bodies[i]
		if b.comesOut(wires[j]) || !touch([]geom.Box{lines[j]}, b.shapes) && v.leadsOut(b, wires[j]) {
			return
		}
		v.fault("wire-symbol", common(b.box, lines[j]), "a wire runs through %s", b.name)
	})
	var pins []geom.Box
	var of []*body
	for i := range v.bodies {
		for _, l := range v.bodies[i].pins {
			// A wire has no other way from a pin that ends on another.
			if l, ok := middlePart(l); ok && !v.bodies[i].endsOn(l) {
				pins, of = append(pins, l), append(of, &v.bodies[i])
			}
		}
	}
	pairs(pins, lines, func(i, j int) {
		v.fault("wire-symbol", common(pins[i], lines[j]), "a wire runs over a pin of %s", of[i].name)
	})
}

// endsOn reports whether one of the pins of a symbol ends in a box.
func (b *body) endsOn(box geom.Box) bool {
	return b.part != nil && slices.ContainsFunc(b.part.Pins(), func(p *connect.Pin) bool { return box.Contains(p.At) })
}

// middlePart returns the line of a pin without its ends, where wires may meet it;
// false where nothing is left.
func middlePart(l geom.Box) (geom.Box, bool) {
	const end = 500_000
	switch {
	case l.Width() > 2*end:
		l.Min.X, l.Max.X = l.Min.X+end, l.Max.X-end
	case l.Height() > 2*end:
		l.Min.Y, l.Max.Y = l.Min.Y+end, l.Max.Y-end
	default:
		return l, false
	}
	return l.Grow(Slack/2 + 1), true
}

// comesOut reports whether a wire begins at a pin that lies inside the body,
// as that of a test point does, and ends outside.
func (b *body) comesOut(w *connect.Wire) bool {
	inner := b.box.Grow(-1) // what ends at the edge is out
	if b.part == nil || inner.Contains(w.Start) == inner.Contains(w.End) {
		return false
	}
	for _, p := range b.part.Pins() {
		if (p.At == w.Start || p.At == w.End) && inner.Contains(p.At) {
			return true
		}
	}
	return false
}

// leadsOut reports whether a wire is joined to a pin that lies inside the body, as
// one between the two halves of a double potentiometer is.
func (v *view) leadsOut(b *body, w *connect.Wire) bool {
	inner := b.box.Grow(-1)
	for _, g := range v.groups {
		if slices.Contains(g.Wires, w) {
			return slices.ContainsFunc(g.Terminals, func(t connect.Terminal) bool { return t.Part == b.part && inner.Contains(t.Pin.At) })
		}
	}
	return false
}

func (v *view) labelGroups() map[*connect.Label]*connect.Group {
	m := map[*connect.Label]*connect.Group{}
	for _, g := range v.groups {
		for _, l := range g.Labels {
			m[l] = g
		}
	}
	return m
}

// grid is half of KiCad's connection grid. Whether a pin can be wired at all is
// for the electrical rules, which take the project's own grid; to the eye
// only what is off this one is out of line.
const grid = geom.Grid / 2

// offGrid finds pins and wire ends off the grid; of a symbol one fault.
func (v *view) offGrid() {
	off := func(p geom.Point) bool { return p.X%grid != 0 || p.Y%grid != 0 }
	for _, p := range v.sheet.Parts {
		for _, pin := range p.Pins() {
			if off(pin.At) {
				v.fault("grid", pin.At, "pin %s of %s is off the grid", pin.Number, v.sch.RefWithUnit(p))
				break
			}
		}
	}
	for _, w := range v.wires {
		switch {
		case off(w.Start):
			v.fault("grid", w.Start, "a wire ends off the grid")
		case off(w.End):
			v.fault("grid", w.End, "a wire ends off the grid")
		}
	}
}

// The title block of KiCad's default drawing sheet, from the lower right corner
// of the page, and the page's margin: up to the inner line of the frame.
const (
	titleWidth  = 120 * geom.MM
	titleHeight = 44 * geom.MM
	margin      = 12 * geom.MM
)

// offPage finds what reaches over the edge of the frame.
func (v *view) offPage() {
	page := geom.Box{Max: geom.Point{X: v.pic.Width, Y: v.pic.Height}}
	frame := page.Grow(-margin)
	title := geom.Box{Min: page.Max.Sub(geom.Point{X: titleWidth, Y: titleHeight}), Max: frame.Max}
	check := func(b geom.Box, name string) {
		b, ok := shrunk(b)
		switch {
		case !ok:
		case b.Min.X < frame.Min.X || b.Min.Y < frame.Min.Y || b.Max.X > frame.Max.X || b.Max.Y > frame.Max.Y:
			v.fault("page", middle(b), "%s is over the frame of the page", name)
		case b.Overlaps(title):
			v.fault("page", middle(b), "%s is in the title block", name)
		}
	}
	for i := range v.bodies {
		if b := &v.bodies[i]; b.part == nil || len(b.part.Pins()) > 0 { // a logo may stand anywhere
			check(b.box, b.name)
		}
	}
	for i := range v.texts {
		if t := &v.texts[i]; t.label != nil || t.of != "" {
			check(t.box, t.name())
		}
	}
	for _, w := range v.wires {
		check(geom.BoxOf(w.Start, w.End).Grow(Slack/2+1), "a wire")
	}
}

// lines finds what is wrong with wires among themselves.
func (v *view) lines() {
	for _, w := range v.wires {
		if w.Start.X != w.End.X && w.Start.Y != w.End.Y {
			v.fault("diagonal", w.Start, "a wire is diagonal")
		}
	}
	tracks := newTracks(v.wires)
	arms := v.arms(&tracks)
	// A label often stands on a wire that ends a little further on.
	labelled := map[*connect.Wire]bool{}
	for _, l := range v.sheet.Drawing.Labels {
		tracks.at(l.At, func(w *connect.Wire) { labelled[w] = true })
	}
	for _, p := range sortedPoints(arms) {
		switch a := arms[p]; {
		case a.lines >= 4:
			v.fault("four-way", p, "%d lines meet", a.lines)
		case a.ends == 1 && a.lines == 1 && a.others == 0 && !labelled[a.wire]:
			v.fault("loose", p, "a wire ends at nothing")
		}
	}
	v.overlays()
}

// An arm is what meets in a point.
type arm struct {
	wire   *connect.Wire // one that ends here
	ends   int           // of wires
	lines  int           // ends of wires and pins; a wire that passes counts twice
	others int           // pins, labels, entries, sheet pins, no-connects
}

// arms counts what meets at the ends of wires.
func (v *view) arms(along *tracks) map[geom.Point]*arm {
	m := map[geom.Point]*arm{}
	for _, w := range v.wires {
		for _, p := range []geom.Point{w.Start, w.End} {
			if m[p] == nil {
				m[p] = &arm{wire: w}
			}
			m[p].ends++
			m[p].lines++
		}
	}
	other := func(p geom.Point, line bool) {
		if a := m[p]; a != nil {
			a.others++
			if line {
				a.lines++
			}
		}
	}
	for _, p := range v.sheet.Parts {
		seen := map[geom.Point]bool{} // pins on each other are one line to the eye
		for _, pin := range p.Pins() {
			other(pin.At, !pin.Lib.Hidden && !seen[pin.At])
			seen[pin.At] = seen[pin.At] || !pin.Lib.Hidden
		}
	}
	d := v.sheet.Drawing
	for _, s := range d.Sheets {
		for _, p := range s.Pins {
			other(p.At, true)
		}
	}
	for _, e := range d.Entries {
		other(e.Start, false)
		other(e.End, false)
	}
	for _, n := range d.NoConnects {
		other(n.At, false)
	}
	for _, l := range d.Labels {
		if m[l.At] == nil {
			continue
		}
		other(l.At, false)
	}
	for p, a := range m {
		a.lines += 2 * along.through(p)
	}
	for _, j := range d.Junctions { // where two wires cross with a dot between
		if m[j.At] == nil {
			if n := 2 * along.through(j.At); n > 0 {
				m[j.At] = &arm{lines: n, others: 1}
			}
		}
	}
	return m
}

func sortedPoints(m map[geom.Point]*arm) []geom.Point {
	points := make([]geom.Point, 0, len(m))
	for p := range m {
		points = append(points, p)
	}
	slices.SortFunc(points, geom.Point.Compare)
	return points
}
