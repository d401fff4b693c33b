package netlist

import (
	"strconv"
	"unicode/utf8"

	"starboard/kicad/sexpr"
)

// Parse reads an s-expression netlist of KiCad 9 or 10, whatever its layout.
// File names the text in errors, which are of type [*sexpr.Error].
//
// Nothing that KiCad 9 writes is lost: KiCad of the result is src again.
// Elements that only newer versions write are passed over, such as the list
// of a component's units in KiCad 10.
func Parse(file, src string) (*Netlist, error) {
	tree, err := sexpr.Parse(file, src)
	if err != nil {
		return nil, err
	}
	root := tree.Root()
	if !root.Is("export") {
		return nil, root.Errorf("got (%s, want (export of a KiCad netlist", root.Head())
	}
	if v := text1(root.Child("version")); v != "E" {
		return nil, root.Errorf("got netlist version %q, want \"E\"", v)
	}
	n := new(Netlist)
	for k := range root.All() {
		switch k.Head() {
		case "design":
			err = n.parseDesign(k)
		case "components":
			err = each(k, "comp", &n.Components, parseComponent)
		case "libparts":
			err = each(k, "libpart", &n.LibParts, parseLibPart)
		case "libraries":
			err = each(k, "library", &n.Libraries, parseLibrary)
		case "nets":
			err = each(k, "net", &n.Nets, parseNet)
		}
		if err != nil {
			return nil, err
		}
	}
	return n, nil
}

// each appends to list what parse makes of every list in k that has the head.
func each[T any](k sexpr.Node, head string, list *[]T, parse func(sexpr.Node) (T, error)) error {
	for e := range k.Lists(head) {
		v, err := parse(e)
		if err != nil {
			return err
		}
		*list = append(*list, v)
	}
	return nil
}

// text1 returns the value of (head "value"), "" for (head).
func text1(n sexpr.Node) string { return text(n.Arg(1)) }

// text returns the value of an atom. As a string does, a word that is not
// UTF-8 counts as empty.
func text(n sexpr.Node) string {
	s := n.Text()
	if !utf8.ValidString(s) {
		return ""
	}
	return s
}

// texts returns the atoms of a list after its head.
func texts(n sexpr.Node) []string {
	var list []string
	head := true
	for k := range n.All() {
		if !head && !k.IsList() {
			list = append(list, text(k))
		}
		head = false
	}
	return list
}

// named reads (element (name "N") "value").
func named(n sexpr.Node) (Field, error) {
	name := n.Child("name")
	if !name.Present() {
		return Field{}, n.Errorf("got (%s without a name", n.Head())
	}
	f := Field{Name: text1(name)}
	if v := texts(n); len(v) > 0 {
		f.Value = v[0]
	}
	return f, nil
}

func (n *Netlist) parseDesign(d sexpr.Node) error {
	for k := range d.All() {
		switch k.Head() {
		case "source":
			n.Source = text1(k)
		case "date":
			n.Date = text1(k)
		case "tool":
			n.Tool = text1(k)
		case "textvar":
			f, err := named(k)
			if err != nil {
				return err
			}
			n.TextVars = append(n.TextVars, f)
		case "sheet":
			s, err := parseSheet(k)
			if err != nil {
				return err
			}
			n.Sheets = append(n.Sheets, s)
		}
	}
	return nil
}

func parseSheet(k sexpr.Node) (Sheet, error) {
	block := k.Child("title_block")
	s := Sheet{
		Number:  text1(k.Child("number")),
		Name:    text1(k.Child("name")),
		Tstamps: text1(k.Child("tstamps")),
		Title:   text1(block.Child("title")),
		Company: text1(block.Child("company")),
		Rev:     text1(block.Child("rev")),
		Date:    text1(block.Child("date")),
		Source:  text1(block.Child("source")),
	}
	for c := range block.Lists("comment") {
		number := text1(c.Child("number"))
		if len(number) != 1 || number < "1" || number > "9" {
			return Sheet{}, c.Errorf("got comment %q, want 1 to 9", number)
		}
		s.Comments[number[0]-'1'] = text1(c.Child("value"))
	}
	return s, nil
}

