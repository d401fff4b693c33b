package score

import (
	"strings"

	"starboard/kicad/connect"
	"starboard/kicad/geom"
)

// terms measures the soft properties. A weight other than 0 says that there is
// something to look at.
func (v *view) terms() map[string]Term {
	return map[string]Term{
		"crossings": v.crossings(),
		"bends":     v.bends(),
		"length":    v.length(),
		"wired":     v.wired(),
		"islands":   v.islands(),
		"labels":    v.labels(),
		"flow":      v.flow(),
		"power":     v.power(),
		"alignment": v.alignment(),
		"space":     v.space(),
		"page":      v.page(),
	}
}

func (v *view) n() int64 { return int64(max(v.parts, 1)) }

// of returns the term of a share of something good.
func of(good, all int64, unit string) Term {
	if all == 0 {
		return Term{Unit: unit}
	}
	return Term{Count: good, Of: all, Unit: unit, Quality: share(good, all), Weight: 1}
}

// crossings counts points where wires run through each other without being
// connected.
func (v *view) crossings() Term {
	t := newTracks(v.wires)
	dots := map[geom.Point]bool{}
	for _, j := range v.sheet.Drawing.Junctions {
		dots[j.At] = true
	}
	n := int64(0)
	t.crossings(func(p geom.Point, _, _ *connect.Wire) {
		if !dots[p] {
			n++
		}
	})
	return Term{Count: n, Unit: "crossings", Quality: quality(v.n(), 2*n), Weight: 1}
}

// bends counts corners: points where two wires end, at a right angle, and
// nothing else.
func (v *view) bends() Term {
	type end struct {
		n             int
		upright, flat bool
	}
	ends := map[geom.Point]*end{}
	for _, w := range v.wires {
		for _, p := range []geom.Point{w.Start, w.End} {
			e := ends[p]
			if e == nil {
				e = &end{}
				ends[p] = e
			}
			e.n++
			if w.Start.X == w.End.X {
				e.upright = true
			} else {
				e.flat = true
			}
		}
	}
	n := int64(0)
	for _, e := range ends {
		if e.n == 2 && e.upright && e.flat {
			n++
		}
	}
	return Term{Count: n, Unit: "bends", Quality: quality(4*v.n(), n), Weight: 1}
}

// length compares the wires of each group with half the circumference of the
// box around what they join.
func (v *view) length() Term {
	least, drawn := int64(0), int64(0)
	for _, g := range v.groups {
		if len(g.Wires) == 0 || g.Wires[0].Bus {
			continue
		}
		var ends []geom.Point
		for _, t := range g.Terminals {
			ends = append(ends, t.At)
		}
		for _, p := range g.SheetPins {
			ends = append(ends, p.At)
		}
		for _, l := range g.Labels {
			ends = append(ends, l.At)
		}
		for _, e := range g.Entries {
			ends = append(ends, e.Start, e.End)
		}
		for _, w := range g.Wires {
			drawn += abs(w.End.X-w.Start.X) + abs(w.End.Y-w.Start.Y)
		}
		if len(ends) > 0 {
			b := geom.BoxOf(ends...)
			least += b.Width() + b.Height()
		}
	}
	t := of(min(least, drawn)/1000, drawn/1000, "µm")
	return t
}

func abs(n int64) int64 { return max(n, -n) }

// wired counts, for each net, how many of the connections between its pins on
// the sheet are drawn.
func (v *view) wired() Term {
	type net struct {
		pins, drawn int64
		power       bool
	}
	nets := map[*connect.Net]*net{}
	for _, g := range v.groups {
		if g.Net == nil {
			continue
		}
		n := nets[g.Net]
		if n == nil {
			n = &net{}
			nets[g.Net] = n
		}
		pins := int64(0)
		for _, t := range g.Terminals {
			if t.Part.Power() != connect.NoPower {
				n.power = true
				continue
			}
			if !t.Lib.Hidden {
				pins++
			}
		}
		pins += int64(len(g.SheetPins))
		n.pins += pins
		n.drawn += max(pins-1, 0)
	}
	good, all := int64(0), int64(0)
	for _, n := range nets {
		if !n.power && n.pins > 1 {
			good += n.drawn
			all += n.pins - 1
		}
	}
	return of(good, all, "connections")
}

// islands counts the groups of parts that wires hold together.
func (v *view) islands() Term {
	into := map[any]any{} // the part or sheet box that another is joined to
	find := func(p any) any {
		for into[p] != p {
			p = into[p]
		}
		return p
	}
	n := int64(0)
	for i := range v.bodies {
		b := &v.bodies[i]
		switch {
		case b.part == nil:
			into[b.sheet] = b.sheet
		case b.part.Power() == connect.NoPower && len(b.part.Pins()) > 0:
			into[b.part] = b.part
		default:
			continue
		}
		n++
	}
	for _, g := range v.groups {
		var first any
		join := func(p any) {
			if _, is := into[p]; !is {
				return
			}
			if first == nil {
				first = find(p)
			} else if o := find(p); o != first {
				into[o] = first
				n--
			}
		}
		for _, t := range g.Terminals {
			join(t.Part)
		}
		for _, p := range g.SheetPins {
			join(p.Sheet)
		}
	}
	if len(into) < 2 {
		return Term{Unit: "islands"}
	}
	return Term{Count: n, Unit: "islands", Quality: quality(2*v.n(), n-1), Weight: 1}
}

// labels counts labels that name nets.
func (v *view) labels() Term {
	n := int64(0)
	for _, l := range v.sheet.Drawing.Labels {
		if l.Kind != connect.Directive {
			n++
		}
	}
	return Term{Count: n, Unit: "labels", Quality: quality(8*v.n(), n), Weight: 1}
}

