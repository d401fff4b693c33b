// Package preview serves a page that shows what a script draws, and draws it
// anew whenever a file of the script changes.
//
// A [Server] runs the script with [Server.Update], and is the handler of the
// page: pictures of the sheets, their scores, faults and findings of the
// electrical rules, each with its line in the script. Where a run fails the
// page shows why, and the last pictures stay. [Server.Watch] calls Update. The
// page needs no network but the loopback interface, and loads nothing from
// elsewhere; nothing is written.
package preview

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"

	_ "embed"

	"starboard/builtins"
	"starboard/engine"
	"starboard/kicad/connect"
	"starboard/kicad/erc"
	"starboard/kicad/score"
	"starboard/kicad/svg"
)

// A Server shows one script. The zero value with a Script is ready to use.
type Server struct {
	Script  string
	Options engine.Options // Check is set: a preview writes nothing

	mu      sync.Mutex
	state   State
	drawn   []drawn
	waiting map[chan int]bool
}

// A State is what the page shows.
type State struct {
	Generation int     `json:"generation"` // counts the updates
	Script     string  `json:"script"`
	Error      string  `json:"error"`    // of the last run, "" if it went well
	Pictures   int     `json:"pictures"` // the generation that the sheets are of
	Sheets     []Sheet `json:"sheets"`
}

// A Sheet is one picture with what is to be said about it.
type Sheet struct {
	Circuit  string    `json:"circuit"`
	Name     string    `json:"name"`
	Total    int       `json:"total"`
	Terms    []Term    `json:"terms"`
	Faults   []Finding `json:"faults"`
	Findings []Finding `json:"findings"`
}

// A Term is a line of the score.
type Term struct {
	Name    string `json:"name"`
	Quality int    `json:"quality"`
	Weight  int    `json:"weight"`
	Figure  string `json:"figure"`
}

// A Finding is a fault of the drawing, or what breaks an electrical rule.
type Finding struct {
	Kind     string `json:"kind"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Pos      string `json:"pos"` // in the script, or on the sheet
}

// drawn is a sheet as it can be drawn.
type drawn struct {
	schematic *connect.Schematic
	sheet     *connect.Sheet
	score     *score.Score
}

// Update runs the script and tells every page that is open. It returns why the
// run failed, nil if it did not.
func (s *Server) Update(ctx context.Context) error {
	sheets, pictures, err := s.run(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Generation++
	s.state.Script = s.Script
	s.state.Error = ""
	if err != nil {
		s.state.Error = err.Error()
	} else {
		s.state.Sheets, s.drawn, s.state.Pictures = sheets, pictures, s.state.Generation
	}
	for c := range s.waiting {
		select {
		case c <- s.state.Generation:
		default: // it has one to fetch already
		}
	}
	return err
}

// run runs the script and looks at what it draws.
func (s *Server) run(ctx context.Context) ([]Sheet, []drawn, error) {
	o := s.Options
	o.Check = true
	r, err := engine.Run(ctx, s.Script, o)
	var differs *engine.DifferenceError
	if err != nil && !errors.As(err, &differs) {
		return nil, nil, err
	}
	var sheets []Sheet
	var pictures []drawn
	for _, c := range r.Circuits {
		sch, err := builtins.ReadTree(c.Tree)
		if err != nil {
			return nil, nil, err
		}
		report, err := score.Schematic(sch)
		if err != nil {
			return nil, nil, err
		}
		rules, err := erc.Check(sch, erc.Options{})
		if err != nil {
			return nil, nil, err
		}
		for _, sc := range report.Sheets {
			sheet := Sheet{Circuit: c.Name, Name: sc.Sheet, Total: sc.Total, Terms: []Term{}, Faults: []Finding{}, Findings: []Finding{}}
			for i := range sc.Terms {
				if t := &sc.Terms[i]; t.Weight > 0 {
					sheet.Terms = append(sheet.Terms, Term{t.Name, t.Quality, t.Weight, t.Figure()})
				}
			}
			for _, f := range sc.Faults {
				sheet.Faults = append(sheet.Faults, Finding{f.Kind, "fault", f.Message, fmt.Sprintf("at %s mm", f.At)})
			}
			for i := range rules.Findings {
				if f := &rules.Findings[i]; f.Sheet == sc.Sheet {
					sheet.Findings = append(sheet.Findings, Finding{f.Key, string(f.Severity), f.Message, builtins.Origin(c.Model, f)})
				}
			}
			for _, sh := range sch.Sheets {
				if sh.Name == sc.Sheet {
					pictures = append(pictures, drawn{sch, sh, sc})
				}
			}
			sheets = append(sheets, sheet)
		}
	}
	return sheets, pictures, nil
}

//go:embed page.html
var page []byte

//go:embed page.css
var style []byte

//go:embed page.js
var program []byte

// ServeHTTP serves the page, what it shows, and the news that it has changed.
// It answers nobody who came by another name than that of this machine's
// loopback interface, as a page from elsewhere would.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !loopback(r.Host) {
		http.Error(w, "this page is for this machine only", http.StatusForbidden)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	text := func(kind string, content []byte) {
		h.Set("Content-Type", kind+"; charset=utf-8")
		w.Write(content) // who has gone gets nothing
	}
	if r.Method != http.MethodGet {
		http.Error(w, "want GET", http.StatusMethodNotAllowed)
		return
	}
	switch r.URL.Path {
	case "/":
		text("text/html", page)
	case "/page.css":
		text("text/css", style)
	case "/page.js":
		text("text/javascript", program)
	case "/state":
		s.mu.Lock()
		content, err := json.Marshal(s.state)
		s.mu.Unlock()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		text("application/json", content)
	case "/sheet":
		s.mu.Lock()
		i, err := strconv.Atoi(r.URL.Query().Get("n"))
		ok := err == nil && i >= 0 && i < len(s.drawn)
		var d drawn
		if ok {
			d = s.drawn[i]
		}
		s.mu.Unlock()
		if !ok {
			http.NotFound(w, r)
			return
		}
		text("image/svg+xml", score.Picture(d.schematic, d.sheet, d.score, svg.Options{Dark: r.URL.Query().Has("dark")}).SVG())
	case "/events":
		s.events(w, r)
	default:
		http.NotFound(w, r)
	}
}

// loopback reports whether a host is a name of the loopback interface.
func loopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	if name == "localhost" {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}

// events sends the number of each update, the present one first, until the
// page is closed.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	flush, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "events cannot be sent", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	c := make(chan int, 1)
	s.mu.Lock()
	if s.waiting == nil {
		s.waiting = map[chan int]bool{}
	}
	s.waiting[c] = true
	c <- s.state.Generation
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.waiting, c)
		s.mu.Unlock()
	}()
	for {
		select {
		case <-r.Context().Done():
			return
		case n := <-c:
			if _, err := fmt.Fprintf(w, "data: %d\n\n", n); err != nil {
				return
			}
			flush.Flush()
		}
	}
}
