package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"starboard/kicad/stock"
	"starboard/kicad/symbol"
)

// A Health is what Examine found out about one thing.
type Health string

const (
	OK      Health = "ok"
	Warning Health = "warning" // something is weaker than it could be
	Problem Health = "problem" // something does not work
)

// A Finding is one line of an examination.
type Finding struct {
	Check  string `json:"check"`
	Health Health `json:"health"`
	Text   string `json:"text"`
	Advice string `json:"advice"` // what to do about it, "" if nothing
}

// Examine looks at the machine and at a folder with scripts. Version is the
// program's; terminal tells whether its output goes to one.
func Examine(ctx context.Context, folder, version string, terminal bool) []Finding {
	findings := []Finding{
		{"starboard", OK, fmt.Sprintf("%s, built with %s for %s/%s", version, runtime.Version(), runtime.GOOS, runtime.GOARCH), ""},
		embeddedSymbols(),
		kicadCLI(ctx),
		installedSymbols(),
		footprints(),
	}
	findings = append(findings, variables()...)
	findings = append(findings, writable(folder))
	findings = append(findings, localSymbols(folder)...)
	findings = append(findings, locks(folder)...)
	return append(findings, outputs(terminal))
}

func embeddedSymbols() Finding {
	f := Finding{Check: "embedded symbols", Health: OK}
	libs, n := stock.Libraries(), 0
	for _, lib := range libs {
		n += len(stock.Names(lib))
	}
	f.Text = fmt.Sprintf("%d symbols in %d libraries", n, len(libs))
	if n == 0 {
		f.Health, f.Advice = Problem, "this program was built without its symbols: build it again"
	}
	return f
}

// kicadTimeout is how long kicad-cli may take to tell its version.
const kicadTimeout = 20 * time.Second

func kicadCLI(ctx context.Context) Finding {
	f := Finding{Check: "kicad-cli", Health: Warning}
	file, err := exec.LookPath("kicad-cli")
	if err != nil {
		f.Text = "not found"
		f.Advice = "nothing here needs it, but to open what is written, install KiCad 9 from kicad.org"
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, kicadTimeout)
	defer cancel()
	out, err := exec.CommandContext(ctx, file, "version").Output()
	version := strings.TrimSpace(string(out))
	major, _, _ := strings.Cut(version, ".")
	n, convErr := strconv.Atoi(major)
	switch {
	case err != nil || convErr != nil:
		f.Text = fmt.Sprintf("%s does not tell its version: %v", file, errors.Join(err, convErr))
		f.Advice = "install KiCad 9 again"
	case n < 9:
		f.Text = fmt.Sprintf("%s, %s", version, file)
		f.Advice = "what is written is for KiCad 9 and later: install KiCad 9"
	default:
		f.Health, f.Text = OK, fmt.Sprintf("%s, %s", version, file)
	}
	return f
}

func installedSymbols() Finding {
	f := Finding{Check: "symbol libraries", Health: Warning}
	dir := symbol.InstalledDir()
	if dir == "" {
		f.Text = "no installed KiCad found, scripts have the embedded symbols only"
		f.Advice = "install KiCad's libraries, or set KICAD9_SYMBOL_DIR to their folder"
		return f
	}
	libs, err := symbol.NewPath(symbol.Source{Kind: symbol.Installed, Dir: dir}).Libraries()
	switch {
	case err != nil:
		f.Health, f.Text, f.Advice = Problem, err.Error(), "make the folder readable, or set KICAD9_SYMBOL_DIR to another one"
	case len(libs) == 0:
		f.Text, f.Advice = dir+" has no libraries", "install KiCad's symbol libraries, or set KICAD9_SYMBOL_DIR to their folder"
	default:
		f.Health, f.Text = OK, fmt.Sprintf("%d in %s", len(libs), dir)
	}
	return f
}

func footprints() Finding {
	f := Finding{Check: "footprint libraries", Health: Warning}
	dir, set := os.LookupEnv("KICAD9_FOOTPRINT_DIR")
	if !set {
		dir = filepath.Join(filepath.Dir(symbol.InstalledDir()), "footprints")
	}
	libs, err := filepath.Glob(filepath.Join(dir, "*.pretty"))
	if symbol.InstalledDir() == "" && !set || err != nil || len(libs) == 0 {
		f.Text, f.Advice = "none found", "KiCad needs them for boards: install its footprints, or set KICAD9_FOOTPRINT_DIR to their folder"
		return f
	}
	f.Health, f.Text = OK, fmt.Sprintf("%d in %s", len(libs), dir)
	return f
}

