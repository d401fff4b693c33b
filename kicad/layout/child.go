package layout

import (
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/netlist"
	"starboard/kicad/schematic"
	"starboard/kicad/wire"
)

// A child is the symbol of a child sheet, its place relative to its block.
type child struct {
	c  *wire.Cluster
	at geom.Point
}

// childBlocks makes a block of the symbol of each child sheet, so that it can
// stand beside what it is connected to.
func (b *builder) childBlocks() {
	for _, c := range b.in.Children {
		bl := b.newBlock()
		bl.commit(b.childSketch(c), geom.Point{})
		bl.children = append(bl.children, child{c: c})
	}
}

// addChildren puts the symbols of child sheets onto the sheet.
func (bl *block) addChildren(f *schematic.File, at geom.Point) {
	for _, ch := range bl.children {
		ch.c.AddTo(f, at.Add(ch.at))
	}
}

// childSketch takes over the wires and labels of the symbol of a child sheet,
// and leaves the rest.
func (b *builder) childSketch(c *wire.Cluster) *sketch {
	s := &sketch{}
	for _, box := range c.Covered() {
		s.box(box, 0)
	}
	byPlace := map[geom.Point]*net{}
	for _, l := range c.Labels {
		n := b.byLabel[l.Text]
		byPlace[l.At] = n
		b.mark(s, n, l.At, l.Towards, "sheet "+c.Sheets[0].UUID+l.Text)
	}
	for _, w := range c.Wires {
		n := byPlace[w.To]
		s.wire(w.From, w.To, n, "sheet "+c.Sheets[0].UUID+n.Label())
		byPlace[w.From] = n
	}
	for _, sheet := range c.Sheets {
		for _, p := range sheet.Pins {
			s.pin(p.At, byPlace[p.At])
		}
	}
	c.Wires, c.Labels = nil, nil
	return s
}

// The most child sheets of a column, the most that stand together, and what is kept
// free between columns.
const (
	mostInColumn = 6
	mostInLineUp = 4 * mostInColumn
	columnGap    = 6 * geom.Grid
)

// lineUp puts child sheets of one kind that stand alone below each other: those
// with the same pins.
func (b *builder) lineUp() {
	kinds := alike(b.blocks, func(bl *block) (string, bool) {
		if len(bl.children) != 1 || len(bl.sk.units) > 0 {
			return "", false
		}
		s := bl.children[0].c.Sheets[0]
		text := s.Box.Max.String()
		for _, p := range s.Pins {
			text += "\x00" + p.Name
		}
		return text, true
	})
	var all [][]*block
	for _, list := range kinds {
		all = slices.AppendSeq(all, slices.Chunk(list, mostInLineUp))
	}
	for _, list := range all {
		first, bottom, left := list[0], int64(0), int64(0)
		for i, bl := range list {
			own := bl.sk.Bounds()
			if i > 0 {
				if i%mostInColumn == 0 {
					bottom, left = 0, geom.SnapUp(first.sk.Bounds().Max.X+columnGap-own.Min.X)
				}
				b.absorb(first, bl, geom.Point{X: left, Y: bottom})
			}
			bottom += geom.SnapUp(own.Height() + riverGap*geom.Grid)
		}
	}
}

// findPorts adds the nets that only child sheets are on.
func (b *builder) findPorts() {
	b.byLabel = map[string]*net{}
	for _, child := range b.in.Sheet.Sheets() {
		for _, p := range child.Ports() {
			out := p.Outside()
			if b.index[out] == nil {
				n := &net{Net: out, id: len(b.nets) + 1, public: true}
				b.index[out] = n
				b.nets = append(b.nets, n)
			}
			b.byLabel[netlist.LabelText(out.Label())] = b.index[out]
		}
	}
}
