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
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"starboard/engine"
	"starboard/engine/repro"
	"starboard/engine/suite"
	"starboard/kicad/sexpr"
	"starboard/kicad/spell"
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
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run executes one command line and returns its exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the process at once
	root := newRootCmd()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return statusDone
	}
	status := statusOf(err)
	switch {
	case errors.As(err, new(printedError)):
	case status == statusInterrupted:
		fmt.Fprintln(stderr, "starboard: interrupted")
	default:
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintf(stderr, "starboard: %s\n", strings.TrimRight(line, "\n"))
		}
		if status == statusUsage {
			fmt.Fprintf(stderr, "starboard: %s tells more\n", strings.Join(append([]string{"starboard help"}, strings.Fields(cmd.CommandPath())[1:]...), " "))
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
		Example: `  starboard new divider          write a first script
  starboard run divider.star     turn it into a KiCad project
  starboard symbols regulator    find symbols for it
  starboard doc                  what a script can say`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args)
		},
	}
	cmd.CompletionOptions.HiddenDefaultCmd = true
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usageError{flagError(cmd, err)} })
	cmd.SetHelpCommand(newHelpCmd())
	cmd.AddCommand( // one a line
		newBenchCmd(),
		newDiffCmd(),
		newDocCmd(),
		newDoctorCmd(),
		newErcCmd(),
		newFmtCmd(),
		newNetlistCmd(),
		newNewCmd(),
		newReplCmd(),
		newPreviewCmd(),
		newProgressCmd(),
		newReportCmd(),
		newReproCmd(),
		newRunCmd(),
		newTestCmd(),
		newScoreCmd(),
		newSexprCmd(),
		newSvgCmd(),
		newSymbolsCmd(),
		newVersionCmd(),
	)
	return cmd
}

func newHelpCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Tell about a command and its flags",
		RunE: func(cmd *cobra.Command, args []string) error {
			target, rest, err := cmd.Root().Find(args)
			if err != nil || target == cmd.Root() && len(rest) > 0 {
				return unknownCommand(cmd.Root(), args)
			}
			target.InitDefaultHelpFlag()
			return target.Help()
		},
	}
}

// A usageError is a mistake on the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// A printedError has been shown already; only its status counts.
type printedError struct{ error }

func (e printedError) Unwrap() error { return e.error }

func unknownCommand(cmd *cobra.Command, args []string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() || c.Name() == "help" {
			names = append(names, c.Name())
		}
	}
	if strings.HasSuffix(args[0], ".star") {
		return usageError{fmt.Errorf("unknown command %q; did you mean starboard run %s?", args[0], args[0])}
	}
	return usageError{fmt.Errorf("unknown command %q%s", args[0], didYouMean(spell.Nearest(args[0], names, 2)))}
}

func didYouMean(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(names, ", ") + "?"
}

// flagError puts the nearest flag to the message on an unknown one.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || unknown.GetSpecifiedShortnames() != "" {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	near := spell.Nearest(unknown.GetSpecifiedName(), names, 2)
	for i := range near {
		near[i] = "--" + near[i]
	}
	return fmt.Errorf("unknown flag --%s%s", unknown.GetSpecifiedName(), didYouMean(near))
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

// wantArgs refuses fewer arguments than min and more than most, which is
// unbounded if it is negative. What is what the command wants.
func wantArgs(min, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < min:
			return usageError{fmt.Errorf("%s: want %s", cmd.Name(), what)}
		case most >= 0 && len(args) > most:
			return usageError{fmt.Errorf("%s: got %q too, want %s", cmd.Name(), args[most], what)}
		}
		return nil
	}
}

func statusOf(err error) int {
	var (
		elsewhere *suite.MachineError
		usage     usageError
		argument  *engine.ArgumentError
		option    *repro.OptionError
		setup     *repro.SetupError
		script    *engine.ScriptError
		file      *engine.FileError
		broken    *sexpr.Error
		path      *fs.PathError
	)
	switch {
	case errors.Is(err, context.Canceled):
		return statusInterrupted
	case errors.As(err, &usage), errors.As(err, &argument), errors.As(err, &option):
		return statusUsage
	case errors.As(err, &script): // also where it reads a file that is broken
		return statusFailed
	case errors.As(err, &file), errors.As(err, &broken), errors.As(err, &setup), errors.As(err, &path), errors.As(err, new(unreadableError)), errors.As(err, new(undecidedError)), errors.As(err, &elsewhere):
		return statusImpossible
	}
	return statusFailed
}
