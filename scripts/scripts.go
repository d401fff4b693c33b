// Package scripts holds the scripts that come with starboard, inside the
// binary: circuits to start from.
package scripts

import (
	"embed"
	"path"
	"strings"
)

//go:embed examples/*.star
var files embed.FS

// Examples returns the names of the example circuits, sorted.
func Examples() []string {
	entries, err := files.ReadDir("examples")
	if err != nil {
		panic("scripts: " + err.Error()) // the folder is part of the binary
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".star"))
	}
	return names
}

// Example returns the text of an example circuit, and whether there is one of
// that name.
func Example(name string) (string, bool) {
	text, err := files.ReadFile(path.Join("examples", name+".star"))
	return string(text), err == nil
}
