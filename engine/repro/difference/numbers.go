package difference

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// numbers judges numbers by how far they are apart and by what they count.
func (j *judge) numbers(x, y string, r role) (verdict, bool) {
	vx, okx := parseNumber(x)
	vy, oky := parseNumber(y)
	if !okx || !oky {
		return verdict{}, false
	}
	if vx == vy {
		return verdict{kind: Layout, detail: "the same number, written otherwise"}, true
	}
	whole := allDigits(strings.TrimLeft(x, "+-")) && allDigits(strings.TrimLeft(y, "+-"))
	rel := math.Abs(vx-vy) / math.Max(math.Abs(vx), math.Abs(vy))
	if !whole && jitter(x, y, vx, vy, rel) {
		return verdict{kind: Float, detail: fmt.Sprintf("relative %.0e", rel), class: "jitter", size: rel}, true
	}
	switch r {
	case placeRole:
		return verdict{kind: Position, detail: "moved by " + trimFloat(vy-vx), class: "moved"}, true
	case angleRole:
		return verdict{kind: Position, detail: "turned by " + trimFloat(vy-vx), class: "turned"}, true
	}
	if whole {
		if v, ok := j.wholes(x, y, vx, vy, r); ok {
			return v, true
		}
	}
	if r == timingRole || j.ticks(vx, vy) {
		return verdict{kind: Time, detail: "a duration or a reading of a clock"}, true
	}
	if !whole && vx >= 0 && vx < 1 && vy >= 0 && vy < 1 && len(x) >= 12 && len(y) >= 12 {
		return verdict{kind: Random, detail: "fraction between 0 and 1"}, true
	}
	return verdict{kind: Number, detail: fmt.Sprintf("apart by %s", trimFloat(vy-vx)), class: "number"}, true
}

func (j *judge) wholes(x, y string, vx, vy float64, r role) (verdict, bool) {
	ax, ay := int(vx), int(vy)
	own := func(v int, f *facts) bool { return f.Pid > 1 && v >= f.Pid && v <= f.Pid+64 }
	step := vy - vx
	digits := min(len(strings.TrimLeft(x, "+-")), len(strings.TrimLeft(y, "+-")))
	switch {
	case ax == j.a.Pid && ay == j.b.Pid && ax > 0:
		return verdict{kind: Pid, detail: "of the run"}, true
	case own(ax, j.a) && own(ay, j.b):
		return verdict{kind: Pid, detail: "of a process that the run started"}, true
	case ax == j.a.Cores && ay == j.b.Cores && ax > 0:
		return verdict{kind: Cores, detail: "of the run"}, true
	case r == timingRole:
	case digits >= 10 && !j.ticks(vx, vy):
		detail := fmt.Sprintf("whole number of %d digits", digits)
		if digits >= 17 && digits <= 20 {
			detail = "64-bit number, as hash() of a text gives"
		}
		return verdict{kind: Random, detail: detail, class: "large"}, true
	case vx >= 0 && vy >= 0 && math.Abs(step) <= 9:
		return verdict{kind: Counter, detail: stepText(step), class: "step", size: step}, true
	}
	return verdict{}, false
}

func stepText(step float64) string {
	if step > 0 {
		return trimFloat(step) + " more"
	}
	return trimFloat(-step) + " less"
}

func trimFloat(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// parseNumber reads a decimal number and nothing else.
func parseNumber(s string) (float64, bool) {
	if s == "" || !digit(s[len(s)-1]) || strings.IndexByte("+-.0123456789", s[0]) < 0 || strings.ContainsAny(s, "xX_pP") {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}

// jitter reports whether two numbers differ as results of floating-point
// arithmetic do: in what is left after the digits that matter, or by a unit or
// two of the last digit of a long number.
func jitter(x, y string, vx, vy, rel float64) bool {
	if rel <= 1e-9 {
		return true
	}
	if math.Max(math.Abs(vx), math.Abs(vy)) < 1e-12 {
		return true // what should be 0
	}
	fraction := func(s string) int {
		if strings.ContainsAny(s, "eE") {
			return 0
		}
		if _, f, ok := strings.Cut(s, "."); ok {
			return len(f)
		}
		return 0
	}
	places := max(fraction(x), fraction(y))
	return rel <= 2e-6 && places > 0 && math.Abs(vx-vy) <= 2.5*math.Pow10(-places)
}

// spelledNumbers judges one number in the spellings of two locales.
func spelledNumbers(x, y string) (verdict, bool) {
	marks := func(s string) (string, int) {
		n := 0
		digits := strings.Map(func(r rune) rune {
			switch {
			case r >= '0' && r <= '9', r == '-':
				return r
			case strings.ContainsRune(".,'’ \u00a0\u202f", r):
				n++
				return -1
			}
			n = -1 << 20
			return -1
		}, s)
		return digits, n
	}
	dx, nx := marks(x)
	dy, ny := marks(y)
	if dx == dy && len(dx) > 1 && nx >= 0 && ny >= 0 && nx+ny > 0 {
		return verdict{kind: Locale, detail: "marks in numbers, such as 1,5 for 1.5"}, true
	}
	return verdict{}, false
}

// named judges words that are alike but for the numbers in them: R1 and R2,
// X1000Y2000D01 and X1000Y2540D01.
func named(x, y string, r role) (verdict, bool) {
	letters := withoutDigits(x)
	if letters == "" || letters != withoutDigits(y) || len(letters) > 40 {
		return verdict{}, false
	}
	type run struct {
		before byte
		digits string
	}
	runs := func(s string) (all []run) {
		for i := 0; i < len(s); {
			if n := digitRun(s[i:]); n > 0 {
				var before byte
				if i > 0 {
					before = s[i-1]
				}
				all = append(all, run{before, s[i : i+n]})
				i += n
			} else {
				i++
			}
		}
		return all
	}
	rx, ry := runs(x), runs(y)
	if len(rx) != len(ry) || len(rx) == 0 || len(rx) > 6 {
		return verdict{}, false
	}
	differ, step, coordinate := 0, 0.0, r == placeRole
	for i := range rx {
		if rx[i].before != ry[i].before {
			return verdict{}, false
		}
		if rx[i].digits == ry[i].digits {
			continue
		}
		differ++
		vx, _ := strconv.ParseFloat(rx[i].digits, 64)
		vy, _ := strconv.ParseFloat(ry[i].digits, 64)
		step = vy - vx
		coordinate = coordinate || len(rx) > 1 && strings.IndexByte("XYIJ", rx[i].before) >= 0
	}
	switch {
	case differ > 2 || differ*2 > len(rx) && len(rx) > 3 && !coordinate:
		return verdict{}, false
	case coordinate:
		return verdict{kind: Position, detail: "coordinates", class: "moved"}, true
	case differ == 1 && math.Abs(step) <= 9 && step != 0 && !digit(x[0]):
		return verdict{kind: Counter, detail: "in a name, " + stepText(step), class: "name", size: step}, true
	case differ == 1 && strings.TrimRight(x, "0123456789") == letters && len(x)-len(letters) < 8:
		return verdict{kind: Number, detail: "in a name", class: "name"}, true
	}
	return verdict{}, false
}
