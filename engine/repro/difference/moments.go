package difference

import (
	"math"
	"strconv"
	"strings"
	"time"
)

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
