package project

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"starboard/kicad/geom"
	"starboard/kicad/ident"
	"starboard/kicad/schematic"
	"starboard/kicad/symbol"
)

// kinds is a project drawn by hand, wherever placement puts things: every
// kind of item, in every orientation and spelling that the writers know, on
// three levels of sheets, the lowest of them used twice.
type kinds struct {
	ids   ident.Space
	find  func(name string) *symbol.Symbol
	paths map[string]string // of sheets, by name
	next  int
}

const kindsName = "Kinds & sorts"

func kindsProject(t *testing.T) map[string][]byte {
	t.Helper()
	file := filepath.Join("testdata", "Kinds.kicad_sym")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lib, err := symbol.FromText("Kinds", file, string(text))
	if err != nil {
		t.Fatal(err)
	}
	var all []*symbol.Symbol
	k := &kinds{ids: ident.Project(kindsName), find: func(name string) *symbol.Symbol {
		s, err := lib.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}}
	for _, name := range []string{"Dual", "Flag", "Ground", "Two"} {
		all = append(all, k.find(name))
	}
	root := k.ids.UUID("file", "root")
	upper := k.ids.UUID("sheet", "Upper")
	left, right := k.ids.UUID("sheet", "Left"), k.ids.UUID("sheet", "Right")
	k.paths = map[string]string{
		"": "/" + root, "Upper": "/" + root + "/" + upper,
		"Left": "/" + root + "/" + upper + "/" + left, "Right": "/" + root + "/" + upper + "/" + right,
	}
	pro, err := kicadPro(kindsName, [][2]string{{root, "Root"}, {upper, upperName}, {left, "Left"}, {right, "Right"}})
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		kindsName + ".kicad_pro":  pro,
		kindsName + ".kicad_sch":  k.root().Marshal(),
		"Upper.kicad_sch":         k.upper().Marshal(),
		"Leaf.kicad_sch":          k.leaf().Marshal(),
		"symbols/Kinds.kicad_sym": symbol.WriteLibrary(all),
		"sym-lib-table":           table("sym", []row{{"Kinds", "${KIPRJMOD}/symbols/Kinds.kicad_sym"}}),
	}
}

const upperName = "Ü \"quoted\" \\ \u2028<&>"

// id returns a new UUID.
func (k *kinds) id() string {
	k.next++
	return k.ids.UUID("item", fmt.Sprint(k.next))
}

// at returns a place on the grid.
func at(x, y int64) geom.Point { return geom.Point{X: x * geom.Grid, Y: y * geom.Grid} }

func (k *kinds) file(name string) *schematic.File {
	return &schematic.File{UUID: k.ids.UUID("file", name), Project: kindsName, Root: name == "root", Page: "1"}
}

// part returns a unit of a symbol with its five fields.
func (k *kinds) part(name string, unit int, p geom.Point, o geom.Orientation, ref string, sheets ...string) schematic.Symbol {
	sym := k.find(name)
	s := schematic.Symbol{
		Symbol: sym, At: p, Orientation: o, Unit: unit, InBOM: true, OnBoard: true, UUID: k.id(),
		Fields: []schematic.Field{
			{Name: "Reference", Value: ref, At: p.Add(at(3, -1)), Align: schematic.Align{H: -1}, Hidden: sym.Power},
			{Name: "Value", Value: sym.Value, At: p.Add(at(3, 1)), Align: schematic.Align{H: -1}},
			{Name: "Footprint", At: p, Hidden: true},
			{Name: "Datasheet", Value: sym.Datasheet, At: p, Hidden: true},
			{Name: "Description", Value: sym.Description, At: p, Hidden: true},
		},
	}
	for range sym.Pins {
		s.PinUUIDs = append(s.PinUUIDs, k.id())
	}
	for i, sheet := range sheets {
		r := ref
		if i > 0 {
			r += fmt.Sprint(i)
		}
		s.Instances = append(s.Instances, schematic.Instance{Path: k.paths[sheet], Reference: r})
	}
	return s
}

func (k *kinds) wire(f *schematic.File, from, to geom.Point) {
	f.Wires = append(f.Wires, schematic.Wire{From: from, To: to, UUID: k.id()})
}

func (k *kinds) label(f *schematic.File, kind schematic.LabelKind, text string, shape schematic.Shape, p geom.Point, s geom.Side) {
	f.Labels = append(f.Labels, schematic.Label{Kind: kind, Text: text, Shape: shape, At: p, Towards: s, UUID: k.id()})
}

var (
	sides  = []geom.Side{geom.Right, geom.Up, geom.Left, geom.Down}
	shapes = []schematic.Shape{schematic.Input, schematic.Output, schematic.Bidirectional, schematic.TriState, schematic.Passive}
)

