// Package ident derives the UUIDs of a project, all of version 5, from what
// the items are: never from a clock, a random number, or the order of
// creation.
package ident

import (
	"strings"

	"github.com/google/uuid"
)

// namespace is this project's own: the version 5 UUID of its name in the URL
// namespace.
var namespace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("starboard"))

// A Space is where identities are unique: a project, or a sheet in it.
type Space struct{ id uuid.UUID }

// Project returns the space of the project with that name.
func Project(name string) Space {
	return Space{uuid.NewSHA1(namespace, []byte("project\x00"+name))}
}

// Sheet returns the space of the sheet with that path in the project, such as
// "/" or "/power/".
func (s Space) Sheet(path string) Space {
	return Space{uuid.NewSHA1(s.id, []byte("sheet\x00"+path))}
}

// UUID returns the UUID of the item that has the role and the identity; the
// parts of an identity are kept apart.
func (s Space) UUID(role string, identity ...string) string {
	return s.hash(role, identity).String()
}

func (s Space) hash(role string, identity []string) uuid.UUID {
	var b strings.Builder
	b.WriteString(role)
	for _, part := range identity {
		b.WriteByte(0)
		b.WriteString(part)
	}
	return uuid.NewSHA1(s.id, []byte(b.String()))
}

// Number returns a number below limit that is as stable as a UUID and nearly
// as scattered.
func (s Space) Number(limit uint64, role string, identity ...string) uint64 {
	id := s.hash(role, identity)
	var v uint64
	for _, b := range id[:6] { // the bits before the version
		v = v<<8 | uint64(b)
	}
	return v % limit
}
