package font

// A Range is a block or span of the tables, opened for the test that
// measures them.
type Range struct{ First, Last rune }

func Blocks() (rs []Range) {
	for _, b := range blocks {
		rs = append(rs, Range{b.first, b.last})
	}
	return rs
}

func Spans() (rs []Range) {
	for _, s := range spans {
		rs = append(rs, Range{s.first, s.last})
	}
	return rs
}

// Glyph returns advance, left, right, top and bottom of a character.
func Glyph(r rune) [5]int {
	g := lookup(r)
	return [5]int{int(g.advance), int(g.left), int(g.right), int(g.top), int(g.bottom)}
}

const TableZero = tableZero
