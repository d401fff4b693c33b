package erc_test

import (
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"starboard/kicad/erc"
	"starboard/kicad/internal/kicadtest"
)

// A difference from kicad-cli: how many findings it has more, how many we have
// more, and why.
type difference struct {
	kicad, ours int
	why         string
}

// On KiCad's demos, as they are shipped, the findings are kicad-cli's.
func TestDemos(t *testing.T) {
	demos(t, nil, nil).check(t, nil)
}

// The same with every rule on, which the demos' own settings are not.
func TestDemosEveryRule(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	demos(t, func(settings string) string { return everyRule(t, settings) }, nil).check(t, nil)
}

// The same on demos from which an eighth of all items has been taken, so that
// they break every rule of connections often.
func TestDemosDamaged(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	random := rand.New(rand.NewPCG(1, 2))
	y := demos(t, func(settings string) string { return everyRule(t, settings) }, func(text string) string { return damage(text, random) })
	y.check(t, map[string]difference{
		"flat_hierarchy different_unit_net": {1, 0, "pin 7 of U2 is on GND twice and on another net once. KiCad compares with the net that it sees first, " +
			"which follows from where the units stand, and not from their numbers or the names of the nets: three units on a sheet, two of them on one net, are one finding or two"},
	})
	if n := y.both["pin_not_connected"]; n < 500 {
		t.Errorf("%d unconnected pins, want many", n)
	}
}

