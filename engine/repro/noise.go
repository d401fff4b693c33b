package repro

import (
	"slices"

	"starboard/engine/repro/difference"
)

// A place is where two runs differ, and in what kind of value.
type place struct {
	file, path string
	kind       difference.Kind
}

// wide returns the place of all differences of that kind in that file.
func (p place) wide() place { return place{file: p.file, kind: p.kind} }

// statusPath is the path of the difference that one run fails and the other
// does not.
const statusPath = "exit status"

func (p place) failure() bool { return p.path == statusPath && p.file == "" }

// Noise is what differs under equal conditions.
type noise struct {
	mask  []difference.Kind
	limit int

	ref      *Run
	compared int           // runs that were compared with ref
	seen     map[place]int // how many of them differed there
	// wide places differ somewhere else each time, so that a place proves
	// nothing there: all of the kind in the file is noise.
	wide    map[place]bool
	example map[place]difference.Difference
	result  []*difference.Result // of the comparisons that found something
	masked  maskedGroups
}

// compare returns where a run differs from the reference. Both came to an end.
func (n *noise) compare(r *Run) *difference.Result {
	return difference.Compare(n.ref.side, r.side, difference.Options{Mask: n.mask, Limit: n.limit})
}

func placesOf(r *difference.Result) map[place]difference.Difference {
	found := make(map[place]difference.Difference, len(r.Differences))
	for _, d := range r.Differences {
		p := place{d.File, d.Path, d.Kind}
		if _, ok := found[p]; !ok {
			found[p] = d
		}
	}
	return found
}

// learn takes runs under equal conditions, the first of which becomes the
// reference.
func (n *noise) learn(runs []*Run) {
	n.ref = runs[0]
	n.seen, n.wide, n.example = map[place]int{}, map[place]bool{}, map[place]difference.Difference{}
	var sets []map[place]difference.Difference
	for _, r := range runs[1:] {
		if r.SHA256 == n.ref.SHA256 && sameModes(n.ref, r) {
			sets = append(sets, nil)
			continue
		}
		result := n.compare(r)
		n.masked.add(result.Masked)
		if len(result.Differences) > 0 {
			n.result = append(n.result, result)
		}
		sets = append(sets, placesOf(result))
	}
	n.compared = len(sets)
	for _, set := range sets {
		for p, d := range set {
			n.seen[p]++
			if _, ok := n.example[p]; !ok {
				n.example[p] = d
			}
		}
	}
	// A place that a single run has, in a kind and file where others have
	// theirs, will be a new one again next time.
	for p, times := range n.seen {
		if times == 1 && n.others(p, sets) {
			n.wide[p.wide()] = true
		}
	}
}

// others reports whether runs differ in the same kind and file without
// differing at p.
func (n *noise) others(p place, sets []map[place]difference.Difference) bool {
	return slices.ContainsFunc(sets, func(set map[place]difference.Difference) bool {
		if _, ok := set[p]; ok {
			return false
		}
		for q := range set {
			if q.wide() == p.wide() {
				return true
			}
		}
		return false
	}) || n.compared < 2
}

// random reports whether a difference at p is what equal conditions make too.
func (n *noise) random(p place) bool { return n.seen[p] > 0 || n.wide[p.wide()] }

// some reports whether runs under equal conditions differ.
func (n *noise) some() bool { return len(n.seen) > 0 }

// sameModes compares what the checksum of all files leaves out.
func sameModes(a, b *Run) bool {
	for name, m := range a.side.Modes {
		if b.side.Modes[name] != m {
			return false
		}
	}
	return len(a.side.Modes) == len(b.side.Modes)
}

// maskedGroups collects what comparisons have set aside.
type maskedGroups struct{ groups []difference.Group }

func (m *maskedGroups) add(groups []difference.Group) {
	for _, g := range groups {
		i := slices.IndexFunc(m.groups, func(h difference.Group) bool { return h.Kind == g.Kind && h.Detail == g.Detail })
		switch {
		case i < 0:
			m.groups = append(m.groups, g)
		case g.Count > m.groups[i].Count:
			m.groups[i] = g // the most that a single comparison has found
		}
	}
}
