// Package project makes a KiCad project out of a circuit: it draws each sheet,
// and writes schematics, settings, library tables, netlists and the bill of
// materials.
//
// The same circuit, references and symbols give the same bytes. [Build] is
// the entry point; the circuit must have been annotated.
package project

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"starboard/kicad/annotate"
	"starboard/kicad/bom"
	"starboard/kicad/circuit"
	"starboard/kicad/continuity"
	"starboard/kicad/geom"
	"starboard/kicad/ident"
	"starboard/kicad/layout"
	"starboard/kicad/netlist"
	"starboard/kicad/place"
	"starboard/kicad/rule"
	"starboard/kicad/schematic"
	"starboard/kicad/symbol"
	"starboard/kicad/wire"
)

// Options say what a circuit does not know of itself.
type Options struct {
	// Kind tells where a symbol comes from: those of an installed KiCad are
	// referred to, any other is put into the project.
	Kind func(*symbol.Symbol) symbol.Kind
	// Flag returns the symbol that marks a power net as driven. It is called
	// only if a net needs one.
	Flag func() (*symbol.Symbol, error)
	// Orient, where set, says how a unit stands; otherwise the layout does.
	Orient func(p *circuit.Part, unit int) geom.Orientation
	// Plan, where set, returns what rules say of a sheet; nil is nothing.
	Plan func(*circuit.Sheet) *rule.Plan
}

func (o *Options) plan(s *circuit.Sheet) *rule.Plan {
	if o.Plan == nil {
		return nil
	}
	return o.Plan(s)
}

// A builder holds what the sheets of one project share.
type builder struct {
	c       *circuit.Circuit
	o       Options
	ids     ident.Space
	numbers wire.Numbers
	plain   []string // sheets that had to be drawn again
	pages   []*page
	byPath  map[string]*page
	flags   map[*circuit.Sheet][]*circuit.Net
	flag    *symbol.Symbol

	unlabelled map[*circuit.Net]bool // nets that are drawn by wires alone
}

// A page is a sheet and its file.
type page struct {
	sheet  *circuit.Sheet
	ids    ident.Space
	file   string
	uuid   string // of the root file, or of the sheet symbol
	fileID string
	path   string // "/" and the UUIDs from the root's down
	number string
	drawn  *schematic.File
}

// Build returns the files of the project.
func Build(c *circuit.Circuit, o Options) (*Tree, error) {
	b, err := draw(c, o)
	if err != nil {
		return nil, err
	}
	texts := make([][]byte, len(b.pages))
	var net, list, table []byte
	var netErr error
	var wg sync.WaitGroup
	// Sheets and netlists have nothing to do with each other.
	wg.Go(func() {
		for i, p := range b.pages {
			texts[i] = p.drawn.Marshal()
		}
	})
	wg.Go(func() {
		n := b.netlist()
		net, table = netlist.KiCad(n), bom.CSV(n)
		list, netErr = netlist.JSON(n)
	})
	wg.Wait()
	if netErr != nil {
		return nil, netErr
	}
	files := map[string][]byte{c.Name + ".net": net, c.Name + ".json": list, c.Name + ".csv": table}
	pages := make([][2]string, len(b.pages))
	for i, p := range b.pages {
		files[p.file] = texts[i]
		pages[i] = [2]string{p.uuid, p.sheet.Name}
	}
	pages[0][1] = "Root"
	if files[c.Name+".kicad_pro"], err = kicadPro(c.Name, pages); err != nil {
		return nil, err
	}
	b.libraries(files)
	tree := NewTree(files)
	tree.plain = b.plain
	return tree.withSums(), nil
}

// Schematic returns the text of the root sheet.
func Schematic(c *circuit.Circuit, o Options) ([]byte, error) {
	b, err := draw(c, o)
	if err != nil {
		return nil, err
	}
	return b.pages[0].drawn.Marshal(), nil
}

// Netlist returns what the circuit says electrically, in KiCad's terms and
// with KiCad's net names.
func Netlist(c *circuit.Circuit, o Options) (*netlist.Netlist, error) {
	b, err := draw(c, o)
	if err != nil {
		return nil, err
	}
	return b.netlist(), nil
}

func draw(c *circuit.Circuit, o Options) (*builder, error) {
	if len(c.Parts()) == 0 {
		return nil, fmt.Errorf("circuit %q has no parts", c.Name)
	}
	for _, p := range c.Parts() {
		for _, pin := range p.Pins() {
			if pin.Global() && pin.Net() == nil {
				return nil, fmt.Errorf("%s (%s) is a hidden power input, which KiCad puts on the power net %s: connect it to that", pin, p.Pos, pin.Name)
			}
		}
	}
	b := &builder{c: c, o: o, ids: ident.Project(c.Name), byPath: map[string]*page{}, flags: map[*circuit.Sheet][]*circuit.Net{}, unlabelled: map[*circuit.Net]bool{}}
	b.number()
	if err := b.placeFlags(); err != nil {
		return nil, err
	}
	for _, p := range b.pages {
		if err := b.draw(p); err != nil {
			if p.sheet.Parent() == nil {
				return nil, err
			}
			return nil, fmt.Errorf("sheet %s: %v", p.sheet.Path(), err)
		}
	}
	return b, nil
}

