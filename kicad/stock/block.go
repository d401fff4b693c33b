package stock

import (
	"fmt"
	"strings"
)

// A block is the part of a table from one symbol or body line up to the next.
type block struct {
	file       string
	table      string
	start, end int // in table
}

// findBlock returns the place of the block that begins with the line
// "kind name", and whether there is one. It reads no other block.
func findBlock(text, kind, name string) (start int, ok bool) {
	head := kind + " " + name
	for from := 0; ; {
		i := strings.Index(text[from:], head)
		if i < 0 {
			return 0, false
		}
		i += from
		from = i + len(head)
		if i > 0 && text[i-1] != '\n' {
			continue
		}
		if from == len(text) || text[from] == ' ' || text[from] == '\n' {
			return i, true
		}
	}
}

// findBlockFrom is findBlock that looks from a place on first.
func findBlockFrom(text, kind, name string, from int) (start int, ok bool) {
	if start, ok := findBlock(text[from:], kind, name); ok {
		return from + start, true
	}
	return findBlock(text, kind, name)
}

// blockAt returns the block that begins at start.
func blockAt(file, table, kind string, start int) *block {
	b := &block{file: file, table: table, start: start, end: len(table)}
	if i := strings.Index(table[start:], "\n"+kind+" "); i >= 0 {
		b.end = start + i + 1
	}
	return b
}

// errorf returns an error at the first line of the block.
func (b *block) errorf(format string, args ...any) error {
	r := row{block: b}
	return r.errorf(format, args...)
}

// blockNames returns the names of all blocks in their order.
func blockNames(text, kind string) []string {
	var names []string
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, kind+" "); ok {
			name, _, _ := strings.Cut(strings.TrimRight(rest, "\n"), " ")
			names = append(names, name)
		}
	}
	return names
}

// A row is one line of a table, split into words.
type row struct {
	block *block
	line  int // of the block, from 0
	words []string
}

// errorf returns an error at the row. Lines are counted only here, for a
// table is read from the start for no other reason.
func (r *row) errorf(format string, args ...any) error {
	line := 1 + strings.Count(r.block.table[:r.block.start], "\n") + r.line
	return fmt.Errorf("%s:%d: %s", r.block.file, line, fmt.Sprintf(format, args...))
}

// rows calls f with each row of the block that says something, its first one
// included. The words are valid during the call only.
func (b *block) rows(f func(r *row) error) error {
	r := row{block: b, line: -1, words: make([]string, 0, 16)}
	for rest := b.table[b.start:b.end]; rest != ""; {
		r.line++
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if err := r.split(line); err != nil {
			return err
		}
		if len(r.words) == 0 {
			continue
		}
		if err := f(&r); err != nil {
			return err
		}
	}
	return nil
}

// split sets the words of the row.
func (r *row) split(line string) error {
	r.words = r.words[:0]
	for i := 0; i < len(line); {
		switch line[i] {
		case ' ':
			i++
		case '"':
			n := strings.IndexByte(line[i+1:], '"')
			if n < 0 {
				return r.errorf("a word that begins with a quote has none at its end")
			}
			r.words = append(r.words, line[i+1:i+1+n])
			if i += n + 2; i < len(line) && line[i] != ' ' {
				return r.errorf("got %q after a closing quote, want a blank", line[i])
			}
		default:
			from, odd := i, false
			for ; i < len(line) && line[i] != ' '; i++ {
				odd = odd || line[i] == '"' || line[i] == '\t'
			}
			if odd {
				return r.errorf("got a quote or tab inside a word: %s", line[from:i])
			}
			r.words = append(r.words, line[from:i])
		}
	}
	return nil
}

// args are the words of a row that have not been used yet.
type args struct {
	r     *row
	words []string
}

func (r *row) args() args { return args{r, r.words[1:]} }

// next returns the next word; what says what it should be.
func (a *args) next(what string) (string, error) {
	if len(a.words) == 0 {
		return "", a.r.errorf("%s: the line ends, want %s", a.r.words[0], what)
	}
	w := a.words[0]
	a.words = a.words[1:]
	return w, nil
}

// accept uses the next word if it is w.
func (a *args) accept(w string) bool {
	if len(a.words) == 0 || a.words[0] != w {
		return false
	}
	a.words = a.words[1:]
	return true
}

// int reads a whole number.
func (a *args) int(what string) (int64, error) {
	w, err := a.next(what)
	if err != nil {
		return 0, err
	}
	v, ok := atoi(w)
	if !ok {
		return 0, a.r.errorf("%s: got %q, want %s", a.r.words[0], w, what)
	}
	return v, nil
}

// ints reads whole numbers into all of dst.
func (a *args) ints(what string, dst ...*int64) (err error) {
	for _, p := range dst {
		if *p, err = a.int(what); err != nil {
			return err
		}
	}
	return nil
}

// done reports words that are left over.
func (a *args) done() error {
	if len(a.words) > 0 {
		return a.r.errorf("%s: got %q, want the end of the line", a.r.words[0], a.words[0])
	}
	return nil
}

// atoi reads a number of at most six digits in its only spelling.
func atoi(s string) (v int64, ok bool) {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || len(digits) > 6 || digits[0] == '0' && s != "0" {
		return 0, false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, false
		}
		v = v*10 + int64(digits[i]-'0')
	}
	if len(digits) < len(s) {
		v = -v
	}
	return v, true
}
