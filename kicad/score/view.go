package score

import (
	"slices"
	"strings"

	"starboard/kicad/connect"
	"starboard/kicad/geom"
	"starboard/kicad/svg"
)

// A view is a sheet as its measures need it: boxes of what is drawn, and what
// is connected.
type view struct {
	sch    *connect.Schematic
	sheet  *connect.Sheet
	pic    *svg.Picture
	groups []*connect.Group // of the sheet
	graph  *connect.Graph
	parts  int

	bodies []body
	texts  []text
	wires  []*connect.Wire // wires and buses that have a length
	found  []Fault
}

// A body is the outline of a symbol or of a sheet box.
type body struct {
	box    geom.Box
	shapes []geom.Box // of its single shapes
	pins   []geom.Box // of the lines of its pins
	name   string
	part   *connect.Part // nil for a sheet box
	sheet  *connect.SheetSymbol
	item   int // of the picture
}

// A text is something to be read that has a box of its own.
type text struct {
	box   geom.Box
	words string
	of    string         // the part it belongs to; "" for others
	item  int            // of the picture
	label *connect.Label // where it is one
}

func newView(p *svg.Picture, s *connect.Schematic, sheet *connect.Sheet, g *connect.Graph) *view {
	v := &view{sch: s, sheet: sheet, pic: p, graph: g, groups: g.Sheets[sheet.Index]}
	for i := range p.Items {
		it := &p.Items[i]
		switch subject := it.Subject.(type) {
		case *connect.Part:
			v.part(i, it, subject)
		case *connect.SheetSymbol:
			v.parts++
			v.bodies = append(v.bodies, body{box: subject.Box, shapes: []geom.Box{subject.Box}, name: "sheet " + subject.Name, sheet: subject, item: i})
			v.writings(i, it, subject.Name, nil)
		case *connect.Label:
			if b, ok := it.Box(nil); ok {
				v.texts = append(v.texts, text{box: b, words: subject.Text, item: i, label: subject})
			}
		case *connect.Wire:
			if subject.Start != subject.End {
				v.wires = append(v.wires, subject)
			}
		default:
			if it.Class == svg.Note {
				v.writings(i, it, "", nil)
			}
		}
	}
	return v
}

// part adds a symbol's body and its fields.
func (v *view) part(i int, it *svg.Item, p *connect.Part) {
	if p.Power() == connect.NoPower {
		v.parts++
	}
	outline := func(e *svg.Element) bool {
		return e.Shape != svg.Text && (e.Stroke.Ink == svg.Device || e.Fill.Ink == svg.Device || e.Fill.Ink == svg.DeviceFill)
	}
	if box, ok := it.Box(outline); ok {
		b := body{box: box, name: it.Ref, part: p, item: i}
		for j := range it.Elements {
			e := &it.Elements[j]
			if c, ok := e.Box(); ok && e.Shape != svg.Text && e.Stroke.Ink == svg.PinInk {
				b.pins = append(b.pins, c)
			}
			if !outline(e) {
				continue
			}
			// An open line encloses nothing: each part of it counts for itself.
			if e.Shape == svg.Lines && !e.Closed && e.Fill.Ink == svg.None {
				for k := range e.Points[1:] {
					b.shapes = append(b.shapes, geom.BoxOf(e.Points[k], e.Points[k+1]))
				}
			} else if c, ok := e.Box(); ok {
				b.shapes = append(b.shapes, c)
			}
		}
		v.bodies = append(v.bodies, b)
	}
	v.writings(i, it, it.Ref, func(e *svg.Element) bool {
		return e.Fill.Ink == svg.Reference || e.Fill.Ink == svg.Value || e.Fill.Ink == svg.FieldInk
	})
}

// writings adds the texts of an item.
func (v *view) writings(i int, it *svg.Item, of string, keep func(*svg.Element) bool) {
	for j := range it.Elements {
		e := &it.Elements[j]
		if e.Shape != svg.Text || keep != nil && !keep(e) {
			continue
		}
		if b, ok := e.Box(); ok {
			v.texts = append(v.texts, text{box: b, words: e.Words.Text, of: of, item: i})
		}
	}
}

// name says what a text is, for messages.
func (t *text) name() string {
	s := "text "
	if t.label != nil {
		s = "label "
	}
	words := t.words
	if len([]rune(words)) > 30 {
		words = string([]rune(words)[:29]) + "…"
	}
	s += `"` + words + `"`
	if t.of != "" && t.of != t.words {
		s += " of " + t.of
	}
	return s
}

// touch reports whether boxes of two lists overlap by more than the slack. One
// that is only a line counts as it is.
func touch(a, b []geom.Box) bool {
	for _, c := range a {
		for _, d := range b {
			if solid(c).Overlaps(solid(d)) {
				return true
			}
		}
	}
	return false
}

func solid(b geom.Box) geom.Box {
	if b.Width() <= 2*Slack || b.Height() <= 2*Slack {
		return b.Grow(1)
	}
	return b.Grow(-Slack / 2)
}

// shrunk returns a box without its slack; ok is false where nothing is left.
func shrunk(b geom.Box) (geom.Box, bool) {
	b = b.Grow(-Slack / 2)
	return b, b.Min.X < b.Max.X && b.Min.Y < b.Max.Y
}

// pairs calls f for all pairs of boxes that overlap by more than the slack,
// the first of a, the second of b; where they are one list, once for each pair.
func pairs(a, b []geom.Box, f func(i, j int)) {
	same := len(a) > 0 && len(b) > 0 && &a[0] == &b[0]
	order := make([]int, len(b))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case b[i].Min.X < b[j].Min.X:
			return -1
		case b[i].Min.X > b[j].Min.X:
			return 1
		}
		return 0
	})
	widest := int64(0)
	for _, c := range b {
		widest = max(widest, c.Width())
	}
	for i := range a {
		c, ok := shrunk(a[i])
		if !ok {
			continue
		}
		from, _ := slices.BinarySearchFunc(order, c.Min.X-widest, func(k int, x int64) int {
			if b[k].Min.X < x {
				return -1
			}
			return 1
		})
		for _, j := range order[from:] {
			if b[j].Min.X >= c.Max.X {
				break
			}
			if same && j <= i {
				continue
			}
			if d, ok := shrunk(b[j]); ok && c.Overlaps(d) {
				f(i, j)
			}
		}
	}
}

// isGround reports whether the net of a power symbol belongs at the bottom.
func isGround(name string) bool {
	name = strings.ToUpper(name)
	for _, part := range []string{"GND", "VSS", "VEE", "EARTH"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return strings.HasPrefix(name, "-") || strings.HasSuffix(name, "-") || name == "0V" || name == "0" || name == "COM"
}
