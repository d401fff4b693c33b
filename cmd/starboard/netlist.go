package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"starboard/engine"
	"starboard/kicad/connect"
	"starboard/kicad/netlist"
)

func newNetlistCmd() *cobra.Command {
	var format, out string
	cmd := &cobra.Command{
		Use:   "netlist [flags] FILE.kicad_sch",
		Short: "Derive the netlist of a schematic from its geometry, without KiCad",
		Long: `netlist reads a root schematic with its sheets, as KiCad 6 or later saved it,
and prints the netlist that KiCad itself would export: the same parts, nets,
names and pins. Where libraries are it takes from the table of the project and
from that of the user, as KiCad does; nothing else depends on the user.

Exit status: 0 done; 2 usage; 3 the schematic could not be read.`,
		Args: wantArgs(1, 1, "a schematic"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return printNetlist(args[0], format, out, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&format, "format", "kicad", "`FORMAT`: kicad, or json")
	cmd.Flags().StringVarP(&out, "out", "o", "", "write to `FILE` instead of printing")
	return cmd
}

// collectAt is by how many percent the heap of the command may grow between
// two collections.
const collectAt = 400

func printNetlist(file, format, out string, stdout io.Writer) error {
	if format != "kicad" && format != "json" {
		return usageError{fmt.Errorf("--format: got %q, want kicad or json", format)}
	}
	// The process ends with the netlist, and nearly all that it allocates lives
	// as long: collecting twice on the way to 16 MB, and again at every doubling,
	// finds little. Where the user has said how often, that holds.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	n, err := connect.ReadNetlist(file, connect.CurrentUser())
	if err != nil {
		return engine.Unreadable(file, err)
	}
	if format == "kicad" && out == "" {
		return netlist.WriteKiCad(stdout, n)
	}
	text := netlist.KiCad(n)
	if format == "json" {
		if text, err = netlist.JSON(n); err != nil {
			return err
		}
	}
	if out != "" {
		return engine.WriteFile(out, text)
	}
	_, err = stdout.Write(text)
	return err
}
