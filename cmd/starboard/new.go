package main

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"starboard/engine"
	"starboard/kicad/circuit"
	"starboard/kicad/spell"
	"starboard/scripts"
)

//go:embed starter.star
var starter string

func newNewCmd() *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use:   "new [--from EXAMPLE] [NAME]",
		Short: "Write a first script to start from",
		Long: `new writes NAME.star, a small script with comments that draws an LED and its
resistor, or one of the examples that come with starboard:

  ` + strings.Join(scripts.Examples(), ", ") + `

It never replaces a file. Without a name it is circuit.star, or that of the
example.`,
		Args: wantArgs(0, 1, "one NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := cmp.Or(from, "circuit")
			if len(args) == 1 {
				name = args[0]
			}
			return writeStarter(cmd.OutOrStdout(), name, from)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "start from this `EXAMPLE`")
	return cmd
}

// starterText returns the script to start from: an example, or for "" the
// usual one.
func starterText(title, example string) (string, error) {
	if example == "" {
		return strings.NewReplacer("NAME", title, "TITLE", strconv.Quote(title)).Replace(starter), nil
	}
	text, ok := scripts.Example(example)
	if !ok {
		msg := fmt.Sprintf("there is no example %s", example)
		if near := spell.Nearest(example, scripts.Examples(), 3); len(near) > 0 {
			return "", usageError{fmt.Errorf("%s; did you mean %s?", msg, strings.Join(near, ", "))}
		}
		return "", usageError{fmt.Errorf("%s; there are %s", msg, strings.Join(scripts.Examples(), ", "))}
	}
	return text, nil
}

func writeStarter(stdout io.Writer, name, example string) error {
	file := strings.TrimSuffix(name, ".star") + ".star"
	title := strings.TrimSuffix(filepath.Base(file), ".star")
	if _, err := circuit.New(title); err != nil {
		return usageError{err}
	}
	text, err := starterText(title, example)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return &engine.FileError{File: file, Err: errors.New("there is such a file already, and it stays as it is")}
	}
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text); err != nil {
		return errors.Join(err, f.Close(), os.Remove(file))
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s is there; now: starboard run %s\n", file, file)
	return err
}
