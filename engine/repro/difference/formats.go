package difference

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"starboard/kicad/sexpr"
)

// depthLimit bounds how deep trees are followed. Deeper files are compared as
// text.
const depthLimit = 500

var errDepth = errors.New("nested too deeply")

// read reads two texts as trees of the format that both are in: the first one
// that fits, the lines of a text last.
func read(a, b string, fa, fb *facts) (*doc, *doc) {
	l := newLabels()
	for _, r := range []struct {
		format format
		may    func(string) bool
		read   func(*doc) error
	}{
		{sexprFormat, func(s string) bool { return strings.HasPrefix(s, "(") }, readSexpr},
		{jsonFormat, func(s string) bool { return strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[") }, readJSON},
		{xmlFormat, func(s string) bool { return strings.HasPrefix(s, "<") }, readXML},
		{csvFormat, func(string) bool { return true }, nil},
	} {
		if !r.may(strings.TrimLeft(a, " \t\r\n")) || !r.may(strings.TrimLeft(b, " \t\r\n")) {
			continue
		}
		da, db := &doc{format: r.format, text: a, labels: l, facts: fa}, &doc{format: r.format, text: b, labels: l, facts: fb}
		if r.format == csvFormat {
			comma := delimiter(a)
			if comma == 0 || delimiter(b) != comma {
				continue
			}
			if readCSV(da, comma) == nil && readCSV(db, comma) == nil {
				return da, db
			}
			continue
		}
		if r.read(da) == nil && r.read(db) == nil {
			return da, db
		}
	}
	da, db := &doc{text: a, labels: l, facts: fa}, &doc{text: b, labels: l, facts: fb}
	readLines(da)
	readLines(db)
	return da, db
}

// decode resolves the quotes and escapes of a scalar's text.
func (d *doc) decode(s string) string {
	switch d.format {
	case sexprFormat:
		return sexpr.Decode(s)
	case jsonFormat:
		if len(s) > 1 && s[0] == '"' {
			if strings.IndexByte(s, '\\') < 0 {
				return s[1 : len(s)-1]
			}
			var v string
			if json.Unmarshal([]byte(s), &v) == nil {
				return v
			}
		}
	}
	return s
}

// readLines makes every line an item.
func readLines(d *doc) {
	root := d.open(0, 0, list)
	for i := 0; i < len(d.text); {
		end := strings.IndexByte(d.text[i:], '\n')
		if end < 0 {
			end = len(d.text) - i
		}
		d.leaf(i, i+end, 0)
		i += end + 1
	}
	d.close(root, len(d.text))
}

// readSexpr reads a file of KiCad's grammar. A list is labelled by its head,
// and its atoms by nothing.
func readSexpr(d *doc) error {
	t, err := sexpr.Parse("", d.text)
	if err != nil {
		return err
	}
	r := sexprReader{d: d}
	return r.node(t.Root(), 0)
}

type sexprReader struct {
	d   *doc
	pos int
}

func (r *sexprReader) node(n sexpr.Node, depth int) error {
	if depth > depthLimit {
		return errDepth
	}
	r.skip()
	d := r.d
	if !n.IsList() {
		start := r.pos
		r.pos += len(n.Source())
		d.leaf(start, r.pos, 0)
		return nil
	}
	head := n.Head()
	i := d.open(r.pos, d.labels.id(head), list)
	end := r.pos + len(n.Source())
	r.pos++
	first := true
	for k := range n.All() {
		if first && head != "" {
			first = false
			r.skip()
			r.pos += len(head)
			continue
		}
		first = false
		if err := r.node(k, depth+1); err != nil {
			return err
		}
	}
	r.pos = end
	d.close(i, end)
	return nil
}

// skip moves to the next token, over blanks and lines of comment.
func (r *sexprReader) skip() {
	s := r.d.text
	for r.pos < len(s) {
		switch s[r.pos] {
		case ' ', '\t', '\r', '\n', 0:
			r.pos++
		case '#':
			k := strings.IndexByte(s[r.pos:], '\n')
			if k < 0 {
				r.pos = len(s)
				return
			}
			r.pos += k
		default:
			return
		}
	}
}

// readJSON reads one value, or several one after another as in JSON Lines.
func readJSON(d *doc) error {
	dec := json.NewDecoder(strings.NewReader(d.text))
	dec.UseNumber()
	type level struct {
		node  int
		isMap bool
	}
	var open []level
	var key uint32
	hasKey := false
	pos := 0
	root := -1
	if several(d.text) {
		root = d.open(0, 0, list)
	}
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		end := int(dec.InputOffset())
		start := pos
		for start < end && strings.IndexByte(" \t\r\n,:", d.text[start]) >= 0 {
			start++
		}
		pos = end
		if delim, ok := tok.(json.Delim); ok && (delim == '}' || delim == ']') {
			d.close(open[len(open)-1].node, end)
			open = open[:len(open)-1]
			continue
		}
		if len(open) > 0 && open[len(open)-1].isMap && !hasKey {
			key, hasKey = d.labels.id(tok.(string)), true
			continue
		}
		label := uint32(0)
		if hasKey {
			label, hasKey = key, false
		}
		if len(open) == 0 && root < 0 && len(d.nodes) > 0 {
			return errors.New("more than one value")
		}
		if delim, ok := tok.(json.Delim); ok {
			s := list
			if delim == '{' {
				s = record
			}
			open = append(open, level{d.open(start, label, s), delim == '{'})
			if len(open) > depthLimit {
				return errDepth
			}
			continue
		}
		d.leaf(start, end, label)
	}
	if len(open) > 0 || len(d.nodes) == 0 {
		return io.ErrUnexpectedEOF
	}
	if root >= 0 {
		d.close(root, len(d.text))
	}
	return nil
}

// several reports whether a text looks like JSON Lines: its first line ends a
// value and its second one begins another.
func several(s string) bool {
	first, rest, ok := strings.Cut(strings.TrimSpace(s), "\n")
	rest = strings.TrimSpace(rest)
	return ok && rest != "" && (rest[0] == '{' || rest[0] == '[') && json.Valid([]byte(first))
}

// readXML reads elements, their attributes (labelled @name), text (#text) and
// comments (#comment). Texts of blanks alone are layout.
func readXML(d *doc) error {
	dec := xml.NewDecoder(strings.NewReader(d.text))
	dec.Strict = false
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	root := d.open(0, 0, list)
	open := []int{root}
	var tags []string
	elements := 0
	for {
		start := int(dec.InputOffset())
		tok, err := dec.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		end := int(dec.InputOffset())
		switch tok := tok.(type) {
		case xml.StartElement:
			if len(open) > depthLimit {
				return errDepth
			}
			if len(open) == 1 {
				elements++
			}
			name := xmlName(tok.Name)
			open = append(open, d.open(start, d.labels.id(name), list))
			tags = append(tags, name)
			pos := start + len(name)
			for _, at := range tok.Attr {
				an := xmlName(at.Name)
				pos = d.attribute(an, at.Value, pos, end)
			}
		case xml.EndElement:
			if len(tags) == 0 || tags[len(tags)-1] != xmlName(tok.Name) {
				return errors.New("tags do not match")
			}
			d.close(open[len(open)-1], end)
			open, tags = open[:len(open)-1], tags[:len(tags)-1]
		case xml.CharData:
			text := string(tok)
			if trimmed := strings.TrimSpace(text); trimmed != "" {
				lead := strings.Index(d.text[start:end], trimmed)
				s, e := start, end
				if lead >= 0 {
					s, e = start+lead, start+lead+len(trimmed)
				}
				i := d.leaf(s, e, d.labels.id("#text"))
				if lead < 0 {
					d.setValue(i, trimmed)
				}
			}
		case xml.Comment:
			d.leaf(start, end, d.labels.id("#comment"))
		case xml.ProcInst:
			d.leaf(start, end, d.labels.id("?"+tok.Target))
		case xml.Directive:
			d.leaf(start, end, d.labels.id("!"))
		}
	}
	if len(open) != 1 || elements == 0 {
		return io.ErrUnexpectedEOF
	}
	d.close(root, len(d.text))
	return nil
}

func xmlName(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

// attribute appends an attribute, whose text stands after pos in the tag that
// ends at end, and returns where it ends.
func (d *doc) attribute(name, value string, pos, end int) int {
	label := d.labels.id("@" + name)
	at := pos
	for {
		k := strings.Index(d.text[at:end], name)
		if k < 0 {
			break
		}
		v := at + k + len(name)
		for v < end && strings.IndexByte(" \t\r\n", d.text[v]) >= 0 {
			v++
		}
		if v < end && d.text[v] == '=' && strings.IndexByte(" \t\r\n", d.text[at+k-1]) >= 0 {
			for v++; v < end && strings.IndexByte(" \t\r\n", d.text[v]) >= 0; v++ {
			}
			e := v
			if v < end && (d.text[v] == '"' || d.text[v] == '\'') {
				if q := strings.IndexByte(d.text[v+1:end], d.text[v]); q >= 0 {
					v, e = v+1, v+1+q
				}
			}
			i := d.leaf(v, e, label)
			if d.text[v:e] != value {
				d.setValue(i, value)
			}
			return e
		}
		at += k + len(name)
	}
	i := d.leaf(pos, pos, label)
	d.setValue(i, value)
	d.nodes[i].hash = mix(d.nodes[i].hash, hashString(value)) | 1
	return pos
}

// delimiter returns what separates the cells of a table, or 0 where the text
// is none: at least two rows, all with the same number of separators, which
// is checked outside of quotes only when the table is read.
func delimiter(s string) rune {
	sample := s[:min(len(s), 4000)]
	first, rest, ok := strings.Cut(sample, "\n")
	if !ok || rest == "" {
		return 0
	}
	for _, sep := range []rune{'\t', ';', ','} {
		r := csv.NewReader(strings.NewReader(first))
		r.Comma = sep
		fields, err := r.Read()
		if err == nil && len(fields) > 1 && strings.TrimSpace(fields[0]) != "" {
			return sep
		}
	}
	return 0
}

// readCSV reads a table of rows with one number of cells. Cells are labelled
// by the first row where that is a heading, and else by their number.
func readCSV(d *doc, comma rune) error {
	r := csv.NewReader(strings.NewReader(d.text))
	r.Comma = comma
	r.ReuseRecord = true
	root := d.open(0, 0, list)
	var columns []uint32
	var lineStarts []int
	for i := 0; i < len(d.text); {
		lineStarts = append(lineStarts, i)
		k := strings.IndexByte(d.text[i:], '\n')
		if k < 0 {
			break
		}
		i += k + 1
	}
	rows := 0
	for {
		start := int(r.InputOffset())
		rec, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if rows == 0 {
			columns = columnLabels(d.labels, rec)
		}
		rows++
		line, _ := r.FieldPos(0)
		start = max(start, lineStarts[line-1])
		row := d.open(start, 0, record)
		for i, cell := range rec {
			line, col := r.FieldPos(i)
			at := lineStarts[line-1] + col - 1
			plain := at+len(cell) <= len(d.text) && d.text[at:at+len(cell)] == cell
			n := d.leaf(at, min(at+len(cell), len(d.text)), columns[i])
			if !plain {
				d.setValue(n, cell)
				d.nodes[n].hash = mix(mix(uint64(scalar)+7, uint64(columns[i])), hashString(cell)) | 1
			}
		}
		end := int(r.InputOffset())
		for end > start && (d.text[end-1] == '\n' || d.text[end-1] == '\r') {
			end--
		}
		d.close(row, end)
	}
	if rows < 2 {
		return errors.New("not a table")
	}
	d.close(root, len(d.text))
	return nil
}

// columnLabels returns the labels of a table's columns: the cells of the first
// row where they are different words, and otherwise numbers.
func columnLabels(l *labels, rec []string) []uint32 {
	heading := true
	for i, c := range rec {
		if c == "" || digit(c[0]) || slices.Contains(rec[:i], c) {
			heading = false
		}
	}
	ids := make([]uint32, len(rec))
	for i, c := range rec {
		if !heading {
			c = "column " + itoa(i+1)
		}
		ids[i] = l.id(c)
	}
	return ids
}

// printable reports whether data is text: valid UTF-8 without control bytes
// other than those of lines and tabs.
func printable(data []byte) bool {
	for _, c := range data {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b || c == 0x7f {
			return false
		}
	}
	return true
}

var bom = []byte("\xef\xbb\xbf")

func hasBOM(data []byte) bool { return bytes.HasPrefix(data, bom) }
