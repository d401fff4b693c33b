package builtins

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/diff"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starboard/kicad/netlist"
)

const (
	shownLen  = 160 // bytes of a value in a message
	maxPlaces = 20  // differences that are listed
	maxLines  = 60  // lines of a text diff
)

// shown returns a value as a script would write it, cut where it is long.
func shown(v starlark.Value) string { return cut(v.String()) }

func cut(s string) string {
	if len(s) <= shownLen {
		return s
	}
	end := shownLen
	for end > 0 && s[end]&0xC0 == 0x80 {
		end-- // not within a character
	}
	return s[:end] + "…"
}

func indent(s string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n    ")
}

func firstLines(s string, n int) string {
	lines := strings.SplitN(s, "\n", n+1)
	if len(lines) > n {
		lines = lines[:n]
	}
	for i := range lines {
		lines[i] = cut(lines[i])
	}
	return indent(strings.Join(lines, "\n"))
}

// difference says how two values that are not equal differ: in one line, and
// place by place.
func difference(got, want starlark.Value) (msg, detail string) {
	g, isText := starlark.AsString(got)
	w, isText2 := starlark.AsString(want)
	if isText && isText2 {
		return textDifference(g, w)
	}
	if g, ok := got.(*Tree); ok {
		if w, ok := want.(*Tree); ok {
			return "the trees differ", FileDifferences(g.texts(), w.texts())
		}
	}
	places := differences(got, want)
	switch {
	case len(places) == 0:
		return fmt.Sprintf("got %s, want %s: of this type, only the very same is equal", shown(got), shown(want)), ""
	case len(places) == 1 && places[0].path == "":
		return places[0].text, places[0].detail
	case len(places) == 1:
		return "values differ at " + places[0].path + ": " + places[0].text, places[0].detail
	}
	var b strings.Builder
	for i, p := range places {
		if i == maxPlaces {
			fmt.Fprintf(&b, "and %d more\n", len(places)-maxPlaces)
			break
		}
		at := p.path
		if at == "" {
			at = "the whole"
		}
		fmt.Fprintf(&b, "%s: %s\n", at, p.text)
		if p.detail != "" {
			b.WriteString(indent(p.detail) + "\n")
		}
	}
	return fmt.Sprintf("values differ at %d places", len(places)), b.String()
}

// textDifference says how two texts differ.
func textDifference(got, want string) (msg, detail string) {
	if !strings.Contains(strings.TrimSuffix(got, "\n"), "\n") && !strings.Contains(strings.TrimSuffix(want, "\n"), "\n") {
		if len(got)+len(want) <= shownLen {
			return fmt.Sprintf("got %q, want %q", got, want), ""
		}
		at := firstDifference(got, want)
		return fmt.Sprintf("texts differ from byte %d on", at+1),
			fmt.Sprintf("got  %s\nwant %s", around(got, at), around(want, at))
	}
	line := 1 + strings.Count(got[:firstDifference(got, want)], "\n")
	return fmt.Sprintf("texts differ, first in line %d (-want +got)", line), FileDifferences(map[string]string{"": got}, map[string]string{"": want})
}

