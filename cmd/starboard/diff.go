package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"starboard/engine"
	"starboard/kicad/diff"
)

type diffOptions struct {
	format   string
	circuit  string
	old, new []string // name=value, for the scripts' main
}

func newDiffCmd() *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff [flags] OLD NEW",
		Short: "Tell what changed between two designs, electrically and on paper",
		Long: `diff compares two of these: a schematic with its sheets, a project (its file or
folder), a script, of which it takes the circuit that main returns without
writing it, or a netlist. It tells of parts, values, fields and nets first, then
what is only drawn. A part is the same as before if its symbol is, whatever its
reference, and a net if it joins mostly the same pins.

--old top=10k and --new top=4k7 set parameters of the scripts' main. Where a
script returns several circuits, each is compared with that of its name in the
other script, or in the folders of the other folder.

Git can call it for each file that changed:
  git config diff.kicad.command "starboard diff"
  echo "*.kicad_sch diff=kicad" >> .gitattributes
  echo "*.star diff=kicad" >> .gitattributes
  GIT_EXTERNAL_DIFF="starboard diff" git diff

Then it compares the one file, without its sheets, which git shows by
themselves; what is neither schematic nor netlist it shows line by line. To the
lines of a script with a main it adds what they change in its circuits: both
versions run as if they stood in their place in the working tree, with the files
that are there to be loaded, and with the lock that is there.

--format json prints what changed as JSON, --format schema what that means.

Exit status: 0 equal; 1 different, or a mistake in a script; 2 usage; 3 a file
that cannot be read. Called by git it is 0, for git takes any other for a
failure.`,
		Example: `  starboard diff old/board.kicad_sch board.kicad_sch
  starboard diff board.star build/board
  starboard diff board.star board.star --new top=4k7
  starboard diff released/ build/board --format json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			if g, ok := gitArguments(args); ok && o.format == "text" {
				return g.print(cmd.Context(), out)
			}
			switch o.format {
			case "text", "json":
			case "schema":
				if len(args) > 0 {
					return usageError{fmt.Errorf("diff: --format schema takes no files")}
				}
				_, err := out.Write(diff.Schema())
				return err
			default:
				return usageError{fmt.Errorf("--format: got %q, want text, json or schema", o.format)}
			}
			if len(args) != 2 {
				return usageError{fmt.Errorf("diff: got %s, want OLD and NEW", count(len(args), "argument"))}
			}
			return printDiff(cmd.Context(), args[0], args[1], o, out, cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "text", "`FORMAT`: text, json, or schema")
	f.StringVar(&o.circuit, "circuit", "", "compare only the circuit of this `NAME`, where there are several")
	f.StringArrayVar(&o.old, "old", nil, "set a parameter of the main of OLD, as `NAME=VALUE`; may be repeated")
	f.StringArrayVar(&o.new, "new", nil, "the same of NEW")
	return cmd
}

// An unreadableError is a file that could not be read, or not be understood.
type unreadableError struct{ error }

func (e unreadableError) Unwrap() error { return e.error }

func printDiff(ctx context.Context, before, after string, o diffOptions, out, stderr io.Writer) error {
	show := func(pos, msg string) { fmt.Fprintf(stderr, "%s: %s\n", pos, msg) }
	old, err := engine.Designs(ctx, before, engine.Options{Args: o.old, Print: show})
	if err != nil {
		return notCompared(before, err)
	}
	now, err := engine.Designs(ctx, after, engine.Options{Args: o.new, Print: show})
	if err != nil {
		return notCompared(after, err)
	}
	list, err := engine.Compare(old, now, o.circuit)
	if err != nil {
		return err
	}
	if len(list) > 1 && o.format == "json" {
		return usageError{fmt.Errorf("diff: there are %d circuits, want one for --format json: --circuit names it", len(list))}
	}
	equal := true
	for _, c := range list {
		equal = equal && c.Equal
		if o.format == "text" {
			if err := diff.Print(out, c, isTerminal(out)); err != nil {
				return err
			}
			continue
		}
		text, err := json.MarshalIndent(c, "", "  ")
		if err != nil {
			return err
		}
		if _, err := out.Write(append(text, '\n')); err != nil {
			return err
		}
	}
	if !equal {
		return printedError{errors.New("different")}
	}
	return nil
}

// notCompared gives what is wrong with a file that is no script the status of
// a file that cannot be read.
func notCompared(name string, err error) error {
	if engine.IsScript(name) || errors.As(err, new(*engine.ArgumentError)) {
		return err
	}
	return unreadableError{err}
}
