package project

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/internal/kicadtest"
)

// The files below testdata/saved are projects as KiCad saved them. What is
// written today must be that, byte for byte.
//
//	STARBOARD_RESAVE=1 go test ./kicad/project -run TestResave
//
// has KiCad save anew, and rewrites them.
const savedDir = "testdata/saved"

func TestWrittenIsSaved(t *testing.T) {
	got := kindsProject(t)
	want := readTree(t, filepath.Join(savedDir, "kinds"))
	compare(t, want, got, "-saved +written")
}

// TestResave opens projects in KiCad's schematic editor, changes nothing,
// saves, and wants the bytes that were written: for the project drawn by hand,
// for the examples, and for a script with all that is awkward.
func TestResave(t *testing.T) {
	if os.Getenv("STARBOARD_RESAVE") != "1" {
		t.Skip("runs KiCad's schematic editor, and only where STARBOARD_RESAVE=1 is set")
	}
	e := newEditor(t)
	t.Run("kinds", func(t *testing.T) {
		files := kindsProject(t)
		got := e.resave(t, files)
		// Of a project file that says nothing, KiCad makes the same as we.
		settings := kindsName + ".kicad_pro"
		bare := maps.Clone(files)
		bare[settings] = []byte("{}\n")
		bareDir := t.TempDir()
		writeTree(t, bareDir, bare)
		if err := e.save(filepath.Join(bareDir, kindsName+".kicad_sch")); err != nil {
			t.Fatal(err)
		}
		compare(t, map[string][]byte{settings: files[settings]}, map[string][]byte{settings: readTree(t, bareDir)[settings]}, "-written +KiCad's")
		dir := filepath.Join(savedDir, "kinds")
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		writeTree(t, dir, got)
	})
	run := starboard(t)
	for _, script := range scripts(t) {
		t.Run(filepath.Base(script), func(t *testing.T) { e.resave(t, run(t, script)) })
	}
	const sheets = "../../scripts/examples/esp32c6.star"
	t.Run("embedded/"+filepath.Base(sheets), func(t *testing.T) { e.resave(t, run(t, sheets, noSymbols)) })
}

// noSymbols has the command do without an installed KiCad: symbols come from
// the binary, and become files of the project.
const noSymbols = "KICAD9_SYMBOL_DIR=/nonexistent"

// TestProjectLibrariesAreSaved wants of every library inside a project that
// KiCad, which saves it anew, changes nothing.
func TestProjectLibrariesAreSaved(t *testing.T) {
	kicadtest.Require(t)
	run := starboard(t)
	for _, script := range examples(t) {
		t.Run(filepath.Base(script), func(t *testing.T) {
			dir := t.TempDir()
			files := run(t, script, noSymbols)
			writeTree(t, dir, files)
			seen := 0
			for _, name := range names(files) {
				if !strings.HasSuffix(name, ".kicad_sym") {
					continue
				}
				seen++
				out := filepath.Join(dir, "saved.kicad_sym")
				if r := kicadtest.Run(t, "sym", "upgrade", "--force", "-o", out, filepath.Join(dir, name)); r.Status != 0 {
					t.Fatalf("%s: %s%s", name, r.Stdout, r.Stderr)
				}
				saved, err := os.ReadFile(out)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.Remove(out); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(files[name]), string(saved)); diff != "" {
					t.Errorf("%s differs (-written +saved):\n%s", name, diff)
				}
			}
			if seen == 0 {
				t.Errorf("the project has no library, got the files %q", names(files))
			}
		})
	}
}

// TestExamplesHaveNoFindings has KiCad check the electrical rules of every
// example where nobody has configured KiCad, with symbols from an installed
// KiCad and with those of the binary.
func TestExamplesHaveNoFindings(t *testing.T) {
	kicadtest.Require(t)
	run := starboard(t)
	for _, from := range []struct{ name, env string }{
		{"installed", "KICAD9_SYMBOL_DIR=" + kicadtest.SymbolDir(t)},
		{"embedded", noSymbols},
	} {
		for _, script := range examples(t) {
			t.Run(from.name+"/"+filepath.Base(script), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				files := run(t, script, from.env)
				writeTree(t, dir, files)
				out := filepath.Join(dir, "findings.rpt")
				r := kicadtest.Run(t, "sch", "erc", "--severity-all", "--exit-code-violations", "-o", out, filepath.Join(dir, rootName(files)))
				report, err := os.ReadFile(out)
				if err != nil {
					t.Fatalf("%v\n%s%s", err, r.Stdout, r.Stderr)
				}
				if r.Status != 0 || !strings.Contains(string(report), "ERC messages: 0 ") {
					t.Errorf("exit status %d:\n%s%s", r.Status, r.Stderr, report)
				}
			})
		}
	}
}

// resave has the editor save a project, compares, and returns what was saved.
func (e *editor) resave(t *testing.T, written map[string][]byte) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	writeTree(t, dir, written)
	if err := e.save(filepath.Join(dir, rootName(written))); err != nil {
		t.Fatal(err)
	}
	saved := readTree(t, dir)
	maps.DeleteFunc(saved, func(name string, _ []byte) bool { return leaving(name) })
	compare(t, written, saved, "-written +saved")
	return saved
}

// rootName returns the name of the schematic that belongs to the project file.
func rootName(files map[string][]byte) string {
	for _, name := range names(files) {
		if base, ok := strings.CutSuffix(name, ".kicad_pro"); ok {
			return base + ".kicad_sch"
		}
	}
	return ""
}

func compare(t *testing.T, want, got map[string][]byte, legend string) {
	t.Helper()
	if diff := cmp.Diff(names(want), names(got)); diff != "" {
		t.Fatalf("files differ (%s):\n%s", legend, diff)
	}
	for _, name := range names(want) {
		if diff := cmp.Diff(string(want[name]), string(got[name])); diff != "" {
			t.Errorf("%s differs (%s):\n%s", name, legend, diff)
		}
	}
}

// scripts returns the examples, and a script that has all that is awkward.
func scripts(t *testing.T) []string { return append(examples(t), "testdata/awkward.star") }

func examples(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob("../../scripts/examples/*.star")
	if err != nil {
		t.Fatal(err)
	}
	list = slices.DeleteFunc(list, func(s string) bool { return strings.HasSuffix(s, "_test.star") })
	if len(list) < 5 {
		t.Fatalf("found the examples %q, want five and more", list)
	}
	return list
}

// starboard builds the command, as users have it. What it returns runs a
// script in a folder of its own and gives the files of the project.
func starboard(t *testing.T) func(t *testing.T, script string, env ...string) map[string][]byte {
	t.Helper()
	command := filepath.Join(t.TempDir(), "starboard.exe")
	if out, err := exec.Command("go", "build", "-o", command, "starboard/cmd/starboard").CombinedOutput(); err != nil {
		t.Fatalf("building the command: %v\n%s", err, out)
	}
	return func(t *testing.T, script string, env ...string) map[string][]byte {
		t.Helper()
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		file := filepath.Join(dir, filepath.Base(script))
		writeFile(t, file, text)
		out := filepath.Join(dir, "out")
		cmd := exec.Command(command, "run", file, "-o", out)
		cmd.Env = append(os.Environ(), env...)
		if msg, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", script, err, msg)
		}
		return readTree(t, out)
	}
}
