//go:build unix

package process_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"starboard/engine/process"
)

// need skips a test that lacks a program, and fails it where all have to be
// there.
func need(t testing.TB, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("STARBOARD_REQUIRE_PROGRAMS") == "1" || os.Getenv("STARBOARD_REQUIRE_KICAD") == "1" {
			t.Fatalf("%s is required: %v", program, err)
		}
		t.Skipf("%s is not installed", program)
	}
}

func odd(t testing.TB, c process.Command) *process.Process {
	t.Helper()
	need(t, "python3")
	c.Args, c.Dir = []string{"python3", "odd.py"}, "testdata"
	p := process.New(c)
	t.Cleanup(p.Close)
	return p
}

func call(ctx context.Context, p *process.Process, args ...any) (string, error) {
	a, err := json.Marshal(args)
	if err != nil {
		return "", err
	}
	out, err := p.Call(ctx, a, json.RawMessage(`{"k":[1,null]}`))
	return string(out), err
}

func TestAnswers(t *testing.T) {
	need(t, "node")
	for _, cmd := range [][]string{{"python3", "odd.py"}, {"node", "odd.js"}} {
		t.Run(cmd[0], func(t *testing.T) {
			need(t, cmd[0])
			p := process.New(process.Command{Args: cmd, Dir: "testdata"})
			defer p.Close()
			for i := range 3 {
				out, err := call(t.Context(), p, "echo", i, "ä\n", 1.5, nil)
				want := fmt.Sprintf(`[[%d,"ä\n",1.5,null],{"k":[1,null]}]`, i)
				var got, wanted any
				if err != nil || json.Unmarshal([]byte(out), &got) != nil || json.Unmarshal([]byte(want), &wanted) != nil || fmt.Sprint(got) != fmt.Sprint(wanted) {
					t.Errorf("call %d: %s, %v; want %s", i, out, err, want)
				}
			}
			_, err := call(t.Context(), p, "fail")
			var e *process.CallError
			if !errors.As(err, &e) || !strings.HasSuffix(e.Kind, "Error") || !strings.HasPrefix(e.Message, "want ") {
				t.Errorf("error %#v, want that of the command", err)
			}
			_, err = call(t.Context(), p, "crash")
			var b *process.BrokenError
			if !errors.As(err, &b) || b.Kind != "crash" || !strings.Contains(b.Stderr, "it was too") || !regexp.MustCompile(`exit status [1-9]`).MatchString(b.Msg) {
				t.Errorf("error %#v, want a crash with its status and words", err)
			}
			if out, err := call(t.Context(), p, "echo"); err != nil {
				t.Errorf("after the crash: %s, %v; want it to have been started again", out, err)
			}
		})
	}
}

// Whatever goes wrong is said in words, and the next call works.
func TestBroken(t *testing.T) {
	for _, tt := range []struct {
		what, kind, msg string
		args            []any
	}{
		{"crash", "crash", `^it ended without an answer: exit status 3; the last .*:\nTraceback: it was too hot$`, nil},
		{"abort", "crash", `^it ended without an answer: signal: aborted`, nil},
		{"hang", "timeout", `^it did not answer within 1s \(timeout\)$`, nil},
		{"garbage", "garbage", `^it wrote "Loading model...", want a line \{"id": 1, "result": \.\.\.\}$`, nil},
		{"half", "crash", `^it ended without an answer: exit status 0, in the middle of the line "\{\\"id\\": 1, \\"res"$`, nil},
		{"wrong id", "id", `^it answered call 8, want call 1$`, nil},
		{"no id", "id", `want an id, 1$`, nil},
		{"no result", "garbage", `want a result or an error$`, nil},
		{"close", "crash", `^it closed its standard output and did not answer$`, nil},
		{"big", "size", `^it wrote a line of more than 1.0 MiB$`, []any{2 << 20}},
		{"endless line", "size", `^it wrote a line of more than 1.0 MiB$`, nil},
		{"echo", "size", `^the arguments take 2.0 MiB, want at most 1.0 MiB$`, []any{strings.Repeat("x", 2<<20)}},
	} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			c := process.Command{MaxMessage: 1 << 20, Timeout: time.Minute}
			if tt.kind == "timeout" {
				c.Timeout = time.Second
			}
			p := odd(t, c)
			_, err := call(t.Context(), p, append([]any{tt.what}, tt.args...)...)
			var b *process.BrokenError
			if !errors.As(err, &b) || b.Kind != tt.kind || !regexp.MustCompile(`(?s)`+tt.msg).MatchString(err.Error()) {
				t.Fatalf("error %#v, want %s: %s", err, tt.kind, tt.msg)
			}
			if tt.kind == "timeout" {
				return // a slow machine may take as long to start it
			}
			if out, err := call(t.Context(), p, "count"); out != "1" || err != nil {
				t.Errorf("the next call: %s, %v; want a new start", out, err)
			}
		})
	}
}

