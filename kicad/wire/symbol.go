package wire

import (
	"slices"
	"strconv"
	"strings"

	"starboard/kicad/circuit"
	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/schematic"
	"starboard/kicad/symbol"
)

func (d *Drafter) pinUUIDs(sym *symbol.Symbol, role string, name []string) []string {
	ids := make([]string, 0, len(sym.Pins))
	identity := append(slices.Clone(name), "", "")
	drawn := map[string]int{}
	for i := range sym.Pins {
		pin := &sym.Pins[i]
		if pin.Body > 1 {
			continue
		}
		// A symbol may draw a number in several places.
		drawn[pin.Number]++
		identity[len(identity)-2], identity[len(identity)-1] = pin.Number, strconv.Itoa(drawn[pin.Number])
		ids = append(ids, d.IDs.UUID(role+" pin", identity...))
	}
	return ids
}

// symbol returns the instance of a unit with its fields.
func (d *Drafter) symbol(c *Cluster, p *circuit.Part, unit int, o geom.Orientation, body geom.Box, pins [4]int) schematic.Symbol {
	name := []string{p.ID, strconv.Itoa(unit)}
	s := schematic.Symbol{
		Symbol: p.Symbol, Orientation: o, Unit: unit, DNP: p.DNP, InBOM: p.InBOM, OnBoard: p.OnBoard,
		UUID:      d.IDs.UUID("symbol", name...),
		Fields:    fields(p),
		PinUUIDs:  d.pinUUIDs(p.Symbol, "symbol", name),
		Instances: []schematic.Instance{{Path: d.Path, Reference: p.Ref}},
	}
	ref := p.Ref
	if p.Symbol.Units > 1 {
		ref += circuit.UnitName(unit)
	}
	at, align := c.placeTexts(body, pins, ref, p.Value)
	for i := range s.Fields[:2] {
		s.Fields[i].At, s.Fields[i].Align = at[i], align
	}
	return s
}

// Fields returns the properties of a part as its symbols have them: the five
// of every symbol, then those of the library, then the script's.
func fields(p *circuit.Part) []schematic.Field {
	list := []schematic.Field{
		{Name: "Reference", Value: p.Ref},
		{Name: "Value", Value: p.Value},
		{Name: "Footprint", Value: p.Footprint, Hidden: true},
		{Name: "Datasheet", Value: p.Symbol.Datasheet, Hidden: true},
		{Name: "Description", Value: p.Symbol.Description, Hidden: true},
	}
	for _, prop := range p.Symbol.Properties {
		// KiCad makes a flag of Sim.Enable when it reads it, and drops the field.
		if prop.Private || prop.Name == "Sim.Enable" || strings.HasPrefix(prop.Name, "ki_") || slices.ContainsFunc(list, func(f schematic.Field) bool { return f.Name == prop.Name }) {
			continue
		}
		list = append(list, schematic.Field{Name: prop.Name, Value: prop.Value, Hidden: true})
	}
	for _, f := range p.Fields {
		if i := slices.IndexFunc(list, func(g schematic.Field) bool { return g.Name == f.Name }); i >= 0 {
			list[i].Value = f.Value
			continue
		}
		list = append(list, schematic.Field{Name: f.Name, Value: f.Value, Hidden: true})
	}
	return list
}

// linePitch is the distance of the reference and the value below it.
const linePitch = 2 * geom.Grid

// placeTexts finds room for the reference and the value, one above the other:
// beside a symbol whose pins point up and down, else above it, below it, and
// in the end above all that is drawn.
func (c *Cluster) placeTexts(body geom.Box, pins [4]int, lines ...string) (at []geom.Point, align schematic.Align) {
	box := func(i int, at geom.Point, h int) geom.Box {
		return font.Field(lines[i], schematic.TextSize, font.Align(h), font.Center, false).Add(at)
	}
	tall := linePitch * int64(len(lines)-1)
	middle := (body.Min.Y+body.Max.Y)/2 - tall/2
	const away = geom.Grid
	type candidate struct {
		first geom.Point
		h     int
	}
	right := candidate{geom.Point{X: body.Max.X + away, Y: middle}, -1}
	left := candidate{geom.Point{X: body.Min.X - away, Y: middle}, 1}
	above := candidate{geom.Point{X: body.Min.X, Y: body.Min.Y - away - tall}, -1}
	below := candidate{geom.Point{X: body.Min.X, Y: body.Max.Y + away}, -1}
	order := []candidate{above, right, below, left}
	if pins[geom.Right] == 0 {
		order = []candidate{right, above, below, left}
	}
	order = append(order, candidate{geom.Point{X: body.Min.X, Y: c.Box.Min.Y - away - tall}, -1})
	for _, o := range order {
		at = at[:0]
		fits := true
		for i := range lines {
			p := fine(o.first.Add(geom.Point{Y: int64(i) * linePitch}))
			at = append(at, p)
			fits = fits && c.free(box(i, p, o.h))
		}
		align.H = o.h
		if fits {
			break
		}
	}
	for i, p := range at {
		if lines[i] != "" {
			c.cover(box(i, p, align.H))
		}
	}
	return at, align
}
