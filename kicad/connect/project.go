package connect

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"starboard/kicad/netlist"
	"starboard/kicad/sexpr"
)

// A Project is what the .kicad_pro and the tables beside it say of a
// schematic's nets and texts.
type Project struct {
	File      string          // "" where there is no .kicad_pro
	Name      string          // of the file, without its ending
	TextVars  []netlist.Field // sorted by name
	Classes   []NetClass      // in the order of the file; Default is one of them
	Patterns  []ClassPattern
	Libraries []Library // rows of the project's sym-lib-table, variables expanded

	// How the units of a part are named: U1B, U1.2. Zero is none, and A.
	UnitSeparator, FirstUnit rune

	// Text is that of the .kicad_pro, for settings that nets do not need.
	Text string
	from source
}

// A NetClass is a set of rules for nets.
type NetClass struct {
	Name     string
	Priority int  // 0 is the strongest
	Complete bool // gives every rule, so that nothing is taken from Default
}

// A ClassPattern puts the nets whose names match in a class.
type ClassPattern struct{ Pattern, Class string }

// A Library is a row of a symbol library table.
type Library struct{ Name, URI string }

// projectFile is the part of a .kicad_pro that counts here.
type projectFile struct {
	TextVariables map[string]string `json:"text_variables"`
	Schematic     struct {
		FirstUnit     int32 `json:"subpart_first_id"`
		UnitSeparator int32 `json:"subpart_id_separator"`
	} `json:"schematic"`
	NetSettings struct {
		Classes  []map[string]json.RawMessage `json:"classes"`
		Patterns []struct {
			NetClass string `json:"netclass"`
			Pattern  string `json:"pattern"`
		} `json:"netclass_patterns"`
	} `json:"net_settings"`
}

// rules are the entries of a complete net class.
var rules = [...]string{
	"clearance", "track_width", "via_diameter", "via_drill", "microvia_diameter", "microvia_drill",
	"diff_pair_width", "diff_pair_gap", "wire_width", "bus_width",
}

const defaultPriority = 1<<31 - 1

// project reads the .kicad_pro beside the root, and the library table. Like
// KiCad it takes a .kicad_pro that is no JSON for an empty one.
func (r *reader) project(root string) (*Project, error) {
	base := strings.TrimSuffix(root, filepath.Ext(root))
	p := &Project{Name: filepath.Base(base), from: r.source}
	text, err := r.read(base + ".kicad_pro")
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	} else if err != nil {
		return nil, err
	}
	p.File, p.Text = base+".kicad_pro", text
	var f projectFile
	if json.Unmarshal([]byte(text), &f) != nil {
		f = projectFile{}
	}
	for name, value := range f.TextVariables {
		p.TextVars = append(p.TextVars, netlist.Field{Name: name, Value: value})
	}
	slices.SortFunc(p.TextVars, func(a, b netlist.Field) int { return strings.Compare(a.Name, b.Name) })
	p.FirstUnit, p.UnitSeparator = f.Schematic.FirstUnit, f.Schematic.UnitSeparator
	next := 0
	for _, fields := range f.NetSettings.Classes {
		c := NetClass{Complete: true, Priority: -2}
		if json.Unmarshal(fields["name"], &c.Name) != nil {
			continue
		}
		for _, rule := range rules {
			c.Complete = c.Complete && len(fields[rule]) > 0 && string(fields[rule]) != "null"
		}
		if json.Unmarshal(fields["priority"], &c.Priority) != nil { // before version 4 of the settings
			c.Priority = defaultPriority
			if c.Name != defaultClass {
				c.Priority = next
				next++
			}
		}
		p.Classes = append(p.Classes, c)
		var nets []string // KiCad 6
		if json.Unmarshal(fields["nets"], &nets) == nil {
			for _, net := range nets {
				p.Patterns = append(p.Patterns, ClassPattern{net, c.Name})
			}
		}
	}
	for _, n := range f.NetSettings.Patterns {
		p.Patterns = append(p.Patterns, ClassPattern{n.Pattern, n.NetClass})
	}
	p.Libraries = r.libraries(filepath.Dir(root))
	return p, nil
}

// libraries reads the project's sym-lib-table. KiCad goes on without a table
// that it cannot read.
func (r *reader) libraries(dir string) []Library {
	file := filepath.Join(dir, "sym-lib-table")
	text, err := r.read(file)
	if err != nil {
		return nil
	}
	tree, err := sexpr.Parse(file, text)
	if err != nil {
		return nil
	}
	var libs []Library
	for row := range tree.Root().Lists("lib") {
		uri := row.Child("uri").Arg(1).Text()
		libs = append(libs, Library{row.Child("name").Arg(1).Text(), r.expandURI(uri, dir)})
	}
	return libs
}

