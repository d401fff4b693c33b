package repro

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"starboard/engine/repro/difference"
)

// A setup is the surroundings of one run. Conditions change it.
type setup struct {
	conditions []string // that have been applied, in the order of Conditions
	variant    int
	held       string // what is held still, "" for nothing

	work, home, temp string // absolute paths
	out              string // relative to work

	env      map[string]string
	outer    [][]string // commands that run the rest of the command line, the outermost first
	shell    []string   // what a shell does before it becomes the rest
	inner    [][]string
	reversed bool // the order in which the input is laid out
	earlier  int  // runs in the same folders before
	repeat   int  // times in the same process, for scripts
	load     bool
	shift    time.Duration // of the clock
	frozen   bool          // no time passes, so a run may wait forever

	facts difference.Facts
}

// base returns the surroundings that all runs start from. The variables that
// conditions change are there from the beginning, so that a condition changes
// no more than their values.
func (b *bench) base() *setup {
	name := filepath.Base(b.dir)
	s := &setup{
		work: filepath.Join(b.root, "work", name),
		home: filepath.Join(b.root, "home"),
		temp: filepath.Join(b.root, "temp"),
		out:  b.o.Out,
		env:  maps.Clone(b.env),
	}
	s.facts = difference.Facts{
		User: b.user, Host: b.host, Zone: s.env["TZ"], Locale: firstOf(s.env["LC_ALL"], s.env["LANG"]),
		Cores: b.cores, Versions: b.versions,
	}
	return s
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// make returns the surroundings with the conditions applied.
func (b *bench) make(set []string, variant int) *setup {
	s := b.base()
	s.variant = variant
	for _, c := range b.conditions {
		if slices.Contains(set, c.name) {
			c.apply(b, s, variant)
			s.conditions = append(s.conditions, c.name)
		}
	}
	return s
}

// complete sets what follows from the rest.
func (s *setup) complete() {
	s.env["HOME"], s.env["TMPDIR"], s.env["PWD"] = s.home, s.temp, s.work
	s.facts.Dir, s.facts.Home, s.facts.Temp = s.work, s.home, s.temp
	if s.out != "-" {
		s.facts.Out = filepath.Join(s.work, s.out)
	}
}

// environ returns the environment in a fixed order.
func (s *setup) environ() []string {
	list := make([]string, 0, len(s.env))
	for _, k := range slices.Sorted(maps.Keys(s.env)) {
		list = append(list, k+"="+s.env[k])
	}
	return list
}

// commandLine wraps the arguments into what the conditions need.
func (s *setup) commandLine(argv []string) []string {
	var line []string
	for _, w := range s.outer {
		line = append(line, w...)
	}
	if len(s.shell) > 0 {
		line = append(line, "sh", "-c", strings.Join(append(slices.Clone(s.shell), `exec "$@"`), " && "), "sh")
	}
	for _, w := range s.inner {
		line = append(line, w...)
	}
	return append(line, argv...)
}

// ambient returns the environment of this process as the runs get it.
func ambient(home string) map[string]string {
	env := map[string]string{}
	for _, kv := range os.Environ() {
		k, v, ok := strings.Cut(kv, "=")
		if ok && k != "" && k != "OLDPWD" && k != "_" {
			env[k] = v
		}
	}
	for k, v := range env {
		// Folders of programs' own follow HOME.
		if strings.HasPrefix(k, "XDG_") && home != "" && strings.HasPrefix(v, home+string(filepath.Separator)) {
			delete(env, k)
		}
	}
	return env
}

// set gives a variable a value where it has none.
func set(env map[string]string, name, value string) {
	if _, ok := env[name]; !ok {
		env[name] = value
	}
}
