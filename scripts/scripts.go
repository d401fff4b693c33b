// Package scripts holds the scripts that come with starboard, inside the
// binary: circuits to start from, and rules that scripts load.
package scripts

import (
	"embed"
	"path"
	"slices"
	"strings"
)

//go:embed examples/*.star rules/design.star rules/placement/*.star
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

// Prefix begins the names by which a script loads those that come with
// starboard, as in load("@starboard/rules/design.star", "design").
const Prefix = "@starboard/"

// Shipped returns the text of a script that can be loaded, by its name with
// the [Prefix], and whether there is one of that name.
func Shipped(name string) (string, bool) {
	file, ok := strings.CutPrefix(name, Prefix)
	if !ok || !strings.HasPrefix(file, "rules/") || strings.HasSuffix(file, "_test.star") {
		return "", false
	}
	text, err := files.ReadFile(file)
	return string(text), err == nil
}

// ShippedNames returns the names that can be loaded, sorted.
func ShippedNames() []string {
	var names []string
	for _, dir := range []string{"rules", "rules/placement"} {
		entries, err := files.ReadDir(dir)
		if err != nil {
			panic("scripts: " + err.Error()) // the folder is part of the binary
		}
		for _, e := range entries {
			if !e.IsDir() && !strings.HasSuffix(e.Name(), "_test.star") {
				names = append(names, path.Join(Prefix+dir, e.Name()))
			}
		}
	}
	slices.Sort(names)
	return names
}
