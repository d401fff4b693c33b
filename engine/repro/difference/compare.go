package difference

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unpackLimit bounds what archives may unpack to in one comparison, in bytes
// of each side.
const unpackLimit = 256 << 20

// Compare says where and in what the files of two sides differ. The files and
// facts are only read.
func Compare(a, b Side, o Options) *Result {
	r := &Result{Identical: identical(a.Files, b.Files)}
	if r.Identical && maps.Equal(a.Modes, b.Modes) {
		return r
	}
	fa, fb := newFacts(a.Facts, b.Facts)
	c := &comparer{judge: judge{fa, fb}, tally: tally{limit: o.Limit}, budget: unpackLimit}
	if c.limit <= 0 {
		c.limit = 10_000
	}
	sheets := sheetPaths(a.Files)
	for _, p := range c.fileNames(a.Files, b.Files) {
		x, y := a.Files[p.a], b.Files[p.b]
		c.file = p.a
		switch {
		case p.a == "":
			c.file = p.b
			c.emit(found{verdict: verdict{kind: MissingFile, detail: "only in the second"}, b: p.b})
			continue
		case p.b == "":
			c.emit(found{verdict: verdict{kind: MissingFile, detail: "only in the first"}, a: p.a})
			continue
		case p.a != p.b:
			c.frames = []frame{{i: -1, j: -1}, {i: -1, j: -1, note: "name of the file"}}
			c.texts(p.a, p.b, 0, 0, plainRole)
			c.frames = nil
		}
		if ma, ok := a.Modes[p.a]; ok {
			if mb, ok := b.Modes[p.b]; ok && ma != mb {
				c.emit(found{verdict: verdict{kind: Mode, detail: "of a file"}, a: fmt.Sprintf("%#o", ma.Perm()), b: fmt.Sprintf("%#o", mb.Perm())})
			}
		}
		if bytes.Equal(x, y) {
			continue
		}
		c.prefix = nil
		if s := sheets[p.a]; s != "" {
			c.prefix = []string{"sheet " + s}
		}
		c.contents(x, y)
	}
	c.review()
	r.Differences, r.Groups, r.Masked = c.grouped(o.Mask)
	r.Notes = c.notes
	if c.over > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d more differences are counted in the groups and not listed", c.over))
	}
	return r
}

func identical(a, b map[string][]byte) bool {
	return maps.EqualFunc(a, b, bytes.Equal)
}

// A filePair is the names of a file on both sides; empty is none.
type filePair struct{ a, b string }

