package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"starboard/engine"
	reporting "starboard/engine/report"
	"starboard/engine/suite"
)

func newReportCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Work with reports of starboard test",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args)
		},
	}
	cmd.AddCommand(newReportMergeCmd(), newReportSchemaCmd())
	return cmd
}

func newReportMergeCmd() *cobra.Command {
	var reports []string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "merge [flags] SHARD.json ...",
		Short: "Join the reports of all shards of a run",
		Long: `merge reads the JSON reports of the shards of one run and prints, and writes with
--report, the report of the whole. A shard that is missing or doubled, or that
belongs to another run, is an error.

The exit status is that of the whole, as starboard test has it: 1 where a
scenario of any shard failed, 130 where a shard was interrupted. It is 3 where
the reports make no whole.`,
		Example: `  starboard report merge shard*.json --report junit.xml --report report.html`,
		Args:    usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, file := range reports {
				if !reporting.Known(file) {
					return usageError{fmt.Errorf("--report: got %s, want a name that ends in %s", file, strings.Join(reporting.Forms, ", "))}
				}
			}
			return mergeReports(args, reports, verbose, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringArrayVar(&reports, "report", nil, "write the whole report to `FILE`: .json, .xml for JUnit, or .html; may be repeated")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "show every scenario, with its output")
	return cmd
}

func mergeReports(files, to []string, verbose bool, stdout io.Writer) error {
	var shards []*suite.Report
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return &engine.FileError{File: file, Err: errors.Unwrap(err)}
		}
		r, err := reporting.Read(file, text)
		if err != nil {
			return unreadableError{err}
		}
		shards = append(shards, r)
	}
	r, err := reporting.Merge(files, shards)
	if err != nil {
		return unreadableError{err}
	}
	text := &reporting.Text{W: stdout, Verbose: verbose, Color: isTerminal(stdout)}
	for _, s := range r.Suites {
		text.Results(s.Results)
	}
	text.Summary(r)
	for _, file := range to {
		if err := reporting.Write(file, r); err != nil {
			return err
		}
	}
	return verdict(r)
}

func newReportSchemaCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the report",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(reporting.Schema())
			return err
		},
	}
}
