package project

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"starboard/kicad/sexpr"
)

// An object is an object of a JSON file; its keys are written in plain order.
type object map[string]any

// A name is text that a script chose. KiCad writes every character but
// quotes, backslashes and controls as it is, U+2028 and U+2029 among them,
// which encoding/json would escape in a string.
type name string

func (n name) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(string(n)); err != nil {
		return nil, err
	}
	text := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	// A backslash of the name itself is written as two.
	parts := bytes.Split(text, []byte(`\\`))
	for i, p := range parts {
		p = bytes.ReplaceAll(p, []byte(`\u2028`), []byte("\u2028"))
		parts[i] = bytes.ReplaceAll(p, []byte(`\u2029`), []byte("\u2029"))
	}
	return bytes.Join(parts, []byte(`\\`)), nil
}

// A decimal is a number that KiCad keeps with a decimal point, as it writes it.
type decimal = json.Number

// kicadPro returns the .kicad_pro file: the settings of a project in which
// nobody has changed any, with every key that KiCad 9 would add on its first
// save, so that this save changes nothing. Pages are pairs of a sheet's UUID
// and its name, the root first.
//
// A project needs no more than this, its schematics and its tables: KiCad
// opens one without a board silently, and keeps what a person looked at last
// in a .kicad_prl of its own making.
func kicadPro(circuit string, pages [][2]string) ([]byte, error) {
	sheets := make([][2]name, len(pages))
	for i, p := range pages {
		sheets[i] = [2]name{name(p[0]), name(p[1])}
	}
	file, err := encode(name(circuit+".kicad_pro"), "")
	if err != nil {
		return nil, err
	}
	list, err := encode(sheets, indent)
	if err != nil {
		return nil, err
	}
	parts, err := settings()
	if err != nil {
		return nil, err
	}
	return slices.Concat(parts[0], file, parts[1], list, parts[2]), nil
}

// settings returns the text of a .kicad_pro file around what differs between
// projects: the name of the file, and the list of sheets. It is made once, for
// the hundreds of settings that are always the same take longer than a small
// sheet.
var settings = sync.OnceValues(func() ([][]byte, error) {
	const file, sheets = "the name of the file", "the list of sheets"
	text, err := encode(object{
		"board":          boardSettings(),
		"boards":         []any{},
		"cvpcb":          object{"equivalence_files": []any{}},
		"erc":            ercSettings(),
		"libraries":      object{"pinned_footprint_libs": []any{}, "pinned_symbol_libs": []any{}},
		"meta":           object{"filename": file, "version": 3},
		"net_settings":   netSettings(),
		"pcbnew":         pcbnewSettings(),
		"schematic":      schematicSettings(),
		"sheets":         sheets,
		"text_variables": object{},
	}, "")
	if err != nil {
		return nil, err
	}
	before, rest, _ := bytes.Cut(text, []byte(`"`+file+`"`))
	between, after, _ := bytes.Cut(rest, []byte(`"`+sheets+`"`))
	return [][]byte{before, between, append(after, '\n')}, nil
})

const indent = "  "

