package erc

import (
	_ "embed"
	"encoding/json"
	"io"

	"starboard/kicad/geom"
)

// Schema is the JSON Schema of what [Report.WriteJSON] writes.
//
//go:embed schema.json
var Schema string

// The form of the JSON report.
type (
	jsonReport struct {
		Version    int              `json:"version"`
		Source     string           `json:"source"`
		Findings   []jsonFinding    `json:"findings"`
		Excluded   []jsonFinding    `json:"excluded"`
		Ignored    []string         `json:"ignored"`
		NotChecked []jsonNotChecked `json:"not_checked"`
		Errors     int              `json:"errors"`
		Warnings   int              `json:"warnings"`
	}
	jsonFinding struct {
		Type     string     `json:"type"`
		Severity Severity   `json:"severity"`
		Message  string     `json:"message"`
		Sheet    string     `json:"sheet"`
		At       jsonPoint  `json:"at"`
		Items    []jsonItem `json:"items"`
		Comment  string     `json:"comment,omitempty"`
	}
	jsonItem struct {
		Description string    `json:"description"`
		UUID        string    `json:"uuid,omitempty"`
		Ref         string    `json:"ref,omitempty"`
		Sheet       string    `json:"sheet"`
		At          jsonPoint `json:"at"`
		File        string    `json:"file,omitempty"`
		Line        int       `json:"line,omitempty"`
		Column      int       `json:"column,omitempty"`
	}
	jsonNotChecked struct {
		Type   string `json:"type"`
		Reason string `json:"reason"`
	}
)

// A jsonPoint is a place in millimetres.
type jsonPoint geom.Point

func (p jsonPoint) MarshalJSON() ([]byte, error) {
	b := append([]byte(`{"x": `), mm(p.X)...)
	b = append(append(b, `, "y": `...), mm(p.Y)...)
	return append(b, '}'), nil
}

// WriteJSON writes the report as JSON, as [Schema] describes it: places are
// in millimetres on the sheet, lines and columns count from 1.
func (r *Report) WriteJSON(w io.Writer) error {
	lines := lineFinder{}
	j := jsonReport{
		Version: 1, Source: r.File,
		Findings: jsonFindings(r.Findings, lines), Excluded: jsonFindings(r.Excluded, lines),
		Ignored: append([]string{}, r.Ignored...), NotChecked: []jsonNotChecked{},
		Errors: r.Count(Error), Warnings: r.Count(Warning),
	}
	for _, n := range r.NotChecked {
		j.NotChecked = append(j.NotChecked, jsonNotChecked{n.Key, n.Reason})
	}
	return encode(w, j)
}

func jsonFindings(list []Finding, lines lineFinder) []jsonFinding {
	out := []jsonFinding{}
	for i := range list {
		f := &list[i]
		j := jsonFinding{Type: f.Key, Severity: f.Severity, Message: f.Message, Sheet: f.Sheet, At: jsonPoint(f.At), Comment: f.Comment}
		for k := range f.Items {
			it := &f.Items[k]
			p := lines.pos(it)
			j.Items = append(j.Items, jsonItem{it.Description, it.UUID, it.Ref, it.Sheet, jsonPoint(it.At), p.File, p.Line, p.Col})
		}
		out = append(out, j)
	}
	return out
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
