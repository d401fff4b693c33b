package schematic

import (
	"cmp"
	"slices"

	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
	"starboard/kicad/symbol"
)

// Marshal returns the text of the file. Items stand in the order in which
// KiCad saves them: by kind, then by UUID.
func (f *File) Marshal() []byte {
	w := &writer{}
	w.Grow(4096 + 3500*len(f.Symbols) + 350*(len(f.Wires)+len(f.Labels)))
	w.Open("kicad_sch")
	w.number("version", Version)
	w.text("generator", "eeschema")
	w.text("generator_version", GeneratorVersion)
	w.text("uuid", f.UUID)
	w.paper(f.Paper)
	w.title(f.Title)
	w.library(f.Library)
	for _, r := range sorted(f.Frames, func(r Frame) string { return r.UUID }) {
		w.frame(r)
	}
	for _, t := range sorted(f.Texts, func(t Text) string { return t.UUID }) {
		w.note(t)
	}
	for _, j := range sorted(f.Junctions, func(j Junction) string { return j.UUID }) {
		w.junction(j)
	}
	for _, n := range sorted(f.NoConnects, func(n NoConnect) string { return n.UUID }) {
		w.Open("no_connect")
		w.at(n.At)
		w.text("uuid", n.UUID)
		w.Close()
	}
	for _, wire := range sorted(f.Wires, func(w Wire) string { return w.UUID }) {
		w.wire(wire)
	}
	labels := sorted(f.Labels, func(l Label) string { return l.UUID })
	for _, kind := range []LabelKind{Local, Global, Hierarchical} {
		for i := range labels {
			if labels[i].Kind == kind {
				w.label(&labels[i])
			}
		}
	}
	symbols := sortedIndex(f.Symbols, func(s *Symbol) string { return s.UUID })
	for _, i := range symbols {
		w.symbol(&f.Symbols[i], f.Project)
	}
	for _, i := range sortedIndex(f.Sheets, func(s *Sheet) string { return s.UUID }) {
		w.sheet(&f.Sheets[i], f.Project)
	}
	if f.Root {
		w.Open("sheet_instances")
		w.Open("path")
		w.String("/")
		w.text("page", f.Page)
		w.Close()
		w.Close()
		w.Flag("embedded_fonts", false)
	}
	w.Close()
	return w.Bytes()
}

