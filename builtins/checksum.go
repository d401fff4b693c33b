package builtins

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starboard/kicad/project"
)

// Checksum has checksums, in hexadecimal.
//
//	checksum.sha256(x)  of a string or of bytes
//	checksum.tree(x)    of a tree, or of a dict of file names and texts: the
//	                    SHA-256 of the list that sha256sum would print
var Checksum = &starlarkstruct.Module{
	Name: "checksum",
	Members: starlark.StringDict{
		"sha256": starlark.NewBuiltin("checksum.sha256", checksumSHA256),
		"tree":   starlark.NewBuiltin("checksum.tree", checksumTree),
	},
}

func checksumSHA256(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpackArgs(b, args, kwargs, "x", &x); err != nil {
		return nil, err
	}
	var data []byte
	switch x := x.(type) {
	case starlark.String:
		data = []byte(x)
	case starlark.Bytes:
		data = []byte(x)
	default:
		return nil, fmt.Errorf("%s: got %s, want string or bytes", b.Name(), x.Type())
	}
	sum := sha256.Sum256(data)
	return starlark.String(hex.EncodeToString(sum[:])), nil
}

func checksumTree(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := unpackArgs(b, args, kwargs, "x", &x); err != nil {
		return nil, err
	}
	switch x := x.(type) {
	case *Tree:
		return starlark.String(x.tree.Checksum()), nil
	case *starlark.Dict:
		files := make(map[string][]byte, x.Len())
		for _, item := range x.Items() {
			name, ok := starlark.AsString(item[0])
			text, ok2 := starlark.AsString(item[1])
			if !ok || !ok2 {
				return nil, fmt.Errorf("%s: got a dict with %s and %s, want file names and texts", b.Name(), item[0].Type(), item[1].Type())
			}
			files[name] = []byte(text)
		}
		return starlark.String(project.NewTree(files).Checksum()), nil
	}
	return nil, fmt.Errorf("%s: got %s, want tree or dict", b.Name(), x.Type())
}
