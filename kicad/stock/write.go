package stock

import (
	"cmp"
	"slices"
	"strconv"

	"starboard/kicad/sexpr"
)

// compile returns the named symbols of a table as a library file. Names are
// in order.
func compile(file, text, bodies string, names []string) ([]byte, error) {
	var w sexpr.Writer
	w.Grow(1024 + len(names)*4096)
	w.Open("kicad_symbol_lib")
	w.Open("version")
	w.Word("20241209")
	w.Close()
	quoted(&w, "generator", "starboard")
	quoted(&w, "generator_version", "9.0")
	from := 0
	for _, name := range names {
		from, _ = findBlockFrom(text, "symbol", name, from)
		s, err := load(blockAt(file, text, "symbol", from), bodies)
		if err != nil {
			return nil, err
		}
		s.write(&w)
	}
	w.Close()
	return w.Bytes(), nil
}

// load reads the symbol of a block, and the one that it is like.
func load(b *block, bodies string) (*symbol, error) {
	s, err := readSymbol(b, bodies)
	if err != nil || s.like == "" {
		return s, err
	}
	start, ok := findBlock(b.table, "symbol", s.like)
	if !ok {
		return nil, b.errorf("symbol %s is like %s, which this table does not have", s.name, s.like)
	}
	parent, err := readSymbol(blockAt(b.file, b.table, "symbol", start), bodies)
	if err != nil {
		return nil, err
	}
	if parent.like != "" {
		return nil, b.errorf("symbol %s is like %s, which is itself like %s", s.name, s.like, parent.like)
	}
	s.inherit(parent)
	return s, nil
}

// inherit takes from the symbol that s is like what s does not say itself.
func (s *symbol) inherit(p *symbol) {
	own := *s
	*s = *p
	s.name, s.about = own.name, own.about
	for _, keyword := range own.seen {
		switch keyword {
		case "keys":
			s.keys = own.keys
		case "ref":
			s.ref = own.ref
		case "footprint":
			s.footprint = own.footprint
		case "datasheet":
			s.datasheet = own.datasheet
		case "filters":
			s.filters = own.filters
		case "fields":
			s.fields = own.fields
		}
	}
}

func quoted(w *sexpr.Writer, head, value string) {
	w.Open(head)
	w.String(value)
	w.Close()
}

func length(w *sexpr.Writer, head string, nm int64) {
	w.Open(head)
	w.MM(nm)
	w.Close()
}

func position(w *sexpr.Writer, head string, p point) {
	w.Open(head)
	w.MM(p.x)
	w.MM(p.y)
	w.Close()
}

// placed writes a position with an angle in degrees.
func placed(w *sexpr.Writer, p point, angle int) {
	w.Open("at")
	w.MM(p.x)
	w.MM(p.y)
	w.Int(angle)
	w.Close()
}

func (s *symbol) write(w *sexpr.Writer) {
	w.Open("symbol")
	w.String(s.name)
	if s.power {
		w.Open("power")
		w.Close()
	}
	if s.hideNumbers {
		w.Open("pin_numbers")
		w.Flag("hide", true)
		w.Close()
	}
	if s.hideNames || s.nameOffset != nameOffset {
		w.Open("pin_names")
		if s.nameOffset != nameOffset {
			length(w, "offset", s.nameOffset)
		}
		if s.hideNames {
			w.Flag("hide", true)
		}
		w.Close()
	}
	w.Flag("exclude_from_sim", s.noSim)
	w.Flag("in_bom", !s.noBOM)
	w.Flag("on_board", !s.noBoard)
	s.writeProperties(w)
	for _, u := range s.units {
		u.write(w, s.name)
	}
	w.Flag("embedded_fonts", false)
	w.Close()
}

func (s *symbol) writeProperties(w *sexpr.Writer) {
	ref, value := s.fieldPlaces()
	property(w, "Reference", s.ref, ref)
	property(w, "Value", s.name, value)
	hidden := place{hide: true}
	property(w, "Footprint", s.footprint, hidden)
	property(w, "Datasheet", s.datasheet, hidden)
	property(w, "Description", s.about, hidden)
	if s.locked {
		property(w, "ki_locked", "", place{})
	}
	if s.keys != "" {
		property(w, "ki_keywords", s.keys, hidden)
	}
	if s.filters != "" {
		property(w, "ki_fp_filters", s.filters, hidden)
	}
}

func property(w *sexpr.Writer, name, value string, p place) {
	w.Open("property")
	w.String(name)
	w.String(value)
	placed(w, p.at, 0)
	w.Open("effects")
	font(w, textSize)
	if p.left {
		w.Open("justify")
		w.Word("left")
		w.Close()
	}
	if p.hide {
		w.Flag("hide", true)
	}
	w.Close()
	w.Close()
}

func font(w *sexpr.Writer, size int64) {
	w.Open("font")
	position(w, "size", point{size, size})
	w.Close()
}

// write writes the unit and puts its items into KiCad's order.
func (u *unit) write(w *sexpr.Writer, name string) {
	w.Open("symbol")
	w.String(name + "_" + strconv.Itoa(u.num) + "_" + strconv.Itoa(u.style))
	slices.SortStableFunc(u.shapes, shape.compare)
	for _, s := range u.shapes {
		s.write(w)
	}
	slices.SortStableFunc(u.pins, func(p, q pin) int {
		return cmp.Or(comparePoints(p.at, q.at), cmp.Compare(p.number, q.number))
	})
	for _, p := range u.pins {
		p.write(w)
	}
	w.Close()
}

func (s shape) write(w *sexpr.Writer) {
	w.Open(string(s.kind))
	switch s.kind {
	case words:
		w.String(s.text)
		placed(w, s.pts[0], 0)
		w.Open("effects")
		font(w, s.size)
		w.Close()
		w.Close()
		return
	case rectangle:
		position(w, "start", s.pts[0])
		position(w, "end", s.pts[1])
	case circle:
		position(w, "center", s.pts[0])
		length(w, "radius", s.radius)
	case arc:
		position(w, "start", s.pts[0])
		position(w, "mid", s.pts[1])
		position(w, "end", s.pts[2])
	case polyline:
		w.Open("pts")
		for _, p := range s.pts {
			position(w, "xy", p)
		}
		w.Close()
	}
	w.Open("stroke")
	length(w, "width", s.wide)
	w.Open("type")
	w.Word("default")
	w.Close()
	w.Close()
	w.Open("fill")
	w.Open("type")
	w.Word(s.fill)
	w.Close()
	w.Close()
	w.Close()
}

func (p pin) write(w *sexpr.Writer) {
	w.Open("pin")
	w.Word(p.typ)
	w.Word(p.shape)
	placed(w, p.at, p.angle)
	length(w, "length", p.length)
	if p.hide {
		w.Flag("hide", true)
	}
	label := func(head, text string) {
		w.Open(head)
		w.String(text)
		w.Open("effects")
		font(w, p.size)
		w.Close()
		w.Close()
	}
	label("name", p.name)
	label("number", p.number)
	for _, a := range p.alts {
		w.Open("alternate")
		w.String(a.name)
		w.Word(a.typ)
		w.Word(a.shape)
		w.Close()
	}
	w.Close()
}
