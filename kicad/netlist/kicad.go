package netlist

import (
	"io"
	"strconv"

	"starboard/kicad/sexpr"
)

// tool stands in a netlist whose maker has given no name.
const tool = "starboard"

// KiCad returns n as KiCad 9 writes an s-expression netlist, byte for byte:
// an element a line, indented by two spaces, brackets closed where the last
// element ends, and no newline at the end of the file.
//
// The slices of n are written in the order that they have. An empty Value is
// written as "~", as KiCad does, and an empty Tool as "starboard"; an empty
// Date stays empty, which KiCad's PCB editor takes.
func KiCad(n *Netlist) []byte {
	p := printer{b: make([]byte, 0, 4096+1100*len(n.Components)+200*len(n.Nets))}
	p.netlist(n)
	return p.b
}

// WriteKiCad writes to w what [KiCad] returns, piece by piece.
func WriteKiCad(w io.Writer, n *Netlist) error {
	p := printer{b: make([]byte, 0, 2*piece), w: w}
	p.netlist(n)
	p.flush()
	return p.err
}

func (p *printer) netlist(n *Netlist) {
	p.raw(`(export (version "E")`)
	p.design(n)
	p.raw("\n  (components")
	for i := range n.Components {
		p.component(&n.Components[i])
		p.full()
	}
	p.raw(")")
	p.raw("\n  (libparts")
	for i := range n.LibParts {
		p.libPart(&n.LibParts[i])
		p.full()
	}
	p.raw(")")
	p.raw("\n  (libraries")
	for _, l := range n.Libraries {
		p.raw("\n    (library")
		p.attr("logical", l.Logical)
		p.line(3, "uri", l.URI)
		p.raw(")")
	}
	p.raw(")")
	p.raw("\n  (nets")
	for i := range n.Nets {
		p.net(&n.Nets[i])
		p.full()
	}
	p.raw("))")
}

// A printer holds what is printed, or with a writer what it has not got yet.
type printer struct {
	b   []byte
	w   io.Writer
	err error // the first of w
}

// piece is how much a printer holds before it writes.
const piece = 64 << 10

// full writes what is there where it is enough for a piece.
func (p *printer) full() {
	if len(p.b) >= piece {
		p.flush()
	}
}

func (p *printer) flush() {
	if p.w == nil {
		return
	}
	if p.err == nil {
		_, p.err = p.w.Write(p.b)
	}
	p.b = p.b[:0]
}

func (p *printer) raw(s string) { p.b = append(p.b, s...) }

func (p *printer) quoted(s string) { p.b = sexpr.AppendQuoted(p.b, s) }

// attr writes (name "value") after a space, on the line of its element.
func (p *printer) attr(name, value string) {
	p.raw(" (")
	p.raw(name)
	p.raw(" ")
	p.quoted(value)
	p.raw(")")
}

func (p *printer) newline(depth int) {
	p.raw("\n")
	for range depth {
		p.raw("  ")
	}
}

// line writes (name "value") on a line of its own.
func (p *printer) line(depth int, name, value string) {
	p.newline(depth)
	p.raw("(")
	p.raw(name)
	p.raw(" ")
	p.quoted(value)
	p.raw(")")
}

// text is like line, but leaves out the quotes of an empty value.
func (p *printer) text(depth int, name, value string) {
	if value != "" {
		p.line(depth, name, value)
		return
	}
	p.newline(depth)
	p.raw("(")
	p.raw(name)
	p.raw(")")
}

// optional is like line, and writes nothing for an empty value.
func (p *printer) optional(depth int, name, value string) {
	if value != "" {
		p.line(depth, name, value)
	}
}

func (p *printer) design(n *Netlist) {
	p.raw("\n  (design")
	p.line(2, "source", n.Source)
	p.line(2, "date", n.Date)
	if n.Tool == "" {
		p.line(2, "tool", tool)
	} else {
		p.line(2, "tool", n.Tool)
	}
	for _, v := range n.TextVars {
		p.named(2, "textvar", v)
	}
	for i := range n.Sheets {
		s := &n.Sheets[i]
		p.raw("\n    (sheet")
		p.attr("number", s.Number)
		p.attr("name", s.Name)
		p.attr("tstamps", s.Tstamps)
		p.raw("\n      (title_block")
		p.text(4, "title", s.Title)
		p.text(4, "company", s.Company)
		p.text(4, "rev", s.Rev)
		p.text(4, "date", s.Date)
		p.text(4, "source", s.Source)
		for i, c := range s.Comments {
			p.newline(4)
			p.raw("(comment")
			p.attr("number", strconv.Itoa(i+1))
			p.attr("value", c)
			p.raw(")")
		}
		p.raw("))")
	}
	p.raw(")")
}

