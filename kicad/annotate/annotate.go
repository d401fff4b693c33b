// Package annotate gives the parts of a circuit their references and their
// stable identities, and keeps both when the circuit is edited.
//
// It compares the circuit with the [Entry] list of an earlier run, as a
// text diff compares two texts: parts that are the same keep what they had, by
// name where the script gives one, otherwise by what they are and what they
// are connected to. So a part that is inserted anywhere takes a new reference
// and changes no other one.
package annotate

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"starboard/kicad/circuit"
)

// An Entry is what is remembered of a part.
type Entry struct {
	Ref       string
	ID        string // differs from Ref where the reference has changed since, or where a name was given
	Name      string // as the script gave it, or ""
	Sheet     string // path of the sheet, "/" for the root
	Symbol    string
	Value     string
	Footprint string
	Pins      []Connection
	Gone      bool // the last run had no such part
}

// A Connection is a pin of an [Entry] and the net that it was on.
type Connection struct {
	Pin   string
	Net   string // label
	Named bool   // the script named the net
}

// Annotate sets Ref and ID of every part, finds the labels of the nets, and
// returns what to remember: the entries of old in their order, brought up to
// date, then those of new parts in the order of the script. Entries without a
// part are kept, so that a part that returns finds its reference; prune drops
// them.
//
// A full reference that the script gives is kept in any case. New parts take
// the lowest number that is free.
func Annotate(c *circuit.Circuit, old []Entry, prune bool) ([]Entry, error) {
	parts := c.Parts()
	match := newMatcher(parts, old).run()

	a := annotator{taken: map[string]bool{}, next: map[string]int{}, ids: map[[2]string]bool{}}
	for _, p := range parts {
		if p.FixedRef != "" {
			a.taken[circuit.RefKey(p.FixedRef)] = true
		}
	}
	partOf := make([]*circuit.Part, len(old))
	for i, p := range parts {
		if match[i] >= 0 {
			partOf[match[i]] = p
		}
	}
	// Parts that are known come first, in the order in which they became known.
	var order []*circuit.Part
	for i, e := range old {
		p := partOf[i]
		switch {
		case p == nil:
			if !prune {
				a.taken[circuit.RefKey(e.Ref)] = true
			}
			continue
		case p.FixedRef != "":
			p.Ref = p.FixedRef
		case strings.TrimRight(e.Ref, "0123456789") == p.Prefix && !a.taken[circuit.RefKey(e.Ref)]:
			p.Ref = e.Ref
			a.taken[circuit.RefKey(e.Ref)] = true
		}
		p.ID = a.identity(p, e.ID)
	}
	for i, e := range old {
		if p := partOf[i]; p != nil {
			a.reference(p)
			order = append(order, p)
		} else if !prune {
			a.ids[[2]string{e.Sheet, e.ID}] = true
		}
	}
	for i, p := range parts {
		if match[i] < 0 {
			a.reference(p)
			p.ID = a.identity(p, cmp.Or(p.Name, p.Ref))
			order = append(order, p)
		}
	}
	for i, p := range order {
		p.Order = i
	}
	c.Resolve()

	var entries []Entry
	for i, e := range old {
		if p := partOf[i]; p != nil {
			entries = append(entries, entryOf(p))
		} else if !prune {
			e.Gone = true
			entries = append(entries, e)
		}
	}
	for _, p := range order[len(order)-countNew(match):] {
		entries = append(entries, entryOf(p))
	}
	return entries, checkReferences(parts)
}

func countNew(match []int) int {
	n := 0
	for _, m := range match {
		if m < 0 {
			n++
		}
	}
	return n
}

type annotator struct {
	taken map[string]bool // by circuit.RefKey
	next  map[string]int  // by prefix: no lower number is free
	ids   map[[2]string]bool
}

// reference gives p a free reference if it has none yet.
func (a *annotator) reference(p *circuit.Part) {
	if p.Ref != "" {
		return
	}
	if p.FixedRef != "" {
		p.Ref = p.FixedRef
		return
	}
	n := max(a.next[p.Prefix], 1)
	for a.taken[circuit.RefKey(p.Prefix+strconv.Itoa(n))] {
		n++
	}
	a.next[p.Prefix] = n + 1
	p.Ref = p.Prefix + strconv.Itoa(n)
	a.taken[circuit.RefKey(p.Ref)] = true
}

// identity returns want, made unique in the sheet of p.
func (a *annotator) identity(p *circuit.Part, want string) string {
	id := want
	for i := 2; a.ids[[2]string{p.Sheet().Path(), id}]; i++ {
		id = fmt.Sprintf("%s_%d", want, i)
	}
	a.ids[[2]string{p.Sheet().Path(), id}] = true
	return id
}

func entryOf(p *circuit.Part) Entry {
	e := Entry{
		Ref: p.Ref, ID: p.ID, Name: p.Name, Sheet: p.Sheet().Path(),
		Symbol: p.Symbol.LibID(), Value: p.Value, Footprint: p.Footprint,
	}
	for _, pin := range p.Pins() {
		if n := pin.Net(); n != nil && n.Label() != "" {
			e.Pins = append(e.Pins, Connection{pin.Number, n.Label(), n.Name() != ""})
		}
	}
	return e
}

// checkReferences makes sure of what KiCad would drop in silence.
func checkReferences(parts []*circuit.Part) error {
	seen := make(map[string]*circuit.Part, len(parts))
	for _, p := range parts {
		key := circuit.RefKey(p.Ref)
		if other := seen[key]; other != nil {
			return fmt.Errorf("internal error: references %s and %s are one to KiCad, given to parts made at %s and %s", other.Ref, p.Ref, other.Pos, p.Pos)
		}
		seen[key] = p
	}
	return nil
}

// Sorted returns the parts in the order in which they became known.
func Sorted(parts []*circuit.Part) []*circuit.Part {
	return slices.SortedFunc(slices.Values(parts), func(a, b *circuit.Part) int { return cmp.Compare(a.Order, b.Order) })
}
