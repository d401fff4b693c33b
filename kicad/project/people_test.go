package project_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"starboard/kicad/circuit"
	"starboard/kicad/connect"
	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/project"
	"starboard/kicad/readback"
	"starboard/kicad/score"
	"starboard/kicad/stock"
	"starboard/kicad/svg"
	"starboard/kicad/symbol"
)

var (
	pictures = flag.String("pictures", "", "write pictures of the demos, by people and drawn anew, to this folder")
	table    = flag.Bool("table", false, "write the table of their scores")
)

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

// powerSymbol returns the symbol of a power net that is drawn without one.
func powerSymbol(name string) (*symbol.Symbol, error) {
	if s, err := stockSymbol("power:" + name); err == nil {
		return s, nil
	}
	switch upper := strings.ToUpper(name); {
	case strings.Contains(upper, "GND"), strings.HasPrefix(upper, "VSS"), upper == "0":
		return stockSymbol("power:GND")
	case strings.HasPrefix(name, "-"):
		return stockSymbol("power:-12V")
	}
	return stockSymbol("power:VCC")
}

// A demo is a schematic that people drew, with what we make of it.
type demo struct {
	name         string
	theirs, ours *connect.Schematic
}

// drawnAnew reads the demos that come with KiCad and draws each anew.
func drawnAnew(t *testing.T) []demo {
	t.Helper()
	o := project.Options{
		Kind: func(*symbol.Symbol) symbol.Kind { return symbol.Embedded },
		Flag: func() (*symbol.Symbol, error) { return stockSymbol("power:PWR_FLAG") },
	}
	dir := kicadtest.DemoDir(t)
	var list []demo
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		base, ok := strings.CutSuffix(path, ".kicad_pro")
		if err != nil || !ok {
			return err
		}
		if _, err := os.Stat(base + ".kicad_sch"); err != nil {
			return nil
		}
		d := demo{name: strings.TrimPrefix(base, dir+"/")}
		if d.theirs, err = connect.Read(base + ".kicad_sch"); err != nil {
			return err
		}
		r, err := readback.Circuit(d.theirs, powerSymbol)
		if err != nil {
			return err
		}
		if d.ours, err = readTree(r.Circuit, o); err != nil {
			return fmt.Errorf("%s: %v", d.name, err)
		}
		list = append(list, d)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(list, func(a, b demo) int { return strings.Compare(a.name, b.name) })
	return list
}

// readTree draws a circuit and reads what was drawn.
func readTree(c *circuit.Circuit, o project.Options) (*connect.Schematic, error) {
	tree, err := project.Build(c, o)
	if err != nil {
		return nil, err
	}
	return readDrawn(tree, c.Name)
}

// readDrawn reads the schematic of a project that is not on disk.
func readDrawn(tree *project.Tree, name string) (*connect.Schematic, error) {
	files := fstest.MapFS{}
	for _, name := range tree.Names() {
		text, _ := tree.File(name)
		files[name] = &fstest.MapFile{Data: text}
	}
	return connect.ReadFS(files, name+".kicad_sch")
}

// A pair is one sheet, as people drew it and as it is drawn anew.
type pair struct {
	name         string
	theirs, ours *score.Score
}

// TestDemosAgainstPeople scores every sheet of KiCad's demos as people drew it
// and as it is drawn anew. Ours has no fault anywhere, and on sheets of up to 60
// parts is the better one on the whole. With -table it writes the figures to the
// documents, with -pictures what both look like.
func TestDemosAgainstPeople(t *testing.T) {
	var pairs []pair
	used := map[string]bool{}
	for _, d := range drawnAnew(t) {
		a, err := score.Schematic(d.theirs)
		if err != nil {
			t.Fatal(err)
		}
		b, err := score.Schematic(d.ours)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range a.Sheets {
			k := slices.IndexFunc(b.Sheets, func(y *score.Score) bool { return y.Sheet == x.Sheet })
			if k < 0 {
				continue
			}
			y := b.Sheets[k]
			for _, f := range y.Faults {
				t.Errorf("%s%s: %s at %v: %s", d.name, x.Sheet, f.Kind, f.At, f.Message)
			}
			// A drawing that several sheets use counts once.
			file := d.theirs.Sheets[slices.IndexFunc(d.theirs.Sheets, func(s *connect.Sheet) bool { return s.Name == x.Sheet })].Drawing.File
			if used[file] {
				continue
			}
			used[file] = true
			pairs = append(pairs, pair{d.name + x.Sheet, x, y})
			if *pictures != "" {
				draws(t, d, x.Sheet)
			}
		}
	}
	sheets, better, sum, human := 0, 0, 0, 0
	for _, p := range pairs {
		if p.theirs.Parts < 3 || p.theirs.Parts > 60 {
			continue
		}
		sheets++
		human += p.theirs.Total
		sum += p.ours.Total
		if p.ours.Total >= p.theirs.Total {
			better++
		}
	}
	t.Logf("%d sheets of 3 to 60 parts: people %d on average, drawn anew %d; as good or better on %d", sheets, human/max(sheets, 1), sum/max(sheets, 1), better)
	if sum < human || 4*better < 3*sheets {
		t.Errorf("%d of %d sheets are as good as people's, %d on average against %d: want three quarters, and the average", better, sheets, sum/max(sheets, 1), human/max(sheets, 1))
	}
	if *table {
		if err := os.WriteFile("../layout/demos.md", []byte(demoTable(pairs, sheets, better, human, sum)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func demoTable(pairs []pair, sheets, better, human, sum int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# The demos of KiCad, drawn by people and drawn anew

Totals of package score, per thousand, with the faults in brackets. Each sheet was
read with package readback, which keeps parts, connections and names and nothing of
the drawing, and drawn by package layout. `+"`go test ./kicad/project -run People -table`"+`
writes this file.

On %d sheets of 3 to 60 parts people have %d on average, and the drawings anew %d;
%d of them are as good as people's or better. No sheet drawn anew has a fault.

| sheet | parts | people | drawn anew |
|---|---|---|---|
`, sheets, human/max(sheets, 1), sum/max(sheets, 1), better)
	mark := func(s *score.Score) string {
		if len(s.Faults) == 0 {
			return fmt.Sprint(s.Total)
		}
		return fmt.Sprintf("%d (%d)", s.Total, len(s.Faults))
	}
	for _, p := range pairs {
		if p.theirs.Parts >= 3 {
			fmt.Fprintf(&b, "| %s | %d | %s | %s |\n", p.name, p.theirs.Parts, mark(p.theirs), mark(p.ours))
		}
	}
	return b.String()
}

// draws writes pictures of a sheet: A is people's, B is ours.
func draws(t *testing.T, d demo, sheetName string) {
	t.Helper()
	for k, s := range []*connect.Schematic{d.theirs, d.ours} {
		for _, sheet := range s.Sheets {
			if sheet.Name != sheetName || sheet.Drawing.Missing != nil {
				continue
			}
			png, err := svg.Draw(s, sheet, svg.Options{}).PNG(150)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.ReplaceAll(d.name+sheetName, "/", "_") + []string{"A", "B"}[k] + ".png"
			if err := os.WriteFile(filepath.Join(*pictures, name), png, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}
