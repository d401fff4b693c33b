package stock

import (
	"slices"
	"strconv"
	"strings"
)

// A symbol is what a block of a table says.
type symbol struct {
	name, about, keys              string
	ref, footprint, datasheet      string
	filters                        string // patterns with a blank between them
	fields                         string // split, side, up or down
	power, noBOM, noSim, noBoard   bool
	locked, hideNumbers, hideNames bool
	nameOffset                     int64
	like                           string
	seen                           []string // keywords that may stand once
	units                          []*unit  // sorted by unit, then style
}

// A unit is one unit of a symbol in one body style; 0 stands for all of them.
type unit struct {
	num, style int
	shapes     []shape
	pins       []pin
}

type pin struct {
	number, name, typ, shape string
	at                       point // the electrical end
	angle                    int   // where the body lies from there, in degrees
	length, size             int64
	hide                     bool
	alts                     []alternate
}

type alternate struct{ name, typ, shape string }

// The words of KiCad for a pin's electrical type and for its drawing.
var (
	pinTypes  = []string{"input", "output", "bidirectional", "tri_state", "passive", "free", "unspecified", "power_in", "power_out", "open_collector", "open_emitter", "no_connect"}
	pinShapes = []string{"line", "inverted", "clock", "inverted_clock", "input_low", "clock_low", "output_low", "edge_clock_high", "non_logic"}
	sides     = []string{"right", "up", "left", "down"} // a quarter turn each
	placings  = []string{"split", "side", "up", "down"}
)

const (
	textSize   = 50 * mil
	lineWidth  = 10 * mil
	nameOffset = 20 * mil // KiCad's default, which it does not write
)

// A reader turns one block into a symbol.
type reader struct {
	bodies  string
	sym     *symbol
	shapes  []*unit // to which shapes go
	pins    *unit   // to which pins go
	lastPin *pin
}

// readSymbol reads a block that begins with a symbol line.
func readSymbol(b *block, bodies string) (*symbol, error) {
	s := &symbol{fields: "split", nameOffset: nameOffset}
	d := reader{bodies: bodies, sym: s}
	if err := b.rows(d.row); err != nil {
		return nil, err
	}
	if s.like != "" && s.units != nil {
		return nil, b.errorf("symbol %s is like %s, so it cannot have pins or drawings of its own", s.name, s.like)
	}
	if s.like == "" && s.ref == "" {
		return nil, b.errorf("symbol %s has no ref line", s.name)
	}
	return s, nil
}

func (d *reader) row(r *row) error {
	a := r.args()
	keyword := r.words[0]
	switch keyword {
	case "pin":
		return d.pin(a)
	case "pins":
		return d.pinRun(a)
	case "alt":
		return d.alternate(a)
	case "unit":
		return d.unit(a)
	case "symbol", "like", "keys", "ref", "footprint", "datasheet", "filters", "flags", "numbers", "names", "fields":
		if slices.Contains(d.sym.seen, keyword) {
			return r.errorf("a second %s line in symbol %s", keyword, d.sym.name)
		}
		d.sym.seen = append(d.sym.seen, keyword)
		return d.property(keyword, a)
	default:
		shapes, err := readShapes(d.bodies, a)
		if err != nil {
			return err
		}
		if d.shapes == nil {
			d.shapes = []*unit{d.sym.unit(0, 1)}
		}
		for _, u := range d.shapes {
			u.shapes = append(u.shapes, shapes...)
		}
		return nil
	}
}

func (d *reader) property(keyword string, a args) (err error) {
	s := d.sym
	switch keyword {
	case "symbol":
		if s.name, err = a.next("a name"); err == nil {
			s.about, err = a.next("a description")
		}
	case "like":
		s.like, err = a.next("a symbol")
	case "keys":
		s.keys, err = a.next("words to find the symbol by")
	case "ref":
		s.ref, err = a.next("a reference prefix")
	case "footprint":
		s.footprint, err = a.next("a footprint")
	case "datasheet":
		s.datasheet, err = a.next("an address")
	case "filters":
		s.filters = strings.Join(a.words, " ")
		_, err = a.next("a pattern")
		a.words = nil
	case "flags":
		err = d.flags(&a)
	case "numbers":
		_, err = a.oneOf("hide")
		s.hideNumbers = true
	case "names":
		s.hideNames = a.accept("hide")
		if len(a.words) > 0 || !s.hideNames {
			s.nameOffset, err = a.length("an offset")
		}
	case "fields":
		s.fields, err = a.oneOf(placings...)
	}
	if err != nil {
		return err
	}
	return a.done()
}

func (d *reader) flags(a *args) error {
	s := d.sym
	flags := []struct {
		name string
		set  *bool
	}{{"power", &s.power}, {"no_bom", &s.noBOM}, {"no_sim", &s.noSim}, {"no_board", &s.noBoard}, {"locked", &s.locked}}
	if len(a.words) == 0 {
		return a.r.errorf("flags: the line ends, want a flag")
	}
	for len(a.words) > 0 {
		i := slices.IndexFunc(flags, func(f struct {
			name string
			set  *bool
		}) bool {
			return a.accept(f.name)
		})
		if i < 0 {
			return a.r.errorf("flags: got %q, want power, no_bom, no_sim, no_board or locked", a.words[0])
		}
		*flags[i].set = true
	}
	return nil
}

