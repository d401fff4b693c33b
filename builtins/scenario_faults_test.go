package builtins_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"

	"starboard/builtins"
	"starboard/kicad/project"
)

// A fault changes a schematic as a mistake in the program would.
type fault struct {
	name  string
	spoil func(text string) string
}

var (
	placed  = regexp.MustCompile(`(?m)^\t\(symbol\n(?:\t\t.*\n)*\t\)\n`)
	turned  = regexp.MustCompile(`(\n\t\t\(at \S+ \S+ )90\)`)
	label   = regexp.MustCompile(`\((label|global_label|hierarchical_label) "([^"]*)"`)
	number  = regexp.MustCompile(`_[0-9]+"$`)
	ledPins = regexp.MustCompile(`(?s)\(symbol "Device:LED"\n.*?\n\t\t\)\n`)
)

// faults are those that a program such as this one has had, somewhere.
var faults = []fault{
	{"a quarter turn too far", func(text string) string {
		return placed.ReplaceAllStringFunc(text, func(s string) string { return turned.ReplaceAllString(s, "${1}180)") })
	}},
	{"a lost escape", func(text string) string {
		return label.ReplaceAllStringFunc(text, func(s string) string { return strings.ReplaceAll(s, "{slash}", "/") })
	}},
	{"swapped pins", func(text string) string {
		return ledPins.ReplaceAllStringFunc(text, func(s string) string {
			return strings.NewReplacer(`(number "1"`, `(number "2"`, `(number "2"`, `(number "1"`).Replace(s)
		})
	}},
	{"merged nets", func(text string) string {
		return label.ReplaceAllStringFunc(text, func(s string) string { return number.ReplaceAllString(s, `"`) })
	}},
	{"a dropped unit", func(text string) string {
		return placed.ReplaceAllStringFunc(text, func(s string) string {
			if strings.Contains(s, "\n\t\t(unit 2)\n") {
				return ""
			}
			return s
		})
	}},
}

// spoiled returns the names of scripts with a kicad.project that has the fault.
func spoiled(f fault) starlark.StringDict {
	names := builtins.Predeclared()
	members := starlark.StringDict{}
	for name, v := range builtins.KiCad.Members {
		members[name] = v
	}
	right := members["project"].(*starlark.Builtin)
	members["project"] = starlark.NewBuiltin("kicad.project", func(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := starlark.Call(th, right, args, kwargs)
		if err != nil {
			return nil, err
		}
		tree := v.(*builtins.Tree).Files()
		files := map[string][]byte{}
		for _, name := range tree.Names() {
			text, _ := tree.File(name)
			if strings.HasSuffix(name, ".kicad_sch") {
				text = []byte(f.spoil(string(text)))
			}
			files[name] = text
		}
		return builtins.NewTree(project.NewTree(files)), nil
	})
	names["kicad"] = &starlarkstruct.Module{Name: "kicad", Members: members}
	return names
}

// runScenario runs a function of a script as a scenario.
func runScenario(t *testing.T, th *starlark.Thread, globals starlark.StringDict, file, name string, host builtins.Host) *builtins.Scenario {
	t.Helper()
	host.Runs = func(string) bool { return true }
	host.Explain = func(err error) (string, bool) {
		if e, ok := err.(*starlark.EvalError); ok {
			return e.Msg, false
		}
		return err.Error(), false
	}
	host.Now = func() time.Time { return time.Unix(0, 0) }
	s := builtins.NewScenario(name, syntax.MakePosition(&file, 1, 1), &host)
	_, err := starlark.Call(th, globals[name], starlark.Tuple{s.T()}, nil)
	if err := s.End(err); err != nil {
		t.Fatal(err)
	}
	return s
}

var foundAfter = regexp.MustCompile(`found after ([0-9]+) examples?, made smaller in ([0-9]+) tr`)

