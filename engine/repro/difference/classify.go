package difference

import (
	"strings"
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
