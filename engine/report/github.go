package report

import (
	"fmt"
	"io"
	"strings"

	"starboard/engine/suite"
)

// GitHub writes the commands by which GitHub shows a failure beside its line
// in the script.
func GitHub(w io.Writer, r *suite.Report) {
	for _, s := range r.Suites {
		for i := range s.Results {
			x := &s.Results[i]
			switch x.Status {
			case suite.Surprise:
				annotate(w, "error", x.File, x.Line, 0, x.Name, "passes now, and t.red says that it must fail: "+x.Why)
			case suite.Failed:
				for _, f := range x.Failures {
					msg := f.Msg
					if f.Check != "" {
						msg = f.Check + ": " + msg
					}
					if f.Detail != "" {
						msg += "\n" + f.Detail
					}
					annotate(w, "error", f.File, f.Line, f.Col, x.Name, msg)
				}
			}
		}
	}
	for _, f := range r.Unused {
		annotate(w, "warning", f, 1, 0, "golden file", "no scenario looks at it")
	}
}

func annotate(w io.Writer, level, file string, line, col int, title, msg string) {
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	message := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	place := fmt.Sprintf("file=%s,line=%d", property.Replace(file), line)
	if col > 0 {
		place += fmt.Sprintf(",col=%d", col)
	}
	fmt.Fprintf(w, "::%s %s,title=%s::%s\n", level, place, property.Replace(title), message.Replace(msg))
}
