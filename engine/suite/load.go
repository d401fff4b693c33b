package suite

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starboard/engine"
)

// A loaded is a suite after its file has been executed.
type loaded struct {
	file      file
	session   *engine.Session
	scenarios []scenario
	benches   []scenario // functions bench_*(b)
	result    *Result    // of a file that does not load
	wallNS    int64
	reads     bool   // it has read files that are no scripts
	corrected bool   // its questions about time were counted
	sum       string // checksum of what decides over the results, "" if that is not known
}

// A scenario is a function test_*(t).
type scenario struct {
	name string
	pos  syntax.Position
	fn   *starlark.Function
}

// collect sets the scenarios and benchmarks of a suite, in the order of the
// source. A name that is defined twice is an error: the first one would never
// run. So is a suite that has none.
func (l *loaded) collect(globals starlark.StringDict) error {
	f := l.file
	src, err := os.ReadFile(f.abs)
	if err != nil {
		return &engine.FileError{File: f.shown, Err: cause(err)}
	}
	tree, err := engine.Dialect.Parse(f.rel, src, 0)
	if err != nil {
		return err
	}
	defs := map[string]syntax.Position{}
	var twice error
	syntax.Walk(tree, func(n syntax.Node) bool {
		def, ok := n.(*syntax.DefStmt)
		if !ok {
			return true
		}
		name := def.Name.Name
		if first, again := defs[name]; again && kindOf(name) != "" && twice == nil {
			twice = &engine.ScriptError{Pos: def.Name.NamePos.String(), Msg: fmt.Sprintf("%s is defined in line %d already: that %s would never run", name, first.Line, kindOf(name))}
		}
		defs[name] = def.Name.NamePos
		return false // functions inside functions are no scenarios
	})
	if twice != nil {
		return twice
	}
	for _, name := range globals.Keys() {
		fn, ok := globals[name].(*starlark.Function)
		if !ok || kindOf(name) == "" {
			continue
		}
		pos, ok := defs[name]
		if !ok {
			pos = fn.Position()
		}
		if fn.NumParams() != 1 && !(fn.HasVarargs() && fn.NumParams() <= 2) {
			return &engine.ScriptError{Pos: pos.String(), Msg: fmt.Sprintf("%s takes %d parameters, want one: def %s(%s)", name, fn.NumParams(), name, name[:1])}
		}
		if s := (scenario{name, pos, fn}); kindOf(name) == "scenario" {
			l.scenarios = append(l.scenarios, s)
		} else {
			l.benches = append(l.benches, s)
		}
	}
	for _, list := range [][]scenario{l.scenarios, l.benches} {
		slices.SortFunc(list, func(a, b scenario) int {
			return cmp.Or(cmp.Compare(a.pos.Line, b.pos.Line), cmp.Compare(a.pos.Col, b.pos.Col), strings.Compare(a.name, b.name))
		})
	}
	if len(l.scenarios)+len(l.benches) == 0 {
		return &engine.ScriptError{Pos: f.rel, Msg: "there is no scenario: define a function test_SOMETHING(t)"}
	}
	return nil
}

// kindOf returns what a function of that name is, "" for nothing to run.
func kindOf(name string) string {
	switch {
	case strings.HasPrefix(name, "test_"):
		return "scenario"
	case strings.HasPrefix(name, "bench_"):
		return "benchmark"
	}
	return ""
}

// A reader is how scripts read files: see [builtins.Env].
type reader = func(from, path string, use func(files fs.FS, name string) error) error

// watchReads notes that files are read.
func watchReads(read reader, has *bool) reader {
	return func(from, path string, use func(files fs.FS, name string) error) error {
		*has = true
		return read(from, path, use)
	}
}

// goldenDir returns the folder of a suite's golden masters.
func (f file) goldenDir() string {
	return filepath.Join(filepath.Dir(f.abs), "testdata", strings.TrimSuffix(filepath.Base(f.abs), Suffix))
}
