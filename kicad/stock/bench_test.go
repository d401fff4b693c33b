package stock_test

import (
	"testing"

	"starboard/kicad/stock"
)

func BenchmarkLibrary(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := stock.Library("Device"); !ok {
			b.Fatal("no library Device")
		}
	}
}

func BenchmarkSymbol(b *testing.B) {
	for _, bb := range []struct{ lib, name string }{
		{"Device", "R"},
		{"Connector_Generic", "Conn_02x20_Odd_Even"},
		{"MCU_Microchip_ATmega", "ATmega328P-A"},
		{"MCU_ST_STM32G0", "STM32G030F6Px"},
	} {
		b.Run(bb.lib+":"+bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := stock.Symbol(bb.lib, bb.name); !ok {
					b.Fatalf("no symbol %s:%s", bb.lib, bb.name)
				}
			}
		})
	}
}

// A limit far above what is measured: it catches work that does not belong
// here, such as compiling the rest of a library for one symbol.
func TestOneSymbolIsCompiledAlone(t *testing.T) {
	one := testing.AllocsPerRun(10, func() { stock.Symbol("Device", "R") })
	all := testing.AllocsPerRun(10, func() { stock.Library("Device") })
	if one > all/10 {
		t.Errorf("one symbol takes %.0f allocations, the library %.0f; want less than a tenth", one, all)
	}
}
