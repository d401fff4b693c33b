package difference

import (
	"bytes"
	"slices"
)

// Compare says where and in what the files of two sides differ. The files and
// facts are only read.
func Compare(a, b Side, o Options) *Result {
	r := &Result{Identical: len(a.Files) == len(b.Files)}
	for name, data := range a.Files {
		other, ok := b.Files[name]
		if !ok || !bytes.Equal(data, other) {
			r.Identical = false
			r.Differences = append(r.Differences, Difference{File: name, Kind: Content})
		}
	}
	slices.SortFunc(r.Differences, func(x, y Difference) int { return bytes.Compare([]byte(x.File), []byte(y.File)) })
	return r
}
