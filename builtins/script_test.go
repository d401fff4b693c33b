package builtins_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarktest"
	"go.starlark.net/syntax"

	"starboard/builtins"
	"starboard/kicad/annotate"
	"starboard/kicad/stock"
	"starboard/kicad/symbol"
)

// set is the embedded symbols.
type set struct{}

func (set) Symbol(lib, name string) ([]byte, bool) { return stock.Symbol(lib, name) }
func (set) Names(lib string) []string              { return stock.Names(lib) }
func (set) Libraries() []string                    { return stock.Libraries() }

// thread returns one in which scripts can run. Its clock goes 1 ms a look.
func thread(t *testing.T, sections *[]builtins.Section) *starlark.Thread {
	path := symbol.NewPath(symbol.Source{Kind: symbol.Embedded, Set: set{}})
	clock := time.Unix(0, 0)
	env := &builtins.Env{
		Symbols:  path.Find,
		Has:      func(id string) bool { _, err := path.Find(id); return err == nil },
		Kind:     func(*symbol.Symbol) symbol.Kind { return symbol.Embedded },
		Known:    func(string) []annotate.Entry { return nil },
		Now:      func() time.Time { clock = clock.Add(time.Millisecond); return clock },
		Sections: sections,
		Measures: true,
	}
	th := &starlark.Thread{Name: t.Name(), Print: func(_ *starlark.Thread, msg string) { t.Log(msg) }}
	builtins.SetEnv(th, env)
	starlarktest.SetReporter(th, t)
	th.Load = func(parent *starlark.Thread, name string) (starlark.StringDict, error) {
		if name == "assert.star" {
			return starlarktest.LoadAssertModule()
		}
		src, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			return nil, err
		}
		return run(thread(t, sections), name, src)
	}
	return th
}

func run(th *starlark.Thread, name string, src []byte) (starlark.StringDict, error) {
	o := &syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true}
	return builtins.Exec(o, th, name, src)
}

// execute runs a script that must not fail.
func execute(t *testing.T, name, src string) starlark.StringDict {
	t.Helper()
	globals, err := run(thread(t, new([]builtins.Section)), name, []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return globals
}

// TestScripts runs the tests that are written in the language they test.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*_test.star")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := run(thread(t, new([]builtins.Section)), filepath.Base(f), src); err != nil {
				if e, ok := err.(*starlark.EvalError); ok {
					t.Fatal(e.Backtrace())
				}
				t.Fatal(err)
			}
		})
	}
}

func TestSections(t *testing.T) {
	var sections []builtins.Section
	_, err := run(thread(t, &sections), "s.star", []byte(`
def work(n, twice = False):
    for i in range(n): pass
    return n * 2 if twice else n
a = timing.section("outer", lambda: timing.section("inner", work, 10, twice = True))
b = timing.section("again", work, n = 20)
if (a, b) != (20, 20): fail(a, b)
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range sections {
		got = append(got, s.Name)
		if s.Wall <= 0 || s.Steps == 0 {
			t.Errorf("%s took %s and %d steps", s.Name, s.Wall, s.Steps)
		}
	}
	if len(got) != 3 || got[0] != "inner" || got[1] != "outer" || got[2] != "again" {
		t.Errorf("sections %q, want inner, outer, again", got)
	}
	if sections[1].Wall != 3*time.Millisecond || sections[1].Steps <= sections[0].Steps {
		t.Errorf("outer took %s, %d steps; inner %s, %d", sections[1].Wall, sections[1].Steps, sections[0].Wall, sections[0].Steps)
	}
	failed := len(sections)
	if _, err := run(thread(t, &sections), "s.star", []byte(`timing.section("fails", lambda: fail("x"))`)); err == nil || len(sections) != failed+1 {
		t.Errorf("a section that fails: got error %v and %d more sections, want it recorded", err, len(sections)-failed)
	}
}
