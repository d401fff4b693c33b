package connect_test

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"starboard/kicad/connect"
	"starboard/kicad/netlist"
)

// The sheets of these tests are written by hand, on a grid of 1.27 mm. Every
// part is a P: one passive pin at its anchor.
const testLibrary = `
(symbol "L:P" (property "Reference" "P") (property "Value" "P")
 (symbol "P_1_1" (pin passive line (at 0 0 0) (length 1.27) (name "~") (number "1"))))
(symbol "L:NC" (property "Reference" "P") (property "Value" "NC")
 (symbol "NC_1_1" (pin no_connect line (at 0 0 0) (length 1.27) (name "~") (number "1"))))
(symbol "L:HID" (property "Reference" "U") (property "Value" "HID")
 (symbol "HID_1_1" (pin power_in line (at 0 0 0) (length 1.27) (hide yes) (name "VHID") (number "1"))
  (pin passive line (at 0 -2.54 0) (length 1.27) (name "A") (number "2"))
  (pin passive line (at 0 -5.08 0) (length 1.27) (name "A") (number "3"))))
(symbol "L:DUAL" (property "Reference" "U") (property "Value" "DUAL")
 (symbol "DUAL_0_1" (pin passive line (at 0 -5.08 0) (length 1.27) (name "V/") (number "5")))
 (symbol "DUAL_1_1" (pin output line (at 0 0 0) (length 1.27) (name "Y") (number "1")))
 (symbol "DUAL_2_1" (pin output line (at 0 0 0) (length 1.27) (name "Y") (number "2")))
 (symbol "DUAL_1_2" (pin output line (at 2.54 0 0) (length 1.27) (name "Y") (number "1"))))
(symbol "L:STACK" (property "Reference" "U") (property "Value" "STACK")
 (symbol "STACK_1_1" (pin passive line (at 0 0 0) (length 1.27) (name "S") (number "1"))
  (pin passive line (at 0 0 0) (length 1.27) (name "S") (number "10"))))
(symbol "L:L3" (property "Reference" "U") (property "Value" "L3")
 (symbol "L3_1_1" (pin passive line (at 1.27 2.54 0) (length 1.27) (name "A") (number "1"))
  (pin passive line (at -3.81 0 0) (length 1.27) (name "B") (number "2") (alternate "ALT" input line))))
(symbol "L:PWR" (power) (property "Reference" "#PWR") (property "Value" "PWR")
 (symbol "PWR_1_1" (pin power_in line (at 0 0 0) (length 0) (name "~") (number "1"))))
(symbol "L:FLG" (power) (property "Reference" "#FLG") (property "Value" "FLG")
 (symbol "FLG_1_1" (pin power_out line (at 0 0 0) (length 0) (name "pwr") (number "1"))))
`

// Uuids of the root drawing, of child drawings and of the sheet symbols.
const (
	rootID = "00000000-0000-0000-0000-0000000000aa"
	sheetA = "00000000-0000-0000-0000-0000000000a1"
	sheetB = "00000000-0000-0000-0000-0000000000b1"
	sheetC = "00000000-0000-0000-0000-0000000000c1"
	inA    = "/" + rootID + "/" + sheetA
	inB    = "/" + rootID + "/" + sheetB
)

type artist struct{ count int }

// id numbers items: the smaller uuid is the earlier one.
func (a *artist) id() string {
	a.count++
	return fmt.Sprintf("10000000-0000-4000-8000-%012d", a.count)
}

func mm(v float64) string { return strconv.FormatFloat(v*1.27, 'f', -1, 64) }

func (a *artist) line(kind string, x1, y1, x2, y2 float64) string {
	return fmt.Sprintf("(%s (pts (xy %s %s) (xy %s %s)) (stroke (width 0) (type default)) (uuid %q))\n", kind, mm(x1), mm(y1), mm(x2), mm(y2), a.id())
}

func (a *artist) wire(x1, y1, x2, y2 float64) string { return a.line("wire", x1, y1, x2, y2) }
func (a *artist) bus(x1, y1, x2, y2 float64) string  { return a.line("bus", x1, y1, x2, y2) }

func (a *artist) entry(x, y, w, h float64) string {
	return fmt.Sprintf("(bus_entry (at %s %s) (size %s %s) (stroke (width 0) (type default)) (uuid %q))\n", mm(x), mm(y), mm(w), mm(h), a.id())
}

func (a *artist) junction(x, y float64) string {
	return fmt.Sprintf("(junction (at %s %s) (diameter 0) (color 0 0 0 0) (uuid %q))\n", mm(x), mm(y), a.id())
}

