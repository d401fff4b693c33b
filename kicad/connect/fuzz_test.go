package connect_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"starboard/kicad/connect"
	"starboard/kicad/netlist"
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
	f.Fuzz(func(t *testing.T, root, child, project string) {
		files := fstest.MapFS{
			"r.kicad_sch": {Data: []byte(root)}, "c.kicad_sch": {Data: []byte(child)}, "r.kicad_pro": {Data: []byte(project)},
		}
		var first string
		for range 2 {
			s, err := connect.ReadFS(files, "r.kicad_sch")
			if err != nil {
				return
			}
			n, err := s.Netlist()
			if err != nil {
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
	})
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