func (k *kinds) root() *schematic.File {
	f := k.file("root")
	f.Paper = schematic.Paper{Name: "User", Width: 400 * geom.MM, Height: 300_500_000}
	f.Title = schematic.TitleBlock{
		Title: `Every "kind" of item`, Date: "2026-01-02", Rev: "Ω\\1", Company: "<A & B>",
		Comments: []string{"first", "", "third", "", "", "", "", "", "ninth"},
	}
	// A symbol in each orientation, with its texts aligned in every way.
	aligns := []schematic.Align{{H: -1, V: -1}, {H: -1}, {H: -1, V: 1}, {V: -1}, {}, {V: 1}, {H: 1, V: -1}, {H: 1}, {H: 1, V: 1}}
	for i, o := range geom.Orientations {
		p := at(20+int64(i)*20, 20)
		s := k.part("Two", 1, p, o, fmt.Sprint("R", i+1), "")
		for n, a := range aligns {
			s.Fields = append(s.Fields, schematic.Field{Name: fmt.Sprint("Align ", n), Value: fmt.Sprint("a", n), At: p.Add(at(6, int64(n)-4)), Align: a})
		}
		f.Symbols = append(f.Symbols, s)
		f.Symbols = append(f.Symbols, k.part("Dual", i%3+1, at(20+int64(i)*20, 40), o, fmt.Sprint("U", i/3+1), ""))
	}
	// What a part may be but for its looks.
	odd := k.part("Two", 1, at(20, 60), geom.Orientation{}, "R_ü20", "")
	odd.DNP, odd.InBOM, odd.OnBoard = true, false, false
	odd.Fields[1].Value = `4k7 "1%" \ ±`
	odd.Fields[2].Value = "Resistor_SMD:R_0805_2012Metric"
	odd.Fields = append(odd.Fields,
		schematic.Field{Name: "MPN", Value: "A&B <7>", Hidden: true, At: odd.At},
		schematic.Field{Name: "Note \"x\"", Value: "", Hidden: true, At: odd.At},
		schematic.Field{Name: "Seen", Value: "here", At: geom.Point{X: odd.At.X + 12_345_600, Y: odd.At.Y + 127_000}})
	f.Symbols = append(f.Symbols, odd,
		k.part("Ground", 1, at(40, 64), geom.Orientation{}, "#PWR7", ""),
		k.part("Ground", 1, at(46, 60), geom.Orientation{Angle: 180}, "#PWR123456789", ""),
		k.part("Flag", 1, at(40, 60), geom.Orientation{}, "#FLG1", ""))
	k.wire(f, at(40, 60), at(40, 64))
	for i := range f.Symbols {
		f.Library = append(f.Library, f.Symbols[i].Symbol)
	}

	// Wires: a branch with its junction, a crossing without, one of each direction.
	k.wire(f, at(60, 60), at(70, 60))
	k.wire(f, at(70, 60), at(80, 60))
	k.wire(f, at(70, 66), at(70, 60))
	f.Junctions = append(f.Junctions, schematic.Junction{At: at(70, 60), UUID: k.id()})
	k.wire(f, at(100, 60), at(90, 60))
	k.wire(f, at(95, 55), at(95, 65))
	f.NoConnects = append(f.NoConnects, schematic.NoConnect{At: at(20, 63), UUID: k.id()}, schematic.NoConnect{At: at(60, 23), UUID: k.id()})

	for i, side := range sides {
		k.label(f, schematic.Local, []string{"plain", "~{RST} x", "A{slash}B", `"q" \ ü`}[i], "", at(20+int64(i)*12, 80), side)
		for n, shape := range shapes {
			k.label(f, schematic.Global, fmt.Sprint("G ", side, " ", shape), shape, at(20+int64(n)*30, 100+int64(i)*12), side)
		}
	}
	for i, text := range []string{"one line", "two\nlines \"and\" \\ more", "ü\ttab", "https://example.com/?a=b&c"} {
		f.Texts = append(f.Texts, schematic.Text{Text: text, At: at(80+int64(i)*30, 80), Size: 1_270_000 * int64(i/2+1), UUID: k.id()})
	}
	sheet := k.sheet(upperName, "Upper", "Upper.kicad_sch", "", "2", at(180, 60))
	for i, side := range sides {
		for n, shape := range shapes {
			d := int64(n+1) * 2
			p := map[geom.Side]geom.Point{geom.Right: at(200, 60+d), geom.Left: at(180, 60+d), geom.Up: at(180+d, 60), geom.Down: at(180+d, 80)}[side]
			sheet.Pins = append(sheet.Pins, schematic.SheetPin{Name: fmt.Sprint("pin", i, n), Shape: shape, At: p, Side: side, UUID: k.id()})
		}
	}
	f.Sheets = append(f.Sheets, sheet)
	return f
}

// sheet returns the symbol of a sheet, drawn on another, 20 by 20 steps large.
func (k *kinds) sheet(name, id, file, on, page string, p geom.Point) schematic.Sheet {
	return schematic.Sheet{
		Box: geom.Box{Min: p, Max: p.Add(at(20, 20))}, UUID: k.ids.UUID("sheet", id), Path: k.paths[on], Page: page,
		Name: schematic.Field{Name: "Sheetname", Value: name, At: p.Add(geom.Point{Y: -635_000}), Align: schematic.Align{H: -1, V: 1}},
		File: schematic.Field{Name: "Sheetfile", Value: file, At: p.Add(at(0, 20)).Add(geom.Point{Y: 508_000}), Align: schematic.Align{H: -1, V: -1}},
	}
}

func (k *kinds) upper() *schematic.File {
	f := k.file("upper")
	f.Paper = schematic.Papers[1]
	f.Title.Comments = []string{"", "second only"}
	for i, side := range sides {
		for n, shape := range shapes {
			p := at(40+int64(n)*20, 60+int64(i)*15)
			k.label(f, schematic.Hierarchical, fmt.Sprint("pin", i, n), shape, p, side)
		}
	}
	f.Sheets = append(f.Sheets, k.sheet("Left", "Left", "Leaf.kicad_sch", "Upper", "3", at(150, 60)), k.sheet("Right", "Right", "Leaf.kicad_sch", "Upper", "4", at(190, 60)))
	return f
}

func (k *kinds) leaf() *schematic.File {
	f := k.file("leaf")
	f.Paper = schematic.Papers[0]
	f.Symbols = append(f.Symbols, k.part("Two", 1, at(30, 30), geom.Orientation{Angle: 90}, "R9", "Left", "Right"))
	f.Library = append(f.Library, k.find("Two"))
	return f
}
