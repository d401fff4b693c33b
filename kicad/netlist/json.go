package netlist

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The name and version that a JSON netlist begins with. The version changes
// when a reader of the old form would misread the new one.
const (
	jsonFormat  = "starboard-netlist"
	jsonVersion = 1
)

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of what [JSON] writes, which
// describes each key.
func Schema() []byte { return bytes.Clone(schema) }

// JSON returns n as JSON: an object with text_variables, sheets, parts, nets,
// symbols and libraries, each an array in the order of n, so that a
// part or a net added changes only its own lines. Fields are arrays of name
// and value, for their order has a meaning in KiCad. Keys stand in a fixed
// order, every key of [Schema] is there, indented by two spaces, and a
// newline ends the file. [FromJSON] reads it back without a loss.
//
// Bytes that are not UTF-8 become U+FFFD.
func JSON(n *Netlist) ([]byte, error) {
	d := document{
		Format:    jsonFormat,
		Version:   jsonVersion,
		Source:    n.Source,
		Date:      n.Date,
		Tool:      n.Tool,
		TextVars:  toFields(n.TextVars),
		Sheets:    make([]jsonSheet, len(n.Sheets)),
		Parts:     make([]jsonPart, len(n.Components)),
		Symbols:   make([]jsonSymbol, len(n.LibParts)),
		Libraries: make([]jsonLibrary, len(n.Libraries)),
		Nets:      make([]jsonNet, len(n.Nets)),
	}
	for i := range n.Sheets {
		d.Sheets[i] = toSheet(&n.Sheets[i])
	}
	for i := range n.Components {
		d.Parts[i] = toPart(&n.Components[i])
	}
	for i := range n.LibParts {
		d.Symbols[i] = toSymbol(&n.LibParts[i])
	}
	for i, l := range n.Libraries {
		d.Libraries[i] = jsonLibrary{l.Logical, l.URI}
	}
	for i, net := range n.Nets {
		d.Nets[i] = jsonNet{net.Name, net.Code, net.Class, make([]jsonNode, len(net.Nodes))}
		for k, p := range net.Nodes {
			d.Nets[i].Pins[k] = jsonNode(p)
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(&d); err != nil {
		return nil, fmt.Errorf("netlist as JSON: %w", err)
	}
	return b.Bytes(), nil
}

// FromJSON reads what [JSON] writes. A key that the form does not have, a
// value of the wrong kind, a part without a reference and bytes after the end
// are errors; a key that is left out counts as empty, but in_bom, dnp and the
// code of a net must be there.
func FromJSON(data []byte) (*Netlist, error) {
	r := json.NewDecoder(bytes.NewReader(data))
	r.DisallowUnknownFields()
	var d document
	if err := r.Decode(&d); err != nil {
		return nil, jsonError(data, err)
	}
	end := r.InputOffset()
	if _, err := r.Token(); err != io.EOF {
		line, col := lineCol(data, end)
		return nil, fmt.Errorf("JSON netlist: %d:%d: got more after the end of the netlist", line, col)
	}
	if d.Format != jsonFormat {
		return nil, fmt.Errorf("JSON netlist: got format %q, want %q", d.Format, jsonFormat)
	}
	if d.Version != jsonVersion {
		return nil, fmt.Errorf("JSON netlist: got version %d, want %d", d.Version, jsonVersion)
	}
	n := &Netlist{Source: d.Source, Date: d.Date, Tool: d.Tool, TextVars: fromFields(d.TextVars)}
	for i := range d.Sheets {
		s, err := d.Sheets[i].sheet()
		if err != nil {
			return nil, err
		}
		n.Sheets = append(n.Sheets, s)
	}
	for i := range d.Parts {
		c, err := d.Parts[i].component()
		if err != nil {
			return nil, err
		}
		n.Components = append(n.Components, c)
	}
	for i := range d.Symbols {
		n.LibParts = append(n.LibParts, d.Symbols[i].libPart())
	}
	for _, l := range d.Libraries {
		n.Libraries = append(n.Libraries, Library{l.Name, l.URI})
	}
	for _, j := range d.Nets {
		if j.Code < 1 {
			return nil, fmt.Errorf("JSON netlist: net %s: got code %d, want 1 or more", j.Name, j.Code)
		}
		net := Net{Code: j.Code, Name: j.Name, Class: j.Class}
		for _, p := range j.Pins {
			if p.Ref == "" {
				return nil, fmt.Errorf("JSON netlist: net %s: got a pin without ref", j.Name)
			}
			net.Nodes = append(net.Nodes, Node(p))
		}
		n.Nets = append(n.Nets, net)
	}
	return n, nil
}

// jsonError adds the place to an error of the decoder where it knows it.
func jsonError(data []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		line, col := lineCol(data, syntax.Offset-1)
		return fmt.Errorf("JSON netlist: %d:%d: %w", line, col, err)
	case errors.As(err, &kind):
		line, col := lineCol(data, kind.Offset-1)
		field := kind.Field
		if field == "" {
			field = "the netlist"
		}
		return fmt.Errorf("JSON netlist: %d:%d: got %s for %s", line, col, kind.Value, field)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		line, col := lineCol(data, int64(len(data)))
		return fmt.Errorf("JSON netlist: %d:%d: got end of file", line, col)
	}
	return fmt.Errorf("JSON netlist: %s", strings.TrimPrefix(err.Error(), "json: "))
}

// lineCol returns the place of a byte, counted from 1.
func lineCol(data []byte, offset int64) (line, col int) {
	before := data[:max(0, min(offset, int64(len(data))))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}

// What follows is the form of the JSON, in the order of its keys; schema.json
// says what each means.

type document struct {
	Format    string        `json:"format"`
	Version   int           `json:"version"`
	Source    string        `json:"source"`
	Date      string        `json:"date"`
	Tool      string        `json:"tool"`
	TextVars  []jsonField   `json:"text_variables"`
	Sheets    []jsonSheet   `json:"sheets"`
	Parts     []jsonPart    `json:"parts"`
	Nets      []jsonNet     `json:"nets"`
	Symbols   []jsonSymbol  `json:"symbols"`
	Libraries []jsonLibrary `json:"libraries"`
}

type jsonField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type jsonSheet struct {
	Number   string   `json:"number"`
	Path     string   `json:"path"`
	UUIDPath string   `json:"uuid_path"`
	Source   string   `json:"source"`
	Title    string   `json:"title"`
	Company  string   `json:"company"`
	Rev      string   `json:"rev"`
	Date     string   `json:"date"`
	Comments []string `json:"comments"`
}

type jsonPart struct {
	Ref               string      `json:"ref"`
	Value             string      `json:"value"`
	Symbol            string      `json:"symbol"`
	SymbolDescription string      `json:"symbol_description"`
	Footprint         string      `json:"footprint"`
	Datasheet         string      `json:"datasheet"`
	Description       string      `json:"description"`
	Fields            []jsonField `json:"fields"`
	Properties        []jsonField `json:"properties"`
	InBOM             *bool       `json:"in_bom"`
	DNP               *bool       `json:"dnp"`
	Keywords          string      `json:"keywords"`
	FootprintFilters  string      `json:"footprint_filters"`
	Sheet             string      `json:"sheet"`
	SheetUUIDPath     string      `json:"sheet_uuid_path"`
	Classes           []string    `json:"classes"`
	UUIDs             []string    `json:"uuids"`
}

type jsonSymbol struct {
	Symbol           string      `json:"symbol"`
	Description      string      `json:"description"`
	Datasheet        string      `json:"datasheet"`
	FootprintFilters []string    `json:"footprint_filters"`
	Fields           []jsonField `json:"fields"`
	Pins             []jsonPin   `json:"pins"`
}

type jsonPin struct {
	Pin  string `json:"pin"`
	Name string `json:"name"`
	Type string `json:"type"`
}

type jsonLibrary struct {
	Name string `json:"name"`
	URI  string `json:"uri"`
}

type jsonNet struct {
	Name  string     `json:"name"`
	Code  int        `json:"code"`
	Class string     `json:"class"`
	Pins  []jsonNode `json:"pins"`
}

type jsonNode struct {
	Ref      string `json:"ref"`
	Pin      string `json:"pin"`
	Function string `json:"function"`
	Type     string `json:"type"`
}

// symbolName joins a library and a part as Lib:Name. Without a library it is
// the part alone, or :Part where the part has a colon itself.
func symbolName(lib, part string) string {
	if lib == "" && !strings.Contains(part, ":") {
		return part
	}
	return lib + ":" + part
}

func splitSymbol(s string) (lib, part string) {
	lib, part, ok := strings.Cut(s, ":")
	if !ok {
		return "", s
	}
	return lib, part
}

func toFields(fields []Field) []jsonField {
	list := make([]jsonField, len(fields))
	for i, f := range fields {
		list[i] = jsonField(f)
	}
	return list
}

func fromFields(fields []jsonField) []Field {
	var list []Field
	for _, f := range fields {
		list = append(list, Field(f))
	}
	return list
}

// present returns a list that JSON writes as [] and not as null.
func present(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func toSheet(s *Sheet) jsonSheet {
	last := len(s.Comments)
	for last > 0 && s.Comments[last-1] == "" {
		last--
	}
	return jsonSheet{s.Number, s.Name, s.Tstamps, s.Source, s.Title, s.Company, s.Rev, s.Date, append([]string{}, s.Comments[:last]...)}
}

func (j *jsonSheet) sheet() (Sheet, error) {
	s := Sheet{Number: j.Number, Name: j.Path, Tstamps: j.UUIDPath, Source: j.Source, Title: j.Title, Company: j.Company, Rev: j.Rev, Date: j.Date}
	if len(j.Comments) > len(s.Comments) {
		return s, fmt.Errorf("JSON netlist: sheet %s: got %d comments, want 9 or fewer", j.Path, len(j.Comments))
	}
	copy(s.Comments[:], j.Comments)
	return s, nil
}

func toPart(c *Component) jsonPart {
	inBOM, dnp := !c.ExcludeFromBOM, c.DNP
	return jsonPart{
		Ref: c.Ref, Value: c.Value, Symbol: symbolName(c.Lib, c.Part), SymbolDescription: c.LibDescription,
		Footprint: c.Footprint, Datasheet: c.Datasheet, Description: c.Description,
		Fields: toFields(c.Fields), Properties: toFields(c.Properties),
		InBOM: &inBOM, DNP: &dnp, Keywords: c.Keywords, FootprintFilters: c.Filters,
		Sheet: c.SheetNames, SheetUUIDPath: c.SheetTstamps, Classes: present(c.Classes), UUIDs: present(c.Tstamps),
	}
}

func (j *jsonPart) component() (Component, error) {
	switch {
	case j.Ref == "":
		return Component{}, errors.New("JSON netlist: got a part without ref")
	case j.InBOM == nil:
		return Component{}, fmt.Errorf("JSON netlist: part %s: got no in_bom", j.Ref)
	case j.DNP == nil:
		return Component{}, fmt.Errorf("JSON netlist: part %s: got no dnp", j.Ref)
	}
	lib, part := splitSymbol(j.Symbol)
	return Component{
		Ref: j.Ref, Value: j.Value, Footprint: j.Footprint, Datasheet: j.Datasheet, Description: j.Description,
		Fields: fromFields(j.Fields), Lib: lib, Part: part, LibDescription: j.SymbolDescription,
		Properties: fromFields(j.Properties), ExcludeFromBOM: !*j.InBOM, DNP: *j.DNP, Keywords: j.Keywords, Filters: j.FootprintFilters,
		SheetNames: j.Sheet, SheetTstamps: j.SheetUUIDPath, Classes: j.Classes, Tstamps: j.UUIDs,
	}, nil
}

func toSymbol(l *LibPart) jsonSymbol {
	s := jsonSymbol{symbolName(l.Lib, l.Part), l.Description, l.Docs, present(l.Filters), toFields(l.Fields), make([]jsonPin, len(l.Pins))}
	for i, p := range l.Pins {
		s.Pins[i] = jsonPin{p.Num, p.Name, p.Type}
	}
	return s
}

func (j *jsonSymbol) libPart() LibPart {
	lib, part := splitSymbol(j.Symbol)
	l := LibPart{Lib: lib, Part: part, Description: j.Description, Docs: j.Datasheet, Filters: j.FootprintFilters, Fields: fromFields(j.Fields)}
	for _, p := range j.Pins {
		l.Pins = append(l.Pins, LibPin{p.Pin, p.Name, p.Type})
	}
	return l
}
