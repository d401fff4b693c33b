package connect

import (
	"math/bits"
	"slices"

	"starboard/kicad/geom"
)

// A lineIndex finds the wires through a point. Those along an axis are kept
// by the coordinate that all their points share.
type lineIndex struct {
	wires        []*Wire
	level, plumb []int32 // by y, by x
	slanted      []int32
}

func (x *lineIndex) build(wires []*Wire) {
	x.wires, x.level, x.plumb, x.slanted = wires, x.level[:0], x.plumb[:0], x.slanted[:0]
	for i, w := range wires {
		switch {
		case w.Start.Y == w.End.Y:
			x.level = append(x.level, int32(i))
		case w.Start.X == w.End.X:
			x.plumb = append(x.plumb, int32(i))
		default:
			x.slanted = append(x.slanted, int32(i))
		}
	}
	slices.SortStableFunc(x.level, func(a, b int32) int { return int(sign(wires[a].Start.Y - wires[b].Start.Y)) })
	slices.SortStableFunc(x.plumb, func(a, b int32) int { return int(sign(wires[a].Start.X - wires[b].Start.X)) })
}

func sign(v int64) int64 {
	switch {
	case v < 0:
		return -1
	case v > 0:
		return 1
	}
	return 0
}

// through calls visit with each wire that passes within slack of p.
func (x *lineIndex) through(p geom.Point, slack int64, visit func(wire int32)) {
	x.scan(x.level, p, slack, p.Y, func(w *Wire) int64 { return w.Start.Y }, visit)
	x.scan(x.plumb, p, slack, p.X, func(w *Wire) int64 { return w.Start.X }, visit)
	for _, i := range x.slanted {
		if w := x.wires[i]; onSegment(w.Start, w.End, p, slack) {
			visit(i)
		}
	}
}

func (x *lineIndex) scan(sorted []int32, p geom.Point, slack, value int64, key func(*Wire) int64, visit func(int32)) {
	i, _ := slices.BinarySearchFunc(sorted, value-slack, func(i int32, v int64) int {
		return int(sign(key(x.wires[i]) - v))
	})
	for ; i < len(sorted) && key(x.wires[sorted[i]]) <= value+slack; i++ {
		if w := x.wires[sorted[i]]; onSegment(w.Start, w.End, p, slack) {
			visit(sorted[i])
		}
	}
}

// onSegment reports whether p is within slack of the line from a to b.
func onSegment(a, b, p geom.Point, slack int64) bool {
	if p.X < min(a.X, b.X)-slack || p.X > max(a.X, b.X)+slack || p.Y < min(a.Y, b.Y)-slack || p.Y > max(a.Y, b.Y)+slack {
		return false
	}
	if a.X == b.X || a.Y == b.Y {
		return true
	}
	dx, dy, ex, ey := b.X-a.X, b.Y-a.Y, p.X-a.X, p.Y-a.Y
	if slack == 0 {
		return product(dx, ey) == product(dy, ex)
	}
	// The distance is |cross| / length. Rounding does not decide: points on
	// the line of a real drawing are far closer than the slack, or far off.
	cross := float64(dx)*float64(ey) - float64(dy)*float64(ex)
	return cross*cross <= float64(slack)*float64(slack)*(float64(dx)*float64(dx)+float64(dy)*float64(dy))
}

// product returns a·b, which may have 84 bits, as sign and magnitude.
func product(a, b int64) [3]uint64 {
	hi, lo := bits.Mul64(uint64(abs(a)), uint64(abs(b)))
	if hi == 0 && lo == 0 {
		return [3]uint64{}
	}
	negative := uint64(0)
	if (a < 0) != (b < 0) {
		negative = 1
	}
	return [3]uint64{negative, hi, lo}
}
