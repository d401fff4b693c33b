package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"

	"starboard/kicad/diff"
	"starboard/kicad/spell"
)

// A Design is what a name on the command line stands for: a schematic or
// netlist on the disk, or a circuit of a script.
type Design struct {
	Name string // of the project, or of the file without its ending
	Side *diff.Side
}

// Designs reads what a name stands for, as [diff.Open] does, or several: the
// circuits of a script, which it builds, or the projects in the folders of a
// folder, as a script with several circuits has written them.
func Designs(ctx context.Context, name string, o Options) ([]Design, error) {
	if IsScript(name) {
		r, err := Build(ctx, name, o)
		if err != nil {
			return nil, err
		}
		var list []Design
		for _, c := range r.Circuits {
			shown := strings.Join(append([]string{name}, o.Args...), " ")
			if len(r.Circuits) > 1 {
				shown += ": " + c.Name
			}
			side, err := diff.OpenFS(shown, c.Files(), c.Name+".kicad_sch")
			if err != nil {
				return nil, err
			}
			list = append(list, Design{c.Name, side})
		}
		return list, nil
	}
	if len(o.Args) > 0 {
		return nil, &ArgumentError{fmt.Sprintf("%s is no script, and takes no %s", name, o.Args[0])}
	}
	side, err := diff.Open(name)
	if errors.As(err, new(*diff.NoSchematicError)) {
		if list, several := projectsIn(name); several != nil || len(list) > 0 {
			return list, several
		}
	}
	if err != nil {
		return nil, Unreadable(name, err)
	}
	base := filepath.Base(side.File())
	return []Design{{strings.TrimSuffix(base, filepath.Ext(base)), side}}, nil
}

// IsScript reports whether a file is a script, by its name.
func IsScript(name string) bool { return strings.HasSuffix(name, ".star") }

// projectsIn reads the projects in the folders of a folder.
func projectsIn(dir string) ([]Design, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fileError(dir, err)
	}
	var list []Design
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		side, err := diff.Open(filepath.Join(dir, e.Name()))
		if errors.As(err, new(*diff.NoSchematicError)) {
			continue
		}
		if err != nil {
			return nil, Unreadable(filepath.Join(dir, e.Name()), err)
		}
		base := filepath.Base(side.File())
		list = append(list, Design{strings.TrimSuffix(base, filepath.Ext(base)), side})
	}
	return list, nil
}

// Compare compares designs, each with that of its name. One alone is compared
// with one alone whatever they are called. Circuit, where it is not "", is the
// only one of several that counts.
func Compare(before, after []Design, circuit string) ([]*diff.Changes, error) {
	before, err := pick(before, circuit)
	if err != nil {
		return nil, err
	}
	if after, err = pick(after, circuit); err != nil {
		return nil, err
	}
	switch {
	case len(before) == 1 && len(after) == 1:
	case len(before) == 1:
		after, err = pick(after, before[0].Name)
	case len(after) == 1:
		before, err = pick(before, after[0].Name)
	}
	if err != nil {
		return nil, err
	}
	if len(before) == 1 && len(after) == 1 {
		c, err := diff.Sides(before[0].Side, after[0].Side)
		return []*diff.Changes{c}, err
	}
	names := names(before)
	for _, d := range after {
		if !slices.Contains(names, d.Name) {
			names = append(names, d.Name)
		}
	}
	var list []*diff.Changes
	for _, name := range names {
		c, err := diff.Sides(named(before, name), named(after, name))
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

func names(designs []Design) []string {
	var names []string
	for _, d := range designs {
		names = append(names, d.Name)
	}
	return names
}

// named returns the design of a name, or one with nothing in it.
func named(designs []Design, name string) *diff.Side {
	for _, d := range designs {
		if d.Name == name {
			return d.Side
		}
	}
	return diff.Nothing()
}

// pick returns the design of a name where there are several to choose from.
func pick(designs []Design, name string) ([]Design, error) {
	if len(designs) < 2 || name == "" {
		return designs, nil
	}
	for _, d := range designs {
		if d.Name == name {
			return []Design{d}, nil
		}
	}
	all := names(designs)
	if near := spell.Nearest(name, all, 2); len(near) > 0 {
		all = near
	}
	return nil, &ArgumentError{fmt.Sprintf("there is no circuit %q among several; --circuit names one: %s", name, strings.Join(all, ", "))}
}

// Files returns the files of the project, which need not be written for that.
func (c Circuit) Files() fs.FS {
	files := fstest.MapFS{}
	for _, name := range c.Tree.Names() {
		text, _ := c.Tree.File(name)
		files[name] = &fstest.MapFile{Data: text}
	}
	return files
}
