package repro

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// maxGroups is how many groups of a finding the text shows.
const maxGroups = 8

// WriteText tells people what was found, short and exact.
func (r *Report) WriteText(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintln(&b, r.headline())
	if r.Verdict == RunFailed {
		r.writeFailed(&b)
		_, err := w.Write(b.Bytes())
		return err
	}
	r.writeFindings(&b)
	if len(r.Masked) > 0 {
		fmt.Fprintln(&b, "\nset aside by --mask, and different all the same:")
		for _, g := range r.Masked {
			fmt.Fprintf(&b, "  %s\n", g.Title)
		}
	}
	r.writeAgainst(&b)
	r.writeCompared(&b)
	r.writeTimes(&b)
	_, err := w.Write(b.Bytes())
	return err
}

// WriteFindings tells what differs and why, or how a run failed, and no more.
func (r *Report) WriteFindings(w io.Writer) error {
	var b bytes.Buffer
	r.writeFailed(&b)
	r.writeFindings(&b)
	_, err := w.Write(bytes.TrimLeft(b.Bytes(), "\n"))
	return err
}

func (r *Report) writeFailed(b *bytes.Buffer) {
	if r.Verdict != RunFailed {
		return
	}
	for _, x := range r.Runs {
		if x.Failed {
			fmt.Fprintf(b, "  run %d: exit status %d\n%s", x.N, x.Status, indent(x.Output, "    "))
		}
	}
}

func (r *Report) writeFindings(b *bytes.Buffer) {
	for _, f := range r.Findings {
		fmt.Fprintf(b, "\n%s\n", f.Words)
		writeGroups(b, f.Groups)
	}
}

func (r *Report) headline() string {
	what := r.Generator.Script
	if what == "" {
		what = strings.Join(r.Generator.Command, " ")
	}
	took := time.Duration(r.WallMS * float64(time.Millisecond)).Round(10 * time.Millisecond)
	end := fmt.Sprintf("%s in %s", counted(len(r.Runs), "run"), took)
	switch r.Verdict {
	case Reproducible:
		return fmt.Sprintf("%s: reproducible: %s, the same bytes in %s", what, counted(len(r.Files), "file"), end)
	case Masked:
		return fmt.Sprintf("%s: the same but for what was masked: %s, %s", what, counted(len(r.Files), "file"), end)
	case RunFailed:
		return fmt.Sprintf("%s: a run failed; nothing can be said of its files", what)
	}
	return fmt.Sprintf("%s: differs (%s)", what, end)
}

func writeGroups(b *bytes.Buffer, groups []Group) {
	for i, g := range groups {
		if i == maxGroups {
			fmt.Fprintf(b, "  and %s more of differences\n", counted(len(groups)-i, "group"))
			break
		}
		fmt.Fprintf(b, "  %s\n", g.Title)
		if g.Note != "" {
			fmt.Fprintf(b, "    %s\n", g.Note)
		}
		if d := g.Example; d.Path == statusPath && d.File == "" {
			b.WriteString(indent(d.Detail, "    "))
		} else {
			fmt.Fprintf(b, "    for example %s\n      %s\n      %s\n", d.where(), orNothing(d.A), orNothing(d.B))
		}
		if g.Fix != "" {
			fmt.Fprintf(b, "    to fix it: %s\n", g.Fix)
		}
	}
}

// where says where a difference is.
func (d Difference) where() string {
	s := d.File
	switch {
	case d.Line > 0:
		s += fmt.Sprintf(":%d:%d", d.Line, d.Col)
	case d.Offset > 0:
		s += fmt.Sprintf(" at byte %d", d.Offset)
	}
	if d.Path != "" {
		s += ", " + d.Path
	}
	return s
}

func orNothing(s string) string {
	if s == "" {
		return "(nothing)"
	}
	return strings.ReplaceAll(s, "\n", "\\n")
}

func (r *Report) writeAgainst(b *bytes.Buffer) {
	a := r.Against
	switch {
	case a == nil:
		return
	case a.Same:
		fmt.Fprintf(b, "\nall files are as %s has them\n", a.File)
		return
	}
	fmt.Fprintf(b, "\nnot as %s has it:\n", a.File)
	for _, l := range []struct {
		word  string
		files []string
	}{{"differs", a.Differ}, {"was not made", a.Missing}, {"is not listed", a.Extra}} {
		for _, f := range l.files {
			fmt.Fprintf(b, "  %s %s\n", f, l.word)
		}
	}
	writeGroups(b, a.Groups)
}

func (r *Report) writeCompared(b *bytes.Buffer) {
	c := r.Compared
	if c == nil {
		return
	}
	fmt.Fprintf(b, "\nsince %s:\n", c.File)
	if len(c.Files) == 0 {
		fmt.Fprintln(b, "  the files are the same")
	} else {
		fmt.Fprintf(b, "  %s changed: %s\n", counted(len(c.Files), "file"), strings.Join(c.Files, ", "))
	}
	if c.Refused != "" {
		fmt.Fprintf(b, "  times are not compared: %s\n", c.Refused)
	}
	for _, t := range c.Times {
		fmt.Fprintf(b, "  %-16s %10s, was %10s: %s (ratio %.2f, %.2f to %.2f; p = %.2g)\n", t.Name, amount(t.Now, t.Unit), amount(t.Then, t.Unit), t.Verdict, t.Ratio, t.Low, t.High, t.P)
	}
}

func (r *Report) writeTimes(b *bytes.Buffer) {
	if len(r.Spread) > 0 {
		fmt.Fprintf(b, "\n%-20s %10s  %10s\n", "", "cold", "median")
	}
	for _, s := range r.Spread {
		sure := "least to most"
		if s.Sure {
			sure = "95%"
		}
		fmt.Fprintf(b, "%-20s %10s  %10s  %s to %s (%s)\n", s.Name, amount(s.Cold, s.Unit), amount(s.Median, s.Unit), amount(s.Low, s.Unit), amount(s.High, s.Unit), sure)
	}
	var not, names []string
	for _, c := range r.Conditions {
		if !c.Applied {
			not = append(not, fmt.Sprintf("not applied: %s: %s\n", c.Name, c.How))
			continue
		}
		name := c.Name
		if strings.Contains(c.How, " only") {
			name += " (" + c.How + ")"
		}
		names = append(names, name)
	}
	if len(names) > 0 {
		fmt.Fprintf(b, "\nconditions: %s\n", strings.Join(names, ", "))
	}
	b.WriteString(strings.Join(not, ""))
	for _, n := range r.Notes {
		fmt.Fprintf(b, "note: %s\n", n)
	}
}

// amount returns a time or a size in words.
func amount(v float64, unit string) string {
	switch {
	case unit == "bytes" && v == 0:
		return "unknown"
	case unit == "bytes":
		return humanize.IBytes(uint64(v))
	case v >= 1000:
		return fmt.Sprintf("%.2f s", v/1000)
	}
	return fmt.Sprintf("%.2f ms", v)
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return humanize.Comma(int64(n)) + " " + noun + "s"
}

func indent(text, by string) string {
	if text == "" {
		return ""
	}
	return by + strings.ReplaceAll(text, "\n", "\n"+by) + "\n"
}
