package connect

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"starboard/kicad/sexpr"
)

// A User is what somebody has set up in KiCad 9 for all projects.
type User struct {
	table string // the file of the symbol library table
	vars  map[string]string
	data  string // folder of libraries that KiCad's package manager has installed
}

// CurrentUser reads the configuration of KiCad of whom this process belongs to.
// What is missing or broken there counts for nothing, as in KiCad.
func CurrentUser() *User {
	home, _ := os.UserHomeDir()
	config := os.Getenv("KICAD_CONFIG_HOME")
	if config == "" {
		dir, _ := os.UserConfigDir()
		config = filepath.Join(dir, "kicad")
	}
	config = filepath.Join(config, "9.0")
	data := filepath.Join(cmp.Or(os.Getenv("XDG_DATA_HOME"), filepath.Join(home, ".local", "share")), "kicad")
	u := &User{
		table: filepath.Join(config, "sym-lib-table"),
		data:  filepath.Join(cmp.Or(os.Getenv("KICAD_DOCUMENTS_HOME"), data), "9.0", "3rdparty") + string(filepath.Separator),
	}
	var common struct {
		Environment struct {
			Vars map[string]string `json:"vars"`
		} `json:"environment"`
	}
	text, err := os.ReadFile(filepath.Join(config, "kicad_common.json"))
	if err == nil && json.Unmarshal(text, &common) == nil {
		u.vars = common.Environment.Vars
	}
	return u
}

// AddLibraries completes the libraries of a project with those of the user's own
// table, as KiCad sees them. [Read] leaves that out, so that what is made of a
// schematic is the same for everybody.
func (u *User) AddLibraries(p *Project) {
	dir := ""
	if p.File != "" {
		dir = filepath.Dir(p.File)
	}
	lookup := func(name string) (string, bool) {
		if name == "KIPRJMOD" {
			return dir, true
		}
		if v := os.Getenv(name); v != "" {
			return v, true
		}
		if v := u.vars[name]; v != "" {
			return v, true
		}
		if thirdParty().MatchString(name) {
			return u.data, true
		}
		return builtinDir(name)
	}
	for i := range p.Libraries {
		p.Libraries[i].URI = expand(p.Libraries[i].URI, lookup)
	}
	text, err := os.ReadFile(u.table)
	if err != nil {
		return
	}
	for _, l := range tableRows(u.table, string(text), lookup) {
		// KiCad forgets packages that have been removed.
		if _, err := os.Stat(l.URI); err != nil && strings.HasPrefix(l.URI, u.data) {
			continue
		}
		p.Libraries = append(p.Libraries, l)
	}
}

// tableRows reads the text of a symbol library table; it is none if that is
// broken.
func tableRows(file, text string, lookup func(name string) (string, bool)) []Library {
	tree, err := sexpr.Parse(file, text)
	if err != nil {
		return nil
	}
	var libs []Library
	for row := range tree.Root().Lists("lib") {
		l := Library{Name: row.Child("name").Arg(1).Text()}
		if !row.Child("disabled").Present() {
			l.URI = expand(row.Child("uri").Arg(1).Text(), lookup)
		}
		libs = append(libs, l)
	}
	return libs
}

var (
	builtinSymbolDir = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^KICAD[0-9]*_SYMBOL_DIR$`) })
	thirdParty       = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^KICAD[0-9]*_3RD_PARTY$`) })
)

// builtinDir returns the value that KiCad has of itself for a variable.
func builtinDir(name string) (string, bool) {
	if builtinSymbolDir().MatchString(name) {
		return "/usr/share/kicad/symbols/", true
	}
	return "", false
}
