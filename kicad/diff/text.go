package diff

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A line is a change in words.
type line struct {
	section string
	mark    byte // + - ~
	subject string
	detail  string
}

// Text returns the changes in words, each on its line: "R3: value 10k → 4k7",
// "net VCC: + C7.1". It is empty where nothing changed.
func Text(c *Changes) string {
	var b strings.Builder
	for _, l := range c.lines() {
		fmt.Fprintf(&b, "%s: %s\n", l.subject, l.detail)
	}
	return b.String()
}

const (
	bold   = "\x1b[1m"
	green  = "\x1b[32m"
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	dim    = "\x1b[2m"
	reset  = "\x1b[0m"
)

// widest is up to where what changed is aligned.
const widest = 32

// Print writes the changes for people: under headings, aligned, and in colours
// if so wanted. It writes nothing but notes where nothing changed.
func Print(w io.Writer, c *Changes, colored bool) error {
	paint := func(code, s string) string {
		if !colored || s == "" {
			return s
		}
		return code + s + reset
	}
	var b strings.Builder
	lines := c.lines()
	if len(lines) > 0 {
		fmt.Fprintf(&b, "%s\n%s\n", paint(bold, "--- "+oneLine(c.Old)), paint(bold, "+++ "+oneLine(c.New)))
	}
	for i := 0; i < len(lines); {
		j, width := i, 0
		for ; j < len(lines) && lines[j].section == lines[i].section; j++ {
			if n := utf8.RuneCountInString(strings.TrimPrefix(lines[j].subject, "net ")); n <= widest {
				width = max(width, n)
			}
		}
		fmt.Fprintf(&b, "%s\n", paint(bold, lines[i].section))
		last := ""
		for _, l := range lines[i:j] {
			code := map[byte]string{'+': green, '-': red, '~': yellow}[l.mark]
			mark, subject := string(l.mark), strings.TrimPrefix(l.subject, "net ")
			if subject == last {
				mark, subject = " ", ""
			} else {
				last = subject
			}
			pad := strings.Repeat(" ", max(0, width-utf8.RuneCountInString(subject)))
			fmt.Fprintf(&b, "  %s %s%s  %s\n", paint(code, mark), paint(code, subject), pad, l.detail)
		}
		i = j
	}
	for _, n := range c.Notes {
		fmt.Fprintf(&b, "%s\n", paint(dim, "note: "+oneLine(n)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// lines puts the changes into words.
func (c *Changes) lines() []line {
	var list []line
	add := func(section string, mark byte, subject, format string, args ...any) {
		list = append(list, line{section, mark, oneLine(subject), oneLine(fmt.Sprintf(format, args...))})
	}
	for _, t := range c.TitleBlocks {
		for _, v := range t.Values {
			add("title block", '~', t.File, "%s", v)
		}
	}
	for _, s := range c.Sheets {
		switch s.Kind {
		case Added:
			add("sheets", '+', "sheet "+s.Path, "added (%s)", s.File)
		case Removed:
			add("sheets", '-', "sheet "+s.Path, "removed (%s)", s.File)
		}
		for _, v := range s.Values {
			add("sheets", '~', "sheet "+s.Path, "%s", v)
		}
	}
	for _, p := range c.Parts {
		switch p.Kind {
		case Added:
			add("parts", '+', p.Ref, "added (%s)", p.about())
		case Removed:
			add("parts", '-', p.Ref, "removed (%s)", p.about())
		}
		for _, v := range p.Values {
			add("parts", '~', p.Ref, "%s", v)
		}
	}
	for _, n := range c.Nets {
		mark := map[Kind]byte{Added: '+', Removed: '-', Changed: '~'}[n.Kind]
		add("nets", mark, "net "+n.Name, "%s", n.about())
	}
	for _, p := range c.Pins {
		if p.What == "no-connect" {
			add("pins", '~', p.Pin.String(), "no-connect flag %s", map[bool]string{true: "added", false: "removed"}[*p.New == "yes"])
		} else {
			add("pins", '~', p.Pin.String(), "%s", p.Value)
		}
	}
	for _, s := range c.Symbols {
		what := "drawing or fields of the library copy changed"
		if s.Pins {
			what = "pins of the library copy changed"
		}
		add("symbols", '~', s.Symbol, "%s", what)
	}
	for _, d := range c.Drawings {
		for _, s := range d.summary() {
			add("drawing", '~', d.File, "%s", s)
		}
	}
	return list
}

// String returns the change in words: value 10k → 4k7.
func (v Value) String() string {
	return fmt.Sprintf("%s %s → %s", v.What, shown(v.Old), shown(v.New))
}

// shown returns a text as messages have it: as it is if that can be read.
func shown(s *string) string {
	switch {
	case s == nil:
		return "(none)"
	case *s == "" || strings.TrimSpace(*s) != *s || strings.Contains(*s, "→"):
		return fmt.Sprintf("%q", *s)
	}
	return *s
}

// oneLine keeps control characters of a file off a terminal.
func oneLine(s string) string {
	if !strings.ContainsFunc(s, control) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if control(r) {
			return ' '
		}
		return r
	}, s)
}

func control(r rune) bool { return r < ' ' || 0x7f <= r && r < 0xa0 }

func (p PartChange) about() string {
	var words []string
	for _, w := range []string{p.Value, p.Symbol, p.Footprint} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(append(words, "sheet "+p.Sheet), ", ")
}

func (n NetChange) about() string {
	var words []string
	switch {
	case n.Kind != Changed:
		words = append(words, string(n.Kind))
	case n.OldName != "":
		words = append(words, "was "+n.OldName)
	}
	if n.Class != n.OldClass {
		words = append(words, fmt.Sprintf("class %s → %s", n.OldClass, n.Class))
	}
	if len(n.Gained) > 0 {
		words = append(words, "+ "+pinList(n.Gained))
	}
	if len(n.Lost) > 0 {
		words = append(words, "- "+pinList(n.Lost))
	}
	return strings.Join(words, ", ")
}

// mostNames is how many pins or items are listed by name.
const mostNames = 12

func pinList(pins []Pin) string {
	var words []string
	for _, p := range pins {
		words = append(words, p.String())
	}
	return names(words)
}

func names(words []string) string {
	if n := len(words); n > mostNames {
		return strings.Join(words[:mostNames], " ") + fmt.Sprintf(" and %d more", n-mostNames)
	}
	return strings.Join(words, " ")
}

// summary returns a line for each kind of item and change: those with a short
// name by name, others counted.
func (d DrawingChange) summary() []string {
	var list []string
	for i := 0; i < len(d.Items); {
		first := d.Items[i]
		j := i
		for ; j < len(d.Items) && d.Items[j].Item == first.Item && d.Items[j].Change == first.Change; j++ {
		}
		group := d.Items[i:j]
		i = j
		if first.Item == "paper" {
			list = append(list, fmt.Sprintf("paper %s → %s", first.Old, first.New))
			continue
		}
		total := 0
		var words []string
		for _, it := range group {
			total += it.Count
			switch {
			case it.Change == "changed" && it.Old != it.New:
				words = append(words, fmt.Sprintf("%s: %s → %s;", short(it.Name), short(it.Old), short(it.New)))
			case it.Name != "":
				words = append(words, short(it.Name))
			}
		}
		text := fmt.Sprintf("%s %s", counted(total, first.Item), first.Change)
		if len(words) > 0 {
			text += ": " + strings.TrimSuffix(names(words), ";")
		}
		list = append(list, text)
	}
	return list
}

func short(s string) string {
	const most = 24
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	if strings.ContainsAny(s, " \n\t") {
		return fmt.Sprintf("%q", s)
	}
	return s
}

func counted(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "s"), strings.HasSuffix(noun, "x"):
		return fmt.Sprintf("%d %ses", n, noun)
	case strings.HasSuffix(noun, "y"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(noun, "y"))
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