// variables looks at those by which KiCad and we find folders.
func variables() []Finding {
	var findings []Finding
	env := os.Environ()
	slices.Sort(env)
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		if !strings.HasPrefix(name, "KICAD") || !strings.HasSuffix(name, "_DIR") && !strings.HasSuffix(name, "_HOME") {
			continue
		}
		f := Finding{Check: name, Health: OK, Text: value}
		if info, err := os.Stat(value); err != nil || !info.IsDir() {
			f.Health, f.Text = Problem, fmt.Sprintf("%q is no folder", value)
			f.Advice = "set it to a folder that exists, or unset it: KiCad's own places are found without"
		}
		findings = append(findings, f)
	}
	return findings
}

func writable(folder string) Finding {
	f := Finding{Check: "folder", Health: OK, Text: "files can be written here"}
	name := filepath.Join(folder, ".starboard-doctor")
	err := os.WriteFile(name, []byte("x"), 0o666)
	err = errors.Join(err, os.Remove(name))
	if err != nil {
		f.Health, f.Text = Problem, "files cannot be written here: "+fileError(folder, err).Error()
		f.Advice = "write somewhere else with starboard run -o DIR; the lock stands next to the script"
	}
	return f
}

// localSymbols looks at the libraries next to the scripts.
func localSymbols(folder string) []Finding {
	path := symbol.NewPath(symbol.Source{Kind: symbol.Local, Dir: filepath.Join(folder, "symbols")})
	libs, err := path.Libraries()
	if err != nil {
		return []Finding{{"symbols", Problem, err.Error(), "make the folder readable"}}
	}
	var findings []Finding
	for _, lib := range libs {
		f := Finding{Check: "symbols/" + lib, Health: OK}
		names, err := path.Names(lib)
		for _, n := range names {
			if err == nil {
				_, err = path.Find(lib + ":" + n)
			}
		}
		f.Text = fmt.Sprintf("%d symbols", len(names))
		if err != nil {
			f.Health, f.Text, f.Advice = Problem, err.Error(), "open the library in KiCad's symbol editor and save it again"
		}
		findings = append(findings, f)
	}
	return findings
}

// locks looks at the locks of the scripts in a folder.
func locks(folder string) []Finding {
	scripts, err := filepath.Glob(filepath.Join(folder, "*.star"))
	if err != nil {
		return nil // the pattern is right unless the folder's name is strange
	}
	var findings []Finding
	for _, script := range scripts {
		file := LockPath(script)
		if _, err := os.Stat(file); err != nil {
			continue
		}
		f := Finding{Check: filepath.Base(file), Health: OK}
		lock, err := readLock(file)
		switch {
		case err != nil:
			f.Health, f.Text, f.Advice = Problem, err.Error(), "the version control system has the last good one"
		default:
			f = lockedSymbols(f, folder, script, lock)
		}
		findings = append(findings, f)
	}
	return findings
}

func lockedSymbols(f Finding, folder, script string, lock *Lock) Finding {
	parts := 0
	for _, entries := range lock.Circuits {
		parts += len(entries)
	}
	f.Text = fmt.Sprintf("%d symbols and %d parts", len(lock.Symbols), parts)
	lib := newLibrary(symbolPath(folder), filepath.Base(LockPath(script)), lock.Symbols, false)
	var changed []string
	for id := range lock.Symbols {
		if _, err := lib.find(id); err != nil {
			changed = append(changed, id)
		}
	}
	if len(changed) > 0 {
		slices.Sort(changed)
		f.Health = Problem
		f.Text = fmt.Sprintf("symbols are gone, or have changed since they were locked: %s", strings.Join(changed, ", "))
		f.Advice = fmt.Sprintf("bring their libraries back, or accept them with starboard run --update-lock %s", filepath.Base(script))
	}
	return f
}

func outputs(terminal bool) Finding {
	facts := []string{"output does not go to a terminal"}
	if terminal {
		facts[0] = "output goes to a terminal"
	}
	for _, name := range []string{"NO_COLOR", "CI", "TERM"} {
		if v, ok := os.LookupEnv(name); ok {
			facts = append(facts, name+"="+v)
		}
	}
	return Finding{"terminal", OK, strings.Join(facts, ", "), ""}
}
