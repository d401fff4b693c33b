package connect

import "slices"

// classify gives each net its class.
func (gr *Graph) classify() {
	for _, n := range gr.Nets {
		for _, g := range n.Groups {
			for _, l := range g.Labels {
				for _, name := range gr.s.classesOf(g.Sheet, l) {
					if !slices.Contains(n.labelled, name) {
						n.labelled = append(n.labelled, name)
					}
				}
			}
		}
	}
	budget := freeMembers
	c := newClassifier(gr.s.Project, &budget)
	for _, n := range gr.Nets {
		n.Class = c.of(n.Name, n.labelled)
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
