// Package geom has the integer geometry of a schematic: points and boxes in
// nanometres, and the orientations that KiCad gives symbols.
//
// On a sheet x grows to the right and y grows downwards. In a symbol library
// y grows upwards; [Orientation.Apply] takes library coordinates and returns
// sheet coordinates relative to the symbol's anchor.
package geom

import (
	"fmt"
	"slices"
)

// Lengths in nanometres.
const (
	MM   = 1_000_000
	Mil  = 25_400
	Grid = 50 * Mil // 1.27 mm: pins, wire ends and labels stand on it
)

// A Point is a place, or a distance, in nanometres.
type Point struct{ X, Y int64 }

func (p Point) Add(q Point) Point { return Point{p.X + q.X, p.Y + q.Y} }
func (p Point) Sub(q Point) Point { return Point{p.X - q.X, p.Y - q.Y} }

// OnGrid reports whether both coordinates are multiples of [Grid].
func (p Point) OnGrid() bool { return p.X%Grid == 0 && p.Y%Grid == 0 }

// String returns the point in millimetres, for messages.
func (p Point) String() string {
	return fmt.Sprintf("(%s, %s)", millimetres(p.X), millimetres(p.Y))
}

func millimetres(nm int64) string {
	sign := ""
	if nm < 0 {
		sign, nm = "-", -nm
	}
	return fmt.Sprintf("%s%d.%02d", sign, nm/MM, nm%MM/(MM/100))
}

// Compare orders points from the top down, then from the left to the right.
func (p Point) Compare(q Point) int {
	switch {
	case p.Y < q.Y, p.Y == q.Y && p.X < q.X:
		return -1
	case p == q:
		return 0
	}
	return 1
}

// A Box is a rectangle that contains its edges, Min.X <= Max.X and
// Min.Y <= Max.Y. The zero Box is the point at the origin.
type Box struct{ Min, Max Point }

// BoxOf returns the smallest box around the points, of which there must be
// at least one.
func BoxOf(points ...Point) Box {
	b := Box{points[0], points[0]}
	for _, p := range points[1:] {
		b = b.Union(Box{p, p})
	}
	return b
}

// Union returns the smallest box around both.
func (b Box) Union(c Box) Box {
	return Box{
		Point{min(b.Min.X, c.Min.X), min(b.Min.Y, c.Min.Y)},
		Point{max(b.Max.X, c.Max.X), max(b.Max.Y, c.Max.Y)},
	}
}

// Add returns b moved by p.
func (b Box) Add(p Point) Box { return Box{b.Min.Add(p), b.Max.Add(p)} }

// Grow returns b with each edge moved outwards by d.
func (b Box) Grow(d int64) Box {
	return Box{Point{b.Min.X - d, b.Min.Y - d}, Point{b.Max.X + d, b.Max.Y + d}}
}

// Overlaps reports whether the boxes share an area: touching edges do not.
func (b Box) Overlaps(c Box) bool {
	return b.Min.X < c.Max.X && c.Min.X < b.Max.X && b.Min.Y < c.Max.Y && c.Min.Y < b.Max.Y
}

// Contains reports whether p lies in b or on its edge.
func (b Box) Contains(p Point) bool {
	return b.Min.X <= p.X && p.X <= b.Max.X && b.Min.Y <= p.Y && p.Y <= b.Max.Y
}

func (b Box) Width() int64  { return b.Max.X - b.Min.X }
func (b Box) Height() int64 { return b.Max.Y - b.Min.Y }

// SnapUp returns the smallest multiple of [Grid] that is at least v.
func SnapUp(v int64) int64 {
	r := v % Grid
	if r > 0 {
		r -= Grid
	}
	return v - r
}

// SnapDown returns the largest multiple of [Grid] that is at most v.
func SnapDown(v int64) int64 { return -SnapUp(-v) }

// A Mirror says how a symbol is mirrored after it has been rotated.
type Mirror string

const (
	None    Mirror = ""
	MirrorX Mirror = "x" // top and bottom change places
	MirrorY Mirror = "y" // left and right change places
)

// An Orientation is how a symbol stands on a sheet: rotated counter-clockwise
// by Angle (0, 90, 180 or 270 degrees), then mirrored. The zero Orientation is
// that of the library.
type Orientation struct {
	Angle  int
	Mirror Mirror
}

// Orientations lists the eight forms that KiCad writes. The other four pairs
// of angle and mirror are second names for some of them.
var Orientations = []Orientation{
	{0, None}, {90, None}, {180, None}, {270, None}, {0, MirrorX}, {0, MirrorY}, {90, MirrorX}, {270, MirrorX},
}

// Canonical returns the form of o that KiCad writes.
func (o Orientation) Canonical() Orientation {
	switch o {
	case Orientation{180, MirrorX}:
		return Orientation{0, MirrorY}
	case Orientation{180, MirrorY}:
		return Orientation{0, MirrorX}
	case Orientation{90, MirrorY}:
		return Orientation{270, MirrorX}
	case Orientation{270, MirrorY}:
		return Orientation{90, MirrorX}
	}
	return o
}

// Valid reports whether o is one of [Orientations] or a second name of one.
func (o Orientation) Valid() bool { return slices.Contains(Orientations, o.Canonical()) }

// Apply returns where a place in library coordinates comes to lie on the
// sheet, relative to the anchor of the symbol.
func (o Orientation) Apply(lib Point) Point {
	return o.Turn(Point{lib.X, -lib.Y})
}

// Turn rotates and mirrors a distance that is in sheet coordinates already.
func (o Orientation) Turn(p Point) Point {
	switch o.Angle {
	case 90:
		p = Point{p.Y, -p.X}
	case 180:
		p = Point{-p.X, -p.Y}
	case 270:
		p = Point{-p.Y, p.X}
	}
	switch o.Mirror {
	case MirrorX:
		p.Y = -p.Y
	case MirrorY:
		p.X = -p.X
	}
	return p
}

// ApplyBox returns the box that a box in library coordinates takes on the
// sheet, relative to the anchor of the symbol.
func (o Orientation) ApplyBox(lib Box) Box { return BoxOf(o.Apply(lib.Min), o.Apply(lib.Max)) }

// A Side is a direction on a sheet.
type Side int

const (
	Right Side = iota
	Up
	Left
	Down
)

// Vector returns the unit step towards s.
func (s Side) Vector() Point {
	return [...]Point{Right: {1, 0}, Up: {0, -1}, Left: {-1, 0}, Down: {0, 1}}[s]
}

// Angle returns the angle that KiCad gives a label that reads towards s.
func (s Side) Angle() int { return int(s) * 90 }

// Opposite returns the other direction of the same axis.
func (s Side) Opposite() Side { return (s + 2) % 4 }

func (s Side) String() string { return [...]string{"right", "up", "left", "down"}[s] }

// SideOf returns the direction of a distance along an axis.
func SideOf(p Point) Side {
	switch {
	case p.X > 0:
		return Right
	case p.X < 0:
		return Left
	case p.Y < 0:
		return Up
	}
	return Down
}
