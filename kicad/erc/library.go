package erc

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"starboard/kicad/connect"
	"starboard/kicad/sexpr"
	"starboard/kicad/symbol"
)

// Options say where libraries are. With the zero Options there are those of
// the project's own tables only, and of these the ones inside the project.
type Options struct {
	// SymbolTable and FootprintTable are the files of the user's own library
	// tables, which hold for all projects; "" for none.
	SymbolTable, FootprintTable string

	// SymbolDir and FootprintDir are the folders of the libraries of an
	// installed KiCad, for which tables have variables; "" for none.
	SymbolDir, FootprintDir string

	// Getenv looks up other variables in tables. Nil knows none.
	Getenv func(name string) string
}

// Installed returns the options for this machine: the tables of the user,
// where there are none those that KiCad sets up for a new user, and the
// folders of the installed KiCad.
func Installed() Options {
	o := Options{SymbolDir: symbol.InstalledDir(), Getenv: os.Getenv}
	share := filepath.Dir(o.SymbolDir)
	if o.SymbolDir != "" {
		if dir := os.Getenv("KICAD9_FOOTPRINT_DIR"); dir != "" {
			o.FootprintDir = dir
		} else if dir := filepath.Join(share, "footprints"); isDir(dir) {
			o.FootprintDir = dir
		}
	}
	o.SymbolTable, o.FootprintTable = table("sym-lib-table", share), table("fp-lib-table", share)
	return o
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// table returns the file of the user's own table of that name.
func table(name, share string) string {
	config := os.Getenv("KICAD_CONFIG_HOME")
	if config == "" {
		if dir, err := os.UserConfigDir(); err == nil {
			config = filepath.Join(dir, "kicad")
		}
	}
	for _, file := range []string{filepath.Join(config, "9.0", name), filepath.Join(share, "template", name)} {
		if _, err := os.Stat(file); err == nil {
			return file
		}
	}
	return ""
}

// A row is an entry of a library table.
type row struct {
	name, kind, uri string // the uri as it is written
	disabled        bool

	file    string // uri with its variables replaced
	project bool   // inside the project: to be read from where that is

	opened bool
	old    bool // older than what kicad/symbol reads whole
	lib    *symbol.Library
	err    error
}

// libraries are the tables that apply to a project.
type libraries struct {
	project    *connect.Project
	opts       Options
	symbols    []*row // those of the project first
	footprints []*row

	verdicts map[*connect.LibSymbol]string
	exists   map[string]bool // of footprints, by file
	unread   []NotChecked
}

func newLibraries(p *connect.Project, opts Options) *libraries {
	return &libraries{project: p, opts: opts, verdicts: map[*connect.LibSymbol]string{}, exists: map[string]bool{}}
}

// load reads the tables of one kind: that of the project, where it has a
// file, and that of the user.
func (l *libraries) load(name, global string) []*row {
	var rows []*row
	if l.project.File != "" {
		file := filepath.Join(filepath.Dir(l.project.File), name)
		if text, err := l.project.ReadFile(file); err == nil {
			rows = l.rows(file, text)
		}
	}
	if global != "" {
		if text, err := os.ReadFile(global); err == nil {
			rows = append(rows, l.rows(global, string(text))...)
		}
	}
	return rows
}

// rows reads the text of a table. Like KiCad it goes on without one that is
// broken.
func (l *libraries) rows(file, text string) []*row {
	tree, err := sexpr.Parse(file, text)
	if err != nil {
		return nil
	}
	var rows []*row
	for n := range tree.Root().Lists("lib") {
		r := &row{
			name: n.Child("name").Arg(1).Text(), kind: n.Child("type").Arg(1).Text(), uri: n.Child("uri").Arg(1).Text(),
			disabled: n.Child("disabled").Present(),
		}
		r.file = l.expand(r.uri)
		r.project = strings.HasPrefix(r.uri, "${KIPRJMOD}") || strings.HasPrefix(r.uri, "$(KIPRJMOD)")
		rows = append(rows, r)
	}
	return rows
}

var (
	variable     = pattern(`\$\{[^}]*\}|\$\([^)]*\)`)
	symbolDir    = pattern(`^KICAD[0-9]*_SYMBOL_DIR$`)
	footprintDir = pattern(`^KICAD[0-9]*_FOOTPRINT_DIR$`)
)

// expand replaces the variables of a uri.
func (l *libraries) expand(uri string) string {
	return filepath.Clean(variable().ReplaceAllStringFunc(uri, func(v string) string {
		name := v[2 : len(v)-1]
		switch {
		case name == "KIPRJMOD":
			return filepath.Dir(l.project.File)
		case symbolDir().MatchString(name) && l.opts.SymbolDir != "":
			return l.opts.SymbolDir
		case footprintDir().MatchString(name) && l.opts.FootprintDir != "":
			return l.opts.FootprintDir
		case l.opts.Getenv != nil:
			if value := l.opts.Getenv(name); value != "" {
				return value
			}
		}
		return v
	}))
}

// outOfReach reports whether the options leave out where a library is.
func (l *libraries) outOfReach(r *row) bool {
	o := &l.opts
	if r.project {
		return false
	}
	nothing := o.SymbolTable == "" && o.FootprintTable == "" && o.SymbolDir == "" && o.FootprintDir == "" && o.Getenv == nil
	for _, v := range variable().FindAllString(r.file, -1) {
		name := v[2 : len(v)-1]
		if symbolDir().MatchString(name) || footprintDir().MatchString(name) {
			return true
		}
	}
	return nothing
}

func find(rows []*row, name string) *row {
	for _, r := range rows {
		if r.name == name && !r.disabled {
			return r
		}
	}
	for _, r := range rows {
		if r.name == name {
			return r
		}
	}
	return nil
}

func (l *libraries) open(r *row) (*symbol.Library, error) {
	if !r.opened {
		r.opened = true
		if r.project {
			var text string
			if text, r.err = l.project.ReadFile(r.file); r.err == nil {
				var now string
				now, r.old = current(text)
				r.lib, r.err = symbol.FromText(r.name, r.file, now)
			}
		} else {
			r.lib, r.err = symbol.Open(r.name, r.file)
		}
	}
	return r.lib, r.err
}

// beforeSix are the versions of libraries that the development of KiCad 6
// wrote. They read like the first that it released.
var beforeSix = pattern(`^\s*\(kicad_symbol_lib\s+\(version\s+(2020\d{4}|20210\d{3})\)`)

// current returns the text of a library with a version that can be read, and
// whether it is older than that.
func current(text string) (string, bool) {
	m := beforeSix().FindStringSubmatchIndex(text)
	if m == nil {
		return text, false
	}
	return text[:m[2]] + "20211014" + text[m[3]:], true
}

func splitID(id string) (lib, name string) {
	if l, n, ok := strings.Cut(id, ":"); ok {
		return l, n
	}
	return "", id
}

// checkLibraries compares the symbols of the schematic with their libraries.
func (c *checker) checkLibraries() {
	if !c.on(libSymbolIssues) && !c.on(libSymbolMismatch) {
		return
	}
	c.libs.symbols = c.libs.load("sym-lib-table", c.libs.opts.SymbolTable)
	for _, d := range c.s.Drawings {
		sh := c.uses[d][0]
		for _, p := range sh.Parts {
			if p.Symbol.Lib == nil {
				continue
			}
			rule, message := c.libs.compare(p.Symbol)
			if rule != nil && c.on(rule) {
				c.add(rule, p.Symbol.At, message, c.partItem(p))
			}
		}
	}
}

// compare compares a symbol with its library: no rule says that they are the
// same.
func (l *libraries) compare(s *connect.Symbol) (*Rule, string) {
	lib, name := splitID(s.LibID)
	r := find(l.symbols, lib)
	switch {
	case r == nil:
		return libSymbolIssues, fmt.Sprintf("no library table has the symbol library %q", lib)
	case r.disabled:
		return libSymbolIssues, fmt.Sprintf("the symbol library %q is switched off", lib)
	case l.outOfReach(r):
		l.skip(libSymbolMismatch, fmt.Sprintf("symbol library %q is outside the project: %s", lib, r.uri))
		return nil, ""
	case r.kind != "KiCad":
		l.skip(libSymbolMismatch, fmt.Sprintf("symbol library %q: type %s", lib, r.kind))
		return nil, ""
	}
	from, err := l.open(r)
	if errors.Is(err, os.ErrNotExist) {
		return libSymbolIssues, fmt.Sprintf("the file of symbol library %q is missing: %s", lib, r.file)
	} else if err != nil {
		return libSymbolIssues, fmt.Sprintf("symbol library %q: %v", lib, err)
	}
	sym, err := from.Find(symbol.PlainName(connect.UnescapeName(name)))
	var missing *symbol.NotFoundError
	if errors.As(err, &missing) {
		sym, err = findFullName(from, name, err)
	}
	if errors.As(err, &missing) {
		return libSymbolIssues, fmt.Sprintf("symbol library %q has no symbol %q", lib, connect.UnescapeName(name))
	} else if err != nil {
		if r.old { // KiCad can read it
			l.skip(libSymbolMismatch, fmt.Sprintf("symbol %s: %v", s.LibID, err))
			return nil, ""
		}
		return libSymbolIssues, fmt.Sprintf("symbol %s: %v", s.LibID, err)
	}
	verdict, ok := l.verdicts[s.Lib]
	if !ok {
		copied, err := symbol.FromNode(lib, s.Lib.Node())
		switch {
		case hasHiddenText(s.Lib.Node()):
			verdict = "KiCad 9 cannot compare texts that are hidden"
		case err != nil:
			l.skip(libSymbolMismatch, fmt.Sprintf("symbol %s: %v", s.LibID, err))
		case units(s.Lib.Node()) != units(sym.Source()[len(sym.Source())-1]):
			verdict = "number of units"
		default:
			verdict = difference(sym, copied)
		}
		l.verdicts[s.Lib] = verdict
	}
	if verdict != "" {
		return libSymbolMismatch, fmt.Sprintf("symbol %s differs from its library: %s", s.LibID, verdict)
	}
	return nil, ""
}

// findFullName finds a symbol whose library calls it LIBRARY:NAME, as those of
// early versions do. The error is what is left if there is none.
func findFullName(from *symbol.Library, name string, err error) (*symbol.Symbol, error) {
	names, err2 := from.Names()
	if err2 != nil {
		return nil, err
	}
	for _, full := range names {
		if _, n, ok := strings.Cut(full, ":"); ok && n == name {
			return from.Find(full)
		}
	}
	return nil, err
}

// units counts the units of a symbol, also those in which there is nothing.
func units(n sexpr.Node) int {
	most := 1
	for unit := range n.Lists("symbol") {
		name := unit.Arg(1).Text() // ends in _UNIT_STYLE
		name = name[:max(0, strings.LastIndexByte(name, '_'))]
		if k, err := strconv.Atoi(name[strings.LastIndexByte(name, '_')+1:]); err == nil {
			most = max(most, k)
		}
	}
	return most
}

// hasHiddenText reports whether the drawing of a symbol has a hidden text.
// KiCad makes a field without a name of it, which it finds nowhere else.
func hasHiddenText(n sexpr.Node) bool {
	for unit := range n.Lists("symbol") {
		for t := range unit.Lists("text") {
			if t.Child("effects").Has("hide") {
				return true
			}
		}
	}
	return false
}

// skip notes once what could not be checked.
func (l *libraries) skip(r *Rule, reason string) {
	for _, n := range l.unread {
		if n.Reason == reason {
			return
		}
	}
	l.unread = append(l.unread, NotChecked{r.Key, reason})
}

// checkFootprints looks the footprints of parts up, and compares them with
// the filters of the symbols.
func (c *checker) checkFootprints() {
	if !c.on(footprintLinkIssues) && !c.on(footprintFilter) {
		return
	}
	c.libs.footprints = c.libs.load("fp-lib-table", c.libs.opts.FootprintTable)
	for _, d := range c.s.Drawings {
		for _, p := range c.uses[d][0].Parts {
			fp := c.footprint(p)
			if c.on(footprintLinkIssues) && fp != "" {
				if message := c.libs.footprint(fp); message != "" {
					c.add(footprintLinkIssues, p.Symbol.At, message, c.partItem(p))
					continue // KiCad reports one thing at a time
				}
			}
			if c.on(footprintFilter) && p.Symbol.Lib != nil {
				c.checkFilter(p, fp)
			}
		}
	}
}

// footprint says what is wrong with the name of a footprint, or nothing.
func (l *libraries) footprint(id string) string {
	lib, name := splitID(id)
	if strings.ContainsAny(name, "\\<>\"") || name == "" {
		return fmt.Sprintf("%q is not the name of a footprint", id)
	}
	r := find(l.footprints, lib)
	switch {
	case r == nil:
		return fmt.Sprintf("no library table has the footprint library %q", lib)
	case r.disabled:
		return fmt.Sprintf("the footprint library %q is switched off", lib)
	case l.outOfReach(r):
		l.skip(footprintLinkIssues, fmt.Sprintf("footprint library %q is outside the project: %s", lib, r.uri))
		return ""
	case r.kind != "KiCad":
		l.skip(footprintLinkIssues, fmt.Sprintf("footprint library %q: type %s", lib, r.kind))
		return ""
	}
	file := filepath.Join(r.file, name+".kicad_mod")
	found, ok := l.exists[file]
	if !ok {
		var err error
		if r.project {
			_, err = l.project.Stat(file)
		} else {
			_, err = os.Stat(file)
		}
		found = err == nil
		l.exists[file] = found
	}
	if !found {
		return fmt.Sprintf("footprint library %q has no footprint %q", lib, name)
	}
	return ""
}

// checkFilter finds footprints that no filter of the symbol lets through.
func (c *checker) checkFilter(p *connect.Part, fp string) {
	filters := p.Symbol.Lib.Filters
	if len(filters) == 0 || !c.on(footprintLinkIssues) {
		return // KiCad 9 reports it by that other rule
	}
	_, name := splitID(fp)
	for _, f := range filters {
		text := name
		if strings.Contains(f, ":") {
			text = fp
		}
		if wildcard(f, text) {
			return
		}
	}
	f := c.add(footprintFilter, p.Symbol.At, fmt.Sprintf("footprint %q is none of those that the symbol provides for: %s", name, strings.Join(filters, " ")), c.partItem(p))
	f.Key = footprintLinkIssues.Key
	f.Severity = c.set.severity(footprintLinkIssues)
}

// wildcard matches a text with a pattern in which * stands for any text and
// ? for any byte.
func wildcard(pattern, text string) bool {
	star, from := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p, t = p+1, t+1
		case star >= 0:
			from++
			p, t = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
