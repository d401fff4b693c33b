package erc

import (
	"cmp"
	"encoding/json"
	"fmt"

	"starboard/kicad/connect"
	"starboard/kicad/geom"
)

// settings is what a project file says of the rules.
type settings struct {
	severities   map[string]Severity
	pinMap       [pinTypes][pinTypes]Severity // Ignore: may be connected
	exclusions   map[string]string            // to their comments
	grid         int64                        // in nanometres
	drawingSheet string                       // file of a drawing sheet of its own
}

// severity returns how much a breach of a rule matters.
func (s *settings) severity(r *Rule) Severity {
	if v, ok := s.severities[r.Key]; ok && !r.Fixed {
		return v
	}
	return r.Severity
}

// The default pin map, by row: 0 may be connected, 1 a warning, 2 an error.
var defaultPinMap = [pinTypes]string{
	input:         "000000100002",
	output:        "020100102222",
	bidirectional: "000000101012",
	triState:      "010000112112",
	passive:       "000000100002",
	free:          "000000000002",
	unspecified:   "111110111112",
	powerIn:       "000100100002",
	powerOut:      "021200102222",
	openCollector: "020100102002",
	openEmitter:   "021100102002",
	noConnect:     "222222222222",
}

var bySeverity = [...]Severity{Ignore, Warning, Error}

// defaultGrid is the connection grid of a project that gives none.
const defaultGrid = 50

// readSettings reads the text of a .kicad_pro. As in KiCad, what cannot be
// understood leaves the default.
func readSettings(text string) settings {
	s := settings{severities: map[string]Severity{}, exclusions: map[string]string{}, grid: defaultGrid * geom.Mil}
	for a, row := range defaultPinMap {
		for b, v := range row {
			s.pinMap[a][b] = bySeverity[v-'0']
		}
	}
	var f struct {
		ERC       json.RawMessage `json:"erc"`
		Schematic json.RawMessage `json:"schematic"`
	}
	if json.Unmarshal([]byte(text), &f) != nil {
		return s
	}
	var e struct {
		Severities json.RawMessage `json:"rule_severities"`
		PinMap     json.RawMessage `json:"pin_map"`
		Exclusions json.RawMessage `json:"erc_exclusions"`
	}
	if json.Unmarshal(f.ERC, &e) == nil {
		s.readSeverities(e.Severities)
		s.readPinMap(e.PinMap)
		s.readExclusions(e.Exclusions)
	}
	var sch struct {
		Grid  *float64 `json:"connection_grid_size"`
		Sheet string   `json:"page_layout_descr_file"`
	}
	if json.Unmarshal(f.Schematic, &sch) == nil {
		if sch.Grid != nil && *sch.Grid >= 1 && *sch.Grid < 1e6 {
			s.grid = int64(*sch.Grid*geom.Mil+50) / 100 * 100
		}
		s.drawingSheet = sch.Sheet
	}
	return s
}

func (s *settings) readSeverities(text json.RawMessage) {
	var m map[string]json.RawMessage
	if json.Unmarshal(text, &m) != nil {
		return
	}
	for key, value := range m {
		var name string
		if json.Unmarshal(value, &name) != nil {
			continue
		}
		switch v := Severity(name); v {
		case Error, Warning, Ignore:
			s.severities[key] = v
		}
	}
}

func (s *settings) readPinMap(text json.RawMessage) {
	var rows [][]json.Number
	if json.Unmarshal(text, &rows) != nil || len(rows) != int(pinTypes) {
		return
	}
	for a, row := range rows {
		if len(row) != int(pinTypes) {
			return
		}
		for b, n := range row {
			if v, err := n.Int64(); err == nil && v >= 0 && int(v) < len(bySeverity) {
				s.pinMap[a][b] = bySeverity[v]
			}
		}
	}
}

// readExclusions reads strings, or pairs of a string and a comment.
func (s *settings) readExclusions(text json.RawMessage) {
	var list []json.RawMessage
	if json.Unmarshal(text, &list) != nil {
		return
	}
	for _, e := range list {
		var key string
		var pair []string
		switch {
		case json.Unmarshal(e, &key) == nil:
			s.exclusions[key] = ""
		case json.Unmarshal(e, &pair) == nil && len(pair) == 2:
			s.exclusions[pair[0]] = pair[1]
		}
	}
}

const nilUUID = "00000000-0000-0000-0000-000000000000"

// excluded reports whether the project sets a finding aside, and why. It may
// name any of the items that are alike.
func (s *settings) excluded(f *Finding) (comment string, ok bool) {
	if len(s.exclusions) == 0 {
		return "", false
	}
	var shown [2][]alike
	for i := range shown {
		var own alike
		if i < len(f.Items) {
			own.Item = f.Items[i]
		}
		shown[i] = append([]alike{own}, f.alike[i]...)
	}
	path := func(sh *connect.Sheet) string {
		if sh == nil {
			return ""
		}
		return sh.Path
	}
	for _, a := range shown[0] {
		for _, b := range shown[1] {
			at, second := f.At, cmp.Or(b.sheet, f.paths[1])
			switch {
			case a.mark:
				at = a.At
			case b.mark:
				at = b.At
			}
			// KiCad counts in units of 100 nm.
			key := fmt.Sprintf("%s|%d|%d|%s|%s|%s|%s|%s", f.Key, at.X/100, at.Y/100, cmp.Or(a.UUID, nilUUID), cmp.Or(b.UUID, nilUUID),
				path(f.specific), path(f.paths[0]), path(second))
			if comment, ok := s.exclusions[key]; ok {
				return comment, true
			}
		}
	}
	return "", false
}
