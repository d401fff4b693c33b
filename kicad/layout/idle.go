package layout

import (
	"slices"

	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/symbol"
)

// idle reports whether a block is a unit of a part with several that is not used:
// its inputs are on supplies, and nothing else is on its pins.
func (bl *block) idle() bool {
	if len(bl.sk.units) != 1 || len(bl.children) > 0 {
		return false
	}
	u := bl.sk.units[0].u
	if u.part.Symbol.Units == 1 || u.chain != nil {
		return false
	}
	for _, t := range u.terms {
		if t.net != nil && !t.net.power {
			return false
		}
		switch u.part.Pin(t.Key).Type {
		case symbol.PowerIn, symbol.PowerOut, symbol.Passive:
			return false
		}
	}
	return true
}

// shelve puts the units of a part that are not used into one block, side by side,
// after everything else: they have to be there, and nobody looks for them.
func (b *builder) shelve() {
	var order []*circuit.Part
	of := map[*circuit.Part][]*block{}
	for _, bl := range b.blocks {
		if bl.idle() {
			p := bl.sk.units[0].u.part
			if of[p] == nil {
				order = append(order, p)
			}
			of[p] = append(of[p], bl)
		}
	}
	for _, p := range order {
		first := of[p][0]
		for _, bl := range of[p][1:] {
			box, own := first.sk.Bounds(), bl.sk.Bounds()
			first.takeOver(bl, geom.Point{X: geom.SnapUp(box.Max.X + 2*geom.Grid - own.Min.X)})
			b.blocks = slices.DeleteFunc(b.blocks, func(o *block) bool { return o == bl })
		}
		first.last = true
	}
}
