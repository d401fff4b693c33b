package connect_test

import (
	"path/filepath"
	"testing"

	"starboard/kicad/connect"
	"starboard/kicad/internal/kicadtest"
)

// BenchmarkRead reads all of the largest demo, as everything but the netlist
// command does.
func BenchmarkRead(b *testing.B) {
	file := filepath.Join(kicadtest.DemoDir(b), "vme-wren/vme-wren.kicad_sch")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := connect.Read(file); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNetlist(b *testing.B) {
	for _, name := range []string{
		"ecc83/ecc83-pp.kicad_sch",
		"pic_programmer/pic_programmer.kicad_sch",
		"video/video.kicad_sch",
		"vme-wren/vme-wren.kicad_sch",
	} {
		b.Run(filepath.Base(name), func(b *testing.B) {
			file := filepath.Join(kicadtest.DemoDir(b), name)
			for b.Loop() {
				if _, err := connect.ReadNetlist(file, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
