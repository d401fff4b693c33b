package project_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"starboard/kicad/geom"
	"starboard/kicad/project"
)

// Distances of KiCad's standard drawing sheet, in nanometres: its inner frame
// stands 12 mm from the edge, and the title block in its lower right corner.
const (
	frame       = 12 * geom.MM
	titleWidth  = 108 * geom.MM
	titleHeight = 32 * geom.MM
)

// flagSize is half the width of a no-connect flag.
const flagSize = 24 * geom.Mil

// faults returns what is wrong with the drawing of a page: nothing on it may
// cover anything else or leave the frame, all that connects stands on the
// grid, and no wire passes over what it does not join.
func (p *page) faults() []string {
	faults := slices.Clone(p.notStraight)
	say := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	p.checkGrid(say)
	p.checkFrame(say)
	p.checkOverlaps(say)
	p.checkWires(say)
	return faults
}

type sayFunc = func(format string, args ...any)

func (p *page) checkGrid(say sayFunc) {
	off := map[geom.Point]bool{} // pins that their library has off the grid
	for _, pin := range p.pins {
		switch {
		case !pin.onLib:
			off[pin.at] = true
		case !pin.at.OnGrid():
			say("%s at %v is off the grid", pin.name, pin.at)
		}
	}
	for _, e := range p.ends {
		if !e.OnGrid() && !off[e] {
			say("wire end at %v is off the grid", e)
		}
	}
	for _, l := range p.labels {
		if !l.at.OnGrid() && !off[l.at] {
			say("label %s at %v is off the grid", l.text, l.at)
		}
	}
	for _, n := range p.noConnects {
		if !n.OnGrid() && !off[n] {
			say("no-connect flag at %v is off the grid", n)
		}
	}
}

// A thing is something on a page that covers an area.
type thing struct {
	name   string
	box    geom.Box
	symbol int // index of the symbol that it is or belongs to, or -1
}

// things returns all that covers an area, save the wires.
func (p *page) things() []thing {
	var list []thing
	for i, s := range p.symbols {
		for _, b := range s.boxes {
			list = append(list, thing{"symbol " + s.ref + " (" + s.name + ")", b, i})
		}
	}
	for _, b := range p.sheets {
		list = append(list, thing{"sheet", b, -1})
	}
	for _, l := range p.labels {
		list = append(list, thing{"label " + l.text, l.box, -1})
	}
	for _, l := range p.texts {
		list = append(list, thing{"text " + l.text, l.box, -1})
	}
	for _, at := range p.noConnects {
		owner := slices.IndexFunc(p.symbols, func(s drawnSymbol) bool { return slices.Contains(s.pins, at) })
		list = append(list, thing{fmt.Sprintf("no-connect flag at %v", at), geom.BoxOf(at).Grow(flagSize), owner})
	}
	return list
}

func (p *page) checkFrame(say sayFunc) {
	area := geom.Box{Min: geom.Point{X: frame, Y: frame}, Max: p.paper.Sub(geom.Point{X: frame, Y: frame})}
	title := geom.Box{Min: area.Max.Sub(geom.Point{X: titleWidth, Y: titleHeight}), Max: area.Max}
	check := func(name string, b geom.Box) {
		if !area.Contains(b.Min) || !area.Contains(b.Max) {
			say("%s leaves the frame", name)
		}
		if b.Overlaps(title) {
			say("%s covers the title block", name)
		}
	}
	for _, t := range p.things() {
		check(t.name, t.box)
	}
	for _, w := range p.wires {
		check(fmt.Sprintf("wire at %v", w.Min), w)
	}
}

func (p *page) checkOverlaps(say sayFunc) {
	list := p.things()
	said := map[[2]string]bool{}
	// From the left to the right, so that each need be compared with few.
	slices.SortStableFunc(list, func(a, b thing) int { return compareInt64(a.box.Min.X, b.box.Min.X) })
	for i, a := range list {
		for _, b := range list[i+1:] {
			if b.box.Min.X >= a.box.Max.X {
				break
			}
			pair := [2]string{min(a.name, b.name), max(a.name, b.name)}
			if a.box.Overlaps(b.box) && (a.symbol < 0 || a.symbol != b.symbol) && !said[pair] {
				said[pair] = true
				say("%s and %s overlap", pair[0], pair[1])
			}
		}
	}
}

func compareInt64(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (p *page) checkWires(say sayFunc) {
	meets := map[geom.Point]int{}
	for _, e := range p.ends {
		meets[e]++
	}
	for _, pin := range p.pins {
		meets[pin.at] += 2
	}
	for _, e := range p.ends {
		label := slices.ContainsFunc(p.labels, func(l item) bool { return l.at == e })
		if meets[e] < 2 && !label && !p.junctions[e] {
			say("wire end at %v meets nothing", e)
		}
	}
	inside := func(w geom.Box, at geom.Point) bool { return w.Contains(at) && at != w.Min && at != w.Max }
	for i, w := range p.wires {
		for _, pin := range p.pins {
			if inside(w, pin.at) && !p.junctions[pin.at] {
				say("wire from %v to %v passes over %s", w.Min, w.Max, pin.name)
			}
		}
		for k, e := range p.ends {
			if k/2 != i && inside(w, e) && !p.junctions[e] {
				say("wire from %v to %v passes over the end of another at %v", w.Min, w.Max, e)
			}
		}
		for _, at := range p.noConnects {
			if w.Contains(at) {
				say("wire from %v to %v touches the no-connect flag at %v", w.Min, w.Max, at)
			}
		}
		for _, s := range p.symbols {
			// A wire may begin at a pin on the edge of a body, but not go in. Some
			// symbols have pins inside, and their wires lead out.
			for _, body := range s.bodies {
				body = body.Grow(-10 * geom.Mil)
				out := slices.ContainsFunc(s.pins, func(at geom.Point) bool { return body.Contains(at) && (at == w.Min || at == w.Max) })
				if w.Grow(1).Overlaps(body) && !out {
					say("wire from %v to %v crosses the body of %s (%s)", w.Min, w.Max, s.ref, s.name)
				}
			}
		}
		for _, b := range p.sheets {
			if w.Grow(1).Overlaps(b.Grow(-10 * geom.Mil)) {
				say("wire from %v to %v crosses a sheet", w.Min, w.Max)
			}
		}
		for _, t := range p.texts {
			if w.Grow(1).Overlaps(t.box) {
				say("wire from %v to %v crosses the text %s", w.Min, w.Max, t.text)
			}
		}
		for _, l := range p.labels {
			// Braces reach 0.04 mm below the line that a label stands on.
			if w.Overlaps(l.box.Grow(-50_000)) && !w.Contains(l.at) {
				say("wire from %v to %v crosses the label %s", w.Min, w.Max, l.text)
			}
		}
	}
}

// drawingFaults returns what is wrong with the schematics of a project.
func drawingFaults(t *testing.T, tree *project.Tree) []string {
	t.Helper()
	var faults []string
	for _, name := range tree.Names() {
		if !strings.HasSuffix(name, ".kicad_sch") {
			continue
		}
		text, _ := tree.File(name)
		p, err := readPage(name, string(text))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, f := range p.faults() {
			faults = append(faults, name+": "+f)
		}
	}
	return faults
}
