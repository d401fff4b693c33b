package layout

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/netlist"
	"starboard/kicad/rule"
	"starboard/kicad/schematic"
)

// A large sheet is divided into sections: blocks that have nets in common, in a
// dashed frame under a title, which names the symbols that the section is about.
// Blocks join by the weight of what they share, the heaviest first, as in
// Kruskal's algorithm (1956), until a section has as many units as can be taken
// in at a glance.

// From how many units on a sheet has sections; the most units of one section, and
// the fewest that deserve one of their own.
const (
	manyUnits   = 80
	fullSection = 56
	fewUnits    = 16
)

// A section is a group of blocks, its places relative to its frame.
type section struct {
	blocks []*block
	units  int
	items  []item // of its blocks
	frame  geom.Box
	title  string
}

// Of a section, in nanometres: what is kept free inside its frame, and the height
// of its title with what is kept free around it.
const (
	sectionInset = 4 * geom.Grid
	sectionTitle = 4 * geom.Grid
)

// sections divides the sheet; nil where it is no large one.
func (b *builder) sections() []*section {
	units := 0
	for _, bl := range b.blocks {
		units += len(bl.sk.units)
	}
	if units < manyUnits {
		return nil
	}
	group := b.gather()
	var list []*section
	of := map[int]*section{}
	for i, bl := range b.blocks {
		s := of[group[i]]
		if s == nil {
			s = &section{}
			of[group[i]] = s
			list = append(list, s)
		}
		s.blocks = append(s.blocks, bl)
		s.units += len(bl.sk.units)
	}
	list = gleaned(list)
	if len(list) < 2 {
		return nil
	}
	for _, s := range list {
		s.title = title(s.blocks)
		s.arrange()
	}
	return list
}

// gather returns the group that each block is in.
func (b *builder) gather() []int {
	type pair struct{ i, k int }
	weights := map[pair]int{}
	var pairs []pair
	add := func(i, k, weight int) {
		p := pair{min(i, k), max(i, k)}
		if weights[p] == 0 {
			pairs = append(pairs, p)
		}
		weights[p] += weight
	}
	on := map[*net][]int{}
	of := map[*unit]int{}
	for i, bl := range b.blocks {
		for _, v := range bl.sk.units {
			of[v.u] = i
			for _, t := range v.u.terms {
				if n := t.net; n != nil && !n.power && (len(on[n]) == 0 || on[n][len(on[n])-1] != i) {
					on[n] = append(on[n], i)
				}
			}
		}
	}
	const most = 6 // blocks on a net that says something of them
	for _, n := range b.nets {
		if len(on[n]) > most {
			continue
		}
		for x, i := range on[n] {
			for _, k := range on[n][x+1:] {
				add(i, k, 60/(len(on[n])-1))
			}
		}
	}
	for i, bl := range b.blocks {
		if bl.home != nil {
			if k, placed := of[bl.home]; placed && k != i {
				add(i, k, 1000) // it stands beside what it serves
			}
		}
	}
	slices.SortStableFunc(pairs, func(p, q pair) int {
		return cmp.Or(cmp.Compare(weights[q], weights[p]), cmp.Compare(p.i, q.i), cmp.Compare(p.k, q.k))
	})
	group, size := make([]int, len(b.blocks)), make([]int, len(b.blocks))
	for i, bl := range b.blocks {
		group[i], size[i] = i, len(bl.sk.units)
	}
	find := func(i int) int {
		for group[i] != i {
			i = group[i]
		}
		return i
	}
	for _, p := range pairs {
		if i, k := find(p.i), find(p.k); i != k && size[i]+size[k] <= fullSection {
			group[max(i, k)] = min(i, k)
			size[min(i, k)] += size[max(i, k)]
		}
	}
	for i := range group {
		group[i] = find(i)
	}
	return group
}

// gleaned puts what would be small sections together, in the order of the sheet.
func gleaned(list []*section) []*section {
	var out []*section
	var rest *section
	for _, s := range list {
		switch {
		case s.units >= fewUnits:
			out = append(out, s)
		case rest != nil && rest.units+s.units <= fullSection:
			rest.blocks = append(rest.blocks, s.blocks...)
			rest.units += s.units
		default:
			rest = s
			out = append(out, s)
		}
	}
	return out
}

// arrange finds places for the blocks of a section, and its frame: of the heights
// that are tried the one that makes it about three by two.
func (s *section) arrange() {
	tall, area := int64(0), int64(0)
	for _, bl := range s.blocks {
		box := bl.sk.Bounds()
		s.items = append(s.items, item{box: box})
		tall = max(tall, box.Height())
		area += (box.Width() + spacing) / geom.Grid * ((box.Height() + spacing) / geom.Grid)
	}
	const endless = 1 << 50
	endlessPage := schematic.Paper{Width: endless, Height: endless}
	var best []item
	least := int64(0)
	try := slices.Clone(s.items)
	for limit := tall; best == nil || limit <= 4*tall && limit/geom.Grid*(limit/geom.Grid) < 3*area; limit += max(tall/4, 4*geom.Grid) {
		if !columns(try, endlessPage, margin+limit) {
			continue
		}
		box := extent(try)
		if worst := max(2*box.Width(), 3*box.Height()); best == nil || worst < least {
			best, least = slices.Clone(try), worst
		}
	}
	copy(s.items, best)
	box := extent(s.items)
	// The title needs its room as well.
	box.Max.X = max(box.Max.X, box.Min.X+font.Width(s.title, noteSize))
	box = box.Grow(sectionInset)
	box.Min.Y -= sectionTitle
	s.frame = geom.Box{
		Min: geom.Point{X: geom.SnapDown(box.Min.X), Y: geom.SnapDown(box.Min.Y)},
		Max: geom.Point{X: geom.SnapUp(box.Max.X), Y: geom.SnapUp(box.Max.Y)},
	}
}

