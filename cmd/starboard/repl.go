package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/chzyer/readline"
	"github.com/spf13/cobra"

	"starboard/engine"
)

func newReplCmd() *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use:   "repl",
		Short: "Try out a script line by line",
		Long: `repl executes what is typed and prints the value of each expression. A blank
line ends a statement of several lines. Ctrl-C stops what is running, Ctrl-D
ends. Nothing is written: print(kicad.schematic(c)) shows a result.`,
		Args: wantArgs(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c := engine.NewConsole(folder, engine.Options{
				Print: func(_, msg string) { fmt.Fprintln(cmd.OutOrStdout(), msg) },
			})
			if f, ok := cmd.InOrStdin().(*os.File); ok && readline.IsTerminal(int(f.Fd())) {
				return typed(c, cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			return piped(cmd.Context(), c, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVar(&folder, "folder", ".", "find symbols and files as a script in this `DIR` would")
	return cmd
}

// typed reads from a terminal, with a line editor.
func typed(c *engine.Console, stdout, stderr io.Writer) error {
	// As long as somebody listens, Ctrl-C does not end the process.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	defer signal.Stop(signals)
	rl, err := readline.New(">>> ")
	if err != nil {
		return err
	}
	defer rl.Close()
	fmt.Fprintln(stderr, "starboard", versionText()+"; Ctrl-D ends, starboard doc tells what there is")
	for {
		prompt := ">>> "
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		value, err := c.Next(ctx, func() ([]byte, error) {
			rl.SetPrompt(prompt)
			prompt = "... "
			line, err := rl.Readline()
			return []byte(line + "\n"), err
		})
		stop()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, readline.ErrInterrupt): // of the line that is typed
		case errors.Is(err, context.Canceled):
			fmt.Fprintln(stderr, "interrupted")
		case err != nil:
			fmt.Fprintln(stderr, err)
		case value != "":
			fmt.Fprintln(stdout, value)
		}
	}
}

// piped reads from a file or another program. A mistake does not end it, but
// counts in the end.
func piped(ctx context.Context, c *engine.Console, stdin io.Reader, stdout, stderr io.Writer) error {
	in := bufio.NewReader(stdin)
	var failed error
	for {
		begun := false
		value, err := c.Next(ctx, func() ([]byte, error) {
			line, err := in.ReadString('\n')
			if errors.Is(err, io.EOF) && (line != "" || begun) {
				begun = line != ""
				return []byte(line + "\n"), nil // a blank line ends what was begun
			}
			begun = true
			return []byte(line), err
		})
		switch {
		case errors.Is(err, io.EOF):
			return failed
		case errors.Is(err, context.Canceled):
			return err
		case err != nil:
			for line := range strings.Lines(err.Error()) {
				fmt.Fprintf(stderr, "starboard: %s\n", strings.TrimRight(line, "\n"))
			}
			failed = printedError{err}
		case value != "":
			if _, err := fmt.Fprintln(stdout, value); err != nil {
				return err
			}
		}
	}
}
