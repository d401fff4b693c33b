package symbol

import "strings"

// A NotFoundError says that there is no such symbol.
type NotFoundError struct {
	LibID     string   // as it was asked for
	NoLibrary bool     // there is not even such a library
	Near      []string // what may have been meant, closest first, at most 5: Library:Name, or libraries
}

func (e *NotFoundError) Error() string {
	what := "unknown symbol " + e.LibID
	lib, name, _ := strings.Cut(e.LibID, ":")
	switch {
	case lib == "" || name == "":
		what = "got symbol " + e.LibID + ", want Library:Name"
	case e.NoLibrary:
		what = "unknown library " + lib
	}
	if len(e.Near) > 0 {
		what += ": did you mean " + strings.Join(e.Near, ", ")
	}
	return what
}
