package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"starboard/engine/repro"
)

// TestExamplesAreReproducible applies every condition to every example, each
// by itself and all together. It is the proof of what the README promises.
func TestExamplesAreReproducible(t *testing.T) {
	useBuilt(t)
	examples, err := filepath.Glob("../../scripts/examples/*.star")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range examples {
		t.Run(filepath.Base(file), func(t *testing.T) {
			file, err := filepath.Abs(file)
			if err != nil {
				t.Fatal(err)
			}
			report := filepath.Join(t.TempDir(), "r.json")
			if out, err := command(t, t.TempDir(), nil, "repro", "--each", "--report", report, file).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			text, err := os.ReadFile(report)
			if err != nil {
				t.Fatal(err)
			}
			var r repro.Report
			if err := json.Unmarshal(text, &r); err != nil {
				t.Fatal(err)
			}
			alone := map[string]bool{}
			for _, x := range r.Runs {
				if x.Failed || x.SHA256 != r.Runs[0].SHA256 {
					t.Errorf("run %d (%s) is not as the first: %s", x.N, strings.Join(x.Conditions, " "), x.Output)
				}
				if len(x.Conditions) == 1 {
					alone[x.Conditions[0]] = true
				}
			}
			for _, c := range r.Conditions {
				if c.Applied != alone[c.Name] {
					t.Errorf("%s: applied %t, in a run of its own %t", c.Name, c.Applied, alone[c.Name])
				}
				if !c.Applied && !mayBeForbidden[c.Name] && os.Getenv("STARBOARD_REQUIRE_REPRO") == "1" {
					t.Errorf("%s was not applied: %s", c.Name, c.How)
				}
			}
		})
	}
}

// mayBeForbidden are the conditions that a container may not permit.
var mayBeForbidden = map[string]bool{"user": true, "host": true, "cores": true, "dirorder": true}

// TestReproInterrupt stops a check in the middle: its processes and folders go
// with it.
func TestReproInterrupt(t *testing.T) {
	dir, temp := t.TempDir(), t.TempDir()
	pid := filepath.Join(dir, "pid")
	cmd := command(t, dir, []string{"TMPDIR=" + temp}, "repro", "--with", "dir", "--out", "out", "--",
		"sh", "-c", `sleep 600 & echo $! > "$0.new" && mv "$0.new" "$0"; wait`, pid)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(pid); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the command was not run")
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != statusInterrupted {
		t.Errorf("got %v, want exit status %d", err, statusInterrupted)
	}
	text, err := os.ReadFile(pid)
	if err != nil {
		t.Fatal(err)
	}
	if running(t, strings.TrimSpace(string(text))) {
		t.Errorf("process %s still runs", text)
	}
	for _, pattern := range []string{filepath.Join(temp, "*"), "/dev/shm/starboard-repro-*/work/" + filepath.Base(dir)} {
		if left, err := filepath.Glob(pattern); err != nil || len(left) > 0 {
			t.Errorf("left behind: %q, %v", left, err)
		}
	}
}

// running reports whether a process goes on. One that was killed stays listed
// until somebody has asked for its status.
func running(t *testing.T, pid string) bool {
	t.Helper()
	for range 500 {
		text, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil {
			return false
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		if strings.HasPrefix(rest, "Z") {
			return false
		}
		time.Sleep(10 * time.Millisecond)
	}
	return true
}
