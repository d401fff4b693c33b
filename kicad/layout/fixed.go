package layout

import (
	"cmp"
	"slices"
	"strconv"

	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/route"
	"starboard/kicad/rule"
	"starboard/kicad/schematic"
)

// Symbols that a rule has placed (see package rule) make one block of their
// own, in the coordinates of the page. First stands what cannot move: the
// symbols, straight wires between pins that face each other, power symbols and
// texts. Then come ways between the pins of a net where that is easy to follow;
// then what no rule has placed grows from the pins, as it does from any anchor;
// what is left gets labels. The other blocks take the room around (around.go).

// planned reports whether rules have said anything of the sheet.
func (b *builder) planned() bool { return b.in.Plan != nil && !b.in.Plan.Empty() }

// pin takes over what the rules have said of units, before chains are found.
func (b *builder) pin() {
	if !b.planned() {
		return
	}
	constrained := map[rule.Unit]bool{}
	for _, c := range b.in.Plan.Constraints() {
		for _, u := range c.Units {
			constrained[u] = constrained[u] || c.Kind != rule.Together
		}
	}
	for _, u := range b.units {
		key := rule.Unit{Part: u.part, No: u.no}
		if p, ok := b.in.Plan.Find(key); ok {
			u.turn(p.O)
			u.fixed, u.alone, u.placed, u.place = true, true, true, &p.At
			for i := range u.terms {
				u.terms[i].At = u.terms[i].At.Add(p.At) // it moves no more
			}
		} else if constrained[key] {
			if u.turn(key.Stand()); len(u.terms) != 2 {
				u.turn(b.upright(u))
			}
			u.fixed, u.alone = true, true
		}
	}
}

// fixedBlock draws the symbols that have places, and what grows from them.
func (b *builder) fixedBlock() {
	var units []*unit
	for _, u := range b.units {
		if u.place != nil {
			units = append(units, u)
		}
	}
	if len(units) == 0 {
		return
	}
	bl := &block{builder: b}
	b.fixed = bl
	bl.cv.Add(&route.Items{Boxes: walls(b.in.Plan)}, geom.Point{})
	for _, n := range b.in.Plan.Notes {
		s := &sketch{}
		s.note(n)
		bl.commit(s, geom.Point{})
	}
	for _, u := range units {
		s := &sketch{}
		u.cover(s, *u.place)
		for i, t := range u.terms {
			s.pin(t.At, t.net)
			if t.Open {
				s.box(geom.BoxOf(t.At).Grow(700_000), u.id)
				s.flags = append(s.flags, flagged{t.At, termRef{u, i}})
			}
		}
		bl.commit(s, geom.Point{})
	}
	bl.facing(units)
	done := map[*unit][]bool{}
	for _, u := range units {
		done[u] = make([]bool, len(u.terms))
		for i, t := range u.terms {
			done[u][i] = t.net == nil || !t.net.power || b.grows(u, i)
		}
		for i := range u.terms {
			if !done[u][i] && !b.crowded(u, i) {
				if s := b.powerAt(u, i, &bl.cv, done[u]); s != nil {
					bl.commit(s, geom.Point{})
				}
			}
		}
	}
	bl.crowdedPower(units, done)
	bl.fixedTexts(units)
	kept := bl.keepOut(units)
	for _, n := range b.nets {
		for _, k := range kept[n] {
			bl.cv.Remove(k.box)
		}
		bl.ways(n)
		for _, k := range kept[n] {
			if _, wires := bl.cv.Joined(n.id, k.ref.u.terms[k.ref.i].At); len(wires) == 0 {
				bl.cv.Restore(k.box)
			}
		}
	}
	for _, n := range b.nets {
		for _, k := range kept[n] {
			bl.cv.Remove(k.box)
		}
	}
	for _, u := range units {
		for i, t := range u.terms {
			if t.net != nil && b.grows(u, i) {
				h := bl.headOf(termRef{u, i})
				h.room = bl.cv.Add(&route.Items{Boxes: []route.Box{{Box: corridor(&h)}}}, geom.Point{})
				bl.heads = append(bl.heads, h)
			}
		}
	}
	bl.neighbours()
	bl.run()
	bl.nameFixed(units)
}

// A keptOut is the number of a box that keeps the way out of a terminal free.
type keptOut struct {
	ref termRef
	box int
}

