package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"starboard/engine"
)

func TestArguments(t *testing.T) {
	for _, tt := range []struct {
		params  string
		args    []string
		want    string // of print(repr) of all parameters
		wantErr string
	}{
		{params: `a = "x"`, want: `("x",)`},
		{params: `a = "x"`, args: []string{"a=y"}, want: `("y",)`},
		{params: `a = "x"`, args: []string{"a="}, want: `("",)`},
		{params: `a = "x"`, args: []string{"a=b=c"}, want: `("b=c",)`},
		{params: `a`, args: []string{"a=1"}, want: `("1",)`},
		{params: `a = None`, args: []string{"a=1"}, want: `("1",)`},
		{params: `a = 1`, args: []string{"a=-12"}, want: `(-12,)`},
		{params: `a = 1`, args: []string{"a=010"}, want: `(10,)`}, // no octal by surprise
		{params: `a = 1`, args: []string{"a=0xff"}, want: `(255,)`},
		{params: `a = 1`, args: []string{"a=1_000"}, wantErr: `a=1_000: got "1_000", want a whole number`},
		{params: `a = 1`, args: []string{"a=1.5"}, wantErr: `a=1.5: got "1.5", want a whole number`},
		{params: `a = 1`, args: []string{"a=99999999999999999999"}, wantErr: `a=99999999999999999999: got "99999999999999999999", want a whole number`},
		{params: `a = 1.0`, args: []string{"a=3"}, want: `(3.0,)`},
		{params: `a = 1.0`, args: []string{"a=1e3"}, want: `(1000.0,)`},
		{params: `a = 1.0`, args: []string{"a=nan"}, wantErr: `a=nan: got "nan", want a number`},
		{params: `a = 1.0`, args: []string{"a=inf"}, wantErr: `a=inf: got "inf", want a number`},
		{params: `a = True`, args: []string{"a=no"}, want: `(False,)`},
		{params: `a = True`, args: []string{"a=maybe"}, wantErr: `a=maybe: got "maybe", want True or False`},
		{params: `a = []`, args: []string{"a=1"}, wantErr: `a=1: a list cannot be given on the command line`},
		{params: `a, b = 1`, args: []string{"b=2"}, wantErr: `main needs a value for a: add a=VALUE to the command`},
		{params: `a = 1, *, b`, args: []string{"b=2"}, want: `(1, "2")`},
		{params: `a = 1, *rest`, args: []string{"rest=2"}, wantErr: `main has no parameter rest; it has a`},
		{params: `a = 1, **rest`, args: []string{"rest=2", "z=3"}, want: `(1, {"rest": "2", "z": "3"})`},
		{params: `resistor = 1`, args: []string{"resitor=2"}, wantErr: `main has no parameter resitor; did you mean resistor?`},
		{params: `a = 1`, args: []string{"a=1", "a=1"}, wantErr: `a is given twice`},
		{params: ``, args: []string{"a"}, wantErr: `got argument "a", want name=value`},
	} {
		t.Run(tt.params+" "+strings.Join(tt.args, " "), func(t *testing.T) {
			var names []string
			for p := range strings.SplitSeq(tt.params, ",") {
				name, _, _ := strings.Cut(strings.TrimLeft(strings.TrimSpace(p), "*"), " ")
				if name != "" {
					names = append(names, name)
				}
			}
			src := "def main(" + tt.params + "):\n    fail(repr((" + strings.Join(names, ", ") + ",)))\n"
			if len(names) == 0 {
				src = "def main():\n    fail()\n"
			}
			_, err := engine.Run(t.Context(), script(t, src), engine.Options{Args: tt.args})
			if tt.wantErr != "" {
				var arg *engine.ArgumentError
				if !errors.As(err, &arg) || arg.Msg != tt.wantErr {
					t.Errorf("got error %v, want the ArgumentError %s", err, tt.wantErr)
				}
				return
			}
			var failed *engine.ScriptError
			if !errors.As(err, &failed) || failed.Msg != "fail: "+tt.want {
				t.Errorf("main got %v, want %s", err, tt.want)
			}
		})
	}
}

// script writes a script into a folder of its own.
func script(t *testing.T, src string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "s.star")
	if err := os.WriteFile(file, []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	return file
}
