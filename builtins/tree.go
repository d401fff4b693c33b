package builtins

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starboard/kicad/project"
)

// A Tree is a set of files as a value.
//
//	tree["divider.kicad_sch"]  the text of a file
//	tree.files                 the names, sorted
//	tree.sha256                the checksum of all names and texts
//	tree.plain                 the sheets that are drawn with a label at each pin
//	                           because nothing better says what the circuit says
//
// Iterating over a tree gives the names.
type Tree struct{ tree *project.Tree }

var (
	_ starlark.Mapping    = (*Tree)(nil)
	_ starlark.HasAttrs   = (*Tree)(nil)
	_ starlark.Sequence   = (*Tree)(nil)
	_ starlark.Comparable = (*Tree)(nil)
)

// Files returns the tree itself, for the engine.
func (t *Tree) Files() *project.Tree { return t.tree }

func (t *Tree) String() string {
	return fmt.Sprintf("tree(%d files, sha256 %s…)", len(t.tree.Names()), t.tree.Checksum()[:12])
}
func (t *Tree) Type() string          { return "tree" }
func (t *Tree) Truth() starlark.Bool  { return len(t.tree.Names()) > 0 }
func (t *Tree) Hash() (uint32, error) { return starlark.String(t.tree.Checksum()).Hash() }
func (t *Tree) Freeze()               {} // immutable
func (t *Tree) Len() int              { return len(t.tree.Names()) }

func (t *Tree) Iterate() starlark.Iterator {
	return tuple(t.tree.Names(), func(s string) starlark.Value { return starlark.String(s) }).Iterate()
}

func (t *Tree) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	return identical(op, t, t.tree.Checksum() == y.(*Tree).tree.Checksum())
}

func (t *Tree) Get(key starlark.Value) (starlark.Value, bool, error) {
	name, ok := starlark.AsString(key)
	if !ok {
		return nil, false, fmt.Errorf("a file of a tree is named by a string, got %s", key.Type())
	}
	text, ok := t.tree.File(name)
	if !ok {
		return nil, false, nil
	}
	return starlark.String(text), true, nil
}

func (t *Tree) Attr(name string) (starlark.Value, error) {
	switch name {
	case "files":
		return tuple(t.tree.Names(), func(s string) starlark.Value { return starlark.String(s) }), nil
	case "plain":
		return tuple(t.tree.Plain(), func(s string) starlark.Value { return starlark.String(s) }), nil
	case "sha256":
		return starlark.String(t.tree.Checksum()), nil
	}
	return nil, nil
}

func (t *Tree) AttrNames() []string { return []string{"files", "plain", "sha256"} }
