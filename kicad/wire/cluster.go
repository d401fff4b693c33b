// Package wire draws what connects one symbol to its nets: a short wire from
// each pin to a label, a power symbol or a no-connect flag, and the texts of
// the symbol where they cover nothing.
//
// The result is a [Cluster]: the symbol with all that belongs to it, placed
// as a whole. Nothing in a cluster overlaps, and no wire of it touches a pin
// of another net; so a sheet of clusters side by side is sound.
package wire

import (
	"starboard/kicad/geom"
	"starboard/kicad/schematic"
)

// gap is kept free around texts and symbols.
const gap = 200_000

// A Cluster is a symbol and what is drawn around it. Coordinates are relative
// to its anchor, which belongs on the grid.
type Cluster struct {
	Box        geom.Box // all that is drawn
	Symbols    []schematic.Symbol
	Sheets     []schematic.Sheet
	Wires      []schematic.Wire
	Labels     []schematic.Label
	NoConnects []schematic.NoConnect

	taken []geom.Box // what others must not cover
}

// cover marks an area as drawn on.
func (c *Cluster) cover(b geom.Box) {
	if len(c.taken) == 0 {
		c.Box = b
	}
	c.Box = c.Box.Union(b)
	c.taken = append(c.taken, b)
}

// free reports whether an area, and a gap around it, is not drawn on yet.
func (c *Cluster) free(b geom.Box) bool {
	b = b.Grow(gap)
	for _, t := range c.taken {
		if t.Overlaps(b) {
			return false
		}
	}
	return true
}

// AddTo puts the cluster onto a sheet, its anchor at a place.
func (c *Cluster) AddTo(f *schematic.File, at geom.Point) {
	for _, s := range c.Symbols {
		s.At = s.At.Add(at)
		for i := range s.Fields {
			s.Fields[i].At = s.Fields[i].At.Add(at)
		}
		f.Symbols = append(f.Symbols, s)
		f.Library = append(f.Library, s.Symbol)
	}
	for _, s := range c.Sheets {
		s.Box = s.Box.Add(at)
		s.Name.At, s.File.At = s.Name.At.Add(at), s.File.At.Add(at)
		for i := range s.Pins {
			s.Pins[i].At = s.Pins[i].At.Add(at)
		}
		f.Sheets = append(f.Sheets, s)
	}
	for _, w := range c.Wires {
		w.From, w.To = w.From.Add(at), w.To.Add(at)
		f.Wires = append(f.Wires, w)
	}
	for _, l := range c.Labels {
		l.At = l.At.Add(at)
		f.Labels = append(f.Labels, l)
	}
	for _, n := range c.NoConnects {
		n.At = n.At.Add(at)
		f.NoConnects = append(f.NoConnects, n)
	}
}
