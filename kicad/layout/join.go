package layout

import (
	"cmp"
	"slices"
	"strconv"

	"starboard/kicad/geom"
	"starboard/kicad/route"
	"starboard/kicad/wire"
)

// What a wire between two blocks may be, lest labels are better: its length in
// steps of the grid, how much longer it may be than the distance of its ends,
// and its bends and crossings.
const (
	mostLength    = 60
	mostDetour    = 4
	mostBends     = 2
	mostCrossings = 1
	mostFaces     = 2 // labels of a net that wires may replace
	mostStack     = 2 // labels below each other that may go
)

// join replaces labels of a net by wires between the blocks where that is easy
// to follow.
func (b *builder) join(s *sketch) {
	cv := &route.Canvas{}
	fixed := slices.DeleteFunc(slices.Clone(s.Boxes), func(b route.Box) bool { return b.Owner == labelOwner })
	cv.Add(&route.Items{Boxes: fixed, Wires: s.Wires, Pins: s.Pins}, geom.Point{})
	of := map[*net][]int{}
	for i := range s.marks {
		m := &s.marks[i]
		if m.power {
			continue
		}
		m.box = cv.Add(&route.Items{Boxes: []route.Box{{Box: wire.LabelBox(m.net.Net, m.toward).Add(m.at)}}}, geom.Point{})
		of[m.net] = append(of[m.net], i)
	}
	stacks := stackHeights(s.marks)
	type pair struct {
		n    *net
		i, k int
		far  int64
	}
	var pairs []pair
	for _, n := range b.nets {
		if l := of[n]; len(l) == mostFaces && !n.still() && s.frameAt(s.marks[l[0]].at) == s.frameAt(s.marks[l[1]].at) {
			d := s.marks[l[0]].at.Sub(s.marks[l[1]].at)
			far := (max(d.X, -d.X) + max(d.Y, -d.Y)) / geom.Grid
			if far > 0 && far <= mostLength && stacks[l[0]] <= mostStack && stacks[l[1]] <= mostStack {
				pairs = append(pairs, pair{n, l[0], l[1], far})
			}
		}
	}
	slices.SortStableFunc(pairs, func(p, q pair) int { return cmp.Compare(p.far, q.far) })
	drop := map[int]bool{}
	for _, p := range pairs {
		m, o := &s.marks[p.i], &s.marks[p.k]
		if pins, _ := cv.Joined(p.n.id, m.at); len(pins) == 0 || cv.Arms(m.at, p.n.id) > 2 || cv.Arms(o.at, p.n.id) > 2 {
			continue
		}
		cv.Remove(m.box)
		cv.Remove(o.box)
		way, ok := cv.Route(m.at, o.at, p.n.id)
		ok = ok && way.Length <= p.far+mostDetour && way.Bends <= mostBends && way.Crossings <= mostCrossings
		ok = ok && !namedOn(s.marks, p.n, way.Points)
		var label mark
		if ok && (p.n.named() || p.n.public) {
			label, ok = b.nameWay(cv, p.n, way, m)
		}
		if !ok {
			cv.Restore(m.box)
			cv.Restore(o.box)
			continue
		}
		var w route.Items
		for i := 1; i < len(way.Points); i++ {
			w.Wires = append(w.Wires, route.Wire{A: way.Points[i-1], B: way.Points[i], Net: p.n.id, Key: "join " + m.key + " " + o.key + " " + strconv.Itoa(i)})
		}
		cv.Add(&w, geom.Point{})
		s.Wires = append(s.Wires, w.Wires...)
		drop[p.k] = true
		if label.net == nil {
			drop[p.i] = true
			continue
		}
		label.box = cv.Add(&route.Items{Boxes: []route.Box{{Box: wire.LabelBox(p.n.Net, label.toward).Add(label.at)}}}, geom.Point{})
		s.marks[p.i] = label
	}
	var left []mark
	for i, m := range s.marks {
		if !drop[i] {
			left = append(left, m)
		}
	}
	s.marks = left
}

// stackHeights returns for each mark how many labels stand below each other
// with it: columns of labels read better than many wires side by side.
func stackHeights(marks []mark) []int {
	var labels []int
	for i := range marks {
		if !marks[i].power {
			labels = append(labels, i)
		}
	}
	slices.SortStableFunc(labels, func(i, k int) int {
		a, b := &marks[i], &marks[k]
		return cmp.Or(cmp.Compare(a.toward, b.toward), cmp.Compare(a.at.X, b.at.X), cmp.Compare(a.at.Y, b.at.Y))
	})
	heights := make([]int, len(marks))
	for from := 0; from < len(labels); {
		to := from + 1
		for to < len(labels) {
			a, b := &marks[labels[to-1]], &marks[labels[to]]
			if a.toward != b.toward || a.at.X != b.at.X || b.at.Y-a.at.Y > 2*geom.Grid {
				break
			}
			to++
		}
		for _, i := range labels[from:to] {
			heights[i] = to - from
		}
		from = to
	}
	return heights
}

// nameWay finds a place for the name of a net on a new wire, or leaves it
// where it stood.
func (b *builder) nameWay(cv *route.Canvas, n *net, way route.Way, old *mark) (mark, bool) {
	clear := func(box geom.Box, at geom.Point) bool {
		for i := 1; i < len(way.Points); i++ {
			line := geom.BoxOf(way.Points[i-1], way.Points[i])
			if line.Min.Y == line.Max.Y && line.Min.Y == at.Y {
				continue
			}
			if line.Overlaps(box.Grow(100_000)) {
				return false
			}
		}
		return true
	}
	m := *old
	if flag(n) == 1 {
		return m, false
	}
	if !vertical(old.toward) {
		if box := wire.LabelBox(n.Net, old.toward).Add(old.at); cv.FreeLabel(box, old.at, true) && cv.StandsOut(box) && clear(box, old.at) {
			return m, true
		}
	}
	for i := 1; i < len(way.Points); i++ {
		line := geom.BoxOf(way.Points[i-1], way.Points[i])
		if line.Width() == 0 {
			continue
		}
		for at := line.Min; at.X <= line.Max.X; at.X += geom.Grid {
			if box := wire.LabelBox(n.Net, geom.Right).Add(at); cv.FreeLabel(box, at, true) && cv.StandsOut(box) && clear(box, at) && cv.FreeWire(route.Wire{A: at, B: at, Net: n.id}, 0) {
				m.at, m.toward = at, geom.Right
				return m, true
			}
		}
	}
	return m, false
}
