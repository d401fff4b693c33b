package layout

import (
	"slices"

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
			if isConnector(u) {
				b.faceWanted(u)
			}
			u.fixed, u.alone = true, true
		}
	}
}

// mostRedraws bounds how often the block of the symbols that have places is
// drawn again because a name had no room.
const mostRedraws = 6

// fixedBlock draws the symbols that have places, and what grows from them.
// Terminals whose name finds no room in the end have it drawn first the next
// time, before wires take that room.
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
	right := make([]int, len(b.nets))
	for i, n := range b.nets {
		right[i] = n.right
	}
	again := func(early []termRef) []termRef {
		b.fixed.undo()
		for i, n := range b.nets {
			n.right = right[i]
		}
		return b.drawFixed(units, early)
	}
	var early, best []termRef
	hidden := b.drawFixed(units, nil)
	least := len(hidden)
	for try := 0; len(hidden) > 0 && try < mostRedraws; try++ {
		more := without(hidden, early)
		if len(more) == 0 {
			break
		}
		early = append(early, more...)
		if hidden = again(early); len(hidden) < least {
			least, best = len(hidden), slices.Clone(early)
		}
	}
	if len(hidden) > least {
		again(best)
	}
}

// undo gives back the units that were drawn in a block, those with places
// excepted.
func (bl *block) undo() {
	for _, v := range bl.sk.units {
		if v.u.place == nil {
			v.u.placed = false
		}
		if v.u.chain != nil {
			v.u.chain.used = false
		}
	}
}

// drawFixed draws them, some terminals with their names at once, and returns
// the terminals whose name had no room.
func (b *builder) drawFixed(units []*unit, early []termRef) []termRef {
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
	for _, r := range early {
		if t := &r.u.terms[r.i]; !bl.labelled(t.net, t.At) {
			bl.nameOne(r)
		}
	}
	bl.facing(units, early)
	bl.fixedPower(units)
	bl.fixedTexts(units)
	kept := bl.keepOut(units)
	for _, n := range b.nets {
		for _, k := range kept[n] {
			bl.cv.Remove(k.box)
		}
		bl.ways(n, early)
		for i, k := range kept[n] {
			if _, wires := bl.cv.Joined(n.id, k.ref.u.terms[k.ref.i].At); len(wires) == 0 {
				kept[n][i].box = bl.keepLabel(k)
			}
		}
	}
	for _, n := range b.nets {
		for _, k := range kept[n] {
			if b.grows(k.ref.u, k.ref.i) {
				bl.cv.Remove(k.box)
			}
		}
	}
	for _, u := range units {
		for i, t := range u.terms {
			if r := (termRef{u, i}); t.net != nil && b.grows(u, i) && !slices.Contains(early, r) {
				h := bl.headOf(r)
				bl.keepFree(&h)
				bl.heads = append(bl.heads, h)
			}
		}
	}
	bl.neighbours()
	bl.run()
	for _, n := range b.nets {
		for _, k := range kept[n] {
			bl.cv.Remove(k.box)
		}
	}
	return append(bl.nameFixed(units), bl.covered()...)
}

// covered returns the terminals whose label or power symbol, drawn wherever the
// wires of their net ended, covers something.
func (bl *block) covered() []termRef {
	if bl.cv.Sound() {
		return nil
	}
	var list []termRef
	for i := range bl.cv.Boxes {
		if bl.cv.Removed(i) || bl.shows(i, i+1) {
			continue
		}
		for _, m := range bl.sk.marks {
			if !slices.ContainsFunc(bl.markBoxes(m.net, m.toward), func(b geom.Box) bool { return b.Add(m.at) == bl.cv.Boxes[i].Box }) {
				continue
			}
			for _, r := range placedTerms(m.net) {
				if r.key() == m.key && !slices.Contains(list, r) {
					list = append(list, r)
				}
			}
		}
	}
	return list
}

