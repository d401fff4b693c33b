package scripts_test

import (
	"slices"
	"strings"
	"testing"

	"starboard/scripts"
)

func TestExamples(t *testing.T) {
	names := scripts.Examples()
	for _, want := range []string{"blinky", "divider", "esp32c6", "octo", "atmega328p"} {
		if !slices.Contains(names, want) {
			t.Errorf("there is no example %s", want)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("Examples() = %q, want them sorted", names)
	}
	for _, name := range names {
		text, ok := scripts.Example(name)
		if !ok || !strings.Contains(text, "def main(") {
			t.Errorf("example %s has no main", name)
		}
	}
	if _, ok := scripts.Example("../scripts"); ok {
		t.Error("what is no example was found")
	}
}
