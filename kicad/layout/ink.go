package layout

import (
	"strconv"

	"starboard/kicad/geom"
	"starboard/kicad/route"
	"starboard/kicad/schematic"
)

// ink turns the sketch of a sheet into what its file holds.
func (b *builder) ink(s *sketch, f *schematic.File) *Drawing {
	d := b.in.Drafter
	for _, v := range s.units {
		sym := d.Instance(v.u.part, v.u.no, v.o)
		sym.At = v.at
		for i := range sym.Fields {
			sym.Fields[i].At = v.at
			if i < 2 {
				sym.Fields[i].At, sym.Fields[i].Align = v.texts[i], v.align
			}
		}
		f.Symbols = append(f.Symbols, sym)
		f.Library = append(f.Library, sym.Symbol)
	}
	for _, o := range s.flags {
		f.NoConnects = append(f.NoConnects, schematic.NoConnect{At: o.at, UUID: d.IDs.UUID("no_connect", o.ref.key())})
	}
	labelled := map[*net]bool{}
	used := map[string]int{}
	unique := func(role, key string) string {
		used[role+"\x00"+key]++
		if k := used[role+"\x00"+key]; k > 1 {
			return d.IDs.UUID(role, key, strconv.Itoa(k))
		}
		return d.IDs.UUID(role, key)
	}
	for _, n := range s.notes {
		f.Texts = append(f.Texts, schematic.Text{Text: n.Text, At: n.At, Size: noteSize, UUID: unique("note", n.Text)})
	}
	for _, m := range s.marks {
		if !m.power {
			labelled[m.net] = true
			l := *d.Label(m.net.Net, m.toward, m.key).Label
			l.At, l.UUID = m.at, unique("label", m.net.Label()+"\x00"+m.key)
			f.Labels = append(f.Labels, l)
			continue
		}
		sym := *d.Power(m.net.Net, m.toward, m.key).Symbol
		sym.At = sym.At.Add(m.at)
		for i := range sym.Fields {
			sym.Fields[i].At = sym.Fields[i].At.Add(m.at)
		}
		f.Symbols = append(f.Symbols, sym)
		f.Library = append(f.Library, sym.Symbol)
	}
	var keep []route.Pin
	for _, m := range s.marks {
		keep = append(keep, route.Pin{At: m.at, Net: m.net.id})
	}
	wires, junctions := route.Lines(route.Trim(s.Wires, s.Pins, keep), s.Pins)
	for _, w := range wires {
		f.Wires = append(f.Wires, schematic.Wire{From: w.A, To: w.B, UUID: unique("wire", w.Key)})
	}
	keys := make(map[route.Pin]string, len(junctions))
	for _, j := range junctions {
		keys[j] = ""
	}
	for _, w := range wires {
		for _, end := range []geom.Point{w.A, w.B} {
			if key, is := keys[route.Pin{At: end, Net: w.Net}]; is && key == "" {
				keys[route.Pin{At: end, Net: w.Net}] = w.Key
			}
		}
	}
	for _, j := range junctions {
		f.Junctions = append(f.Junctions, schematic.Junction{At: j.At, UUID: unique("junction", keys[j])})
	}
	drawing := &Drawing{}
	for _, n := range b.nets {
		if !n.power && !labelled[n] {
			drawing.Unlabelled = append(drawing.Unlabelled, n.Root())
		}
	}
	return drawing
}
