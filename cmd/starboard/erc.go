package main

import (
	"bytes"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"starboard/engine"
	"starboard/kicad/connect"
	"starboard/kicad/erc"
)

type ercOptions struct {
	format   string
	out      string
	severity string
	exitZero bool
}

func newErcCmd() *cobra.Command {
	var o ercOptions
	cmd := &cobra.Command{
		Use:   "erc [flags] FILE.kicad_sch",
		Short: "Check the electrical rules of a schematic, without KiCad",
		Long: `erc reads a root schematic with its sheets, its project and its libraries, and
checks it by KiCad's electrical rules: with KiCad's names of rules and the
severities, pin map and exclusions of the project file. What KiCad would check
and this command does not is listed.

Symbols and footprints are looked up as KiCad does: in the library tables of
the project, then in those of the user, or where there are none in those that
KiCad sets up for a new user.

Exit status: 0 no findings of the chosen severities, or --exit-zero; 1 findings;
2 usage; 3 the schematic could not be read.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.format == "schema" {
				return wantArgs(0, 0, "no file with --format schema")(cmd, args)
			}
			return wantArgs(1, 1, "a schematic")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.format == "schema" {
				_, err := io.WriteString(cmd.OutOrStdout(), erc.Schema)
				return err
			}
			return checkSchematic(args[0], o, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&o.format, "format", "text", "`FORMAT`: text, json, sarif, or schema, which prints the JSON Schema of json")
	cmd.Flags().StringVarP(&o.out, "out", "o", "", "write to `FILE` instead of printing")
	cmd.Flags().StringVar(&o.severity, "severity", "all", "report findings of this `SEVERITY`: error, warning, or all")
	cmd.Flags().BoolVar(&o.exitZero, "exit-zero", false, "exit 0 also with findings")
	return cmd
}

func checkSchematic(file string, o ercOptions, stdout io.Writer) error {
	write, ok := map[string]func(*erc.Report, io.Writer) error{
		"text": (*erc.Report).WriteText, "json": (*erc.Report).WriteJSON, "sarif": (*erc.Report).WriteSARIF,
	}[o.format]
	if !ok {
		return usageError{fmt.Errorf("--format: got %q, want text, json or sarif", o.format)}
	}
	severities, ok := map[string][]erc.Severity{
		"error": {erc.Error}, "warning": {erc.Warning}, "all": {erc.Error, erc.Warning},
	}[o.severity]
	if !ok {
		return usageError{fmt.Errorf("--severity: got %q, want error, warning or all", o.severity)}
	}
	s, err := connect.Read(file)
	if err != nil {
		return engine.Unreadable(file, err)
	}
	r, err := erc.Check(s, erc.Installed())
	if err != nil {
		return err
	}
	r = r.Filter(severities...)
	var b bytes.Buffer
	if err := write(r, &b); err != nil {
		return err
	}
	if o.out != "" {
		err = engine.WriteFile(o.out, b.Bytes())
	} else {
		_, err = stdout.Write(b.Bytes())
	}
	if err != nil {
		return err
	}
	if n := len(r.Findings); n > 0 && !o.exitZero {
		return fmt.Errorf("%s: %s", file, count(n, "finding"))
	}
	return nil
}
