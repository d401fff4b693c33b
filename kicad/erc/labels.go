package erc

import (
	"fmt"
	"slices"
	"strings"

	"starboard/kicad/connect"
)

// checkSheetNames finds sheets of one drawing that have the same name but for
// case.
func (c *checker) checkSheetNames() {
	if !c.on(duplicateSheetNames) {
		return
	}
	for _, d := range c.s.Drawings {
		sh := c.uses[d][0]
		name := func(s *connect.SheetSymbol) string { return c.s.SheetText(sh, s, s.Name) }
		for i, a := range d.Sheets {
			for _, b := range d.Sheets[i+1:] {
				if strings.EqualFold(name(a), name(b)) {
					c.add(duplicateSheetNames, a.Box.Min, fmt.Sprintf("two sheets are called %q", name(a)), sheetItem(sh, a), sheetItem(sh, b))
				}
			}
		}
	}
}

// checkAliases finds bus aliases that have other members in another file.
func (c *checker) checkAliases() {
	if !c.on(busDefinitionConflict) {
		return
	}
	type definition struct {
		alias   *connect.BusAlias
		drawing *connect.Drawing
		members []string
	}
	var earlier []definition
	for _, d := range c.s.Drawings {
		var here []definition
		for _, a := range d.Aliases {
			members := slices.Clone(a.Members)
			slices.Sort(members)
			for _, o := range earlier {
				if o.alias.Name == a.Name && !slices.Equal(o.members, members) {
					c.add(busDefinitionConflict, c.origin(), fmt.Sprintf("bus alias %s means something else in %s than in %s", a.Name, d.File, o.drawing.File),
						Item{Description: "bus alias " + a.Name, Sheet: c.uses[d][0].Name, item: &a.Item},
						Item{Description: "bus alias " + a.Name, Sheet: c.uses[o.drawing][0].Name, item: &o.alias.Item})
				}
			}
			here = append(here, definition{a, d, members})
		}
		earlier = append(earlier, here...)
	}
}

// checkDirectives finds directive labels that touch nothing.
func (c *checker) checkDirectives() {
	if !c.on(labelDangling) {
		return
	}
	for _, sh := range c.s.Sheets {
		if !slices.ContainsFunc(sh.Drawing.Labels, func(l *connect.Label) bool { return l.Kind == connect.Directive }) {
			continue
		}
		e := c.endsOf(sh)
		for _, l := range sh.Drawing.Labels {
			if l.Kind == connect.Directive && e.labelOpen(l, l.At) && !onOutline(sh.Drawing, l) {
				item := c.labelItem(sh, l)
				c.add(labelDangling, l.At, "the directive label touches nothing", item).specific = sh
			}
		}
	}
}

// onOutline reports whether a directive label stands on the outline of a rule
// area.
func onOutline(d *connect.Drawing, l *connect.Label) bool {
	for _, r := range d.RuleAreas {
		for i, a := range r.Points {
			w := connect.Wire{Start: a, End: r.Points[(i+1)%len(r.Points)]}
			if onWire(&w, l.At, 100) {
				return true
			}
		}
	}
	return false
}

// checkHierarchy compares the pins of sheets with the labels inside them.
func (c *checker) checkHierarchy() {
	for _, sh := range c.s.Sheets {
		if sh == c.s.Root && c.on(pinNotConnected) {
			for _, l := range sh.Drawing.Labels {
				if l.Kind == connect.Hierarchical {
					item := c.labelItem(sh, l)
					c.add(pinNotConnected, l.At, item.Description+" on the root sheet leads nowhere", item).onSheet(sh)
				}
			}
		}
		if len(sh.Drawing.Sheets) == 0 {
			continue
		}
		e := c.endsOf(sh)
		for i, sym := range sh.Drawing.Sheets {
			for _, p := range sym.Pins {
				if c.on(pinNotConnected) && e.labelOpen(p, p.At) {
					item := c.sheetPinItem(sh, p)
					c.add(pinNotConnected, p.At, item.Description+" is not connected", item)
				}
			}
			if c.on(hierLabelMismatch) && i < len(sh.Children) {
				c.compareSheet(sh, sym, sh.Children[i])
			}
		}
	}
}

