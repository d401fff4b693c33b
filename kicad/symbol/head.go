package symbol

import (
	"fmt"
	"strconv"
	"strings"

	"starboard/kicad/sexpr"
)

const (
	oldest    = 20211014 // KiCad 6
	newest    = 20251024 // KiCad 10
	magicWord = "kicad_symbol_lib"
	blanks    = " \t\r\n\x00"
)

// readHead reads the beginning of a library file, up to its version.
func readHead(file, text string) (version int, err error) {
	rest := text
	fail := func(format string, args ...any) (int, error) {
		return 0, shift(&sexpr.Error{File: file, Line: 1, Col: 1, Msg: fmt.Sprintf(format, args...)}, text, len(text)-len(rest))
	}
	for {
		rest = strings.TrimLeft(rest, blanks)
		if !strings.HasPrefix(rest, "#") || !firstOnLine(text, len(text)-len(rest)) {
			break
		}
		_, rest, _ = strings.Cut(rest, "\n")
	}
	list := rest
	if head, _ := token(&list); head != magicWord || rest[0] != '(' {
		got, _, _ := strings.Cut(rest[:min(40, len(rest))], "\n")
		if got == "" {
			got = "end of file"
		}
		return fail("got %s, want (%s", strings.TrimSpace(got), magicWord)
	}
	rest = strings.TrimLeft(list, blanks)
	list = rest
	if head, _ := token(&list); head != "version" || rest[0] != '(' {
		return newest, nil // KiCad does not mind
	}
	v, _ := token(&list)
	version, err = strconv.Atoi(v)
	if err != nil || version < oldest {
		return fail("got version %q, want %d (KiCad 6) or later", v, oldest)
	}
	return version, nil
}
