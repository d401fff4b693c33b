package difference

import (
	"fmt"
	"strings"
)

// words returns the place of the innermost frame in words, and the same
// without what tells one item from its like: the pattern of the place.
func (c *comparer) words() (place, pattern string) {
	parts, patterns := append([]string(nil), c.prefix...), append([]string(nil), c.prefix...)
	for k, f := range c.frames {
		if f.note != "" {
			parts, patterns = append(parts, f.note), append(patterns, f.note)
			continue
		}
		if k == 0 {
			continue // the file itself
		}
		d, i := c.da, f.i
		if i < 0 {
			d, i = c.db, f.j
		}
		var parent int = -1
		if up := c.frames[k-1]; f.i >= 0 {
			parent = up.i
		} else {
			parent = up.j
		}
		w, p := d.phrase(i, parent)
		if w != "" {
			parts, patterns = append(parts, w), append(patterns, p)
		}
	}
	return strings.Join(parts, ", "), strings.Join(patterns, ", ")
}

// phrase names node i, a child of parent, and its like.
func (d *doc) phrase(i, parent int) (string, string) {
	switch d.format {
	case sexprFormat:
		return d.sexprPhrase(i)
	case jsonFormat:
		return d.jsonPhrase(i, parent)
	case xmlFormat:
		return d.xmlPhrase(i, parent)
	case csvFormat:
		if d.nodes[i].shape == record {
			line, _ := d.place(int(d.nodes[i].start))
			if id := d.value(i + 1); id != "" && len(id) < 40 {
				return fmt.Sprintf("row %d (%s)", line, id), "row *"
			}
			return fmt.Sprintf("row %d", line), "row *"
		}
		l := d.label(i)
		if strings.HasPrefix(l, "column ") {
			return l, l
		}
		return fmt.Sprintf("column %q", l), fmt.Sprintf("column %q", l)
	case textFormat:
		line, _ := d.place(int(d.nodes[i].start))
		return fmt.Sprintf("line %d", line), "line *"
	}
	return "", ""
}

// spoken are heads of lists and the words for them.
var spoken = map[string]string{
	"comp": "component", "global_label": "global label", "hierarchical_label": "hierarchical label", "no_connect": "no-connect mark",
	"gr_line": "line", "gr_arc": "arc", "gr_text": "text", "lib_symbols": "library symbols", "title_block": "title block",
	"bus_entry": "bus entry", "netclass_flag": "net class flag", "sheet_instances": "sheet instances", "text_box": "text box",
	"module": "footprint", "polyline": "line", "fp_line": "line", "fp_text": "text",
}

// sexprPhrase names a list by its head and by what identifies it: reference,
// name, first atom, place or UUID.
func (d *doc) sexprPhrase(i int) (string, string) {
	if d.nodes[i].shape == scalar {
		return "", ""
	}
	head := d.label(i)
	if s, ok := spoken[head]; ok {
		head = s
	}
	if head == "" {
		head = "list"
	}
	if ref := d.property(i, "Reference"); ref != "" {
		return head + " " + ref, head + " *"
	}
	if name := d.property(i, "Sheetname"); name != "" {
		return fmt.Sprintf("%s %q", head, name), head + " *"
	}
	atom, xy, id := "", "", ""
	var ends []string
	for k := i + 1; k < int(d.nodes[i].next); k = int(d.nodes[k].next) {
		switch l := d.label(k); {
		case d.nodes[k].shape == scalar:
			if atom == "" && k == i+1 {
				atom = d.source(k)
			}
		case l == "ref" || l == "name" || l == "reference":
			if v := d.only(k); v != "" {
				return head + " " + v, head + " *"
			}
		case l == "at" || l == "start" || l == "center" || l == "xy":
			if xy == "" {
				xy = d.numbers(k)
			}
		case l == "pts":
			for p := k + 1; p < int(d.nodes[k].next) && len(ends) < 3; p = int(d.nodes[p].next) {
				ends = append(ends, d.numbers(p))
			}
		case l == "uuid" || l == "tstamp" || l == "id":
			id = d.only(k)
		}
	}
	kids := d.nodes[i].next > uint32(i+1) && d.nodes[i+1].next < d.nodes[i].next
	switch {
	case len(atom) > 1 && atom[0] == '"' && len(atom) < 80 && kids:
		v := d.decode(atom)
		if head == "pin" || head == "pad" || head == "symbol" || head == "comment" {
			return head + " " + v, head + " *"
		}
		// What a property is called is what it means.
		if head == "property" || head == "field" {
			return head + " " + atom, head + " " + atom
		}
		return head + " " + atom, head + " *"
	case len(ends) == 2:
		return fmt.Sprintf("%s from %s to %s", head, ends[0], ends[1]), head + " *"
	case xy != "" && kids:
		return head + " at " + xy, head + " *"
	case id != "" && len(d.children(i)) > 1:
		return head + " " + id, head + " *"
	}
	return head, head
}