// check wants the differences that are known, no more and no less.
func (y *tally) check(t *testing.T, known map[string]difference) {
	t.Helper()
	seen := map[string]bool{}
	for _, c := range y.files {
		for _, key := range slices.Sorted(maps.Keys(c.more)) {
			name := c.name + " " + key
			seen[name] = true
			if got, want := c.more[key], known[name]; got.kicad != want.kicad || got.ours != want.ours {
				t.Errorf("%s: kicad-cli has %d findings more, want %d; we have %d more, want %d", name, got.kicad, want.kicad, got.ours, want.ours)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if !seen[name] {
			t.Errorf("%s: no difference any more, want kicad-cli to have %d findings more, and us %d", name, known[name].kicad, known[name].ours)
		}
	}
}

// item matches the beginning of an item of a schematic.
var item = regexp.MustCompile(`(?m)^\t\((wire|bus|bus_entry|junction|no_connect|label|global_label|hierarchical_label|symbol)$|^\t\((label|global_label|hierarchical_label) `)

// damage takes items out of a schematic in the layout of KiCad 8 and later.
func damage(text string, random *rand.Rand) string {
	var b strings.Builder
	last := 0
	for _, m := range item.FindAllStringIndex(text, -1) {
		end := strings.Index(text[m[0]:], "\n\t)\n")
		if m[0] < last || end < 0 || random.Float64() > 0.125 {
			continue
		}
		b.WriteString(text[last:m[0]])
		last = m[0] + end + len("\n\t)\n")
	}
	b.WriteString(text[last:])
	return b.String()
}

type tally struct {
	files            []fileTally
	both, kicad, our map[string]int // by rule
	lost             int
}

type fileTally struct {
	name string
	more map[string]difference
}

func sum(m map[string]int) int {
	n := 0
	for _, v := range m {
		n += v
	}
	return n
}

// share is the part of all findings, of KiCad's and of ours, that are the
// same.
func (y *tally) share() float64 {
	both := sum(y.both)
	return float64(both) / float64(both+sum(y.kicad)+sum(y.our))
}

// copyDemos copies all demos, gives their tables all of KiCad's libraries, and
// returns the root schematics. It may change the settings, and those schematics
// that are quickly compared.
func copyDemos(t *testing.T, dir string, change, edit func(text string) string) []string {
	t.Helper()
	if err := os.CopyFS(dir, withoutBoards{os.DirFS(kicadtest.DemoDir(t))}); err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(filepath.Join(templates(t), "sym-lib-table"))
	if err != nil {
		t.Fatal(err)
	}
	var projects []string
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".kicad_pro" {
			return err
		}
		if _, err := os.Stat(strings.TrimSuffix(path, ".kicad_pro") + ".kicad_sch"); err == nil {
			projects = append(projects, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(projects) < 30 {
		t.Fatalf("%d demos with a schematic, want all", len(projects))
	}
	tabled := map[string]bool{}
	var files []string
	for _, project := range projects {
		if d := filepath.Dir(project); !tabled[d] {
			tabled[d] = true
			addRows(t, filepath.Join(d, "sym-lib-table"), string(table))
		}
		if change != nil {
			text, err := os.ReadFile(project)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(project, []byte(change(string(text))), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if edit != nil {
			if strings.Contains(project, "vme-wren") || strings.Contains(project, "simulation") {
				continue
			}
			for _, file := range schematics(t, filepath.Dir(project)) {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(edit(string(text))), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		}
		files = append(files, strings.TrimSuffix(project, ".kicad_pro")+".kicad_sch")
	}
	return files
}

// templates is the folder of the tables that KiCad sets up for a new user.
func templates(t *testing.T) string {
	return filepath.Join(filepath.Dir(kicadtest.SymbolDir(t)), "template")
}

// demos compares on all demos.
func demos(t *testing.T, change, edit func(text string) string) *tally {
	t.Helper()
	kicadtest.Require(t)
	files := copyDemos(t, filepath.Join(t.TempDir(), "demos"), change, edit)
	opts := erc.Options{
		SymbolDir: kicadtest.SymbolDir(t), FootprintDir: kicadtest.FootprintDir(t),
		FootprintTable: filepath.Join(templates(t), "fp-lib-table"), // KiCad sets it up by itself
	}
	y := &tally{both: map[string]int{}, kicad: map[string]int{}, our: map[string]int{}}
	found := make([]comparison, len(files))
	t.Run("witness", func(t *testing.T) {
		for i, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				found[i] = witness(t, file, opts)
			})
		}
	})
	for i, c := range found {
		f := fileTally{strings.TrimSuffix(filepath.Base(files[i]), ".kicad_sch"), map[string]difference{}}
		for key, n := range c.both {
			y.both[key] += n
		}
		for _, o := range c.kicadOnly {
			d := f.more[o.key]
			d.kicad++
			f.more[o.key] = d
			y.kicad[o.key]++
			t.Logf("%s: kicad-cli alone finds %s", f.name, o)
		}
		for _, o := range c.oursOnly {
			d := f.more[o.key]
			d.ours++
			f.more[o.key] = d
			y.our[o.key]++
			t.Logf("%s: we alone find %s", f.name, o)
		}
		y.lost += c.lost
		y.files = append(y.files, f)
	}
	for _, r := range erc.Rules {
		if n := y.both[r.Key] + y.kicad[r.Key] + y.our[r.Key]; n > 0 {
			t.Logf("%-27s same %5d  kicad-cli alone %4d  we alone %4d", r.Key, y.both[r.Key], y.kicad[r.Key], y.our[r.Key])
		}
	}
	t.Logf("%d demos: %d findings the same, %d of kicad-cli's alone, %d of ours alone: %.2f %%; %d came only when kicad-cli was asked for less",
		len(files), sum(y.both), sum(y.kicad), sum(y.our), 100*y.share(), y.lost)
	return y
}

// withoutBoards hides the files that no rule looks at; they are most of the
// demos' bytes.
type withoutBoards struct{ fs.FS }

func (w withoutBoards) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(w.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		switch strings.ToLower(filepath.Ext(e.Name())) {
		case ".kicad_pcb", ".step", ".stp", ".wrl", ".png", ".jpg", ".pdf":
			return true
		}
		return false
	}), err
}

func schematics(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.kicad_sch"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// addRows puts the rows of another table behind those of a project's own.
func addRows(t *testing.T, file, table string) {
	t.Helper()
	own, err := os.ReadFile(file)
	if err != nil {
		own = []byte("(sym_lib_table (version 7)\n)")
	}
	rows := table[strings.Index(table, "(lib "):]
	text := strings.TrimRight(strings.TrimSpace(string(own)), ")")
	for strings.Count(text, "(") > strings.Count(text, ")")+1 { // the brackets of the last row
		text += ")"
	}
	if err := os.WriteFile(file, []byte(text+"\n"+rows), 0o666); err != nil {
		t.Fatal(err)
	}
}

// everyRule returns settings with every rule on, with errors and warnings by
// turns.
func everyRule(t *testing.T, settings string) string {
	t.Helper()
	return changeSettings(t, settings, func(severities map[string]any) map[string]any {
		for i, r := range erc.Rules {
			severities[r.Key] = []string{"warning", "error"}[i%2]
		}
		severities["simulation_model_issue"] = "ignore"
		return severities
	})
}
