package wire

import (
	"starboard/kicad/circuit"
	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/netlist"
	"starboard/kicad/schematic"
)

// Sheet draws the symbol of a child sheet: what goes on from it on its right
// edge, everything else on its left one.
func (d *Drafter) Sheet(s *circuit.Sheet, id, file, page string) *Cluster {
	const (
		pitch    = 2 * geom.Grid
		minWidth = 12 * geom.Grid
	)
	var left, right []*circuit.Port
	for _, p := range s.Ports() {
		if Leaves(p) {
			right = append(right, p)
		} else {
			left = append(left, p)
		}
	}
	widest := func(ports []*circuit.Port) int64 {
		var w int64
		for _, p := range ports {
			w = max(w, font.HierLabel(netlist.LabelText(p.Name), schematic.TextSize, geom.Right).Max.X)
		}
		return w
	}
	width := geom.SnapUp(max(minWidth, widest(left)+widest(right)+2*geom.Grid))
	height := pitch * int64(max(2, len(left), len(right))+1)
	box := geom.Box{Max: geom.Point{X: width, Y: height}}

	c := &Cluster{}
	c.cover(box)
	sheet := schematic.Sheet{
		Box: box, UUID: id, Path: d.Path, Page: page,
		Name: schematic.Field{Name: "Sheetname", Value: netlist.LabelText(s.Name), At: geom.Point{Y: -5 * 5 * geom.Mil}, Align: schematic.Align{H: -1, V: 1}},
		File: schematic.Field{Name: "Sheetfile", Value: file, At: geom.Point{Y: height + 4*5*geom.Mil}, Align: schematic.Align{H: -1, V: -1}},
	}
	c.cover(font.SheetField(sheet.Name.Value, schematic.TextSize, font.Left, font.Bottom, false).Add(sheet.Name.At))
	c.cover(font.SheetField("File: "+file, schematic.TextSize, font.Left, font.Top, false).Add(sheet.File.At))

	var list []terminal
	var ports []*circuit.Port
	for _, edge := range []struct {
		ports []*circuit.Port
		x     int64
		side  geom.Side
	}{{left, 0, geom.Left}, {right, width, geom.Right}} {
		for i, p := range edge.ports {
			at := geom.Point{X: edge.x, Y: pitch * int64(i+1)}
			list = append(list, terminal{at: at, side: edge.side, net: p.Outside(), key: p.Name, drawn: true})
			ports = append(ports, p)
			sheet.Pins = append(sheet.Pins, schematic.SheetPin{
				Name: netlist.LabelText(p.Name), Shape: Shape(p), At: at, Side: edge.side, UUID: d.IDs.UUID("sheet pin", s.Name, p.Name),
			})
		}
	}
	for i, t := range list {
		name := []string{"sheet", s.Name, ports[i].Name}
		d.reach(c, list, i, name, d.labelAt(t.net, t.side, name))
	}
	c.Sheets = append(c.Sheets, sheet)
	return c
}