// property returns the value of the property of that name in list i.
func (d *doc) property(i int, name string) string {
	for k := i + 1; k < int(d.nodes[i].next); k = int(d.nodes[k].next) {
		if d.nodes[k].shape == scalar || d.label(k) != "property" {
			continue
		}
		first := k + 1
		if first < int(d.nodes[k].next) && d.nodes[first].shape == scalar && d.value(first) == name {
			if second := int(d.nodes[first].next); second < int(d.nodes[k].next) && d.nodes[second].shape == scalar {
				return d.value(second)
			}
		}
	}
	return ""
}

// only returns the single atom of a list.
func (d *doc) only(i int) string {
	if k := i + 1; int(d.nodes[i].next) == k+1 && d.nodes[k].shape == scalar {
		return d.value(k)
	}
	return ""
}

// numbers returns the first two atoms of a list as "x, y".
func (d *doc) numbers(i int) string {
	var n []string
	for k := i + 1; k < int(d.nodes[i].next) && len(n) < 2; k = int(d.nodes[k].next) {
		if d.nodes[k].shape != scalar {
			break
		}
		n = append(n, d.source(k))
	}
	return strings.Join(n, ", ")
}

// ordinal returns the 1-based place of node i among the children of parent
// that have its label.
func (d *doc) ordinal(i, parent int) (n, of int) {
	if parent < 0 {
		return 1, 1
	}
	for k := parent + 1; k < int(d.nodes[parent].next); k = int(d.nodes[k].next) {
		if d.nodes[k].label == d.nodes[i].label {
			of++
			if k <= i {
				n++
			}
		}
		if of > 10_000 && k > i {
			break
		}
	}
	return n, of
}

// jsonPhrase names a member by its key and an element by its number and what
// identifies it.
func (d *doc) jsonPhrase(i, parent int) (string, string) {
	if parent >= 0 && d.nodes[parent].shape == record {
		l := d.label(i)
		if l == "" {
			l = `""`
		}
		return l, l
	}
	n, _ := d.ordinal(i, parent)
	if id := d.name(i); id != "" {
		return fmt.Sprintf("item %d (%s)", n, id), "item *"
	}
	return fmt.Sprintf("item %d", n), "item *"
}

// names are what identifies an item, the surest first.
var names = []string{"ref", "reference", "Reference", "refdes", "designator", "Designator", "Ref", "name", "Name", "id", "key", "title", "path", "uuid", "number", "num", "pin", "code"}

// name returns what identifies an object: the value of its surest key.
func (d *doc) name(i int) string {
	if d.nodes[i].shape == scalar {
		return ""
	}
	best, rank := "", len(names)
	for k := i + 1; k < int(d.nodes[i].next); k = int(d.nodes[k].next) {
		if d.nodes[k].shape != scalar {
			continue
		}
		l := strings.TrimPrefix(d.label(k), "@")
		for r := range rank {
			if names[r] == l {
				if v := d.value(k); v != "" && len(v) < 60 {
					best, rank = v, r
				}
				break
			}
		}
	}
	return best
}

func (d *doc) xmlPhrase(i, parent int) (string, string) {
	l := d.label(i)
	switch {
	case strings.HasPrefix(l, "@"):
		return "attribute " + l[1:], "attribute " + l[1:]
	case l == "#text":
		return "text", "text"
	case l == "#comment":
		return "comment", "comment"
	}
	if id := d.name(i); id != "" {
		return fmt.Sprintf("%s %q", l, id), l + " *"
	}
	if n, of := d.ordinal(i, parent); of > 1 {
		return fmt.Sprintf("%s %d", l, n), l + " *"
	}
	return l, l
}

// short names an item in a list of items.
func (d *doc) short(i, parent int) string {
	switch {
	case d.format == csvFormat && d.nodes[i].shape == record:
		return d.value(i + 1)
	case d.nodes[i].shape == scalar && !(d.format == xmlFormat && strings.HasPrefix(d.label(i), "@")) && !(d.format == jsonFormat && d.label(i) != ""):
		return d.value(i)
	case d.format == jsonFormat && d.label(i) != "":
		return d.label(i)
	case d.format == jsonFormat:
		if id := d.name(i); id != "" {
			return id
		}
		return d.source(i)
	}
	w, _ := d.phrase(i, parent)
	return w
}
