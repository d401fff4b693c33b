package sexpr

// formatTable prints a library table, which KiCad lays out by itself: each
// row on a line, its lists side by side.
func formatTable(root Node) []byte {
	out := append([]byte{'('}, root.Head()...)
	first := true
	for k := range root.All() {
		if first {
			first = false
			continue
		}
		out = append(out, "\n  "...)
		out = appendRow(out, k, 0)
	}
	return append(out, "\n)\n"...)
}

// rowDepth is deeper than the lists of any row nest.
const rowDepth = 8

// appendRow appends a node on one line: a space between a list's atoms and
// before its first list, none between lists. What nests deeper than any row
// does is printed as it was.
func appendRow(dst []byte, n Node, depth int) []byte {
	if !n.IsList() || depth > rowDepth {
		return append(dst, n.Source()...)
	}
	dst = append(dst, '(')
	afterList, first := false, true
	for k := range n.All() {
		if !first && !(afterList && k.IsList()) {
			dst = append(dst, ' ')
		}
		first, afterList = false, k.IsList()
		dst = appendRow(dst, k, depth+1)
	}
	return append(dst, ')')
}
