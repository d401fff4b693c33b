package difference

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// A member is a file in an archive with what the archive says of it.
type member struct {
	name, owner, comment string
	mode                 fs.FileMode
	hasMode              bool
	time                 time.Time
	data                 []byte
}

// archives compares two archives of one format by their members. It reports
// whether they are that, and can be read.
func (c *comparer) archives(x, y []byte) bool {
	if c.depth >= 4 {
		return false
	}
	c.depth++
	defer func() { c.depth-- }()
	switch {
	case magic(x, y, 0, "\x1f\x8b"):
		return c.gzips(x, y)
	case magic(x, y, 0, "PK\x03\x04"):
		mx, okx := c.zipMembers(x)
		my, oky := c.zipMembers(y)
		if !okx || !oky {
			return false
		}
		c.members(mx, my)
		return true
	case magic(x, y, 257, "ustar"):
		mx, okx := c.tarMembers(x)
		my, oky := c.tarMembers(y)
		if !okx || !oky {
			return false
		}
		c.members(mx, my)
		return true
	}
	return false
}

func magic(x, y []byte, at int, s string) bool {
	return len(x) > at && len(y) > at && bytes.HasPrefix(x[at:], []byte(s)) && bytes.HasPrefix(y[at:], []byte(s))
}

// unpack reads all of a member within the budget.
func (c *comparer) unpack(r io.Reader) ([]byte, bool) {
	data, err := io.ReadAll(io.LimitReader(r, c.budget+1))
	if int64(len(data)) > c.budget {
		c.budget = 0
		if note := fmt.Sprintf("archives unpack to more than %d MiB; those beyond are compared as bytes", unpackLimit>>20); !slices.Contains(c.notes, note) {
			c.notes = append(c.notes, note)
		}
		return nil, false
	}
	c.budget -= int64(len(data))
	return data, err == nil
}

func (c *comparer) gzips(x, y []byte) bool {
	open := func(data []byte) (*gzip.Reader, []byte, bool) {
		r, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, nil, false
		}
		content, ok := c.unpack(r)
		return r, content, ok
	}
	rx, cx, okx := open(x)
	ry, cy, oky := open(y)
	if !okx || !oky {
		return false
	}
	c.times(rx.ModTime, ry.ModTime, "time in the gzip header", "gzip header")
	if rx.Name != ry.Name {
		c.noted("name in the gzip header", func() { c.texts(rx.Name, ry.Name, 0, 0, plainRole) })
	}
	if rx.Comment != ry.Comment {
		c.noted("comment in the gzip header", func() { c.texts(rx.Comment, ry.Comment, 0, 0, plainRole) })
	}
	if rx.OS != ry.OS {
		c.noted("gzip header", func() {
			c.emit(found{verdict: verdict{kind: Packing, detail: "operating system in the header"}, a: itoa(int(rx.OS)), b: itoa(int(ry.OS))})
		})
	}
	c.inside("uncompressed", cx, cy)
	return true
}

// noted runs f in a frame of that name.
func (c *comparer) noted(note string, f func()) {
	frames := c.frames
	c.frames = []frame{{i: -1, j: -1}, {i: -1, j: -1, note: note}}
	f()
	c.frames = frames
}

// inside compares the content of a part of a file.
func (c *comparer) inside(part string, x, y []byte) {
	if bytes.Equal(x, y) {
		return
	}
	prefix := c.prefix
	c.prefix = append(slices.Clone(prefix), part)
	c.contents(x, y)
	c.prefix = prefix
}

// times compares the times in two headers.
func (c *comparer) times(x, y time.Time, note, format string) {
	if x.Equal(y) {
		return
	}
	c.noted(note, func() {
		mx := moment{t: x, zoned: true, hasDate: true, hasTime: true, fine: 2 * time.Second}
		my := mx
		my.t = y
		// ZIP keeps local time without a zone.
		mx.zoned, my.zoned = format != "ZIP header", format != "ZIP header"
		v, ok := c.zoneShift(mx, my, format)
		if !ok {
			v = c.timeVerdict(format, mx.ofRun(c.a) && my.ofRun(c.b))
		}
		c.emit(found{verdict: v, a: x.UTC().Format("2006-01-02 15:04:05"), b: y.UTC().Format("2006-01-02 15:04:05")})
	})
}

func (c *comparer) zipMembers(data []byte) ([]member, bool) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, false
	}
	var all []member
	for _, f := range r.File {
		m := member{name: f.Name, comment: f.Comment, mode: f.Mode(), hasMode: f.ExternalAttrs != 0, time: zipTime(f)}
		if !strings.HasSuffix(f.Name, "/") {
			rc, err := f.Open()
			if err != nil {
				return nil, false
			}
			var ok bool
			m.data, ok = c.unpack(rc)
			rc.Close()
			if !ok {
				return nil, false
			}
		}
		all = append(all, m)
	}
	return all, true
}

