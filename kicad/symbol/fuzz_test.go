package symbol_test

import (
	"os"
	"path/filepath"
	"testing"

	"starboard/kicad/internal/memtest"
	"starboard/kicad/internal/mutate"
	"starboard/kicad/symbol"
)

// Whatever a library holds, reading it ends, without a crash, and what is
// written reads back as the same.
func FuzzLibrary(f *testing.F) {
	for _, text := range seeds(f) {
		f.Add(text)
	}
	f.Add("(kicad_symbol_lib (symbol \"A\" (extends \"B\")) (symbol \"B\" (extends \"A\")))")
	f.Add("(kicad_symbol_lib (symbol A (arc (start 1 0) (mid 0 1) (end -1 0)) (polyline (pts)) (text \"x\" (at 0 0 1e9))))")
	f.Add("(kicad_symbol_lib\n\t(version 20241209)\n\t(symbol \"A\"\n\t\t(pin input line (at 9e9 -9e9 90) (length 1e5)))\n\t)\n)\n")
	f.Fuzz(readAndWrite)
}

// FuzzEdits is FuzzLibrary with libraries, made out of the seeds.
func FuzzEdits(f *testing.F) {
	texts := seeds(f)
	for i := range texts {
		f.Add(uint8(i), []byte{4, 0, 30, 0, 30})
	}
	f.Fuzz(func(t *testing.T, i uint8, program []byte) {
		readAndWrite(t, mutate.Edit(texts[int(i)%len(texts)], program))
	})
}

func seeds(f *testing.F) []string {
	f.Helper()
	files, err := filepath.Glob("testdata/versions/*")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	var texts []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

func readAndWrite(t *testing.T, text string) {
	var l *symbol.Library
	var err error
	memtest.Bound(t, len(text), func() {
		if l, err = symbol.FromText("L", "f", text); err == nil {
			_, err = l.Names()
		}
	})
	if err != nil {
		return
	}
	names, err := l.Names()
	if err != nil {
		return
	}
	if _, err := l.Index(); err != nil {
		t.Fatalf("Names is fine and Index is not: %v", err)
	}
	var symbols []*symbol.Symbol
	for _, name := range names[:min(len(names), 20)] {
		s, err := l.Find(name)
		if err != nil {
			continue
		}
		for unit := range min(s.Units, 3) {
			b := s.Box(unit+1, 1)
			if b.Min.X > b.Max.X || b.Min.Y > b.Max.Y {
				t.Fatalf("box of %s is %v", name, b)
			}
			for _, p := range s.UnitPins(unit+1, 1) {
				if !b.Contains(p.At) {
					t.Fatalf("box of %s, %v, lacks pin %s at %v", name, b, p.Number, p.At)
				}
			}
		}
		symbols = append(symbols, s)
	}
	written := symbol.WriteLibrary(symbols)
	again, err := symbol.FromText("L", "written", string(written))
	if err != nil {
		t.Fatalf("%s\n%v", written, err)
	}
	if twice := symbol.WriteLibrary(all(t, again)); string(twice) != string(written) {
		t.Fatalf("written first:\n%s\nthen:\n%s", written, twice)
	}
}
