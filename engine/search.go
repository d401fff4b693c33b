package engine

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"starboard/builtins"
	"starboard/kicad/circuit"
	"starboard/kicad/geom"
	"starboard/kicad/netlist"
	"starboard/kicad/spell"
	"starboard/kicad/symbol"
)

// A SymbolMatch is a symbol that a search has found.
type SymbolMatch struct {
	Symbol      string      `json:"symbol"` // Library:Name
	Library     string      `json:"library"`
	Name        string      `json:"name"`
	Description string      `json:"description"`
	Keywords    string      `json:"keywords"`
	From        symbol.Kind `json:"from"`
	Pins        int         `json:"pins"`
	Units       int         `json:"units"`

	rank int
}

// SearchSymbols finds the symbols that a script in a folder can use and whose
// Library:Name, description or keywords match the regular expression, in which
// case does not matter. It returns the first of them, at most limit where that
// is not 0, and how many there are: those with that name first, then those
// whose name begins like it, then those that have it in their name, then
// others; among these, by library and name.
func SearchSymbols(folder, pattern, library string, limit int) (matches []SymbolMatch, total int, err error) {
	re, err := regexp.Compile("(?i)" + pattern)
	if err != nil {
		return nil, 0, &ArgumentError{fmt.Sprintf("%s is no regular expression: %s", pattern, strings.TrimPrefix(err.Error(), "error parsing regexp: "))}
	}
	path := symbolPath(folder)
	if library != "" {
		libs, err := path.Libraries()
		if err != nil {
			return nil, 0, err
		}
		if !slices.Contains(libs, library) {
			return nil, 0, fmt.Errorf("unknown library %s%s", library, didYouMean(spell.Nearest(library, libs, 3)))
		}
	}
	index, err := path.Index()
	if err != nil {
		return nil, 0, err
	}
	if library != "" {
		index = slices.DeleteFunc(index, func(e symbol.Entry) bool { return e.Lib != library })
	}
	for _, e := range index {
		m := SymbolMatch{
			Symbol: e.Lib + ":" + e.Name, Library: e.Lib, Name: e.Name, Description: e.Description, Keywords: e.Keywords, From: e.Kind,
		}
		if m.match(re, pattern) {
			matches = append(matches, m)
		}
	}
	if len(matches) == 0 {
		return nil, 0, fmt.Errorf("no symbol matches %s%s", pattern, didYouMean(nearestSymbols(pattern, index)))
	}
	slices.SortFunc(matches, func(a, b SymbolMatch) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Library, b.Library), netlist.NaturalCompare(a.Name, b.Name, true), cmp.Compare(a.Name, b.Name))
	})
	total = len(matches)
	if limit > 0 && len(matches) > limit {
		matches = matches[:limit]
	}
	return matches, total, count(path, matches)
}

func (m *SymbolMatch) match(re *regexp.Regexp, pattern string) bool {
	lower, name := strings.ToLower(pattern), strings.ToLower(m.Name)
	switch at := re.FindStringIndex(m.Name); {
	case name == lower || strings.ToLower(m.Symbol) == lower:
		m.rank = 0
	case at != nil && at[0] == 0:
		m.rank = 1
	case at != nil:
		m.rank = 2
	case re.MatchString(m.Symbol):
		m.rank = 3
	case re.MatchString(m.Description), re.MatchString(m.Keywords):
		m.rank = 4
	default:
		return false
	}
	return true
}

// nearestSymbols returns the symbols whose names are like a word.
func nearestSymbols(word string, index []symbol.Entry) []string {
	_, name, qualified := strings.Cut(word, ":")
	if !qualified {
		name = word
	}
	of := map[string][]string{}
	var names []string
	for _, e := range index {
		of[e.Name] = append(of[e.Name], e.Lib+":"+e.Name)
		names = append(names, e.Name)
	}
	const most = 5
	var near []string
	for _, n := range spell.Nearest(name, names, most) {
		near = append(near, of[n]...)
	}
	return near[:min(most, len(near))]
}

// count fills in the pins and units, which only the whole symbol tells.
func count(path *symbol.Path, matches []SymbolMatch) error {
	errs := make([]error, len(matches))
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				s, err := path.Find(matches[i].Symbol)
				if err != nil {
					errs[i] = err
					continue
				}
				matches[i].Pins, matches[i].Units = len(numbers(s)), s.Units
			}
		})
	}
	for i := range matches {
		next <- i
	}
	close(next)
	wg.Wait()
	return cmp.Or(errs...)
}

// numbers returns the numbers of the pins, each once.
func numbers(s *symbol.Symbol) map[string]bool {
	all := map[string]bool{}
	for _, p := range s.Pins {
		if p.Body <= 1 {
			all[p.Number] = true
		}
	}
	return all
}

