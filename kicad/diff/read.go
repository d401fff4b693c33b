package diff

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"

	"starboard/kicad/connect"
	"starboard/kicad/netlist"
)

// A FormatError is a file that is neither a schematic nor a netlist.
type FormatError struct{ File string }

func (e *FormatError) Error() string {
	return e.File + ": want a schematic, a project, or a netlist of KiCad or as JSON"
}

// A NoSchematicError is a folder without a schematic in it.
type NoSchematicError struct{ Folder string }

func (e *NoSchematicError) Error() string {
	return e.Folder + ": there is no schematic in the folder"
}

// Files compares what two names stand for, as [Open] reads it.
func Files(oldName, newName string) (*Changes, error) {
	a, err := Open(oldName)
	if err != nil {
		return nil, err
	}
	b, err := Open(newName)
	if err != nil {
		return nil, err
	}
	return Sides(a, b)
}

// Sides compares two designs. They may be of different kinds; a netlist says
// nothing of drawings.
//
// Where the files of the sheets are there for one of two schematics only, as
// when one has been taken out of its history, the two files alone are compared,
// and a note says so.
func Sides(before, after *Side) (*Changes, error) {
	a, b := *before, *after
	note := ""
	if a.schematic() && b.schematic() {
		var err error
		if note, err = level(&a, &b); err != nil {
			return nil, err
		}
	}
	return a.against(&b, note)
}

// Texts compares two versions of one file. Of a schematic, the sheets and the
// project stay out of it: only what is in the texts counts. An empty text is a
// file that is not there.
func Texts(name, before, after string) (*Changes, error) {
	a, err := ofText(name, before)
	if err != nil {
		return nil, err
	}
	b, err := ofText(name, after)
	if err != nil {
		return nil, err
	}
	return a.against(b, "")
}

// A Side is one of two designs that are compared, as it was read.
type Side struct {
	name  string // as the user has it
	file  string // of the schematic
	files fs.FS  // where that and its sheets are
	s     *connect.Schematic
	n     *netlist.Netlist
}

// Nothing returns a design with nothing in it.
func Nothing() *Side { return &Side{n: &netlist.Netlist{}} }

// File returns the name of the file with the root schematic, or the netlist.
func (o *Side) File() string { return o.file }

func (o *Side) schematic() bool { return o.s != nil }

func (o *Side) against(b *Side, note string) (*Changes, error) {
	before, err := o.design()
	if err != nil {
		return nil, err
	}
	after, err := b.design()
	if err != nil {
		return nil, err
	}
	if note != "" {
		after.missing = nil
	}
	c := compare(before, after)
	c.Old, c.New = cmp.Or(o.name, os.DevNull), cmp.Or(b.name, os.DevNull)
	if note != "" {
		c.Notes = append(c.Notes, note)
	}
	return c, nil
}

func (o *Side) design() (*design, error) {
	if o.s != nil {
		return ofSchematic(o.s)
	}
	return ofNetlist(o.n), nil
}

// Open reads one of these: a schematic with the sheets that belong to it, a
// project file or a folder that stands for one, a netlist of KiCad or as JSON.
// An empty name, or that of the null device, is a design with nothing in it.
//
// An error is that of the operating system, an *[sexpr.Error] with its place, a
// *FormatError or a *NoSchematicError.
func Open(name string) (*Side, error) {
	if name == "" || name == os.DevNull {
		return Nothing(), nil
	}
	o := &Side{name: name, file: name, files: diskFS{}}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		if o.file, err = rootOf(name); err != nil {
			return nil, err
		}
	} else if base, ok := strings.CutSuffix(name, ".kicad_pro"); ok {
		o.file = base + ".kicad_sch"
	}
	text, err := os.ReadFile(o.file)
	if err != nil {
		return nil, err
	}
	switch kindOf(string(text)) {
	case "kicad_sch":
		o.s, err = connect.Read(o.file)
	default:
		o.n, err = parse(o.file, string(text))
	}
	return o, err
}

// OpenFS reads a root schematic, its sheets and its project from files that
// need not be on the disk, such as those that a script makes. Name is what the
// user knows them by.
func OpenFS(name string, files fs.FS, root string) (*Side, error) {
	s, err := connect.ReadFS(files, root)
	return &Side{name: name, file: root, files: files, s: s}, err
}

