package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// block returns the first block of code in the section of the README with that
// heading whose first line begins like that.
func block(t *testing.T, readme, heading, kind, begin string) string {
	t.Helper()
	_, section, ok := strings.Cut(readme, "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("the README has no section %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	_, text, ok := strings.Cut(section, "\n```"+kind+"\n"+begin)
	if !ok {
		t.Fatalf("the section %q has no %s block that begins with %q", heading, kind, begin)
	}
	text, _, ok = strings.Cut(text, "```\n")
	if !ok {
		t.Fatalf("the block %q of section %q does not end", begin, heading)
	}
	return begin + text
}

// TestReadmeSuite runs the suite of the README on the script of the README, and
// wants of a mistake in it what the README prints.
func TestReadmeSuite(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := strings.ReplaceAll(string(text), "\r\n", "\n")
	script := block(t, readme, "A script", "python", "# divider.star\n")
	scenarios := block(t, readme, "Scenario suites", "python", `load("divider.star"`)
	printed := block(t, readme, "Scenario suites", "console", "$ starboard test\n")

	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) (string, error) {
		t.Helper()
		out, err := command(t, dir, nil, append([]string{"test", "--no-journal"}, args...)...).CombinedOutput()
		return string(out), err
	}
	write("divider.star", script)
	write("divider_test.star", scenarios)
	if out, err := run("--update"); err != nil {
		t.Fatalf("the suite does not pass: %v\n%s", err, out)
	}
	out, err := run()
	if err != nil || !regexp.MustCompile(`^ok   4 scenarios in 1 suite, .*\n$`).MatchString(out) {
		t.Fatalf("got %v, %q, want that 4 scenarios pass", err, out)
	}

	wrong := strings.Replace(scenarios, "len(c.parts), 3", "len(c.parts), 4", 1)
	if wrong == scenarios {
		t.Fatal("the suite does not count the parts, which what is printed is about")
	}
	write("divider_test.star", wrong)
	out, _ = run()
	got := "$ starboard test\n" + times.ReplaceAllString(out, "TIME")
	if want := times.ReplaceAllString(printed, "TIME"); got != want {
		t.Errorf("got:\n%swant, as the README prints it:\n%s", got, want)
	}
}