// keepOut keeps the ways out of all terminals free that no wire has reached yet:
// for a label where no other pin of the net is near.
func (bl *block) keepOut(units []*unit) map[*net][]keptOut {
	kept := map[*net][]keptOut{}
	for _, u := range units {
		for i, t := range u.terms {
			if t.net == nil || t.net.power {
				continue
			}
			r := termRef{u, i}
			if _, wires := bl.cv.Joined(t.net.id, t.At); len(wires) > 0 {
				continue
			}
			way := geom.BoxOf(step(t.At, t.Side, 1), step(t.At, t.Side, 3)).Grow(geom.Grid / 4)
			if bl.likelyLabel(r) {
				h := bl.headOf(r)
				way = way.Union(corridor(&h))
			}
			kept[t.net] = append(kept[t.net], keptOut{r, bl.cv.Add(&route.Items{Boxes: []route.Box{{Box: way}}}, geom.Point{})})
		}
	}
	return kept
}

// crowdedPower draws the power symbols that would stand before other pins of
// their symbol, and keeps the ways out of these free.
func (bl *block) crowdedPower(units []*unit, done map[*unit][]bool) {
	const out = 6
	for _, u := range units {
		var kept []int
		for i, t := range u.terms {
			if t.net != nil && done[u][i] {
				way := geom.BoxOf(step(t.At, t.Side, 1), step(t.At, t.Side, out)).Grow(geom.Grid / 4)
				kept = append(kept, bl.cv.Add(&route.Items{Boxes: []route.Box{{Box: way}}}, geom.Point{}))
			}
		}
		for i := range u.terms {
			if !done[u][i] {
				done[u][i] = bl.leadPower(termRef{u, i})
			}
		}
		for _, k := range kept {
			bl.cv.Remove(k)
		}
	}
}

// walls keep a drawing inside the frame of its page and off the title block.
func walls(p *rule.Plan) []route.Box {
	frame, title := rule.Frame(p.Paper)
	const thick = rule.Margin
	low, high := frame.Min, frame.Max
	var list []route.Box
	for _, b := range []geom.Box{
		{Min: geom.Point{X: low.X - thick, Y: low.Y - thick}, Max: geom.Point{X: low.X, Y: high.Y + thick}},
		{Min: geom.Point{X: high.X, Y: low.Y - thick}, Max: geom.Point{X: high.X + thick, Y: high.Y + thick}},
		{Min: geom.Point{X: low.X, Y: low.Y - thick}, Max: geom.Point{X: high.X, Y: low.Y}},
		{Min: geom.Point{X: low.X, Y: high.Y}, Max: geom.Point{X: high.X, Y: high.Y + thick}},
		title,
	} {
		list = append(list, route.Box{Box: b})
	}
	return list
}

func (bl *block) headOf(r termRef) head {
	t := &r.u.terms[r.i]
	return head{at: t.At, dir: t.Side, net: t.net, own: r.u.own(), ref: r, far: reach, room: -1}
}

// note adds a text of the sheet.
func (s *sketch) note(n rule.Note) {
	s.box(font.Field(n.Text, noteSize, font.Left, font.Bottom, false).Add(n.At).Grow(textGap), 0)
	s.notes = append(s.notes, n)
}

// noteSize is the height of titles of groups.
const noteSize = 2 * schematic.TextSize

// straightest is the longest wire between two pins that face each other, in
// steps of the grid, before anything else is drawn.
const straightest = 24

// facing joins pins that face each other on one line.
func (bl *block) facing(units []*unit) {
	type pair struct {
		a, b termRef
		far  int64
	}
	var pairs []pair
	for _, n := range bl.nets {
		if n.power {
			continue
		}
		refs := placedTerms(n)
		if len(refs) > maxWays {
			continue
		}
		for i, r := range refs {
			for _, q := range refs[i+1:] {
				a, b := &r.u.terms[r.i], &q.u.terms[q.i]
				d := b.At.Sub(a.At)
				if a.Side != b.Side.Opposite() || d == (geom.Point{}) || d.X != 0 && d.Y != 0 || geom.SideOf(d) != a.Side {
					continue
				}
				if far := (abs(d.X) + abs(d.Y)) / geom.Grid; far <= straightest {
					pairs = append(pairs, pair{r, q, far})
				}
			}
		}
	}
	slices.SortStableFunc(pairs, func(p, q pair) int { return cmp.Compare(p.far, q.far) })
	for _, p := range pairs {
		a, b := &p.a.u.terms[p.a.i], &p.b.u.terms[p.b.i]
		s := &sketch{}
		s.wire(a.At, b.At, a.net, p.a.key())
		if bl.cv.FreeWire(s.Wires[0], p.a.u.own()) && !bl.connected(a.net, a.At, b.At) {
			bl.commit(s, geom.Point{})
		}
	}
}

