package project

import (
	"fmt"

	"starboard/kicad/geom"
	"starboard/kicad/place"
	"starboard/kicad/rule"
	"starboard/kicad/schematic"
	"starboard/kicad/wire"
)

// drawPlanned draws a sheet in the plain way, every pin with its own label, but
// with the symbols that rules have placed where these say. All else stands in
// rows below them.
func (b *builder) drawPlanned(f *schematic.File, d *wire.Drafter, others []*wire.Cluster, plan *rule.Plan) error {
	bottom := int64(0)
	for _, pl := range plan.Places() {
		c := d.Unit(pl.Part, pl.No, pl.O)
		c.AddTo(f, pl.At)
		bottom = max(bottom, pl.At.Y+c.Box.Max.Y)
	}
	for _, u := range plan.Free() {
		others = append(others, d.Unit(u.Part, u.No, u.Stand()))
	}
	boxes := make([]geom.Box, len(others))
	for i, c := range others {
		boxes[i] = c.Box
	}
	at, paper, err := place.Rows(boxes, plan.Paper.Name)
	if err != nil {
		return err
	}
	f.Paper = paper
	for i, c := range others {
		c.AddTo(f, at[i].Add(geom.Point{Y: geom.SnapUp(bottom)}))
	}
	if len(others) > 0 { // below what is placed, whatever page that takes
		f.Paper = schematic.Paper{Name: "User", Width: max(paper.Width, plan.Paper.Width), Height: (paper.Height + bottom + geom.MM) / geom.MM * geom.MM}
		if f.Paper.Height > schematic.MaxPaper {
			return fmt.Errorf("the parts that no rule has placed find no room below those that have places")
		}
	} else {
		f.Paper = plan.Paper
	}
	return nil
}
