// Package scripts holds the scripts that come with starboard, inside the
// binary: circuits to start from, and rules that scripts load.
package scripts

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed examples/*.star examples/*.lock rules/design.star rules/placement/*.star
//go:embed suites/*_test.star suites/*_test.lock suites/testdata
var files embed.FS

// Examples returns the names of the example circuits, sorted.
func Examples() []string {
	entries, err := files.ReadDir("examples")
	if err != nil {
		panic("scripts: " + err.Error()) // the folder is part of the binary
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".star"); ok {
			names = append(names, name)
		}
	}
	return names
}

// Example returns the text of an example circuit, and whether there is one of
// that name.
func Example(name string) (string, bool) {
	text, err := files.ReadFile(path.Join("examples", name+".star"))
	return string(text), err == nil
}

// Suite returns the suite of an example, with all that it needs to pass beside
// the example under another name: the suite itself, golden masters and locks, by
// the names of their files there. "tutorial" is a suite without an example.
func Suite(example, name string) (map[string]string, bool) {
	text, err := files.ReadFile(path.Join("suites", example+"_test.star"))
	if err != nil {
		return nil, false
	}
	suite := map[string]string{
		name + "_test.star": strings.ReplaceAll(string(text), `"../examples/`+example+`.star"`, `"`+name+`.star"`),
	}
	for from, to := range map[string]string{
		path.Join("suites", example+"_test.lock"): name + "_test.lock",
		path.Join("examples", example+".lock"):    name + ".lock",
	} {
		if text, err := files.ReadFile(from); err == nil {
			suite[to] = string(text)
		}
	}
	masters := path.Join("suites/testdata", example)
	if _, err := fs.Stat(files, masters); err != nil {
		return suite, true // it has none
	}
	err = fs.WalkDir(files, masters, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := files.ReadFile(file)
		suite[path.Join("testdata", name, strings.TrimPrefix(file, masters))] = string(text)
		return err
	})
	if err != nil {
		panic("scripts: " + err.Error()) // the folder is part of the binary
	}
	return suite, true
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
