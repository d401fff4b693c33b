package project

import "starboard/kicad/circuit"

// PlainSheets returns how many sheets of a circuit are drawn in the plain way,
// for the better drawing of them does not say what the circuit says.
func PlainSheets(c *circuit.Circuit, o Options) (int, error) {
	b, err := draw(c, o)
	if err != nil {
		return 0, err
	}
	return len(b.plain), nil
}
