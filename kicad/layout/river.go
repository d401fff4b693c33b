package layout

import (
	"cmp"
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/route"
	"starboard/kicad/wire"
)

// Child sheets that one block leads to stand below each other at its right, in
// the order of its pins, and the wires between run side by side without crossing
// each other: what is called river routing (Leiserson and Pinter, 1983). A wire
// turns in a track of its own. Of wires that go up the topmost turns first, of
// wires that go down the lowest; between the two kinds there is no conflict.

// A stream is a wire from a face of a block to one of a child sheet.
type stream struct {
	from, to face // of the block, and of the other's
	tributary
}

// A tributary is a block of child sheets in a river.
type tributary struct {
	bl *block
	at geom.Point // in the block that it joins
}

// What is kept free between child sheets below each other, and the distance of
// tracks, in steps of the grid.
const (
	riverGap   = 3
	riverTrack = 2
)

// rivers joins child sheets to the blocks that lead to several of them.
func (b *builder) rivers() {
	b.order()
	labels := b.countLabels()
	hubOf := map[*block]*block{}
	for i, t := range b.blocks {
		if len(t.sk.units) > 0 {
			continue
		}
		most := 0
		for _, hub := range b.blocks[:i] {
			if n := len(b.streams(hub, t, labels)); n > most {
				hubOf[t], most = hub, n
			}
		}
	}
	joined := map[*block]bool{}
	for _, hub := range slices.Backward(slices.Clone(b.blocks)) {
		var list []*block
		for _, t := range b.blocks {
			if hubOf[t] == hub && !joined[t] {
				list = append(list, t)
			}
		}
		if len(list) > 1 && b.river(hub, list, labels, false) {
			for _, t := range list {
				joined[t] = true
			}
		}
	}
	b.blocks = slices.DeleteFunc(b.blocks, func(bl *block) bool { return joined[bl] })
	b.mouths(func(hub, t *block) bool { return len(hub.children) > 0 || hub.stages || t.stages })
}

// mostMouth is how many wires may lead into a mouth: more are labels.
const mostMouth = 8

// mouths puts a block to the right of the one that most of its wires come from, where
// a condition admits that, where these are most of what it wants from there.
func (b *builder) mouths(admits func(hub, t *block) bool) {
	labels := b.countLabels()
	joined := map[*block]bool{}
	leads := map[*net]map[*block]bool{} // to the right
	lead := func(from, as *block) {
		for _, m := range from.sk.marks {
			if m.toward == geom.Right && !m.power {
				if leads[m.net] == nil {
					leads[m.net] = map[*block]bool{}
				}
				leads[m.net][as] = true
			}
		}
	}
	for _, bl := range b.blocks {
		lead(bl, bl)
	}
	for _, t := range b.blocks {
		if t.loose() || len(t.children) > 0 {
			continue
		}
		var wanted []map[*block]bool
		left := 0
		for _, f := range b.faces(&t.sk, labels) {
			if f.toward == geom.Left {
				wanted = append(wanted, leads[f.net])
				left++
			}
		}
		var hub *block
		most := 1
		for _, bl := range b.blocks {
			if bl == t || joined[bl] || !slices.ContainsFunc(wanted, func(of map[*block]bool) bool { return of[bl] }) || !admits(bl, t) {
				continue
			}
			if n := len(b.streams(bl, t, labels)); n > most {
				hub, most = bl, n
			}
		}
		if hub != nil && most <= mostMouth && 2*most >= left && b.river(hub, []*block{t}, labels, true) {
			lead(t, hub)
			joined[t] = true
		}
	}
	b.blocks = slices.DeleteFunc(b.blocks, func(bl *block) bool { return joined[bl] })
}

// streams returns the wires that could lead from the right of a block to the left
// of another.
func (b *builder) streams(hub, t *block, labels map[*net]int) []stream {
	theirs := b.faces(&t.sk, labels)
	var list []stream
	for _, f := range b.faces(&hub.sk, labels) {
		if f.toward != geom.Right {
			continue
		}
		k := slices.IndexFunc(theirs, func(g face) bool { return g.net == f.net && g.toward == geom.Left })
		if k >= 0 {
			list = append(list, stream{f, theirs[k], tributary{bl: t}})
		}
	}
	return list
}

