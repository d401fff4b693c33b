package layout_test

import (
	"testing"

	"starboard/kicad/geom"
)

// TestDecouplingStandsBeside checks that a capacitor stands close to the symbol
// that it serves, whatever else is on the sheet.
func TestDecouplingStandsBeside(t *testing.T) {
	f, _ := draw(t, parse(t, `
U1 Timer:NE555P VCC=+5V GND=GND TRIG=a THRES=b OUT=c CONT=d DISCH=e 4=f
C1 Device:C 1=+5V 2=GND
C2 Device:C 1=+5V 2=GND
U2 Timer:NE555P VCC=+5V GND=GND TRIG=g THRES=h OUT=i CONT=j DISCH=k 4=l
C3 Device:C 1=+5V 2=GND
J1 Connector_Generic:Conn_01x12 1=a 2=b 3=c 4=d 5=e 6=f 7=g 8=h 9=i 10=j 11=k 12=l`))
	at := map[string]geom.Point{}
	for _, s := range f.Symbols {
		at[s.Fields[0].Value] = s.At
	}
	for _, pair := range [][2]string{{"C1", "U1"}, {"C2", "U1"}, {"C3", "U2"}} {
		d := at[pair[0]].Sub(at[pair[1]])
		if far := max(d.X, -d.X) + max(d.Y, -d.Y); far > 45*geom.MM {
			t.Errorf("%s stands %d mm from %s, want at most 45", pair[0], far/geom.MM, pair[1])
		}
	}
}
