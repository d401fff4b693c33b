package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	textdiff "github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"starboard/kicad/diff"
)

func newDiffCmd() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "diff [flags] OLD NEW",
		Short: "Tell what changed between two schematics, electrically and on paper",
		Long: `diff compares two schematics with their sheets, projects (their files or folders),
or netlists: parts, values, fields and nets first, then what is only drawn. A
part is the same as before if its symbol is, whatever its reference, and a net if
it joins mostly the same pins.

Git can call it for each file that changed:
  git config diff.kicad.command "starboard diff"
  echo "*.kicad_sch diff=kicad" >> .gitattributes
  GIT_EXTERNAL_DIFF="starboard diff" git diff

Then it compares the one file, without its sheets, which git shows by
themselves; what is neither schematic nor netlist it shows line by line.

--format json prints what changed as JSON, --format schema what that means.

Exit status: 0 equal; 1 different; 2 usage; 3 a file that cannot be read. Called
by git it is 0, for git takes any other for a failure.`,
		Example: `  starboard diff old/board.kicad_sch board.kicad_sch
  starboard diff released/ build/board --format json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			if g, ok := gitArguments(args); ok && format == "text" {
				return g.print(out)
			}
			switch format {
			case "text", "json":
			case "schema":
				if len(args) > 0 {
					return usageError{fmt.Errorf("diff: --format schema takes no files")}
				}
				_, err := out.Write(diff.Schema())
				return err
			default:
				return usageError{fmt.Errorf("--format: got %q, want text, json or schema", format)}
			}
			if len(args) != 2 {
				return usageError{fmt.Errorf("diff: got %s, want OLD and NEW", count(len(args), "argument"))}
			}
			return printDiff(args[0], args[1], format == "json", out)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "`FORMAT`: text, json, or schema")
	return cmd
}

// An unreadableError is a file that could not be read, or not be understood.
type unreadableError struct{ error }

func (e unreadableError) Unwrap() error { return e.error }

func printDiff(before, after string, asJSON bool, out io.Writer) error {
	c, err := diff.Files(before, after)
	if err != nil {
		var file *fs.PathError
		if errors.As(err, &file) {
			err = fmt.Errorf("%s: %w", file.Path, file.Err)
		}
		return unreadableError{err}
	}
	if asJSON {
		text, err := json.MarshalIndent(c, "", "  ")
		if err != nil {
			return err
		}
		if _, err := out.Write(append(text, '\n')); err != nil {
			return err
		}
	} else if err := diff.Print(out, c, isTerminal(out)); err != nil {
		return err
	}
	if !c.Equal {
		return printedError{errors.New("different")}
	}
	return nil
}

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
func (g *gitDiff) print(out io.Writer) error {
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
	if diff.Reads(g.path) || diff.Reads(now) {
		c, err := diff.Texts(g.path, before, after)
		if err == nil {
			c.Old, c.New = g.path, now
			if c.Equal {
				c.Notes = append(c.Notes, fmt.Sprintf("%s: nothing changed but identities or the layout of the file", now))
			}
			return diff.Print(out, c, isTerminal(out) || pagerShowsColors())
		}
		if _, err := fmt.Fprintf(out, "%s: shown as text: %v\n", now, err); err != nil {
			return err
		}
	}
	if !utf8.ValidString(before) || !utf8.ValidString(after) || strings.ContainsRune(before+after, 0) {
		_, err := fmt.Fprintf(out, "Binary files a/%s and b/%s differ\n", g.path, now)
		return err
	}
	_, err = out.Write(textdiff.Diff("a/"+g.path, []byte(before), "b/"+now, []byte(after)))
	return err
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
