package rule

import (
	"cmp"
	"slices"

	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/symbol"
	"starboard/kicad/wire"
)

// Main returns the units that make the flow of a sheet: all but the parts with
// two pins that hang on what they serve, because one pin is on a power net or
// both are, such as decoupling capacitors and pull-ups, or because both are on
// pins of one symbol, such as feedback and crystals. A connector with two pins
// is where a signal comes in or goes out.
func Main(units []Unit) []Unit {
	on := map[*circuit.Net][]Unit{} // the symbols with more than two pins
	for _, u := range units {
		if list := wire.Terminals(u.Part, u.No, geom.Orientation{}); len(list) > 2 && !connector(u) {
			for _, t := range list {
				if t.Net != nil {
					on[t.Net.Root()] = append(on[t.Net.Root()], u)
				}
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(units), func(u Unit) bool {
		list := wire.Terminals(u.Part, u.No, geom.Orientation{})
		if len(list) != 2 || connector(u) || list[0].Net == nil || list[1].Net == nil {
			return false
		}
		a, b := list[0].Net.Root(), list[1].Net.Root()
		return a.IsPower() || b.IsPower() || slices.ContainsFunc(on[a], func(v Unit) bool { return slices.Contains(on[b], v) })
	})
}

// drives reports whether a pin puts out a signal.
func drives(t symbol.Type) bool {
	switch t {
	case symbol.Output, symbol.PowerOut, symbol.OpenCollector, symbol.OpenEmitter, symbol.TriState:
		return true
	}
	return false
}

// mostOnNet is how many pins a net may have to count for the flow: one with
// more is no path of a signal.
const mostOnNet = 12

// connector reports whether signals come in or go out by a unit.
func connector(u Unit) bool {
	switch u.Part.Prefix {
	case "J", "P", "X", "CN":
		return true
	}
	return false
}

// A flowGraph says what leads to what.
type flowGraph struct {
	next, before [][]int
	layer        []int
}

// graphOf finds the edges between units: from a driver to what it drives, or
// where a net has no driver, from what is on it to its inputs; and where it has
// neither, away from the unit that is known first.
func graphOf(units []Unit) *flowGraph {
	g := &flowGraph{next: make([][]int, len(units)), before: make([][]int, len(units)), layer: make([]int, len(units))}
	type end struct {
		unit    int
		out, in bool
	}
	var nets []*circuit.Net
	ends := map[*circuit.Net][]end{}
	for i, u := range units {
		for _, pin := range u.Part.Symbol.UnitPins(u.No, 1) {
			n := u.Part.Pin(pin.Number).Net()
			if n == nil || n.IsPower() {
				continue
			}
			n = n.Root()
			if ends[n] == nil {
				nets = append(nets, n)
			}
			e := end{i, drives(pin.Type), pin.Type == symbol.Input}
			if !slices.Contains(ends[n], e) {
				ends[n] = append(ends[n], e)
			}
		}
	}
	var loose [][2]int
	for _, n := range nets {
		list := ends[n]
		if len(list) < 2 || len(list) > mostOnNet {
			continue
		}
		driven := slices.ContainsFunc(list, func(e end) bool { return e.out })
		for _, a := range list {
			for _, b := range list {
				switch {
				case a.unit == b.unit:
				case driven && a.out && !b.out:
					g.add(a.unit, b.unit)
				case !driven && !a.in && b.in:
					g.add(a.unit, b.unit)
				case !driven && a.in == b.in && a.unit < b.unit:
					loose = append(loose, [2]int{a.unit, b.unit})
				}
			}
		}
	}
	// An edge without a driver goes on in the direction in which its first end
	// has been reached.
	for _, e := range loose {
		a, b := e[0], e[1]
		if connector(units[b]) && !connector(units[a]) && len(g.before[a]) == 0 {
			a, b = b, a // nobody drives the net: the signal comes in
		} else if len(g.before[a]) == 0 && len(g.before[b]) > 0 && len(g.next[a]) > 0 {
			a, b = b, a
		}
		if !g.reaches(b, a) {
			g.add(a, b)
		}
	}
	return g
}

func (g *flowGraph) add(a, b int) {
	if !slices.Contains(g.next[a], b) {
		g.next[a] = append(g.next[a], b)
		g.before[b] = append(g.before[b], a)
	}
}

func (g *flowGraph) reaches(from, to int) bool {
	seen := make([]bool, len(g.next))
	pending := []int{from}
	for len(pending) > 0 {
		k := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		if k == to {
			return true
		}
		for _, m := range g.next[k] {
			if !seen[m] {
				seen[m] = true
				pending = append(pending, m)
			}
		}
	}
	return false
}

// layers gives each unit its layer: one more than the last of those before it.
// An edge that closes a circle does not count.
func (g *flowGraph) layers() {
	const (
		fresh = iota
		open
		done
	)
	state := make([]int, len(g.next))
	var order []int // reversed: what comes last first
	type frame struct{ k, i int }
	for start := range g.next {
		if state[start] != fresh {
			continue
		}
		state[start] = open
		stack := []frame{{start, 0}}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.i == len(g.next[top.k]) {
				state[top.k] = done
				order = append(order, top.k)
				stack = stack[:len(stack)-1]
				continue
			}
			m := g.next[top.k][top.i]
			if state[m] == open { // a circle: drop the edge
				g.next[top.k] = slices.Delete(g.next[top.k], top.i, top.i+1)
				g.before[m] = slices.DeleteFunc(g.before[m], func(b int) bool { return b == top.k })
				continue
			}
			top.i++
			if state[m] == fresh {
				state[m] = open
				stack = append(stack, frame{m, 0})
			}
		}
	}
	for _, k := range slices.Backward(order) {
		for _, m := range g.next[k] {
			g.layer[m] = max(g.layer[m], g.layer[k]+1)
		}
	}
	// What begins a path stands right before what it leads to.
	for _, k := range order {
		if len(g.before[k]) > 0 || len(g.next[k]) == 0 {
			continue
		}
		least := g.layer[g.next[k][0]]
		for _, m := range g.next[k] {
			least = min(least, g.layer[m])
		}
		g.layer[k] = max(g.layer[k], least-1)
	}
}

// sweeps is how often the order within the layers is improved.
const sweeps = 4

// Flow places units in layers from the left to the right, as their signals
// run: layered drawing after Sugiyama, Tagawa and Toda (1981), with the
// barycentres in integers. Within a layer each unit stands at the height that
// makes its first connection a straight wire, if those above it let it.
func (p *Plan) Flow(j Job) (geom.Box, error) {
	g := graphOf(j.Units)
	g.layers()
	count := 0
	for _, l := range g.layer {
		count = max(count, l+1)
	}
	layers := make([][]int, count)
	rank := make([]int, len(j.Units))
	for k := range j.Units {
		rank[k] = len(layers[g.layer[k]])
		layers[g.layer[k]] = append(layers[g.layer[k]], k)
	}
	for s := range sweeps {
		for i := range layers {
			l, others := layers[i], g.before
			if s%2 == 1 {
				l, others = layers[count-1-i], g.next
			}
			centre := func(k int) int {
				if len(others[k]) == 0 {
					return rank[k] * 1000
				}
				sum := 0
				for _, m := range others[k] {
					sum += rank[m]
				}
				return sum * 1000 / len(others[k])
			}
			slices.SortStableFunc(l, func(a, b int) int { return cmp.Compare(centre(a), centre(b)) })
			for r, k := range l {
				rank[k] = r
			}
		}
	}
	if j.Stand == nil {
		j.each = g.stands(j.Units)
	}
	boxes := j.extents()
	at := make([]geom.Point, len(boxes))
	x := j.At.X
	placed := make([]bool, len(boxes))
	for _, l := range layers {
		left, right := int64(0), int64(0)
		for _, k := range l {
			left, right = max(left, -boxes[k].Min.X), max(right, boxes[k].Max.X)
		}
		x = geom.SnapUp(x + left)
		y := j.At.Y
		for _, k := range l {
			low := geom.SnapUp(y - boxes[k].Min.Y)
			if want, ok := p.level(&j, g, at, placed, k); ok {
				low = max(low, want)
			}
			at[k] = geom.Point{X: x, Y: low}
			placed[k] = true
			y = at[k].Y + boxes[k].Max.Y + j.Gap
		}
		x += right + j.Gap
	}
	return p.put(&j, at, boxes)
}

// stands turns what can be entered on one side and left on the other into the
// flow: parts with two opposite pins, and symbols with pins on one side only.
func (g *flowGraph) stands(units []Unit) map[Unit]geom.Orientation {
	each := map[Unit]geom.Orientation{}
	for k, u := range units {
		list := wire.Terminals(u.Part, u.No, geom.Orientation{})
		power := slices.ContainsFunc(list, func(t wire.Terminal) bool { return t.Net != nil && t.Net.IsPower() })
		left := !slices.ContainsFunc(list, func(t wire.Terminal) bool { return t.Side != geom.Left })
		right := !slices.ContainsFunc(list, func(t wire.Terminal) bool { return t.Side != geom.Right })
		switch {
		case len(list) == 2 && !power && list[0].Side == list[1].Side.Opposite():
			in := 0
			for _, m := range g.before[k] {
				v := units[m]
				for _, t := range wire.Terminals(v.Part, v.No, geom.Orientation{}) {
					if t.Net != nil && list[1].Net != nil && t.Net.Root() == list[1].Net.Root() {
						in = 1
					}
				}
			}
			for _, angle := range []int{0, 90, 180, 270} {
				o := geom.Orientation{Angle: angle}
				if wire.Terminals(u.Part, u.No, o)[in].Side == geom.Left {
					each[u] = o
				}
			}
		case left && len(g.before[k]) == 0 && (len(g.next[k]) > 0 || connector(u)), right && len(g.next[k]) == 0 && len(g.before[k]) > 0:
			each[u] = geom.Orientation{Mirror: geom.MirrorY}
		}
	}
	return each
}

// level returns the height at which the first connection of a unit to one that
// stands before it is straight.
func (p *Plan) level(j *Job, g *flowGraph, at []geom.Point, placed []bool, k int) (int64, bool) {
	u := j.Units[k]
	mine := wire.Terminals(u.Part, u.No, j.stand(u))
	for _, m := range g.before[k] {
		if !placed[m] {
			continue
		}
		v := j.Units[m]
		for _, t := range wire.Terminals(v.Part, v.No, j.stand(v)) {
			if t.Net == nil || t.Net.IsPower() {
				continue
			}
			for _, s := range mine {
				if s.Net != nil && s.Net.Root() == t.Net.Root() {
					return at[m].Y + t.At.Y - s.At.Y, true
				}
			}
		}
	}
	return 0, false
}
