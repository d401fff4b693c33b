package symbol

import (
	"strings"

	"starboard/kicad/sexpr"
)

// An Entry is what a search for symbols looks at. Description and Keywords of
// a symbol that has none are those of the symbol that it extends.
type Entry struct {
	Lib, Name             string
	Description, Keywords string
	Extends               string // "" if it is complete in itself
	Kind                  Kind   // of the source, in the index of a [Path]
}

// Index returns an entry for every symbol in the order of the file. It reads
// the beginnings of the symbols only.
func (l *Library) Index() ([]Entry, error) {
	var entries []Entry
	at := map[string]int{}
	for _, p := range l.parts {
		text, spans, err := p.spans()
		if err != nil {
			return nil, err
		}
		for _, s := range spans {
			e := Entry{Lib: l.Nickname, Name: strings.Clone(s.name)}
			e.read(text[s.start:s.end])
			at[e.Name] = len(entries)
			entries = append(entries, e)
		}
	}
	for i := range entries {
		e := &entries[i]
		parent := e.Extends
		for n := 0; n < mostParents && parent != "" && (e.Description == "" || e.Keywords == ""); n++ {
			j, ok := at[parent]
			if !ok {
				break
			}
			if e.Description == "" {
				e.Description = entries[j].Description
			}
			if e.Keywords == "" {
				e.Keywords = entries[j].Keywords
			}
			parent = entries[j].Extends
		}
	}
	return entries, nil
}

// read fills e from the text of a symbol, up to its first unit, for in all
// that KiCad writes the properties come before the units.
func (e *Entry) read(text string) {
	depth := 0
	for i := 0; i < len(text); i++ {
		if class[text[i]] != special {
			continue
		}
		switch text[i] {
		case '(':
			if depth++; depth != 2 {
				continue
			}
			list := text[i:]
			switch head, _ := token(&list); head {
			case "symbol":
				return
			case "extends":
				name, _ := token(&list)
				e.Extends = strings.Clone(plainToken(name))
			case "property":
				name, _ := token(&list)
				value := &e.Keywords
				switch name {
				case `"Description"`, `"ki_description"`:
					value = &e.Description
				case `"ki_keywords"`:
				default:
					continue
				}
				v, _ := token(&list)
				*value = strings.Clone(strings.TrimSpace(sexpr.Decode(v)))
			}
		case ')':
			depth--
		case '"':
			n := closingQuote(text[i:])
			if n < 0 {
				return
			}
			i += n
		case '#':
			if firstOnLine(text, i) {
				n := strings.IndexByte(text[i:], '\n')
				if n < 0 {
					return
				}
				i += n
			}
		}
	}
}
