package mutate_test

import (
	"testing"

	"starboard/kicad/internal/mutate"
)

func TestEdit(t *testing.T) {
	const text = `(a (b "x y" 1) c)` // nodes: root, a, (b "x y" 1), b, "x y", 1, c
	for _, tt := range []struct {
		name    string
		program []byte
		want    string
	}{
		{"nothing", nil, text},
		{"half an instruction", []byte{0, 0, 1}, text},
		{"remove a list", []byte{0, 0, 1, 0, 0}, `(a  c)`},
		{"double an atom", []byte{1, 0, 3, 0, 0}, `(a (b "x y" "x y" 1) c)`},
		{"copy over another", []byte{2, 0, 5, 0, 1}, `(a (b "x y" 1) (b "x y" 1))`},
		{"copy behind another", []byte{3, 0, 2, 0, 5}, `(a (b c "x y" 1) c)`},
		{"another word", []byte{4, 0, 4, 0, 13}, `(a (b "x y" 0) c)`},
		{"another head", []byte{4, 0, 1, 0, 13}, `(a (0 b "x y" 1) c)`},
		{"a list around", []byte{5, 0, 5, 0, 13}, `(a (b "x y" 1) (0 c))`},
		{"two", []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, `(  c)`},
	} {
		if got := mutate.Edit(text, tt.program); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}
