package repro

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"sync"
)

//go:embed page.html
var pageText string

var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"amount": amount,
		"join":   func(list []string) string { return strings.Join(list, " ") },
		"where":  Difference.where,
		"value":  orNothing,
		"strip":  strip,
		"bars":   bars,
		"short":  func(sum string) string { return sum[:min(len(sum), 16)] },
	}).Parse(pageText))
})

// HTML returns the report as a page that is complete in itself.
func (r *Report) HTML() ([]byte, error) {
	var b bytes.Buffer
	err := pageTemplate().Execute(&b, struct {
		*Report
		Headline string
	}{r, r.headline()})
	return b.Bytes(), err
}

// The size of charts, in pixels.
const (
	stripWidth, stripHeight = 420.0, 30.0
	barWidth, barHeight     = 640.0, 14.0
)

// strip draws the values of a phase on a line from nothing to the most: a dot
// for each run, a band for the interval of the median, a stroke for the
// median, a ring for the cold run.
func strip(s Spread) template.HTML {
	most := s.Cold
	for _, v := range s.Values {
		most = max(most, v)
	}
	if most == 0 {
		return ""
	}
	x := func(v float64) float64 { return 8 + v/most*(stripWidth-16) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="strip" width="%.0f" height="%.0f" role="img"><title>%s</title>`, stripWidth, stripHeight, template.HTMLEscapeString(s.Name))
	fmt.Fprintf(&b, `<line class="axis" x1="8" x2="%.1f" y1="15" y2="15"/>`, stripWidth-8)
	fmt.Fprintf(&b, `<rect class="band" x="%.1f" y="7" width="%.1f" height="16"/>`, x(s.Low), max(x(s.High)-x(s.Low), 1))
	fmt.Fprintf(&b, `<circle class="cold" cx="%.1f" cy="15" r="4"><title>cold: %s</title></circle>`, x(s.Cold), amount(s.Cold, s.Unit))
	for _, v := range s.Values {
		fmt.Fprintf(&b, `<circle class="dot" cx="%.1f" cy="15" r="3"><title>%s</title></circle>`, x(v), amount(v, s.Unit))
	}
	fmt.Fprintf(&b, `<line class="median" x1="%.1f" x2="%.1f" y1="4" y2="26"/></svg>`, x(s.Median), x(s.Median))
	return template.HTML(b.String())
}

// bars draws the time of each run, its phases side by side.
func bars(runs []Run) template.HTML {
	most := 0.0
	for _, r := range runs {
		most = max(most, r.WallMS)
	}
	if most == 0 {
		return ""
	}
	const left, row = 260.0, barHeight + 6
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="bars" viewBox="0 0 %.0f %.0f" width="100%%" role="img"><title>time of each run</title>`, left+barWidth+90, row*float64(len(runs))+4)
	for i, r := range runs {
		y := row * float64(i)
		name := r.Purpose
		switch {
		case r.Held != "":
			name += ": " + r.Held
		case len(r.Conditions) > 3:
			name += fmt.Sprintf(": %d conditions", len(r.Conditions))
		case len(r.Conditions) > 0:
			name += ": " + strings.Join(r.Conditions, " ")
		}
		if r.Cold {
			name += " (cold)"
		}
		fmt.Fprintf(&b, `<text x="0" y="%.1f">%d %s<title>%s</title></text>`, y+11, r.N, template.HTMLEscapeString(name), template.HTMLEscapeString(strings.Join(r.Conditions, " ")))
		class := "whole"
		if r.Failed {
			class = "whole bad"
		}
		fmt.Fprintf(&b, `<rect class="%s" x="%.0f" y="%.1f" width="%.1f" height="%.0f"/>`, class, left, y, r.WallMS/most*barWidth, barHeight)
		x, n := left, 0
		for _, p := range r.Phases {
			if p.Section {
				continue
			}
			w := p.WallMS / most * barWidth
			fmt.Fprintf(&b, `<rect class="phase p%d" x="%.1f" y="%.1f" width="%.1f" height="%.0f"><title>%s: %s</title></rect>`, n%4, x, y, w, barHeight, template.HTMLEscapeString(p.Name), amount(p.WallMS, "ms"))
			x, n = x+w, n+1
		}
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f">%s</text>`, left+r.WallMS/most*barWidth+5, y+11, amount(r.WallMS, "ms"))
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}
