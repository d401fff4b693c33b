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
