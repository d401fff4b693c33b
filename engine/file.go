package engine

import (
	"errors"
	"io/fs"
	"os"
)

// Unreadable returns the error of the operating system that err is or wraps
// as a *FileError with the name that the user knows; any other error, such as
// a mistake in the content of the file, comes back as it is.
func Unreadable(file string, err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) || errors.As(err, new(*os.LinkError)) {
		return fileError(file, err)
	}
	return err
}

// WriteFile writes a file whole or not at all. Its folder is made if need be.
func WriteFile(file string, content []byte) error {
	var t transaction
	defer t.rollback()
	if err := t.stage(file, content); err != nil {
		return err
	}
	_, err := t.commit()
	return err
}
