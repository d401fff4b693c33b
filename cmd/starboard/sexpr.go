package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"starboard/engine"
	"starboard/kicad/sexpr"
)

type sexprOptions struct {
	check bool
	write bool
}

func newSexprCmd() *cobra.Command {
	var o sexprOptions
	cmd := &cobra.Command{
		Use:   "sexpr [flags] FILE ...",
		Short: "Print KiCad files in KiCad's own layout",
		Long: `sexpr reads any file of KiCad that is an s-expression (schematics, boards,
symbols, footprints, library tables) and prints it in the layout that KiCad 8
and later give their files. A file that KiCad saved comes out byte for byte.

Exit status: 0 done; 1 --check found files that differ; 2 usage; 3 a file could
not be read, or is not whole.`,
		Args: wantArgs(1, -1, "a file of KiCad"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.check && o.write {
				return usageError{errors.New("--check and --write exclude each other")}
			}
			return formatFiles(args, o, cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&o.check, "check", false, "print nothing but the names of files that differ, and where; exit 1 if any does")
	cmd.Flags().BoolVarP(&o.write, "write", "w", false, "write the files instead of printing them")
	return cmd
}

func formatFiles(files []string, o sexprOptions, stdout io.Writer) error {
	differ := 0
	var broken error // the others are looked at all the same
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			broken = errors.Join(broken, engine.Unreadable(file, err))
			continue
		}
		tree, err := sexpr.Parse(file, string(text))
		if err != nil {
			broken = errors.Join(broken, err)
			continue
		}
		formatted := sexpr.Format(tree)
		switch {
		case o.check:
			if !bytes.Equal(text, formatted) {
				differ++
				fmt.Fprintln(stdout, firstDifference(file, text, formatted))
			}
		case o.write:
			if err := engine.WriteFile(file, formatted); err != nil {
				return err
			}
		default:
			if _, err := stdout.Write(formatted); err != nil {
				return err
			}
		}
	}
	if broken != nil {
		return broken
	}
	if differ > 0 {
		return fmt.Errorf("%s not in KiCad's layout", count(differ, "file"))
	}
	return nil
}

// firstDifference says where a text leaves KiCad's layout.
func firstDifference(file string, got, want []byte) string {
	n := 0
	for n < len(got) && n < len(want) && got[n] == want[n] {
		n++
	}
	line := 1 + bytes.Count(got[:n], []byte("\n"))
	col := n - bytes.LastIndexByte(got[:n], '\n')
	return fmt.Sprintf("%s:%d:%d: got %s, want %s", file, line, col, upcoming(got[n:]), upcoming(want[n:]))
}

// upcoming quotes the text up to the end of its line.
func upcoming(text []byte) string {
	const most = 30
	if len(text) == 0 {
		return "end of file"
	}
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[:i+1]
	}
	return fmt.Sprintf("%.*q", most, text)
}
