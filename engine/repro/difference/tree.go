package difference

import (
	"hash/maphash"
	"slices"
	"strings"
)

// A doc is a file read as a tree: nodes in the order of the text, each
// followed by all that it contains.
type doc struct {
	format format
	text   string
	nodes  []node
	labels *labels

	values map[int]string // of nodes whose value is not simply their text
	lines  []int          // offsets of the beginnings of lines, made when first needed
	coarse [2][]uint64    // hashes of nodes with volatile tokens set aside; 0 is not made yet
	facts  *facts
}

type format uint8

const (
	textFormat format = iota
	sexprFormat
	jsonFormat
	xmlFormat
	csvFormat
	binaryFormat
)

// A shape says how the children of a node are paired.
type shape uint8

const (
	scalar shape = iota // no children
	list                // a sequence of items
	record              // children with labels of their own: an object, attributes, the cells of a row
)

// A node is text[start:end]; next is the index of the node after its last
// descendant.
type node struct {
	start, end, next uint32
	label            uint32 // in labels: head, key, tag, @attribute, column; 0 is none
	shape            shape
	hash             uint64
}

// labels numbers the labels of both documents of a comparison alike.
type labels struct {
	byName map[string]uint32
	names  []string
}

func newLabels() *labels { return &labels{map[string]uint32{"": 0}, []string{""}} }

func (l *labels) id(name string) uint32 {
	if id, ok := l.byName[name]; ok {
		return id
	}
	name = strings.Clone(name)
	id := uint32(len(l.names))
	l.byName[name] = id
	l.names = append(l.names, name)
	return id
}

// Hashes tell equal from different within one process; they reach no result.
var seed = maphash.MakeSeed()

func hashString(s string) uint64 { return maphash.String(seed, s) | 1 }

func mix(h, x uint64) uint64 {
	h = (h ^ x) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}

// open appends a node that close completes.
func (d *doc) open(start int, label uint32, s shape) int {
	d.nodes = append(d.nodes, node{start: uint32(start), label: label, shape: s})
	return len(d.nodes) - 1
}

// close ends node i at the offset end and hashes it.
func (d *doc) close(i, end int) {
	n := &d.nodes[i]
	n.end = uint32(end)
	n.next = uint32(len(d.nodes))
	h := mix(uint64(n.shape)+7, uint64(n.label))
	if n.shape == scalar {
		n.hash = mix(h, hashString(d.text[n.start:n.end])) | 1
		return
	}
	for k := i + 1; k < int(n.next); k = int(d.nodes[k].next) {
		h = mix(h, d.nodes[k].hash)
	}
	n.hash = h | 1
}

// leaf appends a node without children.
func (d *doc) leaf(start, end int, label uint32) int {
	i := d.open(start, label, scalar)
	d.close(i, end)
	return i
}

// setValue gives a node a value other than its text.
func (d *doc) setValue(i int, v string) {
	if d.values == nil {
		d.values = map[int]string{}
	}
	d.values[i] = v
}

// value returns the value of a scalar with quotes and escapes resolved.
func (d *doc) value(i int) string {
	if v, ok := d.values[i]; ok {
		return v
	}
	n := d.nodes[i]
	return d.decode(d.text[n.start:n.end])
}

func (d *doc) source(i int) string { return d.text[d.nodes[i].start:d.nodes[i].end] }

func (d *doc) label(i int) string { return d.labels.names[d.nodes[i].label] }

// children returns the indices of the children of node i.
func (d *doc) children(i int) []int {
	if d.nodes[i].shape == scalar {
		return nil
	}
	var kids []int
	for k := i + 1; k < int(d.nodes[i].next); k = int(d.nodes[k].next) {
		kids = append(kids, k)
	}
	return kids
}

// place returns the 1-based line and column of an offset.
func (d *doc) place(offset int) (line, col int) {
	if d.lines == nil {
		d.lines = append(d.lines, 0)
		for i := 0; ; {
			k := strings.IndexByte(d.text[i:], '\n')
			if k < 0 {
				break
			}
			i += k + 1
			d.lines = append(d.lines, i)
		}
	}
	k, found := slices.BinarySearch(d.lines, offset)
	if !found {
		k--
	}
	return k + 1, offset - d.lines[k] + 1
}

// rough returns a hash of node i in which what commonly differs from run to
// run counts as equal: at level 0 UUIDs, times, paths and random tokens, at
// level 1 numbers too.
func (d *doc) rough(i, level int) uint64 {
	if d.coarse[level] == nil {
		d.coarse[level] = make([]uint64, len(d.nodes))
	}
	if h := d.coarse[level][i]; h != 0 {
		return h
	}
	n := d.nodes[i]
	h := uint64(n.shape) + 3
	switch {
	case n.shape == scalar:
		h = mix(h, uint64(n.label))
		h = mix(h, d.facts.skeleton(d.value(i), level))
	default:
		// A key may itself be a UUID or a path.
		h = mix(h, d.facts.skeleton(d.label(i), level))
		for k := i + 1; k < int(n.next); k = int(d.nodes[k].next) {
			h = mix(h, d.rough(k, level))
		}
	}
	d.coarse[level][i] = h | 1
	return h | 1
}
