package difference

import (
	"encoding/binary"
	"fmt"
	"time"
)

// segmentLimit is the number of parts of a binary file that are compared one
// by one.
const segmentLimit = 200_000

// binary compares two files that are no texts. Both are cut into readable
// strings and the bytes between these, which are paired like the lines of a
// text, so that an inserted byte does not shift the rest.
func (c *comparer) binary(x, y []byte) {
	l := newLabels()
	da, db := &doc{format: binaryFormat, text: string(x), labels: l, facts: c.a}, &doc{format: binaryFormat, text: string(y), labels: l, facts: c.b}
	sx, sy := cut(da), cut(db)
	if len(sx) > segmentLimit || len(sy) > segmentLimit {
		c.da, c.db = da, db
		c.bytes(da.text, db.text, 0, 0)
		c.da, c.db = nil, nil
		return
	}
	al := newAlignment(len(sx), len(sy))
	keys := func(d *doc, segments []int, partner []int, key func(i int) uint64) []uint64 {
		h := make([]uint64, len(segments))
		for k, i := range segments {
			if partner[k] < 0 {
				h[k] = key(i)
			}
		}
		return h
	}
	al.step(hashes(da, sx), hashes(db, sy), false)
	text := l.id("text")
	rough := func(d *doc) func(int) uint64 {
		return func(i int) uint64 {
			if d.nodes[i].label == text {
				return d.rough(i, 0)
			}
			return 0
		}
	}
	if al.free > 0 {
		al.step(keys(da, sx, al.to, rough(da)), keys(db, sy, al.from, rough(db)), false)
		kind := func(d *doc) func(int) uint64 { return func(i int) uint64 { return uint64(d.nodes[i].label) } }
		al.gaps(func(as, bs []int) {
			if len(as) == len(bs) {
				for k := range as {
					if da.nodes[sx[as[k]]].label == db.nodes[sy[bs[k]]].label {
						al.pair(as[k], bs[k])
					}
				}
			}
		})
		al.step(keys(da, sx, al.to, kind(da)), keys(db, sy, al.from, kind(db)), false)
	}
	c.da, c.db = da, db
	for k, i := range sx {
		n := da.nodes[i]
		if al.to[k] < 0 {
			c.missingBytes(da.source(i), "", int(n.start))
			continue
		}
		j := sy[al.to[k]]
		m := db.nodes[j]
		switch {
		case n.hash == m.hash:
		case n.label == text:
			c.frames = []frame{{i: -1, j: -1}, {i: i, j: j, note: fmt.Sprintf("text at byte %d", n.start)}}
			c.texts(da.source(i), db.source(j), int(n.start), int(m.start), plainRole)
			c.frames = nil
		default:
			c.bytes(da.source(i), db.source(j), int(n.start), int(m.start))
		}
	}
	for k, j := range sy {
		if al.from[k] < 0 {
			c.missingBytes("", db.source(j), int(db.nodes[j].start))
		}
	}
	if c.files == 0 {
		c.bytes(da.text, db.text, 0, 0)
	}
	c.da, c.db = nil, nil
}

// cut makes segments of a file: strings of readable bytes, and what is between.
func cut(d *doc) []int {
	const shortest = 6
	text, other := d.labels.id("text"), d.labels.id("bytes")
	var all []int
	from := 0
	s := d.text
	for i := 0; i < len(s); {
		k := i
		for k < len(s) && s[k] >= ' ' && s[k] < 0x7f {
			k++
		}
		if k-i >= shortest {
			if i > from {
				all = append(all, d.leaf(from, i, other))
			}
			all = append(all, d.leaf(i, k, text))
			from = k
		}
		i = k + 1
	}
	if from < len(s) {
		all = append(all, d.leaf(from, len(s), other))
	}
	return all
}

func (c *comparer) missingBytes(x, y string, offset int) {
	detail, n := "only in the first", len(x)
	if x == "" {
		detail, n = "only in the second", len(y)
	}
	c.atByte(offset, func() {
		c.emit(found{verdict: verdict{kind: MissingItem, detail: fmt.Sprintf("%d bytes %s", n, detail), class: "bytes " + detail}, a: hexText(x), b: hexText(y), offA: offset, offB: offset, at: true})
	})
}

func (c *comparer) atByte(offset int, f func()) {
	frames := c.frames
	c.frames = []frame{{i: -1, j: -1}, {i: -1, j: -1, note: fmt.Sprintf("byte %d", offset)}}
	f()
	c.frames = frames
}

// bytes compares two strings of bytes: place by place where they are of one
// length, and otherwise by what is between their common ends.
func (c *comparer) bytes(x, y string, offX, offY int) {
	if len(x) != len(y) {
		n := 0
		for n < len(x) && n < len(y) && x[n] == y[n] {
			n++
		}
		mx, my := trimCommon(x, y)
		c.atByte(offX+n, func() {
			c.emit(found{verdict: verdict{kind: Content, detail: fmt.Sprintf("%d and %d bytes", len(mx), len(my)), class: "bytes"}, a: hexText(mx), b: hexText(my), offA: offX + n, offB: offY + n, at: true})
		})
		return
	}
	const apart = 8 // equal bytes between differing ones that still count as one place
	for i := 0; i < len(x); {
		if x[i] == y[i] {
			i++
			continue
		}
		end := i + 1
		for k := end; k < len(x) && k < end+apart; k++ {
			if x[k] != y[k] {
				end = k + 1
			}
		}
		v := verdict{kind: Content, detail: fmt.Sprintf("%d bytes", end-i), class: "bytes"}
		if c.binaryTime(x, y, i, end) {
			v = c.timeVerdict("seconds since 1970 in binary", true)
		}
		c.atByte(offX+i, func() {
			c.emit(found{verdict: v, a: hexText(x[i:end]), b: hexText(y[i:end]), offA: offX + i, offB: offY + i, at: true})
		})
		i = end
	}
}

// binaryTime reports whether the differing bytes are part of 32 bits that
// count the seconds of both runs.
func (c *comparer) binaryTime(x, y string, i, end int) bool {
	if end-i > 4 || c.a.Begin.IsZero() || c.b.Begin.IsZero() {
		return false
	}
	for from := max(0, end-4); from <= i && from+4 <= len(x); from++ {
		bx, by := []byte(x[from:from+4]), []byte(y[from:from+4])
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			if c.near(time.Unix(int64(order.Uint32(bx)), 0), time.Unix(int64(order.Uint32(by)), 0), 5) {
				return true
			}
		}
	}
	return false
}

func hexText(s string) string {
	if len(s) > 24 {
		return fmt.Sprintf("% x …", s[:24])
	}
	return fmt.Sprintf("% x", s)
}
