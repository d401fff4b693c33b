// Package layout draws the sheets of a circuit as an engineer would: parts
// that belong together side by side and joined by short straight wires, signals
// from left to right, supplies up and grounds down, labels where a wire would
// do harm.
//
// [Draw] is the entry point. What it draws is sound: nothing covers anything
// else, and wires join nothing that the circuit does not join. The same sheet
// gives the same drawing: all arithmetic is on integers, all orders come from
// the parts' own, and all searches are bounded by steps.
package layout

// How a sheet is drawn.
//
// Structure (structure.go). Parts with two pins that follow each other are
// chains: a resistor with its LED, say. A chain between two power nets, such as
// a decoupling capacitor, has a home: the symbol that it serves, by nearness in
// the order of the parts (home.go). Everything else is an anchor.
//
// Blocks (grow.go, hang.go, line.go, bridge.go, label.go). An anchor stands with
// what is directly at its pins (seat.go, share.go): power symbols, open pins,
// labels. From its other pins wires grow away from it; on them hang chains to power
// nets, up and down; chains to other nets stand in line, and the wire behind them
// grows on in the same way until it ends at another anchor or at a label. Each step
// takes the first place in an engineer's order of preference that the canvas has
// free, see route.Canvas; where there is none, the rest of the net is drawn
// elsewhere and labels join the two. What is left in the end makes blocks of its
// own: a label with a wire on which the chains of a net hang.
//
// Pairs (lying.go, pull.go, twin.go, totem.go). What is symmetric is drawn so: the
// halves of an amplifier or of an output stage above each other, capacitors of a
// crystal beside each other, pull-ups of a bus in one row.
//
// Switches (switch.go). What belongs to the pins of a transistor stands at them, and one
// that pulls a wire down below it.
//
// Repeats (repeat.go). Stages of one kind stand below each other, each drawn like the
// others, and what they share beside them.
//
// Loops (loop.go). What leads from the output of a symbol back to its input by way of
// other parts goes over it.
//
// Feeds (feed.go). What a converter makes goes on through its inductor to the
// capacitors and the divider of the new supply, and to the connector that it leaves
// by, or to the converter that is fed by it.
//
// What found no room (adopt.go) hangs from the wire of a label of its net.
//
// What is alike (alike.go) at neighbouring pins has labels at all of them where there
// is room for one.
//
// Arrays (array.go). Blocks of a few parts that look alike stand side by side.
//
// Ladders (rung.go, ladder.go). What joins two wires that run side by side, such as
// those of a bus, stands upright between them, and the connector that both lead to at
// their end.
//
// Combs (comb.go). Equal chains at neighbouring pins of a symbol, such as the LEDs of a
// port, stand side by side.
//
// Units that are not used (idle.go) stand side by side after everything else.
//
// Capacitors (nestle.go). A row of chains between power nets moves into the block
// of the symbol that it serves.
//
// Order (order.go). Blocks that signals come from stand before those that they go
// to, after the idea of layered drawing (Sugiyama, Tagawa and Toda, 1981), and
// otherwise in the order in which their parts became known: what is added comes
// last, and moves little.
//
// Pages (page.go). Blocks fill the smallest page that holds them from the left to
// the right.
//
// Sections (section.go). A large sheet is divided into framed sections of blocks
// that have nets in common.
//
// Child sheets (child.go, river.go). The symbol of a child sheet is a block. Where
// one block leads to several of them, they stand below each other at its right.
// Blocks whose labels face each other dock, so that straight wires join them
// (dock.go).
//
// Dense symbols (fan.go). Where that leaves no room for something, the unit stands
// alone, and at worst each of its pins has a row of its own.
//
// Wires between blocks (join.go). Where two labels of a net face each other
// and the way between them is short, a wire takes their place.
//
// Rules (fixed.go, around.go, constrain.go, together.go). What rules have placed
// stands where they say, and the same growth goes on around it.
//
// Ink (ink.go). Wires are split at junctions, and everything gets its stable
// identity.

import (
	"cmp"
	"slices"

	"starboard/kicad/annotate"
	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/rule"
	"starboard/kicad/schematic"
	"starboard/kicad/wire"
)

// An Input is what a drawing starts from. The circuit must have been annotated.
type Input struct {
	Sheet    *circuit.Sheet
	Drafter  *wire.Drafter
	Children []*wire.Cluster // the symbols of child sheets
	Flags    []*circuit.Net  // power nets that need a flag on this sheet
	Smallest string          // the smallest page that may be chosen
	Plan     *rule.Plan      // what rules say of the sheet; nil is nothing
	// Orient, where set, says how each unit stands.
	Orient func(p *circuit.Part, unit int) geom.Orientation
}

