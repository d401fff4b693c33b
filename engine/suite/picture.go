package suite

import (
	"bytes"
	"fmt"
	"regexp"
	"sync"

	"starboard/builtins"
	"starboard/kicad/geom"
	"starboard/kicad/project"
	"starboard/kicad/svg"
)

// A Picture shows a sheet of a project that a failed scenario made.
type Picture struct {
	Name string `json:"name"` // of the sheet's file, and the sheet if it is not the root
	SVG  string `json:"svg"`
}

const (
	mostSheets   = 4  // of one project
	mostPictures = 60 // of a report
)

// pictures draws the sheets of the projects. A project that cannot be drawn has
// none: what is wrong with it, the scenario says.
func pictures(trees []*project.Tree) []Picture {
	var list []Picture
	for _, t := range trees {
		s, err := builtins.ReadTree(t)
		if err != nil {
			continue
		}
		for i, sheet := range s.Sheets {
			if i == mostSheets {
				break
			}
			p := Picture{Name: sheet.Drawing.File, SVG: cropped(svg.Draw(s, sheet, svg.Options{NoFrame: true}))}
			if sheet.Name != "/" {
				p.Name += " " + sheet.Name
			}
			list = append(list, p)
		}
	}
	return list
}

// pageSize is where an SVG says how large it is, in millimetres and as a box of
// micrometres.
var pageSize = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`width="[^"]*" height="[^"]*" viewBox="[^"]*"`) })

// cropped returns the part of the page on which there is something.
func cropped(p *svg.Picture) string {
	text := string(bytes.TrimSpace(p.SVG()))
	var box geom.Box
	found := false
	for i := range p.Items {
		b, ok := p.Items[i].Box(func(*svg.Element) bool { return true })
		switch {
		case !ok:
		case found:
			box = box.Union(b)
		default:
			box, found = b, true
		}
	}
	at := pageSize().FindStringIndex(text)
	if !found || at == nil {
		return text
	}
	const margin = 5_000_000
	box = box.Grow(margin)
	size := fmt.Sprintf(`width="%dmm" height="%dmm" viewBox="%d %d %d %d"`, box.Width()/1e6, box.Height()/1e6,
		box.Min.X/1000, box.Min.Y/1000, box.Width()/1000, box.Height()/1000)
	return text[:at[0]] + size + text[at[1]:]
}

// dropPictures leaves the first pictures of a report, so that a run in which
// all is red can still be looked at.
func dropPictures(suites []Suite) {
	n := 0
	for i := range suites {
		for j := range suites[i].Results {
			x := &suites[i].Results[j]
			x.Pictures = x.Pictures[:max(0, min(len(x.Pictures), mostPictures-n))]
			n += len(x.Pictures)
		}
	}
}
