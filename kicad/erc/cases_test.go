package erc_test

import (
	"encoding/json"
	"fmt"
)

// child adds a drawing to the project, used by the sheets of the uuids.
func child(files map[string]string, name string, sheet string, draw func(d *drawing)) {
	d := &drawing{base: 1000 * (1 + len(files)), path: "/" + root + "/" + sheet}
	draw(d)
	files[name] = d.String()
}

// pair connects two pins of the kinds.
func pair(a, b string) func(d *drawing) {
	return func(d *drawing) {
		d.part(a, "U1", 10, 10)
		d.part(b, "U2", 15, 10)
		d.wire(10, 10, 15, 10)
	}
}

// netClass is a class of a project file that gives every rule.
func netClass(name string, priority int) string {
	return fmt.Sprintf(`{"name": %q, "priority": %d, "clearance": 0.2, "track_width": 0.2, "via_diameter": 0.6, "via_drill": 0.3,
		"microvia_diameter": 0.3, "microvia_drill": 0.1, "diff_pair_width": 0.2, "diff_pair_gap": 0.25, "diff_pair_via_gap": 0.25,
		"wire_width": 6, "bus_width": 12, "line_style": 0, "pcb_color": "rgba(0, 0, 0, 0.000)", "schematic_color": "rgba(0, 0, 0, 0.000)"}`, name, priority)
}

// pinMap is a pin map that allows everything but one pair of types.
func pinMap(a, b, value int) string {
	rows := make([][]int, len(pinTypes))
	for i := range rows {
		rows[i] = make([]int, len(pinTypes))
	}
	rows[a][b], rows[b][a] = value, value
	text, err := json.Marshal(rows)
	if err != nil {
		panic(err)
	}
	return string(text)
}

const sheetUUID = "00000000-0000-4000-8000-000000000001"

// sheetPins is a root with one sheet, whose pins lead to resistors.
func sheetPins(pins ...string) func(d *drawing) {
	return func(d *drawing) {
		d.sheet("S", "s.kicad_sch", 20, 10, pins...)
		for i := range pins {
			y := 11 + float64(i)
			d.wire(15, y, 20, y)
			d.part("passive", fmt.Sprintf("U%d", 1+i), 15, y)
		}
	}
}

