package difference

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// order reports that paired items stand in another order.
func (c *comparer) order(al *alignment, as, bs []int, pairs, out int) {
	parentA, parentB := c.frames[len(c.frames)-1].i, c.frames[len(c.frames)-1].j
	var xs, ys []int
	for i, j := range al.to {
		if j >= 0 {
			xs = append(xs, as[i])
		}
	}
	for j, i := range al.from {
		if i >= 0 {
			ys = append(ys, bs[j])
		}
	}
	const most = 2000
	short := func(d *doc, items []int, parent int) []string {
		var s []string
		for _, i := range items[:min(len(items), most)] {
			if d.format == sexprFormat || d.format == xmlFormat {
				if id := d.bareName(i); id != "" {
					s = append(s, id)
					continue
				}
			}
			s = append(s, d.short(i, parent))
		}
		return s
	}
	a, b := short(c.da, xs, parentA), short(c.db, ys, parentB)
	whole := pairs == len(as) && pairs == len(bs)
	_, class := c.arrangement(a, b, whole)
	var detail string
	if !whole {
		detail = fmt.Sprintf("%d of %d items stand elsewhere%s", out, max(len(as), len(bs)), class)
	} else {
		detail = fmt.Sprintf("the same %d %s in another order%s", pairs, c.itemWord(as), class)
	}
	first := 0
	for first < len(a)-1 && first < len(b)-1 && a[first] == b[first] {
		first++
	}
	c.emit(found{verdict: verdict{kind: Order, detail: detail, class: c.itemWord(as) + class}, a: row(a, first), b: row(b, first)})
}

// itemWord says what the items of a list are.
func (c *comparer) itemWord(as []int) string {
	switch c.da.format {
	case csvFormat:
		if c.da.nodes[as[0]].shape == record {
			return "rows"
		}
		return "columns"
	case textFormat:
		return "lines"
	case jsonFormat:
		if c.da.nodes[as[0]].label != 0 {
			return "keys"
		}
	case xmlFormat:
		if strings.HasPrefix(c.da.label(as[0]), "@") {
			return "attributes"
		}
	}
	return "items"
}

// bareName is the identity of an item without the word for its kind, by which
// programs sort.
func (d *doc) bareName(i int) string {
	if d.nodes[i].shape == scalar {
		return ""
	}
	if d.format == sexprFormat {
		if ref := d.property(i, "Reference"); ref != "" {
			return ref
		}
		for k := i + 1; k < int(d.nodes[i].next); k = int(d.nodes[k].next) {
			if l := d.label(k); l == "ref" || l == "name" {
				if v := d.only(k); v != "" {
					return v
				}
			}
		}
		if k := i + 1; k < int(d.nodes[i].next) && d.nodes[k].shape == scalar && d.nodes[k].next < d.nodes[i].next {
			return d.value(k)
		}
		return ""
	}
	return d.name(i)
}

// row shows some items from the first that matters.
func row(items []string, first int) string {
	const shown = 5
	var b strings.Builder
	if first > 0 {
		b.WriteString("…, ")
	}
	for k := first; k < len(items) && k < first+shown; k++ {
		if k > first {
			b.WriteString(", ")
		}
		b.WriteString(shorten(items[k], 40))
	}
	if len(items) > first+shown {
		b.WriteString(", …")
	}
	return b.String()
}

// A sorting is an order in which programs write lists.
type sorting struct {
	name    string
	compare func(x, y string) int
}

// plain sortings, and those of locales whose alphabets differ in what a test
// shows: case, accents at the end, digraphs, letters out of line.
var plainSortings = []sorting{
	{"by bytes", strings.Compare},
	{"without regard to case", func(x, y string) int { return strings.Compare(strings.ToLower(x), strings.ToLower(y)) }},
	{"by the numbers in the names", natural},
	{"backwards", func(x, y string) int { return strings.Compare(y, x) }},
}

func localeSortings(locales ...string) []sorting {
	var all []sorting
	for _, name := range locales {
		name, _, _ = strings.Cut(name, ".")
		if name == "" || name == "C" || name == "POSIX" {
			continue
		}
		tag, err := language.Parse(strings.ReplaceAll(name, "_", "-"))
		if err != nil {
			continue
		}
		coll := collate.New(tag)
		base, _ := tag.Base()
		all = append(all, sorting{"as the locale " + base.String() + " does", coll.CompareString},
			sorting{"as the locale " + base.String() + " does, with numbers by value", collate.New(tag, collate.Numeric).CompareString})
	}
	return all
}

// arrangement says what is known of two orders of one set of items: how each
// is sorted, if at all.
func (c *comparer) arrangement(a, b []string, whole bool) (detail, class string) {
	detail = fmt.Sprintf("the same %d in another order", len(a))
	if !whole {
		detail = "in another order"
	}
	if len(a) < 3 {
		return detail, ""
	}
	sortings := append(slices.Clone(plainSortings), localeSortings(c.a.Locale, c.b.Locale, "en", "sv", "da", "et", "cs", "tr")...)
	of := func(items []string) string {
		for _, s := range sortings {
			if slices.IsSortedFunc(items, s.compare) {
				return s.name
			}
		}
		return ""
	}
	sa, sb := of(a), of(b)
	rev := slices.Clone(b)
	slices.Reverse(rev)
	switch {
	case sa != "" && sb != "" && sa != sb:
		class = fmt.Sprintf(", sorted %s in the first and %s in the second", sa, sb)
	case sa != "" && sb == "" || sa == "" && sb != "":
		class = fmt.Sprintf(", sorted %s on one side only", cmp.Or(sa, sb))
	case slices.Equal(a, rev):
		class = ", one the reverse of the other"
	}
	return detail + class, class
}

// natural compares names by their letters and, where these agree, by the
// values of the numbers in them: R2 before R10.
func natural(x, y string) int {
	for x != "" && y != "" {
		nx, ny := digitRun(x), digitRun(y)
		if nx > 0 && ny > 0 {
			dx, dy := strings.TrimLeft(x[:nx], "0"), strings.TrimLeft(y[:ny], "0")
			if o := cmp.Or(len(dx)-len(dy), strings.Compare(dx, dy)); o != 0 {
				return o
			}
			x, y = x[nx:], y[ny:]
			continue
		}
		if x[0] != y[0] {
			return int(x[0]) - int(y[0])
		}
		x, y = x[1:], y[1:]
	}
	return len(x) - len(y)
}
