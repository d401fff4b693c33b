package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"starboard/builtins"
	"starboard/engine"
	"starboard/kicad/spell"
)

func newDocCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "doc [NAME]",
		Short: "Tell what a script can say",
		Long: `doc explains the names that a script has: a module such as kicad, a value such as
circuit, part or pin, or one of their members such as c.part or kicad.netlist.
Without a name it lists them all.

doc report prints the JSON schema of the reports of starboard run.`,
		Example: `  starboard doc circuit
  starboard doc c.part`,
		Args: wantArgs(0, 1, "one NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			docs, err := builtins.Docs()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return listDocs(cmd.OutOrStdout(), docs)
			}
			if args[0] == "report" {
				_, err := cmd.OutOrStdout().Write(engine.ReportSchema)
				return err
			}
			return showDoc(cmd.OutOrStdout(), docs, args[0])
		},
	}
}

// listDocs prints the usage of everything.
func listDocs(out io.Writer, docs []builtins.Doc) error {
	var w bytes.Buffer
	for i, d := range docs {
		if i > 0 {
			w.WriteByte('\n')
		}
		first, _, _ := strings.Cut(d.Text, "\n\n")
		fmt.Fprintf(&w, "%s: %s\n", d.Name, oneLine(first))
		for _, m := range d.Members {
			fmt.Fprintf(&w, "  %s\n", m.Usage)
		}
	}
	_, err := out.Write(w.Bytes())
	return err
}

// showDoc prints what there is about a name: a whole value or module, or
// members of that name.
func showDoc(out io.Writer, docs []builtins.Doc, name string) error {
	var w bytes.Buffer
	var known []string
	owner, member, dotted := strings.Cut(name, ".")
	for _, d := range docs {
		known = append(known, d.Name)
		if d.Name == name {
			fmt.Fprintf(&w, "%s\n\n%s\n\n", d.Name, d.Text)
			printMembers(&w, d.Members)
			continue
		}
		for _, m := range d.Members {
			for _, n := range m.Names {
				if n == "" {
					continue
				}
				prefix, _, _ := strings.Cut(m.Usage, ".")
				known = append(known, d.Name+"."+n, prefix+"."+n, n)
				if n == name || dotted && n == member && (owner == d.Name || owner == prefix) {
					fmt.Fprintf(&w, "%s\n", d.Name)
					printMembers(&w, []builtins.Member{m})
				}
			}
		}
	}
	if w.Len() == 0 {
		slices.Sort(known)
		return fmt.Errorf("there is nothing about %s%s", name, didYouMean(spell.Nearest(name, slices.Compact(known), 3)))
	}
	_, err := out.Write(w.Bytes())
	return err
}

func printMembers(w io.Writer, members []builtins.Member) {
	for _, m := range members {
		fmt.Fprintf(w, "  %s\n", m.Usage)
		for _, line := range wrap(m.Text, 74) {
			fmt.Fprintf(w, "      %s\n", line)
		}
	}
}

// wrap breaks a text into lines of at most so many characters where it can.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
