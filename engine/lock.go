package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"starboard/kicad/annotate"
	"starboard/kicad/symbol"
)

// A Lock is the content of a SCRIPT.lock file: the checksums of the symbols
// that a script uses, and what is remembered of the parts of its circuits.
//
// The file is JSON with one symbol or part to a line, parts in the order in
// which they became known, so that an edit of the script is a small
// difference.
type Lock struct {
	Symbols  map[string]LockedSymbol // by Library:Name
	Circuits map[string][]annotate.Entry
}

// A LockedSymbol is a symbol as it was when it was locked.
type LockedSymbol struct {
	From   symbol.Kind
	SHA256 string
}

const lockVersion = 1

// The form of the file. Pins are texts such as "1=VIN", or "2~U1_OUT" for a
// net that the script has not named.
type (
	lockFile struct {
		Version  int                   `json:"version"`
		Symbols  []lockSymbol          `json:"symbols"`
		Circuits map[string][]lockPart `json:"circuits"`
	}
	lockSymbol struct {
		Symbol string      `json:"symbol"`
		From   symbol.Kind `json:"from"`
		SHA256 string      `json:"sha256"`
	}
	lockPart struct {
		Ref       string   `json:"ref"`
		ID        string   `json:"id,omitempty"`
		Name      string   `json:"name,omitempty"`
		Sheet     string   `json:"sheet"`
		Symbol    string   `json:"symbol"`
		Value     string   `json:"value,omitempty"`
		Footprint string   `json:"footprint,omitempty"`
		Pins      []string `json:"pins,omitempty"`
		Gone      bool     `json:"gone,omitempty"`
	}
)

// LockPath returns the name of the lock file of a script.
func LockPath(script string) string { return strings.TrimSuffix(script, ".star") + ".lock" }

// readLock reads a lock file; one that does not exist is empty.
func readLock(file string) (*Lock, error) {
	l := &Lock{Symbols: map[string]LockedSymbol{}, Circuits: map[string][]annotate.Entry{}}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, fileError(file, err)
	}
	var f lockFile
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		line := 1 + bytes.Count(text[:min(int(d.InputOffset()), len(text))], []byte("\n"))
		var syn *json.SyntaxError
		if errors.As(err, &syn) {
			line = 1 + bytes.Count(text[:min(int(syn.Offset), len(text))], []byte("\n"))
		}
		return nil, brokenLock(file, line, err)
	}
	if _, err := d.Token(); err != io.EOF {
		line := 1 + bytes.Count(text[:d.InputOffset()], []byte("\n"))
		return nil, brokenLock(file, line, errors.New("there is more after its end"))
	}
	if f.Version != lockVersion {
		return nil, &LockError{fmt.Sprintf("%s: the lock has version %d, this program knows %d", file, f.Version, lockVersion)}
	}
	for _, s := range f.Symbols {
		l.Symbols[s.Symbol] = LockedSymbol{s.From, s.SHA256}
	}
	for name, parts := range f.Circuits {
		entries := make([]annotate.Entry, len(parts))
		for i, p := range parts {
			e := annotate.Entry{Ref: p.Ref, ID: p.ID, Name: p.Name, Sheet: p.Sheet, Symbol: p.Symbol, Value: p.Value, Footprint: p.Footprint, Gone: p.Gone}
			if e.ID == "" {
				e.ID = e.Ref
			}
			for _, text := range p.Pins {
				k := strings.IndexAny(text, "=~")
				if k < 0 {
					return nil, &LockError{fmt.Sprintf("%s: %s: got pin %q, want PIN=NET or PIN~NET", file, p.Ref, text)}
				}
				e.Pins = append(e.Pins, annotate.Connection{Pin: text[:k], Net: text[k+1:], Named: text[k] == '='})
			}
			entries[i] = e
		}
		l.Circuits[name] = entries
	}
	return l, nil
}

func brokenLock(file string, line int, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = errors.New("it ends too early")
	}
	return &LockError{fmt.Sprintf("%s:%d: the lock cannot be read: %v; bring back the last good one, or delete it to give all parts new references", file, line, err)}
}

