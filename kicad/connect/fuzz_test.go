package connect_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/connect"
	"starboard/kicad/internal/memtest"
	"starboard/kicad/internal/mutate"
	"starboard/kicad/netlist"
	"starboard/kicad/sexpr"
)

// FuzzRead reads hostile files. Whatever they hold, reading and connecting
// them ends soon, with an error or a netlist that KiCad's parser could read,
// and twice with the same.
func FuzzRead(f *testing.F) {
	for _, tt := range netTests {
		f.Add(tt.project["r.kicad_sch"], tt.project["c.kicad_sch"], tt.project["r.kicad_pro"])
	}
	f.Add(drawing(rootID, (&artist{}).sheet("A", "r.kicad_sch", sheetA, 0, 0)), "", "{}")
	f.Add(drawing(rootID, (&artist{}).label("A[0..2147483646]", 0, 0)), "", "{}")
	f.Add(drawing(rootID, (&artist{}).label("${A}", 0, 0)), "", `{"text_variables":{"A":"${A}${A}${A}${A}"}}`)
	f.Fuzz(readTwice)
}

// FuzzEdits is FuzzRead with files that are s-expressions, made out of the
// drawing of a test.
func FuzzEdits(f *testing.F) {
	for i := range netTests {
		f.Add(uint8(i), []byte{4, 0, byte(i), 0, byte(i)}, []byte{})
	}
	f.Fuzz(func(t *testing.T, drawing uint8, root, child []byte) {
		p := netTests[int(drawing)%len(netTests)].project
		readTwice(t, mutate.Edit(p["r.kicad_sch"], root), mutate.Edit(p["c.kicad_sch"], child), p["r.kicad_pro"])
	})
}

func readTwice(t *testing.T, root, child, project string) {
	files := fstest.MapFS{
		"r.kicad_sch": {Data: []byte(root)}, "c.kicad_sch": {Data: []byte(child)}, "r.kicad_pro": {Data: []byte(project)},
	}
	var first string
	for range 2 {
		var n *netlist.Netlist
		var err error
		memtest.Bound(t, len(root)+len(child)+len(project), func() {
			var s *connect.Schematic
			if s, err = connect.ReadFS(files, "r.kicad_sch"); err == nil {
				n, err = s.Netlist()
			}
		})
		if err != nil {
			if _, brief := connect.ReadNetlistFS(files, "r.kicad_sch"); !sameMistake(brief, err) {
				t.Fatalf("ReadNetlist: %v, want %v", brief, err)
			}
			return
		}
		text := string(netlist.KiCad(n))
		if _, err := netlist.Parse("r.net", text); err != nil {
			t.Fatalf("Parse of the netlist: %v", err)
		}
		if first != "" && text != first {
			t.Fatal("read twice, got two netlists")
		}
		first = text
	}
	if n, err := connect.ReadNetlistFS(files, "r.kicad_sch"); err != nil {
		t.Fatalf("ReadNetlist: %v, want a netlist as after Read", err)
	} else if text := string(netlist.KiCad(n)); text != first {
		t.Fatalf("ReadNetlist differs from Read (-want +got):\n%s", cmp.Diff(first, text))
	}
}

// sameMistake reports whether two errors say the same, but for the place where
// the text of got has gone.
func sameMistake(got, want error) bool {
	if got == nil {
		return false
	}
	var g, w *sexpr.Error
	if errors.As(got, &g) && errors.As(want, &w) && g.Line == 0 {
		return g.Msg == w.Msg
	}
	return got.Error() == want.Error()
}

// TestReadNetlist checks that ReadNetlist finds the netlist that Read finds: of
// every demo, and of the files of older versions.
func TestReadNetlist(t *testing.T) {
	dir, roots := demoRoots(t)
	for _, root := range roots {
		t.Run(strings.TrimSuffix(filepath.Base(root), ".kicad_sch"), func(t *testing.T) { compareReaders(t, dir, root) })
	}
	for _, version := range []string{"6", "7", "8"} {
		t.Run("version "+version, func(t *testing.T) {
			compareReaders(t, filepath.Join("..", "..", "testdata", "versions", version), "v.kicad_sch")
		})
	}
}

