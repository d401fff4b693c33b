package engine_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/engine"
	"starboard/kicad/sexpr"
)

// lockScript has a place for an edit of every kind: parts that are alike and
// parts that are not, named nets and others, a loop, and sheets.
const lockScript = `
def r(c, a, b, value = "10k", **kwargs):
    return c.part("Device:R", value = value, pins = {1: a, 2: b} if b else {1: a}, **kwargs)

def stage(c, vin, vout, gnd, value):
    r(c, vin, vout, value)
    #sheet
    c.part("Device:C", value = "1n", pins = {1: vout, 2: gnd})

def main():
    c = circuit("lock")
    a, b, gnd = c.net("A"), c.net("B"), c.power("GND")
    #start
    c.part("Connector_Generic:Conn_01x03", ref = "J1", pins = {1: a, 2: b, 3: gnd})
    r(c, a, b, "1k")
    r(c, a, gnd)
    #between twins
    r(c, a, gnd)
    r(c, a, gnd)
    #middle
    last = r(c, b, None, "2k2")
    for value in ["100", "220", "470"]: #loop
        last = r(c, last[2], None, value)
    c.connect(last[2], gnd)
    for i in range(4): #count
        c.part("Device:C", value = "100n", pins = {1: a, 2: gnd})
    led = c.part("Device:LED", name = "status", value = "red", pins = {"K": gnd})
    r(c, a, led["A"], "330")
    c.sheet("S1", stage, vin = a, vout = b, gnd = gnd, value = "5k6")
    c.sheet("S2", stage, vin = b, vout = a, gnd = gnd, value = "6k8")
    #end
    return c
`

// placed is a part as a schematic has it.
type placed struct{ Sheet, Symbol, Ref, Value, UUID string }

// A drawn is what one run wrote.
type drawn struct {
	parts []placed
	uuids map[string]bool // of everything
	own   map[string]bool // of parts, sheets and their pins, however they are drawn and wired
	lock  []string        // its lines
}

// project runs scripts one after the other in one folder.
type project struct {
	t   *testing.T
	dir string
}

func newProject(t *testing.T) *project {
	t.Setenv("KICAD9_SYMBOL_DIR", t.TempDir()) // the embedded symbols serve
	return &project{t, t.TempDir()}
}

func (p *project) run(script string, args ...string) drawn {
	p.t.Helper()
	file := filepath.Join(p.dir, "lock.star")
	if err := os.WriteFile(file, []byte(script), 0o666); err != nil {
		p.t.Fatal(err)
	}
	result, err := engine.Run(p.t.Context(), file, engine.Options{Out: filepath.Join(p.dir, "out"), Args: args})
	if err != nil {
		p.t.Fatal(err)
	}
	d := drawn{uuids: map[string]bool{}, own: map[string]bool{}}
	tree := result.Circuits[0].Tree
	for _, name := range tree.Names() {
		if filepath.Ext(name) == ".kicad_sch" {
			text, _ := tree.File(name)
			d.read(p.t, name, string(text))
		}
	}
	slices.SortFunc(d.parts, func(a, b placed) int { return strings.Compare(a.Sheet+a.Ref, b.Sheet+b.Ref) })
	lock, err := os.ReadFile(engine.LockPath(file))
	if err != nil {
		p.t.Fatal(err)
	}
	for line := range strings.Lines(string(lock)) {
		d.lock = append(d.lock, strings.TrimRight(line, ",\n"))
	}
	return d
}

func (d *drawn) read(t *testing.T, name, text string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`\(uuid "?([0-9a-f-]+)`).FindAllStringSubmatch(text, -1) {
		if d.uuids[m[1]] {
			t.Errorf("%s: uuid %s is there twice", name, m[1])
		}
		d.uuids[m[1]] = true
	}
	tree, err := sexpr.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	for s := range tree.Root().Lists("symbol") {
		p := placed{Sheet: name, Symbol: s.Child("lib_id").Arg(1).Text(), UUID: s.Child("uuid").Arg(1).Text()}
		for f := range s.Lists("property") {
			switch f.Arg(1).Text() {
			case "Reference":
				p.Ref = f.Arg(2).Text()
			case "Value":
				p.Value = f.Arg(2).Text()
			}
		}
		if !strings.HasPrefix(p.Ref, "#") {
			d.parts = append(d.parts, p)
			d.takeUUIDs(s)
		}
	}
	for s := range tree.Root().Lists("sheet") {
		d.takeUUIDs(s)
	}
}

// takeUUIDs notes those of an item and its pins.
func (d *drawn) takeUUIDs(n sexpr.Node) {
	d.own[n.Child("uuid").Arg(1).Text()] = true
	for pin := range n.Lists("pin") {
		d.own[pin.Child("uuid").Arg(1).Text()] = true
	}
}

