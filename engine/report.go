package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"starboard/builtins"
)

// A Report is what is told of a run, for machines as JSON and for people as a
// web page. Times are in it and nowhere else.
type Report struct {
	Format    string          `json:"format"` // ReportFormat
	Status    string          `json:"status"` // done, failed or interrupted
	Script    string          `json:"script"`
	Arguments []string        `json:"arguments"` // name=value
	Check     bool            `json:"check"`     // nothing was to be written
	Started   string          `json:"started"`   // RFC 3339, UTC
	WallMS    float64         `json:"wall_ms"`
	Steps     uint64          `json:"steps"` // of the interpreter
	Versions  ReportVersions  `json:"versions"`
	Errors    []ReportError   `json:"errors"`
	Warnings  []string        `json:"warnings"`
	Circuits  []ReportCircuit `json:"circuits"`
	Lock      string          `json:"lock"`
	Changed   []string        `json:"changed"` // files that were written, or that differ
	Removed   []string        `json:"removed"`
	Saved     []string        `json:"saved"` // copies of files that had been edited
	Phases    []ReportTime    `json:"phases"`
	Sections  []ReportTime    `json:"sections"` // of timing.section
	Guards    []ReportGuard   `json:"guards"`   // those that were called
}

// ReportFormat names the form of the JSON, which [ReportSchema] describes.
const ReportFormat = "starboard-run-1"

// ReportSchema is the JSON schema of a report.
//
//go:embed report.schema.json
var ReportSchema []byte

// ReportVersions say what made a report.
type ReportVersions struct {
	Starboard string `json:"starboard"`
	Go        string `json:"go"`
	System    string `json:"system"` // such as linux/amd64
}

// A ReportError is a mistake, and where it is.
type ReportError struct {
	Position string   `json:"position"` // file:line:col, a file, or ""
	Message  string   `json:"message"`
	Trace    []string `json:"trace"` // the calls that led there, the outermost first
}

// A ReportCircuit is a project of a run.
type ReportCircuit struct {
	Name   string       `json:"name"`
	Dir    string       `json:"dir"`
	SHA256 string       `json:"sha256"` // of the list of checksums
	Parts  int          `json:"parts"`
	Nets   int          `json:"nets"`
	Sheets int          `json:"sheets"`
	Bytes  int          `json:"bytes"` // of all files
	Files  []ReportFile `json:"files"`
}

// A ReportFile is a file of a project.
type ReportFile struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// A ReportTime is a phase or section of a run, and what it took.
type ReportTime struct {
	Name   string  `json:"name"`
	WallMS float64 `json:"wall_ms"`
	Steps  uint64  `json:"steps"`
}

// NewReport tells of a run. Err is what Run returned; version is the
// program's.
func NewReport(r *Result, o Options, err error, version string) *Report {
	p := &Report{
		Format: ReportFormat, Status: "done", Script: r.Script, Arguments: list(o.Args), Check: o.Check,
		Started: r.Started.UTC().Format(time.RFC3339), WallMS: milliseconds(r.Wall), Steps: r.Steps,
		Versions: ReportVersions{version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH},
		Errors:   []ReportError{}, Warnings: list(r.Warnings), Circuits: []ReportCircuit{}, Lock: r.Lock,
		Changed: list(r.Changed), Removed: list(r.Removed), Saved: list(r.Saved),
		Phases: reportTimes(r.Phases), Sections: reportTimes(r.Sections), Guards: reportGuards(r.Guards),
	}
	switch {
	case errors.Is(err, context.Canceled):
		p.Status = "interrupted"
	case err != nil:
		p.Status, p.Errors = "failed", reportErrors(err)
	}
	for _, c := range r.Circuits {
		p.Circuits = append(p.Circuits, reportCircuit(c))
	}
	return p
}

// list returns a list that is written as [] where it is empty.
func list(s []string) []string { return append([]string{}, s...) }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func reportTimes(sections []builtins.Section) []ReportTime {
	times := []ReportTime{}
	for _, s := range sections {
		times = append(times, ReportTime{s.Name, milliseconds(s.Wall), s.Steps})
	}
	return times
}

func reportErrors(err error) []ReportError {
	var (
		several ScriptErrors
		one     *ScriptError
		file    *FileError
	)
	switch {
	case errors.As(err, &several):
		var all []ReportError
		for _, e := range several {
			all = append(all, ReportError{e.Pos, e.Msg, list(e.Trace)})
		}
		return all
	case errors.As(err, &one):
		return []ReportError{{one.Pos, one.Msg, list(one.Trace)}}
	case errors.As(err, &file):
		return []ReportError{{file.File, file.Err.Error(), []string{}}}
	}
	return []ReportError{{"", err.Error(), []string{}}}
}

func reportCircuit(c Circuit) ReportCircuit {
	p := ReportCircuit{Name: c.Name, Dir: c.Dir, SHA256: c.Tree.Checksum(), Parts: c.Parts, Nets: c.Nets, Sheets: c.Sheets}
	for _, name := range c.Tree.Names() {
		text, _ := c.Tree.File(name)
		sum := sha256.Sum256(text)
		p.Files = append(p.Files, ReportFile{name, len(text), hex.EncodeToString(sum[:])})
		p.Bytes += len(text)
	}
	return p
}

// CheckReportName returns an *[ArgumentError] for a file that no report can be
// written to, going by its name.
func CheckReportName(file string) error {
	switch filepath.Ext(file) {
	case ".json", ".html":
		return nil
	}
	return &ArgumentError{fmt.Sprintf("--report: got %q, want a file that ends in .json or .html", file)}
}

// WriteReport writes a report to a file, in the form that its name says.
func WriteReport(file string, p *Report) error {
	if err := CheckReportName(file); err != nil {
		return err
	}
	text, err := p.JSON()
	if filepath.Ext(file) == ".html" {
		text, err = p.HTML()
	}
	if err != nil {
		return err
	}
	var t transaction
	defer t.rollback()
	if err := t.stage(file, text); err != nil {
		return err
	}
	_, err = t.commit()
	return err
}

// JSON returns the report as [ReportSchema] describes it.
func (p *Report) JSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(p)
	return b.Bytes(), err
}

//go:embed report.html
var reportPage string

// HTML returns the report as a page that is complete in itself.
func (p *Report) HTML() ([]byte, error) {
	t, err := template.New("report").Funcs(template.FuncMap{
		"bytes": func(n int) string { return humanize.Bytes(uint64(n)) },
		"comma": func(n uint64) string { return humanize.Comma(int64(n)) },
		"ms":    func(ms float64) string { return fmt.Sprintf("%.2f ms", ms) },
		"join":  func(s []string) string { return strings.Join(s, " ") },
	}).Parse(reportPage)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, p)
	return b.Bytes(), err
}