// unit returns the unit of that number and style and makes it where there is
// none yet.
func (s *symbol) unit(num, style int) *unit {
	i, found := slices.BinarySearchFunc(s.units, unit{num: num, style: style}, func(u *unit, v unit) int {
		if u.num != v.num {
			return u.num - v.num
		}
		return u.style - v.style
	})
	if !found {
		s.units = slices.Insert(s.units, i, &unit{num: num, style: style})
	}
	return s.units[i]
}

func (d *reader) unit(a args) error {
	w, err := a.next("a unit")
	if err != nil {
		return err
	}
	first, last, isRun := strings.Cut(w, "..")
	from, ok := atoi(first)
	to, ok2 := from, ok
	if isRun {
		to, ok2 = atoi(last)
	}
	if !ok || !ok2 || from < 0 || to < from || isRun && to == from {
		return a.r.errorf("unit: got %q, want a number or a range such as 1..4", w)
	}
	style := int64(1)
	if a.accept("style") {
		if style, err = a.int("a body style"); err != nil {
			return err
		}
		if style < 0 || style > 2 {
			return a.r.errorf("unit: got style %d, want 0, 1 or 2", style)
		}
	}
	d.shapes, d.lastPin = nil, nil
	for n := from; n <= to; n++ {
		d.shapes = append(d.shapes, d.sym.unit(int(n), int(style)))
	}
	d.pins = d.shapes[0]
	return a.done()
}

// addPin adds a pin to the unit that is open.
func (d *reader) addPin(r *row, p pin) error {
	if len(d.shapes) > 1 && d.pins == d.shapes[0] {
		return r.errorf("%s: a pin cannot belong to more than one unit; use unit 0 for all of them", r.words[0])
	}
	if d.pins == nil {
		d.pins = d.sym.unit(1, 1)
	}
	d.pins.pins = append(d.pins.pins, p)
	d.lastPin = &d.pins.pins[len(d.pins.pins)-1]
	return nil
}

// pinRest reads what pins have after their numbers, up to their length.
func (a *args) pinRest(p *pin) (err error) {
	if p.name, err = a.next("a pin name"); err != nil {
		return err
	}
	if p.typ, err = a.oneOf(pinTypes...); err != nil {
		return err
	}
	if p.shape, err = a.oneOf(pinShapes...); err != nil {
		return err
	}
	if p.at, err = a.point("a position"); err != nil {
		return err
	}
	side, err := a.oneOf(sides...)
	if err != nil {
		return err
	}
	p.angle = 90 * slices.Index(sides, side)
	p.size = textSize
	p.length, err = a.length("a length")
	return err
}

func (d *reader) pin(a args) (err error) {
	var p pin
	if p.number, err = a.next("a pin number"); err != nil {
		return err
	}
	if err = a.pinRest(&p); err != nil {
		return err
	}
	p.hide = a.accept("hide")
	if a.accept("size") {
		if p.size, err = a.length("a text size"); err != nil {
			return err
		}
	}
	if err = a.done(); err != nil {
		return err
	}
	return d.addPin(a.r, p)
}

func (d *reader) pinRun(a args) error {
	w, err := a.next("a range of pin numbers")
	if err != nil {
		return err
	}
	first, last, _ := strings.Cut(w, "..")
	from, ok := atoi(first)
	to, ok2 := atoi(last)
	if !ok || !ok2 || from < 1 || to <= from {
		return a.r.errorf("pins: got %q, want a range such as 1..8", w)
	}
	step := int64(1)
	if a.accept("by") {
		if step, err = a.int("a step"); err != nil {
			return err
		}
		if step < 2 {
			return a.r.errorf("pins: got a step of %d, want 2 or more", step)
		}
	}
	var p pin
	if err = a.pinRest(&p); err != nil {
		return err
	}
	delta, err := a.point("the way to the next pin")
	if err != nil {
		return err
	}
	if err = a.done(); err != nil {
		return err
	}
	name := p.name
	for n := from; n <= to; n += step {
		p.number = strconv.FormatInt(n, 10)
		p.name = strings.ReplaceAll(name, "#", p.number)
		if err = d.addPin(a.r, p); err != nil {
			return err
		}
		p.at = p.at.add(delta)
	}
	d.lastPin = nil
	return nil
}

func (d *reader) alternate(a args) (err error) {
	if d.lastPin == nil {
		return a.r.errorf("alt: no single pin above it")
	}
	var alt alternate
	if alt.name, err = a.next("a name"); err != nil {
		return err
	}
	if alt.typ, err = a.oneOf(pinTypes...); err != nil {
		return err
	}
	if alt.shape, err = a.oneOf(pinShapes...); err != nil {
		return err
	}
	d.lastPin.alts = append(d.lastPin.alts, alt)
	return a.done()
}