// edit replaces the line with a mark by some text in its indentation.
func edit(t *testing.T, script, mark, text string) string {
	t.Helper()
	lines := strings.Split(script, "\n")
	i := slices.IndexFunc(lines, func(l string) bool { return strings.HasSuffix(l, "#"+mark) })
	if i < 0 {
		t.Fatalf("no line is marked %s", mark)
	}
	indent := lines[i][:len(lines[i])-len(strings.TrimLeft(lines[i], " "))]
	return strings.Join(slices.Replace(lines, i, i+1, indent+text), "\n")
}

func TestInsertedPartChangesNoOther(t *testing.T) {
	for _, tt := range []struct {
		mark, text string
		more       int    // parts
		moved      string // the value of a part whose nets without names have become others
	}{
		{mark: "start", text: `r(c, a, b, "9k1")`, more: 1},
		{mark: "start", text: `r(c, a, gnd)`, more: 1},                              // like three others
		{mark: "start", text: `c.part("Device:C", pins = {1: NC, 2: NC})`, more: 1}, // of another prefix
		{mark: "start", text: `[r(c, a, gnd) for _ in range(20)]`, more: 20},
		{mark: "between twins", text: `r(c, a, gnd)`, more: 1},
		{mark: "between twins", text: `r(c, a, gnd, "9k1")`, more: 1},
		{mark: "middle", text: `r(c, c.net("NEW"), gnd)`, more: 1},
		{mark: "middle", text: `r(c, r(c, a, None)[2], b)`, more: 2}, // with a net between
		{mark: "middle", text: `c.sheet("S0", stage, vin = a, vout = b, gnd = gnd, value = "1")`, more: 2},
		{mark: "count", text: `for i in range(5):`, more: 1},
		{mark: "loop", text: `for value in ["100", "220", "470", "680"]:`, more: 1, moved: "470"},
		{mark: "sheet", text: `r(c, vin, gnd)`, more: 2},
		{mark: "sheet", text: `r(c, vin, vout, value)`, more: 2}, // like another
		{mark: "end", text: `r(c, a, gnd)`, more: 1},
		{mark: "end", text: `c.part("Amplifier_Operational:LM358", pins = {3: a, 2: b, 8: a, 4: gnd, 5: NC, 6: NC, 7: NC, 1: NC})`, more: 3},
	} {
		t.Run(tt.mark+": "+tt.text, func(t *testing.T) {
			p := newProject(t)
			before := p.run(lockScript)
			after := p.run(edit(t, lockScript, tt.mark, tt.text))
			for _, part := range before.parts {
				same := func(p placed) bool {
					if part.Value == tt.moved {
						p.Value = tt.moved // the new end of a chain may take over the old one's
					}
					return p == part
				}
				if !slices.ContainsFunc(after.parts, same) {
					t.Errorf("%v is no longer there", part)
				}
			}
			if got := len(after.parts) - len(before.parts); got != tt.more {
				t.Errorf("%d parts more, want %d", got, tt.more)
			}
			gone := 0
			for id := range before.own {
				if !after.own[id] {
					gone++
				}
			}
			if gone > 0 || len(before.own) < 2*len(before.parts) {
				t.Errorf("%d UUIDs of %d parts, sheets and pins are gone", gone, len(before.own))
			}
			// And back: all is as it was.
			again := p.run(lockScript)
			if diff := cmp.Diff(before.parts, again.parts); diff != "" {
				t.Errorf("without it again (-before +again):\n%s", diff)
			}
		})
	}
}

func TestInsertedPartInLock(t *testing.T) {
	p := newProject(t)
	before := p.run(lockScript)
	after := p.run(edit(t, lockScript, "middle", `r(c, a, b, "9k1")`))
	for _, line := range before.lock {
		if !slices.Contains(after.lock, line) {
			t.Errorf("the lock no longer has %s", line)
		}
	}
	if got, want := len(after.lock), len(before.lock)+1; got != want {
		t.Errorf("the lock has %d lines, want %d", got, want)
	}
}

