package repro_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/engine/repro"
)

func shell(script string, o repro.Options) repro.Options {
	o.Command, o.Out = []string{"sh", "-c", script}, "-"
	return o
}

func run(t *testing.T, o repro.Options) *repro.Report {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	r, err := repro.Check(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestConditions wants each condition named for a generator that shows it, when
// all are applied, and wants the smallest set where it takes several.
func TestConditions(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		want         []string // conditions of each finding, joined by +
	}{
		{"dir", `pwd`, []string{"dir"}},
		{"home", `echo "$HOME"`, []string{"home"}},
		{"temp", `echo "$TMPDIR"`, []string{"temp"}},
		{"user", `echo "$USER"`, []string{"user"}},
		{"host", `echo "$HOSTNAME"`, []string{"host"}},
		{"tz", `date -d @1700000000 +%H`, []string{"tz"}},
		{"env", `env | grep -c NOBODY; true`, []string{"env"}},
		{"umask", `umask`, []string{"umask"}},
		{"cores", `echo "$GOMAXPROCS"`, []string{"cores"}},
		{"hashseed", `echo "$PYTHONHASHSEED"`, []string{"hashseed"}},
		{"cache", `cat old; echo x >>old`, []string{"cache"}},
		{"two causes", `pwd; umask`, []string{"dir", "umask"}},
		{"two together", `[ "$PYTHONHASHSEED" = 1 ] && [ "$(umask)" = 0077 ] && echo both; echo end`, []string{"umask+hashseed"}},
		{"three together", `[ "$TZ" = Pacific/Kiritimati ] && [ "$(umask)" = 0077 ] && [ -n "$BUILD_ID" ] && echo all; echo end`, []string{"tz+env+umask"}},
		{"either alone", `[ "$PYTHONHASHSEED" = 1 ] || [ "$(umask)" = 0077 ] && echo one; echo end`, []string{"umask", "hashseed"}},
		{"it fails", `[ "$(umask)" != 0077 ] && pwd`, []string{"umask", "dir"}},
		{"nothing", `echo constant`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, shell(tt.script, repro.Options{Runs: 3}))
			var got []string
			for _, f := range r.Findings {
				if f.Cause != "condition" || f.Evidence.WithDiffer != f.Evidence.With || f.Evidence.WithoutDiffer > 0 || f.Evidence.P > 0.05 {
					t.Errorf("%s: %+v", f.Words, f.Evidence)
				}
				got = append(got, strings.Join(f.Conditions, "+"))
			}
			slices.Sort(got)
			slices.Sort(tt.want)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("conditions (-want +got):\n%s\n%s", diff, text(t, r))
			}
			if n := len(r.Runs); n > 45 {
				t.Errorf("it took %d runs", n)
			}
		})
	}
}

// TestChance wants no condition blamed for what is random, however rarely.
func TestChance(t *testing.T) {
	for _, tt := range []struct{ name, script string }{
		{"always", `od -An -N8 -tx8 /dev/urandom`},
		{"half of the time", `expr $(od -An -N1 -tu1 /dev/urandom) % 2; true`},
		{"one in ten", `expr $(od -An -N1 -tu1 /dev/urandom) % 10 / 9; true`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, shell(tt.script, repro.Options{}))
			for _, f := range r.Findings {
				// Once in 20 times, chance looks like a condition by what is asked of it.
				if f.Cause == "condition" && f.Evidence.P > 0.05 || f.Cause != "random" && tt.name == "always" {
					t.Errorf("%s", f.Words)
				}
			}
			if tt.name == "always" && len(r.Findings) != 1 {
				t.Errorf("%d findings\n%s", len(r.Findings), text(t, r))
			}
		})
	}
}

// TestRandomAndCaused wants both told apart in one file.
func TestRandomAndCaused(t *testing.T) {
	r := run(t, shell(`od -An -N16 -tx8 /dev/urandom; pwd`, repro.Options{}))
	var got []string
	for _, f := range r.Findings {
		got = append(got, f.Cause+" "+strings.Join(f.Conditions, "+"))
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"condition dir", "random "}, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s\n%s", diff, text(t, r))
	}
}

// TestNothingLeft wants the folders of the runs gone, and the generator's own
// as it was.
func TestNothingLeft(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "in.txt"), []byte("input"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := run(t, repro.Options{Runs: 2, Conditions: []string{"dir", "umask"}, Generator: repro.Generator{
		Dir: dir, Out: ".", Command: []string{"sh", "-c", `cp in.txt out.txt; echo changed >in.txt; mkdir -m 0 locked; echo $TMPDIR >/dev/null`},
	}})
	if r.Verdict != repro.Reproducible {
		t.Errorf("%s\n%s", r.Verdict, text(t, r))
	}
	var names []string
	for _, f := range r.Files {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"in.txt", "out.txt"}, names); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if left, err := filepath.Glob(filepath.Join(temp, "*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
	if now, err := os.ReadFile(filepath.Join(dir, "in.txt")); err != nil || string(now) != "input" {
		t.Errorf("the input is now %q, %v", now, err)
	}
}

// TestNoSecrets wants nothing of the environment in the report but variables
// that change what programs do.
func TestNoSecrets(t *testing.T) {
	t.Setenv("API_TOKEN", "hunter2")
	t.Setenv("GOGC", "90")
	r := run(t, shell(`env >/dev/null; echo x`, repro.Options{Runs: 2, Conditions: []string{"dir"}}))
	text, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "hunter2") || strings.Contains(string(text), "API_TOKEN") {
		t.Error("the report has a secret in it")
	}
	if !slices.Contains(r.Machine.Variables, repro.Variable{Name: "GOGC", Value: "90"}) || r.Machine.Others == 0 {
		t.Errorf("variables %v and %d others", r.Machine.Variables, r.Machine.Others)
	}
}

// TestTimeout stops a run that does not end.
func TestTimeout(t *testing.T) {
	r := run(t, shell(`echo begun; sleep 600`, repro.Options{Runs: 2, Timeout: 200_000_000}))
	if r.Verdict != repro.RunFailed || !strings.Contains(text(t, r), "stopped after 200ms") || len(r.Spread) > 0 {
		t.Errorf("%s\n%s", r.Verdict, text(t, r))
	}
}

// TestNoFalseAlarm repeats checks of clean generators while the machine is
// busy with others of them. FALSE_ALARMS=100 repeats them more often.
func TestNoFalseAlarm(t *testing.T) {
	times := 3
	if os.Getenv("FALSE_ALARMS") == "100" {
		times = 100
	}
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "c", "d"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for range times {
		t.Run("clean", func(t *testing.T) {
			t.Parallel()
			r := run(t, shell(`ls | LC_ALL=C sort | cat; LC_ALL=C date -u -d @0 +%c; seq 2000`, repro.Options{Each: true, Generator: repro.Generator{Dir: dir}}))
			if r.Verdict != repro.Reproducible {
				t.Errorf("%s\n%s", r.Verdict, text(t, r))
			}
		})
	}
}
