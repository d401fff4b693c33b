package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"starboard/engine"
)

// ladder is an RC ladder: as many parts as asked for, in one long chain.
const ladder = `
def main(n = 10):
    c = circuit("ladder")
    gnd = c.power("GND")
    last = c.net("IN")
    j = c.part("Connector_Generic:Conn_01x02", ref = "J1", pins = {1: last, 2: gnd})
    for i in range(n // 2):
        node = c.net("N%d" % i)
        c.part("Device:R", value = "1k", pins = {1: last, 2: node})
        c.part("Device:C", value = "100n", pins = {1: node, 2: gnd})
        last = node
    return c
`

// BenchmarkRun measures a whole run without the start of the process, each
// time with an empty output folder and no lock, so that everything is built
// and written. Growth should stay close to linear.
func BenchmarkRun(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				dir := filepath.Join(b.TempDir(), fmt.Sprint(i))
				script := filepath.Join(dir, "ladder.star")
				if err := os.MkdirAll(dir, 0o777); err != nil {
					b.Fatal(err)
				}
				if err := os.WriteFile(script, []byte(ladder), 0o666); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				_, err := engine.Run(b.Context(), script, engine.Options{Args: []string{fmt.Sprintf("n=%d", n)}, Out: filepath.Join(dir, "out")})
				b.StopTimer()
				if err != nil {
					b.Fatal(err)
				}
				if err := os.RemoveAll(dir); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}
