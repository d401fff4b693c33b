package score

import (
	"cmp"
	"slices"

	"starboard/kicad/connect"
	"starboard/kicad/geom"
)

// A span is a horizontal or vertical wire: where it begins and ends on its
// line.
type span struct {
	from, to int64
	wire     *connect.Wire
}

// tracks are the wires by the line that they lie on, by their beginnings.
type tracks struct {
	rows, columns map[int64][]span
}

func newTracks(wires []*connect.Wire) tracks {
	t := tracks{map[int64][]span{}, map[int64][]span{}}
	for _, w := range wires {
		switch {
		case w.Start.Y == w.End.Y:
			t.rows[w.Start.Y] = append(t.rows[w.Start.Y], span{min(w.Start.X, w.End.X), max(w.Start.X, w.End.X), w})
		case w.Start.X == w.End.X:
			t.columns[w.Start.X] = append(t.columns[w.Start.X], span{min(w.Start.Y, w.End.Y), max(w.Start.Y, w.End.Y), w})
		}
	}
	for _, lines := range []map[int64][]span{t.rows, t.columns} {
		for _, list := range lines {
			slices.SortStableFunc(list, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
		}
	}
	return t
}

// through returns how many wires run through a point without ending there.
func (t *tracks) through(p geom.Point) (n int) {
	count := func(list []span, at int64) {
		for _, s := range list {
			if s.from >= at {
				break
			}
			if s.to > at {
				n++
			}
		}
	}
	count(t.rows[p.Y], p.X)
	count(t.columns[p.X], p.Y)
	return n
}

// at calls f for the wires that run through a point or end there.
func (t *tracks) at(p geom.Point, f func(*connect.Wire)) {
	find := func(list []span, at int64) {
		for _, s := range list {
			if s.from > at {
				break
			}
			if s.to >= at {
				f(s.wire)
			}
		}
	}
	find(t.rows[p.Y], p.X)
	find(t.columns[p.X], p.Y)
}

// crossings calls f for each point where a horizontal and a vertical wire run
// through each other.
func (t *tracks) crossings(f func(p geom.Point, row, column *connect.Wire)) {
	ys := make([]int64, 0, len(t.rows))
	for y := range t.rows {
		ys = append(ys, y)
	}
	slices.Sort(ys)
	xs := make([]int64, 0, len(t.columns))
	for x := range t.columns {
		xs = append(xs, x)
	}
	slices.Sort(xs)
	for _, x := range xs {
		for _, c := range t.columns[x] {
			i, _ := slices.BinarySearch(ys, c.from+1)
			for ; i < len(ys) && ys[i] < c.to; i++ {
				for _, r := range t.rows[ys[i]] {
					if r.from >= x {
						break
					}
					if r.to > x {
						f(geom.Point{X: x, Y: ys[i]}, r.wire, c.wire)
					}
				}
			}
		}
	}
}

// overlays finds wires that lie on each other.
func (v *view) overlays() {
	t := newTracks(v.wires)
	seen := func(lines map[int64][]span, at func(line, along int64) geom.Point) {
		keys := make([]int64, 0, len(lines))
		for k := range lines {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			end := int64(0)
			for i, s := range lines[k] {
				if i > 0 && s.from < end {
					v.fault("overlay", at(k, s.from), "two wires lie on each other")
				}
				end = max(end, s.to)
				if i == 0 {
					end = s.to
				}
			}
		}
	}
	seen(t.rows, func(y, x int64) geom.Point { return geom.Point{X: x, Y: y} })
	seen(t.columns, func(x, y int64) geom.Point { return geom.Point{X: x, Y: y} })
}