// zipTime returns the time of a member as its two fields of 16 bits say it,
// which are in no zone.
func zipTime(f *zip.File) time.Time {
	d, t := f.ModifiedDate, f.ModifiedTime
	return time.Date(int(d>>9)+1980, time.Month(d>>5&15), int(d&31), int(t>>11), int(t>>5&63), int(t&31)*2, 0, time.UTC)
}

func (c *comparer) tarMembers(data []byte) ([]member, bool) {
	r := tar.NewReader(bytes.NewReader(data))
	var all []member
	for {
		h, err := r.Next()
		if err == io.EOF {
			return all, true
		}
		if err != nil {
			return nil, false
		}
		m := member{name: h.Name, mode: h.FileInfo().Mode(), hasMode: true, time: h.ModTime, comment: h.Linkname}
		m.owner = fmt.Sprintf("%s/%s %d/%d", h.Uname, h.Gname, h.Uid, h.Gid)
		var ok bool
		if m.data, ok = c.unpack(r); !ok {
			return nil, false
		}
		all = append(all, m)
	}
}

// members compares the members of two archives.
func (c *comparer) members(xs, ys []member) {
	al := newAlignment(len(xs), len(ys))
	keys := func(f *facts, ms []member, partner []int, key func(f *facts, m member) uint64) []uint64 {
		h := make([]uint64, len(ms))
		for i, m := range ms {
			if partner[i] < 0 {
				h[i] = key(f, m)
			}
		}
		return h
	}
	for _, key := range []func(f *facts, m member) uint64{
		func(f *facts, m member) uint64 { return hashString(m.name) },
		func(f *facts, m member) uint64 { return mix(hashString(string(m.data)), uint64(len(m.data))) },
		func(f *facts, m member) uint64 { return f.skeleton(m.name, 0) },
		func(f *facts, m member) uint64 { return f.skeleton(m.name, 1) },
	} {
		ka, kb := keys(c.a, xs, al.to, key), keys(c.b, ys, al.from, key)
		al.unique(ka, kb)
		if counts(ka, kb) {
			al.rest(ka, kb)
		}
	}
	al.weak = nil
	if pairs, out := al.moved(); out > 0 {
		var a, b []string
		for i, j := range al.to {
			if j >= 0 {
				a = append(a, xs[i].name)
			}
		}
		for j, i := range al.from {
			if i >= 0 {
				b = append(b, ys[j].name)
			}
		}
		_, class := c.arrangement(a, b, false)
		c.noted("list of members", func() {
			c.emit(found{verdict: verdict{kind: Order, detail: fmt.Sprintf("the same %d members in another order%s", pairs, class), class: "members" + class}, a: row(a, 0), b: row(b, 0)})
		})
	}
	for i, m := range xs {
		j := al.to[i]
		if j < 0 {
			c.noted("member "+m.name, func() {
				c.emit(found{verdict: verdict{kind: MissingItem, detail: "only in the first"}, a: m.name})
			})
			continue
		}
		c.member(m, ys[j])
	}
	for j, m := range ys {
		if al.from[j] < 0 {
			c.noted("member "+m.name, func() {
				c.emit(found{verdict: verdict{kind: MissingItem, detail: "only in the second"}, b: m.name})
			})
		}
	}
}

// member compares two members that are a pair.
func (c *comparer) member(x, y member) {
	part := "member " + x.name
	if x.name != y.name {
		c.noted("name of a member", func() { c.texts(x.name, y.name, 0, 0, plainRole) })
	}
	format := "tar header"
	if x.owner == "" {
		format = "ZIP header"
	}
	c.times(x.time, y.time, part+", time", format)
	if x.hasMode && y.hasMode && x.mode != y.mode {
		c.noted(part+", mode", func() {
			c.emit(found{verdict: verdict{kind: Mode, detail: "of a member"}, a: fmt.Sprintf("%#o", x.mode.Perm()), b: fmt.Sprintf("%#o", y.mode.Perm())})
		})
	}
	if x.owner != y.owner {
		c.noted(part+", owner", func() {
			c.emit(found{verdict: verdict{kind: User, detail: "owner of a member"}, a: x.owner, b: y.owner})
		})
	}
	if x.comment != y.comment {
		c.noted(part+", comment", func() { c.texts(x.comment, y.comment, 0, 0, plainRole) })
	}
	c.inside(part, x.data, y.data)
}
