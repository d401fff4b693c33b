package erc

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"starboard/kicad/connect"
)

// A lineFinder finds the places of items in their files. It counts the lines
// of a file but once.
type lineFinder map[*connect.Item]connect.Position

func (l lineFinder) pos(i *Item) connect.Position {
	if i.item == nil {
		return i.Pos()
	}
	p, ok := l[i.item]
	if !ok {
		p = i.item.Pos()
		l[i.item] = p
	}
	return p
}

// WriteText writes the report for people: the findings of each sheet, a line
// for each and one for each of its items, then what was set aside, switched
// off and not checked, and the sum in the last line.
func (r *Report) WriteText(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "Electrical rules check of %s\n", r.File)
	lines := lineFinder{}
	sheet := ""
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Sheet != sheet {
			sheet = f.Sheet
			fmt.Fprintf(b, "\nSheet %s\n", sheet)
		}
		writeFinding(b, f, string(f.Severity), lines)
	}
	if len(r.Excluded) > 0 {
		fmt.Fprint(b, "\nExcluded by the project\n")
		for i := range r.Excluded {
			writeFinding(b, &r.Excluded[i], "excluded", lines)
		}
	}
	if len(r.Ignored) > 0 {
		fmt.Fprintf(b, "\nSwitched off: %s\n", strings.Join(r.Ignored, ", "))
	}
	if len(r.NotChecked) > 0 {
		fmt.Fprint(b, "\nNot checked\n")
		for _, n := range r.NotChecked {
			fmt.Fprintf(b, "  %s: %s\n", n.Key, n.Reason)
		}
	}
	fmt.Fprintf(b, "\n%s, %s, %d excluded\n", count(r.Count(Error), "error"), count(r.Count(Warning), "warning"), len(r.Excluded))
	return b.Flush()
}

func writeFinding(b *bufio.Writer, f *Finding, severity string, lines lineFinder) {
	fmt.Fprintf(b, "  %s: %s [%s]\n", severity, f.Message, f.Key)
	for i := range f.Items {
		it := &f.Items[i]
		fmt.Fprintf(b, "      at %s mm, %s mm: %s", mm(it.At.X), mm(it.At.Y), it.Description)
		if it.Sheet != f.Sheet {
			fmt.Fprintf(b, " on sheet %s", it.Sheet)
		}
		if p := lines.pos(it); p.File != "" {
			fmt.Fprintf(b, " (%s:%d)", p.File, p.Line)
		}
		fmt.Fprintln(b)
	}
	if f.Comment != "" {
		fmt.Fprintf(b, "      because %s\n", f.Comment)
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Filter returns the report with the findings of the given severities only.
func (r *Report) Filter(severities ...Severity) *Report {
	keep := func(list []Finding) []Finding {
		var kept []Finding
		for _, f := range list {
			for _, s := range severities {
				if f.Severity == s {
					kept = append(kept, f)
				}
			}
		}
		return kept
	}
	c := *r
	c.Findings, c.Excluded = keep(r.Findings), keep(r.Excluded)
	return &c
}
