package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"starboard/engine"
	"starboard/kicad/connect"
	"starboard/kicad/svg"
)

type svgOptions struct {
	out     string
	sheet   string
	dark    bool
	noFrame bool
	png     bool
	dpi     int
}

func newSvgCmd() *cobra.Command {
	var o svgOptions
	cmd := &cobra.Command{
		Use:   "svg [flags] FILE.kicad_sch",
		Short: "Draw a picture of each sheet of a schematic, without KiCad",
		Long: `svg reads a root schematic with its sheets and draws each of them, close to
KiCad's own plot: FILE.svg for the root, and FILE-SHEET.svg for each sheet below.
It prints the names of the files that it wrote.

Texts are texts, as long as in KiCad; parts, wires and labels carry data-ref,
data-net and data-uuid. --png needs no other program.`,
		Args: wantArgs(1, 1, "a schematic"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return drawSheets(args[0], o, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVarP(&o.out, "out", "o", ".", "write to `DIR`")
	cmd.Flags().StringVar(&o.sheet, "sheet", "", "draw only the sheet of this `PATH`, such as / or /Power/")
	cmd.Flags().BoolVar(&o.dark, "dark", false, "light lines on a dark page")
	cmd.Flags().BoolVar(&o.noFrame, "no-frame", false, "leave out the page's frame and title block")
	cmd.Flags().BoolVar(&o.png, "png", false, "write PNG instead of SVG")
	cmd.Flags().IntVar(&o.dpi, "dpi", 200, "pixels per inch of a PNG: `N` from 10 to 2000")
	return cmd
}

func drawSheets(file string, o svgOptions, stdout io.Writer) error {
	if o.dpi < 10 || o.dpi > 2000 {
		return usageError{fmt.Errorf("--dpi: got %d, want 10 to 2000", o.dpi)}
	}
	s, err := connect.Read(file)
	if err != nil {
		return engine.Unreadable(file, err)
	}
	sheets := s.Sheets
	if o.sheet != "" {
		sheet, err := svg.Find(s, o.sheet)
		if err != nil {
			return usageError{fmt.Errorf("--sheet: %w", err)}
		}
		sheets = []*connect.Sheet{sheet}
	}
	names := pictureNames(s)
	var missing []error
	for _, sheet := range sheets {
		if err := sheet.Drawing.Missing; err != nil {
			missing = append(missing, fmt.Errorf("sheet %s: %w", sheet.Name, err))
			continue
		}
		p := svg.Draw(s, sheet, svg.Options{Dark: o.dark, NoFrame: o.noFrame})
		name := filepath.Join(o.out, names[sheet.Index]) + ".svg"
		var content []byte
		if o.png {
			name = strings.TrimSuffix(name, ".svg") + ".png"
			if content, err = p.PNG(o.dpi); err != nil {
				return fmt.Errorf("sheet %s: %w", sheet.Name, err)
			}
		} else {
			content = p.SVG()
		}
		if err := engine.WriteFile(name, content); err != nil {
			return err
		}
		fmt.Fprintln(stdout, name)
	}
	return errors.Join(missing...)
}

// pictureNames returns a file name, without its ending, for each sheet: as
// KiCad names its plots, and with the number of the sheet where two would be
// the same.
func pictureNames(s *connect.Schematic) []string {
	base := strings.TrimSuffix(filepath.Base(s.File), ".kicad_sch")
	names := make([]string, len(s.Sheets))
	taken := map[string]bool{}
	for i, sheet := range s.Sheets {
		name := base
		if sheet != s.Root {
			name += "-" + strings.Map(func(r rune) rune {
				if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
					return '-'
				}
				return r
			}, strings.Trim(sheet.Name, "/"))
		}
		if fold := strings.ToLower(name); taken[fold] {
			name = fmt.Sprintf("%s-%d", name, i+1)
		}
		taken[strings.ToLower(name)] = true
		names[i] = name
	}
	return names
}