// A Drawing says what Draw did with nets.
type Drawing struct {
	Unlabelled []*circuit.Net // nets that are drawn by wires alone, in the sheet's order
}

// A builder holds what the blocks of one sheet share.
type builder struct {
	in      Input
	units   []*unit
	nets    []*net
	index   map[*circuit.Net]*net
	byLabel map[string]*net // those that child sheets are on
	chains  []*chain
	blocks  []*block
	repeats []*repeat
	fixed   *block // of the units that rules have placed; nil without any
	still   bool   // nothing grows from the unit that is being seated
}

// Draw draws a sheet and adds it to a file.
func Draw(in Input, f *schematic.File) (*Drawing, error) {
	b := &builder{in: in}
	b.findUnits(annotate.Sorted(in.Sheet.Parts()))
	b.pin()
	b.findPorts()
	b.findChains()
	slices.SortStableFunc(b.chains, func(c, d *chain) int { return cmp.Compare(c.order, d.order) })
	for _, n := range b.nets {
		slices.SortStableFunc(n.chains, func(c, d *chain) int { return cmp.Compare(c.order, d.order) })
	}
	b.findGroups()
	b.findFeeds()
	b.findHomes()
	b.findLoops()
	b.findRepeats()
	b.fixedBlock()
	b.makeBlocks()
	b.childBlocks()
	b.constrain()
	if !b.planned() {
		b.shelve()
		b.stackRepeats()
		b.nestle()
		b.rivers()
		b.lineUp()
		b.dock()
		b.mouths(func(hub, _ *block) bool { return !hub.loose() })
		b.arrays()
	}
	return b.draw(f)
}

// makeBlocks draws every unit in some block.
func (b *builder) makeBlocks() {
	for _, u := range b.roots() {
		if u.placed {
			continue
		}
		b.anchorBlock(u)
		if b.undoUnsound() {
			b.aloneBlock(u)
		}
		b.railBlocks(u)
	}
	for _, c := range b.chains {
		if !c.used && !c.rail() && !b.adopt(c) {
			b.chainBlock(c)
			b.undoUnsound()
		}
	}
	b.railBlocks(nil)
	// What could not be drawn as a link stands alone.
	for _, c := range b.chains {
		c.used = true
	}
	for _, u := range b.units {
		if !u.placed {
			b.aloneBlock(u)
		}
	}
}

// aloneBlock draws a unit with nothing but marks at its pins.
func (b *builder) aloneBlock(u *unit) {
	b.still = true
	b.anchorBlock(u)
	b.still = false
	if !b.undoUnsound() {
		return
	}
	bl := b.newBlock()
	u.placed = true
	u.divide()
	s, heads := b.fan(u)
	bl.place(s, u, geom.Point{}, heads)
	bl.run()
}

// undoUnsound takes back the last block if something covers something else in
// it, and reports whether it did.
func (b *builder) undoUnsound() bool {
	last := len(b.blocks) - 1
	if last < 0 || b.blocks[last].cv.Sound() {
		return false
	}
	for _, v := range b.blocks[last].sk.units {
		v.u.placed = false
		if v.u.chain != nil {
			v.u.chain.used = false
		}
	}
	b.blocks = b.blocks[:last]
	return true
}

