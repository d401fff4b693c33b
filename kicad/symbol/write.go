package symbol

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"sync"

	"starboard/kicad/sexpr"
)

type textCache struct {
	once     *sync.Once
	checksum string
}

// WriteCopy writes the symbol as it stands in a schematic's lib_symbols, or
// with its plain name in a library, just as KiCad 9 saves it.
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
			w.Open("offset")
			w.MM(s.PinNameOffset)
			w.Close()
		}
		if s.PinNamesHidden {
			w.Flag("hide", true)
		}
		w.Close()
	}
	w.Flag("exclude_from_sim", s.ExcludeFromSim)
	w.Flag("in_bom", s.InBOM)
	w.Flag("on_board", s.OnBoard)
	for _, p := range s.Properties {
		p.write(w)
	}
	for i := range s.units {
		s.units[i].write(w, s.Name)
	}
	w.Flag("embedded_fonts", s.embeddedFonts)
	w.Node(s.embeddedFiles)
	w.Close()
}

func (p Property) write(w *sexpr.Writer) {
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
	if p.ShowName {
		w.Flag("show_name", true)
	}
	if p.NoAutoplace {
		w.Flag("do_not_autoplace", true)
	}
	p.Effects.Write(w)
	w.Close()
}

func (u *unit) write(w *sexpr.Writer, name string) {
	w.Open("symbol")
	w.String(name + "_" + strconv.Itoa(u.unit) + "_" + strconv.Itoa(u.body))
	if u.name != "" {
		w.Open("unit_name")
		w.String(u.name)
		w.Close()
	}
	for _, it := range u.shapes {
		w.Node(it.node)
	}
	for i := range u.pins {
		u.pins[i].write(w)
	}
	w.Close()
}

func (p *Pin) write(w *sexpr.Writer) {
	w.Open("pin")
	w.Word(p.Type.String())
	w.Word(p.Shape)
	w.Open("at")
	w.MM(p.At.X)
	w.MM(p.At.Y)
	w.Int(p.Side.Opposite().Angle())
	w.Close()
	w.Open("length")
	w.MM(p.Length)
	w.Close()
	if p.Hidden {
		w.Flag("hide", true)
	}
	writeLabel(w, "name", p.Name, p.nameEffects)
	writeLabel(w, "number", p.Number, p.numberEffects)
	for _, a := range p.Alternates {
		w.Open("alternate")
		w.String(a.Name)
		w.Word(a.Type.String())
		w.Word(a.Shape)
		w.Close()
	}
	w.Close()
}

func writeLabel(w *sexpr.Writer, head, text string, e Effects) {
	w.Open(head)
	if text == "" {
		text = "~"
	}
	w.String(text)
	e.Write(w)
	w.Close()
}

// Checksum returns sha256: and the checksum of the symbol as WriteCopy writes
// it under its plain name.
func (s *Symbol) Checksum() string {
	var w sexpr.Writer
	s.WriteCopy(&w, s.Name)
	sum := sha256.Sum256(w.Bytes())
	return "sha256:" + hex.EncodeToString(sum[:])
}
