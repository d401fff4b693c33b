package builtins

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"starboard/kicad/connect"
	"starboard/kicad/erc"
	"starboard/kicad/spell"
)

// aboutLibraries are the rules that compare with what is installed, which a
// scenario must not depend on: starboard erc checks them.
var aboutLibraries = []string{"footprint_filter", "footprint_link_issues", "lib_symbol_issues", "lib_symbol_mismatch"}

// scenarioERC is t.erc(c, allow=[]): the drawing of a circuit, of a project as
// a tree, or of a schematic as a text breaks no electrical rule. An element of
// allow is the key of a rule, or a key and, behind a space, the reference of a
// part or the name of a net that the finding is about.
func scenarioERC(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	t := b.Receiver().(*T)
	var v starlark.Value
	var allow *starlark.List
	var own string
	if err := unpackArgs(b, args, kwargs, "c", &v, "allow?", &allow, "msg?", &own); err != nil {
		return nil, err
	}
	allowed, err := allowances(b, allow)
	if err != nil {
		return nil, err
	}
	files, root, err := drawingOf(thread, b, v)
	if err != nil {
		return nil, err
	}
	s, err := connect.ReadFS(mapFS(files), root)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	r, err := erc.Check(s, erc.Options{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	var lines []string
	for i := range r.Findings {
		if f := &r.Findings[i]; !slices.Contains(aboutLibraries, f.Key) && !slices.ContainsFunc(allowed, func(a allowance) bool { return a.covers(f) }) {
			lines = append(lines, findingText(f))
		}
	}
	if len(lines) == 0 {
		return t.held()
	}
	return t.failed(thread, b, own, counted(len(lines), "finding"), atMost(lines, maxPlaces))
}

// An allowance is a finding that is known and accepted.
type allowance struct{ key, about string }

func (a allowance) covers(f *erc.Finding) bool {
	named := func(word string) bool { return strings.Trim(word, `",:;()`) == a.about }
	return a.key == f.Key && (a.about == "" || slices.ContainsFunc(strings.Fields(f.Message), named) ||
		slices.ContainsFunc(f.Items, func(it erc.Item) bool { return it.Ref == a.about }))
}

func allowances(b *starlark.Builtin, list *starlark.List) ([]allowance, error) {
	if list == nil {
		return nil, nil
	}
	var keys []string
	for _, r := range erc.Rules {
		keys = append(keys, r.Key)
	}
	var allowed []allowance
	for v := range starlark.Elements(list) {
		s, ok := starlark.AsString(v)
		if !ok {
			return nil, fmt.Errorf("%s: for parameter allow: got %s in the list, want string", b.Name(), v.Type())
		}
		key, about, _ := strings.Cut(strings.TrimSpace(s), " ")
		if !slices.Contains(keys, key) {
			msg := fmt.Sprintf("%s: for parameter allow: there is no rule %s", b.Name(), key)
			if near := spell.Nearest(key, keys, 3); len(near) > 0 {
				msg += "; did you mean " + strings.Join(near, ", ") + "?"
			}
			return nil, fmt.Errorf("%s", msg)
		}
		allowed = append(allowed, allowance{key, strings.TrimSpace(about)})
	}
	return allowed, nil
}

func findingText(f *erc.Finding) string {
	var items []string
	for _, it := range f.Items {
		items = append(items, it.Description)
	}
	text := fmt.Sprintf("%s %s: %s", f.Severity, f.Key, f.Message)
	if f.Sheet != "/" {
		text += " on sheet " + f.Sheet
	}
	return text + " (" + strings.Join(items, "; ") + ")"
}

// drawingOf returns the files of a drawing, and the name of its root sheet.
func drawingOf(thread *starlark.Thread, b *starlark.Builtin, v starlark.Value) (files map[string]string, root string, err error) {
	switch v := v.(type) {
	case *Circuit:
		tree, err := projectOf(thread, b, v)
		if err != nil {
			return nil, "", err
		}
		return (&Tree{tree}).texts(), v.Model().Name + ".kicad_sch", nil
	case *Tree:
		files := v.texts()
		root, err := rootSheet(files)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", b.Name(), err)
		}
		return files, root, nil
	case starlark.String:
		const name = "sheet.kicad_sch"
		return map[string]string{name: string(v)}, name, nil
	}
	return nil, "", fmt.Errorf("%s: got %s, want circuit, tree, or the text of a schematic", b.Name(), v.Type())
}
