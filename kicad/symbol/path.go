package symbol

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

const fileExt = ".kicad_sym"

// A Kind says where a symbol comes from.
type Kind string

const (
	Local     Kind = "local"     // the script's own folder
	Installed Kind = "installed" // an installed KiCad
	Embedded  Kind = "embedded"  // the set in the binary
)

// Embedded is a set of symbols that is not in files.
type Set interface {
	// Symbol returns the text of the list (symbol "NAME" ...), flattened.
	Symbol(lib, name string) ([]byte, bool)
	Names(lib string) []string
	Libraries() []string
}

// A Source is one place to look for libraries: a folder, or for the kind
// Embeds the set.
type Source struct {
	Kind Kind
	Dir  string
	Set  Set
}

// A Path looks symbols up in several sources, in their order. It is safe for
// concurrent use, and keeps what it has read.
type Path struct {
	sources []Source
	mu      sync.Mutex
	libs    map[string]*Library
}

// NewPath returns a path through the sources.
func NewPath(sources ...Source) *Path {
	return &Path{sources: sources, libs: map[string]*Library{}}
}

// Find returns the symbol Library:Name of the first source that has it.
func (p *Path) Find(libID string) (*Symbol, error) {
	s, _, err := p.Locate(libID)
	return s, err
}

// Locate is Find, and tells the source's kind.
func (p *Path) Locate(libID string) (*Symbol, Kind, error) {
	for _, src := range p.sources {
		s, err := p.in(src, libID)
		if s != nil || err != nil {
			return s, src.Kind, err
		}
	}
	return nil, "", &NotFoundError{LibID: libID}
}

// FindIn is Find in the sources of one kind.
func (p *Path) FindIn(kind Kind, libID string) (*Symbol, error) {
	for _, src := range p.sources {
		if src.Kind != kind {
			continue
		}
		s, err := p.in(src, libID)
		if s != nil || err != nil {
			return s, err
		}
	}
	return nil, &NotFoundError{LibID: libID}
}

func (p *Path) in(src Source, libID string) (*Symbol, error) {
	lib, name, ok := strings.Cut(libID, ":")
	if !ok {
		return nil, fmt.Errorf("got symbol %q, want Library:Name", libID)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	file := filepath.Join(src.Dir, lib+".kicad_sym")
	l := p.libs[file]
	if l == nil {
		var err error
		if l, err = Open(lib, file); err != nil {
			if os.IsNotExist(err) {
				return nil, nil
			}
			return nil, err
		}
		p.libs[file] = l
	}
	s, err := l.Find(name)
	if _, missing := err.(*NotFoundError); missing {
		return nil, nil
	}
	return s, err
}

// InstalledDir returns the folder of the symbol libraries of an installed
// KiCad, or "".
func InstalledDir() string {
	if d, ok := os.LookupEnv("KICAD9_SYMBOL_DIR"); ok {
		if _, err := os.Stat(d); err != nil {
			return ""
		}
		return d
	}
	const standard = "/usr/share/kicad/symbols"
	if _, err := os.Stat(standard); err != nil {
		return ""
	}
	return standard
}