func TestChangedPartKeepsItsIdentity(t *testing.T) {
	for _, tt := range []struct {
		name, old, new string
		changes        func(p *placed) // what may differ
	}{
		{name: "a value", old: `r(c, a, b, "1k")`, new: `r(c, a, b, "1k2")`, changes: func(p *placed) {
			if p.Value == "1k" {
				p.Value = "1k2"
			}
		}},
		{name: "a value in a loop", old: `"220"`, new: `"240"`, changes: func(p *placed) {
			if p.Value == "220" {
				p.Value = "240"
			}
		}},
		{name: "the net of one part", old: `r(c, a, b, "1k")`, new: `r(c, a, gnd, "1k")`},
		{name: "a footprint", old: `value = "red"`, new: `value = "red", footprint = "LED_SMD:LED_0603_1608Metric"`},
		{name: "value and nets of a named part", old: `value = "red", pins = {"K": gnd}`, new: `value = "green", pins = {"K": b}`, changes: func(p *placed) {
			if p.Value == "red" {
				p.Value = "green"
			}
		}},
		{name: "the name of a net", old: `c.net("A"), c.net("B")`, new: `c.net("SUPPLY"), c.net("B")`},
		{name: "the names of both nets", old: `c.net("A"), c.net("B")`, new: `c.net("SUPPLY"), c.net("OUT")`},
		{name: "a name for a net", old: `last = r(c, b, None, "2k2")`, new: "last = r(c, b, None, \"2k2\")\n    c.connect(c.net(\"TAP\"), last[2])"},
		{name: "an empty line", old: `def main():`, new: "# a comment\n\n\ndef main():"},
		{
			name: "lines that change places",
			old:  "    r(c, a, b, \"1k\")\n    r(c, a, gnd)\n", new: "    r(c, a, gnd)\n    r(c, a, b, \"1k\")\n",
		},
		{
			name: "sheets that change places",
			old:  "    c.sheet(\"S1\", stage, vin = a, vout = b, gnd = gnd, value = \"5k6\")\n    c.sheet(\"S2\", stage, vin = b, vout = a, gnd = gnd, value = \"6k8\")\n",
			new:  "    c.sheet(\"S2\", stage, vin = b, vout = a, gnd = gnd, value = \"6k8\")\n    c.sheet(\"S1\", stage, vin = a, vout = b, gnd = gnd, value = \"5k6\")\n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if n := strings.Count(lockScript, tt.old); n != 1 {
				t.Fatalf("the script has %q %d times", tt.old, n)
			}
			p := newProject(t)
			before := p.run(lockScript)
			after := p.run(strings.Replace(lockScript, tt.old, tt.new, 1))
			want := slices.Clone(before.parts)
			if tt.changes != nil {
				for i := range want {
					tt.changes(&want[i])
				}
				if slices.Equal(want, before.parts) {
					t.Fatal("the edit changes nothing")
				}
			}
			if diff := cmp.Diff(want, after.parts); diff != "" {
				t.Errorf("parts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPartThatComesBack(t *testing.T) {
	p := newProject(t)
	before := p.run(lockScript)
	without := strings.Replace(lockScript, `    r(c, a, b, "1k")`+"\n", "", 1)
	p.run(without)
	p.run(edit(t, without, "end", `r(c, a, c.net("OTHER"), "33k")`)) // takes no reference of one that is gone
	again := p.run(lockScript)
	if diff := cmp.Diff(before.parts, again.parts); diff != "" {
		t.Errorf("parts (-before +again):\n%s", diff)
	}

	// Forgotten, its number is free.
	p.run(without)
	if _, err := engine.Run(t.Context(), filepath.Join(p.dir, "lock.star"), engine.Options{Out: filepath.Join(p.dir, "out"), UpdateLock: true}); err != nil {
		t.Fatal(err)
	}
	after := p.run(edit(t, without, "end", `r(c, a, c.net("OTHER"), "33k")`))
	var gone placed
	for _, part := range before.parts {
		if part.Value == "1k" {
			gone = part
		}
	}
	if !slices.ContainsFunc(after.parts, func(part placed) bool { return part.Ref == gone.Ref && part.Value == "33k" }) {
		t.Errorf("%s was not given to the new part: %v", gone.Ref, after.parts)
	}
}

func TestReferencesOfTheScript(t *testing.T) {
	const script = `
def main(ref = "R"):
    c = circuit("lock")
    a, b = c.nets("A B")
    c.part("Device:R", value = "1", pins = {1: a, 2: b})
    c.part("Device:R", value = "2", pins = {1: a, 2: b}, ref = ref)
    c.part("Device:R", value = "3", pins = {1: a, 2: b})
    return c
`
	p := newProject(t)
	refs := func(d drawn) string {
		byValue := map[string]string{}
		for _, part := range d.parts {
			byValue[part.Value] = part.Ref
		}
		return strings.Join([]string{byValue["1"], byValue["2"], byValue["3"]}, " ")
	}
	for _, step := range []struct{ ref, want string }{
		{"R", "R1 R2 R3"},
		{"R7", "R1 R7 R3"},
		{"R", "R1 R7 R3"},  // what it had last
		{"R1", "R2 R1 R3"}, // the script's word counts, and the other part gives way
		{"RX", "R2 RX1 R3"},
	} {
		if got := refs(p.run(script, "ref="+step.ref)); got != step.want {
			t.Errorf("with ref=%s: got %s, want %s", step.ref, got, step.want)
		}
	}
}
