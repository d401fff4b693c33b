package builtins

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"starboard/builtins/property"
	"starboard/kicad/circuit"
	"starboard/kicad/netlist"
)

// The characters of gen.text, the simple ones first. After them come all
// others of Unicode.
const (
	plainChars = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	signChars  = " _-.,:;/+*#'\"\\()[]{}<>=~^!?@$%&|`"
	// Controls, letters beyond ASCII, one that changes its length in capitals,
	// a sign that combines with the one before, spaces that are none and none
	// that is one, a turn of the direction, wide signs, signs of two UTF-16
	// units, a private one, and the last one of all.
	oddChars = "\n\t\r\x00\x1b\x7féßµΩ°–…日本ＷﬁİſK\u0301\u00a0\u2009\u200b\u200d\u2028\ufeff\u202e\ufffd😀🇨\ue000\U0010ffff"
)

var knownChars = []rune(plainChars + signChars + oddChars)

// char draws a character of any kind.
func (d *drawing) char() rune {
	const all = utf8.MaxRune - 0x800 // without surrogates
	most := uint64(len(knownChars) + all)
	plain, sign := uint64(len(plainChars)), uint64(len(signChars))
	i := d.src.ChooseBy(most, func(r *property.Random) uint64 {
		switch r.UpTo(7) {
		case 0, 1, 2:
			return r.UpTo(plain - 1)
		case 3, 4:
			return plain + r.UpTo(sign-1)
		case 5, 6:
			return plain + sign + r.UpTo(uint64(len(knownChars))-plain-sign-1)
		}
		return uint64(len(knownChars)) + r.Spread(all)
	})
	if i < uint64(len(knownChars)) {
		return knownChars[i]
	}
	c := rune(i - uint64(len(knownChars)))
	if c >= 0xd800 {
		c += 0x800
	}
	return c
}

func genText(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var alphabet string
	var given starlark.Value
	least, most := 0, 20
	if err := unpackArgs(b, args, kwargs, "alphabet??", &given, "min?", &least, "max?", &most); err != nil {
		return nil, err
	}
	if given != nil {
		var ok bool
		if alphabet, ok = starlark.AsString(given); !ok || alphabet == "" {
			return nil, fmt.Errorf("%s: for parameter alphabet: got %s, want a string of the characters", b.Name(), shown(given))
		}
	}
	if len(args) < 3 && !hasKey(kwargs, "max") {
		most = max(most, least+20)
	}
	if err := checkSizes(b, least, most); err != nil {
		return nil, err
	}
	chars := []rune(alphabet)
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		var text strings.Builder
		err := d.times("character", least, most, func(int) error {
			if len(chars) > 0 {
				text.WriteRune(pick(d, chars))
			} else {
				text.WriteRune(d.char())
			}
			return nil
		})
		return starlark.String(text.String()), err
	}), nil
}

// What names and values are put together from: what means something to KiCad,
// to its files, to file systems, or to fonts.
var (
	plainNames = []string{"A", "B", "OUT", "IN", "CLK", "D0", "D1", "SDA", "N1", "x"}
	pieces     = []string{
		"/", " ", "~{", "}", "_{", "^{", "{", "\"", "'", "\\", "[", "]", "(", ")", "<", ">", "+", "-", "*", "?", ":", ";", ",", ".", "|", "#", "$", "%",
		"&", "@", "=", "!", "~", "^", "_", "a", "A", "0", "1", "\\n", "%s", "é", "µ", "Ω", "日本", "ＷＩＤＥ", "e\u0301", "😀", "\u200b", "\u00a0", "\u202e",
	}
	oddNames = []string{
		"~{RST}", "A/B", "~{A/B}", "two words", `q"q`, "it's", "V_{CC}", "x^{2}", "/", "//x", "D[0]", "Net-(R1-Pad1)", "Net-(U1-OUT)",
		"unconnected-(R1-Pad1)", "R1_1", "U1_OUT", "1", "-", "+3V3", "GND", "clk", "N$1", "{{x}}", "A{B", "A}B", "a b]", "#PWR01", "日本語",
	}
)