// flow counts what runs from left to right.
func (v *view) flow() Term {
	good, all := int64(0), int64(0)
	judge := func(ok bool) {
		all++
		if ok {
			good++
		}
	}
	for _, g := range v.groups {
		for _, o := range g.Terminals {
			if o.Type != "output" && o.Type != "tri_state" && o.Type != "open_collector" && o.Type != "open_emitter" {
				continue
			}
			for _, i := range g.Terminals {
				if i.Type == "input" && i.Part != o.Part && i.At.X != o.At.X {
					judge(o.At.X < i.At.X)
				}
			}
		}
	}
	for _, l := range v.sheet.Drawing.Labels {
		if l.Kind != connect.Global && l.Kind != connect.Hierarchical || l.Angle%180 != 0 {
			continue
		}
		switch l.Shape {
		case "input":
			judge(l.Angle == 180)
		case "output":
			judge(l.Angle == 0)
		}
	}
	for _, s := range v.sheet.Drawing.Sheets {
		for _, p := range s.Pins {
			if p.Angle%180 != 0 {
				continue
			}
			switch p.Shape {
			case "input":
				judge(p.Angle == 180)
			case "output":
				judge(p.Angle == 0)
			}
		}
	}
	return of(good, all, "to the right")
}

// power counts power symbols that stand upright.
func (v *view) power() Term {
	good, all := int64(0), int64(0)
	for i := range v.bodies {
		b := &v.bodies[i]
		if b.part == nil || b.part.Power() == connect.NoPower || strings.HasPrefix(b.part.Ref, "#FLG") || strings.HasSuffix(b.part.Symbol.LibID, ":PWR_FLAG") {
			continue
		}
		pins := b.part.Pins()
		if len(pins) == 0 {
			continue
		}
		all++
		d := middle(b.box).Sub(pins[0].At)
		if abs(d.Y) <= abs(d.X) {
			continue // it lies on its side
		}
		name := ""
		if f := b.part.Symbol.Field("Value"); f != nil {
			name = v.sch.Text(b.part, f)
		}
		if (d.Y > 0) == isGround(name) {
			good++
		}
	}
	return of(good, all, "power symbols")
}

// near is how far parts of a row may be apart.
const near = 2000 * geom.Mil

// alignment counts parts with another one beside or below them.
func (v *view) alignment() Term {
	// A part has three rows and three columns: its anchor and its edges. Only
	// like counts with like.
	type track struct{ kind, line int64 }
	type lines [3]geom.Point
	rows, columns := map[track][]int64{}, map[track][]int64{}
	var places []lines
	for i := range v.bodies {
		b := &v.bodies[i]
		l := lines{b.box.Min, b.box.Min, b.box.Max}
		if b.part != nil {
			if b.part.Power() != connect.NoPower {
				continue
			}
			l[0] = b.part.Symbol.At
		}
		places = append(places, l)
		for k, p := range l {
			row, column := track{int64(k), p.Y}, track{int64(k), p.X}
			rows[row] = append(rows[row], p.X)
			columns[column] = append(columns[column], p.Y)
		}
	}
	if len(places) < 2 {
		return Term{Unit: "parts"}
	}
	beside := func(list []int64, at int64) bool {
		for _, o := range list {
			if d := abs(o - at); d > 0 && d <= near {
				return true
			}
		}
		return false
	}
	good := int64(0)
	for _, l := range places {
		for k, p := range l {
			if beside(rows[track{int64(k), p.Y}], p.X) || beside(columns[track{int64(k), p.X}], p.Y) {
				good++
				break
			}
		}
	}
	return of(good, int64(len(places)), "parts")
}

// content returns the box around everything that is electrical, and the area of
// what is in it, in square micrometres.
func (v *view) content() (box geom.Box, covered int64, ok bool) {
	add := func(b geom.Box, fills bool) {
		if ok {
			box = box.Union(b)
		} else {
			box, ok = b, true
		}
		if fills {
			covered += area(b)
		}
	}
	for i := range v.bodies {
		add(v.bodies[i].box, true)
	}
	for i := range v.texts {
		if t := &v.texts[i]; t.label != nil || t.of != "" {
			add(t.box, true)
		}
	}
	for _, w := range v.wires {
		add(geom.BoxOf(w.Start, w.End), false)
	}
	return box, covered, ok
}

func area(b geom.Box) int64 { return b.Width() / 1000 * (b.Height() / 1000) }

// space judges how densely the drawing is filled.
func (v *view) space() Term {
	const lowest, highest = 60, 350
	box, covered, ok := v.content()
	if !ok || v.parts < 2 || area(box) == 0 {
		return Term{Unit: "‰ covered"}
	}
	d := share(min(covered, area(box)), area(box))
	t := Term{Count: int64(d), Unit: "‰ covered", Quality: 1000, Weight: 1}
	switch {
	case d < lowest:
		t.Quality = share(int64(d), lowest)
	case d > highest:
		t.Quality = share(int64(1000-d), 1000-highest)
	}
	return t
}

// page judges how much of the page the drawing takes.
func (v *view) page() Term {
	const enough = 250
	box, _, ok := v.content()
	if !ok {
		return Term{Unit: "‰ of the page"}
	}
	page := geom.Box{Max: geom.Point{X: v.pic.Width, Y: v.pic.Height}}.Grow(-margin)
	if area(page) <= 0 {
		return Term{Unit: "‰ of the page"}
	}
	u := share(min(area(box), area(page)), area(page))
	return Term{Count: int64(u), Unit: "‰ of the page", Quality: min(share(int64(u), enough), 1000), Weight: 1}
}
