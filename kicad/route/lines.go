package route

import (
	"cmp"
	"slices"

	"starboard/kicad/geom"
)

// Lines returns the wires that KiCad would save for a set of wires: pieces of
// one net that lie on each other or end to end are one, and each is split
// where another of its net, or a pin, joins it; and the places where three or
// more ends meet, which need a junction. The order of the result follows from
// the input's. A piece takes the key of the first wire that it covers.
func Lines(wires []Wire, pins []Pin) (pieces []Wire, junctions []Pin) {
	byNet := map[int][]Wire{}
	var nets []int
	for _, w := range wires {
		if w.A == w.B {
			continue
		}
		if byNet[w.Net] == nil {
			nets = append(nets, w.Net)
		}
		byNet[w.Net] = append(byNet[w.Net], w)
	}
	pinsOf := map[int][]geom.Point{}
	for _, p := range pins {
		pinsOf[p.Net] = append(pinsOf[p.Net], p.At)
	}
	for _, n := range nets {
		p, j := linesOfNet(byNet[n], pinsOf[n])
		pieces = append(pieces, p...)
		for _, at := range j {
			junctions = append(junctions, Pin{at, n})
		}
	}
	return pieces, junctions
}

func linesOfNet(wires []Wire, pins []geom.Point) (pieces []Wire, junctions []geom.Point) {
	merged := append(merge(wires, true), merge(wires, false)...)
	// A line is split where another ends on it, and at pins.
	rows, columns := map[int64][]Wire{}, map[int64][]Wire{}
	for _, w := range merged {
		if w.horizontal() {
			rows[w.A.Y] = append(rows[w.A.Y], w)
		} else {
			columns[w.A.X] = append(columns[w.A.X], w)
		}
	}
	var stops []geom.Point
	for _, w := range merged {
		stops = append(stops, w.A, w.B)
	}
	// So is one where it crosses another, if a wire ends there that was merged.
	for _, w := range wires {
		for _, end := range []geom.Point{w.A, w.B} {
			if onAny(rows[end.Y], end) && onAny(columns[end.X], end) {
				stops = append(stops, end)
			}
		}
	}
	stops = append(stops, pins...)
	slices.SortFunc(stops, geom.Point.Compare)
	stops = slices.Compact(stops)
	inRow, inColumn := map[int64][]geom.Point{}, map[int64][]geom.Point{}
	for _, s := range stops {
		inRow[s.Y] = append(inRow[s.Y], s)
		inColumn[s.X] = append(inColumn[s.X], s)
	}
	ends := map[geom.Point]int{}
	for _, w := range merged {
		line := w.line()
		at := w.A
		near := inColumn[w.A.X]
		if w.horizontal() {
			near = inRow[w.A.Y]
		}
		for _, s := range near { // in the direction of the line, for both are sorted
			if s == w.A || !line.Contains(s) {
				continue
			}
			pieces = append(pieces, Wire{A: at, B: s, Net: w.Net})
			ends[at]++
			ends[s]++
			at = s
		}
	}
	for _, p := range pins {
		ends[p]++
	}
	for _, s := range stops {
		if ends[s] > 2 {
			junctions = append(junctions, s)
		}
	}
	along := map[bool]map[int64][]Wire{true: {}, false: {}}
	for _, w := range wires {
		along[w.horizontal()][w.across()] = append(along[w.horizontal()][w.across()], w)
	}
	for i := range pieces {
		piece := &pieces[i]
		line := piece.line()
		for _, w := range along[piece.horizontal()][piece.across()] {
			if touchesAlong(line, w.line(), piece.horizontal()) {
				piece.Key = w.Key
				break
			}
		}
	}
	return pieces, junctions
}

// onAny reports whether one of the lines passes a place.
func onAny(lines []Wire, at geom.Point) bool {
	return slices.ContainsFunc(lines, func(w Wire) bool { return w.line().Contains(at) })
}

// touchesAlong reports whether two lines of one direction share a length.
func touchesAlong(a, b geom.Box, horizontal bool) bool {
	if horizontal {
		return a.Min.Y == b.Min.Y && a.Min.X < b.Max.X && b.Min.X < a.Max.X
	}
	return a.Min.X == b.Min.X && a.Min.Y < b.Max.Y && b.Min.Y < a.Max.Y
}

// merge returns the wires of one direction, from left to right or from the top
// down, those that touch as one.
func merge(wires []Wire, horizontal bool) []Wire {
	var list []Wire
	for _, w := range wires {
		if w.horizontal() == horizontal {
			l := w.line()
			list = append(list, Wire{A: l.Min, B: l.Max, Net: w.Net})
		}
	}
	slices.SortFunc(list, func(a, b Wire) int {
		if horizontal {
			return cmp.Or(cmp.Compare(a.A.Y, b.A.Y), cmp.Compare(a.A.X, b.A.X))
		}
		return cmp.Or(cmp.Compare(a.A.X, b.A.X), cmp.Compare(a.A.Y, b.A.Y))
	})
	var out []Wire
	for _, w := range list {
		if k := len(out) - 1; k >= 0 {
			o := &out[k]
			if horizontal && o.A.Y == w.A.Y && w.A.X <= o.B.X {
				o.B.X = max(o.B.X, w.B.X)
				continue
			}
			if !horizontal && o.A.X == w.A.X && w.A.Y <= o.B.Y {
				o.B.Y = max(o.B.Y, w.B.Y)
				continue
			}
		}
		out = append(out, w)
	}
	return out
}
