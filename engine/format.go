package engine

import (
	"bytes"
	"fmt"
	"os"

	"github.com/bazelbuild/buildtools/build"
)

// Format returns a script in the layout that buildifier gives it. The name of
// the file is for messages.
func Format(file string, src []byte) ([]byte, error) {
	if _, err := dialect.Parse(file, src, 0); err != nil {
		return nil, scriptError(err)
	}
	f, err := build.ParseDefault(file, src)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return build.Format(f), nil
}

// FormatFile formats a file in its place, and reports whether that changed it.
// With check, it is left as it is.
func FormatFile(file string, check bool) (changed bool, err error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return false, fileError(file, err)
	}
	text, err := Format(file, src)
	if err != nil || bytes.Equal(src, text) || check {
		return err == nil && !bytes.Equal(src, text), err
	}
	var t transaction
	defer t.rollback()
	if err := t.stage(file, text); err != nil {
		return false, err
	}
	_, err = t.commit()
	return true, err
}