// river draws blocks to the right of another one, if there is room: for all of the
// wires where whole is set, else the others have labels.
func (b *builder) river(hub *block, list []*block, labels map[*net]int, whole bool) bool {
	var all []stream
	mean := map[*block]int64{} // height of the faces that lead to it
	for _, t := range list {
		own := b.streams(hub, t, labels)
		for _, s := range own {
			mean[t] += s.from.at.Y / int64(len(own))
			all = append(all, s)
		}
	}
	slices.SortStableFunc(list, func(t, u *block) int { return cmp.Compare(mean[t], mean[u]) })
	y := map[*block]int64{}
	bottom := int64(0)
	for _, t := range list {
		box := t.sk.Bounds()
		y[t] = geom.SnapUp(bottom - box.Min.Y)
		bottom = y[t] + box.Max.Y + riverGap*geom.Grid
	}
	for i := range all {
		all[i].at.Y = y[all[i].bl]
	}
	slices.SortStableFunc(all, func(s, u stream) int { return cmp.Compare(s.from.at.Y, u.from.at.Y) })
	all = onePerNet(inOrder(all))
	if len(all) < 2 {
		return false
	}
	// The wires in the middle are straight where they can be.
	middle := all[(len(all)-1)/2]
	shift := middle.from.at.Y - middle.to.at.Y - middle.at.Y
	for _, t := range list {
		y[t] += shift
	}
	for i := range all {
		all[i].at.Y += shift
	}
	x, tracks := b.tracks(hub, all, labels)
	at := map[*block]geom.Point{}
	box := hub.sk.Bounds()
	for _, t := range list {
		at[t] = geom.Point{X: x - b.leftFace(t, labels), Y: y[t]}
		box = box.Union(t.sk.Bounds().Add(at[t]))
	}
	if box.Width() > dockWidth*geom.Grid || box.Height() > dockHeight*geom.Grid {
		return false
	}
	for _, t := range list {
		if !clearOf(hub, t, at[t]) {
			return false
		}
	}
	for i := range all {
		all[i].at = at[all[i].bl]
	}
	if whole && !clearWays(hub, all, tracks) {
		return false
	}
	b.drawRiver(hub, list, at, all, tracks, labels)
	return true
}

// onePerNet keeps the first wire of each net; the others have labels.
func onePerNet(list []stream) []stream {
	led := map[*net]bool{}
	return slices.DeleteFunc(list, func(s stream) bool {
		again := led[s.from.net]
		led[s.from.net] = true
		return again
	})
}

// inOrder returns the longest run of streams that do not cross each other.
func inOrder(list []stream) []stream {
	end := func(i int) int64 { return list[i].to.at.Y + list[i].at.Y }
	best, from := make([]int, len(list)), make([]int, len(list))
	last := -1
	for i := range list {
		best[i], from[i] = 1, -1
		for k := range i {
			if end(k) < end(i) && best[k]+1 > best[i] {
				best[i], from[i] = best[k]+1, k
			}
		}
		if last < 0 || best[i] > best[last] {
			last = i
		}
	}
	var run []stream
	for i := last; i >= 0; i = from[i] {
		run = append(run, list[i])
	}
	slices.Reverse(run)
	return run
}

// tracks returns where the faces of the child sheets are to stand, and where each
// stream turns.
func (b *builder) tracks(hub *block, all []stream, labels map[*net]int) (x int64, tracks []int64) {
	base, width := all[0].from.at.X, int64(0)
	var ups, downs int64
	for _, s := range all {
		out := int64(2)
		if b.keeps(s.from.net, labels) {
			out = labelSteps(s.from.net) + 2
		}
		base = max(base, s.from.at.X+out*geom.Grid)
		switch to := s.to.at.Y + s.at.Y; {
		case to < s.from.at.Y:
			ups++
		case to > s.from.at.Y:
			downs++
		}
	}
	base = beyond(hub, all, base)
	up, down := int64(0), downs
	for _, s := range all {
		track := int64(0)
		switch to := s.to.at.Y + s.at.Y; {
		case to < s.from.at.Y:
			track = up
			up++
		case to > s.from.at.Y:
			down--
			track = down
		}
		tracks = append(tracks, base+track*riverTrack*geom.Grid)
	}
	// Labels that stay must not reach into the tracks.
	used := map[mark]bool{}
	for _, s := range all {
		used[mark{net: s.to.net, at: s.to.at}] = true
	}
	for _, s := range all {
		for _, m := range s.bl.sk.marks {
			if m.toward == geom.Left && !m.power && !used[mark{net: m.net, at: m.at}] {
				width = max(width, labelSteps(m.net))
			}
		}
	}
	return base + (max(ups, downs)*riverTrack+width+1)*geom.Grid, tracks
}

// mostBeyond is how far tracks give way to what stands at the right of a block, in
// steps of the grid.
const mostBeyond = 24