// expandURI replaces ${KIPRJMOD}, and variables of the environment. KiCad has
// values of its own for those of its libraries.
func (r *reader) expandURI(uri, dir string) string {
	return expand(uri, func(name string) (string, bool) {
		if name == "KIPRJMOD" {
			return dir, true
		}
		if v := r.env(name); v != "" {
			return v, true
		}
		if builtinSymbolDir().MatchString(name) {
			return "/usr/share/kicad/symbols/", true
		}
		return "", false
	})
}

var builtinSymbolDir = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^KICAD[0-9]*_SYMBOL_DIR$`) })

// LibraryURI returns where the library of that name is.
func (p *Project) LibraryURI(name string) (string, bool) {
	for _, l := range p.Libraries {
		if l.Name == name {
			return l.URI, true
		}
	}
	return "", false
}

const defaultClass = "Default"

// A classifier finds the classes of nets by the project's patterns.
type classifier struct {
	project  *Project
	byName   map[string]NetClass
	patterns []matcher
}

// A matcher is a pattern, compiled.
type matcher struct {
	class   string
	text    string
	regular *regexp.Regexp // nil where the pattern is no regular expression, or nothing but letters
	prefix  string         // of all that the regular expression matches
}

func newClassifier(p *Project, budget *int) *classifier {
	c := &classifier{project: p, byName: map[string]NetClass{}}
	for _, class := range p.Classes {
		c.byName[class.Name] = class
	}
	for _, pattern := range p.Patterns {
		members := []string{pattern.Pattern}
		if b, err := parseBus(pattern.Pattern, nil, budget); err == nil && b != nil {
			for _, name := range b.names() {
				members = append(members, unescapeName(name))
			}
		}
		for _, m := range members {
			c.patterns = append(c.patterns, compile(m, pattern.Class))
		}
	}
	return c
}

func compile(pattern, class string) matcher {
	m := matcher{class: class, text: pattern}
	if strings.ContainsAny(pattern, `*?.+()[]{}|\^$`) {
		plain, err := regexp.Compile(pattern)
		whole, err2 := regexp.Compile("^(?:" + pattern + ")$")
		if err == nil && err2 == nil {
			m.regular = whole
			m.prefix, _ = plain.LiteralPrefix()
		}
	}
	return m
}

// match reports whether a net is one that the pattern means, read as text
// with wildcards or as a regular expression for the whole name.
func (m *matcher) match(net string) bool {
	return wildcard(m.text, net) || m.regular != nil && strings.HasPrefix(net, m.prefix) && m.regular.MatchString(net)
}

// wildcard matches a text with a pattern in which * stands for any text and
// ? for any character.
func wildcard(pattern, text string) bool {
	star, from := -1, 0
	p, t := 0, 0
	for t < len(text) {
		_, size := utf8.DecodeRuneInString(text[t:])
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, t
			p++
		case p < len(pattern) && pattern[p] == '?':
			p, t = p+1, t+size
		case p < len(pattern) && pattern[p] == text[t]:
			p, t = p+1, t+1
		case star >= 0:
			_, size := utf8.DecodeRuneInString(text[from:])
			from += size
			p, t = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// of returns the class of a net: those that labels give it, whether the
// project has them or not, and those whose patterns match, by priority, joined
// by commas.
func (c *classifier) of(net string, labelled []string) string {
	var found []NetClass
	add := func(name string, evenUnknown bool) {
		class, ok := c.byName[name]
		if !ok && evenUnknown {
			class, ok = NetClass{Name: name, Priority: defaultPriority}, true
		}
		if ok && name != defaultClass && !slices.Contains(found, class) {
			found = append(found, class)
		}
	}
	for _, name := range labelled {
		add(name, true)
	}
	for i := range c.patterns {
		if c.patterns[i].match(net) {
			add(c.patterns[i].class, false)
		}
	}
	if len(found) == 0 {
		return defaultClass
	}
	slices.SortFunc(found, func(a, b NetClass) int {
		if a.Priority != b.Priority {
			return a.Priority - b.Priority
		}
		return strings.Compare(a.Name, b.Name)
	})
	var names []string
	complete := false
	for _, class := range found {
		names = append(names, class.Name)
		complete = complete || class.Complete
	}
	if !complete {
		names = append(names, defaultClass)
	}
	return strings.Join(names, ",")
}
