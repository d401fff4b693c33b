package layout

import (
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
	kinds := alike(b.blocks, func(bl *block) (*circuit.Part, bool) {
		if !bl.idle() {
			return nil, false
		}
		return bl.sk.units[0].u.part, true
	})
	for _, list := range kinds {
		first := list[0]
		for _, bl := range list[1:] {
			box, own := first.sk.Bounds(), bl.sk.Bounds()
			b.absorb(first, bl, geom.Point{X: geom.SnapUp(box.Max.X + 2*geom.Grid - own.Min.X)})
		}
		first.last = true
	}
}
