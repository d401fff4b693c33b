package route

import (
	"container/heap"

	"starboard/kicad/geom"
)

// Costs of a way, in half steps of the grid.
const (
	stepCost  = 2
	bendCost  = 10
	crossCost = 24
)

// window is how far a way may leave the box around its ends, in steps, and
// most how many places one search looks at.
const (
	window     = 14
	mostVisits = 6000
)

// A Way is a path between two places.
type Way struct {
	Points           []geom.Point // the ends and the corners between them
	Length           int64        // in steps of the grid
	Bends, Crossings int
}

// Route finds a way for a wire of a net from one place to another: along the
// grid, through no box, touching nothing of another net and nothing of its own
// but at the ends, crossing other wires only in their middle. Of all such ways
// it takes one with the least cost of length, bends and crossings. It gives up,
// and returns false, where the search grows beyond a bound.
//
// This is the maze search of Lee (1961), guided towards its end as A* is (Hart,
// Nilsson and Raphael, 1968).
func (c *Canvas) Route(from, to geom.Point, net int) (Way, bool) {
	m := newMaze(c, from, to, net)
	if m == nil {
		return Way{}, false
	}
	return m.search()
}

// What stands at a place of the maze.
const (
	free       uint8 = iota
	horizontal       // a wire runs through from left to right: only to be crossed
	vertical         // one runs through from top to bottom
	blocked
)

type maze struct {
	origin   geom.Point
	w, h     int
	place    []uint8
	wallR    []bool // to the next place on the right
	wallD    []bool // to the next place below
	from, to int
}

func newMaze(c *Canvas, from, to geom.Point, net int) *maze {
	if !from.OnGrid() || !to.OnGrid() || from == to {
		return nil
	}
	area := geom.BoxOf(from, to).Grow(window * geom.Grid)
	m := &maze{origin: area.Min, w: int(area.Width()/geom.Grid) + 1, h: int(area.Height()/geom.Grid) + 1}
	const most = 1 << 16
	if m.w*m.h > most {
		return nil
	}
	n := m.w * m.h
	m.place, m.wallR, m.wallD = make([]uint8, n), make([]bool, n), make([]bool, n)
	m.from, m.to = m.index(from), m.index(to)
	c.near(area, func(r ref) bool {
		switch r.kind {
		case boxItem:
			b := c.Boxes[r.i].Box
			if !b.Contains(from) && !b.Contains(to) {
				b = b.Grow(gap / 2)
			}
			m.block(b)
		case wireItem:
			m.wire(c.Wires[r.i])
		default:
			if k, ok := m.at(c.Pins[r.i].At); ok && k != m.from && k != m.to {
				m.place[k] = blocked
			}
		}
		return true
	})
	// The ends are on wires of their own.
	m.place[m.from], m.place[m.to] = free, free
	return m
}

func (m *maze) index(p geom.Point) int {
	return int((p.Y-m.origin.Y)/geom.Grid)*m.w + int((p.X-m.origin.X)/geom.Grid)
}

func (m *maze) at(p geom.Point) (int, bool) {
	if p.X < m.origin.X || p.Y < m.origin.Y || p.X > m.origin.X+int64(m.w-1)*geom.Grid || p.Y > m.origin.Y+int64(m.h-1)*geom.Grid || !p.OnGrid() {
		return 0, false
	}
	return m.index(p), true
}

// block puts walls where a step would pass through a box.
func (m *maze) block(b geom.Box) {
	x0 := max(0, int((geom.SnapDown(b.Min.X)-m.origin.X)/geom.Grid)-1)
	y0 := max(0, int((geom.SnapDown(b.Min.Y)-m.origin.Y)/geom.Grid)-1)
	x1 := min(m.w-1, int((geom.SnapUp(b.Max.X)-m.origin.X)/geom.Grid)+1)
	y1 := min(m.h-1, int((geom.SnapUp(b.Max.Y)-m.origin.Y)/geom.Grid)+1)
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			k := y*m.w + x
			p := geom.Point{X: m.origin.X + int64(x)*geom.Grid, Y: m.origin.Y + int64(y)*geom.Grid}
			if geom.BoxOf(p, geom.Point{X: p.X + geom.Grid, Y: p.Y}).Overlaps(b) {
				m.wallR[k] = true
			}
			if geom.BoxOf(p, geom.Point{X: p.X, Y: p.Y + geom.Grid}).Overlaps(b) {
				m.wallD[k] = true
			}
		}
	}
}

