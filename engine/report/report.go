// Package report writes what a run of suites found: as text for a terminal, as
// JSON with a schema, as JUnit XML, as annotations for GitHub, and as one HTML
// page that needs nothing else.
//
// All forms are made from the one model, [suite.Report]; [JSON] holds all of
// it, and [Read] and [Merge] bring the parts of a suite that ran on several
// machines together again.
package report

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"starboard/engine"
	"starboard/engine/suite"
)

// Forms are the ends of file names that [Write] knows.
var Forms = []string{".json", ".xml", ".html"}

// Known reports whether the form of a report can be told from the file's name.
func Known(file string) bool {
	switch filepath.Ext(file) {
	case ".json", ".xml", ".html":
		return true
	}
	return false
}

// Write writes the report to a file, in the form that its name asks for.
func Write(file string, r *suite.Report) error {
	var b bytes.Buffer
	var err error
	switch filepath.Ext(file) {
	case ".json":
		err = JSON(&b, r)
	case ".xml":
		err = JUnit(&b, r)
	case ".html":
		err = HTML(&b, r)
	default:
		return fmt.Errorf("%s: want a name that ends in .json, .xml or .html", file)
	}
	if err != nil {
		return err
	}
	if err := writeWhole(file, b.Bytes()); err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return &engine.FileError{File: file, Err: err}
	}
	return nil
}

// writeWhole writes a file whole or not at all.
func writeWhole(file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	temp := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".new")
	f, err := os.Create(temp)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(temp, file)
	}
	if err != nil {
		os.Remove(temp)
	}
	return err
}

// Duration writes a time with three digits or so.
func Duration(ns int64) string {
	d := time.Duration(ns)
	switch {
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", ns)
	case d < time.Millisecond:
		return fmt.Sprintf("%.0f µs", float64(ns)/1e3)
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(ns)/1e6)
	case d < time.Second:
		return fmt.Sprintf("%.0f ms", float64(ns)/1e6)
	case d < time.Minute:
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
