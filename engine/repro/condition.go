package repro

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"starboard/kicad/spell"
)

// A condition is something about a run that must not matter.
type condition struct {
	name, about string
	// variants is how many there are; 0 is one. Only one of them may be used
	// in a run, and those that are less likely to hide others come first.
	variants int
	// without is the variant of runs under all conditions in which this one is
	// left out, for there it would hide others; -1 for none.
	without int
	// only names a single variant that such runs have it in; otherwise "".
	apply func(b *bench, s *setup, variant int)
	// prepare returns why the condition cannot be applied, and the place to
	// say in what way it is. It runs once, before all runs.
	prepare func(b *bench) (how string, err error)
}

// conditions is the table of all conditions, in the order in which they apply.
var conditions = []condition{
	{name: "dir", about: "another working folder, with another name", without: -1,
		apply: func(b *bench, s *setup, variant int) {
			s.work = filepath.Join(b.root, "elsewhere", []string{"deep/er", "x"}[variant%2], filepath.Base(b.dir)+[]string{"-other", "2"}[variant%2])
		}},
	{name: "out", about: "another output folder", without: -1,
		prepare: func(b *bench) (string, error) {
			if !b.o.namesOut() {
				return "", fmt.Errorf("the command does not name %s; {out} in its arguments stands for the output folder", b.o.Out)
			}
			return "", nil
		},
		apply: func(b *bench, s *setup, variant int) {
			s.out = []string{"results/of/another", "o"}[variant%2]
		}},
	{name: "home", about: "another home folder", without: -1,
		apply: func(b *bench, s *setup, _ int) { s.home = filepath.Join(b.root, "houses", "somebody") }},
	{name: "temp", about: "another folder for temporary files", without: -1,
		apply: func(b *bench, s *setup, _ int) { s.temp = filepath.Join(b.root, "scratch", "space") }},
	{name: "user", about: "another user name, and number where that is permitted", without: -1, prepare: prepareUser, apply: applyUser},
	{name: "host", about: "another host name", without: -1, prepare: prepareHost, apply: applyHost},
	{name: "tz", about: "time zones at both ends of the earth", variants: 2, without: -1,
		apply: func(b *bench, s *setup, variant int) {
			s.env["TZ"] = b.zones[variant%2]
			s.facts.Zone = s.env["TZ"]
		}},
	{name: "clock", about: "seven months, and three years, later", without: -1, prepare: prepareClock, apply: applyClock},
	{name: "locale", about: "a locale with another sort order", without: -1, prepare: prepareLocale,
		apply: func(b *bench, s *setup, _ int) {
			s.env["LC_ALL"], s.env["LANG"], s.env["LANGUAGE"] = b.locale, b.locale, b.locale[:2]
			s.facts.Locale = b.locale
		}},
	{name: "env", about: "many more variables, and without those of the terminal and of CI", without: -1, apply: applyEnv},
	{name: "umask", about: "other permissions for new files", without: -1,
		apply: func(b *bench, s *setup, variant int) {
			s.shell = append(s.shell, "umask "+[]string{"077", "002"}[variant%2])
		}},
	{name: "cores", about: "one processor core", without: 1, prepare: prepareCores, apply: applyCores},
	{name: "hashseed", about: "other seeds for hash tables (PYTHONHASHSEED, PERL_HASH_SEED)", without: -1,
		apply: func(b *bench, s *setup, variant int) {
			seed := []string{"1", "4242"}[variant%2]
			s.env["PYTHONHASHSEED"], s.env["PERL_HASH_SEED"] = seed, seed
			s.env["PERL_PERTURB_KEYS"] = "2"
		}},
	{name: "dirorder", about: "input folders whose entries are listed in another order", without: -1, prepare: prepareOrder,
		apply: func(b *bench, s *setup, _ int) { s.reversed = true }},
	{name: "cache", about: "a second run in the same folders, with what the first left there", without: -1,
		apply: func(b *bench, s *setup, variant int) { s.earlier = 1 + variant%2 }},
	{name: "load", about: "other work on all cores meanwhile", without: 0,
		apply: func(b *bench, s *setup, _ int) { s.load = true }},
	{name: "process", about: "several runs in one process", without: -1,
		prepare: func(b *bench) (string, error) {
			if b.o.Script == "" {
				return "", fmt.Errorf("each run of a command is a process of its own")
			}
			return "", nil
		},
		apply: func(b *bench, s *setup, variant int) { s.repeat = 3 + variant%2 }},
}

