package svg

import (
	"starboard/kicad/connect"
	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// A drafter draws one sheet.
type drafter struct {
	sch   *connect.Schematic
	sheet *connect.Sheet
	set   settings
	nets  map[any]string // name of the net of a label, wire, sheet pin, ...
	class map[any]string // and its net class
	items [layers][]Item
}

// The layers of a picture, from the back to the front. Later items of a layer
// cover earlier ones.
const (
	backLayer = iota
	imageLayer
	areaLayer
	sheetLayer
	symbolLayer
	noteLayer
	graphicLayer
	wireLayer
	labelLayer
	markLayer
	layers
)

// Draw draws a sheet of s. Where the connections of the schematic cannot be
// worked out, items have no nets.
func Draw(s *connect.Schematic, sheet *connect.Sheet, opts Options) *Picture {
	d := &drafter{sch: s, sheet: sheet, set: readSettings(s.Project), nets: map[any]string{}, class: map[any]string{}}
	d.nameNets()
	root := sheet.Drawing.Node()
	p := &Picture{Title: sheet.Name, Dark: opts.Dark}
	p.Width, p.Height = paperSize(root.Child("paper"))
	if !opts.NoFrame {
		d.add(backLayer, d.frame(p))
	}
	d.graphics(root)
	for _, sym := range sheet.Drawing.Sheets {
		area, box, pins := d.sheetSymbol(sym)
		d.add(areaLayer, area)
		d.add(sheetLayer, box)
		d.add(sheetLayer, pins...)
	}
	for _, part := range sheet.Parts {
		d.add(symbolLayer, d.symbol(part))
	}
	for _, l := range sheet.Drawing.Labels {
		d.add(labelLayer, d.label(l))
	}
	d.wires()
	for _, layer := range d.items {
		p.Items = append(p.Items, layer...)
	}
	return p
}

// add puts items on a layer, but for those that are empty.
func (d *drafter) add(layer int, items ...Item) {
	for _, it := range items {
		if len(it.Elements) > 0 {
			d.items[layer] = append(d.items[layer], it)
		}
	}
}

// nameNets finds the nets of the items on the sheet.
func (d *drafter) nameNets() {
	g, err := d.sch.Graph()
	if err != nil || d.sheet.Index >= len(g.Sheets) {
		return
	}
	for _, group := range g.Sheets[d.sheet.Index] {
		if group.Net == nil {
			continue
		}
		name, class := group.Net.Name, group.Net.Class
		set := func(item any) { d.nets[item], d.class[item] = name, class }
		for _, x := range group.Wires {
			set(x)
		}
		for _, x := range group.Entries {
			set(x)
		}
		for _, x := range group.Junctions {
			set(x)
		}
		for _, x := range group.NoConnects {
			set(x)
		}
		for _, x := range group.Labels {
			set(x)
		}
		for _, x := range group.SheetPins {
			set(x)
		}
	}
}

// wires draws the lines that connect, and the marks on them.
func (d *drafter) wires() {
	dr := d.sheet.Drawing
	for _, w := range dr.Wires {
		class, ink, width := Wire, WireInk, int64(defaultLine)
		if w.Bus {
			class, ink, width = Bus, BusInk, defaultBus
		}
		d.add(wireLayer, Item{Class: class, UUID: w.UUID, Net: d.nets[w], Subject: w,
			Elements: []Element{d.stroke(w, w.Node(), ink, width, w.Bus, w.Start, w.End)}})
	}
	buses := map[geom.Point]bool{}
	for _, w := range dr.Wires {
		if w.Bus {
			buses[w.Start], buses[w.End] = true, true
		}
	}
	for _, e := range dr.Entries {
		d.add(wireLayer, Item{Class: Entry, UUID: e.UUID, Net: d.nets[e], Subject: e,
			Elements: []Element{d.stroke(e, e.Node(), WireInk, defaultLine, false, e.Start, e.End)}})
	}
	for _, n := range dr.NoConnects {
		const r = 24 * geom.Mil
		x := func(dy int64) Element {
			return Element{Points: []geom.Point{n.At.Add(geom.Point{X: -r, Y: -dy}), n.At.Add(geom.Point{X: r, Y: dy})}, Stroke: Paint{Ink: NoConnectInk}, Width: d.set.line}
		}
		d.add(markLayer, Item{Class: NoConnect, UUID: n.UUID, Net: d.nets[n], Subject: n, Elements: []Element{x(r), x(-r)}})
	}
	for _, j := range dr.Junctions {
		ink := JunctionInk
		if buses[j.At] {
			ink = BusInk
		}
		dot := Element{Shape: Circle, Points: []geom.Point{j.At}, Radius: d.set.junction / 2, Fill: paint(ink, j.Node().Child("color"))}
		if c, ok := d.set.classes[d.class[j]]; ok && c.colored && !dot.Fill.Custom {
			dot.Fill = Paint{Ink: ink, Custom: true, Color: c.color, Opacity: 255}
		}
		if size := nm(j.Node().Child("diameter").Arg(1)); size > 0 {
			dot.Radius = size / 2
		}
		d.add(markLayer, Item{Class: Junction, UUID: j.UUID, Net: d.nets[j], Subject: j, Elements: []Element{dot}})
	}
}

// stroke draws a line of a net: as it says itself, or as its net class does.
func (d *drafter) stroke(item any, n sexpr.Node, ink Ink, width int64, bus bool, p, q geom.Point) Element {
	stroke := n.Child("stroke")
	e := Element{Points: []geom.Point{p, q}, Stroke: paint(ink, stroke.Child("color")), Width: width}
	e.Dash = dashes[stroke.Child("type").Arg(1).Source()]
	if c, ok := d.set.classes[d.class[item]]; ok {
		if c.colored && !e.Stroke.Custom {
			e.Stroke = Paint{Ink: ink, Custom: true, Color: c.color, Opacity: 255}
		}
		if w := c.wire; !bus && w > 0 {
			e.Width = w
		} else if bus && c.bus > 0 {
			e.Width = c.bus
		}
		if style := stroke.Child("type").Arg(1).Source(); style == "default" || style == "" {
			e.Dash = c.dash
		}
	}
	if w := nm(stroke.Child("width").Arg(1)); w > 0 {
		e.Width = w
	}
	return e
}

// graphics draws what does not connect: shapes, texts, images and tables.
func (d *drafter) graphics(root sexpr.Node) {
	f := frame{line: d.set.line}
	texts := map[string]*connect.Text{}
	for _, t := range d.sheet.Drawing.Texts {
		texts[t.UUID] = t
	}
	for n := range root.All() {
		uuid := n.Child("uuid").Arg(1).Text()
		switch n.Head() {
		case "polyline", "rectangle", "circle", "arc", "bezier":
			d.graphic(Graphic, graphicLayer, uuid, f.shape(n))
		case "rule_area":
			k := n.Child("polyline")
			elements := f.shape(k)
			for i := range elements {
				elements[i].Closed = true
				if a := &elements[i].Stroke; a.Ink != None && !a.Custom {
					a.Ink = RuleArea
				}
			}
			d.graphic(Graphic, graphicLayer, k.Child("uuid").Arg(1).Text(), elements)
		case "text":
			if fx := readEffects(n.Child("effects")); !fx.hidden {
				text := d.sch.LabelText(d.sheet, n.Arg(1).Text())
				at := point(n.Child("at"))
				at.Y -= textLift
				elements := plainText(text, &fx, Paint{Ink: Notes}, at, fx.h, fx.v, angle(n.Child("at").Arg(3), 1)%180 != 0)
				d.add(noteLayer, Item{Class: Note, UUID: uuid, Elements: elements, Subject: subject(texts[uuid])})
			}
		case "text_box":
			d.graphic(Note, noteLayer, uuid, f.textBox(n, d.sch.LabelText(d.sheet, n.Arg(1).Text()), true))
		case "table":
			d.graphic(Note, noteLayer, uuid, d.table(&f, n))
		case "image":
			if e, ok := bitmap(n); ok {
				d.add(imageLayer, Item{Class: Image, UUID: uuid, Elements: []Element{e}})
			}
		}
	}
}

// subject keeps a nil pointer from becoming a subject that is not nil.
func subject(t *connect.Text) any {
	if t == nil {
		return nil
	}
	return t
}

// textLift is how far above its anchor KiCad draws a text of a sheet.
const textLift = 250_000

// graphic adds an item whose areas go behind everything that connects.
func (d *drafter) graphic(class Class, layer int, uuid string, elements []Element) {
	var areas, rest []Element
	for _, e := range elements {
		if e.Shape != Text && e.Fill != (Paint{}) {
			areas = append(areas, e)
		} else {
			rest = append(rest, e)
		}
	}
	d.add(areaLayer, Item{Class: Backdrop, Elements: areas})
	d.add(layer, Item{Class: class, UUID: uuid, Elements: rest})
}
