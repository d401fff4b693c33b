package connect

import (
	"slices"
	"strings"

	"starboard/kicad/geom"
)

// contains reports whether a point lies inside of the outline or on it.
func (r *RuleArea) contains(p geom.Point) bool { return r.touches(p) || r.encloses(p) }

// touches reports whether a point lies on the outline.
func (r *RuleArea) touches(p geom.Point) bool {
	for i, a := range r.Points {
		if onSegment(a, r.Points[(i+1)%len(r.Points)], p, rounding) {
			return true
		}
	}
	return false
}

// crosses reports whether a part of a wire lies inside.
func (r *RuleArea) crosses(w *Wire) bool {
	for _, p := range []geom.Point{w.Start, w.End} {
		if !r.touches(p) && r.encloses(p) {
			return true
		}
	}
	for i, a := range r.Points {
		b := r.Points[(i+1)%len(r.Points)]
		if side(a, b, w.Start)*side(a, b, w.End) < 0 && side(w.Start, w.End, a)*side(w.Start, w.End, b) < 0 {
			return true
		}
	}
	return false
}

// side says on which side of the line from a to b a point lies.
func side(a, b, p geom.Point) int {
	l, r := product(b.X-a.X, p.Y-a.Y), product(b.Y-a.Y, p.X-a.X)
	switch {
	case l == r:
		return 0
	case float64(b.X-a.X)*float64(p.Y-a.Y) > float64(b.Y-a.Y)*float64(p.X-a.X):
		return 1
	}
	return -1
}

// encloses reports whether a point that is not on the outline lies inside.
func (r *RuleArea) encloses(p geom.Point) bool {
	inside := false
	for i, a := range r.Points {
		b := r.Points[(i+1)%len(r.Points)]
		if (a.Y > p.Y) == (b.Y > p.Y) {
			continue
		}
		// The edge crosses the level of p to the right of it.
		cross := float64(b.X-a.X)*float64(p.Y-a.Y) - float64(b.Y-a.Y)*float64(p.X-a.X)
		if (cross > 0) == (b.Y > a.Y) {
			inside = !inside
		}
	}
	return inside
}

// directives returns the directive labels that stand on the outline.
func (r *RuleArea) directives(d *Drawing) []*Label {
	var found []*Label
	for _, l := range d.Labels {
		if l.Kind == Directive && r.touches(l.At) {
			found = append(found, l)
		}
	}
	return found
}

// An exclusion is what rule areas say of a part.
type exclusion struct{ ExcludeFromBOM, OffBoard, DNP bool }

// areaOf returns what the rule areas around a part say of it.
func (s *Schematic) areaOf(p *Part) exclusion {
	var e exclusion
	for _, r := range p.Sheet.Drawing.RuleAreas {
		if r.contains(p.Symbol.At) {
			e.ExcludeFromBOM = e.ExcludeFromBOM || r.ExcludeFromBOM
			e.OffBoard = e.OffBoard || r.OffBoard
			e.DNP = e.DNP || r.DNP
		}
	}
	return e
}

// componentClasses returns the component classes of a part: those of a field
// of that name, and those of rule areas around it.
func (s *Schematic) componentClasses(units []*Part) []string {
	var names []string
	add := func(fields []*Field, text func(*Field) string) {
		for _, f := range fields {
			if f.Name == "Component Class" {
				if v := text(f); v != "" && !slices.Contains(names, v) {
					names = append(names, v)
				}
			}
		}
	}
	for _, p := range units {
		add(p.Symbol.Fields, func(f *Field) string { return s.text(p, f) })
		for _, r := range p.Sheet.Drawing.RuleAreas {
			if !r.contains(p.Symbol.At) {
				continue
			}
			for _, l := range r.directives(p.Sheet.Drawing) {
				add(l.Fields, func(f *Field) string { return s.expandLabel(p.Sheet, f.Value) })
			}
		}
	}
	slices.SortFunc(names, strings.Compare)
	return names
}
