// Package circuit is the model of what a script describes: parts, the nets
// that join their pins, and the sheets that they are drawn on.
//
// A [Circuit] is a tree of sheets. A net belongs to one sheet, except for a
// power net, which is global as in KiCad. A net reaches another sheet through
// ports, which are drawn as sheet pins and hierarchical labels; they come from
// the arguments of [Sheet.AddSheet] or by themselves where a pin is connected
// to a net of another sheet.
//
// Everything keeps the order of its creation, and nothing here knows of
// positions on paper.
package circuit

import (
	"fmt"
	"strings"
)

// A Circuit is a whole design.
type Circuit struct {
	Name     string // also the name of the KiCad project
	Title    string
	Rev      string
	Date     string
	Company  string
	Comments []string // at most nine
	Paper    string   // the smallest size that may be chosen: A4 to A0

	root  *Sheet
	power []*Net
	refs  map[string]*Part // by RefKey: full references that the script gave
}

// MaxComments is the number of comments that KiCad's title block has.
const MaxComments = 9

// New returns an empty circuit.
func New(name string) (*Circuit, error) {
	if err := checkName("circuit", name); err != nil {
		return nil, err
	}
	c := &Circuit{Name: name, Paper: "A4", refs: map[string]*Part{}}
	c.root = newSheet(c, nil, "")
	return c, nil
}

// checkName refuses what cannot be a file name on some system, for circuits
// become files and sheets become file names and parts of net names.
func checkName(what, name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return fmt.Errorf("a %s needs a name", what)
	case strings.TrimSpace(name) != name || strings.HasPrefix(name, ".") || strings.HasSuffix(name, "."):
		return fmt.Errorf("%s name %q begins or ends with a space or a dot", what, name)
	case strings.ContainsAny(name, "/\\:*?\"<>|"):
		return fmt.Errorf("%s name %q has one of / \\ : * ? \" < > |, which a file name cannot have", what, name)
	case hasControl(name):
		return fmt.Errorf("%s name %q has a control character", what, name)
	case strings.Contains(name, "${"):
		return fmt.Errorf("%s name %q has a text variable, which KiCad would replace", what, name)
	case len(name) > 100:
		return fmt.Errorf("%s name of %d bytes is too long, want at most 100", what, len(name))
	}
	return nil
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// Root returns the sheet at the top.
func (c *Circuit) Root() *Sheet { return c.root }

// Sheets returns every sheet, a parent before its children.
func (c *Circuit) Sheets() []*Sheet {
	var all []*Sheet
	pending := []*Sheet{c.root}
	for len(pending) > 0 {
		s := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		all = append(all, s)
		for i := len(s.sheets) - 1; i >= 0; i-- {
			pending = append(pending, s.sheets[i])
		}
	}
	return all
}

// Parts returns the parts of all sheets, sheet by sheet.
func (c *Circuit) Parts() []*Part {
	var all []*Part
	for _, s := range c.Sheets() {
		all = append(all, s.parts...)
	}
	return all
}

// PowerNets returns the power nets in the order of their creation.
func (c *Circuit) PowerNets() []*Net { return roots(c.power) }

// A Sheet is one page of the hierarchy: the root, or one use of a sheet
// function.
type Sheet struct {
	Name string // "" for the root
	Pos  string // of the call that made it, file:line:col

	circuit *Circuit
	parent  *Sheet
	path    string
	depth   int

	parts  []*Part
	nets   []*Net
	byName map[string]*Net
	names  map[string]*Part // parts by their given name
	sheets []*Sheet
	ports  []*Port
}

func newSheet(c *Circuit, parent *Sheet, name string) *Sheet {
	s := &Sheet{Name: name, circuit: c, parent: parent, path: "/", byName: map[string]*Net{}, names: map[string]*Part{}}
	if parent != nil {
		s.path = parent.path + name + "/"
		s.depth = parent.depth + 1
	}
	return s
}

// Circuit returns the design that s is part of.
func (s *Sheet) Circuit() *Circuit { return s.circuit }

// Parent returns the sheet that s is drawn on, nil for the root.
func (s *Sheet) Parent() *Sheet { return s.parent }

// Path returns the names from the root down, "/" for the root and "/A/B/" for
// a sheet B in a sheet A, as KiCad writes them in net names.
func (s *Sheet) Path() string { return s.path }

// Parts returns the parts of this sheet, without those of its children.
func (s *Sheet) Parts() []*Part { return s.parts }

// Sheets returns the children of s.
func (s *Sheet) Sheets() []*Sheet { return s.sheets }

// Ports returns the places where nets enter or leave s, without those that
// lead to no pin.
func (s *Sheet) Ports() []*Port { return usedPorts(s.ports) }

// Nets returns the nets of this sheet that have a pin or a port, power nets
// excluded.
func (s *Sheet) Nets() []*Net {
	var used []*Net
	for _, n := range roots(s.nets) {
		if n.symbol != nil || n.sheet != s {
			continue
		}
		used = append(used, n)
	}
	return used
}

// AddSheet makes a child of s. Names are unique among the children of a sheet.
func (s *Sheet) AddSheet(name, pos string) (*Sheet, error) {
	if err := checkName("sheet", name); err != nil {
		return nil, err
	}
	for _, other := range s.sheets {
		if other.Name == name {
			return nil, fmt.Errorf("sheet %q exists already%s", name, at(other.Pos))
		}
	}
	child := newSheet(s.circuit, s, name)
	child.Pos = pos
	s.sheets = append(s.sheets, child)
	return child, nil
}

// at returns ", made at POS" for messages, or nothing.
func at(pos string) string {
	if pos == "" {
		return ""
	}
	return ", made at " + pos
}

// AllParts returns the parts of s and of the sheets below it.
func (s *Sheet) AllParts() []*Part {
	all := append([]*Part(nil), s.parts...)
	for _, child := range s.sheets {
		all = append(all, child.AllParts()...)
	}
	return all
}

// AllNets returns the nets of s, and the power nets that a part of s is on.
func (s *Sheet) AllNets() []*Net {
	nets := s.Nets()
	for _, n := range s.circuit.PowerNets() {
		for _, pin := range n.pins {
			if pin.Part.sheet == s {
				nets = append(nets, n)
				break
			}
		}
	}
	return nets
}

// HasNet reports whether Net would return a net that exists already.
func (s *Sheet) HasNet(name string) bool { return s.byName[name] != nil || s.circuit.isPower(name) }

// CountNets returns the number of nets that join at least two pins or have a
// name, each counted once however many sheets it reaches.
func (c *Circuit) CountNets() int {
	count := 0
	for _, n := range c.PowerNets() {
		if len(n.pins) > 0 {
			count++
		}
	}
	for _, s := range c.Sheets() {
		for _, n := range s.Nets() {
			if n.port == nil && !n.Alone() {
				count++
			}
		}
	}
	return count
}
