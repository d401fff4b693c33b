// Package kicadtest finds the installed KiCad for tests that ask it as a
// witness, and runs kicad-cli so that nothing of the user's own configuration
// takes part.
//
// A test that needs KiCad calls [Require] first. Without KiCad it is skipped
// with the reason, except where STARBOARD_REQUIRE_KICAD=1 is set: there a
// missing KiCad is a failure, so that no check is skipped in silence.
package kicadtest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// timeout bounds one call of kicad-cli; the slowest real one takes seconds.
const timeout = 2 * time.Minute

// Require skips the test where kicad-cli is not installed, or fails it where
// STARBOARD_REQUIRE_KICAD=1 is set.
func Require(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("kicad-cli"); err != nil {
		missing(t, "kicad-cli is not installed")
	}
}

// SymbolDir returns the folder of KiCad's own symbol libraries.
func SymbolDir(t testing.TB) string {
	t.Helper()
	return dir(t, "KICAD9_SYMBOL_DIR", "/usr/share/kicad/symbols")
}

// FootprintDir returns the folder of KiCad's own footprint libraries.
func FootprintDir(t testing.TB) string {
	t.Helper()
	return dir(t, "KICAD9_FOOTPRINT_DIR", "/usr/share/kicad/footprints")
}

// DemoDir returns the folder of the real boards that KiCad ships as demos.
func DemoDir(t testing.TB) string {
	t.Helper()
	return dir(t, "STARBOARD_KICAD_DEMO_DIR", "/usr/share/kicad/demos")
}

func dir(t testing.TB, env, standard string) string {
	t.Helper()
	d := os.Getenv(env)
	if d == "" {
		d = standard
	}
	if _, err := os.Stat(d); err != nil {
		missing(t, "KiCad's data is not installed: "+err.Error())
	}
	return d
}

func missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("STARBOARD_REQUIRE_KICAD") == "1" {
		t.Fatalf("STARBOARD_REQUIRE_KICAD=1, but %s", why)
	}
	t.Skip(why)
}

// home is one home folder for all calls of a test process. kicad-cli writes its
// configuration there on first use, such as the table of footprint libraries: when
// several do so at once, one may read what another has not finished. So the first
// call is made alone.
var home = sync.OnceValues(func() (string, error) {
	h, err := os.MkdirTemp("", "kicadtest")
	if err != nil {
		return "", err
	}
	homes = append(homes, h)
	const empty = `(kicad_sch (version 20250114) (generator "test") (uuid "0b0b0b0b-0000-4000-8000-000000000001") (paper "A4"))`
	file := filepath.Join(h, "empty.kicad_sch")
	if err := os.WriteFile(file, []byte(empty), 0o666); err != nil {
		return "", err
	}
	cmd := exec.Command("kicad-cli", "sch", "erc", "-o", filepath.Join(h, "empty.rpt"), file)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, at(h)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("kicad-cli sch erc: %w: %s", err, out)
	}
	return h, nil
})

var homes []string // that were made

// at returns the environment that makes a folder the home.
func at(h string) []string {
	return []string{"HOME=" + h, "KICAD_CONFIG_HOME=" + filepath.Join(h, "config")}
}

// A Result is what one call of kicad-cli printed, and its exit status.
type Result struct {
	Stdout, Stderr string
	Status         int
}

// Run calls kicad-cli with the arguments in a clean environment. A non-zero
// exit status is a result, not a failure; a call that cannot be made fails
// the test.
func Run(t testing.TB, args ...string) Result {
	t.Helper()
	Require(t)
	h, err := home()
	if err != nil {
		t.Fatal(err)
	}
	return RunWith(t, at(h), args...)
}

// RunWith is Run with another configuration: the environment has nothing but
// the variables given, the search path, and those that say where KiCad is.
func RunWith(t testing.TB, env []string, args ...string) Result {
	t.Helper()
	Require(t)
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "kicad-cli", args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	for _, name := range []string{"KICAD9_SYMBOL_DIR", "KICAD9_FOOTPRINT_DIR"} {
		if v, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatalf("kicad-cli %q: %v", args, err)
	}
	return Result{Stdout: stdout.String(), Stderr: stderr.String(), Status: cmd.ProcessState.ExitCode()}
}

// Cleanup removes the home folder that [Run] used; TestMain calls it after
// the tests of a package have run.
func Cleanup() {
	for _, h := range homes {
		os.RemoveAll(h)
	}
}
