package netlist_test

import (
	"fmt"
	"testing"

	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/netlist"
)

// Texts as they stand in a file, what KiCad shows for them, and the net that
// a label with them names.
var escapes = []struct{ file, shown, net string }{
	{"VOUT", "VOUT", "VOUT"},
	{"a/b", "a/b", "a{slash}b"},
	{"a{slash}b", "a/b", "a{slash}b"},
	{"/a//b", "/a//b", "{slash}a{slash}{slash}b"},
	{"{backslash}{brace}{lt}{gt}{colon}", `\{<>:`, `\{<>:`},
	{"{dblquote}{quote}{bar}{comma}{dollar}.", `"'|,$.`, `"'|,$.`},
	{"a{space}b{tab}c", "a b\tc", "a b\tc"},
	{"a{return}b", "a\nb", "ab"},
	{"a\nb\rc", "a\nb\rc", "abc"},
	{` \"<>:|'*?&%$#@;=()[]!^~,`, ` \"<>:|'*?&%$#@;=()[]!^~,`, ` \"<>:|'*?&%$#@;=()[]!^~,`},
	{"{", "{", "{"},
	{"{}", "{}", "{}"},
	{"a}b", "a}b", "a}b"},
	{"a{b}c", "a{b}c", "a{b}c"},
	{"{LT}{ lt}{lt }{amp}{tilde}", "{LT}{ lt}{lt }{amp}{tilde}", "{LT}{ lt}{lt }{amp}{tilde}"},
	{"{lt", "{lt", "{lt"},
	{"{{lt}", "{<", "{<"},
	{"{lt{gt}}", "{lt>}", "{lt>}"},
	{"{a{lt}b}", "{a<b}", "{a<b}"},
	{"{{slash}}", "{/}", "{{slash}}"},
	{"{brace}lt}", "{lt}", "{lt}"},
	{"{brace}slash}", "{slash}", "{slash}"},
	{"~{RST}", "~{RST}", "~{RST}"},
	{"~{a/b}", "~{a/b}", "~{a{slash}b}"},
	{"~{lt}^{lt}_{lt}${lt}", "~{lt}^{lt}_{lt}${lt}", "~{lt}^{lt}_{lt}${lt}"},
	{"~{a{lt}b}", "~{a<b}", "~{a<b}"},
	{"~{~{lt}}", "~{~{lt}}", "~{~{lt}}"},
	{"~{slash}", "~{slash}", "~{slash}"},
	{"~/a", "~/a", "~{slash}a"},
	{"~{x{lt}", "~{x<", "~{x<"},
	{"${NOPE}", "${NOPE}", "${NOPE}"},
	{"x{dollar}{lt}", "x$<", "x$<"},
	{"@{lt}", "@<", "@<"},
	{"é{slash}Ω", "é/Ω", "é{slash}Ω"},
}

func TestEscapes(t *testing.T) {
	for _, tt := range escapes {
		if got := netlist.Unescape(tt.file); got != tt.shown {
			t.Errorf("Unescape(%q) = %q, want %q", tt.file, got, tt.shown)
		}
		if got := netlist.Escape(tt.shown); got != tt.net {
			t.Errorf("Escape(%q) = %q, want %q", tt.shown, got, tt.net)
		}
		if text := netlist.LabelText(tt.shown); netlist.Unescape(text) != tt.shown {
			t.Errorf("Unescape(%q) = %q, want %q, which it was made from", text, netlist.Unescape(text), tt.shown)
		}
	}
}

func TestLabelText(t *testing.T) {
	for _, tt := range []struct{ shown, want string }{
		{"VOUT", "VOUT"}, {"a/b", "a{slash}b"}, {"~{a/b}", "~{a{slash}b}"}, {"{slash}", "{brace}slash}"},
		{"{x}", "{x}"}, {"~{lt}", "~{lt}"}, {"~/", "~/"}, {"a\nb", "a{return}b"}, {"{{lt}", "{{brace}lt}"},
	} {
		if got := netlist.LabelText(tt.shown); got != tt.want {
			t.Errorf("LabelText(%q) = %q, want %q", tt.shown, got, tt.want)
		}
	}
}

// KiCad names the nets of labels, as they are and as LabelText writes what
// they show, as the table says.
func TestEscapesAreKiCads(t *testing.T) {
	kicadtest.Require(t)
	var s bench
	want := make(map[string]string) // by reference
	for i, tt := range escapes {
		// What stands around the text keeps the nets apart.
		for k, text := range []string{tt.file, netlist.LabelText(tt.shown)} {
			for l, kind := range []string{"label", "global_label"} {
				ref := fmt.Sprintf("R%d", 1000*(2*k+l+1)+i)
				s.add(ref, kind, ref+"-"+text+"|")
				want[ref] = []string{"/", ""}[l] + ref + "-" + tt.net + "|"
			}
		}
	}
	checked := 0
	for _, net := range s.export(t).Nets {
		for _, node := range net.Nodes {
			if node.Pin != "1" {
				continue
			}
			checked++
			if net.Name != want[node.Ref] {
				t.Errorf("KiCad's net of %s is %q, want %q", node.Ref, net.Name, want[node.Ref])
			}
		}
	}
	if checked != len(want) {
		t.Errorf("KiCad has %d nets, want %d", checked, len(want))
	}
}

func FuzzLabelText(f *testing.F) {
	for _, tt := range escapes {
		f.Add(tt.shown)
	}
	f.Fuzz(func(t *testing.T, shown string) {
		if text := netlist.LabelText(shown); netlist.Unescape(text) != shown {
			t.Errorf("LabelText(%q) = %q, which shows %q", shown, text, netlist.Unescape(text))
		}
	})
}
