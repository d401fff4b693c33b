package layout

import (
	"slices"

	"starboard/kicad/geom"
)

// A rung is what stands upright between two wires that run side by side, the first
// above the second.
type rung struct {
	draw        func(where textPlace) (s *sketch, end geom.Point, ok bool)
	tap         *head  // that goes on from it; set by draw
	first, last string // keys of the wires to its ends
	use         func()
}

// rungs returns what could stand between the wires of two heads, a above b: chains,
// two of them with a tap between, and units with three pins.
func (bl *block) rungs(a, b *head) []rung {
	var list []rung
	for _, c := range bl.between(a.net, b.net) {
		list = append(list, bl.plain(a, c))
	}
	list = append(list, bl.tapped(a, b)...)
	return append(list, bl.straddling(a, b)...)
}

// plain is a rung of a chain.
func (bl *block) plain(a *head, c *chain) rung {
	links := c.from(a.net)
	return rung{
		draw: func(where textPlace) (*sketch, geom.Point, bool) {
			return bl.row(c, a.net, geom.Down, 0, where, false)
		},
		first: links[0].before().key(),
		last:  links[len(links)-1].after().key(),
		use:   func() { bl.use(c) },
	}
}

// tapped returns the rungs of two chains between which something else leads on: to a
// power net by a third one, as the capacitor of a split termination does, or, between two
// symbols of a pair, a wire to whatever is there.
func (bl *block) tapped(a, b *head) []rung {
	var list []rung
	for _, c := range a.net.chains {
		m := c.other(a.net)
		if c.used || m.power || m.public || m == b.net || len(m.terms) < 3 {
			continue
		}
		var d, tap *chain
		for _, o := range m.chains {
			switch {
			case o == c || o.used:
			case o.other(m) == b.net:
				d = o
			case o.other(m).power && len(m.terms) == 3:
				tap = o
			}
		}
		if tap == nil && a.ref.u == b.ref.u {
			continue // the signal goes on from there in line
		}
		if d == nil || !bl.admitsAll(c) || !bl.admitsAll(d) || tap != nil && !bl.admitsAll(tap) || bl.here(m) {
			continue
		}
		last := d.from(m)
		r := rung{first: c.from(a.net)[0].before().key(), last: last[len(last)-1].after().key()}
		r.use = func() {
			bl.use(c)
			bl.use(d)
			if tap != nil {
				bl.use(tap)
			}
		}
		if tap == nil {
			r.tap = &head{dir: a.dir, net: m, ref: d.from(m)[0].before(), room: -1}
		}
		r.draw = func(where textPlace) (*sketch, geom.Point, bool) {
			return bl.drawTapped(a, c, d, tap, m, where, r.tap)
		}
		list = append(list, r)
	}
	return list
}

// drawTapped draws two chains below each other and a third one that leaves between
// them to the side to which the wires run, or the beginning of a wire there: their
// texts are on the other side.
func (bl *block) drawTapped(a *head, c, d, tap *chain, m *net, where textPlace, open *head) (*sketch, geom.Point, bool) {
	if (where == rightOf) == (a.dir == geom.Right) {
		return nil, geom.Point{}, false
	}
	s, at, ok := bl.row(c, a.net, geom.Down, 0, where, false)
	if !ok {
		return nil, at, false
	}
	const gap = 2 // on both sides of the tap
	middle := step(at, geom.Down, gap)
	s.wire(at, middle, m, c.from(m)[0].before().key())
	low, end, ok := bl.row(d, m, geom.Down, gap, where, false)
	if !ok {
		return nil, at, false
	}
	s.add(low, middle)
	if open != nil {
		open.at = middle
		return s, middle.Add(end), true
	}
	key := tap.from(m)[0].before().key()
	lead := int64(gap)
	name := &sketch{}
	if m.named() {
		lead = bl.builder.between(name, m, geom.Point{}, a.dir, where, key)
	}
	side, _, ok := bl.row(tap, m, a.dir, lead, above, true)
	if !ok {
		return nil, at, false
	}
	side.add(name, geom.Point{})
	out := &sketch{}
	out.add(side, middle)
	if s.overlaps(out) {
		return nil, at, false
	}
	s.add(out, geom.Point{})
	return s, middle.Add(end), true
}

// straddling returns the rungs of units with three pins that are on both nets and a
// power net, as protectors of a bus are: their first pin stands above the second.
func (bl *block) straddling(a, b *head) []rung {
	var list []rung
	for _, r := range a.net.terms {
		u := r.u
		if u.placed || u.chain != nil || u.fixed || u.alone || len(u.terms) != 3 || isConnector(u) || !bl.admits(u) {
			continue
		}
		k := slices.IndexFunc(u.terms, func(t terminal) bool { return t.net == b.net })
		third := 3 - r.i - k
		if k < 0 || k == r.i || u.terms[third].net == nil || !u.terms[third].net.power {
			continue
		}
		list = append(list, rung{
			draw: func(where textPlace) (*sketch, geom.Point, bool) {
				// The third pin is where the texts are not.
				side := geom.Left
				if where == leftOf {
					side = geom.Right
				}
				for _, o := range geom.Orientations {
					u.turn(o)
					if u.terms[r.i].Side == geom.Up && u.terms[k].Side == geom.Down && u.terms[third].Side == side && u.terms[r.i].At.X == u.terms[k].At.X {
						s := bl.seatStill(u, r.i, k)
						if s == nil {
							return nil, geom.Point{}, false
						}
						out := &sketch{}
						out.add(s, geom.Point{}.Sub(u.terms[r.i].At))
						return out, u.terms[k].At.Sub(u.terms[r.i].At), true
					}
				}
				return nil, geom.Point{}, false
			},
			first: r.key(),
			last:  termRef{u, k}.key(),
			use:   func() { u.placed = true },
		})
	}
	return list
}

// seatStill draws a unit from which nothing grows, nil where something would have to.
func (bl *block) seatStill(u *unit, via ...int) *sketch {
	still := bl.still
	bl.still = true
	s, heads := bl.seat(u, via...)
	bl.still = still
	if len(heads) > 0 {
		return nil
	}
	return s
}