func compareReaders(t *testing.T, dir, root string) {
	s, err := connect.Read(filepath.Join(dir, root))
	if err != nil {
		t.Fatal(err)
	}
	want, err := s.Netlist()
	if err != nil {
		t.Fatal(err)
	}
	got, err := connect.ReadNetlist(filepath.Join(dir, root), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("netlist differs (-Read +ReadNetlist):\n%s", diff)
	}
	got, err = connect.ReadNetlistFS(os.DirFS(dir), filepath.ToSlash(root))
	if err != nil {
		t.Fatal(err)
	}
	got.Source = want.Source
	got.Libraries, want.Libraries = nil, nil // of the environment
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("netlist differs (-Read +ReadNetlist of a file system):\n%s", diff)
	}
}

// A mistake that is found when the text is gone has its place all the same.
func TestReadNetlistErrors(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "r.kicad_sch")
	a := &artist{}
	for _, tt := range []struct{ text, want string }{
		{"(kicad_sch\n (junction (at 1 x)))", "r.kicad_sch:2:18: got x, want a number"},
		{"\n" + drawing(rootID, a.sheet("S", "r.kicad_sch", sheetA, 0, 0)), `:1: sheet "S" contains itself: r.kicad_sch`},
	} {
		if err := os.WriteFile(root, []byte(tt.text), 0o666); err != nil {
			t.Fatal(err)
		}
		_, want := connect.Read(root)
		if _, err := connect.ReadNetlist(root, nil); err == nil || !strings.Contains(err.Error(), tt.want) || err.Error() != want.Error() {
			t.Errorf("ReadNetlist error = %v, want one with %q, and that of Read: %v", err, tt.want, want)
		}
	}
}

// Read and ReadFS find the same nets in the same files.
func TestReadOfDiskAndMemoryAgree(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range netTests {
		for name, text := range tt.project {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		fromDisk, err := connect.Read(filepath.Join(dir, "r.kicad_sch"))
		if err != nil {
			t.Fatal(err)
		}
		n, err := fromDisk.Netlist()
		if err != nil {
			t.Fatal(err)
		}
		m, err := tt.project.read(t).Netlist()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := nets(n), nets(m); len(got) != len(want) {
			t.Errorf("%s: got %d nets from disk, want %d as from memory", tt.name, len(got), len(want))
		}
		if err := os.RemoveAll(filepath.Join(dir, "r.kicad_pro")); err != nil {
			t.Fatal(err)
		}
	}
}

// hostile returns sheets on which a careless search would take time out of
// all proportion to their size.
func hostile(size int) []hostileSheet {
	many := func(n int, item func(a *artist, i int) string) string {
		a := &artist{}
		var items []string
		for i := range n {
			items = append(items, item(a, i))
		}
		return drawing(rootID, items...)
	}
	return []hostileSheet{
		{"one reference", many(10*size, func(a *artist, i int) string { return a.part(float64(i), 0, "P1") })},
		{"one place", many(10*size, func(a *artist, i int) string { return a.part(0, 0, "P1") })},
		{"one label", many(10*size, func(a *artist, i int) string { return a.tap("N", float64(i), 0, "P1") })},
		{"one line", many(5*size, func(a *artist, i int) string { return a.wire(0, 0, 100, 0) + a.label("N", 50, 0) })},
		{"slanted lines", many(3*size, func(a *artist, i int) string {
			return a.wire(0, float64(i), 100, float64(3*size-i)) + a.junction(50, 1500)
		})},
		{"wide groups", many(10, func(a *artist, i int) string {
			return a.bus(0, float64(i), 10, float64(i)) + a.label("{A[0..2999] B[0..2999]}", 5, float64(i))
		})},
		{"nested lists", "(kicad_sch " + strings.Repeat("(", 100000) + strings.Repeat(")", 100000) + ")"},
	}
}

type hostileSheet struct{ name, text string }

func TestHostileSheetsAreRead(t *testing.T) {
	for _, tt := range hostile(100) {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := (project{"r.kicad_sch": tt.text}).read(t).Netlist(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// BenchmarkHostile shows how the time grows with the size: ten times the size
// should not take a hundred times the time.
func BenchmarkHostile(b *testing.B) {
	for _, size := range []int{100, 1000} {
		for _, tt := range hostile(size) {
			b.Run(fmt.Sprintf("%s/%d", tt.name, size), func(b *testing.B) {
				b.SetBytes(int64(len(tt.text)))
				for b.Loop() {
					if _, err := (project{"r.kicad_sch": tt.text}).read(b).Netlist(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
