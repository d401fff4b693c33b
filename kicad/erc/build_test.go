package erc_test

import (
	"fmt"
	"strings"
)

// A drawing builds the text of a schematic. Its coordinates count 2.54 mm;
// uuids count up from 1.
type drawing struct {
	items strings.Builder
	id    int
	base  int // of the uuids, so that files differ
	path  string
}

const font = `(effects (font (size 1.27 1.27)))`

func (d *drawing) uuid() string {
	d.id++
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", d.base+d.id)
}

func mm(v float64) string { return fmt.Sprintf("%.4f", v*2.54) }

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(&d.items, format+"\n", args...) }

// part places T:name. Extra is put into the symbol as it is.
func (d *drawing) part(name, ref string, x, y float64, extra ...string) {
	d.unit(name, ref, 1, x, y, extra...)
}

// root is the uuid of the root sheet.
const root = "00000000-0000-4000-9000-000000000001"

func (d *drawing) unit(name, ref string, unit int, x, y float64, extra ...string) {
	path := d.path
	if path == "" {
		path = "/" + root
	}
	d.add(`(symbol (lib_id "T:%s") (at %s %s 0) (unit %d) (exclude_from_sim no) (in_bom yes) (on_board yes) (dnp no) (uuid %q)
	(property "Reference" %q (at 0 0 0) %s) (property "Value" %q (at 0 0 0) %s)
	%s
	(instances (project "a" (path %q (reference %q) (unit %d)))))`,
		name, mm(x), mm(y), unit, d.uuid(), ref, font, valueOf(name), font,
		strings.Join(append([]string{d.pins(name)}, extra...), "\n"), path, ref, unit)
}

// valueOf gives power symbols the net that they name.
func valueOf(name string) string {
	if net, ok := strings.CutPrefix(name, "PWR_"); ok {
		return net
	}
	return name
}

func (d *drawing) pins(name string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, p := range symbols[name].pins {
		if !seen[p.number] {
			fmt.Fprintf(&b, "(pin %q (uuid %q))", p.number, d.uuid())
		}
		seen[p.number] = true
	}
	return b.String()
}

func (d *drawing) wire(x1, y1, x2, y2 float64) { d.line("wire", x1, y1, x2, y2) }
func (d *drawing) bus(x1, y1, x2, y2 float64)  { d.line("bus", x1, y1, x2, y2) }

func (d *drawing) line(kind string, x1, y1, x2, y2 float64) {
	d.add(`(%s (pts (xy %s %s) (xy %s %s)) (stroke (width 0) (type default)) (uuid %q))`, kind, mm(x1), mm(y1), mm(x2), mm(y2), d.uuid())
}

func (d *drawing) label(text string, x, y float64) {
	d.add(`(label %q (at %s %s 0) %s (uuid %q))`, text, mm(x), mm(y), font, d.uuid())
}
func (d *drawing) global(text string, x, y float64) {
	d.add(`(global_label %q (shape input) (at %s %s 0) %s (uuid %q))`, text, mm(x), mm(y), font, d.uuid())
}
func (d *drawing) hier(text string, x, y float64) {
	d.add(`(hierarchical_label %q (shape input) (at %s %s 0) %s (uuid %q))`, text, mm(x), mm(y), font, d.uuid())
}
func (d *drawing) flag(class string, x, y float64) {
	d.add(`(netclass_flag "" (length 2.54) (shape round) (at %s %s 0) %s (uuid %q) (property "Netclass" %q (at %s %s 0) %s))`, mm(x), mm(y), font, d.uuid(), class, mm(x), mm(y), font)
}
func (d *drawing) noConnect(x, y float64) {
	d.add(`(no_connect (at %s %s) (uuid %q))`, mm(x), mm(y), d.uuid())
}
func (d *drawing) junction(x, y float64) {
	d.add(`(junction (at %s %s) (diameter 0) (color 0 0 0 0) (uuid %q))`, mm(x), mm(y), d.uuid())
}
func (d *drawing) entry(x, y float64) {
	d.add(`(bus_entry (at %s %s) (size 2.54 2.54) (stroke (width 0) (type default)) (uuid %q))`, mm(x), mm(y), d.uuid())
}
func (d *drawing) text(s string, x, y float64) {
	d.add(`(text %q (exclude_from_sim no) (at %s %s 0) %s (uuid %q))`, s, mm(x), mm(y), font, d.uuid())
}
func (d *drawing) alias(name string, members ...string) {
	d.add(`(bus_alias %q (members "%s"))`, name, strings.Join(members, `" "`))
}

// sheet draws a sheet of size 10 by 10 with pins on its left edge, one under
// the other, and returns its uuid.
func (d *drawing) sheet(name, file string, x, y float64, pins ...string) string {
	uuid := d.uuid()
	d.add(`(sheet (at %s %s) (size 25.4 25.4) (stroke (width 0.1524) (type solid)) (fill (color 0 0 0 0)) (uuid %q)
	(property "Sheetname" %q (at %s %s 0) %s) (property "Sheetfile" %q (at %s %s 0) %s)`,
		mm(x), mm(y), uuid, name, mm(x), mm(y), font, file, mm(x), mm(y), font)
	for i, p := range pins {
		d.add(`(pin %q input (at %s %s 180) (uuid %q) %s)`, p, mm(x), mm(y+1+float64(i)), d.uuid(), font)
	}
	d.add(`(instances (project "a" (path "/%s" (page "%d")))))`, root, d.id+1)
	return uuid
}

