package svg

import (
	"strconv"

	"starboard/kicad/font"
	"starboard/kicad/geom"
	"starboard/kicad/sexpr"
)

// pages are the sizes of KiCad's papers, in mils as it keeps them.
var pages = map[string][2]int64{
	"A5": {8268, 5827}, "A4": {11693, 8268}, "A3": {16535, 11693}, "A2": {23386, 16535}, "A1": {33110, 23386},
	"A0": {46811, 33110}, "A": {11000, 8500}, "B": {17000, 11000}, "C": {22000, 17000}, "D": {34000, 22000},
	"E": {44000, 34000}, "USLetter": {11000, 8500}, "USLegal": {14000, 8500}, "USLedger": {17000, 11000},
	"GERBER": {32000, 32000},
}

// paperSize reads (paper "A4" portrait) or (paper "User" W H).
func paperSize(n sexpr.Node) (width, height int64) {
	name := n.Arg(1).Text()
	if name == "User" {
		w, h := nm(n.Arg(2)), nm(n.Arg(3))
		if w > 0 && h > 0 {
			return w, h
		}
	}
	size, ok := pages[name]
	if !ok {
		size = pages["A4"]
	}
	if n.Has("portrait") {
		size[0], size[1] = size[1], size[0]
	}
	return size[0] * geom.Mil / resolution * resolution, size[1] * geom.Mil / resolution * resolution
}

// frame draws the edge of the page and the title block as KiCad does on its
// default drawing sheet.
func (d *drafter) frame(p *Picture) Item {
	const margin = 10 * geom.MM
	right, bottom := p.Width-margin, p.Height-margin
	var elements []Element
	line := func(points ...geom.Point) {
		elements = append(elements, Element{Points: points, Closed: len(points) > 2, Stroke: Paint{Ink: FrameInk}, Width: defaultLine})
	}
	write := func(text string, size int64, x, y int64, h font.Align, bold, italic bool) {
		fx := effects{width: size, height: size, bold: bold, italic: italic}
		elements = append(elements, plainText(text, &fx, Paint{Ink: FrameInk}, geom.Point{X: x, Y: y}, h, font.Center, false)...)
	}
	for i := range int64(2) {
		in := margin + i*2*geom.MM
		line(rectangle(geom.Point{X: in, Y: in}, geom.Point{X: p.Width - in, Y: p.Height - in}).Points...)
	}
	const pitch, depth, letter = 50 * geom.MM, 2 * geom.MM, 13 * geom.MM / 10
	for i := int64(0); ; i++ {
		x, text := margin+i*pitch, strconv.FormatInt(i+1, 10)
		if x+pitch/2 > right {
			break
		}
		for _, y := range []int64{margin, bottom - depth} {
			write(text, letter, x+pitch/2, y+depth/2, font.Left, false, false)
			if x+pitch < right {
				line(geom.Point{X: x + pitch, Y: y}, geom.Point{X: x + pitch, Y: y + depth})
			}
		}
	}
	for i := int64(0); ; i++ {
		y, text := margin+i*pitch, string(rune('A'+i%26))
		if y+pitch/2 > bottom {
			break
		}
		for _, x := range []int64{margin, right - depth} {
			write(text, letter, x+depth/2, y+pitch/2, font.Center, false, false)
			if y+pitch < bottom {
				line(geom.Point{X: x, Y: y + pitch}, geom.Point{X: x + depth, Y: y + pitch})
			}
		}
	}

	at := func(x, y int64) geom.Point { // tenths of a millimetre from the corner
		return geom.Point{X: right - x*geom.MM/10, Y: bottom - y*geom.MM/10}
	}
	line(rectangle(at(1100, 340), at(20, 20)).Points...)
	for _, y := range []int64{55, 85, 125, 185} {
		line(at(1100, y), at(20, y))
	}
	line(at(900, 85), at(900, 55))
	line(at(260, 85), at(260, 20))
	t := &d.sheet.Drawing.Title
	for _, w := range []struct {
		text         string
		x, y, size   int64
		bold, italic bool
	}{
		{"Date: " + t.Date, 870, 69, 15, false, false},
		{"KiCad E.D.A.", 1090, 41, 15, false, false},
		{"Rev: " + t.Rev, 240, 69, 15, true, false},
		{"Size: " + d.sheet.Drawing.Node().Child("paper").Arg(1).Text(), 1090, 69, 15, false, false},
		{"Id: ${#}/${##}", 240, 41, 15, false, false},
		{"Title: " + t.Title, 1090, 107, 20, true, true},
		{"File: ${FILENAME}", 1090, 143, 15, false, false},
		{"Sheet: ${SHEETPATH}", 1090, 170, 15, false, false},
		{t.Company, 1090, 200, 15, true, false},
		{t.Comments[0], 1090, 230, 15, false, false},
		{t.Comments[1], 1090, 260, 15, false, false},
		{t.Comments[2], 1090, 290, 15, false, false},
		{t.Comments[3], 1090, 320, 15, false, false},
	} {
		text, size := d.sch.LabelText(d.sheet, w.text), w.size*geom.MM/10
		p := at(w.x, w.y)
		// A text that would leave the block is set smaller.
		if room := at(20, 0).X - geom.MM - p.X; font.Width(text, size) > room {
			size = max(size*room/font.Width(text, size), geom.MM/2)
		}
		write(text, size, p.X, p.Y, font.Left, w.bold, w.italic)
	}
	return Item{Class: Frame, Elements: elements}
}
