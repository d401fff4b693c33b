package wire

import (
	"slices"
	"strings"
	"unicode"
)

// A Way is where the signal of a net goes by its name.
type Way int

const (
	In  Way = -1 // it comes in, on the left
	Out Way = 1  // it goes out, on the right
)

// Says returns what a name says: one of its words is one of those that engineers give
// to inputs or outputs. It is 0 where there is none, or both.
func Says(name string) Way {
	says := Way(0)
	for _, word := range strings.FieldsFunc(strings.ToUpper(name), func(r rune) bool { return !unicode.IsLetter(r) }) {
		way := Way(0)
		switch {
		case slices.Contains([]string{"IN", "INPUT", "INP", "INN", "INM", "INL", "INR", "VIN", "AIN", "DIN", "UIN", "INPUTS", "BATTERY"}, word):
			way = In
		case slices.Contains([]string{"OUT", "OUTPUT", "OUTP", "OUTN", "OUTM", "OUTL", "OUTR", "VOUT", "AOUT", "DOUT", "UOUT", "OUTPUTS", "LOAD", "MOTOR", "PHONES", "SPEAKER"}, word):
			way = Out
		}
		switch {
		case way == 0:
		case says == -way:
			return 0
		default:
			says = way
		}
	}
	return says
}
