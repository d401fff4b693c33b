package difference

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A verdict is the kind of a pair of values, in the sense of its class.
type verdict struct {
	kind   Kind
	detail string
	class  string  // groups; the detail where it is empty
	size   float64 // of a jitter, relative
}

// A judge classifies pairs of values. Its setting is the role of the values:
// what the file calls them.
type judge struct {
	a, b *facts
}

// A role is what the names around a value tell of it.
type role uint8

const (
	plainRole   role = iota
	placeRole        // a coordinate
	angleRole        // an angle
	versionRole      // the value of something called version
	timingRole       // a duration or a reading of a clock
)

var roleNames = map[string]role{
	"x": placeRole, "y": placeRole, "x1": placeRole, "y1": placeRole, "x2": placeRole, "y2": placeRole, "cx": placeRole,
	"cy": placeRole, "at": placeRole, "xy": placeRole, "start": placeRole, "mid": placeRole, "end": placeRole,
	"center": placeRole, "centre": placeRole, "pos": placeRole, "position": placeRole, "location": placeRole,
	"posx": placeRole, "posy": placeRole, "midx": placeRole, "midy": placeRole, "refx": placeRole, "refy": placeRole,
	"xmm": placeRole, "ymm": placeRole, "points": placeRole, "transform": placeRole, "d": placeRole, "pts": placeRole,
	"origin": placeRole, "coord": placeRole, "coords": placeRole, "coordinates": placeRole,
	"angle": angleRole, "rot": angleRole, "rotation": angleRole, "rotate": angleRole, "orientation": angleRole,
	"version": versionRole, "generatorversion": versionRole, "toolversion": versionRole, "ver": versionRole,
	"formatversion": versionRole, "revision": versionRole,
	"elapsed": timingRole, "duration": timingRole, "time": timingRole, "took": timingRole, "seconds": timingRole,
	"ms": timingRole, "runtime": timingRole, "uptime": timingRole, "walltime": timingRole, "cputime": timingRole,
	"elapsedms": timingRole, "durationms": timingRole, "timing": timingRole, "hrtime": timingRole, "milliseconds": timingRole,
}

// roleOf returns the role of what is called name.
func roleOf(name string) role {
	if len(name) > 24 {
		return plainRole
	}
	if r, ok := roleNames[name]; ok {
		return r
	}
	return roleNames[strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r | 0x20
		}
		return -1
	}, name)]
}

// pair judges two different values. Fx and fy are the facts that they are.
func (j *judge) pair(x, y string, fx, fy factKind, r role) verdict {
	if fx != noFact && fy != noFact && (fx == fy || factKinds[fx].kind == factKinds[fy].kind) {
		k := factKinds[fx]
		if fx != fy {
			return verdict{kind: k.kind, detail: "folders of the run"}
		}
		return verdict{kind: k.kind, detail: k.detail}
	}
	for _, judged := range []func(x, y string) (verdict, bool){j.uuids, j.moments, j.addresses, j.paths} {
		if v, ok := judged(x, y); ok {
			return v
		}
	}
	if fx == localeFact && localeName(y) || fy == localeFact && localeName(x) {
		return verdict{kind: Locale, detail: factKinds[localeFact].detail}
	}
	if fx == zoneFact || fy == zoneFact {
		if zoneName(x) && zoneName(y) {
			return verdict{kind: Zone, detail: factKinds[zoneFact].detail}
		}
	}
	if fx == versionFact && countDigits(y) > 0 || fy == versionFact && countDigits(x) > 0 {
		return verdict{kind: Version, detail: factKinds[versionFact].detail}
	}
	if v, ok := versions(x, y, r); ok {
		return v
	}
	if v, ok := j.numbers(x, y, r); ok {
		return v
	}
	if v, ok := spelledNumbers(x, y); ok {
		return v
	}
	if v, ok := named(x, y, r); ok {
		return v
	}
	if v, ok := random(x, y); ok {
		return v
	}
	return verdict{kind: Content, detail: "", class: "content"}
}

