package engine_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"starboard/engine"
)

func TestBounds(t *testing.T) {
	for _, tt := range []struct {
		name, src, want string
		o               engine.Options
	}{
		{
			name: "steps", src: "def main():\n    for i in range(1 << 40): pass\n", o: engine.Options{MaxSteps: 1000},
			want: "stopped: the script took more than 1,000 steps (--max-steps)",
		},
		{
			name: "steps of a loaded file and of main are counted apart", src: "load(\"l.star\", \"x\")\ndef main():\n    for i in range(1 << 40): pass\n", o: engine.Options{MaxSteps: 1000},
			want: "stopped: the script took more than 1,000 steps (--max-steps)",
		},
		{
			name: "memory", src: "def main():\n    x = []\n    for i in range(1 << 40): x.append([i])\n", o: engine.Options{MaxMemory: 64 << 20},
			want: "stopped: the script used more than 64 MiB of memory (--max-memory)",
		},
		{
			name: "room for too much at once", src: "def main():\n    sorted(range(1 << 40))\n",
			want: "sorted: a range of 1,099,511,627,776 elements takes more than 256 MiB at once, an eighth of --max-memory",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := script(t, tt.src)
			if err := os.WriteFile(filepath.Join(filepath.Dir(file), "l.star"), []byte("x = [i for i in range(100)]\n"), 0o666); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			_, err := engine.Run(t.Context(), file, tt.o)
			var s *engine.ScriptError
			if !errors.As(err, &s) || s.Msg != tt.want || !strings.HasPrefix(s.Pos, file) {
				t.Errorf("got %v, want %s in %s", err, tt.want, file)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("stopped only after %s", took)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	for _, tt := range []struct{ name, src string }{
		{"between steps", "def main():\n    print(1)\n    for i in range(1 << 40): pass\n"},
		{"within a step", "def main():\n    print(1)\n    for i in range(100): max(range(50000000))\n"},
		{"while a file is loaded", "print(1)\nfor i in range(1 << 40): pass\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			file := script(t, tt.src)
			_, err := engine.Run(ctx, file, engine.Options{MaxSteps: 1 << 60, Print: func(string, string) { cancel() }})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want context.Canceled", err)
			}
			if _, err := os.Stat(engine.LockPath(file)); err == nil {
				t.Error("the lock was written")
			}
		})
	}
}