func TestStart(t *testing.T) {
	p := process.New(process.Command{Args: []string{"no-such-program-here"}})
	defer p.Close()
	_, err := call(t.Context(), p)
	var b *process.BrokenError
	if !errors.As(err, &b) || b.Kind != "start" || b.Msg != "it cannot be started: no-such-program-here: executable file not found in $PATH" {
		t.Errorf("error %v", err)
	}
}

// A flood of messages neither blocks the command nor is kept.
func TestFlood(t *testing.T) {
	p := odd(t, process.Command{Timeout: time.Minute})
	if out, err := call(t.Context(), p, "flood", 200_000); out != `"dry"` || err != nil {
		t.Fatalf("got %s, %v", out, err)
	}
	_, err := call(t.Context(), p, "crash")
	var b *process.BrokenError
	if !errors.As(err, &b) || len(b.Stderr) > 2010 || !strings.HasPrefix(b.Stderr, "…") || !strings.HasSuffix(b.Stderr, "too hot") {
		t.Errorf("error %v, want the last of the noise", err)
	}
}

// The command stays until Close, which leaves nothing behind, not even what the
// command has started; so does an interruption.
func TestNothingIsLeft(t *testing.T) {
	for _, how := range []string{"close", "interrupt", "deaf"} {
		t.Run(how, func(t *testing.T) {
			p := odd(t, process.Command{Timeout: time.Minute})
			var pids []int
			for _, what := range []string{"pid", "child"} {
				out, err := call(t.Context(), p, what)
				var pid int
				if err != nil || json.Unmarshal([]byte(out), &pid) != nil {
					t.Fatalf("%s: %s, %v", what, out, err)
				}
				pids = append(pids, pid)
			}
			if out, err := call(t.Context(), p, "count"); out != "3" || err != nil {
				t.Fatalf("count %s, %v: want one process for all calls", out, err)
			}
			switch how {
			case "deaf":
				if out, err := call(t.Context(), p, "deaf"); err != nil {
					t.Fatalf("%s, %v", out, err)
				}
				p.Close()
			case "interrupt":
				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				defer cancel()
				if _, err := call(ctx, p, "hang"); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error %v, want that of the context", err)
				}
			default:
				p.Close()
			}
			for _, pid := range pids {
				if !gone(pid) {
					t.Errorf("process %d is still there", pid)
				}
			}
		})
	}
}

// gone waits until a process has ended: what was killed is a moment later still
// known to the system, until its parent has asked for it.
func gone(pid int) bool {
	for range 500 {
		if err := syscall.Kill(pid, 0); err != nil {
			return true
		}
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && strings.Contains(string(stat), ") Z ") {
			return true // nobody here can ask for the child of a child
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

func BenchmarkCall(b *testing.B) {
	p := odd(b, process.Command{})
	for b.Loop() {
		if _, err := call(b.Context(), p, "echo", strings.Repeat("x", 1000)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		p := odd(b, process.Command{})
		if _, err := call(b.Context(), p, "pid"); err != nil {
			b.Fatal(err)
		}
		p.Close()
	}
}
