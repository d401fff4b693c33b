package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/chzyer/readline"
	"github.com/spf13/cobra"

	"starboard/engine"
)

func newDoctorCmd() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check this machine and the current folder",
		Long: `doctor looks for what scripts and their results need: KiCad and its libraries,
the variables that lead there, the locks and symbols of the current folder. It
says what is wrong and what to do about it, and fails if something does not work.`,
		Args: wantArgs(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, ok := cmd.OutOrStdout().(*os.File)
			findings := engine.Examine(cmd.Context(), ".", versionText(), ok && readline.IsTerminal(int(out.Fd())))
			if err := cmd.Context().Err(); err != nil {
				return err
			}
			if err := printFindings(cmd.OutOrStdout(), findings, asJSON); err != nil {
				return err
			}
			for _, f := range findings {
				if f.Health == engine.Problem {
					return printedError{errors.New(f.Text)}
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printFindings(w io.Writer, findings []engine.Finding, asJSON bool) error {
	if asJSON {
		return printJSON(w, findings)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range findings {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.Health, f.Check, oneLine(f.Text))
		if f.Advice != "" {
			fmt.Fprintf(t, "\t\t→ %s\n", f.Advice)
		}
	}
	return t.Flush()
}
