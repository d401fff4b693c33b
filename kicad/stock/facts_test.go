package stock_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/internal/kicadtest"
	"starboard/kicad/sexpr"
	"starboard/kicad/stock"
)

// facts are what a symbol of ours must have in common with KiCad's.
type facts struct {
	Reference, Footprint, Datasheet, Filters string
	Power, HideNumbers, HideNames, Locked    bool
	ExcludeFromSim, InBOM, OnBoard           string
	NameOffset                               string
	Pins                                     []pinFacts // sorted
}

type pinFacts struct {
	Unit                      string // unit and body style
	Number, Name, Type, Shape string
	At                        string // x, y and angle
	Length                    string
	Hide                      bool
	Alternates                []string
}

// factsOf reads the facts of a symbol. All but the properties come from base,
// the symbol at the end of its extends; properties from the chain of symbols.
func factsOf(chain []sexpr.Node) facts {
	base := chain[len(chain)-1]
	properties := map[string]string{}
	for _, s := range slices.Backward(chain) {
		for p := range s.Lists("property") {
			name, value := p.Arg(1).Text(), p.Arg(2).Text()
			if _, known := properties[name]; value != "" || !known {
				properties[name] = value
			}
		}
	}
	_, locked := properties["ki_locked"]
	f := facts{
		Reference:      properties["Reference"],
		Footprint:      properties["Footprint"],
		Datasheet:      properties["Datasheet"],
		Filters:        properties["ki_fp_filters"],
		Power:          base.Child("power").Present(),
		HideNumbers:    base.Child("pin_numbers").Has("hide"),
		HideNames:      base.Child("pin_names").Has("hide"),
		Locked:         locked,
		ExcludeFromSim: base.Child("exclude_from_sim").Arg(1).Source(),
		InBOM:          base.Child("in_bom").Arg(1).Source(),
		OnBoard:        base.Child("on_board").Arg(1).Source(),
		NameOffset:     base.Child("pin_names").Child("offset").Arg(1).Source(),
	}
	for u := range base.Lists("symbol") {
		name := u.Arg(1).Text()
		parts := strings.Split(name, "_")
		unit := strings.Join(parts[len(parts)-2:], "_")
		for p := range u.Lists("pin") {
			at := p.Child("at")
			pin := pinFacts{
				Unit:   unit,
				Number: p.Child("number").Arg(1).Text(),
				Name:   p.Child("name").Arg(1).Text(),
				Type:   p.Arg(1).Source(),
				Shape:  p.Arg(2).Source(),
				At:     fmt.Sprint(at.Arg(1).Source(), " ", at.Arg(2).Source(), " ", at.Arg(3).Source()),
				Length: p.Child("length").Arg(1).Source(),
				Hide:   p.Has("hide"),
			}
			for a := range p.Lists("alternate") {
				pin.Alternates = append(pin.Alternates, fmt.Sprint(a.Arg(1).Text(), " ", a.Arg(2).Source(), " ", a.Arg(3).Source()))
			}
			f.Pins = append(f.Pins, pin)
		}
	}
	slices.SortFunc(f.Pins, func(p, q pinFacts) int { return strings.Compare(fmt.Sprint(p), fmt.Sprint(q)) })
	return f
}

// symbols returns the symbols of a library by name.
func symbols(t *testing.T, file string, text []byte) map[string]sexpr.Node {
	t.Helper()
	tree, err := sexpr.Parse(file, string(text))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]sexpr.Node{}
	for s := range tree.Root().Lists("symbol") {
		all[s.Arg(1).Text()] = s
	}
	return all
}

func TestFactsAreKiCads(t *testing.T) {
	dir := kicadtest.SymbolDir(t)
	for _, lib := range stock.Libraries() {
		file := filepath.Join(dir, lib+".kicad_sym")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		theirs, ours := symbols(t, file, text), symbols(t, lib, mustLibrary(t, lib))
		for _, name := range stock.Names(lib) {
			chain := []sexpr.Node{theirs[name]}
			for chain[len(chain)-1].Child("extends").Present() {
				chain = append(chain, theirs[chain[len(chain)-1].Child("extends").Arg(1).Text()])
			}
			if !chain[len(chain)-1].Present() {
				t.Errorf("%s:%s does not exist in KiCad", lib, name)
				continue
			}
			want, got := factsOf(chain), factsOf([]sexpr.Node{ours[name]})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("facts of %s:%s differ (-KiCad +ours):\n%s", lib, name, diff)
			}
			if u, v := unitCount(chain[len(chain)-1]), unitCount(ours[name]); u != v {
				t.Errorf("%s:%s has %d units, want %d", lib, name, v, u)
			}
			for _, word := range []string{"Description", "ki_keywords"} {
				if a, b := property(chain[0], word), property(ours[name], word); a == b && strings.Count(a, " ") > 2 {
					t.Errorf("%s:%s: %s is KiCad's own text: %q", lib, name, word, a)
				}
			}
		}
	}
}

// unitCount returns the number of units of a symbol.
func unitCount(s sexpr.Node) int {
	most := 1
	for u := range s.Lists("symbol") {
		var unit, style int
		name := u.Arg(1).Text()
		rest := name[strings.LastIndex(name[:strings.LastIndex(name, "_")], "_"):]
		if _, err := fmt.Sscanf(rest, "_%d_%d", &unit, &style); err == nil {
			most = max(most, unit)
		}
	}
	return most
}

func property(s sexpr.Node, name string) string {
	for p := range s.Lists("property") {
		if p.Arg(1).Text() == name {
			return p.Arg(2).Text()
		}
	}
	return ""
}
