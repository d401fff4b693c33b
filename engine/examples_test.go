package engine_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starboard/builtins"
	"starboard/engine"
	"starboard/kicad/annotate"
	"starboard/kicad/circuit"
	"starboard/kicad/netlist"
	"starboard/kicad/stock"
	"starboard/kicad/symbol"
)

// TestExamples runs every example as a user does, with the libraries of an
// installed KiCad and with the symbols in the binary, and compares three
// netlists: what the script has connected, the .net file, and KiCad's own of
// the schematic. KiCad's rules check must find nothing.
func TestExamples(t *testing.T) {
	kicad := newKiCad(t)
	scripts, err := filepath.Glob("../scripts/examples/*.star")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("examples: %v, %v", scripts, err)
	}
	for _, tt := range []struct {
		name, dir string
		kind      symbol.Kind
	}{{"installed", kicad.symbols, symbol.Installed}, {"embedded", "/nonexistent", symbol.Embedded}} {
		for _, script := range scripts {
			t.Run(tt.name+"/"+filepath.Base(script), func(t *testing.T) {
				// The copy keeps the lock out of the checkout.
				copied := filepath.Join(t.TempDir(), filepath.Base(script))
				text, err := os.ReadFile(script)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(copied, text, 0o666); err != nil {
					t.Fatal(err)
				}
				t.Setenv("KICAD9_SYMBOL_DIR", tt.dir)
				result, err := engine.Run(t.Context(), copied, engine.Options{Out: filepath.Join(t.TempDir(), "out")})
				if err != nil {
					t.Fatal(err)
				}
				for _, w := range result.Warnings {
					t.Errorf("warning: %s", w)
				}
				if len(result.Circuits) != 1 {
					t.Fatalf("got %d circuits, want 1", len(result.Circuits))
				}
				checkExample(t, kicad, result.Circuits[0], scriptNets(t, copied, tt.dir))
				checkKinds(t, copied, tt.kind)
			})
		}
	}
}

// checkKinds makes sure that all symbols are from where the test wants them.
func checkKinds(t *testing.T, script string, want symbol.Kind) {
	t.Helper()
	lock, err := os.ReadFile(engine.LockPath(script))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []symbol.Kind{symbol.Local, symbol.Installed, symbol.Embedded} {
		if has := strings.Contains(string(lock), fmt.Sprintf("%q", kind)); has != (kind == want) {
			t.Errorf("symbols of kind %s in the lock: %v, want %s ones only", kind, has, want)
		}
	}
}

// Connections are what is compared: the pins of a net, and its name where the
// script gave one.
type connections struct {
	parts map[string]string // symbol and value by reference
	nets  map[string]string // name by pins; "" where the name is not the script's
}

// checkExample compares the netlists of a project that has been written.
func checkExample(t *testing.T, kicad *kicad, c engine.Circuit, script connections) {
	t.Helper()
	root := filepath.Join(c.Dir, c.Name+".kicad_sch")
	export := filepath.Join(c.Dir, "kicad.net")
	if out, status := kicad.run(t, "sch", "export", "netlist", "-o", export, root); status != 0 || strings.Contains(out, "arning") {
		t.Errorf("export: status %d: %s", status, out)
	}
	report := filepath.Join(c.Dir, "erc.rpt")
	if out, status := kicad.run(t, "sch", "erc", "--severity-all", "--exit-code-violations", "-o", report, root); status != 0 {
		text, _ := os.ReadFile(report)
		t.Errorf("rules check: status %d: %s\n%s", status, out, text)
	}
	ours, theirs := readNetlist(t, filepath.Join(c.Dir, c.Name+".net")), readNetlist(t, export)
	for _, f := range netlist.Compare(ours, theirs, netlist.WithUUIDs) {
		t.Errorf(".net and KiCad: %s", f)
	}
	if len(ours.Components) != len(theirs.Components) || len(ours.Components) != len(script.parts) || c.Parts != len(script.parts) {
		t.Errorf("parts: %d in .net, %d in KiCad's netlist, %d in the result, want the script's %d", len(ours.Components), len(theirs.Components), c.Parts, len(script.parts))
	}
	for _, n := range []*netlist.Netlist{ours, theirs} {
		if diff := cmp.Diff(script, connectionsOf(n, script), cmp.AllowUnexported(connections{})); diff != "" {
			t.Errorf("netlist of %s differs (-script +netlist):\n%s", n.Tool, diff)
		}
	}
}

// A kicad is an installed KiCad that knows nothing of the user's own.
type kicad struct{ home, symbols string }

