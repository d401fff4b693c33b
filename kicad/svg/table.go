package svg

import (
	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// table draws the cells of a table, then its border and the lines between
// the cells.
func (d *drafter) table(f *frame, n sexpr.Node) []Element {
	var areas, texts, lines []Element
	border, between := n.Child("border"), n.Child("separators")
	width := func(of sexpr.Node) int64 {
		if w := nm(of.Child("stroke").Child("width").Arg(1)); w != 0 {
			return w
		}
		return f.line
	}
	edge := func(of sexpr.Node, p, q geom.Point) {
		if w := width(of); w > 0 {
			stroke := of.Child("stroke")
			lines = append(lines, Element{Points: []geom.Point{p, q}, Width: w,
				Stroke: paint(Notes, stroke.Child("color")), Dash: dashes[stroke.Child("type").Arg(1).Source()]})
		}
	}
	yes := func(of sexpr.Node, key string) bool { return of.Child(key).Arg(1).Source() == "yes" }
	var all geom.Box
	some := false
	headBottom := int64(0)
	var cells []geom.Box
	for c := range n.Child("cells").Lists("table_cell") {
		if span := c.Child("span"); span.Present() && (span.Arg(1).Source() == "0" || span.Arg(2).Source() == "0") {
			continue // covered by a neighbour
		}
		at := point(c.Child("at"))
		b := geom.BoxOf(at, at.Add(point(c.Child("size"))))
		if !some {
			all, some, headBottom = b, true, b.Max.Y
		}
		all = all.Union(b)
		cells = append(cells, b)
		for _, e := range f.textBox(c, d.sch.LabelText(d.sheet, c.Arg(1).Text()), false) {
			if e.Shape == Text || e.Fill == (Paint{}) {
				texts = append(texts, e)
			} else {
				areas = append(areas, e)
			}
		}
	}
	for _, b := range cells {
		if yes(between, "cols") && b.Max.X < all.Max.X {
			edge(between, geom.Point{X: b.Max.X, Y: b.Min.Y}, b.Max)
		}
		if yes(between, "rows") && b.Max.Y < all.Max.Y {
			edge(between, geom.Point{X: b.Min.X, Y: b.Max.Y}, b.Max)
		}
	}
	if some && yes(border, "header") {
		edge(border, geom.Point{X: all.Min.X, Y: headBottom}, geom.Point{X: all.Max.X, Y: headBottom})
	}
	if some && yes(border, "external") {
		corners := rectangle(all.Min, all.Max).Points
		for i, p := range corners {
			edge(border, p, corners[(i+1)%4])
		}
	}
	return append(append(areas, texts...), lines...)
}
