package rule

import (
	"slices"
	"strconv"
	"strings"

	"starboard/kicad/circuit"
	"starboard/kicad/connect"
	"starboard/kicad/geom"
	"starboard/kicad/ident"
	"starboard/kicad/schematic"
)

// A Drawn is where the symbols of a schematic stand, for drawing another
// version of its circuit in the same way.
type Drawn struct {
	sheets map[string]*drawnSheet // by name: "/" or "/A/B/"
	byUUID map[string]stood
	byRef  map[refUnit][]stood // in the order of the sheets
}

type drawnSheet struct {
	paper string // of a standard size, in landscape format; else ""
}

type refUnit struct {
	ref  string
	unit int
}

// stood is a symbol as it was drawn.
type stood struct {
	sheet string
	lib   string // name of its symbol, without the library
	at    geom.Point
	o     geom.Orientation
}

// NewDrawn takes down where the symbols of a schematic stand.
func NewDrawn(s *connect.Schematic) *Drawn {
	d := &Drawn{sheets: map[string]*drawnSheet{}, byUUID: map[string]stood{}, byRef: map[refUnit][]stood{}}
	for _, sh := range s.Sheets {
		page := &drawnSheet{}
		if paper := sh.Drawing.Node().Child("paper"); !paper.Arg(2).Present() {
			page.paper = paper.Arg(1).Text()
		}
		d.sheets[sh.Name] = page
		for _, p := range sh.Parts {
			if strings.HasPrefix(p.Ref, "#") {
				continue
			}
			_, lib, _ := strings.Cut(p.Symbol.LibID, ":")
			st := stood{sheet: sh.Name, lib: lib, at: p.Symbol.At, o: p.Symbol.Orientation.Canonical()}
			d.byUUID[p.Symbol.UUID] = st
			key := refUnit{p.Ref, p.Unit}
			d.byRef[key] = append(d.byRef[key], st)
		}
	}
	return d
}

// Like places the units that the drawing has where it has them, and returns
// how many these are. A symbol is known again by its UUID, which the files that
// starboard writes keep when somebody moves it in KiCad, whatever becomes of
// its reference; or else by reference and unit on the sheet of the same name,
// or on the only sheet that has it. What has moved to another symbol, stands off
// the grid or off the page, or on another symbol, moves to the nearest place
// that is free; what has none near it is left to the default placement.
func (p *Plan) Like(d *Drawn, units []Unit, pos string) int {
	name := p.Sheet.Path()
	ids := ident.Project(p.Sheet.Circuit().Name).Sheet(name)
	if page := d.sheets[name]; page != nil && len(p.places) == 0 && larger(page.paper, p.Paper) {
		p.UsePaper(page.paper)
	}
	count := 0
	var later []Unit
	for _, u := range units {
		st, ok := d.find(u, ids, name)
		if !ok {
			continue
		}
		if p.Place(u, st.at, st.o, pos) == nil {
			count++
		} else {
			later = append(later, u)
		}
	}
	for _, u := range later {
		st, _ := d.find(u, ids, name)
		if at, ok := p.beside(u, st); ok && p.Place(u, at, st.o, pos) == nil {
			count++
		}
	}
	return count
}

// larger reports whether a standard size is larger than a page.
func larger(name string, than schematic.Paper) bool {
	i := slices.IndexFunc(schematic.Papers, func(s schematic.Paper) bool { return s.Name == name })
	return i >= 0 && schematic.Papers[i].Width > than.Width
}

func (d *Drawn) find(u Unit, ids ident.Space, sheet string) (stood, bool) {
	if st, ok := d.byUUID[ids.UUID("symbol", u.Part.ID, strconv.Itoa(u.No))]; ok && st.is(u.Part) {
		return st, true
	}
	list := d.byRef[refUnit{u.Part.Ref, u.No}]
	for _, st := range list {
		if st.sheet == sheet && st.is(u.Part) {
			return st, true
		}
	}
	if len(list) == 1 && list[0].is(u.Part) && d.sheets[sheet] == nil {
		return list[0], true
	}
	return stood{}, false
}

// is reports whether a symbol can have been that of a part: one of another kind
// takes the place of another.
func (st *stood) is(p *circuit.Part) bool { return st.lib == p.Symbol.Name }

// besides is how far from its place a symbol may move, in steps of the grid.
const besides = 16

// beside returns the free place on the grid that is nearest to where a symbol
// was.
func (p *Plan) beside(u Unit, st stood) (geom.Point, bool) {
	round := func(v int64) int64 { return geom.SnapDown(v + geom.Grid/2) }
	first := geom.Point{X: round(st.at.X), Y: round(st.at.Y)}
	for far := int64(0); far <= besides; far++ {
		for dx := -far; dx <= far; dx++ {
			dy := far - max(dx, -dx)
			for _, y := range []int64{-dy, dy} {
				at := first.Add(geom.Point{X: dx * geom.Grid, Y: y * geom.Grid})
				if p.Check(u, at, st.o) == nil {
					return at, true
				}
				if dy == 0 {
					break
				}
			}
		}
	}
	return geom.Point{}, false
}
