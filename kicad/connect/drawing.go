package connect

import (
	"math"
	"strconv"

	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// A parser turns the tree of a file into a Drawing. It keeps the first
// mistake it meets and reads on.
type parser struct {
	err   error
	items int32

	// The texts that a drawing needs are copied here, and it keeps neither its
	// tree nor what only names an item; nil: the tree stays, and texts are
	// parts of the file's.
	texts *texts

	// Where the next ones are made, many at a time.
	fields []Field
	pins   []LibPin
	usual  int // how many fields the last symbol had: most have as many
}

// block is how many fields or pins a parser makes at a time.
const block = 64

// newField returns a new field of that name.
func (p *parser) newField(name string) *Field {
	if len(p.fields) == 0 {
		p.fields = make([]Field, block)
	}
	f := &p.fields[0]
	p.fields = p.fields[1:]
	f.Name = name
	return f
}

func (p *parser) newPin() *LibPin {
	if len(p.pins) == 0 {
		p.pins = make([]LibPin, block)
	}
	pin := &p.pins[0]
	p.pins = p.pins[1:]
	return pin
}

// brief reports whether the drawing is for its netlist alone.
func (p *parser) brief() bool { return p.texts != nil }

// text returns the value of an atom.
func (p *parser) text(n sexpr.Node) string {
	if p.brief() {
		return p.texts.keep(n.Text())
	}
	return n.Text()
}

// word returns an atom as it was written.
func (p *parser) word(n sexpr.Node) string {
	if p.brief() {
		return p.texts.keep(n.Source())
	}
	return n.Source()
}

// uuid returns the identity of what n describes.
func (p *parser) uuid(n sexpr.Node) string {
	uuid := n.Child("uuid").Arg(1).Text()
	if p.brief() {
		return p.texts.copy(uuid)
	}
	return uuid
}

func (p *parser) fail(n sexpr.Node, format string, args ...any) {
	if p.err == nil {
		p.err = n.Errorf(format, args...)
	}
}

func (p *parser) item(n sexpr.Node) Item {
	p.items++
	return Item{node: p.kept(n), order: p.items}
}

// kept is n where the drawing keeps its tree.
func (p *parser) kept(n sexpr.Node) sexpr.Node {
	if p.brief() {
		return sexpr.Node{}
	}
	return n
}

// resolution is that of KiCad's schematics; it rounds what is finer.
const resolution = 100

// farthest bounds coordinates: KiCad clamps them at about 151 m.
const farthest = 1000 * 1000 * geom.MM

// nm reads a length in nanometres, as exact as KiCad keeps it.
func (p *parser) nm(n sexpr.Node) int64 {
	v, err := n.Nanometres()
	if err == nil && (v > farthest || v < -farthest) {
		err = n.Errorf("got %s, want at most %d mm", n.Source(), farthest/geom.MM)
	}
	if err != nil {
		if p.err == nil {
			p.err = err
		}
		return 0
	}
	if v < 0 {
		return -((-v + resolution/2) / resolution * resolution)
	}
	return (v + resolution/2) / resolution * resolution
}

func (p *parser) int(n sexpr.Node) int {
	v, err := n.Int()
	if err != nil && p.err == nil {
		p.err = err
	}
	return v
}

// point reads elements i and i+1 of a list.
func (p *parser) point(n sexpr.Node, i int) geom.Point {
	return geom.Point{X: p.nm(n.Arg(i)), Y: p.nm(n.Arg(i + 1))}
}

// at reads (at X Y) or (at X Y ANGLE), the angle in whole degrees.
func (p *parser) at(n sexpr.Node) (geom.Point, int) {
	angle := 0
	if a := n.Arg(3); a.Present() {
		v, err := strconv.ParseFloat(a.Source(), 64)
		if err != nil || math.Abs(v) > 1e6 {
			p.fail(a, "got %s, want an angle", a.Source())
		} else {
			angle = (int(math.Round(v))%360 + 360) % 360
		}
	}
	return p.point(n, 1), angle
}

// oldest is the version of KiCad 6, the first with this form of file that
// carries its symbols.
const oldest = 20200310

// parseDrawing reads a file's tree. With texts the drawing is good for its
// netlist alone, and keeps nothing of the tree.
func parseDrawing(file string, t *sexpr.Tree, texts *texts) (*Drawing, error) {
	root := t.Root()
	if !root.Is("kicad_sch") {
		return nil, root.Errorf("got a list headed %q, want kicad_sch", root.Head())
	}
	p := &parser{texts: texts}
	d := &Drawing{File: file, Library: map[string]*LibSymbol{}}
	if !p.brief() {
		d.tree = t
	}
	for n := range root.All() {
		p.content(d, n)
		if p.err != nil {
			return nil, p.err
		}
	}
	if d.Version != 0 && d.Version < oldest {
		return nil, root.Errorf("got version %d, want one of KiCad 6 or later", d.Version)
	}
	for _, s := range d.Symbols {
		name := s.LibName
		if name == "" {
			name = s.LibID
		}
		s.Lib = d.Library[name]
	}
	return d, nil
}

// content reads one element of the root list.
func (p *parser) content(d *Drawing, n sexpr.Node) {
	switch n.Head() {
	case "version":
		d.Version = p.int(n.Arg(1))
	case "uuid":
		d.UUID = p.text(n.Arg(1))
	case "title_block":
		d.Title = p.title(n)
	case "lib_symbols":
		for k := range n.Lists("symbol") {
			l := p.librarySymbol(k)
			d.Library[l.Name] = l
		}
	case "bus_alias":
		a := &BusAlias{Item: p.item(n), Name: p.text(n.Arg(1))}
		for m := range n.Child("members").All() {
			a.Members = append(a.Members, p.text(m))
		}
		if len(a.Members) > 0 {
			a.Members = a.Members[1:] // the head
		}
		d.Aliases = append(d.Aliases, a)
	case "symbol":
		s := p.symbol(n)
		s.UUID = p.uuid(n)
		d.Symbols = append(d.Symbols, s)
	case "wire", "bus":
		p.wires(d, n)
	case "bus_entry":
		at := p.point(n.Child("at"), 1)
		d.Entries = append(d.Entries, &BusEntry{p.identified(n), at, at.Add(p.point(n.Child("size"), 1))})
	case "junction":
		d.Junctions = append(d.Junctions, &Junction{p.identified(n), p.point(n.Child("at"), 1)})
	case "no_connect":
		d.NoConnects = append(d.NoConnects, &NoConnect{p.identified(n), p.point(n.Child("at"), 1)})
	case "label", "global_label", "hierarchical_label", "netclass_flag", "directive_label":
		d.Labels = append(d.Labels, p.label(n))
	case "sheet":
		d.Sheets = append(d.Sheets, p.sheet(n))
	case "rule_area":
		d.RuleAreas = append(d.RuleAreas, p.ruleArea(n))
	case "text", "text_box":
		if p.brief() {
			return
		}
		at, _ := p.at(n.Child("at"))
		d.Texts = append(d.Texts, &Text{p.identified(n), p.text(n.Arg(1)), at})
	case "sheet_instances":
		for k := range n.Lists("path") {
			d.sheetInstances = append(d.sheetInstances, p.instance(k, ""))
		}
	case "symbol_instances": // KiCad 6
		for k := range n.Lists("path") {
			d.partInstances = append(d.partInstances, p.instance(k, ""))
		}
	}
}

// identified is an item with its identity.
func (p *parser) identified(n sexpr.Node) Item {
	it := p.item(n)
	if !p.brief() {
		it.UUID = p.uuid(n)
	}
	return it
}

func (p *parser) title(n sexpr.Node) Title {
	var t Title
	for k := range n.All() {
		switch k.Head() {
		case "title":
			t.Title = p.text(k.Arg(1))
		case "date":
			t.Date = p.text(k.Arg(1))
		case "rev":
			t.Rev = p.text(k.Arg(1))
		case "company":
			t.Company = p.text(k.Arg(1))
		case "comment":
			if i := p.int(k.Arg(1)); i >= 1 && i <= len(t.Comments) {
				t.Comments[i-1] = p.text(k.Arg(2))
			}
		}
	}
	return t
}

func (p *parser) wires(d *Drawing, n sexpr.Node) {
	it := p.identified(n)
	var last geom.Point
	first := true
	for xy := range n.Child("pts").Lists("xy") {
		at := p.point(xy, 1)
		if !first {
			d.Wires = append(d.Wires, &Wire{it, n.Is("bus"), last, at})
		}
		first, last = false, at
	}
}

func (p *parser) label(n sexpr.Node) *Label {
	l := &Label{Item: p.identified(n), Text: p.text(n.Arg(1))}
	switch n.Head() {
	case "global_label":
		l.Kind = Global
	case "hierarchical_label":
		l.Kind = Hierarchical
	case "netclass_flag", "directive_label":
		l.Kind = Directive
	}
	for k := range n.All() {
		switch k.Head() {
		case "at":
			l.At, l.Angle = p.at(k)
		case "shape":
			l.Shape = p.word(k.Arg(1))
		case "property":
			l.Fields = append(l.Fields, p.field(k))
		}
	}
	return l
}

func (p *parser) sheet(n sexpr.Node) *SheetSymbol {
	s := &SheetSymbol{Item: p.item(n)}
	s.UUID = p.uuid(n)
	var at, size geom.Point
	for k := range n.All() {
		switch k.Head() {
		case "at":
			at = p.point(k, 1)
		case "size":
			size = p.point(k, 1)
		case "in_bom":
			s.ExcludeFromBOM = k.Arg(1).Source() == "no"
		case "on_board":
			s.OffBoard = k.Arg(1).Source() == "no"
		case "dnp":
			s.DNP = k.Arg(1).Source() == "yes"
		case "property":
			f := p.field(k)
			switch f.Name {
			case "Sheetname", "Sheet name":
				f.Name, s.Name = "Sheetname", f.Value
			case "Sheetfile", "Sheet file":
				f.Name, s.File = "Sheetfile", f.Value
			}
			s.Fields = append(s.Fields, f)
		case "pin":
			pin := &SheetPin{Item: p.identified(k), Sheet: s, Name: p.text(k.Arg(1)), Shape: p.word(k.Arg(2))}
			pin.At, pin.Angle = p.at(k.Child("at"))
			s.Pins = append(s.Pins, pin)
		case "instances":
			s.pages = p.instances(k)
		}
	}
	s.Box = geom.BoxOf(at, at.Add(size))
	for _, pin := range s.Pins {
		pin.At = onEdge(s.Box, pin.At, pin.Angle)
	}
	return s
}

// onEdge returns where KiCad puts a sheet pin that a file has at p: on the
// edge nearest to it, and then on the one that its angle says.
func onEdge(b geom.Box, p geom.Point, angle int) geom.Point {
	p = geom.Point{X: min(max(p.X, b.Min.X), b.Max.X), Y: min(max(p.Y, b.Min.Y), b.Max.Y)}
	left, right, top, bottom := p.X-b.Min.X, b.Max.X-p.X, p.Y-b.Min.Y, b.Max.Y-p.Y
	switch min(left, right, top, bottom) {
	case top: // of two as near the first, going round from the top
		p.Y = b.Min.Y
	case right:
		p.X = b.Max.X
	case bottom:
		p.Y = b.Max.Y
	default:
		p.X = b.Min.X
	}
	switch angle {
	case 0:
		p.X = b.Max.X
	case 90:
		p.Y = b.Min.Y
	case 180:
		p.X = b.Min.X
	case 270:
		p.Y = b.Max.Y
	}
	return p
}

func (p *parser) ruleArea(n sexpr.Node) *RuleArea {
	r := &RuleArea{Item: p.item(n)}
	for k := range n.All() {
		switch k.Head() {
		case "polyline":
			r.UUID = p.uuid(k)
			for xy := range k.Child("pts").Lists("xy") {
				r.Points = append(r.Points, p.point(xy, 1))
			}
		case "in_bom":
			r.ExcludeFromBOM = k.Arg(1).Source() == "no"
		case "on_board":
			r.OffBoard = k.Arg(1).Source() == "no"
		case "dnp":
			r.DNP = k.Arg(1).Source() == "yes"
		}
	}
	return r
}
