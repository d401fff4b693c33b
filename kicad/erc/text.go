package erc

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"starboard/kicad/connect"
	"starboard/kicad/geom"
)

// unresolved reports whether a text that was expanded has a variable left.
func unresolved(shown string) bool {
	i := strings.Index(shown, "${")
	return i >= 0 && strings.IndexByte(shown[i:], '}') > 0
}

// unresolvedField is unresolved for fields, where variables may also be those
// of KiCad's paths and of the environment.
func (c *checker) unresolvedField(shown string) bool {
	return unresolved(shown) && unresolved(pathVariable().ReplaceAllStringFunc(shown, func(v string) string {
		name := v[2 : len(v)-1]
		if ownVariable().MatchString(name) || c.libs.opts.Getenv != nil && c.libs.opts.Getenv(name) != "" {
			return ""
		}
		return v
	}))
}

// pattern compiles a regular expression when it is first used: most commands
// of a program use none.
func pattern(s string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(s) })
}

var (
	pathVariable = pattern(`\$\{[^${}]*\}`)
	ownVariable  = pattern(`^(KIPRJMOD|KICAD[0-9]*_((3DMODEL|DESIGN_BLOCK|FOOTPRINT|SYMBOL|TEMPLATE)_DIR|3RD_PARTY)|KICAD_USER_TEMPLATE_DIR)$`)
)

// Texts of these forms are findings that somebody wrote on the sheet.
var (
	warningText = pattern(`^\$\{ERC_WARNING\s*([^}]*)\}(.*)$`)
	assertion   = pattern(`^\$\{ERC_(WARNING|ERROR)\s*[^}]*\}[^$]*$`)
	errorText   = pattern(`^\$\{ERC_ERROR\s*([^}]*)\}(.*)$`)
)

// checkVariables finds texts with variables that nothing defines, and texts
// that are findings themselves.
func (c *checker) checkVariables() {
	if !c.on(unresolvedVariable) {
		return
	}
	for _, sh := range c.s.Sheets {
		check := func(shown, raw string, place geom.Point, item, own Item) {
			if c.unresolvedField(shown) && !assertion().MatchString(shown) {
				c.add(unresolvedVariable, place, fmt.Sprintf("nothing defines a variable of %q", shown), item).specific = sh
			}
			c.checkAssertion(raw, sh, own)
		}
		for _, p := range sh.Parts {
			for _, f := range p.Symbol.Fields {
				if strings.Contains(f.Value, "${") {
					item := c.partItem(p)
					check(c.s.Text(p, f), f.Value, at(f), item, Item{Description: "field " + f.Name, At: at(f), Ref: p.Ref, Sheet: sh.Name, item: &p.Symbol.Item})
				}
			}
			if p.Symbol.Lib != nil {
				c.checkLibTexts(p)
			}
		}
		for _, l := range sh.Drawing.Labels {
			for _, f := range l.Fields {
				if strings.Contains(f.Value, "${") && f.Value != "${INTERSHEET_REFS}" {
					check(c.s.LabelText(sh, f.Value), f.Value, at(f), c.labelItem(sh, l), Item{Description: "field " + f.Name, At: at(f), Sheet: sh.Name, item: &l.Item})
				}
			}
		}
		for i, s := range sh.Drawing.Sheets {
			for _, f := range s.Fields {
				if strings.Contains(f.Value, "${") {
					check(c.s.SheetText(sh, s, f.Value), f.Value, at(f), sheetItem(sh, s), Item{Description: "field " + f.Name, At: at(f), Sheet: sh.Name, item: &s.Item})
				}
			}
			for _, p := range s.Pins {
				if i < len(sh.Children) && unresolved(c.s.LabelText(sh.Children[i], p.Name)) {
					c.add(unresolvedVariable, p.At, fmt.Sprintf("nothing defines a variable of %q", p.Name), c.sheetPinItem(sh, p)).specific = sh
				}
			}
		}
		for _, t := range sh.Drawing.Texts {
			if strings.Contains(t.Text, "${") {
				item := Item{Description: fmt.Sprintf("text %q", t.Text), UUID: t.UUID, At: t.At, Sheet: sh.Name, item: &t.Item}
				check(c.s.LabelText(sh, t.Text), t.Text, t.At, item, item)
			}
		}
	}
}

func (c *checker) checkAssertion(raw string, sh *connect.Sheet, item Item) {
	if m := warningText().FindStringSubmatch(raw); m != nil {
		c.add(genericWarning, item.At, m[1], item).specific = sh
	}
	if m := errorText().FindStringSubmatch(raw); m != nil {
		c.add(genericError, item.At, m[1], item).specific = sh
	}
}

// checkLibTexts looks at the texts of the drawing of a symbol.
func (c *checker) checkLibTexts(p *connect.Part) {
	for n := range p.Symbol.Lib.Node().All() {
		if !n.Is("symbol") {
			continue
		}
		for k := range n.All() {
			if !k.Is("text") && !k.Is("text_box") {
				continue
			}
			text := k.Arg(1).Text()
			if text == "private" {
				text = k.Arg(2).Text()
			}
			if !strings.Contains(text, "${") {
				continue
			}
			f := connect.Field{Value: text}
			if unresolved(c.s.Text(p, &f)) {
				c.add(unresolvedVariable, p.Symbol.At, fmt.Sprintf("nothing defines a variable of %q", text), c.partItem(p)).specific = p.Sheet
			}
			c.checkAssertion(text, p.Sheet, c.partItem(p))
		}
	}
}

// at returns where a field stands on the sheet.
func at(f *connect.Field) geom.Point {
	p, _ := f.At()
	return p
}