// fileNames pairs the files of both sides: by name, then by content, then by
// what is left of names without volatile parts.
func (c *comparer) fileNames(a, b map[string][]byte) []filePair {
	var pairs []filePair
	var xs, ys []string
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if _, ok := b[name]; ok {
			pairs = append(pairs, filePair{name, name})
		} else {
			xs = append(xs, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b)) {
		if _, ok := a[name]; !ok {
			ys = append(ys, name)
		}
	}
	if len(xs) > 0 && len(ys) > 0 {
		al := newAlignment(len(xs), len(ys))
		for _, k := range []func(f *facts, name string, data []byte) uint64{
			func(f *facts, name string, data []byte) uint64 {
				return mix(hashString(string(data)), hashString(extension(name)))
			},
			func(f *facts, name string, data []byte) uint64 { return f.skeleton(name, 0) },
			func(f *facts, name string, data []byte) uint64 { return f.skeleton(name, 1) },
			func(f *facts, name string, data []byte) uint64 { return hashString(extension(name)) },
		} {
			if al.free == 0 {
				break
			}
			keys := func(f *facts, names []string, files map[string][]byte, partner []int) []uint64 {
				h := make([]uint64, len(names))
				for i, n := range names {
					if partner[i] < 0 {
						h[i] = k(f, n, files[n])
					}
				}
				return h
			}
			ka, kb := keys(c.a, xs, a, al.to), keys(c.b, ys, b, al.from)
			al.unique(ka, kb)
			if counts(ka, kb) {
				al.rest(ka, kb)
			}
		}
		left := func(names []string, partner []int) (rest []string) {
			for i, n := range names {
				if partner[i] < 0 {
					rest = append(rest, n)
				}
			}
			return rest
		}
		for i, j := range al.to {
			if j >= 0 {
				pairs = append(pairs, filePair{xs[i], ys[j]})
			}
		}
		xs, ys = left(xs, al.to), left(ys, al.from)
	}
	for _, n := range xs {
		pairs = append(pairs, filePair{a: n})
	}
	for _, n := range ys {
		pairs = append(pairs, filePair{b: n})
	}
	slices.SortStableFunc(pairs, func(p, q filePair) int {
		return strings.Compare(p.a+p.b[:len(p.b)*btoi(p.a == "")], q.a+q.b[:len(q.b)*btoi(q.a == "")])
	})
	return pairs
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// counts reports whether both sides have as many keys.
func counts(ka, kb []uint64) bool {
	n := 0
	for _, k := range ka {
		if k != 0 {
			n++
		}
	}
	for _, k := range kb {
		if k != 0 {
			n--
		}
	}
	return n == 0
}

func extension(name string) string {
	if k := strings.LastIndexByte(name, '.'); k >= 0 {
		return name[k:]
	}
	return ""
}

// contents compares two files, or members of archives, that differ. It leaves
// at least one difference.
func (c *comparer) contents(x, y []byte) {
	outer := *c
	c.files, c.frames, c.da, c.db = 0, nil, nil, nil
	if !c.archives(x, y) {
		tx, ex, okx := asText(x)
		ty, ey, oky := asText(y)
		switch {
		case okx && oky:
			if ex != ey {
				c.emit(found{verdict: verdict{kind: Encoding, detail: ex + " and " + ey}, a: ex, b: ey})
			}
			c.text(tx, ty)
		default:
			c.binary(x, y)
		}
	}
	if c.files == 0 {
		c.emit(found{verdict: verdict{kind: Packing, detail: "the same content"}, a: sizeText(x), b: sizeText(y)})
	}
	c.files += outer.files
	c.frames, c.da, c.db = outer.frames, outer.da, outer.db
}

func sizeText(x []byte) string { return fmt.Sprintf("%d bytes", len(x)) }

// asText decodes a text and names its encoding.
func asText(data []byte) (text, encoding string, ok bool) {
	switch {
	case hasBOM(data):
		if !utf8.Valid(data) {
			return "", "", false
		}
		return string(data[len(bom):]), "UTF-8 with a byte order mark", printable(data)
	case len(data) >= 2 && len(data)%2 == 0 && (data[0] == 0xff && data[1] == 0xfe || data[0] == 0xfe && data[1] == 0xff):
		units := make([]uint16, len(data)/2-1)
		big := 0
		if data[0] == 0xff {
			big = 1
		}
		for i := range units {
			units[i] = uint16(data[2+2*i+big])<<8 | uint16(data[3+2*i-big])
		}
		t := string(utf16.Decode(units))
		return t, "UTF-16", printable([]byte(t))
	case !printable(data):
		return "", "", false
	case utf8.Valid(data):
		return string(data), "UTF-8", true
	}
	// Text in a code page of one byte a letter, mostly of letters.
	high := 0
	var b strings.Builder
	b.Grow(len(data) + 16)
	for _, ch := range data {
		if ch >= 0x80 {
			high++
		}
		b.WriteRune(rune(ch))
	}
	if high*4 > len(data) {
		return "", "", false
	}
	return b.String(), "one byte a letter", true
}

// text compares two texts: what concerns all of it first, then by structure.
func (c *comparer) text(x, y string) {
	if ex, ey := lineEnding(x), lineEnding(y); ex != ey && ex != "" && ey != "" {
		c.emit(found{verdict: verdict{kind: LineEnding, detail: ex + " and " + ey}, a: ex, b: ey})
	}
	x, y = newlines.Replace(x), newlines.Replace(y)
	if tx, ty := strings.TrimRight(x, "\n \t"), strings.TrimRight(y, "\n \t"); x[len(tx):] != y[len(ty):] && tx != "" && ty != "" {
		c.emit(found{verdict: verdict{kind: EndOfFile, detail: endText(x[len(tx):]) + " and " + endText(y[len(ty):])}, a: fmt.Sprintf("%q", x[len(tx):]), b: fmt.Sprintf("%q", y[len(ty):])})
		x, y = tx, ty
	}
	if x == y {
		return
	}
	before := c.files
	da, db := read(x, y, c.a, c.b)
	c.trees(da, db)
	if c.files > before {
		return
	}
	// The trees agree: what differs has no meaning in this format, unless it
	// stands beside the tree.
	if da.format != textFormat && !sameWords(x, y) {
		da, db = &doc{text: x, labels: da.labels, facts: c.a}, &doc{text: y, labels: da.labels, facts: c.b}
		readLines(da)
		readLines(db)
		c.trees(da, db)
	}
	if c.files == before {
		k := 0
		for k < len(x) && k < len(y) && x[k] == y[k] {
			k++
		}
		c.da, c.db = da, db
		c.emit(found{verdict: verdict{kind: Layout, detail: "white space or quotes"}, a: around(x, k), b: around(y, k), offA: k, offB: k, at: true})
	}
}

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// sameWords reports whether two texts differ in white space only.
func sameWords(x, y string) bool {
	i, j := 0, 0
	for {
		for i < len(x) && x[i] <= ' ' {
			i++
		}
		for j < len(y) && y[j] <= ' ' {
			j++
		}
		if i == len(x) || j == len(y) {
			return i == len(x) && j == len(y)
		}
		if x[i] != y[j] {
			return false
		}
		i, j = i+1, j+1
	}
}

func around(s string, k int) string {
	return fmt.Sprintf("%q", s[max(0, k-20):min(len(s), k+20)])
}

// lineEnding names how the lines of a text end; empty where there is one line.
func lineEnding(s string) string {
	crlf := strings.Count(s, "\r\n")
	lf, cr := strings.Count(s, "\n")-crlf, strings.Count(s, "\r")-crlf
	switch {
	case crlf+lf+cr == 0:
		return ""
	case lf == 0 && cr == 0:
		return "CRLF"
	case crlf == 0 && cr == 0:
		return "LF"
	case crlf == 0 && lf == 0:
		return "CR"
	}
	return "mixed"
}

func endText(s string) string {
	switch s {
	case "":
		return "no newline"
	case "\n":
		return "one newline"
	}
	if strings.Trim(s, "\n") == "" {
		return "many newlines"
	}
	return "blanks"
}

// sheetPaths returns the sheet path of each KiCad schematic that a root
// schematic among the files draws as a sheet. Files are told by their content.
func sheetPaths(files map[string][]byte) map[string]string {
	paths := map[string]string{}
	type child struct{ name, file string }
	sheets := map[string][]child{}
	isChild := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		data := files[name]
		if !bytes.HasPrefix(bytes.TrimLeft(data[:min(len(data), 64)], " \t\r\n"), []byte("(kicad_sch")) || !bytes.Contains(data, []byte(`"Sheetfile"`)) {
			continue
		}
		d := &doc{format: sexprFormat, text: string(data), labels: newLabels()}
		if readSexpr(d) != nil {
			continue
		}
		dir := name[:strings.LastIndexByte(name, '/')+1]
		for _, k := range d.children(0) {
			if d.label(k) == "sheet" {
				ch := child{d.property(k, "Sheetname"), dir + d.property(k, "Sheetfile")}
				sheets[name] = append(sheets[name], ch)
				isChild[ch.file] = true
			}
		}
	}
	var walk func(file, path string, depth int)
	walk = func(file, path string, depth int) {
		if paths[file] != "" || depth > 50 {
			return // a sheet used more than once goes by its first path
		}
		paths[file] = path
		for _, ch := range sheets[file] {
			walk(ch.file, strings.TrimSuffix(path, "/")+"/"+ch.name, depth+1)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sheets)) {
		if !isChild[name] {
			walk(name, "/", 0)
		}
	}
	return paths
}
