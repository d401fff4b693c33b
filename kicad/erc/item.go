package erc

import (
	"fmt"
	"strings"

	"starboard/kicad/connect"
	"starboard/kicad/sexpr"
)

// partItem is a whole symbol as an item.
func (c *checker) partItem(p *connect.Part) Item {
	return Item{
		Description: fmt.Sprintf("symbol %s [%s]", c.s.RefWithUnit(p), p.Symbol.LibID),
		UUID:        p.Symbol.UUID, At: p.Symbol.At, Ref: p.Ref, Sheet: p.Sheet.Name, Net: c.powerNet(p), item: &p.Symbol.Item,
	}
}

// powerNet returns the net that a power symbol names, or "".
func (c *checker) powerNet(p *connect.Part) string {
	if p.Symbol.Lib == nil || p.Symbol.Lib.Power == connect.NoPower {
		return ""
	}
	return connect.UnescapeName(c.s.Text(p, p.Symbol.Field("Value")))
}

func (c *checker) pinItem(t connect.Terminal) Item {
	return Item{
		Description: fmt.Sprintf("%s (%s)", c.pinName(t), t.Type),
		UUID:        t.UUID, At: t.At, Ref: t.Part.Ref, Sheet: t.Part.Sheet.Name, Net: c.powerNet(t.Part), item: &t.Symbol.Item,
	}
}

// pinName names a pin in messages: U1 pin 3 (IN+).
func (c *checker) pinName(t connect.Terminal) string {
	name := c.s.RefWithUnit(t.Part) + " pin " + t.Number
	if t.Name != "" && t.Name != t.Number {
		name += " (" + connect.UnescapeName(t.Name) + ")"
	}
	return name
}

var labelKinds = map[connect.LabelKind]string{
	connect.Local: "label", connect.Global: "global label", connect.Hierarchical: "hierarchical label", connect.Directive: "directive label",
}

func (c *checker) labelItem(sh *connect.Sheet, l *connect.Label) Item {
	text := connect.UnescapeName(c.s.LabelText(sh, l.Text))
	return Item{
		Description: fmt.Sprintf("%s %q", labelKinds[l.Kind], text),
		UUID:        l.UUID, At: l.At, Sheet: sh.Name, Net: text, item: &l.Item,
	}
}

func sheetItem(sh *connect.Sheet, s *connect.SheetSymbol) Item {
	return Item{Description: fmt.Sprintf("sheet %q", s.Name), UUID: s.UUID, At: s.Box.Min, Sheet: sh.Name, item: &s.Item}
}

func (c *checker) sheetPinItem(sh *connect.Sheet, p *connect.SheetPin) Item {
	text := connect.UnescapeName(c.s.LabelText(sh, p.Name))
	return Item{
		Description: fmt.Sprintf("pin %q of sheet %q", text, p.Sheet.Name),
		UUID:        p.UUID, At: p.At, Sheet: sh.Name, item: &p.Item,
	}
}

func wireItem(sh *connect.Sheet, w *connect.Wire) Item {
	what := "wire"
	if w.Bus {
		what = "bus"
	}
	return Item{
		Description: fmt.Sprintf("%s to %s, %s", what, mm(w.End.X), mm(w.End.Y)),
		UUID:        w.UUID, At: w.Start, Sheet: sh.Name, item: &w.Item,
	}
}

func entryItem(sh *connect.Sheet, e *connect.BusEntry) Item {
	return Item{Description: "bus entry", UUID: e.UUID, At: e.Start, Sheet: sh.Name, item: &e.Item}
}

func noConnectItem(sh *connect.Sheet, n *connect.NoConnect) Item {
	return Item{Description: "no-connect flag", UUID: n.UUID, At: n.At, Sheet: sh.Name, item: &n.Item}
}

// driverItem is a label, a sheet pin or a pin.
func (c *checker) driverItem(sh *connect.Sheet, d *connect.Driver) Item {
	switch {
	case d.Label != nil:
		return c.labelItem(sh, d.Label)
	case d.SheetPin != nil:
		return c.sheetPinItem(sh, d.SheetPin)
	}
	return c.pinItem(*d.Terminal)
}

func mm(nm int64) string { return string(sexpr.AppendMM(nil, nm)) }

// quoted joins names as 'A', 'B' and 'C' for a message.
func quoted(names []string) string {
	var b strings.Builder
	for i, n := range names {
		switch {
		case i > 0 && i == len(names)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(n)
	}
	return b.String()
}
