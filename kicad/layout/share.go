package layout

import (
	"cmp"
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/route"
)

// Neighbouring terminals on one net share what names it.

// sharedPower joins neighbouring terminals on one net to one power symbol, which
// stands at the end that it points to, or beyond the first of a row.
func (b *builder) sharedPower(u *unit, i int, cv *route.Canvas, done []bool) *sketch {
	t := &u.terms[i]
	if vertical(t.Side) && t.Side != t.net.toward {
		return nil
	}
	along := t.along
	run := u.neighbours(i, done)
	if len(run) == 1 {
		return nil
	}
	first, last := run[0], run[0]
	for _, k := range run {
		if along(u.terms[k].At) < along(u.terms[first].At) {
			first = k
		}
		if along(u.terms[k].At) > along(u.terms[last].At) {
			last = k
		}
	}
	at := last
	if vertical(t.Side) || t.net.toward == geom.Up {
		at = first
	}
	for n := int64(1); n <= 12; n++ {
		s := &sketch{}
		line := u.ahead(run, n)
		for _, k := range run {
			s.wire(u.terms[k].At, line(k), t.net, termRef{u, k}.key())
		}
		s.wire(line(first), line(last), t.net, termRef{u, i}.key())
		b.mark(s, t.net, line(at), t.net.toward, termRef{u, i}.key())
		if cv.Fits(&s.Items, geom.Point{}, u.own()) {
			return s
		}
	}
	for _, k := range run[1:] {
		done[k] = false
	}
	return nil
}

// sharedLabel joins neighbouring terminals on one net to one label, ahead of the
// first; nil where it has no neighbours, or no room.
func (b *builder) sharedLabel(u *unit, i int, cv *route.Canvas, done []bool) *sketch {
	t := &u.terms[i]
	done[i] = true
	if vertical(t.Side) {
		return nil
	}
	run := u.neighbours(i, done)
	if len(run) == 1 {
		return nil
	}
	slices.SortFunc(run, func(j, k int) int { return cmp.Compare(u.terms[j].At.Y, u.terms[k].At.Y) })
	first, last := run[0], run[len(run)-1]
	for n := int64(1); n <= 6; n++ {
		s := &sketch{}
		line := u.ahead(run, n)
		for _, k := range run {
			s.wire(u.terms[k].At, line(k), t.net, termRef{u, k}.key())
		}
		s.wire(line(first), line(last), t.net, termRef{u, i}.key())
		end := step(line(first), t.Side, 1)
		s.wire(line(first), end, t.net, termRef{u, i}.key())
		b.mark(s, t.net, end, t.Side, termRef{u, i}.key())
		if cv.Fits(&s.Items, geom.Point{}, u.own()) {
			return s
		}
	}
	for _, k := range run {
		done[k] = k == i
	}
	return nil
}

// growsWith reports whether a terminal is next to one on the same power net from
// which something grows: one wire takes both.
func (b *builder) growsWith(u *unit, i int) bool {
	t := &u.terms[i]
	if !t.net.power || vertical(t.Side) {
		return false
	}
	for k, o := range u.terms {
		if k == i || o.net != t.net || o.Side != t.Side || o.At.X != t.At.X {
			continue
		}
		if d := o.At.Y - t.At.Y; max(d, -d) <= sharedPitch && u.nextTo(i, k) && b.grows(u, k) {
			return true
		}
	}
	return false
}

// along returns the place of a terminal on its side.
func (t *terminal) along(p geom.Point) int64 {
	if vertical(t.Side) {
		return p.X
	}
	return p.Y
}

// neighbours returns a terminal and those beside it on the same net that are not
// done, and marks these as done.
func (u *unit) neighbours(i int, done []bool) []int {
	t := &u.terms[i]
	run := []int{i}
	for again := true; again; {
		again = false
		for k := range u.terms {
			o := &u.terms[k]
			if k == i || done[k] || o.Side != t.Side || o.net != t.net {
				continue
			}
			for _, r := range run {
				if d := t.along(o.At) - t.along(u.terms[r].At); max(d, -d) <= 2*geom.Grid || max(d, -d) <= sharedPitch && u.nextTo(r, k) {
					run = append(run, k)
					done[k] = true
					again = true
					break
				}
			}
		}
	}
	return run
}

// ahead returns the places ahead of some terminals on one side that are on one
// line, n steps from the farthest of them.
func (u *unit) ahead(run []int, n int64) func(k int) geom.Point {
	v := u.terms[run[0]].Side.Vector()
	out := func(p geom.Point) int64 { return v.X*p.X + v.Y*p.Y }
	far := out(u.terms[run[0]].At)
	for _, k := range run {
		far = max(far, out(u.terms[k].At))
	}
	return func(k int) geom.Point {
		at := u.terms[k].At
		return step(at, u.terms[k].Side, (far-out(at))/geom.Grid+n)
	}
}

// sharedPitch is how far apart terminals may be that share a power symbol or a label.
const sharedPitch = 6 * geom.Grid

// nextTo reports whether no other terminal stands between two on one side.
func (u *unit) nextTo(i, k int) bool {
	between := geom.BoxOf(u.terms[i].At, u.terms[k].At)
	for j, t := range u.terms {
		if j != i && j != k && t.Side == u.terms[i].Side && between.Contains(t.At) {
			return false
		}
	}
	return true
}
