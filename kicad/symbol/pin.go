package symbol

import (
	"cmp"
	"slices"
	"strings"

	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// pinShapes are the graphic styles of pins in KiCad's order.
var pinShapes = [...]string{
	"line", "inverted", "clock", "inverted_clock", "input_low", "clock_low", "output_low", "edge_clock_high", "non_logic",
}

// The library angles of pins, by the side where the wire leaves.
var pinAngles = [...]string{geom.Left: "0", geom.Down: "90", geom.Right: "180", geom.Up: "270"}

// sideOrder is how KiCad orders the directions of pins.
var sideOrder = [...]int{geom.Left: 0, geom.Right: 1, geom.Down: 2, geom.Up: 3}

func readPin(n sexpr.Node) (Pin, error) {
	p := Pin{Side: geom.Left, Length: 100 * geom.Mil, NameSize: DefaultSize, NumberSize: DefaultSize}
	var err error
	if p.Type, p.shape, err = readStyle(n.Arg(1), n.Arg(2)); err != nil {
		return p, err
	}
	p.Shape = pinShapes[p.shape]
	for k := range elements(n, 3) {
		switch word(k) {
		case "at":
			if p.At, err = readPoint(k); err == nil {
				p.Side, err = readSide(k.Arg(3))
			}
		case "length":
			p.Length, err = length(k.Arg(1))
		case "hide":
			p.Hidden, err = flag(k)
		case "name":
			p.name, p.NameSize, err = readLabel(k)
		case "number":
			p.number, p.NumberSize, err = readLabel(k)
		case "alternate":
			err = p.readAlternate(k)
		default:
			err = unexpected(k, "at, length, hide, name, number or alternate")
		}
		if err != nil {
			return p, err
		}
	}
	p.sortAlternates()
	p.Name, p.Number = p.name, p.number
	if p.Name == "~" {
		p.Name = ""
	}
	if p.Number == "~" {
		p.Number = ""
	}
	return p, nil
}

func readStyle(typ, shape sexpr.Node) (Type, int, error) {
	t, ok := ParseType(word(typ))
	if !ok {
		return 0, 0, unexpected(typ, "the electrical type of a pin")
	}
	s := slices.Index(pinShapes[:], word(shape))
	if s < 0 {
		return 0, 0, unexpected(shape, "the graphic style of a pin")
	}
	return t, s, nil
}

func readSide(n sexpr.Node) (geom.Side, error) {
	tenths, err := sexpr.Decimal(n.Source(), 1)
	if err != nil {
		return 0, n.Errorf("%v", err)
	}
	switch tenths {
	case 0:
		return geom.Left, nil
	case 900:
		return geom.Down, nil
	case 1800:
		return geom.Right, nil
	case 2700:
		return geom.Up, nil
	}
	return 0, unexpected(n, "0, 90, 180 or 270 degrees")
}

// readLabel reads (name "NAME" (effects ...)) or the same of a number. Of the
// effects KiCad keeps the size. A blank cannot stand in a pin's name.
func readLabel(n sexpr.Node) (s string, size int64, err error) {
	e := n.Child("effects")
	if _, err = readEffects(e); err != nil {
		return "", 0, err
	}
	size = DefaultSize
	if k := e.Child("font").Child("size"); k.Present() {
		// A pin's texts are not held to the limits of others.
		if size, err = length(k.Arg(1)); err != nil {
			return "", 0, err
		}
	}
	return strings.ReplaceAll(text(n.Arg(1)), " ", "_"), size, nil
}

func (p *Pin) readAlternate(n sexpr.Node) error {
	t, s, err := readStyle(n.Arg(2), n.Arg(3))
	if err != nil {
		return err
	}
	a := Alternate{Name: text(n.Arg(1)), Type: t, Shape: pinShapes[s]}
	if a.Name == "" {
		return nil // KiCad drops these
	}
	p.Alternates = append(p.Alternates, a)
	return nil
}

// sortAlternates sorts them by name; of those of one name the last counts.
func (p *Pin) sortAlternates() {
	slices.Reverse(p.Alternates)
	slices.SortStableFunc(p.Alternates, func(a, b Alternate) int { return strings.Compare(a.Name, b.Name) })
	p.Alternates = slices.CompactFunc(p.Alternates, func(a, b Alternate) bool { return a.Name == b.Name })
}

func (p *Pin) write(w *sexpr.Writer) {
	w.Open("pin")
	w.Word(p.Type.String())
	w.Word(p.Shape)
	w.Open("at")
	w.MM(p.At.X)
	w.MM(p.At.Y)
	w.Word(pinAngles[p.Side])
	w.Close()
	writeMM(w, "length", p.Length)
	if p.Hidden {
		w.Flag("hide", true)
	}
	writeLabel(w, "name", p.name, p.NameSize)
	writeLabel(w, "number", p.number, p.NumberSize)
	for i := range p.Alternates {
		a := &p.Alternates[i]
		w.Open("alternate")
		w.String(a.Name)
		w.Word(a.Type.String())
		w.Word(a.Shape)
		w.Close()
	}
	w.Close()
}

func writeLabel(w *sexpr.Writer, head, text string, size int64) {
	w.Open(head)
	w.String(text)
	e := Effects{Width: size, Height: size}
	e.Write(w)
	w.Close()
}

// comparePins orders the pins of one unit as KiCad saves them.
func comparePins(a, b Pin) int {
	if c := comparePlaces(a.At, b.At); c != 0 {
		return c
	}
	return cmp.Or(
		strings.Compare(a.number, b.number),
		cmp.Compare(a.Length, b.Length),
		cmp.Compare(sideOrder[a.Side], sideOrder[b.Side]),
		cmp.Compare(a.shape, b.shape),
		cmp.Compare(a.Type, b.Type),
		compareBools(a.Hidden, b.Hidden),
		cmp.Compare(a.NumberSize, b.NumberSize),
		cmp.Compare(a.NameSize, b.NameSize),
	)
}

// comparePlaces orders places from the left to the right, then downwards.
func comparePlaces(a, b geom.Point) int {
	if c := cmp.Compare(a.X, b.X); c != 0 {
		return c
	}
	return cmp.Compare(b.Y, a.Y)
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
