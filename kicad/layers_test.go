package kicad_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// leaves are the modules besides the standard library that kicad may use:
// UUIDs of version 5, and what draws PNG, with the modules that it needs.
var leaves = []string{"github.com/google/uuid", "golang.org/x/image", "golang.org/x/text", "golang.org/x/sys"}

// Dependencies point one way: cmd → engine → builtins → kicad.
func TestLayers(t *testing.T) {
	above := map[string][]string{
		"starboard/kicad":    {"starboard/builtins", "starboard/engine", "starboard/cmd", "starboard/scripts"},
		"starboard/builtins": {"starboard/engine", "starboard/cmd"},
		"starboard/engine":   {"starboard/cmd"},
	}
	packages := list(t)
	if len(packages) < 20 {
		t.Fatalf("go list found %d packages, want all", len(packages))
	}
	for _, p := range packages {
		layer := ""
		for l := range above {
			if within(p.ImportPath, l) {
				layer = l
			}
		}
		for _, dep := range p.Deps {
			for _, l := range above[layer] {
				if within(dep, l) {
					t.Errorf("%s depends on %s, which is above it", p.ImportPath, dep)
				}
			}
			standard := !strings.Contains(strings.SplitN(dep, "/", 2)[0], ".") && !within(dep, "starboard")
			leaf := slices.ContainsFunc(leaves, func(l string) bool { return within(dep, l) })
			if layer == "starboard/kicad" && !standard && !leaf && !within(dep, "starboard/kicad") {
				t.Errorf("%s depends on %s; kicad uses the standard library and %q only", p.ImportPath, dep, leaves)
			}
		}
		// The witness shares nothing with what it testifies about.
		if p.ImportPath == "starboard/kicad/connect" {
			for _, writer := range []string{"circuit", "annotate", "layout", "route", "place", "wire", "continuity", "schematic", "project"} {
				if slices.Contains(p.Deps, "starboard/kicad/"+writer) {
					t.Errorf("%s depends on %s, for which it is to be the witness", p.ImportPath, writer)
				}
			}
		}
	}
}

func within(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }

type listed struct {
	ImportPath string
	Deps       []string
}

func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Deps", "starboard/...")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var all []listed
	for d := json.NewDecoder(out); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return all
}
