// Package difference says where two sets of generated files differ, and in
// what kind of value.
//
// [Compare] takes two sides: the files of two runs, and what is known of the
// surroundings of each ([Facts]). Bytes are compared first and decide
// [Result.Identical]. Files that differ are then read by what they hold
// (s-expressions, JSON, XML, CSV, ZIP, tar, gzip, text, bytes), never by what
// they are called: both become trees, whose items are paired by content, by
// identity (reference, name, UUID) and by shape, so that one inserted item is
// one difference. What remains of a pair is a pair of values, and a value
// tells its kind by itself and by the facts: a UUID, a time stamp within the
// run, the run's folder.
//
// Invariants: two files that differ in a byte have at least one difference
// between them; the same sides give the same result, in the same order; no
// input panics; the work is bounded by n log n in the size of the files, with
// small fixed bounds where it is not, and [Result.Notes] says where a bound
// was met. Masked kinds are set aside after the comparison and are counted, so
// a mask never makes two sides identical.
package difference

import (
	"io/fs"
	"time"
)

// A Side is the files of one run and what is known of the run.
type Side struct {
	Files map[string][]byte      // by path, with slashes, below the output folder
	Modes map[string]fs.FileMode // permissions by the same paths; compared where both sides have them
	Facts Facts
}

// Facts are values of the run's surroundings that may have leaked into files.
// What is not known is left zero and explains nothing.
type Facts struct {
	Dir, Out, Home, Temp string    // absolute paths: working folder, output folder, HOME, TMPDIR
	User, Host           string    // as the run could read them
	Zone                 string    // TZ: a name of the zone database, or POSIX form (UTC-14); empty for UTC
	Locale               string    // LC_ALL or LANG
	Begin, End           time.Time // of the run, by the clock that the run could read
	Pid                  int       // of the first process
	Cores                int
	Versions             []string // of the tools that took part: "Python 3.11.2", "20.1.0"
}

// A Difference is one place where the sides differ, and what differs there.
type Difference struct {
	File string // as in Side.Files
	Path string // the place in words: sheet /power, symbol R3, property "Value"; empty for the whole file

	// Line and Col are 1-based and count bytes; Offset counts bytes from 0. All
	// are of side A, or of side B where A lacks the item. Line is 0 where the
	// place is not in a text; inside an archive all are those of the member.
	Line, Col int
	Offset    int64

	Kind   Kind
	A, B   string // the two values, shortened where long; empty on the side that lacks it
	Detail string // of the kind: "version 4", "RFC 3339", "relative 3e-16", "the same 12 items in another order"

	class string // differences of one class form a group
	size  float64
}

// A Group is the differences that are of one kind in the same sense.
type Group struct {
	Kind    Kind
	Detail  string   // what the differences have in common
	Count   int      // all of them, also those beyond Options.Limit
	Files   []string // sorted
	Example Difference
	Note    string // what shows only over all of them: "each value stands for one other value throughout"
	Fix     string // what a fix in the generator would look like
}

// A Result is what Compare found.
type Result struct {
	Identical   bool         // all files are on both sides with the same bytes; masks play no part in it
	Differences []Difference // by file and place; without the masked kinds, at most Options.Limit
	Groups      []Group      // of all that is not masked; most frequent first
	Masked      []Group      // what was set aside
	Notes       []string     // what was left out or cut short, for the reader
}

// Options say what to set aside and how much to keep.
// The zero value masks nothing.
type Options struct {
	Mask  []Kind
	Limit int // of Result.Differences; 0 means 10,000
}