// encode returns a value as JSON, as it stands in a line that begins with the
// prefix.
func encode(v any, prefix string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(prefix, indent)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// boardSettings are those of a project without a board; the board editor adds
// its own when it saves one.
func boardSettings() object {
	return object{
		"3dviewports":   []any{},
		"ipc2581":       empty("dist", "distpn", "internal_id", "mfg", "mpn"),
		"layer_pairs":   []any{},
		"layer_presets": []any{},
		"viewports":     []any{},
	}
}

func pcbnewSettings() object {
	return object{
		"last_paths":             empty("gencad", "idf", "netlist", "plot", "pos_files", "specctra_dsn", "step", "svg", "vrml"),
		"page_layout_descr_file": "",
	}
}

// empty returns an object with the keys given, the text of each empty.
func empty(keys ...string) object {
	o := object{}
	for _, k := range keys {
		o[k] = ""
	}
	return o
}

// severities are KiCad's findings of the electrical rules check, by how
// severe they are by default.
var severities = map[string]string{
	"error": `bus_definition_conflict bus_entry_needed bus_to_bus_conflict bus_to_net_conflict
		different_unit_footprint different_unit_net duplicate_reference duplicate_sheet_names extra_units
		hier_label_mismatch label_dangling missing_power_pin pin_not_connected pin_not_driven
		power_pin_not_driven unannotated undefined_netclass unit_value_mismatch unresolved_variable
		wire_dangling`,
	"warning": `endpoint_off_grid footprint_link_issues global_label_dangling label_multiple_wires
		lib_symbol_issues lib_symbol_mismatch missing_bidi_pin missing_input_pin missing_unit
		multiple_net_names net_not_bus_member no_connect_connected no_connect_dangling pin_to_pin
		same_local_global_label similar_label_and_power similar_labels similar_power
		unconnected_wire_endpoint`,
	"ignore": `footprint_filter four_way_junction simulation_model_issue single_global_label`,
}

func ercSettings() object {
	rules := object{}
	for severity, keys := range severities {
		for _, key := range strings.Fields(keys) {
			rules[key] = severity
		}
	}
	return object{
		"erc_exclusions":  []any{},
		"meta":            object{"version": 0},
		"pin_map":         pinMap(),
		"rule_severities": rules,
	}
}

// pinConflicts says what KiCad finds of two pins on one net: 0 nothing, 1 a
// warning, 2 an error. Rows and columns are the types of pins in KiCad's
// order, that of symbol.Type, and the matrix is symmetric.
var pinConflicts = [...]string{
	"000000100002", // input
	"020100102222", // output
	"000000101012", // bidirectional
	"010000112112", // tri-state
	"000000100002", // passive
	"000000000002", // free
	"111110111112", // unspecified
	"000100100002", // power input
	"021200102222", // power output
	"020100102002", // open collector
	"021100102002", // open emitter
	"222222222222", // not connected
}

func pinMap() [][]int {
	rows := make([][]int, len(pinConflicts))
	for i, row := range pinConflicts {
		for _, digit := range row {
			rows[i] = append(rows[i], int(digit-'0'))
		}
	}
	return rows
}

// netSettings has the one class of nets that every project has, with the
// widths and distances that KiCad gives it: on boards millimetres, in
// schematics mils.
func netSettings() object {
	const noColor = "rgba(0, 0, 0, 0.000)"
	class := object{
		"name":     "Default",
		"priority": 1<<31 - 1, // the weakest

		"bus_width":       12,
		"line_style":      0, // solid
		"schematic_color": noColor,
		"wire_width":      6,

		"clearance":         decimal("0.2"),
		"diff_pair_gap":     decimal("0.25"),
		"diff_pair_via_gap": decimal("0.25"),
		"diff_pair_width":   decimal("0.2"),
		"microvia_diameter": decimal("0.3"),
		"microvia_drill":    decimal("0.1"),
		"pcb_color":         noColor,
		"track_width":       decimal("0.2"),
		"via_diameter":      decimal("0.6"),
		"via_drill":         decimal("0.3"),
	}
	return object{
		"classes":              []any{class},
		"meta":                 object{"version": 4},
		"net_colors":           nil,
		"netclass_assignments": nil,
		"netclass_patterns":    []any{},
	}
}

func schematicSettings() object {
	o := object{
		"meta":                   object{"version": 1},
		"connection_grid_size":   decimal("50.0"), // mils, geom.Grid
		"drawing":                drawingSettings(),
		"legacy_lib_dir":         "",
		"legacy_lib_list":        []any{},
		"net_format_name":        "",
		"page_layout_descr_file": "",
		"plot_directory":         "",

		// References: numbers from 1 up, units as letters, without a separator.
		"annotate_start_num":   0,
		"subpart_first_id":     'A',
		"subpart_id_separator": 0,

		"space_save_all_events":             true,
		"spice_current_sheet_as_root":       false,
		"spice_external_command":            `spice "%I"`,
		"spice_model_current_sheet_as_root": true,
		"spice_save_all_currents":           false,
		"spice_save_all_dissipations":       false,
		"spice_save_all_voltages":           false,
	}
	bomSettings(o)
	return o
}

// drawingSettings are how schematics look: sizes in mils, ratios to the width
// of a line or the height of a text.
func drawingSettings() object {
	return object{
		"dashed_lines_dash_length_ratio": decimal("12.0"),
		"dashed_lines_gap_length_ratio":  decimal("3.0"),
		"default_line_thickness":         decimal("6.0"),
		"default_text_size":              decimal("50.0"),
		"field_names":                    []any{},
		"junction_size_choice":           3,
		"label_size_ratio":               decimal("0.375"),
		"overbar_offset_ratio":           decimal("1.23"),
		"pin_symbol_size":                decimal("25.0"),
		"text_offset_ratio":              decimal("0.15"),

		"intersheets_ref_own_page": false,
		"intersheets_ref_prefix":   "",
		"intersheets_ref_short":    false,
		"intersheets_ref_show":     false,
		"intersheets_ref_suffix":   "",

		"operating_point_overlay_i_precision": 3,
		"operating_point_overlay_i_range":     "~A",
		"operating_point_overlay_v_precision": 3,
		"operating_point_overlay_v_range":     "~V",
	}
}

// bomSettings adds how KiCad's own bill of materials is made: a table with a
// line for every group of parts that have value, footprint and flags in common.
func bomSettings(o object) {
	var columns []any
	column := func(name, label string, groups bool) {
		columns = append(columns, object{"name": name, "label": label, "group_by": groups, "show": true})
	}
	column("Reference", "Reference", false)
	column("${QUANTITY}", "Qty", false)
	column("Value", "Value", true)
	column("${DNP}", "DNP", true)
	column("${EXCLUDE_FROM_BOM}", "Exclude from BOM", true)
	column("${EXCLUDE_FROM_BOARD}", "Exclude from Board", true)
	column("Footprint", "Footprint", true)
	column("Datasheet", "Datasheet", false)
	o["bom_presets"] = []any{}
	o["bom_settings"] = object{
		"name":                      "Default Editing",
		"exclude_dnp":               false,
		"fields_ordered":            columns,
		"filter_string":             "",
		"group_symbols":             true,
		"include_excluded_from_bom": true,
		"sort_asc":                  true,
		"sort_field":                "Reference",
	}
	o["bom_export_filename"] = "${PROJECTNAME}.csv"
	o["bom_fmt_presets"] = []any{}
	o["bom_fmt_settings"] = object{
		"name":                "CSV",
		"field_delimiter":     ",",
		"keep_line_breaks":    false,
		"keep_tabs":           false,
		"ref_delimiter":       ",",
		"ref_range_delimiter": "",
		"string_delimiter":    `"`,
	}
}

// A row is a line of a library table.
type row struct{ name, uri string }

// table returns a library table: kind is sym or fp.
func table(kind string, rows []row) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "(%s_lib_table\n  (version 7)\n", kind)
	for _, r := range rows {
		fmt.Fprintf(&b, "  (lib (name %s)(type \"KiCad\")(uri %s)(options \"\")(descr \"\"))\n", sexpr.Quote(r.name), sexpr.Quote(r.uri))
	}
	b.WriteString(")\n")
	return []byte(b.String())
}