// marshal returns the text of the lock file.
func (l *Lock) marshal() ([]byte, error) {
	var b bytes.Buffer
	line := func(v any) error {
		var one bytes.Buffer
		e := json.NewEncoder(&one)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			return err
		}
		b.Write(bytes.TrimRight(one.Bytes(), "\n"))
		return nil
	}
	separate := func(i int, indent string) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n" + indent)
	}
	fmt.Fprintf(&b, "{\n  \"version\": %d,\n  \"symbols\": [", lockVersion)
	for i, id := range slices.Sorted(maps.Keys(l.Symbols)) {
		separate(i, "    ")
		if err := line(lockSymbol{id, l.Symbols[id].From, l.Symbols[id].SHA256}); err != nil {
			return nil, err
		}
	}
	b.WriteString("\n  ],\n  \"circuits\": {")
	for i, name := range slices.Sorted(maps.Keys(l.Circuits)) {
		separate(i, "    ")
		if err := line(name); err != nil {
			return nil, err
		}
		b.WriteString(": [")
		for j, e := range l.Circuits[name] {
			separate(j, "      ")
			p := lockPart{Ref: e.Ref, ID: e.ID, Name: e.Name, Sheet: e.Sheet, Symbol: e.Symbol, Value: e.Value, Footprint: e.Footprint, Gone: e.Gone}
			if p.ID == p.Ref {
				p.ID = ""
			}
			for _, c := range e.Pins {
				sign := "~"
				if c.Named {
					sign = "="
				}
				p.Pins = append(p.Pins, c.Pin+sign+c.Net)
			}
			if err := line(p); err != nil {
				return nil, err
			}
		}
		b.WriteString("\n    ]")
	}
	b.WriteString("\n  }\n}\n")
	return b.Bytes(), nil
}

// A LockError is a lock that cannot be used, or that something does not match.
type LockError struct{ Msg string }

func (e *LockError) Error() string { return e.Msg }

// A library finds the symbols of one script: in the order of its path, but
// as the lock says which one it was.
type library struct {
	path   *symbol.Path
	file   string // of the lock, for messages
	locked map[string]LockedSymbol
	update bool // take what there is, whatever is locked
	found  map[string]*symbol.Symbol
	kinds  map[*symbol.Symbol]symbol.Kind
	pins   map[string]LockedSymbol // what was found
}

func newLibrary(path *symbol.Path, file string, locked map[string]LockedSymbol, update bool) *library {
	return &library{path, file, locked, update, map[string]*symbol.Symbol{}, map[*symbol.Symbol]symbol.Kind{}, map[string]LockedSymbol{}}
}

// find returns the symbol Library:Name. A symbol in the script's own folder
// goes before all others. An installed and an embedded one can stand for each
// other: the one that the lock was made with is taken, or, without a lock, the
// installed one.
func (l *library) find(libID string) (*symbol.Symbol, error) {
	if s := l.found[libID]; s != nil {
		return s, nil
	}
	s, kind, err := l.path.Locate(libID)
	if err != nil {
		return nil, err
	}
	pinned, isPinned := l.locked[libID]
	if isPinned && !l.update && s.Checksum() != pinned.SHA256 {
		var other *symbol.Symbol
		if kind == symbol.Installed {
			other, _ = l.path.FindIn(symbol.Embedded, libID)
		}
		if other == nil || other.Checksum() != pinned.SHA256 {
			return nil, &LockError{fmt.Sprintf("%s: the symbol has changed: %s has %s (%s), now it is %s (%s); bring back the library with the old one, or accept the new one with --update-lock",
				libID, l.file, short(pinned.SHA256), pinned.From, short(s.Checksum()), kind)}
		}
		s, kind = other, symbol.Embedded
	}
	l.found[libID], l.kinds[s], l.pins[libID] = s, kind, LockedSymbol{kind, s.Checksum()}
	return s, nil
}

// has reports whether find would find the symbol.
func (l *library) has(libID string) bool {
	lib, name, _ := strings.Cut(libID, ":")
	names, err := l.path.Names(lib)
	return err == nil && slices.Contains(names, name)
}

// short keeps enough of a checksum to tell two apart.
func short(sum string) string {
	const digits = len("sha256:") + 16
	return sum[:min(digits, len(sum))]
}