// fileName makes file names of paths of sheets. In the name of a file too,
// KiCad reads {slash} and the like as the character.
var fileName = strings.NewReplacer("/", "-", "{", "(", "}", ")")

// number finds file names, UUIDs and page numbers.
func (b *builder) number() {
	taken := map[string]bool{}
	for i, s := range b.c.Sheets() {
		p := &page{sheet: s, ids: b.ids.Sheet(s.Path()), number: strconv.Itoa(i + 1)}
		p.fileID = p.ids.UUID("file")
		if parent := s.Parent(); parent == nil {
			p.file, p.uuid = b.c.Name+".kicad_sch", p.fileID
			p.path = "/" + p.uuid
		} else {
			up := b.byPath[parent.Path()]
			p.uuid = p.ids.UUID("sheet")
			p.path = up.path + "/" + p.uuid
			base := fileName.Replace(strings.Trim(s.Path(), "/"))
			p.file = base + ".kicad_sch"
			// Names that differ in case only are one file on some systems.
			for n := 2; taken[strings.ToLower(p.file)]; n++ {
				p.file = fmt.Sprintf("%s-%d.kicad_sch", base, n)
			}
		}
		taken[strings.ToLower(p.file)] = true
		b.pages = append(b.pages, p)
		b.byPath[s.Path()] = p
	}
}

// placeFlags decides on which sheet a net gets its flag: a power net on the first
// that uses it.
func (b *builder) placeFlags() error {
	nets := b.c.PowerNets()
	for _, s := range b.c.Sheets() {
		nets = append(nets, s.Nets()...)
	}
	for _, n := range nets {
		if !n.Driven() || len(n.Pins()) == 0 || wire.Driven(n) {
			continue
		}
		if b.flag == nil {
			flag, err := b.o.Flag()
			if err != nil {
				return err
			}
			b.flag = flag
		}
		s := n.Pins()[0].Part.Sheet()
		b.flags[s] = append(b.flags[s], n)
	}
	return nil
}

// draw draws a sheet. Where what is drawn does not say what the circuit says,
// the sheet is drawn again in the plain way: every pin with its own label.
func (b *builder) draw(p *page) error {
	numbers := b.numbers.Clone()
	f, unlabelled, err := b.drawBlocks(p)
	if err == nil && continuity.Check(p.sheet, f) != nil {
		b.numbers = numbers
		if f, err = b.drawPlain(p); err == nil {
			err = continuity.Check(p.sheet, f)
		}
		unlabelled = nil
		b.plain = append(b.plain, p.sheet.Path())
	}
	if err != nil {
		return err
	}
	for _, n := range unlabelled {
		b.unlabelled[n] = true
	}
	p.drawn = f
	return nil
}

// start returns the empty file of a sheet, what draws on it, and the symbols
// of its child sheets.
func (b *builder) start(p *page) (*schematic.File, *wire.Drafter, []*wire.Cluster) {
	c := b.c
	f := &schematic.File{
		UUID: p.fileID, Project: c.Name, Root: p.sheet.Parent() == nil, Page: p.number,
		Title: schematic.TitleBlock{Title: c.Title, Date: c.Date, Rev: c.Rev, Company: c.Company, Comments: c.Comments},
	}
	d := &wire.Drafter{IDs: p.ids, Path: p.path, Numbers: &b.numbers, Flag: b.flag}
	var children []*wire.Cluster
	for _, s := range p.sheet.Sheets() {
		child := b.byPath[s.Path()]
		children = append(children, d.Sheet(s, child.uuid, child.file, child.number))
	}
	return f, d, children
}

func (b *builder) drawBlocks(p *page) (*schematic.File, []*circuit.Net, error) {
	f, d, children := b.start(p)
	in := layout.Input{Sheet: p.sheet, Drafter: d, Children: children, Flags: b.flags[p.sheet], Smallest: b.c.Paper, Orient: b.o.Orient, Plan: b.o.plan(p.sheet)}
	if in.Plan != nil {
		in.Smallest = in.Plan.Paper.Name
	}
	drawing, err := layout.Draw(in, f)
	if err != nil {
		return nil, nil, err
	}
	return f, drawing.Unlabelled, nil
}

func (b *builder) drawPlain(p *page) (*schematic.File, error) {
	f, d, clusters := b.start(p)
	for _, n := range b.flags[p.sheet] {
		clusters = append(clusters, d.PowerFlag(n))
	}
	if plan := b.o.plan(p.sheet); plan != nil && len(plan.Places()) > 0 {
		return f, b.drawPlanned(f, d, clusters, plan)
	}
	for _, part := range annotate.Sorted(p.sheet.Parts()) {
		for unit := 1; unit <= part.Symbol.Units; unit++ {
			o := place.Orient(part, unit)
			if b.o.Orient != nil {
				o = b.o.Orient(part, unit)
			}
			clusters = append(clusters, d.Unit(part, unit, o))
		}
	}
	boxes := make([]geom.Box, len(clusters))
	for i, cl := range clusters {
		boxes[i] = cl.Box
	}
	at, paper, err := place.Rows(boxes, b.c.Paper)
	if err != nil {
		return nil, err
	}
	f.Paper = paper
	for i, cl := range clusters {
		cl.AddTo(f, at[i])
	}
	return f, nil
}
