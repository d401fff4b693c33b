package project_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/netlist"
	"starboard/kicad/project"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		*circuits /= 8
	}
	code := m.Run()
	kicadtest.Cleanup()
	os.Exit(code)
}

// More circuits than the usual ones are made by
//
//	go test ./kicad/project -run TestRandom -seed 1000 -circuits 5000 -timeout 2h
var (
	firstSeed = flag.Uint64("seed", 1, "seed of the first random circuit")
	circuits  = flag.Int("circuits", 208, "number of random circuits")
	rules     = flag.Int("erc", 4, "check the rules of one circuit in this many")
	onlyOdd   = flag.Bool("odd", false, "half of the parts are odd ones")
	keep      = flag.String("keep", "", "folder for the projects of circuits that fail")
)

// TestRandomCircuits compares, for each random circuit, three netlists: what
// was asked of the circuit, the netlist written here, and KiCad's own of the
// schematic written here.
func TestRandomCircuits(t *testing.T) {
	kicadtest.Require(t)
	cat := newCatalogue(t, kicadtest.SymbolDir(t))
	var seen coverage
	t.Run("seeds", func(t *testing.T) {
		for i := range *circuits {
			seed := *firstSeed + uint64(i)
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				c, says, o := randomCircuit(t, cat, seed)
				tree, err := project.Build(c, o)
				if err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				seen.count(says, tree)
				dir := writeTree(t, tree)
				if *keep != "" {
					defer func() {
						if t.Failed() {
							os.CopyFS(filepath.Join(*keep, c.Name), os.DirFS(dir))
						}
					}()
				}
				compareThree(t, dir, c.Name, says)
				if seed%uint64(*rules) == 0 {
					checkRules(t, dir, c, says)
				}
			})
		}
	})
	seen.report(t)
}

func writeTree(t testing.TB, tree *project.Tree) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range tree.Names() {
		content, _ := tree.File(name)
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// compareThree compares the script's netlist, the written one and KiCad's.
func compareThree(t *testing.T, dir, name string, says *statement) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name+".net"))
	if err != nil {
		t.Fatal(err)
	}
	ours, err := netlist.Parse(name+".net", string(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range compareStatement(says, ours) {
		t.Errorf("script and .net: %s", d)
	}
	file := filepath.Join(dir, "kicad.net")
	res := kicadtest.Run(t, "sch", "export", "netlist", "--format", "kicadsexpr", "-o", file, filepath.Join(dir, name+".kicad_sch"))
	if res.Status != 0 || strings.Contains(res.Stdout+res.Stderr, "annotation errors") {
		t.Fatalf("kicad-cli: status %d: %s%s", res.Status, res.Stdout, res.Stderr)
	}
	witness, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := netlist.Parse("kicad.net", string(witness))
	if err != nil {
		t.Fatal(err)
	}
	// KiCad names the unit of the smallest UUID last, and the others in an
	// order that no one outside of it can know.
	order := regexp.MustCompile(`(?m)^      \(tstamps( "[^"]*"){3,}\)+$`)
	text, witness = order.ReplaceAllFunc(text, sortStamps), order.ReplaceAllFunc(witness, sortStamps)
	for _, n := range []*netlist.Netlist{ours, theirs} {
		for i := range n.Components {
			if stamps := n.Components[i].Tstamps; len(stamps) > 2 {
				slices.Sort(stamps[:len(stamps)-1])
			}
		}
	}
	for _, d := range compareStatement(says, theirs) {
		t.Errorf("script and KiCad: %s", d)
	}
	for _, f := range netlist.Compare(ours, theirs, netlist.WithUUIDs) {
		t.Errorf(".net and KiCad: %s", f)
	}
	if len(ours.Components) != len(theirs.Components) {
		t.Errorf(".net and KiCad: %d parts, want %d", len(ours.Components), len(theirs.Components))
	}
	if d := firstDifference(plain(text), plain(witness)); d != "" {
		t.Errorf(".net and KiCad differ in their text (- KiCad, + .net):\n%s", d)
	}
}

// sortStamps sorts the UUIDs of the units of a part, all but the last.
func sortStamps(line []byte) []byte {
	f := bytes.Fields(line)
	slices.SortFunc(f[1:len(f)-1], bytes.Compare)
	return bytes.Join(f, []byte(" "))
}

// What differs in the texts of the two netlists for a reason: where the
// schematic is, when and by what the netlist was made, and where the libraries
// are, which KiCad writes as a path of this machine and the project as the
// variable that it has in the table.
var (
	header    = regexp.MustCompile(`(?m)^    \((source|date|tool) .*$`)
	libraries = regexp.MustCompile(`(?m)^      \(uri .*$`)
)

func plain(text []byte) []byte {
	return libraries.ReplaceAll(header.ReplaceAll(text, []byte("    ($1)")), []byte("      (uri)"))
}

func firstDifference(got, want []byte) string {
	a, b := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range max(len(a), len(b)) {
		var x, y []byte
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if !bytes.Equal(x, y) {
			return fmt.Sprintf("line %d:\n-%s\n+%s", i+1, y, x)
		}
	}
	return ""
}

// A coverage says what the random circuits had in them, so that none of it
// can get lost unnoticed.
type coverage struct {
	parts, nets, sheets, multiUnit, derived, alternate, stacked, hidden, noConnect, common, offBoard atomic.Int64
}

func (c *coverage) count(s *statement, tree *project.Tree) {
	for _, name := range tree.Names() {
		c.sheets.Add(int64(btoi(strings.HasSuffix(name, ".kicad_sch"))))
	}
	for _, p := range s.parts {
		c.parts.Add(1)
		sym := p.spec.Symbol
		c.multiUnit.Add(int64(btoi(sym.Units > 1)))
		c.derived.Add(int64(btoi(len(sym.Source()) > 1)))
		c.alternate.Add(int64(btoi(sym.HasAlternate)))
		c.offBoard.Add(int64(btoi(!p.spec.OnBoard)))
		for _, pin := range sym.Pins {
			c.hidden.Add(int64(btoi(pin.Hidden)))
			c.noConnect.Add(int64(btoi(pin.Type.String() == "no_connect")))
			c.common.Add(int64(btoi(pin.Unit == 0 && sym.Units > 1)))
		}
		for n, st := range p.stack {
			c.stacked.Add(int64(btoi(n != st)))
		}
	}
	c.nets.Add(int64(len(s.nets())))
}

func (c *coverage) report(t *testing.T) {
	for _, v := range []struct {
		what string
		n    int64
	}{
		{"parts", c.parts.Load()}, {"nets", c.nets.Load()}, {"sheets", c.sheets.Load()}, {"parts of several units", c.multiUnit.Load()},
		{"parts with derived symbols", c.derived.Load()}, {"parts with a second body style", c.alternate.Load()}, {"parts that are not on the board", c.offBoard.Load()},
		{"stacked pins", c.stacked.Load()}, {"hidden pins", c.hidden.Load()}, {"pins of type no_connect", c.noConnect.Load()}, {"pins common to units", c.common.Load()},
	} {
		t.Logf("%d circuits: %d %s", *circuits, v.n, v.what)
		if v.n == 0 && *circuits >= 200 {
			t.Errorf("no %s in %d circuits: the generator has lost them", v.what, *circuits)
		}
	}
}