// odd draws a text that makes trouble, or a plain one.
func (d *drawing) odd(plain, special []string, longest uint64) (string, error) {
	kind := d.src.ChooseBy(3, func(r *property.Random) uint64 {
		return []uint64{0, 0, 0, 1, 1, 1, 2, 2, 2, 3}[r.UpTo(9)]
	})
	switch kind {
	case 0:
		return pick(d, plain), nil
	case 1:
		return pick(d, special), nil
	}
	var text strings.Builder
	most := 6
	if kind == 3 {
		// Longer than any field that is made for names.
		text.WriteString(strings.Repeat("long name ", int(1+d.src.Choose(longest/10-1))))
	}
	err := d.times("piece", 0, most, func(int) error {
		text.WriteString(pick(d, pieces))
		return nil
	})
	return strings.TrimSpace(text.String()), err
}

// netName draws a name that a net can have.
func (d *drawing) netName() (string, error) {
	name, err := d.odd(plainNames, oddNames, 300)
	if err != nil {
		return "", err
	}
	if c, err := circuit.New("x"); err == nil {
		if _, err := c.Root().Net(name); err != nil {
			return plainNames[0], nil // a bus, or no name at all
		}
	}
	return name, nil
}

func genNetName(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := unpackArgs(b, args, kwargs); err != nil {
		return nil, err
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		name, err := d.netName()
		return starlark.String(name), err
	}), nil
}

// References with a prefix that people use, and ones that KiCad takes as well.
var (
	prefixes    = []string{"R", "C", "L", "U", "D", "Q", "J", "Y", "F", "SW", "TP", "BT"}
	oddPrefixes = []string{"r", "K_", "J1A", "R-", "Q.", "C+", "R/", "Ω", "RÄ", "X$", "VERYLONGPREFIX"}
)

func genReference(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var given string
	if err := unpackArgs(b, args, kwargs, "prefix?", &given); err != nil {
		return nil, err
	}
	if given != "" && strings.Trim(given, "0123456789") == "" {
		return nil, fmt.Errorf("%s: for parameter prefix: got %q, want letters", b.Name(), given)
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		prefix := given
		if prefix == "" {
			prefix = d.prefix()
		}
		return starlark.String(fmt.Sprintf("%s%d", prefix, d.number(1, 9999))), nil
	}), nil
}

func (d *drawing) prefix() string {
	if d.src.Chance(1, 4) {
		return pick(d, oddPrefixes)
	}
	return pick(d, prefixes)
}

var (
	deviceNames = []string{"NE555", "LM358", "BC847", "1N4148", "ATmega328P-P", "74HC00", "10 MHz", "USB_C"}
	oddValues   = []string{"", "~", `5"`, "4,7µF", "100n/16V", "{slush}", "a{b}c", "1 2", "R1", "~{X}", "日本", "'", `x\y`, "(z)", ";", "10k 1% 0603", "=1+1", "-5V", "#1", "<b>", "&amp;", "%d"}
	someOhms    = resistances.between("E24", 1e6, 1e13)
	someFarads  = capacitances.between("E6", 1e3, 1e12)
)

// partValue draws a value that a part can have.
func (d *drawing) partValue(awkward bool) (string, error) {
	kinds := 3
	if awkward {
		kinds = 4
	}
	switch d.index(kinds) {
	case 0:
		return pick(d, someOhms), nil
	case 1:
		return pick(d, someFarads), nil
	case 2:
		return pick(d, deviceNames), nil
	}
	v, err := d.odd(deviceNames, oddValues, 60)
	if netlist.Unescape(v) != v {
		return "", err // KiCad would read another one
	}
	return v, err
}

func genValue(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := unpackArgs(b, args, kwargs); err != nil {
		return nil, err
	}
	return generator(b, args, kwargs, func(d *drawing) (starlark.Value, error) {
		v, err := d.partValue(true)
		return starlark.String(v), err
	}), nil
}
