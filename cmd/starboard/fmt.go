package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"starboard/engine"
)

func newFmtCmd() *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "fmt [--check] FILE.star ...",
		Short: "Put scripts into the usual layout",
		Long: `fmt rewrites scripts in the layout that buildifier gives them, and prints the
names of those that it changed. Of a folder it takes all scripts in and below
it; - is standard input, whose result goes to standard output.`,
		Args: wantArgs(1, -1, "FILE.star, a folder, or -"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == "-" {
				return formatStream(cmd.InOrStdin(), cmd.OutOrStdout(), check)
			}
			return formatScripts(args, check, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "change nothing, fail if there is something to change")
	return cmd
}

var errNotFormatted = errors.New("not in the usual layout; starboard fmt puts it right")

func formatStream(stdin io.Reader, stdout io.Writer, check bool) error {
	src, err := io.ReadAll(stdin)
	if err != nil {
		return err
	}
	text, err := engine.Format("stdin", src)
	if err != nil {
		return err
	}
	if check {
		if string(src) != string(text) {
			return fmt.Errorf("stdin: %w", errNotFormatted)
		}
		return nil
	}
	_, err = stdout.Write(text)
	return err
}

func formatScripts(args []string, check bool, stdout, stderr io.Writer) error {
	files, err := scriptsOf(args)
	if err != nil {
		return err
	}
	var failed []error
	for _, f := range files {
		changed, err := engine.FormatFile(f, check)
		switch {
		case err != nil:
			failed = append(failed, err)
		case changed && check:
			failed = append(failed, fmt.Errorf("%s: %w", f, errNotFormatted))
		case changed:
			if _, err := fmt.Fprintln(stdout, f); err != nil {
				return err
			}
		}
	}
	return errors.Join(failed...)
}

// scriptsOf returns the files that are named, and the scripts of the folders.
func scriptsOf(args []string) ([]string, error) {
	var files []string
	for _, a := range args {
		info, err := os.Stat(a)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, a)
			continue
		}
		err = filepath.WalkDir(a, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && strings.HasSuffix(path, ".star") {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}
