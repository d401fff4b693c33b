package main

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"starboard/engine"
	"starboard/kicad/connect"
	"starboard/kicad/score"
)

type scoreOptions struct {
	format  string
	out     string
	compare bool
}

func newScoreCmd() *cobra.Command {
	var o scoreOptions
	cmd := &cobra.Command{
		Use:   "score [flags] FILE.kicad_sch",
		Short: "Say in figures how well the sheets of a schematic can be read",
		Long: `score reads a root schematic with its sheets, whoever drew it, and looks for
faults (overlaps, wires through symbols and texts, four-way junctions, ...) and at
what makes a drawing easy to follow (crossings, bends, length of wires, flow from
left to right, power up and ground down, ...). Each term has a quality from 0 to
1000 and a weight; the total is their mean, times a factor for the faults.

--compare A.kicad_sch B.kicad_sch writes one HTML file with both drawings and
their figures side by side.`,
		Example: `  starboard score board.kicad_sch
  starboard score --compare -o two.html mine.kicad_sch theirs.kicad_sch`,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.compare {
				return wantArgs(2, 2, "two schematics")(cmd, args)
			}
			return wantArgs(1, 1, "a schematic")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.compare {
				return compareScores(args[0], args[1], o, cmd.OutOrStdout())
			}
			return scoreSchematic(args[0], o, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&o.format, "format", "text", "`FORMAT`: text, or json")
	cmd.Flags().StringVarP(&o.out, "out", "o", "", "write to `FILE` instead of printing; with --compare compare.html")
	cmd.Flags().BoolVar(&o.compare, "compare", false, "compare two schematics in one HTML file")
	return cmd
}

func scoreSchematic(file string, o scoreOptions, stdout io.Writer) error {
	if o.format != "text" && o.format != "json" {
		return usageError{fmt.Errorf("--format: got %q, want text or json", o.format)}
	}
	s, err := connect.Read(file)
	if err != nil {
		return engine.Unreadable(file, err)
	}
	r, err := score.Schematic(s)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	write := r.WriteText
	if o.format == "json" {
		write = r.WriteJSON
	}
	if err := write(&text); err != nil {
		return err
	}
	if o.out != "" {
		return engine.WriteFile(o.out, text.Bytes())
	}
	_, err = stdout.Write(text.Bytes())
	return err
}

func compareScores(fileA, fileB string, o scoreOptions, stdout io.Writer) error {
	if o.format != "text" {
		return usageError{fmt.Errorf("--compare writes HTML: --format does not go with it")}
	}
	a, err := connect.Read(fileA)
	if err != nil {
		return engine.Unreadable(fileA, err)
	}
	b, err := connect.Read(fileB)
	if err != nil {
		return engine.Unreadable(fileB, err)
	}
	nameA, nameB := filepath.Base(fileA), filepath.Base(fileB)
	if nameA == nameB {
		nameA, nameB = filepath.ToSlash(fileA), filepath.ToSlash(fileB)
	}
	var page bytes.Buffer
	if err := score.Compare(&page, nameA, nameB, a, b); err != nil {
		return err
	}
	out := o.out
	if out == "" {
		out = "compare.html"
	}
	if err := engine.WriteFile(out, page.Bytes()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, out)
	return err
}
