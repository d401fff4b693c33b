package erc

import "starboard/kicad/connect"

// A Rule is one of KiCad's rules.
type Rule struct {
	Key      string
	Title    string   // what a breach means, in a few words
	Severity Severity // where the project file says nothing
	Fixed    bool     // the project file cannot change the severity

	// Unchecked says that this package does not check the rule at all.
	Unchecked bool

	order int
}

// Rules are KiCad's rules, in the order in which reports list them.
var Rules = []Rule{
	{Key: "pin_not_connected", Title: "pin that is connected to nothing", Severity: Error},
	{Key: "pin_not_driven", Title: "input that nothing drives", Severity: Error},
	{Key: "power_pin_not_driven", Title: "supply that nothing feeds", Severity: Error},
	{Key: "no_connect_connected", Title: "pin connected although marked as unconnected", Severity: Warning},
	{Key: "no_connect_dangling", Title: "no-connect flag on nothing", Severity: Warning},
	{Key: "global_label_dangling", Title: "global label that leads nowhere", Severity: Warning},
	{Key: "single_global_label", Title: "global label that appears once", Severity: Ignore},
	{Key: "same_local_global_label", Title: "local and global label of one name", Severity: Warning},
	{Key: "label_dangling", Title: "label that leads nowhere", Severity: Error},
	{Key: "wire_dangling", Title: "wire without a pin or label", Severity: Error},
	{Key: "endpoint_off_grid", Title: "pin or wire end off the grid", Severity: Warning},
	{Key: "four_way_junction", Title: "four lines or pins at one point", Severity: Ignore},
	{Key: "duplicate_pins", Title: "pins of one number on different nets", Severity: Error, Fixed: true},
	{Key: "label_multiple_wires", Title: "label that joins crossing wires", Severity: Warning},
	{Key: "unconnected_wire_endpoint", Title: "wire end that touches nothing", Severity: Warning},
	{Key: "pin_to_pin", Title: "pins that must not be connected", Severity: Error},
	{Key: "different_unit_footprint", Title: "units of one part with different footprints", Severity: Error},
	{Key: "different_unit_net", Title: "shared pin on different nets", Severity: Error},
	{Key: "duplicate_sheet_names", Title: "sheets of one name", Severity: Error},
	{Key: "hier_label_mismatch", Title: "sheet pin or hierarchical label without its counterpart", Severity: Error},
	{Key: "multiple_net_names", Title: "net of several names", Severity: Warning},
	{Key: "bus_definition_conflict", Title: "bus alias with two meanings", Severity: Error},
	{Key: "bus_to_net_conflict", Title: "bus connected with a wire", Severity: Error},
	{Key: "net_not_bus_member", Title: "wire at a bus that it does not belong to", Severity: Warning},
	{Key: "unresolved_variable", Title: "text variable that nothing defines", Severity: Error},
	{Key: "undefined_netclass", Title: "net class that the project lacks", Severity: Error},
	{Key: "similar_labels", Title: "labels that differ in case only", Severity: Warning},
	{Key: "similar_power", Title: "power symbols that differ in case only", Severity: Warning},
	{Key: "similar_label_and_power", Title: "label and power symbol that differ in case only", Severity: Warning},
	{Key: "lib_symbol_issues", Title: "symbol missing from its library", Severity: Warning},
	{Key: "lib_symbol_mismatch", Title: "symbol differs from its library", Severity: Warning},
	{Key: "footprint_link_issues", Title: "footprint missing from its library", Severity: Warning},
	{Key: "footprint_filter", Title: "footprint that the symbol does not provide for", Severity: Ignore},
	{Key: "missing_unit", Title: "unit that is not placed", Severity: Warning},
	{Key: "missing_input_pin", Title: "inputs in a unit that is not placed", Severity: Warning},
	{Key: "missing_bidi_pin", Title: "bidirectional pins in a unit that is not placed", Severity: Warning},
	{Key: "missing_power_pin", Title: "supply pins in a unit that is not placed", Severity: Error},
	{Key: "generic-warning", Title: "warning written on the sheet", Severity: Warning, Fixed: true},
	{Key: "generic-error", Title: "error written on the sheet", Severity: Error, Fixed: true},
	{Key: "simulation_model_issue", Title: "faulty simulation model", Severity: Ignore, Unchecked: true},
	{Key: "bus_to_bus_conflict", Title: "connected buses without a common member", Severity: Error, Unchecked: true},
	{Key: "bus_entry_needed", Title: "wire that ends on a bus", Severity: Error, Unchecked: true},
	{Key: "unannotated", Title: "part without a reference", Severity: Error, Unchecked: true},
	{Key: "duplicate_reference", Title: "parts of one reference", Severity: Error, Unchecked: true},
	{Key: "extra_units", Title: "more units than the symbol has", Severity: Error, Unchecked: true},
	{Key: "unit_value_mismatch", Title: "units of one part with different values", Severity: Error, Unchecked: true},
}

var ruleByKey = func() map[string]*Rule {
	m := map[string]*Rule{}
	for i := range Rules {
		Rules[i].order = i
		m[Rules[i].Key] = &Rules[i]
	}
	return m
}()

