package readback_test

import (
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"starboard/kicad/connect"
	"starboard/kicad/internal/memtest"
	"starboard/kicad/internal/mutate"
	"starboard/kicad/readback"
)

// Whatever a file holds, reading it ends with a circuit or an error, and every
// pin of the circuit is on the net that it says.
func FuzzCircuit(f *testing.F) {
	for _, text := range seeds(f) {
		f.Add(text)
	}
	f.Fuzz(circuitOf)
}

// FuzzEdits is FuzzCircuit with schematics, made out of the seeds.
func FuzzEdits(f *testing.F) {
	texts := seeds(f)
	f.Add(false, []byte{0, 0, 9, 0, 9})
	f.Add(true, []byte{4, 0, 30, 0, 30})
	f.Fuzz(func(t *testing.T, second bool, program []byte) {
		text := texts[0]
		if second {
			text = texts[1]
		}
		circuitOf(t, mutate.Edit(text, program))
	})
}

func seeds(f *testing.F) []string {
	f.Helper()
	var texts []string
	for _, name := range []string{"testdata/parts.kicad_sch", "testdata/names.kicad_sch"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

func circuitOf(t *testing.T, text string) {
	files := fstest.MapFS{"x.kicad_sch": &fstest.MapFile{Data: []byte(text)}}
	var r *readback.Result
	var err error
	memtest.Bound(t, len(text), func() {
		var s *connect.Schematic
		if s, err = connect.ReadFS(files, "x.kicad_sch"); err == nil {
			r, err = readback.Circuit(s, power)
		}
	})
	if err != nil {
		return
	}
	for _, p := range r.Circuit.Parts() {
		if p.Ref == "" || len(r.Drawn[p]) == 0 {
			t.Errorf("part %s (%s) has reference %q and %d units", p, p.Pos, p.Ref, len(r.Drawn[p]))
		}
		for _, pin := range p.Pins() {
			if n := pin.Net(); n != nil && !slices.Contains(n.AllPins(), pin) {
				t.Errorf("%v is on %v, which does not have it", pin, n)
			}
		}
	}
}
