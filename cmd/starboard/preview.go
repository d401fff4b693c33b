package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"starboard/engine"
	"starboard/engine/preview"
)

func newPreviewCmd() *cobra.Command {
	var port int
	cmd := &cobra.Command{
		Use:   "preview [flags] SCRIPT.star [name=value ...]",
		Short: "Show what a script draws in a browser, live",
		Long: `preview serves a page with the sheets that a script draws, their scores, the faults
of the drawing and what breaks electrical rules, and prints its address. It runs
the script again whenever a script, a symbol library or a schematic in its folder
or below changes, and the page follows. Where a run fails, the page says why, and
the last pictures stay.

Nothing is written, and the page can be seen on this machine only. Ctrl-C ends it.`,
		Example: `  starboard preview divider.star
  starboard preview divider.star top=4k7 --port 8080`,
		Args: wantArgs(1, -1, "a script"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if port < 0 || port > 65535 {
				return usageError{fmt.Errorf("--port: got %d, want 0 to 65535", port)}
			}
			return servePreview(cmd.Context(), args, port, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().IntVar(&port, "port", 0, "serve on port `N`; 0 is any that is free")
	return cmd
}

// closing is how long pages that are open may take to notice the end.
const closing = 500 * time.Millisecond

func servePreview(ctx context.Context, args []string, port int, stdout, stderr io.Writer) error {
	s := &preview.Server{Script: args[0], Options: engine.Options{Args: args[1:]}}
	report := func(err error) {
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				fmt.Fprintf(stderr, "starboard: %s\n", strings.TrimRight(line, "\n"))
			}
		}
	}
	// What no change of the script would mend ends it at once.
	var file *engine.FileError
	var argument *engine.ArgumentError
	if err := s.Update(ctx); errors.As(err, &file) || errors.As(err, &argument) {
		return err
	} else if ctx.Err() == nil {
		report(err)
	}
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "http://%s/\n", l.Addr())
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 2)
	go func() { ended <- server.Serve(l) }()
	go func() { ended <- s.Watch(ctx, report) }()
	select {
	case <-ctx.Done():
	case err = <-ended:
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	if server.Shutdown(late) != nil {
		server.Close() // pages wait for news for ever
	}
	if ctx.Err() != nil {
		return nil // this is how it is meant to end
	}
	return err
}
