package symbol

import (
	"iter"
	"unicode/utf8"

	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// KiCad counts lengths in symbols by 100 nm, up to a limit.
const (
	resolution = 100
	places     = 4 // decimals of a millimetre that are read
	mostUnits  = 1518485687
)

// elements returns what a list holds after its first skip elements.
func elements(n sexpr.Node, skip int) iter.Seq[sexpr.Node] {
	return func(yield func(sexpr.Node) bool) {
		i := 0
		for k := range n.All() {
			if i++; i > skip && !yield(k) {
				return
			}
		}
	}
}

// word returns the keyword that n is or begins with, and "" for a string.
func word(n sexpr.Node) string {
	switch {
	case n.IsList():
		return n.Head()
	case n.IsString():
		return ""
	}
	return n.Source()
}

// text returns the value of a string, which may stand as a bare word. As in
// KiCad one that is not UTF-8 is empty.
func text(n sexpr.Node) string {
	s := n.Text()
	if !utf8.ValidString(s) {
		return ""
	}
	return s
}

// flag returns the value of a flag: of the atom hide, of (hide), or of
// (hide yes).
func flag(n sexpr.Node) (bool, error) {
	if !n.IsList() || !n.Arg(1).Present() {
		return true, nil
	}
	switch v := n.Arg(1); v.Source() {
	case "yes", "true":
		return true, nil
	case "no", "false":
		return false, nil
	default:
		return false, unexpected(v, "yes or no")
	}
}

// length reads a length in millimetres as KiCad does.
func length(n sexpr.Node) (int64, error) {
	v, err := sexpr.Decimal(n.Source(), places)
	if err != nil {
		return 0, n.Errorf("%v", err)
	}
	return min(max(v, -mostUnits), mostUnits) * resolution, nil
}

// readPoint reads the two lengths after the head of a list.
func readPoint(n sexpr.Node) (p geom.Point, err error) {
	if !n.Present() {
		return p, nil
	}
	if p.X, err = length(n.Arg(1)); err == nil {
		p.Y, err = length(n.Arg(2))
	}
	return p, err
}

func unexpected(n sexpr.Node, want string) error {
	got := n.Source()
	if n.IsList() {
		got = "(" + n.Head() + " …)"
	} else if len(got) > 40 {
		got = got[:40] + "…"
	}
	return n.Errorf("got %s, want %s", got, want)
}

func writePoint(w *sexpr.Writer, head string, p geom.Point) {
	w.Open(head)
	w.MM(p.X)
	w.MM(p.Y)
	w.Close()
}

func writeMM(w *sexpr.Writer, head string, nm int64) {
	w.Open(head)
	w.MM(nm)
	w.Close()
}

func writeString(w *sexpr.Writer, head, s string) {
	w.Open(head)
	w.String(s)
	w.Close()
}