var rulesCases = []rulesCase{
	{name: "clean", draw: pair("output", "input")},
	{name: "outputs", draw: pair("output", "output")},
	{name: "unspecified", draw: pair("unspecified", "passive")},
	{name: "power outputs", draw: pair("power_out", "power_out")},
	{name: "input not driven", draw: pair("input", "input")},
	{name: "input with open collector", draw: pair("input", "open_collector")},
	{name: "power not driven", draw: pair("power_in", "output")},
	{name: "power not driven, input first", draw: pair("input", "power_in")},
	{name: "power driven", draw: pair("power_in", "power_out")},
	{name: "no-connect pin connected", draw: pair("no_connect", "input")},
	{name: "free pin", draw: pair("free", "free")},
	{name: "three outputs", draw: func(d *drawing) {
		for i, kind := range []string{"output", "output", "power_out", "open_collector"} {
			d.part(kind, fmt.Sprintf("U%d", 4-i), 10+5*float64(i), 10)
		}
		d.wire(10, 10, 15, 10)
		d.wire(15, 10, 20, 10)
		d.wire(20, 10, 25, 10)
	}},
	{name: "stacked outputs", draw: func(d *drawing) {
		d.part("OUTS", "U1", 10, 10)
		d.part("input", "U2", 15, 10)
		d.wire(10, 10, 15, 10)
	}},
	{name: "pin map", draw: pair("output", "output"),
		pro: `{"erc": {"pin_map": ` + pinMap(1, 1, 1) + `}}`},
	{name: "rule off", draw: pair("output", "output"), pro: `{"erc": {"rule_severities": {"pin_to_pin": "ignore"}}}`},
	{name: "rule changed", draw: pair("input", "input"), pro: `{"erc": {"rule_severities": {"pin_not_driven": "warning"}}}`},
	{name: "broken settings", draw: pair("input", "input"), pro: `{"erc": {"rule_severities": {"pin_not_driven": 7}, "pin_map": [[1]], "erc_exclusions": 5}}`},
	{name: "excluded", draw: pair("input", "input"),
		pro: `{"erc": {"erc_exclusions": [["pin_not_driven|254000|254000|00000000-0000-4000-8000-000000000002|00000000-0000-0000-0000-000000000000|/` + root + `|/` + root + `|", "by design"]]}}`},

	{name: "pin alone", draw: func(d *drawing) { d.part("passive", "U1", 10, 10) }},
	{name: "no-connect pin alone", draw: func(d *drawing) { d.part("no_connect", "U1", 10, 10) }},
	{name: "free pin alone", draw: func(d *drawing) { d.part("free", "U1", 10, 10) }},
	{name: "stacked pins alone", draw: func(d *drawing) { d.part("STACK", "U1", 10, 10) }},
	{name: "pin with a flag", draw: func(d *drawing) { d.part("passive", "U1", 10, 10); d.noConnect(10, 10) }},
	{name: "no-connect pin with a flag", draw: func(d *drawing) { d.part("no_connect", "U1", 10, 10); d.noConnect(10, 10) }},
	{name: "input with a flag", draw: func(d *drawing) { d.part("input", "U1", 10, 10); d.noConnect(10, 10) }},
	{name: "flag alone", draw: func(d *drawing) { d.noConnect(10, 10) }},
	{name: "flag on a wire", draw: func(d *drawing) { pair("passive", "passive")(d); d.noConnect(10, 10) }},
	{name: "flag on a net by name", draw: func(d *drawing) {
		d.part("passive", "U1", 10, 10)
		d.wire(10, 10, 12, 10)
		d.label("A", 12, 10)
		d.part("passive", "U2", 20, 10)
		d.wire(20, 10, 22, 10)
		d.label("A", 22, 10)
		d.noConnect(20, 10)
	}},
	{name: "flag on a label", draw: func(d *drawing) { d.label("A", 10, 10); d.noConnect(10, 10) }},
	{name: "power symbol alone", draw: func(d *drawing) { d.part("PWR_GND", "#PWR01", 10, 10) }},
	{name: "power symbols alone", draw: func(d *drawing) {
		d.part("PWR_GND", "#PWR01", 10, 10)
		d.part("PWR_GND", "#PWR02", 15, 10)
		d.part("PWR_GND", "#PWR03", 20, 10)
		d.part("power_in", "U1", 20, 10)
	}},
	{name: "power flag", draw: func(d *drawing) {
		d.part("PWR_GND", "#PWR01", 10, 10)
		d.part("FLAG", "#FLG01", 10, 10)
		d.part("power_in", "U1", 15, 10)
		d.wire(10, 10, 15, 10)
	}},
	{name: "power without a flag", draw: func(d *drawing) {
		d.part("PWR_GND", "#PWR01", 10, 10)
		d.part("power_in", "U1", 15, 10)
		d.wire(10, 10, 15, 10)
	}},
	{name: "power symbol and flag", draw: func(d *drawing) {
		d.part("PWR_GND", "#PWR01", 10, 10)
		d.part("FLAG", "#FLG01", 15, 10)
		d.wire(10, 10, 15, 10)
	}},
	{name: "power symbols on a wire", draw: func(d *drawing) {
		d.part("PWR_GND", "#PWR01", 10, 10)
		d.part("PWR_GND", "#PWR02", 15, 10)
		d.wire(10, 10, 15, 10)
	}},
	{name: "pin and flag", draw: func(d *drawing) {
		d.part("passive", "U1", 10, 10)
		d.part("FLAG", "#FLG01", 15, 10)
		d.wire(10, 10, 15, 10)
	}},
	{name: "flag and pin", draw: func(d *drawing) {
		d.part("FLAG", "#FLG01", 10, 10)
		d.part("passive", "U1", 15, 10)
		d.wire(10, 10, 15, 10)
	}},
	{name: "power symbol on a stub", draw: func(d *drawing) {
		d.part("PWR_GND", "#PWR01", 10, 10)
		d.part("power_in", "U1", 15, 10)
		d.wire(10, 10, 15, 10)
		d.part("PWR_GND", "#PWR02", 20, 17)
		d.wire(20, 17, 23, 17)
	}},
	{name: "hidden power pin", draw: func(d *drawing) {
		d.part("HIDDEN", "U1", 10, 10)
		d.part("passive", "U2", 12, 10)
	}},
	{name: "hidden power pin with a label", draw: func(d *drawing) {
		d.part("HIDDEN", "U1", 10, 10)
		d.part("passive", "U2", 12, 10)
		d.global("VCC", 20, 10)
		d.part("passive", "U3", 20, 10)
	}},
	{name: "hidden power pin with a symbol", draw: func(d *drawing) {
		d.part("HIDDEN", "U1", 10, 10)
		d.part("passive", "U2", 12, 10)
		d.part("PWR_VCC", "#PWR01", 20, 10)
		d.part("FLAG", "#FLG01", 20, 10)
	}},

	{name: "wire alone", draw: func(d *drawing) { d.wire(10, 10, 15, 10); d.wire(15, 10, 15, 15) }},
	{name: "wire end", draw: func(d *drawing) { d.part("passive", "U1", 10, 10); d.wire(10, 10, 15, 10) }},
	{name: "wire end on a wire", draw: func(d *drawing) {
		pair("passive", "passive")(d)
		d.wire(12, 10, 12, 15)
		d.part("passive", "U3", 12, 15)
	}},
	{name: "off the grid", draw: func(d *drawing) {
		d.part("passive", "U1", 10.1, 10)
		d.part("passive", "U2", 15.1, 10)
		d.wire(10.1, 10, 15.1, 10)
	}},
	{name: "finer grid", draw: func(d *drawing) {
		d.part("passive", "U1", 10.25, 10)
		d.part("passive", "U2", 15.25, 10)
		d.wire(10.25, 10, 15.25, 10)
	}, pro: `{"schematic": {"connection_grid_size": 25.0}}`},
	{name: "crossing", draw: func(d *drawing) {
		for i, end := range [][2]float64{{10, 15}, {20, 15}, {15, 10}, {15, 20}} {
			d.wire(end[0], end[1], 15, 15)
			d.part("passive", fmt.Sprintf("U%d", i+1), end[0], end[1])
		}
		d.junction(15, 15)
	}},
	{name: "label on a crossing", draw: func(d *drawing) {
		d.wire(10, 15, 20, 15)
		d.wire(15, 10, 15, 20)
		for i, end := range [][2]float64{{10, 15}, {20, 15}, {15, 10}, {15, 20}} {
			d.part("passive", fmt.Sprintf("U%d", i+1), end[0], end[1])
		}
		d.label("A", 15, 15)
	}},

	{name: "label alone", draw: func(d *drawing) { d.label("A", 10, 10) }},
	{name: "label on a wire", draw: func(d *drawing) { d.wire(10, 10, 15, 10); d.label("A", 12, 10) }},
	{name: "label on one pin", draw: func(d *drawing) { d.part("passive", "U1", 10, 10); d.label("A", 10, 10) }},
	{name: "two labels on one pin each", draw: func(d *drawing) {
		d.part("passive", "U1", 10, 10)
		d.label("A", 10, 10)
		d.part("passive", "U2", 20, 10)
		d.label("A", 20, 10)
		d.label("A", 30, 10)
	}},
	{name: "label on one pin with a flag", draw: func(d *drawing) {
		d.part("passive", "U1", 10, 10)
		d.wire(10, 10, 15, 10)
		d.label("A", 12, 10)
		d.noConnect(15, 10)
	}},
	{name: "global label alone", draw: func(d *drawing) { d.global("A", 10, 10) }},
	{name: "global label on one pin", draw: func(d *drawing) { d.part("passive", "U1", 10, 10); d.global("A", 10, 10) }},
	{name: "global label on a wire", draw: func(d *drawing) { d.wire(10, 10, 15, 10); d.global("A", 15, 10) }},
	{name: "two global labels", draw: func(d *drawing) {
		d.part("passive", "U1", 10, 10)
		d.global("A", 10, 10)
		d.part("passive", "U2", 20, 10)
		d.global("A", 20, 10)
	}},
	{name: "two names", draw: func(d *drawing) {
		pair("passive", "passive")(d)
		d.label("B", 11, 10)
		d.label("A", 13, 10)
	}},
	{name: "label and power", draw: func(d *drawing) {
		pair("passive", "passive")(d)
		d.label("B", 11, 10)
		d.part("PWR_GND", "#PWR01", 10, 10)
		d.part("FLAG", "#FLG01", 10, 10)
	}},
	{name: "similar labels", draw: func(d *drawing) {
		pair("passive", "passive")(d)
		d.label("Abc", 11, 10)
		d.part("passive", "U3", 10, 20)
		d.part("passive", "U4", 15, 20)
		d.wire(10, 20, 15, 20)
		d.label("ABC", 11, 20)
	}},
	{name: "similar power", draw: func(d *drawing) {
		pair("passive", "power_out")(d)
		d.part("PWR_GND", "#PWR01", 10, 10)
		d.part("passive", "U3", 10, 20)
		d.part("power_out", "U4", 15, 20)
		d.wire(10, 20, 15, 20)
		d.part("PWR_gnd", "#PWR02", 10, 20)
	}},
	{name: "similar label and power", draw: func(d *drawing) {
		pair("passive", "power_out")(d)
		d.part("PWR_GND", "#PWR01", 10, 10)
		d.part("passive", "U3", 10, 20)
		d.part("passive", "U4", 15, 20)
		d.wire(10, 20, 15, 20)
		d.label("Gnd", 11, 20)
	}},
	{name: "directive", draw: func(d *drawing) { pair("passive", "passive")(d); d.flag("HV", 12, 10); d.flag("Default", 30, 30) }},

	{name: "sheet", draw: sheetPins("A"), more: func(f map[string]string) {
		child(f, "s.kicad_sch", sheetUUID, func(d *drawing) {
			d.part("passive", "U11", 10, 10)
			d.wire(10, 10, 15, 10)
			d.hier("A", 15, 10)
		})
	}},
	{name: "sheet without the label", draw: sheetPins("A", "B"), more: func(f map[string]string) {
		child(f, "s.kicad_sch", sheetUUID, func(d *drawing) {
			d.part("passive", "U11", 10, 10)
			d.wire(10, 10, 15, 10)
			d.hier("A", 15, 10)
			d.part("passive", "U12", 10, 20)
			d.wire(10, 20, 15, 20)
			d.hier("C", 15, 20)
		})
	}},
	{name: "sheet without its file", draw: sheetPins("A")},
	{name: "sheet pin alone", draw: func(d *drawing) { d.sheet("S", "s.kicad_sch", 20, 10, "A") }, more: func(f map[string]string) {
		child(f, "s.kicad_sch", sheetUUID, func(d *drawing) {
			d.part("passive", "U11", 10, 10)
			d.part("passive", "U12", 15, 10)
			d.wire(10, 10, 15, 10)
			d.hier("A", 15, 10)
		})
	}},
	{name: "sheet pin with a flag", draw: func(d *drawing) { d.sheet("S", "s.kicad_sch", 20, 10, "A"); d.noConnect(20, 11) }, more: func(f map[string]string) {
		child(f, "s.kicad_sch", sheetUUID, func(d *drawing) {
			d.part("passive", "U11", 10, 10)
			d.part("passive", "U12", 15, 10)
			d.wire(10, 10, 15, 10)
			d.hier("A", 15, 10)
		})
	}},
	{name: "hierarchical label without a pin inside", draw: sheetPins("A"), more: func(f map[string]string) {
		child(f, "s.kicad_sch", sheetUUID, func(d *drawing) { d.hier("A", 15, 10); d.wire(10, 10, 15, 10) })
	}},
	{name: "hierarchical label on the root", draw: func(d *drawing) { pair("passive", "passive")(d); d.hier("A", 12, 10) }},
	{name: "sheets of one name", draw: func(d *drawing) {
		d.sheet("S", "s.kicad_sch", 20, 10)
		d.sheet("s", "t.kicad_sch", 40, 10)
	}, more: func(f map[string]string) {
		child(f, "s.kicad_sch", sheetUUID, func(d *drawing) {})
		child(f, "t.kicad_sch", sheetUUID, func(d *drawing) {})
	}},
	{name: "sheet used twice", draw: func(d *drawing) {
		d.sheet("S", "s.kicad_sch", 20, 10)
		d.sheet("T", "s.kicad_sch", 40, 10)
	}, more: func(f map[string]string) {
		child(f, "s.kicad_sch", sheetUUID, func(d *drawing) {
			d.part("passive", "U1", 10, 10, `(property "Footprint" "F:none" (at 0 0 0) `+font+`)`)
			d.part("output", "U2", 20, 10)
			d.part("output", "U3", 25, 10)
			d.wire(20, 10, 25, 10)
			d.part("input", "U4", 20, 20)
			d.part("input", "U5", 25, 20)
			d.wire(20, 20, 25, 20)
			d.label("L", 22, 20)
			d.part("passive", "U6", 20, 30)
			d.label("M", 20, 30)
			d.part("no_connect", "U7", 30, 30)
			d.wire(30, 30, 35, 30)
			d.text("${NOTHING}", 40, 40)
			d.flag("HV", 22, 20)
			d.global("G", 45, 45)
			for i, end := range [][2]float64{{50, 61}, {60, 61}, {55, 51}, {55, 64}} {
				d.wire(end[0], end[1], 55, 61)
				d.part("passive", fmt.Sprintf("U%d", i+11), end[0], end[1])
			}
			d.junction(55, 61)
			d.part("QUAD", "U20", 90, 90)
			d.wire(90, 90, 90, 95)
			d.part("passive", "U21", 90, 95)
		})
	}},
	{name: "wire on a sheet used twice", draw: func(d *drawing) {
		d.sheet("S", "s.kicad_sch", 20, 10)
		d.sheet("T", "s.kicad_sch", 40, 10)
	}, more: func(f map[string]string) {
		child(f, "s.kicad_sch", sheetUUID, func(d *drawing) { d.wire(10, 10, 15, 10) })
	}},
	{name: "local and global label", draw: func(d *drawing) {
		d.sheet("S", "s.kicad_sch", 20, 10)
		d.part("passive", "U1", 10, 40)
		d.part("passive", "U2", 15, 40)
		d.wire(10, 40, 15, 40)
		d.global("A", 10, 40)
	}, more: func(f map[string]string) {
		child(f, "s.kicad_sch", sheetUUID, func(d *drawing) { pair("passive", "passive")(d); d.label("A", 12, 10) })
	}},

	{name: "units", draw: func(d *drawing) {
		d.unit("DUAL", "U1", 1, 10, 10)
		d.unit("DUAL", "U1", 2, 10, 20)
		for y := 10.0; y <= 20; y += 10 {
			d.noConnect(10, y)
			d.noConnect(12, y)
		}
	}},
	{name: "missing unit", draw: func(d *drawing) { d.unit("DUAL", "U1", 1, 10, 10); d.noConnect(10, 10); d.noConnect(12, 10) }},
	{name: "missing units", draw: func(d *drawing) { d.unit("QUAD", "U1", 1, 10, 10); d.noConnect(10, 10) }},
	{name: "footprints of units", draw: func(d *drawing) {
		d.unit("DUAL", "U1", 1, 10, 10, `(property "Footprint" "F:R_0603" (at 0 0 0) `+font+`)`)
		d.unit("DUAL", "U1", 2, 10, 20, `(property "Footprint" "F:none" (at 0 0 0) `+font+`)`)
		for y := 10.0; y <= 20; y += 10 {
			d.noConnect(10, y)
			d.noConnect(12, y)
		}
	}},
	{name: "shared pin", draw: func(d *drawing) {
		d.unit("SHARED", "U1", 1, 10, 10)
		d.unit("SHARED", "U1", 2, 10, 20)
		for i, y := range []float64{10, 20} {
			d.noConnect(10, y)
			d.wire(12, y, 15, y)
			d.part("passive", fmt.Sprintf("U%d", i+2), 15, y)
		}
	}},
	{name: "pin number twice", draw: func(d *drawing) {
		d.part("TWICE", "U1", 10, 10)
		d.part("passive", "U2", 10, 10)
		d.part("passive", "U3", 12, 10)
	}},
	{name: "pin number twice on one net", draw: func(d *drawing) {
		d.part("TWICE", "U1", 10, 10)
		d.wire(10, 10, 12, 10)
		d.part("passive", "U2", 10, 10)
	}},

	{name: "variable", draw: func(d *drawing) {
		pair("passive", "passive")(d)
		d.text("${NOTHING} and ${PROJECTNAME}", 30, 30)
		d.part("R", "R1", 40, 10, `(property "Note" "${NOPE}" (at 30 40 0) `+font+`)`, `(property "Other" "${KICAD9_SYMBOL_DIR} ${REFERENCE} ${Note}" (at 50 40 0) `+font+`)`)
		d.wire(40, 10, 40, 15)
		d.wire(42, 10, 42, 15)
		d.wire(40, 15, 42, 15)
		d.text("${ERC_WARNING mind this}", 60, 30)
		d.text("${ERC_ERROR mend this} now", 70, 30)
	}},
	{name: "net class", draw: func(d *drawing) {
		pair("passive", "passive")(d)
		d.flag("HV", 12, 10)
		d.flag("LV", 13, 10)
	}, pro: fmt.Sprintf(`{"net_settings": {"meta": {"version": 4}, "classes": [%s, %s]}}`, netClass("Default", 2147483647), netClass("LV", 0))},

	{name: "bus entry", draw: func(d *drawing) {
		d.bus(10, 10, 10, 12)
		d.bus(10, 12, 10, 15)
		d.label("A[0..1]", 10, 10)
		d.entry(10, 12)
		d.wire(11, 13, 15, 13)
		d.label("A0", 13, 13)
		d.part("passive", "U1", 15, 13)
		d.entry(10, 15)
		d.wire(11, 16, 15, 16)
		d.label("B0", 13, 16)
		d.part("passive", "U2", 15, 16)
	}},
	{name: "bus entry within a bus", draw: func(d *drawing) {
		d.bus(10, 10, 10, 20)
		d.label("A[0..1]", 10, 10)
		d.entry(10, 12)
		d.wire(11, 13, 15, 13)
		d.label("A0", 13, 13)
		d.part("passive", "U1", 15, 13)
		d.entry(10, 15)
		d.wire(11, 16, 15, 16)
		d.label("A1", 13, 16)
		d.part("passive", "U2", 15, 16)
	}},
	{name: "bus entry alone", draw: func(d *drawing) { d.entry(10, 10) }},
	{name: "bus entry on a bus", draw: func(d *drawing) { d.bus(10, 10, 10, 20); d.label("A[0..1]", 10, 10); d.entry(10, 12) }},
	{name: "label on a bus", draw: func(d *drawing) { d.bus(10, 10, 10, 20); d.label("A", 10, 15) }},
	{name: "wire on a bus", draw: func(d *drawing) {
		d.bus(10, 10, 10, 20)
		d.label("A[0..1]", 10, 10)
		d.wire(10, 20, 15, 20)
		d.part("passive", "U1", 15, 20)
	}},
	{name: "bus label on a wire", draw: func(d *drawing) { pair("passive", "passive")(d); d.label("A[0..3]", 12, 10) }},
	{name: "buses without a common member", draw: func(d *drawing) {
		d.sheet("S", "s.kicad_sch", 20, 10, "B[0..1]")
		d.bus(10, 11, 20, 11)
		d.global("A[0..1]", 10, 11)
	}, more: func(f map[string]string) {
		child(f, "s.kicad_sch", sheetUUID, func(d *drawing) { d.bus(10, 10, 20, 10); d.hier("B[0..1]", 10, 10) })
	}},
	{name: "bus of a global and a hierarchical name", draw: func(d *drawing) {
		d.sheet("S", "s.kicad_sch", 20, 10, "B[0..1]")
		d.bus(10, 11, 20, 11)
		d.label("B[0..1]", 10, 11)
	}, more: func(f map[string]string) {
		child(f, "s.kicad_sch", sheetUUID, func(d *drawing) {
			d.bus(10, 10, 20, 10)
			d.global("A[0..1]", 15, 10)
			d.hier("B[0..1]", 10, 10)
		})
	}},
	{name: "buses of local name", draw: func(d *drawing) {
		d.sheet("S", "s.kicad_sch", 20, 10, "B[0..1]")
		d.bus(10, 11, 20, 11)
		d.label("A[0..1]", 10, 11)
	}, more: func(f map[string]string) {
		child(f, "s.kicad_sch", sheetUUID, func(d *drawing) { d.bus(10, 10, 20, 10); d.hier("B[0..1]", 10, 10) })
	}},
	{name: "bus alias", draw: func(d *drawing) { d.sheet("S", "s.kicad_sch", 20, 10); d.alias("M", "A", "B") }, more: func(f map[string]string) {
		child(f, "s.kicad_sch", sheetUUID, func(d *drawing) { d.alias("M", "A", "C") })
	}},

	{name: "footprint", draw: func(d *drawing) {
		for i, fp := range []string{"F:R_0603", "F:none", "G:R_0603", "R_0603", "F:R<0603", ""} {
			y := float64(10 + 10*i)
			d.part("R", fmt.Sprintf("R%d", i+1), 10, y, `(property "Footprint" "`+fp+`" (at 0 0 0) `+font+`)`)
			d.wire(10, y, 12, y)
		}
	}},
	{name: "footprint filter", draw: func(d *drawing) {
		d.part("R", "R1", 10, 10, `(property "Footprint" "F:C_0603" (at 0 0 0) `+font+`)`)
		d.wire(10, 10, 12, 10)
	}, more: func(f map[string]string) { f["F.pretty/C_0603.kicad_mod"] = f["F.pretty/R_0603.kicad_mod"] }},
	{name: "symbol library missing", draw: pair("passive", "passive"), more: func(f map[string]string) { delete(f, "sym-lib-table") }},
	{name: "symbol file missing", draw: pair("passive", "passive"), more: func(f map[string]string) { delete(f, "T.kicad_sym") }},
	{name: "symbol library off", draw: pair("passive", "passive"), more: func(f map[string]string) {
		f["sym-lib-table"] = replaceOnce(f["sym-lib-table"], `(descr "")`, `(descr "") (disabled)`)
	}},
	{name: "symbol missing", draw: pair("passive", "passive"), more: func(f map[string]string) {
		f["T.kicad_sym"] = replaceOnce(f["T.kicad_sym"], symbols["passive"].text("passive", "passive"), "")
	}},
	{name: "symbol differs", draw: pair("passive", "output"), more: func(f map[string]string) {
		f["T.kicad_sym"] = replaceOnce(f["T.kicad_sym"], "pin passive line", "pin input line")
	}},
	{name: "broken symbol library", draw: pair("passive", "passive"), more: func(f map[string]string) { f["T.kicad_sym"] = "(kicad_symbol_lib (" }},
}
