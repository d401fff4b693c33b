package readback_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/circuit"
	"starboard/kicad/connect"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/netlist"
	"starboard/kicad/project"
	"starboard/kicad/readback"
	"starboard/kicad/stock"
	"starboard/kicad/symbol"
)

func TestMain(m *testing.M) {
	code := m.Run()
	kicadtest.Cleanup()
	os.Exit(code)
}

// stockSymbol finds a symbol in the set of the binary.
func stockSymbol(libID string) (*symbol.Symbol, error) {
	lib, name, _ := strings.Cut(libID, ":")
	text, _ := stock.Symbol(lib, name)
	l, err := symbol.FromText(lib, "stock", string(text))
	if err != nil {
		return nil, err
	}
	return l.Find(name)
}

func power(string) (*symbol.Symbol, error) { return stockSymbol("power:VCC") }

var options = project.Options{
	Kind: func(*symbol.Symbol) symbol.Kind { return symbol.Embedded },
	Flag: func() (*symbol.Symbol, error) { return stockSymbol("power:PWR_FLAG") },
}

func read(t testing.TB, file string) *readback.Result {
	t.Helper()
	s, err := connect.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := readback.Circuit(s, power)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// demoRoots returns the root schematics of KiCad's demos.
func demoRoots(t testing.TB) []string {
	t.Helper()
	var roots []string
	err := filepath.WalkDir(kicadtest.DemoDir(t), func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base, ok := strings.CutSuffix(path, ".kicad_pro"); ok {
			if _, err := os.Stat(base + ".kicad_sch"); err == nil {
				roots = append(roots, base+".kicad_sch")
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(roots)
	return roots
}

// exported returns the netlist that kicad-cli exports. KiCad writes beside what
// it reads, so it reads a copy.
func exported(t testing.TB, file string) *netlist.Netlist {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, drawings{os.DirFS(filepath.Dir(file))}); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "exported.net")
	if res := kicadtest.Run(t, "sch", "export", "netlist", "-o", out, filepath.Join(dir, filepath.Base(file))); res.Status != 0 {
		t.Fatalf("kicad-cli: %s%s", res.Stdout, res.Stderr)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	n, err := netlist.Parse(out, string(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// drawings hides what netlists do not depend on.
type drawings struct{ fs.FS }

func (d drawings) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(d.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		ext := filepath.Ext(e.Name())
		return !e.IsDir() && ext != ".kicad_sch" && ext != ".kicad_pro"
	}), err
}

// The circuit that is read from each of KiCad's demos has the parts, texts,
// flags, connections and names of nets that kicad-cli finds in it.
func TestDemosAsKiCad(t *testing.T) {
	kicadtest.Require(t)
	for _, root := range demoRoots(t) {
		t.Run(strings.TrimSuffix(filepath.Base(root), ".kicad_sch"), func(t *testing.T) {
			r := read(t, root)
			if len(r.Duplicates) > 0 {
				t.Fatalf("references that stand for several parts: %v", r.Duplicates)
			}
			got, err := project.Netlist(r.Circuit, options)
			if err != nil {
				t.Fatal(err)
			}
			want := exported(t, root)
			for _, f := range netlist.Compare(onlyDrawn(got, r), want, netlist.ConnectionsOnly, netlist.AnyNetName) {
				t.Error(f)
			}
			compareParts(t, r.Circuit, want)
			compareNames(t, r, want)
		})
	}
}

// compareParts compares what is said of the parts that are on the board.
func compareParts(t *testing.T, c *circuit.Circuit, want *netlist.Netlist) {
	t.Helper()
	type part struct {
		Value, Footprint string
		DNP, InBOM       bool
		Fields           map[string]string
	}
	is, should := map[string]part{}, map[string]part{}
	for _, p := range c.Parts() {
		if !p.OnBoard {
			continue
		}
		fields := map[string]string{"Datasheet": netlist.Unescape(p.Symbol.Datasheet), "Description": netlist.Unescape(p.Symbol.Description)}
		for _, f := range p.Fields {
			fields[f.Name] = f.Value
		}
		is[p.Ref] = part{p.Value, p.Footprint, p.DNP, p.InBOM, fields}
	}
	for _, p := range want.Components {
		fields := map[string]string{"Datasheet": p.Datasheet}
		for _, f := range p.Fields {
			if f.Name != "Footprint" && f.Name != "Description" {
				fields[f.Name] = strings.ReplaceAll(f.Value, "\n", " ")
			}
		}
		fields["Description"] = strings.ReplaceAll(p.Description, "\n", " ")
		should[p.Ref] = part{strings.TrimPrefix(p.Value, "~"), p.Footprint, p.DNP, !p.ExcludeFromBOM, fields}
	}
	if diff := cmp.Diff(should, is); diff != "" {
		t.Errorf("parts differ (-KiCad +read):\n%s", diff)
	}
}

// compareNames compares what NetNames says with the names of the nets of
// several pins.
func compareNames(t *testing.T, r *readback.Result, want *netlist.Netlist) {
	t.Helper()
	pins := map[[2]string]*circuit.Pin{}
	for _, p := range r.Circuit.Parts() {
		for _, pin := range p.Pins() {
			pins[[2]string{p.Ref, pin.Number}] = pin
		}
	}
	for _, n := range want.Nets {
		if len(n.Nodes) < 2 {
			continue
		}
		for _, node := range n.Nodes {
			pin := pins[[2]string{node.Ref, node.Pin}]
			if node.Type == "no_connect" || node.Type == "no_connect+no_connect" || pin.NoConnect() || len(n.Nodes) == len(pin.Stacked()) {
				continue
			}
			if pin.Net() == nil || r.NetNames[pin.Net()] != n.Name {
				t.Errorf("%s is on %v, called %q; KiCad says %q", pin, pin.Net(), r.NetNames[pin.Net()], n.Name)
			}
		}
	}
}

// The circuits of all demos can be drawn anew, and the new drawing says what
// the old one does.
func TestDemosDrawnAnew(t *testing.T) {
	for _, root := range demoRoots(t) {
		t.Run(strings.TrimSuffix(filepath.Base(root), ".kicad_sch"), func(t *testing.T) {
			r := read(t, root)
			tree, err := project.Build(r.Circuit, options)
			if err != nil {
				t.Fatal(err)
			}
			files := fstest.MapFS{}
			for _, name := range tree.Names() {
				text, _ := tree.File(name)
				files[name] = &fstest.MapFile{Data: text}
			}
			s, err := connect.ReadFS(files, r.Circuit.Name+".kicad_sch")
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Netlist()
			if err != nil {
				t.Fatal(err)
			}
			s, err = connect.Read(root)
			if err != nil {
				t.Fatal(err)
			}
			want, err := s.Netlist()
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range netlist.Compare(onlyDrawn(got, r), want, netlist.ConnectionsOnly, netlist.AnyNetName) {
				t.Error(f)
			}
		})
	}
}

// onlyDrawn leaves out the pins of units that are on no sheet: the model has
// all units of a part.
func onlyDrawn(n *netlist.Netlist, r *readback.Result) *netlist.Netlist {
	hidden := map[[2]string]bool{}
	for p, units := range r.Drawn {
		drawn := map[string]bool{}
		for _, u := range units {
			for _, pin := range p.Symbol.UnitPins(u, 1) {
				drawn[pin.Number] = true
			}
		}
		for _, pin := range p.Pins() {
			if !drawn[pin.Number] {
				hidden[[2]string{p.Ref, pin.Number}] = true
			}
		}
	}
	var nets []netlist.Net
	for _, net := range n.Nets {
		net.Nodes = slices.DeleteFunc(slices.Clone(net.Nodes), func(d netlist.Node) bool { return hidden[[2]string{d.Ref, d.Pin}] })
		if len(net.Nodes) > 0 {
			nets = append(nets, net)
		}
	}
	out := *n
	out.Nets = nets
	return &out
}