// roots returns the anchors in the order in which they make blocks: those with
// many pins first, so that small ones can join them; connectors last.
func (b *builder) roots() []*unit {
	var list []*unit
	for _, u := range b.units {
		if u.chain == nil {
			list = append(list, u)
		}
	}
	rank := func(u *unit) int {
		switch {
		case b.beginsTotem(u), u.repeat != nil:
			return -1
		case isEnd(u):
			return 2
		case len(u.terms) < 2:
			return 3
		case clamp(termRef{u, b.onlySignal(u)}):
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(u, v *unit) int { return cmp.Compare(rank(u), rank(v)) })
	return list
}

// onlySignal returns the terminal of a unit that is on a signal, if it has one.
func (b *builder) onlySignal(u *unit) int {
	for i, t := range u.terms {
		if t.net != nil && !t.net.power {
			return i
		}
	}
	return 0
}

// upright returns how an anchor stands: as in its library, but a small one so
// that supplies are up and grounds down, and what leads in from a supply, the source
// or emitter of a transistor of the P type, is up. A transistor that passes a supply on
// lies in line.
func (b *builder) upright(u *unit) geom.Orientation {
	if u.fixed {
		return u.o
	}
	if in, out, gate, ok := inLine(u); ok {
		for _, o := range geom.Orientations {
			t := wire.Terminals(u.part, u.no, o)
			if t[in].Side == geom.Left && t[out].Side == geom.Right && t[gate].Side == geom.Down {
				return o
			}
		}
	}
	ways := []geom.Orientation{{}, {Mirror: geom.MirrorX}, {Angle: 90}, {Angle: 180}, {Angle: 270}}
	switch p := u.prefix(); {
	case p == "K": // its drawing has an up and a down
		ways = ways[:2]
	case len(u.terms) == 2 && vertical(u.terms[0].Side) && vertical(u.terms[1].Side): // a source
		ways = ways[:2]
	case len(u.terms) > 4 || len(u.terms) < 2 || p != "Q" && p != "D":
		return geom.Orientation{}
	}
	best, most := geom.Orientation{}, -1
	for _, o := range ways {
		good := 0
		for _, t := range wire.Terminals(u.part, u.no, o) {
			if t.Net != nil && t.Net.IsPower() && t.Side == wire.Direction(t.Net) {
				good += 2
			}
			if name := u.part.Pin(t.Key).Name; (name == "S" || name == "E") && t.Side == geom.Up && u.ofTypeP() {
				good++
			}
		}
		if good > most {
			best, most = o, good
		}
	}
	return best
}

func (b *builder) newBlock() *block {
	bl := &block{builder: b}
	b.blocks = append(b.blocks, bl)
	return bl
}

// anchorBlock draws an anchor and what grows from it.
func (b *builder) anchorBlock(u *unit) {
	u.turn(b.upright(u))
	if isConnector(u) && !u.fixed {
		b.faceOut(u)
	}
	bl := b.newBlock()
	u.placed = true
	b.findAlike(u)
	s, heads := b.seat(u)
	bl.place(s, u, geom.Point{}, heads)
	if !b.still {
		bl.placeTwin(u)
	}
	bl.run()
}

// faceOut mirrors a connector whose pins are on the left where something will
// grow from them, for signals come in on the left, unless its value or their nets are
// called outputs.
func (b *builder) faceOut(u *unit) {
	whole := wire.Says(u.part.Value)
	if whole == 0 && plug(u) && b.leadsIn(u) {
		whole = wire.In
	}
	says := 0 // what the names of its nets do
	grows, right := false, 0
	for i, t := range u.terms {
		if t.Side != geom.Left {
			return
		}
		if t.net != nil && !t.net.power {
			says += int(wire.Says(t.net.Name()))
			right += t.net.right
			for _, p := range t.net.ChildPorts() {
				if wire.Leaves(p) {
					right++
				} else {
					right--
				}
			}
		}
		if t.net == nil || !b.grows(u, i) {
			continue
		}
		// What came before it in the script goes out by it.
		earlier := 0
		for _, c := range t.net.chains {
			if !c.used && c.order < u.part.Order {
				earlier++
			}
		}
		grows = grows || earlier == 0 || 2*earlier < len(t.net.chains)
	}
	// Labels that read to the left want it on their left.
	in := grows || right < 0
	switch {
	case whole != 0:
		in = whole == wire.In
	case says != 0:
		in = right+says < 0 || right+says == 0 && grows
	}
	if in {
		u.turn(geom.Orientation{Mirror: geom.MirrorY})
	}
}

// chainBlock draws a wire of its own for the net of a chain, with all that
// hangs on it.
func (b *builder) chainBlock(c *chain) {
	n := c.ends[0]
	if o := c.ends[1]; n.power || !o.power && o.right > n.right {
		n = o // where wires come from
	}
	if o := c.other(n); !o.power && c.backwards(n) {
		n = o // a diode points to the right
	}
	bl := b.newBlock()
	h := head{dir: geom.Right, net: n, far: reach, room: -1, ref: c.from(n)[0].before(), root: true}
	open := n.named() || n.public
	for _, r := range n.terms {
		open = open || r.u.placed || r.u.chain == nil
	}
	if open {
		s := &sketch{}
		b.mark(s, n, geom.Point{}, geom.Left, h.ref.key())
		bl.commit(s, geom.Point{})
	}
	bl.grow(h)
	bl.run()
	if len(bl.sk.units) == 0 {
		b.blocks = b.blocks[:len(b.blocks)-1]
	}
}

// flagClusters draws the flags of power nets.
func (in *Input) flagClusters() []*wire.Cluster {
	var list []*wire.Cluster
	for _, n := range in.Flags {
		list = append(list, in.Drafter.PowerFlag(n))
	}
	return list
}

// row places clusters side by side and returns where, and the box around them.
func row(list []*wire.Cluster) (at []geom.Point, all geom.Box) {
	x := int64(0)
	for i, c := range list {
		p := geom.Point{X: geom.SnapUp(x - c.Box.Min.X)}
		at = append(at, p)
		x = p.X + c.Box.Max.X + 2*geom.Grid
		if i == 0 {
			all = c.Box.Add(p)
		}
		all = all.Union(c.Box.Add(p))
	}
	return at, all
}