var (
	pinNotConnected       = ruleByKey["pin_not_connected"]
	pinNotDriven          = ruleByKey["pin_not_driven"]
	powerPinNotDriven     = ruleByKey["power_pin_not_driven"]
	noConnectConnected    = ruleByKey["no_connect_connected"]
	noConnectDangling     = ruleByKey["no_connect_dangling"]
	globalLabelDangling   = ruleByKey["global_label_dangling"]
	singleGlobalLabel     = ruleByKey["single_global_label"]
	sameLocalGlobalLabel  = ruleByKey["same_local_global_label"]
	labelDangling         = ruleByKey["label_dangling"]
	wireDangling          = ruleByKey["wire_dangling"]
	endpointOffGrid       = ruleByKey["endpoint_off_grid"]
	fourWayJunction       = ruleByKey["four_way_junction"]
	duplicatePins         = ruleByKey["duplicate_pins"]
	labelMultipleWires    = ruleByKey["label_multiple_wires"]
	unconnectedWireEnd    = ruleByKey["unconnected_wire_endpoint"]
	pinToPin              = ruleByKey["pin_to_pin"]
	differentUnitFP       = ruleByKey["different_unit_footprint"]
	differentUnitNet      = ruleByKey["different_unit_net"]
	duplicateSheetNames   = ruleByKey["duplicate_sheet_names"]
	hierLabelMismatch     = ruleByKey["hier_label_mismatch"]
	multipleNetNames      = ruleByKey["multiple_net_names"]
	busDefinitionConflict = ruleByKey["bus_definition_conflict"]
	busToNetConflict      = ruleByKey["bus_to_net_conflict"]
	netNotBusMember       = ruleByKey["net_not_bus_member"]
	unresolvedVariable    = ruleByKey["unresolved_variable"]
	undefinedNetClass     = ruleByKey["undefined_netclass"]
	similarLabels         = ruleByKey["similar_labels"]
	similarPower          = ruleByKey["similar_power"]
	similarLabelAndPower  = ruleByKey["similar_label_and_power"]
	libSymbolIssues       = ruleByKey["lib_symbol_issues"]
	libSymbolMismatch     = ruleByKey["lib_symbol_mismatch"]
	footprintLinkIssues   = ruleByKey["footprint_link_issues"]
	footprintFilter       = ruleByKey["footprint_filter"]
	missingUnit           = ruleByKey["missing_unit"]
	missingInputPin       = ruleByKey["missing_input_pin"]
	missingBidiPin        = ruleByKey["missing_bidi_pin"]
	missingPowerPin       = ruleByKey["missing_power_pin"]
	genericWarning        = ruleByKey["generic-warning"]
	genericError          = ruleByKey["generic-error"]
)

// reasons say why rules are not checked.
var reasons = map[string]string{
	"simulation_model_issue": "needs a circuit simulator with its model libraries",
	"bus_to_bus_conflict":    "KiCad 9 has the rule and never finds a breach: by then connected buses have the same members",
	"bus_entry_needed":       "KiCad 9 has the rule and never applies it",
	"unannotated":            "checked by KiCad's editor while it annotates, not by its electrical rules check",
	"duplicate_reference":    "checked by KiCad's editor while it annotates, not by its electrical rules check",
	"extra_units":            "checked by KiCad's editor while it annotates, not by its electrical rules check",
	"unit_value_mismatch":    "checked by KiCad's editor while it annotates, not by its electrical rules check",
}

// notChecked lists the rules that were not checked on this schematic. Rules
// that are off have not been asked for.
func (c *checker) notChecked() []NotChecked {
	var list []NotChecked
	for i := range Rules {
		if r := &Rules[i]; r.Unchecked && c.on(r) {
			list = append(list, NotChecked{r.Key, reasons[r.Key]})
		}
	}
	if r := ruleByKey["simulation_model_issue"]; !c.on(r) {
		list = append(list, NotChecked{r.Key, reasons[r.Key] + "; the project has it switched off"})
	}
	if c.set.drawingSheet != "" && c.on(unresolvedVariable) {
		list = append(list, NotChecked{unresolvedVariable.Key, "texts of the drawing sheet " + c.set.drawingSheet})
	}
	return append(list, c.libs.unread...)
}

// A pinType is an electrical type, in KiCad's order.
type pinType uint8

const (
	input pinType = iota
	output
	bidirectional
	triState
	passive
	free
	unspecified
	powerIn
	powerOut
	openCollector
	openEmitter
	noConnect
	pinTypes
)

var typeNames = [pinTypes]string{
	"input", "output", "bidirectional", "tri_state", "passive", "free", "unspecified",
	"power_in", "power_out", "open_collector", "open_emitter", "no_connect",
}

// typeOf returns the electrical type of a pin.
func typeOf(p *connect.Pin) pinType {
	if t, ok := typeByName[p.Type]; ok {
		return t
	}
	return unspecified
}

var typeByName = func() map[string]pinType {
	m := map[string]pinType{}
	for t, name := range typeNames {
		m[name] = pinType(t)
	}
	return m
}()
