package engine_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"starboard/engine"
)

const reported = `
def main(value = "1k", wrong = "", alone = False):
    if wrong:
        fail(wrong)
    if alone:
        return nothing()
    c = circuit("r")
    a = c.net("A")
    timing.section("first", lambda: c.part("Device:R", value = value, pins = {1: a, 2: NC}))
    timing.section("<second>", lambda: c.part("Device:R", value = value, pins = {1: a}))
    return c

def nothing():
    return None
`

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(engine.ReportSchema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestReport(t *testing.T) {
	t.Setenv("KICAD9_SYMBOL_DIR", t.TempDir())
	s := schema(t)
	for _, tt := range []struct {
		name     string
		src      string
		o        engine.Options
		status   string
		errors   []engine.ReportError // positions relative to the script
		warnings int
		circuits int
		sections []string
		html     []string
	}{
		{name: "done", src: reported, status: "done", warnings: 1, circuits: 1, sections: []string{"first", "<second>"}, html: []string{"r.kicad_sch", "&lt;second&gt;"}},
		{
			name: "failed", src: reported, o: engine.Options{Args: []string{"wrong=<script>alert(1)</script>"}}, status: "failed",
			errors: []engine.ReportError{{":4:13", "fail: <script>alert(1)</script>", []string{":4:13: in main"}}}, html: []string{"&lt;script&gt;alert(1)&lt;/script&gt;"},
		},
		{
			name: "nothing returned", src: reported, o: engine.Options{Args: []string{"alone=yes"}}, status: "failed",
			errors: []engine.ReportError{{":2:1", "main returned nothing, want a circuit: does it end in return c?", []string{}}},
		},
		{
			name: "two names", src: "def main():\n    a\n    b\n", status: "failed",
			errors: []engine.ReportError{{":2:5", "undefined: a", []string{}}, {":3:5", "undefined: b", []string{}}},
		},
		{
			name: "wrong argument", src: reported, o: engine.Options{Args: []string{"x"}}, status: "failed",
			errors: []engine.ReportError{{"", `got argument "x", want name=value`, []string{}}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := script(t, tt.src)
			dir := filepath.Dir(file)
			o := tt.o
			o.Out = filepath.Join(dir, "out")
			clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
			o.Now = func() time.Time { clock = clock.Add(1500 * time.Microsecond); return clock }
			result, err := engine.Run(t.Context(), file, o)
			p := engine.NewReport(result, o, err, "v1")

			text, err := p.JSON()
			if err != nil {
				t.Fatal(err)
			}
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(doc); err != nil {
				t.Errorf("the report does not follow its schema: %v\n%s", err, text)
			}
			if p.Status != tt.status || len(p.Warnings) != tt.warnings || len(p.Circuits) != tt.circuits {
				t.Errorf("got %s, warnings %q, %d circuits; want %s, %d, %d", p.Status, p.Warnings, len(p.Circuits), tt.status, tt.warnings, tt.circuits)
			}
			for i := range p.Errors {
				p.Errors[i].Position = strings.TrimPrefix(p.Errors[i].Position, file)
				for j := range p.Errors[i].Trace {
					p.Errors[i].Trace[j] = strings.TrimPrefix(p.Errors[i].Trace[j], file)
				}
			}
			if diff := cmp.Diff(append([]engine.ReportError{}, tt.errors...), p.Errors); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			var sections []string
			for _, s := range p.Sections {
				sections = append(sections, s.Name)
				if s.WallMS != 1.5 {
					t.Errorf("section %s took %v ms by the clock, want 1.5", s.Name, s.WallMS)
				}
			}
			if diff := cmp.Diff(tt.sections, sections); diff != "" {
				t.Errorf("sections (-want +got):\n%s", diff)
			}
			if p.Started != "2026-01-02T03:04:05Z" || p.WallMS < 1.5 {
				t.Errorf("started %s, took %v ms", p.Started, p.WallMS)
			}
			checkFiles(t, p)
			checkPage(t, p, tt.html)
		})
	}
}

// checkFiles compares what a report says of files with the files.
func checkFiles(t *testing.T, p *engine.Report) {
	t.Helper()
	for _, c := range p.Circuits {
		sums, err := os.ReadFile(filepath.Join(c.Dir, "SHA256SUMS"))
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for _, f := range c.Files {
			info, err := os.Stat(filepath.Join(c.Dir, f.Name))
			if err != nil || info.Size() != int64(f.Bytes) {
				t.Errorf("%s: %d bytes in the report, %v on disk, %v", f.Name, f.Bytes, info, err)
			}
			if f.Name != "SHA256SUMS" && !strings.Contains(string(sums), f.SHA256+"  "+f.Name+"\n") {
				t.Errorf("%s: SHA256SUMS does not have %s", f.Name, f.SHA256)
			}
			total += f.Bytes
		}
		if total != c.Bytes || total == 0 {
			t.Errorf("%d bytes in all, the report says %d", total, c.Bytes)
		}
	}
}

// checkPage makes sure that the page is well-formed, shows what it should, and
// asks for nothing.
func checkPage(t *testing.T, p *engine.Report, want []string) {
	t.Helper()
	page, err := p.HTML()
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("the page does not have %s", w)
		}
	}
	for _, bad := range []string{"<script", "src=", "href=", "http:", "https:", "@import", "url("} {
		if strings.Contains(text, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
}

func TestReportOfInterruption(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	file := script(t, "def main():\n    print(1)\n    for i in range(1 << 40): pass\n")
	result, err := engine.Run(ctx, file, engine.Options{MaxSteps: 1 << 60, Print: func(string, string) { cancel() }})
	if p := engine.NewReport(result, engine.Options{}, err, "v1"); p.Status != "interrupted" {
		t.Errorf("got status %s, want interrupted", p.Status)
	}
}

func TestReportNames(t *testing.T) {
	for _, name := range []string{"a.json", "b/c.html"} {
		if err := engine.CheckReportName(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"a", "a.pdf", "json", "a.JSON"} {
		if err := engine.CheckReportName(name); !errors.As(err, new(*engine.ArgumentError)) {
			t.Errorf("%s: got %v, want an ArgumentError", name, err)
		}
	}
}
