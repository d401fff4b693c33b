package connect

import "strings"

// expand replaces each ${NAME} that lookup knows, inner ones first: a name
// may contain variables itself. What it does not know stays as it is.
func expand(s string, lookup func(name string) (string, bool)) string {
	if !strings.Contains(s, "${") {
		return s
	}
	var out []byte
	var open []int // where in out each ${ stands that is not closed yet
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '$' && i+1 < len(s) && s[i+1] == '{':
			open = append(open, len(out))
			out = append(out, '$', '{')
			i++
		case s[i] == '}' && len(open) > 0:
			start := open[len(open)-1]
			open = open[:len(open)-1]
			name := string(out[start+2:])
			if v, ok := lookup(name); ok {
				out = append(out[:start], v...)
			} else {
				out = append(out, '}')
			}
		default:
			out = append(out, s[i])
		}
		if len(out) > len(s)+maxText {
			return s
		}
	}
	return string(out)
}

// maxExpansions is how often the value of a variable may be searched for
// variables again, and maxText how long a text may become that way.
const (
	maxExpansions = 10
	maxText       = 1 << 16
)

// expandAll expands until nothing changes.
func expandAll(s string, lookup func(name string) (string, bool)) string {
	for range maxExpansions {
		next := expand(s, lookup)
		if next == s || len(next) > maxText {
			break
		}
		s = next
	}
	return s
}

// projectVar looks up a text variable of the project.
func (s *Schematic) projectVar(name string) (string, bool) {
	for _, v := range s.Project.TextVars {
		if v.Name == name {
			return v.Value, true
		}
	}
	if name == "PROJECTNAME" {
		return s.Project.Name, true
	}
	return "", false
}

// expandTitle expands text of a title block, as KiCad does for netlists: once,
// with the project's variables only.
func (s *Schematic) expandTitle(text string) string { return expand(text, s.projectVar) }

// expandSheetField expands the text of a field of a sheet symbol.
func (s *Schematic) expandSheetField(parent *Sheet, sym *SheetSymbol, text string) string {
	return expandAll(text, func(name string) (string, bool) {
		for _, f := range sym.Fields {
			if strings.EqualFold(f.Name, name) && f.Value != text {
				return f.Value, true
			}
		}
		return s.sheetVar(parent, name)
	})
}

// expandLabel expands the text of a label or of a sheet pin. KiCad does not
// look for variables in the values of variables there.
func (s *Schematic) expandLabel(sh *Sheet, text string) string {
	if !strings.Contains(text, "${") {
		return text
	}
	return expand(text, func(name string) (string, bool) { return s.sheetVar(sh, name) })
}

// sheetVar looks up a variable of a sheet, of its title block, or of the
// project.
func (s *Schematic) sheetVar(sh *Sheet, name string) (string, bool) {
	d := sh.Drawing
	switch name {
	case "SHEETNAME":
		if sh.Symbol == nil {
			return "", true
		}
		return sh.Symbol.Name, true
	case "SHEETFILE":
		return s.sheetFile(sh), true
	case "SHEETPATH":
		return sh.Name, true
	case "FILENAME":
		return baseName(d.File), true
	case "#":
		return sh.Page, true
	case "##":
		return itoa(len(s.Sheets)), true
	case "TITLE":
		return d.Title.Title, true
	case "ISSUE_DATE":
		return d.Title.Date, true
	case "REVISION":
		return d.Title.Rev, true
	case "COMPANY":
		return d.Title.Company, true
	}
	if len(name) == len("COMMENT1") && strings.HasPrefix(name, "COMMENT") && name[7] >= '1' && name[7] <= '9' {
		return d.Title.Comments[name[7]-'1'], true
	}
	return s.projectVar(name)
}