func parseComponent(k sexpr.Node) (Component, error) {
	var c Component
	own := 0 // how many properties stand before the flags
	for e := range k.All() {
		switch e.Head() {
		case "ref":
			c.Ref = text1(e)
		case "value":
			c.Value = text1(e)
		case "footprint":
			c.Footprint = text1(e)
		case "datasheet":
			c.Datasheet = text1(e)
		case "description":
			c.Description = text1(e)
		case "fields":
			if err := each(e, "field", &c.Fields, named); err != nil {
				return c, err
			}
		case "libsource":
			c.Lib = text1(e.Child("lib"))
			c.Part = text1(e.Child("part"))
			c.LibDescription = text1(e.Child("description"))
		case "property":
			name, value := text1(e.Child("name")), e.Child("value")
			// A flag has no value at all; a field of that name has an empty one.
			switch {
			case value.Present():
				c.Properties = append(c.Properties, Field{name, text1(value)})
			case name == "exclude_from_bom":
				c.ExcludeFromBOM, own = true, len(c.Properties)
			case name == "dnp":
				c.DNP, own = true, len(c.Properties)
			}
		case "sheetpath":
			c.SheetNames = text1(e.Child("names"))
			c.SheetTstamps = text1(e.Child("tstamps"))
		case "component_classes":
			for class := range e.Lists("class") {
				c.Classes = append(c.Classes, text1(class))
			}
		case "tstamps":
			c.Tstamps = texts(e)
		}
	}
	if c.Ref == "" {
		return c, k.Errorf("got a component without a reference")
	}
	// KiCad's own properties come last; before them a field may have their name.
	c.Filters = c.takeLast("ki_fp_filters", own)
	c.Keywords = c.takeLast("ki_keywords", own)
	return c, nil
}

// takeLast removes the last property where it has the name and a value, and
// is not one of the first own, and returns the value.
func (c *Component) takeLast(name string, own int) string {
	last := len(c.Properties) - 1
	if last < own || c.Properties[last].Name != name || c.Properties[last].Value == "" {
		return ""
	}
	value := c.Properties[last].Value
	c.Properties = c.Properties[:last]
	if last == 0 {
		c.Properties = nil
	}
	return value
}

func parseLibPart(k sexpr.Node) (LibPart, error) {
	l := LibPart{
		Lib:         text1(k.Child("lib")),
		Part:        text1(k.Child("part")),
		Description: text1(k.Child("description")),
		Docs:        text1(k.Child("docs")),
	}
	for f := range k.Child("footprints").Lists("fp") {
		l.Filters = append(l.Filters, text1(f))
	}
	if err := each(k.Child("fields"), "field", &l.Fields, named); err != nil {
		return l, err
	}
	for p := range k.Child("pins").Lists("pin") {
		l.Pins = append(l.Pins, LibPin{text1(p.Child("num")), text1(p.Child("name")), text1(p.Child("type"))})
	}
	return l, nil
}

func parseLibrary(k sexpr.Node) (Library, error) {
	return Library{text1(k.Child("logical")), text1(k.Child("uri"))}, nil
}

func parseNet(k sexpr.Node) (Net, error) {
	n := Net{Name: text1(k.Child("name")), Class: text1(k.Child("class"))}
	var err error
	if n.Code, err = code(k.Child("code")); err != nil {
		return n, err
	}
	err = each(k, "node", &n.Nodes, parseNode)
	return n, err
}

func parseNode(k sexpr.Node) (Node, error) {
	var d Node
	for e := range k.All() {
		switch e.Head() {
		case "ref":
			d.Ref = text1(e)
		case "pin":
			d.Pin = text1(e)
		case "pinfunction":
			d.Function = text1(e)
		case "pintype":
			d.Type = text1(e)
		}
	}
	if d.Ref == "" {
		return d, k.Errorf("got a node without a reference")
	}
	return d, nil
}

// code reads the number of a net, which KiCad writes in quotes.
func code(k sexpr.Node) (int, error) {
	v, err := strconv.Atoi(text1(k))
	if err != nil || v < 0 {
		return 0, k.Errorf("got net code %q, want a whole number", text1(k))
	}
	return v, nil
}
