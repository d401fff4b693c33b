package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"starboard/engine"
)

func newSymbolsCmd() *cobra.Command {
	var o struct {
		folder, library string
		limit           int
		json            bool
	}
	cmd := &cobra.Command{
		Use:   "symbols [flags] REGEX",
		Short: "Find symbols, and show their pins",
		Long: `symbols lists the symbols whose Library:Name, description or keywords match the
regular expression; case does not matter. Those with the name come first.

It looks where a script looks: in the symbols folder beside the script, in an
installed KiCad, among the symbols in this program.`,
		Example: `  starboard symbols lm358
  starboard symbols 'MCU.*:ATmega328' --limit 0
  starboard symbols show Device:R`,
		Args: wantArgs(1, 1, "one REGEX"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.limit < 0 {
				return usageError{fmt.Errorf("--limit: got %d, want a number of symbols, 0 for all", o.limit)}
			}
			matches, total, err := engine.SearchSymbols(o.folder, args[0], o.library, o.limit)
			if err != nil {
				return err
			}
			if o.json {
				return printJSON(cmd.OutOrStdout(), matches)
			}
			if err := listSymbols(cmd.OutOrStdout(), matches); err != nil {
				return err
			}
			if total > len(matches) {
				fmt.Fprintf(cmd.ErrOrStderr(), "starboard: %s of %s symbols; --limit 0 lists all\n", humanize.Comma(int64(len(matches))), humanize.Comma(int64(total)))
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.library, "lib", "", "only in this `LIBRARY`")
	f.IntVar(&o.limit, "limit", 100, "list at most `N` symbols, 0 for all")
	for _, c := range []*cobra.Command{cmd, newShowCmd(&o.folder, &o.json)} {
		c.Flags().StringVar(&o.folder, "folder", ".", "look where a script in this `DIR` would")
		c.Flags().BoolVar(&o.json, "json", false, "print JSON")
		if c != cmd {
			cmd.AddCommand(c)
		}
	}
	return cmd
}

func newShowCmd(folder *string, asJSON *bool) *cobra.Command {
	return &cobra.Command{
		Use:     "show [flags] LIBRARY:NAME",
		Short:   "Show the units, pins and properties of a symbol",
		Example: `  starboard symbols show Amplifier_Operational:LM358`,
		Args:    wantArgs(1, 1, "one LIBRARY:NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := engine.ShowSymbol(*folder, args[0])
			if err != nil {
				return err
			}
			if *asJSON {
				return printJSON(cmd.OutOrStdout(), d)
			}
			return showSymbol(cmd.OutOrStdout(), d)
		},
	}
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func listSymbols(w io.Writer, matches []engine.SymbolMatch) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, m := range matches {
		pins := count(m.Pins, "pin")
		if m.Units > 1 {
			pins += fmt.Sprintf(" in %d units", m.Units)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", m.Symbol, pins, oneLine(m.Description))
	}
	return t.Flush()
}

// oneLine keeps a text of a library from breaking a table.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func showSymbol(out io.Writer, d *engine.SymbolDetail) error {
	var w bytes.Buffer
	t := tabwriter.NewWriter(&w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s\n", d.Symbol)
	from := string(d.From)
	if d.File != "" {
		from += ", " + d.File
	}
	properties := append([]engine.SymbolProperty{
		{Name: "description", Value: d.Description}, {Name: "keywords", Value: d.Keywords}, {Name: "reference", Value: d.Reference},
		{Name: "value", Value: d.Value}, {Name: "footprint", Value: d.Footprint}, {Name: "footprints", Value: strings.Join(d.Filters, " ")},
		{Name: "datasheet", Value: d.Datasheet},
	}, d.Properties...)
	if d.Power {
		properties = append(properties, engine.SymbolProperty{Name: "power symbol", Value: fmt.Sprintf("c.power(%q) draws it", d.Value)})
	}
	for _, p := range append(properties, engine.SymbolProperty{Name: "from", Value: from}, engine.SymbolProperty{Name: "checksum", Value: d.Checksum}) {
		if p.Value != "" && p.Value != "~" {
			fmt.Fprintf(t, "  %s\t%s\n", p.Name, oneLine(p.Value))
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, u := range d.Units {
		name := ""
		if len(d.Units) > 1 {
			name = " of unit " + u.Name
		}
		fmt.Fprintf(&w, "\n%s%s\n", count(len(u.Pins), "pin"), name)
		for _, p := range u.Pins {
			var more []string
			if p.Hidden {
				more = append(more, "hidden")
			}
			if len(p.Stacked) > 0 {
				more = append(more, "joined with "+strings.Join(p.Stacked, ", "))
			}
			if len(p.Alternates) > 0 {
				more = append(more, "or "+strings.Join(p.Alternates, ", "))
			}
			fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\n", p.Number, p.Name, p.Type, p.Side, strings.Join(more, "; "))
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	for line := range strings.Lines(w.String()) { // the table fills empty cells at the end
		if _, err := fmt.Fprintln(out, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}
