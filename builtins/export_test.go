package builtins

import "starboard/kicad/project"

// NewTree returns files as a value.
func NewTree(t *project.Tree) *Tree { return &Tree{t} }

// ValueTypes returns the Starlark types of the values of this package that
// have attributes or elements, as its source says.
func ValueTypes() (map[string]bool, error) {
	r, err := readSources()
	if err != nil {
		return nil, err
	}
	types := map[string]bool{}
	for goType, name := range r.types {
		if r.rich[goType] {
			types[name] = true
		}
	}
	return types, nil
}

// SourceOf returns the lines of a script that give the variable c the circuit.
func SourceOf(c *Circuit) []string {
	w := newSourceWriter()
	w.assign("c", c)
	return w.lines
}

// SomeSymbols are those that generators draw from by themselves.
var SomeSymbols = someSymbols