// uuids judges UUIDs with and without dashes.
func (j *judge) uuids(x, y string) (verdict, bool) {
	x, y = strings.Trim(x, "{}"), strings.Trim(y, "{}")
	form := ""
	switch {
	case len(x) == 36 && len(y) == 36 && uuidAt(x, 0) && uuidAt(y, 0):
		x, y = x[:8]+x[9:13]+x[14:18]+x[19:23]+x[24:], y[:8]+y[9:13]+y[14:18]+y[19:23]+y[24:]
	case len(x) == 32 && len(y) == 32 && allHex(x) && allHex(y):
		// The digits of a checksum look the same: only where both have the marks.
		if x[12] != y[12] || strings.IndexByte("14567", x[12]) < 0 || variant(x[16]) != 1 || variant(y[16]) != 1 {
			return verdict{}, false
		}
		form = ", without dashes"
	default:
		return verdict{}, false
	}
	detail := "of no standard version"
	switch {
	case variant(x[16]) == 1 && x[12] >= '1' && x[12] <= '8' && x[12] == y[12]:
		detail = "version " + x[12:13]
		switch x[12] {
		case '1', '6':
			detail += ", from the clock and the machine"
		case '3', '5':
			detail += ", from a name"
		case '4':
			detail += ", random"
		case '7':
			detail += ", from the clock"
		}
	case x[12] != y[12]:
		detail = "versions " + x[12:13] + " and " + y[12:13]
	}
	return verdict{kind: UUID, detail: detail + form}, true
}

func variant(c byte) int {
	switch c | 0x20 {
	case 'a', 'b', '8' | 0x20, '9' | 0x20:
		return 1
	}
	return 0
}