// newKiCad finds it. Without one the test is skipped, or fails where
// STARBOARD_REQUIRE_KICAD=1 is set.
func newKiCad(t *testing.T) *kicad {
	t.Helper()
	k := &kicad{t.TempDir(), symbol.InstalledDir()}
	missing := ""
	if _, err := exec.LookPath("kicad-cli"); err != nil {
		missing = "kicad-cli is not installed"
	} else if k.symbols == "" {
		missing = "KiCad's symbol libraries are not installed"
	}
	switch {
	case missing != "" && os.Getenv("STARBOARD_REQUIRE_KICAD") == "1":
		t.Fatalf("STARBOARD_REQUIRE_KICAD=1, but %s", missing)
	case missing != "":
		t.Skip(missing)
	}
	return k
}

// run calls kicad-cli and returns what it says and its exit status.
func (k *kicad) run(t *testing.T, args ...string) (string, int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "kicad-cli", args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + k.home, "KICAD_CONFIG_HOME=" + filepath.Join(k.home, "config"), "KICAD9_SYMBOL_DIR=" + k.symbols}
	out, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatalf("kicad-cli %q: %v", args, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func readNetlist(t *testing.T, file string) *netlist.Netlist {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n, err := netlist.Parse(file, string(text))
	if err != nil {
		t.Fatal(err)
	}
	// KiCad names the unit of the smallest UUID last, and the others in an
	// order that no one outside of it can know.
	for _, c := range n.Components {
		slices.Sort(c.Tstamps[:len(c.Tstamps)-1])
	}
	return n
}

// connectionsOf returns what a netlist says, without the names that the script
// did not give.
func connectionsOf(n *netlist.Netlist, script connections) connections {
	c := connections{map[string]string{}, map[string]string{}}
	for _, p := range n.Components {
		c.parts[p.Ref] = p.Lib + ":" + p.Part + " " + p.Value
	}
	for _, net := range n.Nets {
		var pins []string
		for _, d := range net.Nodes {
			pins = append(pins, d.Ref+"."+d.Pin)
		}
		slices.Sort(pins)
		key := strings.Join(pins, " ")
		if name, ok := script.nets[key]; ok && name == "" {
			c.nets[key] = ""
		} else {
			c.nets[key] = net.Name
		}
	}
	return c
}

// scriptNets executes a script and returns what it has connected, as the
// script's own handles know it before anything is drawn.
func scriptNets(t *testing.T, script, symbols string) connections {
	t.Helper()
	path := symbol.NewPath(symbol.Source{Kind: symbol.Installed, Dir: symbols}, symbol.Source{Kind: symbol.Embedded, Set: stockSet{}})
	thread := &starlark.Thread{Name: script}
	var sections []builtins.Section
	builtins.SetEnv(thread, &builtins.Env{
		Symbols:  path.Find,
		Has:      func(libID string) bool { _, err := path.Find(libID); return err == nil },
		Now:      func() time.Time { return time.Time{} },
		Sections: &sections,
	})
	globals, err := starlark.ExecFileOptions(&syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true}, thread, script, nil, builtins.Predeclared())
	if err != nil {
		t.Fatal(err)
	}
	v, err := starlark.Call(thread, globals["main"], nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	model := v.(*builtins.Circuit).Model()
	if _, err := annotate.Annotate(model, nil, false); err != nil { // for the references
		t.Fatal(err)
	}
	c := connections{map[string]string{}, map[string]string{}}
	for _, p := range model.Parts() {
		value := p.Value
		if value == "" {
			value = "~"
		}
		c.parts[p.Ref] = p.Symbol.LibID() + " " + value
		for _, pin := range p.Pins() {
			on := pin.Stacked()
			name := ""
			if n := pin.Net(); n != nil {
				for n.Port() != nil {
					n = n.Port().Outside()
				}
				on = n.AllPins()
				switch {
				case n.IsPower():
					name = n.Name()
				case n.Name() != "":
					name = n.Sheet().Path() + n.Name()
				}
			}
			c.nets[pinNames(on)] = name
		}
	}
	return c
}

func pinNames(pins []*circuit.Pin) string {
	names := map[string]bool{}
	for _, p := range pins {
		names[p.Part.Ref+"."+p.Number] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), " ")
}

// stockSet is the set of symbols in the binary.
type stockSet struct{}

func (stockSet) Symbol(lib, name string) ([]byte, bool) { return stock.Symbol(lib, name) }
func (stockSet) Names(lib string) []string              { return stock.Names(lib) }
func (stockSet) Libraries() []string                    { return stock.Libraries() }
