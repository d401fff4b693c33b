package project

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"sync"
)

// A Tree is a set of files: names with / between folders, and contents. It is
// immutable.
type Tree struct {
	files map[string][]byte
	names []string
	sums  func() []byte
	plain []string
}

// NewTree returns the tree of the given files, which the caller must not
// modify from then on.
func NewTree(files map[string][]byte) *Tree {
	t := &Tree{files: files, names: slices.Sorted(maps.Keys(files))}
	t.sums = sync.OnceValue(t.list)
	return t
}

// withSums returns the tree with its own list of checksums among the files,
// which is the list of that tree too.
func (t *Tree) withSums() *Tree {
	t.files[Sums] = t.SHA256SUMS()
	return &Tree{t.files, slices.Sorted(maps.Keys(t.files)), t.sums, t.plain}
}

// Names returns the names of the files in plain order.
func (t *Tree) Names() []string { return t.names }

// Plain returns the paths of the sheets that are drawn in the plain way, every
// pin with its own label, because the drawing that was wanted would have joined
// what the circuit does not.
func (t *Tree) Plain() []string { return t.plain }

// File returns the content of a file, which must not be modified.
func (t *Tree) File(name string) ([]byte, bool) {
	b, ok := t.files[name]
	return b, ok
}

// Sums is the name of the file that lists the checksums of the others.
const Sums = "SHA256SUMS"

// SHA256SUMS returns the list of checksums that sha256sum -c takes. It must not
// be modified.
func (t *Tree) SHA256SUMS() []byte { return t.sums() }

func (t *Tree) list() []byte {
	var b strings.Builder
	for _, name := range t.names {
		if name == Sums {
			continue
		}
		sum := sha256.Sum256(t.files[name])
		b.WriteString(hex.EncodeToString(sum[:]) + "  " + name + "\n")
	}
	return []byte(b.String())
}

// Checksum returns the SHA-256 of the list of checksums, in hexadecimal: equal
// for trees with the same names and contents.
func (t *Tree) Checksum() string {
	sum := sha256.Sum256(t.SHA256SUMS())
	return hex.EncodeToString(sum[:])
}
