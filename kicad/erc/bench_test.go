package erc_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"testing/fstest"

	"starboard/kicad/connect"
	"starboard/kicad/erc"
	"starboard/kicad/internal/kicadtest"
)

// A sheet of a hundred resistors in a row is checked in a few milliseconds.
func BenchmarkHundredParts(b *testing.B) {
	c := rulesCase{draw: ladder(100)}
	dir := fstest.MapFS{}
	for name, text := range c.files() {
		dir[name] = &fstest.MapFile{Data: []byte(text)}
	}
	s, err := connect.ReadFS(dir, "a.kicad_sch")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			if _, err := erc.Check(s, erc.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read and check", func(b *testing.B) {
		for b.Loop() {
			s, err := connect.ReadFS(dir, "a.kicad_sch")
			if err != nil {
				b.Fatal(err)
			}
			if _, err := erc.Check(s, erc.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func ladder(n int) func(d *drawing) {
	return func(d *drawing) {
		for i := range n {
			y := 10 + float64(i)
			d.part("R", fmt.Sprintf("R%d", i+1), 10, y, `(property "Footprint" "F:R_0603" (at 0 0 0) `+font+`)`)
			d.wire(12, y, 14, y)
			d.label(fmt.Sprintf("N%d", i/2), 14, y)
			d.label(fmt.Sprintf("M%d", (i+1)/2), 10, y)
		}
	}
}

func BenchmarkDemos(b *testing.B) {
	opts := erc.Installed()
	for _, name := range []string{"pic_programmer/pic_programmer", "video/video", "vme-wren/vme-wren"} {
		b.Run(filepath.Base(name), func(b *testing.B) {
			s, err := connect.Read(filepath.Join(kicadtest.DemoDir(b), name+".kicad_sch"))
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := erc.Check(s, opts); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
