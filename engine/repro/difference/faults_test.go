package difference_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"starboard/engine/repro/difference"
)

const faultsDir = "../testdata/faults"

// A faulty is a row of faults.json: a generator with a fault, and its twin.
type faulty struct {
	Fault      string
	Command    []string
	Faulty     string
	Clean      string
	Kinds      []difference.Kind
	Also       []difference.Kind
	Conditions []string
	Needs      string
}

func readFaults(t *testing.T) []faulty {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(faultsDir, "faults.json"))
	if err != nil {
		t.Fatal(err)
	}
	var table struct{ Faults []faulty }
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	return table.Faults
}

// byHand are the conditions that this test sets itself, as far as any user may
// on any machine. What needs others is run by the tests of package repro.
var byHand = []string{"random", "clock", "dir", "out", "home", "user", "tz", "locale", "env", "umask", "cores", "hashseed", "cache", "load"}

// searchPath is PATH with the folder of the Python that it leads to in front,
// since on some machines the first one is a slow script that looks for it.
var searchPath = func() func(t *testing.T) string {
	var once sync.Once
	var path string
	var err error
	return func(t *testing.T) string {
		t.Helper()
		once.Do(func() {
			var out []byte
			out, err = exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
			path = filepath.Dir(strings.TrimSpace(string(out))) + string(filepath.ListSeparator) + os.Getenv("PATH")
		})
		if err != nil {
			t.Fatalf("python3, which these tests need: %v", err)
		}
		return path
	}
}()

// generate runs a generator as first or second run and returns its side.
func generate(t *testing.T, f faulty, arg string, second bool) difference.Side {
	t.Helper()
	root := t.TempDir()
	if second {
		root = filepath.Join(root, "other")
	}
	home, out, temp := filepath.Join(root, "home"), filepath.Join(root, "out"), filepath.Join(root, "temp")
	work := filepath.Join(root, "work")
	if err := os.CopyFS(work, os.DirFS(faultsDir)); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{home, out, temp} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	facts := difference.Facts{Dir: work, Out: out, Home: home, Temp: temp, User: "ada", Zone: "UTC", Cores: 2}
	env := []string{"PATH=" + searchPath(t), "HOME=" + home, "OUT=" + out, "TMPDIR=" + temp}
	umask, pinned, hash, times := "022", "", "1", 1
	facts.Locale = "C.UTF-8"
	for _, c := range f.Conditions {
		if !second {
			break
		}
		switch c {
		case "user":
			facts.User = "grace"
		case "tz":
			facts.Zone = "Asia/Tokyo"
		case "locale":
			facts.Locale = "sv_SE.UTF-8"
		case "env":
			env = append(env, "EXTRA_ONE=1", "EXTRA_TWO=2")
		case "umask":
			umask = "077"
		case "cores":
			pinned, facts.Cores = "taskset -c 0 ", 1
		case "hashseed":
			hash = "4242"
		case "cache":
			times = 2
		}
	}
	env = append(env, "USER="+facts.User, "LOGNAME="+facts.User, "TZ="+facts.Zone, "LC_ALL="+facts.Locale, "PYTHONHASHSEED="+hash)
	for range times {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		cmd := exec.CommandContext(ctx, "sh", "-c", fmt.Sprintf(`umask %s; exec %s"$@"`, umask, pinned), "sh")
		cmd.Args = append(cmd.Args, append(slices.Clone(f.Command), arg)...)
		cmd.Dir, cmd.Env = work, env
		facts.Begin = time.Now()
		output, err := cmd.CombinedOutput()
		facts.End = time.Now()
		cancel()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", strings.Join(f.Command, " "), arg, err, output)
		}
		facts.Pid = cmd.Process.Pid
	}
	side := difference.Side{Files: map[string][]byte{}, Facts: facts}
	err := filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(out, path)
		if err != nil {
			return err
		}
		side.Files[filepath.ToSlash(rel)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return side
}

// Generators in Python, JavaScript and shell differ as their fault makes them,
// and their twins do not. Nothing but the values tells the fault.
func TestFaults(t *testing.T) {
	var chosen []faulty
	for _, f := range readFaults(t) {
		// Node has the locales in itself; others need them installed.
		if (f.Needs == "" || f.Command[0] == "node") && slices.ContainsFunc(f.Conditions, func(c string) bool { return slices.Contains(byHand, c) }) {
			chosen = append(chosen, f)
		}
	}
	if len(chosen) < 40 {
		t.Fatalf("%d faults can be set by hand, want 40", len(chosen))
	}
	type run struct{ faulty, clean difference.Side }
	first, second := make([]run, len(chosen)), make([]run, len(chosen))
	// All first runs, then all second ones, so that time passes for all at once.
	for pass, runs := range [][]run{first, second} {
		var wg sync.WaitGroup
		gate := make(chan struct{}, 3)
		for i, f := range chosen {
			wg.Go(func() {
				gate <- struct{}{}
				defer func() { <-gate }()
				runs[i] = run{generate(t, f, f.Faulty, pass == 1), generate(t, f, f.Clean, pass == 1)}
			})
		}
		wg.Wait()
		if pass == 0 {
			time.Sleep(2100 * time.Millisecond) // ZIP counts in two seconds
		}
	}
	for i, f := range chosen {
		t.Run(strings.ReplaceAll(f.Fault, "/", " "), func(t *testing.T) {
			if r := difference.Compare(first[i].clean, second[i].clean, difference.Options{}); !r.Identical {
				t.Errorf("the clean twin differs: %v", r.Groups)
			}
			r := difference.Compare(first[i].faulty, second[i].faulty, difference.Options{})
			var got []difference.Kind
			for _, g := range r.Groups {
				t.Logf("%v; %s: %q and %q", g, g.Example.Path, g.Example.A, g.Example.B)
				got = append(got, g.Kind)
			}
			for _, k := range f.Kinds {
				if !slices.Contains(got, k) {
					t.Errorf("got %v, want %s", got, k)
				}
			}
			for _, k := range got {
				if !slices.Contains(f.Kinds, k) && !slices.Contains(f.Also, k) {
					t.Errorf("got %s as well, want %v", k, f.Kinds)
				}
			}
		})
	}
}
