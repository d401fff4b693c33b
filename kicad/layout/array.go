package layout

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"starboard/kicad/geom"
)

// What is kept free between blocks of an array, how many stand in one line, how many
// parts each has at the most, and all together: what is larger must find its own
// place on a page or in a section.
const (
	arrayGap   = 2 * geom.Grid
	arrayRow   = 8
	arrayParts = 4
	arrayMost  = 16
)

// arrays puts blocks that look alike and consist of parts with two pins side by
// side, or below each other where they are flat: an array of resistors is looked
// at as one thing.
func (b *builder) arrays() {
	kinds := alike(b.blocks, func(bl *block) (string, bool) {
		if !bl.loose() || bl.rails || len(bl.limits) > 0 || len(bl.sk.units) == 0 || len(bl.sk.units) > arrayParts {
			return "", false
		}
		return bl.look(), true
	})
	var all [][]*block
	for _, list := range kinds {
		all = slices.AppendSeq(all, slices.Chunk(list, arrayMost/len(list[0].sk.units)))
	}
	for _, list := range all {
		first := list[0]
		box := first.sk.Bounds()
		flat := box.Width() > box.Height()
		var reach geom.Box // of any of them, from its first part
		for _, bl := range list {
			reach = reach.Union(bl.sk.Bounds().Add(geom.Point{}.Sub(bl.sk.units[0].at)))
		}
		wide, high := geom.SnapUp(reach.Width()+arrayGap), geom.SnapUp(reach.Height()+arrayGap)
		from := first.sk.units[0].at
		for i, bl := range list[1:] {
			n, m := int64((i+1)%arrayRow), int64((i+1)/arrayRow)
			at := geom.Point{X: n * wide, Y: m * high}
			if flat {
				at = geom.Point{X: m * wide, Y: n * high}
			}
			b.absorb(first, bl, from.Add(at).Sub(bl.sk.units[0].at))
		}
	}
}

// alike groups the blocks that have a key by it, in the order of their first.
func alike[K comparable](blocks []*block, key func(*block) (K, bool)) [][]*block {
	index := map[K]int{}
	var groups [][]*block
	for _, bl := range blocks {
		k, ok := key(bl)
		if !ok {
			continue
		}
		i, known := index[k]
		if !known {
			i = len(groups)
			index[k] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], bl)
	}
	return groups
}

// absorb makes a block a part of another one.
func (b *builder) absorb(into, bl *block, at geom.Point) {
	into.takeOver(bl, at)
	b.blocks = slices.DeleteFunc(b.blocks, func(o *block) bool { return o == bl })
}

// look describes the parts of a block and how they stand to each other.
func (bl *block) look() string {
	units := slices.Clone(bl.sk.units)
	slices.SortStableFunc(units, func(v, w standing) int {
		return cmp.Or(cmp.Compare(v.at.Y, w.at.Y), cmp.Compare(v.at.X, w.at.X))
	})
	var list []string
	for _, v := range units {
		list = append(list, fmt.Sprint(v.u.part.Symbol.Name, v.o, v.at.Sub(units[0].at)))
	}
	slices.Sort(list[1:])
	return strings.Join(list, " ")
}
