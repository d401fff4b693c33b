package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"starboard/engine/suite"
)

//go:embed report.schema.json
var schema []byte

// Schema returns the JSON Schema of what [JSON] writes.
func Schema() []byte { return bytes.Clone(schema) }

// JSON writes the whole report.
func JSON(w io.Writer, r *suite.Report) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if r.Suites == nil {
		copied := *r
		copied.Suites = []suite.Suite{}
		r = &copied
	}
	return e.Encode(r)
}

// Read reads what [JSON] has written. The name is for messages.
func Read(name string, text []byte) (*suite.Report, error) {
	var r suite.Report
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		at := d.InputOffset()
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
			at = syntax.Offset
		}
		line := 1 + bytes.Count(text[:min(int(at), len(text))], []byte("\n"))
		return nil, fmt.Errorf("%s:%d: not a report of starboard test: %v", name, line, err)
	}
	if r.Version != 1 {
		return nil, fmt.Errorf("%s: got a report of version %d, want 1", name, r.Version)
	}
	return &r, nil
}
