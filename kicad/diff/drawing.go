package diff

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"starboard/kicad/connect"
	"starboard/kicad/netlist"
	"starboard/kicad/sexpr"
)

// drawingPairs returns the files that stand for the same sheets, once each.
func drawingPairs(a, b *connect.Schematic) [][2]*connect.Drawing {
	old := map[string]*connect.Sheet{}
	for _, sh := range a.Sheets {
		old[sh.UUIDs] = sh
	}
	var pairs [][2]*connect.Drawing
	for _, sh := range b.Sheets {
		if o := old[sh.UUIDs]; o != nil {
			if p := [2]*connect.Drawing{o.Drawing, sh.Drawing}; !slices.Contains(pairs, p) && o.Drawing.Missing == nil && sh.Drawing.Missing == nil {
				pairs = append(pairs, p)
			}
		}
	}
	return pairs
}

// symbols compares the copies of library symbols.
func (c *Changes) symbols(a, b *design) {
	found := map[string]bool{}
	var names []string
	for _, p := range drawingPairs(a.s, b.s) {
		for name, now := range p[1].Library { // sorted below
			was := p[0].Library[name]
			if was == nil || plain(was.Node()) == plain(now.Node()) {
				continue
			}
			if _, known := found[name]; !known {
				names = append(names, name)
			}
			found[name] = found[name] || pinTexts(was) != pinTexts(now)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		c.Symbols = append(c.Symbols, SymbolChange{Symbol: name, Pins: found[name]})
	}
}

// pinTexts is equal for symbols with the same pins in the same places.
func pinTexts(l *connect.LibSymbol) string {
	var list []string
	for _, p := range l.Pins {
		list = append(list, fmt.Sprintf("%d %d %s %q %q %v %d %v", p.Unit, p.Style, p.Type, p.Number, p.Name, p.At, p.Angle, p.Hidden))
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

// identity is what makes no difference: UUIDs, the instances, which parts and
// sheets speak of, and marks of the editor.
var identity = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\(uuid "?[^()"]*"?\)|\(fields_autoplaced( yes)?\)`) })

// plain returns the text of a list, equal for lists that differ in white space
// and identities only.
func plain(n sexpr.Node) string {
	src := n.Source()
	out := make([]byte, 0, len(src))
	quoted := false
	for i := 0; i < len(src); i++ {
		ch := src[i]
		switch {
		case quoted:
			out = append(out, ch)
			if ch == '\\' && i+1 < len(src) {
				i++
				out = append(out, src[i])
			} else if ch == '"' {
				quoted = false
			}
		case ch == '"':
			quoted = true
			out = append(out, ch)
		case ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' || ch == 0:
			if k := len(out); k > 0 && out[k-1] != ' ' && out[k-1] != '(' {
				out = append(out, ' ')
			}
		case ch == ')':
			if k := len(out); k > 0 && out[k-1] == ' ' {
				out = out[:k-1]
			}
			out = append(out, ch)
		case ch == '(':
			if k := len(out); k > 0 && out[k-1] == ' ' {
				out = out[:k-1]
			}
			out = append(out, ch)
		default:
			out = append(out, ch)
		}
	}
	return identity().ReplaceAllString(string(out), "")
}

// An item is a drawn thing of a file.
type item struct {
	node sexpr.Node
	what string
	name string // reference or text, "" for what is only counted
	uuid string
	text string
}

// whats says what the lists of a file are called. Those with a name are
// compared one by one, the others are counted.
var whats = map[string]string{
	"symbol": "symbol", "sheet": "sheet", "label": "label", "global_label": "global label",
	"hierarchical_label": "hierarchical label", "netclass_flag": "directive", "directive_label": "directive",
	"text": "text", "text_box": "text box",
	"wire": "wire", "bus": "bus", "bus_entry": "bus entry", "junction": "junction", "no_connect": "no-connect flag",
	"polyline": "line", "arc": "arc", "circle": "circle", "rectangle": "rectangle", "bezier": "curve",
	"image": "image", "table": "table", "rule_area": "rule area", "group": "group", "bus_alias": "bus alias",
}

// order is the order of kinds in a DrawingChange.
var order = []string{
	"paper", "symbol", "power symbol", "sheet", "label", "global label", "hierarchical label", "directive", "text", "text box",
	"wire", "bus", "bus entry", "junction", "no-connect flag", "line", "arc", "circle", "rectangle", "curve", "image", "table", "rule area", "group", "bus alias",
}

func itemsOf(d *connect.Drawing) []*item {
	var list []*item
	for n := range d.Node().All() {
		what := whats[n.Head()]
		if what == "" || !n.IsList() {
			continue
		}
		it := &item{node: n, what: what, uuid: n.Child("uuid").Arg(1).Text(), text: plain(n)}
		switch n.Head() {
		case "symbol":
			it.name = property(n, "Reference").Arg(2).Text()
			if strings.HasPrefix(it.name, "#") {
				it.what, it.name = "power symbol", netlist.Unescape(property(n, "Value").Arg(2).Text())
			}
		case "sheet":
			it.name = netlist.Unescape(cmp.Or(property(n, "Sheetname"), property(n, "Sheet name")).Arg(2).Text())
		case "label", "global_label", "hierarchical_label", "text", "text_box":
			it.name = netlist.Unescape(n.Arg(1).Text())
		}
		list = append(list, it)
	}
	return list
}

// property returns the property of a symbol or sheet.
func property(n sexpr.Node, name string) sexpr.Node {
	for p := range n.Lists("property") {
		if p.Arg(1).Text() == name {
			return p
		}
	}
	return sexpr.Node{}
}

// drawings compares what is drawn.
func (c *Changes) drawings(a, b *design) {
	for _, p := range drawingPairs(a.s, b.s) {
		var list []ItemChange
		if was, now := paper(p[0]), paper(p[1]); was != now {
			list = append(list, ItemChange{Item: "paper", Change: "changed", Old: was, New: now, Count: 1})
		}
		list = append(list, compareItems(itemsOf(p[0]), itemsOf(p[1]))...)
		if len(list) > 0 {
			rank := func(x ItemChange) int { return slices.Index(order, x.Item) }
			slices.SortStableFunc(list, func(x, y ItemChange) int {
				return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(x.Change, y.Change), netlist.NaturalCompare(x.Name, y.Name, true))
			})
			c.Drawings = append(c.Drawings, DrawingChange{File: filepath.Base(p[1].File), Items: list})
		}
	}
}

func paper(d *connect.Drawing) string {
	var words []string
	first := true
	for n := range d.Node().Child("paper").All() {
		if !first {
			words = append(words, n.Text())
		}
		first = false
	}
	return strings.Join(words, " ")
}

// compareItems pairs items by their UUIDs, then by their whole text, then by
// kind and name, and says how the pairs differ and what is left over.
func compareItems(before, after []*item) []ItemChange {
	other := map[*item]*item{}
	pair := func(key func(it *item) string) {
		free := map[string][]*item{}
		for _, it := range before {
			if k := key(it); other[it] == nil && k != "" {
				free[k] = append(free[k], it)
			}
		}
		for _, it := range after {
			k := key(it)
			if l := free[k]; other[it] == nil && len(l) > 0 {
				other[it], other[l[0]] = l[0], it
				free[k] = l[1:]
			}
		}
	}
	pair(func(it *item) string {
		if it.uuid == "" {
			return ""
		}
		return it.what + " " + it.uuid
	})
	pair(func(it *item) string { return it.text })
	pair(func(it *item) string {
		if it.name == "" {
			return ""
		}
		return it.what + " " + it.name
	})
	var list []ItemChange
	counts := map[[2]string]int{}
	one := func(it *item, change string) {
		if it.name == "" {
			counts[[2]string{it.what, change}]++
			return
		}
		list = append(list, ItemChange{Item: it.what, Change: change, Name: it.name, Count: 1})
	}
	for _, it := range after {
		switch o := other[it]; {
		case o == nil && it.what != "symbol" && it.what != "sheet": // those are told as parts and sheets
			one(it, "added")
		case o != nil && o.text != it.text:
			for _, ch := range differences(o, it) {
				if it.name == "" {
					counts[[2]string{it.what, ch.Change}]++
				} else {
					list = append(list, ch)
				}
			}
		}
	}
	for _, it := range before {
		if other[it] == nil && it.what != "symbol" && it.what != "sheet" {
			one(it, "removed")
		}
	}
	for _, what := range order {
		for _, change := range []string{"added", "removed", "changed", "moved", "rotated", "mirrored", "resized", "fields moved"} {
			if n := counts[[2]string{what, change}]; n > 0 {
				list = append(list, ItemChange{Item: what, Change: change, Count: n})
			}
		}
	}
	return list
}

// differences says how an item is drawn otherwise than before.
func differences(o, it *item) []ItemChange {
	var list []ItemChange
	add := func(change, was, now string) {
		list = append(list, ItemChange{Item: it.what, Change: change, Name: it.name, Old: was, New: now, Count: 1})
	}
	was, now := o.node, it.node
	if o.name != it.name && it.what != "symbol" && it.what != "sheet" {
		add("changed", o.name, it.name)
	}
	x, y := point(was.Child("at")), point(now.Child("at"))
	if x != y {
		add("moved", x, y)
	}
	if x, y := angle(was), angle(now); x != y {
		add("rotated", x, y)
	}
	switch it.what {
	case "symbol", "power symbol":
		if x, y := was.Child("mirror").Arg(1).Text(), now.Child("mirror").Arg(1).Text(); x != y {
			add("mirrored", x, y)
		}
		if x, y := was.Child("unit").Arg(1).Text(), now.Child("unit").Arg(1).Text(); x != y {
			add("changed", "unit "+x, "unit "+y)
		}
		if len(list) == 0 && fieldsAt(was) != fieldsAt(now) {
			add("fields moved", "", "")
		}
	case "sheet":
		if x, y := plain(was.Child("size")), plain(now.Child("size")); x != y {
			add("resized", point(was.Child("size")), point(now.Child("size")))
		}
		if len(list) == 0 && (fieldsAt(was) != fieldsAt(now) || pinsAt(was) != pinsAt(now)) {
			add("fields moved", "", "")
		}
	default:
		if len(list) == 0 {
			add("changed", "", "")
		}
	}
	return list
}

// point returns two numbers of a list as text.
func point(n sexpr.Node) string {
	if !n.Present() {
		return ""
	}
	return n.Arg(1).Text() + ", " + n.Arg(2).Text()
}

func angle(n sexpr.Node) string { return cmp.Or(n.Child("at").Arg(3).Text(), "0") }

// fieldsAt is equal where the fields of a symbol or sheet stand in the same
// places and look the same, whatever they say.
func fieldsAt(n sexpr.Node) string {
	var b strings.Builder
	for p := range n.Lists("property") {
		effects := p.Child("effects")
		if p.Has("hide") || effects.Has("hide") {
			continue
		}
		fmt.Fprintf(&b, "%s %s %s\n", p.Arg(1).Text(), plain(p.Child("at")), plain(effects))
	}
	return b.String()
}

func pinsAt(n sexpr.Node) string {
	var list []string
	for p := range n.Lists("pin") {
		list = append(list, p.Arg(1).Text()+plain(p.Child("at")))
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}
