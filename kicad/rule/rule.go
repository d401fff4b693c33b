// Package rule holds what placement rules say about a sheet: where its symbols
// stand, and how those that no rule places stand to each other.
//
// A [Plan] is about one sheet. Every place in it is sound at the time when it
// is said: on the grid, inside the page's frame, off the title block, and
// covering no symbol that has a place already. So a mistake is found at the
// line of the rule that makes it. [Plan.Place] is what all else stands on: the
// arrangements that come with starboard (a row, a grid, layers by signal flow
// and so on) are functions over it that a script can call, or write anew.
//
// Coordinates are nanometres on the sheet, all arithmetic is on integers, and
// the order of parts is the one in which they became known.
package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"starboard/kicad/annotate"
	"starboard/kicad/circuit"
	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/ident"
	"starboard/kicad/place"
	"starboard/kicad/schematic"
	"starboard/kicad/wire"
)

// A Unit is what is drawn as one symbol: a part, or one of the units of a part
// that has several, counted from 1.
type Unit struct {
	Part *circuit.Part
	No   int
}

// String returns the reference, with the letter of the unit where the part has
// several.
func (u Unit) String() string {
	s := u.Part.String()
	if u.Part.Symbol.Units > 1 {
		s += circuit.UnitName(u.No)
	}
	return s
}

// Box returns the extents of the symbol with its pins around its anchor.
func (u Unit) Box(o geom.Orientation) geom.Box { return o.ApplyBox(u.Part.Symbol.Box(u.No, 1)) }

// Stand returns how the unit stands where nobody says it: a part with two pins
// so that a supply is above and a ground below, any other as in its library.
func (u Unit) Stand() geom.Orientation {
	if pins := u.Part.Symbol.UnitPins(u.No, 1); len(pins) != 2 || pins[0].Side != pins[1].Side.Opposite() {
		return geom.Orientation{}
	}
	return place.Orient(u.Part, u.No)
}

// Outline returns the extents of the symbol with its reference and value, where
// these usually stand: beside a symbol without pins on its right, else above.
func (u Unit) Outline(o geom.Orientation) geom.Box {
	b := u.Box(o)
	beside := true
	for _, t := range wire.Terminals(u.Part, u.No, o) {
		beside = beside && t.Side != geom.Right
	}
	const pitch = 2 * geom.Grid
	at, h := geom.Point{X: b.Min.X, Y: b.Min.Y - geom.Grid - pitch}, font.Left
	if beside {
		at = geom.Point{X: b.Max.X + geom.Grid, Y: (b.Min.Y+b.Max.Y)/2 - pitch/2}
	}
	all := b
	for i, text := range wire.Texts(u.Part, u.No) {
		if text != "" {
			all = all.Union(font.Field(text, schematic.TextSize, h, font.Center, false).Add(at.Add(geom.Point{Y: int64(i) * pitch})))
		}
	}
	return all
}

// Room returns the extents of the symbol with its texts and with a label or a
// power symbol at each of its pins: what it takes where no wire joins it to
// anything.
func (u Unit) Room(o geom.Orientation) geom.Box {
	d := &wire.Drafter{IDs: ident.Project("room"), Numbers: &wire.Numbers{}}
	return d.Unit(u.Part, u.No, o).Box.Union(u.Outline(o))
}

// Units returns what is drawn on a sheet, in the order in which the parts
// became known.
func Units(s *circuit.Sheet) []Unit {
	var list []Unit
	for _, p := range annotate.Sorted(s.Parts()) {
		for no := 1; no <= p.Symbol.Units; no++ {
			list = append(list, Unit{p, no})
		}
	}
	return list
}

// A Place is where a rule has put a symbol.
type Place struct {
	Unit
	At  geom.Point // of the anchor
	O   geom.Orientation
	Pos string // of the call in the script

	covers geom.Box // the symbol with its pins
}

func (p *Place) box() geom.Box { return p.covers }