// TestSeededFaults wants the shipped properties to find known faults soon, and
// to show them in a few parts.
func TestSeededFaults(t *testing.T) {
	const file = "../scripts/suites/properties_test.star"
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults { // without a fault, package scripts runs them
		t.Run(f.name, func(t *testing.T) {
			th := thread(t, new([]builtins.Section))
			o := &syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true}
			globals, err := starlark.ExecFileOptions(o, th, "properties_test.star", src, spoiled(f))
			if err != nil {
				t.Fatal(err)
			}
			for _, property := range []string{"test_drawing", "test_labels", "test_units"} {
				s := runScenario(t, th, globals, "properties_test.star", property, builtins.Host{})
				if len(s.Failures) == 0 {
					continue
				}
				detail := s.Failures[0].Detail
				m := foundAfter.FindStringSubmatch(detail)
				if m == nil {
					t.Fatalf("%s: %s\n%s", property, s.Failures[0].Msg, detail)
				}
				after, _ := strconv.Atoi(m[1])
				parts := strings.Count(detail, ".part(")
				t.Logf("%s: after %s examples, %s tries, %d parts: %s\n%s", property, m[1], m[2], parts, s.Failures[0].Msg, detail)
				if after >= 1000 || parts < 1 || parts > 5 {
					t.Errorf("%s found it after %d examples, in %d parts; want less than 1,000 and at most 5", property, after, parts)
				}
				rerun(t, f, s.Failures[0], property, src)
				return
			}
			t.Error("no property found it")
		})
	}
}

// rerun pastes the example that a failure shows into a scenario of its own,
// which must fail by itself where the fault is, and not where it is not.
func rerun(t *testing.T, f fault, failure builtins.Failure, property string, src []byte) {
	t.Helper()
	lines := strings.Split(failure.Detail, "\n")
	at := slices.IndexFunc(lines, func(s string) bool { return strings.HasPrefix(s, "the smallest example") })
	var body []string
	for _, l := range lines[at+1:] {
		if !regexp.MustCompile(`^ {4}\w+\(c = c\)$`).MatchString(l) { // a function inside of the scenario
			body = append(body, l)
		}
	}
	check := map[string]string{
		"test_drawing": "t.same_netlist(kicad.project(c), c)",
		"test_labels":  `[t.true(named_as(l[1])[1]) for s in schematics(kicad.project(c)) for l in heads(s, "label") + heads(s, "hierarchical_label") + heads(s, "global_label")]`,
	}[property]
	script := fmt.Sprintf("%s\ndef test_pasted(t):\n%s\n    %s\n", src, strings.Join(body, "\n"), check)
	for _, with := range []fault{f, {"none", func(s string) string { return s }}} {
		th := thread(t, new([]builtins.Section))
		o := &syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true}
		globals, err := starlark.ExecFileOptions(o, th, "pasted_test.star", script, spoiled(with))
		if err != nil {
			t.Fatalf("%v\n%s", err, script[len(src):])
		}
		s := runScenario(t, th, globals, "pasted_test.star", "test_pasted", builtins.Host{})
		if failed := len(s.Failures) > 0; failed != (with.name == f.name) {
			t.Errorf("the pasted example fails: %v, with the fault %q\n%s", failed, with.name, script[len(src):])
		}
	}
}

// TestForgottenLock wants the properties of references to fail, in a few steps,
// where a run forgets what the run before knew.
func TestForgottenLock(t *testing.T) {
	src, err := os.ReadFile("../scripts/suites/properties_test.star")
	if err != nil {
		t.Fatal(err)
	}
	const use = "c.annotate(lock = state.locks[-1])"
	if !strings.Contains(string(src), use) {
		t.Fatalf("the suite does not use a lock with %s", use)
	}
	th := thread(t, new([]builtins.Section))
	globals, err := run(th, "properties_test.star", []byte(strings.ReplaceAll(string(src), use, "pass")))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"test_named_parts_keep_what_they_have", "test_other_parts_keep_what_they_have"} {
		s := runScenario(t, th, globals, "properties_test.star", name, builtins.Host{})
		if len(s.Failures) == 0 {
			t.Fatalf("%s holds without a lock", name)
		}
		_, steps, _ := strings.Cut(s.Failures[0].Detail, "state = script()")
		t.Log(steps)
		if n := strings.Count(steps, "add"); n < 2 || n > 3 {
			t.Errorf("%s: shown with %d parts, want 2 or 3:\n%s", name, n, steps)
		}
	}
}