// placedTerms returns the terminals of a net that have a place on the page.
func placedTerms(n *net) []termRef {
	var list []termRef
	for _, r := range n.terms {
		if r.u.place != nil {
			list = append(list, r)
		}
	}
	return list
}

// connected reports whether the wires of a net join two places already.
func (bl *block) connected(n *net, a, b geom.Point) bool {
	if a == b {
		return true
	}
	pins, wires := bl.cv.Joined(n.id, a)
	for _, i := range pins {
		if bl.cv.Pins[i].At == b {
			return true
		}
	}
	for _, i := range wires {
		if geom.BoxOf(bl.cv.Wires[i].A, bl.cv.Wires[i].B).Contains(b) {
			return true
		}
	}
	return false
}

// fixedTexts finds room for the texts of the symbols, and keeps the way out of
// each pin free that has one to go yet.
func (bl *block) fixedTexts(units []*unit) {
	var kept []int
	for _, u := range units {
		for i, t := range u.terms {
			if t.net == nil {
				continue
			}
			if _, wires := bl.cv.Joined(t.net.id, t.At); len(wires) > 0 {
				continue
			}
			way := geom.BoxOf(step(t.At, t.Side, 1), step(t.At, t.Side, 3)).Grow(geom.Grid / 2)
			if !t.net.power && !vertical(t.Side) && len(t.net.terms) > 1 && bl.likelyLabel(termRef{u, i}) {
				h := bl.headOf(termRef{u, i})
				way = way.Union(corridor(&h))
			}
			kept = append(kept, bl.cv.Add(&route.Items{Boxes: []route.Box{{Box: way}}}, geom.Point{}))
		}
	}
	for _, u := range units {
		var sides [4]int
		for _, t := range u.terms {
			if t.net != nil {
				sides[t.Side]++
			}
		}
		v := standing{u: u, o: u.o, at: *u.place}
		bl.textsAt(&v, u.box().Add(*u.place), sides)
	}
	for _, i := range kept {
		bl.cv.Remove(i)
	}
}

// likelyLabel reports whether no other pin of the net is near enough for a wire.
func (bl *block) likelyLabel(r termRef) bool {
	at := r.u.terms[r.i].At
	for _, q := range placedTerms(r.net()) {
		d := q.u.terms[q.i].At.Sub(at)
		if far := (abs(d.X) + abs(d.Y)) / geom.Grid; q != r && far <= longestWay {
			return false
		}
	}
	return true
}

// textsAt puts the texts of a symbol where they cover nothing; where there is
// no such place, where they usually stand.
func (bl *block) textsAt(v *standing, body geom.Box, sides [4]int) {
	type try struct {
		where textPlace
		body  geom.Box
	}
	var tries []try
	along := func(where textPlace) {
		tries = append(tries, try{where, body})
		for x := geom.SnapUp(body.Min.X) + geom.Grid; x < body.Max.X; x += geom.Grid {
			at := body
			at.Min.X = x
			tries = append(tries, try{where, at})
		}
	}
	upright := sides[geom.Left]+sides[geom.Right] == 0
	if sides[geom.Right] == 0 {
		tries = append(tries, try{rightOf, body})
	}
	if sides[geom.Left] == 0 && upright {
		tries = append(tries, try{leftOf, body})
	}
	along(aboveLeft)
	along(belowLeft)
	tries = append(tries, try{rightOf, body}, try{leftOf, body})
	for far := int64(1); far <= 6; far++ {
		at := body
		at.Min.Y -= 2 * far * geom.Grid
		tries = append(tries, try{aboveLeft, at})
		at = body
		at.Max.Y += 2 * far * geom.Grid
		tries = append(tries, try{belowLeft, at})
	}
	tries = append(tries, tries[0])
	for k, t := range tries {
		boxes := putTexts(v, t.body, t.where)
		fits := !slices.ContainsFunc(boxes, func(box geom.Box) bool { return !bl.cv.FreeBox(box) })
		if !fits && k < len(tries)-1 {
			continue
		}
		var s sketch
		for _, box := range boxes {
			s.box(box, 0)
		}
		s.units = append(s.units, *v)
		bl.commit(&s, geom.Point{})
		return
	}
}