// A Plan is what the rules of one sheet have said.
type Plan struct {
	Sheet *circuit.Sheet
	Paper schematic.Paper // the page, unless what no rule has placed needs a larger one
	Notes []Note

	places      []Place
	index       map[Unit]int
	pins        map[geom.Point][]pin
	constraints []Constraint
}

// A Note is a text on the sheet, its lower left corner At.
type Note struct {
	Text string
	At   geom.Point
	Pos  string
}

type pin struct {
	unit Unit
	net  *circuit.Net
}

// New returns the plan of a sheet that nothing has been said about. The paper
// is the name of a standard size.
func New(s *circuit.Sheet, paper string) *Plan {
	p := &Plan{Sheet: s, Paper: schematic.Papers[0], index: map[Unit]int{}, pins: map[geom.Point][]pin{}}
	p.UsePaper(paper)
	return p
}

// UsePaper sets the page. It reports whether there is a standard size of that
// name.
func (p *Plan) UsePaper(name string) bool {
	i := slices.IndexFunc(schematic.Papers, func(s schematic.Paper) bool { return s.Name == name })
	if i >= 0 {
		p.Paper = schematic.Papers[i]
	}
	return i >= 0
}

// Empty reports whether nothing has been said that the default would not do.
func (p *Plan) Empty() bool {
	return len(p.places) == 0 && len(p.constraints) == 0 && len(p.Notes) == 0
}

// Places returns where symbols have been put, in the order of their first
// placing.
func (p *Plan) Places() []Place { return p.places }

// Find returns the place of a unit, and whether it has one.
func (p *Plan) Find(u Unit) (Place, bool) {
	i, ok := p.index[u]
	if !ok {
		return Place{}, false
	}
	return p.places[i], true
}

// Free returns the units of the sheet that have no place.
func (p *Plan) Free() []Unit {
	return slices.DeleteFunc(Units(p.Sheet), func(u Unit) bool {
		_, placed := p.index[u]
		return placed
	})
}

// Clone returns a plan that can be changed alone.
func (p *Plan) Clone() *Plan {
	q := New(p.Sheet, p.Paper.Name)
	q.Notes, q.places, q.constraints = slices.Clone(p.Notes), slices.Clone(p.places), slices.Clone(p.constraints)
	q.reindex()
	return q
}

func (p *Plan) reindex() {
	clear(p.index)
	clear(p.pins)
	for i := range p.places {
		p.index[p.places[i].Unit] = i
		p.addPins(&p.places[i])
	}
}

func (p *Plan) addPins(pl *Place) {
	for _, t := range wire.Terminals(pl.Part, pl.No, pl.O) {
		at := pl.At.Add(t.At)
		p.pins[at] = append(p.pins[at], pin{pl.Unit, t.Net})
	}
}

func (p *Plan) dropPins(pl *Place) {
	for _, t := range wire.Terminals(pl.Part, pl.No, pl.O) {
		at := pl.At.Add(t.At)
		p.pins[at] = slices.DeleteFunc(p.pins[at], func(other pin) bool { return other.unit == pl.Unit })
	}
}

// Forget takes the places of units away.
func (p *Plan) Forget(units ...Unit) {
	p.places = slices.DeleteFunc(p.places, func(pl Place) bool { return slices.Contains(units, pl.Unit) })
	p.reindex()
}

// MM returns a length in millimetres, for messages: as short as it can be
// written.
func MM(nm int64) string {
	sign := ""
	if nm < 0 {
		sign, nm = "-", -nm
	}
	s := strconv.FormatInt(nm/geom.MM, 10)
	if f := nm % geom.MM; f != 0 {
		s += "." + strings.TrimRight(fmt.Sprintf("%06d", f), "0")
	}
	return sign + s
}

// At returns a place in millimetres, for messages.
func At(p geom.Point) string { return "(" + MM(p.X) + ", " + MM(p.Y) + ")" }

// Span returns a box in millimetres, for messages.
func Span(b geom.Box) string { return At(b.Min) + " to " + At(b.Max) }
