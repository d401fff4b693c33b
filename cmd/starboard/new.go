package main

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
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
	var suite bool
	cmd := &cobra.Command{
		Use:   "new [--from EXAMPLE [--suite]] [NAME]",
		Short: "Write a first script to start from",
		Long: `new writes NAME.star, a small script with comments that draws an LED and its
resistor, or one of the examples that come with starboard:

  ` + strings.Join(scripts.Examples(), ", ") + `

With --suite the scenarios of the example come with it, and their golden
masters: starboard test runs them. --from tutorial is a suite alone that explains
scenarios step by step.

It never replaces a file. Without a name it is circuit.star, or that of the
example.`,
		Args: wantArgs(0, 1, "one NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := cmp.Or(from, "circuit")
			if len(args) == 1 {
				name = args[0]
			}
			if suite || from == tutorial {
				return writeSuite(cmd.OutOrStdout(), name, from)
			}
			return writeStarter(cmd.OutOrStdout(), name, from)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "start from this `EXAMPLE`")
	cmd.Flags().BoolVar(&suite, "suite", false, "write the suite of the example too")
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

// tutorial is the suite that explains scenarios, which tests no example.
const tutorial = "tutorial"

// writeSuite writes an example and the suite that tests it.
func writeSuite(stdout io.Writer, name, example string) error {
	file := strings.TrimSuffix(name, ".star") + ".star"
	title := strings.TrimSuffix(filepath.Base(file), ".star")
	if _, err := circuit.New(title); err != nil {
		return usageError{err}
	}
	if example == "" {
		return usageError{errors.New("--suite: want --from and an example")}
	}
	files, ok := scripts.Suite(example, title)
	if example != tutorial {
		text, err := starterText(title, example)
		if err != nil {
			return err
		}
		if !ok {
			return usageError{fmt.Errorf("--suite: the example %s has none", example)}
		}
		files[title+".star"] = text
	}
	dir := filepath.Dir(file)
	names := slices.Sorted(maps.Keys(files))
	for _, f := range names {
		full := filepath.Join(dir, filepath.FromSlash(f))
		if _, err := os.Lstat(full); err == nil {
			return existing(full)
		}
	}
	for _, f := range names {
		full := filepath.Join(dir, filepath.FromSlash(f))
		if strings.Contains(f, "/") {
			if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
				return err
			}
		}
		if err := writeNew(full, files[f]); err != nil {
			return err
		}
	}
	test := filepath.Join(dir, title+"_test.star")
	_, err := fmt.Fprintf(stdout, "%s is there; now: starboard test %s\n", test, test)
	return err
}

func existing(file string) error {
	return &engine.FileError{File: file, Err: errors.New("there is such a file already, and it stays as it is")}
}

// writeNew writes a file that must not be there yet.
func writeNew(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return existing(file)
	}
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text); err != nil {
		return errors.Join(err, f.Close(), os.Remove(file))
	}
	return f.Close()
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
	if err := writeNew(file, text); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s is there; now: starboard run %s\n", file, file)
	return err
}