// nameFixed names what is not joined: with a label straight ahead of the pin,
// or on the wires that it is on.
func (bl *block) nameFixed(units []*unit) {
	for _, late := range []bool{false, true} {
		for _, u := range units {
			var sides [4]int
			for _, t := range u.terms {
				if t.net != nil {
					sides[t.Side]++
				}
			}
			for i, t := range u.terms {
				if t.net == nil || t.net.power != late || bl.labelled(t.net, t.At) {
					continue
				}
				r := termRef{u, i}
				pins, wires := bl.cv.Joined(t.net.id, t.At)
				switch {
				case late:
					if s := bl.powerAt(u, i, &bl.cv, make([]bool, len(u.terms))); s != nil && len(wires) == 0 {
						bl.commit(s, geom.Point{})
						continue
					}
					if !bl.leadPower(r) {
						bl.finish(bl.headOf(r))
					}
				case len(pins) == len(t.net.terms) && !t.net.public && !t.net.named():
				case len(wires) > 0 && flag(t.net) == 0:
					bl.labelOn(t.net, t.At, r.key(), r.u.id)
				default:
					if s := bl.labelAt(u, i, &bl.cv, sides); s != nil && len(wires) == 0 {
						bl.commit(s, geom.Point{})
						continue
					}
					if len(wires) == 0 {
						bl.leadLabel(r)
					} else {
						bl.finish(bl.headOf(r))
					}
				}
			}
		}
	}
}

// leadPower draws a way from a terminal to the nearest place, around other
// things, where its power symbol has room.
func (bl *block) leadPower(r termRef) bool {
	toward := geom.Down
	if r.net().up() {
		toward = geom.Up
	}
	return bl.leadMark(r, toward)
}

// leadLabel does so with a label; where there is no such place, the label
// stands at the pin.
func (bl *block) leadLabel(r termRef) {
	t := &r.u.terms[r.i]
	towards := []geom.Side{t.Side, t.Side.Opposite()}
	if vertical(t.Side) {
		towards = []geom.Side{geom.Right, geom.Left}
	}
	for _, toward := range towards {
		if bl.leadMark(r, toward) {
			return
		}
	}
	s := &sketch{}
	bl.mark(s, t.net, t.At, t.Side, r.key())
	bl.commit(s, geom.Point{})
}

// mostLeads bounds the ways that are looked for to lead one terminal to a mark.
const mostLeads = 8

// leadMark draws a way from a terminal to the nearest place where a power symbol
// or a label that points to a side has room.
func (bl *block) leadMark(r termRef, toward geom.Side) bool {
	n := r.net()
	out, _ := bl.exit(r)
	mark := &sketch{}
	bl.mark(mark, n, geom.Point{}, toward, r.key())
	leads := 0
	const most = 10
	for far := int64(1); far <= most; far++ {
		for dx := -far; dx <= far; dx++ {
			dy := far - abs(dx)
			for _, y := range []int64{dy, -dy} {
				at := out.Add(geom.Point{X: dx * geom.Grid, Y: y * geom.Grid})
				if !bl.cv.Fits(&mark.Items, at, 0) {
					continue
				}
				way, ok := bl.cv.Route(out, at, n.id)
				if !ok || way.Length > far+wayDetour || way.Crossings > 0 {
					if leads++; leads == mostLeads {
						return false
					}
					continue
				}
				s := &sketch{}
				points := way.Points
				if points[0] != out {
					slices.Reverse(points)
				}
				points = append([]geom.Point{r.u.terms[r.i].At}, points...)
				for i := 1; i < len(points); i++ {
					s.wire(points[i-1], points[i], n, r.key())
				}
				if turnsBack(points) || !apart(mark, at, s) {
					continue
				}
				bl.commit(s, geom.Point{})
				bl.commit(mark, at)
				return true
			}
		}
	}
	return false
}

// What a way between pins may be, lest labels are better: how far its ends are
// apart, in steps of the grid, how much longer it may be than that, its bends
// and crossings; and how many pins of a net are joined at all.
const (
	longestWay   = 56
	wayDetour    = 12
	wayBends     = 4
	wayCrossings = 2
	maxWays      = 40
	mostFailed   = 4 // after so many ways that were not found a net has labels
)

// ways joins the pins of a net that have places, the nearest first.
func (bl *block) ways(n *net) {
	refs := placedTerms(n)
	if n.power || len(refs) < 2 || len(refs) > maxWays {
		return
	}
	type pair struct {
		i, k int
		far  int64
	}
	var pairs []pair
	for i := range refs {
		for k := i + 1; k < len(refs); k++ {
			d := refs[i].u.terms[refs[i].i].At.Sub(refs[k].u.terms[refs[k].i].At)
			if far := (abs(d.X) + abs(d.Y)) / geom.Grid; far <= longestWay {
				pairs = append(pairs, pair{i, k, far})
			}
		}
	}
	slices.SortStableFunc(pairs, func(p, q pair) int { return cmp.Compare(p.far, q.far) })
	failed := 0
	for _, p := range pairs {
		a, b := refs[p.i], refs[p.k]
		if bl.connected(n, a.u.terms[a.i].At, b.u.terms[b.i].At) {
			continue
		}
		if !bl.way(a, b, p.far) {
			if failed++; failed == mostFailed {
				return
			}
		}
	}
}

