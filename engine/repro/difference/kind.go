package difference

import (
	"fmt"
	"strings"

	"starboard/kicad/spell"
)

// A Kind is a kind of value, or of arrangement, in which files differ.
type Kind string

// The kinds. [Kind.Explain] and [Kind.Fix] say more about each.
const (
	UUID        Kind = "uuid"
	Time        Kind = "time"
	Zone        Kind = "zone"
	Path        Kind = "path"
	User        Kind = "user"
	Host        Kind = "host"
	Pid         Kind = "pid"
	Cores       Kind = "cores"
	Address     Kind = "address"
	Random      Kind = "random"
	Counter     Kind = "counter"
	Order       Kind = "order"
	Position    Kind = "position"
	Float       Kind = "float"
	Number      Kind = "number"
	Version     Kind = "version"
	Locale      Kind = "locale"
	Mode        Kind = "mode"
	LineEnding  Kind = "line ending"
	Encoding    Kind = "encoding"
	EndOfFile   Kind = "end of file"
	Layout      Kind = "layout"
	Packing     Kind = "packing"
	MissingFile Kind = "missing file"
	MissingItem Kind = "missing item"
	Content     Kind = "content"
)

// kinds is the table behind the methods, in the order of Kinds.
var kinds = []struct {
	kind         Kind
	one, many    string
	explain, fix string
}{
	{UUID, "UUID", "UUIDs", "a UUID; the version tells how it was made",
		"derive each from the project, the sheet path and the item's identity with UUID version 5 instead of drawing it"},
	{Time, "time stamp", "time stamps", "a date or time in any of many forms, such as that of the run",
		"leave it out, or take it from the input or from SOURCE_DATE_EPOCH"},
	{Zone, "time in another zone", "times in another zone", "the same instant given in another time zone",
		"print times in UTC, whatever TZ says"},
	{Path, "path", "paths", "a path, such as that of the working, output, home or temporary folder",
		"write paths relative to the project or to a variable, and none of temporary folders"},
	{User, "user name", "user names", "the name of the user who ran the generator",
		"leave it out, or take the author from the input"},
	{Host, "host name", "host names", "the name of the machine",
		"leave it out"},
	{Pid, "process number", "process numbers", "the number of a process",
		"leave it out; for unique names use the item's identity"},
	{Cores, "number of cores", "numbers of cores", "the number of processors that the run saw",
		"let the number of workers decide the speed only, never what is written"},
	{Address, "memory address", "memory addresses", "an address in memory, as a default text form or id() of an object has it",
		"give the objects a text form of their own, and key nothing by address"},
	{Random, "random token", "random tokens", "letters and digits without meaning: a random name, a hash, a seed, a fraction",
		"derive it from the item's identity, or seed the generator with a constant; for a hash, look at what goes into it"},
	{Counter, "counter", "counters", "a small whole number that moved by a step: a count kept between runs or between processes",
		"begin the count anew in every run, and keep it out of caches"},
	{Order, "list in another order", "lists in another order", "the same items in another order",
		"sort by an identity, such as the reference, before writing; compare bytes and not by locale"},
	{Position, "position", "positions", "a coordinate or an angle",
		"let only the input and fixed rules decide positions: no clock, no random start, integer coordinates"},
	{Float, "floating-point result", "floating-point results", "numbers that differ in their last digits only",
		"add in a fixed order, compute lengths in integers, and round to the format's digits when writing"},
	{Number, "number", "numbers", "a number that is neither a counter nor jitter",
		"bound work by steps and not by time; look at what the number counts"},
	{Version, "version", "versions", "the version of a tool or of a format",
		"pin the tool, or leave its version out"},
	{Locale, "value in another locale's form", "values in another locale's form", "the same value in the spelling of another locale: 1,5 and 1.5, names of months",
		"format and print with the C locale, whatever LANG and LC_ALL say"},
	{Mode, "file mode", "file modes", "permissions of a file or of a member of an archive",
		"set the mode of every file and member explicitly instead of leaving it to umask"},
	{LineEnding, "line ending", "line endings", "LF, CRLF or CR at the end of lines",
		"open files so that \\n is written as it is"},
	{Encoding, "encoding", "encodings", "the encoding of the text, or a byte order mark",
		"write UTF-8 without a byte order mark, whatever the locale says"},
	{EndOfFile, "end of file", "ends of files", "a newline or blanks at the end of the file",
		"end every text with one newline"},
	{Layout, "layout", "layouts", "white space, quotes or spelling that change no value",
		"print with one printer and fixed settings"},
	{Packing, "packing", "packings", "the same content compressed or packed in another way",
		"fix the compressor, its level and the fields of its headers"},
	{MissingFile, "missing file", "missing files", "a file that only one side has",
		"name files by identity and not by chance, write all of them, and remove what a run left behind"},
	{MissingItem, "missing item", "missing items", "an item that only one side has",
		"look for what decides that it is written: a cache, what an earlier run left, an environment variable, a time limit"},
	{Content, "content", "contents", "anything else",
		"look at where the value comes from"},
}

// Kinds returns all kinds.
func Kinds() []Kind {
	all := make([]Kind, len(kinds))
	for i, k := range kinds {
		all[i] = k.kind
	}
	return all
}

// ParseKind returns the kind of that name, in which - and _ stand for a blank.
func ParseKind(name string) (Kind, error) {
	want := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' {
			return ' '
		}
		return r
	}, strings.ToLower(strings.TrimSpace(name)))
	names := make([]string, len(kinds))
	for i, k := range kinds {
		if string(k.kind) == want {
			return k.kind, nil
		}
		names[i] = string(k.kind)
	}
	if near := spell.Nearest(want, names, 1); len(near) > 0 {
		return "", fmt.Errorf("got kind %q, want a kind of difference (did you mean %s?)", name, near[0])
	}
	return "", fmt.Errorf("got kind %q, want one of %s", name, strings.Join(names, ", "))
}

// Explain returns what the kind is, in one line.
func (k Kind) Explain() string { return k.entry().explain }

// Fix returns what a fix in a generator would look like, in one line.
func (k Kind) Fix() string { return k.entry().fix }

// Noun returns the kind with its number: "1 UUID", "38 UUIDs".
func (k Kind) noun(n int) string {
	if n == 1 {
		return k.entry().one
	}
	return k.entry().many
}

type kindEntry = struct {
	kind         Kind
	one, many    string
	explain, fix string
}

func (k Kind) entry() kindEntry {
	for _, e := range kinds {
		if e.kind == k {
			return e
		}
	}
	return kindEntry{kind: k, one: string(k), many: string(k)}
}