func firstDifference(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func around(s string, at int) string {
	from, to := max(0, at-20), min(len(s), at+60)
	text := strconv.Quote(s[from:to])
	if from > 0 {
		text = "…" + text
	}
	if to < len(s) {
		text += "…"
	}
	return text
}

// TextDiff returns the lines that differ, with what is around them: "-" for
// what is wanted and not there, "+" for what is there and not wanted. It shows
// at most that many lines.
func TextDiff(got, want string, most int) string {
	d := string(diff.Diff("want", []byte(want), "got", []byte(got)))
	if i := strings.Index(d, "@@ "); i >= 0 {
		d = d[i:] // the names say nothing
	}
	lines := strings.Split(strings.TrimRight(d, "\n"), "\n")
	more := len(lines) - most
	if more > 0 {
		lines = append(lines[:most], fmt.Sprintf("… and %d more lines", more))
	}
	for i := range lines {
		lines[i] = cut(strings.TrimRight(lines[i], "\r"))
	}
	return strings.Join(lines, "\n")
}

// A place is where two values differ.
type place struct{ path, text, detail string }

// differences lists the places, in order.
func differences(got, want starlark.Value) []place {
	r := &placeReporter{}
	cmp.Equal(plain(got, 0), plain(want, 0), cmp.Reporter(r), cmp.Comparer(func(a, b leaf) bool {
		equal, err := starlark.EqualDepth(a.v, b.v, deep)
		return err == nil && equal
	}))
	// Whatever order go-cmp has found them in.
	slices.SortStableFunc(r.places, func(a, b place) int { return netlist.NaturalCompare(a.path, b.path, false) })
	return r.places
}

// The forms of Starlark's values that go-cmp looks into. Keys of a dict are as
// the script would write them.
type (
	list   []any
	tupled []any
	dict   map[string]any
	set    map[string]any
	record map[string]any // of a struct
	tree   map[string]any
	leaf   struct{ v starlark.Value }
)

func plain(v starlark.Value, depth int) any {
	if depth > deep {
		return leaf{v}
	}
	items := func(it starlark.Iterable) []any {
		var out []any
		for x := range starlark.Elements(it) {
			out = append(out, plain(x, depth+1))
		}
		return out
	}
	switch v := v.(type) {
	case *starlark.List:
		return list(items(v))
	case starlark.Tuple:
		return tupled(items(v))
	case *starlark.Dict:
		m := dict{}
		for _, item := range v.Items() {
			m["["+item[0].String()+"]"] = plain(item[1], depth+1)
		}
		return m
	case *starlark.Set:
		m := set{}
		for x := range starlark.Elements(v) {
			m["{"+x.String()+"}"] = leaf{starlark.True}
		}
		return m
	case *starlarkstruct.Struct:
		m := record{}
		for _, name := range v.AttrNames() {
			if x, err := v.Attr(name); err == nil {
				m["."+name] = plain(x, depth+1)
			}
		}
		return m
	case *Tree:
		m := tree{}
		for _, name := range v.tree.Names() {
			text, _ := v.tree.File(name)
			m["["+strconv.Quote(name)+"]"] = leaf{starlark.String(text)}
		}
		return m
	}
	return leaf{v}
}

// A placeReporter collects the places where go-cmp finds a difference.
type placeReporter struct {
	steps  cmp.Path
	places []place
}

func (r *placeReporter) PushStep(s cmp.PathStep) { r.steps = append(r.steps, s) }
func (r *placeReporter) PopStep()                { r.steps = r.steps[:len(r.steps)-1] }

func (r *placeReporter) Report(rs cmp.Result) {
	if rs.Equal() {
		return
	}
	p := place{path: r.path()}
	vx, vy := r.steps.Last().Values()
	var got, want any
	if vx.IsValid() {
		got = vx.Interface()
	}
	if vy.IsValid() {
		want = vy.Interface()
	}
	switch {
	case !vx.IsValid() && strings.HasSuffix(p.path, "}"): // an element of a set
		p.text = "is missing"
	case !vy.IsValid() && strings.HasSuffix(p.path, "}"):
		p.text = "is not wanted"
	case !vx.IsValid():
		p.text = "is missing, want " + back(want)
	case !vy.IsValid():
		p.text = "is not wanted, got " + back(got)
	default:
		g, w := text(got), text(want)
		if g != nil && w != nil {
			p.text, p.detail = textDifference(*g, *w)
		} else {
			p.text = fmt.Sprintf("got %s, want %s", back(got), back(want))
			if back(got) == back(want) {
				p.text += fmt.Sprintf(" (%s and %s)", kind(got), kind(want))
			}
		}
	}
	r.places = append(r.places, p)
}

// path writes the steps as a script would.
func (r *placeReporter) path() string {
	var b strings.Builder
	for _, s := range r.steps {
		switch s := s.(type) {
		case cmp.SliceIndex:
			ix, iy := s.SplitKeys()
			switch {
			case ix == iy || iy < 0:
				fmt.Fprintf(&b, "[%d]", ix)
			case ix < 0:
				fmt.Fprintf(&b, "[%d]", iy)
			default:
				fmt.Fprintf(&b, "[%d, wanted as %d]", ix, iy)
			}
		case cmp.MapIndex:
			b.WriteString(s.Key().String())
		}
	}
	return b.String()
}

func text(x any) *string {
	if l, ok := x.(leaf); ok {
		if s, ok := starlark.AsString(l.v); ok {
			return &s
		}
	}
	return nil
}

// back returns a value as the script would write it.
func back(x any) string {
	var open, end string
	var parts []string
	each := func(items []any) {
		for _, it := range items {
			parts = append(parts, back(it))
		}
	}
	switch x := x.(type) {
	case leaf:
		return shown(x.v)
	case list:
		open, end = "[", "]"
		each(x)
	case tupled:
		open, end = "(", ")"
		each(x)
	case dict:
		open, end = "{", "}"
		for k, v := range x {
			parts = append(parts, k[1:len(k)-1]+": "+back(v))
		}
		slices.Sort(parts)
	case set:
		open, end = "set([", "])"
		for k := range x {
			parts = append(parts, k[1:len(k)-1])
		}
		slices.Sort(parts)
	case record:
		open, end = "struct(", ")"
		for k, v := range x {
			parts = append(parts, k[1:]+" = "+back(v))
		}
		slices.Sort(parts)
	case tree:
		return fmt.Sprintf("a tree of %d files", len(x))
	}
	return cut(open + strings.Join(parts, ", ") + end)
}

func kind(x any) string {
	switch x := x.(type) {
	case leaf:
		return x.v.Type()
	case list:
		return "list"
	case tupled:
		return "tuple"
	case dict:
		return "dict"
	case set:
		return "set"
	case record:
		return "struct"
	}
	return "tree"
}