// A ConditionInfo tells of a condition.
type ConditionInfo struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

// Conditions returns all conditions.
func Conditions() []ConditionInfo {
	list := make([]ConditionInfo, len(conditions))
	for i, c := range conditions {
		list[i] = ConditionInfo{c.name, c.about}
	}
	return list
}

// chosenConditions returns those of the names; nil means all.
func chosenConditions(names []string) ([]condition, error) {
	if names == nil {
		return slices.Clone(conditions), nil
	}
	if err := CheckConditions(names); err != nil {
		return nil, err
	}
	var list []condition
	for _, c := range conditions {
		if slices.Contains(names, c.name) {
			list = append(list, c)
		}
	}
	return list, nil
}

// CheckConditions returns an [OptionError] for the first name that no
// condition has.
func CheckConditions(names []string) error {
	var all []string
	for _, c := range conditions {
		all = append(all, c.name)
	}
	for _, n := range names {
		if slices.Contains(all, n) {
			continue
		}
		if near := spell.Nearest(n, all, 2); len(near) > 0 {
			return &OptionError{fmt.Sprintf("there is no condition %s; did you mean %s?", n, strings.Join(near, ", "))}
		}
		return &OptionError{fmt.Sprintf("there is no condition %s; they are %s", n, strings.Join(all, ", "))}
	}
	return nil
}

// count returns the number of variants.
func (c *condition) count() int { return max(c.variants, 1) }

// later returns how far the clock is moved.
func later(variant int) time.Duration {
	return []time.Duration{(213*24 + 5) * time.Hour, (1100*24 + 17) * time.Hour}[variant%2]
}

// The variables that conditions change, with what they are otherwise.
func (b *bench) completeEnv(chosen []condition) {
	has := func(name string) bool {
		return slices.ContainsFunc(chosen, func(c condition) bool { return c.name == name })
	}
	e := b.env
	if has("user") {
		for _, name := range []string{"USER", "LOGNAME", "USERNAME"} {
			set(e, name, b.user)
		}
	}
	if has("host") {
		set(e, "HOSTNAME", b.host)
	}
	if has("tz") {
		set(e, "TZ", localZone())
	}
	if has("locale") {
		for _, name := range []string{"LC_ALL", "LANG", "LANGUAGE"} {
			set(e, name, "")
		}
	}
	if has("cores") {
		set(e, "GOMAXPROCS", strconv.Itoa(runtime.GOMAXPROCS(0)))
	}
	if has("hashseed") {
		set(e, "PYTHONHASHSEED", "0")
		set(e, "PERL_HASH_SEED", "0")
		set(e, "PERL_PERTURB_KEYS", "0")
	}
	if has("clock") {
		if b.o.Script != "" {
			set(e, ClockVariable, "")
		} else if b.faketime != "" {
			set(e, "LD_PRELOAD", "")
			for _, name := range fakeNames {
				set(e, name, "")
			}
		}
	}
}

// Variables of libfaketime.
var fakeNames = []string{"FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC", "DONT_FAKE_MONOTONIC", "FAKETIME_NO_CACHE"}

// ClockVariable moves the clock of the starboard program by the duration that
// it holds. Nothing below the engine reads a clock, so this moves all there is.
const ClockVariable = "STARBOARD_CLOCK"
