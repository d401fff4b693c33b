// Package readback makes a circuit of a schematic that somebody drew, so that
// what works on the circuit of a script works on theirs: netlists, bills of
// materials, design rules, and drawing it anew.
//
// [Circuit] is the entry point. It stands on what package connect finds in the
// files, and takes the symbols from the copies inside the schematic. Parts and
// connections are those of the schematic, always. Names are kept as far as the
// model has a place for them; where it has none, a note says what became of
// them. The model has no global labels: such a net reaches other sheets
// through ports, and has the same name on each where that is free.
//
// The same files give the same circuit.
package readback

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"starboard/kicad/circuit"
	"starboard/kicad/connect"
	"starboard/kicad/netlist"
	"starboard/kicad/symbol"
)

// A Result is a circuit and what the model of circuits has no place for.
type Result struct {
	// Circuit has its references and labels: it must not be annotated. Several
	// parts have one reference where the schematic has it so.
	Circuit *circuit.Circuit

	// Drawn are the units of each part that are on a sheet, sorted. What draws
	// the circuit anew draws all of them.
	Drawn map[*circuit.Part][]int

	// NetNames are the names that KiCad gives the nets, by what the net is on
	// any of its sheets.
	NetNames map[*circuit.Net]string

	// Duplicates are references that stand for more than one part, sorted. KiCad
	// leaves all but one of these parts out of a netlist.
	Duplicates []string

	Notes []Note
}

// A Note tells what is not as in the schematic.
type Note struct {
	Pos  string // file:line:col, or the file
	Text string
}

func (n Note) String() string { return n.Pos + ": " + n.Text }

// A reader is one call of Circuit.
type reader struct {
	s      *connect.Schematic
	c      *circuit.Circuit
	power  func(name string) (*symbol.Symbol, error)
	result *Result

	sheets  map[*connect.Sheet]*circuit.Sheet
	order   []*connect.Sheet // a parent before its children
	parts   map[*connect.Part]*circuit.Part
	symbols map[*connect.LibSymbol]*symbol.Symbol
	byID    map[string][]*symbol.Symbol // symbols that differ, by Library:Name as drawn
	bySum   map[string]*symbol.Symbol

	nets      []*wireNet
	shownPins map[*connect.LibSymbol]bool // their hidden power inputs are shown
}

// Circuit returns the circuit that a schematic shows. Power returns the symbol
// to draw a power net with that the schematic names without one, by a hidden
// pin; it is called only then.
//
// It is an error if the schematic has no parts, or if a part's symbol or the
// buses cannot be understood.
func Circuit(s *connect.Schematic, power func(name string) (*symbol.Symbol, error)) (*Result, error) {
	name := s.Project.Name
	if name == "" {
		name = strings.TrimSuffix(filepath.Base(s.File), ".kicad_sch")
	}
	c, err := circuit.New(plainName(name, "schematic"))
	if err != nil {
		return nil, err
	}
	r := &reader{
		s: s, c: c, power: power,
		result:  &Result{Circuit: c, Drawn: map[*circuit.Part][]int{}, NetNames: map[*circuit.Net]string{}},
		sheets:  map[*connect.Sheet]*circuit.Sheet{},
		parts:   map[*connect.Part]*circuit.Part{},
		symbols: map[*connect.LibSymbol]*symbol.Symbol{},
		byID:    map[string][]*symbol.Symbol{},
		bySum:   map[string]*symbol.Symbol{},

		shownPins: map[*connect.LibSymbol]bool{},
	}
	n, err := s.Netlist()
	if err != nil {
		return nil, err
	}
	for _, sh := range n.Sheets {
		if sh.Name != "/" {
			continue
		}
		c.Title, c.Rev, c.Date, c.Company = plain(sh.Title), plain(sh.Rev), plain(sh.Date), plain(sh.Company)
		last := 0
		for i, text := range sh.Comments {
			c.Comments = append(c.Comments, plain(text))
			if text != "" {
				last = i + 1
			}
		}
		c.Comments = c.Comments[:last]
	}
	if err := r.addSheets(); err != nil {
		return nil, err
	}
	gr, err := s.Graph()
	if err != nil {
		return nil, err
	}
	r.gather(gr)
	if err := r.addParts(n); err != nil {
		return nil, err
	}
	if err := r.addNets(); err != nil {
		return nil, err
	}
	if err := r.connectGlobals(); err != nil {
		return nil, err
	}
	c.Resolve()
	return r.result, nil
}

func (r *reader) note(pos fmt.Stringer, format string, args ...any) {
	r.result.Notes = append(r.result.Notes, Note{Pos: pos.String(), Text: fmt.Sprintf(format, args...)})
}

// A fileName is where a note stands that is about a whole file.
type fileName string

func (f fileName) String() string { return string(f) }

// addSheets makes the sheets, a parent before its children.
func (r *reader) addSheets() error {
	r.sheets[r.s.Root] = r.c.Root()
	pending := []*connect.Sheet{r.s.Root}
	for len(pending) > 0 {
		sh := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		r.order = append(r.order, sh)
		if sh.Drawing.Missing != nil {
			r.note(fileName(sh.Drawing.File), "the file of sheet %s cannot be opened; the sheet is empty", sh.Name)
		}
		taken := map[string]bool{}
		for _, child := range sh.Children {
			drawn := strings.TrimSuffix(strings.TrimPrefix(child.Name, sh.Name), "/")
			name := plainName(netlist.Unescape(drawn), "sheet")
			base := name
			for i := 2; taken[name]; i++ {
				name = fmt.Sprintf("%s_%d", base, i)
			}
			taken[name] = true
			if name != drawn {
				r.note(child.Symbol.Pos(), "sheet %q is called %s", drawn, name)
			}
			sub, err := r.sheets[sh].AddSheet(name, child.Symbol.Pos().String())
			if err != nil {
				return fmt.Errorf("%s: %v", child.Symbol.Pos(), err)
			}
			r.sheets[child] = sub
		}
		for _, child := range slices.Backward(sh.Children) {
			pending = append(pending, child)
		}
	}
	return nil
}

// plain returns a text on one line.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// plainName returns a name as the model has it for circuits and sheets: that of
// a file on any system.
func plainName(s, otherwise string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, plain(s))
	if len(s) > 90 {
		s = strings.ToValidUTF8(s[:90], "")
	}
	return cmp.Or(strings.Trim(s, " ."), otherwise)
}
