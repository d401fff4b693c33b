package suite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"starboard/engine/suite"
)

func runBench(b *testing.B, dir string, want int) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		r, err := suite.Run(b.Context(), suite.Options{Dir: dir, Root: dir})
		if err != nil {
			b.Fatal(err)
		}
		if r.Totals.Passed != want || r.Totals.All() != want {
			b.Fatalf("totals = %+v, want %d passed", r.Totals, want)
		}
	}
}

func BenchmarkTrivial10000(b *testing.B) {
	var s strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&s, "def test_%05d(t):\n    t.eq(%d + 1, %d)\n\n", i, i, i+1)
	}
	dir := b.TempDir()
	write(b, filepath.Join(dir, "trivial_test.star"), s.String())
	runBench(b, dir, 10_000)
}

// Each scenario builds a project of 20 parts and compares it with its golden
// master.
func BenchmarkProjects1000(b *testing.B) {
	var s strings.Builder
	s.WriteString(`
def ladder(n):
    c = circuit("ladder")
    gnd = c.power("GND")
    last = c.net("IN")
    for i in range(n // 2):
        next = c.net("N%d" % i)
        c.part("Device:R", value = "1k", pins = {1: last, 2: next})
        c.part("Device:C", value = "100n", pins = {1: next, 2: gnd})
        last = next
    return c
`)
	for i := range 1000 {
		fmt.Fprintf(&s, "def test_%04d(t):\n    t.golden(\"ladder\", kicad.project(ladder(20)))\n\n", i)
	}
	dir := b.TempDir()
	write(b, filepath.Join(dir, "ladder_test.star"), s.String())
	if _, err := suite.Run(b.Context(), suite.Options{Dir: dir, Root: dir, Update: true}); err != nil {
		b.Fatal(err)
	}
	runBench(b, dir, 1000)
}

func write(tb testing.TB, file, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		tb.Fatal(err)
	}
}