// A SymbolDetail is all that starboard symbols show tells.
type SymbolDetail struct {
	Symbol      string           `json:"symbol"`
	Description string           `json:"description"`
	Keywords    string           `json:"keywords"`
	Reference   string           `json:"reference"`
	Value       string           `json:"value"`
	Footprint   string           `json:"footprint"`
	Filters     []string         `json:"footprint_filters"`
	Datasheet   string           `json:"datasheet"`
	Properties  []SymbolProperty `json:"properties"` // other ones
	Power       bool             `json:"power"`
	Units       []SymbolUnit     `json:"units"`
	From        symbol.Kind      `json:"from"`
	File        string           `json:"file"` // "" for an embedded one
	Checksum    string           `json:"checksum"`
}

// A SymbolProperty is a field of a symbol.
type SymbolProperty struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A SymbolUnit is a part of a symbol that is drawn by itself. A pin that all
// units have is listed with each.
type SymbolUnit struct {
	Unit int         `json:"unit"`
	Name string      `json:"name"` // A, B, ... or the symbol's own
	Pins []SymbolPin `json:"pins"`
}

// A SymbolPin is a pin as it is drawn in a unit.
type SymbolPin struct {
	Number     string   `json:"number"`
	Name       string   `json:"name"`
	Type       string   `json:"type"`
	Side       string   `json:"side"` // of the body: left, right, top or bottom
	Hidden     bool     `json:"hidden"`
	Stacked    []string `json:"stacked"`    // numbers of other pins at the same place, which it is joined with
	Alternates []string `json:"alternates"` // other functions
}

// ShowSymbol returns what is known of a symbol that a script in a folder can
// use. LibID is Library:Name.
func ShowSymbol(folder, libID string) (*SymbolDetail, error) {
	s, kind, err := symbolPath(folder).Locate(libID)
	if err != nil {
		return nil, builtins.SymbolError(err)
	}
	d := &SymbolDetail{
		Symbol: s.LibID(), Description: s.Description, Keywords: s.Keywords, Reference: s.Reference, Value: s.Value, Footprint: s.Footprint,
		Filters: append([]string{}, s.Filters...), Datasheet: s.Datasheet, Properties: []SymbolProperty{}, Power: s.Power,
		From: kind, File: symbolFile(folder, kind, s.Lib), Checksum: s.Checksum(),
	}
	for _, p := range s.Properties {
		switch p.Name {
		case "Reference", "Value", "Footprint", "Datasheet", "Description", "ki_keywords", "ki_fp_filters":
		default:
			d.Properties = append(d.Properties, SymbolProperty{p.Name, p.Value})
		}
	}
	for unit := 1; unit <= s.Units; unit++ {
		d.Units = append(d.Units, symbolUnit(s, unit))
	}
	return d, nil
}

func symbolUnit(s *symbol.Symbol, unit int) SymbolUnit {
	u := SymbolUnit{Unit: unit, Name: circuit.UnitName(unit), Pins: []SymbolPin{}}
	if unit <= len(s.UnitNames) && s.UnitNames[unit-1] != "" {
		u.Name = s.UnitNames[unit-1]
	}
	pins := s.UnitPins(unit, 1)
	for _, p := range pins {
		pin := SymbolPin{Number: p.Number, Name: p.Name, Type: p.Type.String(), Side: sideNames[p.Side], Hidden: p.Hidden, Stacked: []string{}, Alternates: []string{}}
		for _, q := range pins {
			if q.At == p.At && q.Number != p.Number {
				pin.Stacked = append(pin.Stacked, q.Number)
			}
		}
		for _, a := range p.Alternates {
			pin.Alternates = append(pin.Alternates, a.Name)
		}
		u.Pins = append(u.Pins, pin)
	}
	slices.SortStableFunc(u.Pins, func(a, b SymbolPin) int { return netlist.NaturalCompare(a.Number, b.Number, true) })
	return u
}

var sideNames = map[geom.Side]string{geom.Left: "left", geom.Right: "right", geom.Up: "top", geom.Down: "bottom"}

// symbolFile returns the file that a library is read from.
func symbolFile(folder string, kind symbol.Kind, lib string) string {
	dir := ""
	switch kind {
	case symbol.Local:
		dir = filepath.Join(folder, "symbols")
	case symbol.Installed:
		dir = symbol.InstalledDir()
	default:
		return ""
	}
	file := filepath.Join(dir, lib+".kicad_sym")
	if _, err := os.Stat(file); err != nil {
		return filepath.Join(dir, lib+".kicad_symdir")
	}
	return file
}
