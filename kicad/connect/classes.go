package connect

import "slices"

// classify gives each net its class. What a label gives to a bus it gives to
// the members.
func (gr *Graph) classify() {
	for _, n := range gr.Nets {
		for _, g := range n.Groups {
			for _, l := range g.Labels {
				n.label(gr.s.classesOf(g.Sheet, l))
			}
		}
	}
	for i, sh := range gr.s.Sheets {
		gr.classifyAreas(sh, gr.Sheets[i])
	}
	for _, c := range gr.clusters {
		if len(c.net.labelled) == 0 || c.bus() == nil {
			continue
		}
		for i := range c.bus().leaves {
			if member := gr.memberOf[gr.find(c.atom+int32(i))]; member != nil {
				member.label(c.net.labelled)
			}
		}
	}
	budget := freeMembers
	c := newClassifier(gr.s.Project, &budget)
	for _, n := range gr.Nets {
		n.Class = c.of(n.Name, n.labelled)
	}
}

func (n *Net) label(classes []string) {
	for _, name := range classes {
		if !slices.Contains(n.labelled, name) {
			n.labelled = append(n.labelled, name)
		}
	}
}

// classesOf returns the net classes that a label gives to what it touches.
func (s *Schematic) classesOf(sh *Sheet, l *Label) []string {
	var names []string
	for _, f := range l.Fields {
		if f.Name == "Netclass" || f.Name == "Net Class" {
			if name := s.expandLabel(sh, f.Value); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// classifyAreas gives the nets that have an item in a rule area the classes
// of the directive labels on its outline.
func (gr *Graph) classifyAreas(sh *Sheet, groups []*Group) {
	for _, r := range sh.Drawing.RuleAreas {
		var classes []string
		for _, l := range r.directives(sh.Drawing) {
			classes = append(classes, gr.s.classesOf(sh, l)...)
		}
		if len(classes) == 0 {
			continue
		}
		for _, g := range groups {
			if g.Net != nil && r.holds(g) {
				g.Net.label(classes)
			}
		}
	}
}

// holds reports whether an item of the group lies in the area: a pin or a
// label in it or on its outline, or a wire in part.
func (r *RuleArea) holds(g *Group) bool {
	return slices.ContainsFunc(g.Terminals, func(t Terminal) bool { return r.contains(t.At) }) ||
		slices.ContainsFunc(g.SheetPins, func(p *SheetPin) bool { return r.contains(p.At) }) ||
		slices.ContainsFunc(g.Labels, func(l *Label) bool { return l.Kind != Directive && r.contains(l.At) }) ||
		slices.ContainsFunc(g.Wires, r.crosses)
}