// String returns the text of the file.
func (d *drawing) String() string {
	var lib strings.Builder
	for _, name := range symbolNames {
		if strings.Contains(d.items.String(), `"T:`+name+`"`) {
			lib.WriteString(symbols[name].text(name, "T:"+name))
		}
	}
	uuid := root
	if d.base != 0 {
		uuid = fmt.Sprintf("00000000-0000-4000-9000-%012d", d.base)
	}
	return fmt.Sprintf("(kicad_sch (version 20250114) (generator \"eeschema\") (generator_version \"9.0\") (uuid %q) (paper \"A3\")\n(lib_symbols\n%s)\n%s)\n", uuid, lib.String(), d.items.String())
}

// A testSymbol is a library symbol: its pins, at their places relative to the
// symbol on the sheet.
type testSymbol struct {
	prefix string
	power  bool
	fp     string // footprint filters
	pins   []testPin
}

type testPin struct {
	number, name, kind string
	x, y               float64
	unit               int // 0: 1
	hidden             bool
}

func (s testSymbol) text(bare, name string) string {
	var b strings.Builder
	power := ""
	if s.power {
		power = "(power)"
	}
	fmt.Fprintf(&b, "(symbol %q %s (exclude_from_sim no) (in_bom yes) (on_board yes)\n", name, power)
	for i, p := range [][2]string{{"Reference", s.prefix}, {"Value", valueOf(bare)}, {"Footprint", ""}, {"Datasheet", ""}, {"Description", ""}, {"ki_fp_filters", s.fp}} {
		if i < 5 || p[1] != "" {
			fmt.Fprintf(&b, "(property %q %q (at 0 0 0) %s)", p[0], p[1], font)
		}
	}
	units := 1
	for _, p := range s.pins {
		units = max(units, p.unit)
	}
	for unit := 1; unit <= units; unit++ {
		fmt.Fprintf(&b, "(symbol \"%s_%d_1\"", bare, unit)
		for _, p := range s.pins {
			if max(p.unit, 1) != unit {
				continue
			}
			hide := ""
			if p.hidden {
				hide = "(hide yes)"
			}
			fmt.Fprintf(&b, "(pin %s line (at %s %s 0) (length 2.54) %s (name %q %s) (number %q %s))", p.kind, mm(p.x), mm(-p.y), hide, p.name, font, p.number, font)
		}
		b.WriteString(")\n")
	}
	b.WriteString(")\n")
	return b.String()
}

var pinTypes = []string{
	"input", "output", "bidirectional", "tri_state", "passive", "free", "unspecified",
	"power_in", "power_out", "open_collector", "open_emitter", "no_connect",
}

// symbols are those of the library T: one for each type of pin, and others.
var (
	symbols     = map[string]testSymbol{}
	symbolNames []string
)

func init() {
	define := func(name string, s testSymbol) {
		symbols[name] = s
		symbolNames = append(symbolNames, name)
	}
	for _, kind := range pinTypes {
		define(kind, testSymbol{prefix: "U", pins: []testPin{{number: "1", name: "P", kind: kind}}})
	}
	for _, net := range []string{"GND", "VCC", "gnd"} {
		define("PWR_"+net, testSymbol{prefix: "#PWR", power: true, pins: []testPin{{number: "1", name: "~", kind: "power_in"}}})
	}
	define("FLAG", testSymbol{prefix: "#FLG", power: true, pins: []testPin{{number: "1", name: "~", kind: "power_out"}}})
	define("R", testSymbol{prefix: "R", fp: "R_*", pins: []testPin{{number: "1", kind: "passive", name: "~"}, {number: "2", name: "~", kind: "passive", x: 2}}})
	define("DUAL", testSymbol{prefix: "U", pins: []testPin{
		{number: "1", name: "A", kind: "passive"}, {number: "2", name: "B", kind: "passive", x: 2},
		{number: "3", name: "A", kind: "passive", unit: 2}, {number: "4", name: "B", kind: "passive", x: 2, unit: 2},
	}})
	define("QUAD", testSymbol{prefix: "U", pins: []testPin{
		{number: "1", name: "A", kind: "passive"}, {number: "2", name: "I", kind: "input", unit: 2},
		{number: "3", name: "B", kind: "bidirectional", unit: 3}, {number: "4", name: "V", kind: "power_in", unit: 4},
	}})
	define("SHARED", testSymbol{prefix: "U", pins: []testPin{
		{number: "1", name: "A", kind: "passive"}, {number: "9", name: "S", kind: "passive", x: 2},
		{number: "2", name: "A", kind: "passive", unit: 2}, {number: "9", name: "S", kind: "passive", x: 2, unit: 2},
	}})
	define("TWICE", testSymbol{prefix: "U", pins: []testPin{{number: "1", name: "A", kind: "passive"}, {number: "1", name: "A", kind: "passive", x: 2}}})
	define("STACK", testSymbol{prefix: "U", pins: []testPin{{number: "1", name: "A", kind: "passive"}, {number: "2", name: "A", kind: "passive"}}})
	define("OUTS", testSymbol{prefix: "U", pins: []testPin{{number: "1", name: "A", kind: "output"}, {number: "2", name: "A", kind: "output"}}})
	define("HIDDEN", testSymbol{prefix: "U", pins: []testPin{{number: "1", name: "VCC", kind: "power_in", hidden: true}, {number: "2", name: "A", kind: "passive", x: 2}}})
}

func symbolLibrary() string {
	var b strings.Builder
	b.WriteString("(kicad_symbol_lib (version 20241209) (generator \"kicad_symbol_editor\") (generator_version \"9.0\")\n")
	for _, name := range symbolNames {
		b.WriteString(symbols[name].text(name, name))
	}
	b.WriteString(")\n")
	return b.String()
}
