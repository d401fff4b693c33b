package sexpr

import (
	"fmt"
	"strconv"
	"strings"
)

// Decimal reads a decimal number such as -1.27 or 1e-3 exactly, as a whole
// number of 10^-places units. It rounds what is finer, half away from zero.
func Decimal(s string, places int) (int64, error) {
	bad := func() (int64, error) { return 0, fmt.Errorf("got %s, want a number", quoteOrNothing(s)) }
	mantissa, exp := s, 0
	if e := strings.IndexAny(s, "eE"); e >= 0 {
		v, err := strconv.Atoi(s[e+1:])
		if err != nil || v < -400 || v > 400 {
			return bad()
		}
		mantissa, exp = s[:e], v
	}
	negative := strings.HasPrefix(mantissa, "-")
	mantissa = strings.TrimPrefix(mantissa, "-")
	whole, frac, _ := strings.Cut(mantissa, ".")
	if whole == "" && frac == "" {
		return bad()
	}
	// The digits up to keep count; the one after them rounds.
	keep := len(whole) + exp + places
	var v int64
	for i := 0; i < max(keep, len(whole)+len(frac)); i++ {
		d := byte('0')
		if i < len(whole) {
			d = whole[i]
		} else if i-len(whole) < len(frac) {
			d = frac[i-len(whole)]
		}
		if d < '0' || d > '9' {
			return bad()
		}
		switch {
		case i < keep:
			if v > (1<<63-1-9)/10 {
				return 0, fmt.Errorf("number %s is too large", excerpt(s))
			}
			v = v*10 + int64(d-'0')
		case i == keep && d >= '5':
			v++
		}
	}
	if negative {
		v = -v
	}
	return v, nil
}

func quoteOrNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return excerpt(s)
}

// AppendMM appends a length in nanometres as millimetres in the form that
// KiCad gives lengths on schematics and in symbols: at most four decimals,
// rounded half away from zero, no trailing zeros, no -0.
func AppendMM(dst []byte, nm int64) []byte {
	const unit = 100 // a schematic's resolution in nanometres
	u := nm / unit
	if r := nm % unit; r >= unit/2 {
		u++
	} else if r <= -unit/2 {
		u--
	}
	return appendScaled(dst, u, 4)
}

// appendScaled appends v·10^-places, 0 < places.
func appendScaled(dst []byte, v int64, places int) []byte {
	if v < 0 {
		dst = append(dst, '-')
		v = -v
	}
	scale := int64(1)
	for range places {
		scale *= 10
	}
	dst = strconv.AppendInt(dst, v/scale, 10)
	frac := v % scale
	if frac == 0 {
		return dst
	}
	dst = append(dst, '.')
	for scale /= 10; frac > 0; scale /= 10 {
		dst = append(dst, byte('0'+frac/scale))
		frac %= scale
	}
	return dst
}
