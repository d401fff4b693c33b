package main

import (
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
)

//go:embed starter.star
var starter string

func newNewCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "new [NAME]",
		Short: "Write a first script to start from",
		Long: `new writes NAME.star, a small script with comments that draws an LED and its
resistor. It never replaces a file. Without a name it is circuit.star.`,
		Args: wantArgs(0, 1, "one NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := "circuit"
			if len(args) == 1 {
				name = args[0]
			}
			return writeStarter(cmd.OutOrStdout(), name)
		},
	}
}

func writeStarter(stdout io.Writer, name string) error {
	file := strings.TrimSuffix(name, ".star") + ".star"
	title := strings.TrimSuffix(filepath.Base(file), ".star")
	if _, err := circuit.New(title); err != nil {
		return usageError{err}
	}
	text := strings.NewReplacer("NAME", title, "TITLE", strconv.Quote(title)).Replace(starter)
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
