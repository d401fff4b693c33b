package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"starboard/engine/suite"
)

type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Failures  int         `xml:"failures,attr"`
		Errors    int         `xml:"errors,attr"`
		Skipped   int         `xml:"skipped,attr"`
		Time      string      `xml:"time,attr"`
		Timestamp string      `xml:"timestamp,attr"`
		Cases     []junitCase `xml:"testcase"`
	}
	junitCase struct {
		ClassName string        `xml:"classname,attr"`
		Name      string        `xml:"name,attr"`
		File      string        `xml:"file,attr"`
		Line      int           `xml:"line,attr"`
		Time      string        `xml:"time,attr"`
		Skipped   *junitMessage `xml:"skipped"`
		Error     *junitMessage `xml:"error"`
		Failure   *junitMessage `xml:"failure"`
		Output    string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes the report in the form that GitLab, Jenkins and others read. A
// check that failed is a failure, all else that ended a scenario an error;
// what is red for now counts as skipped.
func JUnit(w io.Writer, r *suite.Report) error {
	all := junitSuites{Name: "starboard", Time: seconds(r.WallNS)}
	for _, s := range r.Suites {
		js := junitSuite{Name: s.File, Timestamp: r.Started.Format("2006-01-02T15:04:05")}
		var wall int64
		for i := range s.Results {
			c, kind := junitOf(&s.Results[i])
			js.Tests++
			switch kind {
			case "failure":
				js.Failures++
			case "error":
				js.Errors++
			case "skipped":
				js.Skipped++
			}
			if !strings.Contains(s.Results[i].Name, "/") {
				wall += s.Results[i].WallNS // parts are in the time of their parent
			}
			js.Cases = append(js.Cases, c)
		}
		js.Time = seconds(wall)
		all.Tests += js.Tests
		all.Failures += js.Failures
		all.Errors += js.Errors
		all.Skipped += js.Skipped
		all.Suites = append(all.Suites, js)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// seconds writes a time as JUnit wants it.
func seconds(ns int64) string { return strconv.FormatFloat(float64(ns)/1e9, 'f', 6, 64) }

func junitOf(r *suite.Result) (c junitCase, kind string) {
	class := strings.TrimSuffix(r.File, ".star")
	c = junitCase{
		ClassName: xmlText(strings.ReplaceAll(strings.Trim(class, "/"), "/", ".")),
		Name:      xmlText(r.Name), File: xmlText(r.File), Line: r.Line, Time: seconds(r.WallNS),
	}
	var out strings.Builder
	t := &Text{W: &out}
	for _, l := range r.Logs {
		fmt.Fprintf(&out, "%s:%d: %s\n", l.File, l.Line, l.Text)
	}
	for _, s := range r.Sums {
		fmt.Fprintf(&out, "sha256 %s  %s\n", s.SHA256, s.Name)
	}
	c.Output = xmlText(out.String())
	switch r.Status {
	case suite.Skipped:
		c.Skipped, kind = &junitMessage{Message: xmlText(r.Why)}, "skipped"
	case suite.Red:
		c.Skipped, kind = &junitMessage{Message: xmlText("red for now: " + r.Why)}, "skipped"
	case suite.Surprise:
		c.Failure = &junitMessage{Message: xmlText("passes now, and t.red says that it must fail: " + r.Why), Type: "t.red"}
		kind = "failure"
	case suite.Failed:
		out.Reset()
		for i := range r.Failures {
			t.failure(&r.Failures[i])
		}
		f := r.Failures[0]
		m := &junitMessage{Message: xmlText(f.Msg), Type: f.Check, Text: xmlText(out.String())}
		if f.Check == "" {
			m.Type = "error"
			c.Error, kind = m, "error"
		} else {
			c.Failure, kind = m, "failure"
		}
	}
	return c, kind
}

// xmlText leaves out what XML cannot hold.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, r < 0x20 && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			return '\uFFFD'
		}
		return r
	}, s)
}
