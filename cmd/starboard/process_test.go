package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"starboard/kicad/symbol"
)

const working = `
def main(forever = ""):
    c = circuit("w")
    c.part("Device:R", value = forever, pins = {1: NC, 2: NC})
    if forever:
        print("ready")
    if forever == "step":
        for i in range(1000):
            max(range(50000000))
    elif forever:
        for i in range(1 << 40):
            pass
    return c
`

// TestInterrupt stops a script in the middle, as Ctrl-C does.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signals to send to another process")
	}
	for _, tt := range []struct {
		name   string
		args   []string
		signal os.Signal
	}{
		{"between steps", []string{"forever=loop"}, os.Interrupt},
		{"within a step", []string{"forever=step"}, os.Interrupt},
		{"termination", []string{"forever=loop"}, syscall.SIGTERM},
		{"with a new project", []string{"forever=loop", "-o", "fresh"}, os.Interrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "w.star"), []byte(working), 0o666); err != nil {
				t.Fatal(err)
			}
			if out, err := command(t, dir, nil, "run", "w.star").CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			before, err := contents(dir)
			if err != nil {
				t.Fatal(err)
			}
			cmd := command(t, dir, nil, append([]string{"run", "w.star", "--max-steps", "1000000000000000"}, tt.args...)...)
			pipe, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			stderr := bufio.NewReader(pipe)
			if line, err := stderr.ReadString('\n'); err != nil || !strings.HasSuffix(line, ": ready\n") {
				t.Fatalf("got %q, %v", line, err)
			}
			if slices.Contains(tt.args, "forever=step") {
				time.Sleep(100 * time.Millisecond) // for nothing tells when the step has begun
			}
			if err := cmd.Process.Signal(tt.signal); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			rest, err := io.ReadAll(stderr)
			if err != nil {
				t.Fatal(err)
			}
			err = cmd.Wait()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != statusInterrupted {
				t.Errorf("got %v, want exit status %d", err, statusInterrupted)
			}
			if got, want := string(rest), "starboard: interrupted\n"; got != want {
				t.Errorf("stderr has %q, want %q", got, want)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("it took %s to stop", took)
			}
			after, err := contents(dir)
			if err != nil {
				t.Fatal(err)
			}
			if diff := differences(before, after); len(diff) > 0 {
				t.Errorf("files: %q", diff)
			}
		})
	}
}

// command returns the program, with an environment in which it finds the
// embedded symbols only, plus env.
// asBuilt is the command as it is built for use. Where hundreds of processes
// are started, and not their goroutines are on trial, the test binary would take
// ten times as long under the race detector.
var asBuilt = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "starboard")
	if err != nil {
		return "", err
	}
	builtIn = dir
	file := filepath.Join(dir, "starboard")
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", file, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return file, nil
})

var builtIn string // the folder of that command, once it is there

// useBuilt puts that command before the test binary for one test.
func useBuilt(t *testing.T) {
	t.Helper()
	file, err := asBuilt()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Dir(file)+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

func command(t *testing.T, dir string, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "starboard", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "KICAD9_SYMBOL_DIR="+t.TempDir())
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

// TestSameBytesEverywhere runs every example under conditions that must not
// matter.
func TestSameBytesEverywhere(t *testing.T) {
	useBuilt(t)
	examples, err := filepath.Glob("../../scripts/examples/*.star")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	t.Run("embedded symbols", func(t *testing.T) { sameBytes(t, examples, t.TempDir()) })
	t.Run("installed symbols", func(t *testing.T) {
		dir := symbol.InstalledDir()
		switch {
		case dir == "" && os.Getenv("STARBOARD_REQUIRE_KICAD") == "1":
			t.Fatal("KiCad's symbols are not installed")
		case dir == "":
			t.Skip("KiCad's symbols are not installed")
		}
		sameBytes(t, examples, dir)
	})
}

func sameBytes(t *testing.T, examples []string, symbols string) {
	base := build(t, examples, filepath.Join(t.TempDir(), "a"), "022", []string{"KICAD9_SYMBOL_DIR=" + symbols})
	if len(base) < 5*len(examples) {
		t.Fatalf("only %d files were made", len(base))
	}
	other := build(t, examples, filepath.Join(t.TempDir(), "deep", "er", "a folder, größer"), "077", []string{
		"KICAD9_SYMBOL_DIR=" + symbols, "TZ=Pacific/Kiritimati", "LANG=tr_TR.UTF-8", "LC_ALL=tr_TR.UTF-8",
		"HOME=" + t.TempDir(), "USER=somebody", "LOGNAME=somebody", "HOSTNAME=elsewhere", "TMPDIR=" + t.TempDir(),
		"GOMAXPROCS=1", "GOGC=1", "CI=1", "NO_COLOR=1", "X=" + strings.Repeat("x", 10000),
	})
	for _, name := range slices.Sorted(maps.Keys(base)) {
		if diff := cmp.Diff(base[name], other[name]); diff != "" {
			t.Errorf("%s differs (-here +there):\n%.2000s", name, diff)
		}
	}
	if len(base) != len(other) {
		t.Errorf("%d files here, %d there", len(base), len(other))
	}
}

// build runs the examples in a folder with a umask, from within and from
// outside, and returns all files that they made.
func build(t *testing.T, examples []string, dir, umask string, env []string) map[string]string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	made := map[string]string{}
	for i, example := range examples {
		src, err := os.ReadFile(example)
		if err != nil {
			t.Fatal(err)
		}
		script := filepath.Join(dir, filepath.Base(example))
		if err := os.WriteFile(script, src, 0o666); err != nil {
			t.Fatal(err)
		}
		if i%2 == 1 {
			script = filepath.Base(script)
		}
		cmd := exec.CommandContext(t.Context(), "sh", "-c", "umask "+umask+` && exec starboard run "$0"`, script)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Run(); err != nil {
			t.Fatalf("%s: %v\n%s", example, err, out.String())
		}
	}
	files, err := contents(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		made[rel] = text
		for _, secret := range []string{dir, "somebody", "elsewhere"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s has %q in it", rel, secret)
			}
		}
	}
	return made
}
