package score

import (
	"fmt"
	"html/template"
	"io"
	"sync"

	"starboard/kicad/connect"
	"starboard/kicad/geom"
	"starboard/kicad/svg"
)

// Picture returns the picture of a sheet with a ring around each fault.
func Picture(s *connect.Schematic, sheet *connect.Sheet, sc *Score, opts svg.Options) *svg.Picture {
	p := svg.Draw(s, sheet, opts)
	const radius, width = 25 * geom.MM / 10, 4 * geom.MM / 10
	for _, f := range sc.Faults {
		p.Items = append(p.Items, svg.Item{Class: "fault", Elements: []svg.Element{{
			Shape: svg.Circle, Points: []geom.Point{f.At}, Radius: radius, Stroke: svg.Paint{Ink: svg.NotFitted}, Width: width,
		}}})
	}
	return p
}

// A side is one schematic of a comparison.
type side struct {
	Name string
	s    *connect.Schematic
	r    *Report
}

// Compare writes a page of HTML, which needs no other file, with the sheets of
// two schematics side by side: their pictures, with rings around faults, and
// their scores. Sheets are paired by name; what only one has stands alone.
// The names are for the headings.
func Compare(w io.Writer, nameA, nameB string, a, b *connect.Schematic) error {
	ra, err := Schematic(a)
	if err != nil {
		return fmt.Errorf("%s: %w", nameA, err)
	}
	rb, err := Schematic(b)
	if err != nil {
		return fmt.Errorf("%s: %w", nameB, err)
	}
	sides := [2]side{{nameA, a, ra}, {nameB, b, rb}}
	page := comparison{A: nameA, B: nameB, TotalA: ra.Total, TotalB: rb.Total}
	var names []string
	seen := map[string]bool{}
	for _, s := range sides {
		for _, sc := range s.r.Sheets {
			if !seen[sc.Sheet] {
				seen[sc.Sheet] = true
				names = append(names, sc.Sheet)
			}
		}
	}
	for _, name := range names {
		sa, sb := sides[0].sheet(name), sides[1].sheet(name)
		pair := pairOfSheets{Name: name, A: sa.Picture, B: sb.Picture, FaultsA: sa.Faults, FaultsB: sb.Faults}
		pair.Rows = append(pair.Rows, row{"total", "", sa.total(), "", sb.total(), "", better(sa, sb, func(s *Score) int { return s.Total })})
		for _, weight := range Weights {
			r := row{Term: weight.Term, Weight: fmt.Sprint(weight.Weight)}
			r.A, r.FigureA = sa.term(weight.Term)
			r.B, r.FigureB = sb.term(weight.Term)
			r.Better = better(sa, sb, func(s *Score) int {
				if t := s.Term(weight.Term); t.Weight > 0 {
					return t.Quality
				}
				return -1
			})
			pair.Rows = append(pair.Rows, r)
		}
		pair.Rows = append(pair.Rows, row{"clean", "", sa.clean(), "", sb.clean(), "", better(sa, sb, func(s *Score) int { return s.Clean })})
		page.Sheets = append(page.Sheets, pair)
	}
	return compareTemplate().Execute(w, page)
}

// better says which side has the larger figure: "a", "b", or "" where they are
// equal or one has none.
func better(a, b half, of func(*Score) int) string {
	if a.score == nil || b.score == nil {
		return ""
	}
	switch x, y := of(a.score), of(b.score); {
	case x < 0 || y < 0 || x == y:
		return ""
	case x > y:
		return "a"
	}
	return "b"
}

// A half is one side of a pair of sheets.
type half struct {
	score   *Score
	Picture template.HTML
	Faults  []string
}

func (s *side) sheet(name string) half {
	for _, sc := range s.r.Sheets {
		if sc.Sheet != name {
			continue
		}
		for _, sheet := range s.s.Sheets {
			if sheet.Name == name && sheet.Drawing.Missing == nil {
				h := half{score: sc, Picture: template.HTML(Picture(s.s, sheet, sc, svg.Options{}).SVG())} // escaped by its writer
				for _, f := range sc.Faults {
					h.Faults = append(h.Faults, fmt.Sprintf("%s at %s mm: %s", f.Kind, place(f.At), f.Message))
				}
				return h
			}
		}
	}
	return half{}
}

func (h half) total() string {
	if h.score == nil {
		return "–"
	}
	return fmt.Sprint(h.score.Total)
}

func (h half) clean() string {
	if h.score == nil {
		return "–"
	}
	return fmt.Sprintf("%d (%s)", h.score.Clean, count(len(h.score.Faults), "fault"))
}

func (h half) term(name string) (quality, figure string) {
	if h.score == nil {
		return "–", ""
	}
	t := h.score.Term(name)
	if t.Weight == 0 {
		return "–", ""
	}
	return fmt.Sprint(t.Quality), t.Figure()
}

type comparison struct {
	A, B           string
	TotalA, TotalB int
	Sheets         []pairOfSheets
}

type pairOfSheets struct {
	Name             string
	Rows             []row
	A, B             template.HTML
	FaultsA, FaultsB []string
}

type row struct{ Term, Weight, A, FigureA, B, FigureB, Better string }

var compareTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("compare").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.A}} and {{.B}}</title>
<style>
:root { color-scheme: light dark; --text: #222; --page: #fff; --line: #ddd; --soft: #666; --best: #e2f3e2; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e4e4; --page: #1c1d21; --line: #3a3c42; --soft: #a0a0a0; --best: #1f3b24; } .sides svg { filter: brightness(.88); } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 120em; padding: 0 1.5em; color: var(--text); background: var(--page); }
h1 { font-size: 1.5em; } h2 { font-size: 1.2em; margin-top: 2.5em; }
table { border-collapse: collapse; }
th, td { padding: .15em .9em; text-align: left; border-bottom: 1px solid var(--line); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
td.best { background: var(--best); }
small, td.f { color: var(--soft); }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(40em, 100%), 1fr)); gap: 1.5em; margin-top: 1em; }
.sides svg { width: 100%; height: auto; border: 1px solid var(--line); }
.sides h3 { font-size: 1em; margin: 0 0 .3em; }
li { font-size: .9em; }
</style>
</head>
<body>
<h1>{{.A}} and {{.B}}</h1>
<p>Totals: <b>{{.TotalA}}</b> and <b>{{.TotalB}}</b> of 1000. Rings are around faults.</p>
{{range .Sheets}}<h2>Sheet {{.Name}}</h2>
<table>
<tr><th>term</th><th class="n">weight</th><th class="n">{{$.A}}</th><th></th><th class="n">{{$.B}}</th><th></th></tr>
{{range .Rows}}<tr><td>{{.Term}}</td><td class="n">{{.Weight}}</td><td class="n{{if eq .Better "a"}} best{{end}}">{{.A}}</td><td class="f">{{.FigureA}}</td><td class="n{{if eq .Better "b"}} best{{end}}">{{.B}}</td><td class="f">{{.FigureB}}</td></tr>
{{end}}</table>
<div class="sides">
<div><h3>{{$.A}}</h3>
{{if .A}}{{.A}}{{else}}<p>There is no such sheet.</p>{{end}}
{{if .FaultsA}}<ul>{{range .FaultsA}}<li>{{.}}</li>
{{end}}</ul>{{end}}</div>
<div><h3>{{$.B}}</h3>
{{if .B}}{{.B}}{{else}}<p>There is no such sheet.</p>{{end}}
{{if .FaultsB}}<ul>{{range .FaultsB}}<li>{{.}}</li>
{{end}}</ul>{{end}}</div>
</div>
{{end}}</body>
</html>
`))
})
