package connect

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"starboard/kicad/netlist"
)

// Netlist returns the netlist that KiCad exports from the schematic, but for
// the date and the tool.
func (s *Schematic) Netlist() (*netlist.Netlist, error) {
	var components []netlist.Component
	var uses []*libUse
	var described sync.WaitGroup
	described.Go(func() { components, uses = s.components() })
	gr, err := s.Graph()
	described.Wait()
	if err != nil {
		return nil, err
	}
	n := &netlist.Netlist{Components: components, Source: s.File, Tool: "starboard", TextVars: s.Project.TextVars}
	for _, sh := range s.Sheets {
		n.Sheets = append(n.Sheets, s.sheet(sh))
	}
	slices.SortFunc(uses, func(a, b *libUse) int {
		return cmp.Or(strings.Compare(a.lib, b.lib), strings.Compare(a.part, b.part))
	})
	for _, u := range uses {
		n.LibParts = append(n.LibParts, u.libPart())
		if k := len(n.Libraries); u.lib != "" && (k == 0 || n.Libraries[k-1].Logical != u.lib) {
			if uri, ok := s.Project.LibraryURI(u.lib); ok {
				n.Libraries = append(n.Libraries, netlist.Library{Logical: u.lib, URI: uri})
			}
		}
	}
	for _, net := range gr.Nets {
		if nodes := net.nodes(); len(nodes) > 0 {
			n.Nets = append(n.Nets, netlist.Net{Code: net.Code, Name: net.Name, Class: net.exportedClass(s), Nodes: nodes})
		}
	}
	return n, nil
}

func (s *Schematic) sheet(sh *Sheet) netlist.Sheet {
	t := &sh.Drawing.Title
	n := netlist.Sheet{
		Number: itoa(sh.Index + 1), Name: sh.Name, Tstamps: sh.UUIDs,
		Title: s.expandTitle(t.Title), Company: s.expandTitle(t.Company), Rev: s.expandTitle(t.Rev), Date: s.expandTitle(t.Date),
		Source: baseName(sh.Drawing.File),
	}
	for i, c := range t.Comments {
		n.Comments[i] = s.expandTitle(c)
	}
	return n
}

// Terminals returns the pins of the net, sorted by reference and number as
// plain strings. A pin that several units share is there once.
func (n *Net) Terminals() []Terminal {
	var list []Terminal
	for _, g := range n.Groups {
		for _, t := range g.Terminals {
			if !t.Part.offBoard() {
				list = append(list, t)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Terminal) int {
		return cmp.Or(strings.Compare(a.Part.Ref, b.Part.Ref), strings.Compare(a.Number, b.Number))
	})
	return slices.CompactFunc(list, func(a, b Terminal) bool { return a.Part.Ref == b.Part.Ref && a.Number == b.Number })
}

// nodes returns what a netlist lists of the net.
func (n *Net) nodes() []netlist.Node {
	terminals := n.Terminals()
	open := slices.ContainsFunc(n.Groups, func(g *Group) bool { return len(g.NoConnects) > 0 })
	for _, t := range terminals {
		f := terminals[0]
		open = open && t.Part == f.Part && t.At == f.At && t.Name == f.Name
	}
	var nodes []netlist.Node
	for _, t := range terminals {
		if strings.HasPrefix(t.Part.Ref, "#") {
			continue
		}
		node := netlist.Node{Ref: t.Part.Ref, Pin: t.Number, Function: t.Name, Type: t.Type}
		if open {
			node.Type += "+no_connect"
		}
		nodes = append(nodes, node)
	}
	return nodes
}

// exportedClass returns the class as kicad-cli 9 gives it. It looks the class
// up on the root sheet only, and so calls nets Default whose first group is
// further down.
func (n *Net) exportedClass(s *Schematic) string {
	if n.Groups[0].Sheet != s.Root {
		return defaultClass
	}
	return n.Class
}
