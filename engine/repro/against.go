package repro

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"starboard/engine"
	"starboard/engine/repro/difference"
)

// A Manifest is a list of checksums that the files must have, as sha256sum
// writes it.
type Manifest struct {
	File string
	Sums []File // without sizes, in the order of the file
}

// ReadManifest reads a file with lines "checksum  name".
func ReadManifest(file string) (*Manifest, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	m := &Manifest{File: file}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		sum, name, ok := strings.Cut(line, " ")
		raw, err := hex.DecodeString(sum)
		if !ok || err != nil || len(raw) != sha256.Size {
			return nil, &OptionError{fmt.Sprintf("%s:%d: got %q, want a SHA-256 checksum, two blanks and a file name", file, n, line)}
		}
		m.Sums = append(m.Sums, File{Name: path.Clean(strings.TrimLeft(name, " *")), SHA256: strings.ToLower(sum)})
	}
	if len(m.Sums) == 0 {
		return nil, &OptionError{fmt.Sprintf("%s: no checksum is in it", file)}
	}
	return m, nil
}

// Against is how the first run compares with a manifest.
type Against struct {
	File    string   `json:"file"`
	Same    bool     `json:"same"`
	Missing []string `json:"missing"` // listed, and not made
	Extra   []string `json:"extra"`   // made, and not listed
	Differ  []string `json:"differ"`
	Groups  []Group  `json:"groups"` // what differs, where the listed files lie beside the manifest
}

// against compares a run with a manifest, where there is one. The manifest
// does not list itself, nor does it have to list the lock of a script.
func (r *Report) against(m *Manifest, run *Run, o Options) error {
	if m == nil {
		return nil
	}
	a := &Against{File: m.File, Missing: []string{}, Extra: []string{}, Differ: []string{}, Groups: []Group{}}
	listed := map[string]bool{filepath.Base(m.File): true}
	if o.Script != "" {
		listed[filepath.Base(engine.LockPath(o.Script))] = true
	}
	made := map[string]string{}
	for _, f := range run.Files {
		made[f.Name] = f.SHA256
	}
	golden, now := map[string][]byte{}, map[string][]byte{}
	for _, f := range m.Sums {
		listed[f.Name] = true
		switch sum, ok := made[f.Name]; {
		case !ok:
			a.Missing = append(a.Missing, f.Name)
		case sum != f.SHA256:
			a.Differ = append(a.Differ, f.Name)
			data, err := os.ReadFile(filepath.Join(filepath.Dir(m.File), filepath.FromSlash(f.Name)))
			if sum := sha256.Sum256(data); err == nil && hex.EncodeToString(sum[:]) == f.SHA256 {
				golden[f.Name], now[f.Name] = data, run.side.Files[f.Name]
			}
		}
	}
	for _, f := range run.Files {
		if !listed[f.Name] {
			a.Extra = append(a.Extra, f.Name)
		}
	}
	a.Same = len(a.Missing)+len(a.Extra)+len(a.Differ) == 0
	if len(golden) > 0 {
		result := difference.Compare(difference.Side{Files: golden}, difference.Side{Files: now}, difference.Options{})
		a.Groups = groupsOf(result.Groups)
	}
	r.Against = a
	return nil
}