// wire lets a wire be crossed in its middle, and blocks its ends.
func (m *maze) wire(w Wire) {
	l := w.line()
	pass := vertical
	dx, dy := int64(0), int64(geom.Grid)
	if w.horizontal() {
		pass, dx, dy = horizontal, geom.Grid, 0
	}
	for p := l.Min; l.Contains(p); p = p.Add(geom.Point{X: dx, Y: dy}) {
		k, ok := m.at(p)
		if !ok {
			continue
		}
		switch {
		case p == l.Min, p == l.Max, m.place[k] != free && m.place[k] != pass:
			m.place[k] = blocked
		default:
			m.place[k] = pass
		}
		if p != l.Max {
			if w.horizontal() {
				m.wallR[k] = true
			} else {
				m.wallD[k] = true
			}
		}
	}
}

type node struct {
	cost, guess int
	state       int32 // place*4 + direction
	seq         int32
}

type queue []node

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if q[i].guess != q[j].guess {
		return q[i].guess < q[j].guess
	}
	return q[i].seq < q[j].seq
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(node)) }
func (q *queue) Pop() any {
	old := *q
	n := old[len(old)-1]
	*q = old[:len(old)-1]
	return n
}

func (m *maze) search() (Way, bool) {
	best := map[int32]int{}
	came := map[int32]int32{}
	var q queue
	seq := int32(0)
	push := func(state, from int32, cost int) {
		if b, ok := best[state]; ok && b <= cost {
			return
		}
		best[state] = cost
		came[state] = from
		k := int(state / 4)
		dx, dy := k%m.w-m.to%m.w, k/m.w-m.to/m.w
		seq++
		heap.Push(&q, node{cost, cost + stepCost*(abs(dx)+abs(dy)), state, seq})
	}
	for d := range 4 {
		push(int32(m.from*4+d), -1, 0)
	}
	for visits := 0; len(q) > 0 && visits < mostVisits; visits++ {
		n := heap.Pop(&q).(node)
		if best[n.state] < n.cost {
			continue
		}
		k, d := int(n.state/4), int(n.state%4)
		if k == m.to {
			return m.way(n.state, came), true
		}
		for turn := range 4 {
			if (turn+2)%4 == d || turn != d && m.place[k] != free {
				continue
			}
			next, ok := m.next(k, turn)
			if !ok {
				continue
			}
			cost := n.cost + stepCost
			if turn != d && k != m.from {
				cost += bendCost
			}
			if m.place[next] != free {
				cost += crossCost
			}
			push(int32(next*4+turn), n.state, cost)
		}
	}
	return Way{}, false
}

// next returns the place one step on, unless a wall or a wire is in the way.
func (m *maze) next(k, d int) (int, bool) {
	x, y := k%m.w, k/m.w
	switch geom.Side(d) {
	case geom.Right:
		if x == m.w-1 || m.wallR[k] {
			return 0, false
		}
		k++
	case geom.Left:
		if x == 0 || m.wallR[k-1] {
			return 0, false
		}
		k--
	case geom.Down:
		if y == m.h-1 || m.wallD[k] {
			return 0, false
		}
		k += m.w
	case geom.Up:
		if y == 0 || m.wallD[k-m.w] {
			return 0, false
		}
		k -= m.w
	}
	across := vertical
	if d%2 == 1 {
		across = horizontal
	}
	return k, m.place[k] == free || m.place[k] == across
}

func (m *maze) way(state int32, came map[int32]int32) Way {
	var w Way
	at := func(s int32) geom.Point {
		k := int(s / 4)
		return geom.Point{X: m.origin.X + int64(k%m.w)*geom.Grid, Y: m.origin.Y + int64(k/m.w)*geom.Grid}
	}
	w.Points = []geom.Point{at(state)}
	for prev := came[state]; prev >= 0; state, prev = prev, came[prev] {
		w.Length++
		if m.place[prev/4] != free {
			w.Crossings++
		}
		if next := came[prev]; next < 0 || prev%4 != state%4 {
			if next >= 0 {
				w.Bends++
			}
			w.Points = append(w.Points, at(prev))
		}
	}
	return w
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