func sorted[T any](items []T, key func(T) string) []T {
	return slices.SortedFunc(slices.Values(items), func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}

// sortedIndex is sorted for items that are too large to copy about.
func sortedIndex[T any](items []T, key func(*T) string) []int {
	index := make([]int, len(items))
	for i := range index {
		index[i] = i
	}
	slices.SortFunc(index, func(a, b int) int { return cmp.Compare(key(&items[a]), key(&items[b])) })
	return index
}

// A writer adds the forms that schematics share to the s-expression writer.
type writer struct{ sexpr.Writer }

func (w *writer) text(head, s string) {
	w.Open(head)
	w.String(s)
	w.Close()
}

func (w *writer) number(head string, v int) {
	w.Open(head)
	w.Int(v)
	w.Close()
}

func (w *writer) point(head string, p geom.Point) {
	w.Open(head)
	w.MM(p.X)
	w.MM(p.Y)
	w.Close()
}

func (w *writer) at(p geom.Point) { w.point("at", p) }

func (w *writer) atAngle(p geom.Point, angle int) {
	w.Open("at")
	w.MM(p.X)
	w.MM(p.Y)
	w.Int(angle)
	w.Close()
}

// effects writes the look of a text; justify is in the words of the format,
// none for centred text.
func (w *writer) effects(size int64, hidden bool, justify ...string) {
	w.Open("effects")
	w.Open("font")
	w.point("size", geom.Point{X: size, Y: size})
	w.Close()
	if len(justify) > 0 {
		w.Open("justify")
		for _, j := range justify {
			w.Word(j)
		}
		w.Close()
	}
	if hidden {
		w.Flag("hide", true)
	}
	w.Close()
}

func (w *writer) paper(p Paper) {
	w.Open("paper")
	w.String(p.Name)
	if p.Name == "User" {
		w.MM(p.Width)
		w.MM(p.Height)
	}
	w.Close()
}

func (w *writer) title(t TitleBlock) {
	empty := t.Title == "" && t.Date == "" && t.Rev == "" && t.Company == ""
	for _, c := range t.Comments {
		empty = empty && c == ""
	}
	if empty {
		return
	}
	w.Open("title_block")
	for _, line := range []struct{ head, s string }{{"title", t.Title}, {"date", t.Date}, {"rev", t.Rev}, {"company", t.Company}} {
		if line.s != "" {
			w.text(line.head, line.s)
		}
	}
	for i, c := range t.Comments {
		if c != "" {
			w.Open("comment")
			w.Int(i + 1)
			w.String(c)
			w.Close()
		}
	}
	w.Close()
}

func (w *writer) library(symbols []*symbol.Symbol) {
	w.Open("lib_symbols")
	byName := slices.SortedFunc(slices.Values(symbols), func(a, b *symbol.Symbol) int { return cmp.Compare(a.LibID(), b.LibID()) })
	for i, s := range byName {
		if i == 0 || s.LibID() != byName[i-1].LibID() {
			s.WriteCopy(&w.Writer, s.LibID())
		}
	}
	w.Close()
}

func (w *writer) junction(j Junction) {
	w.Open("junction")
	w.at(j.At)
	w.number("diameter", 0)
	w.Open("color")
	for range 4 {
		w.Int(0)
	}
	w.Close()
	w.text("uuid", j.UUID)
	w.Close()
}

func (w *writer) wire(wire Wire) {
	w.Open("wire")
	w.Open("pts")
	w.point("xy", wire.From)
	w.point("xy", wire.To)
	w.Close()
	w.Open("stroke")
	w.number("width", 0)
	w.Open("type")
	w.Word("default")
	w.Close()
	w.Close()
	w.text("uuid", wire.UUID)
	w.Close()
}

// frame writes a rectangle. KiCad leaves the UUIDs of shapes without quotes.
func (w *writer) frame(r Frame) {
	w.Open("rectangle")
	w.point("start", r.Box.Min)
	w.point("end", r.Box.Max)
	w.Open("stroke")
	w.number("width", 0)
	w.Open("type")
	w.Word("dash")
	w.Close()
	w.Close()
	w.Open("fill")
	w.Open("type")
	w.Word("none")
	w.Close()
	w.Close()
	w.Open("uuid")
	w.Word(r.UUID)
	w.Close()
	w.Close()
}

func (w *writer) note(t Text) {
	w.Open("text")
	w.String(t.Text)
	w.Flag("exclude_from_sim", false)
	w.atAngle(t.At, 0)
	w.effects(t.Size, false, "left", "bottom")
	w.text("uuid", t.UUID)
	w.Close()
}

// side returns how the text of a label or a sheet pin is justified that runs
// towards a side.
func side(s geom.Side) string {
	if s == geom.Left || s == geom.Down {
		return "right"
	}
	return "left"
}

func (w *writer) label(l *Label) {
	w.Open([...]string{Local: "label", Global: "global_label", Hierarchical: "hierarchical_label"}[l.Kind])
	w.String(l.Text)
	if l.Kind != Local {
		w.Open("shape")
		w.Word(string(l.Shape))
		w.Close()
	}
	w.atAngle(l.At, l.Towards.Angle())
	if l.Kind == Local {
		w.effects(TextSize, false, side(l.Towards), "bottom")
	} else {
		w.effects(TextSize, false, side(l.Towards))
	}
	w.text("uuid", l.UUID)
	if l.Kind == Global {
		w.Open("property")
		w.String("Intersheetrefs")
		w.String("${INTERSHEET_REFS}")
		w.atAngle(l.At, 0)
		w.effects(TextSize, true, side(l.Towards))
		w.Close()
	}
	w.Close()
}

func (w *writer) symbol(s *Symbol, project string) {
	o := s.Orientation.Canonical()
	w.Open("symbol")
	w.text("lib_id", s.Symbol.LibID())
	w.atAngle(s.At, o.Angle)
	if o.Mirror != geom.None {
		w.Open("mirror")
		w.Word(string(o.Mirror))
		w.Close()
	}
	w.number("unit", s.Unit)
	w.Flag("exclude_from_sim", s.Symbol.ExcludeFromSim)
	w.Flag("in_bom", s.InBOM)
	w.Flag("on_board", s.OnBoard)
	w.Flag("dnp", s.DNP)
	w.text("uuid", s.UUID)
	for i := range s.Fields {
		w.field(&s.Fields[i], o)
	}
	k := 0
	for i := range s.Symbol.Pins {
		if s.Symbol.Pins[i].Body > 1 {
			continue
		}
		w.Open("pin")
		w.String(s.Symbol.Pins[i].Number)
		w.text("uuid", s.PinUUIDs[k])
		w.Close()
		k++
	}
	w.Open("instances")
	w.Open("project")
	w.String(project)
	for _, in := range sorted(s.Instances, func(in Instance) string { return in.Path }) {
		w.Open("path")
		w.String(in.Path)
		w.text("reference", in.Reference)
		w.number("unit", s.Unit)
		w.Close()
	}
	w.Close()
	w.Close()
	w.Close()
}

// field writes a property. The angle and the justification of a symbol's
// field are in the frame of the symbol, which turns them with it.
func (w *writer) field(f *Field, o geom.Orientation) {
	angle, a := 0, f.Align
	if o.Angle%180 == 90 {
		angle = 90
	}
	switch o {
	case geom.Orientation{Angle: 90}, geom.Orientation{Angle: 180}:
		a.H, a.V = -a.H, -a.V
	case geom.Orientation{Mirror: geom.MirrorX}, geom.Orientation{Angle: 270, Mirror: geom.MirrorX}:
		a.V = -a.V
	case geom.Orientation{Mirror: geom.MirrorY}, geom.Orientation{Angle: 90, Mirror: geom.MirrorX}:
		a.H = -a.H
	}
	if f.Hidden {
		angle, a = 0, Align{}
	}
	w.Open("property")
	w.String(f.Name)
	w.String(f.Value)
	w.atAngle(f.At, angle)
	w.effects(TextSize, f.Hidden, a.words()...)
	w.Close()
}

func (a Align) words() []string {
	var words []string
	switch {
	case a.H < 0:
		words = append(words, "left")
	case a.H > 0:
		words = append(words, "right")
	}
	switch {
	case a.V < 0:
		words = append(words, "top")
	case a.V > 0:
		words = append(words, "bottom")
	}
	return words
}

func (w *writer) sheet(s *Sheet, project string) {
	w.Open("sheet")
	w.at(s.Box.Min)
	w.point("size", s.Box.Max.Sub(s.Box.Min))
	w.Flag("exclude_from_sim", false)
	w.Flag("in_bom", true)
	w.Flag("on_board", true)
	w.Flag("dnp", false)
	w.Open("stroke")
	w.Open("width")
	w.MM(152_400)
	w.Close()
	w.Open("type")
	w.Word("solid")
	w.Close()
	w.Close()
	w.Open("fill")
	w.Open("color")
	for _, v := range []string{"0", "0", "0", "0.0000"} {
		w.Word(v)
	}
	w.Close()
	w.Close()
	w.text("uuid", s.UUID)
	w.field(&s.Name, geom.Orientation{})
	w.field(&s.File, geom.Orientation{})
	for i := range s.Pins {
		w.sheetPin(&s.Pins[i])
	}
	w.Open("instances")
	w.Open("project")
	w.String(project)
	w.Open("path")
	w.String(s.Path)
	w.text("page", s.Page)
	w.Close()
	w.Close()
	w.Close()
	w.Close()
}

func (w *writer) sheetPin(p *SheetPin) {
	w.Open("pin")
	w.String(p.Name)
	w.Word(string(p.Shape))
	w.atAngle(p.At, p.Side.Angle())
	w.text("uuid", p.UUID)
	// The text of a sheet pin runs into the sheet.
	w.effects(TextSize, false, side(p.Side.Opposite()))
	w.Close()
}
