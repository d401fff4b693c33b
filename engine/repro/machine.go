package repro

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"starboard/engine/machine"
)

// A Machine is what a check ran on. Nothing in it is secret: of the
// environment, only variables that change what programs do are kept.
type Machine struct {
	System      string     `json:"system"` // linux/amd64
	OS          string     `json:"os"`
	Kernel      string     `json:"kernel"`
	CPU         string     `json:"cpu"`
	Cores       int        `json:"cores"`
	MemoryBytes int64      `json:"memory_bytes"`
	Zone        string     `json:"zone"`
	Locale      string     `json:"locale"`
	Folder      string     `json:"folder"` // where the runs took place: its parent
	Versions    []string   `json:"versions"`
	Variables   []Variable `json:"variables"`
	Others      int        `json:"other_variables"` // how many more there were
	Fingerprint string     `json:"fingerprint"`     // equal on machines whose times can be compared
}

// A Variable is one of the environment.
type Variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// telling variables change what programs do, and hold no secrets.
var telling = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(LANG|LANGUAGE|LC_[A-Z]+|TZ|SOURCE_DATE_EPOCH|GOMAXPROCS|GODEBUG|GOGC|OMP_NUM_THREADS|PYTHONHASHSEED|PYTHONUTF8|PYTHONOPTIMIZE|PERL_HASH_SEED|NODE_ENV|CI|KICAD[0-9]*_(SYMBOL|FOOTPRINT)_DIR)$`)
})

func machineOf(_ context.Context, b *bench) Machine {
	here := machine.Here()
	m := Machine{
		System: here.System, Kernel: here.Kernel, CPU: here.CPU, MemoryBytes: here.MemoryBytes, Fingerprint: here.Fingerprint,
		Cores: b.cores, Zone: firstOf(b.env["TZ"], localZone()), Locale: firstOf(b.env["LC_ALL"], b.env["LANG"], "C"),
		Folder: filepath.Dir(b.root), Versions: append([]string{}, b.versions...), Variables: []Variable{},
	}
	if text, err := os.ReadFile("/etc/os-release"); err == nil {
		for line := range strings.Lines(string(text)) {
			if v, ok := strings.CutPrefix(line, "PRETTY_NAME="); ok {
				m.OS = strings.Trim(strings.TrimSpace(v), `"`)
			}
		}
	}
	for _, kv := range b.environment() {
		name, value, _ := strings.Cut(kv, "=")
		if telling().MatchString(name) && value != "" {
			m.Variables = append(m.Variables, Variable{name, value})
		} else {
			m.Others++
		}
	}
	return m
}

func (b *bench) environment() []string { return (&setup{env: b.env}).environ() }

// askable programs answer --version, and do nothing else when asked so.
var askable = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(python|python3|python3\.\d+|node|ruby|perl|php|kicad-cli|bash|deno|bun)$`)
})

// toolVersions asks the program of a command for its version.
func toolVersions(ctx context.Context, o *Options) []string {
	if o.Script != "" {
		return []string{o.Tool}
	}
	if !askable().MatchString(filepath.Base(o.Command[0])) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, o.program(), "--version")
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(out)) {
		if text := strings.TrimSpace(line); text != "" {
			if strings.HasPrefix(text, "v") {
				text = filepath.Base(o.Command[0]) + " " + text
			}
			return []string{text}
		}
	}
	return nil
}
