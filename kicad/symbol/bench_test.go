package symbol_test

import (
	"path/filepath"
	"testing"

	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/sexpr"
	"starboard/kicad/symbol"
)

// The largest library, and the last symbol in it, which extends another.
const largest, last = "MCU_ST_STM32H7", "STM32H7A3ZITxQ"

func BenchmarkFindLastOfLargest(b *testing.B) {
	file := filepath.Join(kicadtest.SymbolDir(b), largest+".kicad_sym")
	for b.Loop() {
		l, err := symbol.Open(largest, file)
		if err != nil {
			b.Fatal(err)
		}
		find(b, l, last)
	}
}

func BenchmarkFindResistor(b *testing.B) {
	file := filepath.Join(kicadtest.SymbolDir(b), "Device.kicad_sym")
	for b.Loop() {
		l, err := symbol.Open("Device", file)
		if err != nil {
			b.Fatal(err)
		}
		find(b, l, "R")
	}
}

// All symbols of one library, one after the other.
func BenchmarkFindAll(b *testing.B) {
	file := filepath.Join(kicadtest.SymbolDir(b), "Device.kicad_sym")
	for b.Loop() {
		l, err := symbol.Open("Device", file)
		if err != nil {
			b.Fatal(err)
		}
		all(b, l)
	}
}

func BenchmarkIndexOfAll(b *testing.B) {
	dir := kicadtest.SymbolDir(b)
	for b.Loop() {
		p := symbol.NewPath(symbol.Source{Kind: symbol.Installed, Dir: dir})
		if _, err := p.Index(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNotFound(b *testing.B) {
	p := symbol.NewPath(symbol.Source{Kind: symbol.Installed, Dir: kicadtest.SymbolDir(b)})
	for b.Loop() {
		if _, err := p.Find("Device:RR"); err == nil {
			b.Fatal("Device:RR exists")
		}
	}
}

func BenchmarkWriteCopy(b *testing.B) {
	l, err := symbol.Open(largest, filepath.Join(kicadtest.SymbolDir(b), largest+".kicad_sym"))
	if err != nil {
		b.Fatal(err)
	}
	s := find(b, l, last)
	b.ReportAllocs()
	for b.Loop() {
		var w sexpr.Writer
		s.WriteCopy(&w, s.LibID())
		b.SetBytes(int64(len(w.Bytes())))
	}
}