// way draws a way from a terminal to another one: each end is at the pin, or on
// a wire that this is on already.
func (bl *block) way(from, to termRef, far int64) bool {
	n := from.net()
	goal, _ := bl.exit(to)
	begin := bl.landings(from, goal)
	for _, start := range begin[:min(len(begin), 2)] {
		for _, end := range bl.landings(to, start.at) {
			points := []geom.Point{start.at}
			if start.at != end.at {
				way, ok := bl.cv.Route(start.at, end.at, n.id)
				if !ok || way.Length > far+wayDetour || way.Bends > wayBends || way.Crossings > wayCrossings {
					continue
				}
				if points = way.Points; points[0] != start.at {
					slices.Reverse(points)
				}
			}
			if start.stub != start.at {
				points = append([]geom.Point{start.stub}, points...)
			}
			if end.stub != end.at {
				points = append(points, end.stub)
			}
			if turnsBack(points) {
				continue
			}
			s := &sketch{}
			for i := 1; i < len(points); i++ {
				s.wire(points[i-1], points[i], n, "way "+from.key()+" "+to.key()+" "+strconv.Itoa(i))
			}
			bl.commit(s, geom.Point{})
			return true
		}
	}
	return false
}

// turnsBack reports whether a way runs over itself.
func turnsBack(points []geom.Point) bool {
	for i := 2; i < len(points); i++ {
		a, b := points[i-1].Sub(points[i-2]), points[i].Sub(points[i-1])
		if a.X*b.X < 0 && a.Y == 0 && b.Y == 0 || a.Y*b.Y < 0 && a.X == 0 && b.X == 0 {
			return true
		}
	}
	return false
}

// exit returns where a way may begin: one step ahead of the pin, so that it
// does not run along the symbol, or else at the pin.
func (bl *block) exit(r termRef) (geom.Point, bool) {
	t := &r.u.terms[r.i]
	end := step(t.At, t.Side, 1)
	if bl.cv.FreeWire(route.Wire{A: t.At, B: end, Net: t.net.id}, r.u.own()) && bl.cv.FreeBox(geom.BoxOf(end)) {
		return end, true
	}
	return t.At, false
}

// A landing is where a way may end, and where that is led on to.
type landing struct{ at, stub geom.Point }

// mostLandings bounds the places that are tried for the end of a way.
const mostLandings = 4

// landings returns where a way from a place may end: at the pin, or on a wire
// that the pin is on, the nearest first.
func (bl *block) landings(r termRef, from geom.Point) []landing {
	t := &r.u.terms[r.i]
	pins, wires := bl.cv.Joined(t.net.id, t.At)
	if len(wires) == 0 {
		at, _ := bl.exit(r)
		return []landing{{at, t.At}}
	}
	lines := map[geom.Point]int{}
	for _, i := range pins {
		lines[bl.cv.Pins[i].At]++
	}
	for _, i := range wires {
		w := bl.cv.Wires[i]
		for p := geom.BoxOf(w.A, w.B); ; {
			lines[p.Min]++
			if p.Min != w.A && p.Min != w.B {
				lines[p.Min]++
			}
			if p.Min == p.Max {
				break
			}
			if p.Min.X < p.Max.X {
				p.Min.X += geom.Grid
			} else {
				p.Min.Y += geom.Grid
			}
		}
	}
	var list []geom.Point
	for p, k := range lines {
		if k <= 2 {
			list = append(list, p)
		}
	}
	dist := func(p geom.Point) int64 { return abs(p.X-from.X) + abs(p.Y-from.Y) }
	slices.SortFunc(list, func(p, q geom.Point) int { return cmp.Or(cmp.Compare(dist(p), dist(q)), p.Compare(q)) })
	var out []landing
	for _, p := range list {
		if slices.ContainsFunc(pins, func(i int) bool { return bl.cv.Pins[i].At == p }) {
			continue // a pin has its wire already
		}
		if out = append(out, landing{p, p}); len(out) == mostLandings {
			break
		}
	}
	return out
}

func abs(v int64) int64 { return max(v, -v) }