// beyond returns where tracks may begin that have nothing of the block in their
// way.
func beyond(hub *block, all []stream, base int64) int64 {
	top, bottom := all[0].from.at.Y, all[0].from.at.Y
	for _, s := range all {
		top, bottom = min(top, s.from.at.Y, s.to.at.Y+s.at.Y), max(bottom, s.from.at.Y, s.to.at.Y+s.at.Y)
	}
	goes := func(box geom.Box) bool { // the label of a stream, which a wire replaces
		return slices.ContainsFunc(all, func(s stream) bool { return wire.LabelBox(s.from.net.Net, s.from.toward).Add(s.from.at) == box })
	}
	x := base
	for _, b := range hub.sk.Boxes {
		if b.Max.Y > top && b.Min.Y < bottom && (b.Owner != labelOwner || !goes(b.Box)) {
			x = max(x, geom.SnapUp(b.Max.X)+geom.Grid)
		}
	}
	if x > base+mostBeyond*geom.Grid {
		return base
	}
	return x
}

// leftFace returns where the leftmost faces of a block are.
func (b *builder) leftFace(t *block, labels map[*net]int) int64 {
	x := t.sk.Bounds().Max.X
	for _, f := range b.faces(&t.sk, labels) {
		if f.toward == geom.Left {
			x = min(x, f.at.X)
		}
	}
	return x
}

// clearOf reports whether a block covers nothing of another, nor stands close to
// it.
func clearOf(bl, other *block, at geom.Point) bool {
	for i, x := range other.cv.Boxes {
		if !other.cv.Removed(i) && x.Owner != labelOwner && !bl.cv.FreeBox(x.Box.Add(at).Grow(dockGap)) {
			return false
		}
	}
	for _, w := range other.cv.Wires {
		if !bl.cv.FreeBox(geom.BoxOf(w.A, w.B).Add(at).Grow(dockGap)) {
			return false
		}
	}
	return true
}

// ways returns the wires of a stream, by way of its track.
func (s *stream) ways(track int64) [3]route.Wire {
	from, to, id := s.from.at, s.to.at.Add(s.at), s.from.net.id
	up, down := geom.Point{X: track, Y: from.Y}, geom.Point{X: track, Y: to.Y}
	return [3]route.Wire{{A: from, B: up, Net: id}, {A: up, B: down, Net: id}, {A: down, B: to, Net: id}}
}

// clearWays reports whether all streams have room in the blocks that they lead from
// and to.
func clearWays(hub *block, all []stream, tracks []int64) bool {
	type removed struct {
		bl   *block
		gone []int
	}
	var labels []removed
	for i := range all {
		s := &all[i]
		labels = append(labels, removed{hub, removeLabels(hub, []face{s.from})}, removed{s.bl, removeLabels(s.bl, []face{s.to})})
	}
	clear := true
	for i := range all {
		back := geom.Point{}.Sub(all[i].at)
		for _, w := range all[i].ways(tracks[i]) {
			clear = clear && (w.A == w.B || hub.cv.FreeWire(w, 0))
			w.A, w.B = w.A.Add(back), w.B.Add(back)
			clear = clear && (w.A == w.B || all[i].bl.cv.FreeWire(w, 0))
		}
	}
	for _, r := range labels {
		for _, k := range r.gone {
			r.bl.cv.Restore(k)
		}
	}
	return clear
}

// drawRiver takes the child sheets over and draws the streams. One that has no room
// keeps its labels.
func (b *builder) drawRiver(hub *block, list []*block, at map[*block]geom.Point, all []stream, tracks []int64, labels map[*net]int) {
	keys := make([]string, len(all))
	for i, s := range all {
		removeLabels(hub, []face{s.from})
		keys[i] = hub.sk.dropLabel(s.from)
		s.bl.sk.dropLabel(s.to)
	}
	for _, t := range list {
		hub.takeOver(t, at[t])
	}
	for i, s := range all {
		from, to := s.from.at, s.to.at.Add(s.at)
		t := &sketch{}
		for _, w := range s.ways(tracks[i]) {
			t.wire(w.A, w.B, s.from.net, "river "+keys[i])
		}
		fits := hub.cv.Fits(&t.Items, geom.Point{}, 0) && !slices.ContainsFunc(t.Wires, func(w route.Wire) bool {
			return w.A != from && w.B != to && !hub.cv.FreeBox(geom.BoxOf(w.A, w.B))
		})
		if !fits {
			t = &sketch{}
			b.mark(t, s.from.net, from, s.from.toward, keys[i])
			b.mark(t, s.to.net, to, s.to.toward, keys[i])
		} else if b.keeps(s.from.net, labels) {
			b.mark(t, s.from.net, from, s.from.toward, keys[i])
			labels[s.from.net]--
		} else {
			labels[s.from.net] -= 2
		}
		hub.commit(t, geom.Point{})
	}
}
