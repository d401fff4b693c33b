package ident_test

import (
	"testing"

	"github.com/google/uuid"
	"starboard/kicad/ident"
)

func TestUUID(t *testing.T) {
	p := ident.Project("divider")
	root, sub := p.Sheet("/"), p.Sheet("/a/")
	ids := []string{
		root.UUID("symbol", "R1", "1"), root.UUID("symbol", "R11"), root.UUID("symbol", "R1", "2"), root.UUID("wire", "R1", "1"),
		sub.UUID("symbol", "R1", "1"), ident.Project("other").Sheet("/").UUID("symbol", "R1", "1"), root.UUID("symbolR1", "1"),
	}
	seen := map[string]bool{}
	for _, s := range ids {
		id, err := uuid.Parse(s)
		if err != nil || id.Version() != 5 || id.Variant() != uuid.RFC4122 {
			t.Errorf("%s: %v, version %v, want a UUID of version 5", s, err, id.Version())
		}
		if seen[s] {
			t.Errorf("%s stands for two items", s)
		}
		seen[s] = true
	}
	// Files of users depend on it: the value must never change.
	if got, want := ids[0], ident.Project("divider").Sheet("/").UUID("symbol", "R1", "1"); got != want {
		t.Errorf("UUID = %s, then %s", want, got)
	}
	if got, want := root.UUID("symbol", "R1", "1"), "95516139-85da-587b-b8b1-0822fca15588"; got != want {
		t.Errorf("UUID = %s, want %s as in every release", got, want)
	}
}

func TestNumber(t *testing.T) {
	s := ident.Project("p").Sheet("/")
	if a, b := s.Number(1000, "power", "R1"), s.Number(1000, "power", "R2"); a == b || a >= 1000 || b >= 1000 {
		t.Errorf("numbers %d and %d, want two below 1000", a, b)
	}
}
