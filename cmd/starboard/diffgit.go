package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	textdiff "github.com/rogpeppe/go-internal/diff"

	"starboard/engine"
	"starboard/kicad/diff"
)

// A gitDiff is what git wants to see: one file in two versions.
type gitDiff struct {
	path          string // in the repository
	renamed       string // what it is now called, or ""
	before, after string // files with its content; the null device for none
}

var (
	gitHex  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([0-9a-f]{4,64}|\.)$`) })
	gitMode = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([0-7]{6}|\.)$`) })
)

// gitArguments reports whether the arguments are those that git gives to an
// external diff: path, old file, hex and mode, new file, hex and mode, and for
// a file that was renamed its new path and how similar it is. Of a file that is
// not merged git gives the path only.
func gitArguments(args []string) (*gitDiff, bool) {
	if len(args) == 1 && os.Getenv("GIT_DIFF_PATH_COUNTER") != "" {
		return &gitDiff{path: args[0]}, true
	}
	if len(args) != 7 && len(args) != 9 || !gitHex().MatchString(args[2]) || !gitMode().MatchString(args[3]) || !gitHex().MatchString(args[5]) || !gitMode().MatchString(args[6]) {
		return nil, false
	}
	g := &gitDiff{path: args[0], before: args[1], after: args[4]}
	if len(args) == 9 {
		g.renamed = args[7]
	}
	return g, true
}

// print shows the difference as part of git's output. Git stops at a program
// that fails, so what cannot be read is shown as text.
func (g *gitDiff) print(ctx context.Context, out io.Writer) error {
	if g.before == "" {
		_, err := fmt.Fprintf(out, "* unmerged path %s\n", g.path)
		return err
	}
	before, err := contentOf(g.before)
	if err != nil {
		return unreadableError{err}
	}
	after, err := contentOf(g.after)
	if err != nil {
		return unreadableError{err}
	}
	now := g.path
	if g.renamed != "" {
		now = g.renamed
	}
	colored := isTerminal(out) || pagerShowsColors()
	if diff.Reads(g.path) || diff.Reads(now) {
		c, err := diff.Texts(g.path, before, after)
		if err == nil {
			c.Old, c.New = g.path, now
			if c.Equal {
				c.Notes = append(c.Notes, fmt.Sprintf("%s: nothing changed but identities or the layout of the file", now))
			}
			return diff.Print(out, c, colored)
		}
		if _, err := fmt.Fprintf(out, "%s: shown as text: %v\n", now, err); err != nil {
			return err
		}
	}
	if !utf8.ValidString(before) || !utf8.ValidString(after) || strings.ContainsRune(before+after, 0) {
		_, err := fmt.Fprintf(out, "Binary files a/%s and b/%s differ\n", g.path, now)
		return err
	}
	if _, err := out.Write(textdiff.Diff("a/"+g.path, []byte(before), "b/"+now, []byte(after))); err != nil {
		return err
	}
	if engine.IsScript(now) && (mainFunction.MatchString(before) || mainFunction.MatchString(after)) {
		return g.printCircuits(ctx, now, before, after, colored, out)
	}
	return nil
}

// mainFunction matches where a script says what main is.
var mainFunction = regexp.MustCompile(`(?m)^(def[ \t]+main[ \t]*\(|main[ \t]*=)`)

// printCircuits shows what a change of a script means for its circuits. Git
// gives the old text as a file somewhere else, so both texts run as if each
// were the script in the working tree.
func (g *gitDiff) printCircuits(ctx context.Context, now, before, after string, colored bool, out io.Writer) error {
	designs := func(name, text string) ([]engine.Design, error) {
		if text == "" {
			return nil, nil
		}
		return engine.Designs(ctx, name, engine.Options{Source: []byte(text)})
	}
	list, err := func() ([]*diff.Changes, error) {
		old, err := designs(g.path, before)
		if err != nil {
			return nil, fmt.Errorf("before: %w", err)
		}
		is, err := designs(now, after)
		if err != nil {
			return nil, fmt.Errorf("after: %w", err)
		}
		return engine.Compare(old, is, "")
	}()
	if err != nil {
		_, err = fmt.Fprintf(out, "%s: shown as text only: %v\n", now, err)
		return err
	}
	for _, c := range list {
		if c.Equal {
			c.Notes = append(c.Notes, fmt.Sprintf("%s: the circuits are the same as before", now))
		}
		if err := diff.Print(out, c, colored); err != nil {
			return err
		}
	}
	return nil
}

// pagerShowsColors reports whether git sends what is printed to its pager, which
// stands for the terminal then.
func pagerShowsColors() bool {
	used := os.Getenv("GIT_PAGER_IN_USE")
	return (used == "true" || used == "1") && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

func contentOf(file string) (string, error) {
	if file == os.DevNull || file == "/dev/null" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	return string(text), err
}
