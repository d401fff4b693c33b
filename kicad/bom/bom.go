// Package bom makes a bill of materials of a netlist: what to buy, how many,
// and where each goes.
//
// [CSV] is the entry point. The same netlist gives the same bytes, whatever
// the order of its parts.
package bom

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"

	"starboard/kicad/netlist"
)

// The columns that every bill has; the fields of the user follow.
var columns = []string{"Reference", "Qty", "Value", "Footprint", "Symbol", "Description", "Datasheet", "DNP"}

// CSV returns the bill of materials of n as RFC 4180 has it, but with lines
// that end in LF: a header, then a row for each group of equal parts, sorted
// by its first reference in natural order. Parts with in_bom=no are left out.
//
// Parts are equal where value, footprint, symbol and DNP are, and all fields
// that say what to order: those whose names have a word such as MPN, Part
// Number, Manufacturer, Supplier, Vendor, SKU or LCSC in them. Where other
// fields, descriptions or datasheets differ within a group, its row has each
// once, separated by "; ".
//
// The columns are Reference (in natural order, separated by commas), Qty,
// Value, Footprint, Symbol (Library:Name), Description, Datasheet and DNP
// ("DNP" or empty), then every user field by name. A user field that has the
// name of one of these columns is headed "NAME (field)". The value ~ stands
// for an empty one in KiCad, and is one here.
func CSV(n *netlist.Netlist) []byte {
	parts := make([]*netlist.Component, 0, len(n.Components))
	for i := range n.Components {
		if !n.Components[i].ExcludeFromBOM {
			parts = append(parts, &n.Components[i])
		}
	}
	slices.SortStableFunc(parts, func(a, b *netlist.Component) int { return compareRefs(a.Ref, b.Ref) })

	names := fieldNames(parts)
	var rows []*row
	byKey := make(map[string]*row)
	for _, c := range parts {
		k := key(c)
		r := byKey[k]
		if r == nil {
			r = &row{cells: make([]cell, len(names))}
			byKey[k] = r
			rows = append(rows, r)
		}
		r.add(c, names)
	}

	var b bytes.Buffer
	w := csv.NewWriter(&b)
	write := func(record []string) {
		if err := w.Write(record); err != nil {
			panic("internal error: a bill of materials in memory: " + err.Error())
		}
	}
	write(header(names))
	for _, r := range rows {
		write(r.record())
	}
	w.Flush()
	return b.Bytes()
}

// compareRefs is KiCad's order of references, with ties broken.
func compareRefs(a, b string) int {
	if c := netlist.NaturalCompare(a, b, true); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// A row is a group of equal parts.
type row struct {
	first       *netlist.Component
	refs        []string
	description cell
	datasheet   cell
	cells       []cell // of the user fields, by their position in the header
}

// A cell holds the different texts of a group, in the order of the parts.
type cell struct{ texts []string }

func (c *cell) add(text string) {
	if text = clean(text); text != "" && !slices.Contains(c.texts, text) {
		c.texts = append(c.texts, text)
	}
}

func (c *cell) String() string { return strings.Join(c.texts, "; ") }

func (r *row) add(c *netlist.Component, names []string) {
	if r.first == nil {
		r.first = c
	}
	r.refs = append(r.refs, c.Ref)
	r.description.add(c.Description)
	r.datasheet.add(c.Datasheet)
	for _, f := range c.Fields {
		if i, ok := slices.BinarySearch(names, f.Name); ok {
			r.cells[i].add(f.Value)
		}
	}
}

func (r *row) record() []string {
	c := r.first
	dnp := ""
	if c.DNP {
		dnp = "DNP"
	}
	record := []string{
		strings.Join(r.refs, ","), strconv.Itoa(len(r.refs)), clean(c.Value), c.Footprint, symbol(c),
		r.description.String(), r.datasheet.String(), dnp,
	}
	for i := range r.cells {
		record = append(record, r.cells[i].String())
	}
	return record
}

// clean returns the text, but "" for KiCad's word for an empty one.
func clean(text string) string {
	if text == "~" {
		return ""
	}
	return text
}

func symbol(c *netlist.Component) string {
	if c.Lib == "" {
		return c.Part
	}
	return c.Lib + ":" + c.Part
}

// isOwn reports whether a field of a component is one that KiCad gives every
// symbol, and that has a column of its own.
func isOwn(name string) bool {
	return name == "Footprint" || name == "Datasheet" || name == "Description"
}

// fieldNames returns the names of all user fields, sorted.
func fieldNames(parts []*netlist.Component) []string {
	seen := make(map[string]bool)
	var names []string
	for _, c := range parts {
		for _, f := range c.Fields {
			if !isOwn(f.Name) && !seen[f.Name] {
				seen[f.Name] = true
				names = append(names, f.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func header(names []string) []string {
	h := slices.Clone(columns)
	for _, name := range names {
		if slices.Contains(columns, name) {
			name += " (field)"
		}
		h = append(h, name)
	}
	return h
}

// key returns what equal parts have in common.
func key(c *netlist.Component) string {
	var order []string
	for _, f := range c.Fields {
		if v := clean(f.Value); v != "" && !isOwn(f.Name) && saysWhatToOrder(f.Name) {
			order = append(order, strconv.Quote(f.Name)+"="+strconv.Quote(v))
		}
	}
	slices.Sort(order)
	var b strings.Builder
	for _, s := range []string{clean(c.Value), c.Footprint, symbol(c), strconv.FormatBool(c.DNP), strings.Join(order, " ")} {
		b.WriteString(strconv.Quote(s))
	}
	return b.String()
}

// The words that a field's name has in practice where the field says what to
// order, as in "Mfr. Part #" and "LCSC Part".
var orderWords = map[string]bool{
	"mpn": true, "manufacturer": true, "mfr": true, "mfg": true, "brand": true,
	"part": true, "partno": true, "partnumber": true, "pn": true, "spn": true, "sku": true,
	"supplier": true, "vendor": true, "distributor": true,
	"lcsc": true, "jlc": true, "jlcpcb": true, "digikey": true, "mouser": true, "farnell": true, "arrow": true,
}

// saysWhatToOrder reports whether a field's name has an order word in it, or
// has two words that make one, as "Digi-Key".
func saysWhatToOrder(name string) bool {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	for i := range words {
		if orderWords[words[i]] || i > 0 && orderWords[words[i-1]+words[i]] {
			return true
		}
	}
	return false
}
