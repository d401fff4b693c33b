package diff_test

import (
	"encoding/json"
	"io"
	"testing"

	"starboard/kicad/diff"
	"starboard/kicad/internal/memtest"
	"starboard/kicad/internal/mutate"
)

// Whatever two files hold, comparing them ends; a file is equal to itself, and
// the changes one way are as many as those the other way.
func FuzzTexts(f *testing.F) {
	text := base(f)
	f.Add(text, text)
	f.Add(text, "")
	f.Add(`(export (version "E"))`, `{}`)
	f.Fuzz(bothWays)
}

// FuzzEdits is FuzzTexts with two schematics, made out of one.
func FuzzEdits(f *testing.F) {
	text := base(f)
	f.Add([]byte{0, 0, 9, 0, 9}, []byte{4, 0, 30, 0, 30})
	f.Fuzz(func(t *testing.T, a, b []byte) { bothWays(t, mutate.Edit(text, a), mutate.Edit(text, b)) })
}

func bothWays(t *testing.T, a, b string) {
	var c *diff.Changes
	var err error
	memtest.Bound(t, len(a)+len(b), func() { c, err = diff.Texts("x.kicad_sch", a, b) })
	if err != nil {
		return
	}
	back, err := diff.Texts("x.kicad_sch", b, a)
	if err != nil {
		t.Fatal(err)
	}
	if c.Equal != back.Equal || len(c.Parts) != len(back.Parts) || len(c.Sheets) != len(back.Sheets) {
		t.Errorf("one way:\n%sthe other way:\n%s", diff.Text(c), diff.Text(back))
	}
	if same, err := diff.Texts("x.kicad_sch", a, a); err != nil || !same.Equal {
		t.Errorf("compared with itself: %v\n%s", err, diff.Text(same))
	}
	if _, err := json.Marshal(c); err != nil {
		t.Error(err)
	}
	if err := diff.Print(io.Discard, c, true); err != nil {
		t.Error(err)
	}
}
