package builtins

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"

	"go.starlark.net/starlark"

	"starboard/kicad/geom"
	"starboard/kicad/netlist"
)

// An mm is a length that a script gives in millimetres, as nanometres. A float
// is taken as the decimal number that it stands for: what a calculation has
// left beyond the nanometre is rounded.
type mm int64

// maxLength is far more than any page, in millimetres.
const maxLength = 100_000

func (l *mm) Unpack(v starlark.Value) error {
	r := new(big.Rat)
	switch v := v.(type) {
	case starlark.Int:
		r.SetInt(v.BigInt())
	case starlark.Float:
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("got %s, want a length in mm", v)
		}
		r.SetFloat64(float64(v))
	default:
		return fmt.Errorf("got %s, want a length in mm", v.Type())
	}
	if limit := big.NewRat(maxLength, 1); new(big.Rat).Abs(r).Cmp(limit) > 0 {
		return fmt.Errorf("got %s mm, want at most %d", shortened(v.String()), maxLength)
	}
	r.Mul(r, big.NewRat(geom.MM, 1))
	// To the nearest, halves away from zero.
	half := big.NewRat(1, 2)
	if r.Sign() < 0 {
		half.Neg(half)
	}
	r.Add(r, half)
	*l = mm(new(big.Int).Quo(r.Num(), r.Denom()).Int64())
	return nil
}

func shortened(s string) string {
	if len(s) > 20 {
		return s[:17] + "…"
	}
	return s
}

// A turn is the angle of a symbol.
type turn int

func (t *turn) Unpack(v starlark.Value) error {
	i, ok := v.(starlark.Int)
	if f, isFloat := v.(starlark.Float); isFloat && float64(f) == math.Trunc(float64(f)) {
		if n, err := starlark.NumberToInt(f); err == nil {
			i, ok = n, true
		}
	}
	if !ok {
		return fmt.Errorf("got %s, want an angle: 0, 90, 180 or 270", v.Type())
	}
	n, ok := i.Int64()
	if !ok || n%90 != 0 || n < -360 || n > 360 {
		return fmt.Errorf("got %s, want an angle: 0, 90, 180 or 270", shortened(i.String()))
	}
	*t = turn((n + 720) % 360)
	return nil
}

// A mirror is how a symbol is mirrored.
type mirror geom.Mirror

func (m *mirror) Unpack(v starlark.Value) error {
	s, ok := starlark.AsString(v)
	if _, none := v.(starlark.NoneType); !none && (!ok || s != "" && s != "x" && s != "y") {
		return fmt.Errorf(`got %s, want "" or "x" (top and bottom change places) or "y" (left and right)`, shortened(v.String()))
	}
	*m = mirror(s)
	return nil
}

// A side is a direction on the sheet.
type side struct {
	geom.Side
	given bool
}

func (s *side) Unpack(v starlark.Value) error {
	text, _ := starlark.AsString(v)
	for d := range geom.Side(4) {
		if d.String() == text {
			*s = side{d, true}
			return nil
		}
	}
	return fmt.Errorf("got %s, want left, right, up or down", shortened(v.String()))
}

// A noteText is a text that is written on the sheet.
type noteText string

func (t *noteText) Unpack(v starlark.Value) error {
	s, ok := starlark.AsString(v)
	switch {
	case !ok:
		return fmt.Errorf("got %s, want string", v.Type())
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return errors.New("got a text with a control character")
	case strings.Contains(s, "${") || netlist.Unescape(s) != s:
		return fmt.Errorf("got %q, which KiCad would show as another text", s)
	case len(s) > 200:
		return fmt.Errorf("got a text of %d bytes, want at most 200", len(s))
	}
	*t = noteText(s)
	return nil
}
