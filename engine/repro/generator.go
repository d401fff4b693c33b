package repro

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// outPlaceholder stands for the output folder in a command.
const outPlaceholder = "{out}"

// complete checks a generator and fills in what was left out.
func (g *Generator) complete() error {
	if g.Script != "" {
		if g.Dir == "" {
			g.Dir = filepath.Dir(g.Script)
		}
		if _, err := os.Stat(g.Script); err != nil {
			return err
		}
		g.Out = "build"
		return nil
	}
	if len(g.Command) == 0 {
		return &OptionError{"want a script, or --out DIR -- COMMAND"}
	}
	if g.Dir == "" {
		g.Dir = "."
	}
	switch {
	case g.Out == "":
		return &OptionError{"--out: want the folder that the command writes to, . for the current one, or - for what it prints"}
	case g.Out == "-":
	case !filepath.IsLocal(g.Out):
		return &OptionError{fmt.Sprintf("--out: got %q, want a folder below the current one: the command is run in copies of it. Where it takes its output folder as an argument, {out} stands for that", g.Out)}
	default:
		g.Out = filepath.Clean(g.Out)
	}
	return g.find()
}

// find makes sure that the command exists.
func (g *Generator) find() error {
	name := g.Command[0]
	if strings.Contains(name, "/") {
		file := name
		if !filepath.IsAbs(file) {
			file = filepath.Join(g.Dir, name)
		}
		if info, err := os.Stat(file); err != nil || info.IsDir() {
			return &SetupError{fmt.Sprintf("%s: there is no such program", name)}
		}
		return nil
	}
	if _, err := exec.LookPath(name); err != nil {
		return &SetupError{fmt.Sprintf("%s: there is no such program", name)}
	}
	return nil
}

// program returns the file of the command.
func (g *Generator) program() string {
	name := g.Command[0]
	if strings.Contains(name, "/") {
		if filepath.IsAbs(name) {
			return name
		}
		return filepath.Join(g.Dir, name)
	}
	file, err := exec.LookPath(name)
	if err != nil {
		return name
	}
	return file
}

// namesOut reports whether the output folder can be another one.
func (g *Generator) namesOut() bool {
	if g.Script != "" {
		return true
	}
	for _, a := range g.Command {
		if g.withOut(a, "\x00") != a {
			return true
		}
	}
	return false
}

// withOut returns an argument for another output folder: the placeholder, an
// argument that is the folder, and --flag=folder are replaced.
func (g *Generator) withOut(arg, out string) string {
	if strings.Contains(arg, outPlaceholder) {
		return strings.ReplaceAll(arg, outPlaceholder, out)
	}
	if g.Out == "." || g.Out == "-" {
		return arg
	}
	flag, value, ok := strings.Cut(arg, "=")
	switch {
	case sameFolder(arg, g.Out):
		return out
	case ok && strings.HasPrefix(flag, "-") && sameFolder(value, g.Out):
		return flag + "=" + out
	}
	return arg
}

func sameFolder(arg, out string) bool { return arg != "" && filepath.Clean(arg) == out }

// argv returns the command line of a run of the generator.
func (b *bench) argv(s *setup) []string {
	g := &b.o.Generator
	if g.Script == "" {
		args := make([]string, len(g.Command))
		for i, a := range g.Command {
			args[i] = g.withOut(a, s.out)
		}
		return args
	}
	args := []string{b.o.Self, "run", filepath.Base(g.Script), "-o", s.out, "--report", b.timesFile()}
	if s.repeat > 0 {
		args = append(args, fmt.Sprintf("--repeat=%d", s.repeat))
	}
	return append(args, g.Args...)
}

// timesFile is where a run of a script reports its phases.
func (b *bench) timesFile() string { return filepath.Join(b.root, "times.json") }
