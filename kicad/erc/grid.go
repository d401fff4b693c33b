package erc

import (
	"cmp"
	"fmt"
	"slices"

	"starboard/kicad/connect"
	"starboard/kicad/geom"
)

func (c *checker) origin() geom.Point { return geom.Point{} }

// checkGrid finds pins and wire ends that are off the connection grid.
func (c *checker) checkGrid() {
	if !c.on(endpointOffGrid) {
		return
	}
	off := func(p geom.Point) bool { return p.X%c.set.grid != 0 || p.Y%c.set.grid != 0 }
	for _, d := range c.s.Drawings {
		sh := c.uses[d][0]
		for _, w := range d.Wires {
			switch {
			case off(w.Start):
				c.add(endpointOffGrid, w.Start, "the start of the wire is off the grid", wireItem(sh, w))
			case off(w.End):
				c.add(endpointOffGrid, w.End, "the end of the wire is off the grid", wireItem(sh, w))
			}
		}
		for _, b := range d.Entries {
			if off(b.Start) {
				c.add(endpointOffGrid, b.Start, "the start of the bus entry is off the grid", entryItem(sh, b))
			}
			if off(b.End) {
				c.add(endpointOffGrid, b.End, "the end of the bus entry is off the grid", entryItem(sh, b))
			}
		}
		for _, p := range sh.Parts {
			for _, pin := range p.Pins() {
				if off(pin.At) {
					t := connect.Terminal{Pin: pin, Part: p}
					c.add(endpointOffGrid, pin.At, c.pinName(t)+" is off the grid", c.pinItem(t))
					break
				}
			}
		}
	}
}

// checkCrossings finds points where four lines or pins meet, and labels on
// wires that cross.
func (c *checker) checkCrossings() {
	if !c.on(fourWayJunction) && !c.on(labelMultipleWires) {
		return
	}
	for _, sh := range c.s.Sheets {
		if c.on(fourWayJunction) {
			c.checkFourWays(sh)
		}
		if c.on(labelMultipleWires) {
			c.checkLabelWires(sh)
		}
	}
}

func (c *checker) checkFourWays(sh *connect.Sheet) {
	at := map[geom.Point][]Item{}
	for _, p := range sh.Parts {
		type stack struct {
			at   geom.Point
			name string
		}
		seen := map[stack]bool{} // pins that are drawn as one
		for _, pin := range p.Pins() {
			if s := (stack{pin.At, pin.Name}); !seen[s] {
				seen[s] = true
				at[pin.At] = append(at[pin.At], c.pinItem(connect.Terminal{Pin: pin, Part: p}))
			}
		}
	}
	for _, w := range sh.Drawing.Wires {
		at[w.Start] = append(at[w.Start], wireItem(sh, w))
		at[w.End] = append(at[w.End], wireItem(sh, w))
	}
	for _, p := range sortedPoints(at) {
		if items := at[p]; len(items) >= 4 {
			c.add(fourWayJunction, p, fmt.Sprintf("%d ends meet at %s, %s", len(items), mm(p.X), mm(p.Y)), items...).specific = sh
		}
	}
}

func (c *checker) checkLabelWires(sh *connect.Sheet) {
	at := map[geom.Point][]*connect.Label{}
	for _, l := range sh.Drawing.Labels {
		if l.Kind == connect.Local {
			at[l.At] = append(at[l.At], l)
		}
	}
	if len(at) == 0 {
		return
	}
	e := c.endsOf(sh)
	for _, p := range sortedPoints(at) {
		var lines []Item
		e.through(p, func(w *connect.Wire) {
			if w.Start != p && w.End != p {
				lines = append(lines, wireItem(sh, w))
			}
		})
		if len(lines) > 1 {
			items := append([]Item{c.labelItem(sh, at[p][0])}, lines[:min(len(lines), 3)]...)
			c.add(labelMultipleWires, p, items[0].Description+" stands on several wires", items...).specific = sh
		}
	}
}

func sortedPoints[T any](m map[geom.Point]T) []geom.Point {
	points := make([]geom.Point, 0, len(m))
	for p := range m {
		points = append(points, p)
	}
	slices.SortFunc(points, func(a, b geom.Point) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) })
	return points
}

// checkNoConnectPins finds pins of the type no_connect that something
// touches.
func (c *checker) checkNoConnectPins() {
	if !c.on(noConnectConnected) {
		return
	}
	for _, sh := range c.s.Sheets {
		at := map[geom.Point][]Item{}
		for _, p := range sh.Parts {
			for _, pin := range p.Pins() {
				if typeOf(pin) == noConnect {
					at[pin.At] = append(at[pin.At], c.pinItem(connect.Terminal{Pin: pin, Part: p}))
				}
			}
		}
		if len(at) == 0 {
			continue
		}
		touched := map[geom.Point]bool{}
		touch := func(p geom.Point, item func() Item) {
			if at[p] != nil {
				at[p] = append(at[p], item())
				touched[p] = true
			}
		}
		for _, p := range sh.Parts {
			for _, pin := range p.Pins() {
				if typeOf(pin) != noConnect {
					touch(pin.At, func() Item { return c.pinItem(connect.Terminal{Pin: pin, Part: p}) })
				}
			}
		}
		d := sh.Drawing
		for _, w := range d.Wires {
			touch(w.Start, func() Item { return wireItem(sh, w) })
			touch(w.End, func() Item { return wireItem(sh, w) })
		}
		for _, b := range d.Entries {
			touch(b.Start, func() Item { return entryItem(sh, b) })
			touch(b.End, func() Item { return entryItem(sh, b) })
		}
		for _, l := range d.Labels {
			touch(l.At, func() Item { return c.labelItem(sh, l) })
		}
		for _, s := range d.Sheets {
			for _, p := range s.Pins {
				touch(p.At, func() Item { return sheetItem(sh, s) })
			}
		}
		for _, p := range sortedPoints(at) {
			if items := at[p]; touched[p] {
				c.add(noConnectConnected, p, items[0].Description+" must stay open, but is connected", items[:min(len(items), 4)]...).specific = sh
			}
		}
	}
}

// checkNetClasses finds net classes that the project does not define.
func (c *checker) checkNetClasses() {
	if !c.on(undefinedNetClass) {
		return
	}
	missing := func(class string, item Item) {
		if !c.s.Project.HasNetClass(class) {
			c.add(undefinedNetClass, item.At, fmt.Sprintf("net class %s is not defined in the project", class), item)
		}
	}
	for _, d := range c.s.Drawings {
		sh := c.uses[d][0]
		for _, l := range d.Labels {
			for _, f := range l.Fields {
				if f.Name == "Netclass" {
					missing(c.s.LabelText(sh, f.Value), c.labelItem(sh, l))
				}
			}
		}
		for _, p := range sh.Parts {
			for _, f := range p.Symbol.Fields {
				if f.Name == "Netclass" {
					missing(c.s.Text(p, f), c.partItem(p))
				}
			}
		}
	}
}
