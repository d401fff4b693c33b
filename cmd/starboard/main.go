// Starboard is a scripting workbench for electronics: Starlark scripts
// describe circuits, which it turns into KiCad projects, the same bytes every
// time.
//
// This package is the command line only: flags in, exit status out. Results go
// to standard output, everything else to standard error, prefixed with the
// name of the tool.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"starboard/engine"
)

// The exit statuses, as the help text lists them.
const (
	statusDone        = 0
	statusFailed      = 1 // a script, check or comparison failed
	statusUsage       = 2
	statusImpossible  = 3 // the work could not be done: a file, a missing tool
	statusInterrupted = 130
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command line and returns its exit status.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := newRootCmd()
	cmd.SetArgs(args)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	err := cmd.ExecuteContext(ctx)
	if err == nil {
		return statusDone
	}
	status := statusOf(err)
	if !errors.As(err, new(printedError)) {
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintf(stderr, "starboard: %s\n", strings.TrimRight(line, "\n"))
		}
		if status == statusUsage {
			fmt.Fprintf(stderr, "starboard: run 'starboard help' for the commands and their flags\n")
		}
	}
	return status
}

func newRootCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "starboard",
		Short: "Circuits as scripts, KiCad projects as their result",
		Long: `starboard turns Starlark scripts into KiCad projects, the same bytes every time.

Exit status: 0 done; 1 a script, check or comparison failed; 2 usage;
3 the work could not be done (a file, a missing tool); 130 interrupted.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args[0])
		},
	}
	cmd.CompletionOptions.HiddenDefaultCmd = true
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	cmd.AddCommand(newRunCmd(), newVersionCmd(), newSexprCmd(), newNetlistCmd())
	return cmd
}

// A usageError is a mistake on the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// A printedError has been shown already; only its status counts.
type printedError struct{ error }

func (e printedError) Unwrap() error { return e.error }

func unknownCommand(cmd *cobra.Command, name string) error {
	msg := fmt.Sprintf("unknown command %q", name)
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		msg += "; did you mean " + strings.Join(near, ", ") + "?"
	}
	return usageError{errors.New(msg)}
}

// usageArgs gives mistakes in the number of arguments the status of usage.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}

func statusOf(err error) int {
	var (
		usage    usageError
		argument *engine.ArgumentError
		file     *engine.FileError
	)
	switch {
	case errors.Is(err, context.Canceled):
		return statusInterrupted
	case errors.As(err, &usage), errors.As(err, &argument):
		return statusUsage
	case errors.As(err, &file):
		return statusImpossible
	}
	return statusFailed
}
