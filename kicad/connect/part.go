package connect

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// A Part is a symbol as it is on one sheet: a drawing that is used twice has
// one Symbol and two Parts.
type Part struct {
	Symbol    *Symbol
	Sheet     *Sheet
	Ref       string
	Unit      int
	Annotated bool // has a reference of its own on this sheet
}

// Pins returns the pins of the part's unit.
func (p *Part) Pins() []*Pin { return p.Symbol.Pins(p.Unit) }

// power returns how far the nets of a power symbol reach.
func (p *Part) power() Scope {
	if p.Symbol.Lib == nil {
		return NoPower
	}
	return p.Symbol.Lib.Power
}

// offBoard reports whether the part stays out of netlists for boards.
func (p *Part) offBoard() bool { return p.Symbol.OffBoard || p.Sheet.offBoard() }

func (s *Sheet) offBoard() bool {
	for ; s.Symbol != nil; s = s.Parent {
		if s.Symbol.OffBoard {
			return true
		}
	}
	return false
}

// What all sheets together may hold. A drawing counts once for each use.
const (
	freeItems    = 1 << 18
	itemsPerByte = 1
)

// prepare finds the parts of all sheets.
func (s *Schematic) prepare() error {
	budget := freeItems + s.size*itemsPerByte
	old := map[string]*instance{} // before KiCad 7, by path
	for i := range s.Root.Drawing.partInstances {
		in := &s.Root.Drawing.partInstances[i]
		old[in.path] = in
	}
	for _, sh := range s.Sheets {
		d := sh.Drawing
		budget -= len(d.Wires) + len(d.Labels) + len(d.Entries) + len(d.Junctions) + len(d.NoConnects)
		for _, sym := range d.Sheets {
			budget -= len(sym.Pins)
		}
		sh.Parts = make([]*Part, len(d.Symbols))
		parts := make([]Part, len(d.Symbols))
		for i, sym := range d.Symbols {
			p := &parts[i]
			*p = Part{Symbol: sym, Sheet: sh, Ref: sym.Fields[fieldReference].Value, Unit: sym.Unit}
			found := false
			for k := range sym.instances {
				if in := &sym.instances[k]; in.path == sh.Path {
					p.use(in)
					found = true
					break
				}
			}
			if !found && len(old) > 0 {
				if in := old[sh.UUIDs+sym.UUID]; in != nil {
					p.use(in)
					if in.fields != nil {
						sym.fill(in.fields.notEmpty())
					}
					found = true
				}
			}
			if !found && len(sym.instances) > 0 {
				p.Ref = sym.instances[0].reference
			}
			if p.Ref == "" {
				p.Ref = unannotated(sym.Fields[fieldReference].Value)
			}
			p.Annotated = found && !strings.HasSuffix(p.Ref, "?")
			sym.prepare(p.Unit)
			budget -= 1 + len(p.Pins())
			sh.Parts[i] = p
		}
		if budget < 0 {
			return fmt.Errorf("%s: the sheets hold more items than files of %d bytes can", s.File, s.size)
		}
	}
	return nil
}

func (p *Part) use(in *instance) {
	p.Ref = in.reference
	if in.unit > 0 {
		p.Unit = in.unit
	}
}

// unannotated returns the reference that KiCad gives to a part that has none:
// the letters of the symbol's own.
func unannotated(reference string) string {
	prefix := strings.TrimRight(reference, "0123456789?*")
	if prefix == "" {
		prefix = "U"
	}
	return prefix + "?"
}

// refWithUnit returns the reference with the letter of the unit where the
// symbol has several.
func (s *Schematic) refWithUnit(p *Part) string {
	if p.Symbol.Lib == nil || p.Symbol.Lib.Units < 2 {
		return p.Ref
	}
	return p.Ref + s.Project.unitName(p.Unit)
}

// unitName returns what follows the reference of a unit, such as B or .2.
func (p *Project) unitName(unit int) string {
	sep := ""
	if p.UnitSeparator != 0 {
		sep = string(p.UnitSeparator)
	}
	if p.FirstUnit == '1' {
		return sep + itoa(unit)
	}
	if unit < 1 {
		return sep
	}
	first := p.FirstUnit
	if first == 0 {
		first = 'A'
	}
	name := ""
	for u := unit; u > 0; u = (u - 1) / 26 {
		name = string(first+rune((u-1)%26)) + name
	}
	return sep + name
}

func itoa(n int) string { return strconv.Itoa(n) }

func baseName(file string) string { return filepath.Base(file) }

// sheetFile returns the file of a sheet as its symbol names it.
func (s *Schematic) sheetFile(sh *Sheet) string {
	if sh.Symbol == nil {
		return baseName(sh.Drawing.File)
	}
	return sh.Symbol.File
}