// fixedPower draws the power symbols that stand close to their pins.
func (bl *block) fixedPower(units []*unit) {
	done := map[*unit][]bool{}
	for _, u := range units {
		done[u] = make([]bool, len(u.terms))
		for i, t := range u.terms {
			done[u][i] = t.net == nil || !t.net.power || bl.grows(u, i) || bl.labelled(t.net, t.At)
		}
		for i := range u.terms {
			if !done[u][i] && !bl.crowded(u, i) {
				before := slices.Clone(done[u])
				if s := bl.powerAt(u, i, &bl.cv, done[u]); s != nil && !bl.crowds(s, u.terms[i].net) {
					bl.commit(s, geom.Point{})
				} else {
					done[u] = before
				}
			}
		}
	}
	bl.crowdedPower(units, done)
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

// keepLabel keeps the room free that a terminal needs which no wire has reached,
// and returns the number of the box: as much as its label takes, if that is
// free, or else what was kept before.
func (bl *block) keepLabel(k keptOut) int {
	h := bl.headOf(k.ref)
	if box := bl.cv.Boxes[k.box].Union(corridor(&h)); bl.cv.FreeBox(box) {
		return bl.cv.Add(&route.Items{Boxes: []route.Box{{Box: box}}}, geom.Point{})
	}
	bl.cv.Restore(k.box)
	return k.box
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
			if r := (termRef{u, i}); !done[u][i] {
				done[u][i] = bl.besidePower(r) || bl.leadPower(r)
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

// nameFixed names what is not joined, and returns the terminals whose name
// covers something.
func (bl *block) nameFixed(units []*unit) []termRef {
	var hidden []termRef
	for _, late := range []bool{false, true} {
		for _, u := range units {
			for i, t := range u.terms {
				if t.net == nil || t.net.power != late || bl.labelled(t.net, t.At) {
					continue
				}
				r, from := termRef{u, i}, len(bl.cv.Boxes)
				if !bl.nameOne(r) || !bl.shows(from, len(bl.cv.Boxes)) {
					hidden = append(hidden, r)
				}
			}
		}
	}
	return hidden
}

// shows reports whether nothing covers the boxes from one number to before
// another.
func (bl *block) shows(from, to int) bool {
	const slack = 350_000 // what is kept free around a box, and what texts lack to fill theirs
	for i := from; i < to; i++ {
		bl.cv.Remove(i)
		free := bl.cv.FreeBox(bl.cv.Boxes[i].Grow(-slack))
		bl.cv.Restore(i)
		if !free {
			return false
		}
	}
	return true
}

// nameOne names the net of a terminal: with a label or a power symbol straight
// ahead of the pin, or on the wires that it is on. It returns false where the
// name had to stand at the pin itself.
func (bl *block) nameOne(r termRef) bool {
	u, i := r.u, r.i
	t := &u.terms[i]
	var sides [4]int
	for _, t := range u.terms {
		if t.net != nil {
			sides[t.Side]++
		}
	}
	pins, wires := bl.cv.Joined(t.net.id, t.At)
	switch {
	case t.net.power:
		if s := bl.powerAt(u, i, &bl.cv, make([]bool, len(u.terms))); s != nil && len(wires) == 0 && !bl.crowds(s, t.net) {
			bl.commit(s, geom.Point{})
		} else if !bl.besidePower(r) && !bl.leadPower(r) {
			bl.finish(bl.headOf(r))
		}
	case len(pins) == len(t.net.terms) && !t.net.public && !t.net.named():
	case len(wires) > 0 && flag(t.net) == 0:
		bl.labelOn(t.net, t.At, r.key(), u.id)
	default:
		if s := bl.labelAt(u, i, &bl.cv, sides); s != nil && len(wires) == 0 && !bl.crowds(s, t.net) {
			bl.commit(s, geom.Point{})
		} else if len(wires) == 0 {
			return bl.leadLabel(r)
		} else {
			bl.finish(bl.headOf(r))
		}
	}
	return true
}

// farBeside is how far apart, in steps of the grid, terminals of one symbol may
// be that share a power symbol.
const farBeside = 12

// besidePower joins a terminal to the wire of another one of its symbol that has
// the power symbol of their net.
func (bl *block) besidePower(r termRef) bool {
	t := &r.u.terms[r.i]
	for k, o := range r.u.terms {
		far := (abs(o.At.X-t.At.X) + abs(o.At.Y-t.At.Y)) / geom.Grid
		if k != r.i && o.net == t.net && far <= farBeside && bl.labelled(o.net, o.At) && bl.way(r, termRef{r.u, k}, far) {
			return true
		}
	}
	return false
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
// stands at the pin, and it returns false.
func (bl *block) leadLabel(r termRef) bool {
	t := &r.u.terms[r.i]
	towards := []geom.Side{t.Side, t.Side.Opposite()}
	if vertical(t.Side) {
		towards = []geom.Side{geom.Right, geom.Left}
	}
	for _, toward := range towards {
		if bl.leadMark(r, toward) {
			return true
		}
	}
	// As a last resort the wire runs over pins of its own symbol.
	if bl.elbow(t.net, t.At, r.key(), r.u.id, towards) {
		return true
	}
	s := &sketch{}
	bl.mark(s, t.net, t.At, t.Side, r.key())
	bl.commit(s, geom.Point{})
	return false
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
				if !bl.cv.Fits(&mark.Items, at, 0) || !bl.cv.FreeWire(route.Wire{A: at, B: at, Net: n.id}, 0) {
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
				if turnsBack(points) || !apart(mark, at, s, 0) || bl.crowds(s, n) {
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