// named writes (element (name "N") "value"), where an empty value is left out.
func (p *printer) named(depth int, element string, f Field) {
	p.newline(depth)
	p.raw("(")
	p.raw(element)
	p.attr("name", f.Name)
	if f.Value != "" {
		p.raw(" ")
		p.quoted(f.Value)
	}
	p.raw(")")
}

func (p *printer) fields(fields []Field) {
	if len(fields) == 0 {
		return
	}
	p.raw("\n      (fields")
	for _, f := range fields {
		p.named(4, "field", f)
	}
	p.raw(")")
}

func (p *printer) property(name, value string) {
	p.raw("\n      (property")
	p.attr("name", name)
	p.attr("value", value)
	p.raw(")")
}

func (p *printer) flag(name string, set bool) {
	if set {
		p.raw("\n      (property")
		p.attr("name", name)
		p.raw(")")
	}
}

func (p *printer) component(c *Component) {
	p.raw("\n    (comp")
	p.attr("ref", c.Ref)
	if c.Value == "" {
		p.line(3, "value", "~")
	} else {
		p.line(3, "value", c.Value)
	}
	p.optional(3, "footprint", c.Footprint)
	p.optional(3, "datasheet", c.Datasheet)
	p.optional(3, "description", c.Description)
	p.fields(c.Fields)
	p.raw("\n      (libsource")
	p.attr("lib", c.Lib)
	p.attr("part", c.Part)
	p.attr("description", c.LibDescription)
	p.raw(")")
	for _, f := range c.Properties {
		p.property(f.Name, f.Value)
	}
	p.flag("exclude_from_bom", c.ExcludeFromBOM)
	p.flag("dnp", c.DNP)
	if c.Keywords != "" {
		p.property("ki_keywords", c.Keywords)
	}
	if c.Filters != "" {
		p.property("ki_fp_filters", c.Filters)
	}
	p.raw("\n      (sheetpath")
	p.attr("names", c.SheetNames)
	p.attr("tstamps", c.SheetTstamps)
	p.raw(")")
	if len(c.Classes) > 0 {
		p.raw("\n      (component_classes")
		for _, class := range c.Classes {
			p.line(4, "class", class)
		}
		p.raw(")")
	}
	p.raw("\n      (tstamps")
	for _, id := range c.Tstamps {
		p.raw(" ")
		p.quoted(id)
	}
	p.raw("))")
}

func (p *printer) libPart(l *LibPart) {
	p.raw("\n    (libpart")
	p.attr("lib", l.Lib)
	p.attr("part", l.Part)
	p.optional(3, "description", l.Description)
	p.optional(3, "docs", l.Docs)
	if len(l.Filters) > 0 {
		p.raw("\n      (footprints")
		for _, f := range l.Filters {
			p.text(4, "fp", f)
		}
		p.raw(")")
	}
	p.fields(l.Fields)
	if len(l.Pins) > 0 {
		p.raw("\n      (pins")
		for _, pin := range l.Pins {
			p.raw("\n        (pin")
			p.attr("num", pin.Num)
			p.attr("name", pin.Name)
			p.attr("type", pin.Type)
			p.raw(")")
		}
		p.raw(")")
	}
	p.raw(")")
}

func (p *printer) net(n *Net) {
	p.raw("\n    (net")
	p.attr("code", strconv.Itoa(n.Code))
	p.attr("name", n.Name)
	p.attr("class", n.Class)
	for _, d := range n.Nodes {
		p.raw("\n      (node")
		p.attr("ref", d.Ref)
		p.attr("pin", d.Pin)
		if d.Function != "" {
			p.attr("pinfunction", d.Function)
		}
		p.attr("pintype", d.Type)
		p.raw(")")
	}
	p.raw(")")
}