// extent returns the box around items with their places.
func extent(items []item) geom.Box {
	box := items[0].box.Add(items[0].at)
	for _, it := range items {
		box = box.Union(it.box.Add(it.at))
	}
	return box
}

// title names the symbols with the most pins, at most two kinds of them.
func title(blocks []*block) string {
	type kind struct {
		symbol, value string
		pins          int
		refs          []string
	}
	var kinds []kind
	for _, bl := range blocks {
		for _, v := range bl.sk.units {
			p := v.u.part
			if v.u.chain != nil && len(v.u.terms) < 3 {
				continue
			}
			i := slices.IndexFunc(kinds, func(k kind) bool { return k.value == p.Value && k.symbol == p.Symbol.LibID() })
			if i < 0 {
				i = len(kinds)
				kinds = append(kinds, kind{symbol: p.Symbol.LibID(), value: p.Value, pins: len(p.Symbol.Pins)})
			}
			if !slices.Contains(kinds[i].refs, p.Ref) {
				kinds[i].refs = append(kinds[i].refs, p.Ref)
			}
		}
	}
	if len(kinds) == 0 {
		var refs []string
		for _, bl := range blocks {
			for _, v := range bl.sk.units {
				refs = append(refs, v.u.part.Ref)
			}
		}
		return span(refs)
	}
	slices.SortStableFunc(kinds, func(a, b kind) int { return cmp.Compare(b.pins, a.pins) })
	var words []string
	for _, k := range kinds[:min(len(kinds), 2)] {
		words = append(words, strings.TrimSpace(span(k.refs)+" "+k.value))
	}
	return strings.Join(words, ", ")
}

// mostSpans is how many references and runs of them a title has room for.
const mostSpans = 4

// span names references, runs of them by the first and the last.
func span(refs []string) string {
	slices.SortFunc(refs, func(a, b string) int { return netlist.NaturalCompare(a, b, true) })
	refs = slices.Compact(refs)
	var words []string
	for i := 0; i < len(refs); {
		k := i
		for k+1 < len(refs) && follows(refs[k], refs[k+1]) {
			k++
		}
		switch {
		case k-i < 2:
			words, i = append(words, refs[i]), i+1
		default:
			words, i = append(words, refs[i]+" to "+refs[k]), k+1
		}
	}
	if len(words) > mostSpans {
		words = append(words[:mostSpans], "...")
	}
	return strings.Join(words, ", ")
}

// follows reports whether a reference is the next one after another.
func follows(a, b string) bool {
	number := func(ref string) (prefix string, n int) {
		prefix = strings.TrimRight(ref, "0123456789")
		n, _ = strconv.Atoi(ref[len(prefix):])
		return prefix, n
	}
	p, n := number(a)
	q, m := number(b)
	return p == q && m == n+1
}

// drawSections finds places for the sections on a page, and draws their frames.
// It returns the places of the blocks, in the order of the sheet, and that of the
// flags.
func (b *builder) drawSections(sections []*section, extra []item, f *schematic.File, sheet *sketch) ([]item, error) {
	var frames []item
	for _, s := range sections {
		frames = append(frames, item{box: s.frame})
	}
	frames = append(frames, extra...)
	paper, err := arrange(frames, b.in.Smallest)
	if err != nil {
		return nil, err
	}
	f.Paper = paper
	place := map[*block]item{}
	for i, s := range sections {
		at := frames[i].at
		for k, bl := range s.blocks {
			it := s.items[k]
			it.at = it.at.Add(at)
			place[bl] = it
		}
		frame := s.frame.Add(at)
		first := s.blocks[0].identity()
		f.Frames = append(f.Frames, schematic.Frame{Box: frame, UUID: b.in.Drafter.IDs.UUID("section", first)})
		sheet.note(rule.Note{Text: s.title, At: frame.Min.Add(geom.Point{X: 2 * geom.Grid, Y: sectionTitle})})
		sheet.frames = append(sheet.frames, frame)
	}
	var items []item
	for _, bl := range b.blocks {
		items = append(items, place[bl])
	}
	return append(items, frames[len(sections):]...), nil
}

// identity returns what makes a block known: its first part.
func (bl *block) identity() string {
	if len(bl.sk.units) > 0 {
		return bl.sk.units[0].u.part.ID
	}
	return "sheet " + bl.children[0].c.Sheets[0].UUID
}
