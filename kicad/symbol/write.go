package symbol

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"starboard/kicad/sexpr"
)

// WriteCopy writes the symbol under the name given: as it stands in a
// schematic's lib_symbols with its LibID, in a library with its plain Name.
func (s *Symbol) WriteCopy(w *sexpr.Writer, name string) {
	w.Open("symbol")
	w.String(name)
	if s.Power {
		w.Open("power")
		w.Close()
	}
	if s.PinNumbersHidden {
		w.Open("pin_numbers")
		w.Flag("hide", true)
		w.Close()
	}
	if s.PinNameOffset != defaultOffset || s.PinNamesHidden {
		w.Open("pin_names")
		if s.PinNameOffset != defaultOffset {
			writeMM(w, "offset", s.PinNameOffset)
		}
		if s.PinNamesHidden {
			w.Flag("hide", true)
		}
		w.Close()
	}
	w.Flag("exclude_from_sim", s.ExcludeFromSim)
	w.Flag("in_bom", s.InBOM)
	w.Flag("on_board", s.OnBoard)
	for i := range s.Properties {
		s.Properties[i].write(w)
	}
	if s.UnitsLocked {
		p := Property{Name: lockedName, angle: "0", Effects: plain}
		p.write(w)
	}
	p := Property{Name: keywordsName, Value: s.Keywords, angle: "0", Effects: plain}
	p.Hidden = true
	if s.Keywords != "" {
		p.write(w)
	}
	if len(s.Filters) > 0 {
		p.Name, p.Value = filtersName, strings.Join(s.Filters, " ")
		p.write(w)
	}
	_, plainName, found := strings.Cut(name, ":")
	if !found {
		plainName = name
	}
	for i := range s.units {
		s.writeUnit(w, &s.units[i], plainName)
	}
	w.Flag("embedded_fonts", s.embeddedFonts)
	w.Close()
}

func (p *Property) write(w *sexpr.Writer) {
	w.Open("property")
	if p.Private {
		w.Word("private")
	}
	w.String(p.Name)
	w.String(p.Value)
	w.Open("at")
	w.MM(p.At.X)
	w.MM(p.At.Y)
	w.Word(p.angle)
	w.Close()
	// A flag without a value is how KiCad 9 spells these two in libraries.
	if p.ShowName {
		w.Open("show_name")
		w.Close()
	}
	if p.NoAutoplace {
		w.Open("do_not_autoplace")
		w.Close()
	}
	p.Effects.Write(w)
	w.Close()
}

func (s *Symbol) writeUnit(w *sexpr.Writer, u *unit, name string) {
	w.Open("symbol")
	w.String(name + "_" + strconv.Itoa(u.unit) + "_" + strconv.Itoa(u.body))
	if n := s.unitName(u.unit); n != "" {
		writeString(w, "unit_name", n)
	}
	for i := range u.shapes {
		u.shapes[i].write(w)
	}
	for i := range u.pins {
		u.pins[i].write(w)
	}
	w.Close()
}

func (s *Symbol) unitName(unit int) string {
	switch {
	case unit == 0:
		return s.commonName
	case unit <= len(s.UnitNames):
		return s.UnitNames[unit-1]
	}
	return ""
}

// Checksum returns the checksum of the symbol as [Symbol.WriteCopy] writes it
// under its plain name: "sha256:" and 64 hexadecimal digits. It depends on
// nothing else in the library's file, nor on the layout of that.
func (s *Symbol) Checksum() string { return s.checksum() }

func (s *Symbol) sum() string {
	var w sexpr.Writer
	s.WriteCopy(&w, s.Name)
	sum := sha256.Sum256(w.Bytes())
	return "sha256:" + hex.EncodeToString(sum[:])
}

// The head of the libraries that are written, which is that of KiCad 9.
const (
	version          = "20241209"
	generator        = "kicad_symbol_editor"
	generatorVersion = "9.0"
)

// WriteLibrary returns the text of a library of the symbols, sorted by name as
// KiCad sorts them. Of symbols of the same name the first is written.
func WriteLibrary(symbols []*Symbol) []byte {
	sorted := slices.Clone(symbols)
	slices.SortStableFunc(sorted, func(a, b *Symbol) int { return strings.Compare(a.Name, b.Name) })
	sorted = slices.CompactFunc(sorted, func(a, b *Symbol) bool { return a.Name == b.Name })
	var w sexpr.Writer
	w.Open("kicad_symbol_lib")
	w.Open("version")
	w.Word(version)
	w.Close()
	writeString(&w, "generator", generator)
	writeString(&w, "generator_version", generatorVersion)
	for _, s := range sorted {
		s.WriteCopy(&w, s.Name)
	}
	w.Close()
	return w.Bytes()
}
