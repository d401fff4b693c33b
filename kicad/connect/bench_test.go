package connect_test

import (
	"path/filepath"
	"testing"

	"starboard/kicad/connect"
	"starboard/kicad/internal/kicadtest"
)

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
				s, err := connect.Read(file)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := s.Netlist(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
