package engine_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/engine"
)

// What is in the usual layout stays as it is, and the examples are.
func TestFormatIsFixedPoint(t *testing.T) {
	files, err := filepath.Glob("../scripts/*/*.star")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		once, err := engine.Format(f, src)
		if err != nil {
			t.Fatal(err)
		}
		twice, err := engine.Format(f, once)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(once), string(twice)); diff != "" {
			t.Errorf("%s: formatting again changes it (-once +twice):\n%s", f, diff)
		}
	}
}

func TestFormat(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"quotes and spaces", "x={'a':1,\"b\":[ 2,3 ]}\n", "x = {\"a\": 1, \"b\": [2, 3]}\n"},
		{"defaults", "def f(a=1,*,b = 2):pass\n", "def f(a = 1, *, b = 2):\n    pass\n"},
		{"comments stay", "# top\nx = 1 # side\n\n\n# end\n", "# top\nx = 1  # side\n\n# end\n"},
		{"one line stays one", "c.part(\"Device:R\", pins = {1: a, 2: b})\n", "c.part(\"Device:R\", pins = {1: a, 2: b})\n"},
		{"an open list", "x = [\n  1,\n  2]\n", "x = [\n    1,\n    2,\n]\n"},
		{"names stay in their order", "x = {\"b\": 1, \"a\": 2}\nf(z = 1, a = 2)\n", "x = {\"b\": 1, \"a\": 2}\nf(z = 1, a = 2)\n"},
		{"empty", "", ""},
	} {
		got, err := engine.Format("x.star", []byte(tt.src))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
