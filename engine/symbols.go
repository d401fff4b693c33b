package engine

import (
	"path/filepath"

	"starboard/kicad/stock"
	"starboard/kicad/symbol"
)

// symbolPath returns where a script in a folder looks for symbols: the
// folder's own, an installed KiCad's, the embedded ones.
func symbolPath(dir string) *symbol.Path {
	sources := []symbol.Source{{Kind: symbol.Local, Dir: filepath.Join(dir, "symbols")}}
	if installed := symbol.InstalledDir(); installed != "" {
		sources = append(sources, symbol.Source{Kind: symbol.Installed, Dir: installed})
	}
	return symbol.NewPath(append(sources, symbol.Source{Kind: symbol.Embedded, Set: embedded{}})...)
}

// embedded is the set of symbols in the binary.
type embedded struct{}

func (embedded) Symbol(lib, name string) ([]byte, bool) { return stock.Symbol(lib, name) }
func (embedded) Names(lib string) []string              { return stock.Names(lib) }
func (embedded) Libraries() []string                    { return stock.Libraries() }
