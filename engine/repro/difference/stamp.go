package difference

import (
	"strings"
	"time"
)

// A moment is a date or time as a text gives it.
type moment struct {
	t       time.Time // in UTC where the text names no zone
	length  int       // in bytes of the text
	format  string
	zoned   bool // the text names an offset
	hasDate bool
	hasTime bool
	fine    time.Duration // what the last digit counts
	words   string        // names of months and weekdays, as written
}

// stampAt reads the date or time that begins a word at offset i of s, in one
// of the forms that no other kind of value has.
func stampAt(s string, i int) (moment, bool) {
	if digit(s[i]) {
		if m, ok := numericStamp(s[i:]); ok {
			return m, true
		}
		if n := digitRun(s[i:]); n > 2 || i+n >= len(s) || strings.IndexByte(" -.", s[i+n]) < 0 {
			return moment{}, false
		}
	} else if month, day := nameOf(s[i:wordEnd(s, i)]); month == 0 && day == 0 {
		return moment{}, false
	}
	return wordedStamp(s[i:])
}

// digitRun returns the number of digits that s begins with.
func digitRun(s string) int {
	n := 0
	for n < len(s) && digit(s[n]) {
		n++
	}
	return n
}

func atoi(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// numericStamp reads dates of digits, with or without a time, and times.
func numericStamp(s string) (moment, bool) {
	n := digitRun(s)
	switch {
	case n == 4 && len(s) >= 10 && (s[4] == '-' || s[4] == '/' || s[4] == '.') && s[7] == s[4] && digitRun(s[5:]) == 2 && digitRun(s[8:]) == 2:
		return withClock(s, 10, atoi(s[:4]), atoi(s[5:7]), atoi(s[8:10]), "YYYY"+s[4:5]+"MM"+s[4:5]+"DD")
	case n >= 1 && n <= 2 && n < len(s) && (s[n] == '.' || s[n] == '/' || s[n] == '-'):
		sep, k := s[n], n+1
		if m := digitRun(s[k:]); m >= 1 && m <= 2 && k+m < len(s) && s[k+m] == sep && digitRun(s[k+m+1:]) == 4 {
			first, second, end := atoi(s[:n]), atoi(s[k:k+m]), k+m+5
			year := atoi(s[end-4 : end])
			if sep == '/' && first <= 12 { // 11/23/2026; where both are possible it makes no difference here
				if st, ok := withClock(s, end, year, first, second, "MM/DD/YYYY"); ok {
					return st, true
				}
			}
			return withClock(s, end, year, second, first, "DD"+string(sep)+"MM"+string(sep)+"YYYY")
		}
	case n == 8 && len(s) >= 15 && (s[8] == 'T' || s[8] == '_' || s[8] == '-') && digitRun(s[9:]) == 6:
		st, ok := packed(s[:8] + s[9:15])
		if !ok {
			return moment{}, false
		}
		st.length, st.format = 15, "YYYYMMDD"+s[8:9]+"HHMMSS"
		if len(s) > 15 && s[15] == 'Z' {
			st.length, st.zoned = 16, true
		}
		return st, st.length == len(s) || !wordlike(s[st.length])
	case n == 14:
		st, ok := packed(s[:14])
		if !ok || len(s) > 14 && wordlike(s[14]) && s[14] != 'Z' {
			return moment{}, false
		}
		st.length, st.format = 14, "YYYYMMDDHHMMSS"
		switch {
		case len(s) > 14 && s[14] == 'Z':
			st.length, st.zoned = 15, true
		case len(s) >= 21 && (s[14] == '+' || s[14] == '-') && s[17] == '\'' && digitRun(s[15:]) == 2 && digitRun(s[18:]) == 2:
			// PDF: D:20261123093307+01'00'
			offset := atoi(s[15:17])*3600 + atoi(s[18:20])*60
			if s[14] == '-' {
				offset = -offset
			}
			st.length, st.zoned, st.format = 21, true, "PDF date"
			st.t = inOffset(st.t, offset)
		}
		return st, true
	}
	if c, ok := clock(s); ok && c.minutes {
		st := moment{length: c.length, format: "time of day", hasTime: true, fine: c.fine}
		st.t = time.Date(1970, 1, 1, c.hour, c.minute, c.second, c.nano, time.UTC)
		if c.zoned {
			st.zoned, st.t = true, inOffset(st.t, c.offset)
		}
		return st, st.length == len(s) || !wordlike(s[st.length])
	}
	return moment{}, false
}

// inOffset gives the fields of t, which are those of UTC, to the zone of the offset.
func inOffset(t time.Time, offset int) time.Time {
	return t.Add(-time.Duration(offset) * time.Second).In(time.FixedZone("", offset))
}

// packed reads YYYYMMDDHHMMSS.
func packed(s string) (moment, bool) {
	year, mon, day := atoi(s[:4]), atoi(s[4:6]), atoi(s[6:8])
	h, m, sec := atoi(s[8:10]), atoi(s[10:12]), atoi(s[12:14])
	if !validDate(year, mon, day) || h > 23 || m > 59 || sec > 60 {
		return moment{}, false
	}
	return moment{t: time.Date(year, time.Month(mon), day, h, m, sec, 0, time.UTC), hasDate: true, hasTime: true, fine: time.Second}, true
}

func validDate(year, mon, day int) bool {
	return year >= 1970 && year < 2200 && mon >= 1 && mon <= 12 && day >= 1 && day <= 31
}

// withClock completes a date that ends at offset end of s by the time after it.
func withClock(s string, end, year, mon, day int, format string) (moment, bool) {
	if !validDate(year, mon, day) {
		return moment{}, false
	}
	st := moment{t: time.Date(year, time.Month(mon), day, 0, 0, 0, 0, time.UTC), length: end, format: format, hasDate: true, fine: 24 * time.Hour}
	k := end
	for k < len(s) && k < end+2 && strings.IndexByte("Tt ,_", s[k]) >= 0 {
		k++
	}
	if k > end && k < len(s) && digit(s[k]) {
		c, ok := clock(s[k:])
		if !ok && k+8 <= len(s) && s[end] != ' ' && digitRun(s[k:]) == 2 && s[k+2] == '-' { // 2026-11-23_09-33-07
			c, ok = clock(strings.ReplaceAll(s[k:k+8], "-", ":"))
		}
		if ok && c.minutes {
			st.t = st.t.Add(time.Duration(c.hour)*time.Hour + time.Duration(c.minute)*time.Minute + time.Duration(c.second)*time.Second + time.Duration(c.nano))
			st.hasTime, st.fine, st.length = true, c.fine, k+c.length
			iso := strings.HasPrefix(format, "YYYY-")
			switch {
			case c.zoned && iso && c.colon && c.seconds:
				st.format = "RFC 3339"
			case iso && (s[end] == 'T' || c.zoned):
				st.format = "ISO 8601"
			case c.seconds:
				st.format += " HH:MM:SS"
			default:
				st.format += " HH:MM"
			}
			if c.zoned {
				st.zoned, st.t = true, inOffset(st.t, c.offset)
			}
		}
	}
	return st, st.length == len(s) || !wordlike(s[st.length]) || s[st.length] == '_'
}

// A clockTime is HH:MM with what may follow it.
type clockTime struct {
	hour, minute, second, nano, offset, length int
	minutes, seconds, zoned, colon             bool
	fine                                       time.Duration
}

// zones are the abbreviations that are read as such after a time, with their
// hours east of Greenwich.
var zones = map[string]float64{
	"Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
	"IST": 5.5, "JST": 9, "KST": 9, "AWST": 8, "ACST": 9.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "HST": -10,
}

// clock reads the time of day, AM or PM and the zone that s begins with.
func clock(s string) (c clockTime, ok bool) {
	n := digitRun(s)
	if n < 1 || n > 2 || n+2 >= len(s) || s[n] != ':' || digitRun(s[n+1:]) != 2 {
		return c, false
	}
	c.hour, c.minute, c.minutes, c.fine = atoi(s[:n]), atoi(s[n+1:n+3]), true, time.Minute
	k := n + 3
	if k+2 < len(s) && s[k] == ':' && digitRun(s[k+1:]) == 2 {
		c.second, c.seconds, c.fine = atoi(s[k+1:k+3]), true, time.Second
		k += 3
		if k+1 < len(s) && (s[k] == '.' || s[k] == ',') {
			if d := digitRun(s[k+1:]); d > 0 && d <= 9 {
				c.nano = atoi(s[k+1 : k+1+d])
				for range 9 - d {
					c.nano *= 10
				}
				c.fine = time.Nanosecond
				k += 1 + d
			}
		}
	}
	if c.hour > 23 || c.minute > 59 || c.second > 60 {
		return c, false
	}
	after := strings.TrimLeft(s[k:], " \u202f\u00a0")
	if len(after) >= 2 && strings.EqualFold(after[1:2], "M") && strings.ContainsAny(after[:1], "APap") && (len(after) == 2 || !wordlike(after[2])) {
		switch {
		case after[0]|0x20 == 'p' && c.hour < 12:
			c.hour += 12
		case after[0]|0x20 == 'a' && c.hour == 12:
			c.hour = 0
		}
		k = len(s) - len(after) + 2
	}
	c.length = k
	rest := strings.TrimPrefix(s[k:], " ")
	end := 0
	for end < len(rest) && rest[end] >= 'A' && rest[end] <= 'Z' {
		end++
	}
	hours, named := zones[rest[:end]]
	if end > 0 && (!named || end < len(rest) && wordlike(rest[end])) {
		return c, true
	}
	c.offset = int(hours * 3600)
	if named {
		c.zoned, c.colon = true, end == 1
		k = len(s) - len(rest) + end
		rest = rest[end:]
	}
	if len(rest) > 2 && (rest[0] == '+' || rest[0] == '-') && digitRun(rest[1:]) >= 2 && (!named || end == 3) {
		d, mins := digitRun(rest[1:]), 0
		used := 0
		switch {
		case d == 4:
			mins, used = atoi(rest[3:5]), 5
		case d == 2 && len(rest) >= 6 && rest[3] == ':' && digitRun(rest[4:]) == 2:
			mins, used, c.colon = atoi(rest[4:6]), 6, true
		case d == 2 && c.seconds:
			used = 3
		}
		if h := atoi(rest[1:3]); used > 0 && h <= 15 && mins < 60 && (used == len(rest) || !wordlike(rest[used])) {
			c.zoned = true
			c.offset = h*3600 + mins*60
			if rest[0] == '-' {
				c.offset = -c.offset
			}
			k = len(s) - len(rest) + used
			if tail := s[k:]; strings.HasPrefix(tail, " (") { // JavaScript adds the name of the zone
				if closing := strings.IndexByte(tail, ')'); closing > 0 && closing < 50 {
					k += closing + 1
				}
			}
		}
	}
	if c.zoned {
		c.length = k
	}
	return c, true
}

// names of months and weekdays, shortened to three or four letters, in the
// languages that locales of test machines commonly have; the sets overlap.
var (
	monthNames = [12]string{
		"jan jän ene gen janv janeiro ocak sty led", "feb fév févr fev şub lut úno", "mar mär mrz märz mars mrt marzo mart bře",
		"apr avr abr avril abril nis kwi dub", "may mai maj mei mag maio mayıs kvě", "jun juin giu haz cze čer junho",
		"jul juil lug tem lip jui julho čvc", "aug août aoû ago ağu sie srp", "sep sept set eyl wrz zář",
		"oct okt ott out eki paź říj", "nov kas lis noviembre", "dec dez dic déc ara gru pro",
	}
	weekdayNames     = "mon tue wed thu fri sat sun mo di mi do fr sa so lun mar mer jeu ven sam dim mié jue vie sáb dom gio sab mån tis ons tor lör sön man søn fre lør seg ter qua qui sex ma wo vr za zo pzt sal çar per cum cmt paz pon wto śro czw pią nie"
	months, weekdays = calendarNames()
)

func calendarNames() (months map[string]int, weekdays map[string]bool) {
	months, weekdays = map[string]int{}, map[string]bool{}
	for i, names := range monthNames {
		for n := range strings.FieldsSeq(names) {
			months[n] = i + 1
		}
	}
	for i := time.January; i <= time.December; i++ {
		months[strings.ToLower(i.String())] = int(i)
	}
	for n := range strings.FieldsSeq(weekdayNames) {
		weekdays[n] = true
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		weekdays[strings.ToLower(d.String())] = true
	}
	return months, weekdays
}

// nameOf returns the month that a word names, and 1 for day where it names a
// weekday.
func nameOf(w string) (month, day int) {
	if len(w) < 2 || len(w) > 12 {
		return 0, 0
	}
	w = strings.ToLower(w)
	month = months[w]
	if weekdays[w] {
		day = 1
	}
	return month, day
}

// wordedStamp reads a date in which the month, and perhaps the weekday, is a
// word: RFC 2822, ctime, date(1), JavaScript and what is like these.
func wordedStamp(s string) (moment, bool) {
	var (
		weekday, month, day, year int
		c                         clockTime
		order                     []byte
		words                     []string
		end, k                    int
	)
	for k < len(s) && len(order) < 7 {
		switch n := digitRun(s[k:]); {
		case n > 0 && c.length == 0 && k+n < len(s) && n <= 2 && s[k+n] == ':':
			t, ok := clock(s[k:])
			if !ok {
				k = len(s)
				continue
			}
			// The zone of date(1) may be followed by the year.
			c, k = t, k+t.length
			order = append(order, 'T')
		case (n == 1 || n == 2) && day == 0:
			day, k = atoi(s[k:k+n]), k+n
			order = append(order, 'D')
			if k < len(s) && s[k] == '.' {
				k++
			}
		case n == 4 && year == 0 || n == 2 && year == 0 && month > 0:
			year, k = atoi(s[k:k+n]), k+n
			if n == 2 {
				year += 2000
			}
			order = append(order, 'Y')
		case n > 0:
			k = len(s)
			continue
		default:
			w := wordEnd(s, k)
			mon, wd := nameOf(s[k:w])
			switch {
			case wd > 0 && weekday == 0 && len(order) == 0 && !(mon > 0 && w+1 < len(s) && s[w] == ' ' && digit(s[w+1])):
				weekday = 1
				order = append(order, 'W')
			case mon > 0 && month == 0:
				month = mon
				order = append(order, 'M')
			default:
				k = len(s)
				continue
			}
			words = append(words, s[k:w])
			k = w
			if k < len(s) && s[k] == '.' {
				k++
			}
		}
		end = k
		next := k
		for next < len(s) && next < k+3 && strings.IndexByte(" ,-", s[next]) >= 0 {
			next++
		}
		if next == k {
			break
		}
		k = next
	}
	if month == 0 || day == 0 || year == 0 && c.length == 0 || year != 0 && !validDate(year, month, day) {
		return moment{}, false
	}
	m := moment{length: end, hasDate: true, fine: 24 * time.Hour, words: strings.Join(words, " "), zoned: c.zoned}
	if year == 0 {
		year = 1972 // a year of 366 days; the text has none
	}
	m.t = time.Date(year, time.Month(month), day, c.hour, c.minute, c.second, c.nano, time.UTC)
	if c.length > 0 {
		m.hasTime, m.fine = true, c.fine
	}
	if c.zoned {
		m.t = inOffset(m.t, c.offset)
	}
	switch string(order) {
	case "WDMYT":
		m.format = "RFC 2822"
	case "WMDTY":
		m.format = "ctime"
		if c.zoned {
			m.format = "date(1)"
		}
	case "WMDYT":
		m.format = "JavaScript's Date"
	case "MDT":
		m.format = "syslog"
	default:
		m.format = "date in words"
	}
	return m, end == len(s) || !wordlike(s[end])
}

// at returns the instants that the text may mean in a run with these facts:
// without a zone it is that of the run, or UTC.
func (m moment) at(f *facts) []time.Time {
	if m.zoned || f.loc == nil {
		return []time.Time{m.t}
	}
	return []time.Time{m.t, time.Date(m.t.Year(), m.t.Month(), m.t.Day(), m.t.Hour(), m.t.Minute(), m.t.Second(), m.t.Nanosecond(), f.loc)}
}

// ofRun reports whether the moment may lie within the run.
func (m moment) ofRun(f *facts) bool {
	if f.Begin.IsZero() {
		return false
	}
	slack := max(m.fine, 2*time.Second)
	begin, end := f.Begin.Add(-slack), f.End.Add(slack)
	if f.End.Before(f.Begin) {
		end = f.Begin.Add(time.Hour)
	}
	for _, t := range m.at(f) {
		switch {
		case !m.hasDate:
			day := time.Date(begin.Year(), begin.Month(), begin.Day(), t.UTC().Hour(), t.UTC().Minute(), t.UTC().Second(), t.UTC().Nanosecond(), time.UTC)
			for d := -1; d <= 1; d++ {
				if u := day.AddDate(0, 0, d); u.After(begin) && u.Before(end) {
					return true
				}
			}
		case t.After(begin) && t.Before(end):
			return true
		}
	}
	return false
}
