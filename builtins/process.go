package builtins

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	starjson "go.starlark.net/lib/json"
	"go.starlark.net/starlark"
)

// A Process is an external command that can be called like a function, in
// scenarios and with --allow-exec only. For each call it reads a line of JSON,
// {"id": 1, "args": [...], "kwargs": {...}}, from its standard input and writes
// {"id": 1, "result": ...} or {"id": 1, "error": {"kind": "ValueError",
// "message": "..."}} to its standard output, which it has to flush. A scenario
// starts it once, when it is first called, and ends it when the scenario ends.
// It runs in the folder of the suite, and not in a shell.
//
//	process(cmd, timeout=10)
//	    makes a process of a list of a program and its arguments. A call that
//	    takes more seconds than timeout is an error, as is one in which it
//	    crashes or breaks the protocol: then it is killed, and started again for
//	    the next call
//	p.cmd
//	    the program and its arguments
type Process struct {
	cmd     []string
	timeout time.Duration
}

var (
	_ starlark.Callable = (*Process)(nil)
	_ starlark.HasAttrs = (*Process)(nil)
)

func (p *Process) String() string {
	return "process(" + starlark.NewList(p.list()).String() + ")"
}
func (p *Process) Type() string         { return "process" }
func (p *Process) Name() string         { return "process " + strings.Join(p.cmd, " ") }
func (p *Process) Truth() starlark.Bool { return true }
func (p *Process) Freeze()              {} // immutable
func (p *Process) Hash() (uint32, error) {
	h := fnv.New32a()
	h.Write([]byte(p.Name()))
	return h.Sum32(), nil
}

func (p *Process) list() []starlark.Value {
	var list []starlark.Value
	for _, a := range p.cmd {
		list = append(list, starlark.String(a))
	}
	return list
}

func (p *Process) Attr(name string) (starlark.Value, error) {
	if name == "cmd" {
		return starlark.Tuple(p.list()), nil
	}
	return nil, nil
}

func (p *Process) AttrNames() []string { return []string{"cmd"} }

// A Command is a process at work.
type Command interface {
	// Call calls it. Args are a JSON list, kwargs a JSON object, the result is
	// any JSON. An error with a method ErrorKind has a kind.
	Call(args, kwargs json.RawMessage) (json.RawMessage, error)
	// Close ends it.
	Close()
}

// Processes are the external commands of a scenario.
type Processes struct {
	// Refusal says why there can be none, "" if there can.
	Refusal string
	// New makes a command, which is not started before it is called.
	New func(cmd []string, timeout time.Duration) Command

	made map[*Process]Command
	list []Command
}

// Close ends all commands.
func (s *Processes) Close() {
	for _, c := range s.list {
		c.Close()
	}
	s.list, s.made = nil, nil
}

func (env *Env) processes() (*Processes, error) {
	switch {
	case env.Processes == nil:
		return nil, errors.New("only scenarios can call external commands")
	case env.Processes.Refusal != "":
		return nil, errors.New(env.Processes.Refusal)
	}
	return env.Processes, nil
}

func newProcess(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var cmd starlark.Iterable
	var timeout starlark.Value = starlark.MakeInt(10)
	if err := unpackArgs(b, args, kwargs, "cmd", &cmd, "timeout?", &timeout); err != nil {
		return nil, err
	}
	p := &Process{}
	for v := range starlark.Elements(cmd) {
		s, ok := starlark.AsString(v)
		if !ok || strings.ContainsRune(s, 0) {
			return nil, fmt.Errorf("%s: for parameter cmd: got %s among the arguments, want strings", b.Name(), shown(v))
		}
		p.cmd = append(p.cmd, s)
	}
	if len(p.cmd) == 0 || p.cmd[0] == "" {
		return nil, fmt.Errorf("%s: for parameter cmd: got %s, want a program and its arguments", b.Name(), shown(cmd))
	}
	seconds, ok := starlark.AsFloat(timeout)
	if !ok || !(seconds > 0 && seconds <= 3600) {
		return nil, fmt.Errorf("%s: for parameter timeout: got %s, want seconds, up to 3600", b.Name(), shown(timeout))
	}
	p.timeout = time.Duration(seconds * float64(time.Second))
	env, err := envOf(thread, b)
	if err != nil {
		return nil, err
	}
	if _, err := env.processes(); err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	return p, nil
}

// A processError is the error of a call, with its kind.
type processError struct {
	name string
	err  error
}

func (e *processError) Error() string { return e.name + ": " + e.err.Error() }
func (e *processError) Unwrap() error { return e.err }

// CallInternal implements [starlark.Callable].
func (p *Process) CallInternal(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	env, ok := thread.Local(envKey).(*Env)
	if !ok {
		return nil, fmt.Errorf("%s: internal error: the thread has no environment", p.Name())
	}
	s, err := env.processes()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name(), err)
	}
	list, err := p.encode(thread, args)
	if err != nil {
		return nil, err
	}
	named := starlark.NewDict(len(kwargs))
	for _, kw := range kwargs {
		if err := named.SetKey(kw[0], kw[1]); err != nil {
			return nil, err
		}
	}
	object, err := p.encode(thread, named)
	if err != nil {
		return nil, err
	}
	c := s.made[p]
	if c == nil {
		c = s.New(slices.Clone(p.cmd), p.timeout)
		if s.made == nil {
			s.made = map[*Process]Command{}
		}
		s.made[p] = c
		s.list = append(s.list, c)
	}
	result, err := c.Call(list, object)
	if err != nil {
		if strings.HasPrefix(err.Error(), cancelled) {
			return nil, err
		}
		return nil, &processError{p.Name(), err}
	}
	v, err := starlark.Call(thread, starjson.Module.Members["decode"], starlark.Tuple{starlark.String(result)}, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: its result cannot be read: %s", p.Name(), errText(err))
	}
	return v, nil
}

// encode returns a value as JSON; a tree is an object of its files.
func (p *Process) encode(thread *starlark.Thread, v starlark.Value) (json.RawMessage, error) {
	plainTrees := func(v starlark.Value) starlark.Value {
		t, ok := v.(*Tree)
		if !ok {
			return v
		}
		d := starlark.NewDict(t.Len())
		for _, name := range t.tree.Names() {
			text, _ := t.tree.File(name)
			_ = d.SetKey(starlark.String(name), starlark.String(text)) // it is new
		}
		return d
	}
	switch x := v.(type) {
	case starlark.Tuple:
		y := make(starlark.Tuple, len(x))
		for i := range x {
			y[i] = plainTrees(x[i])
		}
		v = y
	case *starlark.Dict:
		y := starlark.NewDict(x.Len())
		for _, item := range x.Items() {
			_ = y.SetKey(item[0], plainTrees(item[1])) // it is new
		}
		v = y
	}
	if !textual(v, 0) {
		return nil, fmt.Errorf("%s: got %s, want what JSON can say: None, bool, numbers, string, list, dict, struct, or a tree", p.Name(), shown(v))
	}
	text, err := starlark.Call(thread, starjson.Module.Members["encode"], starlark.Tuple{v}, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", p.Name(), errText(err))
	}
	return json.RawMessage(text.(starlark.String)), nil
}