func allHex(s string) bool {
	for i := range len(s) {
		if !hexDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

func allDigits(s string) bool { return s != "" && countDigits(s) == len(s) }

// moments judges dates and times, whatever their form.
func (j *judge) moments(x, y string) (verdict, bool) {
	mx, ok := moment{}, false
	if x != "" && y != "" {
		mx, ok = stampAt(x, 0)
	}
	if !ok || mx.length != len(x) {
		return j.epochs(x, y)
	}
	my, ok := stampAt(y, 0)
	if !ok || my.length != len(y) {
		return verdict{}, false
	}
	format := mx.format
	if my.format != format {
		format += " and " + my.format
	}
	if mx.words != my.words && mx.t.Equal(my.t) {
		return verdict{kind: Locale, detail: "names of months and weekdays"}, true
	}
	if mx.hasTime && my.hasTime {
		if mx.zoned && my.zoned && mx.t.Equal(my.t) {
			return verdict{kind: Zone, detail: format + ", the same instant"}, true
		}
		if v, ok := j.zoneShift(mx, my, format); ok {
			return v, true
		}
	} else if !mx.hasTime && !my.hasTime && j.zonesDiffer() && !(mx.ofRun(j.a) && my.ofRun(j.b)) {
		// A day that a fixed instant falls on depends on the zone.
		if d := mx.t.Sub(my.t); d == 24*time.Hour || d == -24*time.Hour {
			return verdict{kind: Zone, detail: format + ", a day apart"}, true
		}
	}
	return j.timeVerdict(format, mx.ofRun(j.a) && my.ofRun(j.b)), true
}

func (j *judge) timeVerdict(format string, ofRun bool) verdict {
	switch {
	case ofRun:
		return verdict{kind: Time, detail: format + ", of the run"}
	case j.a.Begin.IsZero() || j.b.Begin.IsZero():
		return verdict{kind: Time, detail: format}
	}
	return verdict{kind: Time, detail: format + ", not of the run"}
}

func (j *judge) zonesDiffer() bool {
	return j.a.loc != nil && j.b.loc != nil && j.a.Zone != j.b.Zone
}

// zoneShift reports whether two moments without a zone are one instant as the
// zones of the two runs give it.
func (j *judge) zoneShift(mx, my moment, format string) (verdict, bool) {
	if mx.zoned || my.zoned || !j.zonesDiffer() || mx.ofRun(j.a) && my.ofRun(j.b) {
		return verdict{}, false
	}
	_, ox := mx.t.In(j.a.loc).Zone()
	_, oy := my.t.In(j.b.loc).Zone()
	want, got := time.Duration(ox-oy)*time.Second, mx.t.Sub(my.t)
	if !mx.hasDate {
		got, want = (got+48*time.Hour)%(24*time.Hour), (want+48*time.Hour)%(24*time.Hour)
	}
	// An hour either way for the summer time of the date.
	if want != 0 && (got-want).Abs() <= time.Hour && (got-want)%(30*time.Minute) == 0 {
		return verdict{kind: Zone, detail: format + ", the same instant in the zones of the runs"}, true
	}
	return verdict{}, false
}

// epochs judges counts of seconds since 1970 and of their parts, and KiCad's
// old hexadecimal form of them. As any number may look like one, both must lie
// near their runs, or near each other where the runs are not known.
func (j *judge) epochs(x, y string) (verdict, bool) {
	ix, fx, _ := strings.Cut(x, ".")
	iy, fy, _ := strings.Cut(y, ".")
	if len(ix) != len(iy) || len(fx) > 9 || len(fy) > 9 || fx != "" && !allDigits(fx) || fy != "" && !allDigits(fy) {
		return verdict{}, false
	}
	if len(x) == 8 && allHex(x) && allHex(y) && !allDigits(x+y) {
		vx, _ := strconv.ParseInt(x, 16, 64)
		vy, _ := strconv.ParseInt(y, 16, 64)
		if j.near(time.Unix(vx, 0), time.Unix(vy, 0), 1000) && !j.a.Begin.IsZero() {
			return j.timeVerdict("hexadecimal seconds since 1970", true), true
		}
		return verdict{}, false
	}
	if !allDigits(ix) || !allDigits(iy) {
		return verdict{}, false
	}
	if len(x) == 8 && len(y) == 8 && fx == "" && fy == "" {
		dx, dy := atoi(x), atoi(y)
		if !validDate(dx/10000, dx/100%100, dx%100) || !validDate(dy/10000, dy/100%100, dy%100) {
			return verdict{}, false
		}
		tx := time.Date(dx/10000, time.Month(dx/100%100), dx%100, 0, 0, 0, 0, time.UTC)
		ty := time.Date(dy/10000, time.Month(dy/100%100), dy%100, 0, 0, 0, 0, time.UTC)
		if j.near(tx, ty, 24*60*60) {
			return j.timeVerdict("YYYYMMDD", !j.a.Begin.IsZero()), true
		}
		return verdict{}, false
	}
	var unit time.Duration
	var format string
	switch len(ix) {
	case 10:
		unit, format = time.Second, "seconds since 1970"
	case 13:
		unit, format = time.Millisecond, "milliseconds since 1970"
	case 16:
		unit, format = time.Microsecond, "microseconds since 1970"
	case 19:
		unit, format = time.Nanosecond, "nanoseconds since 1970"
	default:
		return verdict{}, false
	}
	vx, errx := strconv.ParseInt(ix, 10, 64)
	vy, erry := strconv.ParseInt(iy, 10, 64)
	if errx != nil || erry != nil {
		return verdict{}, false
	}
	per := int64(time.Second / unit)
	tx, ty := time.Unix(vx/per, vx%per*int64(unit)), time.Unix(vy/per, vy%per*int64(unit))
	if !j.near(tx, ty, 60) {
		return verdict{}, false
	}
	if fx != "" || fy != "" {
		format += " with a fraction"
	}
	return j.timeVerdict(format, !j.a.Begin.IsZero()), true
}

// near reports whether two instants lie within slack seconds of their runs, or
// within an hour of each other where no run is known.
func (j *judge) near(x, y time.Time, slack int) bool {
	if j.a.Begin.IsZero() || j.b.Begin.IsZero() {
		d := x.Sub(y).Abs()
		return d < time.Hour+time.Duration(slack)*time.Second && x.Year() > 2000 && x.Year() < 2100
	}
	s := time.Duration(slack) * time.Second
	within := func(t time.Time, f *facts) bool {
		end := f.End
		if end.Before(f.Begin) {
			end = f.Begin.Add(time.Hour)
		}
		return t.After(f.Begin.Add(-s)) && t.Before(end.Add(s))
	}
	return within(x, j.a) && within(y, j.b)
}

// addresses judges places in memory: hexadecimal as in the default text form
// of an object, and decimal as from id() of CPython.
func (j *judge) addresses(x, y string) (verdict, bool) {
	if strings.HasPrefix(x, "0x") && strings.HasPrefix(y, "0x") && len(x) >= 8 && len(y) >= 8 && allHex(x[2:]) && allHex(y[2:]) {
		return verdict{kind: Address, detail: "hexadecimal"}, true
	}
	if in := func(s string) bool {
		if !allDigits(s) || len(s) < 14 || len(s) > 15 {
			return false
		}
		v := atoi(s)
		return v >= 0x5500_0000_0000 && v <= 0x7fff_ffff_ffff && v%8 == 0
	}; in(x) && in(y) {
		return verdict{kind: Address, detail: "decimal, as from id()"}, true
	}
	// Hexadecimal without 0x, as hex(id(x))[2:] or %p of some C libraries.
	if len(x) == 12 && len(y) == 12 && allHex(x) && allHex(y) && x[0] == y[0] && (x[0] == '5' || x[0] == '7') &&
		strings.IndexByte("08", x[11]) >= 0 && strings.IndexByte("08", y[11]) >= 0 && x[1]|0x20 >= '5' && y[1]|0x20 >= '5' {
		return verdict{kind: Address, detail: "hexadecimal"}, true
	}
	return verdict{}, false
}

// paths judges absolute paths that are not those of the run, and paths below
// these.
func (j *judge) paths(x, y string) (verdict, bool) {
	px, py := j.a.pathAtStart(x), j.b.pathAtStart(y)
	if !px || !py {
		return verdict{}, false
	}
	// In the same folder a name drawn by chance is the fault, not the folder.
	sx, sy := strings.Split(x, "/"), strings.Split(y, "/")
	if len(sx) == len(sy) {
		only, v := true, verdict{}
		for i := range sx {
			if sx[i] == sy[i] {
				continue
			}
			r, ok := random(sx[i], sy[i])
			if u, isUUID := j.uuids(sx[i], sy[i]); isUUID {
				r, ok = u, true
			}
			only, v = only && ok, r
		}
		if only && v.kind != "" {
			return verdict{kind: Path, detail: "absolute, with a random name", class: "absolute, with a random name"}, true
		}
	}
	return verdict{kind: Path, detail: "absolute"}, true
}

func (f *facts) pathAtStart(s string) bool { return s != "" && f.pathAt(s, 0) == len(s) }

func localeName(s string) bool {
	s, _, _ = strings.Cut(s, ".")
	switch s {
	case "C", "POSIX", "en-US", "en":
		return true
	}
	return len(s) == 2 || len(s) == 5 && (s[2] == '_' || s[2] == '-')
}

func zoneName(s string) bool {
	if _, ok := zones[s]; ok || strings.Contains(s, "/") {
		return true
	}
	return len(s) >= 3 && (s[0] == '+' || s[0] == '-') && countDigits(s) >= 2
}

// versions judges versions: three numbers or more, or what is called so.
func versions(x, y string, r role) (verdict, bool) {
	form := func(s string) bool {
		s = strings.TrimLeft(s, "vV")
		return s != "" && digit(s[0]) && strings.Count(s, ".") >= 2 && countDigits(s)*2 >= len(s)-strings.Count(s, ".")
	}
	if form(x) && form(y) || r == versionRole && countDigits(x) > 0 && countDigits(y) > 0 {
		return verdict{kind: Version, detail: ""}, true
	}
	return verdict{}, false
}

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

// ticks reports whether two numbers are as far apart as the beginnings of the
// two runs, in nanoseconds, microseconds or milliseconds: a clock that counts
// from an unknown beginning.
func (j *judge) ticks(vx, vy float64) bool {
	if j.a.Begin.IsZero() || j.b.Begin.IsZero() || vx < 10_000 || vy < 10_000 {
		return false
	}
	apart := j.b.Begin.Sub(j.a.Begin)
	slack := j.a.End.Sub(j.a.Begin) + j.b.End.Sub(j.b.Begin) + 20*time.Millisecond
	for _, unit := range []float64{1, 1e3, 1e6} {
		d := (vy - vx) * unit
		if math.Abs(d) > 1e7 && math.Abs(d-float64(apart)) <= float64(slack) && math.Max(vx, vy)*unit > 1e11 {
			return true
		}
	}
	return false
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

// random judges tokens without meaning.
func random(x, y string) (verdict, bool) {
	mx, my := trimCommon(x, y)
	if len(mx) < 4 || len(my) < 4 || len(mx)-len(my) > 3 || len(my)-len(mx) > 3 {
		return verdict{}, false
	}
	chance := looksRandom(x) && looksRandom(y) || looksRandom(mx) && looksRandom(my) ||
		(looksRandom(mx) || looksRandom(my)) && len(mx) == len(my) && sameLetters(mx, my) ||
		len(x) == len(y) && len(mx) >= 6 && (gibberish(mx) || gibberish(my))
	if !chance {
		return verdict{}, false
	}
	switch {
	case allHex(x) && allHex(y):
		return verdict{kind: Random, detail: fmt.Sprintf("%d hex digits", max(len(x), len(y)))}, true
	case allHex(mx) && allHex(my) && len(mx) >= 8:
		return verdict{kind: Random, detail: "hex digits in a name"}, true
	}
	return verdict{kind: Random, detail: "letters and digits"}, true
}

// sameLetters reports whether both are of the same alphabet of lower-case
// letters, digits and _, as Python's and the shell's temporary names are.
func sameLetters(x, y string) bool {
	in := func(s string) bool {
		return strings.IndexFunc(s, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_') }) < 0
	}
	return in(x) && in(y)
}

// gibberish reports whether letters and digits do not make a word or a part
// number: they change between small, capital and digit often, or have many
// consonants in a row.
func gibberish(s string) bool {
	row, longest, turns, small := 0, 0, 0, 0
	var last byte
	for i := range len(s) {
		c := s[i]
		kind := byte('a')
		switch {
		case digit(c) || c == '_':
			kind = '0'
		case c >= 'A' && c <= 'Z':
			kind = 'A'
		case c < 'a' || c > 'z':
			return false
		default:
			small++
		}
		if i > 0 && kind != last && !(last == 'A' && kind == 'a') {
			turns++
		}
		last = kind
		if kind == '0' || strings.IndexByte("aeiouy", c|0x20) >= 0 {
			row = 0
		} else {
			row++
			longest = max(longest, row)
		}
	}
	return small > 0 && (longest >= 5 || turns >= 2)
}

// trimCommon cuts the common beginning and end off two texts.
func trimCommon(x, y string) (string, string) {
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	x, y = x[n:], y[n:]
	n = 0
	for n < len(x) && n < len(y) && x[len(x)-1-n] == y[len(y)-1-n] {
		n++
	}
	return x[:len(x)-n], y[:len(y)-n]
}
