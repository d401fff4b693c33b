package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"starboard/engine"
	"starboard/kicad/circuit"
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
		Use:   "erc [flags] FILE.kicad_sch | SCRIPT.star [name=value ...]",
		Short: "Check the electrical rules of a schematic, without KiCad",
		Long: `erc reads a root schematic with its sheets, its project and its libraries, and
checks it by KiCad's electrical rules: with KiCad's names of rules and the
severities, pin map and exclusions of the project file. What KiCad would check
and this command does not is listed.

Of a script it checks the circuits that main returns, without writing them, and
points at the lines of the script that made what a finding is about.

Symbols and footprints are looked up as KiCad does: in the library tables of
the project, then in those of the user, or where there are none in those that
KiCad sets up for a new user.

Exit status: 0 no findings of the chosen severities, or --exit-zero; 1 findings;
2 usage; 3 the schematic could not be read.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.format == "schema" {
				return wantArgs(0, 0, "no file with --format schema")(cmd, args)
			}
			if len(args) > 0 && strings.HasSuffix(args[0], ".star") {
				return nil
			}
			return wantArgs(1, 1, "a schematic")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.format == "schema" {
				_, err := io.WriteString(cmd.OutOrStdout(), erc.Schema)
				return err
			}
			if strings.HasSuffix(args[0], ".star") {
				return checkScript(cmd.Context(), args[0], args[1:], o, cmd.OutOrStdout(), cmd.ErrOrStderr())
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
	s, err := connect.Read(file)
	if err != nil {
		return engine.Unreadable(file, err)
	}
	r, err := erc.Check(s, erc.Installed())
	if err != nil {
		return err
	}
	return writeFindings(r, o, stdout)
}

// checkScript checks the circuits of a script.
func checkScript(ctx context.Context, script string, args []string, o ercOptions, stdout, stderr io.Writer) error {
	opts := engine.Options{Args: args, Print: func(pos, msg string) { fmt.Fprintf(stderr, "%s: %s\n", pos, msg) }}
	result, err := engine.Build(ctx, script, opts)
	if err != nil {
		return err
	}
	if n := len(result.Circuits); n > 1 && (o.format != "text" || o.out != "") {
		return usageError{fmt.Errorf("%s returns %d circuits, want one for --format %s or --out", script, n, o.format)}
	}
	var failed error
	for _, c := range result.Circuits {
		s, err := connect.ReadFS(c.Files(), c.Name+".kicad_sch")
		if err != nil {
			return err
		}
		r, err := erc.Check(s, erc.Installed())
		if err != nil {
			return err
		}
		r.File = script
		r.Trace(originIn(c.Model))
		if err := writeFindings(r, o, stdout); err != nil && !errors.As(err, new(findingsError)) {
			return err
		} else if err != nil {
			failed = err
		}
	}
	return failed
}

// originIn returns where a script made the part of an item, or else a part on
// its net, or else its sheet.
func originIn(c *circuit.Circuit) func(*erc.Item) (connect.Position, bool) {
	parts, nets, sheets := map[string]string{}, map[string]string{}, map[string]string{}
	for _, p := range c.Parts() {
		parts[p.Ref] = p.Pos
		for _, pin := range p.Pins() {
			if n := pin.Net(); n != nil && nets[n.Name()] == "" {
				nets[n.Name()] = p.Pos
			}
		}
	}
	for _, s := range c.Sheets() {
		sheets[s.Path()] = s.Pos
	}
	return func(i *erc.Item) (connect.Position, bool) {
		for _, pos := range []string{parts[i.Ref], nets[i.Net], sheets[i.Sheet]} {
			if p, ok := parsePosition(pos); ok {
				return p, true
			}
		}
		return connect.Position{}, false
	}
}

// parsePosition reads file:line:column.
func parsePosition(s string) (connect.Position, bool) {
	rest, col, ok := cutLast(s)
	file, line, ok2 := cutLast(rest)
	if !ok || !ok2 {
		return connect.Position{}, false
	}
	return connect.Position{File: file, Line: line, Col: col}, true
}

func cutLast(s string) (before string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return "", 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil && n > 0
}

// A findingsError says that there are findings.
type findingsError struct{ error }

// writeFindings writes a report as the flags say. It fails where there are
// findings that count.
func writeFindings(r *erc.Report, o ercOptions, stdout io.Writer) error {
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
	r = r.Filter(severities...)
	var b bytes.Buffer
	err := write(r, &b)
	if err != nil {
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
		return findingsError{fmt.Errorf("%s: %s", r.File, count(n, "finding"))}
	}
	return nil
}
