package score

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"starboard/kicad/geom"
)

// WriteText writes the report for people: every sheet with its terms, their
// figures and weights, and its faults.
func (r *Report) WriteText(w io.Writer) error {
	p := &printer{w: w}
	for i, s := range r.Sheets {
		if i > 0 {
			p.printf("\n")
		}
		p.printf("sheet %s: total %d of 1000 (soft %d, clean %d), %s, %s\n", s.Sheet, s.Total, s.Soft, s.Clean, count(s.Parts, "part"), count(len(s.Faults), "fault"))
		p.printf("  %-10s %8s %7s  %s\n", "term", "quality", "weight", "figure")
		for j := range s.Terms {
			t := &s.Terms[j]
			if t.Weight == 0 {
				p.printf("  %-10s %8s %7s  %s\n", t.Name, "-", "-", "nothing to look at")
				continue
			}
			p.printf("  %-10s %8d %7d  %s\n", t.Name, t.Quality, t.Weight, t.Figure())
		}
		for _, f := range s.Faults {
			p.printf("  %-11s at %s mm: %s\n", f.Kind, place(f.At), f.Message)
		}
	}
	if len(r.Sheets) > 1 {
		p.printf("\nall %d sheets: total %d of 1000\n", len(r.Sheets), r.Total)
	}
	return p.err
}

// Figure returns what was counted, for people.
func (t *Term) Figure() string {
	switch {
	case t.Unit == "µm":
		return fmt.Sprintf("%d mm would do, of %d mm drawn", (t.Count+500)/1000, (t.Of+500)/1000)
	case t.Of > 0:
		return fmt.Sprintf("%d of %d %s", t.Count, t.Of, t.Unit)
	case t.Count == 1 && (t.Name == "crossings" || t.Name == "bends" || t.Name == "labels"):
		return "1 " + t.Unit[:len(t.Unit)-1]
	}
	return fmt.Sprintf("%d %s", t.Count, t.Unit)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// place returns a point in millimetres, to a hundredth.
func place(p geom.Point) string { return hundredths(p.X) + ", " + hundredths(p.Y) }

func hundredths(nm int64) string {
	v, sign := (abs(nm)+5000)/10_000, ""
	if nm < 0 && v > 0 {
		sign = "-"
	}
	return fmt.Sprintf("%s%d.%02d", sign, v/100, v%100)
}

// A printer keeps the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// WriteJSON writes the report as JSON: total; and for each sheet its name,
// parts, total, soft, clean, the terms with name, count, of, unit, quality and
// weight, and the faults with kind, message, x and y in micrometres. Keys are
// in this order, and lists are never null.
func (r *Report) WriteJSON(w io.Writer) error {
	type jsonTerm struct {
		Name    string `json:"name"`
		Count   int64  `json:"count"`
		Of      int64  `json:"of,omitempty"`
		Unit    string `json:"unit"`
		Quality int    `json:"quality"`
		Weight  int    `json:"weight"`
	}
	type jsonFault struct {
		Kind    string `json:"kind"`
		Message string `json:"message"`
		X       int64  `json:"x"`
		Y       int64  `json:"y"`
	}
	type jsonSheet struct {
		Sheet  string      `json:"sheet"`
		Parts  int         `json:"parts"`
		Total  int         `json:"total"`
		Soft   int         `json:"soft"`
		Clean  int         `json:"clean"`
		Terms  []jsonTerm  `json:"terms"`
		Faults []jsonFault `json:"faults"`
	}
	out := struct {
		Total  int         `json:"total"`
		Sheets []jsonSheet `json:"sheets"`
	}{r.Total, []jsonSheet{}}
	for _, s := range r.Sheets {
		j := jsonSheet{s.Sheet, s.Parts, s.Total, s.Soft, s.Clean, []jsonTerm{}, []jsonFault{}}
		for _, t := range s.Terms {
			j.Terms = append(j.Terms, jsonTerm(t))
		}
		for _, f := range s.Faults {
			j.Faults = append(j.Faults, jsonFault{f.Kind, f.Message, f.At.X / 1000, f.At.Y / 1000})
		}
		out.Sheets = append(out.Sheets, j)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
