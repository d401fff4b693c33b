package builtins_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"

	"starboard/builtins"
)

const boards = `
def board(value = "10k", more = False, mpn = "A1"):
    c = circuit("board")
    out, gnd = c.net("OUT"), c.power("GND")
    c.part("Device:R", name = "r", value = value, pins = {1: out, 2: gnd}, fields = {"MPN": mpn})
    if more:
        c.part("Device:C", name = "c", value = "1u", pins = {1: out, 2: gnd})
    return c

old, new, more, marked = [board(), board("4k7"), board(more = True), board(mpn = "B2")]
sheet, sheet2 = kicad.schematic(old), kicad.schematic(new)
anew = sheet.replace('(uuid "', '(uuid "0').replace('(uuid "00', '(uuid "0')
net, net2, json_net, json_net2 = kicad.netlist(old), kicad.netlist(new), kicad.json_netlist(old), kicad.json_netlist(new)
project, project2, project3, project4 = [kicad.project(c) for c in [old, new, more, marked]]
`

// Files of KiCad are compared in words, before any line of them.
func TestFileDifferences(t *testing.T) {
	globals := execute(t, "boards.star", boards)
	text := func(name string) map[string]string {
		s, ok := starlark.AsString(globals[name])
		if !ok {
			t.Fatalf("%s is no text", name)
		}
		return map[string]string{"": s}
	}
	tree := func(name string) map[string]string {
		files := map[string]string{}
		tr := globals[name].(*builtins.Tree).Files()
		for _, n := range tr.Names() {
			content, _ := tr.File(n)
			files[n] = string(content)
		}
		return files
	}
	broken := tree("project2")
	broken["board.kicad_sch"] = "(kicad_sch"
	for _, tt := range []struct {
		name      string
		got, want map[string]string
		words     []string // before the first line of a file
	}{
		{"schematic", text("sheet2"), text("sheet"), []string{"R1: value 10k → 4k7"}},
		{"netlist", text("net2"), text("net"), []string{"R1: value 10k → 4k7"}},
		{"JSON netlist", text("json_net2"), text("json_net"), []string{"R1: value 10k → 4k7"}},
		{"project", tree("project2"), tree("project"), []string{"R1: value 10k → 4k7"}},
		{"part", tree("project3"), tree("project"), []string{"C1: added (1u, Device:C, sheet /)", "net /OUT: + C1.1", "net GND: + C1.2"}},
		{"field", tree("project4"), tree("project"), []string{"R1: field MPN A1 → B2"}},
		{"broken schematic", broken, tree("project"), []string{"R1: value 10k → 4k7"}},
		{"broken text", map[string]string{"": "(kicad_sch"}, text("sheet"), nil},
		{"other text", map[string]string{"": "a"}, map[string]string{"": "b"}, nil},
		{"equal", tree("project"), tree("project"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			detail := builtins.FileDifferences(tt.got, tt.want)
			var words []string
			for line := range strings.Lines(detail) {
				if strings.HasPrefix(line, "@@") || strings.Contains(line, ": differs (") {
					break
				}
				if !strings.Contains(line, ".kicad_sch: ") { // what is only drawn
					words = append(words, strings.TrimSpace(line))
				}
			}
			if diff := cmp.Diff(tt.words, words); diff != "" {
				t.Errorf("words differ (-want +got):\n%s\nof\n%s", diff, detail)
			}
			if (detail == "") != (tt.name == "equal") {
				t.Errorf("got difference %q", detail)
			}
		})
	}
	if detail := builtins.FileDifferences(text("anew"), text("sheet")); !strings.HasPrefix(detail, "nothing changed but identities") {
		t.Errorf("other identities give\n%.300s", detail)
	}
}
