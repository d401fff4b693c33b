package layout

import (
	"starboard/kicad/geom"
)

// Twins are two amplifiers of one kind whose equal inputs a chain joins, as the first
// stage of an instrumentation amplifier has them: one stands above the other, mirrored
// where it has no supply pins that would be upside down, with the chain between.

// twinPitch is how far apart twins stand, for their feedback is between them.
const twinPitch = 28 * geom.Grid

// twin returns the unit that is drawn below another one, nil if there is none.
func (b *builder) twin(u *unit) *unit {
	if !b.canBeTwin(u) {
		return nil
	}
	for i, t := range u.terms {
		if t.net == nil || t.net.power || t.Side != geom.Left {
			continue
		}
		for _, c := range t.net.chains {
			if c.used || c.rail() {
				continue
			}
			for _, r := range c.other(t.net).terms {
				if r.i == i && r.u != u && !r.u.placed && b.canBeTwin(r.u) && b.sameKind(u, r.u) {
					return r.u
				}
			}
		}
	}
	return nil
}

// canBeTwin reports whether a unit is like an amplifier: inputs on the left, an output
// on the right.
func (b *builder) canBeTwin(u *unit) bool {
	if u.fixed || u.place != nil || u.alone || len(u.terms) < 3 || len(u.terms) > 5 || !serviced(u) {
		return false
	}
	left, right := 0, 0
	for _, t := range u.terms {
		switch t.Side {
		case geom.Left:
			left++
		case geom.Right:
			right++
		}
	}
	return left == 2 && right == 1
}

// sameKind reports whether two units look alike.
func (b *builder) sameKind(u, v *unit) bool {
	if u.part.Symbol != v.part.Symbol || len(u.terms) != len(v.terms) {
		return false
	}
	for i := range u.terms {
		p, q := u.part.Pin(u.terms[i].Key), v.part.Pin(v.terms[i].Key)
		if u.terms[i].At != v.terms[i].At || p.Name != q.Name || p.Type != q.Type {
			return false
		}
	}
	return true
}

// placeTwin draws the twin of a unit that has just been placed below it.
func (bl *block) placeTwin(u *unit) {
	v := bl.twin(u)
	if v == nil || !bl.admits(v) {
		return
	}
	o := geom.Orientation{Mirror: geom.MirrorX}
	for _, t := range v.terms {
		if t.net != nil && t.net.power {
			o = geom.Orientation{}
		}
	}
	v.turn(o)
	s, heads := bl.seat(v)
	at := geom.Point{Y: twinPitch}
	if !bl.cv.Fits(&s.Items, at, 0) {
		return
	}
	for i := range heads {
		heads[i].pair = u
	}
	bl.place(s, v, at, heads)
}
