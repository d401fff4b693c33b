package engine

import (
	"strings"

	"starboard/scripts"
)

// source returns the text of a script, by its name in positions.
func (l *loader) source(shown string) ([]byte, error) {
	if strings.HasPrefix(shown, scripts.Prefix) {
		return l.read(shown)
	}
	return l.read(strings.TrimPrefix(shown, folderPrefix(l.display)))
}
