package builtins

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing/fstest"

	"go.starlark.net/starlark"

	"starboard/kicad/connect"
	"starboard/kicad/diff"
	"starboard/kicad/netlist"
	"starboard/kicad/project"
)

// readNetlist returns the netlist that a text says: KiCad's own form, JSON, or
// a schematic. ok is false for any other text.
func readNetlist(text string) (n *netlist.Netlist, ok bool, err error) {
	head := strings.TrimSpace(text[:min(len(text), 200)])
	switch {
	case strings.HasPrefix(head, "(export"):
		n, err = netlist.Parse("netlist", text)
	case strings.HasPrefix(head, "{"):
		n, err = netlist.FromJSON([]byte(text))
	case strings.HasPrefix(head, "(kicad_sch"):
		n, err = readDrawing(map[string]string{"sheet.kicad_sch": text}, "sheet.kicad_sch")
	default:
		return nil, false, nil
	}
	return n, true, err
}

// readDrawing returns what the geometry of a schematic says.
func readDrawing(files map[string]string, root string) (*netlist.Netlist, error) {
	s, err := connect.ReadFS(mapFS(files), root)
	if err != nil {
		return nil, err
	}
	return s.Netlist()
}

// ReadTree reads what a project draws.
func ReadTree(t *project.Tree) (*connect.Schematic, error) {
	files := (&Tree{t}).texts()
	root, err := rootSheet(files)
	if err != nil {
		return nil, err
	}
	return connect.ReadFS(mapFS(files), root)
}

