package builtins_test

import (
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starboard/builtins"
)

// names returns the names that a doc has.
func names(d builtins.Doc) []string {
	var all []string
	for _, m := range d.Members {
		all = append(all, m.Names...)
	}
	return all
}

func docs(t *testing.T) map[string]builtins.Doc {
	t.Helper()
	list, err := builtins.Docs()
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]builtins.Doc{}
	for _, d := range list {
		if _, twice := byName[d.Name]; twice {
			t.Errorf("%s is documented twice", d.Name)
		}
		byName[d.Name] = d
		for _, m := range d.Members {
			if m.Text == "" {
				t.Errorf("doc of %s: there is nothing about %s", d.Name, m.Usage)
			}
		}
	}
	return byName
}

// compare wants the same names in a doc and in what it is about.
func compare(t *testing.T, what string, d builtins.Doc, have []string) {
	t.Helper()
	documented := names(d)
	for _, n := range have {
		if !slices.Contains(documented, n) {
			t.Errorf("%s has %s, which its doc comment does not tell of", what, n)
		}
	}
	for _, n := range documented {
		if n != "" && n != d.Name && !slices.Contains(have, n) {
			t.Errorf("the doc comment of %s tells of %s, which it does not have", what, n)
		}
	}
}

func TestModulesAreDocumented(t *testing.T) {
	all := docs(t)
	var predeclared []string
	for name, v := range builtins.Predeclared() {
		if _, language := starlark.Universe[name]; language {
			continue
		}
		predeclared = append(predeclared, name)
		m, ok := v.(*starlarkstruct.Module)
		if !ok || name == "json" || name == "math" { // of the interpreter
			continue
		}
		compare(t, name, all[name], m.Members.Keys())
		for member, fn := range m.Members {
			if b, ok := fn.(*starlark.Builtin); ok && b.Name() != name+"."+member {
				t.Errorf("%s.%s calls itself %s in its messages", name, member, b.Name())
			}
		}
	}
	compare(t, "a script", all["names"], predeclared)
}

func TestValuesAreDocumented(t *testing.T) {
	all := docs(t)
	globals := execute(t, "values.star", `
c = circuit("c")
n = c.net("N")
p = c.part("Device:R", pins = {1: n})
sheets = []
c.layout(sheets.append)
values = [guard("g", len, len), c, n, p, p[1], kicad.project(c), timing.measure(lambda: 1, 1)] + sheets
`)
	reached := map[string]bool{"scenario": true, "process": true, "benchmark": true} // which a runner makes
	compare(t, "benchmark", all["benchmark"], (&builtins.B{}).AttrNames())
	compare(t, "scenario", all["scenario"], (&builtins.T{}).AttrNames())
	list := globals["values"].(*starlark.List)
	for i := range list.Len() {
		v := list.Index(i).(starlark.HasAttrs)
		reached[v.Type()] = true
		attrs := v.AttrNames()
		if !slices.IsSorted(attrs) {
			t.Errorf("%s: attributes are not sorted: %q", v.Type(), attrs)
		}
		compare(t, v.Type(), all[v.Type()], attrs)
		for _, name := range attrs {
			if a, err := v.Attr(name); a == nil || err != nil {
				t.Errorf("%s.%s: got %v, %v", v.Type(), name, a, err)
			}
		}
		if a, err := v.Attr("nonsense"); a != nil || err != nil {
			t.Errorf("%s.nonsense: got %v, %v, want nothing", v.Type(), a, err)
		}
	}
	types, err := builtins.ValueTypes()
	if err != nil {
		t.Fatal(err)
	}
	for name := range types {
		if !reached[name] && !strings.HasPrefix(name, "kicad.") {
			t.Errorf("this test has no value of type %s", name)
		}
	}
	if len(types) < 5 {
		t.Errorf("only %d types were found", len(types))
	}
}