func (a *artist) open(x, y float64) string {
	return fmt.Sprintf("(no_connect (at %s %s) (uuid %q))\n", mm(x), mm(y), a.id())
}

func (a *artist) text(kind, text string, x, y float64) string {
	shape := ""
	if kind != "label" {
		shape = "(shape input)"
	}
	return fmt.Sprintf("(%s %q %s (at %s %s 0) (effects (font (size 1.27 1.27))) (uuid %q))\n", kind, text, shape, mm(x), mm(y), a.id())
}

func (a *artist) label(text string, x, y float64) string  { return a.text("label", text, x, y) }
func (a *artist) global(text string, x, y float64) string { return a.text("global_label", text, x, y) }
func (a *artist) port(text string, x, y float64) string {
	return a.text("hierarchical_label", text, x, y)
}

func (a *artist) class(name string, x, y float64) string {
	return fmt.Sprintf("(netclass_flag \"\" (length 2.54) (shape round) (at %s %s 0) (effects (font (size 1.27 1.27))) (uuid %q) (property \"Netclass\" %q (at 0 0 0)))\n", mm(x), mm(y), a.id(), name)
}

// symbol places a library symbol. Refs are its references on the root sheet,
// or in A and B where there are two; more says further elements of the list.
func (a *artist) symbol(lib, value string, x, y float64, unit int, more string, refs ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "(symbol (lib_id %q) (at %s %s 0) (unit %d) %s (uuid %q) (property \"Reference\" %q (at 0 0 0)) (property \"Value\" %q (at 0 0 0))", "L:"+lib, mm(x), mm(y), unit, more, a.id(), refs[0], value)
	paths := []string{"/" + rootID}
	if len(refs) > 1 {
		paths = []string{inA, inB}
	}
	b.WriteString(" (instances (project \"r\"")
	for i, ref := range refs {
		fmt.Fprintf(&b, " (path %q (reference %q) (unit %d))", paths[i], ref, unit)
	}
	b.WriteString(")))\n")
	return b.String()
}

func (a *artist) part(x, y float64, refs ...string) string {
	return a.symbol("P", "P", x, y, 1, "", refs...)
}

func (a *artist) power(net string, x, y float64, refs ...string) string {
	return a.symbol("PWR", net, x, y, 1, "", refs...)
}

// tap is a part with a label on its pin.
func (a *artist) tap(name string, x, y float64, refs ...string) string {
	return a.label(name, x, y) + a.part(x, y, refs...)
}

// A pin of a sheet symbol.
type pin struct {
	name, shape string
	x, y        float64
}

func (a *artist) sheet(name, file, id string, x, y float64, pins ...pin) string {
	var b strings.Builder
	fmt.Fprintf(&b, "(sheet (at %s %s) (size %s %s) (stroke (width 0) (type solid)) (fill (color 0 0 0 0)) (uuid %q) (property \"Sheetname\" %q (at 0 0 0)) (property \"Sheetfile\" %q (at 0 0 0))", mm(x), mm(y), mm(10), mm(20), id, name, file)
	for _, p := range pins {
		fmt.Fprintf(&b, " (pin %q %s (at %s %s 180) (uuid %q) (effects (font (size 1.27 1.27))))", p.name, p.shape, mm(p.x), mm(p.y), a.id())
	}
	fmt.Fprintf(&b, " (instances (project \"r\" (path \"/%s\" (page \"%s\")))))\n", rootID, id[len(id)-2:])
	return b.String()
}

// drawing is a whole file.
func drawing(id string, items ...string) string {
	return fmt.Sprintf("(kicad_sch (version 20250114) (generator \"eeschema\") (generator_version \"9.0\") (uuid %q) (paper \"A3\")\n(lib_symbols %s)\n%s)\n", id, testLibrary, strings.Join(items, ""))
}

// A project is its files by name; the root is r.kicad_sch.
type project map[string]string

// read reads a project from memory.
func (p project) read(t testing.TB) *connect.Schematic {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range maps.All(p) {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	s, err := connect.ReadFS(files, "r.kicad_sch")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// nets lists the nets of a netlist, one a line: "NAME: R1.1 R2.1".
func nets(n *netlist.Netlist) []string {
	var list []string
	for _, net := range n.Nets {
		line := net.Name + ":"
		if net.Class != "Default" {
			line = net.Name + " (" + net.Class + "):"
		}
		for _, node := range net.Nodes {
			line += " " + node.Ref + "." + node.Pin
			if strings.HasSuffix(node.Type, "+no_connect") {
				line += "!"
			}
		}
		list = append(list, line)
	}
	return list
}
