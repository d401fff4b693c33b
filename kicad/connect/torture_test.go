package connect_test

import (
	"fmt"
	"strings"
)

// field adds a property to an item that is a list.
func field(item, name, value string) string {
	i := strings.LastIndex(item, ")")
	return item[:i] + fmt.Sprintf(" (property %q %q (at 0 0 0) (effects (font (size 1.27 1.27)))))\n", name, value)
}

// area is a rule area of one rectangle.
func (a *artist) area(x1, y1, x2, y2 float64, flags string) string {
	return fmt.Sprintf("(rule_area %s (polyline (pts (xy %s %s) (xy %s %s) (xy %s %s) (xy %s %s)) (stroke (width 0) (type dash)) (fill (type none)) (uuid %s)))\n",
		flags, mm(x1), mm(y1), mm(x2), mm(y1), mm(x2), mm(y2), mm(x1), mm(y2), a.id())
}

func init() {
	for _, tt := range []struct {
		name    string
		project project
	}{
		{"fields", func() project {
			p := flat(func(a *artist) []string {
				r1 := field(field(field(a.symbol("P", "${Size} of ${REFERENCE}", 10, 10, 1, "", "P1"), "Size", "big ${FOOTPRINT}"), "Description", " led by a blank"), "Footprint", "L:F{slash}x")
				r2 := field(field(field(a.symbol("P", "${SHEETNAME}|${TITLE}|${VAR}|${NONE}|${#}|${##}|${PROJECTNAME}", 20, 10, 1, "(dnp yes) (in_bom no)", "P2"), "lower", "x"), "UPPER", "${lower} ${LOWER}"), "Datasheet", "~")
				return []string{r1, r2,
					a.tap("${VAR}", 30, 10, "P3"), a.power("${VAR}", 40, 10, "#PWR1"), a.part(40, 10, "P4"),
					field(a.symbol("DUAL", "", 50, 10, 2, "", "U1"), "B only", "b"), field(a.symbol("DUAL", "one", 60, 10, 1, "", "U1"), "A only", "a"),
					a.symbol("DUAL", "two", 70, 10, 2, "", "U2"), a.symbol("DUAL", "", 80, 10, 1, "(on_board no)", "U3"),
					field(a.symbol("P", "quoted \"x\" \\ line\nend", 90, 10, 1, "", "P5"), "Empty", ""),
				}
			})
			p["r.kicad_sch"] = strings.Replace(p["r.kicad_sch"], "(lib_symbols", `(title_block (title "T ${VAR}") (date "d") (rev "${REVISION}") (company "${COMPANY}") (comment 2 "${PROJECTNAME}")) (lib_symbols`, 1)
			p["r.kicad_pro"] = `{"text_variables":{"VAR":"v ${B}","B":"b/b"}}`
			return p
		}()},
		{"references", flat(func(a *artist) []string {
			wrong := strings.Replace(a.part(10, 20, "P20"), `(project "r"`, `(project "other"`, 1)
			lost := strings.Replace(a.part(20, 20, "P21"), rootID, sheetC, 1)
			none := a.part(30, 20, "P22")
			none = none[:strings.Index(none, " (instances")] + ")\n"
			return []string{
				a.part(10, 10, "P10"), a.part(20, 10, "P9"), a.part(30, 10, "p8"), a.part(40, 10, "P10"), a.part(60, 10, "P"), a.part(70, 10, "P?"),
				a.part(80, 10, "#P1"), a.part(80, 10, "P1A"), a.part(90, 10, "X-1.2"), wrong, lost, none, a.tap("N", 40, 20, "P23"),
			}
		})},
		{"empty references", flat(func(a *artist) []string {
			var items []string
			for i, r := range []struct{ own, here string }{{"", ""}, {"X5", ""}, {"AB?", ""}, {"12", ""}, {"A1B2", ""}, {"", "Y1"}, {"Q", "Q"}} {
				p := a.part(float64(10*i), 10, r.own)
				items = append(items, strings.Replace(p, fmt.Sprintf("(reference %q)", r.own), fmt.Sprintf("(reference %q)", r.here), 1))
			}
			return append(items, a.wire(0, 10, 50, 10))
		})},
		{"rule areas", func() project {
			p := flat(func(a *artist) []string {
				return []string{
					a.area(5, 5, 35, 25, ""), a.class("HV", 20, 5),
					a.wire(10, 10, 30, 10), a.part(10, 10, "P1"), a.part(30, 10, "P2"), a.wire(10, 20, 60, 20), a.part(10, 20, "P3"), a.part(60, 20, "P4"),
					a.wire(40, 15, 60, 15), a.part(40, 15, "P5"), a.part(60, 15, "P6"),
					// What lies across, touches or surrounds the outline.
					a.wire(0, 15, 60, 16), a.part(0, 15, "P7"), a.part(60, 16, "P8"), a.part(35, 8, "P9"), a.part(20, 22, "P10"), a.tap("IN", 25, 22, "P11"), a.tap("OUT", 45, 22, "P12"),
					a.wire(35, 23, 50, 23), a.part(50, 23, "P13"), a.global("GL", 30, 24), a.wire(30, 24, 60, 24), a.part(60, 24, "P14"),
				}
			})
			p["r.kicad_pro"] = `{"net_settings":{"meta":{"version":4},"classes":[{"name":"Default","priority":2147483647},{"name":"HV","priority":0}]}}`
			return p
		}()},
		{"names across three levels", func() project {
			a := &artist{}
			deep := inA + "/" + sheetB
			leaf := func(ref string, x, y float64) string {
				return strings.Replace(a.part(x, y, ref), `(path "/`+rootID+`"`, `(path "`+deep+`"`, 1)
			}
			mid := func(ref string, x, y float64) string {
				return strings.Replace(a.part(x, y, ref), `(path "/`+rootID+`"`, `(path "`+inA+`"`, 1)
			}
			var root, child, grand []string
			for i, n := range []string{"A", "B", "C", "D", "E", "F", "G", "H"} {
				y := float64(12 + 2*i)
				root = append(root, a.part(10, y, fmt.Sprintf("P%d", i)))
				child = append(child, a.port(n, 10, y), mid(fmt.Sprintf("Q%d", i), 10, y), a.wire(10, y, 40, y))
				grand = append(grand, a.port("s"+n, 10, y), leaf(fmt.Sprintf("R%d", i), 10, y))
			}
			var outer, inner []pin
			for i, n := range []string{"A", "B", "C", "D", "E", "F", "G", "H"} {
				y := float64(12 + 2*i)
				outer = append(outer, pin{n, "input", 10, y})
				inner = append(inner, pin{"s" + n, "output", 40, y})
			}
			// Names at each level: which wins?
			root = append(root, a.label("top", 10, 12), a.global("GLOB", 10, 14))
			child = append(child, a.label("middle", 30, 16), a.label("z", 20, 12), a.global("MID", 20, 20))
			grand = append(grand, a.label("deep", 10, 16), a.label("deep2", 10, 18), a.power("PW", 10, 20, "#PWR1"), a.power("AAA", 10, 14, "#PWR2"), a.label("x", 10, 22))
			root = append(root, a.sheet("A", "c.kicad_sch", sheetA, 10, 10, outer...), a.wire(10, 24, 10, 26))
			child = append(child, a.sheet("In", "d.kicad_sch", sheetB, 40, 10, inner...))
			return project{"r.kicad_sch": drawing(rootID, root...), "c.kicad_sch": drawing(sheetC, child...), "d.kicad_sch": drawing(sheetC, grand...)}
		}()},
		{"a part in two sheets", func() project {
			a := &artist{}
			flags := func(s, f string) string { return strings.Replace(s, "(sheet (at", "(sheet "+f+" (at", 1) }
			return project{
				"r.kicad_sch": drawing(rootID, flags(a.sheet("Z", "c.kicad_sch", sheetA, 10, 10, pin{"Y", "output", 10, 12}), "(dnp yes) (in_bom no)"),
					flags(field(a.sheet("A ${VAR}", "d.kicad_sch", sheetB, 40, 10, pin{"Y", "output", 40, 12}), "Extra", "e"), "(on_board no)"),
					a.sheet("gone", "missing.kicad_sch", sheetC, 70, 10, pin{"Y", "output", 70, 12}), a.part(70, 12, "P3"),
					a.part(10, 12, "P1"), a.part(40, 12, "P2"), a.symbol("DUAL", "r", 10, 50, 2, "", "U1")),
				"c.kicad_sch": drawing(sheetC, a.symbol("DUAL", "c", 10, 10, 1, "", "U1", "U9"), a.port("Y", 10, 10)),
				"d.kicad_sch": drawing(sheetC, a.symbol("DUAL", "d", 10, 10, 1, "", "U8", "U2"), a.port("Y", 10, 10)),
				"r.kicad_pro": `{"text_variables":{"VAR":"v"},"schematic":{"subpart_first_id":49,"subpart_id_separator":46}}`,
			}
		}()},
		{"a part with a number twice", func() project {
			p := flat(func(a *artist) []string {
				return []string{
					a.symbol("TWICE", "T", 10, 10, 1, "", "P1"), a.symbol("TWICE", "T", 20, 10, 1, "", "P2"),
					a.wire(20, 10, 30, 10), a.part(30, 10, "P3"), a.wire(20, 12, 30, 12), a.part(30, 12, "P4"),
				}
			})
			p["r.kicad_sch"] = strings.Replace(p["r.kicad_sch"], `(symbol "L:FLG"`, `(symbol "L:TWICE" (property "Reference" "P") (property "Value" "T")
				(symbol "TWICE_1_1" (pin passive line (at 0 0 0) (length 1.27) (name "~") (number "1")) (pin passive line (at 0 -2.54 0) (length 1.27) (name "~") (number "1"))
				(pin passive line (at 0 -5.08 0) (length 1.27) (name "~") (number "2")))) (symbol "L:FLG"`, 1)
			return p
		}()},
		{"a member of a bus leaves the sheet", func() project {
			a := &artist{}
			return project{
				"r.kicad_sch": drawing(rootID, a.sheet("A", "c.kicad_sch", sheetA, 10, 10, pin{"A[0..1]", "input", 10, 12}, pin{"OUT", "output", 10, 14}, pin{"OUT1", "output", 10, 16}),
					a.bus(10, 12, 5, 12), a.label("A[0..1]", 6, 12), a.tap("FOO", 10, 14, "P0"), a.part(10, 16, "P1"), a.tap("A0", 60, 10, "P2")),
				"c.kicad_sch": drawing(sheetC, a.bus(10, 10, 10, 40), a.port("A[0..1]", 10, 10), a.tap("A0", 30, 10, "Q1", "X1"), a.port("OUT", 30, 10),
					a.tap("A1", 30, 20, "Q2", "X2"), a.port("OUT1", 30, 20)),
			}
		}()},
		{"a member of a bus has another name", func() project {
			a := &artist{}
			return project{
				"r.kicad_sch": drawing(rootID, a.sheet("A", "c.kicad_sch", sheetA, 10, 10, pin{"Z[0..1]", "input", 10, 12}, pin{"AOUT", "output", 10, 14}),
					a.bus(10, 12, 5, 12), a.part(10, 14, "P0"), a.tap("Z0", 60, 10, "P2"), a.label("ZZ", 60, 14), a.tap("Z1", 60, 14, "P3")),
				"c.kicad_sch": drawing(sheetC, a.bus(10, 10, 10, 40), a.port("Z[0..1]", 10, 10), a.tap("Z0", 30, 10, "Q1", "X1"), a.port("AOUT", 30, 10),
					a.label("AA", 30, 20), a.tap("Z1", 30, 20, "Q2", "X2")),
			}
		}()},
		{"global buses", func() project {
			a := &artist{}
			return project{
				"r.kicad_sch": drawing(rootID, a.sheet("A", "c.kicad_sch", sheetA, 10, 10), a.bus(10, 12, 5, 12), a.global("GB[0..1]", 6, 12), a.label("L[0..1]", 8, 12),
					a.tap("GB0", 60, 10, "P2"), a.tap("L0", 60, 14, "P3"), a.tap("L1", 60, 18, "P4")),
				"c.kicad_sch": drawing(sheetC, a.bus(10, 10, 10, 40), a.global("GB[0..1]", 10, 10), a.tap("GB0", 30, 10, "Q1", "X1"), a.tap("GB1", 30, 14, "Q2", "X2")),
			}
		}()},
		{"buses with common members", flat(func(a *artist) []string {
			return []string{
				a.bus(10, 10, 20, 10), a.label("A[0..3]", 12, 10), a.bus(10, 20, 20, 20), a.label("{A1 B}", 12, 20), a.bus(10, 30, 20, 30), a.label("A[0..1]", 12, 30), a.label("A[0..7]", 16, 30),
				a.tap("A1", 60, 10, "P1"), a.tap("B", 60, 14, "P2"), a.tap("A7", 60, 18, "P3"),
			}
		})},
		{"sheet pins off the edge", func() project {
			a := &artist{}
			return project{
				"r.kicad_sch": drawing(rootID, a.sheet("A", "c.kicad_sch", sheetA, 10, 10, pin{"L", "input", 15, 45}, pin{"M", "input", 12, 18}, pin{"N", "input", 20, 22}, pin{"N", "output", 10, 24}),
					a.part(15, 45, "P1"), a.part(10, 30, "P2"), a.part(10, 18, "P3"), a.part(10, 22, "P4"), a.part(20, 22, "P5"), a.part(10, 24, "P6")),
				"c.kicad_sch": drawing(sheetC, a.port("N", 10, 10), a.part(10, 10, "Q1", "X1")),
			}
		}()},
		{"wires and buses that touch", flat(func(a *artist) []string {
			return []string{
				a.bus(10, 10, 30, 10), a.wire(30, 10, 40, 10), a.label("A[0..1]", 20, 10), a.part(40, 10, "P1"),
				a.bus(10, 20, 30, 20), a.wire(30, 20, 40, 20), a.junction(30, 20), a.label("B[0..1]", 20, 20), a.part(40, 20, "P2"), a.tap("B0", 50, 20, "P3"),
				a.bus(10, 30, 30, 30), a.label("plain", 20, 30), a.tap("plain", 50, 30, "P4"),
				a.wire(10, 40, 30, 40), a.label("C[0..1]", 20, 40), a.part(10, 40, "P5"), a.tap("C0", 50, 40, "P6"),
				a.bus(10, 50, 30, 50), a.part(10, 50, "P7"), a.label("D[0..1]", 20, 50), a.part(30, 50, "P8"),
				a.bus(10, 60, 30, 60), a.entry(20, 60, 2, 2), a.part(22, 62, "P9"), a.label("E0", 22, 62), a.label("E[0..1]", 12, 60), a.tap("E0", 50, 60, "P10"),
				a.bus(10, 70, 10, 80), a.entry(10, 75, 2, 2), a.entry(12, 77, 2, 2), a.part(14, 79, "P11"), a.entry(10, 80, 2, 2), a.wire(12, 82, 12, 90), a.part(12, 90, "P12"), a.part(10, 80, "P13"),
			}
		})},
	} {
		netTests = append(netTests, struct {
			name    string
			project project
			want    []string
		}{tt.name, tt.project, nil})
	}
}