// kindOf returns the first word of a list, "{" for JSON, or "".
func kindOf(text string) string {
	text = strings.TrimLeft(text, " \t\r\n")
	for _, kind := range []string{"kicad_sch", "export"} {
		if rest, ok := strings.CutPrefix(text, "("); ok && strings.HasPrefix(strings.TrimLeft(rest, " \t\r\n"), kind) {
			return kind
		}
	}
	if strings.HasPrefix(text, "{") {
		return "{"
	}
	return ""
}

// parse reads a netlist.
func parse(name, text string) (*netlist.Netlist, error) {
	switch kindOf(text) {
	case "export":
		return netlist.Parse(name, text)
	case "{":
		n, err := netlist.FromJSON([]byte(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return n, nil
	}
	return nil, &FormatError{name}
}

// Reads reports whether a file is of a kind that is compared here, by its name.
func Reads(name string) bool {
	switch path.Ext(filepath.ToSlash(name)) {
	case ".kicad_sch", ".net":
		return true
	}
	return false
}

func ofText(name, text string) (*Side, error) {
	o := &Side{name: name, file: path.Base(filepath.ToSlash(name))}
	if strings.TrimSpace(text) == "" {
		return Nothing(), nil
	}
	var err error
	if kindOf(text) == "kicad_sch" {
		o.s, err = connect.ReadFS(fstest.MapFS{o.file: &fstest.MapFile{Data: []byte(text)}}, o.file)
	} else {
		o.n, err = parse(name, text)
	}
	return o, err
}

// rootOf returns the root schematic of a folder: that of its project, or the
// only one that no other names as a sheet.
func rootOf(dir string) (string, error) {
	projects, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*.kicad_pro"))
	if err != nil {
		return "", err
	}
	var roots []string
	for _, p := range projects {
		root := strings.TrimSuffix(p, ".kicad_pro") + ".kicad_sch"
		if _, err := os.Stat(root); err == nil {
			roots = append(roots, root)
		}
	}
	if len(roots) == 0 {
		if roots, err = filepath.Glob(filepath.Join(escapeGlob(dir), "*.kicad_sch")); err != nil {
			return "", err
		}
	}
	slices.Sort(roots)
	switch len(roots) {
	case 0:
		return "", &NoSchematicError{dir}
	case 1:
		return roots[0], nil
	}
	names := make([]string, len(roots))
	for i := range roots {
		names[i] = filepath.Base(roots[i])
	}
	return "", fmt.Errorf("%s: there are several schematics in the folder, name one: %s", dir, strings.Join(names, ", "))
}

// escapeGlob returns a folder's name as a pattern that matches it only.
func escapeGlob(s string) string {
	return strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(s)
}

// level reads two schematics again with less around them where one lacks what
// the other has: the files of its sheets, or the project. The note says so.
func level(a, b *Side) (note string, err error) {
	alone := map[string]bool{}
	for _, pair := range [][2]*Side{{a, b}, {b, a}} {
		there := map[string]bool{}
		for _, sh := range pair[1].s.Sheets {
			there[sh.UUIDs] = sh.Drawing.Missing == nil
		}
		for _, sh := range pair[0].s.Sheets {
			if sh.Drawing.Missing != nil && there[sh.UUIDs] {
				alone[filepath.Base(sh.Drawing.File)] = true
			}
		}
	}
	if len(alone) > 0 {
		names := make([]string, 0, len(alone))
		for name := range alone {
			names = append(names, name)
		}
		slices.Sort(names)
		note = fmt.Sprintf("only the two files are compared, not their sheets: one side has no %s", strings.Join(names, ", "))
	}
	for _, pair := range [][2]*Side{{a, b}, {b, a}} {
		o, other := pair[0], pair[1]
		without := other.s.Project.File == "" && o.s.Project.File != ""
		if len(alone) == 0 && !without {
			continue
		}
		less := lessFS{files: o.files}
		if len(alone) > 0 {
			less.only = filepath.ToSlash(o.file)
		}
		if o.s, err = connect.ReadFS(less, filepath.ToSlash(o.file)); err != nil {
			return "", err
		}
	}
	return note, nil
}

// A lessFS has no projects, or one file only.
type lessFS struct {
	files fs.FS
	only  string
}

func (l lessFS) Open(name string) (fs.File, error) {
	hidden := path.Ext(name) == ".kicad_pro" || path.Base(name) == "sym-lib-table"
	if hidden || l.only != "" && path.Clean(name) != path.Clean(l.only) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return l.files.Open(name)
}

// A diskFS has the files of the disk under the names that the user has for
// them.
type diskFS struct{}

func (diskFS) Open(name string) (fs.File, error) { return os.Open(filepath.FromSlash(name)) }
