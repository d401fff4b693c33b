package scripts_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"starboard/engine/suite/suitetest"
	"starboard/scripts"
)

// TestRules runs the suite of the design rules, and makes sure that they can be
// loaded and that the beginning of their file tells of each.
func TestRules(t *testing.T) {
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	if r := suitetest.Run(t, root, "rules"); r.Totals.Passed < 20 {
		t.Errorf("got %d scenarios, want at least 20", r.Totals.Passed)
	}
	placement := 0
	for _, name := range scripts.ShippedNames() {
		text, ok := scripts.Shipped(name)
		if !ok || !strings.HasPrefix(text, `"""`) {
			t.Errorf("%s cannot be loaded, or does not begin with what it is for", name)
		}
		if strings.HasSuffix(name, "_test.star") {
			t.Errorf("%s can be loaded, want rules only", name)
		}
		if strings.Contains(name, "/placement/") {
			placement++
		}
	}
	if placement < 6 {
		t.Errorf("got %d placement rules, want at least 6", placement)
	}
	rules, ok := scripts.Shipped("@starboard/rules/design.star")
	if !ok {
		t.Fatal("the design rules cannot be loaded")
	}
	if _, ok := scripts.Shipped("@starboard/examples/divider.star"); ok {
		t.Error("an example can be loaded, want rules only")
	}
	if names := scripts.ShippedNames(); !slices.Contains(names, "@starboard/rules/design.star") {
		t.Errorf("ShippedNames() = %q, want the design rules in it", names)
	}
	_, table, _ := strings.Cut(rules, "RULES = {\n")
	table, _, _ = strings.Cut(table, "}")
	head, _, _ := strings.Cut(rules, `"""`+"\n\n# Fields")
	for line := range strings.Lines(table) {
		name := strings.Split(line, `"`)[1]
		if !strings.Contains(head, "\n    "+name+"(c") {
			t.Errorf("the beginning of the file does not tell of rule %s", name)
		}
	}
}