func mapFS(files map[string]string) fs.FS {
	dir := make(fstest.MapFS, len(files))
	for name, text := range files {
		dir[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return dir
}

// rootSheet returns the name of the schematic of a project: the one beside the
// project file, or the only one.
func rootSheet(files map[string]string) (string, error) {
	var sheets []string
	for name := range files {
		if base, ok := strings.CutSuffix(name, ".kicad_pro"); ok {
			if _, ok := files[base+".kicad_sch"]; ok {
				return base + ".kicad_sch", nil
			}
		}
		if path.Ext(name) == ".kicad_sch" {
			sheets = append(sheets, name)
		}
	}
	if len(sheets) == 1 {
		return sheets[0], nil
	}
	slices.Sort(sheets)
	return "", fmt.Errorf("want one root schematic, got %d schematics (%s) and no project file beside one", len(sheets), strings.Join(sheets, ", "))
}

func scenarioSameNetlist(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	var x, y starlark.Value
	var own string
	if err := unpackArgs(b, args, kwargs, "a", &x, "b", &y, "msg?", &own); err != nil {
		return nil, err
	}
	got, err := netlistOf(thread, b, "a", x)
	if err != nil {
		return nil, err
	}
	want, err := netlistOf(thread, b, "b", y)
	if err != nil {
		return nil, err
	}
	found := netlist.Compare(got, want, netlist.ConnectionsOnly)
	if len(found) == 0 {
		return t.held()
	}
	lines := make([]string, len(found))
	for i, f := range found {
		lines[i] = f.Text
	}
	return t.failed(thread, b, own, "the netlists differ in "+counted(len(found), "place"), atMost(lines, maxPlaces))
}

// netlistOf returns the netlist that a circuit, a project as a tree, or a text
// describes. That of a tree is read from its drawing.
func netlistOf(thread *starlark.Thread, b *starlark.Builtin, name string, v starlark.Value) (*netlist.Netlist, error) {
	fail := func(err error) (*netlist.Netlist, error) {
		return nil, fmt.Errorf("%s: for parameter %s: %w", b.Name(), name, err)
	}
	switch v := v.(type) {
	case *Circuit:
		env, err := envOf(thread, b)
		if err != nil {
			return nil, err
		}
		if err := v.ready(env); err != nil {
			return fail(err)
		}
		o, err := v.drawing(thread, env)
		if err != nil {
			return nil, err
		}
		n, err := project.Netlist(v.Model(), o)
		if err != nil {
			return fail(err)
		}
		return n, nil
	case *Tree:
		files, err := filesOf(thread, b, v)
		if err != nil {
			return nil, err
		}
		root, err := rootSheet(files)
		if err != nil {
			return fail(err)
		}
		n, err := readDrawing(files, root)
		if err != nil {
			return fail(err)
		}
		return n, nil
	case starlark.String:
		n, ok, err := readNetlist(string(v))
		if err != nil {
			return fail(err)
		}
		if !ok {
			return fail(fmt.Errorf("got the text %s, want a netlist of KiCad or JSON, or a schematic", shown(starlark.String(firstLine(string(v))))))
		}
		return n, nil
	}
	return fail(fmt.Errorf("got %s, want circuit, tree, or the text of a netlist or schematic", v.Type()))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func atMost(lines []string, most int) string {
	if len(lines) > most {
		lines = append(slices.Clone(lines[:most]), fmt.Sprintf("and %d more", len(lines)-most))
	}
	return strings.Join(lines, "\n")
}

// FileDifferences says how files that should be equal differ: which are
// missing or too many, what that means where they are netlists or schematics,
// in the words of package diff ("R3: value 10k → 4k7", from what is wanted to
// what is there), and then line by line. The key "" is a text that is not in a
// file. It returns "" where nothing differs.
func FileDifferences(got, want map[string]string) string {
	var names []string
	for name := range want {
		names = append(names, name)
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var b strings.Builder
	var differ []string
	for _, name := range names {
		g, isGot := got[name]
		w, isWanted := want[name]
		switch {
		case !isGot:
			fmt.Fprintf(&b, "%s: is missing\n", name)
		case !isWanted:
			fmt.Fprintf(&b, "%s: is not wanted\n", name)
		case g != w:
			differ = append(differ, name)
		}
	}
	words := designWords(got, want, differ)
	if len(words) > 0 {
		b.WriteString(atMost(words, maxPlaces) + "\n")
	}
	if len(differ) > 1 { // then it goes without saying that the checksums do
		differ = slices.DeleteFunc(differ, func(name string) bool { return path.Base(name) == project.Sums })
	}
	mostFiles, linesEach := 6, 24
	if len(words) > 0 { // then the lines only show where
		linesEach = 10
	}
	for i, name := range differ {
		if i == mostFiles {
			fmt.Fprintf(&b, "and %d more files differ: %s\n", len(differ)-i, strings.Join(differ[i:], ", "))
			break
		}
		lines := linesEach
		if len(differ) == 1 {
			lines = maxLines
		}
		if name != "" {
			fmt.Fprintf(&b, "%s: differs (-want +got)\n", name)
		}
		b.WriteString(TextDiff(got[name], want[name], lines) + "\n")
	}
	return b.String()
}

// designWords says what changed in the designs that the files are, each change
// once: that of the whole drawing first, then that of netlists and of
// schematics that are no part of it. What cannot be read as a design is
// compared as text only, and has no words here.
func designWords(got, want map[string]string, differ []string) []string {
	var lines []string
	kicad := false // something of KiCad's own was read
	add := func(c *diff.Changes, err error, of string) {
		if err != nil {
			return
		}
		kicad = kicad || isKicad(of)
		for line := range strings.Lines(diff.Text(c)) {
			if line = strings.TrimSuffix(line, "\n"); !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	if root, err := rootSheet(want); err == nil && slices.ContainsFunc(differ, isSchematic) {
		before, err := connect.ReadFS(mapFS(want), root)
		after, err2 := connect.ReadFS(mapFS(got), root)
		if err == nil && err2 == nil {
			c, err := diff.Schematics(before, after)
			add(c, err, want[root])
			differ = slices.DeleteFunc(slices.Clone(differ), isSchematic)
		}
	}
	for _, name := range differ {
		c, err := diff.Texts(cmp.Or(name, "sheet.kicad_sch"), want[name], got[name])
		add(c, err, want[name])
	}
	if len(lines) == 0 && kicad {
		lines = []string{"nothing changed but identities or the layout of the file"}
	}
	return lines
}

// isKicad reports whether a text is a schematic or a netlist of KiCad.
func isKicad(text string) bool {
	head := strings.TrimSpace(text[:min(len(text), 200)])
	return strings.HasPrefix(head, "(export") || strings.HasPrefix(head, "(kicad_sch")
}

func isSchematic(name string) bool { return path.Ext(name) == ".kicad_sch" }
