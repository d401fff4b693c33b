package engine

import (
	"context"
	"maps"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"starboard/builtins"
	"starboard/kicad/annotate"
	"starboard/kicad/symbol"
)

// A Console runs a script line by line. Symbols and files to load are those
// of a folder. It keeps no lock and writes nothing.
type Console struct {
	o       Options
	thread  *starlark.Thread
	globals starlark.StringDict
}

// NewConsole returns a console for scripts in a folder.
func NewConsole(folder string, o Options) *Console {
	o.setDefaults()
	lib := newLibrary(symbolPath(folder), "", map[string]LockedSymbol{}, false)
	env := &builtins.Env{
		Symbols:  lib.find,
		Has:      lib.has,
		Kind:     func(s *symbol.Symbol) symbol.Kind { return lib.kinds[s] },
		Known:    func(string) []annotate.Entry { return nil },
		Now:      time.Now,
		Room:     Room(o.MaxMemory),
		Sections: new([]builtins.Section),
	}
	l := &loader{dir: folder, display: ".", modules: map[string]*module{}}
	env.Read = l.readFor
	l.thread = func(name string) *starlark.Thread {
		t := &starlark.Thread{Name: name, Print: func(t *starlark.Thread, msg string) {
			if o.Print != nil {
				o.Print(t.CallFrame(1).Pos.String(), msg)
			}
		}}
		builtins.SetEnv(t, env)
		return t
	}
	c := &Console{o: o, thread: l.thread(consoleName), globals: starlark.StringDict{}}
	c.thread.Load = func(_ *starlark.Thread, target string) (starlark.StringDict, error) {
		file, err := resolve("", target)
		if err != nil {
			return nil, err
		}
		return l.run(file)
	}
	maps.Copy(c.globals, builtins.Predeclared())
	return c
}

const consoleName = "repl"

// Next reads one statement or expression, line by line from read, and
// executes it. It returns the value of an expression as text, "" for None. An
// error of read comes back as it is. When the context is cancelled, what is
// executed stops, and the console can go on.
func (c *Console) Next(ctx context.Context, read func() ([]byte, error)) (string, error) {
	var readErr error
	o := *dialect
	o.LoadBindsGlobally = true
	f, err := o.ParseCompoundStmt(consoleName, func() ([]byte, error) {
		line, err := read()
		readErr = err
		return line, err
	})
	if readErr != nil {
		return "", readErr
	}
	if err != nil {
		return "", scriptError(err)
	}
	g := newGuard(ctx, c.thread.ExecutionSteps()+c.o.MaxSteps, c.o.MaxMemory)
	g.watch(c.thread)
	defer c.thread.Uncancel()
	defer g.stop()
	if len(f.Stmts) == 1 {
		if e, ok := f.Stmts[0].(*syntax.ExprStmt); ok {
			v, err := starlark.EvalExprOptions(f.Options, c.thread, e.X, c.globals)
			if err != nil || v == starlark.None {
				return "", g.explain(scriptError(err))
			}
			c.globals["_"] = v
			return v.String(), nil
		}
	}
	return "", g.explain(scriptError(starlark.ExecREPLChunk(f, c.thread, c.globals)))
}