// compareSheet reports the pins of a sheet without a label inside, and the
// labels without a pin.
func (c *checker) compareSheet(sh *connect.Sheet, sym *connect.SheetSymbol, child *connect.Sheet) {
	pins := map[string]*connect.SheetPin{}
	labels := map[string]*connect.Label{}
	var names []string
	for _, p := range sym.Pins {
		if pins[p.Name] == nil {
			names = append(names, p.Name)
		}
		pins[p.Name] = p
	}
	matched := map[string]bool{}
	for _, l := range child.Drawing.Labels {
		if l.Kind != connect.Hierarchical {
			continue
		}
		if pins[l.Text] != nil {
			matched[l.Text] = true
			continue
		}
		if labels[l.Text] == nil {
			names = append(names, l.Text)
		}
		labels[l.Text] = l
	}
	slices.Sort(names)
	for _, name := range names {
		if p := pins[name]; p != nil && !matched[name] {
			item := c.sheetPinItem(sh, p)
			c.add(hierLabelMismatch, p.At, item.Description+" has no hierarchical label inside", item).onSheet(sh)
		}
		if l := labels[name]; l != nil {
			item := c.labelItem(child, l)
			c.add(hierLabelMismatch, l.At, fmt.Sprintf("%s has no pin on sheet %q", item.Description, sym.Name), item).onSheet(child)
		}
	}
}

// checkSingleLabels finds global labels of which there is but one.
func (c *checker) checkSingleLabels() {
	if !c.on(singleGlobalLabel) {
		return
	}
	type use struct {
		sheet *connect.Sheet
		label *connect.Label
	}
	uses := map[string][]use{}
	var names []string
	for _, sh := range c.s.Sheets {
		for _, l := range sh.Drawing.Labels {
			if l.Kind == connect.Global {
				text := c.s.LabelText(sh, l.Text)
				if uses[text] == nil {
					names = append(names, text)
				}
				uses[text] = append(uses[text], use{sh, l})
			}
		}
	}
	for _, name := range names {
		if u := uses[name]; len(u) == 1 {
			item := c.labelItem(u[0].sheet, u[0].label)
			c.add(singleGlobalLabel, u[0].label.At, item.Description+" appears once only", item).specific = u[0].sheet
		}
	}
}

// A named is a label, or the pin of a power symbol, with its text.
type named struct {
	text  string
	sheet *connect.Sheet
	item  Item
	power bool
	kind  connect.LabelKind
}

// checkLabelNames finds names that are easily taken for one another.
func (c *checker) checkLabelNames() {
	rules := []*Rule{similarLabels, similarPower, similarLabelAndPower, sameLocalGlobalLabel}
	if !slices.ContainsFunc(rules, c.on) {
		return
	}
	var all []named
	for _, net := range c.graph.Nets {
		for _, sub := range c.byNet[net] {
			for _, g := range sub.Groups {
				for _, l := range g.Labels {
					if l.Kind != connect.Directive {
						all = append(all, named{c.s.LabelText(sub.Sheet, l.Text), sub.Sheet, c.labelItem(sub.Sheet, l), false, l.Kind})
					}
				}
				for _, t := range g.Terminals {
					if typeOf(t.Pin) == powerIn && (t.Part.Power() == connect.GlobalPower || t.Part.Power() == connect.NoPower && t.Lib.Hidden) {
						text := c.s.Text(t.Part, t.Symbol.Fields[1])
						all = append(all, named{text, sub.Sheet, c.pinItem(t), true, 0})
					}
				}
			}
		}
	}
	c.checkCase(all)
	if c.on(sameLocalGlobalLabel) {
		c.checkLocalGlobal(all)
	}
}

// checkCase finds names that differ in case only.
func (c *checker) checkCase(all []named) {
	byFold := map[string][]named{}
	for _, n := range all {
		key := strings.ToLower(n.text)
		for _, o := range byFold[key] {
			if o.text == n.text {
				continue
			}
			rule := similarLabels
			switch {
			case n.power && o.power:
				rule = similarPower
			case n.power || o.power:
				rule = similarLabelAndPower
			}
			if c.on(rule) {
				f := c.add(rule, n.item.At, fmt.Sprintf("%s and %s differ in case only", n.text, o.text), n.item, o.item)
				f.onSheet(n.sheet)
				f.paths[1] = o.sheet
			}
		}
		byFold[key] = append(byFold[key], n)
	}
}

// checkLocalGlobal finds local labels that are called like global ones.
func (c *checker) checkLocalGlobal(all []named) {
	local := map[string][]named{}
	for _, n := range all {
		if !n.power && n.kind == connect.Local {
			local[n.text] = append(local[n.text], n)
		}
	}
	done := map[string]bool{}
	for _, n := range all {
		if n.power || n.kind != connect.Global || done[n.text] {
			continue
		}
		done[n.text] = true
		same := local[n.text]
		if len(same) == 0 {
			continue
		}
		f := c.add(sameLocalGlobalLabel, n.item.At, fmt.Sprintf("%s is a global and a local label: they are different nets", n.text), n.item, same[0].item)
		f.onSheet(n.sheet)
		f.paths[1] = same[0].sheet
		for _, l := range same[1:] {
			f.alike[1] = append(f.alike[1], alike{Item: l.item, sheet: l.sheet})
		}
	}
}
